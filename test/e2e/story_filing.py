#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""One filing's path, told from TLS to receipt: registered, approved, early warning, answered, notified, asked, reported, final;
each duty with its time, each receipt verified twice, each wrong step refused with rule and article."""
import calendar
import json
import sys
import time

import varde_client as v

count = v.Count()
HOUR = 3600


def duty_of(filed, name, done=None):
    """The duty NAME of an answer or a case; the last one where there are several."""
    found = [d for d in filed["duties"] if d["duty"] == name and (done is None or (d["done_at"] is not None) == done)]
    return found[-1] if found else None


def month_later(seconds, zone_offset=HOUR):
    """The end of the same day next month, in Brussels: what T4 of the law's periods says. Only for days in winter time."""
    local = time.gmtime(seconds + zone_offset)
    year, month = (local.tm_year + 1, 1) if local.tm_mon == 12 else (local.tm_year, local.tm_mon + 1)
    day = min(local.tm_mday, calendar.monthrange(year, month)[1])
    return year, month, day


def receipts(node, filed, what):
    one, two = node.verify_both(filed["receipt"])
    count.check(one.get("valid") is True and one == two, f"{what}: receipt verifies twice: {one} {two}")
    count.equal(filed["receipt"]["filing"], filed["filing"], f"{what}: receipt is of the filing")
    changed = json.loads(json.dumps(filed["receipt"]))
    shown = [item for item in changed["fields"] if isinstance(item.get("value"), str)]
    shown[0]["value"] += "."
    one, two = node.verify_both(changed)
    count.check(not one["valid"] and not two["valid"], f"{what}: a changed receipt is refused by both")


def register(node, ca, company):
    """Registration, completion, approval."""
    fields = v.registration("Vraxquel Power (invented)")
    tried = company.post("/api/v1/filings/check", {"procedure": "registration", "document": "registration", "fields": fields})
    count.status(tried, 200, "a trial of a registration")
    size = node.log_size()
    answer = company.file("registration", "registration", fields, key="registration-1")
    if not count.status(answer, 201, "a registration is filed"):
        raise SystemExit(str(answer))
    filed = answer.json
    count.equal(node.log_size(), size + 1, "the log grew by one")
    count.equal(filed["state"], "pending", "waits for the authority")
    count.equal(duty_of(filed, "decision")["owed_by"], "ca", "a decision is owed by the authority")
    count.equal(answer.header("location"), "/api/v1/filings/" + filed["filing"], "Location")
    count.check("not the authority's answer" in filed["note"], "the receipt says that it is no answer")
    count.check(filed["answer_by"], "the receipt says who answers")
    receipts(node, filed, "registration")
    entity = filed["entity"]
    seen = company.need(200, "GET", "/api/v1/entities/" + entity)
    count.equal(seen["name"], fields["name"], "the company sees its entry")
    count.equal(seen["class_proposed"], "essential", "the program proposes a class")
    count.equal(seen["class"], None, "nobody decided yet")
    count.problem(company.file("registration", "approval", {"class": "essential"}, case=filed["case"], **{"as": "ca"}), 403,
                  "access.not_officer", "a company does not approve itself")
    asked = ca.file("registration", "completion_request", {"missing": "A second contact, please.", "answer_by": v.instant(7 * 24 * HOUR)}, case=filed["case"])
    count.status(asked, 201, "the authority asks for completion")
    more = dict(fields, contacts=fields["contacts"] + [{"role": "general", "email": "office@vraxquel.example", "phone": "+999 1 2 3 4 5"}])
    again = company.file("registration", "registration", more, case=filed["case"])
    count.status(again, 201, "the registration is completed")
    approved = ca.file("registration", "approval", {"class": "essential", "grounds": "Supplies power; 320 staff."}, case=filed["case"])
    count.status(approved, 201, "the authority approves")
    count.equal(approved.json["state"], "registered", "registered")
    seen = company.need(200, "GET", "/api/v1/entities/" + entity)
    count.equal((seen["class"], seen["status"]), ("essential", "registered"), "class and status on the register")
    count.equal(len(seen["profile"]["contacts"]), 2, "the completed contacts stand on the register")
    return entity, filed["case"]


