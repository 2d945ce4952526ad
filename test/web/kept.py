#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Nothing typed is lost: someone writes while the node is killed, the session ends, the network goes, the window is closed, in an order drawn anew. After each the
form has every character, at the end the filing has. 6 times, 100 times with VARDE_LONG; VARDE_SEED repeats a run."""
import os
import random
import sys
import threading

import _browser as b

v = b.v
count = v.Count()
ROUNDS = 100 if os.environ.get("VARDE_LONG") else 6
LABEL = "What is its impact?"
PIECES = ["The ovens stand still. ", "Zürich & Łódź <b>too</b>. ", "\"Quoted\", 50 % of it; ", "line\nbreak ", "кириллица, ελληνικά ", "twelve × 3 = 36 € "]


class Writer:
    def __init__(self, browser, node, client, case, chance):
        self.browser, self.node, self.client, self.chance = browser, node, client, chance
        self.page = browser.person()
        self.path = f"/app/cases/{case}/file/notification?as=entity"
        self.text = ""

    def box(self):
        return self.page.get_by_label(LABEL)

    def come(self):
        """Opens the form, signing in where one must."""
        self.page.goto(self.node.url + self.path)
        self.page.locator("textarea, #login").first.wait_for()
        if self.page.locator("#login").count() > 0:
            self.sign_in()

    def sign_in(self):
        self.page.get_by_label("Login").fill(self.client.login)
        self.page.get_by_label("Password").fill(self.client.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.box().wait_for()

    def write(self):
        piece = self.chance.choice(PIECES)
        self.box().focus()
        self.page.keyboard.press("Control+End")
        for i, part in enumerate(piece.split("\n")):
            if i > 0:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(part, delay=self.chance.choice([0, 2, 8]))
        self.text += piece

    def check(self, what):
        self.box().wait_for()
        b.until(lambda: self.box().input_value() == self.text, 5)
        return count.equal(self.box().input_value(), self.text, f"every character after {what}")

    # --- what happens meanwhile ---

    def killed(self):
        """The node dies somewhere within the sentence; one goes on, and it comes back."""
        timer = threading.Timer(self.chance.uniform(0, 0.25), self.node.kill_tree)
        timer.start()
        self.write()
        timer.join()
        self.write()
        is_before = self.chance.random() < 0.5
        if is_before:
            self.node.start()
        self.check("the node was killed")
        if not is_before:
            self.node.start()
        self.client = self.client.again()

    def reloaded_while_away(self):
        """Killed, and the window closed before the node is back."""
        self.write()
        self.node.kill_tree()
        self.write()
        self.page.close()
        self.node.start()
        self.client = self.client.again()
        self.page = self.browser.chromium.contexts[0].new_page()
        self.come()

    def expired(self):
        """The session ends in the middle."""
        for session in self.client.need(200, "GET", "/api/v1/me/sessions")["items"]:
            if not session["is_this_one"]:
                self.client.need(204, "DELETE", f"/api/v1/me/sessions/{session['id']}")
        self.write()
        if self.chance.random() < 0.5:
            self.page.reload()
            self.page.locator("#login").wait_for()
            self.sign_in()
        else:
            self.page.get_by_role("button", name="File: Incident notification").click()
            self.page.get_by_text("Your session has ended").wait_for()
            self.sign_in()

    def offline(self):
        """No network for a while."""
        self.page.context.set_offline(True)
        self.write()
        self.write()
        self.check("the network went")
        self.page.context.set_offline(False)

    def reloaded(self):
        self.write()
        self.page.reload()


def play(browser, node, client, case):
    seed = int(os.environ.get("VARDE_SEED") or random.SystemRandom().randrange(2**32))
    print(f"VARDE_SEED={seed}", flush=True)
    chance = random.Random(seed)
    writer = Writer(browser, node, client, case, chance)
    writer.come()
    ways = [writer.killed, writer.expired, writer.offline, writer.reloaded_while_away]
    happened = dict.fromkeys((way.__name__ for way in ways + [writer.reloaded]), 0)
    for i in range(ROUNDS):
        way = ways[i % len(ways)] if i < len(ways) else chance.choice(ways + [writer.reloaded])
        way()
        happened[way.__name__] += 1
        if not writer.check(way.__name__):
            break
    return writer, happened


def main():
    with b.stage(count, listen=f"127.0.0.1:{v.free_port()}") as (node, browser):
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        entity = clerk.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]
        case = clerk.must_file("incident", "early_warning", v.early_warning(2), entity=entity)["case"]
        writer, happened = play(browser, node, clerk, case)
        page = writer.page
        # on another device, once the node has it
        page.wait_for_timeout(2600)
        other = Writer(browser, node, clerk, case, writer.chance)
        other.text = writer.text
        other.come()
        other.check("another device was taken")
        page.get_by_role("group", name="How severe").get_by_label("Medium").check()
        for group in ("Do you suspect", "Could it have an impact"):
            if page.get_by_role("group", name=group).count() > 0:
                page.get_by_role("group", name=group).get_by_label("No", exact=True).check()
        page.get_by_role("button", name="File: Incident notification").click()
        page.get_by_role("heading", name="Filed").wait_for()
        filed = [one for one in clerk.again().need(200, "GET", f"/api/v1/cases/{case}")["filings"] if one["document"] == "notification"]
        got = clerk.again().need(200, "GET", f"/api/v1/filings/{filed[0]['id']}")["fields"]["impact"]
        lost = sum(a != b for a, b in zip(got, writer.text.strip())) + abs(len(got) - len(writer.text.strip()))
        count.equal(got, writer.text.strip(), "the filing has every character")
        print(f"{sum(happened.values())} times ({', '.join(f'{name} {n}' for name, n in happened.items())}): {len(writer.text)} characters typed, {lost} lost", flush=True)
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
