#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Decisions that take two, and matter that is held back, in a browser: a claim to act proved by letter and approved by two officers; a reset of which two administrators
hold a half each; a firm and its member; someone who leaves; a case passed on to another office and answered; a spill frozen at once; a hold that only the head sets."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()


def world(node):
    admin = node.administrator()
    w = {"admin": admin}
    for name, login, office, role in (("ca", "desk@ca.example", "ca", "officer"), ("second", "second@ca.example", "ca", "officer"), ("csirt", "night@csirt.example", "csirt", "officer"),
                                      ("head", "head@csirt.example", "csirt", "head"), ("spoc", "desk@spoc.example", "spoc", "officer")):
        w[name] = node.officer(admin, login, {"ca": "First officer", "second": "Second officer", "csirt": "Night officer", "head": "Head of the CSIRT", "spoc": "Contact point"}[name], office, b.PASSWORD, role=role)
    w["clerk"] = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    w["claimant"] = node.person("claimant@law.example", "Claimant", b.PASSWORD)
    filed = w["clerk"].must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    w["ca"].must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    w["entity"] = filed["entity"]
    w["warned"] = w["clerk"].must_file("incident", "early_warning", v.early_warning(2), entity=filed["entity"])
    return w


def screen_of(browser, w, name, path):
    page = browser.person()
    browser.open(page, path)
    browser.sign_in(page, w[name])
    browser.open(page, path)
    return page


def claims(browser, w):
    page = screen_of(browser, w, "claimant", "/app/people")
    page.locator("summary", has_text="Claim to act for an entity").click()
    page.locator("#claim-number").fill("DEMO-vraxquel-power-invented")
    page.locator("#claim-capacity").select_option("law_firm")
    page.locator("#claim-ground").fill("Engaged by contract of 1 October")
    page.locator("form", has=page.locator("#claim-number")).get_by_role("button").last.click()
    first = screen_of(browser, w, "ca", "/app/claims")
    first.get_by_role("heading", name="Claimant").wait_for()
    first.get_by_role("button", name="Make a code for a letter").click()
    first.get_by_text("This code is shown once").wait_for()
    code = first.locator(".notice.good .mono").inner_text()
    browser.screen(first, "claims")
    page.reload()
    page.locator("input[id^=proof-]").fill(code)
    page.locator("form", has=page.locator("input[id^=proof-]")).get_by_role("button").click()
    count.check(b.until(lambda: w["claimant"].need(200, "GET", "/api/v1/claims")["items"][0]["state"] == "proved"), "proved by the letter")
    first.reload()
    first.get_by_text("code from the letter").wait_for()
    first.get_by_role("button", name="Approve").click()
    ask = first.get_by_role("alertdialog")
    count.check("Claimant" in ask.inner_text() and "vraxquel" in ask.inner_text(), "the question names who and for what")
    ask.get_by_role("button", name="Approve").click()
    first.get_by_text("A second officer decides with you").wait_for()
    first.get_by_text("the second one is another person's").wait_for()
    second = screen_of(browser, w, "second", "/app/claims")
    second.get_by_text("First officer, approves").wait_for()
    browser.screen(second, "claims-second")
    second.get_by_role("button", name="Approve").click()
    second.get_by_role("alertdialog").get_by_role("button", name="Approve").click()
    second.get_by_text("No claim waits.").wait_for()
    count.equal([one["entity"] for one in w["claimant"].need(200, "GET", "/api/v1/me")["mandates"]], [w["entity"]], "two officers gave the mandate")


