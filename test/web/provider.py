#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Signing in through a real OpenID Connect provider in the browser (test/e2e/_provider.py): an officer links her account there, signs out, opens the link of a mail and
signs in at the provider, by keyboard, back where the link led; a person who is new comes in too; who says no there, whose account is linked to nobody, and whose provider
is down is told so and what to do; who showed no second factor there is asked for it here."""
import re
import subprocess
import sys
import tempfile

import _browser as b
import _provider

v = b.v
count = v.Count()


def configured(folder, port, good, down):
    def edit(text):
        with open(folder + "/oidc.secret", "w", encoding="ascii") as file:
            file.write("a secret of the client / with = signs\n")
        lines = [f"public_url: https://127.0.0.1:{port}", "providers:"]
        for name, at, more in (("good", good, ", second_factor: [mfa], makes_persons: yes, login_claim: email"), ("down", down, "")):
            lines.append(f"  - {{id: {name}, name: The {name} provider, issuer: 'https://127.0.0.1:{at}', client_id: varde, client_secret: oidc.secret, ca: tls/certificate.pem{more}}}")
        return re.sub(r"(?m)^#? *public_url:.*\n", "", text) + "\n" + "\n".join(lines) + "\n"
    return edit


def there(page, subject):
    """At the provider: her name and Enter."""
    page.get_by_role("heading", name="Authorize Client").wait_for()
    page.locator("input[name=sub]").fill(subject)
    page.keyboard.press("Enter")


def sign_out(page):
    page.evaluate("history.pushState(null, '', '/app/account')")
    page.reload()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def linked(browser, page, officer):
    browser.open(page, "/app/account")
    browser.sign_in(page, officer)
    browser.open(page, "/app/account")
    page.get_by_role("button", name=re.compile("The good provider")).press("Enter")
    there(page, "s-desk")
    page.get_by_role("cell", name="The good provider").wait_for()
    browser.screen(page, "account-linked")
    sign_out(page)


def back_where_one_was(browser, page, case):
    browser.open(page, f"/app/cases/{case}?from=mail")
    button = page.get_by_role("button", name="Sign in with The good provider")
    button.wait_for()
    browser.screen(page, "sign-in-providers")
    button.press("Enter")
    there(page, "s-desk")
    page.get_by_role("heading", name="Vraxquel Power (invented)").wait_for()
    count.check(page.url.endswith(f"/app/cases/{case}?from=mail"), f"back at the link of the mail: {page.url}")
    count.check("code=" not in page.evaluate("JSON.stringify(history.state) + location.href"), "what the provider handed over stands in no address")
    me = page.request.get(f"{browser.node.url}/api/v1/me").json()
    count.check(me["name"] == "Desk officer" and me["is_second_factor_done"], f"it is she, and the provider's second factor counts: {me['name']}")
    sign_out(page)


def refused(browser, page):
    browser.open(page, "/app/queue")
    page.get_by_role("button", name="Sign in with The good provider").click()
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("alert").get_by_text("you said no there").wait_for()
    browser.screen(page, "sign-in-refused")
    page.get_by_role("link", name="Sign in again").press("Enter")
    page.get_by_role("button", name="Sign in with The good provider").click()
    there(page, "s-nobody")
    page.get_by_role("link", name="Sign in again").wait_for()
    count.check(page.get_by_role("alert").count() > 0, "an account of nobody is told what to do")
    browser.screen(page, "sign-in-unlinked")
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("button", name="Sign in with The down provider").click()
    page.get_by_role("alert").get_by_text(re.compile("does not answer")).wait_for()
    count.check(page.get_by_label("Password").is_visible(), "the other ways in stay")
    browser.screen(page, "sign-in-provider-down")
    count.equal(page.request.get(f"{browser.node.url}/api/v1/me").status, 401, "nobody is signed in")


def new_person(browser):
    page = browser.person()
    browser.open(page, "/app/")
    page.get_by_role("button", name="Sign in with The good provider").click()
    there(page, "s-ann")
    page.get_by_role("link", name="Ann of the agency").wait_for()
    browser.screen(page, "sign-in-new-person")


def no_second_factor(browser, officer):
    """The provider says nothing of a second factor: an officer shows it here."""
    page = browser.person()
    browser.open(page, "/app/account")
    browser.sign_in(page, officer)
    browser.open(page, "/app/account")
    page.get_by_role("button", name=re.compile("The good provider")).click()
    there(page, "s-plain")
    page.get_by_role("cell", name="The good provider").wait_for()
    sign_out(page)
    browser.open(page, "/app/queue")
    page.get_by_role("button", name="Sign in with The good provider").click()
    there(page, "s-plain")
    page.get_by_text("showed no second factor").wait_for()
    browser.screen(page, "sign-in-second-factor")
    browser.sign_in(page, officer)
    page.get_by_role("heading", name="Queue").wait_for()


def main():
    port, good, down = v.free_port(), v.free_port(), v.free_port()
    if not _provider.made():
        count.check(False, "the provider can be had from PyPI")
        return count.done()
    b.venv(count)
    with tempfile.TemporaryDirectory() as place, b.stage(count, folder=place + "/node", listen=f"127.0.0.1:{port}", edit=configured(place + "/node", port, good, down)) as (node, browser):
        provider = subprocess.Popen([_provider.PYTHON, _provider.__file__, str(good), node.certificate, node.folder + "/tls/key.pem"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            count.equal(provider.stdout.readline(), b"ready\n", "the provider stands")
            for subject, claims in (("s-desk", {"amr": ["pwd", "mfa"]}), ("s-plain", {}), ("s-ann", {"email": "ann@agency.example", "email_verified": True, "name": "Ann of the agency"}), ("s-nobody", {"name": "Nobody"})):
                _provider.put_user(good, node.certificate, subject, **claims)
            admin = node.administrator()
            ca, csirt = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD), node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD)
            case = node.person("clerk@company.example", "Clerk", b.PASSWORD).must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["case"]
            page = browser.person()
            linked(browser, page, ca)
            back_where_one_was(browser, page, case)
            refused(browser, page)
            new_person(browser)
            no_second_factor(browser, csirt)
        finally:
            provider.stdin.close()
            provider.wait(10)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
