#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The registers of a state, as its offices use them: obligations that open by the calendar on their day and are fulfilled by a filing,
also when the node was down, and the same again after a rebuild."""
import datetime
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
PASSWORD = "a row of stones by the water"
SECOND = []


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
    count.equal(found["CER_LIST_REVIEW"]["opens"], "elsewhere", "what no office here owes is told as such")
    count.check("CYC_REPORT" not in found, "what the Union's bodies owe is not a state's")
    first = summary["periods"][-1]
    owed = spoc.need(200, "GET", "/api/v1/duties?owed_by=spoc")["duties"]
    count.check(any(d["case"] == first["case"] for d in owed), "it is among the duties")
    count.problem(ca.file("obligation", "fulfilment", {"fulfilled_on": "2025-01-30", "how": "By mail."}, case=first["case"]), 422, "filing.when", "another office does not say so")
    spoc.must_file("obligation", "fulfilment", {"fulfilled_on": "2025-01-30", "how": "By mail, before this node was there."}, case=first["case"])
    done = rows(spoc)["SPOC_SUMMARY"]["periods"][-1]
    count.equal(done["done_at"][:10], "2025-01-29", "done on the day that the officer says (its beginning here)")
    return found


def with_clouds(node, company, ca):
    """Entities whose own checks recur are asked, each for itself."""
    filed = company.must_file("registration", "registration", v.registration("Cloud One (invented)", ["DI_CLOUD"], main_establishment="BE", services_states=["BE"], ip_ranges=["192.0.2.0/24"]))
    ca.must_file("registration", "approval", {"class": "important"}, case=filed["case"])
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


def again(node, spoc):
    """What was opened comes out of the log again; a node that was down opens nothing twice."""
    before = rows(spoc)
    node.stop()
    run = subprocess.run([v.VARDE, "rebuild", node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"rebuild: {run.stdout[-300:]}{run.stderr[-300:]}")
    run = subprocess.run([v.VARDE, "law", "replay", node.folder], capture_output=True, text=True, check=False)
    count.equal(run.returncode, 0, f"replay: {run.stdout[-300:]}{run.stderr[-300:]}")
    node.start()
    spoc.move(node.url)
    time.sleep(1)
    count.equal(rows(spoc), before, "the same after a rebuild and a restart")


def of_the_union():
    """The Union's node has its own: what its bodies owe, and nothing of a state's."""
    node = v.Node(state="EU", edit=since)
    try:
        node.start()
        admin = node.administrator()
        enisa = node.officer(admin, "enisa@state.example", "Officer of ENISA", "enisa", PASSWORD)
        found = wait_for("the Union's calendar opens", lambda: rows(enisa)["CYC_REPORT"]["periods"] and rows(enisa)["CNW_REPORT"]["periods"] and rows(enisa))
        count.equal(found["CYC_REPORT"]["periods"][-1]["due_on"], "2026-01-17", "C34: eighteen months after the first report")
        count.check("COUNT_REPORT" not in found and found["REVIEW"]["periods"] == [], "nothing of a state's, and nothing before its time")
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
        with_clouds(node, company, ca)
        fulfilled_by_filing(spoc)
        again(node, spoc)
    finally:
        node.close()
    of_the_union()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
