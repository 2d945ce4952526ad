#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""How the main screens look and read to those who don't see them as their makers do: axe-core in dark colours and in forced ones, nothing that moves where one
asked for stillness, contrast of what one operates measured; and what a screen reader is told: the tree of names in order, what is live said once."""
import re
import sys

import _browser as b
import _stories as s

v = b.v
count = v.Count()

# Borders of what one fills in or presses against what is beside them (WCAG 1.4.11), as drawn: the least contrast on the page.
CONTRAST = r"""() => {
  const parse = (text) => { const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true}); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return c.getImageData(0, 0, 1, 1).data; };
  const light = ([r, g, b]) => { const f = (x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (el) => { for (let at = el; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; const p = parse(c); if (p[3] === 255) return p; } return parse('white'); };
  let least = 99, what = '';
  for (const el of document.querySelectorAll('main input:not([type=hidden],[type=radio],[type=checkbox],[type=file]), main select, main textarea')) {
    if (!el.getClientRects().length) continue;
    const a = light(parse(getComputedStyle(el).borderTopColor)), c = light(ground(el.parentElement));
    const ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
    if (ratio < least) { least = ratio; what = el.outerHTML.slice(0, 80); }
  }
  return [least, what];
}"""
STILL = "document.getAnimations().length === 0 && [...document.querySelectorAll('*')].every((el) => getComputedStyle(el).transitionDuration.split(',').every((d) => parseFloat(d) === 0))"


def screens(browser, page, w, what):
    """Each main screen by axe-core, which reads colours as they are drawn."""
    for name, path, wait in (("today", "/app/", "Next due"), ("queue", "/app/queue", "Queue"), ("case", f"/app/cases/{w['case']}", "Duties and clocks"), ("answer", f"/app/cases/{w['case']}/file/answer?as=csirt", "Response"),
                             ("send abroad", f"/app/cases/{w['case']}/release", "Send abroad"), ("register", "/app/register", "Register")):
        page.goto(w["url"] + path)
        page.get_by_role("heading", name=wait).first.wait_for()
        browser.screen(page, f"{name}, {what}")
        least, where = page.evaluate(CONTRAST)
        count.check(least >= 3, f"{name}, {what}: borders have a contrast of {least:.2f} at {where}")


def dark(browser, w):
    page = browser.person(color_scheme="dark", reduced_motion="reduce")
    browser.open(page, "/app/")
    browser.sign_in(page, w["csirt"])
    screens(browser, page, w, "dark")
    count.check(page.evaluate(STILL), "nothing moves where one asked for stillness")
    return page


def forced(browser, w):
    """Colours that the reader forces: signs and words carry what colours did."""
    page = browser.person(forced_colors="active")
    browser.open(page, "/app/")
    browser.sign_in(page, w["ca"])
    page.get_by_role("heading", name="Next due").wait_for()
    browser.screen(page, "today, forced colours")
    browser.open(page, "/app/queue")
    page.get_by_role("heading", name="Queue").wait_for()
    page.keyboard.press("Tab")
    at = page.evaluate(s.FOCUS)
    count.check(at["outline"] >= 2, f"the focus is drawn in forced colours: {at}")
    browser.screen(page, "queue, forced colours")


# --- what is read out ---

def in_order(page, what, *parts):
    """The tree of roles and names, read from its top: these stand in it, in this order."""
    tree = page.locator("body").aria_snapshot()
    at = 0
    for part in parts:
        found = re.compile(part).search(tree, at)
        if not count.check(found is not None, f"{what}: {part!r} is read after what comes before it:\n{tree[at:at + 1500]}"):
            return
        at = found.end()
    # nothing that one operates is without a name
    nameless = [line.strip() for line in tree.splitlines() if re.fullmatch(r"\s*- (button|link|textbox|combobox|checkbox|radio|dialog|alertdialog|region|navigation)( \[[^]]*\])*:?", line)]
    count.equal(nameless, [], f"{what}: all that one operates has a name")


def read_out(browser, page, w):
    page.goto(w["url"] + "/app/queue")
    page.get_by_role("link", name="Vraxquel").first.wait_for()
    in_order(page, "queue", 'link "Skip to the content"', "banner", 'navigation "Menu"', 'link "Queue"', 'combobox "Language"', "main", 'heading "Queue.*level=1', 'combobox "Owner"', "table", 'columnheader "Next due"',
             'columnheader "Owner"', "row ", "left", 'rowheader "(Vraxquel|Umbrix)', 'button "Decide on several"', "contentinfo")
    page.goto(f"{w['url']}/app/cases/{w['case']}")
    page.get_by_role("heading", name="At the office").wait_for()
    in_order(page, "case", 'heading "Vraxquel Power.*level=1', 'heading "What can be done".*level=2', 'button "Take it and write: Response', 'heading "Duties and clocks".*level=2', "left", 'heading "At the office"', 'button "Take this case"',
             'heading "Documents".*level=2', 'heading "Early warning".*level=3', 'button "Read ?: Early warning"', 'heading "Timeline".*level=2')
    page.goto(f"{w['url']}/app/cases/{w['case']}/release")
    page.get_by_role("checkbox", name="France").wait_for()
    in_order(page, "send abroad", 'heading "Send abroad".*level=1', 'combobox "Document"', "table", 'columnheader "Original"', 'columnheader "France', 'checkbox "France', 'rowheader', "goes", 'textbox "Reason, for the record', 'button "Release to France')
    company = browser.person()
    company.goto(w["url"] + "/app/file/incident/early_warning")
    in_order_of_form(browser, company, w)
    return company


def in_order_of_form(browser, page, w):
    page.get_by_label("Login (your e-mail address)").wait_for()
    in_order(page, "sign in", 'heading "Sign in".*level=1', 'textbox "Login', 'textbox "Password"', 'textbox "Code of the second factor', 'button "Sign in"', 'link "An incident, and no account')
    browser.sign_in(page, w["clerk"])
    page.get_by_role("button", name="File: Early warning").wait_for()
    in_order(page, "early warning", 'heading "Early warning".*level=1', "does not notify any other", 'textbox "When did you become aware', 'button "Now ?: When', 'textbox "What happened', 'group "Do you suspect', 'radio "Yes"', 'radio "Not known yet"',
             'group "Could it have an impact', 'button "File: Early warning"')
    page.get_by_role("button", name="File: Early warning").click()
    page.get_by_role("alert").wait_for()
    count.check(page.evaluate("document.activeElement.getAttribute('role') === 'alert'"), "the faults are said, and the focus stands on them")
    in_order(page, "faults", "alert", "This needs another look", 'link "When did you become aware', 'textbox "When did you become aware')


# Every change within a live region, as readers hear it.
LISTEN = r"""() => {
  window.heard = [];
  new MutationObserver((all) => {
    for (const one of all) {
      const el = one.target.nodeType === 1 ? one.target : one.target.parentElement;
      const live = el?.closest('[aria-live], [role=status], [role=alert]');
      const off = el?.closest('[aria-live=off]');
      if (!live || off || live.getAttribute('aria-live') === 'off') continue;
      const text = [...one.addedNodes].map((n) => n.textContent.trim()).join(' ').trim() || (one.type === 'characterData' ? live.textContent.trim() : '');
      if (text) window.heard.push(text.replace(/\s+/g, ' '));
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def live(page, w):
    """A case comes in while one looks at the queue: it is said, once; clocks that tick say nothing."""
    page.goto(w["url"] + "/app/queue")
    page.get_by_role("link", name="Vraxquel").first.wait_for()
    page.wait_for_timeout(800)
    page.evaluate(LISTEN)
    page.wait_for_timeout(2300)
    ticked = page.evaluate("heard")
    count.equal([one for one in ticked if "left" in one or re.search(r"\d s", one)], [], "clocks tick to the eye only")
    page.evaluate("heard.length = 0")
    w["other"].again().must_file("incident", "early_warning", v.early_warning(1), entity=w["other_entity"])
    page.get_by_text("1 new").wait_for()
    page.wait_for_timeout(2500)
    heard = page.evaluate("heard")
    count.equal(sum("1 new" in one for one in heard), 1, f"what is new is said once: {heard}")
    count.check(sum("call" in one for one in heard) <= 1, f"and a call that waits once: {heard}")


def main():
    with b.stage(count) as (node, browser):
        w = s.world(node, count)
        officer = dark(browser, w)
        forced(browser, w)
        read_out(browser, officer, w)
        live(officer, w)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
