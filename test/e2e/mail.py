#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Reaching people, against a real mail server: addresses confirmed by code (one with OpenPGP), calls that go from one to the next, acknowledged
by link and by answering, a webhook beside, bounces that become tasks, reminders before and after, and whatever dies in between: nothing is
lost and nothing comes twice."""
import hashlib
import hmac
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import _mail
import varde_client as v

count = v.Count()
USERS = ("first", "second", "head", "desk", "entity", "person", "bounces", "late")
STEP_S = 2


def configured(server):
    def edit(text):
        for name, words in (("mail.password", _mail.PASSWORD), ("imap.password", _mail.PASSWORD)):
            with open(server.path(name), "w", encoding="utf-8") as file:
                file.write(words + "\n")
        text = text.replace("    kind: csirt\n", f"    kind: csirt\n    page_after_s: {STEP_S}\n")
        return text + f"""
hook: {{ca: {server.path('cert.pem')}}}
mail:
  server: localhost
  port: {server.port}
  tls: starttls
  user: varde
  password: {server.path('mail.password')}
  ca: {server.path('cert.pem')}
  from: varde@node.example
  bounces: bounces@node.example
  copy_wait_s: 2
  imap: {{server: localhost, port: {server.imap_port}, tls: starttls, user: bounces, password: {server.path('imap.password')}, ca: {server.path('cert.pem')}, poll_s: 1}}
