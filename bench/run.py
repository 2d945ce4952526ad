#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Measures Varde on this machine and prints each figure beside its floor or peer of the same run: make bench.

    bench/run.py [scope] [packs] [filing] [scale] [memory] [parts]     only these; FULL=1 for 1,000,000 cases instead of 100,000, SMALL=1 for 20,000

Needs the release build. doc/bench.md says what each figure means. Ratios and counts bind, absolute figures are aims."""
import csv
import hashlib
import hmac
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build/release")
os.environ["VARDE"] = os.path.join(BUILD, "varde")
sys.path.insert(0, os.path.join(ROOT, "test/e2e"))
import varde_client as v  # noqa: E402

FULL, SMALL = bool(os.environ.get("FULL")), bool(os.environ.get("SMALL"))
CASES = (2_000, 20_000) if SMALL else (10_000, 1_000_000 if FULL else 100_000)
FILERS, ENTITIES = 8, 3_000 if SMALL else 30_000
PASSWORD = "a beacon on the hill 1"
EMPTY_PORT, NODE_PORT = 9471, 9472
LISTS = ("types", "ancillary", "negligible", "established_in", "services_in")  # facts that hold several values
TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")


class Table:
    def __init__(self):
        self.over = 0
        print(f"{'figure':<46}{'measured':>14}{'floor or peer':>16}{'ratio':>8}{'limit':>8}")

    def row(self, figure, measured, unit, floor=None, ratio=None, limit=None, is_aim=False, least=False):
        """LIMIT of the ratio, or of the figure where IS_AIM; LEAST: at least so much, else at most."""
        verdict = ""
        if limit is not None:
            value = measured if is_aim else ratio
            is_good = value >= limit if least else value <= limit
            verdict = "ok" if is_good else "below aim" if is_aim and least else "above aim" if is_aim else "OVER"
            self.over += not is_good
        show = lambda x: f"{x:,.0f}" if abs(x) >= 1000 else f"{x:,.3g}" if abs(x) < 1 else f"{x:,.1f}"
        print(f"{figure:<46}{show(measured) + ' ' + unit:>14}{show(floor) + ' ' + unit if floor is not None else '':>16}"
              f"{f'{ratio:.2f}' if ratio is not None else '':>8}{show(limit) if limit is not None else '':>10}  {verdict}", flush=True)


def program(name, *words, folder=None):
    """Runs a program of bench/; its NAME=VALUE lines."""
    run = subprocess.run([os.path.join(BUILD, "bench", name), *map(str, words)], stdout=subprocess.PIPE, text=True, check=True, cwd=folder)
    return {name: float(value) for name, value in (line.split("=") for line in run.stdout.splitlines())}


# --- classification ---

def facts_lines(facts, lines):
    """The register's facts as one JSON object a line."""
    with open(facts, newline="", encoding="utf-8") as source, open(lines, "w", encoding="utf-8") as out:
        rows = []
        for row in csv.DictReader(source):
            given = {name: value.replace(";", " ").split() if name in LISTS else value
                     for name, value in row.items() if value and name not in ("id", "name", "state", "at")}
            rows.append(json.dumps(given))
        out.write("\n".join(rows))


def measure_scope(table, folder):
    register(folder)
    facts_lines(folder + "/facts.csv", folder + "/facts.json")
    got = program("classify", folder + "/facts.json")
    table.row("classifications, no reasons", got["classify_per_s"], "/s", limit=1e6, is_aim=True, least=True)
    table.row("answers with reasons", got["answer_per_s"], "/s", limit=1e5, is_aim=True, least=True)
    measure_what_if(table, folder)


