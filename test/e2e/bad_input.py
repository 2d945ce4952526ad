#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Bad input: each gets its clear error, naming field and rule, and changes nothing; the node goes on serving.

Bodies: cut, too large, names twice, nested deeply, wrong UTF-8, no JSON. Fields: each of every form of the incident's documents with
values of all wrong types and beyond each limit, unknown ones, times in the future and in the hours that summer time skips or
repeats, another's case. Requests that are no HTTP have a test of their own (http_malformed.py).

VARDE_LONG=1: every field of every document instead of two fields a document; VARDE_SEED repeats a draw."""
import json
import os
import random
import sys

import varde_client as v

count = v.Count()
MIB = 1024 * 1024


class Tries:
    def __init__(self, node, company, entity):
        self.node, self.company, self.entity = node, company, entity
        self.done = 0

    def filing(self, fields, **more):
        return {"procedure": "incident", "document": "early_warning", "entity": self.entity, "fields": fields, **more}

    def refused(self, answer, what, statuses=(422,), rules=(), pointer=None):
        """A problem document with one of STATUSES; each fault names a rule; one names POINTER and one of RULES."""
        self.done += 1
        is_right = answer.status in statuses and answer.is_problem()
        faults = answer.errors() if is_right else []
        is_right = is_right and len(faults) > 0 and all(f["rule"] and f["detail"] for f in faults)
        if is_right and (rules or pointer is not None):
            is_right = any((not rules or f["rule"] in rules) and (pointer is None or f["pointer"] == pointer) for f in faults)
        return count.check(is_right, f"{what}: {answer}, not {statuses} {rules} {pointer or ''}")

    def body(self, data, what, statuses=(400,), rules=(), kind="application/json"):
        try:
            answer = self.company.post("/api/v1/filings", data, kind=kind)
        except v.Gone as gone:
            count.check(False, f"{what}: no answer: {gone}")
            return
        self.refused(answer, what, statuses, rules)


def bodies(tries):
    good = json.dumps(tries.filing(v.early_warning())).encode()
    for cut in sorted({1, 2, 10, len(good) // 3, len(good) // 2, len(good) - 1}):
        tries.body(good[:cut], f"cut after {cut} bytes", rules=("json.syntax", "json.utf8"))
    tries.body(b"", "no body", statuses=(400, 422))
    for text, what in ((b"null", "null"), (b"[]", "a list"), (b'"x"', "a text"), (b"1", "a number"), (b"true", "true")):
        tries.body(text, what, statuses=(400, 422))
    tries.body(good + b"x", "something after the end", rules=("json.syntax",))
    tries.body(good + good, "two documents", rules=("json.syntax",))
    tries.body(b'{"procedure":"incident",' + good[1:], "a name twice", rules=("json.duplicate_key",))
    tries.body(good.replace(b'"fields": {', b'"fields": {"summary":"x",'), "a field twice", rules=("json.duplicate_key",))
    tries.body(good.replace(b'"fields": {', b'"fields": {"s\\u0075mmary":"x",'), "a field twice, once in escapes", rules=("json.duplicate_key",))
    for depth in (33, 100, 1000, 100000):
        tries.body(b'{"procedure":"incident","document":"early_warning","fields":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}",
                   f"objects nested {depth} deep", rules=("json.depth", "json.syntax"))
        tries.body(b'{"fields":' + b"[" * depth + b"]" * depth + b"}", f"lists nested {depth} deep", rules=("json.depth", "json.syntax"))
    for bad in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"):
        tries.body(good.replace(b"Customers", b"Custom" + bad + b"ers"), f"wrong UTF-8 {bad.hex()}", rules=("json.utf8", "json.syntax"))
    tries.body(good.replace(b"Customers", b"Custom\\ud800ers"), "half a surrogate", rules=("json.utf8", "json.syntax"))
    tries.body(good.replace(b"Customers", b"Custom\ners"), "a line feed in a text", rules=("json.syntax",))
    for number in (b"1e400", b"NaN", b"-", b"01", b"1.", b".5", b"0x1", b"Infinity"):
        tries.body(good.replace(b'"unknown"', number), f"the number {number.decode()}", statuses=(400, 422))
    tries.body(b"\xef\xbb\xbf" + good, "a byte-order mark", statuses=(400, 422))
    tries.body(good.replace(b"Customers", b"x" * (MIB + 1)), "more than a MiB", statuses=(413,))
    tries.body(b'{"fields":{' + b",".join(b'"f%d":1' % n for n in range(60000)) + b"}}", "60,000 names", statuses=(400, 413, 422))
    tries.body(b'{"fields":{"summary":[' + b",".join([b"0"] * 300000) + b"]}}", "a list of 300,000", statuses=(400, 413, 422))
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", ""):
        tries.body(good, f"the media type {kind!r}", statuses=(400, 415), rules=("http.media_type",), kind=kind)


def members(tries):
    company = tries.company
    good = tries.filing(v.early_warning())
    for name, values in (("procedure", (None, 1, "", "x" * 65, [], "no-such", "../incident", "registration")),
                         ("document", (None, 1, "", "x" * 65, {}, "no_such", "answer ")),
                         ("fields", ("x", 1, [], True)), ("as", (1, "x" * 17, "king", "node", "csirt", [])), ("case", (1, "x" * 33, [])),
                         ("entity", (1, "x" * 33, {})), ("corrects", (1, "x" * 33)), ("attachments", ("x", 1, {}, ["x"] * 17, [1], ["A000"]))):
        for value in values:
            body = dict(good, **{name: value})
            tries.refused(company.post("/api/v1/filings", body), f"{name}: {str(value)[:40]!r}", (403, 404, 422))
    tries.refused(company.post("/api/v1/filings", dict(good, extra=1)), "an unknown member", (422,), ("api.unknown_member",))
    for case in ("C0000000000000000", "x", "C", "../../etc/passwd", "C' OR 1=1 --", "%00", "\u0000"):
        body = dict(good, case=case)
        del body["entity"]
        tries.refused(company.post("/api/v1/filings", body), f"the case {case!r}", (404, 422))
    for path in ("/api/v1/cases/%00", "/api/v1/cases/%ff", "/api/v1/cases/" + "C" * 3000, "/api/v1/filings/F%27", "/api/v1/entities/..%2f..",
                 "/api/v1/cases/%zz", "/api/v1/cases/%"):
        answer = company.get(path)
        count.check(answer.status in (400, 404, 414), f"{path[:60]}: {answer}")


WRONG = [1, -1, 1.5, True, False, "", " ", "x", "x" * 300, "x" * 20000, [], {}, [1], {"a": 1}, ["x"], None, "\u0000", "a\u0007b", 2**63, -2**63, 1e300,
         "2026-13-01T00:00:00Z", "2026-02-30T10:00:00Z", "2026-11-22", "2026-11-22T25:00:00Z", "2026-11-22T10:61:00Z", "22.11.2026", "9999-12-31T23:59:59Z",
         "0000-00-00T00:00:00Z", "BE", "be", "GR", "ZZZ", ["BE", 1], ["XX1"], [["BE"]], "yes", "YES", "no ", "+32 abc", "0032", "a@b", "a@b@c.example"]


def kinds(field):
    """Which of WRONG are certainly wrong for a field, with what the rule is called."""
    kind = field["type"]
    texts = [w for w in WRONG if isinstance(w, str) and w.strip()]
    others = [w for w in WRONG if not isinstance(w, str) and w is not None]
    if kind in ("text", "long_text"):
        limit = field.get("max_chars") or 250
        return others + [w for w in texts if len(w) > limit or any(ord(c) < 32 for c in w)]
    if kind == "bool":
        return texts + [w for w in others if not isinstance(w, bool)]
    if kind == "choice":
        values = {c["value"] for c in field["choices"]}
        return others + [w for w in texts if w.strip() not in values]
    if kind == "choices":
        return [w for w in others if w != []] + texts
    if kind == "instant":
        return others + texts
    if kind == "date":
        return others + [w for w in texts if w != "2026-11-22"]
    if kind == "int":
        return texts + [w for w in others if isinstance(w, (bool, float, list, dict)) or (isinstance(w, int) and w < (field.get("min") or 0))]
    if kind == "decimal":
        return texts + [w for w in others if isinstance(w, (bool, float, list, dict)) or (isinstance(w, int) and w < 0)]
    if kind in ("countries", "domains", "ip_ranges", "entity_types", "entities"):
        return [w for w in others if w not in ([],)] + texts
    if kind == "list":  # an empty one is as good as none, where none is
        return [w for w in others if w != [] or field["is_required"] or field.get("min_items")]
    if kind in ("email", "phone", "country", "domain", "filing", "case", "entity", "entity_type", "ip_range"):
        return others + [w for w in texts if not (kind == "country" and w in ("BE", "XX")) and not (kind == "domain" and "." in w)]
    return others


def has_field(answer, pointer):
    return any(f["pointer"] == pointer or f["pointer"].startswith(pointer + "/") for f in answer.errors())


def forms(tries):
    """Every wrong value in every field of the early warning, over the real door; and drawn ones of every other document as a trial."""
    company = tries.company
    seed = int(os.environ.get("VARDE_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"forms: VARDE_SEED={seed}")
    chance = random.Random(seed)
    documents = fields = 0
    for procedure in company.need(200, "GET", "/api/v1/procedures")["procedures"]:
        for document in procedure["documents"]:
            form = company.patient(f"/api/v1/procedures/{procedure['procedure']}/documents/{document['document']}").json
            is_early = document["document"] == "early_warning"
            documents += 1
            tried = form["fields"] if is_early or v.LONG else chance.sample(form["fields"], min(2, len(form["fields"])))
            for field in tried:
                fields += 1
                wrong = kinds(field)
                for value in wrong if is_early else chance.sample(wrong, 4 if v.LONG else 2):
                    one(tries, form, field, value, is_early)
    print(f"{fields} fields of {documents} documents were tried")
    count.check(fields > documents, "fields of all documents were tried")


def one(tries, form, field, value, is_early):
    what = f"{form['procedure']}/{form['document']} {field['name']} ({field['type']}): {str(value)[:50]!r}"
    if is_early:
        fields = v.early_warning(detected_hours_ago=3, **{"contact_name": "x", "cross_border": "yes"})
        fields[field["name"]] = value
        answer = tries.company.post("/api/v1/filings", tries.filing(fields))
        tries.done += 1
        is_right = answer.status in (400, 422) and answer.is_problem() and (has_field(answer, "/" + field["name"]) or answer.status == 400)
        count.check(is_right, f"{what}: {answer}")
        return
    body = {"procedure": form["procedure"], "document": form["document"], "entity": tries.entity, "fields": {field["name"]: value}}
    answer = tries.company.patient("/api/v1/filings/check", body)
    tries.done += 1
    is_problem = answer.status in (400, 403, 404, 422) and answer.is_problem()
    is_trial = answer.status == 200 and not answer.json["is_accepted"] and len(answer.json["errors"]) > 0
    count.check(is_problem or is_trial, f"{what}: {answer}")


def unknown(tries):
    for name in ("nonsense", "Summary", "summary ", "__proto__", "aware_at_corrected", "a" * 500, "s\u00fcmmary", "", "a/b~c"):
        answer = tries.company.post("/api/v1/filings", tries.filing(v.early_warning(**{name: "x"})))
        shown = name[:80].replace("~", "~0").replace("/", "~1")
        tries.refused(answer, f"an unknown field {name[:30]!r}", (422,), ("field.unknown",), "/" + shown)
    many = v.early_warning(**{f"unknown_{n}": n for n in range(5000)})
    tries.refused(tries.company.post("/api/v1/filings", tries.filing(many)), "5,000 unknown fields", (413, 422))
    answer = tries.company.post("/api/v1/filings", tries.filing({}))
    wanted = {"/aware_at", "/summary", "/suspected_malicious", "/cross_border"}
    count.equal({f["pointer"] for f in answer.errors()}, wanted, "an empty form: each missing field is named at once")
    count.check(all(f["rule"] == "field.required" and f["article"].startswith("NIS2 23") for f in answer.errors()), f"with rule and article: {answer}")


def times(tries):
    def aware(value, **more):
        return tries.company.post("/api/v1/filings", tries.filing(v.early_warning(aware_at=value, **more)))

    for text, rule in ((v.instant(301 + 60), "time.future"), (v.instant(86400), "time.future"), ("2100-01-01T00:00:00Z", "time.future"),
                       ("2026-03-29T02:30:00", "time.gap"), ("2026-03-29T02:00:00", "time.gap"), ("2026-10-25T02:30:00", "time.repeated"),
                       ("2025-10-26T02:59:59", "time.repeated"), ("2026-02-29T10:00:00Z", None), ("2026-10-01T10:00:60Z", None),
                       ("2026-10-01T10:00:00+25:00", None), ("2026-10-01", None), ("1.10.2026", None), ("10:00", None)):
        tries.refused(aware(text), f"aware at {text}", (422,), (rule,) if rule else (), "/aware_at")
    good = aware("2026-10-25T02:30:00+01:00")
    count.status(good, 201, "the second half past two of that night, with its offset")
    other = aware("2026-10-25T02:30:00+02:00")
    count.status(other, 201, "and the first")
    due = [[d["due"] for d in a.json["duties"] if d["duty"] == "notification"][0] for a in (good, other)]
    count.equal(v.seconds_of(due[0]) - v.seconds_of(due[1]), 3600.0, "they are an hour apart")
    tries.refused(aware(v.instant(-7200), detected_at=v.instant(-3600)), "aware before detected", (422,), ("incident.aware_before_detected",))
    elsewhere = aware("2026-10-25T02:30:00+03:00")
    count.status(elsewhere, 201, "an offset of another zone is an offset")
    return 3


def others(node, tries):
    """What is another's, whoever asks in whatever way."""
    stranger = node.person("security@two.example", "Two's night desk", "a loud harbour at dawn")
    filed = tries.company.must_file("incident", "early_warning", v.early_warning(), entity=tries.entity)
    size = node.log_size()
    for role in (None, "entity", "anyone", "csirt", "ca", "spoc", "node"):
        answer = stranger.file("incident", "notification", v.notification(), case=filed["case"], **{"as": role})
        tries.refused(answer, f"a stranger files into the case as {role}", (403, 404))
        answer = stranger.file("incident", "early_warning", v.early_warning(), entity=tries.entity, **{"as": role})
        tries.refused(answer, f"a stranger opens a case of the entity as {role}", (403, 404, 422))
    nobody = node.client()
    answer = nobody.file("incident", "early_warning", v.early_warning(), entity=tries.entity)
    tries.refused(answer, "nobody files", (401,))
    count.equal(node.log_size(), size, "nothing was filed by strangers")
    return 1


