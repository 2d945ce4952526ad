#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Killed with SIGKILL at random instants under load: the node's process, keys, front, courier, or everything at once. Afterwards every
acknowledged filing is there, once, logged and provable, and no half of another; what was not acknowledged was filed whole or not at all.

VARDE_LONG=1: 200 rounds instead of 6. VARDE_ROUNDS and VARDE_SEED set the number and repeat a run."""
import os
import random
import sys
import threading
import time

import varde_client as v

count = v.Count()
THREADS = 4
# Each kind at least once in the short run; the whole tree most often.
KINDS = ["tree", "node", "keys", "tree", "front", "courier"]


class Load:
    """Threads that file until told to stop; each filing with a key of its own, asked again until it is answered."""

    def __init__(self, node, companies, seed):
        self.node, self.companies = node, companies
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.filed = {}      # key: answer's filing, case, receipt
        self.tried = {}      # key: number of times sent
        self.wrong = []
        self.unsure = set()  # sent at least once without an answer, and not yet answered
        self.threads = [threading.Thread(target=self.run, args=(n, random.Random(seed * 1000 + n)), daemon=True) for n in range(THREADS)]
        self.number = 0

    def start(self):
        for thread in self.threads:
            thread.start()

    def next_key(self):
        with self.lock:
            self.number += 1
            return f"load-{self.number}"

    def run(self, n, chance):
        company, entity = self.companies[n]
        case = None
        while not self.stop.is_set():
            key = self.next_key()
            if case is None or chance.random() < 0.5:
                done = self.send(company, key, "early_warning", v.early_warning(summary=f"Load {key}"), entity, None)
                case = done["case"] if done else None
            else:
                document, fields = chance.choice([("support_request", {"request": f"Load {key}"}),
                                                  ("recipients_notice", {"about": "incident", "informed_at": v.instant(-60), "how": f"Load {key}"})])
                self.send(company, key, document, fields, None, case)

    def send(self, company, key, document, fields, entity, case):
        """Until answered; None where the load stops first."""
        while True:
            with self.lock:
                self.tried[key] = self.tried.get(key, 0) + 1
            try:
                answer = company.file("incident", document, fields, key=key, entity=entity, case=case)
            except (v.Gone, OSError):
                with self.lock:
                    self.unsure.add(key)
                answer = None
            if answer is not None and answer.status in (200, 201):
                done = answer.json
                with self.lock:
                    self.filed[key] = {"filing": done["filing"], "case": done["case"], "document": document, "receipt": done["receipt"]}
                    self.unsure.discard(key)
                return done
            if answer is not None and answer.status not in (429, 500, 502, 503, 504):
                with self.lock:
                    self.wrong.append(f"{key} {document}: {answer}")
                return None
            if self.stop.is_set():
                with self.lock:
                    self.unsure.add(key)
                return None
            time.sleep(0.02)

    def acknowledged(self):
        with self.lock:
            return len(self.filed)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(v.PATIENCE * 2)
        count.check(not any(t.is_alive() for t in self.threads), "the load ends")


def strike(node, load, kind, chance):
    """Some filings, then a kill at a random instant, then the node is back."""
    before = load.acknowledged()
    until = time.monotonic() + v.PATIENCE
    while load.acknowledged() < before + 3 and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(chance.random() ** 2 * 0.25)
    if kind == "tree":
        node.kill_tree()
        node.start()
        moved(load, node)
        return
    pid = node.roles().get(kind)
    if not count.check(pid is not None and node.kill_role(kind), f"{kind} runs and is killed"):
        return
    until = time.monotonic() + v.PATIENCE
    while node.roles().get(kind) in (pid, None) and time.monotonic() < until:
        time.sleep(0.01)
    count.check(node.roles().get(kind) not in (pid, None), f"{kind} is started again")
    node.wait_ready()


def moved(load, node):
    """The port may be another one after a start."""
    for company, _ in load.companies:
        company.url = node.url


def goes_on(load, what):
    before = load.acknowledged()
    until = time.monotonic() + v.PATIENCE
    while load.acknowledged() <= before + 2 and time.monotonic() < until:
        time.sleep(0.01)
    return count.check(load.acknowledged() > before, f"filings go on {what}")


def find_all(company, entity):
    """Every filing of an entity's cases as the API shows it: id to document, case, index, and who may read it."""
    found = {}
    for row in company.pages(f"/api/v1/cases?entity={entity}", "cases", 250):
        case = company.patient("/api/v1/cases/" + row["id"]).json
        for filing in case["filings"]:
            if not count.check(filing["id"] not in found, f"filing {filing['id']} stands once"):
                continue
            found[filing["id"]] = {"document": filing["document"], "case": row["id"], "index": filing["log_index"], "procedure": case["procedure"],
                                   "company": company}
    return found


def losses(filed, found):
    return [key for key, done in filed.items() if done["filing"] not in found or found[done["filing"]]["case"] != done["case"]]


def canary(node, load, found):
    """A loss, a changed receipt and a receipt in another's place must be seen."""
    key, other = sorted(load.filed)[:2]
    planted = dict(load.filed, planted={"filing": "F0000000000000000", "case": "C0000000000000000"})
    count.equal(losses(planted, found), ["planted"], "a lost filing is noticed")
    count.equal(losses({key: dict(load.filed[key], case="C0000000000000000")}, found), [key], "a filing in another case is noticed")
    swapped = dict(load.filed[key]["receipt"], fields=load.filed[other]["receipt"]["fields"])
    count.check(not node.verify_second(swapped)["valid"], "a receipt with another's fields is noticed")


