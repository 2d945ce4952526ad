#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company reports, an officer answers, each in a browser: what is typed is kept through a reload, a killed node and an ended session;
the receipt verifies; what is new announces itself and moves nothing; a hostile name is text."""
import json
import os
import re
import subprocess
import sys
import tempfile

import _browser as b

v = b.v
count = v.Count()
EVIL = "<img src=x onerror=document.title='ran'> & Söhne (invented)"


def main():
    with b.stage(count, listen=f"127.0.0.1:{v.free_port()}") as (node, browser):
        admin = node.administrator()
        csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD)
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration(EVIL))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        company, officer = browser.person(), browser.person()
        browser.open(company, "/")
        count.equal(company.locator("h1").inner_text(), "Test node", "the front door says whose it is")
        browser.screen(company, "front-door")
        company.get_by_role("link", name="Sign in").click()
        company.get_by_label("Login").wait_for()
        browser.screen(company, "sign-in")
        browser.sign_in(company, clerk)
        company.get_by_text("Nothing is owed.").wait_for()
        browser.screen(company, "home-company")

        browser.open(officer, "/app/queue")
        browser.sign_in(officer, csirt)
        officer.get_by_role("heading", name="Queue").wait_for()
        officer.get_by_role("link", name="Söhne").wait_for()
        before = officer.locator("tbody tr").count()
        browser.screen(officer, "queue")

        # reporting
        company.get_by_role("link", name="Report an incident").click()
        company.get_by_label("What happened, in one sentence?").fill("Customers can't reach the service.")
        aware = company.get_by_label("When did you become aware that it is significant?")
        company.locator("div.field", has=aware).get_by_role("button", name="Now").click()
        group = company.get_by_role("group", name="Do you suspect an unlawful or malicious act?")
        group.get_by_label("Not known yet").check()
        browser.screen(company, "early-warning")
        company.reload()
        count.equal(company.get_by_label("What happened, in one sentence?").input_value(), "Customers can't reach the service.", "kept through a reload")
        count.check(company.get_by_role("group", name="Do you suspect").get_by_label("Not known yet").is_checked(), "choices too")
        company.get_by_role("button", name="File: Early warning").click()
        company.get_by_role("alert").get_by_text("This needs another look").wait_for()
        count.check("NIS2 23(4)(a), 23(1)" in company.get_by_role("alert").inner_text(), "a fault names the article")
        browser.screen(company, "early-warning-faults")

        # the node is killed while one types
        node.kill_tree()
        company.get_by_role("group", name="Could it have an impact").get_by_label("No", exact=True).check()
        company.get_by_role("button", name="File: Early warning").click()
        company.get_by_text("The node can't be reached. Check").wait_for()
        count.equal(company.get_by_label("What happened, in one sentence?").input_value(), "Customers can't reach the service.", "kept while the node is away")
        node.start()
        company.get_by_role("button", name="File: Early warning").click()
        company.get_by_role("heading", name="Filed").wait_for()
        company.get_by_text("Receipt checked on this device").wait_for()
        browser.screen(company, "filed")
        with company.expect_download() as download:
            company.get_by_role("link", name="Download the receipt").click()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "receipt.json")
            download.value.save_as(path)
            run = subprocess.run([v.VARDE, "verify", path, "--key", node.key], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            count.equal(run.returncode, 0, f"the receipt verifies: {run.stdout[-300:]}")
            with open(path, encoding="utf-8") as file:
                count.check(json.load(file), "the receipt is JSON")
        company.get_by_role("main").get_by_role("link", name="Open the case").click()
        company.get_by_role("heading", name="Duties and clocks").wait_for()
        browser.screen(company, "case-company")

        # the officer: it announces itself, nothing moved, then it is there
        officer.get_by_text("1 new").wait_for()
        count.equal(officer.locator("tbody tr").count(), before, "no row moved by itself")
        officer.get_by_role("button", name="Show them").click()
        officer.get_by_role("row", name="Incident reporting").wait_for()
        officer.get_by_role("row", name="Incident reporting").get_by_role("link").click()
        officer.get_by_role("link", name="Response to the early warning").click()
        first = officer.locator("form .field textarea, form .field input").first
        first.wait_for()
        browser.screen(officer, "answer")
        text = officer.locator("textarea").first
        text.fill("We have it. Call us at any time.")
        officer.get_by_role("button", name="File: Response").click()
        officer.get_by_role("heading", name="Filed").wait_for()
        company.get_by_text("This case has changed.").wait_for()
        company.get_by_role("button", name="Show the changes").click()
        company.get_by_role("button", name=re.compile("Read.*Response")).click()
        company.get_by_text("We have it. Call us at any time.").wait_for()
        browser.screen(company, "case-company-read")

        # three languages without a reload; a hostile name is text; the session that ends keeps what was typed
        company.get_by_label("Language").select_option("de")
        company.get_by_role("heading", name="Pflichten und Fristen").wait_for()
        count.equal(company.evaluate("document.documentElement.lang"), "de", "the page says its language")
        browser.screen(company, "case-german")
        company.get_by_label("Sprache").select_option("en")
        count.check(EVIL in company.locator("h1").inner_text() and company.title() != "ran", "a hostile name is shown, not run")
        browser.open(company, "/app/file/incident/early_warning")
        company.get_by_label("What happened, in one sentence?").fill("A second one.")
        for session in clerk.need(200, "GET", "/api/v1/me/sessions")["items"]:
            if not session["is_this_one"]:
                clerk.need(204, "DELETE", f"/api/v1/me/sessions/{session['id']}")
        company.get_by_label("What happened, in one sentence?").press_sequentially(" And more.")
        company.get_by_role("button", name="File: Early warning").click()
        company.get_by_text("Your session has ended").wait_for()
        browser.screen(company, "session-ended")
        company.get_by_label("Login").fill(clerk.login)
        company.get_by_label("Password").fill(clerk.password)
        company.get_by_role("button", name="Sign in", exact=True).click()
        count.equal(company.get_by_label("What happened, in one sentence?").input_value(), "A second one. And more.", "kept through the end of the session")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
