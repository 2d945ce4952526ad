#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""While one looks: one stream for all windows of a browser, "5 new" that moves no row, a connection that is gone is said and what was
missed is found, a case that changed says so, and clocks that tick to the eye speak at their thresholds only."""
import sys
import time

import _browser as b

v = b.v
count = v.Count()
# Every change of what is read aloud of clocks.
LISTEN = """() => {
  window.spoken = [];
  new MutationObserver(() => { const words = document.getElementById('spoken').textContent; if (words) window.spoken.push(words); })
    .observe(document.getElementById('spoken'), { childList: true, characterData: true, subtree: true });
}"""


class Desk:
    """An officer with two windows of one browser."""

    def __init__(self, browser, officer, company, entity):
        self.browser, self.company, self.entity = browser, company, entity
        self.streams = []
        self.one = browser.person()
        self.watch(self.one)
        browser.open(self.one, "/app/queue")
        browser.sign_in(self.one, officer)
        self.show(self.one)
        self.two = self.one.context.new_page()
        self.watch(self.two)
        self.show(self.two)

    def watch(self, page):
        page.on("request", lambda request: self.streams.append(page) if "/api/v1/events" in request.url else None)

    def show(self, page):
        self.browser.open(page, "/app/queue?order=newest")
        page.get_by_role("heading", name="Queue").wait_for()
        page.locator("tbody tr").first.wait_for()

    def report(self, times):
        for _ in range(times):
            self.company.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=1), entity=self.entity)


def wait(page, condition):
    """Events of the browser are heard only while Playwright waits."""
    for _ in range(100):
        if condition():
            return True
        page.wait_for_timeout(100)
    return False


def rows(page):
    return page.locator("tbody tr").all_inner_texts()


def counted(desk):
    locks = "navigator.locks.query().then((all) => [all.held.length, all.pending.length])"
    count.check(wait(desk.two, lambda: desk.two.evaluate(locks) == [1, 1]), "two windows: one listens, one waits")
    before = {page: rows(page) for page in (desk.one, desk.two)}
    desk.report(5)
    for name, page in (("the first", desk.one), ("the second", desk.two)):
        page.get_by_text("5 new").wait_for()
        count.equal([row.split("\n")[0] for row in rows(page)], [row.split("\n")[0] for row in before[page]], f"no row moved in {name} window")
    desk.one.get_by_role("button", name="Show them").click()
    count.check(b.until(lambda: len(rows(desk.one)) == len(before[desk.one]) + 5), "they are shown when one asks")
    count.equal(len(rows(desk.two)), len(before[desk.two]), "and in no other window")


def handed_on(desk):
    """The window that listened is closed: another goes on."""
    listening = desk.streams[-1]
    other = desk.two if listening is desk.one else desk.one
    desk.show(other)
    desk.streams.clear()
    listening.close()
    count.check(wait(other, lambda: desk.streams == [other]), f"the other window listens now: {desk.streams}")
    desk.report(1)
    other.get_by_text("1 new").wait_for()
    return other


def away(desk, page):
    desk.show(page)
    before = rows(page)
    page.context.set_offline(True)
    page.get_by_text("The node can't be reached").wait_for()
    count.equal(len(rows(page)), len(before), "what was shown stays")
    desk.report(2)
    page.context.set_offline(False)
    page.get_by_text("The connection is back").wait_for()
    page.get_by_text("2 new").wait_for()
    count.equal(len(rows(page)), len(before), "what was missed is counted, and moves no row")


def case_changed(desk, page, case):
    """What happens while a case is being read is told afterwards; what one files oneself is no news; a break in the stream alone is none either."""
    news = page.get_by_text("This case has changed.")
    waits = [True]

    def late(route):
        """The answer is of before; the company files meanwhile."""
        answer = route.fetch()
        if waits:
            waits.clear()
            desk.company.must_file("incident", "notification", v.notification(), case=case)
            time.sleep(0.5)  # until the stream has told it
        route.fulfill(response=answer)
    page.route(f"**/api/v1/cases/{case}", late)
    desk.browser.open(page, f"/app/cases/{case}")
    news.wait_for()
    count.equal(page.get_by_role("heading", name="Incident notification").count(), 0, "what came while it was read is not shown, and said")
    page.get_by_role("button", name="Show the changes").click()
    page.get_by_role("heading", name="Incident notification").wait_for()
    page.unroute(f"**/api/v1/cases/{case}")
    page.get_by_role("button", name="Take this case").click()
    page.get_by_text("(you)").wait_for()
    page.get_by_label("New note").fill("Called back.")
    page.get_by_role("button", name="Add the note").click()
    page.get_by_text("Called back.").first.wait_for()
    page.context.set_offline(True)
    page.get_by_text("The node can't be reached").wait_for()
    page.context.set_offline(False)
    page.get_by_text("The connection is back").wait_for()
    page.wait_for_timeout(800)
    count.equal(news.count(), 0, "what one does oneself is no news, nor is a stream that was broken")
    desk.company.must_file("incident", "notification", v.notification(impact="More."), case=case)
    news.wait_for()
    desk.browser.screen(page, "case-changed")


def clocks(browser, company):
    """71 hours are left, and go by quickly."""
    page = browser.person()
    page.clock.install()
    browser.open(page, "/app/duties")
    browser.sign_in(page, company)
    browser.open(page, "/app/duties")
    page.locator("tbody tr").first.wait_for()
    page.evaluate(LISTEN)

    def go(hours, minutes=0):
        page.clock.fast_forward((hours * 60 + minutes) * 60_000)
        page.clock.run_for(3000)
        return page.evaluate("window.spoken.splice(0)")
    seen = page.locator("tbody").inner_text()
    count.equal(go(0, 5), [], "five minutes go by in silence")
    count.check(page.locator("tbody").inner_text() != seen, "to the eye the clock has ticked")
    said = go(47)  # and the CSIRT's own answer is late
    count.check(len(said) == 1 and "Less than a day left: Send the incident notification" in said[0] and "Now late: Answer the entity" in said[0], f"47 h later, in one go: {said}")
    for hours, minutes, words in ((5, 0, None), (17, 30, None), (0, 40, "Less than an hour left"), (0, 20, None), (0, 20, "Less than a quarter of an hour left")):
        said = go(hours, minutes)
        count.check(len(said) == (words is not None) and all(one.startswith(words) for one in said), f"{hours} h {minutes} min later: {said}, not {words}")
    said = go(1)
    count.check(len(said) == 1 and ("Now late" in said[0] or "strict reading" in said[0]), f"and when time is up: {said}")
    browser.screen(page, "duties-late")


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        csirt = node.officer(admin, "desk@csirt.example", "CSIRT officer", "csirt", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company"))
        ca.must_file("registration", "approval", {"class": "essential"}, case=filed["case"])
        entity = clerk.need(200, "GET", "/api/v1/me")["mandates"][0]["entity"]
        case = clerk.must_file("incident", "early_warning", v.early_warning(aware_hours_ago=1), entity=entity)["case"]
        clocks(browser, clerk)
        desk = Desk(browser, csirt, clerk, entity)
        counted(desk)
        page = handed_on(desk)
        away(desk, page)
        case_changed(desk, page, case)
        count.equal(browser.errors, [], "errors of scripts")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
