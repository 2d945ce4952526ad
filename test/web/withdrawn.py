#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What went out is called back, in a browser: a recall of one recipient after a question that names that one alone, its confirmation, a spill that reaches whoever
still has it, and the head of the office who resolves it; the entity reads at each step what is frozen and what is back."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()
PLAN = "The plan of the northern line was read."


def world(node):
    admin = node.administrator()
    w = {"csirt": node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD), "head": node.officer(admin, "head@csirt.example", "Head of the CSIRT", "csirt", b.PASSWORD, role="head"),
         "clerk": node.person("clerk@company.example", "Clerk", b.PASSWORD)}
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    filed = w["clerk"].must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    w["case"] = w["clerk"].must_file("incident", "early_warning", v.early_warning(2, cross_border="yes", affected_states=["FR", "NL"]), entity=filed["entity"])["case"]
    w["notification"] = w["clerk"].must_file("incident", "notification", v.notification(impact=PLAN, cross_border="yes", affected_states=["FR", "NL"]), case=w["case"])["filing"]
    release = {"filing": w["notification"], "names": [{"name": "impact"}], "states": ["FR", "NL"], "label": "TLP:AMBER", "basis": "NIS2 23(6)", "names_entity": False, "reason": "Both are affected."}
    w["release"] = w["csirt"].must_file("incident", "release", release, case=w["case"])["filing"]
    return w


def states(w):
    return {one["recipient"]: one["state"] for one in w["csirt"].need(200, "GET", f"/api/v1/disclosures?case={w['case']}")["disclosures"]}


def filed(page, name, whom, whom_not=""):
    """Files after the question, which names who is reached and nobody else; gives nothing away before the answer."""
    page.get_by_role("button", name=f"File: {name}").click()
    question = page.get_by_role("alertdialog")
    question.wait_for()
    words = question.inner_text()
    count.check(whom in words and (whom_not == "" or whom_not not in words), f"{name}: the question names {whom} and not {whom_not}: {words}")
    return question


def recall(browser, page, w):
    browser.open(page, f"/app/cases/{w['case']}/release")
    browser.sign_in(page, w["csirt"])
    page.get_by_role("row", name="France").get_by_role("link", name="Recall of a release").click()
    page.get_by_role("checkbox", name="France", checked=True).wait_for()
    count.check(not page.get_by_role("checkbox", name="Netherlands").is_checked(), "the recall is of the one from whose row one comes")
    page.get_by_label("Reason").fill("Sent too much.")
    browser.screen(page, "recall")
    question = filed(page, "Recall of a release", "France", "Netherlands")
    browser.screen(page, "recall-sure")
    question.get_by_role("button", name="Cancel").click()
    count.equal(states(w), {"state:FR": "released", "state:NL": "released"}, "nothing is recalled before the answer")
    page.get_by_role("checkbox", name="France").uncheck()
    filed(page, "Recall of a release", "France and Netherlands").get_by_role("button", name="Cancel").click()
    page.get_by_role("checkbox", name="France").check()
    filed(page, "Recall of a release", "France", "Netherlands").get_by_role("button", name="File: Recall of a release").click()
    page.get_by_role("heading", name="Filed").wait_for()
    count.equal(states(w), {"state:FR": "recalled", "state:NL": "released"}, "recalled from France alone")


def confirm(browser, page, w, state, name):
    browser.open(page, f"/app/cases/{w['case']}/release")
    row = page.get_by_role("row", name=state)
    row.get_by_role("cell", name=re.compile("^recalled")).first.wait_for()
    if name:
        browser.screen(page, name)
    with page.expect_download() as notice:
        row.get_by_role("link", name="Notice of the recall, signed").click()
    with open(notice.value.path(), "rb") as file:
        count.equal(file.read(5), b"%PDF-", "the notice is a PDF")
    row.get_by_role("link", name="Recall confirmed by the recipient").click()
    page.get_by_label("Who confirmed?").fill("Duty officer")
    page.get_by_role("button", name=re.compile("^Now ?: When")).click()
    page.get_by_label("What did they do with it?").fill("Deleted from mail and file store.")
    if name:
        browser.screen(page, name + "-confirmation")
    page.get_by_role("button", name="File: Recall confirmed by the recipient").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/cases/{w['case']}/release")
    page.get_by_role("row", name=state).get_by_role("cell", name=re.compile("^recalled, destruction confirmed")).wait_for()
    count.equal(page.get_by_role("row", name=state).get_by_role("link", name="Recall").count(), 0, "what is confirmed is recalled no more")


def spill(browser, page, w):
    browser.open(page, f"/app/cases/{w['case']}")
    page.get_by_role("button", name=re.compile("Read.*Incident notification")).click()
    page.get_by_text(PLAN).wait_for()
    page.get_by_role("link", name=re.compile("^Spill")).last.click()
    page.get_by_role("group", name="What is wrong with it?").get_by_label("It is classified matter").check()
    page.get_by_label("Reason").fill("It names a line.")
    question = filed(page, "Spill", "Netherlands", "France")
    browser.screen(page, "spill-sure-recipients")
    question.get_by_role("button", name="File: Spill").click()
    page.get_by_role("heading", name="Filed").wait_for()
    count.equal(states(w), {"state:FR": "destroyed", "state:NL": "recalled"}, "recalled from who still had it")


def resolve(browser, w):
    company = browser.person()
    browser.open(company, f"/app/cases/{w['case']}")
    browser.sign_in(company, w["clerk"])
    browser.open(company, f"/app/cases/{w['case']}")
    company.get_by_role("button", name=re.compile("Read.*Incident notification")).click()
    company.get_by_text("withheld from you").first.wait_for()
    count.equal(company.get_by_text(PLAN).count(), 0, "who filed it does not read it either")
    head = browser.person()
    browser.open(head, f"/app/cases/{w['case']}")
    browser.sign_in(head, w["head"])
    browser.open(head, f"/app/cases/{w['case']}/file/spill_resolved?as=csirt")
    which = head.get_by_label("Which spill?")
    which.wait_for()
    count.equal(which.locator("option").count(), 2, "only spills can be chosen, and there is one")
    which.select_option(index=1)
    head.get_by_role("group", name="What became of it?").get_by_label("It may be seen again").check()
    head.get_by_label("Who confirmed that it is withdrawn everywhere?").fill("Duty officers of both states")
    head.get_by_label("Reason").fill("The owner of the matter looked at it.")
    browser.screen(head, "spill-resolved")
    head.get_by_role("button", name="File: Spill resolved").click()
    head.get_by_role("heading", name="Filed").wait_for()
    company.reload()
    company.get_by_role("button", name=re.compile("Read.*Incident notification")).click()
    company.get_by_text(PLAN).wait_for()
    count.equal(company.get_by_role("heading", name="Recall").count(), 0, "to whom it went and who was asked for it back, it does not read")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page = browser.person()
        recall(browser, page, w)
        confirm(browser, page, w, "France", "recalled")
        spill(browser, page, w)
        confirm(browser, page, w, "Netherlands", "")
        resolve(browser, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
