#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The command line against a real node: scope, law, file, import, show, duties, doctor; words, JSON and exit codes."""
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

import varde_client as v

count = v.Count()
FACTS = {"state": "BE", "types": ["EN_EL_DSO"], "staff": "120", "turnover": "30000000", "balance": "9000000"}


def varde(*words, text=None, env=None):
    """Exit code, standard output, standard error. Without VARDE_URL and VARDE_TOKEN unless ENV has them."""
    clean = {name: value for name, value in os.environ.items() if name not in ("VARDE_URL", "VARDE_TOKEN")}
    run = subprocess.run([v.VARDE, *words], input=text if text is not None else "", capture_output=True, text=True,
                         env={**clean, **(env or {})}, timeout=120, check=False)
    return run.returncode, run.stdout, run.stderr


def scope():
    code, out, _ = varde("scope", "-", text=json.dumps(FACTS))
    count.equal(code, 0, "scope answers")
    count.check(out.startswith("Guidance on your facts, not a decision"), "scope begins with what it is")
    count.check("important entity" in out and "NIS2" in out, "scope says class and article")
    code, out, _ = varde("scope", "--json", "-", text=json.dumps(FACTS))
    count.equal((code, json.loads(out)["class"]), (0, "important"), "scope in JSON")
    code, out, err = varde("scope", "-", text='{"types":["EN_EL_DSO"],"types":[]}')
    count.equal((code, out), (2, ""), "a name that stands twice")
    count.check("/types" in err and "json.duplicate_key" in err, "it is named: " + err)
    code, out, _ = varde("scope", "--json", "-", text='{"no_such_fact":1}')
    count.equal((code, json.loads(out).get("field")), (2, "/no_such_fact"), "an unknown fact")
    for words in (["scope"], ["scope", "a", "--csv", "b"], ["scope", "a", "b"], ["scope", "--at", "2026-02-30", "-"], ["scope", "-", "--sate", "BE"]):
        count.equal(varde(*words, text="{}")[0], 2, " ".join(words))
    count.equal(varde("scope", "/nowhere/facts.json")[0], 1, "a file that is not there")
    register = 'id,name,types,staff,turnover,balance\n1,A,EN_EL_DSO,120,30000000,9000000\n2,"B, C",EN_EL_DSO,9,1,1\n3,D,XX,9,1,1\n'
    code, out, err = varde("scope", "--csv", "-", "--state", "BE", text=register)
    rows = out.splitlines()
    count.equal(code, 1, "a register with a wrong line")
    count.check(rows[1].startswith("1,in,important,") and rows[2].startswith("2,out,out,") and "line 4" in rows[3], f"its lines: {rows}")
    count.check("3 lines, 1 with errors" in err, "its counts: " + err)


def law(folder):
    code, out, _ = varde("law", "check")
    count.equal(code, 0, "the packs are good: " + out[-300:])
    count.check("0 findings" in out, "and it says so")
    code, out, _ = varde("law", "list", "--json")
    packs = {pack["id"]: pack for pack in json.loads(out)}
    count.check(code == 0 and len(packs["eu/nis2"]["sha256"]) == 64, "law list")
    os.makedirs(folder + "/law/eu/broken")
    with open(folder + "/law/eu/broken/pack.yaml", "w", encoding="utf-8") as file:
        file.write("id: [1\n")
    code, _, err = varde("law", "check", folder + "/law")
    count.equal(code, 1, "a broken pack is not in order")
    count.check("eu/broken/pack.yaml:" in err, "file and line are named: " + err)


