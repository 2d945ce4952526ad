#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""An advisory to a selection of the register: previewed, released only to whom the preview showed, read and answered by its
addressees each for itself, reminded, corrected, withdrawn; and what none of them may see."""
import contextlib
import json
import sqlite3
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
HOUR = 3600
SECRET = "The loader is signed with a stolen key."


class World:
    def __init__(self, node):
        admin = node.administrator()
        self.node = node
        self.csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", "quiet waters run deep 1")
        self.ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", "quiet waters run deep 2")
        self.companies = {}

    def company(self, name, types, register=True, approve=True, **more):
        """A person with an entity on the register: (client, entity)."""
        client = self.node.person(f"{name.split()[0].lower()}@company.example", f"Person of {name}", "quiet waters run deep 3")
        filed = client.must_file("registration", "registration", v.registration(name, types, **more))
        if approve:
            self.ca.must_file("registration", "approval", {"class": more.get("own_class", "essential")}, case=filed["case"])
        self.companies[name.split()[0]] = (client, filed["entity"], filed["case"])
        return client, filed["entity"]


def attach(client, name, data):
    return client.call("POST", "/api/v1/attachments?name=" + name, data, kind="text/plain").json["id"]


def preview(client, selection, since=None):
    return client.need(200, "POST", "/api/v1/selections/preview", {"selection": selection, **({"since": since} if since else {})})


def draft(world, selection, **more):
    fields = {"title": "Flaw in Examplegate", "kind": "alert", "text": SECRET, "actions": "Update to 4.2.", "severity": "critical",
              "products": [{"supplier": "Example Works", "product": "Examplegate"}], "tlp": "TLP:AMBER",
              "answer_by": v.instant(48 * HOUR), "selection": selection}
    fields.update(more)
    world.attached = attach(world.csirt, "rules.txt", b"alert tcp any any")
    return world.csirt.must_file("advisory", "advisory", fields, attachments=[world.attached])


def settled(client, case, seconds=15):
    """The figures, once nothing is queued any more."""
    until = time.monotonic() + seconds
    while True:
        parties = client.need(200, "GET", f"/api/v1/cases/{case}/parties")
        if parties["waiting"] == 0 or time.monotonic() > until:
            return parties
        time.sleep(0.2)


def selections(world):
    """Criteria, one by one and together."""
    energy, health, late = (world.companies[n][1] for n in ("Alpha", "Beta", "Gamma"))

    def found(selection):
        answer = preview(world.csirt, selection)
        return answer["count"], sorted(row["id"] for row in answer["sample"]), answer

    n, ids, everyone = found({"everyone": True})
    count.equal((n, everyone["pending"]), (3, 1), "everyone: registered ones, and the pending one apart")
    count.check(late in ids and energy in ids, "a sample of them")
    count.equal({row["sector"]: row["entities"] for row in everyone["by_sector"]}, {"energy": 2, "health": 1}, "counted by sector")
    count.equal(sum(row["entities"] for row in everyone["by_class"]), 3, "counted by class")
    count.equal(found({"sectors": ["health"]})[1], [health], "by sector")
    count.equal(found({"types": ["EN_EL_SUPPLY"], "classes": ["important"]})[1], [late], "by type and class")
    count.equal(found({"products": ["EXAMPLEGATE"]})[1], [energy], "by declared product, whatever the case of letters")
    count.equal(found({"services_in": ["LU"]})[1], [health], "by state of service")
    count.equal(found({"condition": {"all": [{"subject": "staff", "at_least": 1000}]}})[1], [health], "by a free condition")
    count.equal(found({"entities": [late], "sectors": ["health"]})[1], sorted([late, health]), "named, or by criteria")
    count.equal(found({"everyone": True, "except": [late, health]})[1], [energy], "all but some")
    count.equal(found({"sizes": ["large"], "except": [energy]})[0], found({"sizes": ["large"]})[0] - 1, "by size")
    count.check(everyone["version"] == found({"everyone": True})[2]["version"] != found({"sectors": ["health"]})[2]["version"],
                "same entities, same version; others, another")
    for bad, rule in (({}, "selection.empty"), ({"colour": ["red"]}, "selection.unknown"), ({"sectors": "energy"}, "selection.type"),
                      ({"entities": ["E1"]}, "selection.value"), ({"condition": {"case": "severity", "is": "low"}}, "selection.condition"),
                      ({"condition": {"subject": "staff", "at_least": [1]}}, "selection.condition"),
                      ({"everyone": True, "sectors": ["energy"]}, "selection.everyone")):
        count.problem(world.csirt.post("/api/v1/selections/preview", {"selection": bad}), 422, rule, f"criteria {bad}")
    answer = world.companies["Alpha"][0].post("/api/v1/selections/preview", {"selection": {"everyone": True}})
    count.status(answer, 403, "a company selects nobody")


def release(world):
    """Only what was looked at is sent."""
    selection = {"products": ["examplegate"], "entities": [world.companies["Gamma"][1]]}
    filed = draft(world, selection)
    case = filed["case"]
    alpha, alpha_entity, _ = world.companies["Alpha"]
    count.status(alpha.get(f"/api/v1/cases/{case}"), 404, "nobody knows of a draft")
    count.status(alpha.get(f"/api/v1/filings/{filed['filing']}"), 404, "nor of its text")
    shown = preview(world.csirt, selection)
    count.equal(shown["count"], 2, "two fit")
    # the register moves between preview and release
    beta, beta_entity, beta_case = world.companies["Beta"]
    beta.must_file("registration", "products_declaration", {"products": [{"supplier": "Example Works", "product": "ExampleGate Mini"}]}, case=beta_case)
    refused = world.csirt.file("advisory", "advisory_release", {"preview": shown["version"]}, case=case)
    count.problem(refused, 422, "selection.moved", "the register moved since the preview", "/preview")
    count.check(beta_entity in refused.json["errors"][0]["detail"], f"and the answer says who came: {refused.json}")
    again = preview(world.csirt, selection, since=shown["version"])
    count.equal([row["id"] for row in again["difference"]["came"]], [beta_entity], "the next preview shows the difference")
    count.status(world.ca.file("advisory", "advisory_release", {"preview": again["version"]}, case=case), 403, "the authority does not release")
    world.csirt.must_file("advisory", "advisory_release", {"preview": again["version"]}, case=case)
    figures = settled(world.csirt, case)
    count.equal((figures["total"], figures["counts"]), (3, {"silent": 3}), "three addressees, silent")
    count.equal({d["duty"]: (d["owed_by"], d["done"], d["open"]) for d in figures["duties"]}, {"acknowledgement": (3, 0, 3), "answer": (3, 0, 3)}, "each owes both")
    return case, filed["filing"]


def addressees(world, case, filing):
    """Each sees the advisory and its own part; nothing of another."""
    alpha, alpha_entity, _ = world.companies["Alpha"]
    gamma, gamma_entity, _ = world.companies["Gamma"]
    outsider, _, _ = world.companies["Delta"]
    seen = alpha.need(200, "GET", f"/api/v1/cases/{case}")
    count.equal([f["document"] for f in seen["filings"]], ["advisory"], "it sees the advisory, not the release")
    count.equal([p["party"] for p in seen["parties"]], [alpha_entity], "and its own part alone")
    count.equal([(s["document"], s["is_owed"]) for s in seen["next"]], [("acknowledgement", True), ("advisory_answer", True)], "and what it may file")
    text = alpha.need(200, "GET", f"/api/v1/filings/{filing}")
    count.equal(text["fields"]["text"], SECRET, "it reads the text")
    count.check("selection" not in text["fields"], "but not to whom it went")
    count.equal(text["header"]["marking"], "TLP:AMBER", "under the marking that the draft chose")
    count.status(alpha.get(f"/api/v1/filings/{filing}/receipt"), 404, "a receipt shows all fields: not for it")
    count.check(any(c["id"] == case for c in alpha.need(200, "GET", f"/api/v1/cases?entity={alpha_entity}")["cases"]), "the advisory is among its cases")
    owed = alpha.need(200, "GET", f"/api/v1/duties?entity={alpha_entity}")["duties"]
    count.equal(sorted(d["duty"]["duty"] for d in owed if d["case"] == case), ["acknowledgement", "answer"], "and among its duties")
    for what, path in (("the case", f"/api/v1/cases/{case}"), ("the text", f"/api/v1/filings/{filing}"), ("the list", f"/api/v1/cases/{case}/parties")):
        count.status(outsider.get(path), 404, f"an entity that is no addressee does not know of {what}")
    count.status(alpha.get(f"/api/v1/cases/{case}/parties"), 404, "an addressee does not see the others")
    count.status(alpha.get(f"/api/v1/cases/{case}/parties/{gamma_entity}"), 404, "nor one of them")

    acknowledged = alpha.must_file("advisory", "acknowledgement", {}, case=case)
    private = attach(gamma, "findings.txt", b"Two servers, by name.")
    answered = gamma.must_file("advisory", "advisory_answer", {"reading": "affected", "text": "Two servers.", "wants_support": True}, case=case, attachments=[private])
    count.equal([c.get(f"/api/v1/attachments/{private}").status for c in (gamma, world.csirt, alpha, outsider)], [200, 200, 404, 404], "what one attaches no other reads")
    count.equal([c.get(f"/api/v1/attachments/{world.attached}").status for c in (gamma, alpha, outsider)], [200, 200, 404], "what the CSIRT attached addressees read")
    count.equal(alpha.need(200, "GET", f"/api/v1/cases/{case}")["parties"][0]["state"], "acknowledged", "an acknowledgement moves its own part")
    for what, other in (("answer", answered), ("acknowledgement", acknowledged)):
        reader = alpha if what == "answer" else gamma
        count.status(reader.get(f"/api/v1/filings/{other['filing']}"), 404, f"the {what} of another is not seen")
    count.status(gamma.get(f"/api/v1/filings/{answered['filing']}/receipt"), 200, "its own receipt is")
    receipt = gamma.need(200, "GET", f"/api/v1/filings/{answered['filing']}/receipt")
    one, two = world.node.verify_both(receipt)
    count.check(one.get("valid") is True and one == two, f"an answer's receipt verifies twice: {one} {two}")
    count.status(outsider.file("advisory", "acknowledgement", {}, case=case), 404, "who is no addressee can't acknowledge")
    count.status(world.csirt.file("advisory", "acknowledgement", {}, case=case), 403, "nor can an officer for one")
    figures = settled(world.csirt, case)
    count.equal(figures["counts"], {"acknowledged": 1, "affected": 1, "silent": 1}, "the figures say who answered what")
    count.equal([p["party"] for p in world.csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?state=silent")["parties"]], [world.companies["Beta"][1]], "and who is silent")
    part = world.csirt.need(200, "GET", f"/api/v1/cases/{case}/parties/{gamma_entity}")
    count.equal((part["state"], part["facts"]), ("affected", {"reading": "affected", "wants_support": True}), "one part")
    count.equal([f["document"] for f in part["filings"]], ["advisory_answer"], "with its filings")
    table = world.csirt.need_bytes(f"/api/v1/cases/{case}/parties?format=csv").decode()
    count.equal(len(table.strip().split("\r\n")), 4, "and a table of all")
    page = world.csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?limit=2")
    rest = world.csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?limit=2&cursor={page['next']}")
    count.equal((len(page["parties"]), len(rest["parties"]), rest["next"]), (2, 1, None), "in pages")
    office = world.csirt.need(200, "GET", f"/api/v1/cases/{case}")
    count.equal([f["document"] for f in office["filings"]], ["advisory", "advisory_release"], "the offices' case does not grow by answers")
    count.equal(office["version"], 2, "nor does its version")


def afterwards(world, case):
    """Reminder, correction, withdrawal reach those whom they concern."""
    beta, _, _ = world.companies["Beta"]
    alpha, alpha_entity, _ = world.companies["Alpha"]
    world.csirt.must_file("advisory", "advisory_reminder", {"to": "silent"}, case=case)
    corrected = world.csirt.must_file("advisory", "advisory_correction", {"title": "Flaw in Examplegate", "text": "4.2.1, not 4.2.", "tlp": "TLP:GREEN", "wrong": "The version."}, case=case)
    count.equal(beta.need(200, "GET", f"/api/v1/filings/{corrected['filing']}")["fields"]["text"], "4.2.1, not 4.2.", "the correction is read by addressees")
    world.csirt.must_file("advisory", "advisory_withdrawal", {"reason": "Another product."}, case=case)
    seen = beta.need(200, "GET", f"/api/v1/cases/{case}")
    count.equal((seen["state"], [f["document"] for f in seen["filings"]]), ("withdrawn", ["advisory", "advisory_correction", "advisory_withdrawal"]), "withdrawn, and said so")
    count.equal({d["duty"]: d["status"] for d in seen["duties"]}, {"acknowledgement": "closed", "answer": "closed"}, "nothing is owed any more")
    count.equal([d for d in alpha.need(200, "GET", f"/api/v1/duties?entity={alpha_entity}")["duties"] if d["case"] == case], [], "by nobody")
    settled(world.csirt, case)


def messages(node, case):
    """Whom the queued messages of the case name: (kind, entities)."""
    with contextlib.closing(sqlite3.connect(f"file:{node.folder}/node.db?mode=ro", uri=True)) as db:
        rows = [json.loads(content) for (content,) in db.execute("SELECT content FROM outbox WHERE case_id = ? ORDER BY id", (case,))]
    return [(m["kind"], sorted(m["to"]["entities"])) for m in rows if "entities" in m["to"]]


def told(world, case):
    """Each message went to those whom it concerned."""
    alpha, beta, gamma = (world.companies[n][1] for n in ("Alpha", "Beta", "Gamma"))
    everyone = sorted((alpha, beta, gamma))
    count.equal(messages(world.node, case), [("advisory", everyone), ("advisory_reminder", [beta]), ("advisory_correction", everyone), ("advisory_withdrawal", everyone)],
                "who was told what")


def products(world):
    """What an entity says of its products is the CSIRT's alone."""
    alpha, entity, case = world.companies["Alpha"]
    count.check("products" in alpha.need(200, "GET", f"/api/v1/entities/{entity}")["profile"], "the entity sees its own products")
    count.check("products" in world.csirt.need(200, "GET", f"/api/v1/entities/{entity}")["profile"], "the CSIRT sees them")
    count.check("products" not in world.ca.need(200, "GET", f"/api/v1/entities/{entity}")["profile"], "the authority does not")
    declared = [f for f in alpha.need(200, "GET", f"/api/v1/cases/{case}")["filings"] if f["document"] == "products_declaration"]
    count.equal(len(declared), 1, "its declaration is a filing")
    answer = world.ca.get(f"/api/v1/filings/{declared[0]['id']}")
    count.check(answer.status == 404 or not answer.json["fields"].get("products"), "which the authority does not read either")


