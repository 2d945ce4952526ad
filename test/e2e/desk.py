#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The desk: what only offices see never reaches the entity; queue, owner, backup, absence, shifts, tasks, links, timeline; passing a
case on between offices; matter passed to supervision and back."""
import sys

import varde_client as v

count = v.Count()


def offices(text):
    """An authority beside the CSIRT, the single point of contact and the crisis authority."""
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n"
                     "  - {id: ccma, kind: ccma, name: Crisis authority}\n")


def words_of(who, paths):
    """All that the person can read about the case, as one text."""
    text = ""
    for path in paths:
        text += who.get(path).data.decode("utf-8", "replace")
    return text


def seen_by_some(company, csirt, ca, spoc, filed):
    """Notes, tasks and hand-overs are for offices: nothing of them shows to the entity, by any way."""
    case, entity = filed["case"], filed["entity"]
    paths = [f"/api/v1/cases/{case}", f"/api/v1/cases?entity={entity}", f"/api/v1/duties?entity={entity}", f"/api/v1/entities/{entity}"]
    stream = company.events()
    before = {path: company.get(path).json for path in paths}
    etag = company.get(paths[0]).header("etag")
    note = csirt.must_file("incident", "note", {"text": "They called twice; the zebra is not informed."}, case=case)
    task = csirt.must_file("incident", "task", {"what": "Ask the zebra.", "until": v.instant(3600)}, case=case)
    after = {path: company.get(path).json for path in paths}
    for path in paths:
        for answer in (before[path], after[path]):
            for duty in answer.get("duties", []):
                duty.pop("seconds_left", None)
                (duty.get("duty") if isinstance(duty.get("duty"), dict) else {}).pop("seconds_left", None)
            answer.pop("now", None)
        count.equal(after[path], before[path], f"a note and a task change nothing for the company in {path}")
    count.status(company.get(paths[0], headers={"If-None-Match": etag}), 304, "not even the ETag")
    text = words_of(company, paths)
    for secret in ("zebra", note["filing"], task["filing"], "task"):
        count.check(secret not in text, f"the company reads nothing of {secret}")
    for path in (f"/api/v1/filings/{note['filing']}", f"/api/v1/filings/{note['filing']}/receipt", f"/api/v1/filings/{task['filing']}"):
        count.equal(company.get(path).json, company.get(path.replace(path.split("/")[4], "F" + "0" * 16)).json, f"{path} does not exist for it")
    count.status(company.file("incident", "note", {"text": "Me too."}, case=case), 403, "nor may it file one")
    count.status(company.file("incident", "task_done", {}, case=case), 403, "or say that a task is done")
    seen = csirt.need(200, "GET", paths[0])
    count.check({"note", "task"} <= {f["document"] for f in seen["filings"]}, "the CSIRT sees both")
    open_tasks = [d for d in seen["duties"] if d["duty"] == "task" and d["done_at"] is None]
    count.equal([(d["owed_by"], d["opened_by"]) for d in open_tasks], [("csirt", task["filing"])], "and owes the task")
    count.equal(ca.need(200, "GET", f"/api/v1/filings/{note['filing']}")["fields"]["text"][:4], "They", "so does the authority")
    csirt.must_file("incident", "task_done", {"task": task["filing"], "outcome": "Done."}, case=case)
    marker = company.must_file("incident", "support_request", {"request": "Please call."}, case=case)
    told = []
    stream.wait(lambda event: told.append(str(event)) or marker["filing"] in str(event))
    stream.close()
    count.check(any(marker["filing"] in event for event in told), "the stream of events goes on")
    count.check(all(note["filing"] not in event and task["filing"] not in event for event in told), "the stream of events told nothing of them")


def counts_agree(count, csirt):
    """The exact count, which is a sum of few rows, is the number of rows that there are."""
    for words in ("", "&owner=none", "&owner=some", "&owner=me", "&state=reported", "&flag=voluntary", "&owed_by=csirt", "&opened_by=early_warning", "&sector=energy",
                  "&sector=nowhere", "&procedure=incident&owner=some", "&class=essential", "&overdue=true", "&order=changed", "&order=newest&owed_by=entity"):
        page = csirt.need(200, "GET", "/api/v1/queue?limit=250&count=true" + words)
        count.equal(page["total"], len(page["queue"]), f"counted is what is there: {words}")


def rows_of(who, query=""):
    return [row["case"] for row in who.pages("/api/v1/queue" + query, "queue", 50)]


def persons(who, office):
    return {row["name"]: row["id"] for row in who.need(200, "GET", f"/api/v1/offices/{office}/persons")["persons"]}


def the_queue(company, csirt, second, head, ca, entity):
    """Without owner first, then next due; filters, exact count, cursors; owner, backup, absence; what is new."""
    names = persons(csirt, "csirt")
    count.equal(sorted(names), ["Head of the CSIRT", "Officer of the CSIRT", "Second officer of the CSIRT"], "who works at the CSIRT")
    me, other = names["Officer of the CSIRT"], names["Second officer of the CSIRT"]
    cases = []
    for number in range(4):
        filed = company.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=2.0 + number, summary=f"Flood number {number}"), entity=entity)
        cases.append(filed["case"])
    company.must_file("incident", "voluntary_notification", v.voluntary(), entity=entity)
    rows = csirt.need(200, "GET", "/api/v1/queue?procedure=incident&count=true")
    count.check(rows["total"] == len(rows["queue"]) >= 6, f"the count is exact: {rows['total']}, {len(rows['queue'])}")
    row = [r for r in rows["queue"] if r["case"] == cases[3]][0]
    count.equal((row["owner"], row["entity_name"], row["state"], row["opened_by"], row["unread"]),
                (None, "Quilzarn Water (invented)", "reported", "early_warning", 1), "a row says whose, what and that it is new")
    count.check(row["next_duty"]["duty"] in ("notification", "answer") and row["next_duty"]["due"], f"and what is due next: {row['next_duty']}")
    count.equal(len([r for r in rows["queue"] if "voluntary" in r["flags"]]), 1, "what is voluntary says so")
    dues = [r["next_duty"]["due"] for r in rows["queue"] if r["next_duty"] and r["next_duty"]["due"]]
    count.equal(dues, sorted(dues, key=v.seconds_of), "next due first")
    csirt.must_file("incident", "assignment", {"owner": me, "backup": other}, case=cases[0])
    csirt.must_file("incident", "assignment", {"owner": other, "backup": me}, case=cases[1])
    count.equal(rows_of(csirt, "?procedure=incident")[-2:], cases[:2], "what has an owner comes after what has none")
    count.equal((rows_of(csirt, "?owner=me"), rows_of(second, "?owner=me")), ([cases[0]], [cases[1]]), "each her own")
    count.equal(rows_of(csirt, f"?owner={other}"), [cases[1]], "another's")
    count.check(cases[0] not in rows_of(csirt, "?owner=none") and cases[2] in rows_of(csirt, "?owner=none"), "nobody's")
    count.equal(set(rows_of(csirt, "?owner=some")), set(cases[:2]), "somebody's")
    for limit in (1, 2, 50):
        for order in ("due", "newest", "changed"):
            got = [r["case"] for r in csirt.pages(f"/api/v1/queue?procedure=incident&order={order}", "queue", limit)]
            count.equal((len(got), set(got)), (rows["total"], {r["case"] for r in rows["queue"]}), f"{order} by {limit}: each exactly once")
    counts_agree(count, csirt)
    count.equal(rows_of(csirt, "?flag=cross_border&sector=nowhere"), [], "filters join")
    count.check(cases[0] in rows_of(csirt, "?owed_by=csirt&state=reported&opened_by=early_warning"), "what waits for the CSIRT")
    count.problem(csirt.get("/api/v1/queue?order=alphabet"), 422, "api.query", "an order that is none")
    count.status(company.get("/api/v1/queue"), 403, "no queue for a company")
    count.problem(csirt.file("incident", "assignment", {"owner": persons(ca, "ca-health")["Officer for health"]}, case=cases[0]), 422, "desk.person",
                  "an officer who does not see the case")
    count.problem(csirt.file("incident", "assignment", {"owner": "P" + "0" * 16}, case=cases[0]), 422, "desk.person", "nobody")
    # absence
    count.status(csirt.post("/api/v1/absences", {"person": other, "from": v.instant(-60), "until": v.instant(3600)}), 403, "a colleague's absence")
    away = head.post("/api/v1/absences", {"person": other, "from": v.instant(-60), "until": v.instant(3600)})
    count.status(away, 201, "the head notes it")
    row = [r for r in csirt.need(200, "GET", "/api/v1/queue?procedure=incident")["queue"] if r["case"] == cases[1]][0]
    count.equal((row["owner"]["is_away"], row["acting"]["id"]), (True, me), "the backup stands in for an owner who is away")
    count.equal(set(rows_of(csirt, "?owner=me")), {cases[0], cases[1]}, "and finds the case among her own")
    names_away = [a["name"] for a in csirt.need(200, "GET", "/api/v1/absences")["absences"]]
    count.equal(names_away, ["Second officer of the CSIRT"], "who is away")
    count.equal(ca.need(200, "GET", "/api/v1/absences")["absences"], [], "is no matter for other offices")
    count.status(head.call("DELETE", f"/api/v1/absences/{away.json['absence']}"), 204, "she is back")
    own = csirt.post("/api/v1/absences", {"from": v.instant(-60), "until": v.instant(600), "deputy": other})
    count.equal((own.status, set(rows_of(second, "?owner=me"))), (201, {cases[0], cases[1]}), "a deputy takes all over")
    csirt.call("DELETE", f"/api/v1/absences/{own.json['absence']}")
    # unread and shifts
    count.problem(csirt.get("/api/v1/queue?changed_since=shift"), 409, "desk.no_shift", "no shift yet")
    csirt.need(200, "GET", f"/api/v1/cases/{cases[2]}")
    read = lambda: [r["unread"] for r in csirt.need(200, "GET", "/api/v1/queue?procedure=incident")["queue"] if r["case"] == cases[2]][0]
    count.equal(read(), 0, "nothing is new once it is read")
    csirt.post("/api/v1/me/shift", {"is": "begin"})
    count.check(csirt.need(200, "GET", "/api/v1/me/shift")["is_on"], "on a shift")
    csirt.post("/api/v1/me/shift", {"is": "end"})
    asked = company.must_file("incident", "support_request", {"request": "Please call."}, case=cases[2])
    count.equal(read(), 1, "then the company asks")
    new = csirt.need(200, "GET", "/api/v1/queue?changed_since=shift")["queue"]
    count.equal([(r["case"], [c["document"] for c in r["changes"]]) for r in new], [(cases[2], ["support_request"])], "what changed since the last shift")
    csirt.must_file("incident", "handover", {"text": "She calls at nine.", "owner": other}, case=cases[0])
    count.equal(set(rows_of(second, "?owner=me")), {cases[0], cases[1]}, "handed over")
    csirt.must_file("incident", "assignment", {}, case=cases[0])
    counts_agree(count, csirt)
    count.check(cases[0] in rows_of(csirt, "?owner=none"), "given back")
    return cases, asked


def links(company, csirt, ca, cases):
    csirt.must_file("incident", "link", {"other": cases[1], "kind": "same_cause"}, case=cases[0])
    for one, two in ((cases[0], cases[1]), (cases[1], cases[0])):
        count.equal([(k["kind"], k["case"]) for k in ca.need(200, "GET", f"/api/v1/cases/{one}")["links"]], [("same_cause", two)], "both ends show the link")
    count.equal(company.need(200, "GET", f"/api/v1/cases/{cases[0]}")["links"], [], "the company sees none")
    count.problem(csirt.file("incident", "link", {"other": "C" + "0" * 16, "kind": "related"}, case=cases[0]), 422, "filing.link", "to no case")
    count.problem(csirt.file("incident", "link", {"other": cases[0], "kind": "related"}, case=cases[0]), 422, "filing.link", "to itself")


def forwarding(company, csirt, ca, spoc, ccma, cases, crossing):
    """The contact point sees what concers other states or was passed on to it; the crisis authority only the latter."""
    count.status(spoc.get(f"/api/v1/cases/{crossing}"), 200, "the contact point sees a cross-border case")
    for who, office in ((spoc, "spoc"), (ccma, "ccma")):
        path = f"/api/v1/cases/{cases[0]}"
        count.equal(who.get(path).json, who.get("/api/v1/cases/C0000000000000000").json, f"{office} does not see one of this state alone")
        count.check(cases[0] not in rows_of(who) and cases[0] not in {c["id"] for c in who.pages("/api/v1/cases", "cases")}, "nor in lists")
    note = csirt.must_file("incident", "note", {"text": "For us two."}, case=cases[0])
    ask = ca.must_file("incident", "forward", {"to": "spoc", "ground": "other_states", "reason": "Please tell the neighbours.", "answer_by": v.instant(7200)}, case=cases[0])
    seen = spoc.need(200, "GET", f"/api/v1/cases/{cases[0]}")
    count.check("forward" in {f["document"] for f in seen["filings"]} and "note" not in {f["document"] for f in seen["filings"]}, "passed on, without the note")
    count.status(spoc.get(f"/api/v1/filings/{note['filing']}"), 404, "which it may not read")
    count.equal([d["owed_by"] for d in seen["duties"] if d["duty"] == "forward_answer_spoc"], ["spoc"], "it owes an answer")
    count.check(cases[0] in rows_of(spoc), "and has it in its queue")
    spoc.must_file("incident", "forward_answer", {"forward": ask["filing"], "answer": "They know."}, case=cases[0])
    count.status(ccma.get(f"/api/v1/cases/{cases[0]}"), 404, "the crisis authority still sees nothing")
    csirt.must_file("incident", "forward", {"to": "ccma", "ground": "crisis", "reason": "It grows."}, case=cases[0])
    count.status(ccma.get(f"/api/v1/cases/{cases[0]}"), 200, "until it is passed on to it")
    count.check("forward" not in str(company.get(f"/api/v1/cases/{cases[0]}").data), "the company learns nothing of it")
    count.problem(csirt.file("incident", "forward", {"to": "csirt", "ground": "crisis", "reason": "Oh."}, case=cases[0]), 422, "forward.own", "to oneself")


def supervision(company, csirt, second, ca, spoc, filed):
    """Matter passed on by a filing with its ground: who filed it sees that filing alone; the two workspaces see nothing of each other."""
    case, entity = filed["case"], filed["entity"]
    count.problem(csirt.file("supervision", "referral", {"text": "Late again."}, entity=entity), 422, "field.required", "a referral needs its ground")
    referral = csirt.must_file("supervision", "referral", {"ground": "late", "text": "Late again, the ibex says.", "from_case": case}, entity=entity)
    count.equal((referral["state"], referral["duties"]), (None, []), "who refers is told nothing of the case")
    for who, name in ((csirt, "who referred"), (second, "her colleague")):
        count.equal(who.need(200, "GET", f"/api/v1/filings/{referral['filing']}")["fields"]["ground"], "late", f"{name} sees the filing")
        for path in (f"/api/v1/cases/{referral['case']}", f"/api/v1/cases/{referral['case']}/timeline"):
            count.equal(who.get(path).status, 404, f"{name} does not see {path}")
        count.check(referral["case"] not in {c["id"] for c in who.pages(f"/api/v1/cases?entity={entity}", "cases")}, f"nor its case in lists ({name})")
        count.check(referral["case"] not in rows_of(who), "nor in the queue")
    for path in ("/api/v1/cases?workspace=supervision", "/api/v1/queue?workspace=supervision", "/api/v1/duties?workspace=supervision"):
        count.status(csirt.get(path), 403, f"no {path} for the CSIRT")
    for who in (company, spoc):
        count.status(who.get(f"/api/v1/filings/{referral['filing']}"), 404, "others see nothing of it")
    count.check(referral["case"] not in str(company.get(f"/api/v1/cases?entity={entity}").data), "nor does the company in its list")
    count.check(referral["case"] not in str(company.get(f"/api/v1/duties?entity={entity}").data), "or among duties")
    count.check(referral["case"] in rows_of(ca, "?workspace=supervision") and referral["case"] not in rows_of(ca), "the authority has it in supervision's queue alone")
    ca.must_file("supervision", "taking_up", {"reason": "We look."}, case=referral["case"])
    note = ca.must_file("supervision", "note", {"text": "Ask for the register."}, case=referral["case"])
    count.status(csirt.get(f"/api/v1/filings/{note['filing']}"), 404, "supervision's notes stay there")
    count.problem(ca.file("supervision", "link", {"other": case, "kind": "related"}, case=referral["case"]), 422, "filing.link", "no link between the workspaces")
    back = ca.must_file("referral_to_desk", "referral_to_desk", {"ground": "threat", "text": "Their supplier has a hole."}, entity=entity)
    seen = csirt.need(200, "GET", f"/api/v1/cases/{back['case']}")
    count.equal((seen["state"], [d["owed_by"] for d in seen["duties"]]), ("received", ["csirt"]), "back to the desk by another filing")
    count.check(referral["case"] not in str(seen), "without the number of supervision's case")
    count.status(company.get(f"/api/v1/cases/{back['case']}"), 404, "which the company does not see either")


def timeline(company, csirt, ca, entity):
    first = company.must_file("incident", "early_warning", v.early_warning(summary="A small flood."), entity=entity)
    case = first["case"]
    company.must_file("incident", "early_warning", v.early_warning(summary="A big flood."), case=case, corrects=first["filing"])
    csirt.must_file("incident", "note", {"text": "Growing."}, case=case)
    csirt.must_file("incident", "answer", {"feedback": "Close the gates."}, case=case)
    everything = csirt.pages(f"/api/v1/cases/{case}/timeline", "timeline", 250)
    kinds = [e["document"] for e in everything if e["kind"] == "filing"]
    count.equal(kinds, ["early_warning", "early_warning", "note", "answer"], "filings in their order")
    changed = [e for e in everything if e.get("differences")][0]["differences"]
    count.check({"field": "summary", "before": "A small flood.", "after": "A big flood."} in changed, f"what changed between versions: {changed}")
    count.check({"duty_opened", "duty_done"} <= {e["kind"] for e in everything}, "duties stand where they began and ended")
    at = [e["at"] for e in everything]
    count.equal(at, sorted(at), "oldest first")
    paged = csirt.pages(f"/api/v1/cases/{case}/timeline", "timeline", 2)
    count.equal(paged, everything, "page by page")
    own = company.pages(f"/api/v1/cases/{case}/timeline", "timeline", 250)
    count.equal([e["document"] for e in own if e["kind"] == "filing"], ["early_warning", "early_warning", "answer"], "the company's timeline has no note")
    count.check(all(e["kind"] != "delivery" for e in own), "and no deliveries")


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        spoc = node.officer(admin, "spoc@node.example", "Officer of the contact point", "spoc", "the green tower stands 1")
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        filed = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)
        filed["entity"] = entity
        second = node.officer(admin, "csirt2@node.example", "Second officer of the CSIRT", "csirt", "the blue tower stands 2")
        head = node.officer(admin, "head@node.example", "Head of the CSIRT", "csirt", "the blue tower stands 3", role="head")
        node.officer(admin, "health@node.example", "Officer for health", "ca-health", "the red tower stands 2")
        ccma = node.officer(admin, "ccma@node.example", "Officer for crises", "ccma", "the grey tower stands 1")
        seen_by_some(company, csirt, ca, spoc, filed)
        cases, _ = the_queue(company, csirt, second, head, ca, entity)
        links(company, csirt, ca, cases)
        crossing = company.must_file("incident", "early_warning", v.early_warning(cross_border="yes", affected_states=["FR"]), entity=entity)["case"]
        forwarding(company, csirt, ca, spoc, ccma, cases, crossing)
        supervision(company, csirt, second, ca, spoc, filed)
        timeline(company, csirt, ca, entity)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
