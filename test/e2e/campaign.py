#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A provider's breach hits several companies: their cases come under a campaign, each with its own clocks; guidance is read in each
of them; nobody learns of the others; cases are suggested with reasons; and without the campaign they are as they were."""
import contextlib
import json
import sqlite3
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
INDICATOR = "update.vraxquel-invented.example"


class World:
    def __init__(self, node):
        admin = node.administrator()
        self.node = node
        self.csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", "quiet waters run deep 1")
        self.ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", "quiet waters run deep 2")
        self.companies = []
        for i, name in enumerate(("Alpha", "Beta", "Gamma", "Delta")):
            client = node.person(f"{name.lower()}@company.example", f"Person of {name}", "quiet waters run deep 3")
            filed = client.must_file("registration", "registration", v.registration(f"{name} (invented)"))
            self.ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
            warned = client.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=2 + i), entity=filed["entity"])
            self.companies.append((client, filed["entity"], warned["case"]))


def settled(client, case, seconds=15):
    until = time.monotonic() + seconds
    while True:
        parties = client.need(200, "GET", f"/api/v1/cases/{case}/parties")
        if parties["waiting"] == 0 or time.monotonic() > until:
            return parties
        time.sleep(0.2)


def duties(client, case):
    return sorted((d["duty"], d["due"], d["done_at"]) for d in client.need(200, "GET", f"/api/v1/cases/{case}")["duties"])


def total(client, statistic):
    """The figure over everything that a statistic has for this quarter."""
    now = time.gmtime()
    figures = client.need(200, "GET", f"/api/v1/statistics/{statistic}?period={now.tm_year}-Q{(now.tm_mon + 2) // 3}")
    measure = list(figures["definition"]["measures"])[0]
    return next(row for row in figures["tables"][0]["cells"] if row["at"] == {})[measure]


def main():
    node = v.Node().start()
    try:
        world = World(node)
        csirt = world.csirt
        cases = [case for _, _, case in world.companies]
        alpha, alpha_entity, alpha_case = world.companies[0]
        delta, _, delta_case = world.companies[3]
        before = {case: duties(client, case) for client, _, case in world.companies}
        # what Beta and Delta found
        world.companies[1][0].must_file("incident", "notification", v.notification(indicators=f"Connections to {INDICATOR.upper()} at night."), case=cases[1])
        fields = {"title": "Breach at a service provider", "cause": "Remote access with stolen credentials.", "provider": "Vraxquel Managed (invented)",
                  "indicators": [{"indicator": INDICATOR}], "first_seen": v.instant(-20 * 3600)}
        refused = csirt.file("campaign", "campaign", fields)
        count.problem(refused, 422, "field.required", "how statistics count it must be chosen", "/count_as")
        count.status(world.ca.file("campaign", "campaign", {**fields, "count_as": "one", "count_ground": "t"}), 403, "the CSIRT opens campaigns")
        campaign = csirt.must_file("campaign", "campaign", {**fields, "count_as": "one", "count_ground": "One intrusion."})["case"]

        found = csirt.need(200, "GET", f"/api/v1/cases/{campaign}/members/suggestions")
        count.equal([(s["case"], [b.get("mentions") for b in s["because"]]) for s in found["suggestions"]], [(cases[1], ["indicators"])],
                    f"the case that mentions the indicator is suggested: {found}")
        count.problem(csirt.file("campaign", "campaign_add", {"cases": ["C0000000000000000"], "ground": "t"}, case=campaign), 422, "filing.party_unknown", "a case that is not there")
        count.problem(csirt.file("campaign", "campaign_add", {"cases": [campaign], "ground": "t"}, case=campaign), 422, "filing.party_unknown", "nor itself")
        apart = {name: total(csirt, name) for name in ("quarterly_summary", "timeliness")}
        csirt.must_file("campaign", "campaign_add", {"cases": cases[:3], "ground": "Customers of the provider."}, case=campaign)
        figures = settled(csirt, campaign)
        count.equal((figures["total"], figures["counts"]), (3, {"incident.notified": 1, "incident.reported": 2}), "three cases, each at its stage")
        count.equal(csirt.need(200, "GET", f"/api/v1/cases/{campaign}/members/suggestions")["suggestions"], [], "who is part of it is not suggested")

        once = {name: total(csirt, name) for name in apart}
        count.equal(once, {**apart, "quarterly_summary": apart["quarterly_summary"] - 2}, "one stands for the three where the statistic says so, and nowhere else")

        # nobody but offices knows of it
        seen = alpha.need(200, "GET", f"/api/v1/cases/{alpha_case}")
        count.equal((seen.get("above"), seen.get("shared")), (None, []), "its entity sees nothing of it as long as nothing is written for it")
        for path in (f"/api/v1/cases/{campaign}", f"/api/v1/cases/{campaign}/parties", f"/api/v1/cases/{campaign}/members/timeline", f"/api/v1/cases/{campaign}/members/suggestions"):
            count.status(alpha.get(path), 404, f"nor {path.rsplit('/', 1)[1]}")
        count.equal([a["case"] for a in csirt.need(200, "GET", f"/api/v1/cases/{alpha_case}")["above"]], [campaign], "an office sees it above the case")

        # guidance to all
        tag = alpha.get(f"/api/v1/cases/{alpha_case}").header("etag")
        guidance = csirt.must_file("campaign", "campaign_guidance", {"title": "Change these passwords", "text": "All that the provider knew.", "tlp": "TLP:AMBER"}, case=campaign)["filing"]
        answer = alpha.get(f"/api/v1/cases/{alpha_case}", headers={"if-none-match": tag})
        count.status(answer, 200, "the case has something new")
        count.equal([(s["filing"], s["document"], "case" in s) for s in answer.json["shared"]], [(guidance, "campaign_guidance", False)], "the guidance is in its own case")
        read = alpha.need(200, "GET", f"/api/v1/filings/{guidance}")
        count.equal(read["fields"]["text"], "All that the provider knew.", "and is read")
        count.check("case" not in read["header"] and campaign not in json.dumps(read), "without the case above")
        for other in cases[1:]:
            count.check(other not in json.dumps(read) + json.dumps(answer.json), "and without the others")
        count.status(delta.get(f"/api/v1/filings/{guidance}"), 404, "who is not part of it does not see it")
        count.status(alpha.get(f"/api/v1/filings/{guidance}/receipt"), 404, "its receipt is the office's")
        count.equal({case: duties(client, case) for client, _, case in world.companies if case != cases[1]}, {c: d for c, d in before.items() if c != cases[1]}, "no clock moved")

        # later members, and going out again
        csirt.must_file("campaign", "campaign_add", {"cases": [delta_case], "ground": "Another customer."}, case=campaign)
        settled(csirt, campaign)
        count.status(delta.get(f"/api/v1/filings/{guidance}"), 200, "who comes later reads the guidance too")
        timeline = csirt.need(200, "GET", f"/api/v1/cases/{campaign}/members/timeline?limit=3")
        rest = csirt.need(200, "GET", f"/api/v1/cases/{campaign}/members/timeline?limit=250&cursor={timeline['next']}")
        count.equal(timeline["filings"][0]["document"], "campaign_add", "the timeline is over all, last first")
        count.equal(len(timeline["filings"]) + len(rest["filings"]), 4 + 5, "four cases with five filings, and four above")
        csirt.must_file("campaign", "campaign_remove", {"cases": [alpha_case], "ground": "Another cause."}, case=campaign)
        count.status(alpha.get(f"/api/v1/filings/{guidance}"), 404, "who goes out no longer sees it")
        seen = alpha.need(200, "GET", f"/api/v1/cases/{alpha_case}")
        count.check("shared" not in seen and duties(alpha, alpha_case) == before[alpha_case], "and its case is whole, as before")
        count.equal(csirt.need(200, "GET", f"/api/v1/cases/{campaign}/parties")["total"], 3, "three are left")
        csirt.must_file("campaign", "campaign_count", {"count_as": "each", "count_ground": "Not the same way in."}, case=campaign)
        history = [f["document"] for f in csirt.need(200, "GET", f"/api/v1/cases/{campaign}")["filings"]]
        count.equal(history.count("campaign_count"), 1, "how it is counted has a history")
        settled(csirt, campaign)
        count.equal({name: total(csirt, name) for name in apart}, apart, "each stands for itself again")
        csirt.must_file("campaign", "campaign_guidance_withdrawal", {"guidance": guidance, "reason": "A wrong name."}, case=campaign)
        shared = delta.need(200, "GET", f"/api/v1/cases/{delta_case}")["shared"]
        count.equal([(s["document"], s["status"]) for s in shared], [("campaign_guidance", "withdrawn"), ("campaign_guidance_withdrawal", "filed")], "taken back, and said so in each case")

        def snapshot():
            return json.dumps([csirt.need(200, "GET", f"/api/v1/cases/{campaign}/parties?limit=250"), csirt.need(200, "GET", f"/api/v1/cases/{delta_case}")["above"]], sort_keys=True)

        settled(csirt, campaign)
        with contextlib.closing(sqlite3.connect(f"file:{node.folder}/node.db?mode=ro", uri=True)) as db:
            told = sorted((json.loads(content)["to"]["entity"], case) for case, content in db.execute("SELECT case_id, content FROM outbox WHERE filing_id = ?", (guidance,)))
        count.equal(told, sorted((entity, case) for _, entity, case in world.companies[:3]), "each entity was told of its own case")
        held = snapshot()
        node.stop()
        for words in (["rebuild", node.folder], ["law", "replay", node.folder]):
            run = subprocess.run([v.VARDE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            count.equal(run.returncode, 0, f"{words[0]}: {run.stdout[-400:]}")
        node.start()
        csirt.move(node.url)
        count.equal(snapshot(), held, "a rebuild makes the same")
        csirt.must_file("campaign", "campaign_withdrawal", {"reason": "No common cause."}, case=campaign)
        for client, _, case in world.companies:
            client.move(node.url)
            count.check(client.get(f"/api/v1/cases/{case}").json["state"] in ("reported", "notified"), "the cases stay whole")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