def rebuilt(node, world, case):
    """The same parties, parts and figures after the tables were made anew from the log."""
    path = f"/api/v1/cases/{case}/parties"
    before = [world.csirt.need(200, "GET", path)] + [world.csirt.need(200, "GET", f"{path}/{world.companies[n][1]}") for n in ("Alpha", "Beta", "Gamma")]
    version = preview(world.csirt, {"everyone": True})["version"]
    found = preview(world.csirt, {"products": ["examplegate"]})["version"]
    node.stop()
    run = subprocess.run([v.VARDE, "rebuild", node.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    count.equal(run.returncode, 0, f"rebuild: {run.stdout}")
    run = subprocess.run([v.VARDE, "law", "replay", node.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    count.check(run.returncode == 0 and " 0 " in " " + run.stdout.replace("\n", " "), f"replay decides the same: {run.stdout[-600:]}")
    node.start()
    world.csirt.move(node.url)
    after = [world.csirt.need(200, "GET", path)] + [world.csirt.need(200, "GET", f"{path}/{world.companies[n][1]}") for n in ("Alpha", "Beta", "Gamma")]
    count.equal(json.dumps(after, sort_keys=True), json.dumps(before, sort_keys=True), "the parties are the same after a rebuild")
    count.equal(preview(world.csirt, {"everyone": True})["version"], version, "and so is what a selection finds")
    count.equal(preview(world.csirt, {"products": ["examplegate"]})["version"], found, "by products as well")


def desk(world):
    """Notes and owners are for offices; what should not have gone out is frozen at once for everybody."""
    csirt, alpha = world.csirt, world.companies["Alpha"][0]
    selection = {"entities": [world.companies["Alpha"][1]]}
    filed = draft(world, selection)
    case, filing = filed["case"], filed["filing"]
    csirt.must_file("advisory", "advisory_release", {"preview": preview(csirt, selection)["version"]}, case=case)
    settled(csirt, case)
    note = csirt.must_file("advisory", "note", {"text": "The vendor has not answered the zebra."}, case=case)
    csirt.must_file("advisory", "assignment", {"owner": csirt.person}, case=case)
    seen = alpha.get(f"/api/v1/cases/{case}")
    count.check(seen.status == 200 and b"zebra" not in seen.data and note["filing"].encode() not in seen.data, "an addressee sees no note")
    count.status(alpha.get(f"/api/v1/filings/{note['filing']}"), 404, "nor knows of it")
    count.check(SECRET.encode() in alpha.get(f"/api/v1/filings/{filing}").data, "before the spill the text is read")
    csirt.must_file("advisory", "spill", {"filing": filing, "names": [{"name": "text"}], "kind": "classified", "reason": "It names a source."}, case=case)
    for path in (f"/api/v1/filings/{filing}", f"/api/v1/cases/{case}"):
        count.check(SECRET.encode() not in alpha.get(path).data, f"afterwards {path} is without it")
        count.check(SECRET.encode() not in csirt.get(path).data, f"for the CSIRT too: {path}")


def main():
    node = v.Node().start()
    try:
        world = World(node)
        world.company("Alpha Power (invented)", ["EN_EL_SUPPLY"])
        world.company("Beta Clinic (invented)", ["HE_PROVIDER"], staff="4200", services_states=["BE", "LU"])
        world.company("Gamma Grid (invented)", ["EN_EL_SUPPLY"], own_class="important")
        world.company("Delta Later (invented)", ["EN_EL_SUPPLY"], approve=False)
        alpha, _, case = world.companies["Alpha"]
        alpha.must_file("registration", "products_declaration", {"products": [{"supplier": "Example Works", "product": "Examplegate"}]}, case=case)
        selections(world)
        case, filing = release(world)
        addressees(world, case, filing)
        afterwards(world, case)
        told(world, case)
        products(world)
        desk(world)
        rebuilt(node, world, case)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
