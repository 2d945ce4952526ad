#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Privacy: the notice in JSON and as a page; all that is held about a person, for her alone; a search with its ground recorded; holds,
an order to erase that a second head approves and the node carries out, also across a kill, and a standing one."""
import sys
import time

import varde_client as v

PASSWORD = "a row of stones by the water"
count = v.Count()


def notice(node):
    nobody = node.client()
    told = nobody.need(200, "GET", "/api/v1/privacy")
    count.check(told["controller"] and told["purposes"] and told["rights"], "the notice says who, why and which rights")
    count.check(all("article" in row for row in told["purposes"] + told["rights"]), "each with its article")
    page = nobody.get("/api/v1/privacy?format=html")
    count.check(page.status == 200 and page.header("content-type").startswith("text/html"), "the notice as a page")
    count.check(b"<script" not in page.data and b"Complaint" in page.data, "plain, and the same in it")
    for language, title, controller, right in (("fr", "Protection des données", "Les autorités", "Effacement"), ("de", "Datenschutz", "Die Behörden", "Löschung")):
        said = nobody.need(200, "GET", f"/api/v1/privacy?language={language}")
        count.check(said["controller"].startswith(controller) and said["rights"][2]["right"].startswith(right), f"the notice in {language}")
        count.equal((said["rights"][2]["article"], said["translation"]["status"]), ("GDPR 17", "courtesy"), "the same articles; nobody approved the words")
        page = nobody.get(f"/api/v1/privacy?format=html&language={language}").data.decode()
        count.check(f"<h1>{title}</h1>" in page and right in page and said["translation"]["note"].split(",")[0] in page.replace("&#39;", "'"), f"and as a page in {language}")
        count.check("controller" not in page and "purposes" not in page, "with headings in that language")
    count.status(nobody.get("/api/v1/privacy?format=pdf"), 422, "no other format")


def export(node, company, other, warned):
    got = company.need(200, "POST", "/api/v1/me/export")
    topics = {topic["topic"]: topic["rows"] for topic in got["topics"]}
    count.equal(topics["account"][0]["login"], company.login, "her account")
    count.check(topics["sessions"] and topics["mandates"] and topics["events"], "sessions, mandates, events")
    filings = {f["filing"]: f for f in got["filings"]}
    count.check(warned["filing"] in filings, "what she filed")
    count.check(filings[warned["filing"]]["fields"]["summary"], "with its fields")
    text = str(got)
    count.check(PASSWORD not in text and "hash" not in text and "secret" not in str(topics), "no secrets")
    count.check("Ask the office" in got["elsewhere"], "and how to ask for what entities say of her")
    theirs = other.need(200, "POST", "/api/v1/me/export")
    count.check(warned["filing"] not in str(theirs) and company.login not in str(theirs), "another person's has nothing of it")
    page = company.post("/api/v1/me/export?format=html")
    count.check(page.status == 200 and page.data.startswith(b"<!DOCTYPE html>"), "readable")
    nobody = node.client()
    count.status(nobody.post("/api/v1/me/export"), 401, "nobody has none")
    token = company.make_token("machine", ["read"])
    count.status(company.again(token).post("/api/v1/me/export"), 403, "not with a token for machines")


def search(ca, company):
    ask = {"ground": "Request of 3 November, identity checked", "email": "security@quilzarn-grid-invented.example"}
    count.status(company.post("/api/v1/privacy/search", ask), 403, "a company does not search")
    count.problem(ca.post("/api/v1/privacy/search", dict(ask, ground="x")), 422, "privacy.ground", "without a ground nothing is searched")
    count.problem(ca.post("/api/v1/privacy/search", {"ground": ask["ground"]}), 422, "privacy.terms", "without a name nothing is searched")
    got = ca.need(200, "POST", "/api/v1/privacy/search", ask)
    count.check({"register", "filing"} <= {hit["where"] for hit in got["hits"]}, f"found on the register and in filings: {got['hits']}")
    count.check("quilzarn" not in str(got["hits"]), "places, no values")
    count.equal(ca.need(200, "POST", "/api/v1/privacy/search", dict(ask, email="nobody@nowhere.example"))["hits"], [], "nobody is found")
    mine = ca.need(200, "POST", "/api/v1/me/export")
    searches = next(t["rows"] for t in mine["topics"] if t["topic"] == "searches")
    count.equal([s["ground"] for s in searches], [ask["ground"]] * 2, "each search stands with its ground")


def schedule(node, ca, csirt, company, case):
    count.status(company.get("/api/v1/retention"), 403, "the report is for offices")
    report = ca.need(200, "GET", "/api/v1/retention?days=365")
    count.check(any(rule["keep"] == "unknown" for rule in report["report"]["rules"]), "unknown means keep")
    held = ca.must_file("legal_hold", "hold", {"of_case": case, "ground": "proceedings", "reason": "Before the court."})
    report = ca.need(200, "GET", "/api/v1/retention")
    count.equal([h["of_case"] for h in report["holds"]], [case], "the hold stands")
    ca.must_file("legal_hold", "end_of_hold", {"reason": "Judgment given."}, case=held["case"])
    count.equal(ca.need(200, "GET", "/api/v1/retention")["holds"], [], "and ends")

    today = time.strftime("%Y-%m-%d")
    count.problem(ca.file("erasure_order", "order", {"through": "2190-01-01", "reason": "All."}), 422, "time.future", "what is not due is not ordered")
    ordered = ca.must_file("erasure_order", "order", {"through": today, "reason": "Yearly."})
    approve = {"order": ordered["filing"]}
    count.problem(ca.file("erasure_order", "approval", approve, case=ordered["case"]), 403, "filing.second_person", "nobody approves her own order")
    count.equal(ca.need(200, "GET", "/api/v1/retention")["orders"][0]["stage"], "ordered", "it waits")
    csirt.must_file("erasure_order", "approval", approve, case=ordered["case"])
    node.kill_role("node")
    until = time.monotonic() + 20
    stage = None
    while stage != "done" and time.monotonic() < until:
        time.sleep(0.3)
        try:
            answer = ca.get("/api/v1/retention")
            stage = answer.json["orders"][0]["stage"] if answer.status == 200 else None
        except v.Gone:
            pass
    count.equal(stage, "done", "the node carries it out, also after a kill")
    done = ca.need(200, "GET", f"/api/v1/cases/{ordered['case']}")
    count.equal(done["state"], "done", "and says so in the case")
    count.equal([f["document"] for f in done["filings"]].count("completion"), 1, "once")


def standing(node, admin, ca, csirt, company):
    """A standing order is given by a head, confirmed by another, shown with its rules, and revoked. That it runs: test/unit/service/schedule.c; here no
    rule of law sets a period, so nothing may be erased under it."""
    rule = "national/be account left 30 days filed"
    report = ca.need(200, "GET", "/api/v1/retention")
    count.equal((report["standing"], report["accounts"]), ([], {"rule": None, "over": 0}), "none yet, and no period for accounts")
    gone = node.person("gone@privacy.example", "Somebody Gone", PASSWORD)
    admin.need(200, "POST", "/api/v1/leavers", {"login": gone.login})
    order = {"rules": [{"name": rule}, {"name": "eu/nis2 * * 1 days filed"}], "reason": "So that nobody forgets."}
    count.status(company.file("erasure_standing", "standing_order", order), 403, "not for companies")
    count.problem(ca.file("erasure_standing", "standing_order", {"reason": "All."}), 422, "field.required", "it names its rules")
    given = ca.must_file("erasure_standing", "standing_order", order)
    count.problem(ca.file("erasure_standing", "standing_approval", {"order": given["filing"]}, case=given["case"]), 403, "filing.second_person", "nobody confirms her own")
    stage = lambda: [(one["case"], one["stage"]) for one in ca.need(200, "GET", "/api/v1/retention")["standing"]]
    count.equal(stage(), [(given["case"], "proposed")], "it waits for the second person")
    csirt.must_file("erasure_standing", "standing_approval", {"order": given["filing"]}, case=given["case"])
    count.equal(stage(), [(given["case"], "in_force")], "in force")
    count.equal(ca.need(200, "GET", "/api/v1/retention")["standing"][0]["rules"], [one["name"] for one in order["rules"]], "with the rules that it names")
    time.sleep(3) # the node looks every two seconds
    count.equal([one for one in ca.need(200, "GET", "/api/v1/retention")["orders"] if one["standing"] == given["case"]], [], "what is no rule of law erases nothing")
    count.check(gone.login in str(admin.need(200, "GET", "/api/v1/persons")), "nor an account")
    ca.must_file("erasure_standing", "standing_revocation", {"reason": "Another rule."}, case=given["case"])
    count.equal(stage(), [(given["case"], "revoked")], "and it is revoked")


def main():
    node = v.Node()
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@privacy.example", "Head of the authority", "ca", PASSWORD, role="head")
        csirt = node.officer(admin, "csirt@privacy.example", "Head of the CSIRT", "csirt", PASSWORD, role="head")
        company = node.person("ana@privacy.example", "Ana Invented", PASSWORD)
        other = node.person("ben@privacy.example", "Ben Invented", PASSWORD)
        filed = company.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        warned = company.must_file("incident", "early_warning", v.early_warning(), entity=filed["entity"])
        notice(node)
        export(node, company, other, warned)
        search(ca, company)
        schedule(node, ca, csirt, company, warned["case"])
        standing(node, admin, ca, csirt, company)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
