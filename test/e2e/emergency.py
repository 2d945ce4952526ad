#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Reports without account: filed over the API and from a page without JavaScript, held in quarantine, claimed, checked, attached to an
entity and taken from it again, with receipts and first clock as they were; limits; nothing acknowledged is lost when the node is killed."""
import html
import re
import sys
import threading
import time
import urllib.parse

import varde_client as v

count = v.Count()
HOSTILE = "\"><script>alert(1)</script>&'<b>"


def report(**more):
    fields = {"organisation": "Vraxquel Power (invented)", "contact_name": "Ilvane Quorst", "contact_phone": "+999 1 234 56 78",
              "summary": "The control room is encrypted.", "aware_at": v.instant(-3600), "signs": ["malicious"]}
    fields.update(more)
    return {name: value for name, value in fields.items() if value is not None}


def edit(text):
    return v.quick_heads(text) + "emergency:\n  telephone: '+999 112'\n  fax: '+999 113'\n  post: 'Night street 1, Demoville'\n  per_hour: 9\n"


class World:
    def __init__(self):
        self.node = v.Node(edit=edit).start()
        admin = self.node.administrator()
        self.csirt = self.node.officer(admin, "csirt@node.example", "Csirt officer", "csirt", "a beacon on the hill 2")
        self.ca = self.node.officer(admin, "ca@node.example", "Authority officer", "ca", "a beacon on the hill 3")
        self.spoc = self.node.officer(admin, "spoc@node.example", "Contact officer", "spoc", "a beacon on the hill 4")
        self.company = self.node.person("anna@vraxquel.example", "Anna", "a beacon on the hill 5")
        self.other = self.node.person("otto@umbrix.example", "Otto", "a beacon on the hill 6")
        self.nobody = self.node.client()
        self.entity = self.company.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]
        self.wrong = self.other.must_file("registration", "registration", v.registration("Umbrixkyrr Water (invented)", ["DW_SUPPLY"]))["entity"]


def file_and_hold(w):
    """Filed without account; only the CSIRT sees it, and nothing was told to anyone else."""
    streams = {who: getattr(w, who).events() for who in ("csirt", "ca", "spoc", "company")}
    filed = w.nobody.post("/api/v1/emergency", {"fields": report()}, key="0123456789abcdef-a")
    count.status(filed, 201, "a report without account")
    body = {"fields": report(summary="Sent twice.")}
    first, second = (w.nobody.post("/api/v1/emergency", body, key="0123456789abcdef-b") for _ in range(2))
    count.equal((first.status, second.status), (201, 200), "the same request under the same key: one report")
    count.equal((first.json["token"], first.json["case"]), (second.json["token"], second.json["case"]), "and the same token again")
    one = filed.json
    count.check(re.fullmatch("vrd_e_[0-9a-f]{64}", one["token"]), "the token has 256 bits")
    count.check(w.node.verify_second(one["receipt"])["valid"], "the receipt verifies")
    case = w.csirt.need(200, "GET", f"/api/v1/cases/{one['case']}")
    count.equal((case["state"], case["workspace"], case["entity"]), ("unverified", "held-csirt", None), "held by the CSIRT")
    duties = {d["duty"]: d for d in case["duties"]}
    count.equal(duties["early_warning"]["status"], "done_in_time", "it counts as the early warning")
    count.check(duties["notification"]["due"] and not duties["notification"]["done_by"], "and the clock of the notification runs")
    for who, name in ((w.ca, "authority"), (w.spoc, "contact point"), (w.company, "company"), (w.other, "another")):
        count.status(who.get(f"/api/v1/cases/{one['case']}"), 404, f"the {name} does not know of it")
        count.status(who.get(f"/api/v1/filings/{one['filing']}"), 404, f"nor of the filing: the {name}")
    desk = [c["id"] for c in w.csirt.pages("/api/v1/cases", "cases")]
    count.check(one["case"] not in desk, "it is not at the desk")
    held = [c["id"] for c in w.csirt.pages("/api/v1/cases?workspace=held-csirt", "cases")]
    count.check(one["case"] in held, "it is in quarantine")
    count.status(w.ca.get("/api/v1/cases?workspace=held-csirt"), 403, "the authority has no such list")
    plain = w.company.must_file("incident", "voluntary_notification", {"kind": "near_miss", "summary": "A lost key."}, entity=w.entity)["filing"]
    for who, stream in streams.items():
        count.check(stream.wait(lambda e: plain in e.get("data", "")) or who == "spoc", f"the stream of {who} tells of what is not held")
        count.equal(any(one["filing"] in e.get("data", "") for e in stream.all), who == "csirt", f"of what is held it tells the CSIRT alone: {who}")
        stream.close()
    for who in (w.ca, w.spoc):
        for path in ("/api/v1/queue", "/api/v1/search?q=control", "/api/v1/search?q=Ilvane", "/api/v1/duties"):
            answer = who.get(path)
            count.check(one["case"].encode() not in answer.data, f"{path} does not tell others: {answer}")
    found = w.csirt.need(200, "GET", "/api/v1/search?q=encrypted&workspace=held-csirt")
    count.check(one["case"] in str(found), f"the CSIRT finds it by its words: {found}")
    refused = w.nobody.post("/api/v1/emergency", {"fields": report(contact_phone="none", summary=None)})
    count.problem(refused, 422, "field.required", "what is missing is named", "/summary")
    return one


def queue(w, one):
    """What agrees with the register comes first, with what agrees and which cases are open."""
    odd = w.nobody.post("/api/v1/emergency", {"fields": report(organisation="Nobody knows it", contact_phone="+999 9 999 99 99")})
    count.status(odd, 201, "a report of an organisation that nobody knows")
    listed = w.csirt.need(200, "GET", "/api/v1/emergency/queue")
    rows = {r["case"]: r for r in listed["reports"]}
    count.equal(listed["reports"][-1]["case"], odd.json["case"], "what agrees with nothing comes last")
    mine = rows[one["case"]]
    count.check(mine["register"]["phone_is_on_register"], "the telephone number stands on the register")
    count.equal([(e["id"], e["agrees"]) for e in mine["register"]["entities"]], [(w.entity, ["name"])], "the entry that agrees")
    paged = [r["case"] for r in w.csirt.pages("/api/v1/emergency/queue", "reports", 1)]
    count.equal(paged, [r["case"] for r in listed["reports"]], "by pages of one: the same order")
    count.equal(w.ca.need(200, "GET", "/api/v1/emergency/queue")["reports"], [], "the authority's own quarantine is empty")
    count.status(w.company.get("/api/v1/emergency/queue"), 403, "a company has no such queue")
    return odd.json["case"]


def token_and_claim(w, one):
    """The holder looks, adds, reads the answer; signed in she takes it over, once."""
    status = w.nobody.need(200, "POST", "/api/v1/emergency/status", {"token": one["token"]})
    count.equal((status["is_held"], [f["document"] for f in status["filings"]]), (True, ["emergency_filing"]), "her own report")
    count.problem(w.nobody.post("/api/v1/emergency/status", {"token": "vrd_e_" + "0" * 64}), 404, "claim.unknown", "a token that was made up")
    count.status(w.nobody.post("/api/v1/emergency/updates", {"token": one["token"], "fields": {"text": "Now the backups too."}}), 201, "she adds to it")
    w.csirt.must_file("incident", "answer", {"feedback": "We call you.", "law_enforcement_guidance": "Tell the police."}, case=one["case"])
    status = w.nobody.need(200, "POST", "/api/v1/emergency/status", {"token": one["token"]})
    count.equal([f["document"] for f in status["filings"]], ["emergency_filing", "emergency_update", "answer"], "and reads what is meant for her")
    count.status(w.nobody.post("/api/v1/emergency/claim", {"token": one["token"]}), 401, "to take it over one must be signed in")
    count.status(w.company.post("/api/v1/emergency/claim", {"token": one["token"]}), 201, "Anna takes it over")
    count.problem(w.other.post("/api/v1/emergency/claim", {"token": one["token"]}), 409, "claim.taken", "nobody else does")
    count.status(w.company.get(f"/api/v1/cases/{one['case']}"), 200, "it is hers")
    status = w.nobody.need(200, "POST", "/api/v1/emergency/status", {"token": one["token"]})
    count.check(status["is_claimed"] and "filings" not in status, "the token tells no more")
    update = w.company.post("/api/v1/filings", {"procedure": "incident", "document": "emergency_update", "case": one["case"], "fields": {"text": "With account."}})
    count.status(update, 201, "she goes on with her account")


def check_and_attach(w, one):
    """Confirmed, attached to the wrong entity, taken from it, attached to the right one: nothing is filed again."""
    path = f"/api/v1/cases/{one['case']}"
    before = w.csirt.need(200, "GET", path)
    count.problem(w.csirt.file("incident", "identity_confirmed", {"how": "register_number"}, case=one["case"]), 422, "field.required", "which number was called", "/number_called")
    w.csirt.must_file("incident", "identity_confirmed", {"how": "register_number", "number_called": "+999 1 234 56 78", "spoken_to": "Night desk"}, case=one["case"])
    case = w.ca.need(200, "GET", path)
    count.equal((case["state"], case["workspace"]), ("reported", "desk"), "the quarantine is over")
    count.status(w.ca.get(f"/api/v1/filings/{one['filing']}"), 200, "and with it that of the filings")
    count.status(w.company.get(f"/api/v1/cases?entity={w.entity}"), 200, "the company's list")
    count.problem(w.csirt.file("incident", "attach_entity", {"entity": "E0000000000000000", "reason": "Typed."}, case=one["case"]), 422, "filing.link", "no such entity")
    w.csirt.must_file("incident", "attach_entity", {"entity": w.wrong, "reason": "A similar name."}, case=one["case"])
    count.status(w.other.get(path), 200, "the wrong company sees it")
    count.problem(w.csirt.file("incident", "attach_entity", {"entity": w.entity, "reason": "The right one."}, case=one["case"]), 409, "filing.case_entity", "it has one already")
    count.problem(w.csirt.file("incident", "detach_entity", {"is_confirmed": False, "reason": "Perhaps."}, case=one["case"]), 422, "incident.detach_unconfirmed", "not without confirmation")
    w.csirt.must_file("incident", "detach_entity", {"is_confirmed": True, "reason": "Not theirs."}, case=one["case"])
    count.status(w.other.get(path), 404, "the wrong company sees it no more")
    count.status(w.other.get(f"/api/v1/filings/{one['filing']}"), 404, "nor the filing")
    w.csirt.must_file("incident", "attach_entity", {"entity": w.entity, "reason": "Called back."}, case=one["case"])
    case = w.company.need(200, "GET", path)
    count.equal((case["entity"], case["sectors"]), (w.entity, ["energy"]), "the right company has it, with its sectors")
    was, now = ({d["duty"]: d for d in c["duties"]} for c in (before, case))
    for duty in ("early_warning", "notification"):
        count.equal((now[duty]["due"], now[duty]["anchor_at"]), (was[duty]["due"], was[duty]["anchor_at"]), f"the clock of the {duty} did not move")
    count.equal(now["early_warning"]["done_by"], one["filing"], "the early warning is the report, from its moment of receipt")
    receipt = w.company.need(200, "GET", f"/api/v1/filings/{one['filing']}/receipt")
    count.check(w.node.verify_second(receipt)["valid"], "the first receipt still verifies")
    owed = [d["duty"]["duty"] for d in w.company.need(200, "GET", f"/api/v1/duties?entity={w.entity}")["duties"]]
    count.check("notification" in owed, f"its duties are the company's: {owed}")
    w.company.must_file("incident", "notification", v.notification(suspected_malicious="yes"), case=one["case"])


def refuse_many(w, odd):
    """One decision on many; they are kept and marked, and can be taken up again."""
    body = {"document": "identity_refused", "fields": {"ground": "spam", "reason": "A flood."}, "cases": [odd, "C0000000000000000"]}
    count.status(w.csirt.post("/api/v1/emergency/decisions", body), 404, "all or none")
    body["cases"] = [odd]
    count.status(w.csirt.post("/api/v1/emergency/decisions", body), 201, "refused")
    count.status(w.ca.post("/api/v1/emergency/decisions", body), 404, "not by the authority")
    case = w.csirt.need(200, "GET", f"/api/v1/cases/{odd}")
    count.equal((case["state"], case["workspace"]), ("not_genuine", "held-csirt"), "kept and marked, still held")
    count.check(odd not in [r["case"] for r in w.csirt.need(200, "GET", "/api/v1/emergency/queue")["reports"]], "it waits no more")


def page(w):
    """The page without script: hostile words stay words; sent twice it is one report."""
    shown = w.nobody.get("/emergency", headers={"Accept": "text/html"})
    text = shown.data.decode()
    policy = shown.header("content-security-policy")
    count.check("default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy, f"no script by policy: {policy}")
    count.check("+999 112" in text and text.index("+999 112") < text.index("<form"), "the telephone number stands before the form")
    names = re.findall(r'name="([a-z_]+)"', text)
    count.equal(len(set(names) - {"once", "viewport"}), 8, f"eight fields: {names}")
    count.check("<script" not in text and " on" not in re.sub(r">[^<]*<", "><", text).replace(" one", ""), "no script in the page")
    once = re.search(r'name="once" value="([0-9a-f]{32})"', text).group(1)

    def send(fields, path="/emergency"):
        return w.nobody.call("POST", path, urllib.parse.urlencode(fields, doseq=True).encode(), kind="application/x-www-form-urlencoded")

    bad = send({"once": once, "organisation": HOSTILE, "summary": "Line one.\r\nLine two."})
    count.status(bad, 422, "an unfinished form comes back")
    text = bad.data.decode()
    count.check("<script" not in text and "<b>" not in text and html.escape(HOSTILE, quote=False).replace('"', "&quot;").replace("'", "&#39;") in text, "hostile words are words")
    count.check("Line one.\nLine two." in text and 'role="alert"' in text, "what was typed is still there, with what is wrong")
    fields = {"once": once, "organisation": HOSTILE, "contact_name": "X", "contact_phone": "+999 1 111 11 11", "summary": "From the page.",
              "aware_at": "2026-01-05T10:30", "signs": ["malicious", "cross_border"]}
    first, second = send(fields), send(fields)
    count.equal((first.status, second.status), (201, 200), "sent twice: one report")
    token = re.search(r"vrd_e_[0-9a-f]{64}", first.data.decode()).group(0)
    count.equal(re.search(r"vrd_e_[0-9a-f]{64}", second.data.decode()).group(0), token, "with the same token")
    status = send({"token": token}, "/emergency/status").data.decode()
    count.check("From the page." in status and "<script" not in status, "the page of how it stands")
    added = send({"token": token, "text": "More <i>words</i>."}, "/emergency/updates")
    count.check(added.status == 201 and "More &lt;i&gt;words" in added.data.decode(), "adding to it from the page")
    unknown = send({"token": "x"}, "/emergency/status")
    count.check(unknown.status == 404 and unknown.header("content-type").startswith("text/html"), "a wrong token: a page that says so")
    french = w.nobody.get("/emergency", headers={"Accept-Language": "fr-BE,fr;q=0.9"}).data.decode()
    count.check('lang="fr"' in french and "Que s&#39;est-il passé ?" in french and "courtoisie" in french, "in French, said to be a courtesy")
    count.check('lang="en"' in w.nobody.get("/emergency", headers={"Accept-Language": "mt"}).data.decode(), "in English where there are no words")
    for path in ("/emergency/form", "/emergency/status"):
        count.check(w.nobody.get(path).data.startswith(b"<!doctype html>"), path)
    count.check(all(x in w.nobody.get("/emergency/form").data.decode() for x in ("+999 112", "+999 113", "Night street 1")), "the paper form says where to send it")
    count.status(w.nobody.call("POST", "/emergency", b"a=%zz", kind="application/x-www-form-urlencoded"), 422, "no form")
    count.status(w.nobody.call("POST", "/emergency", b"{}"), 415, "no form at all")
    return token


def survive(w, token):
    """Killed without a word: what was acknowledged is there, the token works, and the gap is a downtime."""
    w.node.kill_tree()
    w.node.start()
    for client in (w.nobody, w.csirt, w.company, w.ca, w.other, w.spoc):
        client.move(w.node.url)
    status = w.nobody.need(200, "POST", "/api/v1/emergency/status", {"token": token})
    count.equal([f["document"] for f in status["filings"]], ["emergency_filing", "emergency_update"], "nothing acknowledged is lost")


def limits(w):
    """Beyond the limit: 429, with whom to call and the form on paper; the hour's limit of the node survives a restart."""
    last = None
    for number in range(12):
        last = w.nobody.post("/api/v1/emergency", {"fields": report(summary=f"Flood {number}.")})
        if last.status != 201:
            break
    count.problem(last, 429, "access.emergency", "the flood ends")
    count.check("+999 112" in last.json["detail"] and "/emergency/form" in last.json["detail"], f"with the way out: {last.json['detail']}")
    shown = w.nobody.call("POST", "/emergency", b"organisation=x", kind="application/x-www-form-urlencoded")
    count.check(shown.status in (422, 429) and b"+999 112" in shown.data, "the page says it too")


