#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The registers of a state, as its offices use them: obligations that open by the calendar on their day and are fulfilled by a filing;
what the law sees otherwise than the register, decided in batches; individual identification; numbers (J16); what ENISA gets (J13, J14);
and the same again after a rebuild."""
import datetime
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
PASSWORD = "a row of stones by the water"
SECOND, CLOUD = [], []


def since(text):
    return text.rstrip("\n") + "\nobligations_from: 2025-01-01\n"


def wait_for(what, ask, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = ask()
        if got:
            return got
        time.sleep(0.2)
    count.check(False, f"in time: {what}")
    return None


def rows(client):
    return {row["obligation"]: row for row in client.need(200, "GET", "/api/v1/obligations")["obligations"]}


def calendar(node, spoc, ca):
    """What the calendar opened by itself, since when, and what fulfils it."""
    found = wait_for("the calendar opens", lambda: len(rows(spoc)["SPOC_SUMMARY"]["periods"]) >= 7 and rows(spoc))
    summary = found["SPOC_SUMMARY"]
    count.equal([p["due_on"] for p in summary["periods"]][-4:], ["2025-10-31", "2025-07-31", "2025-04-30", "2025-01-31"], "each quarter, month ends kept")
    count.equal((summary["owner"], summary["article"], summary["opens"]), (["spoc"], "NIS2 23(9)", "calendar"), "who owes it, by which article")
    count.check(all(p["status"] == "late" for p in summary["periods"][-4:]), "what is over is late")
    count.check("CYC_REPORT" not in found, "what the Union's bodies owe is not a state's")
    first = summary["periods"][-1]
    owed = spoc.need(200, "GET", "/api/v1/duties?owed_by=spoc")["duties"]
    count.check(any(d["case"] == first["case"] for d in owed), "it is among the duties")
    count.problem(ca.file("obligation", "fulfilment", {"fulfilled_on": "2025-01-30", "how": "By mail."}, case=first["case"]), 422, "filing.when", "another office does not say so")
    spoc.must_file("obligation", "fulfilment", {"fulfilled_on": "2025-01-30", "how": "By mail, before this node was there."}, case=first["case"])
    done = rows(spoc)["SPOC_SUMMARY"]["periods"][-1]
    count.equal(done["done_at"][:10], "2025-01-29", "done on the day that the officer says (its beginning here)")
    return found


def of_another_body(ca, spoc):
    """What an authority of another act owes: the authority here is told, asks, and notes what was done; the next is counted from there."""
    row = wait_for("the list of critical entities opens", lambda: rows(ca)["CER_LIST_REVIEW"]["periods"] and rows(ca)["CER_LIST_REVIEW"])
    count.equal((row["opens"], row["owner"], row["watched_by"], row["article"]), ("calendar", [], ["ca"], "CER 6(5)"), "who owes it is no office here, who follows it up is")
    count.equal([p["due_on"] for p in row["periods"]], ["2026-07-17"], "the first list, by 17 July 2026")
    case = row["periods"][0]["case"]
    owed = [d for d in ca.need(200, "GET", "/api/v1/duties?owed_by=ca")["duties"] if d["case"] == case]
    count.equal([d["duty"]["duty"] for d in owed], ["watched_by_authority"], "to follow it up is among the authority's duties")
    said = {"fulfilled_on": "2026-07-16", "how": "The authority for critical entities sent its list."}
    count.problem(spoc.file("obligation", "fulfilment", said, case=case), 422, "filing.when", "another office does not say so")
    ca.must_file("obligation", "fulfilment", said, case=case)
    period = rows(ca)["CER_LIST_REVIEW"]["periods"][0]
    count.equal((ca.need(200, "GET", f"/api/v1/cases/{case}")["state"], period["done_at"][:10]), ("done", "2026-07-15"), "closed, on the day that the officer says (its beginning here)")
    count.check(not [d for d in ca.need(200, "GET", "/api/v1/duties?owed_by=ca")["duties"] if d["case"] == case], "and owed no more")


def with_clouds(node, company, ca):
    """Entities whose own checks recur are asked, each for itself."""
    filed = company.must_file("registration", "registration", v.registration("Cloud One (invented)", ["DI_CLOUD"], main_establishment="BE", services_states=["BE"], ip_ranges=["192.0.2.0/24"]))
    ca.must_file("registration", "approval", {"class": "important"}, case=filed["case"])
    CLOUD.append(filed)
    asked = wait_for("the company is asked", lambda: rows(ca)["IR_RECURRING_CHECK"]["periods"])
    count.equal((len(asked), asked[0]["asked"], asked[0]["confirmed"]), (1, 1, 0), "once, for this quarter alone: what was missed can't be made good")
    owed = company.need(200, "GET", f"/api/v1/duties?entity={filed['entity']}")["duties"]
    count.check(any(d["case"] == asked[0]["case"] for d in owed), "it is among the company's duties")
    company.must_file("own_check", "confirmation", {"done_on": time.strftime("%Y-%m-%d")}, case=asked[0]["case"])
    count.equal(rows(ca)["IR_RECURRING_CHECK"]["periods"][0]["confirmed"], 1, "the company says that it was done")


def fulfilled_by_filing(spoc):
    """A summary that is filed fulfils the oldest that is owed, and only that."""
    today = datetime.date.today()
    day = str(datetime.date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - datetime.timedelta(days=2))
    before = rows(spoc)["SPOC_SUMMARY"]["periods"]
    oldest = [p for p in before if "done_at" not in p][-1]
    prepared = spoc.must_file("summary", "preparation", {"statistic": "quarterly_summary", "day": day}, **{"as": "spoc"})
    second = SECOND[0]
    second.must_file("summary", "review", {"figures": prepared["filing"], "verdict": "approved"}, case=prepared["case"])
    summary = spoc.must_file("summary", "quarterly_summary", {}, case=prepared["case"])
    done = wait_for("the node sees the filing", lambda: [p for p in rows(spoc)["SPOC_SUMMARY"]["periods"] if p.get("filing") == summary["filing"]])
    count.equal((len(done), done[0]["due_on"]), (1, oldest["due_on"]), "one filing fulfils one obligation, the oldest")
    count.equal(spoc.need(200, "GET", f"/api/v1/cases/{oldest['case']}")["state"], "done", "and its case is closed")


def registry(node, company, ca, spoc):
    """Re-scoping with batches, identification, the review, the numbers and what ENISA gets."""
    made = []
    for i in range(6):
        filed = company.must_file("registration", "registration", v.registration(f"Heat {i} (invented)", ["EN_DH_OPER", "DW_SUPPLY"] if i == 0 else ["EN_DH_OPER"], staff="300" if i < 4 else "10", turnover_eur="60000000" if i < 4 else "900000", balance_eur="50000000" if i < 4 else "900000"))
        made.append(filed)
    diff = ca.need(200, "GET", "/api/v1/rescoping")
    found = {row["entity"]: row for row in diff["entities"]}
    large, small = made[:4], made[4:]
    count.check(all(found[m["entity"]]["change"] == "enters" and found[m["entity"]]["class_found"] == "essential" for m in large), "what is pending and covered would come in, as what")
    count.check(all(found[m["entity"]]["change"] == "not_covered" for m in small), "and what is not covered is told so")
    count.check(all(row["reasons"] and all(r["article"] for r in row["reasons"]) for row in diff["entities"]), "each with rules and their articles")
    count.equal(found[large[0]["entity"]]["case"], large[0]["case"], "with the case in which it is decided")
    count.status(company.get("/api/v1/rescoping"), 403, "not for companies")
    # one decision in several cases: all or none
    batch = {"procedure": "registration", "document": "approval", "cases": [m["case"] for m in large] + ["C" + "0" * 16], "fields": {"class": "essential"}}
    count.status(ca.post("/api/v1/filings", batch, key="batch-wrong"), 404, "an unknown case: none of them")
    count.check(ca.need(200, "GET", "/api/v1/rescoping")["version"] == diff["version"], "nothing was decided")
    batch["cases"].pop()
    got = ca.post("/api/v1/filings", batch, key="batch-1")
    count.equal((got.status, len(got.json["filings"])), (201, 4), "four imported entries are decided at once, each with its record")
    count.equal(ca.post("/api/v1/filings", batch, key="batch-1").status, 200, "sent again: the same")
    count.check(company.post("/api/v1/filings", {**batch, "document": "class_decision"}, key="batch-2").status in (403, 404), "a company does not decide")
    count.check(not any(row["entity"] == large[0]["entity"] for row in ca.need(200, "GET", "/api/v1/rescoping")["entities"]), "what stands as found differs no more")
    letter = {"procedure": "registration", "document": "letter", "cases": [m["case"] for m in large], "fields": {"template": "register_change", "language": "fr", "addressee": "Entity SA", "signer": "A. Weber", "way": "portal",
              "texts": [{"name": "change", "text": "Essential."}, {"name": "grounds", "text": "NIS2 3(1)(a)."}, {"name": "effective", "text": "Today."}, {"name": "remedies", "text": "Court."}]}}
    got = ca.post("/api/v1/filings", letter, key="letters-1")
    count.equal((got.status, len(got.json.get("filings", []))), (201, 4), "and each gets its letter")
    letters = ca.need(200, "GET", f"/api/v1/cases/{large[3]['case']}/letters")["letters"]
    count.check(len(letters) == 1 and letters[0].get("number"), "with a number of its own")
    # identified individually after a hearing
    who = small[0]
    opened = ca.must_file("identification", "examination", {"point": "b", "service": "EN_DH_OPER", "facts": "The only heat."}, entity=who["entity"])
    count.status(company.get(f"/api/v1/cases/{opened['case']}"), 404, "the entity learns of it by the hearing")
    ca.must_file("identification", "hearing", {"grounds": "Point (b).", "answer_by": v.instant(86400)}, case=opened["case"])
    company.must_file("identification", "observations", {"text": "We agree."}, case=opened["case"])
    ca.must_file("identification", "decision", {"outcome": "essential", "identified_on": time.strftime("%Y-%m-%d"), "point_b": "essential", "reasons": "Sole provider.", "remedies": "Court."}, case=opened["case"])
    row = next(r for r in ca.need(200, "GET", "/api/v1/rescoping")["entities"] if r["entity"] == who["entity"])
    count.equal((row["change"], row["class_found"]), ("enters", "essential"), "a small entity that is identified is covered")
    ca.must_file("registration", "approval", {"class": "essential"}, case=who["case"])
    numbers(node, ca)
    forwarding(company, ca, spoc)


def numbers(node, ca):
    """J16: an entity of two sectors counts in each, the total counts it once; by provision where it was identified."""
    got = ca.need(200, "GET", "/api/v1/counts")
    by = {(c["provision"], c["class"], c["sector"], c["type"]): c["count"] for c in got["counts"] if c["type"] or not c["subsector"]}
    count.equal((got["mode"], by[(None, "essential", None, None)]), ("each_sector", 5), "J16: the total is distinct")
    count.equal((by[(None, "essential", "energy", None)], by[(None, "essential", "drinking_water", None)]), (5, 1), "J16: counted in each sector")
    count.equal(by[("2(2)(b)", "essential", "energy", "EN_DH_OPER")], 1, "by provision, class, sector and type")
    opened = ca.must_file("list_review", "opening", {"cause": "regular"})
    count.problem(ca.file("list_review", "completion", {"reviewed_on": time.strftime("%Y-%m-%d")}, case=opened["case"]), 422, "list_review.looked_at", "first the differences")
    version = ca.need(200, "GET", "/api/v1/rescoping")["version"]
    ca.must_file("list_review", "difference", {"version": version, "changed": 5, "kept": 1, "reasons": "One is too small."}, case=opened["case"])
    completed = ca.must_file("list_review", "completion", {"reviewed_on": time.strftime("%Y-%m-%d")}, case=opened["case"])
    reported = ca.must_file("list_review", "numbers", {"reported_on": time.strftime("%Y-%m-%d"), "recipients": ["commission", "group"]}, case=opened["case"])
    text = ca.get("/api/v1/counts?format=csv&filing=" + reported["filing"]).data.decode()
    count.check(text.startswith("provision,class,sector,subsector,type,count\r\n") and "2(2)(b),essential,energy," in text, "as reported, as CSV")
    for name, filing in (("ENTITY_LIST_REVIEW", completed), ("COUNT_REPORT", reported)):
        wait_for(f"{name} is fulfilled", lambda n=name, f=filing: any(p.get("filing") == f["filing"] for p in rows(ca)[n]["periods"]))


def forwarding(company, ca, spoc):
    """27(4): what ENISA gets, without address ranges; then only what differs."""
    package = spoc.need(200, "GET", "/api/v1/registry/enisa")
    count.equal((package["total"], [c["is_new"] for c in package["changed"]]), (1, [True]), "the one cloud company, new")
    entry = package["changed"][0]["entry"]
    count.check("192.0.2" not in str(package) and "ip_ranges" not in entry, "J13: no address ranges")
    count.equal(sorted(entry), sorted(["name", "types", "address", "main_establishment", "establishments", "representative", "contacts", "services_in"]), "what the list names, no more")
    sent = {"extract": "enisa", "version": package["version"], "sent_on": time.strftime("%Y-%m-%d"), "way": "Their interface."}
    count.problem(spoc.file("registry_forwarding", "forwarding", {**sent, "version": "0" * 32}), 409, "registry.version", "another package was not looked at")
    spoc.must_file("registry_forwarding", "forwarding", sent)
    after = spoc.need(200, "GET", "/api/v1/registry/enisa")
    count.equal((after["total"], after["changed"], after["removed"]), (1, [], []), "nothing differs then")
    cloud = package["changed"][0]["entity"]
    case = CLOUD[0]["case"]
    company.must_file("registration", "change_notice", {"changed_on": time.strftime("%Y-%m-%d"), "ip_ranges": ["198.51.100.0/24"]}, case=case)
    count.equal(spoc.need(200, "GET", "/api/v1/registry/enisa")["changed"], [], "J13: other address ranges are no difference")
    company.must_file("registration", "change_notice", {"changed_on": time.strftime("%Y-%m-%d"), "services_states": ["BE", "LU"]}, case=case)
    changed = spoc.need(200, "GET", "/api/v1/registry/enisa")["changed"]
    count.equal([(c["entity"], c["is_new"], c["entry"]["services_in"]) for c in changed], [(cloud, False, ["BE", "LU"])], "J14: another state is")


def again(node, spoc):
    """What was opened comes out of the log again; a node that was down opens nothing twice."""
    before, package = rows(spoc), spoc.need(200, "GET", "/api/v1/registry/enisa")
    reported = spoc.need(200, "GET", "/api/v1/counts")["reported"]
    node.stop()
    run = subprocess.run([v.VARDE, "rebuild", node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"rebuild: {run.stdout[-300:]}{run.stderr[-300:]}")
    run = subprocess.run([v.VARDE, "law", "replay", node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"replay: {run.stdout[-300:]}{run.stderr[-300:]}")
    node.start()
    spoc.move(node.url)
    time.sleep(1)
    after = spoc.need(200, "GET", "/api/v1/registry/enisa")
    count.equal((after["version"], after["changed"]), (package["version"], package["changed"]), "the same differences after a rebuild")
    count.equal(spoc.need(200, "GET", "/api/v1/counts")["reported"], reported, "the same reports")
    count.equal(rows(spoc), before, "the same after a rebuild and a restart")


def reviewed(commission):
    """The Commission's report on the Directive fulfils the review that it owes; a report on the delegation does not."""
    opened = wait_for("the review opens", lambda: rows(commission)["REVIEW"]["periods"])
    count.equal([p["due_on"] for p in opened], ["2027-10-17"], "by 17 October 2027")
    report = {"reference": "COM(2026) 1", "on": time.strftime("%Y-%m-%d"), "conclusions": "As before.", "tlp": "TLP:CLEAR"}
    filed = {}
    for subject, papers in (("delegation", {}), ("review", {"papers": "Of the Group and the network."})):
        prepared = commission.must_file("commission_report", "preparation", {"subject": subject, "scope": "Sizes and sectors.", **papers})
        filed[subject] = commission.must_file("commission_report", "commission_report", report, case=prepared["case"])
    done = wait_for("the node sees the report", lambda: [p for p in rows(commission)["REVIEW"]["periods"] if p.get("filing")])
    count.equal([p["filing"] for p in done], [filed["review"]["filing"]], "by the report of the review, not by the earlier one")
    case = commission.need(200, "GET", f"/api/v1/cases/{opened[0]['case']}")
    count.equal((case["state"], [(d["duty"], d["status"]) for d in case["duties"]]), ("done", [("owed_by_commission", "done_in_time")]), "its case and its duty are closed")


