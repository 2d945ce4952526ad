#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""EU-CyCLONe on the Union's node, as an exercise: what the facts point to is shown and declares nothing; the head of the chair declares; members' reports are
merged with who said what; the Commission observes until the condition holds; the hand-over is taken by another person. The exercise
says so wherever it speaks, and reaches no live peer."""
import subprocess
import sys
import time

import varde_client as v

count = v.Count()


def settled(client, case, seconds=15):
    until = time.monotonic() + seconds
    while client.need(200, "GET", f"/api/v1/cases/{case}/parties")["waiting"] > 0 and time.monotonic() < until:
        time.sleep(0.1)


def met(client, case):
    return [i["indication"] for i in client.need(200, "GET", f"/api/v1/cases/{case}")["indications"] if i["is_met"]]


def crisis(node, admin):
    be = node.officer(admin, "be@cyclone.example", "Officer of Belgium", "cyclone-member-be", "quiet waters run deep 1")
    nl = node.officer(admin, "nl@cyclone.example", "Officer of the Netherlands", "cyclone-member-nl", "quiet waters run deep 2")
    enisa = node.officer(admin, "desk@enisa.example", "Secretariat", "enisa", "quiet waters run deep 3")
    chair = node.officer(admin, "chair@presidency.example", "Chair", "chair", "quiet waters run deep 4", role="head")
    night = node.officer(admin, "night@presidency.example", "Night chair", "chair", "quiet waters run deep 5")
    commission = node.officer(admin, "desk@commission.example", "Commission", "commission", "quiet waters run deep 6")
    facts = {"title": "Power grid", "text": "Outages.", "is_significant": True, "states_affected": ["BE", "NL"], "services": "none"}
    case = be.must_file("crisis", "situation", facts)["case"]
    settled(enisa, case)
    count.equal(enisa.need(200, "GET", f"/api/v1/cases/{case}/parties")["total"], 27, "a member of each state is a party")
    count.equal(met(enisa, case), ["P1", "P2"], "significant and cross-border")
    count.equal(enisa.need(200, "GET", f"/api/v1/cases/{case}")["state"], "watched", "and nothing is declared")
    count.equal([c["id"] for c in commission.need(200, "GET", "/api/v1/cases?workspace=crisis")["cases"]], [case], "the Commission observes")
    count.problem(commission.file("crisis", "commission_contribution", {"text": "We see."}, case=case), 422, "crisis.observer_files", "as observer it files nothing")
    count.problem(chair.file("crisis", "commission_part", {"part": "member", "ground": "Wanted."}, case=case), 422, "crisis.commission_observer", "nor is it made a member without the condition")
    be.must_file("crisis", "situation", {**facts, "states_significant": ["BE", "NL"], "services": "likely", "security_risk": True}, case=case)
    settled(enisa, case)
    count.equal(met(enisa, case), ["P1", "P2", "P3", "P4", "P5"], "large-scale, the Commission a member, a crisis: as far as the facts go")
    count.equal(enisa.need(200, "GET", f"/api/v1/cases/{case}")["state"], "watched", "still nothing is declared")
    chair.must_file("crisis", "commission_part", {"part": "member", "ground": "Impact in two states."}, case=case)
    commission.must_file("crisis", "commission_contribution", {"text": "Our view."}, case=case)
    enisa.must_file("crisis", "report_call", {"text": "How is it?", "report_by": v.instant(3600)}, case=case)
    settled(enisa, case)
    report = nl.must_file("crisis", "state_report", {"affected": "yes", "situation": "Two regions without power."}, case=case)["filing"]
    answers = enisa.need(200, "GET", f"/api/v1/cases/{case}/answers?document=state_report")
    count.equal([(a["of_state"], a["filing"], a["fields"]["situation"]) for a in answers["answers"]], [("NL", report, "Two regions without power.")], "each text with its state")
    count.equal((len(answers["missing"]), "BE" in [m["of_state"] for m in answers["missing"]]), (26, True), "and who has not reported")
    enisa.must_file("crisis", "situation_report", {"as_of": v.instant(-60), "summary": "Two states.", "by_state": [{"state": "NL", "report": report, "text": "Two regions without power."}],
                                                   "missing": ["BE"]}, case=case)
    count.status(night.file("crisis", "declaration", {"level": "large_scale", "ground": "The facts."}, case=case), 403, "an officer does not declare")
    chair.must_file("crisis", "declaration", {"level": "large_scale", "ground": "After hearing all."}, case=case)
    chair.must_file("crisis", "mode", {"mode": "full", "ground": "Declared."}, case=case)
    chair.must_file("crisis", "decision", {"decision": "Inform the Council.", "at": v.instant(-5), "whom": "The chair."}, case=case)
    handover = chair.must_file("crisis", "chair_handover", {"to_whom": "Night shift", "open_points": "Reports."}, case=case)["filing"]
    count.check(chair.file("crisis", "handover_taken", {"handover": handover}, case=case).status in (403, 422), "who hands over does not take it")
    night.must_file("crisis", "handover_taken", {"handover": handover}, case=case)
    now = enisa.need(200, "GET", f"/api/v1/cases/{case}")
    count.equal((now["state"], now["facts"]["level"], now["facts"]["mode_rank"]), ("declared", "large_scale", "3"), "declared, by a person")
    return enisa, case


def exercise_reaches_nobody_live(node, enisa):
    health = node.client().get("/api/v1/health")
    name = (health.json or {}).get("name", "")
    count.check("EXERCISE" in node.client().get("/").data.decode() or "EXERCISE" in name, f"the node's pages say what it is: {name}")
    count.check(node.key.startswith("exercise."), "its key is that of an exercise")
    enisa.must_file("peer", "peer", {"state": "BE", "way": "documents", "office": "Live contact point"})
    enisa.must_file("peer", "peer", {"state": "NL", "way": "exercise", "office": "Exercise contact point"})
    count.equal(sorted((p["peer"] if "peer" in p else p["name"], p["way"]) for p in enisa.need(200, "GET", "/api/v1/peers")["peers"]), [("state:BE", "documents"), ("state:NL", "exercise")], "two peers")


def main():
    run = subprocess.run([v.VARDE, "init", "/nonexistent/x", "--state", "EU", "--name", "X", "--exercise", "--log", "varde.live/eu"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    count.check(run.returncode != 0 and "exercise" in run.stdout, f"an exercise can't have a live log's name: {run.stdout}")
    node = v.Node(state="EU", name="The Union's exercise", more=["--exercise"])
    node.start()
    try:
        admin = node.administrator()
        enisa, case = crisis(node, admin)
        exercise_reaches_nobody_live(node, enisa)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
