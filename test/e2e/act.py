#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Who may act: claims with their proofs and second person, invitations, bounded and delegated mandates, firms, one report for several
entities, leavers, and who is told of it."""
import re
import sys
import time

import _mailbox
import varde_client as v

count = v.Count()
FIELDS = {"scopes": ["read", "file"], "ground": "head of security since May", "capacity": "employee"}


def offices(text, mailbox):
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca-energy, kind: ca, name: Energy authority, sectors: [energy]}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     + _mailbox.settings(mailbox))


def same(one, other, drop=("id", "made_at", "expires_at", "asked", "proved_at", "decided_at")):
    return {k: w for k, w in one.items() if k not in drop} == {k: w for k, w in other.items() if k not in drop}


def notices(mailbox, officers, rep, stranger, one):
    """Who decides hears of a claim; who made it, and who manages the entity, what became of it, and of mandates."""
    addresses = {"officer": "energy@notice.example", "rep": "rep@notice.example", "stranger": "stranger@notice.example"}
    for client, name in ((officers[0], "officer"), (rep, "rep"), (stranger, "stranger")):
        mailbox.confirm(client, addresses[name])

    def came(name, subject, words):
        mail = mailbox.wait(lambda m: m["To"] == addresses[name] and m["Subject"] == subject and words in m.get_content())
        count.check(mail is not None, f"{name} is told \"{subject}\" with {words}")
        count.check(mail is None or (one["name"] not in mail.get_content() and FIELDS["ground"] not in mail.get_content()), "and nothing else")

    claim = stranger.need(201, "POST", "/api/v1/claims", {"number": one["number"], **FIELDS})["id"]
    came("officer", "A claim to act for an entity waits", claim)
    came("officer", "A claim to act for an entity waits", "/app/claims")
    came("rep", "A claim to act for an entity waits", f"/app/entities/{one['entity']}/people")
    officers[0].need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "refuse", "reason": "nobody knows you"})
    came("stranger", "A claim to act for an entity was refused", claim)
    came("stranger", "A claim to act for an entity was refused", "/app/people")
    came("rep", "A claim to act for an entity was refused", claim)
    came("rep", "A claim to act for an entity was refused", f"/app/entities/{one['entity']}/people")
    count.check(not [m for m in mailbox.mails if m["To"] == addresses["stranger"] and one["entity"] in m.as_string()], "who claims is not told which entity it is")
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 86400))
    mandate = rep.need(201, "POST", f"/api/v1/entities/{one['entity']}/mandates", {"login": stranger.login, "scopes": ["read"], "until": until, "capacity": "employee", "ground": "holiday"})["id"]
    came("stranger", "A mandate to act for an entity was given", mandate)
    came("rep", "A mandate to act for an entity was given", mandate)
    rep.need(204, "DELETE", f"/api/v1/mandates/{mandate}")
    came("stranger", "A mandate to act for an entity was revoked", mandate)
    sent = [m["Subject"] for m in mailbox.mails if m["To"] == addresses["stranger"]]
    count.equal(len(sent), 4, f"each once, and nothing besides: {sent}")


def claims(rep, ann, officers, stranger, one):
    """A claim by a number that is on the register and one by a number that nobody has are the same to who makes them."""
    real = ann.need(201, "POST", "/api/v1/claims", {"number": one["number"], **FIELDS})["id"]
    none = ann.need(201, "POST", "/api/v1/claims", {"number": "DEMO-nobody-has-it", **FIELDS})["id"]
    shown = [ann.need(200, "GET", f"/api/v1/claims/{claim}") for claim in (real, none)]
    count.check(same(*shown) and shown[0]["state"] == "open" and "entity" not in shown[0], f"both claims look alike: {shown}")
    count.problem(ann.post("/api/v1/claims", {"number": "x", "entity": "y", **FIELDS}), 422, "api.required", "number and entity at once")
    count.problem(ann.post("/api/v1/claims", {"number": "x", **FIELDS, "capacity": "friend"}), 422, "act.capacity", "an unknown capacity")
    count.problem(ann.post("/api/v1/claims", {"number": "x", **FIELDS, "procedures": ["incident/nothing"]}), 422, "act.procedure", "an unknown document")
    first, second, other = officers
    for who, name in ((stranger, "a stranger"), (other, "an officer of another sector")):
        count.status(who.get(f"/api/v1/claims/{real}"), 404, f"{name} reads the claim")
        count.status(who.post(f"/api/v1/claims/{real}/decision", {"decision": "approve", "reason": "x"}), 404, f"{name} decides")
        count.status(who.post(f"/api/v1/claims/{real}/letter"), 404, f"{name} makes a letter")
        count.status(who.post(f"/api/v1/claims/{real}/code", {"code": "0000"}), 404, f"{name} shows a code")
    count.problem(ann.post(f"/api/v1/claims/{real}/decision", {"decision": "approve"}), 403, "access.not_herself", "her own claim")
    count.check(real in [c["id"] for c in rep.need(200, "GET", f"/api/v1/claims?entity={one['entity']}")["items"]], "the representative sees it")
    count.check(real in [c["id"] for c in first.need(200, "GET", "/api/v1/claims?waiting=true")["items"]], "the officer's list has it")
    count.check(real not in [c["id"] for c in other.need(200, "GET", "/api/v1/claims?waiting=true")["items"]], "not that of another sector")
    count.status(rep.get("/api/v1/claims?waiting=true"), 403, "the waiting list is for officers")
    # a letter: the code is shown once to the officer, and comes back through the person
    letter = first.need(201, "POST", f"/api/v1/claims/{real}/letter")
    count.check(letter["letter"]["to"] == one["name"] and letter["code"] in " ".join(letter["letter"]["paragraphs"]), "the letter has name and code")
    count.status(rep.post(f"/api/v1/claims/{real}/letter"), 403, "a representative makes no letters")
    wrong = [ann.post(f"/api/v1/claims/{claim}/code", {"code": "0000-0000-0000-0000"}) for claim in (real, none)]
    count.equal(wrong[0].json, wrong[1].json, "a wrong code answers alike for both")
    count.problem(wrong[0], 403, "act.code", "a wrong code")
    count.status(ann.post(f"/api/v1/claims/{real}/code", {"code": letter["code"].upper().replace("-", " ")}), 204, "the right code")
    count.equal(ann.need(200, "GET", f"/api/v1/claims/{real}")["state"], "proved", "proved by letter")
    count.status(ann.get(f"/api/v1/entities/{one['entity']}"), 404, "a proof alone gives nothing")
    # the law asks for two officers
    said = first.need(200, "POST", f"/api/v1/claims/{real}/decision", {"decision": "approve"})
    count.equal(said, {"state": "proved", "waits_for_second": True}, "one officer's word is not enough")
    count.problem(first.post(f"/api/v1/claims/{real}/decision", {"decision": "approve"}), 409, "act.second_person", "the same officer again")
    said = second.need(200, "POST", f"/api/v1/claims/{real}/decision", {"decision": "approve"})
    count.equal(said["state"], "granted", "two officers grant")
    full = rep.need(200, "GET", f"/api/v1/claims/{real}")
    count.check(full["proof"] == "letter" and [w["side"] for w in full["voices"]] == ["officer"] * 2 and full["decided_by"], f"what was kept: {full}")
    count.status(ann.get(f"/api/v1/entities/{one['entity']}"), 200, "she acts now")
    # too many wrong codes end a claim that names nobody like any other
    for _ in range(4):
        ann.post(f"/api/v1/claims/{none}/code", {"code": "0000-0000-0000-0001"})
    ended = ann.need(200, "GET", f"/api/v1/claims/{none}")
    count.equal((ended["state"], ended["reason"]), ("ended", "too many wrong codes"), "five wrong codes")
    count.problem(ann.post(f"/api/v1/claims/{none}/code", {"code": "0000-0000-0000-0001"}), 409, "act.claim_over", "a code after the end")


def more_claims(rep, ann, officers, one, two):
    first, second, _ = officers
    # a representative's word is enough, and her refusal too
    asked = {"entity": two["entity"], **FIELDS, "scopes": ["file"], "procedures": ["incident"]}
    claim = ann.need(201, "POST", "/api/v1/claims", asked)["id"]
    count.equal(rep.need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "approve"})["state"], "granted", "the representative approves")
    claim = ann.need(201, "POST", "/api/v1/claims", asked)["id"]
    count.problem(rep.post(f"/api/v1/claims/{claim}/decision", {"decision": "refuse"}), 422, "act.reason", "a refusal without reason")
    count.equal(rep.need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "refuse", "reason": "we don't know you"})["state"], "refused", "refused")
    count.equal(ann.need(200, "GET", f"/api/v1/claims/{claim}")["reason"], "we don't know you", "she is told why")
    claim = ann.need(201, "POST", "/api/v1/claims", asked)["id"]
    count.status(ann.call("DELETE", f"/api/v1/claims/{claim}"), 204, "taken back")
    count.problem(rep.post(f"/api/v1/claims/{claim}/decision", {"decision": "approve"}), 409, "act.claim_over", "approved too late")
    # without a code an officer says how she made sure
    claim = ann.need(201, "POST", "/api/v1/claims", {"entity": one["entity"], **FIELDS, "scopes": ["manage"]})["id"]
    count.problem(first.post(f"/api/v1/claims/{claim}/decision", {"decision": "approve"}), 422, "act.reason", "no proof and no reason")
    first.need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "approve", "reason": "came with her passport and a letter of the board"})
    count.equal(second.need(200, "POST", f"/api/v1/claims/{claim}/decision", {"decision": "refuse", "reason": "the board says no"})["state"], "refused",
                "the second officer refuses")
    # one officer alone gives no mandate by the side door
    given = {"login": ann.login, "scopes": ["read"], "ground": "x"}
    count.problem(first.post(f"/api/v1/entities/{one['entity']}/mandates", given), 403, "act.second_person", "an officer alone gives a mandate")
    count.problem(first.post(f"/api/v1/entities/{one['entity']}/invitations", {"scopes": ["read"], "ground": "x"}), 403, "act.second_person",
                  "an officer alone invites")
    # a claim by a wrong number: an officer may say whom it is for, within her bounds
    spare = {**FIELDS, "scopes": ["read"]}
    claim = ann.need(201, "POST", "/api/v1/claims", {"number": one["number"] + " BE", **spare})["id"]
    count.status(first.get(f"/api/v1/claims/{claim}"), 404, "a claim that fits nothing is not for a bounded officer")


def mailed(mailbox, ann, rep, third):
    """A code by mail to the contact on the register; who claims a number of nobody gets the same words."""
    real = ann.need(201, "POST", "/api/v1/claims", {"number": third["number"], **FIELDS})["id"]
    none = ann.need(201, "POST", "/api/v1/claims", {"number": "DEMO-nobody-has-it", **FIELDS})["id"]
    said = [ann.need(202, "POST", f"/api/v1/claims/{claim}/mail") for claim in (real, none)]
    count.equal(said[0], said[1], "asking for the mail answers alike")
    for claim in (real, none):
        count.problem(ann.post(f"/api/v1/claims/{claim}/mail"), 409, "act.mail_pause", "asked again at once")
    is_code = lambda m: real in m.as_string() and m["Subject"] == "Somebody asks to act for you"
    mail = mailbox.wait(is_code)
    if not count.check(mail is not None, "the mail came"):
        return
    text = mail.get_content()
    count.check(third["name"] not in text and ann.login not in text, "the mail names neither entity nor person")
    count.equal([str(m["To"]) for m in mailbox.mails if is_code(m)], [third["contact"]], "to the contact alone")
    code = re.search(r"\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b", text).group(0)
    count.problem(ann.post(f"/api/v1/claims/{none}/code", {"code": code}), 403, "act.code", "the code at another claim")
    count.status(ann.post(f"/api/v1/claims/{real}/code", {"code": code}), 204, "the code of the mail")
    kept = rep.need(200, "GET", f"/api/v1/claims/{real}")
    count.equal((kept["state"], kept["proof"]), ("proved", "mail"), "proved by mail")
    rep.need(200, "POST", f"/api/v1/claims/{real}/decision", {"decision": "refuse", "reason": "enough for a test"})


def bounded(ann, two):
    """Her mandate for the second company is to file incidents, nothing else."""
    warned = ann.must_file("incident", "early_warning", v.early_warning(), entity=two["entity"])
    count.status(ann.get(f"/api/v1/cases/{warned['case']}"), 200, "she reads what she filed")
    count.status(ann.get(f"/api/v1/cases/{two['case']}"), 404, "not the registration's case")
    answer = ann.file("registration", "change", {"name": "Another name"}, case=two["case"])
    count.status(answer, 404, "nor may she file in it")
    listed = {c["procedure"] for c in ann.need(200, "GET", f"/api/v1/cases?entity={two['entity']}")["cases"]}
    count.equal(listed, {"incident"}, "her list has only incidents")


def invitations(rep, stranger, ann, one):
    path = f"/api/v1/entities/{one['entity']}/invitations"
    soon = v.instant(86400)
    outside = {"scopes": ["read", "file", "manage"], "ground": "engagement letter 7", "capacity": "law_firm", "may_delegate": True, "until": soon}
    bound = rep.need(201, "POST", path, {**outside, "login": stranger.login})
    count.problem(ann.post("/api/v1/me/invitations", {"code": bound["code"]}), 403, "act.invitation", "an invitation of another")
    taken = stranger.need(201, "POST", "/api/v1/me/invitations", {"code": bound["code"]})
    count.equal(taken["entity"], one["entity"], "taken")
    count.problem(stranger.post("/api/v1/me/invitations", {"code": bound["code"]}), 403, "act.invitation", "taken twice")
    # from outside: no more than she has, and not the right to give it on
    mandates = f"/api/v1/entities/{one['entity']}/mandates"
    give = {"login": ann.login, "scopes": ["read"], "ground": "colleague"}
    count.problem(stranger.post(mandates, give), 403, "act.delegate", "longer than her own")
    count.problem(stranger.post(mandates, {**give, "until": soon, "scopes": ["manage"], "may_delegate": True}), 403, "act.delegate", "the right to give it on")
    given = stranger.need(201, "POST", mandates, {**give, "until": soon})["id"]
    ending = rep.need(200, "GET", mandates + "?ends_before=" + v.instant(2 * 86400))["items"]
    count.equal({m["id"] for m in ending}, {given, taken["mandate"]}, "what ends soon")
    count.status(rep.post(f"/api/v1/mandates/{given}/renewal", {"until": v.instant(10 * 86400)}), 204, "renewed")
    count.problem(stranger.post(f"/api/v1/mandates/{given}/renewal", {"until": v.instant(20 * 86400)}), 403, "act.delegate", "not beyond her own")
    count.status(rep.call("DELETE", f"/api/v1/mandates/{taken['mandate']}"), 204, "revoked at once")
    count.status(stranger.get(f"/api/v1/entities/{one['entity']}"), 404, "gone with the next request")
    # without the word, from outside nobody lets others act
    code = rep.need(201, "POST", path, {"scopes": ["manage"], "ground": "x", "capacity": "service_provider"})
    stranger.need(201, "POST", "/api/v1/me/invitations", {"code": code["code"]})
    count.problem(stranger.post(mandates, {**give, "scopes": ["manage"]}), 403, "act.delegate", "sub-delegation is not said")
    back = rep.need(201, "POST", path, {"scopes": ["read"], "ground": "x"})
    count.status(rep.call("DELETE", f"{path}/{back['id']}"), 204, "an invitation taken back")
    count.problem(ann.post("/api/v1/me/invitations", {"code": back["code"]}), 403, "act.invitation", "it counts no more")
    listed = rep.need(200, "GET", path)["items"]
    count.check(len(listed) == 3 and "code" not in listed[0], "the list has no codes")
    count.status(ann.get(path), 403, "who does not manage does not see them")


def firms(rep, stranger, ann, one):
    firm = stranger.need(201, "POST", "/api/v1/firms", {"name": "Quibble and Partners (invented)"})["id"]
    count.status(ann.get(f"/api/v1/firms/{firm}"), 404, "another's firm")
    given = rep.need(201, "POST", f"/api/v1/entities/{one['entity']}/mandates",
                     {"firm": firm, "scopes": ["file", "read"], "ground": "engagement letter 8", "capacity": "law_firm", "procedures": ["incident"]})["id"]
    path = f"/api/v1/firms/{firm}/mandates/{given}/assigned"
    for mandate in ann.need(200, "GET", "/api/v1/me")["mandates"]:
        if mandate["entity"] == one["entity"]:
            rep.need(204, "DELETE", f"/api/v1/mandates/{mandate['id']}")
    count.status(ann.get(f"/api/v1/entities/{one['entity']}"), 404, "she has nothing there now")
    count.problem(stranger.post(path, {"login": ann.login, "scopes": ["file"]}), 404, "act.no_member", "assigned without being a member")
    stranger.need(204, "POST", f"/api/v1/firms/{firm}/members", {"login": ann.login})
    count.status(ann.get(f"/api/v1/entities/{one['entity']}"), 404, "a member without assignment does nothing")
    count.problem(stranger.post(path, {"login": ann.login, "scopes": ["manage"]}), 422, "act.assignment_scopes", "more than the mandate")
    stranger.need(204, "POST", path, {"login": ann.login, "scopes": ["file"]})
    warned = ann.file("incident", "early_warning", v.early_warning(), entity=one["entity"])
    count.status(warned, 201, "she files for the firm's client")
    count.problem(ann.post(f"/api/v1/firms/{firm}/members", {"login": rep.login}), 403, "act.firm_manager", "a member adds nobody")
    shown = stranger.need(200, "GET", f"/api/v1/firms/{firm}")
    count.equal([w["login"] for w in shown["mandates"][0]["assigned"]], [ann.login], "who works under it")
    count.status(stranger.call("DELETE", f"/api/v1/firms/{firm}/members/{ann.person}"), 204, "she leaves the firm")
    count.status(ann.get(f"/api/v1/entities/{one['entity']}"), 404, "and with it its clients, at once")
    count.problem(stranger.call("DELETE", f"/api/v1/mandates/{given}0"), 404, "access.mandate_id", "no such mandate")
    count.status(stranger.call("DELETE", f"/api/v1/mandates/{given}"), 204, "the firm lays its mandate down")


def groups(node, rep, made, stranger):
    """One report for three entities: three cases, or none."""
    ids = [one["entity"] for one in made]
    before = node.log_size()
    report = {"procedure": "incident", "document": "early_warning", "fields": v.early_warning(), "entities": ids}
    filed = rep.post("/api/v1/filings", report, key="group-1")
    count.status(filed, 201, "one report for three")
    filings = filed.json["filings"]
    count.equal([f["entity"] for f in filings], ids, "one filing each, in order")
    count.equal(len({f["case"] for f in filings}), 3, "a case each")
    count.check(all(f["duties"] for f in filings), "clocks of its own each")
    count.check(all(node.verify_second(f["receipt"])["valid"] for f in filings), "a receipt each, all valid")
    again = rep.post("/api/v1/filings", report, key="group-1")
    count.check(again.status == 200 and [f["filing"] for f in again.json["filings"]] == [f["filing"] for f in filings], "sent again: the same filings")
    count.problem(rep.post("/api/v1/filings", {**report, "entities": ids[:2]}, key="group-1"), 409, "filing.idempotency", "the key for another group")
    size = node.log_size()
    count.equal(size, before + 3, "three records")
    other = stranger.must_file("registration", "registration", v.registration("Wombley Grid (invented)", ["EN_EL_DSO"]))["entity"]
    answer = rep.post("/api/v1/filings", {**report, "entities": ids + [other]}, key="group-2")
    count.check(answer.status == 404 and other in answer.json["detail"], f"one of them is another's: {answer}")
    answer = rep.post("/api/v1/filings", {**report, "fields": {**report["fields"], "aware_at": "yesterday"}})
    count.check(answer.status == 422 and ids[0] in answer.json["detail"], f"a fault names the entity: {answer}")
    count.problem(rep.post("/api/v1/filings", {**report, "entity": ids[0]}), 422, "filing.group", "entity and entities")
    count.problem(rep.post("/api/v1/filings", {**report, "entities": ids[:1] * 2}), 422, "filing.group", "an entity twice")
    count.problem(rep.post("/api/v1/filings", {**report, "entities": [f"E{i:016d}" for i in range(51)]}), 422, "filing.group", "more than the limit")
    count.equal(node.log_size(), size + 1, "nothing was filed of what was refused")


def leavers(node, admin, officers, rep, ann, made):
    one = made[0]["entity"]
    heir = node.person("heir@one.example", "Heir", "a newer harbour at dusk")
    rep.need(201, "POST", f"/api/v1/entities/{one}/mandates", {"login": ann.login, "scopes": ["file", "manage"], "ground": "deputy", "capacity": "employee"})
    leave = {"login": rep.login, "entity": one, "to": heir.login}
    count.status(heir.post("/api/v1/leavers", leave), 404, "a stranger sees someone off")
    trial = ann.need(200, "POST", "/api/v1/leavers", {**leave, "trial": True})
    count.check(trial["is_trial"] and len(trial["ended"]["mandates"]) == 1, "what would happen")
    count.status(rep.get(f"/api/v1/entities/{one}"), 200, "a trial ends nothing")
    done = ann.need(200, "POST", "/api/v1/leavers", leave)
    count.check(done["ended"] == trial["ended"] and done["handed_over"] and not done["warnings"], f"ended and handed over: {done}")
    count.status(rep.get(f"/api/v1/entities/{one}"), 404, "she is out")
    count.status(heir.get(f"/api/v1/entities/{one}"), 200, "who takes over is in")
    count.problem(ann.post("/api/v1/leavers", {"login": ann.login, "entity": one}), 403, "access.not_herself", "oneself")
    # from the node: an administrator, everything, and a warning for entities left alone
    second = made[1]["entity"]
    count.status(ann.post("/api/v1/leavers", {"login": rep.login}), 403, "only an administrator")
    gone = admin.need(200, "POST", "/api/v1/leavers", {"login": rep.login})
    warned = {(w["rule"], w.get("entity")) for w in gone["warnings"]}
    count.check(("act.nobody_manages", second) in warned, f"an entity is left without representative: {gone}")
    count.check(("act.nobody_files", made[2]["entity"]) in warned and ("act.nobody_files", second) not in warned, "ann still files for the second")
    count.status(rep.get("/api/v1/me"), 401, "her session is over")
    # an office, with hand-over; the last administrator stays
    answer = admin.need(200, "POST", "/api/v1/leavers", {"login": officers[2].login, "office": "ca-health", "to": officers[0].login})
    count.equal((answer["ended"]["roles"], answer["handed_over"]), (["ca-health"], [{"office": "ca-health"}]), "the office's role goes over")
    count.status(officers[2].get("/api/v1/claims?waiting=true"), 403, "the officer is none any more")
    count.problem(officers[0].post("/api/v1/leavers", {"login": admin.login}), 403, "access.administrator", "an officer sees an administrator off")


def main():
    started = time.monotonic()
    mailbox = _mailbox.Mailbox()
    node = v.Node(edit=lambda text: offices(text, mailbox))
    mailbox.start(node.folder)
    node.start()
    try:
        admin = node.administrator()
        officers = [node.officer(admin, f"officer{i}@ca.example", f"Officer {i}", office, f"the tower of stone {i}")
                    for i, office in enumerate(("ca-energy", "ca-energy", "ca-health"))]
        rep = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        ann = node.person("ann@one.example", "Ann", "a louder harbour at dusk")
        stranger = node.person("stranger@else.example", "Stranger", "a farther harbour at dusk")
        fields = [v.registration(f"{name} Grid (invented)", ["EN_EL_DSO"]) for name in ("Quilzarn", "Zyntvupp", "Brofmel", "Vexquil")]
        made = [{**rep.must_file("registration", "registration", f), "name": f["name"], "number": f["national_number"],
                 "contact": f["contacts"][0]["email"]} for f in fields]
        claims(rep, ann, officers, stranger, made[0])
        more_claims(rep, ann, officers, made[0], made[1])
        mailed(mailbox, ann, rep, made[2])
        notices(mailbox, officers, rep, stranger, made.pop())
        bounded(ann, made[1])
        invitations(rep, stranger, ann, made[0])
        firms(rep, stranger, ann, made[0])
        groups(node, rep, made, stranger)
        leavers(node, admin, officers, rep, ann, made)
    finally:
        node.close()
    print(f"{time.monotonic() - started:.1f} s")
    return count.done()


sys.exit(main())
