#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Coordinated disclosure: someone without account reports a vulnerability and stays anonymous; two vendors and another CSIRT are
invited with a token each, and read their own part alone; embargo, extension, publication for everybody, the database's data; notice to
the other states' coordinators; scans of what is public, and of what is private only upon request."""
import json
import re
import sys
import urllib.parse

import varde_client as v

count = v.Count()
REPORTER = "Noether-zebra"  # who reported it: nobody but the coordinator may read this


def offices(text):
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n")


class World:
    pass


def status(w, token, expected=200):
    return w.nobody.need(expected, "POST", "/api/v1/reports/status", {"token": token})


def add(w, token, document, fields):
    return w.nobody.post("/api/v1/reports/updates", {"token": token, "document": document, "fields": fields})


def report(w):
    """Without account, without contact; the token is all that there is."""
    fields = {"kind": "unknown", "title": "Overflow in the router", "description": "Send 300 bytes. Found by " + REPORTER, "products": "Router 1.0 of Router AG",
              "identity": "anonymous", "contact": REPORTER + "@mail.example"}
    count.problem(w.nobody.post("/api/v1/reports", {"procedure": "vulnerability_report", "fields": dict(fields, identity="perhaps")}), 422, "field.choice", "an odd wish", "/identity")
    count.check(w.nobody.post("/api/v1/reports", {"procedure": "disclosure", "fields": fields}).status == 404, "what nobody reports without account")
    got = w.nobody.need(201, "POST", "/api/v1/reports", {"procedure": "vulnerability_report", "fields": fields}, key="one-secret-of-the-reporter")
    again = w.nobody.need(200, "POST", "/api/v1/reports", {"procedure": "vulnerability_report", "fields": fields}, key="one-secret-of-the-reporter")
    count.equal((again["token"], again["case"]), (got["token"], got["case"]), "the same request gives the same token")
    w.report, w.token = got["case"], got["token"]
    emergency = w.nobody.need(201, "POST", "/api/v1/emergency", {"fields": {"organisation": "X", "contact_name": "Y", "contact_phone": "+32 2 123 45 67", "summary": "Down."}})
    count.equal(status(w, emergency["token"])["procedure"], "incident", "an emergency is still an incident")
    seen = status(w, w.token)
    count.equal((seen["state"], seen["is_held"]), ("received", True), "it is held until the coordinator looked at it")
    count.equal([step["document"] for step in seen["next"]], ["report_addition"] + [d for d in ("identity_wish", "report_withdrawal")], "what the reporter may file")
    count.equal([who.get(f"/api/v1/cases/{w.report}").status for who in (w.ca, w.spoc, w.company, w.nobody)], [404, 404, 404, 401], "nobody else knows of it")
    count.status(w.ca.get("/api/v1/queue?workspace=held-csirt"), 403, "nor has its queue")
    w.csirt.must_file("vulnerability_report", "report_taken_up", {"text": "We look into it."}, case=w.report)
    count.check("We look into it." in json.dumps(status(w, w.token)["filings"]), "the reporter reads the answer with her token")
    count.status(add(w, w.token, "report_addition", {"text": "Also in 2.0."}), 201, "and adds to it")
    count.problem(add(w, w.token, "report_taken_up", {"text": "x"}), 404, "claim.document", "but files nothing of the office's", "/document")
    count.problem(add(w, "vrd_e_" + "0" * 64, "report_addition", {"text": "x"}), 404, "claim.unknown", "a token that nobody has")
    count.equal([who.get(f"/api/v1/cases/{w.report}").status for who in (w.csirt, w.ca, w.spoc, w.company)], [200, 404, 404, 404], "taken up, it is still the coordinator's alone")


def send(w, path, fields):
    return w.nobody.call("POST", path, urllib.parse.urlencode(fields).encode(), kind="application/x-www-form-urlencoded")


