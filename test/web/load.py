#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The queue with 30,000 cases in a browser whose processor is slowed four times: prints when its rows stand there and when it answers a filter; no time fails.
What fails: a first page with more than 150 KB of packed JavaScript, a wrong count, rows beyond the page that was asked for."""
import os
import statistics
import sys

import _browser as b

sys.path.insert(0, os.path.join(b.ROOT, "bench"))
import run as bench  # noqa: E402

v = b.v
count = v.Count()
CASES, ENTITIES, TURNS, SLOWED = 30_000, 3_000, 5, 4
SCRIPT_BYTES_MAX = 150 * 1024
# When the first row of the queue stood in the page, from the beginning of the visit.
WATCH = """new MutationObserver((all, self) => { if (document.querySelector('main tbody tr')) { window.rowsAt = performance.now(); self.disconnect(); } }).observe(document, {subtree: true, childList: true});"""
SCRIPTS = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).map((one) => [one.name.split('/').pop(), one.encodedBodySize, one.decodedBodySize])"


def world(node):
    admin = node.administrator()
    officer = node.officer(admin, "o@csirt.example", "Officer", "csirt", b.PASSWORD)
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
    made = clerk.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    ca.must_file("registration", "approval", {"class": "essential"}, case=made["case"])
    clerk.must_file("incident", "early_warning", v.early_warning(2), entity=made["entity"])
    return officer


def scripts(page, what):
    page.wait_for_timeout(1000)  # the stream of events never rests
    found = page.evaluate(SCRIPTS)
    packed = sum(size for _, size, _ in found)
    print(f"{what}: {len(found)} scripts, {packed / 1024:.0f} KB packed, {sum(size for _, _, size in found) / 1024:.0f} KB unpacked", flush=True)
    count.check(0 < packed <= SCRIPT_BYTES_MAX, f"{what}: {packed} bytes of packed JavaScript, at most {SCRIPT_BYTES_MAX}")


FILTERED = """() => { const began = performance.now(); window.filteredAt = null;
  new MutationObserver((all, self) => { if (document.querySelector('main tbody tr td:last-child')?.textContent === 'Officer') { window.filteredAt = performance.now() - began; self.disconnect(); } })
    .observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true}); }"""


def filtered_ms(page):
    """From the choice to the rows that it leaves: one's own cases, where those of nobody stood."""
    page.evaluate(FILTERED)
    page.get_by_label("Owner").select_option("me")
    count.check(b.until(lambda: page.evaluate("window.filteredAt !== null")), "one's own cases are shown")
    return page.evaluate("window.filteredAt")


def main():
    with b.stage(count) as (node, browser):
        officer = world(node)
        node.stop()
        bench.fill(node.folder, CASES, ENTITIES)
        node.start()
        page = browser.person(width=1280, height=900)
        page.goto(node.url + "/app/")
        page.get_by_label("Login").wait_for()
        scripts(page, "first page, before signing in")
        browser.sign_in(page, officer.again())
        page.goto(node.url + "/app/")
        page.get_by_role("heading", name="Next due").wait_for()
        scripts(page, "first page, signed in")
        page.add_init_script(WATCH)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        rows, filters = [], []
        for _ in range(TURNS):
            page.goto(node.url + "/app/queue")
            count.check(b.until(lambda: page.evaluate("window.rowsAt !== undefined")), "the queue has rows")
            rows.append(page.evaluate("window.rowsAt"))
            count.equal(page.locator("main tbody tr").count(), 50, "a page of 50 rows")
            page.get_by_text(f"{CASES + 2:,} cases").wait_for()
            filters.append(filtered_ms(page))
        for what, got in (("queue with 30,000 cases: rows stand there, from the beginning of the visit", rows), ("  a filter: from the choice to its rows", filters)):
            print(f"{what}: median {statistics.median(got):.0f} ms, {min(got):.0f} to {max(got):.0f}, processor slowed {SLOWED} times (aim 1,000)", flush=True)
        page.goto(node.url + "/app/queue")
        page.get_by_text(f"{CASES + 2:,} cases").wait_for()
        page.get_by_label("Rows").select_option("250")
        count.check(b.until(lambda: page.locator("main tbody tr").count() == 250), "250 rows where one asks for them")
        count.equal(browser.errors, [], "no error of a script")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
