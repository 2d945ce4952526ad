#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What each story asks of a person, counted while it is played: actions, fields shown and required, words on the screens. They are proxies: a machine can't
say whether a page is clear. Fails where an aim is missed; --write FILE keeps the table (make counts)."""
import re
import sys
import time
from contextlib import closing

import _browser as b
import _stories as s

v = b.v
count = v.Count()

# Fields of the screen (a group of choices is one), those that must be filled in, and the words that one reads.
LOOK = r"""() => {
  const main = document.querySelector('main');
  const fields = new Map();
  for (const el of main.querySelectorAll('input, select, textarea')) {
    if (el.type === 'hidden' || el.disabled || !el.getClientRects().length) continue;
    const group = el.closest('fieldset');
    const words = group ? group.querySelector('legend')?.textContent ?? '' : [...(el.labels ?? [])].map((l) => l.textContent).join(' ');
    const key = group?.id || (group ? words : '') || el.id || el.name || words;
    fields.set(key, el.required || el.getAttribute('aria-required') === 'true' || /\((required|needed)\)/.test(words) || fields.get(key) === true);
  }
  const words = main.innerText.replace(/[^\p{L}\s'-]/gu, ' ').split(/\s+/).filter((w) => /\p{L}/u.test(w)).length;
  return {fields: [...fields.entries()], words};
}"""


class Counted(s.Mouse):
    """Looks at each screen once it has come to rest."""

    def __init__(self, page):
        super().__init__(page)
        self.fields, self.words, self.screens = {}, 0, 0

    def settle(self):
        look = self.page.evaluate(LOOK)
        self.screens += 1
        self.words += look["words"]
        for key, required in look["fields"]:
            self.fields[(self.page.url.split("?")[0], key)] = required

    def required(self):
        return sum(self.fields.values())


def played(page, w, story):
    hand = Counted(page)
    story(hand, w)
    return hand


# --- stories that are told in numbers only ---

def emergency(hand, w):
    """Without account: the report of an emergency."""
    hand.open(w["url"] + "/emergency")
    hand.wait("button", "Send the report")
    form = hand.page.locator("main form").first
    form.wait_for()
    for label, text in (("Which organisation", "Vraxquel Power (invented)"), ("Your name", "Ilvane Quorst"), ("Telephone", "+999 1 234 56 78"), ("What happened", s.SENTENCE)):
        hand.type(re.compile(label), text)
    hand.type(re.compile("When did you become aware"), time.strftime("%Y-%m-%dT%H:%M"))
    hand.button("Send the report")
    hand.page.get_by_text("vrd_e_").first.wait_for()


def registration(hand, w):
    """A company registers: the form alone."""
    hand.open(w["url"] + "/app/file/registration/registration")
    hand.wait("button", "File: Registration")


def first_screen(page, width, height, what):
    """The next due item, who has it and the time left, without scrolling."""
    page.set_viewport_size({"width": width, "height": height})
    page.reload()
    first = page.locator("ol.owed li").first
    first.wait_for()
    for part, locator in (("the item", first.locator("p").first), ("who has it", first.locator("small").last), ("the time left", first.locator(".clock"))):
        box = locator.bounding_box()
        count.check(box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height and box["x"] + box["width"] <= width, f"{what}, {width} x {height}: {part} is on the first screen: {box}")
    box = first.bounding_box()
    return f"{box['y'] + box['height']:.0f} of {height}"


def wrong_recipient(page, w):
    """Three ways to a release, and no one without the question that names who gets it."""
    page.goto(f"{w['url']}/app/cases/{w['again']}/file/release?as=csirt")
    page.get_by_role("checkbox", name="France").wait_for()
    count.check(page.url.endswith("/release"), f"the address of the plain form leads to where the question is: {page.url}")
    page.goto(f"{w['url']}/app/cases/{w['again']}")
    page.get_by_role("link", name="Send abroad").wait_for()
    count.equal(page.locator("a[href*='/file/release?']").count(), 0, "no link leads past it")
    page.get_by_role("link", name="Send abroad").click()
    page.get_by_label("Reason, for the record").fill("The grid is shared.")
    page.get_by_role("checkbox", name="Netherlands").wait_for()
    page.get_by_role("button", name="Release to").click()
    question = page.get_by_role("alertdialog")
    question.wait_for()
    words = question.inner_text()
    count.check("France" in words and "Netherlands" in words, f"the question names every recipient: {words}")
    page.keyboard.press("Enter")
    question.wait_for(state="hidden")
    count.equal(w["csirt"].again().need(200, "GET", f"/api/v1/disclosures?case={w['again']}")["disclosures"], [], "Enter alone takes the way back: nothing left")


AIMS = {"required": "at most {} required fields", "actions": "at most {} actions"}


def table(rows, boxes):
    out = ["# Counts", "",
           "What each story asks of a person, counted by `test/web/counts.py` while it plays them in a browser against the real binary; `make counts` writes this page. The",
           "figures are proxies: whether a page is clear, only people can say. An action is a click, a field filled in or a link opened; signing in is counted where it",
           "is part of the story. A group of choices is one field. Words are those of all screens that one comes by, labels and help included.", "",
           "| story | screens | actions | fields | required | words | aim |", "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for name, hand, aims in rows:
        out.append(f"| {name} | {hand.screens} | {hand.actions} | {len(hand.fields)} | {hand.required()} | {hand.words} | {'; '.join(AIMS[k].format(n) for k, n in aims.items())} |")
    out += ["", "The first screen shows the next due item, who has it and the time left without scrolling. It ends at, in pixels of the window's height:", "", "| | 1280 × 720 | 360 × 740 |", "| --- | --- | --- |"]
    out += [f"| {who} | {wide} | {narrow} |" for who, wide, narrow in boxes]
    out += ["", "Questions of *Am I in scope?*, over the 30,000 organisations of the demo's register, answered by the interpreter itself (`test/e2e/scope_questions.py`, aim: 9 at the",
            "median): 4 at the median, 3.6 on average, 6 at most. What a machine can assume it assumes and says so; for 3.4 % of them an assumption does not hold, and the",
            "answer is another once they say so.", "",
            "A release to a wrong recipient takes a question that names every recipient, on each of the three ways that lead to it; its first answer is *Cancel*."]
    return "\n".join(out) + "\n"


def main():
    with b.stage(count) as (node, browser), closing(v.Node(state="EU", name="The Union")) as union:
        w = s.world(node, count)
        s.union_world(union.start(), w)
        w["again"] = s.world_again(w)["case"]
        company, officer, member, nobody = (browser.person(width=1280, height=720) for _ in range(4))
        rows = [("An emergency, without account", played(nobody, w, emergency), {"required": 10}),
                ("Early warning, with account", played(company, w, s.early_warning), {"required": 10}),
                ("A company registers (the form as it opens)", played(company, w, registration), {}),
                ("A company begins its self-assessment", played(company, w, s.measures), {}),
                ("A woken officer: mail, sign in, take, answer", played(officer, w, s.night), {"actions": 8})]
        rows += [(name, played(officer, w, story), {}) for name, story in (("By day: queue, take, answer", s.queue), ("Send abroad to one of two states", s.abroad), ("Find an entity in the register", s.register))]
        rows.append(("A state reports in a crisis", played(member, w, s.crisis), {}))
        boxes = []
        for who, page in (("a company", company), ("an officer", officer)):
            page.goto(node.url + "/app/")
            boxes.append((who, first_screen(page, 1280, 720, who), first_screen(page, 360, 740, who)))
        officer.set_viewport_size({"width": 1280, "height": 720})
        wrong_recipient(officer, w)
        for name, hand, aims in rows:
            print(f"{name:<48}{hand.screens:>3} screens {hand.actions:>3} actions {len(hand.fields):>3} fields {hand.required():>3} required {hand.words:>5} words", flush=True)
            for what, most in aims.items():
                got = hand.actions if what == "actions" else hand.required()
                count.check(got <= most, f"{name}: {got} {what}, aim {most}")
        if "--write" in sys.argv:
            with open(sys.argv[sys.argv.index("--write") + 1], "w", encoding="utf-8") as file:
                file.write(table(rows, boxes))
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
