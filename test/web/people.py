#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company's people, an account, and the node's administration, each in a browser: a code invites, a mandate ends,
what is registered stands in words, a token is shown once, a person is entered and gets a role; an
administrator sees backups, tokens, what is due for erasure and peers; significance is said beside the report."""
import base64
import hashlib
import os
import re
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
    bounded(browser, page, admin)
    watched(browser, page, admin)
    return page


def bounded(browser, page, admin):
    """The sectors of a role are chosen from the packs' list: all of it, or what the office has; by keyboard; in the language of who gives it."""
    page.locator("#role-office").select_option("ca")
    boxes = page.get_by_role("group", name="Sectors").get_by_role("checkbox")
    count.check(boxes.count() >= 18, f"an authority without bounds: {boxes.count()} sectors")
    page.locator("#role-office").select_option("ca-utilities")
    count.equal(boxes.count(), 2, "an authority of two sectors")
    page.locator("#role-role").select_option("reader")
    page.get_by_role("checkbox", name="Energy").press("Space")
    browser.screen(page, "administration-role")
    page.get_by_role("button", name="Give the role").click()
    page.locator("section.card li", has_text="reads, Energy").wait_for()
    person = [one for one in admin.need(200, "GET", "/api/v1/persons")["items"] if one["login"] == "new@csirt.example"][0]["id"]
    roles = admin.need(200, "GET", f"/api/v1/persons/{person}")["roles"]
    count.equal([one["sectors"] for one in roles if one["office"] == "ca-utilities"], ["energy"], "the node knows it by its identifier")
    page.locator(".language select").select_option("fr")
    page.locator("section.card li", has_text="Énergie").wait_for()
    page.locator(".language select").select_option("en")
    page.locator("section.card li", has_text="reads, Energy").wait_for()


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


def peer_keys(browser, page, node, spoc, case):
    """Keys of other nodes: entered, replaced, taken back; each with its fingerprint, to be compared by telephone with the own one."""
    page.get_by_text("No key is entered").wait_for()
    entry = {"state": "FR", "way": "node", "office": "Contact point"}
    first, second = other_key("fr.example"), other_key("fr2.example")
    for key in (first, "nonsense", second, None):
        spoc.must_file("peer", "peer", dict(entry, **({"log_key": key} if key else {})), case=case)
    keys = spoc.need(200, "GET", "/api/v1/peers/keys")
    count.equal([(one["key"], one["state"]) for one in keys["peers"][0]["keys"]], [(first, "replaced"), ("nonsense", "no_key"), (second, "revoked")], "each key that ever stood")
    count.equal([one["fingerprint"] for one in keys["peers"][0]["keys"]], [digest(first), None, digest(second)], "fingerprints that anyone can make")
    count.equal((keys["own"]["key"], keys["own"]["fingerprint"]), (node.key, digest(node.key)), "and this node's own")
    spoc.must_file("peer", "peer", dict(entry, log_key=first), case=case)
    spoc.must_file("peer", "peer", dict(entry, log_key=first, office="Night desk"), case=case)
    stands = spoc.need(200, "GET", "/api/v1/peers/keys")["peers"][0]["keys"][3:]
    count.equal([(one["key"], one["state"], one["until"]) for one in stands], [(first, "stands", None)], "a new version with the same key is the same key")
    page.reload()
    table = page.get_by_role("table", name="Keys of their nodes")
    table.get_by_role("row", name="France").first.wait_for()
    text = page.locator("main").inner_text()
    count.check(digest(node.key) in text and "over another channel" in text and "shown to offices" in text, "an administrator sees the own key, and how to compare")
    count.check(first not in text and digest(first) not in text, "without an office nobody reads what the entry says")
    browser.screen(page, "administration-peers")
    officer = browser.person()
    browser.open(officer, "/app/outside")
    browser.sign_in(officer, spoc)
    table = officer.get_by_role("table", name="Keys of their nodes")
    table.get_by_role("row", name="France").first.wait_for()
    text = table.inner_text()
    count.check(digest(first) in text and all(words in text for words in ("✓ stands", "⚠ taken back", "replaced by another", "is no key")), f"what stands and what stood: {text}")
    browser.screen(officer, "peer-keys")
    officer.get_by_role("link", name=re.compile("Change the key.*France")).click()
    key = officer.locator("#field-log_key")
    count.check(b.until(lambda: key.count() == 1 and key.input_value() == first), "whoever changes it begins with what stands")


def other_key(name):
    """A verifier key as another node would give it, by doc/spec/record.md 4."""
    raw = b"\x01" + os.urandom(32)
    return f"{name}+{hashlib.sha256(name.encode() + bytes([10]) + raw).digest()[:4].hex()}+{base64.b64encode(raw).decode()}"


def digest(key):
    text = hashlib.sha256(key.encode()).hexdigest()
    return " ".join(text[at:at + 4] for at in range(0, 64, 4))


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
    utilities = "  - {id: ca-utilities, kind: ca, name: Authority of utilities, sectors: [energy, drinking_water]}\n"
    with b.stage(count, edit=lambda text: text.replace("offices:\n", "offices:\n" + utilities, 1)) as (node, browser):
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
        case = spoc.must_file("peer", "peer", {"state": "FR", "way": "documents", "office": "Contact point"})["case"]
        machine = node.client(token)
        machine.need(200, "GET", "/api/v1/me")
        page = administration(browser, admin)
        peer_keys(browser, page, node, spoc, case)
        backed_up(browser, page, node)
        back = clerk.call("GET", "/sign-in/bank?state=a&code=b%20c&session_state=x")
        count.check(back.status == 200 and b"/app/assets/" in back.data, "where providers send people back to is the page")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
