#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What is printed: the answer of the scope questions, with and without JavaScript, receipts and what was filed. On paper stands what matters, with whose it is, where it comes
from and when; no menu, no button and no field does. Looked at in print and in the PDF that Chromium makes of it, also from a screen in dark colours."""
import json
import os
import re
import subprocess
import sys
import tempfile

import _browser as b

v = b.v
count = v.Count()
# What has no place on paper and is seen all the same.
IDLE = """() => [...document.querySelectorAll('header nav, nav, .skip, button, .button, input:not([type=hidden]), select, textarea, footer')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 2).map((e) => e.outerHTML.slice(0, 100))"""
INK = "(() => { const c = getComputedStyle(document.body), h = getComputedStyle(document.documentElement); return [c.backgroundColor, h.backgroundColor, c.color]; })()"


def paper(page, name, there, gone=(), pages=2):
    """The page in print, and its PDF: with all of THERE and nothing of GONE."""
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    count.equal([words for words in there if words not in seen], [], f"{name}: on paper")
    count.equal([words for words in gone if words in seen], [], f"{name}: not on paper")
    count.equal(page.evaluate(IDLE), [], f"{name}: neither menu nor button nor field")
    ground, root, ink = page.evaluate(INK)
    count.check(all(colour in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)") for colour in (ground, root)) and sum(map(int, re.findall(r"\d+", ink)[:3])) < 150, f"{name}: dark on white: {ink} on {ground}, {root}")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.pdf")
        page.pdf(path=path, format="A4", prefer_css_page_size=False)
        text = "".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())  # lines break elsewhere
        count.equal([words for words in there if "".join(words.split()) not in text], [], f"{name}: in the PDF")
        number = int(re.search(r"^Pages: +(\d+)", subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout, re.M).group(1))
        count.check(number <= pages, f"{name}: {number} pages, at most {pages}")
        if b.SCREENS:
            os.makedirs(b.SCREENS, exist_ok=True)
            subprocess.run(["pdftoppm", "-r", "80", "-f", "1", "-l", "1", "-singlefile", "-png", path, os.path.join(b.SCREENS, "paper-" + name)], check=True)
    page.emulate_media(media="screen")


def scope_plain(browser, node):
    page = browser.person(java_script_enabled=False)
    page.goto(node.url + "/scope")
    page.locator("summary", has_text="Energy").first.click()
    page.get_by_label("Electricity distribution system operator").check()
    page.get_by_label("Belgium", exact=True).check()
    page.get_by_role("button", name="Go on").click()
    for _ in range(20):
        if page.locator("h2#question").count() == 0:
            break
        question = page.locator("h2#question").inner_text()
        said = next((number for words, number in (("annual work units", "1 200"), ("turnover", "90000000"), ("balance sheet", "80000000")) if words in question), None)
        if said:
            page.get_by_role("textbox").fill(said)
        page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="The Directive applies: essential entity").wait_for()
    # Chromium evaluates nothing on a page whose scripts are off: the same answer in a window that has them.
    with_scripts = browser.person()
    with_scripts.set_content(page.content())
    paper(with_scripts, "scope-plain", ["The Directive applies: essential entity", "3(1)(a)", "Whom to ask", "CCB", "Electricity distribution system operator", "Belgium", "1 200", "Test node"],
          ["To print", "Begin again", "Go on"])


def scope(browser, node):
    page = browser.person(color_scheme="dark")
    page.goto(node.url + "/app/scope")
    page.get_by_label("What does your organisation do?").press_sequentially("distribution system", delay=5)
    page.get_by_role("option", name="Electricity distribution system operator").click()
    page.get_by_role("button", name="Answer").click()
    page.get_by_label("Belgium").check()
    page.get_by_role("button", name="Answer").click()
    result = page.locator(".result h2")
    asked = lambda: page.evaluate("(document.querySelector('h2#question') ?? document.querySelector('.result h2'))?.innerText ?? ''")
    for said in ("1200", "90000000", "80000000"):
        b.until(lambda: asked() != "")
        before = asked()
        if result.count() == 1:
            break
        page.get_by_role("textbox").fill(said)
        page.get_by_role("button", name="Answer").click()
        b.until(lambda before=before: asked() not in ("", before))
    count.check("essential" in result.inner_text(), f"in: {result.inner_text()}")
    paper(page, "scope", [result.inner_text(), "3(1)(a)", "Whom to ask", "Electricity distribution system operator", "Belgium", "1200", "Test node", "/app/scope"], ["Print", "It is otherwise", "Say something else"])


def filed(browser, node, clerk, entity):
    page = browser.person(color_scheme="dark")
    browser.open(page, "/app/file/incident/early_warning")
    browser.sign_in(page, clerk)
    browser.open(page, "/app/file/incident/early_warning")
    page.get_by_label("What happened, in one sentence?").fill("Customers can't reach the service.")
    page.get_by_role("button", name=re.compile("^Now ?: When did you become aware")).click()
    page.get_by_role("group", name="Do you suspect").get_by_label("Not known yet").check()
    page.get_by_role("group", name="Could it have an impact").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="File: Early warning").click()
    page.get_by_text("signed by").or_(page.get_by_text("in the log", exact=False)).first.wait_for()
    row = clerk.need(200, "GET", f"/api/v1/cases?entity={entity}")["cases"]
    case = next(one["id"] for one in row if one["procedure"] == "incident")
    filing = clerk.need(200, "GET", f"/api/v1/cases/{case}")["filings"][0]["id"]
    paper(page, "filed", [filing, case, "Early warning", "Test node", "NIS2 23(4)(b)"], ["Open the case", "Discard"])
    browser.open(page, f"/app/cases/{case}")
    page.get_by_role("button", name=re.compile("^Read.*Early warning")).click()
    page.get_by_text("Customers can't reach the service.").wait_for()
    paper(page, "case", [case, "Vraxquel Power (invented)", "Customers can't reach the service.", "Duties and clocks", "NIS2 23(4)(b)", "Test node"], ["More steps", "Report an emergency without account"])
    return clerk.need(200, "GET", f"/api/v1/filings/{filing}/receipt")


def receipts(browser, node, proof):
    page = browser.person()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "receipt.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(proof, file)
        page.goto(node.url + "/receipt")
        page.get_by_label("File of the receipt").set_input_files(path)
        page.get_by_role("button", name="Check").click()
        page.get_by_role("heading", name="Valid", exact=True).wait_for()
        paper(page, "receipt-plain", ["Valid", proof["filing"], "Test node"], ["Or its text", "File of the receipt"])
        page.goto(node.url + "/app/verify")
        page.locator("#proof-file").set_input_files(path)
        page.get_by_role("button", name="Check").click()
        page.locator("#verdict").wait_for()
        paper(page, "receipt", [page.locator("#verdict").inner_text().lstrip("✓ "), proof["filing"], "early_warning", "Customers can't reach the service.", "Test node"], ["or as text"])


def main():
    with b.stage(count) as (node, browser):
        node.administrator()
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        entity = clerk.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]
        scope_plain(browser, node)
        scope(browser, node)
        receipts(browser, node, filed(browser, node, clerk, entity))
        count.equal(browser.errors, [], "errors of scripts")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
