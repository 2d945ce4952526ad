#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What readers' tools need: each screen has a title of its own that is its heading (WCAG 2.4.2), texts that lack a translation say in which
language they are (3.1.2), fields that ask for one's own name and address say so (1.3.5), and nothing is cut where letters, words and lines
are set wider apart (1.4.12)."""
import sys

import _browser as b

v = b.v
count = v.Count()
OPEN = ["/scope", "/overview", "/statistics", "/law", "/verify"]
OFFICER = ["/", "/queue", "/duties", "/file", "/register", "/search", "/calls", "/rota/ca", "/shift", "/held", "/obligations", "/calendar", "/situation", "/outside", "/outbox", "/account", "/people"]
# As WCAG 1.4.12 has it. In a style sheet that a script makes: the page's policy takes no others.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
# Elements whose own text is wider or higher than the box that hides what goes beyond it, or a button whose words leave it.
CUT = """() => [...document.querySelectorAll('body *')].filter((e) => {
  if (!e.checkVisibility() || e.closest('.hidden-to-eye, select, textarea, .skip') || e.clientWidth < 2) return false;
  const style = getComputedStyle(e), hides = (o) => ['hidden', 'clip'].includes(o), isButton = e.matches('button, .button, .tag');
  return ((isButton || hides(style.overflowX)) && e.scrollWidth > e.clientWidth + 1) || ((isButton || hides(style.overflowY)) && e.scrollHeight > e.clientHeight + 1);
}).map((e) => e.outerHTML.slice(0, 120))"""


def titles(browser, page, paths, seen):
    for path in paths:
        browser.open(page, "/app" + path)
        heading = page.locator("main h1").first
        heading.wait_for()
        words = " ".join(heading.inner_text().split())
        is_right = b.until(lambda: page.title() == f"{words} – Varde", 5)
        count.check(is_right, f"{path}: the title is \"{page.title()}\", the heading \"{words}\"")
        count.check(page.title() not in seen, f"{path}: another screen has the title {page.title()}")
        seen.add(page.title())


def spacing(browser, page, paths):
    for width in (1200, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            browser.open(page, "/app" + path)
            page.locator("main h1").first.wait_for()
            page.wait_for_timeout(150)
            page.evaluate(SPACING)
            count.equal(page.evaluate(CUT), [], f"{path} at {width} pixels: words that are cut")
            wide = page.evaluate("document.documentElement.scrollWidth")
            count.check(wide <= width, f"{path}: {wide} pixels wide in {width}")
    page.set_viewport_size({"width": 1200, "height": 900})


def purposes(browser, page):
    """What a browser may fill in stands at the fields, in the order of the form."""
    def tokens():
        return page.eval_on_selector_all("form [autocomplete]:not([autocomplete=off])", "all => all.map((e) => e.getAttribute('autocomplete'))")
    browser.open(page, "/app/file/registration/registration")
    page.get_by_role("button", name="Add: Contacts").click()
    page.get_by_label("Name of the entity").wait_for()
    count.equal(tokens(), ["organization", "street-address", "postal-code", "address-level2", "country", "name", "email", "tel"], "what a registration asks of one's own")
    browser.open(page, "/emergency")
    count.equal(tokens(), ["organization", "name", "tel", "email"], "what the report without account asks")


def languages(browser, page):
    """A duty without French words is marked as English; one that has them is not."""
    page.route("**/api/v1/duties*", lambda route: answer(route))
    browser.open(page, "/app/duties")
    page.locator(".language select").select_option("fr")
    page.get_by_text("Only in English").wait_for()
    count.equal(page.get_by_text("Only in English").get_attribute("lang"), "en", "it is marked")
    count.equal(page.get_by_text("En français aussi").get_attribute("lang"), None, "this one needs no mark")
    count.equal(page.evaluate("document.documentElement.lang"), "fr", "the page is French")
    page.get_by_role("heading", name="Ce qui est dû").wait_for()
    count.check(b.until(lambda: page.title() == "Ce qui est dû – Varde", 5), f"the title follows the language: {page.title()}")
    page.unroute("**/api/v1/duties*")
    page.locator(".language select").select_option("en")


def answer(route):
    body = route.fetch().json()
    first = body["duties"][0]
    body["duties"] = [dict(first, duty=dict(first["duty"], duty="one", words={"en": "Only in English"})), dict(first, duty=dict(first["duty"], duty="two", words={"fr": "En français aussi"}))]
    route.fulfill(json=body)


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company"))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        entity = clerk.need(200, "GET", "/api/v1/me")["mandates"][0]["entity"]
        warned = clerk.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=1), entity=entity)
        seen = set()
        page = browser.person()
        titles(browser, page, OPEN, seen)
        browser.open(page, "/app/queue")
        browser.sign_in(page, ca)
        titles(browser, page, OFFICER + [f"/cases/{warned['case']}", f"/entities/{entity}"], seen)
        spacing(browser, page, ["/", "/queue", "/calls", "/rota/ca", f"/cases/{warned['case']}"])
        other = browser.person()
        browser.open(other, "/app/duties")
        browser.sign_in(other, clerk)
        languages(browser, other)
        purposes(browser, other)
        spacing(browser, other, ["/file/incident/early_warning"])
        count.equal(browser.errors, [], "errors of scripts")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