"""
    return edit


def text_of(message):
    return message.get_body().get_content()


def code_in(text):
    found = re.search(r"\b([0-9a-z]{4}(?:-[0-9a-z]{4}){3})\b", text)
    return found.group(1) if found else ""


def confirm(server, client, user, **more):
    """Adds the mail address USER@node.example and confirms it with the code that comes."""
    before = len(server.received(user))
    made = client.need(201, "POST", "/api/v1/channels", {"medium": "mail", "address": f"{user}@node.example", **more})
    count.check(not made["is_confirmed"], f"{user}: not confirmed before the code came")
    mails = server.wait(user, count=before + 1)
    if not count.check(len(mails) > before, f"{user}: the code is mailed: {server.log()[-600:]}"):
        return made
    code = code_in(text_of(mails[-1]))
    count.status(client.post(f"/api/v1/channels/{made['id']}/confirm", {"code": "0000-0000-0000-0000"}), 422, f"{user}: a wrong code")
    count.status(client.post(f"/api/v1/channels/{made['id']}/confirm", {"code": code.upper()}), 204, f"{user}: the code")
    return made


def rows(node, sql, *params):
    base = sqlite3.connect(f"file:{node.folder}/node.db?mode=ro", uri=True, timeout=5)
    try:
        return base.execute(sql, params).fetchall()
    finally:
        base.close()


def about(case):
    return lambda message: case in message["subject"]


class People:
    pass


def people(node, server):
    who = People()
    who.admin = node.administrator()
    who.first = node.officer(who.admin, "first@node.example", "First on duty", "csirt", "the red tower stands 1")
    who.second = node.officer(who.admin, "second@node.example", "Second on duty", "csirt", "the blue tower stands 1")
    who.head = node.officer(who.admin, "head@node.example", "Head", "csirt", "the grey tower stands 1", role="head")
    who.authority = node.officer(who.admin, "ca@node.example", "Authority", "ca", "the white tower stands 1")
    who.entity = node.person("person@one.example", "One's night desk", "a quiet harbour at dusk")
    for client, user in ((who.first, "first"), (who.second, "second"), (who.head, "head")):
        confirm(server, client, user)
    made = who.head.need(201, "POST", "/api/v1/channels", {"office": "csirt", "medium": "mail", "address": "desk@node.example"})
    code = code_in(text_of(server.wait("desk")[0]))
    count.status(who.first.post(f"/api/v1/channels/{made['id']}/confirm", {"code": code}), 404, "an officer does not confirm what the head set")
    who.head.need(204, "POST", f"/api/v1/channels/{made['id']}/confirm", {"code": code})
    count.status(who.first.post("/api/v1/channels", {"office": "csirt", "medium": "mail", "address": "x@node.example"}), 403, "nor sets it")
    count.status(who.entity.post("/api/v1/channels", {"medium": "hook", "address": "https://localhost:1/x"}), 403, "a company's person sets no hook")
    for bad in ("a b@node.example", "a@node.example\r\nBcc: x@node.example", "<a@node.example>", "a@b@node.example", "@node.example"):
        count.problem(who.entity.post("/api/v1/channels", {"medium": "mail", "address": bad}), 422, "channel.address", f"the address {bad!r}")
    return who


def company(who):
    fields = v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"])
    fields["contacts"][0]["email"] = "entity@node.example"
    who.one = who.entity.must_file("registration", "registration", fields)
    who.authority.must_file("registration", "approval", {"class": "essential"}, case=who.one["case"])


def turn(client, step, hours=24):
    return {"person": client.person, "step": step, "from": v.instant(-3600), "until": v.instant(hours * 3600)}


def rota(node, who):
    path = "/api/v1/offices/csirt/rota"
    count.status(who.authority.get(path), 404, "the rota is the office's own")
    empty = who.first.need(200, "GET", path)
    count.equal((empty["turns"], empty["now"]["first"], empty["page_after_s"]), ([], None, STEP_S), "no rota yet")
    count.check({gap["step"] for gap in empty["gaps"]} == {"first", "second", "head"}, "and the gaps are seen")
    wrong = {"turns": [turn(who.first, "first"), turn(who.second, "first")]}
    count.problem(who.first.call("PUT", path, wrong), 422, "rota.turn", "two at once on one step", "/turns/1/from")
    count.problem(who.first.call("PUT", path, {"turns": [turn(who.authority, "first")]}), 422, "rota.turn", "somebody of another office", "/turns/0/person")
    answer = who.first.call("PUT", path, {"turns": [turn(who.first, "first"), turn(who.second, "second"), turn(who.head, "head")]})
    count.status(answer, 200, "the rota is set")
    count.equal(answer.json["now"], {"first": who.first.person, "second": who.second.person, "head": who.head.person}, "who is on call")
    count.equal(answer.json["unreachable"], [], "everyone can be reached")
    # Who is away leaves a gap that names her; a turn that is over may name who has left since.
    away = who.head.need(201, "POST", "/api/v1/absences", {"person": who.first.person, "from": v.instant(-60), "until": v.instant(7200)})
    said = who.first.need(200, "GET", path)
    gap = [g for g in said["gaps"] if g.get("person")]
    count.check(len(gap) == 1 and gap[0]["step"] == "first" and gap[0]["person"] == who.first.person and gap[0]["name"], f"an absence is a gap: {said['gaps']}")
    count.check(abs(v.seconds_of(gap[0]["until"]) - v.seconds_of(v.instant(7200))) < 60, f"for as long as she is away: {gap}")
    count.equal((said["now"]["first"], said["now"]["second"]), (None, who.second.person), "and she is not on call now")
    who.head.need(204, "DELETE", f"/api/v1/absences/{away['absence']}")
    count.equal([g for g in who.first.need(200, "GET", path)["gaps"] if g.get("person")], [], "taken back: no gap any more")
    gone = node.officer(who.admin, "gone@node.example", "Was on duty", "csirt", "the green tower stands 1")
    over = {"person": gone.person, "step": "first", "from": v.instant(-10800), "until": v.instant(-7200)}
    turns = answer.json["turns"]
    count.status(who.first.call("PUT", path, {"turns": [over] + turns}), 200, "her turn of this morning")
    who.admin.need(200, "POST", "/api/v1/leavers", {"login": gone.login, "office": "csirt"})
    kept = who.first.need(200, "GET", path)["turns"]
    count.check(any(t["person"] == gone.person for t in kept), f"what is past stays: {kept}")
    count.status(who.first.call("PUT", path, {"turns": kept}), 200, "and keeps nobody from changing the rota")
    count.problem(who.first.call("PUT", path, {"turns": turns + [{**over, "from": v.instant(90000), "until": v.instant(93600)}]}), 422, "rota.turn", "but she gets no turn to come", "/turns/3/person")
    count.problem(who.first.call("PUT", path, {"turns": turns + [{**over, "person": who.authority.person}]}), 422, "rota.turn", "nor does the past change for who was never in it", "/turns/3/person")
    count.status(who.first.call("PUT", path, {"turns": turns}), 200, "the rota as it was")
    stale = who.second.call("PUT", path, {"turns": []}, headers={"If-Match": '"stale"'})
    count.status(stale, 412, "another window is told that the rota changed")


def pages_of(who, case):
    return who.head.need(200, "GET", f"/api/v1/pages?office=csirt&case={case}")["items"]


def warn(who, **more):
    return who.entity.must_file("incident", "early_warning", v.early_warning(**more), entity=who.one["entity"])


def absence(server, who):
    """Who is noted absent is not called: the next one is, at once, and the record says why."""
    away = who.head.need(201, "POST", "/api/v1/absences", {"person": who.first.person, "from": v.instant(-60), "until": v.instant(3600)})
    case = warn(who)["case"]
    count.check(server.wait("second", about(case)), "the second is called")
    page = who.head.need(200, "GET", "/api/v1/pages/" + pages_of(who, case)[0]["id"])
    first, second = page["calls"][:2]
    count.equal((first["person"], first["is_absent"], first["deliveries"]), (who.first.person, True, 0), "the first is away: noted, not called")
    count.equal((second["person"], second["is_absent"], second["deliveries"] > 0), (who.second.person, False, True), "and passed over to the second")
    count.check(v.seconds_of(second["at"]) - v.seconds_of(first["at"]) < 1, f"at once: {page['calls']}")
    who.second.need(200, "POST", f"/api/v1/pages/{page['id']}/acknowledge")
    called = [m for m in server.received("first") if case in m["subject"] and "call" in m["subject"].lower()]
    count.equal(called, [], "nothing called the first")
    who.head.need(204, "DELETE", f"/api/v1/absences/{away['absence']}")


def escalation(node, server, who):
    """First, after two seconds the second, after two more the head; taking the call stops it; a fetched link does nothing."""
    warned = warn(who)
    case = warned["case"]
    mails = [server.wait(user, about(case)) for user in ("first", "second", "head")]
    if not count.check(all(mails), f"everyone was called in turn: {[len(m) for m in mails]} {node.log()[-800:]}"):
        return
    page = who.head.need(200, "GET", "/api/v1/pages/" + pages_of(who, case)[0]["id"])
    times = [v.seconds_of(call["at"]) for call in page["calls"]]
    count.equal([call["step"] for call in page["calls"]][:3], ["first", "second", "head"], "in this order")
    count.check(all(b - a >= STEP_S - 0.01 for a, b in zip(times, times[1:])), f"and not before the time is over: {times}")
    text = text_of(mails[2][0])
    count.check(case in text and "Customers" not in text, f"case number and link, no content: {text}")
    count.check(f"/app/cases/{case}" in text, f"the link opens the page of the case: {text}")
    link = re.search(r"https://\S+(/api/v1/pages/\S+)", text).group(1)
    nobody = node.client()
    count.check(b"You are called" in nobody.get(link).data, "the link shows a button")
    count.equal(pages_of(who, case)[0]["state"], "open", "fetching it takes nothing")
    count.status(nobody.post(link[:-1] + ("0" if link[-1] != "0" else "1")), 404, "a forged link")
    answer = nobody.post(link)
    count.check(answer.status == 200 and b"Acknowledged" in answer.data and case.encode() not in answer.data, f"the button takes it: {answer}")
    taken = pages_of(who, case)[0]
    count.equal((taken["state"], taken["acknowledged_by"], taken["acknowledged_how"]), ("acknowledged", who.head.person, "link"), "by whom and how")
    called = len(who.head.need(200, "GET", "/api/v1/pages/" + taken["id"])["calls"])
    time.sleep(STEP_S + 0.7)
    count.equal(len(who.head.need(200, "GET", "/api/v1/pages/" + taken["id"])["calls"]), called, "nobody is called any more")
    count.check(server.wait("desk", about(case)), "the office's mailbox was told too")
    told = who.first.need(200, "GET", f"/api/v1/deliveries?case={case}")["items"]
    count.check({d["address"] for d in told if d["state"] == "sent"} >= {f"{u}@node.example" for u in ("first", "second", "head", "desk")},
                f"who was told is on record: {[(d['address'], d['state'], d['failure']) for d in told]}")
    count.equal(who.entity.need(200, "GET", f"/api/v1/deliveries?case={case}")["items"], [], "the company sees what went to the company")


def headers(server):
    raw = server.raw("desk")[-1]
    head = raw.split(b"\n\n" if b"\r\n\r\n" not in raw else b"\r\n\r\n")[0].decode("ascii")
    message = server.received("desk")[-1]
    count.equal(message["auto-submitted"], "auto-generated", "no machine answers it")
    count.check(re.fullmatch(r"<d\d+\.[0-9a-f]{16}@node\.example>", message["message-id"]), f"message id: {message['message-id']}")
    count.check("bounces+d" in message.get("return-path", "") + message.get("delivered-to", "") + head, f"return path of this delivery alone: {head[:400]}")
    count.check(message["date"] is not None and message.get_content_type() == "text/plain", "date and type")


def answered(server, who):
    """Answering the case takes the call."""
    case = warn(who)["case"]
    count.check(server.wait("first", about(case)), "the first is called")
    who.second.must_file("incident", "answer", {"feedback": "We look at it."}, case=case)
    page = pages_of(who, case)[0]
    count.equal((page["state"], page["acknowledged_how"], page["acknowledged_by"]), ("acknowledged", "filing", who.second.person), "taken by answering")
    again = who.first.post(f"/api/v1/pages/{page['id']}/acknowledge")
    count.equal(again.json["acknowledged_by"], who.second.person, "a later one changes nothing")
    count.check(server.wait("entity", about(case)), "and the company's contact on the register is told of the answer")
    return case


def hook(server, who):
    """A pager by webhook, signed with its own secret."""
    receiver = _mail.Hooks(server)
    made = who.second.need(201, "POST", "/api/v1/channels", {"medium": "hook", "address": receiver.url})
    case = warn(who)["case"]
    got = _mail.until(lambda: [(h, b) for h, b in receiver.seen if case in b.decode()], STEP_S + 8)
    if count.check(got, "the second's pager is called"):
        sent, body = got[0]
        wanted = "v1=" + hmac.new(made["secret"].encode(), sent["Varde-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
        count.equal(sent["Varde-Signature"], wanted, "signed")
        data = json.loads(body)
        count.check(data["kind"] == "page" and "/link/" in data["acknowledge"] and "Customers" not in body.decode(), f"{data}")
    who.second.need(200, "POST", f"/api/v1/pages/{pages_of(who, case)[0]['id']}/acknowledge")
    count.status(who.second.call("DELETE", "/api/v1/channels/" + made["id"]), 204, "a channel is removed")
    receiver.close()


def down(server, who):
    """The mail server is away, and comes back: each message once."""
    server.stop()
    case = warn(who)["case"]
    waiting = _mail.until(lambda: [d for d in who.first.need(200, "GET", f"/api/v1/deliveries?case={case}")["items"]
                                   if d["state"] == "waiting" and d["failure"]], 10)
    count.check(waiting, "what can't be sent waits and says why")
    who.first.need(200, "POST", f"/api/v1/pages/{pages_of(who, case)[0]['id']}/acknowledge")
    server.start()
    count.check(server.wait("desk", about(case), 25), "it goes out once the server is back")
    time.sleep(1.5)
    count.equal(len(server.wait("desk", about(case))), 1, "once")
    count.equal(len(server.wait("first", about(case), 0)), 0, "a call that was taken meanwhile is not made any more")


def delivery_is(node, case, address, state):
    return rows(node, "SELECT id FROM delivery WHERE case_id = ? AND address = ? AND state = ?", case, address, state)


def die_while_sending(node, server, who, is_taken, delay_s):
    """The case whose message was handed over when the node died; None where the moment was missed."""
    if not is_taken:
        os.kill(node.roles()["courier"], signal.SIGSTOP)
    case, pid = warn(who)["case"], node.roles()["node"]
    found = _mail.until(lambda: delivery_is(node, case, "desk@node.example", "sending"), 10, 0.0005)
    time.sleep(delay_s)
    os.kill(pid, signal.SIGSTOP)
    has_come = not is_taken or server.wait("desk", about(case), 2)
    is_unknown = found and delivery_is(node, case, "desk@node.example", "sending")
    if has_come and is_unknown:
        node.kill_tree()
        node.start()
        for client in (who.admin, who.first, who.second, who.head, who.authority, who.entity):
            client.move(node.url)
        return case
    os.kill(pid, signal.SIGCONT)
    return None


def killed(node, server, who, is_taken):
    """The node dies after a delivery was handed over and before it knows what became of it: the server took it, or it did not."""
    what = "the server took it" if is_taken else "the server never heard of it"
    case = None
    for delay_s in (0.01, 0.02, 0.005, 0.04, 0.08, 0.015):
        case = case or die_while_sending(node, server, who, is_taken, delay_s)
    if not count.check(case, f"{what}: caught in the act"):
        return
    count.check(_mail.until(lambda: delivery_is(node, case, "desk@node.example", "sent"), 30), f"{what}: after the restart it is known to have arrived")
    time.sleep(1)
    count.equal(len(server.wait("desk", about(case))), 1, f"{what}: once")
    for page in pages_of(who, case):
        who.first.post(f"/api/v1/pages/{page['id']}/acknowledge")


def bounces(node, server, who, case):
    """Refused at once, and given back later: both become tasks of the office."""
    fields = v.registration("Zyntvupp Grid (invented)", ["EN_EL_DSO"])
    fields["contacts"] = [{**fields["contacts"][0], "email": address} for address in ("unknown@node.example", "nobody@far.example")]
    filer = node.person("person@two.example", "Two", "a loud harbour at dawn")
    two = filer.must_file("registration", "registration", fields)
    who.authority.must_file("registration", "approval", {"class": "essential"}, case=two["case"])
    warned = filer.must_file("incident", "early_warning", v.early_warning(), entity=two["entity"])
    who.first.must_file("incident", "answer", {"feedback": "We look at it."}, case=warned["case"])

    def failed():
        tasks = who.first.need(200, "GET", "/api/v1/deliveries?state=failed")["items"]
        mine = {d["address"]: d for d in tasks if d["case"] == warned["case"]}
        return mine if len(mine) == 2 else None
    tasks = _mail.until(failed, 25)
    if not count.check(tasks, f"both are tasks: {who.first.get('/api/v1/deliveries?case=' + warned['case'])} {server.log()[-1500:]}"):
        return
    count.check("550" in tasks["unknown@node.example"]["failure"], f"refused at submission: {tasks['unknown@node.example']['failure']}")
    count.check("came back" in tasks["nobody@far.example"]["failure"], f"given back: {tasks['nobody@far.example']['failure']}")
    number = tasks["unknown@node.example"]["id"]
    count.status(who.authority.post(f"/api/v1/deliveries/{number}/close", {"words": "x"}), 404, "another office's task")
    count.status(who.first.post(f"/api/v1/deliveries/{number}/close", {"words": "Called them; the address is corrected."}), 204, "seen to")
    count.status(who.first.post(f"/api/v1/deliveries/{number}/close", {"words": "again"}), 409, "once")
    sent = who.first.need(200, "GET", "/api/v1/deliveries?state=sent&limit=250")["items"]
    count.check(sent and all(one["state"] == "sent" and one["sent_at"] for one in sent), "what left the office, over all cases")
    count.equal([one["id"] for one in sent], sorted((one["id"] for one in sent), reverse=True), "newest first")
    count.problem(who.authority.get("/api/v1/deliveries?state=lost"), 422, "api.query", "no such state")
    count.check(not {one["id"] for one in sent} & {one["id"] for one in who.authority.need(200, "GET", "/api/v1/deliveries?state=sent&limit=250")["items"] if one["office_kind"] == "csirt"}, "nothing of another kind of office")
    left = who.first.need(200, "GET", "/api/v1/deliveries?state=failed")["items"]
    count.check(number not in [d["id"] for d in left], "it is gone from the list")


def set_due(node, case, names):
    base = sqlite3.connect(f"{node.folder}/node.db", timeout=10)
    with base:
        changed = base.execute(f"UPDATE reminder SET when_ms = ? WHERE case_id = ? AND done_ms IS NULL AND name IN ({','.join('?' * len(names))})",
                               [int(time.time() * 1000) - 1000, case, *names]).rowcount
    base.close()
    return changed


def reminders(node, server, who):
    """What falls due while the node is down goes out when it is up, once, with the right words; and not when nothing is owed."""
    soon, late = warn(who)["case"], warn(who, aware_hours_ago=9 * 24)["case"]
    _mail.until(lambda: len(rows(node, "SELECT 1 FROM reminder WHERE case_id IN (?, ?) AND owed_by = 'entity'", soon, late)) > 6, 10)
    for case in (soon, late):
        for page in pages_of(who, case):
            who.first.post(f"/api/v1/pages/{page['id']}/acknowledge")
    listed = who.entity.need(200, "GET", f"/api/v1/reminders?case={soon}")["items"]
    count.check(len([r for r in listed if r["is_after_due"]]) >= 2 and len([r for r in listed if not r["is_after_due"]]) >= 2,
                f"several before and after: {listed}")
    count.check({r["owed_by"] for r in listed} == {"entity"}, "the company sees its own")
    before = len(server.received("entity"))
    node.stop()
    count.check(set_due(node, soon, ("day_before", "hours_before", "hour_before")) >= 3, "three fell due while it was down")
    count.check(set_due(node, late, ("day_after", "week_after")) >= 1, "and one of what is overdue")
    node.start()
    for client in (who.admin, who.first, who.second, who.head, who.authority, who.entity):
        client.move(node.url)
    server.wait("entity", about(soon), 10)
    server.wait("entity", about(late), 10)
    time.sleep(1.2)
    got = server.received("entity")[before:]
    texts = {case: [text_of(m) for m in got if case in m["subject"]] for case in (soon, late)}
    count.check(len(texts[soon]) == 1 and "is due on" in texts[soon][0], f"one for three, that something is due: {texts[soon]}")
    count.check(len(texts[late]) == 1 and "has not come" in texts[late][0], f"late where it is late: {texts[late]}")
    who.entity.must_file("incident", "notification", v.notification(), case=soon)
    who.entity.must_file("incident", "final_report", v.final_report(), case=soon)
    ended = _mail.until(lambda: not rows(node, "SELECT 1 FROM reminder WHERE case_id = ? AND owed_by = 'entity' AND done_ms IS NULL", soon), 10)
    count.check(ended, "done, nothing will be reminded of")


def openpgp(server, who):
    """The code comes encrypted to the person's key; who reads it confirms that the key works."""
    home = tempfile.mkdtemp(prefix="varde-pgp-")
    run = lambda *words, **more: subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout
    run("rnpkeys", "--homedir", home, "--generate-key", "--userid", "late@node.example", "--password", "")
    key = run("rnpkeys", "--homedir", home, "--export-key", "late@node.example").decode()
    made = who.head.need(201, "POST", "/api/v1/channels", {"medium": "mail", "address": "late@node.example", "openpgp": key, "language": "fr"})
    mails = server.wait("late")
    if not count.check(mails, "an encrypted mail comes"):
        return
    count.equal(mails[0].get_content_type(), "multipart/encrypted", "as PGP/MIME")
    parts = list(mails[0].iter_parts())
    with open(home + "/mail.asc", "wb") as file:
        file.write(parts[1].get_payload(decode=True))
    plain = run("rnp", "--homedir", home, "--password", "", "--decrypt", home + "/mail.asc", "--output", "-").decode()
    code = code_in(plain)
    count.check(code not in server.raw("late")[0].decode() and code, "the code is inside")
    count.check("Content-Type: text/plain" in plain and "Une personne qui utilise" in plain, f"in the person's language: {plain}")
    count.status(who.head.post(f"/api/v1/channels/{made['id']}/confirm", {"code": code}), 204, "and confirms the key")
    bad = who.head.need(201, "POST", "/api/v1/channels", {"medium": "mail", "address": "second@node.example",
                                                          "openpgp": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"})
    failure = _mail.until(lambda: [c["failure"] for c in who.head.need(200, "GET", "/api/v1/channels")["items"] if c["id"] == bad["id"] and c["failure"]], 10)
    count.check(failure and "OpenPGP" in failure[0], f"a key that is none is said so: {failure}")
    who.head.need(204, "DELETE", "/api/v1/channels/" + bad["id"])


def main():
    server = _mail.MailServer(USERS)
    node = None
    try:
        server.start_box()
        server.start()
        node = v.Node(edit=configured(server))
        node.start()
        who = people(node, server)
        company(who)
        rota(node, who)
        absence(server, who)
        escalation(node, server, who)
        headers(server)
        case = answered(server, who)
        hook(server, who)
        openpgp(server, who)
        bounces(node, server, who, case)
        down(server, who)
        killed(node, server, who, True)
        killed(node, server, who, False)
        reminders(node, server, who)
        metrics = who.admin.get("/metrics").data.decode()
        count.check("varde_deliveries" in metrics and "varde_pages_open" in metrics, "metrics tell of it")
    finally:
        if node is not None:
            count.equal(node.close(), 0, "the node stops when asked")
        server.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
