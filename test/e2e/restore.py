#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A backup made while filings come in, restored elsewhere: every filing up to some instant is there and reads, with its attachment,
draft, persons and tokens; none is there by half; what was filed later is missed and said so, until a person opens a new epoch."""
import glob
import os
import shutil
import subprocess
import sys
import threading

import varde_client as v

count = v.Count()


def run(*words, code=0):
    done = subprocess.run([v.VARDE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
    count.equal(done.returncode, code, f"{' '.join(words[:2])}: {done.stderr[-500:]}")
    return done.stdout


class Load(threading.Thread):
    """Files early warnings until told to stop; keeps what was acknowledged, in order."""

    def __init__(self, company, entity):
        super().__init__(daemon=True)
        self.company, self.entity, self.filed, self.is_over = company, entity, [], threading.Event()

    def run(self):
        while not self.is_over.is_set():
            number = len(self.filed)
            self.filed.append(self.company.must_file("incident", "early_warning", v.early_warning(summary=f"Number {number}."), entity=self.entity, key=f"n{number}"))

    def wait_for(self, number):
        while len(self.filed) < number and self.is_alive():
            self.is_over.wait(0.01)


def back_up(node, load, to, key):
    """While the load goes on. How many filings were acknowledged before it began and when it had ended."""
    load.wait_for(20)
    before = len(load.filed)
    run("backup", "--data", node.folder, "--to", to, "--key-file", key)
    after = len(load.filed)
    load.wait_for(after + 5)
    count.check(after > before, f"filings went on during the backup: {before} before, {after} after")
    return before, after


def restored_folder(node, to, key):
    """A directory of its own with the backup's database and the rest copied by hand."""
    folder = node.folder + ".restored"
    run("restore", "--from", glob.glob(to + "/BE-*")[0], "--data", folder, "--key-file", key)
    for name in os.listdir(node.folder):
        if not name.startswith("node.db"):
            if os.path.isdir(f"{node.folder}/{name}"):  # some of it came back with the restore
                shutil.copytree(f"{node.folder}/{name}", f"{folder}/{name}", dirs_exist_ok=True)
            else:
                shutil.copy2(f"{node.folder}/{name}", f"{folder}/{name}")
    return folder


def start_read_only(node):
    """node.start waits for readiness, which does not come."""
    wait, node.wait_ready = node.wait_ready, lambda *_: None
    node.start()
    node.wait_ready = wait
    return node.wait_ready(statuses=(503,))


def check_content(node, company, load, before, known):
    """What was acknowledged before the backup began reads as it was filed; of the rest, each is there or not, never out of order."""
    there = []
    for number, filed in enumerate(load.filed):
        answer = company.patient("/api/v1/filings/" + filed["filing"])
        there.append(answer.status == 200)
        count.check(answer.status in (200, 404), f"filing {number}: {answer}")
        if answer.status == 200:
            count.equal(answer.json["fields"]["summary"], f"Number {number}.", f"filing {number} reads")
            count.equal(answer.json["log_index"], filed["receipt"]["log"]["index"], f"filing {number} has its place")
    kept = sum(there)
    count.check(there == [True] * kept + [False] * (len(there) - kept), "a prefix of the log is there")
    count.check(kept >= before, f"{kept} are there; {before} were acknowledged before the backup began")
    attachment = company.get("/api/v1/attachments/" + known["attachment"])
    count.check(attachment.status == 200 and attachment.data == known["content"], "the attachment reads")
    count.equal(company.need(200, "GET", "/api/v1/drafts/" + known["draft"])["draft"], {"a": "half a"}, "the draft reads")
    count.equal(company.need(200, "GET", "/api/v1/me")["login"], "night@one.example", "the session of before still holds")
    count.status(company.again(known["token"]).get("/api/v1/me"), 200, "and the token")
    return kept


def main():
    node = v.Node(edit=v.quick_heads)
    to = node.folder + ".backups"
    os.mkdir(to)
    key = node.folder + ".key"
    with open(key, "wb") as file:
        file.write(os.urandom(48))
    try:
        node.start()
        company = node.person("night@one.example", "Night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Grid (invented)", ["EN_EL_DSO"]))["entity"]
        content = os.urandom(150000)
        attachment = company.need(201, "POST", "/api/v1/attachments?name=a.bin", content, kind="application/octet-stream")["id"]
        company.must_file("incident", "early_warning", v.early_warning(), entity=entity, attachments=[attachment])
        draft = company.need(201, "POST", "/api/v1/drafts", {"a": "half a"})["id"]
        known = {"attachment": attachment, "content": content, "draft": draft, "token": company.make_token("t", ["read"])}
        load = Load(company.again(), entity)
        load.start()
        before, _ = back_up(node, load, to, key)
        load.is_over.set()
        load.join(v.PATIENCE)
        count.equal(node.stop(), 0, "the node stops")
        folder = restored_folder(node, to, key)

        # the key has signed more than the backup holds
        node.folder = folder
        ready = start_read_only(node)
        count.equal(ready["status"], "read_only", "restored behind the key: read-only")
        company.move(node.url)
        kept = check_content(node, company, load, before, known)
        count.equal(node.log_size(), kept + 2, "as many records as filings")
        refused = company.file("incident", "early_warning", v.early_warning(), entity=entity)
        count.check(refused.status in (409, 503) and refused.is_problem(), f"no filing is taken: {refused}")
        count.equal(node.stop(), 0, "the node stops")

        said = run("log", "epoch", folder, "--reason", "restored from the backup of the day")
        count.check(said.startswith("varde-epoch/1\n"), f"the statement: {said[:300]}")
        node.start()
        company.move(node.url)
        size = node.log_size()
        filed = company.must_file("incident", "early_warning", v.early_warning(), entity=entity)
        count.equal(node.log_size(), size + 1, "filings go on")
        one, two = node.verify_both(filed["receipt"])
        count.check(one.get("valid") and one == two and one["epoch"] == 2, f"with receipts of the new epoch: {one} {two}")
        bad = [n for n, f in enumerate(load.filed) if not node.verify_second(f["receipt"])["valid"]]
        count.equal(bad, [], "every receipt from before verifies, of what was lost too")
        print(f"{len(load.filed)} filed, {kept} in the backup, {len(load.filed) - kept} later")
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
