#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The outbox over all cases: what failed stands first, with its reason; it is tried again or seen to, and what waits for a mail server
that can't be reached stands under its own heading."""
import sys

import _browser as b

v = b.v
count = v.Count()


def failed(browser, page, officer, case):
    """Nobody at the CSIRT can be reached: a task of its officers, with the case."""
    browser.open(page, "/app/overview")
    page.get_by_role("link", name="Outbox").click()
    page.get_by_role("heading", name="Outbox").wait_for()
    page.get_by_role("link", name=case).first.wait_for()
    browser.screen(page, "outbox-failed")
    before = page.locator("tbody tr").count()
    row = page.locator("tbody tr").first
    row.get_by_text("I have seen to it").click()
    row.get_by_label("What did you do?").fill("Called the desk by telephone")
    row.get_by_role("button", name="Save").click()
    page.get_by_text("is off the list").wait_for()
    count.check(b.until(lambda: page.locator("tbody tr").count() == before - 1), "one less")
    count.equal(len(officer.need(200, "GET", "/api/v1/deliveries?state=failed&limit=250")["items"]), before - 1, "so says the node")


def waiting(browser, page, officer):
    page.get_by_role("link", name="Waiting").click()
    page.get_by_text("security@company.example").first.wait_for()
    browser.screen(page, "outbox-waiting")
    rows = officer.need(200, "GET", "/api/v1/deliveries?state=waiting&limit=250")["items"]
    count.equal(page.locator("tbody tr").count(), len(rows), "all that waits")
    count.equal([one["id"] for one in rows], sorted((one["id"] for one in rows), reverse=True), "newest first")
    page.get_by_role("link", name="Sent").click()
    page.get_by_text("Nothing was sent yet.").wait_for()
    browser.screen(page, "outbox-sent-empty")
    page.locator(".language select").select_option("de")
    page.get_by_role("heading", name="Postausgang").wait_for()


def main():
    port = v.free_port()  # nobody answers there
    with b.stage(count, edit=lambda text: text + f"\nmail: {{server: 127.0.0.1, port: {port}, from: varde@nis2.example}}\n") as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        csirt = node.officer(admin, "desk@csirt.example", "CSIRT officer", "csirt", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company"))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        entity = clerk.need(200, "GET", "/api/v1/me")["mandates"][0]["entity"]
        warned = clerk.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=1), entity=entity)
        csirt.must_file("incident", "answer", {"feedback": "We have it and will call."}, case=warned["case"])
        count.check(b.until(lambda: csirt.need(200, "GET", "/api/v1/deliveries?state=failed")["items"] and csirt.need(200, "GET", "/api/v1/deliveries?state=waiting")["items"]), "some failed, some wait")
        page = browser.person()
        browser.open(page, "/app/outbox")
        browser.sign_in(page, csirt)
        failed(browser, page, csirt, warned["case"])
        waiting(browser, page, csirt)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
