#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Mutual assistance on a state's node: another state's request, refused only after consultation and on a listed ground; our own request; a notice of
measures through the contact point; the contact point's liaison; the standing exchange with the authority of another act; and no release of a live node goes to a peer of exercises."""
import sys

import varde_client as v

count = v.Count()


def warning(node, ca):
    client = node.person("alpha@company.example", "Person of Alpha", "quiet waters run deep 4")
    filed = client.must_file("registration", "registration", v.registration("Alpha (invented)"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    return client.must_file("incident", "early_warning", v.early_warning(), entity=filed["entity"])


def release(warned, state):
    return {"filing": warned["filing"], "names": [{"name": "suspected_malicious"}], "states": [state], "confirmed_states": [state], "label": "TLP:AMBER", "basis": "NIS2 23(6)",
            "reason": "Customers.", "names_entity": False}


def an_exercise_reaches_no_live_peer():
    node = v.Node(more=["--exercise"]).start()
    try:
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", "quiet waters run deep 1")
        csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", "quiet waters run deep 3")
        warned = warning(node, ca)
        count.problem(csirt.file("incident", "release", release(warned, "FR"), case=warned["case"]), 403, "gate.exercise", "an exercise gives nothing to who is not of exercises")
        csirt.must_file("peer", "peer", {"state": "NL", "way": "exercise", "office": "Exercise contact point"})
        released = csirt.must_file("incident", "release", release(warned, "NL"), case=warned["case"])["filing"]
        paper = csirt.get(f"/api/v1/disclosures/{released}/state:NL?format=html")
        count.check(b"EXERCISE" in paper.data, "and its papers say what it is")
        count.problem(ca.get("/api/v1/registry/enisa"), 403, "gate.exercise", "nor does the register's extract go to a body that is not of exercises")
        csirt.must_file("peer", "peer", {"body": "enisa", "way": "exercise", "office": "Exercise cell"})
        count.equal(ca.need(200, "GET", "/api/v1/registry/enisa")["to"], "enisa", "but to one that is")
    finally:
        node.close()


def other_acts(ca, csirt, spoc, warned):
    """13(4), 13(5): what was agreed, given and received on which day, what was refused; the day of the next; and who sees it."""
    today = v.instant()[:10]
    agreed = {"act": "cer", "authority": "Authority for critical entities", "contact": "cer@authority.example", "text": "Encrypted mail.", "on": today}
    count.problem(ca.file("authority_exchange", "arrangement", agreed), 422, "field.required", "with that authority it is regular: how often is agreed")
    case = ca.must_file("authority_exchange", "arrangement", {**agreed, "every": "quarter"})["case"]
    received = ca.must_file("authority_exchange", "received", {"on": today, "subjects": ["identification"], "text": "One entity was identified.", "way": "mail", "tlp": "TLP:AMBER", "entities": [warned["entity"]]}, case=case)
    asked = ca.must_file("authority_exchange", "their_request", {"on": today, "text": "Reports of that entity.", "answer_by": v.instant(86400)}, case=case)["filing"]
    entry = {"on": today, "subjects": ["incidents"], "text": "One early warning.", "way": "mail", "tlp": "TLP:AMBER+STRICT", "necessary": "It is critical.", "cases": [warned["case"]]}
    count.problem(ca.file("authority_exchange", "given", {k: x for k, x in entry.items() if k != "necessary"}, case=case), 422, "field.required", "2(13): why it is necessary is said")
    ca.must_file("authority_exchange", "given", {**entry, "request": asked}, case=case)
    second = ca.must_file("authority_exchange", "their_request", {"on": today, "text": "All reports of all entities."}, case=case)["filing"]
    ca.must_file("authority_exchange", "refusal", {"request": second, "ground": "not_necessary", "reason": "Only what concerns critical entities.", "on": today}, case=case)
    seen = ca.need(200, "GET", f"/api/v1/cases/{case}")
    duties = {d["duty"]: d for d in seen["duties"] if d["status"] == "open"}
    count.equal(list(duties), ["next_exchange"], "both requests are answered; the next exchange is open")
    count.check(v.instant(86400 * 85)[:10] < duties["next_exchange"]["due"][:10] < v.instant(86400 * 95)[:10], "in three months")
    count.check(any(d["case"] == case for d in ca.need(200, "GET", "/api/v1/duties?owed_by=ca")["duties"]), "and among the duties of the authority")
    row = next(o for o in ca.need(200, "GET", "/api/v1/obligations")["obligations"] if o["obligation"] == "AUTHORITY_EXCHANGE")
    count.equal((row["article"], len(row["periods"]) > 0), ("NIS2 13(5)", True), "and in the calendar")
    told = ca.need(200, "GET", f"/api/v1/filings/{received['filing']}")
    count.equal(told["header"]["marking"], "TLP:AMBER", "what was received stays under their marking")
    count.status(csirt.get(f"/api/v1/cases/{case}"), 404, "the exchange is the authority's")
    count.status(spoc.get(f"/api/v1/cases/{case}"), 404, "and not the contact point's")
    ca.must_file("authority_exchange", "forward", {"to": "csirt", "ground": "cooperation", "reason": "For your monitoring."}, case=case)
    count.equal(csirt.need(200, "GET", f"/api/v1/cases/{case}")["state"], "standing", "until it passes it on")
    ended = ca.must_file("authority_exchange", "ending", {"reason": "Another ministry is competent."}, case=case)
    row = next(f for f in ca.need(200, "GET", f"/api/v1/cases/{case}")["filings"] if f["id"] == ended["filing"])
    count.equal((ended["state"], [w["rule"] for w in row["warnings"]]), ("ended", ["authority_exchange.no_successor"]), "it ends, with the warning that nothing follows")


def main():
    an_exercise_reaches_no_live_peer()
    node = v.Node().start()
    try:
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", "quiet waters run deep 1")
        spoc = node.officer(admin, "desk@spoc.example", "Contact point", "spoc", "quiet waters run deep 2")
        csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", "quiet waters run deep 3")
        case = spoc.must_file("assistance", "request_received", {"other_states": ["NL"], "at": v.instant(-60), "way": "direct", "what": ["inspections"], "subject": "A provider.",
                                                                 "substantiation": "Logs are kept here."})["case"]
        ground = {"ground": "not_proportionate", "reasons": "No inspectors."}
        count.problem(ca.file("assistance", "refusal", ground, case=case), 422, "assistance.not_consulted", "no refusal without consultation")
        ca.must_file("assistance", "refusal_intended", ground, case=case)
        ca.must_file("assistance", "consultation", {"states": ["NL"], "on": v.instant()[:10], "views": "They insist.", "wants_union": True}, case=case)
        count.problem(ca.file("assistance", "refusal", ground, case=case), 422, "assistance.union_not_consulted", "nor without the Commission and ENISA where a state asks")
        spoc.must_file("assistance", "union_consultation", {"on": v.instant()[:10], "commission": "None.", "enisa": "None."}, case=case)
        count.equal(ca.must_file("assistance", "refusal", ground, case=case)["state"], "refused", "then it may be refused")
        count.status(csirt.get(f"/api/v1/cases/{case}"), 404, "it is the authority's and the contact point's")
        own = ca.must_file("assistance", "assistance_request", {"other_states": ["DE"], "what": ["measures"], "subject": "A provider.", "substantiation": "It does not answer."})["case"]
        ca.must_file("assistance", "request_sent", {"at": v.instant(-5), "way": "direct"}, case=own)
        count.equal(ca.must_file("assistance", "answer_received", {"at": v.instant(-1), "way": "direct", "outcome": "accepted"}, case=own)["state"], "accepted", "our own request, directly")
        notice = {"other_states": ["NL"], "subject": "An instruction.", "is_consultation": True}
        count.problem(ca.file("assistance", "measures_notice", {**notice, "way": "direct"}), 422, "assistance.notice_direct", "measures are told through the contact point")
        told = ca.must_file("assistance", "measures_notice", {**notice, "way": "spoc"})["case"]
        count.status(ca.file("assistance", "notice_passed", {"at": v.instant(-1), "states": ["NL"]}, case=told), 403, "which passes it on, and no other")
        count.equal(spoc.must_file("assistance", "notice_passed", {"at": v.instant(-1), "states": ["NL"]}, case=told)["state"], "noticed", "passed on")

        incoming = spoc.must_file("liaison", "incoming", {"state": "FR", "at": v.instant(-60), "what": "incident", "text": "Customers of yours.", "tlp": "TLP:AMBER"})["case"]
        count.status(csirt.get(f"/api/v1/cases/{incoming}"), 404, "with the contact point until it passes it on")
        spoc.must_file("liaison", "passed_on", {"to": ["csirt"]}, case=incoming)
        csirt.must_file("liaison", "answer_draft", {"text": "We look."}, case=incoming)
        count.equal(spoc.must_file("liaison", "answer_sent", {"at": v.instant(-1), "text": "We look."}, case=incoming)["state"], "answered", "answered through the contact point")

        warned = warning(node, ca)
        other_acts(ca, csirt, spoc, warned)
        wanted = csirt.must_file("liaison", "forwarding_wanted", {"incident": warned["case"], "states": ["NL"], "reason": "Customers there."})["case"]
        count.equal([d["duty"] for d in spoc.need(200, "GET", f"/api/v1/cases/{wanted}")["duties"]], ["forward_abroad"], "the contact point owes the forwarding")
        spoc.must_file("peer", "peer", {"state": "NL", "way": "exercise", "office": "Exercise contact point"})
        count.problem(csirt.file("incident", "release", release(warned, "NL"), case=warned["case"]), 403, "gate.exercise", "a live node gives nothing to a peer of exercises")
        csirt.must_file("incident", "release", release(warned, "FR"), case=warned["case"])
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
