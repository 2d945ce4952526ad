#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Who sees what: another company, an office of another sector, a draft's other reader, a person without her second factor, a token
with narrow scopes; attachments up and down, with their limits; who read what."""
import hashlib
import os
import sys

import varde_client as v

count = v.Count()


def two_authorities(text):
    """An authority for energy and one for health beside the CSIRT and the SPOC."""
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca-energy, kind: ca, name: Energy authority, sectors: [energy]}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n")


def companies(node, energy):
    """Two companies of one sector, one approved incident at the first."""
    first = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
    second = node.person("security@two.example", "Two's night desk", "a loud harbour at dawn")
    one = first.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))
    two = second.must_file("registration", "registration", v.registration("Zyntvupp Grid (invented)", ["EN_EL_DSO"]))
    energy.must_file("registration", "approval", {"class": "essential"}, case=one["case"])
    warned = first.must_file("incident", "early_warning", v.early_warning(), entity=one["entity"])
    return first, second, one, two, warned


def others(first, second, one, two, warned):
    """What is another's reads as if it did not exist; a random identifier gives the very same answer."""
    for path in (f"/api/v1/cases/{warned['case']}", f"/api/v1/filings/{warned['filing']}", f"/api/v1/filings/{warned['filing']}/receipt",
                 f"/api/v1/entities/{one['entity']}", f"/api/v1/entities/{one['entity']}/scope", f"/api/v1/cases?entity={one['entity']}",
                 f"/api/v1/duties?entity={one['entity']}", f"/api/v1/entities/{one['entity']}/mandates", f"/api/v1/reads?entity={one['entity']}"):
        count.status(second.get(path), 404, f"another company's {path}")
        count.status(second.get(path.replace(warned["case"], "C" + "0" * 16).replace(warned["filing"], "F" + "0" * 16)
                                .replace(one["entity"], "E" + "0" * 16)), 404, f"nobody's {path}")
        nobody = second.again()
        nobody.token = None
        count.status(nobody.get(path), 401, f"nobody asks for {path}")
    real = second.get(f"/api/v1/cases/{warned['case']}").json
    none = second.get("/api/v1/cases/C0000000000000000").json
    count.equal(real, none, "an existing case that one may not see and one that is none answer alike")
    real = second.file("incident", "notification", v.notification(), case=warned["case"])
    none = second.file("incident", "notification", v.notification(), case="C0000000000000000")
    count.equal((real.status, none.status), (404, 404), "filing into another's case and into none")
    count.equal(real.json, none.json, "both answer alike")
    count.status(second.file("incident", "early_warning", v.early_warning(), entity=one["entity"]), 404, "an incident of another's entity")
    mine = second.pages("/api/v1/entities", "entities")
    count.equal([e["id"] for e in mine], [two["entity"]], "the list of entities holds one's own")
    count.status(second.get("/api/v1/cases"), 403, "the list of all cases is for offices")
    count.equal(first.need(200, "GET", f"/api/v1/cases?entity={one['entity']}")["cases"][0]["entity"], one["entity"], "one's own cases")


def sectors(energy, health, warned, one):
    """An authority of another sector sees neither case nor entity."""
    count.status(energy.get(f"/api/v1/cases/{warned['case']}"), 200, "the energy authority reads the case")
    count.status(health.get(f"/api/v1/cases/{warned['case']}"), 404, "the health authority does not")
    count.status(health.get(f"/api/v1/entities/{one['entity']}"), 404, "nor the entity")
    count.status(health.get(f"/api/v1/filings/{warned['filing']}"), 404, "nor the filing")
    answer = health.file("incident", "clock_contest", {"reason": "x"}, case=warned["case"])
    count.check(answer.status in (403, 404), f"nor files into it: {answer}")
    count.equal([c["id"] for c in health.pages("/api/v1/cases", "cases")], [], "its list of cases is empty")
    count.equal(health.need(200, "GET", "/api/v1/duties")["duties"], [], "and its list of duties")
    count.check(warned["case"] in [c["id"] for c in energy.pages("/api/v1/cases", "cases")], "the other's is not")
    counts = health.need(200, "GET", "/api/v1/entities/counts")["counts"]
    count.equal([c for c in counts if c["sector"] == "energy"], [], "counts of other sectors are not told")
    found = health.need(200, "GET", "/api/v1/entities?search=quilzarn&count=true")
    count.equal((found["entities"], found["total"]), ([], 0), "search finds nothing of other sectors")