def administration(browser, w):
    page = screen_of(browser, w, "admin", "/app/admin")
    page.get_by_role("row", name="Claimant").get_by_role("button", name="Way back in").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Way back in").click()
    page.get_by_text("half", exact=False).first.wait_for()
    first_half = page.locator(".notice.good .mono").first.inner_text()
    browser.screen(page, "codes-first-half")
    waiting = w["admin"].need(200, "GET", "/api/v1/codes")["items"]
    count.check(any(one["waits_for_second"] for one in waiting), "the code waits for a second person")
    half = w["head"].need(200, "POST", f"/api/v1/codes/{waiting[0]['id']}/second")["second_half"]
    w["node"].client().need(200, "POST", "/api/v1/redeem", {"code": f"{first_half}.{half}", "password": "calm rivers bend late 5"})
    w["claimant"].password = "calm rivers bend late 5"
    page.locator("summary", has_text="Someone leaves").click()
    page.locator("#leaver-login").fill(w["second"].login)
    page.locator("form", has=page.locator("#leaver-login")).get_by_role("button").last.click()
    page.locator("form", has=page.locator("#leaver-login")).get_by_role("status").get_by_text(re.compile(r"\w")).wait_for()
    count.equal(len(w["second"].need(200, "GET", "/api/v1/me")["roles"]), 1, "a trial ends nothing")
    browser.screen(page, "leaver-trial")
    page.get_by_label("Only try").uncheck()
    page.locator("#leaver-login").fill(w["second"].login)
    page.locator("form", has=page.locator("#leaver-login")).get_by_role("button").last.click()
    count.check(b.until(lambda: w["second"].get("/api/v1/me").status == 401), "who left is signed out")


def firm(browser, w):
    page = screen_of(browser, w, "clerk", "/app/people")
    page.locator("summary", has_text="Make a firm").click()
    page.locator("#firm-name").fill("Quorvex Legal (invented)")
    page.locator("form", has=page.locator("#firm-name")).get_by_role("button").click()
    page.get_by_role("row", name="Quorvex Legal").get_by_role("button").click()
    page.locator("#member-login").fill(w["claimant"].login)
    page.locator("form", has=page.locator("#member-login")).get_by_role("button").click()
    page.locator("section.card li", has_text="Claimant").wait_for()
    browser.screen(page, "firm")


def passed_on(browser, w):
    case_id = w["warned"]["case"]
    page = screen_of(browser, w, "csirt", f"/app/cases/{case_id}/file/forward?as=csirt")
    page.get_by_role("group", name="To which office?").get_by_label("Single point of contact").check()
    page.get_by_role("group", name="On what ground?").get_by_label(re.compile("Concerns other states")).check()
    page.get_by_label("What should the office know or do?").fill("Customers in two more states.")
    browser.screen(page, "forward")
    page.get_by_role("button", name=re.compile("^File:")).click()
    page.get_by_role("heading", name="Filed").wait_for()
    spoc = screen_of(browser, w, "spoc", f"/app/cases/{case_id}")
    spoc.get_by_role("link", name="Answer to an office").first.click()
    spoc.locator("form textarea, form input").first.wait_for()
    browser.screen(spoc, "forward-answer")


def held(browser, w):
    case_id, filing = w["warned"]["case"], w["warned"]["filing"]
    page = screen_of(browser, w, "csirt", f"/app/cases/{case_id}/file/spill?as=csirt&filing={filing}")
    page.get_by_role("group", name="What is wrong with it?").get_by_label("It is classified matter").check()
    page.get_by_label(re.compile("^(Why|Reason)")).first.fill("It names a source.")
    page.get_by_role("button", name="File: Spill").click()
    page.get_by_role("alertdialog").get_by_role("button", name="File: Spill").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/cases/{case_id}")
    page.get_by_role("button", name=re.compile("Read.*Early warning")).click()
    count.check("Customers can't reach the service." not in page.get_by_role("main").inner_text(), "frozen at once: the officer does not read it any more")
    browser.screen(page, "spill-frozen")
    head = screen_of(browser, w, "head", f"/app/cases/{case_id}/file/hold?as=csirt")
    head.locator("form .field").first.wait_for()
    browser.screen(head, "hold")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        w["node"] = node
        claims(browser, w)
        firm(browser, w)
        administration(browser, w)
        passed_on(browser, w)
        held(browser, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