def page(w):
    """The same without JavaScript, and what the coordinator takes down of who telephones."""
    home = w.nobody.get("/?language=fr").data.decode()
    count.check('href="/report/vulnerability_report"' in home and "vulnérabilité" in home, "the first page leads there")
    text = w.nobody.get("/report/vulnerability_report").data.decode()
    count.check("<script" not in text and 'name="products"' in text and "No name and no account" in text and "organisation" not in text, "a form of its own")
    count.check("Schwachstelle" in w.nobody.get("/report/vulnerability_report?language=de").data.decode(), "in German")
    count.equal([w.nobody.get(f"/report/{name}").status for name in ("disclosure", "nothing")], [404, 404], "what nobody reports without account has no page")
    once = re.search(r'name="once" value="([0-9a-f]+)"', text).group(1)
    bad = send(w, "/report/vulnerability_report", {"once": once, "title": "<b>x"})
    count.check(bad.status == 422 and "&lt;b&gt;x" in bad.data.decode() and 'action="/report/vulnerability_report"' in bad.data.decode(), "an unfinished form comes back")
    fields = {"once": once, "kind": "exploited", "title": "From the page", "description": "It opens.", "products": "Lock 2", "identity": "anonymous"}
    got, again = send(w, "/report/vulnerability_report", fields), send(w, "/report/vulnerability_report", fields)
    token = re.search(r"vrd_e_[0-9a-f]{64}", got.data.decode()).group(0)
    count.equal((got.status, again.status, token in again.data.decode()), (201, 200, True), "sent twice it is one report, with a token")
    seen = status(w, token)
    count.equal((seen["procedure"], seen["is_held"]), ("vulnerability_report", True), "held like any other")
    count.check("From the page" in send(w, "/emergency/status", {"token": token}).data.decode(), "how it stands, as a page")
    more = send(w, "/emergency/updates", {"token": token, "text": "And closes."})
    count.check(more.status == 201 and "And closes." in more.data.decode(), "added to, as a page")
    called = {"channel": "phone", "received_at": v.instant(-600), "kind": "unknown", "title": "By telephone", "description": "It rings.", "products": "Bell 1", "identity": "anonymous"}
    count.status(w.ca.file("vulnerability_report", "telephone_report", called), 403, "the authority takes none down")
    taken = w.csirt.must_file("vulnerability_report", "telephone_report", called)
    count.check("It rings." in json.dumps(w.csirt.need(200, "GET", f"/api/v1/filings/{taken['filing']}")), "taken down by the coordinator")
    count.equal(status(w, taken["token"])["state"], "accepted", "who called follows it with the token that was read out")
    count.status(add(w, taken["token"], "report_addition", {"text": "Still."}), 201, "and adds to it")
    count.status(w.ca.get(f"/api/v1/cases/{taken['case']}"), 404, "nobody else sees it")


