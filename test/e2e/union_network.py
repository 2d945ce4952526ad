#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The CSIRTs network on the Union's node: a member keeps an incident to itself until it asks; those asked are parties of the case, are told,
answer and contribute, read each other; who was not asked knows nothing; and a rebuild gives the same."""
import json
import os
import subprocess
import sys
import time

import varde_client as v

count = v.Count()


class World:
    def __init__(self, node):
        admin = node.administrator()
        self.lu = node.officer(admin, "night@lu.example", "Officer of Luxembourg", "csirt-member-lu", "quiet waters run deep 1")
        self.be = node.officer(admin, "night@be.example", "Officer of Belgium", "csirt-member-be", "quiet waters run deep 2")
        self.be_colleague = node.officer(admin, "day@be.example", "Reader of Belgium", "csirt-member-be", "quiet waters run deep 3", role="reader")
        self.fr = node.officer(admin, "night@fr.example", "Officer of France", "csirt-member-fr", "quiet waters run deep 4")
        self.nl = node.officer(admin, "night@nl.example", "Officer of the Netherlands", "csirt-member-nl", "quiet waters run deep 5")
        self.enisa = node.officer(admin, "desk@enisa.example", "Secretariat", "enisa", "quiet waters run deep 6")
        self.commission = node.officer(admin, "desk@commission.example", "Observer", "commission", "quiet waters run deep 7")


def settled(client, case, seconds=15):
    until = time.monotonic() + seconds
    while client.need(200, "GET", f"/api/v1/cases/{case}/parties")["waiting"] > 0 and time.monotonic() < until:
        time.sleep(0.1)


def deliveries_of_a_party(w, case):
    """Nobody gave an address, so that each message is a task: of the office that it was for, and of no other that was asked."""
    until = time.monotonic() + 15
    while not w.be.need(200, "GET", "/api/v1/deliveries?state=failed")["items"] and time.monotonic() < until:
        time.sleep(0.1)
    mine = w.be.need(200, "GET", "/api/v1/deliveries?state=failed")["items"]
    count.equal([(d["case"], d["to"], d["medium"]) for d in mine], [(case, "csirt-member-be", "none")], "a party is shown what did not reach its office, with the case")
    count.equal([d["to"] for d in w.be.need(200, "GET", f"/api/v1/deliveries?case={case}")["items"]], ["csirt-member-be"], "in the case too, and no other party's")
    count.equal(w.be.need(200, "GET", f"/api/v1/reminders?case={case}")["items"], [], "what others are reminded of is not a party's")
    count.status(w.nl.get(f"/api/v1/deliveries?case={case}"), 404, "who was not asked learns nothing")
    count.equal(w.nl.need(200, "GET", "/api/v1/deliveries?state=failed")["items"], [], "and has no task")
    count.status(w.nl.post(f"/api/v1/deliveries/{mine[0]['id']}/close", {"words": "?"}), 404, "nor can it end one")
    count.status(w.fr.post(f"/api/v1/deliveries/{mine[0]['id']}/close", {"words": "?"}), 404, "nor can another party")
    count.status(w.be.post(f"/api/v1/deliveries/{mine[0]['id']}/close", {"words": "Told by phone."}), 204, "its own office does")


def answers_from_the_command_line(node, w, case):
    def varde(client, *words):
        run = subprocess.run([v.VARDE, *words, "--url", node.url, "--data", node.folder], capture_output=True, text=True, check=False,
                             env={**os.environ, "VARDE_TOKEN": client.make_token("answers", ["read"])})
        return run.returncode, run.stdout
    code, out = varde(w.enisa, "answers", case, "answer")
    count.check(code == 0 and "csirt-member-be" in out and "taking_part" in out and "Nothing of ours." in out, f"varde answers: {out}")
    code, out = varde(w.enisa, "answers", case, "contribution")
    count.check(code == 0 and out.startswith("Not answered:") and "csirt-member-fr" in out, f"varde answers, of those who have not: {out}")
    count.equal(varde(w.nl, "answers", case, "answer")[0], 1, "who was not asked gets no answers")


def request_is_driven_by_its_member(node, w):
    matter = {"title": "Break-in at a provider", "task": "respond", "text": "Remote access with stolen credentials.", "tlp": "TLP:AMBER"}
    case = w.lu.must_file("network_request", "matter", matter)["case"]
    for other in (w.be, w.fr, w.nl, w.enisa, w.commission):
        count.status(other.get(f"/api/v1/cases/{case}"), 404, "with the member alone before it asks")
    count.equal([c["id"] for c in w.lu.need(200, "GET", "/api/v1/cases?workspace=network")["cases"]], [case], "it stands in the member's own list")
    count.equal(w.enisa.need(200, "GET", "/api/v1/cases?workspace=network")["cases"], [], "and in no other's")
    count.problem(w.lu.file("network_request", "request", {"asked": "Look.", "of_whom": "offices", "offices": ["csirt-member-xx"]}, case=case), 422, "filing.party_unknown", "an office that is not there")
    count.status(w.be.file("network_request", "request", {"asked": "Look.", "of_whom": "all"}, case=case), 404, "another member can't ask in its place")
    w.lu.must_file("network_request", "request", {"asked": "Please look for the same accounts.", "of_whom": "states", "states": ["BE", "FR"],
                                                  "answer_by": v.instant(24 * 3600), "is_urgent": True}, case=case)
    settled(w.lu, case)
    parties = w.lu.need(200, "GET", f"/api/v1/cases/{case}/parties")
    count.equal([(p["party"], p["of_state"], p["state"]) for p in parties["parties"]], [("csirt-member-be", "BE", "asked"), ("csirt-member-fr", "FR", "asked")], "the members of both states")
    count.status(w.nl.get(f"/api/v1/cases/{case}"), 404, "who was not asked knows nothing of it")
    count.status(w.commission.get(f"/api/v1/cases/{case}"), 404, "nor the Commission, unless the member lets it")
    count.status(w.enisa.get(f"/api/v1/cases/{case}"), 200, "the secretariat sees it now")

    called = w.be.need(200, "GET", "/api/v1/pages?office=csirt-member-be")["items"]
    count.equal([(p["case"], p["state"]) for p in called], [(case, "open")], "its people on call are woken, as the request said")

    deliveries_of_a_party(w, case)
    seen = w.be.need(200, "GET", f"/api/v1/cases/{case}")
    count.check(seen["is_party"] and "facts" not in seen, "a party sees its part, not the case's own facts")
    count.equal([f["document"] for f in seen["filings"]], ["matter"], "and what is for parties")
    count.equal([o["party"] for o in seen["others"]], ["csirt-member-fr"], "and who else was asked")
    count.equal([d["duty"] for d in seen["duties"]], ["answer"], "it owes an answer")
    count.equal(sorted(n["document"] for n in seen["next"]), ["answer", "contribution"], "and may file it")
    count.equal([c["id"] for c in w.be.need(200, "GET", "/api/v1/cases?office=csirt-member-be")["cases"]], [case], "it stands in the list of its office")
    count.status(w.be.get("/api/v1/cases?office=csirt-member-fr"), 404, "not in that of another")
    matter_filing = seen["filings"][0]["id"]
    count.equal(w.be.need(200, "GET", f"/api/v1/filings/{matter_filing}")["fields"]["text"], matter["text"], "it reads the matter")
    count.status(w.nl.get(f"/api/v1/filings/{matter_filing}"), 404, "who is not asked does not")

    answer = w.be.must_file("network_request", "answer", {"reading": "taking_part", "text": "We look."}, case=case)["filing"]
    count.status(w.be_colleague.file("network_request", "answer", {"reading": "declined", "text": "No."}, case=case), 403, "a reader of the office does not file")
    count.equal(w.be_colleague.need(200, "GET", f"/api/v1/filings/{answer}")["fields"]["text"], "We look.", "but reads what the office filed")
    count.equal(w.fr.need(200, "GET", f"/api/v1/filings/{answer}")["fields"]["text"], "We look.", "parties read each other")
    count.equal(w.lu.need(200, "GET", f"/api/v1/filings/{answer}")["header"]["office"], "csirt-member-be", "and it says for whom it was filed")
    count.status(w.nl.get(f"/api/v1/filings/{answer}"), 404, "others don't")
    count.problem(w.nl.file("network_request", "answer", {"reading": "taking_part", "text": "Me too."}, case=case), 404, "access.no_case", "nor answer")
    w.fr.must_file("network_request", "answer", {"reading": "declined", "text": "Nothing of ours."}, case=case)
    answers = w.enisa.need(200, "GET", f"/api/v1/cases/{case}/answers?document=answer")
    count.equal([(a["of_state"], a["fields"]["reading"]) for a in answers["answers"]], [("BE", "taking_part"), ("FR", "declined")], "the answers side by side, each with its state")
    answers_from_the_command_line(node, w, case)
    answers = w.be.need(200, "GET", f"/api/v1/cases/{case}/answers?document=contribution")
    count.equal([m["of_state"] for m in answers["missing"]], ["BE", "FR"], "and who has not contributed")
    w.lu.must_file("network_request", "request_widened", {"offices": ["csirt-member-nl"]}, case=case)
    settled(w.lu, case)
    count.equal([d["duty"] for d in w.nl.need(200, "GET", f"/api/v1/cases/{case}")["duties"]], ["answer"], "a further member is asked")
    w.be.must_file("network_request", "contribution", {"text": "Accounts blocked.", "is_last": True}, case=case)
    w.lu.must_file("network_request", "plan", {"text": "Together.", "steps": [{"step": "Block", "office": "csirt-member-be"}]}, case=case)
    w.lu.must_file("network_request", "conclusion", {"text": "It is over."}, case=case)
    settled(w.lu, case)
    return case


def views(w, case):
    return json.dumps([w.lu.need(200, "GET", f"/api/v1/cases/{case}/parties"), w.be.need(200, "GET", f"/api/v1/cases/{case}"),
                       w.lu.need(200, "GET", f"/api/v1/cases/{case}/parties/csirt-member-fr")], sort_keys=True)


def main():
    mail = "mail: {server: localhost, port: 9, tls: starttls, from: varde@node.example}\n"  # a node that sends mail, and has no addresses
    node = v.Node(state="EU", name="The Union's test node", edit=lambda text: text + mail).start()
    try:
        w = World(node)
        case = request_is_driven_by_its_member(node, w)
        held = views(w, case)
        node.stop()
        for words in (["rebuild", node.folder], ["law", "replay", node.folder]):
            run = subprocess.run([v.VARDE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            count.equal(run.returncode, 0, f"{' '.join(words)}: {run.stdout}")
        node.start()
        for client in vars(w).values():
            client.move(node.url)
        count.equal(views(w, case), held, "the same after a rebuild")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
