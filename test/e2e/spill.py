#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Something stands where it may not: frozen at once for everybody but the head, at every way out, through a restart and a
rebuild; recalled from who got it; released again or erased. A hold stops what is held; a marking is raised by whoever sees it
and relaxed by its originator alone."""
import json
import subprocess
import sys

import varde_client as v

count = v.Count()
CANARY = "KESTREL-SEVEN-OVER-THE-RIDGE"


def people(node):
    admin = node.administrator()
    make = lambda login, office, role="officer": node.officer(admin, login, login, office, "the grey tower of " + login, role=role)
    return {"ca": make("ca@node.example", "ca"), "csirt": make("csirt@node.example", "csirt"), "head": make("head@node.example", "csirt", "head"),
            "spoc": make("spoc@node.example", "spoc"), "cahead": make("cahead@node.example", "ca", "head"),
            "company": node.person("security@vraxquel.example", "Night desk", "a quiet harbour at dusk")}


def incident(who):
    """A registered entity and a notified incident of two states, with an attachment."""
    form = who["company"].need(200, "GET", "/api/v1/procedures/incident/documents/notification")
    beside = [f["name"] for f in form["fields"] if f["type"] == "long_text" and "Classified matter does not belong here" not in f.get("notice", "")]
    count.check(beside == [] and "Classified matter" in form["attachment_notice"], f"every long text and upload says what does not belong here: {beside}")
    filed = who["company"].must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    who["ca"].must_file("registration", "approval", {"class": "essential", "grounds": "Supplies power."}, case=filed["case"])
    sent = who["company"].call("POST", "/api/v1/attachments?name=" + CANARY + ".txt", CANARY.encode(), kind="text/plain").json
    count.check("Classified matter" in sent["notice"], "and so does an upload's answer")
    fields = v.early_warning(2, cross_border="yes", affected_states=["FR", "NL"])
    warned = who["company"].must_file("incident", "early_warning", fields, entity=filed["entity"])
    noted = who["company"].must_file("incident", "notification", v.notification(impact="The plan " + CANARY + " was read.", cross_border="yes",
                                     affected_states=["FR", "NL"]), case=warned["case"], attachments=[sent["id"]], key="notification-1")
    return {"entity": filed["entity"], "registration_case": filed["case"], "case": warned["case"], "warning": warned["filing"], "notification": noted["filing"], "attachment": sent["id"]}


def sweep(node, client, made):
    """Paths of GET resources whose answer has the canary, for this person: every route of the API description, filled in."""
    paths = client.patient("/api/v1/openapi.json").json["paths"]
    found = []
    for path, methods in paths.items():
        if "get" not in methods or path.endswith("/events"):
            continue
        filled, queries = [path], ["", "?entity=" + made["entity"], "?case=" + made["case"], "?q=" + CANARY]
        if "{" in path:
            queries, filled = [""], []
            for value in [made["case"], made["notification"], made["attachment"], made["entity"]]:
                filled.append(path)
                while "{" in filled[-1]:
                    start = filled[-1].index("{")
                    filled[-1] = filled[-1][:start] + value + filled[-1][filled[-1].index("}") + 1:]
        for asked in [f + q for f in filled for q in queries]:
            if CANARY.encode() in client.patient(asked).data:
                found.append(asked)
    return sorted(set(found))


def spill(node, who, made):
    filing, case = made["notification"], made["case"]
    before = sweep(node, who["csirt"], made)
    count.check(any(filing in path for path in before) and any(made["attachment"] in path for path in before), f"before the spill it is seen: {before}")
    etag = who["csirt"].get("/api/v1/cases/" + case).header("etag")
    released = who["csirt"].must_file("incident", "release", {"filing": filing, "names": [{"name": "impact"}], "states": ["FR"], "label": "TLP:AMBER",
                                      "basis": "NIS2 23(6)", "names_entity": False, "reason": "France is affected."}, case=case)
    events = who["spoc"].events(0)
    placed = who["csirt"].file("incident", "spill", {"filing": filing, "names": [{"name": "impact"}], "attachments": [{"name": made["attachment"]}],
                               "kind": "classified", "reason": "It names what may not be named."}, case=case)
    if not count.status(placed, 201, "an officer reports a spill"):
        raise SystemExit(str(placed))
    told = events.wait(lambda e: e.get("event") == "withdrawn")
    count.check(told and json.loads(told["data"]) == {"filing": filing, "case": case}, f"the stream says only that it is withdrawn: {told}")
    events.close()
    for name in ["csirt", "ca", "spoc", "company"]:
        count.equal(sweep(node, who[name], made), [], f"frozen for {name} at every way out")
    answer = who["csirt"].call("GET", "/api/v1/cases/" + case, headers={"If-None-Match": etag})
    count.status(answer, 200, "what was cached of the case no longer counts")
    read = who["company"].need(200, "GET", "/api/v1/filings/" + filing)
    count.check("impact" not in read["fields"] and "severity" in read["fields"], "the other fields stay readable")
    count.equal([(w["field"], w["rule"]) for w in read["withheld"]], [("impact", "gate.freeze")], "what stays is named, with its rule")
    count.problem(who["company"].get("/api/v1/attachments/" + made["attachment"]), 403, "gate.freeze", "the attachment is frozen")
    one, two = node.verify_both(who["company"].need(200, "GET", f"/api/v1/filings/{filing}/receipt"))
    count.check(one.get("valid") is True and one == two and one["withheld"] == 1, f"the receipt proves itself without the field: {one} {two}")
    again = who["company"].file("incident", "notification", v.notification(impact="The plan " + CANARY + " was read.", cross_border="yes", affected_states=["FR", "NL"]),
                                case=case, attachments=[made["attachment"]], key="notification-1")
    count.check(again.status == 200 and CANARY.encode() not in again.data, f"asking again with the same key brings it back to nobody: {again}")
    head = who["head"].need(200, "GET", "/api/v1/filings/" + filing)
    count.check(CANARY in head["fields"]["impact"], "the head still sees it, to resolve it")
    rows = who["csirt"].need(200, "GET", "/api/v1/disclosures?case=" + case)["disclosures"]
    count.equal([(r["recipient"], r["state"]) for r in rows if r["release"] == released["filing"]], [("state:FR", "recalled")], "what was released is recalled")
    refused = who["csirt"].file("incident", "release", {"filing": filing, "names": [{"name": "impact"}], "states": ["NL"], "label": "TLP:AMBER",
                                "basis": "NIS2 23(6)", "names_entity": False, "reason": "x"}, case=case)
    count.problem(refused, 403, "gate.freeze", "what is frozen is released to nobody")
    return placed.json["filing"], released["filing"]


def confirm(who, made, released):
    case = made["case"]
    said = who["csirt"].file("incident", "recall_confirmed", {"release": released, "state": "FR", "by_whom": "Duty officer, invented CSIRT", "confirmed_at": v.instant(-5),
                             "how": "Deleted from mail and file store."}, case=case)
    count.status(said, 201, "the recipient confirms")
    count.problem(who["csirt"].file("incident", "recall_confirmed", {"release": released, "state": "NL", "by_whom": "x", "confirmed_at": v.instant(-5), "how": "x"}, case=case),
                  422, "release.recipient", "who never got it confirms nothing")
    rows = who["csirt"].need(200, "GET", "/api/v1/disclosures?case=" + case)["disclosures"]
    count.equal([(r["state"], r["last_filing"]) for r in rows if r["release"] == released], [("destroyed", said.json["filing"])], "with the record of who confirmed")


def resolve(who, made, placed):
    case = made["case"]
    fields = {"spill": placed, "outcome": "erased", "confirmed_by": "Head of the CSIRT", "reason": "Looked at with the owner of the matter."}
    count.problem(who["csirt"].file("incident", "spill_resolved", fields, case=case), 403, "filing.head", "an officer does not resolve it")
    count.problem(who["head"].file("incident", "spill_resolved", fields, case=case), 422, "gate.not_erased", "what is called erased must be erased")
    answer = who["head"].file("incident", "spill_resolved", dict(fields, outcome="released"), case=case)
    count.status(answer, 201, "the head lets it be seen again")
    count.problem(who["head"].file("incident", "spill_resolved", dict(fields, outcome="released"), case=case), 409, "gate.lifted", "it is lifted once")
    count.check(CANARY in who["company"].need(200, "GET", "/api/v1/filings/" + made["notification"])["fields"]["impact"], "it is back")


def totals(client):
    """What a list of all holds, and what it says it holds."""
    return [(len(list(client.pages(path, rows))), client.need(200, "GET", path + "?count=true")["total"])
            for path, rows in (("/api/v1/cases", "cases"), ("/api/v1/queue", "queue"), ("/api/v1/entities", "entities"))]


def names(client, entity):
    """The entity's name wherever a list shows it."""
    rows = list(client.pages("/api/v1/cases", "cases")) + list(client.pages("/api/v1/queue", "queue")) + list(client.pages("/api/v1/duties", "duties"))
    return {row["entity_name"] for row in rows if row.get("entity") == entity}


