#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The pages without JavaScript: the scope questions to an answer, the directory, the receipt check; with scripts switched off, in three languages, and with
hostile input. The scope questions with JavaScript too: what is assumed can be said otherwise."""
import json
import os
import re
import sys
import tempfile

import _browser as b

v = b.v
count = v.Count()


def ask(page, node, types, states, answers):
    """Answers questions by their words until there is an answer; gives how many were asked."""
    page.goto(node.url + "/scope")
    for sector, words in types:
        page.locator("summary", has_text=sector).first.click()
        page.get_by_label(words).check()
    for state in states:
        page.get_by_label(state, exact=True).check()
    page.get_by_role("button", name="Go on").click()
    asked = 0
    while page.locator("h2#question").count() == 1 and asked < 20:
        asked += 1
        question = page.locator("h2#question").inner_text()
        said = next((what for part, what in answers.items() if part in question), None)
        box = page.get_by_role("textbox")
        if said is not None and box.count() == 1:
            box.fill(said)
        elif said is not None:
            page.get_by_label(said, exact=True).check()
        page.get_by_role("button", name="Go on").click()
    return asked


def scope(browser, page, node):
    page.goto(node.url + "/")
    page.get_by_role("link", name="Am I in scope?").click()
    page.locator("summary", has_text="Energy").wait_for()
    browser.screen(page, "plain-scope")
    asked = ask(page, node, [("Energy", "Electricity distribution system operator")], ["Belgium"], {"annual work units": "1 200", "turnover": "90000000", "balance sheet": "80000000,50"})
    main = page.locator("main").inner_text()
    count.check("The Directive applies: essential entity" in main, f"a large operator is essential: {main[:300]}")
    count.check("3(1)(a)" in main and "Why" in main and "Whom to ask" in main and "CCB" in main, "reasons, articles, whom to ask")
    count.check(0 < asked <= 9, f"{asked} questions")
    browser.screen(page, "plain-scope-answer")
    ask(page, node, [], ["Belgium"], {})
    count.equal(page.locator("h2").first.inner_text(), "The Directive does not apply", "no type is out")
    ask(page, node, [("Energy", "Electricity distribution system operator")], ["Belgium"], {})
    text = page.locator("main").inner_text()
    count.check("This cannot be said yet" in text and "What would settle it" in text, f"{text[:400]}: without figures it is undetermined, and says what would settle it")
    ask(page, node, [("Energy", "Electricity distribution system operator")], ["Belgium"], {"annual work units": "<b>many</b>"})
    count.check("A number is expected" in page.locator("main").inner_text() and page.locator("main b").count() == 0, "what is no number is refused in words")
    page.goto(node.url + "/scope?language=de")
    count.check(page.locator("html").get_attribute("lang") == "de" and page.get_by_label("Belgien").count() == 1, "German")
    page.get_by_role("button", name="Weiter").click()
    count.equal(page.locator("html").get_attribute("lang"), "de", "German stays")


SMALL = {"annual work units": "20", "turnover": "3 000 000", "balance sheet": "3000000"}
OPERATOR = ("Energy", "Electricity distribution system operator")


def group(browser, page, bare, node, outcome):
    """Without JavaScript related enterprises are said one after the other, and the years before."""
    bare.get_by_role("button", name="It is otherwise: Partner and linked").click()
    bare.get_by_label("Name", exact=True).fill("Parent")
    bare.get_by_role("button", name="Go on").click()
    count.check("holds a share in you" in bare.get_by_role("alert").inner_text() and bare.get_by_label("Name", exact=True).input_value() == "Parent", "what is amiss is said, and nothing typed is lost")
    bare.get_by_label("It holds a share in yours").check()
    bare.get_by_label("Share of the capital").fill("30")
    bare.get_by_label("Its staff").fill("1 000")
    bare.get_by_role("button", name="Add, and say another").click()
    bare.locator("li", has_text="Parent").wait_for()
    bare.get_by_label("Name", exact=True).fill("Fund")
    bare.get_by_label("It holds a share in yours").check()
    bare.get_by_label("Share of the capital").fill("30")
    bare.get_by_label("Venture capital company").check()
    bare.get_by_label("Its staff").fill("9 000")
    bare.get_by_role("button", name="Go on").click()
    count.check("essential" in outcome.inner_text() and "Fund: venture_capital, not counted" in bare.locator("main").inner_text(), f"30 % of a partner counts, an investor does not: {bare.locator('main').inner_text()[:600]}")
    bare.get_by_role("button", name="Change: Partner and linked").click()
    bare.get_by_role("button", name="Take out: Parent").click()
    bare.get_by_role("button", name="Go on").click()
    count.equal(outcome.inner_text(), "The Directive does not apply", "without the partner it is small again")
    bare.get_by_role("button", name="Change: Staff").click()
    bare.get_by_role("textbox").fill("60")
    bare.get_by_role("button", name="Go on").click()
    while bare.locator("h2#question").count() == 1:
        bare.get_by_role("button", name="Go on").click()
    bare.get_by_role("button", name="It is otherwise: Figures of the years before").click()
    for label, said in (("Year", "2025"), ("Staff", "20"), ("Annual turnover", "3 000 000"), ("Balance sheet", "3000000")):
        bare.get_by_label(label).fill(said)
    bare.get_by_role("button", name="Go on").click()
    count.equal(outcome.inner_text(), "The Directive does not apply", "a ceiling crossed in one year only changes nothing yet")


def contradict(browser, page, bare, node):
    """Without JavaScript too each thing that was assumed can be said otherwise, by keyboard, and taken back; what was said can be changed."""
    ask(bare, node, [OPERATOR], ["Belgium"], SMALL)
    outcome = bare.locator("h2").first
    count.equal(outcome.inner_text(), "The Directive does not apply", "a small operator is out")
    bare.get_by_role("button", name="It is otherwise: Critical entity under the CER Directive").press("Enter")
    bare.get_by_label("Yes", exact=True).press("Space")
    bare.get_by_role("button", name="Go on").press("Enter")
    count.check("essential" in outcome.inner_text(), f"contradicted: {outcome.inner_text()}")
    bare.get_by_role("button", name="Change: Critical entity under the CER Directive").click()
    count.check(bare.get_by_label("Yes", exact=True).is_checked(), "what was said is chosen")
    bare.get_by_label("I do not know").check()
    bare.get_by_role("button", name="Go on").click()
    count.equal(outcome.inner_text(), "The Directive does not apply", "taken back")
    bare.get_by_role("button", name="It is otherwise: Countries of services").click()
    bare.get_by_label("France").check()
    bare.get_by_role("button", name="Go on").click()
    bare.locator("li", has_text="Countries of services: France").wait_for()
    group(browser, page, bare, node, outcome)
    bare.get_by_label("Say something else").select_option("Country of decisions")
    bare.get_by_role("button", name="Say it", exact=True).click()
    bare.get_by_role("combobox").select_option("Outside the Union")
    bare.get_by_role("button", name="Go on").click()
    bare.locator("li", has_text="Country of decisions: Outside the Union").wait_for()
    for language, otherwise, go_on in (("fr", "Il en est autrement", "Continuer"), ("de", "Es ist anders", "Weiter")):
        page.goto(node.url + "/scope?language=" + language)
        for _ in range(9):
            if page.get_by_role("button", name=otherwise).count() > 0:
                break
            page.get_by_role("button", name=go_on).click()
    browser.screen(page, "plain-scope-assumed-de")
    ask(page, node, [OPERATOR], ["Belgium"], SMALL)
    browser.screen(page, "plain-scope-assumed")
    page.get_by_role("button", name="It is otherwise: Countries of services").click()
    browser.screen(page, "plain-scope-services")
    ask(page, node, [OPERATOR], ["Belgium"], SMALL)
    page.get_by_role("button", name="It is otherwise: Partner and linked").click()
    browser.screen(page, "plain-scope-relations")


def group_app(browser, page, result):
    """Partners, linked enterprises and investors by Articles 3 and 6 of the Recommendation, with the fields of the registration's form; two years by Article 4(2)."""
    page.get_by_role("heading", name="Which enterprises hold a share in it").wait_for()
    page.get_by_label("1. Name (required)").fill("Parent")
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("alert").or_(page.locator(".fault")).first.wait_for()
    count.check("holds a share in you" in page.locator("form.card").inner_text(), "the node says what is amiss, at its field")
    page.get_by_label("It holds a share in yours").check()
    for label, said in (("Share of the capital", "60"), ("Its staff", "1 000"), ("Its annual turnover", "90 000 000"), ("Its balance sheet", "80000000,50")):
        page.get_by_label(re.compile(re.escape("1. " + label))).fill(said)
    page.get_by_label("It has most of the votes").check()
    browser.screen(page, "scope-relations")
    page.get_by_role("button", name="Answer").click()
    count.check(b.until(lambda: result.count() == 1 and "essential" in result.inner_text()), f"counted with its parent it is in: {result.all_inner_texts()}")
    page.get_by_role("button", name=re.compile("Change.*Partner and linked")).click()
    page.get_by_label("No", exact=True).check()
    page.locator("select[id$=investor]").select_option("business_angel")
    page.get_by_role("button", name="Answer").click()
    b.until(lambda: page.locator(".fault").count() > 0)
    count.check("this investor depends on it" in page.locator("form.card").inner_text(), "an exemption needs what it hangs on")
    page.get_by_label(re.compile("What the business angels invested")).fill("1 000 000")
    page.locator("[id$=capital]").fill("40")
    browser.screen(page, "scope-investor")
    page.get_by_role("button", name="Answer").click()
    count.check(b.until(lambda: result.count() == 1 and "does not apply" in result.inner_text()), f"a business angel is no partner: {result.all_inner_texts()}")
    page.get_by_role("button", name=re.compile("Change.*Staff")).click()
    page.get_by_role("textbox").first.wait_for()
    page.get_by_role("textbox").fill("60")
    page.get_by_role("button", name="Answer").click()
    count.check(b.until(lambda: result.count() == 1 and "important" in result.inner_text()), f"60 people are medium: {result.all_inner_texts()}")
    page.get_by_role("button", name="Say the years before").click()
    page.get_by_label("1. Year (required)").fill("2025")
    for label, said in (("Staff", "20"), ("Annual turnover", "3 000 000"), ("Balance sheet", "3000000")):
        page.get_by_label(re.compile(re.escape("1. " + label))).fill(said)
    browser.screen(page, "scope-earlier")
    page.get_by_role("button", name="Answer").click()
    count.check(b.until(lambda: result.count() == 1 and "does not apply" in result.inner_text()), f"crossed in one year only it is small still: {result.all_inner_texts()}")
    count.check("one period only changes nothing yet" in page.locator(".result").inner_text(), "and says why")


