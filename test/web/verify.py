#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The receipt verifier in the browser, against the same vectors as the two others, with and without the browser's own Ed25519; against
tools/verify.py over receipts changed at random; by hand, by keyboard, without connection and without account."""
import json
import os
import random
import sys

import _browser as b

v = b.v
count = v.Count()
second = v.load_verifier()
CHANGES = 400 if os.environ.get("VARDE_LONG") else 40


def give(page, data):
    page.locator("#proof-file").set_input_files({"name": "receipt.json", "mimeType": "application/json", "buffer": data})
    page.evaluate("document.getElementById('verdict')?.remove()")
    page.get_by_role("button", name="Check", exact=True).click()
    verdict = page.locator("#verdict")
    verdict.wait_for()
    return "holds" in verdict.inner_text()


def keys_are(page, text):
    page.locator("details", has=page.locator("#proof-keys")).evaluate("e => { e.open = true }")
    page.locator("#proof-keys").fill(text)


def vectors(browser):
    """Without the browser's Ed25519: what the page computes itself decides alone."""
    with open(os.path.join(b.ROOT, "test/vectors/record.json"), encoding="utf-8") as file:
        known = json.load(file)
    page = browser.person()
    page.add_init_script("crypto.subtle.importKey = () => Promise.reject(new DOMException('none', 'NotSupportedError'))")
    browser.open(page, "/app/verify")
    page.get_by_role("heading", name="Check a receipt").wait_for()
    keys_are(page, "\n".join(known["keys"].values()))
    for row in known["receipts"]:
        text = row["receipt"] if isinstance(row["receipt"], str) else json.dumps(row["receipt"])
        holds = give(page, text.encode("utf-8", "surrogatepass"))
        count.equal(holds, row["valid"], f"vector: {row['name']}")
        if holds:
            count.check(page.get_by_text(f"Witnesses that saw the same log: {row['cosigned']} of 2").count() == 1, f"vector: {row['name']}: witnesses")
    page.context.close()


def changes(page, receipt, key):
    """Bytes changed at random: this verdict and that of tools/verify.py are one."""
    chance = random.Random(os.environ.get("VARDE_SEED", "receipt"))
    held = 0
    for _ in range(CHANGES):
        data = bytearray(receipt)
        for _ in range(chance.choice((1, 1, 2))):
            place = chance.randrange(len(data))
            data[place:place + chance.choice((0, 1, 1))] = chance.choice((b"", b"0", b" ", b'"', b"\\u0041", b"-0", b"1.0", b"\xff", bytes([data[place] ^ 1])))
        try:
            second.receipt_verify(bytes(data), [second.key_parse(key)])
            wanted = True
        except second.Refused:
            wanted = False
        held += wanted
        count.equal(give(page, bytes(data)), wanted, f"changed at random: {bytes(data)!r}")
    print(f"{CHANGES} changed receipts, {held} of them still valid", flush=True)


def by_hand(browser, page, receipt, key):
    """As a person does it, by keyboard, with the text of the receipt; then one word of it changed; then another's key."""
    browser.open(page, "/app/verify")
    page.get_by_label("or as text").focus()
    count.check(b.until(lambda: key in page.locator("#proof-keys").input_value()), "the node's key is filled in")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Choose a file or paste the text of a receipt.").wait_for()
    page.get_by_label("or as text").fill(receipt)
    page.get_by_label("or as text").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The receipt holds").wait_for()
    count.equal(page.evaluate("document.activeElement.id"), "verdict", "the verdict has the focus")
    page.get_by_text("What was recorded", exact=True).click()
    page.get_by_text("Company Ltd").wait_for()
    browser.screen(page, "receipt-holds")
    page.get_by_label("or as text").fill(receipt.replace("Company Ltd", "Company Inc"))
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Something in it was changed").wait_for()
    browser.screen(page, "receipt-refused")
    page.get_by_label("or as text").fill(receipt)
    with open(os.path.join(b.ROOT, "test/vectors/record.json"), encoding="utf-8") as file:
        keys_are(page, json.load(file)["keys"]["log"])
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("None of these keys has signed its log").wait_for()
    keys_are(page, "log+00000000+AAAA")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("This is no key: log+00000000+AAAA").wait_for()
    browser.screen(page, "receipt-no-key")


def offline(page, receipt, key):
    """The connection goes after the page was opened: the check goes on, and the key is still known."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name="Overview").wait_for()
    page.context.set_offline(True)
    page.get_by_role("link", name="Check a receipt").click()
    count.check(b.until(lambda: key in page.locator("#proof-keys").input_value()), "the key is kept on the device")
    asked.clear()
    count.check(give(page, receipt), "it holds without a connection")
    count.equal([url for url in asked if "/health/" not in url], [], "and nobody was asked")
    page.context.set_offline(False)


def main():
    with b.stage(count) as (node, browser):
        admin = node.administrator()
        node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
        clerk = node.person("clerk@company.example", "Clerk", b.PASSWORD)
        filed = clerk.must_file("registration", "registration", v.registration("Company Ltd"))
        receipt = clerk.need_bytes(f"/api/v1/filings/{filed['filing']}/receipt")
        key = clerk.need_bytes("/log/key").decode().strip()
        vectors(browser)
        page = browser.person()
        by_hand(browser, page, receipt.decode(), key)
        keys_are(page, key)
        changes(page, receipt, key)
        offline(page, receipt, key)
        page.locator(".language select").select_option("de")
        page.get_by_role("heading", name="Empfangsbestätigung prüfen").wait_for()
        browser.screen(page, "receipt-german")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
