#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A night at the CSIRT: sixty early warnings, two officers and a head, the first of them out of reach; the mail server away for a
while; the node killed twice with warnings on their way; a spill. In the morning the log of the night adds up: every warning that was
acknowledged is there, everyone was called in order, nothing is lost and nothing came twice."""
import collections
import random
import re
import sys
import threading
import time

import _mail
import varde_client as v
from mail import confirm, configured, rows, text_of, turn

count = v.Count()
WARNINGS, FILERS, STEP_S = 60, 4, 2
CANARY = "HERON-NINE-BELOW-THE-WEIR"


class Night:
    def __init__(self, node, server):
        self.node, self.server = node, server
        self.lock = threading.Lock()
        self.filed = {}     # number of the warning: its answer
        self.repeats = 0    # answered only when asked again
        self.is_over = threading.Event()
        self.moved = 0

    # --- who is there ---

    def people(self):
        admin = self.node.administrator()
        make = lambda login, name, **more: self.node.officer(admin, login, name, "csirt", f"the tower of {login} stands", **more)
        self.first = make("first@node.example", "First on duty, out of reach")
        self.second = make("second@node.example", "Second on duty")
        self.head = make("head@node.example", "Head", role="head")
        self.authority = self.node.officer(admin, "ca@node.example", "Authority", "ca", "the white tower stands 1")
        self.admin = admin
        for client, user in ((self.second, "second"), (self.head, "head")):
            confirm(self.server, client, user)
        turns = [turn(self.first, "first"), turn(self.second, "second"), turn(self.head, "head")]
        said = self.first.need(200, "PUT", "/api/v1/offices/csirt/rota", {"turns": turns})
        count.equal(said["unreachable"], [self.first.person], "the rota says beforehand who can't be reached")
        self.filers = []
        for number in range(FILERS):
            person = self.node.person(f"desk{number}@one.example", f"Night desk {number}", "a quiet harbour at dusk")
            fields = v.registration(f"Quilzarn {number} (invented)", ["EN_EL_DSO"])
            fields["contacts"][0]["email"] = "entity@node.example"
            made = person.must_file("registration", "registration", fields)
            self.authority.must_file("registration", "approval", {"class": "essential"}, case=made["case"])
            self.filers.append((person, made["entity"]))
        self.everyone = [self.admin, self.first, self.second, self.head, self.authority] + [person for person, _ in self.filers]
        self.before = self.node.log_size()

    # --- sixty warnings, each asked again until it is answered ---

    def warn(self, client, entity, number):
        again, fields = False, v.early_warning(summary=f"Warning {number} {CANARY if number == 7 else ''}")  # once: it tells the time
        while True:
            try:
                answer = client.file("incident", "early_warning", fields, entity=entity, key=f"night-{number}")
            except v.Gone:
                answer = None
            if answer is not None and answer.status in (200, 201):
                with self.lock:
                    self.filed[number] = answer.json
                    self.repeats += again
                return
            if answer is not None and answer.status not in (429, 500, 502, 503):
                count.check(False, f"warning {number} is answered: {answer}")
                return
            again = True
            time.sleep(0.1)
            if client.url != self.node.url:
                client.move(self.node.url)

    def file_all(self, number):
        person, entity = self.filers[number]
        client, chance = person.again(), random.Random(number)
        for warning in range(number, WARNINGS, FILERS):
            self.warn(client, entity, warning)
            time.sleep(chance.uniform(0.2, 0.9))
        client.close()

    def answered(self, least):
        return _mail.until(lambda: len(self.filed) >= least, 60)

    def killed(self):
        self.node.kill_tree()
        self.node.start()
        for client in self.everyone:
            client.move(self.node.url)

    # --- the second officer works ---

    def pages(self):
        return self.second.pages("/api/v1/pages?office=csirt", "items", 250)

    def work(self, most):
        """Answers or takes so many of what she was called for, oldest first."""
        called = [page for page in reversed(self.pages()) if page["state"] == "open" and page["step"] in ("second", "head")]
        for number, page in enumerate(called[:most]):
            if number % 3 == 0:
                self.second.must_file("incident", "answer", {"feedback": "We look at it."}, case=page["case"])
            else:
                self.second.post(f"/api/v1/pages/{page['id']}/acknowledge")
        return len(called)

    def play(self):
        threads = [threading.Thread(target=self.file_all, args=(number,), daemon=True) for number in range(FILERS)]
        for thread in threads:
            thread.start()
        self.answered(12)
        self.work(4)
        self.killed()
        self.answered(20)
        self.server.stop()
        self.answered(32)
        self.work(4)
        self.killed()
        self.answered(40)
        self.spill()
        self.server.start()
        self.work(4)
        for thread in threads:
            thread.join(120)
        count.check(not any(thread.is_alive() for thread in threads), "all have filed")

    def spill(self):
        warned = self.filed[7]
        self.second.must_file("incident", "spill", {"filing": warned["filing"], "names": [{"name": "summary"}], "kind": "classified",
                              "reason": "It names what may not be named."}, case=warned["case"])

    # --- the morning ---

    def morning(self):
        """Open calls are taken one after another until nothing waits."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.work(60) == 0 and not [p for p in self.pages() if p["state"] == "open"]:
                break
            time.sleep(0.5)
        waiting = lambda: not rows(self.node, "SELECT 1 FROM delivery WHERE state IN ('waiting', 'sending') LIMIT 1") and \
            not rows(self.node, "SELECT 1 FROM outbox WHERE sent_ms IS NULL LIMIT 1")
        count.check(_mail.until(waiting, 60), f"nothing waits any more: {rows(self.node, 'SELECT state, kind, failure, count(*) FROM delivery GROUP BY 1, 2, 3')}")
        time.sleep(1)

    def log_adds_up(self):
        count.equal(sorted(self.filed), list(range(WARNINGS)), "every warning was acknowledged")
        count.equal(len({answer["case"] for answer in self.filed.values()}), WARNINGS, "each is a case of its own")
        filings = rows(self.node, "SELECT id, document FROM filing WHERE seq >= ?", self.before)
        kinds = collections.Counter(document for _, document in filings)
        count.equal(kinds["early_warning"], WARNINGS, f"as many warnings in the log, none twice: {kinds}")
        count.equal(self.node.log_size() - self.before, len(filings), "and every record of the night is a filing of it")
        count.equal({answer["filing"] for answer in self.filed.values()} - {name for name, _ in filings}, set(), "those that were acknowledged")
        for number in random.Random(1).sample(range(WARNINGS), 8):
            person = self.filers[number % FILERS][0]
            receipt = person.need(200, "GET", f"/api/v1/filings/{self.filed[number]['filing']}/receipt")
            one, two = self.node.verify_both(receipt)
            count.check(one.get("valid") is True and one == two, f"warning {number} is proved: {one}")
        answers = kinds["answer"]
        count.check(answers >= 10 and kinds["spill"] == 1, f"answers and the spill: {kinds}")

    def calls_in_order(self):
        pages = {page["case"]: page for page in self.pages()}
        count.equal(len(pages), WARNINGS, "one call to arms a warning")
        wrong = []
        for case, page in pages.items():
            calls = self.second.need(200, "GET", "/api/v1/pages/" + page["id"])["calls"]
            steps = [call["step"] for call in calls]
            expected = (["first", "second"] + ["head"] * len(steps))[:len(steps)]
            times = [v.seconds_of(call["at"]) for call in calls]
            is_late_enough = all(b - a >= STEP_S - 0.02 for a, b in zip(times[1:], times[2:]))
            if steps != expected or calls[0]["deliveries"] != 0 or not is_late_enough or page["state"] != "acknowledged":
                wrong.append((case, page["state"], calls))
        count.equal(wrong, [], "first (out of reach, passed over at once), second, then the head, each after its time, until somebody took it")
        taken = collections.Counter(page["acknowledged_how"] for page in pages.values())
        count.check(taken["filing"] >= 10 and taken["signed_in"] >= 20, f"how they were taken: {taken}")

    def mail_once(self):
        sent = {number: (kind, address) for number, kind, address in
                rows(self.node, "SELECT id, kind, address FROM delivery WHERE state = 'sent' AND medium = 'mail' AND kind <> 'code'")}
        came = collections.Counter()
        content = 0
        for user in ("second", "head", "entity"):
            for message in self.server.received(user):
                content += CANARY in text_of(message) or CANARY in message["subject"]
                number = int(re.match(r"<d(\d+)\.", message["message-id"]).group(1))
                if number in sent and sent[number][1] == f"{user}@node.example":
                    came[number] += 1
        count.equal(content, 0, "no mail holds content")
        count.equal(sorted(set(sent) - set(came)), [], "what is noted as sent came")
        twice = [(number, sent[number]) for number, times in came.items() if times > 1]
        count.equal([row for row in twice if row[1][0] != "page"], [], "no message came twice")
        count.check(len(twice) <= 2, f"a call came twice only where the node was killed between the server's word and the note: {twice}")
        told = collections.Counter(kind for kind, _ in sent.values())
        count.check(told["page"] >= 10 and told["message"] >= 10, f"{len(sent)} mails: {told}")
        print(f"the night: {WARNINGS} warnings, {self.repeats} of them answered only when asked again, {len(sent)} mails ({dict(told)}), {len(twice)} calls twice")

    def spilled(self):
        filing = self.filed[7]["filing"]
        for client in (self.second, self.first, self.filers[7 % FILERS][0]):
            answer = client.get("/api/v1/filings/" + filing)
            count.check(CANARY.encode() not in answer.data, f"what was spilt is frozen: {answer.status}")
        count.check(CANARY.encode() in self.head.get("/api/v1/filings/" + filing).data, "but for the head")


def main():
    server = _mail.MailServer(("second", "head", "entity", "bounces"))
    node = None
    try:
        server.start_box()
        server.start()
        node = v.Node(edit=configured(server))
        node.start()
        night = Night(node, server)
        night.people()
        night.play()
        night.morning()
        night.log_adds_up()
        night.calls_in_order()
        night.mail_once()
        night.spilled()
    finally:
        if node is not None:
            count.equal(node.close(), 0, "the node stops when asked")
        server.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