def scope_app(browser, page, node):
    """With JavaScript the same questions; what was assumed can be said otherwise, a group counts, countries are chosen from a list."""
    page.goto(node.url + "/app/scope")
    page.get_by_label("What does your organisation do?").press_sequentially("distribution system", delay=5)
    page.get_by_role("option", name="Electricity distribution system operator").click()
    page.get_by_role("button", name="Answer").click()
    page.get_by_label("Belgium").check()
    page.get_by_role("button", name="Answer").click()
    result = page.locator(".result h2")

    def asked():
        return page.evaluate("(document.querySelector('h2#question') ?? document.querySelector('.result h2'))?.innerText ?? ''")

    for said in ("20", "3 000 000", "3000000"):  # the last is not asked where the others decide
        b.until(lambda: asked() != "")
        before = asked()
        if result.count() == 1:
            break
        page.get_by_role("textbox").fill(said)
        page.get_by_role("button", name="Answer").click()
        b.until(lambda before=before: asked() not in ("", before))
    count.check("does not apply" in result.inner_text(), f"a small operator alone is out: {result.inner_text()}")
    page.locator("li", has_text="Critical entity under the CER Directive").get_by_role("button", name="It is otherwise").click()
    page.get_by_role("button", name="Yes").click()
    count.check(b.until(lambda: "essential" in result.inner_text()), f"contradicted: {result.inner_text()}")
    page.get_by_role("button", name=re.compile("Change.*Critical entity")).click()
    count.check(b.until(lambda: "does not apply" in result.inner_text()), f"taken back: {result.inner_text()}")
    browser.screen(page, "scope-assumed")
    page.get_by_role("button", name="We belong to a group").click()
    group_app(browser, page, result)
    page.get_by_text("Say something else").click()
    page.get_by_label("Say something else").select_option("decisions_in")
    page.get_by_role("button", name="Say it").click()
    page.get_by_role("combobox").last.select_option("FR")
    browser.screen(page, "scope-country")
    page.get_by_role("button", name="Answer").click()
    page.locator("dd", has_text="France").wait_for()


