#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Someone who means harm: an office that lists what it may not open, rights that end while a stream is open, one person who takes all
streams of events, and names that deceive the eye."""
import socket
import sys
import time

import varde_client as v

count = v.Count()


def with_crisis_authority(text):
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     "  - {id: ccma, kind: ccma, name: Crisis authority}\n")


def lists(crisis, authority, entity, case):
    """A list shows no more than what one could open."""
    count.status(crisis.get(f"/api/v1/cases/{case}"), 404, "the crisis authority does not open an incident's case")
    for path in ("/api/v1/cases", "/api/v1/cases?count=true", "/api/v1/duties", "/api/v1/entities", "/api/v1/entities/counts"):
        seen = crisis.get(path)
        if seen.status == 200:
            count.check(not any(seen.json.get(name) for name in ("cases", "duties", "entities", "total")), f"nor finds it in {path}: {seen}")
        else:
            count.problem(seen, 403, "access.office", f"nor finds it in {path}")
        count.status(authority.get(path), 200, f"the authority reads {path}")
    count.status(crisis.get(f"/api/v1/cases?entity={entity}"), 404, "nor by its entity")


def streams(node, admin, ann, entity):
    """Rights that end are gone for a stream that is open; and one person does not take the places of all."""
    invited = admin.need(201, "POST", "/api/v1/invitations", {"login": "leaving@node.example", "name": "Leaving officer"})
    officer = node.client()
    officer.need(200, "POST", "/api/v1/redeem", {"code": invited["code"], "password": "a yellow boat at noon 1"})
    role = admin.need(201, "POST", "/api/v1/roles", {"person": invited["person"], "office": "csirt", "role": "officer"})
    officer.sign_in("leaving@node.example", "a yellow boat at noon 1").second_factor()
    stream = officer.events()
    busy = ann.must_file("incident", "early_warning", v.early_warning(), entity=entity)
    count.check(stream.wait(lambda e: busy["filing"] in e.get("data", "")), "an officer learns of a filing")
    admin.need(204, "DELETE", "/api/v1/roles/" + role["id"])
    told = ann.must_file("incident", "early_warning", v.early_warning(), entity=entity)
    count.check(stream.wait(lambda e: told["filing"] in e.get("data", ""), 3) is None, "an officer no longer in office learns of nothing more")
    until = time.monotonic() + 5
    while not stream.is_over and time.monotonic() < until:
        time.sleep(0.05)
    count.check(stream.is_over, "and the stream ends")
    stream.close()
    many = [ann.events() for _ in range(17)]
    count.equal([s.status for s in many], [200] * 16 + [429], "sixteen streams for one person")
    for one in many:
        one.close()


def twins(node, authority, ann, one):
    """Who registers another's company gets an entry of her own and nothing of the other's; the authority sees both at once."""
    thief = node.person("thief@two.example", "Thief", "a loud harbour at dawn")
    two = thief.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))
    count.check(two["entity"] != one["entity"], "an entry of her own")
    count.status(thief.get("/api/v1/entities/" + one["entity"]), 404, "nothing of the other's")
    seen = authority.need(200, "GET", "/api/v1/cases/" + two["case"])
    count.equal(seen["same_as"], [one["entity"]], "the authority is told of the other one")
    count.equal(authority.need(200, "GET", "/api/v1/cases/" + one["case"])["same_as"], [two["entity"]], "and in the other's case of this one")
    count.check("same_as" not in thief.need(200, "GET", "/api/v1/cases/" + two["case"]), "the thief is not")
    authority.must_file("registration", "approval", {"class": "essential"}, case=one["case"])
    again = ann.file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]), entity=one["entity"])
    count.problem(again, 409, "filing.case_open", "a second registration would set the first back")
    count.equal(ann.need(200, "GET", "/api/v1/entities/" + one["entity"])["status"], "registered", "it does not")
    merger = {"merged_into": "E0000000000000000", "effective_on": "2030-01-01"}
    count.problem(ann.file("registration", "merger", merger, case=one["case"]), 422, "filing.link", "merged into nothing")
    merger["merged_into"] = one["entity"]
    count.problem(ann.file("registration", "merger", merger, case=one["case"]), 422, "filing.link", "merged into itself")
    merger["merged_into"] = two["entity"]
    count.status(ann.file("registration", "merger", merger, case=one["case"]), 201, "merged into another")
    count.status(ann.file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]), entity=one["entity"]), 201,
                 "once closed, a company is never kept from registering anew")


def names(node, ann, case):
    """What is not seen but changes what is seen is in no name."""
    for name in ("invoice%E2%80%AEfdp.exe", "a%C2%85b", "..", "a%E2%80%A8b", "%EF%BB%BFa"):
        count.problem(ann.call("POST", "/api/v1/attachments?name=" + name, b"x", kind="text/plain"), 422, "attachment.name", f"a file named {name}")
    for letter in ("\u202e", "\u0085", "\u2028", "\u2066", "\ufeff", "\u0000"):
        answer = ann.file("registration", "registration", v.registration("Quil" + letter + "zarn (invented)"))
        count.problem(answer, 422, "field.text", f"a company named with {letter!r}", "/name")
    new = {"login": "a\u202eb@x.example", "name": "A", "password": "a loud harbour at noon"}
    count.problem(node.client().post("/api/v1/persons", new), 422, "access.login", "a login that turns its letters")
    new.update(login="ab@x.example", name="A\u0085B")
    count.problem(node.client().post("/api/v1/persons", new), 422, "access.name", "a person named with a control")
    text = {"ground": "mistaken", "reason": "Zeile eins\nשלום \u2066x\u2069"}
    kept = ann.file("registration", "deregistration_request", text, case=case)
    count.status(kept, 201, "a long text is taken as it was pasted")
    count.status(ann.file("registration", "registration", v.registration("Αθήνα Ψ (invented) שלום")), 201, "and letters of all alphabets in a name")


def repeats(node, ann, one):
    """Sending a filing again after one's mandate has ended tells nothing new of the case."""
    helper = node.person("helper@three.example", "Helper", "a still harbour at noon")
    given = ann.need(201, "POST", f"/api/v1/entities/{one['entity']}/mandates", {"login": "helper@three.example", "scopes": ["file"], "ground": "x"})
    text = v.early_warning()
    filed = helper.file("incident", "early_warning", text, entity=one["entity"], key="once")
    count.status(filed, 201, "filed by mandate")
    count.status(helper.file("incident", "early_warning", text, entity=one["entity"], key="once"), 200, "and again: the same")
    ann.need(204, "DELETE", "/api/v1/mandates/" + given["id"])
    count.status(helper.file("incident", "early_warning", text, entity=one["entity"], key="once"), 404, "after the mandate nothing of the case")
    count.status(helper.get(f"/api/v1/filings/{filed.json['filing']}/receipt"), 200, "the receipt stays hers")


