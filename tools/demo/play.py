#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The demonstration (make demo): a node with the invented register of a mid-size state, and a day played on it.

    play.py [--entities N] [--folder DIR] [--port P] [--binary FILE]

Makes the node in DIR/node anew, imports the register, classifies it, plays registrations and forty incidents, verifies every
receipt, and says where to look. On a terminal the node runs until Ctrl-C; elsewhere it is stopped. Exit code 0: all of it worked."""
import argparse
import collections
import csv
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "test/e2e")]
import day as stories  # noqa: E402
import register  # noqa: E402
import varde_client as v  # noqa: E402

STATE, SEED = "BE", 2555
# What a registration says of the facts of scope; the authority may know more of an entity than it registered.
REGISTERED = ["id", "name", "types", "staff", "turnover", "balance", "established_in", "services_in", "tsp_qualified", "regional_assessed"]
CLASSES = ["essential", "important", "undetermined", "out"]
OFFICERS = [("csirt", "csirt@demo.example", "Officer of the CSIRT", "a red tower by the sea 1"),
            ("ca", "ca@demo.example", "Officer of the authority", "a blue tower by the sea 1"),
            ("ca", "ca2@demo.example", "Second officer of the authority", "a white tower by the sea 1"),
            ("spoc", "spoc@demo.example", "Officer of the contact point", "a grey tower by the sea 1")]
COMPANIES = [("night@vraxquel.example", "Vraxquel's night desk", "a quiet harbour at dusk"), ("security@zynt.example", "Zynt's security team", "a quiet harbour at dawn"),
             ("soc@brulf.example", "Brulf's managed service", "a loud harbour at dusk"), ("desk@oxqua.example", "Oxqua's service desk", "a loud harbour at dawn")]
ADMINISTRATOR = ("admin@demo.example", "a beacon on the hill 1")


def free_port(first):
    for port in range(first, first + 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise SystemExit(f"no free port from {first} to {first + 19}")


def near(path):
    """As one would type it in this directory."""
    short = os.path.relpath(path)
    return short if not short.startswith("..") else path


class Demo:
    def __init__(self, options):
        self.binary, self.entities, self.port = os.path.abspath(options.binary), options.entities, options.port
        self.folder = os.path.abspath(options.folder)
        self.node_dir, self.receipts = self.folder + "/node", self.folder + "/receipts"
        self.count, self.kept, self.accounts = v.Count(), [], []
        self.node = self.csirt = self.ca = None
        self.began = time.monotonic()

    def say(self, text):
        print(f"[{time.monotonic() - self.began:5.1f} s] {text}", flush=True)

    def run(self, *words, **more):
        return subprocess.run([self.binary, *words], stdout=subprocess.PIPE, text=True, check=False, timeout=3600, **more)

    # --- the node ---

    def clear(self):
        """Takes away an earlier demonstration, and nothing else."""
        if os.path.exists(self.folder + "/pid"):
            with open(self.folder + "/pid", encoding="ascii") as file:
                pid = file.read().strip()
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as line:
                    if self.node_dir in line.read().split("\0"):
                        raise SystemExit(f"A demonstration runs in {self.folder} already: stop it with Ctrl-C, or with: kill {pid}")
            except OSError:
                pass
        for place in (self.node_dir, self.receipts):
            shutil.rmtree(place, ignore_errors=True)
        os.makedirs(self.receipts)

    def start(self):
        self.clear()
        self.port = free_port(self.port)
        # the published head is renewed often, so that there is something to see
        often = lambda text: text.replace("checkpoint_interval_s: 600", "checkpoint_interval_s: 2")  # noqa: E731
        self.node = v.Node(folder=self.node_dir, state=STATE, name="Demonstration node (all entities are invented)",
                           listen=f"127.0.0.1:{self.port}", edit=often, binary=self.binary)
        self.node.start()
        with open(self.folder + "/pid", "w", encoding="ascii") as file:
            file.write(str(self.node.process.pid))
        self.say(f"varde init and varde serve: {self.node.url}, data in {near(self.node_dir)}")

    def public_is_refused(self):
        """Known passwords on a public address: neither init nor serve nor doctor lets it pass."""
        with tempfile.TemporaryDirectory(prefix="varde-demo-") as folder:
            for address in ("0.0.0.0:9", "[::]:9", "192.0.2.1:9"):
                made = self.run("init", folder + "/node", "--state", STATE, "--name", "Public", "--listen", address, "--demo", stderr=subprocess.PIPE)
                self.count.check(made.returncode != 0 and "demo" in made.stderr, f"a demonstration on {address} is made: {made.stdout}{made.stderr}")
            self.run("init", folder + "/node", "--state", STATE, "--name", "Public", "--demo")
            with open(folder + "/node/varde.yaml", encoding="utf-8") as file:
                text = file.read()
            with open(folder + "/node/varde.yaml", "w", encoding="utf-8") as file:
                file.write(re.sub(r"^listen: .*$", "listen: 0.0.0.0:8443", text, flags=re.M))
            for command in ("serve", "doctor"):
                served = self.run(command, folder + "/node", stderr=subprocess.STDOUT)
                self.count.check(served.returncode != 0 and "demo" in served.stdout, f"varde {command} takes a demonstration on a public address: {served.stdout}")
        self.say("demo: true with a public address is refused by init, serve and doctor")

    def people(self):
        admin = self.node.administrator(*ADMINISTRATOR)
        self.accounts.append(("administrator", admin))
        for office, login, name, password in OFFICERS:
            officer = self.node.officer(admin, login, name, office, password)
            self.accounts.append((office, officer))
        of_office = {office: [person for name, person in self.accounts if name == office] for office, _ in self.accounts}
        self.csirt, (self.ca, self.second) = of_office["csirt"][0], of_office["ca"]
        self.companies = [self.node.person(*company) for company in COMPANIES]
        self.accounts += [("company", company) for company in self.companies]
        for name, person, scopes in (("ca", self.ca, ["read", "file"]), ("csirt", self.csirt, ["read"])):
            path = f"{self.folder}/{name}.token"
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                file.write(person.make_token("demonstration", scopes) + "\n")
        self.say(f"{len(self.accounts)} persons: an administrator and four officers with a second factor, {len(self.companies)} of companies")

    # --- the register ---

    def load(self):
        self.lines, self.facts = self.folder + "/register.ndjson", self.folder + "/register.csv"
        register.write(self.entities, SEED, self.lines, self.facts)
        self.say(f"{self.entities} invented entities in {near(self.lines)}; varde import ...")
        began = time.monotonic()
        done = self.run("import", self.lines, "--data", self.node_dir, "--token-file", self.folder + "/ca.token")  # the progress bar shows on a terminal
        seconds = time.monotonic() - began
        self.count.equal((done.returncode, done.stdout.strip()), (0, f"{self.entities} filed, 0 there already, 0 refused"), "varde import")
        self.rate = self.entities / seconds
        for _, person in self.accounts:  # what was idle for so long may be closed by the node
            person.close()
        self.say(f"imported in {seconds:.1f} s: {self.rate:.0f} entities a second, each a filing with a record in the log")

    def classify(self, path):
        """What `varde scope --csv` says: class by id. The law's answer is taken from its words, not from the exit code alone."""
        done = self.run("scope", "--csv", path, "--state", STATE, stderr=subprocess.PIPE)
        self.count.equal(done.returncode, 0, f"varde scope --csv: {done.stderr[-300:]}")
        return {row["id"]: row["class"] for row in csv.DictReader(done.stdout.splitlines())}

    def scope(self):
        began = time.monotonic()
        known = self.classify(self.facts)
        seconds = time.monotonic() - began
        with open(self.facts, encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        sectors = {t["code"]: t["sector"] for t in self.csirt.need(200, "GET", "/api/v1/law/types")["types"] if "sector" in t}
        by_scope, by_node = collections.Counter(), collections.Counter()
        for row in self.rows:
            row["class"] = known[row["id"]]
            row["sectors"] = {sectors[code] for code in row["types"].split(";")}
            by_scope.update((sector, row["class"]) for sector in row["sectors"])
        answer = self.csirt.need(200, "GET", "/api/v1/entities/counts")
        for one in answer["counts"]:
            by_node[one["sector"], one["class"]] += one["entities"]
        self.say(f"varde scope --csv: {len(known)} classified in {seconds:.1f} s; the node's own classes are of what was registered")
        self.print_counts(by_scope, by_node, known, answer["distinct"])
        # the same facts must give the same classes: on the columns that a registration has, and no others
        path = self.folder + "/registered.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, REGISTERED, extrasaction="ignore", lineterminator="\n")
            out.writeheader()
            out.writerows(self.rows)
        same = collections.Counter(self.classify(path).values())
        self.count.equal({one["class"]: one["entities"] for one in answer["distinct"]}, dict(same), "the node's classes are those of the command line")

    def print_counts(self, by_scope, by_node, known, distinct):
        print(f"    {'':27s}" + "".join(f"{name:>17s}" for name in CLASSES) + "     (varde scope / the node)")
        names = sorted({sector for sector, _ in by_scope} | {sector for sector, _ in by_node})
        for sector in names:
            print(f"    {sector:27s}" + "".join(f"{by_scope[sector, c]:>9d} /{by_node[sector, c]:6d}" for c in CLASSES))
        whole, node = collections.Counter(known.values()), {one["class"]: one["entities"] for one in distinct}
        print(f"    {'each entity once':27s}" + "".join(f"{whole[c]:>9d} /{node.get(c, 0):6d}" for c in CLASSES), flush=True)

    # --- the day ---

    def keep(self, document, filed):
        path = f"{self.receipts}/{len(self.kept) + 1:03d}-{document}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(filed["receipt"], file)
        self.kept.append(path)

    def entity_of(self, row):
        found = self.ca.need(200, "GET", "/api/v1/entities?limit=5&search=" + row["id"])["entities"]
        found = [e for e in found if e["name"] == row["name"]]
        if len(found) != 1:
            raise SystemExit(f"{row['name']} ({row['id']}) is {len(found)} times on the register")
        return found[0]

    def approve(self, entity, case):
        now = self.ca.need(200, "GET", "/api/v1/entities/" + entity)
        return self.play.file(self.ca, "registration", "approval", {"class": now["class_proposed"], "grounds": "As the program proposed; looked through."}, case=case)

    def pick(self, condition, number):
        """So many entities in scope that fulfil it, of as many sectors as there are."""
        rows = [row for row in self.rows if row["class"] in ("essential", "important") and condition(row)]
        seen, first, others = set(), [], []
        for row in rows:
            (others if row["sectors"] & seen else first).append(row)
            seen |= row["sectors"]
        return (first + others)[:number]

    def registrations(self):
        """Six companies come by themselves: four are approved, one is asked for more, one waits."""
        self.own = []
        words = ["Skerrivost Power", "Hillobrandt Water", "Varzelune Cloud", "Ombriquel Machines", "Tarnkeld Clinic", "Fenwoquar Foods"]
        types = [["EN_EL_SUPPLY"], ["DW_SUPPLY"], ["DI_CLOUD"], ["MA_MACH"], ["HE_PROVIDER"], ["FO_FOOD"]]
        for number, (name, codes) in enumerate(zip(words, types)):
            company = self.companies[number % len(self.companies)]
            fields = v.registration(name + " (invented)", codes, established_in=[STATE])
            if codes == ["DI_CLOUD"]:
                fields.update(main_establishment=STATE, ip_ranges=["198.51.100.0/24"], services_states=["BE", "NL"])
            filed = self.play.file(company, "registration", "registration", fields)
            if number < 4:
                approved = self.approve(filed["entity"], filed["case"])
                self.count.equal(approved["state"], "registered", f"{name} is on the register")
                self.own.append((company, filed["entity"]))
            elif number == 4:
                self.play.file(self.ca, "registration", "completion_request", {"missing": "A number that is answered at night, please."}, case=filed["case"])
        self.say(f"{len(words)} companies registered by themselves: 4 approved, 1 asked for more, 1 waits for the authority")

    def takeovers(self):
        """Companies that were imported are approved; their people claim the right to act, and two officers let them in."""
        self.taken, self.trusts = [], []
        chosen = self.pick(lambda r: "DI_TSP" not in r["types"], 14)
        trusts = self.pick(lambda r: r["types"].startswith("DI_TSP"), 2)
        for number, row in enumerate(chosen + trusts):
            entity = self.entity_of(row)["id"]
            case = self.ca.need(200, "GET", f"/api/v1/cases?entity={entity}")["cases"][0]["id"]
            self.approve(entity, case)
            company = self.companies[number % len(self.companies)]
            claim = company.need(201, "POST", "/api/v1/claims", {"entity": entity, "capacity": "service_provider", "scopes": ["read", "file"], "ground": "Named by the company"})["id"]
            for officer in (self.ca, self.second):
                said = officer.need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "approve", "reason": "the company's board named it in a letter"})
            self.count.equal(said["state"], "granted", "two officers let a person act")
            (self.trusts if row in trusts else self.taken).append((company, entity))
        self.count.check(len(self.taken) >= 10 and self.trusts, f"companies for the day: {len(self.taken)} and {len(self.trusts)} trust services")

    def incidents(self):
        places = self.own + self.taken
        self.done = []
        for number, (words, kind, story) in enumerate(stories.STORIES):
            company, entity = self.trusts[number % len(self.trusts)] if kind == "trust" else places[number % len(places)]
            incident = stories.Incident(self.play, company, entity)
            story(incident)
            self.done.append((words, incident))
        stories.outsider(self.play, self.companies[1])
        _, is_same = stories.draft(self.companies[0], places[0][1])
        self.count.check(is_same, "the draft reads as it was saved")
        states = collections.Counter(self.csirt.need(200, "GET", "/api/v1/cases/" + i.case)["state"] for _, i in self.done)
        self.count.equal(sum(states.values()), 40, "forty incidents")
        self.say(f"{len(self.done)} incidents: " + ", ".join(f"{n} {state}" for state, n in states.most_common()) + "; one threat from outside, one draft")

    def checks_of_the_day(self):
        """That the law was applied: who is late is late, who corrected is not."""
        cases = {words: self.csirt.need(200, "GET", "/api/v1/cases/" + i.case) for words, i in self.done}

        def duty(words, name):
            return ([d for d in cases[words]["duties"] if d["duty"] == name] or [{}])[-1]

        for words, name, status in (("early warning", "early_warning", "done_in_time"), ("early warning, late", "early_warning", "done_late"),
                                    ("early warning, two days late", "notification", "late"), ("notified, late", "notification", "done_late"),
                                    ("clock corrected", "early_warning", "done_in_time"), ("final report", "final_report", "done_in_time"),
                                    ("early warning, answered", "answer", "done_in_time")):
            self.count.equal(duty(words, name).get("status"), status, f"{words}: {name}")
        due = {words: v.seconds_of(duty(words, "notification")["due"]) - v.seconds_of(cases[words]["facts"]["aware_at"]) for words in
               ("trust service: 24 hours", "trust service not affected")}
        self.count.equal(list(due.values()), [24 * stories.HOUR, 72 * stories.HOUR], "a trust service that is hit has 24 hours for the notification")
        self.count.equal(cases["withdrawn by the receiver"]["state"], "withdrawn", "a duplicate is withdrawn")

    # --- what was filed is proved ---

    def prove(self):
        key = self.node_dir + "/keys/log.vkey"
        for path in self.kept:
            done = self.run("verify", path, "--key", key, stderr=subprocess.STDOUT)
            self.count.equal(done.returncode, 0, f"varde verify {path}: {done.stdout}")
        for path in self.kept[::10]:
            done = subprocess.run([sys.executable, ROOT + "/tools/verify.py", path, "--key", key], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  check=False, timeout=120)
            self.count.equal(done.returncode, 0, f"tools/verify.py {path}: {done.stdout}")
        size, root = self.node.checkpoint(at_least=self.entities + len(self.kept))
        self.say(f"{len(self.kept)} receipts verified offline, {len(self.kept[::10])} also by tools/verify.py; the published log has {size} records")
        self.count.check(len(root) == 32, "the head has a root")

    # --- what there is to see ---

    def print_queue(self):
        self.duties = [d for who in ("entity", "csirt") for d in self.csirt.pages(f"/api/v1/duties?owed_by={who}", "duties", 250)]
        first = {}  # what falls due first in each case
        for row in self.duties:
            if row["case"] not in first or (row["duty"]["due"] or "~") < (first[row["case"]]["due"] or "~"):
                first[row["case"]] = row["duty"]
        print("\nThe queue of the CSIRT, next due first:")
        print(f"    {'due (UTC)':17s} {'status':9s} {'owed by':7s} {'document':20s} {'state':12s} entity")
        for case in self.csirt.need(200, "GET", "/api/v1/cases?procedure=incident&limit=14")["cases"]:
            one = first.get(case["id"], {})
            print(f"    {(case['next_due'] or 'without delay')[:16].replace('T', ' '):17s} {one.get('status', '-'):9s} {one.get('owed_by', ''):7s} "
                  f"{one.get('document', ''):20s} {case['state']:12s} {case['entity_name'] or '(no entity)'}")
            self.count.equal(one.get("due"), case["next_due"], f"the queue's next due in case {case['id']}")
        late = sum(d["duty"]["status"] == "late" for d in self.duties)
        self.count.check(late >= 3, f"several are late: {late}")

    def print_duties(self):
        table = collections.Counter((d["duty"]["owed_by"], d["duty"]["document"], d["duty"]["status"]) for d in self.duties)
        print("\nWhat is owed in incidents:")
        for (who, document, status), number in sorted(table.items()):
            print(f"    {who:7s} {document:22s} {status:14s} {number:4d}")
        waiting = self.ca.need(200, "GET", "/api/v1/entities?status=pending&limit=1&count=true")["total"]
        print(f"    {'ca':7s} {'approval':22s} {'open':14s} {waiting:4d}   (registrations that wait)")

    def commands(self):
        """Five to try; each is run here first, exactly as printed."""
        binary, node, where = shlex.quote(near(self.binary)), shlex.quote(near(self.node_dir)), shlex.quote(near(self.folder))
        facts = {"state": STATE, "types": ["EN_EL_DSO"], "staff": "49", "turnover": "60000000", "balance": "9000000", "established_in": [STATE]}
        with open(self.folder + "/facts.json", "w", encoding="utf-8") as file:
            json.dump(facts, file)
            file.write("\n")
        ask = f"--data {node} --token-file {where}/csirt.token"
        case = dict(self.done)["made public"].case
        last = shlex.quote(near(self.kept[-1]))
        if shutil.which("curl"):
            fifth = f"curl -s --cacert {node}/tls/certificate.pem {self.node.url}/log/checkpoint"
        else:
            fifth = f"{binary} doctor {node}"
        wanted = [(f"{binary} scope {where}/facts.json", "Guidance on your facts"), (f"{binary} duties {ask} --owed-by entity --limit 10", "notification"),
                  (f"{binary} show {case} {ask}", "public_information"), (f"{binary} verify {last} --key {node}/keys/log.vkey", "VALID"), (fifth, "varde.invalid/" if "curl" in fifth else "ok")]
        for line, words in wanted:
            done = subprocess.run(["sh", "-c", line], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
            self.count.check(done.returncode == 0 and words in done.stdout, f"{line}: exit code {done.returncode}: {done.stdout[-500:]}")
        openapi = self.node.client().need(200, "GET", "/api/v1/openapi.json")
        self.count.check(openapi["openapi"].startswith("3.1"), "the OpenAPI document is there")
        return [line for line, _ in wanted]

    def print_where(self, commands):
        url = self.node.url
        print(f"\nWhere to look (certificate: {near(self.node.certificate)}; log of the processes: {near(self.node.log_path)}):")
        for name, path in (("its procedures", "/api/v1/procedures"), ("its description", "/api/v1/openapi.json"), ("health", "/health/ready"), ("the log's head", "/log/checkpoint"),
                           ("the log's key", "/log/key")):
            print(f"    {name:16s} {url}{path}")
        print("\nAccounts (for this demonstration only; a node with them is refused on a public address):")
        for role, person in self.accounts:
            print(f"    {role:14s} {person.login:24s} {person.password:26s} {'TOTP ' + person.secret if person.secret else ''}")
        print("\nTo try, in this directory:")
        for line in commands:
            print("    " + line)
        print(flush=True)

    def play_all(self):
        self.start()
        self.public_is_refused()
        self.people()
        self.load()
        self.scope()
        self.play = stories.Day(stories.Forms(self.node.client()), self.csirt, self.ca, self.keep)
        self.registrations()
        self.takeovers()
        self.incidents()
        self.checks_of_the_day()
        self.prove()
        self.print_queue()
        self.print_duties()
        self.print_where(self.commands())

    def stay(self):
        self.say("the node runs until Ctrl-C")
        try:
            self.node.process.wait()
            self.count.check(False, f"the node ended by itself: {self.node.log()[-2000:]}")
        except KeyboardInterrupt:
            print()

    def close(self):
        if self.node is not None and self.node.process is not None and self.node.process.poll() is None:
            self.count.equal(self.node.stop(), 0, "the node stops when asked")
        try:
            os.remove(self.folder + "/pid")
        except OSError:
            pass


def stop_on_signal(number, _):
    raise SystemExit(128 + number)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entities", type=int, default=30000)
    parser.add_argument("--folder", default=os.path.join(ROOT, "build/demo"))
    parser.add_argument("--port", type=int, default=8443, help="the first that is tried")
    parser.add_argument("--stop", action="store_true", help="don't go on serving, on a terminal either")
    parser.add_argument("--binary", default=os.environ.get("VARDE", os.path.join(ROOT, "build/release/varde")))
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop_on_signal)
    demo = Demo(options)
    try:
        demo.play_all()
        if sys.stdout.isatty() and sys.stdin.isatty() and not options.stop:
            demo.stay()
    except KeyboardInterrupt:
        raise SystemExit("interrupted") from None
    finally:
        demo.close()
    demo.say(f"stopped; {demo.entities} entities imported at {demo.rate:.0f} a second, {len(demo.kept)} filings of the day, {len(demo.done)} incidents")
    return demo.count.done()


if __name__ == "__main__":
    sys.exit(main())