def directory(browser, page, node):
    page.goto(node.url + "/directory")
    count.equal(page.locator("table").count(), 27, "27 states")
    text = page.locator("main").inner_text()
    count.check("not verified: from memory" in text and "confirmed: public trackers" in text and "2026-11-21" in text, "source, certainty and date")
    browser.screen(page, "plain-directory")
    page.goto(node.url + "/directory?language=fr")
    count.check("Allemagne" in page.locator("main").inner_text(), "French")


def receipt(browser, page, node, proof):
    page.goto(node.url + "/receipt")
    count.check(node.key in page.locator("main").inner_text() and "varde verify" in page.locator("main").inner_text(), "the key, and how to do without the node")
    browser.screen(page, "plain-receipt")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "receipt.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(proof, file)
        page.get_by_label("File of the receipt").set_input_files(path)
        page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="Valid", exact=True).wait_for()
    count.check(proof["filing"] in page.locator("main").inner_text(), "says of which filing")
    browser.screen(page, "plain-receipt-valid")
    shown = next(item for item in proof["fields"] if isinstance(item.get("value"), str))
    shown["value"] += "<script>document.title='ran'</script>"
    page.get_by_label("Or its text").fill(json.dumps(proof))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="Not valid").wait_for()
    browser.screen(page, "plain-receipt-not-valid")
    page.get_by_label("Or its text").fill("nonsense <b>")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="Not valid").wait_for()
    count.equal(page.locator("main b").count(), 0, "nothing of it is markup")


def main():
    with b.stage(count) as (node, browser):
        node.administrator()
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company"))
        proof = clerk.need(200, "GET", f"/api/v1/filings/{filed['filing']}/receipt")
        bare = browser.person(java_script_enabled=False)
        ask(bare, node, [("Energy", "Electricity distribution system operator")], ["Belgium"], {"annual work units": "1 200", "turnover": "90000000", "balance sheet": "80000000,50"})
        count.check("essential entity" in bare.locator("main").inner_text(), "with scripts switched off")
        page = browser.person()
        scope(browser, page, node)
        contradict(browser, page, bare, node)
        scope_app(browser, page, node)
        directory(browser, page, node)
        receipt(browser, page, node, proof)
        facts = clerk.need(200, "GET", "/api/v1/law/facts/named?language=fr")["facts"]
        food = next(one for one in facts if one["name"] == "food_activity")
        count.check(food["values"][0] == {"value": "both", "label": "les deux"} and all(one["label"] and one["question"] for one in facts), "facts have names, questions and choices")
        refused = clerk.call("POST", "/receipt", b"--x\r\n", kind="multipart/form-data; boundary=x")
        count.equal(refused.status, 422, "what no browser sends is refused")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
