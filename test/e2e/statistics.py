#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Figures over a register and its incidents: counted right, small cells withheld so that they can't be computed back, frozen by a
filing, reviewed by another officer, filed, published; CSV without formulas; nothing for whom it is not."""
import csv
import io
import sys
import time

import varde_client as v

count = v.Count()
PASSWORD = "a row of stones by the water"


def codes(client):
    """Codes of types that the catalogue has, by sector and subsector."""
    rows = client.need(200, "GET", "/api/v1/law/types")["types"]
    return {row["code"]: (row["sector"], row.get("subsector")) for row in rows if row.get("scheme", "annex_1") == "annex_1"}


def fill(company, ca, known):
    """Companies of some sectors, approved; more of them in some than in others."""
    wanted, made = [], []
    by_sector = {}
    for code, (sector, _) in known.items():
        by_sector.setdefault(sector, code)
    for number, (sector, code) in zip((7, 6, 2, 9, 1), by_sector.items()):
        wanted += [(sector, code)] * number
    for i, (sector, code) in enumerate(wanted):
        filed = company.must_file("registration", "registration", v.registration(f"Figure {i} (invented)", [code]))
        ca.must_file("registration", "approval", {"class": "essential" if i % 3 else "important"}, case=filed["case"])
        made.append((filed["entity"], sector, "essential" if i % 3 else "important"))
    return made


def cells(figures, table):
    """{coordinates: (value, withheld)}"""
    rows = next(t for t in figures["tables"] if t["table"] == table)["cells"]
    measure = list(figures["definition"]["measures"])[0]
    return {tuple(sorted(row["at"].items())): (row[measure], measure in row["withheld"]) for row in rows}


def check_sums(found, dimension, what):
    """The parts of a total, where nothing of it is withheld."""
    total = found[()][0]
    parts = [value for at, (value, _) in found.items() if len(at) == 1 and at[0][0] == dimension]
    count.equal(sum(parts), total, f"{what}: parts add up to the total")


def entities(node, company, ca, spoc, second, made):
    day = time.strftime("%Y-%m-%d")
    path = f"/api/v1/statistics/entity_counts?period={day}"
    now = spoc.need(200, "GET", path)
    found = cells(now, "sectors")
    count.equal(now["stage"], None, "figures as they stand are of no stage")
    count.equal(found[()][0], len(made), "all entities are counted")
    for sector in {s for _, s, _ in made}:
        wanted = sum(1 for _, s, _ in made if s == sector)
        count.equal(found[(("sector", sector),)][0], wanted, f"entities of {sector}")
    check_sums(found, "sector", "entities")
    small = {at for at, (value, _) in found.items() if 0 < value < now["suppression"]["below"]}
    withheld = {at for at, (_, is_withheld) in found.items() if is_withheld}
    count.check(small and small <= withheld, "small cells would be withheld")
    count.check(len(withheld) > len(small), "and others beside them")
    count.check(now["suppression"]["is_safe"], "so that none can be computed back")
    nobody = node.client()
    count.status(nobody.get(path), 404, "nothing is public yet")
    count.status(company.get(path), 404, "nor for a company")
    count.status(company.get("/api/v1/statistics/timeliness"), 404, "what is never public does not exist for a company")

    prepared = spoc.must_file("summary", "preparation", {"statistic": "entity_counts", "day": day}, **{"as": "spoc"})
    count.equal(prepared["state"], "prepared", "figures are prepared")
    review = {"figures": prepared["filing"], "verdict": "approved"}
    count.problem(spoc.file("summary", "review", review, case=prepared["case"]), 403, "filing.second_person", "who prepared does not review")
    again = spoc.must_file("summary", "preparation", {"statistic": "entity_counts", "day": day}, case=prepared["case"])
    count.problem(second.file("summary", "review", review, case=prepared["case"]), 409, "statistic.old", "old figures are not reviewed")
    second.must_file("summary", "review", dict(review, figures=again["filing"]), case=prepared["case"])
    count.status(spoc.file("summary", "quarterly_summary", {}, case=prepared["case"]), 422, "another statistic is no quarterly summary")
    spoc.must_file("summary", "figures_filed", {"to_whom": "commission"}, case=prepared["case"])
    count.status(nobody.get(path), 404, "filed is not published")
    filed = spoc.need(200, "GET", path + "&view=filed")
    count.equal(cells(filed, "sectors"), found, "what was filed is what was seen")

    # the register moves on; what was filed does not
    more = company.must_file("registration", "registration", v.registration("Late comer (invented)", ["EN_EL_DSO"]))
    ca.must_file("registration", "approval", {"class": "essential"}, case=more["case"])
    count.equal(cells(spoc.need(200, "GET", path), "sectors")[()][0], len(made) + 1, "as it stands now there is one more")
    count.equal(cells(spoc.need(200, "GET", path + "&view=filed"), "sectors")[()][0], len(made), "as filed there is not")

    spoc.must_file("summary", "publication", {}, case=prepared["case"])
    public = nobody.need(200, "GET", path)
    shown = cells(public, "sectors")
    count.equal({at for at, (value, _) in shown.items() if value is None}, withheld, "what is withheld has no value")
    count.check(all(shown[at] == found[at] for at in shown if at not in withheld), "all else is what was filed")
    reasons = {reason for row in public["tables"][0]["cells"] for reason in row["withheld"].values()}
    count.equal(reasons, {"withheld"}, "nobody learns which of the withheld cells is small")
    count.check("units" not in public and "case" not in public, "nor of which case they are")
    return path, withheld


def as_csv(node, path, withheld):
    answer = node.client().get(path + "&format=csv")
    count.status(answer, 200, "figures as CSV")
    count.check(answer.header("content-type").startswith("text/csv"), "its type")
    text = answer.data.decode()
    count.check("\r\n" in text and "\n" not in text.replace("\r\n", ""), "lines end as RFC 4180 has it")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    count.equal(sum(1 for r in rows if r["table"] == "sectors" and r["entities"] == ""), len(withheld), "withheld cells are empty")
    count.check(not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values() if value), "nothing is a formula")


def incidents(company, csirt, spoc, made):
    """A few notifications of this quarter."""
    kinds = {"significant_incident": 0, "incident": 0, "near_miss": 0}
    for i, (entity, _, _) in enumerate(made[:12]):
        filed = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)
        kinds["significant_incident"] += 1
        if i < 6:
            csirt.must_file("incident", "answer", {"feedback": "Seen."}, case=filed["case"])
            company.must_file("incident", "notification", v.notification(recipients_count=100 + i, cause_kind="human_error"), case=filed["case"])
        if i == 0:
            company.must_file("incident", "withdrawal_request", {"reason": "A test."}, case=filed["case"])
            csirt.must_file("incident", "withdrawal", {"reason": "A test."}, case=filed["case"])
            kinds["significant_incident"] -= 1
        if i == 1:
            company.must_file("incident", "not_significant", {"assessed_at": v.instant(-60), "reason": "Found harmless."}, case=filed["case"])
            kinds["significant_incident"] -= 1
            kinds["incident"] += 1
    for _ in range(2):
        company.must_file("incident", "voluntary_notification", {"kind": "near_miss", "summary": "Almost."})
        kinds["near_miss"] += 1
    now = time.gmtime()
    quarter = f"{now.tm_year}-Q{(now.tm_mon - 1) // 3 + 1}"
    figures = spoc.need(200, "GET", f"/api/v1/statistics/quarterly_summary?period={quarter}")
    found = cells(figures, "kinds")
    count.equal(found[()][0], sum(kinds.values()), "a withdrawn case is not counted")
    for kind, number in kinds.items():
        count.equal(found[(("notification", kind),)][0], number, f"notifications: {kind}")
    count.equal(found[(("obligation", "voluntary"),)][0], 2, "voluntary ones")
    check_sums(found, "notification", "notifications")
    causes = cells(figures, "causes")
    count.equal(causes[(("cause", "human_error"),)][0], 5, "by cause")
    total = next(row for row in figures["tables"][0]["cells"] if row["at"] == {})
    count.equal(total["recipients"], sum(100 + i for i in range(1, 6)), "recipients add up, the withdrawn case's not")
    answers = cells(spoc.need(200, "GET", f"/api/v1/statistics/annual_statistics?period={now.tm_year}"), "answers")
    count.equal(answers[(("answer", "within"),)][0], 5, "answered within 24 hours")
    timely = cells(spoc.need(200, "GET", f"/api/v1/statistics/timeliness?period={quarter}"), "duties")
    count.check(timely[(("duty", "answer"), ("status", "in_time"))][0] == 5, "duties by when they were done")
    count.problem(spoc.file("summary", "preparation", {"statistic": "quarterly_summary", "day": time.strftime("%Y-%m-%d")}), 422,
                  "statistic.period_open", "a quarter that is not over is not filed")
    count.problem(spoc.get("/api/v1/statistics/quarterly_summary?period=2026-13"), 422, "statistic.period", "a period that is none")
    earlier = spoc.need(200, "GET", "/api/v1/statistics/quarterly_summary?period=2020-Q1")
    count.equal(earlier["tables"][0]["cells"], [], "a quarter without notifications has no cells")


def main():
    node = v.Node()
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@figures.example", "Officer of the authority", "ca", PASSWORD)
        csirt = node.officer(admin, "csirt@figures.example", "Officer of the CSIRT", "csirt", PASSWORD)
        spoc = node.officer(admin, "spoc@figures.example", "Officer of the contact point", "spoc", PASSWORD)
        second = node.officer(admin, "second@figures.example", "Second officer", "spoc", PASSWORD)
        company = node.person("many@figures.example", "Law firm", "a quiet harbour at dusk")
        made = fill(company, ca, codes(company))
        path, withheld = entities(node, company, ca, spoc, second, made)
        as_csv(node, path, withheld)
        incidents(company, csirt, spoc, made)
        listed = {row["statistic"] for row in node.client().need(200, "GET", "/api/v1/statistics")["statistics"]}
        count.check("entity_counts" in listed and "timeliness" not in listed, "the public list has what may be public")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