def drafts(node):
    """However much a person saves, she can list what she saved."""
    clerk = node.person("clerk@four.example", "Clerk", "a slow harbour at noon")
    statuses = [clerk.post("/api/v1/drafts", {"text": "x" * 500000}).status for _ in range(30)]
    kept = statuses.count(201)
    count.check(20 < kept < 30 and set(statuses[kept:]) == {409}, f"drafts have a limit together: {statuses}")
    count.equal(len(clerk.need(200, "GET", "/api/v1/drafts")["drafts"]), kept, "and are all listed")


def unread(node, ann):
    """Who asks for long answers and does not read them holds no more of the node's memory than one person may."""
    content = bytes(10 * 1024 * 1024)
    path = "/api/v1/attachments/" + ann.need(201, "POST", "/api/v1/attachments?name=long.bin", content, kind="application/octet-stream")["id"]
    asked = []
    for _ in range(16):
        connection = ann.open()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.request("GET", path, None, {"Authorization": "Bearer " + ann.token})
        asked.append(connection)
        time.sleep(0.1)
    statuses = [connection.getresponse().status for connection in asked]
    for connection in asked:
        connection.close()
    count.equal((statuses.count(200), statuses.count(503)), (6, 10), "six of sixteen long answers are held for who does not read")
    until = time.monotonic() + 20
    while (again := ann.get(path)).status == 503 and time.monotonic() < until:
        time.sleep(0.2)
    count.check(again.status == 200 and again.data == content, "once they are gone the next is given whole")


def main():
    node = v.Node(edit=with_crisis_authority)
    try:
        node.start()
        admin = node.administrator()
        authority = node.officer(admin, "ca@node.example", "Officer", "ca", "the red tower stands 1", "head")
        crisis = node.officer(admin, "crisis@node.example", "Crisis officer", "ccma", "the blue tower stands 1", "head")
        ann = node.person("ann@one.example", "Ann", "a quiet harbour at dusk")
        one = ann.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))
        warned = ann.must_file("incident", "early_warning", v.early_warning(), entity=one["entity"])
        lists(crisis, authority, one["entity"], warned["case"])
        streams(node, admin, ann, one["entity"])
        drafts(node)
        unread(node, ann)
        names(node, ann, one["case"])
        repeats(node, ann, one)
        twins(node, authority, ann, one)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
