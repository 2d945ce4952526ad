#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The Union's papers: a Reserve request with its 48 hours and summary, an incident review with approval and anonymity, ENISA's findings, the report on the
state of cybersecurity with its data, and the reports of the networks that the calendar asks for."""
import sys
import time

from group import PASSWORD, file, union_node
from varde_client import Count, instant, seconds_of


def duty(client, case, name):
    return [d for d in client.get(f"/api/v1/cases/{case}").json["duties"] if d["duty"] == name][0]


def reserve(count, enisa, lu, ee, csirt_lu):
    request = {"spoc": "SPOC LU", "entity_name": "A hospital", "is_essential": True, "impact": "Patients are moved.", "states": ["BE"], "service": "Incident response for a week.",
               "own_measures": "Networks were parted.", "other_support": "None."}
    count.problem(lu.post("/api/v1/filings", {"procedure": "reserve_request", "document": "request", "fields": {k: v for k, v in request.items() if k != "spoc"}}), 422,
                  "field.required", "through the single point of contact", "/spoc")
    case = file(lu, "reserve_request", "request", request)["case"]
    owed = duty(enisa, case, "reserve_answer")
    received = enisa.get(f"/api/v1/cases/{case}").json["filings"][0]["received_at"]
    count.check(abs(seconds_of(owed["due"]) - seconds_of(received) - 48 * 3600) < 3601, f"48 hours: {owed['due']} from {received}")
    count.status(ee.get(f"/api/v1/cases/{case}"), 404, "another member does not see it")
    count.status(csirt_lu.get(f"/api/v1/cases/{case}"), 404, "nor another office of the state")
    file(lu, "reserve_request", "network_told", {"how": "Message to the network."}, case)
    file(enisa, "reserve_request", "answer", {"granted": True, "criteria": "An essential entity.", "provider": "A trusted one", "council_told": True}, case)
    file(enisa, "reserve_request", "support_end", {"ended_at": instant(-60)}, case)
    summary = duty(lu, case, "summary_report")
    count.check(58 * 86400 < seconds_of(summary["due"]) - seconds_of(instant()) < 64 * 86400, f"two months: {summary['due']}")
    file(lu, "reserve_request", "summary_report", {"text": "It helped."}, case)
    count.equal(enisa.get(f"/api/v1/cases/{case}").json["state"], "closed", "closed by the summary")


def review(count, enisa, commission, lu, ee, be):
    case = file(commission, "incident_review", "review_request", {"incident": "The outage of October.", "concerned": ["LU", "BE"]})["case"]
    count.problem(ee.post("/api/v1/filings", {"procedure": "incident_review", "document": "approval", "case": case, "fields": {"state": "EE", "approves": True, "anonymise": False}}),
                  422, "incident_review.not_concerned", "only a state concerned approves", "/state")
    begun = {"procedure": "incident_review", "document": "review_start", "case": case, "fields": {}}
    count.problem(enisa.post("/api/v1/filings", begun), 422, "incident_review.not_approved", "nobody has approved")
    file(lu, "incident_review", "approval", {"state": "LU", "approves": True, "anonymise": True}, case)
    count.problem(enisa.post("/api/v1/filings", begun), 422, "incident_review.not_approved", "one of two has approved")
    file(be, "incident_review", "approval", {"state": "BE", "approves": True, "anonymise": False}, case)
    file(enisa, "incident_review", "review_start", {}, case)
    report = {"text": "A patch was missing.", "no_unpatched": True, "anonymised": False, "tlp": "TLP:AMBER"}
    ask = {"procedure": "incident_review", "document": "review_report", "case": case}
    count.problem(enisa.post("/api/v1/filings", dict(ask, fields=report)), 422, "incident_review.anonymise", "anonymised on request")
    count.problem(enisa.post("/api/v1/filings", dict(ask, fields=dict(report, anonymised=True, no_unpatched=False))), 422, "incident_review.unpatched", "no unpatched vulnerabilities")
    filing = file(enisa, "incident_review", "review_report", dict(report, anonymised=True), case)["filing"]
    count.status(ee.get(f"/api/v1/filings/{filing}"), 200, "EU-CyCLONe reads the report")


def papers(count, node, enisa, group_lu, csirt_lu):
    half = {"period_from": "2026-01-01", "period_until": "2026-06-30", "text": "Fewer reports.", "figures": [{"indicator": "notifications", "sector": "health", "value": 12}]}
    made = file(enisa, "union_findings", "findings_draft", half)
    case = made["case"]
    count.status(csirt_lu.get(f"/api/v1/cases/{case}"), 404, "a draft is ENISA's")
    findings = file(enisa, "union_findings", "findings", dict(half, tlp="TLP:GREEN"), case)["filing"]
    for who in (group_lu, csirt_lu):
        count.status(who.get(f"/api/v1/filings/{findings}"), 200, "issued to Group and network")
        count.status(who.get(f"/api/v1/filings/{made['filing']}"), 200, "with what it replaced")
    case = file(enisa, "state_of_cybersecurity", "data_call", {"until": instant(30 * 86400)})["case"]
    row = {"part": "e", "indicator": "maturity", "year": 2026, "value": "3.5", "unit": "of 5"}
    file(group_lu, "state_of_cybersecurity", "contribution", {"data": [row]}, case)
    count.check("3.5" in enisa.get(f"/api/v1/cases/{case}/answers?document=contribution").data.decode(), "ENISA reads the contribution")
    report = file(enisa, "state_of_cybersecurity", "state_report", {"title": "State of cybersecurity 2026", "summary": "Better.", "situation": "Calm.", "recommendations": "More.", "data": [row, dict(row, part="a")]}, case)["filing"]
    data = [f["value"] for f in node.client().get(f"/api/v1/public/{report}").json["fields"] if f["name"] == "data"][0]
    count.equal([(r["part"], r["value"]) for r in data], [("e", "3.50"), ("a", "3.50")], "its data for machines")
    table = node.client().get(f"/api/v1/public/{report}/data.csv?field=data")
    count.equal(table.data.decode().split("\r\n")[:2], ["indicator,part,sector,unit,value,year", "maturity,e,,of 5,3.50,2026"], "as a table")


def periods(client, obligation):
    rows = client.need(200, "GET", "/api/v1/obligations")["obligations"]
    return [row["periods"] for row in rows if row["obligation"] == obligation][0]


def wait_for(count, what, ask, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    count.check(False, f"in time: {what}")
    return None


def report_of_network(enisa, subject):
    case = file(enisa, "union_report", "call", {"subject": subject, "text": "What was achieved?"})["case"]
    file(enisa, "union_report", "report_draft", {"text": "Much."}, case)
    file(enisa, "union_report", "report_adoption", {"on": "2026-01-10", "how": "The members."}, case)
    return file(enisa, "union_report", "report_submission", {"to_whom": "Parliament and Council", "on": "2026-01-12"}, case)["filing"]


def owed_by_the_calendar(count, enisa):
    """One document fulfils two obligations: which one, its case says; of a third subject it fulfils neither."""
    for name in ("CYC_REPORT", "CNW_REPORT"):
        wait_for(count, f"{name} is opened", lambda name=name: periods(enisa, name))
    oldest = periods(enisa, "CYC_REPORT")[-1]
    count.equal(oldest["due_on"], "2026-01-17", "C34 the report of EU-CyCLONe that is due")
    report_of_network(enisa, "cyclone_group")
    cyclone = report_of_network(enisa, "cyclone_report")
    network = report_of_network(enisa, "network_report")
    for name, filing in (("CYC_REPORT", cyclone), ("CNW_REPORT", network)):
        done = wait_for(count, f"{name} is fulfilled", lambda name=name: [p for p in periods(enisa, name) if "done_at" in p])
        count.equal([p.get("filing") for p in done or []], [filing], f"{name}: by the report that is about it, and by no other")
    count.equal(enisa.need(200, "GET", f"/api/v1/cases/{oldest['case']}")["state"], "done", "its case is closed")


def toolbox(count, node, commission, lu, be):
    case = file(commission, "toolbox_5g", "progress_call", {"until": instant(86400)})["case"]
    file(lu, "toolbox_5g", "progress", {"measures": [{"control": "SM01", "stage": "in_place", "risks": ["r4", "r5"]}, {"control": "TM11", "stage": "planned", "risks": ["r4"]}, {"control": "R4", "stage": "under_way"}]}, case)
    file(be, "toolbox_5g", "progress", {"measures": [{"control": "SM01", "stage": "planned"}]}, case)
    file(be, "toolbox_5g", "progress", {"measures": [{"control": "SM01", "stage": "in_place", "risks": ["r5"]}, {"control": "R4", "stage": "under_way"}]}, case)  # the last version counts
    where = f"/api/v1/cases/{case}/answers/tally?document=progress&list=measures"
    tally = commission.need(200, "GET", where + "&by=control,stage")
    count.equal({(r["values"]["control"], r["values"]["stage"]): (r["parties"], sorted(r["states"])) for r in tally["rows"]},
                {("SM01", "in_place"): (2, ["BE", "LU"]), ("TM11", "planned"): (1, ["LU"]), ("R4", "under_way"): (2, ["BE", "LU"])}, "progress by measure and risk, stage and state")
    count.equal((tally["answered"], tally["missing"]), (2, 25), "of 27")
    risks = commission.need(200, "GET", where + "&by=risks")["rows"]
    count.equal({r["values"]["risks"]: r["parties"] for r in risks}, {"r4": 1, "r5": 2}, "by risk, each state once")
    count.problem(commission.get(where), 422, "api.query", "by what is needed")
    for who in (lu, be):
        count.status(who.get(where + "&by=control"), 404, "a state does not see what the others said")


def main():
    count = Count()
    node = union_node(lambda text: text.rstrip("\n") + "\nobligations_from: 2025-01-01\n")
    try:
        admin = node.administrator()
        offices = ["enisa", "commission", "cyclone-member-lu", "cyclone-member-ee", "csirt-member-lu", "group-member-lu", "cyclone-member-be", "group-member-be"]
        enisa, commission, lu, ee, csirt_lu, group_lu, be, group_be = [node.officer(admin, f"p{i}@node.example", f"Person {i}", office, PASSWORD) for i, office in enumerate(offices)]
        owed_by_the_calendar(count, enisa)
        reserve(count, enisa, lu, ee, csirt_lu)
        review(count, enisa, commission, lu, ee, be)
        papers(count, node, enisa, group_lu, csirt_lu)
        toolbox(count, node, commission, group_lu, group_be)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
