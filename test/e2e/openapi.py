#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The served OpenAPI document: valid; what the stories send and get matches it; and schemathesis finds no answer that it does not
describe, with good input and with bad.

Needs three packages of PyPI in build/venv (made here); where they can't be had the test fails. VARDE_LONG=1: ten minutes of
schemathesis instead of half a minute."""
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse

import varde_client as v

PACKAGES = ["openapi-spec-validator==0.9.0", "jsonschema==4.26.0", "schemathesis==4.32.5"]
VENV = os.path.join(v.ROOT, "build/venv")
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # pip trusts a list of its own unless told to trust what the machine does
count = v.Count()

CONFIG = """
[checks.positive_data_acceptance]
# The law refuses well-formed filings too: 422. A rate may be used up: 429.
expected-statuses = ["2xx", "401", "403", "404", "405", "409", "412", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "413", "414", "415", "422", "429", "431"]
"""


def venv():
    """Makes build/venv where its packages are missing, and goes on inside it."""
    python = os.path.join(VENV, "bin/python")
    if sys.prefix == VENV:
        return
    marker = os.path.join(VENV, "packages")
    wanted = "\n".join(PACKAGES)
    have = open(marker, encoding="ascii").read() if os.path.exists(marker) else ""
    if have != wanted:
        if os.path.exists(TRUSTED):
            os.environ.setdefault("PIP_CERT", TRUSTED)
        for command in ([sys.executable, "-m", "venv", "--clear", VENV], [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + PACKAGES):
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if run.returncode != 0:
                print(f"wrong: {' '.join(command)}: {run.stdout[-2000:]}")
                print("0 passed, 1 failed")
                sys.exit(1)
        with open(marker, "w", encoding="ascii") as file:
            file.write(wanted)
    os.execv(python, [python] + sys.argv)


def check_document(document):
    from openapi_spec_validator import OpenAPIV31SpecValidator
    errors = [f"{list(e.path)}: {e.message}" for e in OpenAPIV31SpecValidator(document).iter_errors()]
    count.equal(errors, [], "the document is valid OpenAPI 3.1")
    count.check(len(document["paths"]) > 40, f"{len(document['paths'])} paths")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            count.check("default" in operation["responses"] and operation.get("summary"), f"{method} {path} has a summary and problems")


class Watch:
    """Compares each exchange of the stories with the document."""

    def __init__(self, document):
        import jsonschema
        self.document, self.seen, self.wrong = document, {}, []
        self.routes = []
        for path, operations in document["paths"].items():
            pattern = re.sub(r"\{[^}]*\}", "[^/]+", path) if not path.startswith("/log/tile") else "/log/tile/.+"
            self.routes.append((re.compile(pattern + "$"), path, operations))
        self.routes.sort(key=lambda route: route[1].count("{"))
        self.jsonschema = jsonschema
        self.validators = {}

    def validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {"components": self.document["components"], **schema}
            self.validators[key] = self.jsonschema.Draft202012Validator(whole, format_checker=self.jsonschema.FormatChecker())
        return self.validators[key]

    def faults(self, schema, value):
        return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in self.validator(schema).iter_errors(value)][:3]

    def operation(self, method, path):
        for pattern, name, operations in self.routes:
            if pattern.match(path):
                return name, operations.get("get" if method == "HEAD" else method.lower())
        return None, None

    def exchange(self, method, target, body, headers, answer):
        path = urllib.parse.urlsplit(target).path
        name, operation = self.operation(method, path)
        if operation is None:
            if answer.status not in (400, 404, 405):
                self.wrong.append(f"{method} {path} is not described: {answer}")
            return
        self.seen.setdefault((method, name), set()).add(answer.status)
        response = operation["responses"].get(str(answer.status)) or operation["responses"]["default"]
        self.check_response(f"{method} {name} {answer.status}", response, method, answer)
        content = (operation.get("requestBody") or {}).get("content", {})
        if 200 <= answer.status < 300 and "application/json" in content and body:
            for fault in self.faults(content["application/json"]["schema"], json.loads(body)):
                self.wrong.append(f"{method} {name}: was taken, but is not what the document asks for: {fault}")
        known = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        sent = set(urllib.parse.parse_qs(urllib.parse.urlsplit(target).query, keep_blank_values=True))
        if answer.status == 200 and not sent <= known:
            self.wrong.append(f"{method} {name}: query parameters {sent - known} are not described")

    def check_response(self, what, response, method, answer):
        kind = (answer.header("content-type") or "").partition(";")[0]
        content = response.get("content")
        if not answer.data:
            if content and method != "HEAD" and answer.status not in (304, 204):
                self.wrong.append(f"{what}: no body")
            return
        if content is None:
            if kind == "application/json":
                self.wrong.append(f"{what}: JSON that is not described")
            return
        if kind not in content:
            self.wrong.append(f"{what}: {kind} is not described, only {list(content)}")
            return
        for fault in self.faults(content[kind]["schema"], json.loads(answer.data)) if "json" in kind else []:
            self.wrong.append(f"{what}: {fault}")


def canary(watch):
    """Answers that do not match must be seen."""
    ready = {"content-type": "application/json"}
    for what, answer in (("a member of a wrong type", v.Answer(200, ready, b'{"status":"ready","law":1}')), ("a missing member", v.Answer(200, ready, b"{}")),
                         ("another media type", v.Answer(200, {"content-type": "text/html"}, b"<p>")), ("no body", v.Answer(200, ready, b""))):
        before = len(watch.wrong)
        watch.exchange("GET", "/health/ready", None, {}, answer)
        count.check(len(watch.wrong) > before, f"{what} is noticed")
    before = len(watch.wrong)
    watch.exchange("POST", "/api/v1/scope?nothing=1", b'{"at":1}', {}, v.Answer(200, ready, b"{}"))
    count.check(len(watch.wrong) > before + 1, "a body and a query that are not described are noticed")


def check_stories(document):
    """Runs the stories again with every exchange watched."""
    watch = Watch(document)
    send = v.Client.send

    def watched(self, method, path, body, headers):
        answer = send(self, method, path, body, headers)
        watch.exchange(method, path, body, headers, answer)
        return answer

    v.Client.send = watched
    try:
        for name in ("story_filing", "story_access", "story_http"):
            story = __import__(name)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                code = story.main()
            count.equal(code, 0, f"{name} passes while it is watched: {said.getvalue()[-500:]}")
    finally:
        v.Client.send = send
    for fault in sorted(set(watch.wrong)):
        count.check(False, fault)
    canary(watch)
    exchanged = sum(len(statuses) for statuses in watch.seen.values())
    count.check(len(watch.seen) > 30, f"{len(watch.seen)} operations were used")
    count.passed += exchanged
    print(f"{len(watch.seen)} operations, {exchanged} kinds of answers match the document")


def schemathesis(node, token, name, mode, seconds, excluded):
    folder = os.path.join(v.ROOT, "build/schemathesis")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "schemathesis.toml"), "w", encoding="ascii") as file:
        file.write(CONFIG)
    command = [os.path.join(VENV, "bin/schemathesis"), "--config-file", os.path.join(folder, "schemathesis.toml"), "run", node.url + "/api/v1/openapi.json",
               "--tls-verify", node.certificate, "--mode", mode, "--max-time", str(seconds), "--seed", "2555", "--checks", "all", "--phases",
               "coverage,fuzzing", "--workers", "1", "--request-timeout", "30", "--continue-on-failure", "--no-color",
               "--suppress-health-check", "all", "--generation-database", "none", "--output-sanitize", "false", "--no-shrink",
               "--exclude-checks", "unsupported_method,ignored_auth,use_after_free,ensure_resource_availability,object_level_authorization,missing_required_header"]
    at = command.index("--max-time") + 1
    if token:
        command += ["--header", "Authorization:Bearer " + token]
    for path in excluded:
        command += ["--exclude-path", path]
    # On a busy machine reading the document may take all of the time: then it gets more.
    for longer in (seconds, 4 * seconds, 16 * seconds):
        command[at] = str(longer)
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=folder, timeout=longer * 3 + 120)
        cases = re.search(r"(\d+) generated", run.stdout)
        if run.returncode or (cases and int(cases.group(1)) > 20):
            break
    with open(os.path.join(folder, f"{name}-{mode}.log"), "w", encoding="utf-8") as file:
        file.write(run.stdout)
    count.check(run.returncode == 0, f"schemathesis {name} {mode}: exit code {run.returncode}\n{run.stdout[-6000:]}")
    count.check(cases and int(cases.group(1)) > 20, f"schemathesis {name} {mode}: cases: {cases and cases.group(0)}")
    print(f"schemathesis as {name}, {mode}: {cases and cases.group(0)}")


def check_random():
    """Against a node of its own, as nobody, as a company and as an officer."""
    node = v.Node()
    seconds = 80 if v.LONG else 5
    try:
        node.start()
        admin = node.administrator()
        officer = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        company.must_file("incident", "early_warning", v.early_warning(), entity=entity)
        pids = node.roles()
        # The stream never ends; lines of JSON are no media type that schemathesis makes (bad lines: bad_input.py).
        excluded = ["/api/v1/events", "/api/v1/import"]
        # A form that is no form can't be written as a form, so there is nothing negative to make (bad forms: emergency.py, fuzz/urlencoded).
        forms = [path for path, methods in node.client().need(200, "GET", "/api/v1/openapi.json")["paths"].items()
                 if "application/x-www-form-urlencoded" in methods.get("post", {}).get("requestBody", {}).get("content", {})]
        for name, who in (("nobody", None), ("company", company), ("officer", officer)):
            token = who.again().make_token("schemathesis", ["read", "file", "manage"]) if who else None
            for mode in ("positive", "negative"):
                schemathesis(node, token, name, mode, seconds, excluded + (forms if mode == "negative" else []))
        count.equal(node.roles(), pids, "no process has died")
        if node.roles() != pids:
            print("\n".join(node.log().splitlines()[-40:]))
        log = [line for line in node.log().splitlines() if line.startswith("error")]
        count.equal(log, [], "no errors in the operator's log")
        company.again().need(200, "GET", "/api/v1/entities/" + entity)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")


def main():
    venv()
    node = v.Node()
    try:
        node.start()
        document = node.client().need(200, "GET", "/api/v1/openapi.json")
    finally:
        node.close()
    check_document(document)
    check_stories(document)
    check_random()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
