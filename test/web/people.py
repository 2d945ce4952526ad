#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company's people, an account, and the node's administration, each in a browser: a code invites, a mandate ends,
what is registered stands in words, a token is shown once, a person is entered and gets a role; significance is said beside the report."""
import sys

import _browser as b

v = b.v
count = v.Count()


def account(browser, page, clerk):
    browser.open(page, "/app/account")
    browser.sign_in(page, clerk)
    browser.open(page, "/app/account")
    page.get_by_text("Make a token", exact=True).first.click()
    page.locator("#token-name").fill("Feed")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_text("This token is shown once").wait_for()
    count.check(any(row["name"] == "Feed" for row in clerk.need(200, "GET", "/api/v1/tokens")["items"]), "the token is there")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it").click()
    count.equal(download.value.suggested_filename, "varde-me.json", "what is held of oneself")
    browser.screen(page, "account")
    page.locator(".language select").select_option("fr")
    page.get_by_role("heading", name="Sessions ouvertes").wait_for()
    browser.screen(page, "account-french")
    page.locator(".language select").select_option("en")


def people(browser, page, clerk, other, entity):
    browser.open(page, f"/app/entities/{entity}")
    page.get_by_text("Private: no authority sees this").wait_for()
    count.check("Electricity supply" in page.locator("main").inner_text() or "lectricity" in page.locator("main").inner_text(), "types in words")
    browser.screen(page, "entity")
    page.get_by_role("link", name="People and mandates").click()
    page.get_by_role("heading", name="Who may act").wait_for()
    page.get_by_text("Invite", exact=True).first.click()
    page.locator("#invite-ground").fill("Works in the security team")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("This code is shown once").wait_for()
    code = page.locator(".notice.good .mono").inner_text()
    browser.screen(page, "people")
    guest = browser.person()
    browser.open(guest, "/app/people")
    browser.sign_in(guest, other)
    browser.open(guest, "/app/people")
    guest.locator("#take-code").fill(code)
    guest.get_by_role("button", name="Take an invitation").click()
    guest.get_by_role("link", name="Company", exact=True).wait_for()
    browser.screen(guest, "acting")
    page.reload()
    row = page.get_by_role("row", name="Colleague").first
    row.get_by_role("button", name="Revoke").click()
    browser.screen(page, "people-revoke")
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    count.check(b.until(lambda: not any(one["name"] == "Colleague" and not one.get("revoked_at") for one in clerk.need(200, "GET", f"/api/v1/entities/{entity}/mandates")["items"])), "the mandate ended")


def significance(browser, page, entity):
    browser.open(page, f"/app/file/incident/early_warning?entity={entity}")
    page.get_by_text("Does it look significant?").click()
    group = page.locator("fieldset", has_text="severely disrupt")
    group.get_by_label("Yes").check()
    page.locator("li", has_text="severely disrupted").wait_for()
    browser.screen(page, "significance")


def administration(browser, admin):
    page = browser.person()
    browser.open(page, "/app/admin")
    browser.sign_in(page, admin)
    page.get_by_role("link", name="Administration").click()
    page.get_by_text("Enter a person", exact=True).first.click()
    page.locator("#person-login").fill("new@csirt.example")
    page.locator("#person-name").fill("New officer")
    page.get_by_role("button", name="Enter a person").click()
    page.get_by_text("This code is shown once").wait_for()
    page.get_by_role("row", name="New officer").get_by_role("button", name="Roles").click()
    page.locator("#role-office").fill("csirt")
    page.locator("#role-role").select_option("officer")
    page.get_by_role("button", name="Give the role").click()
    page.locator("section.card li", has_text="csirt").wait_for()
    browser.screen(page, "administration")


def main():
    b.venv(count)
    node = v.Node().start()
    admin = node.administrator()
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    other = node.person("colleague@company.example", "Colleague", b.PASSWORD)
    filed = clerk.must_file("registration", "registration", v.registration("Company"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    entity = clerk.need(200, "GET", "/api/v1/me")["mandates"][0]["entity"]
    browser = b.Browser(node, count)
    try:
        page = browser.person()
        account(browser, page, clerk)
        people(browser, page, clerk, other, entity)
        significance(browser, page, entity)
        administration(browser, admin)
        back = clerk.call("GET", "/sign-in/bank?state=a&code=b%20c&session_state=x")
        count.check(back.status == 200 and b"/app/assets/" in back.data, "where providers send people back to is the page")
    except BaseException:
        browser.last_words()
        raise
    finally:
        browser.close()
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