def factors(node, admin):
    """A role counts with a second factor only."""
    invited = admin.need(201, "POST", "/api/v1/invitations", {"login": "new@node.example", "name": "New officer"})
    client = node.client()
    client.need(200, "POST", "/api/v1/redeem", {"code": invited["code"], "password": "a grey gate in the north"})
    count.status(node.client().post("/api/v1/redeem", {"code": invited["code"], "password": "a grey gate in the south"}), 403, "a code works once")
    admin.need(201, "POST", "/api/v1/roles", {"person": invited["person"], "office": "csirt", "role": "officer"})
    client.sign_in("new@node.example", "a grey gate in the north")
    count.status(client.get("/api/v1/cases"), 403, "no cases without a second factor")
    client.second_factor()
    count.status(client.get("/api/v1/cases"), 200, "cases with it")
    again = node.client()
    wrong = again.post("/api/v1/session", {"login": "new@node.example", "password": "a grey gate in the north"})
    count.problem(wrong, 401, "access.code_needed", "signing in without the code")
    again.secret, again.last_step = client.secret, client.last_step
    used = v.totp(client.secret, client.last_step)
    count.problem(again.post("/api/v1/session", {"login": "new@node.example", "password": "a grey gate in the north", "code": used}), 401,
                  "access.refused", "a code is not used twice")
    again.sign_in("new@node.example", "a grey gate in the north")
    count.status(again.get("/api/v1/cases"), 200, "signed in again")
    count.status(again.call("DELETE", "/api/v1/session"), 204, "signs out")
    count.status(again.get("/api/v1/cases"), 401, "and is out")


def tokens(first, one):
    """A token may do what it was made for, and never what only a session may."""
    reader = first.again(first.make_token("reads", ["read"]))
    count.status(reader.get(f"/api/v1/entities/{one['entity']}"), 200, "a token to read reads")
    count.problem(reader.file("incident", "early_warning", v.early_warning(), entity=one["entity"]), 403, "access.scope", "and does not file")
    count.problem(reader.post("/api/v1/tokens", {"name": "more", "scopes": ["read"]}), 403, "access.scope", "nor makes tokens")
    filer = first.again(first.make_token("files", ["file"]))
    count.status(filer.get(f"/api/v1/entities/{one['entity']}"), 403, "a token to file does not read")
    token = first.need(201, "POST", "/api/v1/tokens", {"name": "short", "scopes": ["read"]})
    short = first.again(token["token"])
    count.status(short.get("/api/v1/me"), 200, "a token")
    first.need(204, "DELETE", "/api/v1/tokens/" + token["id"])
    count.status(short.get("/api/v1/me"), 401, "revoked at once")
    count.status(first.again("x" * 20).get("/api/v1/me"), 401, "a token that is none")