def warn(node, company, csirt, entity):
    """Early warning: its duties' times, resubmission, wrong order."""
    size = node.log_size()
    count.problem(company.file("incident", "final_report", v.final_report(), entity=entity), 422, "field.required",
                  "a final report that opens a case needs the moment of awareness", pointer="/aware_at")
    count.problem(company.file("incident", "intermediate_report", {"status": "?"}, entity=entity), 422, "filing.state",
                  "an intermediate report opens no case")
    count.equal(node.log_size(), size, "refusals leave the log alone")
    fields = v.early_warning(2, 3, assessed_at=v.instant(-2.5 * HOUR), suspected_malicious="yes", recipients_affected="yes")
    answer = company.file("incident", "early_warning", fields, entity=entity, key="incident-1")
    if not count.status(answer, 201, "an early warning is filed"):
        raise SystemExit(str(answer))
    filed = answer.json
    receipts(node, filed, "early warning")
    aware = v.seconds_of(fields["aware_at"])
    received = v.seconds_of(filed["receipt"]["received_at"])
    count.equal(filed["state"], "reported", "reported")
    due = duty_of(filed, "notification")
    count.equal(v.seconds_of(due["due"]), aware + 72 * HOUR, "notification due 72 h after awareness")
    end_of_hour = aware - aware % HOUR + HOUR
    count.equal(v.seconds_of(due["due_latest"]), end_of_hour + 72 * HOUR, "the later reading: from the end of the hour")
    count.equal(due["article"], "NIS2 23(4)(b)", "with its article")
    answer_due = duty_of(filed, "answer")
    count.equal(round(v.seconds_of(answer_due["due"]), 3), round(received + 24 * HOUR, 3), "an answer 24 h after receipt")
    count.equal((answer_due["owed_by"], answer_due["is_firm"]), ("csirt", False), "owed by the CSIRT, where possible")
    count.equal(duty_of(filed, "recipients_notice")["due"], None, "recipients: without undue delay, no number")
    case = filed["case"]
    seen = csirt.need(200, "GET", "/api/v1/cases/" + case)
    warned = duty_of(seen, "early_warning")
    count.equal((warned["status"], v.seconds_of(warned["due"])), ("done_in_time", aware + 24 * HOUR), "the early warning was in time")
    count.equal(seen["facts"]["aware_at"], fields["aware_at"], "the declared moment stands in the case")
    # again: other words and another moment; both versions stay, the clock does not move
    moved = dict(fields, summary="Customers in two regions can't reach the service.", aware_at=v.instant(-HOUR))
    again = company.file("incident", "early_warning", moved, case=case)
    count.status(again, 201, "the early warning is sent again")
    later = duty_of(again.json, "notification")
    count.equal((later["due"], later["due_latest"]), (due["due"], due["due_latest"]), "sending again does not move the first clock")
    seen = csirt.need(200, "GET", "/api/v1/cases/" + case)
    versions = [(f["version"], f["status"]) for f in seen["filings"] if f["document"] == "early_warning"]
    count.equal([n for n, _ in versions], [1, 2], "both versions are kept")
    old = csirt.need(200, "GET", "/api/v1/filings/" + filed["filing"])
    count.equal(old["fields"]["summary"], fields["summary"], "the first version reads as it was filed")
    return case, filed, due


def respond(csirt, company, case):
    """The answer: owed for the guidance on law enforcement too, because a crime is suspected; the automatic receipt is none."""
    count.equal(duty_of(csirt.need(200, "GET", "/api/v1/cases/" + case), "answer")["done_at"], None, "a receipt is no answer")
    count.problem(csirt.file("incident", "answer", {"feedback": "We look into it."}, case=case), 422, "field.required",
                  "a suspected crime: guidance on law enforcement is owed", pointer="/law_enforcement_guidance")
    answered = csirt.file("incident", "answer", {"feedback": "We look into it.", "law_enforcement_guidance": "Report it to the federal unit."}, case=case)
    count.status(answered, 201, "the CSIRT answers")
    done = duty_of(csirt.need(200, "GET", "/api/v1/cases/" + case), "answer")
    count.equal((done["status"], done["done_by"]), ("done_in_time", answered.json["filing"]), "the answer is in time")
    seen = company.need(200, "GET", "/api/v1/filings/" + answered.json["filing"])
    count.equal(seen["fields"]["feedback"], "We look into it.", "the company reads the answer")
    count.problem(company.file("incident", "answer", {"feedback": "x", "law_enforcement_guidance": "x"}, case=case, **{"as": "csirt"}), 403,
                  "access.not_officer", "a company does not answer itself")