def asking(node, company, officer, folder):
    """The commands that ask a node, by a token in a file and by the environment."""
    token_file = folder + "/token"
    with open(token_file, "w", encoding="utf-8") as file:
        file.write(company.make_token("command line", ["read", "file"]) + "\n")
    at = ["--url", node.url, "--data", node.folder, "--token-file", token_file]
    fields = folder + "/fields.json"
    with open(fields, "w", encoding="utf-8") as file:
        json.dump(v.registration("Skerrivost Power (invented)"), file)
    receipt = folder + "/receipt.json"
    code, out, _ = varde("file", "registration", "registration", fields, "--check", "--json", *at)
    count.equal((code, json.loads(out)["is_accepted"]), (0, True), "a trial")
    code, out, err = varde("file", "registration", "registration", fields, "--receipt", receipt, "--key", "cli-1", "--json", *at)
    if not count.equal(code, 0, "a filing: " + err):
        return
    filed = json.loads(out)
    with open(folder + "/log.vkey", "w", encoding="utf-8") as file:
        file.write(node.key + "\n")
    code, out, err = varde("verify", receipt, "--key", folder + "/log.vkey")
    count.equal(code, 0, f"its receipt is proved: {out}{err}")
    code, out, err = varde("file", "registration", "registration", fields, "--key", "cli-1", *at)
    count.check(code == 0 and filed["filing"] in out and "before" in out, f"the same again is the same: {out}{err}")
    for name in ("filing", "case", "entity"):
        code, out, _ = varde("show", filed[name], "--json", *at)
        count.check(code == 0 and filed["filing"] in out or name == "entity", f"show {name}")
        code, out, _ = varde("show", filed[name], *at)
        count.check(code == 0 and "Skerrivost" in out or name == "case", f"show {name} for people: {out[:200]}")
    code, out, _ = varde("duties", "--entity", filed["entity"], "--json", *at)
    count.check(code == 0 and isinstance(json.loads(out)["duties"], list), "duties")
    count.equal(varde("duties", "--entity", filed["entity"], *at)[0], 0, "duties for people")
    broken = json.dumps({**v.registration("Skerrivost Power (invented)"), "no_such_field": 1})
    code, _, err = varde("file", "registration", "registration", "-", *at, text=broken)
    count.equal(code, 1, "a refusal")
    count.check("/no_such_field" in err, "it names the field: " + err)
    count.equal(varde("show", "C0000000000000000", *at)[0], 1, "a case that is not there")
    count.equal(varde("show", "X1", *at)[0], 2, "no identifier")
    count.equal(varde("file", "registration", "registration", "--set", "name", *at)[0], 2, "--set without a value")
    count.equal(varde("duties", "--url", node.url, "--data", node.folder)[0], 4, "without a token")
    count.equal(varde("duties", env={"VARDE_URL": "https://127.0.0.1:1", "VARDE_TOKEN": "x"})[0], 3, "no node")
    code, _, err = varde("duties", "--url", node.url, "--token-file", token_file)
    count.equal(code, 3, "a certificate that nobody vouches for: " + err)
    count.equal(varde("duties", "--url", "http://node.example", "--token-file", token_file)[0], 2, "no TLS")
    environment = {"VARDE_URL": node.url, "VARDE_TOKEN": officer.make_token("import", ["read", "file"])}
    lines = [json.dumps(v.registration(f"Tarnkeld Utility {i} (invented)")) for i in range(3)]
    lines.insert(1, "")
    lines.insert(2, '{"name":1}')
    code, out, err = varde("import", "-", "--cacert", node.certificate, text="\n".join(lines) + "\n", env=environment)
    count.equal((code, out.strip()), (1, "3 filed, 0 there already, 1 refused"), "import: " + err)
    count.check("line 3:" in err, "the line is named as it stands in the file: " + err)
    code, out, _ = varde("import", "-", "--cacert", node.certificate, "--json", text="\n".join(lines) + "\n", env=environment)
    count.equal((code, json.loads(out)), (1, {"filed": 0, "repeated": 3, "refused": 1}), "import again")


def reading(node, officer, folder):
    """queue, statistics, letter, answers: for an officer."""
    token_file = folder + "/officer.token"
    with open(token_file, "w", encoding="utf-8") as file:
        file.write(officer.make_token("reading", ["read", "file"]) + "\n")
    at = ["--url", node.url, "--data", node.folder, "--token-file", token_file]
    code, out, err = varde("queue", "--workspace", "desk", "--count", "--json", *at)
    page = json.loads(out) if count.equal(code, 0, "queue: " + err) else {"queue": []}
    count.equal(page.get("total"), len(page["queue"]), "the queue and its total")
    case = page["queue"][0]["case"] if page["queue"] else "C0000000000000000"
    code, out, _ = varde("queue", "--count", *at)
    count.check(code == 0 and case in out and f"{len(page['queue'])} in all" in out, f"queue for people: {out}")
    count.equal(varde("queue", "--order", "sideways", *at)[0], 1, "an order that there is not")
    count.equal(varde("queue", "--state", "no_such_state", *at)[1].strip(), "Nothing.", "nothing in that state")
    code, out, err = varde("statistics", "--json", *at)
    names = [s["statistic"] for s in json.loads(out)["statistics"]] if count.equal(code, 0, "statistics: " + err) else []
    code, out, _ = varde("statistics", *at)
    count.check(code == 0 and names and all(name in out for name in names), f"statistics for people: {out}")
    code, out, err = varde("statistics", names[0], "--view", "now", *at)
    count.check(code == 0 and "," in out.splitlines()[0], f"figures as CSV: {out}{err}")
    code, out, err = varde("statistics", names[0], "--view", "now", "--json", *at)
    count.equal((code, json.loads(out).get("statistic")), (0, names[0]), "figures as JSON: " + err)
    count.equal(varde("statistics", "no_such_statistic", *at)[0], 1, "a statistic that there is not")
    count.equal(varde("statistics", "--period", "2026", *at)[0], 2, "a period of nothing")
    letter = {"template": "registration_acknowledgement", "language": "de", "addressee": "Entity\nStreet 1", "signer": "A. Head", "way": "mail"}
    filed = officer.must_file("registration", "letter", letter, case=case)["filing"]
    code, out, err = varde("letter", case, "--json", *at)
    count.equal((code, [row["id"] for row in json.loads(out)["letters"]]), (0, [filed]), "letters of a case: " + err)
    code, out, _ = varde("letter", case, *at)
    count.check(code == 0 and filed in out and "registration_acknowledgement" in out, f"letters for people: {out}")
    code, out, err = varde("letter", filed, "--out", folder + "/letter.pdf", *at)
    with open(folder + "/letter.pdf", "rb") as file:
        count.check(code == 0 and file.read(5) == b"%PDF-", f"the letter as PDF: {out}{err}")
    count.equal(varde("letter", filed, *at)[0], 2, "a letter to nowhere")
    count.equal(varde("letter", "F0000000000000000", "--out", folder + "/none.pdf", *at)[0], 1, "a letter that there is not")
    count.check(not os.path.exists(folder + "/none.pdf"), "and no file")
    count.equal(varde("letter", "X1", *at)[0], 2, "no letter's name")
    count.equal(varde("answers", case, "answer", *at)[0], 1, "answers in a case without parties")
    count.equal(varde("answers", case, *at)[0], 2, "answers to what?")


