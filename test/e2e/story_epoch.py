#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A node restored behind what its key has signed: it takes no filing, says why, signs no second history; a person opens a new
epoch, the log goes on, and the receipts of what was lost still prove that it was there."""
import glob
import json
import os
import shutil
import subprocess
import sys

import varde_client as v

count = v.Count()
KEPT, LOST = 2, 3


def database(node):
    return [path for path in glob.glob(node.folder + "/node.db*")]


def file_some(company, first, number):
    filed = []
    for i in range(first, first + number):
        answer = company.file("registration", "registration", v.registration(f"Entity {i} (invented)"), key=f"entity-{i}")
        if count.status(answer, 201, f"filing {i}"):
            filed.append(answer.json)
    return filed


def verified(node, receipt, what, epoch):
    one, two = node.verify_both(receipt)
    count.check(one.get("valid") is True and one == two, f"{what}: {one} {two}")
    count.equal(one.get("epoch"), epoch, f"{what}: epoch")


def take_back(node, kept):
    """The database as it was in the directory KEPT; the key's memory stays, as it would in another place."""
    for path in database(node):
        os.remove(path)
    for path in os.listdir(kept):
        shutil.copy2(os.path.join(kept, path), os.path.join(node.folder, path))


def signed_size(node):
    """What the key remembers, out of the ring of its slots."""
    with open(node.folder + "/keys/heads", "rb") as file:
        ring = file.read()
    slots = [ring[at:at + 4096] for at in range(0, len(ring), 4096)]
    good = [s for s in slots if node.verify.sha256(b"varde-head/1\n", s[32:]) == s[:32]]
    latest = max(good, key=lambda s: int.from_bytes(s[32:40], "little"))
    return int.from_bytes(latest[40:48], "little")


def behind(node, signed):
    """Restored behind: read-only, with the reason; nothing is signed."""
    answer = node.client().get("/health/ready")
    count.check(answer.status == 503, f"a node that is behind is not ready: {answer}")
    count.check(f"{signed}" in answer.data.decode(), f"it says how many records were signed: {answer}")
    company = node.client().sign_in("night@example.eu", "a quiet harbour at dusk")
    refused = company.file("registration", "registration", v.registration("Entity 99 (invented)"), key="entity-99")
    count.check(refused.status in (409, 503) and refused.is_problem(), f"it takes no filing: {refused}")
    count.equal(signed_size(node), signed, "nothing else was signed")


def start_behind(node):
    """node.start waits for readiness, which does not come."""
    wait, node.wait_ready = node.wait_ready, lambda *_: None
    node.start()
    node.wait_ready = wait
    node.wait_ready(statuses=(503,))


def open_epoch(node, signed):
    words = [node.binary, "log", "epoch", node.folder, "--reason", "restored from a copy of the day before"]
    is_refused = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    count.check(is_refused.returncode != 0, "no epoch is opened while the node runs")
    count.equal(node.stop(), 0, "the node stops")
    made = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if not count.equal(made.returncode, 0, f"an epoch is opened: {made.stderr}"):
        raise SystemExit(1)
    stated = node.verify.epoch_verify(made.stdout, [node.verify.key_parse(node.key)])
    count.equal(stated["size"], signed, "the statement names the last signed head")
    with open(node.folder + "/keys/epoch-2.note", "rb") as file:
        count.equal(file.read(), made.stdout, "the statement is kept")
    checked = subprocess.run([node.binary, "verify", "-", "--key", node.key], input=made.stdout, stdout=subprocess.PIPE, check=False)
    count.equal(checked.returncode, 0, "varde verify takes the statement")


def lose_heads(node, receipt):
    """A new machine with the signing key alone: it signs nothing until a person names the latest head that anybody has."""
    count.equal(node.stop(), 0, "the node stops")
    os.remove(node.folder + "/keys/heads")
    serve = subprocess.run([node.binary, "serve", node.folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=60)
    count.check(serve.returncode != 0, f"a key without memory does not serve: {serve.stderr[-300:]}")
    words = [node.binary, "log", "epoch", node.folder, "--reason", "the machine was lost", "--heads-lost"]
    made = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    count.check(made.returncode != 0 and not os.path.exists(node.folder + "/keys/heads"), "not without a witnessed head")
    with open(node.folder + "/receipt.json", "w", encoding="utf-8") as file:
        json.dump(receipt, file)
    made = subprocess.run(words + ["--witnessed", node.folder + "/receipt.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if not count.equal(made.returncode, 0, f"an epoch is opened from a receipt: {made.stderr}"):
        raise SystemExit(1)
    stated = node.verify.epoch_verify(made.stdout, [node.verify.key_parse(node.key)])
    count.equal((stated["size"], stated["follows"]), (receipt["log"]["size"], receipt["log"]["origin"]), "it follows on the receipt's head")
    node.start()
    company = node.client().sign_in("night@example.eu", "a quiet harbour at dusk")
    for filed in file_some(company, 70, 1):
        verified(node, filed["receipt"], "a receipt of the third epoch", 3)


def main():
    node = v.Node(edit=v.quick_heads)
    kept = node.folder + ".kept"
    try:
        node.start()
        company = node.person("night@example.eu", "Night desk", "a quiet harbour at dusk")
        early = file_some(company, 0, KEPT)
        count.equal(node.stop(), 0, "the node stops")
        os.mkdir(kept)
        for path in database(node):
            shutil.copy2(path, kept)
        node.start()
        company = node.client().sign_in("night@example.eu", "a quiet harbour at dusk")
        lost = file_some(company, KEPT, LOST)
        signed = signed_size(node)
        count.check(signed >= KEPT + LOST, f"the key remembers {signed} records")
        count.equal(node.stop(), 0, "the node stops")

        take_back(node, kept)
        start_behind(node)
        behind(node, signed)
        open_epoch(node, signed)

        node.start()
        company = node.client().sign_in("night@example.eu", "a quiet harbour at dusk")
        later = file_some(company, 50, 2)
        for i, filed in enumerate(early):
            verified(node, filed["receipt"], f"a receipt from before, {i}", 1)
            again = company.need(200, "GET", "/api/v1/filings/" + filed["filing"] + "/receipt")
            verified(node, again, f"the same filing's receipt of the new epoch, {i}", 2)
        for i, filed in enumerate(lost):
            verified(node, filed["receipt"], f"the receipt of a lost filing, {i}", 1)
            count.equal(company.get("/api/v1/filings/" + filed["filing"]).status, 404, "the lost filing is not here")
        for i, filed in enumerate(later):
            verified(node, filed["receipt"], f"a receipt of the new epoch, {i}", 2)
            count.check(filed["receipt"]["log"]["origin"].endswith("/epoch-2"), "its log is the new epoch's")
        lose_heads(node, later[-1]["receipt"])
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
