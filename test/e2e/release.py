#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Sending abroad: rules propose, the preview shows side by side what each would get, a named officer releases; a peer without
a node gets signed documents that verify without the node; its answers are typed in; and one can always ask who got what."""
import base64
import json
import os
import random
import subprocess
import sys
import tempfile

import _change
import _mailbox
import varde_client as v

count = v.Count()
SECRET = "Telephone of the night desk: extension four"


def people(node):
    admin = node.administrator()
    make = lambda login, office, role="officer": node.officer(admin, login, login, office, "the grey tower of " + login, role=role)
    return {"ca": make("ca@node.example", "ca"), "csirt": make("csirt@node.example", "csirt"), "head": make("head@node.example", "csirt", "head"),
            "spoc": make("spoc@node.example", "spoc"), "spochead": make("spochead@node.example", "spoc", "head"),
            "company": node.person("security@vraxquel.example", "Night desk", "a quiet harbour at dusk")}


def incident(who):
    filed = who["company"].must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))
    who["ca"].must_file("registration", "approval", {"class": "essential", "grounds": "Supplies power."}, case=filed["case"])
    warned = who["company"].must_file("incident", "early_warning", v.early_warning(2, cross_border="yes", affected_states=["BE", "FR", "NL"], contact_name=SECRET),
                                      entity=filed["entity"])
    noted = who["company"].must_file("incident", "notification", v.notification(cross_border="yes", affected_states=["FR", "NL"], indicators="198.51.100.7",
                                     financial_loss="125000", contact_name=SECRET), case=warned["case"])
    return {"entity": filed["entity"], "case": warned["case"], "warning": warned["filing"], "notification": noted["filing"]}


def release(fields, **more):
    body = {"names": [{"name": name} for name in fields], "label": "TLP:AMBER", "basis": "NIS2 23(6)", "names_entity": False,
            "reason": "The incident concerns them."}
    body.update(more)
    return body


def preview(who, made):
    seen = who["csirt"].need(200, "GET", f"/api/v1/cases/{made['case']}/releases/preview?filing={made['notification']}")
    one = seen["filings"][0]
    by = {r["recipient"]: r for r in one["recipients"]}
    count.equal(sorted(by), ["body:enisa", "office:spoc", "state:FR", "state:NL"], "affected states, ENISA and the contact point are proposed, and no others")
    count.check(all(r["is_proposed"] and r["article"] for r in by.values()), "each with rule and article")
    count.equal(one["original"]["contact_name"], SECRET, "the original stands beside")
    count.check("contact_name" not in by["state:FR"]["gets"] and "financial_loss" not in by["state:FR"]["gets"], "what the form keeps from states stays")
    count.check("financial_loss" in by["body:enisa"]["gets"], "ENISA gets what states don't")
    why = {w["field"]: (w["rule"], w["article"]) for w in by["state:FR"]["withheld"]}
    count.equal(why["contact_name"], ("gate.form", "NIS2 23(5)"), "with the rule and article of what stays")
    count.check(one["not_receiving"][-1]["recipient"] == "everybody else", "and who will not receive it")
    count.status(who["company"].get(f"/api/v1/cases/{made['case']}/releases/preview"), 404, "a company sees no preview")
    chosen = who["csirt"].need(200, "GET", f"/api/v1/cases/{made['case']}/releases/preview?filing={made['notification']}&recipients=state:DE")
    extra = [r for r in chosen["filings"][0]["recipients"] if r["recipient"] == "state:DE"]
    count.check(len(extra) == 1 and not extra[0]["is_proposed"] and extra[0]["gets"] == {}, "who is not proposed gets nothing without a legal basis")
    count.equal({w["rule"] for w in extra[0]["withheld"]}, {"gate.basis"}, "and that is why")
    waiting = who["csirt"].need(200, "GET", "/api/v1/disclosures?case=" + made["case"])["waiting"]
    count.check(("state:FR", made["notification"]) in [(w["recipient"], w["filing"]) for w in waiting], "what is proposed waits for an officer")


def refusals(who, made):
    csirt, case, source = who["csirt"], made["case"], made["notification"]
    send = lambda fields: csirt.file("incident", "release", dict(fields, filing=source), case=case)
    count.problem(send(release(["impact"])), 422, "release.nobody", "nothing goes to everybody")
    count.problem(send(release(["impact"], states=["DE"])), 422, "release.not_proposed", "who is not proposed is to be confirmed by name", pointer="/fields/confirmed_states")
    count.problem(send(release(["impact"], states=["DE"], confirmed_states=["AT"])), 422, "release.not_proposed", "another name confirms nothing")
    count.problem(send(release(["contact_name"], states=["FR"])), 403, "gate.form", "what the form keeps from states does not go")
    count.problem(send(release(["impact"], states=["FR"], label="TLP:GREEN")), 422, "gate.derived", "what is made of AMBER is AMBER")
    count.problem(send(release(["no_such"], states=["FR"])), 422, "gate.field", "a field that is not there")
    count.problem(send(release(["impact"], states=["BE"])), 422, "release.recipient", "our own state is no recipient")
    count.problem(who["company"].file("incident", "release", dict(release(["impact"], states=["FR"]), filing=source), case=case), 403, "access.not_officer",
                  "a company releases nothing")
    count.status(send(release(["impact"], states=["DE"], confirmed_states=["DE"], basis="NIS2 37(1)")), 201, "confirmed by name it goes")


def verify(node, folder, document, envelope=None):
    path = os.path.join(folder, document["name"])
    with open(path, "wb") as file:
        file.write(base64.b64decode(document["content"]))
    words = [node.binary, "verify", path, "--json", "--key", node.key]
    if envelope is not None:
        with open(path + ".envelope", "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(envelope)
        words += ["--envelope", path + ".envelope"]
    return json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=False).stdout)


def documents(node, who, made):
    """To France: three fields and a summary. The documents verify without the node; a changed byte does not."""
    filed = who["csirt"].must_file("incident", "release", dict(release(["impact", "severity", "indicators"], states=["FR"], summary="Power <b>supply</b> & grid."),
                                   filing=made["notification"]), case=made["case"])
    path = f"/api/v1/disclosures/{filed['filing']}/state:FR"
    bundle = who["csirt"].need(200, "GET", path)["documents"]
    count.equal([d["media_type"] for d in bundle], ["application/json", "text/html", "application/pdf"], "JSON, HTML and PDF")
    with tempfile.TemporaryDirectory() as folder:
        for document in bundle:
            told = verify(node, folder, document, document["envelope"])
            count.check(told["valid"] and told["to"] == "state:FR" and told["kind"] == "disclosure" and told["subject"] == filed["filing"], f"{document['name']}: {told}")
        alone = verify(node, folder, bundle[0])
        count.check(alone["valid"] and not alone["envelope"] and alone["source"] == made["notification"] and alone["marking"] == "TLP:AMBER", f"the package proves itself: {alone}")
        package = json.loads(base64.b64decode(bundle[0]["content"]))
        for change in [lambda p: p["marking"].update(label="TLP:CLEAR"), lambda p: p.update(summary="Other words."),
                       lambda p: p["source"]["fields"][0].update(state="erased") if "state" in p["source"]["fields"][0] else p["source"]["fields"][0].update(value=1)]:
            other = json.loads(json.dumps(package))
            change(other)
            if other == package:
                continue
            changed = dict(bundle[0], content=base64.b64encode(json.dumps(other, separators=(",", ":"), ensure_ascii=False).encode()).decode())
            count.equal(verify(node, folder, changed, bundle[0]["envelope"])["valid"], False, "a changed package is not valid under its envelope")
        other = dict(bundle[1], name="x.html")
        count.equal(verify(node, folder, other, bundle[2]["envelope"])["valid"], False, "nor a document under another's envelope")
    shown = sorted(f["name"] for f in package["source"]["fields"] if "value" in f and f["value"] is not None)
    count.equal(shown, ["impact", "indicators", "severity"], "the fields released, and no others")
    text = b"".join(base64.b64decode(d["content"]) for d in bundle[:2])
    count.check(SECRET.encode() not in text and made["entity"].encode() not in text and b"Vraxquel" not in text and made["case"].encode() not in text,
                "neither contact nor entity nor case")
    count.check(b"&lt;b&gt;supply" in base64.b64decode(bundle[1]["content"]), "text is no markup")
    count.check(base64.b64decode(bundle[2]["content"]).startswith(b"%PDF-"), "the PDF is one")
    single = who["csirt"].get(path + "?format=html")
    count.check(single.header("varde-envelope") and single.header("content-type") == "text/html", "one document alone, with its envelope in a header")
    count.status(who["company"].get(path), 404, "a company gets none of it")
    return filed["filing"]


def both(node, folder, data, envelope):
    """What `varde verify` and tools/verify.py say of a document with its envelope (None: without)."""
    document = {"name": "changed", "content": base64.b64encode(data)}
    one = verify(node, folder, document, envelope)
    try:
        keys = [node.verify.key_parse(node.key)]
        two = {"valid": True, **node.verify.disclosure_verify(data, None if envelope is None else envelope.encode("utf-8", "surrogateescape"), keys)}
    except node.verify.Refused as no:
        two = {"valid": False, "rule": no.rule, "words": no.words}
    return one, two


def claimed(package, chance):
    """The package with one of its statements changed, so that its form stays good."""
    places = [(package, name) for name in ("release", "to", "summary")] + [(package["about"], "filing"), (package["marking"], "label"), (package["marking"], "basis")]
    places += [(receipt, name) for receipt in (package["source"], package["receipt"]) for name in ("filing", "node", "recorded_at")]
    places += [(item, "value") for receipt in (package["source"], package["receipt"]) for item in receipt["fields"] + receipt["header"] if "value" in item]
    place, name = chance.choice(places)
    if chance.randrange(4) == 0:
        place.pop(name, None)
    else:
        place[name] = chance.choice(["TLP:RED", "", 1, None, package["release"], "state:DE"])
    if chance.randrange(8) == 0:
        package["source"], package["receipt"] = package["receipt"], package["source"]
    return json.dumps(package, separators=(",", ":"), ensure_ascii=False).encode()


def second_verifier(node, who, path, changes):
    """tools/verify.py says of what was disclosed, good and changed at random, the same as the program."""
    bundle = who["csirt"].need(200, "GET", path)["documents"]
    chance, valid, told = random.Random(int(os.environ.get("VARDE_SEED", "3"))), 0, []
    with tempfile.TemporaryDirectory() as folder:
        for document in bundle:
            data = base64.b64decode(document["content"])
            for envelope in (document["envelope"],) + ((None,) if document["media_type"] == "application/json" else ()):
                one, two = both(node, folder, data, envelope)
                count.check(one["valid"] and one == two, f"{document['name']}: {one} and {two}")
        for number in range(changes):
            document = bundle[0] if number % 4 else chance.choice(bundle)
            data, envelope = base64.b64decode(document["content"]), document["envelope"]
            kind = chance.randrange(4)
            if kind == 0 and document is bundle[0]:
                data = claimed(json.loads(data), chance)
            elif kind == 1:
                envelope = _change.change(envelope.encode(), chance).decode("utf-8", "surrogateescape")
            else:
                data = _change.change(data, chance)
            if document is bundle[0] and kind != 1 and chance.randrange(4):
                envelope = None
            one, two = both(node, folder, data, envelope)
            valid += one["valid"]
            if one["valid"] != two["valid"] or (one["valid"] and one != two):
                told.append((number, one, two, data[:400]))
        count.equal(told[:3], [], f"{changes} changed documents, one verdict ({valid} still valid)")
        count.check(valid < changes / 2, f"changes are seen: {valid}")
        good = os.path.join(folder, bundle[2]["name"])
        verify(node, folder, bundle[2], bundle[2]["envelope"]) # leaves its files
        for words, code in ((["--envelope", good + ".envelope"], 0), ([], 1)):
            run = subprocess.run([sys.executable, v.ROOT + "/tools/verify.py", good, "--key", node.key, *words], stdout=subprocess.PIPE, check=False)
            count.equal(run.returncode, code, f"the command itself, {words}")


def answers(node, mailbox, who, made, released):
    csirt, case = who["csirt"], made["case"]
    state = lambda: [r["state"] for r in csirt.need(200, "GET", "/api/v1/disclosures?case=" + case)["disclosures"] if r["release"] == released]
    count.equal(state(), ["released"], "released, not handed over yet")
    one = {"release": released, "state": "FR"}
    csirt.must_file("incident", "handed_over", dict(one, to_whom="Duty officer", channel="encrypted_mail", handed_at=v.instant(-60)), case=case)
    count.equal(state(), ["handed_over"], "handed over")
    csirt.must_file("incident", "peer_acknowledged", dict(one, by_whom="Duty officer", confirmed_at=v.instant(-50)), case=case)
    count.equal(state(), ["acknowledged"], "acknowledged")
    answer = csirt.must_file("incident", "peer_answer", dict(one, from_whom="Duty officer", channel="phone", answered_at=v.instant(-40), text="We see it too."), case=case)
    count.equal(state(), ["answered"], "answered")
    count.equal(who["spoc"].need(200, "GET", "/api/v1/filings/" + answer["filing"])["fields"]["text"], "We see it too.", "what they answered is on record")
    who["spoc"].must_file("peer", "peer", {"state": "FR", "way": "documents", "office": "Single point of contact (invented)", "address": "spoc@fr.example"})
    mailbox.confirm(csirt, "csirt@node.example")
    csirt.must_file("incident", "recall", {"release": released, "reason": "Sent too much."}, case=case)
    count.equal(state(), ["recalled"], "recalled")
    path = f"/api/v1/disclosures/{released}/state:FR"
    count.problem(csirt.get(path), 409, "release.recalled", "what was recalled is handed out no more")
    notice = csirt.need(200, "GET", path + "?document=recall")["documents"]
    count.check(len(notice) == 3 and b"Destroy all copies" in base64.b64decode(notice[1]["content"]), "there is a notice to send")
    recalled(node, mailbox, csirt, made, released)
    csirt.must_file("incident", "handed_over", dict(one, to_whom="Duty officer", channel="courier", handed_at=v.instant(-6)), case=case)
    count.equal(state(), ["recalled"], "what is recorded late does not undo the recall")
    csirt.must_file("incident", "recall_confirmed", dict(one, by_whom="Duty officer", confirmed_at=v.instant(-5), how="Deleted."), case=case)
    count.equal(state(), ["destroyed"], "and a record of who confirmed")
    row = next(r for r in csirt.need(200, "GET", "/api/v1/disclosures?case=" + case)["disclosures"] if r["release"] == released)
    count.equal((row["recall"]["is_confirmed"], row["recall"]["next_at"]), (True, None), "nobody is sent the notice again")


def recalled(node, mailbox, csirt, made, released):
    """The node itself sends the peer the signed notice, which verifies as it came, and tells the office."""
    mail = mailbox.wait(lambda m: m["To"] == "spoc@fr.example")
    if not count.check(mail is not None, "the peer is sent the recall"):
        return
    text = mail.get_content().replace("\r\n", "\n")
    line = next(part for part in text.split("\n") if part.startswith("{"))
    envelope = text[text.index(line) + len(line) + 2:].split("\n\n")
    with tempfile.TemporaryDirectory() as folder:
        document = {"name": "notice.json", "content": base64.b64encode((line + "\n").encode())}
        told = verify(node, folder, document, envelope[0] + "\n\n" + envelope[1] + "\n")
    count.check(told["valid"] and told["kind"] == "recall" and told["subject"] == released and told["to"] == "state:FR", f"the notice in the mail verifies: {told}")
    count.check(made["case"] not in mail.as_string() and made["entity"] not in text and "Power" not in text, "it says nothing of the content")
    office = mailbox.wait(lambda m: m["To"] == "csirt@node.example" and m["Subject"].startswith(f"Release {released}"))
    count.check(office is None or f"/app/cases/{made['case']}/release" in office.get_content() and "/api/v1" not in office.get_content(), "the office hears what to hand over")
    count.check(office is not None, "the office that released it hears that it is not confirmed")
    row = next(r for r in csirt.need(200, "GET", "/api/v1/disclosures?case=" + made["case"])["disclosures"] if r["release"] == released)
    count.check(row["recall"]["sent"] == 1 and not row["recall"]["is_confirmed"] and row["recall"]["next_at"], f"and when it goes again: {row['recall']}")


def held(who, made):
    csirt, case = who["csirt"], made["case"]
    csirt.must_file("incident", "release_hold", {"filing": made["notification"], "states": ["NL"], "reason": "We wait for the final report."}, case=case)
    csirt.must_file("incident", "release_refused", {"filing": made["notification"], "bodies": ["enisa"], "reason": "Told through the network already."}, case=case)
    seen = csirt.need(200, "GET", "/api/v1/disclosures?case=" + case)
    states = {(r["recipient"], r["state"]) for r in seen["disclosures"] if r["filing"] == made["notification"]}
    count.check({("state:NL", "held"), ("body:enisa", "refused")} <= states, "who did not receive it, and by which filing that was decided")
    waiting = [(w["recipient"], w["filing"]) for w in seen["waiting"]]
    count.check(("state:NL", made["notification"]) not in waiting and ("office:spoc", made["notification"]) in waiting, "what is decided waits no more")


def standing(who, made):
    """A state authorises a narrow set in advance, by two persons; the node then releases that, and no more, with the ground on record."""
    fields = {"documents": ["early_warning"], "names": [{"name": "cross_border"}, {"name": "contact_name"}, {"name": "suspected_malicious"}], "states": ["FR"],
              "label": "TLP:AMBER", "basis": "NIS2 23(6)", "until": v.instant(3600), "written": "Decision 2026/7"}
    proposed = who["spoc"].must_file("standing", "standing_proposal", fields)
    final = dict(fields, proposal=proposed["filing"])
    count.problem(who["spoc"].file("standing", "standing_release", final, case=proposed["case"]), 403, "filing.head", "an officer authorises nothing")
    count.problem(who["spochead"].file("standing", "standing_release", dict(final, states=["FR", "NL"]), case=proposed["case"]), 422, "filing.second_person",
                  "it is authorised as it was proposed")
    allowed = who["spochead"].must_file("standing", "standing_release", final, case=proposed["case"])
    warn = lambda: who["company"].must_file("incident", "early_warning", v.early_warning(1, cross_border="yes", affected_states=["FR", "NL"], contact_name=SECRET), entity=made["entity"])
    case = warn()["case"]
    seen = who["csirt"].need(200, "GET", "/api/v1/disclosures?case=" + case)
    count.equal([(r["recipient"], r["fields"], r["state"]) for r in seen["disclosures"]], [("state:FR", ["suspected_malicious", "cross_border"], "released")],
                "the node releases what both the rule and the authorisation name")
    filing = who["csirt"].need(200, "GET", "/api/v1/filings/" + seen["disclosures"][0]["release"])
    count.equal((filing["header"]["filer_role"], filing["fields"]["standing"]), ("node", allowed["filing"]), "with that ground on record")
    count.check(any(w["recipient"] == "state:NL" for w in seen["waiting"]), "the other state waits for an officer")
    who["spoc"].must_file("standing", "standing_revoked", {"standing": allowed["filing"], "reason": "Ended."}, case=proposed["case"])
    count.equal(who["csirt"].need(200, "GET", "/api/v1/disclosures?case=" + warn()["case"])["disclosures"], [], "revoked, it releases nothing more")


def peers(who, made):
    for state, way in [("FR", "documents"), ("IT", "documents"), ("NL", "node")]:
        who["spoc"].must_file("peer", "peer", {"state": state, "way": way, "office": "Single point of contact (invented)", "address": "spoc@peer.example"})
    listed = who["csirt"].need(200, "GET", "/api/v1/peers")["peers"]
    count.equal([(p["name"], p["way"]) for p in listed], [("state:FR", "documents"), ("state:IT", "documents"), ("state:NL", "node")], "peers, with and without node")
    seen = who["csirt"].need(200, "GET", f"/api/v1/cases/{made['case']}/releases/preview?filing={made['notification']}")["filings"][0]
    count.equal([n["recipient"] for n in seen["not_receiving"]], ["state:IT", "everybody else"], "who will not receive it, by name")
    count.status(who["company"].get("/api/v1/peers"), 403, "the list is for officers")


def main():
    mailbox = _mailbox.Mailbox()
    node = v.Node(edit=lambda text: v.quick_heads(text) + _mailbox.settings(mailbox))
    try:
        mailbox.start(node.folder)
        node.start()
        who = people(node)
        made = incident(who)
        preview(who, made)
        refusals(who, made)
        released = documents(node, who, made)
        second_verifier(node, who, f"/api/v1/disclosures/{released}/state:FR", 10000 if os.environ.get("VARDE_LONG") else 200)
        answers(node, mailbox, who, made, released)
        held(who, made)
        standing(who, made)
        peers(who, made)
    finally:
        print(node.log()[-2000:]) if os.environ.get("SHOW") else None
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
