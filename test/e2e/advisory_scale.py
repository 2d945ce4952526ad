#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""An advisory to 30,000 entities: the release answers at once, other filings pass meanwhile, and a
node that is killed in between does the rest exactly once."""
import json
import os
import sqlite3
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
ENTITIES = 30000
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def made_up(letter, number):
    text = ""
    for _ in range(16):
        text = DIGITS[number % 32] + text
        number //= 32
    return letter + text


def fill(database):
    """Entities on the register, as an import of years would have left them; a few without anyone to tell, a few pending."""
    conn = sqlite3.connect(database)
    with conn:
        for i in range(ENTITIES + 50):
            entity = made_up("E", i + 1)
            is_pending = i >= ENTITIES
            profile = {"name": f"Invented {i}", "contacts": [] if i % 3000 == 7 else [{"role": "security", "email": f"s{i}@invented.example", "phone": "+999 1234567"}],
                       "staff": str(i % 900)}
            conn.execute("INSERT INTO entity (id, name, name_folded, identifier, status, class, class_proposed, sectors, types, version, created_ms, changed_ms, profile)"
                         " VALUES (?,?,?,?,?,?,?,?,?,1,1,1,?)",
                         (entity, f"Invented {i}", f"invented {i}", f"N{i}", "pending" if is_pending else "registered", None if is_pending else ("essential", "important")[i % 2],
                          "essential", json.dumps([("energy", "health", "digital_infrastructure")[i % 3]]), '["EN_EL_SUPPLY"]', json.dumps(profile)))
            traits = [("sector", ("energy", "health", "digital_infrastructure")[i % 3]), ("type", "EN_EL_SUPPLY"), ("class", ("essential", "important")[i % 2])]
            traits += [("contact", "mail")] if profile["contacts"] else []
            conn.executemany("INSERT INTO entity_trait (kind, value, entity_id) VALUES (?,?,?)", [(k, value, entity) for k, value in traits])
    conn.close()


def told(database, filing):
    """Entities named by queued messages of the filing, in order of the queue."""
    conn = sqlite3.connect(database)
    found = []
    for (content,) in conn.execute("SELECT content FROM outbox WHERE filing_id = ? ORDER BY id", (filing,)):
        to = json.loads(content)["to"]
        found += to.get("entities", [])
    conn.close()
    return found


def memory_mb(node):
    """Of the node's role: the largest of the processes."""
    pids = subprocess.run(["ps", "-o", "rss=", "-g", str(os.getpgid(node.process.pid))], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    return max((int(p) for p in pids), default=0) / 1024


def main():
    node = v.Node().start()
    database = node.folder + "/node.db"
    try:
        admin = node.administrator()
        csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", "quiet waters run deep 1")
        company = node.person("a@company.example", "Person", "quiet waters run deep 3")
        node.stop()
        fill(database)
        node.start()
        csirt.move(node.url)
        company.move(node.url)
        begun = time.monotonic()
        shown = csirt.need(200, "POST", "/api/v1/selections/preview", {"selection": {"everyone": True}})
        preview_s = time.monotonic() - begun
        count.equal((shown["count"], shown["pending"], shown["unreached"]["count"]), (ENTITIES, 50, ENTITIES // 3000), "all are counted, and who can't be told")
        begun = time.monotonic()
        some = csirt.need(200, "POST", "/api/v1/selections/preview", {"selection": {"sectors": ["energy"], "condition": {"subject": "staff", "at_least": 450}}})
        condition_s = time.monotonic() - begun
        count.equal(some["count"], sum(1 for i in range(ENTITIES) if i % 3 == 0 and i % 900 >= 450), "with a free condition as well")
        draft = {"title": "t", "kind": "alert", "text": "t", "severity": "high", "tlp": "TLP:AMBER", "selection": {"everyone": True}}
        case = csirt.must_file("advisory", "advisory", draft)["case"]
        begun = time.monotonic()
        released = csirt.must_file("advisory", "advisory_release", {"preview": shown["version"]}, case=case)["filing"]
        release_s = time.monotonic() - begun
        # other filings pass while the addressees are entered
        slowest = 0.0
        for i in range(6):
            begun = time.monotonic()
            company.must_file("registration", "registration", v.registration(f"Passing {i} (invented)"))
            slowest = max(slowest, time.monotonic() - begun)
        parties = csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?limit=1")
        is_amid = parties["waiting"] > 0
        begun = time.monotonic()
        kills = 0
        while parties["waiting"] > 0 and time.monotonic() - begun < 60:
            if kills < 3:
                node.kill_role("node")
                kills += 1
                node.wait_ready()
            time.sleep(0.3)
            parties = csirt.patient(f"/api/v1/cases/{case}/parties?limit=1").json
        settle_s = time.monotonic() - begun
        count.check(is_amid and kills > 0, f"the node was killed in the middle, {kills} times")
        count.equal((parties["total"], parties["counts"], parties["waiting"]), (ENTITIES, {"silent": ENTITIES}, 0), "every addressee is entered, once")
        page = csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?limit=250")
        begun = time.monotonic()
        csirt.need(200, "GET", f"/api/v1/cases/{case}/parties?limit=250&cursor={page['next']}")
        page_s = time.monotonic() - begun
        table = csirt.need_bytes(f"/api/v1/cases/{case}/parties?format=csv")
        count.equal(table.count(b"\r\n"), ENTITIES + 1, "the table has all of them")
        rss = memory_mb(node)
        count.check(rss < 400, f"memory stays bounded: {rss:.0f} MB")
        count.check(release_s < 5 and slowest < 3, f"nobody waits for seconds: release {release_s:.2f} s, slowest other filing {slowest:.2f} s")
        node.stop()
        names = told(database, released)
        count.equal((len(names), len(set(names))), (ENTITIES, ENTITIES), "and each is told exactly once")
        size = os.path.getsize(database) / 1e6
        print(f"{ENTITIES} addressees: preview {preview_s:.2f} s, with a condition {condition_s:.2f} s, release answered in {release_s:.2f} s, entered and told in {settle_s:.2f} s "
              f"with {kills} kills, slowest other filing {slowest:.2f} s, page of 250 {page_s * 1000:.0f} ms, node {rss:.0f} MB, database {size:.0f} MB")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
