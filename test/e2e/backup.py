#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The drill of doc/backup.md on the real program: a running node is backed up, its database is lost, restored, and serves again."""
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

VARDE = os.environ.get("VARDE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/debug/varde")
passed = failed = 0


def check(words, is_good, detail=""):
    global passed, failed
    passed, failed = passed + bool(is_good), failed + (not is_good)
    if not is_good:
        print(f"FAILED: {words} {detail}")


def varde(*words):
    done = subprocess.run([VARDE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


class Node:
    def __init__(self, data):
        self.errors = open(data + ".log", "w+")
        self.process = subprocess.Popen([VARDE, "serve", data], stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.line = self.process.stdout.readline()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.seek(0)
        return self.errors.read()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def other_files(root, backup, key, data):
    """What stands in a data directory stays, but for a secret that the database could not be read with."""
    kept = root + "/kept"
    os.mkdir(kept)
    with open(kept + "/varde.yaml", "w", encoding="utf-8") as file:
        file.write("state: 'LU'\n# mine\n")
    with open(kept + "/node.secret", "wb") as file:
        file.write(os.urandom(32))
    code, _, err = varde("restore", "--from", backup, "--data", kept, "--key-file", key)
    check("another secret of the node is refused", code != 0 and "node.secret" in err, err)
    check("and nothing changed", sorted(os.listdir(kept)) == ["node.secret", "varde.yaml"], os.listdir(kept))
    shutil.copy2(data + "/node.secret", kept)
    code, out, err = varde("restore", "--from", backup, "--data", kept, "--key-file", key, "--json")
    check("the same secret is kept", code == 0 and sorted(json.loads(out)["files_kept"]) == ["node.secret", "varde.yaml"], out + err)
    check("and the configuration stays", read(kept + "/varde.yaml").endswith(b"# mine\n"))


def needs_rebuild(root, backup, key, data):
    """Without keys, what is derived is missing: doctor warns, the node reads only, until varde rebuild."""
    bare = root + "/bare"
    code, out, err = varde("restore", "--from", backup, "--data", bare, "--key-file", key, "--without-keys", "--json")
    check("it is restored without keys", code == 0 and json.loads(out)["needs_rebuild"] is True and json.loads(out)["files"] == [], out + err)
    for name in os.listdir(data):
        if not name.startswith("node.db"):
            copy = shutil.copytree if os.path.isdir(f"{data}/{name}") else shutil.copy2
            copy(f"{data}/{name}", f"{bare}/{name}")
    _, out, err = varde("doctor", bare)
    check("doctor warns of the mark", "varde rebuild" in out + err and "must be made anew" in out + err, out + err)
    node = Node(bare)
    check("such a node serves", "varde ready" in node.line, node.line)
    log = node.stop()
    check("and reads only", "read_only" in log and "varde rebuild" in log, log)
    code, _, err = varde("rebuild", bare)
    check("it is rebuilt", code == 0, err)
    _, out, err = varde("doctor", bare)
    check("doctor is content", "must be made anew" not in out + err, out + err)
    node = Node(bare)
    log = node.stop()
    check("the node takes filings again", "varde ready" in node.line and "read_only" not in log, log)


def notes(data):
    """What the node's database was told of its backups."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/node.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT id, is_whole, place, tried_ms FROM backup_made ORDER BY made_ms").fetchall()


def tried(root, backup, key, data, name):
    """The backup of a running node is noted, restored beside it to try it, and nothing is left of the trial."""
    check("it is noted, untried", notes(data) == [(name, 1, backup, None)], notes(data))
    before = sorted(os.listdir(data))
    code, _, err = varde("restore", "--try", "--from", backup, "--data", data, "--key-file", key + ".none")
    check("without the secret nothing is tried", code != 0 and notes(data)[0][3] is None, err)
    code, out, err = varde("restore", "--try", "--from", backup, "--data", data, "--key-file", key)
    check("it could be restored", code == 0 and "could be restored" in out, out + err)
    check("which is noted too", notes(data)[0][3] is not None, notes(data))
    check("nothing is left of the trial", sorted(os.listdir(data)) == before, os.listdir(data))
    code, _, err = varde("backup", "--data", data, "--to", root, "--key-file", key, "--erasures-only")
    check("so is a list of what was erased", code == 0 and [row[1] for row in notes(data)] == [1, 0], f"{notes(data)} {err}")
    code, _, err = varde("restore", "--try", "--without-keys", "--from", backup, "--data", data, "--key-file", key)
    check("a trial without keys proves nothing", code != 0 and "prove nothing" in err, err)


def main():
    root = tempfile.mkdtemp(prefix="varde-e2e-")
    data, to, new, key = (os.path.join(root, name) for name in ("node", "to", "new", "key"))
    os.mkdir(to)
    with open(key, "wb") as file:
        file.write(os.urandom(48))
    subprocess.run([VARDE, "init", data, "--state", "LU", "--name", "Test", "--listen", "127.0.0.1:0"], check=True,
                   stdout=subprocess.DEVNULL)
    node = Node(data)
    check("the node serves", "varde ready" in node.line, node.line)
    check("never was there a backup", notes(data) == [])
    code, out, err = varde("backup", "--data", data, "--to", to, "--key-file", key, "--json")
    check("a running node is backed up", code == 0, err)
    about = json.loads(out) if code == 0 else {"parts": []}
    check("in three parts", [part["part"] for part in about["parts"]] == ["main", "keys", "erasures"], out)
    backup = glob.glob(to + "/LU-*")[0]
    check("with right checksums", subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=backup, check=False).returncode == 0)
    check("and nothing else beside it", os.listdir(to) == [os.path.basename(backup)], os.listdir(to))
    tried(root, backup, key, data, about.get("backup"))
    check("the node stops", "stopping" in node.stop())

    code, _, err = varde("restore", "--from", backup, "--data", data, "--key-file", key)
    check("a database is never replaced", code == 1 and "already" in err, err)
    with open(key + ".other", "wb") as file:
        file.write(os.urandom(48))
    code, _, err = varde("restore", "--from", backup, "--data", new, "--key-file", key + ".other")
    check("another key is refused", code == 2 and not os.listdir(new), err)
    code, out, err = varde("restore", "--from", backup, "--data", new, "--key-file", key, "--json")
    check("it is restored", code == 0, err)
    check("as it was", code == 0 and json.loads(out)["backup"] == about["backup"], out)
    files = ["keys/log.vkey", "node.secret", "tls/certificate.pem", "tls/key.pem", "varde.yaml"]
    check("the backup names the files with the keys", sorted(about.get("files", [])) == files, about.get("files"))
    check("they come back", code == 0 and sorted(json.loads(out)["files"]) == files, out)
    check("as they were", all(read(f"{data}/{name}") == read(f"{new}/{name}") for name in files))
    check("none for others to read", all(os.stat(f"{new}/{name}").st_mode & 0o077 == 0 for name in files if not name.endswith("vkey")))
    check("neither the signing key nor what it remembers", sorted(os.listdir(new + "/keys")) == ["log.vkey"], os.listdir(new + "/keys"))
    shutil.copy2(data + "/keys/signing.key", new + "/keys")  # by hand, from another medium; the node has moved, so its heads go along
    shutil.copy2(data + "/keys/heads", new + "/keys")
    node = Node(new)
    check("the restored node serves", "varde ready" in node.line, node.line)
    log = node.stop()
    check("with as many records", re.search(r"serving records=%d\b" % about.get("records", -1), log), log)
    other_files(root, backup, key, data)
    needs_rebuild(root, backup, key, data)
    shutil.rmtree(root)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
