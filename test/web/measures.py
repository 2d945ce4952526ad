#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A company keeps its measures in a browser: the assessment is answered by keyboard, kept through a reload, filed unfinished, gone on with, finished and signed;
nobody but its own people knows of it; what is handed in is chosen part by part, and the authority sees that alone; what is shared is compared with the sector."""
import re
import sys

import _browser as b

v = b.v
count = v.Count()
SECRET = "quaggaplan"


def world(node):
    admin = node.administrator()
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    filed = clerk.must_file("registration", "registration", v.registration("Quilzarn Cloud (invented)", ["DI_CLOUD"], main_establishment="BE", ip_ranges=["192.0.2.0/24"]))
    ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
    asked = [one["control"] for one in clerk.need(200, "GET", "/api/v1/law/controls?catalogue=eu/ir-2024-2690")["controls"] if one["is_asked"]]
    return {"ca": ca, "clerk": clerk, "entity": filed["entity"], "asked": asked}


def assess(browser, page, w):
    """A first version, by keyboard alone, and a reload in the middle of it."""
    browser.open(page, f"/app/entities/{w['entity']}")
    browser.sign_in(page, w["clerk"])
    page.get_by_role("link", name="Measures, approvals, suppliers").click()
    page.get_by_text("There is no self-assessment yet.").wait_for()
    count.check("Only your own people see this page" in page.get_by_role("main").inner_text(), "it says that it is private")
    browser.screen(page, "measures-empty")
    page.get_by_role("link", name="Begin the self-assessment").click()
    page.get_by_text("0 of 10 answered").first.wait_for()
    page.get_by_text(f"0 of {len(w['asked'])} answered").first.wait_for()
    browser.screen(page, "measures-form-empty")
    page.get_by_label("As of which day?").fill("2026-10-01")
    page.get_by_role("group", name="Is the assessment finished?").get_by_label("No", exact=True).check()
    annex = page.get_by_role("group", name="The annex of the Implementing Regulation")
    button = annex.get_by_role("button", name="Next without answer")
    button.focus()
    for choice in ("I", "Pa", "Pl"):
        page.keyboard.press("Enter")
        count.check(b.until(lambda: "-lead" in page.evaluate("document.activeElement.id")), "the next control without answer has the focus")
        page.keyboard.type(choice)
        count.check(b.until(lambda choice=choice: page.evaluate("document.activeElement.selectedOptions[0].label").startswith(choice)), f"answered by keyboard: {choice}")
        button.focus()
    annex.get_by_text("3 of").first.wait_for()
    annex.get_by_label("What is planned?").fill(SECRET)
    page.reload()
    annex.get_by_text("3 of").first.wait_for()
    page.get_by_text("Your draft of").wait_for()
    browser.screen(page, "measures-form")
    page.get_by_role("button", name="File: Self-assessment").click()
    page.get_by_role("heading", name="Filed").wait_for()


def finish(browser, page, w):
    """What is filed goes on where it stood; finished it asks for the rest and names what lacks."""
    case = [one for one in w["clerk"].need(200, "GET", f"/api/v1/cases?entity={w['entity']}&limit=100")["cases"] if one["procedure"] == "measures"][0]["id"]
    browser.open(page, f"/app/cases/{case}/file/self_assessment")
    page.get_by_text("This begins with version 1").wait_for()
    annex = page.get_by_role("group", name="The annex of the Implementing Regulation")
    annex.get_by_text("3 of").first.wait_for()
    page.get_by_role("group", name="Is the assessment finished?").get_by_label("Yes", exact=True).check()
    page.get_by_role("group", name="Did you find that you don't comply").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="File: Self-assessment").click()
    page.get_by_role("alert").get_by_text("This needs another look").wait_for()
    count.check("IR" in page.get_by_role("alert").inner_text(), "what lacks is named")
    browser.screen(page, "measures-form-faults")
    # the rest as a clerk would answer it, but at once
    levels = dict(zip("abcdefghij", [3, 2, 4, 1, 3, 2, 5, 3, 4, 2]))
    rows = [{"control": c, "status": "in_place" if n > 2 else "partly", "maturity": n, "owner": "Olga Invented"} for c, n in levels.items()]
    rows[3].update({"status": "planned", "planned": SECRET + ": contracts", "planned_by": v.instant(90 * 86400)[:10]})
    more = [{"control": i, "status": "in_place" if n % 5 else "partly", "maturity": 3} for n, i in enumerate(w["asked"])]
    w["clerk"].must_file("measures", "self_assessment", {"assessed_on": "2026-10-02", "scope": "All of it.", "finished": True, "non_compliance": False, "minimum": rows, "annex": more}, case=case)
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_role("heading", name="Summary for the management body").wait_for()
    row = page.get_by_role("row", name=re.compile("Supply chain security"))
    count.check("Planned" in row.inner_text() and "Olga Invented" in row.inner_text(), "the summary says where each point stands and who is responsible")
    browser.screen(page, "measures")
    page.emulate_media(media="print")
    count.check(not page.get_by_role("button", name="Print the summary").is_visible() and page.get_by_role("heading", name="Summary for the management body").is_visible(), "printed, the summary stands alone")
    browser.screen(page, "measures-print")
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Sign it off").click()
    page.get_by_label("Who signs?").fill("Anna Invented")
    page.get_by_label("In which function?").fill("Chair")
    page.get_by_label("When?").fill("2026-10-03")
    page.get_by_role("button", name="File: Sign-off").click()
    page.get_by_role("heading", name="Filed").wait_for()
    return case


def approve(browser, page, w):
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_text("Anna Invented, Chair").wait_for()
    page.get_by_role("link", name="Record the approval").click()
    page.get_by_label("What was approved?").fill("The measures of 2026")
    count.equal(page.get_by_label("Version").input_value(), "2", "the version is there already")
    page.get_by_label("When did the body decide?").fill("2026-10-05")
    page.get_by_role("group", name="Decision").get_by_label("Approved", exact=True).check()
    members = page.get_by_role("group", name="Which members took part?")
    members.get_by_role("button", name="Add").click()
    members.get_by_label("1. Name").fill("Anna Invented")
    members.get_by_label("1. Function").fill("Chair")
    browser.screen(page, "measures-approval")
    page.get_by_role("button", name="File: Approval").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_role("link", name="Record a training").click()
    page.get_by_role("group", name="For whom?").get_by_label("Members of the management body").check()
    page.get_by_label("On which day did it end?").fill("2026-09-10")
    page.get_by_label("What was taught?").fill("Risks and their management")
    people = page.get_by_role("group", name="Which members of the management body")
    people.get_by_role("button", name="Add").click()
    people.get_by_label("1. Name").fill("Anna Invented")
    page.get_by_role("button", name="File: Training").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_role("link", name="Add a supplier").click()
    page.get_by_label("Name", exact=False).first.fill("Zorbulex Hosting (invented)")
    contacts = page.get_by_role("group", name="Points of contact")
    contacts.get_by_role("button", name="Add").click()
    contacts.get_by_label("1. Name").fill("Duty desk")
    supplies = page.get_by_role("group", name="ICT products, services and processes")
    supplies.get_by_role("button", name="Add").click()
    supplies.get_by_label("1. What").fill("Housing")
    supplies.get_by_role("group", name="Kind").get_by_label("Service").check()
    page.get_by_role("group", name="What if it fails").get_by_label("The service stands still").check()
    page.get_by_role("button", name="File: Supplier").click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    row = page.get_by_role("row", name="Zorbulex Hosting")
    row.wait_for()
    count.check("Housing" in row.inner_text() and "The service stands still" in row.inner_text() and "Not assessed yet" in row.inner_text(), "a supplier in a row")
    page.get_by_role("row", name="The measures of 2026").wait_for()
    browser.screen(page, "measures-whole")


def compare(browser, page, w):
    page.get_by_role("link", name="Share and compare").click()
    page.get_by_role("group", name="Do you want to take part?").get_by_label("Yes", exact=True).check()
    count.equal(page.get_by_label("Supply chain security").input_value(), "1", "the levels are those of the assessment")
    page.get_by_role("button", name=re.compile("^File:")).click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_text("You share your levels since").wait_for()
    page.get_by_text("No figures of your sector are published yet").wait_for()
    page.get_by_role("link", name="Not share any more").click()
    page.get_by_role("button", name=re.compile("^File:")).click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(page, f"/app/entities/{w['entity']}/measures")
    page.get_by_text("You don't share your levels.").wait_for()


def hand_in(browser, page, officer, w):
    """The authority knows of nothing until something is handed in, and then sees that alone."""
    browser.open(officer, f"/app/entities/{w['entity']}")
    browser.sign_in(officer, w["ca"])
    officer.get_by_role("heading", name="Quilzarn").wait_for()
    seen = officer.get_by_role("main").inner_text()
    count.check("Self-assessment" not in seen and "Measures, approvals" not in seen, "the authority sees no measures, nor that there are any")
    page.get_by_role("button", name=re.compile("Hand in to the authority")).click()
    page.get_by_label(re.compile("The ten points")).check()
    page.get_by_label(re.compile(r"Approvals \(")).check()
    browser.screen(page, "measures-hand-in")
    page.get_by_role("button", name="Show it in the form").click()
    page.get_by_text("10 of 10 answered").first.wait_for()
    page.get_by_text(f"0 of {len(w['asked'])} answered").first.wait_for()
    browser.screen(page, "measures-hand-in-form")
    page.get_by_role("button", name=re.compile("^File:")).click()
    page.get_by_role("alertdialog").get_by_text("The competent authority sees").wait_for()
    page.get_by_role("alertdialog").get_by_role("button", name=re.compile("^File:")).click()
    page.get_by_role("heading", name="Filed").wait_for()
    browser.open(officer, f"/app/entities/{w['entity']}")
    officer.get_by_role("link", name=re.compile("handed in", re.I)).first.click()
    officer.get_by_role("button", name=re.compile("Read.*Measures handed in")).click()
    officer.get_by_text("Olga Invented").first.wait_for()
    text = officer.get_by_role("main").inner_text()
    count.check("The measures of 2026" in text and "Zorbulex" not in text and "Risks and their management" not in text, "the authority sees what was chosen, and nothing else")
    browser.screen(officer, "measures-handed-in")


def languages(browser, w):
    """In French and German on a telephone."""
    for locale, sign, title, begin in (("fr-FR", "Se connecter", "Synthèse pour l'organe de direction", "Modifier l'auto-évaluation"), ("de-DE", "Anmelden", "Übersicht für das Leitungsorgan", "Selbstbewertung ändern")):
        page = browser.person(locale=locale, width=320, height=640)
        browser.open(page, f"/app/entities/{w['entity']}/measures")
        page.locator("input").first.fill(w["clerk"].login)
        page.locator("input[type=password]").fill(w["clerk"].password)
        page.get_by_role("button", name=sign, exact=True).click()
        page.get_by_role("heading", name=title).wait_for()
        browser.screen(page, f"measures-{locale[:2]}")
        page.get_by_role("link", name=begin).click()
        page.locator("details.section").nth(1).locator("summary").click()
        page.locator("details.section[open] select").first.wait_for()
        browser.screen(page, f"measures-form-{locale[:2]}")


def main():
    with b.stage(count) as (node, browser):
        w = world(node)
        page, officer = browser.person(), browser.person()
        assess(browser, page, w)
        finish(browser, page, w)
        approve(browser, page, w)
        compare(browser, page, w)
        hand_in(browser, page, officer, w)
        languages(browser, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