def machines(node, folder):
    """JSON of commands that make or read a directory."""
    code, out, err = varde("init", folder + "/other", "--state", "LU", "--name", "Another", "--json")
    made = json.loads(out) if count.equal(code, 0, "init: " + err) else {}
    count.check(made.get("state") == "LU" and len(made.get("setup_code", "")) == 52 and len(made.get("certificate_sha256", "")) == 95, f"init in JSON: {out}")
    with open(folder + "/other/keys/log.vkey", encoding="utf-8") as file:
        count.equal(made.get("log_key"), file.read().strip(), "the log's key")
    count.equal(varde("init", folder + "/other", "--state", "LU", "--name", "Another")[0], 1, "init where a node is")
    count.equal(varde("init", folder + "/third", "--state", "BEL", "--name", "Nowhere")[0], 2, "init for a state of three letters")
    code, out, err = varde("law", "replay", node.folder, "--json")
    replayed = json.loads(out) if count.equal(code, 0, "law replay: " + err) else {}
    with contextlib.closing(sqlite3.connect(f"file:{node.folder}/node.db?mode=ro", uri=True)) as db:
        records = db.execute("SELECT count(*) FROM record").fetchone()[0]  # the node files what the calendar asks of it when its turn comes
    count.check(replayed.get("differences") == [] and replayed.get("records") == records >= 5, f"law replay in JSON: {out}, {records} records")


def doctor(node):
    def findings():
        code, out, _ = varde("doctor", node.folder, "--json")
        return code, {(f["subject"], f["level"]) for f in json.loads(out)}

    code, found = findings()
    count.equal(code, 0, f"the doctor finds nothing that fails: {varde('doctor', node.folder)[1]}")
    count.check(("database", "ok") in found and ("log", "ok") in found and ("certificate", "ok") in found, f"a healthy node: {found}")
    os.chmod(node.folder + "/keys/signing.key", 0o644)
    code, found = findings()
    count.check(code == 1 and ("files", "fail") in found, "a key that others can read")
    os.chmod(node.folder + "/keys/signing.key", 0o600)
    with open(node.folder + "/keys/heads", "rb") as file:
        heads = file.read()
    with open(node.folder + "/keys/heads", "wb") as file:
        file.write(b"\0" * len(heads))
    code, found = findings()
    count.check(code == 1 and ("signing key", "fail") in found, "lost heads")
    with open(node.folder + "/keys/heads", "wb") as file:
        file.write(heads)
    other = tempfile.mkdtemp(prefix="varde-e2e-")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                    "-keyout", other + "/key.pem", "-out", other + "/certificate.pem", "-days", "1"], capture_output=True, check=True)
    os.rename(node.certificate, node.certificate + ".kept")
    os.rename(other + "/certificate.pem", node.certificate)
    code, found = findings()
    count.check(code == 1 and ("certificate", "fail") in found, "a certificate of another key")
    os.rename(node.certificate + ".kept", node.certificate)
    os.remove(other + "/key.pem")
    os.rmdir(other)
    code, _ = findings()
    count.equal(code, 0, "all is well again")
    os.rename(node.folder + "/node.db", node.folder + "/kept.db")
    with open(node.folder + "/node.db", "wb") as file:
        file.write(b"no database at all, but long enough to be looked at" * 20)
    code, found = findings()
    count.check(code == 1 and ("database", "fail") in found, "no database")
    os.rename(node.folder + "/kept.db", node.folder + "/node.db")
    count.equal(varde("doctor", "/nowhere")[0], 1, "no directory")


def main():
    with tempfile.TemporaryDirectory(prefix="varde-e2e-") as folder:
        scope()
        law(folder)
        node = v.Node().start()
        try:
            admin = node.administrator()
            officer = node.officer(admin, "officer@node.example", "Officer", "ca", "a beacon on the hill 2")
            company = node.person("company@node.example", "Company", "a beacon on the hill 3")
            asking(node, company, officer, folder)
            reading(node, officer, folder)
            node.stop()
            machines(node, folder)
            doctor(node)
        finally:
            node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
