#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The law in a browser: what a state's pack says otherwise than the Directive, row by row, without account; and what a proposal would change on the register, counted
under a heading that says what it is, on the screen, on paper and in files."""
import csv
import sys

import _browser as b

v = b.v
count = v.Count()
ROW = {"staff": "300", "turnover_eur": "40000000", "balance_eur": "30000000"}
BIG = {"staff": "5000", "turnover_eur": "9000000000", "balance_eur": "9000000000"}
HEAD = "Unofficial reading of secondary sources"


def differences(browser, client):
    page = browser.person()
    browser.open(page, "/app/law")
    page.get_by_role("row", name="Directive (EU) 2022/2555").wait_for()
    page.get_by_label("Before").select_option("eu/nis2")
    page.get_by_label("After").select_option("national/de")
    page.get_by_role("button", name="Compare").press("Enter")
    page.get_by_role("heading", name="Germany").wait_for()
    said = client.need(200, "GET", "/api/v1/law/diff?before=eu/nis2&after=national/de")["rows"]
    rows = page.locator("section[aria-labelledby=rows] tbody tr")
    count.equal(rows.count(), min(50, len(said)), "each difference is a row")
    fine = page.get_by_role("row", name="ceiling: fine")
    count.check("instead" in fine.inner_text() and "500000000" in fine.inner_text() and "NIS2 34(4)" in fine.inner_text(), f"a ceiling of its own, with its article: {fine.inner_text()}")
    browser.screen(page, "law-national")
    page.get_by_label("Only rows with").fill("service_mail")
    count.check(b.until(lambda: rows.count() < len(said)), "rows are found by their words")
    page.get_by_role("row", name="clock: service_mail").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of these rows").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        count.equal(len(list(csv.DictReader(file))), rows.count(), "as many rows in CSV")
    page.reload()
    page.get_by_role("heading", name="Germany").wait_for()
    page.go_back()
    count.equal(page.get_by_role("link", name="What would a proposal change?").count(), 0, "without account nobody counts a register")


def what_if(browser, ca):
    page = browser.person()
    browser.open(page, "/app/law")
    page.get_by_role("link", name="Today").or_(page.get_by_role("heading", name="The law in this node")).first.wait_for()
    browser.open(page, "/app/law/what-if")
    browser.sign_in(page, ca)
    browser.open(page, "/app/law")
    page.get_by_role("link", name="What would a proposal change?").click()
    page.get_by_label("Proposal").wait_for()
    offered = page.get_by_label("Proposal").locator("option").all_inner_texts()
    count.check(len(offered) >= 2 and not any("Directive (EU) 2022/2555" in one for one in offered), f"proposals alone, no law: {offered}")
    page.get_by_label("Proposal").select_option("eu/com-2026-13")
    page.get_by_role("group", name="Ceilings of small mid-caps").get_by_label("as the Recommendation has it").wait_for()
    count.check(page.get_by_role("group", name="Ceilings of small mid-caps").get_by_label("as the Recommendation has it").is_checked(), "what is taken where nobody chooses is chosen")
    page.get_by_role("button", name="Count the register").press("Enter")
    page.get_by_text("The class of 2 would change").wait_for()
    head = page.get_by_role("note")
    count.check(HEAD in head.inner_text() and "not law" in head.inner_text() and "Not comparable" in head.inner_text(), f"headed: {head.inner_text()}")
    count.check(page.locator("[role=note]").bounding_box()["y"] < page.locator("section table").first.bounding_box()["y"], "the heading stands over the figures")
    page.get_by_role("row", name="Health").get_by_text("from essential to important").wait_for()
    count.check("Health" in page.locator("section table").first.inner_text(), "sectors by their names")
    page.get_by_role("button", name="List them").press("Enter")
    page.get_by_role("link", name="Falls hospital (invented)").wait_for()
    count.equal(page.get_by_role("link", name="Stays grid (invented)").count(), 0, "who stays is not listed")
    browser.screen(page, "what-if")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of all of them").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    count.equal((len(rows), all(HEAD in row["reading"] for row in rows)), (2, True), f"each row of the file is headed: {rows}")
    page.get_by_role("combobox", name="Change").select_option("leaves")
    page.get_by_text("None.", exact=True).wait_for()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("note").get_by_text("Nichtamtliche Lesart").wait_for()
    browser.screen(page, "what-if-german")


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        company = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        for name, size in (("Falls hospital (invented)", ROW), ("Falls clinic (invented)", ROW), ("Stays grid (invented)", BIG)):
            company.must_file("registration", "registration", {**v.registration(name, ["HE_PROVIDER"]), **size})
        differences(browser, node.client())
        what_if(browser, ca)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
