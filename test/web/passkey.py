#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Signing in by passkey in the browser, with Chromium's own virtual authenticator: an officer makes one, signs out, and signs in with it
without name, password and code; her second factor counts as done. A device that did not check the person is refused, and so is a copy, which
she then removes."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()


class Key:
    """The authenticator that is built into the device."""

    def __init__(self, page):
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]

    def credentials(self):
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def add(self, credential):
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def drop(self, credential):
        self.cdp.send("WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": credential["credentialId"]})

    def knows_person(self, is_known):
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": is_known})


def make(browser, page, key, client):
    browser.open(page, "/app/account")
    browser.sign_in(page, client)
    browser.open(page, "/app/account")
    page.get_by_text("Add a passkey", exact=True).first.click()
    page.get_by_label("Name of the passkey").fill("Laptop")
    count.equal(page.locator("#passkey-password").count(), 0, "who has shown a second factor is not asked for her password again")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("cell", name="Laptop").wait_for()
    browser.screen(page, "account-passkey")
    made = key.credentials()
    count.check(len(made) == 1 and made[0]["isResidentCredential"], f"the device has a key that knows whose it is: {made}")


def sign_out(page):
    page.get_by_role("link", name="Desk officer").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def press(page):
    with page.expect_response("**/api/v1/passkeys/session") as answer:
        page.get_by_role("button", name="Sign in with a passkey").click()
    return answer.value.status


def sign_in(browser, page):
    count.equal(page.request.get(f"{browser.place}/api/v1/me").status, 401, "she is signed out")
    count.equal(press(page), 201, "the passkey signs in")
    page.get_by_role("link", name="Today").wait_for()
    me = page.request.get(f"{browser.place}/api/v1/me").json()
    count.check(me["name"] == "Desk officer" and me["is_second_factor_done"], f"it is she, with the second factor done: {me}")
    page.get_by_role("link", name="Queue").first.click()
    page.get_by_role("heading", name="Queue").wait_for()


def unchecked(page, key):
    """A device that can't say who holds it."""
    key.knows_person(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").get_by_text("No passkey was used").wait_for()
    count.equal(page.get_by_role("link", name="Today").count(), 0, "nobody is signed in")
    key.knows_person(True)


def copied(browser, page, key, old):
    """The key as it was before: its counter goes back."""
    for one in key.credentials():
        key.drop(one)
    key.add(old)
    count.equal(press(page), 401, "a copy is refused")
    page.get_by_text("where a key was copied").wait_for()
    browser.screen(page, "sign-in-copied")


def main():
    port = v.free_port()
    with b.stage(count, listen=f"127.0.0.1:{port}", edit=lambda text: re.sub(r"(?m)^#? *public_url:.*\n", "", text) + f"\npublic_url: https://localhost:{port}\n") as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        browser.place = f"https://localhost:{port}"
        browser.open = lambda page, path: page.goto(browser.place + path)  # a passkey belongs to a name, not to an address
        page = browser.person()
        key = Key(page)
        make(browser, page, key, ca)
        old = key.credentials()[0]
        sign_out(page)
        unchecked(page, key)
        sign_in(browser, page)
        sign_out(page)
        copied(browser, page, key, old)
        browser.sign_in(page, ca)
        browser.open(page, "/app/account")
        page.get_by_role("row", name="Laptop").get_by_text("it may be a copy").wait_for()
        page.get_by_role("row", name="Laptop").get_by_role("button", name="Remove").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
        page.get_by_role("cell", name="Laptop").wait_for(state="detached")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