def of_the_union():
    """The Union's node has its own: what its bodies owe, and nothing of a state's."""
    node = v.Node(state="EU", edit=since)
    try:
        node.start()
        admin = node.administrator()
        enisa = node.officer(admin, "enisa@state.example", "Officer of ENISA", "enisa", PASSWORD)
        found = wait_for("the Union's calendar opens", lambda: rows(enisa)["CYC_REPORT"]["periods"] and rows(enisa)["CNW_REPORT"]["periods"] and rows(enisa))
        count.equal(found["CYC_REPORT"]["periods"][-1]["due_on"], "2026-01-17", "C34: eighteen months after the first report")
        count.check("COUNT_REPORT" not in found and found["DELEGATION_END"]["periods"] == [], "nothing of a state's, and nothing before its time")
        reviewed(node.officer(admin, "commission@union.example", "Officer of the Commission", "commission", PASSWORD))
    finally:
        node.close()


def main():
    node = v.Node(edit=since)
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@state.example", "Officer of the authority", "ca", PASSWORD)
        spoc = node.officer(admin, "spoc@state.example", "Officer of the contact point", "spoc", PASSWORD)
        SECOND.append(node.officer(admin, "second@state.example", "Second officer", "spoc", PASSWORD))
        company = node.person("cloud@state.example", "Cloud company", "a quiet harbour at dusk")
        before = calendar(node, spoc, ca)
        count.equal(before["IR_RECURRING_CHECK"]["periods"], [], "nobody on the register is concerned: nobody is asked")
        count.status(company.get("/api/v1/obligations"), 403, "not for companies")
        of_another_body(ca, spoc)
        with_clouds(node, company, ca)
        fulfilled_by_filing(spoc)
        registry(node, company, ca, spoc)
        count.equal(len(rows(ca)["CER_LIST_REVIEW"]["periods"]), 1, "the next list comes four years after the last, not now")
        again(node, spoc)
    finally:
        node.close()
    of_the_union()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