def hold_over_the_register(who, made):
    """A hold over the case in which the entity registered: its name is in no list any more, and no total counts it."""
    before = totals(who["spoc"])
    count.equal(names(who["spoc"], made["entity"]), {"Vraxquel Power (invented)"}, "its name is in lists")
    held = who["cahead"].must_file("registration", "hold", {"ground": "national_security", "reason": "Inquiry.", "spared": ["csirt"]}, case=made["registration_case"], **{"as": "ca"})
    after = totals(who["spoc"])
    count.check(all(shown == total for shown, total in after), f"totals are of what is shown: {after}")
    count.equal((after[0][1], after[2][1]), (before[0][1] - 1, before[2][1] - 1), "one case and one entity less")
    count.equal(names(who["spoc"], made["entity"]), {None}, "its name is in no list of another office")
    count.equal(names(who["csirt"], made["entity"]), {"Vraxquel Power (invented)"}, "the spared office reads it")
    asked = who["ca"].must_file("registration", "hold_lift_request", {"hold": held["filing"], "reason": "Over."}, case=made["registration_case"], **{"as": "ca"})
    who["cahead"].must_file("registration", "hold_lifted", {"hold": held["filing"], "request": asked["filing"], "reason": "Over."}, case=made["registration_case"], **{"as": "ca"})
    count.equal((totals(who["spoc"]), names(who["spoc"], made["entity"])), (before, {"Vraxquel Power (invented)"}), "and all is back")


