#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""One conduct in several cases (Article 35(2)): which cases the program proposes, and an officer joins; a fine of the data protection
authority that stands in one of them bars a fine in each, through others too, and no longer once that is taken back or the fine annulled; who may
not see a case learns that the bar is there, and nothing of where; and the same again after a rebuild."""
import os
import subprocess
import sys

import varde_client as v

count = v.Count()
SUPERVISION = "supervision"
RED = "the red tower stands 1"
FINE = {"provisions": ["21"], "undertaking": "The group.", "turnover": "2000000000", "turnover_year": 2025, "amount": "1000", "serious": ["none"], "seriousness": "Grave.",
        "duration": "Half a year.", "previous": "None.", "damage": "None known.", "intent": "Negligence.", "mitigation": "Some.", "codes": "None.", "cooperation": "Slow.",
        "reasoning": "The policies of Article 21 are missing since May.", "remedies": "Administrative court, 40 days."}
SAME = "Both look at the policies that were missing in spring."


def opened(ca, company, entity, conducts, **more):
    case = ca.must_file(SUPERVISION, "case_opening", {"ground": "measures", "source": "none", "text": "Plan of the year."}, entity=entity)["case"]
    ca.must_file(SUPERVISION, "findings", {"conducts": [{"conduct": c, "text": "No policies.", "provisions": "21(2)(a)"} for c in conducts], "intended": "A fine.",
                                           "observations_by": v.instant(3600), "personal_data": False, **more}, case=case)
    company.must_file(SUPERVISION, "observations", {"text": "Sorry.", "is_final": True}, case=case)
    return case


def strand(who, case):
    return who.need(200, "GET", f"/api/v1/cases/{case}/strands")["strands"][0]


def notes(who, case):
    return [(n["point"], n["note"], n["is_here"], n.get("case")) for n in strand(who, case)["notes"]]


def join(ca, case, here, other, there):
    return ca.must_file(SUPERVISION, "same_conduct", {"here": here, "other_case": other, "there": there, "reasons": SAME}, case=case)["filing"]


def fine(who, case, *conduct):
    return who.file(SUPERVISION, "fine", {**FINE, "conduct": list(conduct)}, case=case)


def barred(who, case, conduct, what):
    answer = fine(who, case, conduct)
    errors = {e["rule"]: e.get("article") for e in answer.errors()} if answer.is_problem() else {}
    count.equal((answer.status, errors), (422, {"sanctions.fined_by_dpa": "NIS2 35(2)"}), what)


def story(ca, energy, csirt, heat, water):
    first = opened(ca, *heat, "ab", conduct_from="2026-01-05", conduct_until="2026-02-20", incident="C" + "7" * 16)
    second = opened(ca, *heat, "ab", conduct_from="2026-02-01", incident="C" + "7" * 16)
    third = opened(ca, *heat, "a", conduct_from="2025-01-01", conduct_until="2025-02-01")
    other = opened(ca, *water, "a")
    proposed = {c["case"]: c["because"] for c in strand(ca, first)["candidates"]}
    count.equal(proposed, {second: ["same_entity", "period", "same_case"], third: ["same_entity"]}, "which cases it may be, and why; nothing follows by itself")
    count.equal(notes(ca, first), [], "nothing counts yet")
    # who joins sees both, says why, once
    same = {"here": "a", "other_case": other, "there": "a", "reasons": SAME}
    count.problem(energy.file(SUPERVISION, "same_conduct", same, case=first), 422, "filing.link", "who may not see the other case joins nothing with it")
    count.problem(ca.file(SUPERVISION, "same_conduct", dict(same, other_case="C" + "0" * 16), case=first), 422, "filing.link", "nor with one that is not there")
    linked = join(ca, first, "a", other, "a")
    count.problem(ca.file(SUPERVISION, "same_conduct", same, case=first), 409, "strand.same", "that was said already")
    join(ca, second, "b", first, "a")
    count.equal([c["case"] for c in strand(ca, first)["candidates"] if c["is_joined"]], [second], "and is shown as joined")
    etag = ca.need(200, "GET", f"/api/v1/cases/{second}")["version"]
    decided = ca.must_file(SUPERVISION, "dpa_decision", {"conduct": ["a"], "authority": "GBA", "kind": "fine", "decided_on": v.instant()[:10]}, case=other)["filing"]
    count.check(ca.need(200, "GET", f"/api/v1/cases/{second}")["version"] > etag, "a case in which it counts has changed")
    count.equal((notes(ca, first), notes(ca, second)), ([("a", "dpa_fined", False, other)], [("b", "dpa_fined", False, other)]), "it counts in each, through the others too")
    barred(ca, first, "a", "no fine in the case that was joined")
    barred(ca, second, "b", "nor in the one that was joined with that")
    count.equal((fine(ca, second, "a").status, notes(ca, third)), (201, []), "other conduct may be fined, and a case that is not joined is not touched")
    hidden(energy, csirt, heat[0], first, second, other, linked)
    # taken back, from the other end; then the fine annulled
    back = {"joined_by": linked, "reasons": "They are policies of another plant."}
    count.problem(energy.file(SUPERVISION, "same_conduct_ended", back, case=first), 422, "strand.link", "who sees one end alone takes nothing back")
    count.problem(ca.file(SUPERVISION, "same_conduct_ended", dict(back, joined_by=decided), case=first), 422, "strand.link", "nor does one take back what joined nothing")
    count.problem(energy.file(SUPERVISION, "dpa_decision_withdrawn", {"decision": linked, "on": v.instant()[:10], "reason": "Annulled."}, case=first), 422, "strand.link", "nor by another document")
    count.problem(energy.file(SUPERVISION, "same_conduct", {"here": "b", "other_case": second, "there": "a", "reasons": SAME}, case=first, corrects=linked), 422, "strand.link", "nor by a correction")
    ca.must_file(SUPERVISION, "same_conduct_ended", back, case=other)
    count.equal((notes(ca, first), notes(ca, second)), ([], [("a", "fined", True, second)]), "it counts no longer where only that joined it")
    count.equal(fine(ca, first, "a").status, 201, "and the fine is taken")
    barred(ca, other, "a", "where the other authority fined it stays")
    ca.must_file(SUPERVISION, "dpa_decision_withdrawn", {"decision": decided, "on": v.instant()[:10], "reason": "Annulled by the court."}, case=other)
    count.equal(fine(ca, other, "a").status, 201, "until that fine is annulled")
    join(ca, third, "a", first, "a")
    count.equal(sorted(notes(ca, third)), [("a", "fined", False, first)], "that it was fined here before is shown too")
    return [first, second, third, other]


def hidden(energy, csirt, company, first, second, other, linked):
    """Of a case that one may not see: that it counts here, with its ground, and nothing else."""
    shown = strand(energy, first)
    count.equal([(n["note"], n["article"], "case" in n, "since" in n) for n in shown["notes"]], [("dpa_fined", "NIS2 35(2)", False, False)], "that the bar is there, by which article")
    count.equal([(row["case"], row["is_from_here"]) for row in shown["links"]], [(second, False)], "joined cases that she may see, no other")
    barred(energy, first, "a", "and her fine is refused")
    filing = energy.get(f"/api/v1/filings/{linked}")
    count.equal([w["field"] for w in filing.json["withheld"]], ["other_case"], "the filing that joined them does not say with which")
    for path in (f"/api/v1/cases/{first}", f"/api/v1/cases/{first}/strands", f"/api/v1/cases/{first}/timeline", f"/api/v1/filings/{linked}", f"/api/v1/filings/{linked}/receipt"):
        count.check(other not in energy.get(path).data.decode(), f"its number stands nowhere: {path}")
    count.status(energy.get(f"/api/v1/cases/{other}"), 404, "and opens nothing")
    for who in (company, csirt):
        count.status(who.get(f"/api/v1/cases/{first}/strands"), 404, "none of it is the entity's, or another office's")
    seen = company.need(200, "GET", f"/api/v1/cases/{first}")
    count.check("strands" not in seen and "same_conduct" not in [f["document"] for f in seen["filings"]], "not in its case either")


def main():
    node = v.Node()
    try:
        node.start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", RED)
        energy = node.officer(admin, "energy@node.example", "Officer for energy", "ca", RED + "1", sectors=["energy"])
        entities = []
        for number, code in enumerate(("EN_DH_OPER", "DW_SUPPLY")):
            company = node.person(f"security@{number}.example", f"Desk {number}", "a quiet harbour at dusk")
            filed = company.must_file("registration", "registration", v.registration(f"Plant {number} (invented)", [code], national_number=f"BE {number}"))
            ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
            entities.append((company, filed["entity"]))
        cases = story(ca, energy, csirt, *entities)
        said = subprocess.run([v.VARDE, "strands", cases[2], "--url", node.url, "--data", node.folder], capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"], "VARDE_TOKEN": ca.token})
        count.check(said.returncode == 0 and cases[0] in said.stdout and "Counts here:" in said.stdout, f"on the command line: {said.stdout}{said.stderr}")
        before = [strand(ca, case) for case in cases]
        node.stop()
        for command in (["rebuild"], ["law", "replay"]):
            run = subprocess.run([v.VARDE, *command, node.folder], capture_output=True, text=True, check=False)
            count.equal(run.returncode, 0, f"{command}: {run.stdout[-300:]}{run.stderr[-300:]}")
        node.start()
        ca.move(node.url)
        count.equal([strand(ca, case) for case in cases], before, "the same after a rebuild")
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
