#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The API's habits: idempotency keys, ETags, cursors, conditional requests, server-sent events, health and metrics."""
import base64
import json
import sys
import threading
import time

import varde_client as v

count = v.Count()


def idempotency(node, company, other, entity):
    """Same key and body: the same filing. Same key, other body: refused. Two at once: one filing."""
    size = node.log_size()
    body = {"procedure": "incident", "document": "early_warning", "entity": entity, "fields": v.early_warning()}
    first = company.post("/api/v1/filings", body, key="same")
    again = company.post("/api/v1/filings", body, key="same")
    count.equal((first.status, again.status), (201, 200), "filed, then found")
    count.equal((first.json["is_repeat"], again.json["is_repeat"]), (False, True), "the second says that it is a repeat")
    count.equal(first.json["filing"], again.json["filing"], "both name one filing")
    count.check(node.verify_second(again.json["receipt"])["valid"], "the repeat has a receipt that verifies")
    body["fields"]["summary"] = "Something else."
    count.problem(company.post("/api/v1/filings", body, key="same"), 409, "filing.idempotency", "the same key for another body")
    count.equal(node.log_size(), size + 1, "one filing in the log")
    count.status(other.file("registration", "registration", v.registration("Umbrixkyrr Water (invented)", ["DW_SUPPLY"]), key="same"), 201,
                 "another person's key of the same text is another key")
    count.problem(company.post("/api/v1/filings", body, key="k" * 129), 422, "filing.idempotency", "a key that is too long")
    refused = dict(body, fields={})
    count.status(company.post("/api/v1/filings", refused, key="retry"), 422, "a refusal")
    count.status(company.post("/api/v1/filings", body, key="retry"), 201, "does not use the key up")
    size = node.log_size()
    answers = []

    def send(person):
        answers.append(person.post("/api/v1/filings", body, key="at once"))

    people = [company.again() for _ in range(8)]
    threads = [threading.Thread(target=send, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count.equal(sorted(a.status for a in answers), [200] * 7 + [201], "eight at once: one is new")
    count.equal(len({a.json.get("filing") for a in answers}), 1, f"all name the same filing: {answers}")
    count.equal(node.log_size(), size + 1, "and the log has one more")
    for person in people:
        person.close()


def etags(company, csirt, entity, case):
    for who, path in ((company, f"/api/v1/entities/{entity}"), (csirt, f"/api/v1/cases/{case}")):
        first = who.get(path)
        etag = first.header("etag")
        count.check(etag and etag.startswith('"'), f"{path} has an ETag: {etag}")
        same = who.get(path, headers={"If-None-Match": etag})
        count.equal((same.status, same.data), (304, b""), f"{path}: not modified")
        count.status(who.get(path, headers={"If-None-Match": '"x", ' + etag}), 304, "one of several")
        count.status(who.get(path, headers={"If-None-Match": '"other"'}), 200, "another version")
    etag = csirt.get(f"/api/v1/cases/{case}").header("etag")
    company.must_file("incident", "support_request", {"request": "Please call."}, case=case)
    changed = csirt.get(f"/api/v1/cases/{case}", headers={"If-None-Match": etag})
    count.status(changed, 200, "after a filing the case has another version")
    count.check(changed.header("etag") != etag, "and another ETag")
    head = company.call("HEAD", f"/api/v1/entities/{entity}")
    count.equal((head.status, head.data), (200, b""), "HEAD has no body")


def cursors(node, company, ca, entity):
    """Page by page through everything: each exactly once, however long a page is, while the list grows."""
    wanted = {entity}
    for number in range(23):
        filed = company.must_file("registration", "registration", v.registration(f"Oxquafnor {number:02d} Food (invented)", ["FO_FOOD"]))
        wanted.add(filed["entity"])
    have = {e["id"] for e in ca.pages("/api/v1/entities", "entities", 250)}
    count.check(wanted <= have, "the register holds them all")
    for limit in (1, 7, 250):
        rows = [e["id"] for e in ca.pages("/api/v1/entities", "entities", limit)]
        count.equal((len(rows), set(rows)), (len(have), have), f"entities by {limit}: each exactly once")
        rows = [c["id"] for c in ca.pages("/api/v1/cases", "cases", limit)]
        count.equal(len(rows), len(set(rows)), f"cases by {limit}: none twice")
        total = ca.need(200, "GET", "/api/v1/cases?count=true&limit=1")["total"]
        count.equal(len(rows), total, f"cases by {limit}: as many as counted")
        duties = [(d["case"], d["duty"]["duty"], d["duty"]["opened_by"]) for d in ca.pages("/api/v1/duties", "duties", limit)]
        count.equal(len(duties), len(set(duties)), f"duties by {limit}: none twice")
        count.check(len(duties) >= 23, f"duties by {limit}: all {len(duties)}")
    page = ca.need(200, "GET", "/api/v1/entities?limit=5")
    company.must_file("registration", "registration", v.registration("Aquxozarn Food (invented)", ["FO_FOOD"]))  # sorts before the page's end
    rest = []
    while page["next"]:
        page = ca.need(200, "GET", "/api/v1/entities?limit=5&cursor=" + page["next"])
        rest += [e["id"] for e in page["entities"]]
    count.equal(len(rest), len(set(rest)), "a list that grows meanwhile shows nothing twice")
    cursor = ca.need(200, "GET", "/api/v1/entities?limit=5")["next"]
    count.status(ca.get("/api/v1/cases?cursor=" + cursor), 422, "a cursor of another list")
    for bad in ("x", "%00", base64.urlsafe_b64encode(b'["a"]').decode(), base64.urlsafe_b64encode(b"[1,2,3]" * 50).decode(), ""):
        count.problem(ca.get("/api/v1/entities?cursor=" + bad), 422, "api.cursor", f"cursor {bad!r}")
    for bad in ("0", "251", "-1", "1.5", "x", "99999999999999999999"):
        count.problem(ca.get("/api/v1/cases?limit=" + bad), 422, "api.query", f"limit {bad}")


def events(company, other, csirt, entity):
    """Who may read the case learns of it at once; a stream that broke goes on where it was."""
    streams = {name: who.events() for name, who in (("company", company), ("csirt", csirt), ("other", other))}
    for name, stream in streams.items():
        count.equal(stream.status, 200, f"{name} listens")
    filed = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)

    def is_of(filing):
        return lambda event: event.get("event") == "filing" and json.loads(event["data"])["filing"] == filing

    for name in ("company", "csirt"):
        event = streams[name].wait(is_of(filed["filing"]))
        if count.check(event is not None, f"{name} learns of the filing"):
            data = json.loads(event["data"])
            count.equal((data["case"], data["document"]), (filed["case"], "early_warning"), f"{name}: case and document")
            count.check("fields" not in data, "no content in an event")
    own = other.must_file("registration", "registration", v.registration("Flimqmoqa Courier (invented)", ["PO_POSTAL"]))
    count.check(streams["company"].wait(is_of(own["filing"]), 1.5) is None, "another company's filing is not told")
    count.check(streams["other"].wait(is_of(filed["filing"]), 0.1) is None, "nor the first one's to the other")
    last = streams["csirt"].all[-1]["id"]
    for stream in streams.values():
        stream.close()
    missed = [company.must_file("incident", "support_request", {"request": f"Call {n}."}, case=filed["case"])["filing"] for n in range(3)]
    resumed = csirt.events(last)
    for filing in missed:
        count.check(resumed.wait(is_of(filing)) is not None, "resumed: what was missed comes")
    ids = [int(event["id"]) for event in resumed.all if "id" in event]
    count.check(ids == sorted(set(ids)) and min(ids) > int(last), f"in order, each once, none again: {ids} after {last}")
    resumed.close()
    count.problem(csirt.get("/api/v1/events", headers={"Last-Event-ID": "x"}), 422, "api.header", "a Last-Event-ID that is none")
    nobody = csirt.again()
    nobody.token = None
    count.status(nobody.get("/api/v1/events"), 401, "nobody listens")


def health(node, company, csirt):
    nobody = node.client()
    count.equal(nobody.need(200, "GET", "/health/live")["status"], "alive", "alive")
    ready = nobody.need(200, "GET", "/health/ready")
    count.equal((ready["status"], ready["node"]), ("ready", "BE"), "ready")
    count.status(nobody.get("/metrics"), 401, "metrics are not for everybody")
    count.status(company.get("/metrics"), 403, "nor for companies")
    metrics = csirt.get("/metrics")
    count.equal(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8", "metrics in Prometheus' format")
    values = {}
    for line in metrics.data.decode().splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            values[name] = float(value)
    count.check(values.get("varde_filings_total", 0) > 20, f"filings are counted: {values.get('varde_filings_total')}")
    count.equal(values.get("varde_log_head_size"), float(node.log_size()), "the size of the log is a metric")
    count.check("log_size" not in ready, "and not for everybody")
    unknown = nobody.get("/api/v1/nothing")
    count.problem(unknown, 404, "http.path", "an unknown path")
    wrong = nobody.call("DELETE", "/api/v1/filings")
    count.problem(wrong, 405, "http.method", "a wrong method")
    count.equal(wrong.header("allow"), "POST", "Allow says which")


def significance(nobody):
    """A trial, without account: nothing is stored."""
    asked = nobody.need(200, "GET", "/api/v1/significance/facts")
    count.check({"loss_eur", "users_eu"} <= {fact["fact"] for fact in asked["facts"]}, "what can be said")
    facts = {"types": ["DI_CLOUD"], "users_eu": 1000, "episodes": [{"effect": "unavailable", "users_affected": 9, "from": "2026-03-02T10:00:00Z", "to": "2026-03-02T10:31:00Z"}]}
    said = nobody.need(200, "POST", "/api/v1/significance", facts)
    met = [row["id"] for row in said["criteria"] if row["outcome"] == "met"]
    count.equal((said["outcome"], said["since"], met), ("significant", "2026-03-02T10:30:00Z", ["IR7-a"]), "31 minutes are significant")
    facts["episodes"][0]["effect"] = "eaten"
    refused = nobody.post("/api/v1/significance", facts)
    count.problem(refused, 422, "significance.effect", "an unknown effect")


def full_disk(node, company, entity):
    """Where the disk's last space is reached, filings are taken and nothing else is stored."""
    count.equal(node.stop(), 0, "the node stops")
    with open(node.folder + "/varde.yaml", "a", encoding="utf-8") as file:
        file.write("disk_reserve_mb: 1000000000\n")
    node.start()
    company.move(node.url)
    stranger = v.Client(node.url, company.context)
    until = time.monotonic() + 15
    while company.post("/api/v1/attachments?name=a.txt", b"x", kind="text/plain").status != 503 and time.monotonic() < until:
        time.sleep(0.1)
    for what, answer in (("an attachment", company.post("/api/v1/attachments?name=a.txt", b"x", kind="text/plain")),
                         ("a draft", company.post("/api/v1/drafts", {"procedure": "incident", "document": "early_warning", "fields": {}})),
                         ("an account", stranger.post("/api/v1/persons", {"login": "new@one.example", "name": "New", "password": "the green tower stands 1"}))):
        count.problem(answer, 503, "store.reserve", what)
        count.equal(answer.header("retry-after"), "5", "when to try again")
    count.status(company.file("incident", "early_warning", v.early_warning(), entity=entity), 201, "an early warning")


def main():
    node = v.Node()
    try:
        node.start()
        admin = node.administrator()
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        other = node.person("security@two.example", "Two's night desk", "a loud harbour at dawn")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        case = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)["case"]
        idempotency(node, company, other, entity)
        etags(company, csirt, entity, case)
        cursors(node, company, ca, entity)
        events(company, other, csirt, entity)
        health(node, company, csirt)
        significance(v.Client(node.url, company.context))
        full_disk(node, company, entity)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
