#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Signing in against the real node: rivals for the first administrator, a crowd at the password hasher, lock-out over a restart and the
way back in, browsers with their cookie, a reset by two persons, and no secret in any file or log line."""
import base64
import os
import sys
import threading
import time

import varde_client as v

count = v.Count()
ROOT_PASSWORD = "a beacon on the hill 1"


def at_once(number, action):
    """ACTION(i) in NUMBER threads that start together; their answers."""
    answers, gate = [None] * number, threading.Barrier(number)

    def run(i):
        gate.wait()
        answers[i] = action(i)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def patient(client, path, body):
    """A post that comes back where the node is busy."""
    while True:
        answer = client.post(path, body)
        if answer.status != 503:
            return answer
        time.sleep(0.1)


def rivals(node):
    """The setup code makes one administrator, whoever is first."""
    bodies = [{"code": node.setup_code, "login": f"rival{i}@node.example", "name": f"Rival {i}", "password": ROOT_PASSWORD} for i in range(3)]
    answers = at_once(len(bodies), lambda i: patient(node.client(), "/api/v1/setup", bodies[i]))
    won = [i for i, answer in enumerate(answers) if answer.status == 201]
    count.equal(len(won), 1, f"administrators made: {answers}")
    count.check(all(answer.status == 409 for i, answer in enumerate(answers) if i not in won), f"the others are refused: {answers}")
    late = {"code": node.setup_code, "login": "late@node.example", "name": "Late", "password": ROOT_PASSWORD}
    count.problem(node.client().post("/api/v1/setup", late), 409, "access.set_up", "the code is used up")
    admin = node.client().sign_in(f"rival{won[0]}@node.example", ROOT_PASSWORD)
    count.problem(admin.get("/api/v1/persons"), 403, "access.second_factor", "an administrator without second factor")
    return admin.second_factor()


def crowd(node):
    """Many at once: one is hashed, few wait, the others are told to come back; the node answers others meanwhile."""
    began_alone = time.monotonic()
    count.status(node.client().post("/api/v1/session", {"login": "alone@one.example", "password": "no such password"}), 401, "one alone")
    alone_s = time.monotonic() - began_alone
    for turn in range(5):
        done = threading.Event()
        slowest = [0.0]

        def look():
            client = node.client()
            while not done.is_set():
                began = time.monotonic()
                count.status(client.get("/health/live"), 200, "alive")
                slowest[0] = max(slowest[0], time.monotonic() - began)
                time.sleep(0.02)

        looker = threading.Thread(target=look)
        looker.start()
        answers = at_once(12, lambda i: node.client().post("/api/v1/session", {"login": f"no{turn}{i}@one.example", "password": "no such password"}))
        done.set()
        looker.join()
        busy = [answer for answer in answers if answer.status == 503]
        if busy or any(answer.status == 429 for answer in answers):
            break
    count.check(all(answer.status in (401, 429, 503) for answer in answers), f"refused, locked or busy: {answers}")
    count.check(busy, f"nobody was told to come back: {answers}")
    count.check(all(answer.header("retry-after") for answer in busy), "busy says when to come back")
    count.check(slowest[0] < 3 * alone_s + 1, f"others waited {slowest[0]:.2f} s, where one sign-in takes {alone_s:.2f} s")


def wait_out(node):
    """All these tests come from one address; its lock ends by itself."""
    answer = node.client().post("/api/v1/session", {"login": "nobody@one.example", "password": "no such password"})
    if answer.status == 429:
        time.sleep(int(answer.header("retry-after")) + 1)


def lock_out(node):
    login, password = "desk@one.example", "quiet harbour at dusk"
    client = node.person(login, "Night desk", password).second_factor()
    made = client.need(200, "POST", "/api/v1/me/totp", {"password": password})  # anew, to see the recovery codes
    step = max(int(time.time()) // 30, client.last_step + 1)
    while step > int(time.time()) // 30 + 1:
        time.sleep(0.2)
    codes = client.need(200, "POST", "/api/v1/me/totp/confirm", {"code": v.totp(made["secret"], step)})["recovery_codes"]
    client.secret, client.last_step = made["secret"], step
    wrong = {"login": login, "password": "loud harbour at dawn"}
    answer = None
    for _ in range(8):
        answer = patient(node.client(), "/api/v1/session", wrong)
        if answer.status == 429:
            break
        count.problem(answer, 401, "access.refused", "a wrong password")
    count.problem(answer, 429, "access.locked", "locked")
    count.check(0 < int(answer.header("retry-after")) <= 60, f"until when: {answer}")
    node.kill_tree()
    node.start()
    client.close()
    client.url = node.url
    right = {"login": login, "password": password, "code": codes[0]}
    count.problem(node.client().post("/api/v1/session", {**right, "code": "000000"}), 429, "access.locked", "still locked after a restart")
    again = node.client()
    answer = again.post("/api/v1/session", right)
    count.status(answer, 201, "a recovery code opens at once")
    count.problem(node.client().post("/api/v1/session", right), 401, "access.refused", "and counts once")
    again.token = answer.json["token"]
    me = again.need(200, "GET", "/api/v1/me")
    count.equal((me["is_second_factor_done"], me["recovery_codes_left"]), (True, 9), "signed in with nine codes left")
    count.equal(client.need(200, "GET", "/api/v1/me")["login"], login, "the session from before the crash goes on")
    kinds = [event["kind"] for event in again.need(200, "GET", "/api/v1/me/events")["items"]]
    count.check({"sign_in_refused", "recovery_code_used", "second_factor_set"} <= set(kinds), f"she sees what happened: {kinds}")
    return client, codes, password


def browser(node, login, password, code):
    """The cookie, which scripts can't read, and the token that other sites can't send."""
    client = node.client()
    answer = client.post("/api/v1/session", {"login": login, "password": password, "code": code, "cookie": True})
    count.status(answer, 201, "signs in for a browser")
    cookie = answer.header("set-cookie")
    count.check(all(word in cookie for word in ("__Host-varde=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict")), cookie)
    headers = {"Cookie": "lang=en; " + cookie.split(";")[0]}
    count.status(client.get("/api/v1/me", headers=headers), 200, "reads with the cookie")
    count.problem(client.post("/api/v1/session/prolong", headers=headers), 403, "access.csrf", "changes need X-CSRF-Token")
    count.status(client.post("/api/v1/session/prolong", headers={**headers, "X-CSRF-Token": answer.json["csrf"]}), 200, "and go with it")
    count.status(client.call("DELETE", "/api/v1/session", headers={**headers, "X-CSRF-Token": answer.json["csrf"]}), 204, "signs out")
    count.problem(client.get("/api/v1/me", headers=headers), 401, "access.session_over", "and is out")
    return cookie.split("=")[1].split(";")[0]


def reset(node, admin, client):
    """The way back in takes two wherever there are two."""
    head = node.officer(admin, "head@node.example", "Head", "csirt", "a grey gate in the north", role="head")
    issued = admin.need(201, "POST", "/api/v1/codes", {"person": client.person, "kind": "reset"})
    count.equal(issued["needs_second"], True, "it needs a second person")
    new = "red boats on a slow river"
    count.problem(node.client().post("/api/v1/redeem", {"code": issued["code"], "password": new}), 403, "access.code_refused", "half a code")
    path = f"/api/v1/codes/{issued['id']}/second"
    count.problem(admin.post(path), 403, "access.second_person", "the same person twice")
    count.check(client.post(path).status in (403, 404), "or the person herself")
    waiting = admin.need(200, "GET", "/api/v1/codes")["items"]
    count.check(any(c["id"] == issued["id"] and c["waits_for_second"] for c in waiting) and issued["code"] not in str(waiting), f"it waits: {waiting}")
    half = head.need(200, "POST", path)["second_half"]
    whole = {"code": issued["code"] + "." + half, "password": new}
    count.status(patient(node.client(), "/api/v1/redeem", whole), 200, "both halves")
    count.problem(node.client().post("/api/v1/redeem", whole), 403, "access.code_refused", "once")
    count.status(client.get("/api/v1/me"), 401, "her sessions ended")
    client.secret = client.token = None
    client.sign_in("desk@one.example", new)
    count.equal(client.need(200, "GET", "/api/v1/me")["has_second_factor"], False, "her second factor went with it")
    return [issued["code"], half]


def secrets(node, secrets_seen, personal):
    """Nothing of what was shown once stands in the directory, and nobody's name in the log."""
    for name in os.listdir(node.folder):
        path = os.path.join(node.folder, name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            data = file.read()
        found = [secret for secret in secrets_seen if secret in data]
        count.check(not found, f"{name} holds {found}")
    log = node.log()
    count.check(not [word for word in personal if word in log], f"the log names persons: {log[-2000:]}")


def main():
    node = v.Node().start()
    try:
        admin = rivals(node)
        client, codes, password = lock_out(node)
        admin.close()
        admin.url = node.url
        cookie = browser(node, client.login, password, codes[1])
        halves = reset(node, admin, client)
        crowd(node)
        wait_out(node)
        shown = codes + halves + [cookie, admin.token, client.token, admin.secret, password, ROOT_PASSWORD, node.setup_code]
        seen = [text.encode() for text in shown] + [base64.b32decode(admin.secret)] + [code.replace("-", "").encode() for code in codes]
        secrets(node, seen, ["@one.example", "@node.example", "Night desk"])
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
