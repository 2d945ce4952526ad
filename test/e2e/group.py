#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The Cooperation Group on the Union's node: its work programme with a comment round of several states and adoption, a meeting whose final agenda everybody reads, with its calendar entry, a guest who sees that meeting
alone, and the chair that follows the Presidency."""
import json
import subprocess
import sys

from varde_client import Count, Node, instant

PASSWORD = "a beacon on the hill 1"


def union_node(edit=None):
    return Node(state="EU", name="Union", edit=edit).start()


def file(client, procedure, document, fields, case=None, as_=None, status=201, entity=None):
    body = {"procedure": procedure, "document": document, "fields": fields}
    for name, value in (("case", case), ("as", as_), ("entity", entity)):
        if value:
            body[name] = value
    return client.need(status, "POST", "/api/v1/filings", body)


# Reads a calendar with Debian's icalendar, whichever Python runs this.
READ = """
import icalendar, json, sys
def text(v): return v.dt.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(v, "dt") else str(v)
events = icalendar.Calendar.from_ical(sys.stdin.buffer.read()).walk("VEVENT")
json.dump([{k.lower(): text(v) for k, v in e.items()} for e in events], sys.stdout)
"""


def events(node, path):
    answer = node.client().get(path)
    assert answer.status == 200, answer
    return json.loads(subprocess.run(["/usr/bin/python3", "-c", READ], input=answer.data, stdout=subprocess.PIPE, check=True).stdout)


def meeting(count, node, commission, irish, italian, guest):
    plan = file(commission, "group_meeting", "meeting", {
        "title": "Plenary", "starts_at": instant(40 * 86400), "ends_at": instant(40 * 86400 + 7200), "place": "Dublin",
        "agenda_by": instant(30 * 86400), "kind": "plenary", "secure": False})
    case = plan["case"]
    file(irish, "group_meeting", "draft_agenda", {"items": [{"item": "Welcome"}]}, case, "chair")
    count.problem(italian.post("/api/v1/filings", {"procedure": "group_meeting", "document": "draft_agenda", "case": case, "as": "chair",
                                                   "fields": {"items": [{"item": "Ciao"}]}}), 403, "access.not_officer", "Italy is not in the chair")
    file(italian, "group_meeting", "agenda_comment", {"text": "Add threats."}, case)
    count.equal(node.client().get("/api/v1/public").json["documents"], [], "a draft is not public")
    count.status(guest.get(f"/api/v1/cases/{case}"), 404, "the guest before the invitation")
    invited = file(commission, "group_meeting", "invitation", {"guest": guest.person, "capacity": "stakeholder", "scope": "Item 2"}, case)["filing"]
    count.status(guest.get(f"/api/v1/cases/{case}"), 200, "the guest after it")
    count.equal([c["id"] for c in guest.get("/api/v1/cases?workspace=group").json["cases"]], [case], "the guest's list")
    other = file(commission, "group_meeting", "meeting", {
        "title": "Other", "starts_at": instant(50 * 86400), "ends_at": instant(50 * 86400 + 7200), "place": "Secret", "kind": "cer_group", "secure": True})["case"]
    count.status(guest.get(f"/api/v1/cases/{other}"), 404, "the guest and another meeting")
    file(guest, "group_meeting", "invitation_answer", {"coming": True}, case)
    agenda = {"title": "Plenary of the Cooperation Group, spring; with guests", "starts_at": instant(40 * 86400), "ends_at": instant(40 * 86400 + 7200), "place": "Dublin, Castle",
              "items": [{"item": "Welcome", "lead": "Chair"}, {"item": "Threats"}]}
    final = file(commission, "group_meeting", "final_agenda", agenda, case)["filing"]
    file(commission, "group_meeting", "final_agenda", agenda, other)
    listed = node.client().get("/api/v1/public?procedure=group_meeting").json["documents"]
    count.equal([d["id"] for d in listed], [final], "the secure meeting is not published")
    count.equal(listed[0]["title"], agenda["title"], "title of the publication")
    answer = node.client().get(f"/api/v1/public/{final}")
    names = {f["name"]: f["value"] for f in answer.json["fields"]}
    count.equal(names["items"][1]["item"], "Threats", "the agenda is read by everybody")
    count.check("case" not in answer.json and case not in answer.data.decode(), "the case stays inside")
    count.status(node.client().get(f"/api/v1/public/{final}", headers={"If-None-Match": answer.header("etag")}), 304, "the same again")
    receipt = node.client().get(f"/api/v1/public/{final}/receipt")
    native, python = node.verify_both(receipt.json)
    count.check(native.get("valid", True) and python.get("valid", True), f"the public receipt: {native} {python}")
    page = node.client().get(f"/public/{final}")
    count.check(page.status == 200 and "Threats" in page.data.decode() and "<script" not in page.data.decode(), "the page")
    one = events(node, f"/api/v1/public/{final}/calendar.ics")
    count.equal([(e["summary"], e["location"], e["sequence"], e["status"]) for e in one],
                [(agenda["title"], "Dublin, Castle", "0", "CONFIRMED")], "the event")
    count.equal(one[0]["dtstart"], agenda["starts_at"], "it begins in UTC")
    moved = dict(agenda, starts_at=instant(41 * 86400), ends_at=instant(41 * 86400 + 7200))
    second = file(commission, "group_meeting", "final_agenda", moved, case)["filing"]
    again = events(node, "/api/v1/public/calendar.ics")
    count.equal([(e["uid"], e["sequence"]) for e in again], [(one[0]["uid"], "2")], "moved: the same event, a later sequence")
    latest = node.client().get(f"/api/v1/public/{final}").json
    count.equal((latest["filing"], latest["version"], len(latest["versions"])), (second, 2, 2), "the address leads to the latest version")
    count.equal(node.client().get(f"/api/v1/public/{final}?version=1").json["filing"], final, "the first version stays")
    file(commission, "group_meeting", "meeting_cancellation", {"agenda": second, "reason": "No room."}, case)
    count.problem(node.client().get(f"/api/v1/public/{final}"), 410, "publication.gone", "cancelled: gone")
    count.status(node.client().get(f"/public/{final}"), 410, "its page too")
    gone = events(node, "/api/v1/public/calendar.ics")
    count.equal([(e["uid"], e["sequence"], e["status"], "Plenary" in e["summary"]) for e in gone],
                [(one[0]["uid"], "3", "CANCELLED", False)], "cancelled in the calendar, without its words")
    file(commission, "group_meeting", "invitation_end", {"invitation": invited, "reason": "No meeting."}, case)
    count.status(guest.get(f"/api/v1/cases/{case}"), 404, "the guest after the end of the invitation")


def spilled(count, node, commission):
    case = file(commission, "group_meeting", "meeting", {
        "title": "Stakeholders", "starts_at": instant(60 * 86400), "ends_at": instant(60 * 86400 + 7200), "place": "Brussels", "kind": "stakeholders", "secure": False})["case"]
    agenda = file(commission, "group_meeting", "final_agenda", {
        "title": "Stakeholders", "starts_at": instant(60 * 86400), "ends_at": instant(60 * 86400 + 7200), "place": "Brussels", "items": [{"item": "A secret"}]}, case)["filing"]
    count.status(node.client().get(f"/api/v1/public/{agenda}"), 200, "published")
    file(commission, "group_meeting", "spill", {"filing": agenda, "kind": "classified", "reason": "It should not be there."}, case)
    count.problem(node.client().get(f"/api/v1/public/{agenda}"), 410, "publication.gone", "frozen: gone at once")
    count.status(node.client().get(f"/api/v1/public/{agenda}/calendar.ics"), 410, "its event too")
    count.equal([d["id"] for d in node.client().get("/api/v1/public").json["documents"]], [], "and from the list")


def programme(count, node, commission, irish, italian, estonian):
    """The work programme: a comment round of three states, silence that one breaks, adoption by consensus, published."""
    draft = {"period_from": "2026-02-01", "period_until": "2028-01-31", "objectives": "More of the same.", "actions": [{"action": "Guidance on 21(2)", "lead": "EE"}]}
    case = file(commission, "work_programme", "programme", draft)["case"]
    count.status(italian.get(f"/api/v1/cases/{case}"), 200, "members see the draft")
    early = italian.post("/api/v1/filings", {"procedure": "work_programme", "document": "comment", "case": case, "fields": {"reading": "agrees"}})
    count.check(early.status in (403, 422), f"comments before they are asked: {early}")
    file(commission, "work_programme", "comment_round", {"until": instant(14 * 86400), "states": ["IE", "IT", "EE"]}, case)
    file(italian, "work_programme", "comment", {"reading": "comments", "points": [{"place": "Actions", "text": "Add peer reviews.", "proposal": "Two peer reviews a year"}]}, case)
    file(estonian, "work_programme", "comment", {"reading": "agrees"}, case)
    count.problem(estonian.post("/api/v1/filings", {"procedure": "work_programme", "document": "comment", "case": case, "fields": {"reading": "objects"}}),
                  422, "field.required", "an objection says why", "/points")
    answers = commission.get(f"/api/v1/cases/{case}/answers?document=comment")
    text = answers.data.decode()
    count.check(answers.status == 200 and "Add peer reviews." in text and "group-member-it" in text and "group-member-ie" in text, f"comments with their members: {answers}")
    count.check("Add peer reviews." in estonian.get(f"/api/v1/cases/{case}/answers?document=comment").data.decode(), "members read each other's comments")
    owed = irish.get("/api/v1/cases/" + case)
    count.status(owed, 200, "Ireland's view")
    file(irish, "work_programme", "silence_procedure", {"until": instant(3 * 86400)}, case, "chair")
    adopted = {"title": "Work programme 2026-2028", "text": "As agreed.", "result": "silence", "adopted_on": instant()[:10], "tlp": "TLP:CLEAR"}
    refuse = {"procedure": "work_programme", "document": "adoption", "case": case, "as": "chair", "fields": adopted}
    count.problem(irish.post("/api/v1/filings", refuse), 422, "adoption.silence_runs", "the silence runs still")
    count.problem(italian.post("/api/v1/filings", {"procedure": "work_programme", "document": "silence_objection", "case": case, "fields": {"state": "EE", "reason": "x"}}),
                  422, "field.own", "Italy does not speak for Estonia", "/fields/state")
    file(italian, "work_programme", "silence_objection", {"state": "IT", "reason": "Peer reviews are missing."}, case)
    count.problem(irish.post("/api/v1/filings", refuse), 422, "adoption.no_silence", "the silence was broken")
    count.equal(node.client().get("/api/v1/public?procedure=work_programme").json["documents"], [], "nothing is public before")
    done = file(irish, "work_programme", "adoption", dict(adopted, result="vote", votes_for=25, votes_against=1, abstained=1), case, "chair")["filing"]
    count.equal(commission.get(f"/api/v1/cases/{case}").json["state"], "adopted", "state")
    listed = node.client().get("/api/v1/public?procedure=work_programme").json["documents"]
    count.equal([(d["id"], d["title"], d["document"]) for d in listed], [(done, "Work programme 2026-2028", "adoption")], "adopted and published")
    amber = file(commission, "group_document", "group_document", {"title": "Threats", "task": "threats", "text": "Ransomware."})["case"]
    file(irish, "group_document", "adoption", {"title": "Threats", "text": "Ransomware.", "result": "consensus", "adopted_on": instant()[:10], "tlp": "TLP:AMBER"}, amber, "chair")
    count.equal(node.client().get("/api/v1/public?procedure=group_document").json["documents"], [], "what is TLP:AMBER is not published")
    for document, request in (("adoption", dict(adopted, result="consensus")),):
        count.status(italian.post("/api/v1/filings", {"procedure": "group_document", "document": document, "case": amber, "as": "chair", "fields": request}), 403, "only the chair adopts")


def main():
    count = Count()
    node = union_node()
    try:
        admin = node.administrator()
        commission = node.officer(admin, "com@node.example", "Secretariat", "commission", PASSWORD)
        irish = node.officer(admin, "ie@node.example", "Ireland", "group-member-ie", PASSWORD)
        italian = node.officer(admin, "it@node.example", "Italy", "group-member-it", PASSWORD)
        guest = node.officer(admin, "guest@node.example", "A guest", "guest", PASSWORD)
        meeting(count, node, commission, irish, italian, guest)
        spilled(count, node, commission)
        estonian = node.officer(admin, "ee@node.example", "Estonia", "group-member-ee", PASSWORD)
        programme(count, node, commission, irish, italian, estonian)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