def watched(admin, first, energy):
    """What an administrator watches over is for her alone: backups, whose machine does what; and what is due without naming anything."""
    none = admin.need(200, "GET", "/api/v1/backups")
    count.check((none["state"], none["made_at"], none["is_trial_due"], none["items"]) == ("never", None, True, []) and none["records_since"] > 0, f"no backup was made: {none}")
    made = first.need(201, "POST", "/api/v1/tokens", {"name": "sensor", "scopes": ["read"]})
    machine = first.again(made["token"])

    def row():
        return next(one for one in admin.need(200, "GET", "/api/v1/tokens/all")["items"] if one["id"] == made["id"])
    count.equal(row()["used_at"], None, "a token that nobody used")
    machine.need(200, "GET", "/api/v1/me")
    used = row()["used_at"]
    count.check(used is not None, "a reading is a use")
    machine.need(200, "GET", "/api/v1/me")
    count.equal(row()["used_at"], used, "noted once an hour")
    for who in (first, energy, machine):
        count.status(who.get("/api/v1/tokens/all"), 403, "not for others")
        count.status(who.get("/api/v1/backups"), 403, "nor the backups")
    path = f"/api/v1/persons/{row()['person']}/tokens/{made['id']}"
    count.status(energy.call("DELETE", path), 403, "nor may they revoke")
    count.status(admin.call("DELETE", f"/api/v1/persons/nobody/tokens/{made['id']}"), 404, "the token of that person")
    admin.need(204, "DELETE", path)
    count.status(machine.get("/api/v1/me"), 401, "the machine is out")
    count.check(any(one["kind"] == "token_revoked" for one in first.need(200, "GET", "/api/v1/me/events")["items"]), "its owner sees it")
    due = admin.need(200, "GET", "/api/v1/retention")
    count.check(due["is_counts_only"] and due["report"]["proposals"] == [] and "orders" not in due and sum(one["filings"] for one in due["report"]["rules"]) > 0, "an administrator sees counts")
    count.status(first.get("/api/v1/retention"), 403, "a company does not")
    count.equal(admin.need(200, "GET", "/api/v1/peers")["peers"], [], "no peer yet")
    count.status(first.get("/api/v1/outbox/letters"), 403, "letters of offices are for officers")
    own = first.need(200, "GET", "/api/v1/law/words")
    said = {(one["key"], one["language"]): one for one in own["words"]}
    count.check(own["pack"] == "national/be" and said[("pack.title", "fr")]["own"] == "Belgique" and said[("pack.title", "fr")]["union"] is None, "the state's own words")
    count.check(all(one["own"] != one["union"] for one in own["words"]), "only those that differ")
    for what in ("letters", "disclosures"):
        count.equal(energy.need(200, "GET", f"/api/v1/outbox/{what}?open=true")["items"], [], f"no {what} yet")


def mandates(first, second, energy, one, warned):
    """A mandate lets a person of another firm in; when it ends she is out."""
    given = first.need(201, "POST", f"/api/v1/entities/{one['entity']}/mandates",
                       {"login": "security@two.example", "scopes": ["read"], "ground": "managed service"})
    count.status(second.get(f"/api/v1/cases/{warned['case']}"), 200, "with a mandate to read she reads")
    count.problem(second.file("incident", "notification", v.notification(), case=warned["case"]), 403, "access.mandate_file", "and does not file")
    first.need(204, "DELETE", "/api/v1/mandates/" + given["id"])
    count.status(second.get(f"/api/v1/cases/{warned['case']}"), 404, "ended, she is out")
    readings = first.need(200, "GET", f"/api/v1/reads?entity={one['entity']}")["items"]
    count.check(any(r["office"] == "ca-energy" and r["kind"] == "case" for r in readings), f"the company learns that the authority read its case: {readings}")
    count.check(all("person" not in r for r in readings), "and not which officer")