def imports(node, tries):
    """Lines of a register: the bad ones are named by number, field and rule, the good ones among them are filed, once."""
    admin = node.administrator()
    officer = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")

    def lines(data, who=officer):
        return who.post("/api/v1/import", data, kind="application/x-ndjson")

    good = json.dumps(v.registration("Pzaltdrizz Food (invented)", ["FO_FOOD"])).encode()
    size = node.log_size()
    tries.refused(lines(good, tries.company), "a company takes over a register", (403,), ("access.office",))
    tries.refused(lines(b""), "no line", (422,), ("import.empty",))
    tries.refused(lines(b"\n \n\r\n"), "blank lines only", (422,), ("import.empty",))
    tries.refused(lines(b"\n".join([b"{}"] * 201)), "201 lines", (413, 422), ("import.lines",))
    bad = ((b"{", "json.syntax"), (b"[]", "api.type"), (b'{"name":"a","name":"b"}', "json.duplicate_key"), (b'{"name":"\xff"}', "json.utf8"),
           (b"{}", "field.required"), (good.replace(b'"FO_FOOD"', b'"NO_FOOD"'), "field.choice"), (good[:-1] + b',"extra":1}', "field.unknown"),
           (b"[" * 5000 + b"]" * 5000, None), (good.replace(b'"320"', b'"-1"'), "field.limit"))
    for line, rule in bad:
        answer = lines(line)
        count.check(answer.status == 200 and (answer.json["filed"], answer.json["refused"]) == (0, 1), f"import of {line[:40]!r}: {answer}")
        error = answer.json["errors"][0]
        count.check(error["line"] == 1 and error["rule"] and (rule is None or error["rule"] == rule), f"import of {line[:40]!r}: {error}, not {rule}")
    count.equal(node.log_size(), size, "nothing was imported")
    mixed = lines(b"\n".join([bad[0][0], good, bad[4][0], good.replace(b"Pzaltdrizz", b"Tsvixghast"), bad[2][0]]) + b"\n")
    counts = {name: mixed.json[name] for name in ("filed", "repeated", "refused")}
    count.equal(counts, {"filed": 2, "repeated": 0, "refused": 3}, f"good lines among bad ones: {mixed}")
    count.equal([e["line"] for e in mixed.json["errors"]], [1, 3, 5], "the bad ones by number")
    again = lines(good + b"\n" + good)
    count.equal((again.json["filed"], again.json["repeated"]), (0, 2), f"the same line again, and twice: {again}")
    return 2


