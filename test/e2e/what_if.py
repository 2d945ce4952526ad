#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What a proposal would change, asked of a running node: who may ask, the heading of the command line, figures and entries in JSON and CSV, an
entry that is frozen left out, a register of thousands counted in steps while filings go on, and the same figures as the command's."""
import glob
import json
import os
import sqlite3
import subprocess
import sys
import time

import varde_client as v

count = v.Count()
ROW = {"staff": "300", "turnover_eur": "40000000", "balance_eur": "30000000"}
MANY = 12000


def multiply(folder):
    """Thousands of entries like those there are, straight into the derived table."""
    path = next(p for p in glob.glob(folder + "/**/*", recursive=True) if os.path.isfile(p) and open(p, "rb").read(15) == b"SQLite format 3"
                and "entity" in [r[0] for r in sqlite3.connect(p).execute("SELECT name FROM sqlite_master")])
    db = sqlite3.connect(path)
    columns = [row[1] for row in db.execute("PRAGMA table_info(entity)")]
    one = dict(zip(columns, db.execute("SELECT * FROM entity WHERE name LIKE 'Falls%'").fetchone()))
    for i in range(MANY):
        row = {**one, "id": f"E{i:016d}", "name": f"Copy {i}", "identifier": f"COPY-{i}"}
        db.execute(f"INSERT INTO entity ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [row[c] for c in columns])
    db.commit()
    db.close()


def done(client, path, query=""):
    steps = 0
    while True:
        answer = client.get(path + query)
        steps += 1
        if "json" not in answer.header("content-type") or answer.status != 200 or answer.json["done"]:
            return answer, steps
        count.check(answer.json["head"] and answer.json["result"] is None, "under way it says so, headed already")


def rights(node, ask, company, csirt, bounded, ca, spoc):
    count.status(node.client().post("/api/v1/law/what-if", ask), 401, "nobody")
    for who, name in ((company, "a company"), (csirt, "an office that does not ask"), (bounded, "an officer of one sector")):
        count.status(who.post("/api/v1/law/what-if", ask), 403, name)
    mine = ca.need(201, "POST", "/api/v1/law/what-if", ask)
    count.status(spoc.get(mine["count"]), 404, "another person's count")
    for wrong, rule in (({"proposal": "eu/nothing"}, "law.pack"), ({"proposal": "eu/nis2"}, None), ({**ask, "choices": {"small_mid_cap": "x"}}, None), ({**ask, "covers_union": True}, "what_if.union"),
                        ({**ask, "at": "soon"}, "api.query"), ({**ask, "choices": [1]}, "what_if.choices")):
        answer = ca.post("/api/v1/law/what-if", wrong)
        count.check(answer.status == 422 and (rule is None or rule in answer.data.decode()), f"{wrong}: {answer}")
    return ca.need(201, "POST", "/api/v1/law/what-if", ask)["count"]


def entries(client, path, query=""):
    found, after = [], ""
    while True:
        page = client.need(200, "GET", f"{path}/entities?window=2000{query}{after}")
        found += page["entities"]
        if page["next"] is None:
            return page, found
        after = "&after=" + page["next"]


def main():
    node = v.Node()
    try:
        node.start()
        admin = node.administrator()
        ca, spoc, csirt = (node.officer(admin, f"{o}@auth.example", f"Officer ({o})", o, f"a row of stones by the {o}") for o in ("ca", "spoc", "csirt"))
        bounded = node.officer(admin, "one@auth.example", "Officer of health", "ca", "a row of stones by the pond", sectors=["health"])
        company = node.person("company@what.example", "Company (invented)", "a beacon on the hill 2")
        company.must_file("registration", "registration", {**v.registration("Falls hospital (invented)", ["HE_PROVIDER"]), **ROW})
        kept = company.must_file("registration", "registration", {**v.registration("Stays grid (invented)", ["EN_EL_DSO"]), **ROW, "staff": "5000", "turnover_eur": "9000000000", "balance_eur": "9000000000"})
        ask = {"proposal": "eu/com-2026-13"}
        path = rights(node, ask, company, csirt, bounded, ca, spoc)
        answer, _ = done(ca, path)
        said = answer.json["result"]
        count.equal((answer.status, said["entities"], said["moves"]["falls"], said["moves"]["stays"]), (200, 2, 1, 1), "one falls, one stays")
        count.check("unofficial reading of secondary sources" in said["head"].lower() and "not comparable" in said["comparison"].lower(), f"headed: {said['head']} / {said['comparison']}")
        page, found = entries(ca, path, "&move=falls")
        count.equal([(e["name"], e["from"], e["to"]) for e in found], [("Falls hospital (invented)", "essential", "important")], "whose class would change")
        count.equal((page["head"], page["comparison"]), (said["head"], said["comparison"]), "headed like the figures")
        count.equal(entries(ca, path, "&move=enters")[1], [], "nobody enters")
        text = ca.get(path + "?format=csv").data.decode()
        count.check(text.startswith("# " + said["head"]) and "\r\nsector,size,move,from,to,entities\r\n" in text and "health,small_mid_cap,falls,essential,important,1" in text, "figures as CSV, headed: " + text)
        text = ca.get(path + "/entities?format=csv").data.decode()
        count.check(text.startswith("# " + said["head"]) and ",Falls hospital (invented),falls,essential,important\r\n" in text, "entries as CSV")
        count.check("Nichtamtliche Lesart" in ca.get(path + "?language=de").json["head"], "the head in German")
        first = ca.need(200, "GET", f"/api/v1/cases/{kept['case']}")["filings"][0]["id"]
        count.check(first, "the register goes on")
        node.stop()
        by_command = json.loads(subprocess.run([v.VARDE, "law", "what-if", "eu/com-2026-13", node.folder, "--json"], capture_output=True, timeout=60, check=True).stdout)
        count.equal({k: said[k] for k in ("moves", "rows", "choices", "version", "head")}, {k: by_command[k] for k in ("moves", "rows", "choices", "version", "head")}, "as the command line counts")
        multiply(node.folder)
        node.start()
        for client in (ca, spoc, company):
            client.move(node.url)
        count.status(ca.get(path), 404, "a count is not kept over a restart")
        path = spoc.need(201, "POST", "/api/v1/law/what-if", {**ask, "choices": {}})["count"]
        first_step = spoc.get(path)
        count.equal((first_step.status, first_step.json["done"]), (200, False), "thousands are counted in steps")
        began = time.monotonic()
        company.must_file("registration", "registration", {**v.registration("In between (invented)", ["HE_PROVIDER"]), **ROW})
        count.check(time.monotonic() - began < 3, "a filing does not wait for it")
        answer, steps = done(spoc, path)
        count.equal((answer.json["result"]["moves"]["falls"], answer.json["looked_at"] >= MANY + 2, steps >= 2), (answer.json["result"]["entities"] - 1, True, True), "all are counted")
        count.check(len(entries(spoc, path)[1]) >= MANY + 1, "and listed, page by page")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