def hold(node, who, made):
    case, filing = made["case"], made["notification"]
    before = totals(who["spoc"])
    count.problem(who["ca"].file("incident", "hold", {"ground": "national_security", "reason": "Inquiry."}, case=case, **{"as": "ca"}), 403, "filing.head",
                  "an officer holds nothing")
    held = who["cahead"].must_file("incident", "hold", {"ground": "national_security", "reason": "Inquiry.", "spared": ["csirt"]}, case=case, **{"as": "ca"})
    count.status(who["spoc"].get("/api/v1/cases/" + case), 404, "another office does not know of the case any more")
    count.check(all(row["id"] != case for row in who["spoc"].pages("/api/v1/cases", "cases")), "nor has it in its list")
    after = totals(who["spoc"])
    count.check(all(shown == total for shown, total in after) and after[0][1] == before[0][1] - 1 and after[1][1] == before[1][1] - 1,
                f"nor in what its list counts: {before}, {after}")
    count.status(who["spoc"].get("/api/v1/filings/" + filing), 404, "nor its filings")
    count.equal(sweep(node, who["company"], made), [], "nothing of it leaves to its entity")
    seen = who["company"].need(200, "GET", "/api/v1/cases/" + case)
    count.check(seen["facts"] == {} and seen["duties"], "the entity sees its duties, and no facts")
    count.check(CANARY in who["csirt"].need(200, "GET", "/api/v1/filings/" + filing)["fields"]["impact"], "the spared office goes on")
    refused = who["csirt"].file("incident", "release", {"filing": made["warning"], "names": [{"name": "cross_border"}], "states": ["FR"], "label": "TLP:AMBER",
                                "basis": "NIS2 23(6)", "names_entity": False, "reason": "x"}, case=case)
    count.problem(refused, 403, "gate.hold", "what is held goes to no other state")
    asked = who["cahead"].must_file("incident", "hold_lift_request", {"hold": held["filing"], "reason": "Over."}, case=case, **{"as": "ca"})
    fields = {"hold": held["filing"], "request": asked["filing"], "reason": "Over."}
    count.problem(who["cahead"].file("incident", "hold_lifted", fields, case=case, **{"as": "ca"}), 403, "filing.second_person", "one person alone lifts nothing")
    count.problem(who["cahead"].file("incident", "hold_lifted", dict(fields, request=made["warning"]), case=case, **{"as": "ca"}), 422, "filing.second_person",
                  "any filing is no request")
    asked = who["ca"].must_file("incident", "hold_lift_request", {"hold": held["filing"], "reason": "Over."}, case=case, **{"as": "ca"})
    count.problem(who["head"].file("incident", "hold_lifted", dict(fields, request=asked["filing"]), case=case, **{"as": "csirt"}), 403, "gate.hold_office",
                  "another office does not lift it")
    count.status(who["cahead"].file("incident", "hold_lifted", dict(fields, request=asked["filing"]), case=case, **{"as": "ca"}), 201, "two persons lift it")
    count.status(who["spoc"].get("/api/v1/cases/" + case), 200, "the case is back")


