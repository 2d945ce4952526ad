#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A night at the desk in a browser: a call waits on every screen and is taken; the case is taken, noted upon, a task done and handed over; two
versions stand side by side; what comes by telephone is recorded with its time; what changed since the last shift is shown."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()


def world(node):
    admin = node.administrator()
    csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD)
    day = node.officer(admin, "day@csirt.example", "Day officer", "csirt", b.PASSWORD)
    head = node.officer(admin, "head@csirt.example", "Head of the CSIRT", "csirt", b.PASSWORD, role="head")
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    filed = clerk.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    turn = {"step": "first", "person": csirt.person, "from": v.instant(-3600), "until": v.instant(8 * 3600)}
    head.need(200, "PUT", "/api/v1/offices/csirt/rota", {"turns": [turn]})
    warned = clerk.must_file("incident", "early_warning", v.early_warning(2), entity=filed["entity"])
    clerk.must_file("incident", "notification", v.notification(severity="medium", impact="Some customers."), case=warned["case"])
    clerk.must_file("incident", "notification", v.notification(severity="high", impact="All customers of the north."), case=warned["case"])
    return {"csirt": csirt, "day": day, "clerk": clerk, "entity": filed["entity"], "case": warned["case"]}


def calls(browser, page, w):
    browser.open(page, "/app/queue")
    browser.sign_in(page, w["csirt"])
    page.get_by_text("1 call waits").first.wait_for()
    browser.screen(page, "queue-calls-wait")
    page.get_by_role("link", name="See the calls").click()
    page.get_by_role("heading", name="On call", exact=True).wait_for()
    page.get_by_text("Night officer").first.wait_for()
    browser.screen(page, "calls")
    before = page.get_by_role("button", name="Take it").count()
    while page.get_by_role("button", name="Take it").count() > 0:
        left = page.get_by_role("button", name="Take it").count()
        page.get_by_role("button", name="Take it").first.click()
        count.check(b.until(lambda left=left: page.get_by_role("button", name="Take it").count() < left), "a call is taken with one click")
    page.get_by_role("heading", name="No call waits").wait_for()
    taken = w["csirt"].need(200, "GET", "/api/v1/pages?office=csirt")["items"]
    count.check(before > 0 and all(one["acknowledged_by"] == w["csirt"].person for one in taken), "the node knows who took them")
    browser.screen(page, "calls-taken")


def case(browser, page, w):
    browser.open(page, f"/app/cases/{w['case']}")
    page.get_by_role("heading", name="At the office").wait_for()
    page.get_by_role("button", name="Take this case").click()
    page.get_by_text("(you)").wait_for()
    page.get_by_label("New note").fill("Called back: <b>true</b>.")
    page.get_by_role("button", name="Add the note").click()
    page.get_by_text("Called back: <b>true</b>.").first.wait_for()
    page.get_by_role("link", name="Set a task").click()
    page.get_by_label("What is to be done?").fill("Ask for the log files.")
    page.get_by_label("By whom?").select_option(label="Day officer (csirt)")
    browser.screen(page, "task")
    page.get_by_role("button", name="File: Task").click()
    page.get_by_role("main").get_by_role("link", name="Open the case").click()
    page.locator("section.card").get_by_text("Ask for the log files.").first.wait_for()
    page.locator("summary", has_text="Why this time?").first.click()
    page.get_by_text("becoming aware").first.wait_for()
    page.get_by_role("button", name=re.compile("Compare versions.*Incident notification")).click()
    row = page.get_by_role("row", name="All customers of the north.")
    row.wait_for()
    count.check("Some customers." in row.inner_text() and "changed" in row.inner_text(), "both versions side by side, and the word")
    browser.screen(page, "case-officer")
    page.get_by_placeholder("What came of it (optional)").fill("They come tomorrow.")
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_text("No task is open.").wait_for()
    page.get_by_role("link", name="Hand over").click()
    page.get_by_label("What must the next one know?").fill("Logs come at eight.")
    page.get_by_label("To whom is it handed over?").select_option(label="Day officer (csirt)")
    page.get_by_role("button", name="File: Hand-over note").click()
    page.get_by_role("heading", name="Filed").wait_for()
    seen = w["csirt"].need(200, "GET", f"/api/v1/cases/{w['case']}")
    count.equal((seen["owner"], seen["owner_name"]), (w["day"].person, "Day officer"), "handed over, by name")
    spill = f"/app/cases/{w['case']}/file/spill?as=csirt&filing={seen['filings'][0]['id']}"
    browser.open(page, spill)
    page.get_by_role("group", name="What is wrong with it?").get_by_label("It is classified matter").check()
    page.get_by_role("button", name="File: Spill").click()
    page.get_by_role("alertdialog").get_by_text("frozen at once").wait_for()
    browser.screen(page, "spill-sure")
    page.get_by_role("button", name="Cancel").click()
    count.equal(w["csirt"].need(200, "GET", f"/api/v1/cases/{w['case']}")["version"], seen["version"], "nothing is filed before the answer")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page = browser.person()
        calls(browser, page, w)
        case(browser, page, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