def measure_what_if(table, folder):
    """A register of 1,000,000 lines by the law in force and as proposed; beside it the plain classification of the same file."""
    with open(folder + "/facts.csv", encoding="utf-8") as source:
        heading, *lines = source.read().splitlines()
    with open(folder + "/million.csv", "w", encoding="utf-8") as out:
        out.write(heading + "\n")
        out.writelines(lines[i % len(lines)] + "\n" for i in range(1000000))
    for what, words, limit in (("what-if over 1,000,000 entities", ["law", "what-if", "eu/com-2026-13", folder + "/million.csv", "--state", "BE"], 30),
                               ("  plain classification of the same", ["scope", "--csv", folder + "/million.csv", "--state", "BE"], None)):
        began = time.monotonic()
        subprocess.run([v.VARDE, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        table.row(what, time.monotonic() - began, "s", **({"limit": limit, "is_aim": True} if limit else {}))
    os.remove(folder + "/million.csv")


def register(folder):
    if not os.path.exists(folder + "/facts.csv"):
        subprocess.run([sys.executable, ROOT + "/tools/demo/register.py", "--entities", str(ENTITIES), "--lines", folder + "/lines.json",
                        "--facts", folder + "/facts.csv"], check=True, stdout=subprocess.DEVNULL)


# --- a node with people ---

class People:
    """A node with FILERS companies, each with a token and a body to file, an officer of the CSIRT and one of the authority for one sector."""

    def __init__(self, folder):
        self.node = v.Node(folder=folder, listen=f"127.0.0.1:{NODE_PORT}", edit=v.quick_heads)
        self.node.start()
        self.admin = admin = self.node.administrator()
        self.filers = []
        for i in range(FILERS):
            person = self.node.person(f"p{i}@company.example", f"Person {i}", PASSWORD)
            entity = person.must_file("registration", "registration", v.registration(f"Company {i} (invented)"))["entity"]
            fields = v.early_warning(2, 3, assessed_at=v.instant(-2.5 * 3600), suspected_malicious="yes", recipients_affected="yes")
            body = f"{folder}.body{i}"
            with open(body, "w", encoding="utf-8") as out:
                json.dump({"procedure": "incident", "document": "early_warning", "entity": entity, "fields": fields}, out)
            person.must_file("incident", "early_warning", fields, entity=entity)
            self.filers.append((person.make_token("bench", ["file", "read"]), body))
        self.officer = self.node.officer(admin, "o@csirt.example", "Officer", "csirt", PASSWORD).make_token("bench", ["read"])
        self.bounded = self.node.officer(admin, "b@ca.example", "Bounded", "ca", PASSWORD, sectors=["energy"]).make_token("bench", ["read"])

    def words(self):
        return [word for filer in self.filers for word in filer]


def cpu_us(pids):
    """User and system time of all threads: to the nanosecond where the kernel tells it, else in clock ticks."""
    total = 0
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0]) / 1000
        except FileNotFoundError:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) * TICK_US
    return total


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def flood(url, posts, each):
    """EACH posts of every (token, body file), all at once over TLS; none may fail."""
    runs = [subprocess.Popen(["h2load", "-n", str(each), "-c", "2", "-m", "8", "-d", body, "-H", "content-type: application/json",
                              "-H", "authorization: Bearer " + token, url], stdout=subprocess.PIPE, text=True) for token, body in posts]
    for run in runs:
        out = run.communicate()[0]
        if f"{each} succeeded, 0 failed" not in out:
            raise SystemExit(out)


def flood_cpu_us(url, pids, posts, each):
    before = cpu_us(pids)
    flood(url, posts, each)
    return (cpu_us(pids) - before) / each / len(posts)


def lone_us(client, path, body, turns=60):
    """Time of one post at a time on an idle server: the median, in microseconds."""
    took = []
    for _ in range(turns):
        time.sleep(0.005)
        began = time.perf_counter()
        answer = client.post(path, body)
        took.append((time.perf_counter() - began) * 1e6)
        if answer.status not in (201, 204):
            raise SystemExit(str(answer))
    return statistics.median(took)


