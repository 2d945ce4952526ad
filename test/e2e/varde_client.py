#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What the end-to-end tests and the demo share: a node of their own in a directory, people with a second factor, calls, events.

    node = Node()                 # varde init in a fresh directory; VARDE names the binary
    node.start()                  # varde serve, until it is ready
    admin = node.administrator()  # the first administrator, by the one-time code
    answer = admin.post("/api/v1/filings", {...}, key="k1")
    node.close()                  # stops it and removes the directory

Nothing but the standard library; TLS trusts exactly the node's own certificate."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VARDE = os.environ.get("VARDE", os.path.join(ROOT, "build/debug/varde"))
LONG = bool(os.environ.get("VARDE_LONG") or os.environ.get("LONG"))
IDLE_S = 45  # a server closes what was silent for a minute
# A build with sanitizers is slower; what waits, waits longer.
PATIENCE = 60


def instant(seconds_from_now=0.0, at=None):
    """RFC 3339 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime((time.time() if at is None else at) + seconds_from_now))


def seconds_of(text):
    """The instant of a UTC text like 2026-11-22T10:00:00.000Z, in seconds."""
    whole, _, rest = text.rstrip("Z").partition(".")
    import calendar
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + (float("0." + rest) if rest else 0.0)


def totp(secret, step):
    """RFC 6238: six digits of a step of 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def load_verifier():
    """tools/verify.py as a module: the second verifier of receipts."""
    spec = importlib.util.spec_from_file_location("verify", os.path.join(ROOT, "tools/verify.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Count:
    """Checks, counted; `done` prints the last line and gives the exit code."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def check(self, is_right, what):
        with self.lock:
            self.passed, self.failed = self.passed + bool(is_right), self.failed + (not is_right)
        if not is_right:
            print(f"wrong: {what}", flush=True)
        return bool(is_right)

    def equal(self, got, wanted, what):
        return self.check(got == wanted, f"{what}: {got!r}, not {wanted!r}")

    def status(self, answer, wanted, what):
        return self.check(answer.status == wanted, f"{what}: {answer}, not {wanted}")

    def problem(self, answer, status, rule, what, pointer=None):
        """A refusal must be a problem document with this status, naming this rule (and field)."""
        faults = [(f.get("rule"), f.get("pointer")) for f in answer.errors()]
        is_named = any(r == rule and (pointer is None or p == pointer) for r, p in faults)
        is_right = answer.status == status and answer.is_problem() and is_named
        return self.check(is_right, f"{what}: {answer}, not {status} {rule} {pointer or ''}")

    def done(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0


class Answer:
    def __init__(self, status, headers, data):
        self.status, self.headers, self.data = status, headers, data

    @property
    def json(self):
        return json.loads(self.data)

    def header(self, name):
        return self.headers.get(name)

    def is_problem(self):
        if self.header("content-type") != "application/problem+json":
            return False
        problem = self.json
        return problem.get("status") == self.status and "type" in problem and "title" in problem

    def errors(self):
        return self.json.get("errors", []) if (self.header("content-type") or "").endswith("json") and self.data else []

    def __repr__(self):
        return f"{self.status} {self.data[:600].decode('utf-8', 'replace')}"


class Gone(Exception):
    """The connection broke, so that it is not known whether the request was carried out."""


def free_port():
    """A port at which nobody listens, a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """Calls of one person (or of nobody) over one connection that is kept open. Not for several threads: use `again()`."""

    def __init__(self, url, context, token=None, timeout=PATIENCE):
        self.url, self.context, self.token, self.timeout = url, context, token, timeout
        self.connection = None
        self.person = self.login = self.password = self.secret = None
        self.last_step = 0

    def again(self, token=None):
        """The same person over a connection of its own."""
        other = Client(self.url, self.context, token or self.token, self.timeout)
        other.person, other.login, other.password, other.secret = self.person, self.login, self.password, self.secret
        return other

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def move(self, url):
        """The node serves elsewhere now."""
        self.close()
        self.url = url

    def open(self):
        at = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPSConnection(at.hostname, at.port, timeout=self.timeout, context=self.context)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, method, path, body, headers):
        if self.connection is not None and time.monotonic() - self.used > IDLE_S:
            self.close()
        if self.connection is None:
            self.connection = self.open()
        self.used = time.monotonic()
        self.connection.request(method, path, body, headers)
        got = self.connection.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        if got.will_close:
            self.close()
        return answer

    def headers(self, body, kind, key, more):
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = kind
        if self.token is not None:
            headers["Authorization"] = "Bearer " + self.token
        if key is not None:
            headers["Idempotency-Key"] = key
        headers.update(more or {})
        return headers

    def call(self, method, path, body=None, key=None, headers=None, kind="application/json"):
        """BODY: bytes, or anything that becomes JSON. A kept connection that the server has closed is opened again once, where
        asking twice does no harm. Gone where the connection broke."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        is_kept = self.connection is not None
        for turn in range(2):
            try:
                return self.send(method, path, data, self.headers(data, kind, key, headers))
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if turn > 0 or not is_kept or (method != "GET" and key is None):
                    raise Gone(f"{method} {path}: {error!r}") from error
        raise AssertionError

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def patient(self, path, body=None, seconds=PATIENCE):
        """GET, or POST of BODY; asks again while the node says that it is too much (429) or busy (503)."""
        until = time.monotonic() + seconds
        while True:
            answer = self.get(path) if body is None else self.post(path, body)
            if answer.status not in (429, 503) or time.monotonic() > until:
                return answer
            time.sleep(0.25)

    def need(self, status, method, path, body=None, **more):
        """A call that must give STATUS; its JSON."""
        answer = self.call(method, path, body, **more)
        if answer.status != status:
            raise SystemExit(f"{method} {path}: {answer}, not {status}")
        return answer.json if answer.data else None

    def need_bytes(self, path):
        answer = self.get(path)
        if answer.status != 200:
            raise SystemExit(f"GET {path}: {answer}, not 200")
        return answer.data

    # --- filing ---

    def file(self, procedure, document, fields, key=None, **more):
        body = {"procedure": procedure, "document": document, "fields": fields}
        body.update({name: value for name, value in more.items() if value is not None})
        return self.post("/api/v1/filings", body, key=key)

    def must_file(self, procedure, document, fields, **more):
        answer = self.file(procedure, document, fields, **more)
        if answer.status not in (200, 201):
            raise SystemExit(f"filing {procedure} {document}: {answer}")
        return answer.json

    # --- signing in ---

    def code(self):
        """A code that was not used yet. One step ahead is taken by every server; otherwise waits for the next."""
        step = max(int(time.time()) // 30, self.last_step + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(0.2)
        self.last_step = step
        return totp(self.secret, step)

    def sign_in(self, login, password):
        self.login, self.password = login, password
        body = {"login": login, "password": password}
        if self.secret is not None:
            body["code"] = self.code()
        got = self.need(201, "POST", "/api/v1/session", body)
        self.token, self.person = got["token"], got["person"]
        return self

    def second_factor(self):
        made = self.need(200, "POST", "/api/v1/me/totp", {"password": self.password})
        self.secret = made["secret"]
        # the step before the present one still counts; so the next ones are there for signing in at once
        self.last_step = int(time.time()) // 30 - 2
        step = self.last_step + 1
        answer = self.post("/api/v1/me/totp/confirm", {"code": totp(self.secret, step)})
        if answer.status != 200:
            step += 1
            answer = self.post("/api/v1/me/totp/confirm", {"code": totp(self.secret, step)})
        if answer.status != 200:
            raise SystemExit(f"second factor of {self.login}: {answer}")
        self.last_step = step
        return self

    def make_token(self, name, scopes):
        return self.need(201, "POST", "/api/v1/tokens", {"name": name, "scopes": scopes})["token"]

    # --- events ---

    def events(self, last_id=None):
        return Events(self, last_id)

    # --- lists ---

    def pages(self, path, member, limit=None):
        """All rows of a list, page by page."""
        rows, cursor = [], None
        while True:
            query = {"limit": limit} if limit else {}
            if cursor:
                query["cursor"] = cursor
            join = "&" if "?" in path else "?"
            page = self.need(200, "GET", path + (join + urllib.parse.urlencode(query) if query else ""))
            rows += page[member]
            cursor = page["next"]
            if cursor is None:
                return rows


class Events:
    """Server-sent events over a connection of its own; read by a thread. `wait(condition)` gives the first that fits."""

    def __init__(self, client, last_id=None):
        headers = {"Accept": "text/event-stream", "Authorization": "Bearer " + client.token}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        self.connection = client.open()
        self.connection.request("GET", "/api/v1/events", None, headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.all, self.bell, self.is_over = [], threading.Condition(), False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        event = {}
        try:
            while True:
                line = self.answer.readline()
                if not line:
                    break
                line = line.decode("utf-8").rstrip("\r\n")
                if line == "":
                    if event:
                        with self.bell:
                            self.all.append(event)
                            self.bell.notify_all()
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    value = value[1:] if value.startswith(" ") else value
                    event[name] = event[name] + "\n" + value if name in event else value
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        with self.bell:
            self.is_over = True
            self.bell.notify_all()

    def wait(self, condition, seconds=15):
        until = time.monotonic() + seconds
        with self.bell:
            while True:
                for event in self.all:
                    if condition(event):
                        return event
                left = until - time.monotonic()
                if left <= 0 or self.is_over:
                    return None
                self.bell.wait(left)

    def close(self):
        try:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.thread.join(5)
        self.connection.close()


class Node:
    """A node in a directory: made, served, killed, served again."""

    def __init__(self, folder=None, state="BE", name="Test node", listen="127.0.0.1:0", demo=True, edit=None, binary=None, more=()):
        self.binary = binary or VARDE
        self.is_own = folder is None
        self.folder = folder or os.path.join(tempfile.mkdtemp(prefix="varde-e2e-"), "node")
        words = [self.binary, "init", self.folder, "--state", state, "--name", name, "--listen", listen] + (["--demo"] if demo else []) + list(more)
        run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if run.returncode != 0:
            raise SystemExit(f"{' '.join(words)}: {run.stdout}")
        self.said = run.stdout
        self.setup_code = re.search(r"^\s+([0-9a-z]{52})$", run.stdout, re.M).group(1)
        self.key = re.search(r"^\s+(\S+\+[0-9a-f]{8}\+\S+)$", run.stdout, re.M).group(1)
        if edit:
            with open(self.folder + "/varde.yaml", encoding="utf-8") as file:
                text = file.read()
            with open(self.folder + "/varde.yaml", "w", encoding="utf-8") as file:
                file.write(edit(text))
        self.listen = listen
        self.process = None
        self.port = None
        self.log_path = os.path.join(os.path.dirname(self.folder), os.path.basename(self.folder) + ".log")
        self.verify = load_verifier()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificate(self):
        return self.folder + "/tls/certificate.pem"

    def context(self):
        context = ssl.create_default_context(cafile=self.certificate)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    def start(self, seconds=PATIENCE):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([self.binary, "serve", self.folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=log, text=True, start_new_session=True)
        log.close()
        guard = threading.Timer(seconds, self.process.kill)
        guard.start()
        line = self.process.stdout.readline()
        guard.cancel()
        match = re.search(r"https://[^ ]*:(\d+)", line)
        if not match:
            self.process.kill()
            self.process.wait()
            raise SystemExit(f"the node did not start: {line}{self.log()[-3000:]}")
        self.port = int(match.group(1))
        self.wait_ready(seconds)
        return self

    def wait_ready(self, seconds=PATIENCE, statuses=(200,)):
        until = time.monotonic() + seconds
        last = None
        while time.monotonic() < until:
            try:
                client = self.client()
                client.timeout = 5
                last = client.get("/health/ready")
                client.close()
                if last.status in statuses:
                    return last.json
            except (Gone, OSError, ssl.SSLError) as error:
                last = error
            time.sleep(0.05)
        raise SystemExit(f"the node is not ready after {seconds} s: {last}\n{self.log()[-3000:]}")

    def client(self, token=None):
        return Client(self.url, self.context(), token)

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def log_size(self):
        """Records in the log, read from the node's database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/node.db?mode=ro", uri=True)) as db:
            return db.execute("SELECT coalesce(max(seq) + 1, 0) FROM record").fetchone()[0]

    def roles(self):
        """Process ids by role."""
        found = {}
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
                pids = file.read().split()
        except OSError:
            return found
        for pid in pids:
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as line:
                    words = line.read().split("\0")
            except OSError:
                continue
            if "--role" in words:
                found[words[words.index("--role") + 1]] = int(pid)
        return found

    def kill_role(self, role):
        pid = self.roles().get(role)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_tree(self):
        """Everything at once, without a word."""
        pids = [self.process.pid] + list(self.roles().values())
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        for pid in pids[1:]:  # the orphans end too before the next start
            until = time.monotonic() + 10
            while os.path.exists(f"/proc/{pid}") and time.monotonic() < until:
                try:
                    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
                        if stat.read().rpartition(")")[2].split()[0] == "Z":
                            break
                except OSError:
                    break
                time.sleep(0.01)
        self.process.stdout.close()
        self.process = None

    def stop(self, seconds=30):
        """Asks it to stop; its exit code, or "killed"."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill_tree()
            return "killed"
        self.process.stdout.close()
        self.process = None
        return code

    def close(self):
        code = self.stop()
        if self.is_own:
            shutil.rmtree(os.path.dirname(self.folder), ignore_errors=True)
        return code

    # --- people ---

    def administrator(self, login="admin@node.example", password="a beacon on the hill 1"):
        client = self.client()
        client.need(201, "POST", "/api/v1/setup", {"code": self.setup_code, "login": login, "name": "First administrator", "password": password})
        return client.sign_in(login, password).second_factor()

    def person(self, login, name, password):
        """Registers herself and signs in."""
        client = self.client()
        client.need(201, "POST", "/api/v1/persons", {"login": login, "name": name, "password": password})
        return client.sign_in(login, password)

    def officer(self, admin, login, name, office, password, role="officer", sectors=None):
        """Invited by the administrator, with a role and a second factor."""
        invited = admin.need(201, "POST", "/api/v1/invitations", {"login": login, "name": name})
        client = self.client()
        client.need(200, "POST", "/api/v1/redeem", {"code": invited["code"], "password": password})
        body = {"person": invited["person"], "office": office, "role": role}
        if sectors:
            body["sectors"] = sectors
        admin.need(201, "POST", "/api/v1/roles", body)
        return client.sign_in(login, password).second_factor()

    # --- receipts ---

    def verify_both(self, receipt):
        """The receipt by `varde verify` and by tools/verify.py: (first's report, second's report); {"valid": False} where refused."""
        data = json.dumps(receipt).encode()
        run = subprocess.run([self.binary, "verify", "-", "--json", "--key", self.key], input=data, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False, timeout=PATIENCE)
        try:
            one = json.loads(run.stdout)
        except ValueError:
            one = {"valid": False, "words": f"exit code {run.returncode}: {run.stderr.decode('utf-8', 'replace')}"}
        try:
            two = {"valid": True, **self.verify.receipt_verify(data, [self.verify.key_parse(self.key)])}
        except self.verify.Refused as no:
            two = {"valid": False, "rule": no.rule, "words": no.words}
        return one, two

    def verify_second(self, receipt):
        """By tools/verify.py alone, in this process: fast."""
        try:
            return {"valid": True, **self.verify.receipt_verify(json.dumps(receipt).encode(), [self.verify.key_parse(self.key)])}
        except self.verify.Refused as no:
            return {"valid": False, "rule": no.rule, "words": no.words}

    def checkpoint(self, at_least=1, seconds=20):
        """(size, root) of the published head, its signature checked; waits until it covers AT_LEAST records."""
        client = self.client()
        until = time.monotonic() + seconds
        while True:
            answer = client.get("/log/checkpoint")
            if answer.status == 200:
                body, signatures = self.verify.note_parse(answer.data.decode())
                if self.verify.note_verify(body, signatures, self.verify.key_parse(self.key)) is None:
                    raise SystemExit(f"the published head is not signed by the log's key: {answer}")
                size, root = self.verify.checkpoint_parse(body)[1:3]
                if size >= at_least:
                    client.close()
                    return size, root
            if time.monotonic() > until:
                raise SystemExit(f"no published head over {at_least} records after {seconds} s: {answer}")
            time.sleep(0.1)

    def entries(self, size):
        """The log's first SIZE entries, out of its published tiles."""
        client, found = self.client(), []
        for number in range(-(-size // 256)):
            width = min(256, size - number * 256)
            path = "".join(f"x{part:03d}/" for part in split_thousands(number)[:-1]) + f"{number % 1000:03d}" + (f".p/{width}" if width < 256 else "")
            data = client.need_bytes("/log/tile/entries/" + path)
            while data:
                length = int.from_bytes(data[:2], "big")
                found.append(data[2:2 + length])
                data = data[2 + length:]
        client.close()
        return found

    def check_log(self, at_least):
        """Whether the published head is over AT_LEAST records and its root is that of the published entries: (size, verdict)."""
        size, root = self.checkpoint(at_least)
        entries = self.entries(size)
        leaves = [self.verify.sha256(b"\0", entry) for entry in entries]
        return size, len(entries) == size and self.verify.tree_root(leaves) == root and len(set(entries)) == size


def split_thousands(number):
    parts = [number % 1000]
    while number >= 1000:
        number //= 1000
        parts.insert(0, number % 1000)
    return parts


def quick_heads(text):
    """For Node(edit=): heads are published every second."""
    return text.replace("checkpoint_interval_s: 600", "checkpoint_interval_s: 1")


# --- documents that many tests file ---

REGISTRATION = {
    "name": "Vraxquel Power (invented)",
    "national_number": "DEMO-T-1",
    "address": {"street": "Invented Street 1", "postal_code": "0000", "city": "Demoville", "country": "BE"},
    "contacts": [{"role": "security", "name": "Night desk", "email": "security@vraxquel.example", "phone": "+999 1 234 56 78"}],
    "entity_types": ["EN_EL_SUPPLY"],
    "services_states": ["BE"],
    "staff": "320",
    "turnover_eur": "90000000",
    "balance_eur": "70000000",
}


def registration(name, types=("EN_EL_SUPPLY",), **more):
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    fields = json.loads(json.dumps(REGISTRATION))
    fields.update(name=name, entity_types=list(types), national_number="DEMO-" + slug[:40])
    fields["contacts"][0]["email"] = f"security@{slug[:50]}.example"
    fields.update(more)
    return fields


def early_warning(aware_hours_ago=2.0, detected_hours_ago=None, **more):
    now = time.time()
    fields = {
        "aware_at": instant(-aware_hours_ago * 3600, now),
        "summary": "Customers can't reach the service.",
        "suspected_malicious": "unknown",
        "cross_border": "no",
    }
    if detected_hours_ago is not None:
        fields["detected_at"] = instant(-detected_hours_ago * 3600, now)
    fields.update(more)
    return {name: value for name, value in fields.items() if value is not None}


def notification(**more):
    fields = {"suspected_malicious": "no", "cross_border": "no", "severity": "medium", "impact": "About a tenth of the customers, for two hours."}
    fields.update(more)
    return {name: value for name, value in fields.items() if value is not None}


def voluntary(**more):
    fields = {"kind": "near_miss", "summary": "A flood that stayed outside."}
    fields.update(more)
    return fields


def final_report(**more):
    fields = {"description": "A failed update of the access network.", "cause": "A fault in the release process.",
              "measures": "The update was withdrawn; releases are staged now."}
    fields.update(more)
    return fields
