#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Every story without a mouse: Tab, Enter, Space and arrows lead from the sign-in to the receipt, in a wide window, at 400 % zoom (1280 x 1024 becomes 320 x
256) in dark colours, and in forced colours under the banner of an exercise. At each step the focus has an outline and hides behind nothing."""
import os
import sys
from contextlib import closing

import _browser as b
import _stories as s

v = b.v
count = v.Count()
LONG = bool(os.environ.get("VARDE_LONG"))


def play(browser, page, w, stories, what):
    hand = s.Keys(page)
    for story in stories:
        story(hand, w)
        wide = page.evaluate("document.documentElement.scrollWidth")
        count.check(wide <= page.viewport_size["width"], f"{story.__name__}, {what}: {wide} pixels wide")
        count.check(True, f"{story.__name__}, {what}")
    count.equal(sorted(hand.unseen.values()), [], f"{what}: where the focus is can be seen at each of {hand.tabs} steps")
    count.equal(browser.errors, [], f"{what}: errors of scripts")
    browser.errors.clear()
    print(f"{what}: {len(stories)} stories, {hand.actions} actions, {hand.tabs} times Tab", flush=True)


def main():
    with b.stage(count) as (node, browser), closing(v.Node(state="EU", name="The Union's exercise", more=["--exercise"])) as union:
        w = s.world(node, count)
        s.union_world(union.start(), w)
        play(browser, browser.person(width=1280, height=1024), w, [s.night, s.abroad, s.queue, s.register], "1280 x 1024, an officer")
        play(browser, browser.person(width=320, height=256, color_scheme="dark", reduced_motion="reduce"), w, [s.early_warning, s.measures], "400 % zoom, dark, a company")
        play(browser, browser.person(width=320, height=256, forced_colors="active"), w, [s.crisis], "400 % zoom, forced colours, a crisis in an exercise")
        if LONG:
            more = s.world_again(w)
            play(browser, browser.person(width=320, height=256), more, [s.night, s.abroad, s.recall, s.queue, s.register], "400 % zoom, an officer")
            s.campaign_world(more)
            play(browser, browser.person(width=320, height=256), more, [s.what_if], "400 % zoom, an authority")
            play(browser, browser.person(width=320, height=256, color_scheme="dark"), more, [s.guidance], "400 % zoom, dark, a campaign")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
