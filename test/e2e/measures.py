#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Measures: what an entity keeps for itself (approvals, assessment, suppliers, certificates) is nobody else's, by no way, not even that
it is there; what it hands in, of its own accord or upon a request with a stated purpose, is seen by the authority alone; a required
certification and a coordinated assessment reach those whom they concern."""
import json
import re
import sys

import varde_client as v

count = v.Count()
SECRET = "quagga"  # stands in every private text
FAKE_CASE, FAKE_FILING, FAKE_ATTACHMENT = "C" + "0" * 16, "F" + "0" * 16, "A" + "0" * 16


def offices(text):
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n"
                     "  - {id: ccma, kind: ccma, name: Crisis authority}\n")


class World:
    pass


def set_up(node):
    w = World()
    w.node, w.admin = node, node.administrator()
    w.csirt = node.officer(w.admin, "csirt@node.example", "Head of the CSIRT", "csirt", "the blue tower stands 1", role="head")
    w.ca = node.officer(w.admin, "ca@node.example", "Head of the authority", "ca", "the red tower stands 1", role="head")
    w.spoc = node.officer(w.admin, "spoc@node.example", "Head of the contact point", "spoc", "the green tower stands 1", role="head")
    w.company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
    w.other = node.person("security@two.example", "Two's night desk", "a quiet harbour at dawn")
    w.entity = w.company.must_file("registration", "registration", v.registration("Quilzarn Cloud (invented)", ["DI_CLOUD"], main_establishment="BE", ip_ranges=["192.0.2.0/24"]))["entity"]
    w.rival = w.other.must_file("registration", "registration", v.registration("Rivalon Cloud (invented)", ["DI_CLOUD"], main_establishment="BE", ip_ranges=["192.0.2.0/24"]))["entity"]
    for entity in (w.entity, w.rival):
        decide(w, entity)
    w.intruders = {"the CSIRT's head": w.csirt, "the authority's head": w.ca, "the contact point's head": w.spoc, "another company": w.other,
                   "the administrator": w.admin, "nobody": node.client()}
    return w


def decide(w, entity):
    case = [c["id"] for c in w.ca.pages("/api/v1/cases", "cases", 100) if c["entity"] == entity and c["procedure"] == "registration"][0]
    w.ca.must_file("registration", "approval", {"class": "essential"}, case=case)


def minimum(**more):
    rows = [{"control": c, "status": "in_place", "maturity": 3, "how": SECRET, "owner": "Olga " + SECRET} for c in "abcdefghij"]
    for row in rows:
        row.update(more.get(row["control"], {}))
    return rows


def keep(w):
    """What the company files for itself; and that its rules hold."""
    c, entity = w.company, w.entity
    attached = c.call("POST", "/api/v1/attachments?name=" + SECRET + ".txt", (SECRET + " evidence").encode(), kind="text/plain").json["id"]
    approval = c.must_file("management", "measures_approval", {
        "what": "Policy " + SECRET, "version": "3.0", "decided_on": "2026-09-01", "decision": "approved",
        "members": [{"name": "Anna " + SECRET, "function": "Chair", "vote": "for"}]}, entity=entity, attachments=[attached])
    c.must_file("management", "training", {"of_whom": "management", "held_on": "2026-09-10", "content": "Risks " + SECRET,
                                           "participants": [{"name": "Anna " + SECRET}]}, case=approval["case"])
    catalogue = c.need(200, "GET", "/api/v1/law/controls?catalogue=eu/ir-2024-2690")
    asked = [row["control"] for row in catalogue["controls"] if row["is_asked"]]
    count.check(len(asked) > 150 and "1.1.1" in asked and "13.3.3" in asked and "1.1" not in asked, f"the catalogue goes to the third level: {len(asked)}")
    listed = {row["catalogue"]: row["asked"] for row in c.need(200, "GET", "/api/v1/law/controls")["catalogues"]}
    count.equal((listed.get("eu/nis2"), listed.get("eu/ir-2024-2690")), (10, len(asked)), "both catalogues are listed")
    count.problem(c.get("/api/v1/law/controls?catalogue=eu/none"), 404, "catalogue.unknown", "an unknown catalogue")
    fields = {"assessed_on": "2026-10-01", "finished": True, "non_compliance": False, "minimum": minimum(),
              "annex": [{"control": i, "status": "in_place", "maturity": 2, "how": SECRET} for i in asked]}
    first = c.must_file("measures", "self_assessment", {"assessed_on": "2026-10-01", "finished": False, "minimum": minimum()[:3]}, entity=entity)
    lacking = dict(fields, annex=fields["annex"][1:])
    count.problem(c.file("measures", "self_assessment", lacking, case=first["case"]), 422, "controls.incomplete", "each control of the annex is asked", "/annex")
    bare = dict(fields, annex=[{"control": "1.1.1", "status": "not_applicable"}] + fields["annex"][1:])
    count.problem(c.file("measures", "self_assessment", bare, case=first["case"]), 422, "field.required", "not applicable needs its reason", "/annex/0/reason")
    whole = c.must_file("measures", "self_assessment", fields, case=first["case"])
    c.must_file("measures", "sign_off", {"assessment": whole["filing"], "name": "Anna " + SECRET, "function": "Chair", "signed_on": "2026-10-02"}, case=first["case"])
    supplier = c.must_file("suppliers", "supplier", {"name": "Routers " + SECRET, "contacts": [{"name": "Carl"}], "criticality": "critical",
                                                     "supplies": [{"what": "Routers", "kind": "product"}]}, entity=entity)
    certificate = c.must_file("certificates", "certificate", {"scheme": "EUCC " + SECRET, "of_what": "product", "subject_of": "Store", "number": "1", "issued_by": "B",
                                                              "issued_on": "2026-01-10", "valid_until": "2031-01-09"}, entity=entity)
    w.attached, w.assessment, w.fields = attached, whole["filing"], fields
    w.cases = {"management": approval["case"], "measures": first["case"], "suppliers": supplier["case"], "certificates": certificate["case"]}
    w.filings = [approval["filing"], first["filing"], whole["filing"], supplier["filing"], certificate["filing"]]
    seen = c.need(200, "GET", f"/api/v1/cases/{first['case']}")
    count.equal((seen["state"], seen["workspace"]), ("signed", "own"), "the company sees its own")
    count.check({"quarterly_check", "yearly_assessment"} <= {d["duty"] for d in seen["duties"]}, "with what the annex asks again")
    count.status(c.file("measures", "self_assessment", fields, case=first["case"]), 201, "and goes on with it")


def same(answer, fake, real_id, fake_id, what):
    """What is there and what is not must be answered alike, but for the name that was asked for."""
    left, right = answer.data.decode("utf-8", "replace"), fake.data.decode("utf-8", "replace")
    left, right = (re.sub(r'"(now|instance|trace|request|at)":"[^"]*"', "", text.replace(name, "X")) for text, name in ((left, real_id), (right, fake_id)))
    count.check(answer.status == fake.status and left == right, f"{what}: {answer} differs from {fake}")
    count.check(answer.status in (401, 403, 404, 405, 422), f"{what}: {answer}")


def probe_ids(w):
    for name, who in w.intruders.items():
        for procedure, case in w.cases.items():
            for tail in ("", "/timeline", "/letters", "/parties", "/releases/preview", "/members/suggestions"):
                same(who.get(f"/api/v1/cases/{case}{tail}"), who.get(f"/api/v1/cases/{FAKE_CASE}{tail}"), case, FAKE_CASE, f"{name} asks for {procedure}{tail}")
        for filing in w.filings:
            for tail in ("", "/receipt"):
                same(who.get(f"/api/v1/filings/{filing}{tail}"), who.get(f"/api/v1/filings/{FAKE_FILING}{tail}"), filing, FAKE_FILING, f"{name} asks for a filing{tail}")
            same(who.get(f"/api/v1/public/{filing}"), who.get(f"/api/v1/public/{FAKE_FILING}"), filing, FAKE_FILING, f"{name} asks for it in public")
        same(who.get(f"/api/v1/attachments/{w.attached}"), who.get(f"/api/v1/attachments/{FAKE_ATTACHMENT}"), w.attached, FAKE_ATTACHMENT, f"{name} asks for a file")


def probe_filings(w):
    """Filing into it, naming it, linking to it, holding it, erasing it: as if it were not there."""
    case, filing = w.cases["measures"], w.assessment
    for name, who in w.intruders.items():
        tries = [
            ("measures", "self_assessment", {"assessed_on": "2026-10-01", "finished": False}, "case", case, FAKE_CASE, {}),
            ("measures", "correction_done", {"what": "x", "done_on": "2026-10-01", "is_complete": True}, "case", case, FAKE_CASE, {}),
            ("incident", "note", {"text": "x"}, "case", case, FAKE_CASE, {}),
        ]
        for procedure, document, fields, member, real, fake, more in tries:
            same(who.file(procedure, document, fields, **{member: real}, **more), who.file(procedure, document, fields, **{member: fake}, **more), real, fake,
                 f"{name} files {document}")
        for document, fields in (("management_body", {"body": "Board", "body_members": [{"name": "X", "function": "Y"}], "reports_to_body": "Z"}),):
            got = who.file("management", document, fields, entity=w.entity)
            count.check(got.status in (401, 403, 404), f"{name} opens a file for the company: {got}")
    incident = w.company.must_file("incident", "early_warning", v.early_warning(), entity=w.entity)["case"]
    for name, who in (("the CSIRT's head", w.csirt), ("the authority's head", w.ca)):
        for procedure, document, make, real, fake in (
                ("incident", "link", lambda x: {"other": x, "kind": "related"}, case, FAKE_CASE),):
            same(who.file(procedure, document, make(real), case=incident), who.file(procedure, document, make(fake), case=incident), real, fake, f"{name} links to it")
        same(who.file("erasure", "erasure", {"target": filing, "ground": "misfiled", "reason": "x"}),
             who.file("erasure", "erasure", {"target": FAKE_FILING, "ground": "misfiled", "reason": "x"}), filing, FAKE_FILING, f"{name} erases it")
        hold = [who.file("legal_hold", "hold", {"of_case": x, "ground": "audit", "reason": "x"}) for x in (case, FAKE_CASE)]
        count.equal(hold[0].status, hold[1].status, f"{name} holds it as what is not there")
        hold = [who.file("campaign", "campaign", {"title": "x", "cases": [x]}) for x in (case, FAKE_CASE)]
        count.equal(hold[0].status, hold[1].status, f"{name} makes it part of a campaign as what is not there")


def probe_lists(w):
    """Everything that lists, counts, finds or exports says nothing of it."""
    paths = ["/api/v1/cases?limit=200", f"/api/v1/cases?entity={w.entity}", "/api/v1/cases?workspace=supervision", "/api/v1/cases?workspace=own", "/api/v1/queue", "/api/v1/queue?count=true",
             "/api/v1/queue?order=changed", "/api/v1/queue?workspace=own", "/api/v1/queue?workspace=own&count=true&order=changed", "/api/v1/queue?workspace=supervision", "/api/v1/duties", "/api/v1/duties?workspace=own",
             f"/api/v1/duties?entity={w.entity}", f"/api/v1/entities/{w.entity}", "/api/v1/entities?limit=200", f"/api/v1/search?q={SECRET}", f"/api/v1/search?q={SECRET}&workspace=own",
             "/api/v1/search?q=EUCC", "/api/v1/reads?limit=200", f"/api/v1/reads?entity={w.entity}", "/api/v1/retention?days=9999", "/api/v1/statistics", "/api/v1/emergency/queue",
             "/api/v1/letters/templates", "/metrics", "/api/v1/public", "/public", "/api/v1/me/events", "/api/v1/entities/counts"]
    words = [SECRET, w.attached, w.assessment] + list(w.cases.values()) + w.filings
    for name, who in w.intruders.items():
        for path in paths:
            text = who.get(path).data.decode("utf-8", "replace")
            for word in words:
                count.check(word not in text, f"{name} reads {word} in {path}")
        for workspace in ("cases", "queue", "duties"):
            got = who.get(f"/api/v1/{workspace}?workspace=own")
            count.check(name == "another company" or got.status in (400, 401, 403, 404, 422), f"{name} has no list of what is a company's own: {got}")
    text = w.ca.get("/metrics").data.decode() + w.admin.get("/metrics").data.decode()
    count.check('"own"' not in text, "nor do the numbers of the node count it")
    retained = w.ca.get("/api/v1/retention?days=9999").data.decode()
    count.check("self_assessment" not in retained and "management" not in retained, "nor does what is due to be erased")
    ask = {"ground": "A request under Article 15", "name": "Anna " + SECRET}
    for who in (w.ca, w.csirt, w.spoc):
        found = who.post("/api/v1/privacy/search", ask)
        count.check(all(word not in found.data.decode() for word in w.filings + list(w.cases.values())), f"a search for a person does not look there: {found}")
    exported = w.other.post("/api/v1/me/export", {}).data.decode()
    count.check(SECRET not in exported and w.assessment not in exported, "another's export does not hold it")
    mine = w.company.post("/api/v1/me/export", {})
    count.check(w.assessment in mine.data.decode(), "who filed it has it in her own export")


def events(w):
    streams = {name: who.events() for name, who in w.intruders.items() if name not in ("nobody",)}
    filed = w.company.must_file("measures", "correction_done", {"what": SECRET, "done_on": "2026-10-03", "is_complete": True}, case=w.cases["measures"])
    marker = w.company.must_file("incident", "early_warning", v.early_warning(), entity=w.entity)
    for name, stream in streams.items():
        if name in ("the CSIRT's head", "the authority's head"):
            stream.wait(lambda event: marker["filing"] in str(event))
        count.check(all(filed["filing"] not in str(e) and w.cases["measures"] not in str(e) for e in stream.all), f"{name} hears nothing of it")
        stream.close()


def hand_in(w):
    """A request states its purpose; what is handed in the authority sees, and nobody beside it; the company's own files stay closed."""
    asked = {"ground": "evidence", "what": "The annex, heading 3", "until": v.instant(86400)}
    count.problem(w.ca.file("measures_report", "measures_request", asked, entity=w.entity), 422, "field.required", "E15: a request without purpose", "/purpose")
    asked["purpose"] = "Follow-up of an incident"
    count.status(w.csirt.file("measures_report", "measures_request", asked, entity=w.entity), 403, "the CSIRT does not ask")
    request = w.ca.must_file("measures_report", "measures_request", asked, entity=w.entity)
    seen = w.company.need(200, "GET", f"/api/v1/cases/{request['case']}")
    count.equal([d["duty"] for d in seen["duties"]], ["measures_submission"], "the company owes an answer")
    count.equal(w.company.need(200, "GET", f"/api/v1/filings/{request['filing']}")["fields"]["purpose"], asked["purpose"], "and reads for which purpose")
    probe_ids(w)  # the request opens nothing of its own
    shown = [{k: row[k] for k in ("control", "status", "maturity")} for row in w.fields["annex"] if row["control"].startswith("3.")]
    answer = w.company.must_file("measures_report", "measures_submission", {"request": request["filing"], "annex": shown,
                                                                           "approvals": [{"what": "Policy", "version": "3.0", "decided_on": "2026-09-01"}]}, case=request["case"])
    got = w.ca.need(200, "GET", f"/api/v1/filings/{answer['filing']}")
    count.equal(len(got["fields"]["annex"]), len(shown), "the authority reads what was handed in")
    count.check(SECRET not in json.dumps(got), "and no more")
    count.equal([w.ca.get(f"/api/v1/filings/{w.assessment}").status, w.csirt.get(f"/api/v1/cases/{request['case']}").status, w.spoc.get(f"/api/v1/cases/{request['case']}").status,
                 w.other.get(f"/api/v1/cases/{request['case']}").status], [404] * 4, "nobody else reads it, nor more than that")
    w.ca.must_file("measures_report", "measures_view", {"enough": True}, case=request["case"])
    own = w.company.must_file("measures_report", "measures_submission", {"text": "Of our own accord."}, entity=w.entity)
    count.check(own["case"] in [c["id"] for c in w.ca.pages("/api/v1/cases?workspace=supervision", "cases", 100)], "one may hand in without being asked")