def drafts(first, second, admin, energy):
    """Saved incomplete, resumed, guarded against another window; nobody else reads it."""
    text = {"procedure": "incident", "document": "early_warning", "fields": {"summary": "Half a sent", "cross_border": None}}
    saved = first.post("/api/v1/drafts", text)
    count.status(saved, 201, "a draft is saved")
    draft = saved.json
    path = "/api/v1/drafts/" + draft["id"]
    for who, name in ((second, "another company"), (admin, "the administrator"), (energy, "the authority")):
        count.status(who.get(path), 404, f"{name} does not read it")
        count.status(who.call("PUT", path, {"a": 1}), 404, f"{name} does not change it")
        count.status(who.call("DELETE", path), 404, f"{name} does not delete it")
        count.equal(who.need(200, "GET", "/api/v1/drafts")["drafts"], [], f"{name} has none")
    resumed = first.get(path)
    count.equal(resumed.json["draft"], text, "resumed as it was")
    etag = resumed.header("etag")
    text["fields"]["summary"] = "Half a sentence"
    second_save = first.call("PUT", path, text, headers={"If-Match": etag})
    count.status(second_save, 200, "saved again")
    count.problem(first.call("PUT", path, text, headers={"If-Match": etag}), 412, "http.precondition", "the other window is told")
    count.status(first.get(path, headers={"If-None-Match": second_save.header("etag")}), 304, "and nothing new is nothing new")
    count.equal([d["id"] for d in first.need(200, "GET", "/api/v1/drafts")["drafts"]], [draft["id"]], "one's list")
    first.need(204, "DELETE", path)
    count.status(first.get(path), 404, "deleted")


def in_clear(node, needle):
    """Whether NEEDLE stands in any file of the database."""
    for name in os.listdir(node.folder):
        if name.startswith("node.db"):
            with open(os.path.join(node.folder, name), "rb") as file:
                if needle in file.read():
                    return name
    return None


def attachments(node, first, second, energy, one, warned):
    content = b"addresses of the attacker \x00\xff" + os.urandom(200000)
    up = first.post("/api/v1/attachments?name=indicators.bin", content, kind="application/octet-stream")
    count.status(up, 201, "an attachment is uploaded")
    attachment = up.json
    count.equal((attachment["sha256"], attachment["size_bytes"]), (hashlib.sha256(content).hexdigest(), len(content)), "its hash and size")
    path = "/api/v1/attachments/" + attachment["id"]
    count.status(second.get(path), 404, "before filing it is its author's alone")
    count.status(energy.get(path), 404, "not even the authority's")
    stolen = second.file("registration", "registration", v.registration("Brulfthix Grid (invented)", ["EN_EL_DSO"]), attachments=[attachment["id"]])
    count.problem(stolen, 422, "filing.attachment_unknown", "another's attachment does not go into one's own filing")
    filed = first.must_file("incident", "notification", v.notification(), case=warned["case"], attachments=[attachment["id"]])
    named = [item for item in filed["receipt"]["header"] if item["name"] == "attachments"][0]["value"]
    count.equal(named[0]["sha256"], attachment["sha256"], "the receipt proves the attachment's hash")
    for who in (first, energy):
        down = who.get(path)
        count.check(down.status == 200 and down.data == content, "downloaded as it was")
        count.equal((down.header("content-disposition"), down.header("content-type")), ("attachment", "application/octet-stream"), "never shown by a browser")
    count.status(second.get(path), 404, "and not by another company")
    count.problem(first.file("incident", "progress_report", {"status": "x", "is_ongoing": True}, case=warned["case"], attachments=[attachment["id"]]),
                  422, "filing.attachment_unknown", "an attachment is filed once")
    count.equal(in_clear(node, b"addresses of the attacker"), None, "attachments lie encrypted")
    count.equal(in_clear(node, b"Half a sentence"), None, "drafts lie encrypted")
    count.equal(in_clear(node, b"a tenth of the customers"), None, "fields lie encrypted")
    few = [first.post(f"/api/v1/attachments?name=a{i}.txt", b"x", kind="text/plain").json["id"] for i in range(5)]
    count.problem(first.file("incident", "early_warning", v.early_warning(), entity=one["entity"], attachments=few), 422, "filing.attachments",
                  "more attachments than the document takes")
    count.problem(first.post("/api/v1/attachments?name=..%2Fpasswd", b"x", kind="text/plain"), 422, "attachment.name", "a name with a path")
    count.problem(first.post("/api/v1/attachments", b"x", kind="text/plain"), 422, "attachment.name", "no name")
    count.problem(first.post("/api/v1/attachments?name=a.txt", b"", kind="text/plain"), 422, "attachment.empty", "nothing in it")
    limit = 10 * 1024 * 1024
    count.status(first.post("/api/v1/attachments?name=most.bin", b"m" * limit, kind="application/octet-stream"), 201, "the largest that is taken")
    try:
        answer = first.post("/api/v1/attachments?name=more.bin", b"m" * (limit + 1), kind="application/octet-stream")
        count.check(answer.status == 413 and answer.is_problem(), f"one byte more: {answer}")
    except v.Gone as gone:
        count.check(False, f"one byte more: no answer: {gone}")
        first.close()