class Empty:
    """The real supervisor, front and keys with a node that answers at once (test/e2e/_echo.c)."""

    def __init__(self, folder):
        self.node = v.Node(folder=folder, listen=f"127.0.0.1:{EMPTY_PORT}", binary=os.environ["VARDE"])
        with open(folder + ".log", "wb") as log:
            self.process = subprocess.Popen([os.path.join(BUILD, "test/e2e/_echo"), "serve", folder], stdout=subprocess.PIPE, stderr=log,
                                            stdin=subprocess.DEVNULL, text=True)
        self.process.stdout.readline()
        self.node.port = EMPTY_PORT
        self.url = f"https://127.0.0.1:{EMPTY_PORT}/empty"
        self.pids = [self.process.pid] + children(self.process.pid)

    def close(self):
        self.process.terminate()
        self.process.wait()


def counters(people):
    """The node's own counts: filings, and groups committed."""
    client = people.node.client(people.officer)
    text = client.need_bytes("/metrics").decode()
    client.close()
    return [int(re.search(rf"^\w*{name} (\d+)$", text, re.M).group(1)) for name in ("filings_total", "groups_total")]


def measure_filing(table, folder):
    people, empty = People(folder + "/filing"), Empty(folder + "/empty")
    node = people.node
    pids = [node.process.pid] + list(node.roles().values())
    flood(node.url + "/api/v1/filings", people.filers, 40)
    client, bare = node.client(people.filers[0][0]), empty.node.client(people.filers[0][0])
    with open(people.filers[0][1], "rb") as file:
        body = file.read()
    lone, lone_post = lone_us(client, "/api/v1/filings", body), lone_us(bare, "/empty", body)
    client.close()
    bare.close()
    flood(empty.url, people.filers, 200)
    before = counters(people)
    filing = [flood_cpu_us(node.url + "/api/v1/filings", pids, people.filers, 220) for _ in range(3)]
    after = counters(people)
    client = node.client(people.filers[0][0])
    later = lone_us(client, "/api/v1/filings", body)
    client.close()
    group = max(1, round((after[0] - before[0]) / (after[1] - before[1])))
    post = [flood_cpu_us(empty.url, empty.pids, people.filers, 1000) for _ in range(3)]
    filing, post = statistics.median(filing), statistics.median(post)
    node.stop()
    empty.close()
    got = program("replay", node.folder, group, 1600, *people.words())
    os.remove(node.folder + "/replay.db")
    alone = program("replay", node.folder, 1, 400, *people.words())
    os.remove(node.folder + "/replay.db")
    floor = post + got["replay_cpu_us"]
    table.row("CPU of all roles per filing, under load", filing, "us", floor, filing / floor, limit=3)
    table.row("  one TLS post to an empty handler", post, "us")
    table.row(f"  the same SQL, groups of {group}", got["replay_cpu_us"], "us")
    table.row("  the handlers alone, in one process", got["handlers_cpu_us"], "us", got["replay_cpu_us"], got["handlers_cpu_us"] / got["replay_cpu_us"])
    table.row("  statements per filing", got["statements"], "")
    floor = lone_post + alone["replay_group_us"] + alone["sign_us"]
    table.row("a filing alone on an idle node, median", lone, "us", floor, lone / floor, limit=2)
    table.row("  after the flood, which nobody took", later, "us", floor, later / floor, limit=2)
    table.row("  one TLS post to an empty handler", lone_post, "us")
    table.row("  its SQL with one commit", alone["replay_group_us"], "us")
    table.row("  one signature with its durable head", alone["sign_us"], "us")


# --- more cases ---

FEW_ENTITIES, MANY_ENTITIES = (2_000, 20_000) if SMALL else (10_000, 160_000)
OWN_CASES, LATE_CASES, RARE_FILINGS, RARE_NAMES = 200, 30, 20, 30
SECTORS = ["energy", "transport", "banking", "health", "digital_infrastructure", "ict_service_management", "food", "manufacturing", "research", "space"]
# what the rows of a case's copy have instead of the original's; every other column is copied
OF_COPY = {"case_id": "m.c", "filing_id": "m.f", "entity_id": "m.e", "sectors": "m.s", "seq": "m.q", "record_seq": "m.q", "last_seq": "m.q", "opened_by": None,
           "next_due_ms": "m.due", "plain_due_ms": "m.due", "late_ms": "m.due + 3600000", "changed_ms": "m.due - 86400000", "plain_changed_ms": "m.due - 86400000",
           "opened_ms": "m.due - 86400000", "first_ms": "m.due - 86400000", "last_ms": "m.due - 86400000", "when_ms": "m.due - 7200000"}


