#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A state's own procedure without C, as doc/own-procedure.md says: its files are taken from that page, checked, served by a node, filed
through by an entity (with a clock, a refusal, words in French), archived with their hash, rebuilt and replayed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import varde_client as v

count = v.Count()
PAGE = os.path.join(v.ROOT, "doc/own-procedure.md")


def written(folder):
    """The blocks of the page as files of the directory."""
    with open(PAGE, encoding="utf-8") as file:
        blocks = re.findall(r"```yaml\n(.*?)```", file.read(), re.S)
    for block in blocks:
        name = re.search(r"^# (national/\S+)$", block, re.M)
        if "procedure: drill" in block:
            path = "national/lu/procedures/drill.yaml"
        elif name:
            path = name.group(1)
        else:
            continue
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(block)
    return sum(len(files) for _, _, files in os.walk(folder))


def run(*words):
    return subprocess.run([v.VARDE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)


def check(folder):
    """varde law check --own: clean as written; each fault is found."""
    done = run("law", "check", "--own", folder, "--state", "LU")
    count.check(done.returncode == 0 and "0 findings" in done.stdout, "the page's files are in order: " + done.stdout)
    path = folder + "/national/lu/procedures/drill.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()

    def broken(old, new, said):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new, 1))
        done = run("law", "check", "--own", folder, "--state", "LU")
        count.check(done.returncode != 0 and said in done.stdout, f"{said}: {done.stdout[:400]}")

    broken("clock: drill_report", "clock: drill_reports", "no state has a clock")
    broken("- {to: held}", "- {to: holden}", "holden")
    broken('article: "Law on exercises 5", required: yes}', "required: yes}", "no source")
    broken('article: "Law on exercises 5", required: yes}', 'article: "Law on exercises 6", required: yes}', "Law on exercises 6 is not among the places")
    broken("done_by: [report]", "done_by: [announcement]", "not fulfilled by its own document")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    french = folder + "/national/lu/words/drill.fr.yaml"
    with open(french, encoding="utf-8") as file:
        words = file.read()
    with open(french, "w", encoding="utf-8") as file:
        file.write(words.replace("    again.label", "    again.lable"))
    done = run("law", "check", "--own", folder, "--state", "LU")
    count.check(done.returncode != 0 and "1 words are missing in fr of national/lu, 1 are stale" in done.stdout, "French is begun, so it is whole; German is not asked for: " + done.stdout[-400:])
    with open(french, "w", encoding="utf-8") as file:
        file.write(words)
    for bad, said in (("national/lu/clocks.yaml", "adds and replaces nothing" if os.path.exists(v.ROOT + "/law/national/lu/clocks.yaml") else "own law stands in"),
                      ("national/be/procedures/drill.yaml", "own law stands in"), ("eu/nis2/procedures/drill.yaml", "own law stands in")):
        extra = os.path.join(folder, bad)
        os.makedirs(os.path.dirname(extra), exist_ok=True)
        shutil.copy(path, extra)
        done = run("law", "check", "--own", folder, "--state", "LU")
        count.check(done.returncode != 0 and "own law stands in" in done.stdout, f"{bad} is refused: {done.stdout[:300]}")
        os.remove(extra)
        del said
    adds_only(folder, text)


def adds_only(folder, drill):
    """Own law changes nothing of the program's, and nothing is left out in silence."""
    head = '# SPDX-License-Identifier: EUPL-1.2\ntitle: x\nsource: x\nchecked_on: 2026-11-22\n'
    clock = '  - clock: early_warning\n    article: x\n    rows:\n      - {anchor: aware_at, amount: 90, unit: d, as: national}\n'
    for name, text, said in (("clocks/more.yaml", head + "clocks:\n" + clock, "already"), ("clocks/more.yaml", head + "settings: [x]\n", "only adds clocks"),
                             ("clocks/more.yaml", head + "clocks: {x: y}\n", "a list of rows"), ("procedures/incident.yaml", head + "procedure: incident\n", "own law changes none"),
                             ("procedures/common/gate.yaml", head + "common: gate\n", "own law changes none"), ("procedures/zz.yaml", drill, "already")):
        extra = os.path.join(folder, "national/lu", name)
        os.makedirs(os.path.dirname(extra), exist_ok=True)
        with open(extra, "w", encoding="utf-8") as file:
            file.write(text)
        done = run("law", "check", "--own", folder, "--state", "LU")
        count.check(done.returncode == 1 and said in done.stdout and os.path.basename(name) in done.stdout, f"{name}, {said}: {done.returncode} {done.stdout[-300:]}")
        os.remove(extra)
    link = folder + "/national/lu/procedures/linked.yaml"
    os.symlink("/etc/hostname", link)
    done = run("law", "check", "--own", folder, "--state", "LU")
    count.check(done.returncode == 1 and "symbolic link" in done.stdout, f"a link is named: {done.stdout[-300:]}")
    os.remove(link)


