#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A campaign over the cases of several companies, in a browser: cases that are suggested with the reason are put under it, guidance goes to all after a question that
names them, each company reads it in its own case and learns of no other, and what is taken back says so."""
import sys

import _browser as b

v = b.v
count = v.Count()
PROVIDER = "Quorvex Managed Services"


def world(node):
    admin = node.administrator()
    w = {"csirt": node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD), "companies": []}
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    for name in ("Alpha", "Beta", "Gamma"):
        clerk = node.person(f"{name.lower()}@company.example", f"Clerk of {name}", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration(f"{name} Water (invented)"))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        case = clerk.must_file("incident", "early_warning", v.early_warning(2), entity=filed["entity"])["case"]
        if name != "Gamma":
            clerk.must_file("incident", "notification", v.notification(impact=f"Remote access of {PROVIDER} was used."), case=case)
        w["companies"].append((clerk, case))
    return w


def begin(browser, page, w):
    browser.open(page, "/app/file/campaign/campaign?as=csirt")
    browser.sign_in(page, w["csirt"])
    page.get_by_label("Title").fill("Breach at a service provider")
    page.get_by_label("What is the cause?").fill("Stolen credentials of remote access.")
    page.get_by_role("button", name="Now").first.click()
    page.get_by_role("group", name="How do statistics count it?").get_by_label("As one incident").check()
    page.get_by_label("On what ground?").fill("One intrusion.")
    page.locator("form summary").click()
    page.get_by_label("Service provider or supplier").fill(PROVIDER)
    browser.screen(page, "campaign-form")
    page.get_by_role("button", name="File: Campaign").click()
    page.get_by_role("main").get_by_role("link", name="Open the case").click()
    page.get_by_role("heading", name="At the office").wait_for()
    return page.url.split("/cases/")[1].split("?")[0]


def add(browser, page, campaign):
    page.locator("summary", has_text="More steps").click()
    page.get_by_role("link", name="Cases added").click()
    group = page.get_by_role("group", name="Cases")
    group.get_by_role("checkbox", name="Alpha Water").wait_for()
    count.check("mentions the provider" in group.inner_text(), f"why it is suggested: {group.inner_text()}")
    count.equal(group.get_by_role("checkbox").count(), 2, "who mentions nothing is not suggested")
    page.get_by_role("button", name="Check all 2").focus()
    page.keyboard.press("Enter")
    page.get_by_text("2 chosen.").wait_for()
    find = group.get_by_role("searchbox")
    find.fill("customers")
    find.press("Enter")
    group.get_by_role("checkbox", name="Gamma Water").check()
    page.get_by_label("Ground").fill("Customers of the provider.")
    browser.screen(page, "campaign-cases")
    page.get_by_role("button", name="File: Cases added").click()
    page.get_by_role("heading", name="Filed").wait_for()


def guide(browser, page, w, campaign):
    csirt = w["csirt"]
    count.check(b.until(lambda: csirt.need(200, "GET", f"/api/v1/cases/{campaign}/parties")["waiting"] == 0), "three cases are part of it")
    browser.open(page, f"/app/cases/{campaign}")
    page.get_by_role("row", name="Gamma Water").wait_for()
    page.get_by_role("heading", name="Breach at a service provider").wait_for()
    count.check("Notified" in page.get_by_role("row", name="Alpha Water").inner_text(), "each at its own stage")
    browser.screen(page, "campaign")
    browser.open(page, f"/app/cases/{campaign}/file/campaign_guidance?as=csirt")
    page.get_by_label("Title").fill("Change these passwords")
    page.get_by_label("Guidance", exact=False).first.fill("All that the provider knew. <b>Today.</b>")
    page.get_by_role("group", name="Marking").get_by_label("Your organisation and its clients").check()
    page.get_by_role("button", name="File: Guidance to all").click()
    question = page.get_by_role("alertdialog")
    question.wait_for()
    words = question.inner_text()
    count.check(all(f"{name} Water (invented)" in words for name in ("Alpha", "Beta", "Gamma")), f"the question names who gets it: {words}")
    browser.screen(page, "campaign-guidance-sure")
    question.get_by_role("button", name="File: Guidance to all").click()
    page.get_by_role("heading", name="Filed").wait_for()


def read(browser, w, campaign):
    """The company reads it in its own case, and of nobody else."""
    clerk, case = w["companies"][0]
    page = browser.person()
    browser.open(page, f"/app/cases/{case}")
    browser.sign_in(page, clerk)
    browser.open(page, f"/app/cases/{case}")
    page.get_by_role("heading", name="Written for your case and others").wait_for()
    page.get_by_role("heading", name="Change these passwords").wait_for()
    page.get_by_text("All that the provider knew. <b>Today.</b>").wait_for()
    words = page.get_by_role("main").inner_text()
    count.check("Beta" not in words and "Gamma" not in words and campaign not in words and PROVIDER not in words, "it learns neither of the others nor of the campaign")
    browser.screen(page, "campaign-guidance-read")
    return page


def taken_back(browser, page, company, w, campaign):
    browser.open(page, f"/app/cases/{campaign}/file/campaign_remove?as=csirt")
    group = page.get_by_role("group", name="Cases")
    group.get_by_role("checkbox", name="Gamma Water").check()
    page.get_by_label("Ground").fill("Another cause.")
    browser.screen(page, "campaign-cases-removed")
    page.get_by_role("button", name="File: Cases removed").click()
    page.get_by_role("heading", name="Filed").wait_for()
    clerk, case = w["companies"][2]
    count.check(b.until(lambda: not clerk.need(200, "GET", f"/api/v1/cases/{case}").get("shared")), "who goes out reads it no more")
    browser.open(page, f"/app/cases/{campaign}/file/campaign_guidance_withdrawal?as=csirt")
    which = page.get_by_label("Which guidance?")
    which.wait_for()
    count.equal(which.locator("option").count(), 2, "one guidance can be chosen")
    which.select_option(index=1)
    page.get_by_label("Reason").fill("A wrong name.")
    page.get_by_role("button", name="File: Guidance taken back").click()
    page.get_by_role("heading", name="Filed").wait_for()
    company.reload()
    company.get_by_text("taken back", exact=True).wait_for()
    browser.screen(company, "campaign-guidance-taken-back")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page = browser.person()
        campaign = begin(browser, page, w)
        add(browser, page, campaign)
        guide(browser, page, w, campaign)
        company = read(browser, w, campaign)
        taken_back(browser, page, company, w, campaign)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