def markings(who, made):
    case, filing = made["case"], made["notification"]
    raise_it = {"filing": filing, "names": [{"name": "impact"}], "label": "TLP:RED", "reason": "Names a plan."}
    count.problem(who["csirt"].file("incident", "marking_raised", raise_it, case=case), 422, "marking.red_without_names", "RED names somebody")
    count.status(who["csirt"].file("incident", "marking_raised", dict(raise_it, offices=["csirt"]), case=case), 201, "the CSIRT makes the marking stricter")
    count.check("impact" not in who["ca"].need(200, "GET", "/api/v1/filings/" + filing)["fields"], "who is not named does not see the field")
    count.check("impact" in who["company"].need(200, "GET", "/api/v1/filings/" + filing)["fields"], "whoever filed it does")
    count.problem(who["ca"].file("incident", "marking_lowered", dict(raise_it, label="TLP:AMBER"), case=case, **{"as": "ca"}), 403, "gate.originator",
                  "another office does not relax it")
    count.problem(who["csirt"].file("incident", "marking_raised", dict(raise_it, offices=["csirt", "ca"]), case=case), 422, "gate.raise", "raising adds nobody")
    count.status(who["csirt"].file("incident", "marking_lowered", dict(raise_it, label="TLP:AMBER"), case=case), 201, "its originator does")
    count.check("impact" in who["ca"].need(200, "GET", "/api/v1/filings/" + filing)["fields"], "then it is seen again")


def register(who, made):
    """What stands in the register came from a filing: frozen there, it is gone here, and from the search."""
    company, entity, case = who["company"], made["entity"], made["registration_case"]
    filing = [f["id"] for f in who["ca"].need(200, "GET", "/api/v1/cases/" + case)["filings"] if f["document"] == "registration"][0]
    etag = who["csirt"].get("/api/v1/entities/" + entity).header("etag")
    count.check(any(e["id"] == entity for e in who["csirt"].pages("/api/v1/entities?search=vraxquel", "entities")), "found by its name")
    placed = who["ca"].must_file("registration", "spill", {"filing": filing, "names": [{"name": "name"}, {"name": "contacts"}], "kind": "personal", "reason": "Not public."}, case=case)
    answer = who["csirt"].call("GET", "/api/v1/entities/" + entity, headers={"If-None-Match": etag})
    count.check(answer.status == 200 and b"Vraxquel" not in answer.data and "contacts" not in answer.json["profile"] and "address" in answer.json["profile"],
                f"the register keeps back what came from the frozen fields: {answer}")
    count.check(all(e["id"] != entity for e in who["csirt"].pages("/api/v1/entities?search=vraxquel", "entities")), "and no search finds it")
    count.check(b"Vraxquel" not in company.get("/api/v1/entities").data, "nor does the company see it")
    who["cahead"].must_file("registration", "spill_resolved", {"spill": placed["filing"], "outcome": "released", "confirmed_by": "Head", "reason": "Checked."}, case=case)
    count.check("contacts" in who["csirt"].need(200, "GET", "/api/v1/entities/" + entity)["profile"], "resolved, it is back")


def main():
    node = v.Node(edit=v.quick_heads)
    try:
        node.start()
        who = people(node)
        made = incident(who)
        placed, released = spill(node, who, made)
        confirm(who, made, released)
        node.stop()
        done = subprocess.run([node.binary, "rebuild", node.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        count.equal(done.returncode, 0, "rebuild: " + done.stdout)
        node.start()
        for client in who.values():
            client.move(node.url)
        count.equal(sweep(node, who["ca"], made), [], "after a rebuild it is still frozen")
        resolve(who, made, placed)
        hold(node, who, made)
        hold_over_the_register(who, made)
        markings(who, made)
        register(who, made)
    finally:
        print(node.log()[-3000:]) if __import__("os").environ.get("SHOW") else None
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
