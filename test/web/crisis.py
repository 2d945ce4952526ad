#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The crisis room of an exercise on the Union's node: the banner on every screen, what the facts point to without consequence, the situation report
merged from the members' own words, decisions, a hand-over that another person takes; by keyboard; in German."""
import sys
import time

import _browser as b

v = b.v
count = v.Count()


def settled(client, case, seconds=15):
    until = time.monotonic() + seconds
    while client.need(200, "GET", f"/api/v1/cases/{case}/parties")["waiting"] > 0 and time.monotonic() < until:
        time.sleep(0.1)


def situation(be, nl, de, enisa, chair):
    facts = {"title": "Power grid of two states", "text": "Control systems of two grid operators fail.", "is_significant": True, "states_affected": ["BE", "NL"], "services": "none"}
    case = be.must_file("crisis", "situation", facts)["case"]
    settled(enisa, case)
    chair.must_file("crisis", "mode", {"mode": "alert", "ground": "Two states."}, case=case)
    enisa.must_file("crisis", "report_call", {"text": "How is it in your state?", "report_by": v.instant(3600)}, case=case)
    settled(enisa, case)
    nl.must_file("crisis", "state_report", {"affected": "yes", "situation": "Two regions without power since five o'clock.", "impact": "Hospitals on generators.", "needs": "Two engineers."}, case=case)
    de.must_file("crisis", "state_report", {"affected": "no", "situation": "<b>Nothing</b> seen so far; operators warned."}, case=case)
    return case


def main():
    with b.stage(count, state="EU", name="The Union's exercise", more=["--exercise"]) as (node, browser):
        admin = node.administrator()
        be, nl, de = (node.officer(admin, f"{s}@cyclone.example", f"Officer {s.upper()}", f"cyclone-member-{s}", b.PASSWORD) for s in ("be", "nl", "de"))
        enisa = node.officer(admin, "desk@enisa.example", "Secretariat", "enisa", b.PASSWORD)
        chair = node.officer(admin, "chair@presidency.example", "Chair", "chair", b.PASSWORD, role="head")
        night = node.officer(admin, "night@presidency.example", "Night chair", "chair", b.PASSWORD)
        case = situation(be, nl, de, enisa, chair)
        count.equal(node.client().need(200, "GET", "/api/v1/node")["is_exercise"], True, "the node says that it is an exercise")
        page = browser.person()
        browser.open(page, f"/app/crisis/{case}")
        page.get_by_label("Login").wait_for()
        banner = page.get_by_role("region", name="Exercise")
        banner.wait_for()
        browser.screen(page, "exercise-sign-in")
        browser.sign_in(page, enisa)
        page.get_by_role("heading", name="Power grid of two states").wait_for()
        page.get_by_text("2 of 27 have reported").first.wait_for()
        count.check(banner.is_visible(), "the banner stands in the room too")
        count.equal(page.locator(".points .met").count(), 2, "two points are met")
        count.check("None declared" in page.locator(".board").inner_text() and "Alert" in page.locator(".board").inner_text(), "and nothing is declared")
        count.check("<b>Nothing</b> seen" in page.locator(".said").inner_text(), "who said what, as text")
        count.equal(page.locator(".missing li").count(), 25, "and who has not answered")
        browser.screen(page, "crisis-room")
        page.evaluate("scrollTo(0, 2000)")
        page.wait_for_timeout(100)
        count.check(page.evaluate("document.querySelector('.exercise').getBoundingClientRect().top") >= 0, "the banner stays where one scrolls")

        # merged, by keyboard
        page.get_by_role("button", name="Write the situation report").focus()
        page.keyboard.press("Enter")
        summary = page.get_by_label("Summary")
        summary.wait_for()
        texts = page.get_by_label("In its own words")
        count.equal(sorted(texts.nth(i).input_value().split(".")[0] for i in range(texts.count())), ["<b>Nothing</b> seen so far; operators warned", "Two regions without power since five o'clock"], "each text under its state")
        summary.focus()
        page.keyboard.type("Two states; power returns by noon.")
        browser.screen(page, "crisis-merging")
        page.get_by_role("button", name="File: Situation report").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Filed").wait_for()
        page.get_by_role("button", name="Put it away").click()
        page.get_by_text("Two states; power returns by noon.").wait_for()

        # decided, handed over, taken by another
        chair.must_file("crisis", "decision", {"decision": "Inform the Council.", "at": v.instant(-5), "whom": "The chair; all members heard."}, case=case)
        chair.must_file("crisis", "declaration", {"level": "large_scale", "ground": "All were heard."}, case=case)
        chair.must_file("crisis", "mode", {"mode": "full", "ground": "Declared."}, case=case)
        chair.must_file("crisis", "chair_handover", {"to_whom": "Night shift", "open_points": "Two reports are promised for ten o'clock."}, case=case)
        page.get_by_role("button", name="Show the changes").click()
        page.get_by_text("Large-scale cybersecurity incident").wait_for()
        count.check("Full activation" in page.locator(".board").inner_text() and "step 3 of 3" in page.locator(".board").inner_text(), "the mode with its rank")
        page.get_by_role("row", name="Inform the Council.").wait_for()
        other = browser.person()
        browser.open(other, f"/app/crisis/{case}")
        browser.sign_in(other, night)
        other.set_viewport_size({"width": 400, "height": 800})
        other.get_by_role("link", name="Take it").click()
        other.get_by_role("button", name="File: Hand-over taken").click()
        other.get_by_role("heading", name="Filed").wait_for()
        other.goto(f"{node.url}/app/crisis/{case}")
        other.get_by_text("✓ Taken").wait_for()
        browser.screen(other, "crisis-telephone")
        other.get_by_role("button", name="Menu").click()
        other.get_by_label("Language").select_option("de")
        other.get_by_role("heading", name="Worauf die Tatsachen hindeuten").wait_for()
        browser.screen(other, "crisis-german")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