def coordinate(w):
    """Two vendors and another CSIRT, each with a token; none learns of the others or of who reported it."""
    products = [{"vendor": "Router AG", "product": "Router", "versions": "1.0, 2.0"}, {"vendor": "Switch SA", "product": "Switch", "versions": "7"}]
    w.products, w.score = products, {"severity": "critical", "cvss_score": "9.8", "cvss_vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "circumstances": "From anywhere."}
    main = w.csirt.must_file("disclosure", "coordination", dict({"title": "Overflow", "asked_by": "reporter", "description": "From " + REPORTER, "products": products,
                                                                "affected_states": ["FR", "DE"]}, **w.score))
    w.main, w.tokens, w.parts = main["case"], {}, {}
    for name, kind in (("Router AG", "vendor"), ("Switch SA", "vendor"), ("CSIRT of another state", "csirt")):
        invited = w.csirt.must_file("disclosure_party", "party_invitation", {"name": name, "kind": kind, "contact": "Called back.", "reporter_wish": "anonymous"})
        w.tokens[name], w.parts[name] = invited["token"], invited["case"]
        w.csirt.must_file("disclosure_party", "shared_information", {"title": "Overflow", "text": "For " + name + ": send 300 bytes.", "embargo_until": v.instant(90 * 86400),
                                                                     "milestones": [{"by": v.instant(30 * 86400)[:10], "what": "Fix"}], "answer_by": v.instant(7 * 86400)}, case=invited["case"])
    w.csirt.must_file("disclosure", "members", {"cases": [w.report] + list(w.parts.values())}, case=w.main)
    members = w.csirt.pages(f"/api/v1/cases/{w.main}/parties", "parties", 50)
    count.equal(len(members), 4, "reports and parts belong to one coordination")
    for name, token in w.tokens.items():
        seen = status(w, token)
        text = json.dumps(seen)
        others = [o for o in w.tokens if o != name]
        count.check("For " + name in text and [d["duty"] for d in seen["duties"]] == ["party_answer"], f"{name} reads what is for it")
        count.check(all(word not in text for word in [REPORTER, w.report, w.main, w.token] + others + [w.parts[o] for o in others]), f"{name} reads nothing of the others or of the reporter")
        count.check("contact" not in text and "Called back" not in text, f"{name} does not read how it was found")
    several = w.csirt.post("/api/v1/filings", {"procedure": "disclosure_party", "document": "party_invitation", "cases": list(w.parts.values()),
                                               "fields": {"name": "All", "kind": "vendor", "contact": "x", "reporter_wish": "anonymous"}})
    count.problem(several, 422, "filing.group", "a token is given case by case, so that none stays in force unseen", "/cases")
    lost = w.tokens["Switch SA"]
    renewed = w.csirt.must_file("disclosure_party", "party_invitation", {"name": "Switch SA", "kind": "vendor", "contact": "Lost it.", "reporter_wish": "anonymous"}, case=w.parts["Switch SA"])
    status(w, lost, 404)
    w.tokens["Switch SA"] = renewed["token"]
    count.equal(status(w, renewed["token"])["case"], w.parts["Switch SA"], "a new token takes the place of the old one")
    count.status(w.nobody.post("/api/v1/filings", {"procedure": "disclosure_party", "document": "party_answer", "fields": {"reading": "fixed"}, "case": w.parts["Switch SA"]}), 401, "without token nothing is filed")


def identity(w):
    """E27: a vendor asks who reported it."""
    for name, token in w.tokens.items():
        count.problem(add(w, token, "identity_request", {"reason": "To thank her."}), 422, "disclosure_party.anonymous", f"{name} is not told who reported it")
    named = w.csirt.file("disclosure_party", "shared_information", {"title": "x", "text": "y", "reporter": {"name": REPORTER}}, case=w.parts["Router AG"])
    count.problem(named, 422, "disclosure_party.anonymous", "nor can an officer pass it on by mistake", "/reporter")
    vendor = w.company  # with an account it is no different
    taken = vendor.post("/api/v1/reports/claim", {"token": w.tokens["Router AG"]})
    count.status(taken, 201, "a vendor takes its part over with an account")
    part = vendor.need(200, "GET", f"/api/v1/cases/{w.parts['Router AG']}")
    text = json.dumps(part) + vendor.get(f"/api/v1/cases/{w.parts['Router AG']}/timeline").data.decode() + vendor.post("/api/v1/me/export", {}).data.decode()
    text += "".join(vendor.get(f"/api/v1/filings/{f['filing'] if 'filing' in f else f['id']}").data.decode() for f in part["filings"])
    count.check(REPORTER not in text and w.report not in text and w.main not in text, "which shows no more")
    count.equal([vendor.get(f"/api/v1/cases/{case}").status for case in (w.report, w.main, w.parts["Switch SA"])], [404] * 3, "nor the other cases")
    for path in (f"/api/v1/search?q={REPORTER}", f"/api/v1/search?q=Overflow", "/api/v1/cases?limit=200", "/api/v1/queue", "/api/v1/duties"):
        for who in (w.ca, w.spoc, vendor):
            text = who.get(path).data.decode()
            count.check(REPORTER not in text and w.report not in text and w.main not in text, f"nothing of it in {path}")
    count.status(vendor.file("disclosure_party", "party_answer", {"reading": "working", "agrees": True}, case=w.parts["Router AG"]), 201, "the vendor answers with its account")


def embargo_and_publication(w):
    csirt = w.csirt
    csirt.must_file("disclosure", "embargo", {"until": v.instant(90 * 86400), "agreed_with": "All"}, case=w.main)
    count.problem(csirt.file("disclosure", "embargo", {"until": v.instant(91 * 86400), "agreed_with": "All"}, case=w.main), 422, "filing.when", "an embargo is moved by an extension only")
    count.status(add(w, w.tokens["Switch SA"], "party_answer", {"reading": "working", "agrees": False, "wants_until": v.instant(120 * 86400)}), 201, "a vendor asks for more time")
    csirt.must_file("disclosure", "embargo_extension", {"until": v.instant(120 * 86400), "reason": "A fix is late.", "agreed_with": "All"}, case=w.main)
    notice = csirt.must_file("disclosure", "network_notice", {"affected_states": ["FR", "DE"], "title": "Overflow in routers", "text": "Embargo."}, case=w.main)
    seen = csirt.need(200, "GET", f"/api/v1/cases/{w.main}")
    count.check(any(d["duty"] == "network_coordination" and d["done_by"] == notice["filing"] for d in seen["duties"]), "the other coordinators are told")
    count.check(any("other_coordinators" in json.dumps(p) for p in seen["proposals"]), "a release to them is proposed, and a person decides")
    entry = dict({"title": "Overflow in routers", "cve_id": "CVE-2026-12345", "description": "300 bytes.", "products": w.products, "patches": "1.1 and 2.1"}, **w.score)
    count.problem(csirt.file("disclosure", "vulnerability_publication", entry, case=w.main), 422, "disclosure.embargo", "not before the embargo ends", "/before_end")
    count.problem(csirt.file("disclosure", "vulnerability_publication", dict(entry, before_end="agreed", credit=REPORTER, credit_agreed=False), case=w.main), 422, "disclosure.credit",
                  "nobody is named without her consent", "/credit")
    filed = csirt.must_file("disclosure", "vulnerability_publication", dict(entry, before_end="exploited"), case=w.main)
    public = w.nobody.need(200, "GET", f"/api/v1/public/{filed['filing']}")
    text = json.dumps(public)
    count.check(all(word in text for word in ("CVE-2026-12345", "9.8", "Router AG", "1.1 and 2.1", "From anywhere")), "everybody reads what the database asks for")
    count.check("before_end" not in text or "exploited" not in json.dumps(public.get("fields", {}).get("before_end", "")), "but not why it was early")
    count.check(w.main not in text and REPORTER not in text, "nor of which case or whom")
    seen = csirt.need(200, "GET", f"/api/v1/cases/{w.main}")
    count.check(seen["state"] == "published" and any("vulnerability_database" in json.dumps(p) for p in seen["proposals"]), "its entry in the database is proposed")
    csirt.must_file("disclosure", "euvd_entry", {"euvd_id": "EUVD-2026-12345", "registered_on": v.instant()[:10], "registered_by": "coordinator"}, case=w.main)
    csirt.must_file("vulnerability_report", "report_closing", {"text": "Fixed and published.", "publication": "/public/" + filed["filing"]}, case=w.report)
    count.equal(status(w, w.token)["state"], "closed", "the reporter reads the end")


def scans(w):
    """E26: unasked only what is public, and non-intrusive."""
    plan = {"initiative": "own", "ranges": ["10.1.0.0/16"], "publicly_accessible": True, "method": "non_intrusive", "how": "Banners.", "no_effect": True}
    count.problem(w.csirt.file("scan", "scan_plan", plan, entity=w.entity), 422, "scan.private", "E26: a private range unasked", "/ranges")
    asked = w.company.must_file("scan", "scan_request", {"ranges": ["10.1.0.0/16"], "contact": "Night desk"}, entity=w.entity)
    count.problem(w.csirt.file("scan", "scan_plan", plan, case=asked["case"]), 422, "scan.private", "not of its own accord either", "/ranges")
    w.csirt.must_file("scan", "scan_plan", dict(plan, initiative="request", method="intrusive"), case=asked["case"])
    w.csirt.must_file("scan", "scan_result", {"done_at": v.instant(-60), "findings": [{"where": "10.1.0.9", "what": "Old", "severity": "high"}], "text": "Update."}, case=asked["case"])
    count.equal(w.company.need(200, "GET", f"/api/v1/cases/{asked['case']}")["state"], "scanned", "the entity is informed")
    count.equal(w.ca.get(f"/api/v1/cases/{asked['case']}").status, 404, "and supervision does not see it")


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        w = World()
        admin = node.administrator()
        w.csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        w.ca = node.officer(admin, "ca@node.example", "Head of the authority", "ca", "the red tower stands 1", role="head")
        w.spoc = node.officer(admin, "spoc@node.example", "Head of the contact point", "spoc", "the green tower stands 1", role="head")
        w.company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        w.entity = w.company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        w.nobody = node.client()
        report(w)
        page(w)
        coordinate(w)
        identity(w)
        embargo_and_publication(w)
        scans(w)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