def doors(node):
    """Other doors that take bodies."""
    client = node.client()
    for path in ("/api/v1/session", "/api/v1/setup", "/api/v1/persons", "/api/v1/redeem", "/api/v1/scope"):
        for body in (b"", b"{", b"[]", b'{"login":1}', b'{"a":1}', b'{"login":"x","login":"y"}', b"\xff\xfe", b'{"login":"' + b"x" * 5000 + b'"}',
                     b'{"types":[[[[[[]]]]]],"staff":{}}', b'{"staff":"1e9"}'):
            answer = client.post(path, body)
            count.check(400 <= answer.status < 500 and answer.is_problem(), f"{path} {body[:40]!r}: {answer}")
    for facts in ({"types": ["NOPE"]}, {"staff": "-1"}, {"staff": "abc"}, {"state": "XX"}, {"state": "GR"}, {"at": "2026-02-30"}, {"at": 5},
                  {"turnover": "1.234"}, {"types": "EN_EL_DSO", "balance": []}, {"nonsense": True}):
        answer = client.post("/api/v1/scope", facts)
        count.check(answer.status in (400, 422) and answer.is_problem() and answer.errors()[0]["rule"], f"scope {facts}: {answer}")


def main():
    node = v.Node()
    try:
        node.start()
        pids = node.roles()
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))["entity"]
        tries = Tries(node, company, entity)
        size = node.log_size()
        bodies(tries)
        members(tries)
        unknown(tries)
        forms(tries)
        count.equal(node.log_size(), size, "nothing was filed")
        size += times(tries)
        size += others(node, tries)
        size += imports(node, tries)
        doors(node)
        count.equal(node.log_size(), size, "nothing was filed but what is right")
        count.equal(node.roles(), pids, "no process has died")
        log = node.log()
        count.check("error" not in log.lower(), f"nothing in the operator's log: {log[-1000:]}")
        print(f"{tries.done} wrong requests")
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
