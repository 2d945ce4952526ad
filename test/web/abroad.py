#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What leaves, and what comes in without account, in a browser: a release beside its original, put off and released after a question that
names every recipient; a report in quarantine beside the register, refused together; an advisory with its counted addressees."""
import sys

import _browser as b

v = b.v
count = v.Count()
SECRET = "Telephone of the night desk: extension four"


def world(node):
    admin = node.administrator()
    csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD)
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    filed = clerk.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    warned = clerk.must_file("incident", "early_warning", v.early_warning(2, cross_border="yes", affected_states=["FR", "NL"], contact_name=SECRET), entity=filed["entity"])
    nobody = node.client()
    for organisation, phone in (("Vraxquel Power (invented)", "+999 1 234 56 78"), ("Nobody knows it <b>", "+999 9 999 99 99"), ("A test (invented)", "+999 8 888 88 88")):
        fields = {"organisation": organisation, "contact_name": "Ilvane Quorst", "contact_phone": phone, "summary": "The control room is encrypted.",
                  "aware_at": v.instant(-3600), "signs": ["malicious"]}
        count.status(nobody.post("/api/v1/emergency", {"fields": fields}, key="0123456789abcdef" + phone.replace(" ", "")), 201, "reported without account")
    return {"csirt": csirt, "ca": ca, "clerk": clerk, "entity": filed["entity"], "case": warned["case"]}


def abroad(browser, page, w):
    browser.open(page, f"/app/cases/{w['case']}")
    browser.sign_in(page, w["csirt"])
    page.get_by_role("link", name="Send abroad").click()
    page.get_by_role("columnheader", name="France").wait_for()
    table = page.locator("table.beside")
    row = table.get_by_role("row", name=SECRET)
    count.check("NIS2 23(5)" in row.inner_text() and SECRET in row.inner_text(), "what stays says why, with the article")
    count.check(page.get_by_role("checkbox", name="France").is_checked(), "what rules propose is checked")
    page.get_by_role("checkbox", name="Netherlands").uncheck()
    page.get_by_role("button", name="Release to France").click()
    page.get_by_role("alert").get_by_text("Say why").wait_for()
    page.get_by_label("Reason, for the record").fill("The grid is shared.")
    browser.screen(page, "send-abroad")
    page.get_by_role("button", name="Release to France").click()
    question = page.get_by_role("alertdialog")
    question.wait_for()
    count.check("To France" in question.inner_text() and "Netherlands" not in question.inner_text(), "the question names every recipient, and no other")
    browser.screen(page, "send-abroad-sure")
    count.equal(w["csirt"].need(200, "GET", f"/api/v1/disclosures?case={w['case']}")["disclosures"], [], "nothing left before the answer")
    question.get_by_role("button", name="Release to France").click()
    page.get_by_role("cell", name="released, not handed over yet").wait_for()
    made = w["csirt"].need(200, "GET", f"/api/v1/disclosures?case={w['case']}")["disclosures"]
    count.equal([(one["recipient"], one["state"]) for one in made], [("state:FR", "released")], "released to France alone")
    count.check("contact_name" not in made[0]["fields"], "without what stays")
    page.get_by_role("checkbox", name="Netherlands").check()
    page.get_by_label("Reason, for the record").fill("First we call them.")
    page.get_by_role("button", name="Put it off").click()
    page.get_by_role("cell", name="put off").wait_for()
    browser.screen(page, "deliveries")
    beside = page.context.new_page()
    browser.open(beside, "/app/outbox?state=disclosures")
    beside.get_by_role("row", name="France").get_by_text("released, not handed over yet").wait_for()
    beside.get_by_role("row", name="Netherlands").get_by_text("put off").wait_for()
    browser.screen(beside, "outbox-disclosures")
    beside.close()
    page.get_by_role("link", name="Disclosure handed over").click()
    page.get_by_label("To whom?").fill("Duty officer")
    count.check(page.get_by_label("Which release?").input_value() == made[0]["release"], "the form knows which release")


def quarantine(browser, page, w):
    browser.open(page, "/app/held")
    page.get_by_text("The telephone number stands on the register").wait_for()
    page.get_by_text("Nobody knows it <b>").first.wait_for()
    browser.screen(page, "quarantine")
    page.get_by_role("checkbox", name="Nobody knows it").check()
    page.get_by_role("checkbox", name="A test (invented)").check()
    page.get_by_label("What is filed in each?").select_option(value="identity_refused")
    page.get_by_label("Nobody could be reached").check()
    page.get_by_role("textbox", name="Reason").fill("Called twice.")
    page.get_by_role("button", name="File in 2 cases").click()
    question = page.get_by_role("alertdialog")
    count.check("A test (invented)" in question.inner_text(), "the question names them")
    browser.screen(page, "quarantine-sure")
    question.get_by_role("button", name="File in 2 cases").click()
    page.get_by_text("Filed in 2 cases.").wait_for()
    states = sorted(one["state"] for one in w["csirt"].pages("/api/v1/cases?workspace=held-csirt", "cases"))
    count.equal(states, ["not_genuine", "not_genuine", "unverified"], "two are not genuine, one waits")


def telephone(browser, page, w):
    browser.open(page, "/app/telephone")
    page.get_by_label("Who calls?").fill("Vraxquel")
    page.get_by_role("button", name="Vraxquel Power (invented)").click()
    page.get_by_text("Numbers on the register").wait_for()
    browser.screen(page, "telephone")
    page.get_by_role("button", name="Begin the form").click()
    page.get_by_label("What happened, in one sentence?").fill("Told by telephone.")
    aware = page.get_by_label("When did you become aware that it is significant?")
    page.locator("div.field", has=aware).last.get_by_role("button", name="Now").click()
    page.get_by_role("group", name="Do you suspect").get_by_label("Not known yet").check()
    page.get_by_role("group", name="Could it have an impact").get_by_label("No", exact=True).check()
    page.get_by_label("Who reported?").fill("Ilvane Quorst")
    page.get_by_role("group", name="Was the reporter called back").get_by_label("Not yet").check()
    browser.screen(page, "telephone-form")
    page.get_by_role("button", name="File: Early warning").click()
    page.get_by_role("heading", name="Filed").wait_for()


def advisory(browser, page, w):
    browser.open(page, "/app/file/advisory/advisory?as=csirt")
    page.get_by_label("Title").fill("Flaw in Examplegate")
    page.get_by_role("group", name="What is it?").get_by_label("Alert").check()
    page.get_by_label("Text", exact=False).first.fill("Update to 4.2.")
    page.get_by_role("group", name="Severity").get_by_label("High").check()
    page.get_by_role("group", name="Marking").get_by_label("Your organisation and its clients").check()
    page.get_by_role("checkbox", name="essential").check()
    page.get_by_text("1 entity gets it").wait_for()
    browser.screen(page, "advisory-form")
    page.get_by_role("button", name="File: Advisory").click()
    page.get_by_role("main").get_by_role("link", name="Open the case").click()
    page.get_by_role("button", name="Release to 1 entities").click()
    question = page.get_by_role("alertdialog")
    count.check("1 entities" in question.inner_text() and "TLP:AMBER" in question.inner_text(), "to how many, and how it is marked")
    browser.screen(page, "advisory-release")
    question.get_by_role("button", name="Release to 1 entities").click()
    page.get_by_role("heading", name="Addressees and answers").wait_for()
    page.get_by_role("row", name="Vraxquel").wait_for()
    browser.screen(page, "advisory-answers")


def daily(browser, page, w):
    browser.open(page, "/app/search?q=customers")
    page.get_by_role("link", name="Vraxquel Power (invented)").first.wait_for()
    browser.screen(page, "search")
    browser.open(page, "/app/shift")
    page.get_by_role("button", name="Begin the shift").click()
    page.get_by_role("button", name="End the shift").click()
    page.get_by_text("You are off.").wait_for()
    w["clerk"].again().must_file("incident", "notification", v.notification(), case=w["case"])
    page.reload()
    page.get_by_role("listitem").get_by_text("Incident notification").wait_for()
    browser.screen(page, "shift")
    browser.open(page, "/app/obligations")
    page.get_by_role("row", name="Review of the list of entities").wait_for()
    browser.screen(page, "obligations")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page = browser.person()
        for story in (abroad, quarantine, telephone, advisory, daily):
            story(browser, page, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