def certification(w):
    """A required certification reaches who is selected; a coordinated assessment is known to all, and taken into account."""
    made = w.ca.must_file("certification_requirement", "requirement", {
        "title": "Certified key stores", "basis": "national", "act": "Act 1", "text": "Use them.", "schemes": [{"scheme": "EUCC", "assurance": "high"}],
        "applies_from": "2027-01-01", "selection": {"entities": [w.rival]}})
    w.ca.must_file("certification_requirement", "requirement_notice", {"text": "Please answer."}, case=made["case"])
    count.status(w.other.file("certification_requirement", "requirement_answer", {"reading": "planned", "text": "Next year."}, case=made["case"]), 201, "who is selected answers")
    count.status(w.company.file("certification_requirement", "requirement_answer", {"reading": "planned", "text": "Next year."}, case=made["case"]), 404, "who is not does not")
    assessed = w.spoc.must_file("coordinated_assessment", "assessment_adopted", {
        "title": "Detection equipment", "target": "Detection equipment at borders", "adopted_on": "2026-02-13", "factors_tech": "Remote maintenance."})
    count.equal(w.node.client().get(f"/api/v1/public/{assessed['filing']}").status, 200, "everybody reads the assessment")
    done = w.company.file("suppliers", "supplier_assessment", {
        "assessed_on": "2026-10-01", "vulnerabilities": "None", "quality": "Good", "practices": "Good", "development": "Good", "coordinated_looked_at": True,
        "coordinated": [assessed["case"]], "coordinated_how": "No remote maintenance.", "result": "acceptable"}, case=w.cases["suppliers"])
    count.status(done, 201, "an entity takes it into account")