def own_account(node, first):
    """The language of an account is chosen, and who signs in sees the offices of the node by name."""
    first.need(204, "PATCH", "/api/v1/me", {"language": "de"})
    count.equal(first.need(200, "GET", "/api/v1/me")["language"], "de", "the language that she chose")
    labels = {o["office"]: o["label"] for o in first.need(200, "GET", "/api/v1/offices")["offices"]}
    count.equal((labels["ca-energy"], labels["spoc"]), ("Zuständige Behörde", "Zentrale Anlaufstelle"), "answers speak it")
    count.problem(first.call("PATCH", "/api/v1/me", {"language": "xx"}), 422, "api.language", "no official language")
    count.problem(first.call("PATCH", "/api/v1/me", {"language": "fr", "name": "Another"}), 422, "api.unknown_member", "nothing else is changed by it")
    first.need(204, "PATCH", "/api/v1/me", {"language": "en"})
    offices = {o["office"]: o for o in first.need(200, "GET", "/api/v1/offices")["offices"]}
    count.equal((offices["ca-energy"]["kind"], offices["ca-energy"]["sectors"], offices["ca-energy"]["is_own"]), ("ca", ["energy"], False), "an office as it is set up")
    count.status(node.client().get("/api/v1/offices"), 401, "for whoever signs in")


def titles(admin, energy):
    """A list with titles reads words of the opening filings: who saw them stands among the readings, once."""
    read = lambda: sorted(r["resource"] for r in admin.need(200, "GET", "/api/v1/reads")["items"] if r["kind"] == "filing" and r["person"] == energy.person)
    before = read()
    cases = energy.need(200, "GET", "/api/v1/cases?workspace=desk&titles=true")["cases"]
    named = [c["id"] for c in cases if c.get("title")]
    count.check(named, f"there are titles: {cases}")
    count.equal(len(read()) - len(before), len(named), "each is a reading of its filing")
    energy.need(200, "GET", "/api/v1/cases?workspace=desk&titles=true")
    count.equal(len(read()) - len(before), len(named), "once an hour")


def codings(node):
    """Each coding of a file of the web interface has a strong tag of its own."""
    tags = {coding: node.client().get("/app/", headers={"accept-encoding": coding}) for coding in ("identity", "gzip", "br")}
    count.equal({c: a.header("content-encoding") or "identity" for c, a in tags.items()}, {c: c for c in tags}, "as it was asked for")
    count.equal(len({a.header("etag") for a in tags.values()}), 3, "three tags")
    again = node.client().get("/app/", headers={"accept-encoding": "br", "if-none-match": tags["gzip"].header("etag")})
    count.equal(again.status, 200, "the tag of another coding is not this one's")


def main():
    node = v.Node(edit=two_authorities)
    try:
        node.start()
        admin = node.administrator()
        energy = node.officer(admin, "energy@node.example", "Officer for energy", "ca-energy", "the red tower stands 1")
        health = node.officer(admin, "health@node.example", "Officer for health", "ca-health", "the blue tower stands 1")
        first, second, one, two, warned = companies(node, energy)
        others(first, second, one, two, warned)
        sectors(energy, health, warned, one)
        factors(node, admin)
        tokens(first, one)
        watched(admin, first, energy)
        mandates(first, second, energy, one, warned)
        drafts(first, second, admin, energy)
        attachments(node, first, second, energy, one, warned)
        own_account(node, first)
        titles(admin, energy)
        codings(node)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
