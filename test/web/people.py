#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company's people, an account, and the node's administration, each in a browser: a code invites, a mandate ends,
what is registered stands in words, a token is shown once, a person is entered and gets a role; an
administrator sees backups, tokens, what is due for erasure and peers; significance is said beside the report."""
import os
import subprocess
import sys
import tempfile

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
    token = page.locator(".notice.good .mono").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it").click()
    count.equal(download.value.suggested_filename, "varde-me.json", "what is held of oneself")
    browser.screen(page, "account")
    page.locator(".language select").select_option("fr")
    page.get_by_role("heading", name="Sessions ouvertes").wait_for()
    browser.screen(page, "account-french")
    page.locator(".language select").select_option("en")
    return token


def people(browser, page, clerk, other, entity):
    browser.open(page, f"/app/entities/{entity}")
    page.get_by_text("Private: no authority sees this").wait_for()
    count.check(b.until(lambda: "lectricity" in page.locator("main").inner_text()), "types in words")
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
    page.locator("#role-office").select_option("csirt")
    page.locator("#role-role").select_option("officer")
    page.get_by_role("button", name="Give the role").click()
    page.locator("section.card li", has_text="csirt").wait_for()
    watched(browser, page, admin)
    return page


def watched(browser, page, admin):
    """What an administrator watches over: no backup yet says so plainly; a machine's token is revoked; what is due, and peers."""
    page.get_by_text("No backup of this node was ever noted").wait_for()
    page.get_by_text("Nothing is due to be erased.").wait_for()
    page.get_by_text("Only heads of offices order").wait_for()
    page.get_by_role("row", name="France").get_by_text("nothing open").wait_for()
    page.locator("summary", has_text="Own words").click()
    page.get_by_role("row", name="pack.title").first.wait_for()
    browser.screen(page, "administration")
    row = page.get_by_role("row", name="Feed")
    count.check("Clerk" in row.inner_text() and "never" not in row.inner_text(), f"whose token it is, and that it was used: {row.inner_text()}")
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("alertdialog").get_by_text("Revoke the token Feed of Clerk?").wait_for()
    browser.screen(page, "administration-token")
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    row.get_by_text("revoked").wait_for()
    count.check([one["revoked_at"] is not None for one in admin.need(200, "GET", "/api/v1/tokens/all")["items"] if one["name"] == "Feed"] == [True], "the node says so")
    page.locator(".language select").select_option("de")
    page.get_by_role("heading", name="Sicherungen").wait_for()
    browser.screen(page, "administration-german")
    page.locator(".language select").select_option("en")


def backed_up(browser, page, node):
    """A backup of the running node appears, and that it was tried."""
    with tempfile.TemporaryDirectory(prefix="varde-web-") as folder:
        key = os.path.join(folder, "key")
        with open(key, "wb") as file:
            file.write(os.urandom(48))
        data = ("--data", node.folder, "--key-file", key)
        subprocess.run([v.VARDE, "backup", "--to", folder, *data], check=True, stdout=subprocess.DEVNULL)
        page.reload()
        page.get_by_text("A whole backup was made within the last day.").wait_for()
        page.get_by_text("No backup was restored within a month").wait_for()
        made = [name for name in os.listdir(folder) if name.startswith("BE-")][0]
        subprocess.run([v.VARDE, "restore", "--try", "--from", os.path.join(folder, made), *data], check=True, stdout=subprocess.DEVNULL)
        page.reload()
        page.locator("summary", has_text="All that were noted").click()
        page.get_by_text(made).wait_for()
        count.equal(page.get_by_text("No backup was restored within a month").count(), 0, "it was tried")
        browser.screen(page, "administration-backups")


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        other = node.person("colleague@company.example", "Colleague", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company"))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        entity = clerk.need(200, "GET", "/api/v1/me")["mandates"][0]["entity"]
        page = browser.person()
        token = account(browser, page, clerk)
        people(browser, page, clerk, other, entity)
        significance(browser, page, entity)
        spoc = node.officer(admin, "desk@spoc.example", "SPOC officer", "spoc", b.PASSWORD)
        spoc.must_file("peer", "peer", {"state": "FR", "way": "documents", "office": "Contact point"})
        machine = node.client(token)
        machine.need(200, "GET", "/api/v1/me")
        page = administration(browser, admin)
        backed_up(browser, page, node)
        back = clerk.call("GET", "/sign-in/bank?state=a&code=b%20c&session_state=x")
        count.check(back.status == 200 and b"/app/assets/" in back.data, "where providers send people back to is the page")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