def comparison(w):
    """What is shared for the comparison no office looks at; figures are told as they are published, to all alike."""
    levels = {letter: 3 for letter in "abcdefghij"}
    count.problem(w.company.file("comparison", "comparison_share", dict(levels, consent=False), entity=w.entity), 422, "comparison.consent", "nothing is shared without wish", "/consent")
    shared = w.company.must_file("comparison", "comparison_share", dict(levels, consent=True), entity=w.entity)
    year = v.instant()[:4]
    for name, who in w.intruders.items():
        for view in ("now", "filed", "public"):
            got = who.get(f"/api/v1/statistics/measures_comparison?period={year}&view={view}")
            count.check(got.status == 404, f"{name} sees figures ({view}) that nobody published: {got}")
        same(who.get(f"/api/v1/cases/{shared['case']}"), who.get(f"/api/v1/cases/{FAKE_CASE}"), shared["case"], FAKE_CASE, f"{name} asks for what was shared")
    w.company.must_file("comparison", "comparison_withdrawal", {}, case=shared["case"])


def erasure(w):
    """Who manages the entity erases what is its own; a head of an office can't."""
    fields = {"target": w.assessment, "names": [{"name": "annex"}], "reason": "Replaced."}
    count.status(w.ca.file("measures", "own_erasure", fields, case=w.cases["measures"]), 404, "no head erases it")
    count.status(w.company.file("measures", "own_erasure", fields, case=w.cases["measures"]), 201, "who manages the entity does")
    left = w.company.need(200, "GET", f"/api/v1/filings/{w.assessment}")
    count.check(left["fields"].get("annex") is None and left["fields"]["minimum"] is not None, "the field is gone, the rest is there")


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        w = set_up(node)
        keep(w)
        probe_ids(w)
        probe_filings(w)
        probe_lists(w)
        events(w)
        hand_in(w)
        certification(w)
        comparison(w)
        erasure(w)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