def killed_while_reporting():
    """Killed again and again while reports come in, each sent until it is answered: every token that was given works, no report is twice."""
    node = v.Node(edit=lambda text: v.quick_heads(text) + "emergency:\n  per_hour: 1000\n").start()
    tokens, sent, aware_at = {}, 0, v.instant(-3600)
    try:
        for turn in range(3):
            client = node.client()
            stop = threading.Timer(0.25 + 0.2 * turn, node.kill_tree)
            stop.start()
            try:
                for _ in range(9):  # ten at once are what an address may send
                    body, key = {"fields": report(summary=f"Report {sent}.", aware_at=aware_at)}, f"a-secret-of-the-sender-{sent:04d}"
                    sent += 1
                    answer = client.post("/api/v1/emergency", body, key=key)
                    if answer.status in (200, 201):
                        tokens[key] = (answer.json["token"], answer.json["case"])
                    time.sleep(0.02)
            except (v.Gone, OSError):
                pass
            stop.join()
            node.start()
            client = node.client()
            for number in range(max(0, sent - 1), sent):  # the one in flight: sent again, it is one report
                body, key = {"fields": report(summary=f"Report {number}.", aware_at=aware_at)}, f"a-secret-of-the-sender-{number:04d}"
                answer = client.post("/api/v1/emergency", body, key=key)
                count.check(answer.status in (200, 201), f"sent again: {answer}")
                tokens.setdefault(key, (answer.json["token"], answer.json["case"]))
                count.equal((answer.json["token"], answer.json["case"]), tokens[key], "the same token and case")
            for token, case in tokens.values():
                status = client.post("/api/v1/emergency/status", {"token": token})
                if status.status != 429:
                    count.check(status.status == 200 and status.json["case"] == case, f"a token that was given works: {status}")
        count.check(len(tokens) >= 6, f"some were answered between the kills: {len(tokens)}")
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Csirt officer", "csirt", "a beacon on the hill 2")
        cases = [c["id"] for c in csirt.pages("/api/v1/cases?workspace=held-csirt", "cases")]
        count.equal(set(cases), set(case for _, case in tokens.values()), "each report that was answered has its case, and there is no other")
        count.equal(len(cases), len(set(cases)), "none is there twice")
    finally:
        node.close()


def main():
    killed_while_reporting()
    w = World()
    try:
        one = file_and_hold(w)
        odd = queue(w, one)
        token_and_claim(w, one)
        check_and_attach(w, one)
        refuse_many(w, odd)
        token = page(w)
        survive(w, token)
        limits(w)
    finally:
        w.node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