def filed(node, company, csirt):
    entity = company.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]
    form = company.need(200, "GET", "/api/v1/procedures/drill/documents/announcement?language=fr")
    count.equal((form["label"], form["fields"][1]["choices"][0]["label"]), ("Annonce d'un exercice", "Rançongiciel"), "the form speaks French")
    listed = [p for p in company.need(200, "GET", "/api/v1/procedures")["procedures"] if p["procedure"] == "drill"]
    count.check(len(listed) == 1 and len(listed[0]["documents"]) == 2, "the procedure is listed with its documents")
    refused = company.file("drill", "announcement", {"held_on": "2026-13-01", "scenario": "fire"}, entity=entity)
    count.problem(refused, 422, "field.choice", "values are checked", "/scenario")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 5 * 86400))
    later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86400))
    early = company.must_file("drill", "announcement", {"held_on": later, "scenario": "outage"}, entity=entity)
    answer = company.post("/api/v1/filings?language=fr", {"procedure": "drill", "document": "report", "case": early["case"], "fields": {"found": "Nothing."}}, key="early")
    count.problem(answer, 422, "drill.too_early", "its own rule refuses")
    count.equal(answer.json["errors"][0]["detail"], "L'exercice n'a pas encore eu lieu.", "in its own words, in French")
    case = company.must_file("drill", "announcement", {"held_on": day, "scenario": "ransomware"}, entity=entity)["case"]
    seen = company.need(200, "GET", f"/api/v1/cases/{case}")
    duty = seen["duties"][0]
    month = int(day[5:7]) % 12 + 1
    count.check(duty["duty"] == "report" and f"-{month:02d}-" in duty["due"], f"its clock runs a month from the day: {duty}")
    count.check(any(c["id"] == case for c in csirt.need(200, "GET", "/api/v1/cases")["cases"]), "the CSIRT has the case")
    report = company.must_file("drill", "report", {"found": "The backup was too slow.", "again": True}, case=case)
    seen = company.need(200, "GET", f"/api/v1/cases/{case}")
    count.equal((seen["state"], seen["duties"][0]["status"]), ("held", "done_in_time"), "the report ends it")
    receipt = company.need(200, "GET", f"/api/v1/filings/{report['filing']}/receipt")
    count.check(node.verify_second(receipt)["valid"], "with a receipt like every filing")
    packs = company.need(200, "GET", "/api/v1/law/packs")
    built_in = run("law", "list", "--json").stdout
    own = [p for p in (packs["packs"] if isinstance(packs, dict) else packs) if p["id"] == "national/lu"]
    count.check(len(own) == 1 and (own[0].get("sha256") or own[0].get("hash")) not in built_in, "the pack has a hash of its own")


def replayed(node):
    for command in (("rebuild",), ("law", "replay")):
        done = run(*command, node.folder)
        count.equal(done.returncode, 0, f"{' '.join(command)}: {done.stdout[-600:]}")
    with open(node.folder + "/varde.yaml", encoding="utf-8") as file:
        text = file.read()
    with open(node.folder + "/varde.yaml", "w", encoding="utf-8") as file:
        file.write(re.sub(r"^law:.*\n", "", text, flags=re.M))
    done = run("law", "replay", node.folder)
    count.check(done.returncode != 0 and "drill" in done.stdout, "without its files the law can't decide them: " + done.stdout[-300:])
    with open(node.folder + "/varde.yaml", "w", encoding="utf-8") as file:
        file.write(text)


def refused_start(folder, edit):
    """A node does not start with a law that is not in order."""
    path = folder + "/national/lu/procedures/drill.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("clock: drill_report", "clock: other", 1))
    node = v.Node(state="LU", edit=edit)
    done = subprocess.run([v.VARDE, "serve", node.folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    count.check(done.returncode != 0 and "drill.yaml" in done.stdout, "it does not start, and says where: " + done.stdout[-400:])
    node.close()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    folder = tempfile.mkdtemp(prefix="varde-own-law-")
    count.equal(written(folder), 4, "the page has the files")

    def edit(text):
        return v.quick_heads(text) + f"\nlaw: {folder}\n"

    node = None
    try:
        check(folder)
        node = v.Node(state="LU", edit=edit).start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Csirt officer", "csirt", "a beacon on the hill 2")
        company = node.person("anna@vraxquel.example", "Anna", "a beacon on the hill 6")
        filed(node, company, csirt)
        node.stop()
        replayed(node)
        refused_start(folder, edit)
    finally:
        if node is not None:
            node.close()
        shutil.rmtree(folder)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
