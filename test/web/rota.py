#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The rota in the browser: gaps are shown and filled, a turn is put in for weeks, another takes a part of it after saying whose, two are
exchanged, one is taken out after a question, who is away is marked, and a change by a colleague is never overwritten."""
import datetime
import sys
import zoneinfo

import _browser as b

v = b.v
count = v.Count()
ZONE = zoneinfo.ZoneInfo("Europe/Brussels")
PATH = "/api/v1/offices/csirt/rota"


def monday(weeks):
    today = datetime.datetime.now(ZONE).date()
    return today + datetime.timedelta(days=7 * weeks - today.weekday())


def local(day, hour):
    return datetime.datetime.combine(day, datetime.time(hour), ZONE)


class Rota:
    def __init__(self, browser, page, officer):
        self.browser, self.page, self.officer = browser, page, officer

    def week(self, weeks):
        self.browser.open(self.page, f"/app/rota/csirt?week={monday(weeks)}")
        self.page.get_by_role("heading", name="On call: csirt").wait_for()

    def turns(self):
        rows = self.officer.need(200, "GET", PATH)["turns"]
        return [(row["name"], row["step"], v.seconds_of(row["from"]), v.seconds_of(row["until"])) for row in rows]

    def fill(self, person, start, end, step=None, weeks=None):
        self.page.locator("#turn-person").select_option(label=person)
        if step is not None:
            self.page.locator("#turn-step").select_option(step)
        self.page.locator("#turn-from").fill(start.strftime("%Y-%m-%dT%H:%M"))
        self.page.locator("#turn-until").fill(end.strftime("%Y-%m-%dT%H:%M"))
        if weeks is not None:
            self.page.locator("#turn-weeks").fill(str(weeks))

    def press(self, name):
        """By keyboard: the button is reached and entered."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.focus()
        self.page.keyboard.press("Enter")

    def saved(self):
        self.page.get_by_text("The rota is saved.").wait_for()


def put_in(rota):
    rota.week(1)
    rota.page.get_by_text("Times this week at which nobody is on call: 3").wait_for()
    rota.browser.screen(rota.page, "rota-empty")
    rota.press("Add a turn")
    count.check(b.until(lambda: rota.page.evaluate("document.activeElement.id") == "turn-person"), "the form has the focus")
    rota.fill("Nele Peeters", local(monday(1), 8), local(monday(2), 8), "first", 2)
    rota.press("Save")
    rota.saved()
    count.equal([(who, at) for who, step, at, _ in rota.turns() if step == "first"],
                [("Nele Peeters", local(monday(1), 8).timestamp()), ("Nele Peeters", local(monday(2), 8).timestamp())], "two weeks of Nele")
    rota.page.get_by_role("button", name="put someone in").first.click()  # Monday before eight
    count.equal(rota.page.locator("#turn-from").input_value(), f"{monday(1)}T00:00", "the gap is filled in from its begin")
    count.equal(rota.page.locator("#turn-until").input_value(), f"{monday(1)}T08:00", "and until its end")
    rota.page.get_by_role("button", name="Cancel").click()


def take_over(rota):
    """Jan takes Tuesday night from Nele's week: she keeps what lies before and after."""
    rota.press("Add a turn")
    night = local(monday(1) + datetime.timedelta(days=1), 20), local(monday(1) + datetime.timedelta(days=2), 8)
    rota.fill("Jan Maes", *night, "first", 1)
    rota.page.get_by_text("Takes the place of: Nele Peeters").wait_for()
    rota.browser.screen(rota.page, "rota-takes")
    rota.press("Save")
    rota.saved()
    ends = [at.timestamp() for at in (local(monday(1), 8), *night, local(monday(2), 8), local(monday(3), 8))]
    count.equal([row[:1] + row[2:] for row in rota.turns()],
                [("Nele Peeters", ends[0], ends[1]), ("Jan Maes", ends[1], ends[2]), ("Nele Peeters", ends[2], ends[3]), ("Nele Peeters", ends[3], ends[4])], "her turn is cut, his is put in")
    rota.browser.screen(rota.page, "rota")


def exchange(rota):
    rota.page.get_by_role("button", name="Jan Maes").first.click()
    label = [text for text in rota.page.locator("#turn-other option").all_inner_texts() if text.startswith("Nele Peeters")][0]
    rota.page.locator("#turn-other").select_option(label=label)
    rota.press("Exchange")
    rota.saved()
    count.equal([row[0] for row in rota.turns()], ["Jan Maes", "Nele Peeters", "Nele Peeters", "Nele Peeters"], "exchanged")


def stale(rota, other):
    """A colleague saves between looking and saving: hers stands, and what was typed is still there."""
    rota.press("Add a turn")
    rota.fill("Jan Maes", local(monday(1), 8), local(monday(2), 8), "second", 1)
    answer = other.get(PATH)
    turns = [{name: row[name] for name in ("person", "step", "from", "until")} for row in answer.json["turns"]]
    start, end = (v.instant(at=local(monday(1), hour).timestamp()) for hour in (8, 20))
    me = other.need(200, "GET", "/api/v1/me")["person"]
    count.status(other.call("PUT", PATH, {"turns": turns + [{"person": me, "step": "head", "from": start, "until": end}]}, headers={"If-Match": answer.header("etag")}), 200, "the colleague saves")
    rota.press("Save")
    rota.page.get_by_text("Someone changed the rota meanwhile").wait_for()
    count.equal(rota.page.locator("#turn-step").input_value(), "second", "what was typed is still there")
    rota.press("Save")
    rota.saved()
    count.equal(sorted({row[1] for row in rota.turns()}), ["first", "head", "second"], "both stand")


def away(rota):
    rota.page.get_by_text("Note my absence", exact=True).first.click()
    rota.page.locator("#absent-from").fill(f"{monday(1)}T00:00")
    rota.page.locator("#absent-until").fill(f"{monday(2)}T00:00")
    rota.page.locator("details[open] button[type=submit]").click()
    rota.page.get_by_text("⚠ away").first.wait_for()
    rota.browser.screen(rota.page, "rota-away")


def take_out(rota):
    rota.page.get_by_role("button", name="Jan Maes").first.click()
    rota.page.get_by_role("button", name="Take out").click()
    rota.page.get_by_role("alertdialog").get_by_text("Nobody is called in that time").wait_for()
    rota.page.get_by_role("alertdialog").get_by_role("button", name="Take out").click()
    rota.saved()
    count.equal([row[0] for row in rota.turns() if row[1] == "first"], ["Nele Peeters"] * 3, "his turn is out")


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        nele = node.officer(admin, "nele@csirt.example", "Nele Peeters", "csirt", b.PASSWORD)
        jan = node.officer(admin, "jan@csirt.example", "Jan Maes", "csirt", b.PASSWORD)
        page = browser.person()
        browser.open(page, "/app/calls")
        browser.sign_in(page, nele)
        browser.open(page, "/app/calls")
        page.get_by_role("link", name="Look at the rota and change it").click()
        page.get_by_role("heading", name="On call: csirt").wait_for()
        rota = Rota(browser, page, nele)
        put_in(rota)
        take_over(rota)
        exchange(rota)
        stale(rota, jan)
        away(rota)
        take_out(rota)
        page.locator(".language select").select_option("fr")
        page.get_by_role("heading", name="De permanence").wait_for()
        browser.screen(page, "rota-french")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