def report(node, csirt, company, case):
    """Notification, request, intermediate report, final report, closure; what comes in the wrong order."""
    before = company.file("incident", "clock_acceptance", {"reason": "x"}, case=case, **{"as": "csirt"})
    count.check(before.status in (403, 422), f"nobody asked for a decision on a time: {before}")
    count.problem(csirt.file("incident", "clock_acceptance", {"reason": "x"}, case=case), 422, "filing.when", "no correction waits")
    closing = csirt.file("incident", "closure", {}, case=case)
    count.problem(closing, 422, "filing.state", "a case is not closed before its final report")
    count.check(any(f.get("article") for f in closing.errors()), "the refusal names the article")
    count.problem(company.file("incident", "intermediate_report", {"status": ""}, case=case), 422, "field.required", "an empty report", pointer="/status")
    filed = company.must_file("incident", "notification", v.notification(), case=case)
    receipts(node, filed, "notification")
    count.equal(filed["state"], "notified", "notified")
    received = v.seconds_of(filed["receipt"]["received_at"])
    final = duty_of(filed, "final_report")
    year, month, day = month_later(received)
    by_month = calendar.timegm((year, month, day, 0, 0, 0)) + 24 * HOUR - HOUR  # 24:00 in Brussels, winter
    count.check(final["due"] is not None and final["due_latest"] is not None, "the final report has both readings")
    readings = {r.get("as"): r for r in final["readings"]}
    count.check({"law", "second source"} <= set(readings), f"the readings name their sources: {list(readings)}")
    latest = v.seconds_of(final["due_latest"])
    count.check(v.seconds_of(final["due"]) <= by_month <= latest + 1, f"one month lies within the readings: {final['due']} {final['due_latest']}")
    asked = csirt.must_file("incident", "intermediate_request", {"request": "How many customers now?", "answer_by": v.instant(6 * HOUR)}, case=case)
    owed = duty_of(asked, "intermediate_report")
    count.check(owed and owed["owed_by"] == "entity", "an intermediate report is owed")
    count.problem(csirt.file("incident", "intermediate_request", {"request": "?", "answer_by": v.instant(-HOUR)}, case=case), 422,
                  "incident.answer_by_past", "asked for yesterday", pointer="/answer_by")
    between = duty_of(company.need(200, "GET", "/api/v1/cases/" + case), "final_report")
    count.equal(between["due"], final["due"], "other clocks are unchanged by a request")
    company.must_file("incident", "intermediate_report", {"answers": asked["filing"], "status": "All are served again."}, case=case)
    case_now = company.need(200, "GET", "/api/v1/cases/" + case)
    count.equal(duty_of(case_now, "intermediate_report")["status"], "done_in_time", "the intermediate report is in time")
    count.problem(company.file("incident", "progress_report", {"status": "over", "is_ongoing": False}, case=case), 422,
                  "incident.progress_when_handled", "a progress report for what is over", pointer="/is_ongoing")
    company.must_file("incident", "recipients_notice", {"about": "incident", "informed_at": v.instant(-600), "how": "by mail"}, case=case)
    ended = company.must_file("incident", "final_report", v.final_report(handled_at=v.instant(-300)), case=case)
    receipts(node, ended, "final report")
    count.equal(ended["state"], "final", "final")
    open_duties = [d["duty"] for d in ended["duties"]]
    count.equal(open_duties, [], "nothing is owed any more")
    closed = csirt.must_file("incident", "closure", {}, case=case)
    count.equal(closed["state"], "closed", "closed")
    count.problem(company.file("incident", "notification", v.notification(), case=case), 422, "filing.state", "nothing goes into a closed case")
    case_now = company.need(200, "GET", "/api/v1/cases/" + case)
    names = [f["document"] for f in case_now["filings"]]
    count.equal(names, ["early_warning", "early_warning", "answer", "notification", "intermediate_request", "intermediate_report",
                        "recipients_notice", "final_report", "closure"], "the case's filings in order")
    indexes = [f["log_index"] for f in case_now["filings"]]
    count.equal(indexes, sorted(set(indexes)), "each with an index of its own, growing")