def check_all(node, load, registered):
    """Afterwards: what was acknowledged against what is there."""
    found = {}
    for company, entity in load.companies:
        found.update(find_all(company, entity))
    size = node.log_size()
    count.equal(size, len(found), "the log's size is the number of filings")
    count.equal(sorted(f["index"] for f in found.values()), list(range(size)), "each index of the log is one filing's")
    count.equal(losses(load.filed, found), [], "no acknowledged filing is lost")
    count.equal(len({d["filing"] for d in load.filed.values()}), len(load.filed), "each key has a filing of its own")
    acknowledged = {d["filing"] for d in load.filed.values()} | registered
    others = set(found) - acknowledged
    count.check(len(others) <= len(load.unsure), f"{len(others)} filings were never acknowledged, {len(load.unsure)} requests were never answered")
    canary(node, load, found)
    whole = read_fields(load, found)
    count.equal(whole, len(found) - len(registered), "every filing reads whole")
    published, is_whole = node.check_log(size)
    count.check(is_whole and published == size, f"the published head over {published} of {size} is signed and its root right")
    return len(others)


def read_fields(load, found):
    """Reads each filing; no half of one: its text names its key, its index is the log's."""
    whole, keys = 0, {}
    for filing, row in found.items():
        if row["procedure"] != "incident":
            continue
        answer = row["company"].patient("/api/v1/filings/" + filing)
        if not count.status(answer, 200, f"filing {filing}"):
            continue
        read = answer.json
        text = " ".join(value for value in read["fields"].values() if isinstance(value, str))
        key = next((word for word in text.split() if word.startswith("load-")), None)
        is_whole = key is not None and read["log_index"] == row["index"] and read["header"]["case"] == row["case"]
        whole += count.check(is_whole, f"filing {filing}: {answer}")
        count.check(key not in keys, f"key {key} was filed once, not as {keys.get(key)} and {filing}")
        keys[key] = filing
        done = load.filed.get(key)
        count.check(done is None or done["filing"] == filing, f"key {key}: {done and done['filing']} was acknowledged, {filing} is there")
    return whole


def check_receipts(node, load):
    """Those that were handed out, and fresh ones of a sample; all by the second verifier, a sample by both."""
    bad = [key for key, done in load.filed.items() if not node.verify_second(done["receipt"])["valid"]]
    count.equal(bad, [], "each receipt handed out verifies")
    sample = random.Random(1).sample(sorted(load.filed), min(20, len(load.filed)))
    for key in sample:
        one, two = node.verify_both(load.filed[key]["receipt"])
        count.check(one.get("valid") and one == two, f"receipt of {key}: {one} {two}")
        for company, _ in load.companies:
            answer = company.patient(f"/api/v1/filings/{load.filed[key]['filing']}/receipt")
            if answer.status == 200:
                count.check(node.verify_second(answer.json)["valid"], f"a fresh receipt of {key}")
                count.equal(answer.json["log"]["index"], load.filed[key]["receipt"]["log"]["index"], f"{key} has its index still")
                break
        else:
            count.check(False, f"nobody can fetch the receipt of {key}")


def main():
    rounds = int(os.environ.get("VARDE_ROUNDS") or (200 if v.LONG else 6))
    seed = int(os.environ.get("VARDE_SEED") or 7)
    chance = random.Random(seed)
    node = v.Node(edit=v.quick_heads)
    struck = {kind: 0 for kind in KINDS}
    try:
        node.start()
        companies, registered = [], set()
        for n in range(THREADS):
            person = node.person(f"security@load{n}.example", f"Night desk {n}", "a quiet harbour at dusk")
            done = person.must_file("registration", "registration", v.registration(f"Kvistzarn {n} Grid (invented)", ["EN_EL_DSO"]))
            registered.add(done["filing"])
            companies.append((person, done["entity"]))
        load = Load(node, companies, seed)
        load.start()
        for number in range(rounds):
            kind = KINDS[number % len(KINDS)] if number < len(KINDS) else chance.choice(KINDS)
            strike(node, load, kind, chance)
            struck[kind] += 1
            if not goes_on(load, f"after round {number} ({kind}, seed {seed})"):
                break
        load.end()
        count.equal(load.wrong, [], "nothing was refused")
        node.stop()
        node.start()  # once more, quietly
        moved(load, node)
        unacknowledged = check_all(node, load, registered)
        check_receipts(node, load)
        sent = sum(load.tried.values())
        print(f"{rounds} kills ({', '.join(f'{k} {n}' for k, n in struck.items())}), seed {seed}: {sent} requests, {len(load.filed)} acknowledged, "
              f"{len(load.unsure)} never answered, of them {unacknowledged} filed whole; {sent - len(load.tried)} sent again")
        count.check(len(load.filed) >= 3 * rounds, f"the load filed {len(load.filed)} times")
        log = node.log()
        count.check("corrupt" not in log, f"nothing is corrupt: {log[-2000:]}")
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