def refill(db, table, of, number, **key):
    """The tallies TABLE of the rows r of OF, as the program keeps them: KEY is its columns and what they are of a row."""
    db.execute(f"DELETE FROM {table}")
    db.execute(f"INSERT INTO {table} ({', '.join(key)}, {number}) SELECT {', '.join(key.values())}, count(*) FROM {of} r GROUP BY {', '.join(key.values())}")
    db.execute(f"UPDATE {of} AS r SET tally = (SELECT t.id FROM {table} t WHERE {' AND '.join(f't.{name} = {value}' for name, value in key.items())})")


def fill_entities(db, count):
    """Copies of the last entity, with a name and a number of their own."""
    first, have = db.execute("SELECT max(id), count(*) FROM entity").fetchone()
    db.execute("CREATE TEMP TABLE fresh (n INTEGER PRIMARY KEY, id TEXT)")
    db.execute("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?) INSERT INTO fresh SELECT n, 'E' || lower(hex(randomblob(8))) FROM i", (count - have,))
    number = "(m.n * 7919 % 1000003) || ' (invented)'"
    name = lambda rare, usual: f"CASE WHEN m.n % {count // RARE_NAMES} = 0 THEN '{rare} ' || (m.n / {count // RARE_NAMES}) || ', ' ELSE '{usual} ' END || {number}"
    own = {"id": "m.id", "name": name("Quayhaven", "Undertaking"), "name_folded": name("quayhaven", "undertaking"), "identifier": "'BENCH-' || m.n"}
    names = [row[1] for row in db.execute("PRAGMA table_info(entity)")]
    db.execute(f"INSERT INTO entity ({', '.join(names)}) SELECT {', '.join(own.get(name, 't.' + name) for name in names)} FROM fresh m, entity t WHERE t.id = ?", (first,))
    db.execute("INSERT INTO entity_trait SELECT t.kind, t.value, m.id FROM fresh m, entity_trait t WHERE t.entity_id = ?", (first,))
    refill(db, "entity_tally", "entity", "entities", status="r.status", sectors="coalesce(r.sectors, '[]')", **{"class": "coalesce(r.class, r.class_proposed, '')"})
    db.execute("""INSERT OR IGNORE INTO entity_part WITH RECURSIVE letter (id, name, at) AS (SELECT id, name_folded, 1 FROM entity UNION ALL
        SELECT id, name, at + 1 FROM letter WHERE at < length(name)) SELECT substr(name, at, 12) AS part, id FROM letter ORDER BY part, id""")