def late(company, csirt, entity):
    """Awareness two days ago: late for both readings; shown as such, and taken all the same."""
    filed = company.must_file("incident", "early_warning", v.early_warning(49, 50), entity=entity)
    warned = duty_of(company.need(200, "GET", "/api/v1/cases/" + filed["case"]), "early_warning")
    count.equal(warned["status"], "done_late", "late is late")
    # twenty-four hours and a bit: between the readings, unless the hour is just over
    now = time.time()
    filed = company.must_file("incident", "early_warning", v.early_warning(24 + 1 / 120), entity=entity)
    case = filed["case"]
    is_between = (now - 24 * HOUR - 30) % HOUR < HOUR - 60
    if is_between:
        mine = duty_of(company.need(200, "GET", "/api/v1/cases/" + case), "early_warning")["status"]
        theirs = duty_of(csirt.need(200, "GET", "/api/v1/cases/" + case), "early_warning")["status"]
        count.equal((mine, theirs), ("done_possibly_late", "done_in_time"), "between the readings: the filer is warned, nobody is late")
    # a wrong clock is corrected by a filing; what was declared stays
    declared = v.instant(-30 * HOUR)
    filed = company.must_file("incident", "early_warning", v.early_warning(aware_at=declared), entity=entity)
    case, first = filed["case"], duty_of(filed, "notification")
    company.must_file("incident", "clock_correction", {"aware_at": v.instant(-20 * HOUR), "reason": "The ticket's time was local."}, case=case)
    count.equal(duty_of(company.need(200, "GET", "/api/v1/cases/" + case), "notification")["due"], first["due"], "asking moves nothing")
    csirt.must_file("incident", "clock_acceptance", {"reason": "The ticket shows it."}, case=case)
    seen = csirt.need(200, "GET", "/api/v1/cases/" + case)
    count.equal((seen["facts"]["aware_at"], duty_of(seen, "notification")["due"]), (declared, first["due"]), "the declared time and the earlier due stay")
    count.equal(duty_of(seen, "early_warning")["status"], "done_in_time", "lateness is judged by what was accepted")
    later = v.seconds_of(duty_of(seen, "notification")["due_latest"]) - v.seconds_of(first["due_latest"])
    count.equal(later, 10 * HOUR, "the later reading moved by ten hours")


def trust(node, ca, company):
    """A trust service: 24 hours for the notification too, where the incident affects it."""
    filed = company.must_file("registration", "registration", v.registration("Xelphuqqa Trust Services (invented)", ["DI_TSP"]))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    missing = company.file("incident", "early_warning", v.early_warning(), entity=filed["entity"])
    count.problem(missing, 422, "field.required", "a trust service says whether it is hit", pointer="/trust_service_affected")
    for is_hit, hours in ((True, 24), (False, 72)):
        fields = v.early_warning(trust_service_affected=is_hit)
        due = duty_of(company.must_file("incident", "early_warning", fields, entity=filed["entity"]), "notification")
        count.equal(v.seconds_of(due["due"]) - v.seconds_of(fields["aware_at"]), hours * HOUR, f"notification within {hours} h")
    other = company.file("incident", "early_warning", v.early_warning(trust_service_affected=False), entity=filed["entity"])
    count.status(other, 201, "and its other incidents")


def log(node, company):
    """The published log: its head is signed, its tiles lead to its root, and it holds every filing."""
    size = node.log_size()
    published, is_whole = node.check_log(size)
    count.check(is_whole and published == size, f"the published log of {published} records is whole; the node has {size}")
    count.equal(company.get("/log/key").data.decode().strip(), node.key, "the key is the one that init printed")
    count.equal(company.get("/log/tile/0/x000/000").status, 404, "a tile path in a form that does not exist")


def main():
    node = v.Node(edit=v.quick_heads)
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        company = node.person("security@vraxquel.example", "Night desk", "a quiet harbour at dusk")
        entity, _ = register(node, ca, company)
        case, _, _ = warn(node, company, csirt, entity)
        respond(csirt, company, case)
        report(node, csirt, company, case)
        late(company, csirt, entity)
        trust(node, ca, company)
        log(node, company)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
