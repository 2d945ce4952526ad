#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The drill of doc/backup.md on the real program: a running node is backed up, its database is lost, restored, and serves again."""
import glob
import json
import os
import re
import shutil
import signal
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
    code, out, err = varde("backup", "--data", data, "--to", to, "--key-file", key, "--json")
    check("a running node is backed up", code == 0, err)
    about = json.loads(out) if code == 0 else {"parts": []}
    check("in three parts", [part["part"] for part in about["parts"]] == ["main", "keys", "erasures"], out)
    backup = glob.glob(to + "/LU-*")[0]
    check("with right checksums", subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=backup, check=False).returncode == 0)
    check("and nothing else beside it", os.listdir(to) == [os.path.basename(backup)], os.listdir(to))
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
    for name in os.listdir(data):
        if not name.startswith("node.db"):
            copy = shutil.copytree if os.path.isdir(f"{data}/{name}") else shutil.copy2
            copy(f"{data}/{name}", f"{new}/{name}")
    node = Node(new)
    check("the restored node serves", "varde ready" in node.line, node.line)
    log = node.stop()
    check("with as many records", re.search(r"serving records=%d\b" % about.get("records", -1), log), log)
    shutil.rmtree(root)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
