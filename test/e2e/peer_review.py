#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A peer review from proposal to publication: experts of two states other than the reviewed one (E20), who reads what when (E21), objection, the lock of
two years between cases."""
import sys

from group import PASSWORD, file, union_node
from varde_client import Count


def refused(count, client, document, fields, case, rule, what, pointer=None, as_=None, status=422):
    body = {"procedure": "peer_review", "document": document, "fields": fields}
    if case:
        body["case"] = case
    if as_:
        body["as"] = as_
    count.problem(client.post("/api/v1/filings", body), status, rule, what, pointer)


def reads(client, case):
    return client.get(f"/api/v1/cases/{case}").status == 200


def review(count, node, people):
    commission, lu, irish, ee, fi, anna, boris, stranger, cert = people
    refused(count, irish, "proposal", {"reviewed": "LU", "topics": ["csirts"], "again": "no"}, None, "field.own", "one proposes oneself only", "/fields/reviewed")
    case = file(lu, "peer_review", "proposal", {"reviewed": "LU", "topics": ["csirts", "sharing"], "again": "no"})["case"]
    refused(count, ee, "scope_notice", {"state": "EE", "scope": "All."}, case, "peer_review.not_reviewed", "the reviewed state says the scope", "/state")
    file(lu, "peer_review", "scope_notice", {"state": "LU", "scope": "Operations of the CSIRT."}, case)
    count.check(reads(ee, case) and not reads(anna, case), "members see it before it begins, an expert not yet")
    expert = {"expert": anna.person, "competence": "Ten years of incident response.", "conflict": "none"}
    refused(count, lu, "designation", dict(expert, state="LU"), case, "peer_review.own_expert", "E20: an expert of the reviewed state", "/state")
    first = file(ee, "peer_review", "designation", dict(expert, state="EE"), case)["filing"]
    refused(count, commission, "clearance", {}, case, "peer_review.one_state", "E20: experts of one state only")
    second = file(fi, "peer_review", "designation", dict(expert, expert=boris.person, state="FI", conflict="risk", conflict_text="Worked there in 2019."), case)["filing"]
    count.check(first != second and reads(anna, case) and reads(boris, case) and not reads(stranger, case), "named experts read it, others of their office don't")
    objection = file(lu, "peer_review", "objection", {"state": "LU", "designation": second, "grounds": "He left after a dispute with our CSIRT."}, case)["filing"]
    refused(count, commission, "clearance", {}, case, "peer_review.objection_open", "an objection is open")
    file(fi, "peer_review", "objection_settled", {"state": "FI", "objection": objection, "how": "replaced", "reason": "Another one comes."}, case)
    file(fi, "peer_review", "designation_end", {"state": "FI", "designation": second, "has_other": False, "reason": "Objection."}, case)
    count.check(not reads(boris, case), "whose designation ended reads no more")
    refused(count, commission, "clearance", {}, case, "peer_review.one_state", "E20: one state is left")
    file(fi, "peer_review", "designation", dict(expert, expert=boris.person, state="FI"), case)
    file(commission, "peer_review", "clearance", {}, case)
    count.check(not reads(ee, case) and not reads(irish, case) and reads(anna, case) and reads(commission, case), "cleared: members see it no more, chair neither")
    count.equal(ee.get("/api/v1/cases?workspace=review").json["cases"], [], "nor in their lists")
    count.equal([c["id"] for c in anna.get("/api/v1/cases?workspace=review").json["cases"]], [case], "the expert's list")
    own = file(lu, "peer_review", "self_assessment", {"text": "We are good at night."}, case)["filing"]
    count.status(anna.get(f"/api/v1/filings/{own}"), 200, "the expert reads the self-assessment")
    file(anna, "peer_review", "review_begun", {"plan": "Two days in May."}, case)
    owed = [d["duty"]["duty"] for d in anna.get("/api/v1/duties?workspace=review").json["duties"]]
    count.check("draft_report" in owed and "peer_review_report" in owed, f"what the experts owe, also what only they see: {owed}")
    count.equal(stranger.get("/api/v1/duties?workspace=review").json["duties"], [], "nothing of it for an expert who was not named")
    count.equal(ee.get("/api/v1/duties?workspace=review").json["duties"], [], "nor for a member")
    asked = file(anna, "peer_review", "question", {"text": "Who is on call?"}, case)["filing"]
    count.status(lu.get(f"/api/v1/filings/{asked}"), 200, "the reviewed state reads the question")
    told = file(lu, "peer_review", "information", {"text": "Two people."}, case)["filing"]
    count.status(boris.get(f"/api/v1/filings/{told}"), 200, "the experts read the answer")
    draft = file(anna, "peer_review", "draft_report", {"findings": "Few people.", "recommendations": "More people."}, case)["filing"]
    file(anna, "peer_review", "draft_sent", {}, case)
    count.status(lu.get(f"/api/v1/filings/{draft}"), 200, "the reviewed state reads the draft")
    for who, name in ((ee, "a designating state"), (irish, "the chair's state"), (stranger, "another expert"), (cert, "CERT-EU")):
        count.status(who.get(f"/api/v1/filings/{draft}"), 404, f"E21: {name} and the draft")
        count.status(who.get(f"/api/v1/cases/{case}"), 404, f"E21: {name} and the case")
    comments = file(lu, "peer_review", "state_comments", {"text": "Three people, in fact."}, case)["filing"]
    file(anna, "peer_review", "comments_noted", {"has_comments": True}, case)
    refused(count, anna, "report", {"text": "Few people.", "to_network": False}, case, "field.required", "the comments are attached", "/comments")
    report = file(anna, "peer_review", "report", {"text": "Few people.", "comments": "Three people, in fact.", "to_network": False}, case)["filing"]
    count.check(reads(ee, case), "the report is with the Group")
    count.status(ee.get(f"/api/v1/filings/{report}"), 200, "members read the report")
    for filing, name in ((draft, "draft"), (own, "self-assessment"), (told, "information"), (comments, "comments beside the report")):
        count.status(ee.get(f"/api/v1/filings/{filing}"), 404, f"not the {name}, even then")
    said = ee.get(f"/api/v1/cases/{case}/answers?document=self_assessment").data.decode()
    count.check("at night" not in said, f"nor by another way: {said}")
    count.check("Few people" not in ee.get("/api/v1/search?q=people&workspace=review").data.decode(), "nor by search")
    return case


def ready(lu, ee, fi, anna, boris, commission, case):
    file(lu, "peer_review", "scope_notice", {"state": "LU", "scope": "The CSIRT again."}, case)
    for who, state, expert in ((ee, "EE", anna), (fi, "FI", boris)):
        file(who, "peer_review", "designation", {"state": state, "expert": expert.person, "competence": "Ten years.", "conflict": "none"}, case)
    file(commission, "peer_review", "clearance", {}, case)
    return case


def conclude(count, node, people, case):
    commission, lu, irish, ee = people[0], people[1], people[2], people[3]
    again = {"reviewed": "LU", "topics": ["csirts"], "again": "no"}
    earlier = file(lu, "peer_review", "proposal", again)["case"]
    file(irish, "peer_review", "discussion", {"text": "Taken note of."}, case, "chair")
    refused(count, lu, "proposal", again, None, "lock.peer_review_again", "the same aspect within two years")
    refused(count, commission, "review_begun", {"plan": "In June."}, ready(lu, ee, people[4], people[5], people[6], commission, earlier), "lock.peer_review_again", "nor does begin what was proposed before")
    file(lu, "peer_review", "proposal", {"reviewed": "LU", "topics": ["assistance"], "again": "no"})
    file(ee, "peer_review", "proposal", {"reviewed": "EE", "topics": ["csirts"], "again": "no"})
    file(lu, "peer_review", "proposal", dict(again, again="asked"))
    file(commission, "peer_review", "review_end", {"reason": "Proposed twice."}, earlier)
    published = {"title": "Peer review of Luxembourg", "state": "LU", "version": "redacted", "text": "Enough people."}
    refused(count, ee, "publication", dict(published, state="EE"), case, "peer_review.not_reviewed", "only the reviewed state publishes", "/state")
    publication = file(lu, "peer_review", "publication", published, case)["filing"]
    text = node.client().get(f"/public/{publication}").data.decode()
    count.check("Enough people." in text and "Few people" not in text, "what it publishes is read by everybody")
    file(lu, "peer_review", "publication_end", {"state": "LU", "publication": publication}, case)
    count.status(node.client().get(f"/public/{publication}"), 410, "taken back")


def main():
    count = Count()
    node = union_node()
    try:
        admin = node.administrator()
        offices = ["commission", "group-member-lu", "group-member-ie", "group-member-ee", "group-member-fi", "expert", "expert", "expert", "cert-eu"]
        people = [node.officer(admin, f"p{i}@node.example", f"Person {i}", office, PASSWORD) for i, office in enumerate(offices)]
        case = review(count, node, people)
        conclude(count, node, people, case)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