def fill(folder, cases, entities):
    """Puts CASES cases and ENTITIES entities into the stopped node's database: copies of its last incident with ids, dates, sectors of their own,
    in every table in which the filing left rows; the log's tree is whole, so that proofs work. Gives the id of one."""
    db = sqlite3.connect(folder + "/node.db")
    db.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY;")
    fill_entities(db, entities)
    first = db.execute("SELECT count(*) FROM record").fetchone()[0]
    case = db.execute("SELECT id FROM case_file WHERE procedure='incident' ORDER BY last_seq DESC LIMIT 1").fetchone()[0]
    filing, seq = db.execute("SELECT id, seq FROM filing WHERE case_id=?", (case,)).fetchone()
    me = db.execute("SELECT id FROM person WHERE login = 'o@csirt.example'").fetchone()[0]
    db.execute("CREATE TEMP TABLE made (n INTEGER PRIMARY KEY, c TEXT, f TEXT, q INTEGER, s TEXT, e TEXT, due INTEGER, entry BLOB)")
    db.execute("CREATE TEMP TABLE known (n INTEGER PRIMARY KEY, id TEXT)")
    db.execute("INSERT INTO known SELECT row_number() OVER (ORDER BY id) - 1, id FROM entity")
    db.execute("""WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n + 1 < ?)
        INSERT INTO made SELECT n, 'C' || lower(hex(randomblob(8))), 'F' || lower(hex(randomblob(8))), n + ?, json_array(json_extract(?, '$[' || (n % ?) || ']')),
        (SELECT id FROM known WHERE n = i.n % ?), CASE WHEN n % ? = 0 THEN 1700000000000 ELSE 1800000000000 END + abs(random() % 31536000000), randomblob(32) FROM i""",
               (cases, first, json.dumps(SECTORS), len(SECTORS), entities, cases // LATE_CASES))

    def copy(table, where, value, **instead):
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        columns = ", ".join(instead.get(name) or OF_COPY.get(name) or "t." + name for name in names)
        db.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {columns} FROM made m, {table} t WHERE t.{where} = ? ORDER BY m.n", (value,))

    is_read = f"m.n % {cases // RARE_FILINGS} = 0 OR m.n >= {cases - 300}"  # by a search; other records are only appended to
    db.execute(f"UPDATE made AS m SET entry = (SELECT entry FROM record WHERE seq = ?) WHERE {is_read}", (seq,))
    special = {"case_file": {"id": "m.c"}, "filing": {"id": "m.f"}, "outbox": {"id": "NULL"}, "page": {"id": "'G' || lower(hex(randomblob(8)))"},
               "record": {"entry": "m.entry", **{name: f"CASE WHEN {is_read} THEN t.{name} ELSE {short} END"
                                                for name, short in (("header", "'[]'"), ("sealed", "x''"), ("effects", "'{}'"))}},
               "duty": {"due_ms": "m.due + t.ordinal * 1000", "due_latest_ms": "m.due + 3600000"},
               "desk_case": {"state": f"CASE WHEN m.n % {cases // LATE_CASES} = 1 THEN 'notified' ELSE t.state END", "is_owned": "m.n % 2", "owner":
                             f"CASE WHEN m.n % 2 = 0 THEN NULL WHEN m.n % {cases // OWN_CASES} = 1 THEN '{me}' ELSE 'P' || (m.n / {2 * OWN_CASES}) END"}}
    filled = []
    for (table,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        where = [("id", case)] if table == "case_file" else [pair for pair in (("case_id", case), ("filing_id", filing), ("record_seq", seq), ("seq", seq)) if pair[0] in columns]
        if where and db.execute(f"SELECT 1 FROM {table} WHERE {where[0][0]} = ?", (where[0][1],)).fetchone():
            copy(table, *where[0], **special.get(table, {}))
            filled.append(table)
    alike = ("workspace", "is_open", "is_owned", "procedure", "state", "offices", "flags", "owed_by", "opened_by")
    refill(db, "desk_tally", "desk_case", "cases", sectors="coalesce(r.sectors, '[]')", **{name: "r." + name for name in alike})
    # a sealed field opens in the record alone that it was sealed for: in copies that a search reads it is erased
    db.execute(f"DELETE FROM field_key WHERE record_seq IN (SELECT q FROM made m WHERE {is_read})")
    print(f"  {cases:,} cases, {entities:,} entities: " + " ".join(filled), flush=True)
    with open(folder + "/node.secret", "rb") as file:  # a word that few filings have
        word = hmac.digest(hmac.digest(file.read(), b"varde search v1", "sha256"), b"zyx", "sha256")[:8]
    db.execute("INSERT INTO search_word SELECT workspace, ?, m.q, item FROM made m, search_word t WHERE t.seq = ? AND m.n % ? = 0 GROUP BY m.n", (word, seq, cases // RARE_FILINGS))
    hashes = [row[0] for row in db.execute("SELECT hash FROM tree_node WHERE level = 0 ORDER BY idx")]
    hashes += [hashlib.sha256(b"\0" + row[0]).digest() for row in db.execute("SELECT entry FROM made ORDER BY n")]
    level = 0
    while hashes:
        db.executemany("INSERT OR IGNORE INTO tree_node VALUES (?, ?, ?)", ((level, i, h) for i, h in enumerate(hashes)))
        hashes = [hashlib.sha256(b"\1" + hashes[i] + hashes[i + 1]).digest() for i in range(0, len(hashes) - 1, 2)]
        level += 1
    db.commit()
    db.execute("DROP TABLE made")
    db.executescript("PRAGMA journal_mode=WAL;")
    db.close()
    return case


READS = [  # name, who, what, address
    ("cases", "officer", "cases of the desk", "cases?workspace=desk&limit=50"),
    ("cases_of_sector", "bounded", "the same, one sector", "cases?workspace=desk&limit=50"),
    ("duties", "officer", "duties", "duties?limit=50"),
    ("duties_of_sector", "bounded", "the same, one sector", "duties?limit=50"),
    ("queue", "officer", "queue", "queue?limit=50"),
    ("queue_of_sector", "bounded", "the same, one sector", "queue?limit=50"),
    ("queue_newest", "officer", "queue, last opened first", "queue?order=newest&limit=50"),
    ("queue_changed", "officer", "queue, last changed first", "queue?order=changed&limit=50"),
    ("queue_mine", "officer", "queue of one's own", "queue?owner=me&limit=50"),
    ("queue_sector", "officer", "queue filtered by sector", "queue?sector=energy&limit=50"),
    ("queue_flag", "officer", "queue filtered by flag", "queue?flag=criminal_suspected&owed_by=csirt&limit=50"),
    ("queue_state", "officer", "queue filtered, 30 fit", "queue?state=notified&limit=50"),
    ("queue_late", "officer", "queue of what is late, 30", "queue?overdue=true&limit=50"),
    ("count", "officer", "queue with the exact count", "queue?count=true&limit=50"),
    ("count_some", "officer", "the same, filtered", "queue?count=true&sector=energy&owner=none&limit=50"),
    ("count_of_sector", "bounded", "the same, one sector", "queue?count=true&limit=50"),
    ("search", "officer", "search, a word of all", "search?q=customers"),
    ("search_rare", "officer", "search, a word of 20", "search?q=zyx"),
    ("search_both", "officer", "search, both words", "search?q=customers+zyx"),
    ("timeline", "officer", "timeline of a case", "cases/{case}/timeline"),
    ("entities", "officer", "page of the register", "entities?limit=50"),
    ("entities_count", "officer", "the same with the exact count", "entities?count=true&limit=50"),
    ("entities_part", "officer", "register by part of a name, 30 fit", "entities?search=hav&limit=50"),
    ("entities_name", "officer", "register by whole words", "entities?search=Quayhaven+7,&limit=50"),
    ("entities_usual", "officer", "register by a word of nearly all", "entities?search=taking&limit=50"),
    ("entities_counts", "officer", "numbers of the register", "entities/counts"),
    ("calls", "officer", "calls of an office", "pages?office=csirt"),
]


def measure_scale(table, folder):
    people = People(folder + "/scale")
    people.node.stop()
    places = []
    for cases, entities in zip(CASES, (FEW_ENTITIES, MANY_ENTITIES)):
        places.append(f"{folder}/scale-{cases}")
        shutil.copytree(people.node.folder, places[-1])
        case = fill(places[-1], cases, entities)
    with open(folder + "/reads", "w", encoding="ascii") as out:
        for name, who, _, address in READS:
            out.write(f"{name} {getattr(people, who)} /api/v1/{address.format(case=case)}\n")
    # in turns, and the least CPU of each: what a neighbour on the machine adds is no part of it
    runs = [[program("pages", place, folder + "/reads", *people.words()) for place in places] for _ in range(1 if FULL else 2)]
    few, many = ({name: min(run[i][name] for run in runs) for name in runs[0][i]} for i in range(2))
    print(f"  {CASES[1]:,} cases and {MANY_ENTITIES:,} entities beside {CASES[0]:,} and {FEW_ENTITIES:,}:")
    for name, text in [("filing", "a filing")] + [(name, text) for name, _, text, _ in READS]:
        for what, unit in (("pages", "pages"), ("cpu_us", "us")):
            a, b = many[f"{name}_{what}"], few[f"{name}_{what}"]
            table.row(f"{text}, {'pages touched' if what == 'pages' else 'CPU'}", a, unit, b, a / b, limit=1.3)


# --- memory and start ---

def pss_mb(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024


def memory_rows(table, node, when, limit=None):
    """PSS of all roles, and of each where a limit binds."""
    roles = [("supervisor", node.process.pid)] + sorted(node.roles().items())
    table.row(f"memory (PSS), {when}", pss_mb([pid for _, pid in roles]), "MB", **({"limit": limit, "is_aim": True} if limit else {}))
    for name, pid in roles if limit else []:
        table.row(f"  {name}", pss_mb([pid]), "MB")


def measure_memory(table, folder):
    register(folder)
    people = People(folder + "/memory")
    node = people.node
    officer = node.officer(people.admin, "i@ca.example", "Importer", "ca", PASSWORD)
    officer.close()
    node.stop()
    node.start()
    memory_rows(table, node, "just started")
    with open(folder + "/lines.json", encoding="utf-8") as file:
        lines = file.readlines()
    began, filed = time.monotonic(), 0
    for at in range(0, len(lines), 100):
        got = officer.need(200, "POST", "/api/v1/import", "".join(lines[at:at + 100]).encode(), kind="application/x-ndjson")
        filed += got["filed"]
    rate = filed / (time.monotonic() - began)
    for _ in range(20):
        officer.pages("/api/v1/entities", "entities", limit=50) if _ == 0 else officer.get("/api/v1/cases?workspace=supervision&limit=50")
    time.sleep(2)  # the node gives back what it took once it is quiet
    memory_rows(table, node, f"{filed:,} entities imported", limit=64)
    flood(node.url + "/api/v1/filings", people.filers, 125)
    time.sleep(2)
    memory_rows(table, node, f"and {125 * FILERS:,} filings", limit=64)
    table.row("  imported", rate, "/s")
    starts = []
    for _ in range(5):
        node.stop()
        began = time.monotonic()
        node.start()
        starts.append(time.monotonic() - began)
    table.row("start until ready", statistics.median(starts), "s", limit=0.5, is_aim=True)
    node.stop()


def measure_packs(table, folder):
    """All packs, as a node loads them at its start."""
    del folder
    got = program("packs")
    table.row("all packs loaded, CPU, the first time", got["load_first_ms"], "ms", limit=100, is_aim=True)
    table.row("  the least of 15", got["load_ms"], "ms")
    table.row("  memory of the law", got["load_mb"], "MB")


def measure_parts(table, folder):
    """The other programs of bench/, each with a table of its own."""
    del table
    for name, words in (("scope", ["300"]), ("store", [folder, "150"])):
        print(f"== {name}", flush=True)
        subprocess.run([os.path.join(BUILD, "bench", name), *words], check=True)


def main():
    parts = {"scope": measure_scope, "packs": measure_packs, "filing": measure_filing, "scale": measure_scale, "memory": measure_memory, "parts": measure_parts}
    wanted = sys.argv[1:] or list(parts)
    folder = tempfile.mkdtemp(prefix="varde-bench-", dir=os.path.join(ROOT, "build"))
    began = time.monotonic()
    try:
        table = Table()
        for name in wanted:
            parts[name](table, folder)
        print(f"{table.over} over; {time.monotonic() - began:.0f} s on {os.cpu_count()} cores")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
