#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The process that holds the signing key, killed at random instants: a head whose signature left is never forgotten, and no
second history is ever signed. VARDE names the binary; VARDE_LONG=1: 200 kills instead of 12; VARDE_SEED repeats a run."""
import functools
import hashlib
import importlib.util
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VARDE = os.environ.get("VARDE", os.path.join(ROOT, "build/debug/varde"))
LOG = "varde.example.lu/log"
CHECKPOINT, NOTE, HEAD, PUBLIC, READY, STOP, FAILED = 32, 33, 34, 35, 64, 65, 80
ORIGIN, SIZE, ROOT_HASH, PROOF, NOTE_TEXT, KEY, KIND = 32, 33, 34, 35, 36, 37, 49
passed = failed = 0


def load_second():
    spec = importlib.util.spec_from_file_location("verify", os.path.join(ROOT, "tools/verify.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


second = load_second()


def expect(is_right, what):
    global passed, failed
    passed, failed = passed + bool(is_right), failed + (not is_right)
    if not is_right:
        print(f"wrong: {what}")


# --- a log: entry i is the SHA-256 of i; perfect subtrees are remembered ---


@functools.lru_cache(maxsize=None)
def perfect(first, count):
    if count == 1:
        return second.sha256(b"\0", hashlib.sha256(str(first).encode()).digest())
    return second.sha256(b"\1", perfect(first, count // 2), perfect(first + count // 2, count // 2))


def root_of(first, count):
    if count & (count - 1) == 0:
        return perfect(first, count) if count else second.sha256()
    split = 1 << ((count - 1).bit_length() - 1)
    return second.sha256(b"\1", perfect(first, split), root_of(first + split, count - split))


def growth(old, count, first=0, is_whole=True):
    if old == count or old == 0:
        return [] if is_whole or old == 0 else [root_of(first, count)]
    split = 1 << ((count - 1).bit_length() - 1)
    if old <= split:
        return growth(old, split, first, is_whole) + [root_of(first + split, count - split)]
    return growth(old - split, count - split, first + split, False) + [root_of(first, split)]


# --- frames ---


def frame(kind, number, *fields):
    body = struct.pack("<HHQ", kind, 0, number)
    for tag, value in fields:
        value = struct.pack("<Q", value) if isinstance(value, int) else value
        body += struct.pack("<HHI", tag, 0, len(value)) + value
    return struct.pack("<I", len(body)) + body


def receive(line):
    try:
        head = line.recv(4, socket.MSG_WAITALL)
        data = line.recv(struct.unpack("<I", head)[0], socket.MSG_WAITALL) if len(head) == 4 else b""
    except ConnectionResetError:  # it ended with questions of ours unread
        return None
    if len(head) < 4 or len(data) < struct.unpack("<I", head)[0]:
        return None
    (kind, _, number), data, fields = struct.unpack("<HHQ", data[:12]), data[12:], {}
    while data:
        tag, _, size = struct.unpack("<HHI", data[:8])
        fields[tag], data = data[8:8 + size], data[8 + size:]
    return kind, number, fields


class Keys:
    """The role, started as the supervisor does it."""

    def __init__(self, directory):
        self.line, line = socket.socketpair()
        self.node, node = socket.socketpair()
        for end in (self.line, self.node):
            end.settimeout(20)

        def place():
            ends = [os.dup2(line.fileno(), 40), os.dup2(node.fileno(), 41)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"  # the sandbox does not let the leak checker look
        self.process = subprocess.Popen([VARDE, "--role", "keys", directory], preexec_fn=place, close_fds=False,
                                        stderr=subprocess.DEVNULL, env=dict(os.environ, ASAN_OPTIONS=options))
        line.close()
        node.close()
        self.is_ready = (receive(self.line) or (0,))[0] == READY

    def ask(self, kind, *fields):
        self.node.sendall(frame(kind, 7, *fields))
        return receive(self.node)

    def end(self):
        self.line.close()
        self.node.close()
        return self.process.wait(20)


def checkpoint(old, new, root=None, origin=LOG):
    return (CHECKPOINT, (ORIGIN, origin.encode()), (SIZE, new), (ROOT_HASH, root or root_of(0, new)), (PROOF, b"".join(growth(old, new))))


def is_signed(reply, key, size):
    if reply is None or reply[0] != NOTE:
        return False
    body, signatures = second.note_parse(reply[2][NOTE_TEXT].decode())
    return second.note_verify(body, signatures, key) is not None and second.checkpoint_parse(body) == (LOG, size, root_of(0, size))


def grow_until_killed(keys, size, chance):
    """Heads that grow, a few questions ahead of the answers, until SIGKILL; the largest size whose signature came."""
    until, sent, answered = time.monotonic() + chance.random() * 0.1, size, size
    try:
        while time.monotonic() < until:
            for _ in range(chance.randrange(1, 4)):
                new = sent + chance.randrange(1, 9)
                kind, *fields = checkpoint(sent, new)
                keys.node.sendall(frame(kind, new, *fields))
                sent = new
            while answered < sent and chance.random() < 0.9:
                kind, answered, _ = receive(keys.node)
                expect(kind == NOTE, "a growing head is signed")
    finally:
        keys.process.send_signal(signal.SIGKILL)
    keys.process.wait(20)
    while (late := receive(keys.node)) is not None:  # what had left before the kill
        answered = late[1]
    keys.end()
    return answered, sent


def check_kills(directory, key, chance):
    answered = sent = 0
    for _ in range(200 if os.environ.get("VARDE_LONG") else 12):
        keys = Keys(directory)
        expect(keys.is_ready, "the role starts after a kill")
        size = struct.unpack("<Q", keys.ask(HEAD)[2][SIZE])[0]
        expect(answered <= size <= sent, f"remembered {size}, answered {answered}, asked {sent}")
        if size > 0:
            fork = hashlib.sha256(b"another history").digest()
            expect(keys.ask(*checkpoint(size, size, fork))[2][KIND] == b"head.fork", "a fork is refused")
            expect(keys.ask(*checkpoint(size, size + 5, fork))[2][KIND] == b"head.proof", "another history is refused")
            expect(keys.ask(*checkpoint(size - 1, size - 1))[2][KIND] == b"head.rollback", "a rollback is refused")
        expect(is_signed(keys.ask(*checkpoint(size, size + 1)), key, size + 1), "the log goes on")
        answered, sent = grow_until_killed(keys, size + 1, chance)
    print(f"killed; {answered} records signed for at the end")
    return answered


def check_hostile(directory, chance):
    for number in range(8):
        keys = Keys(directory)
        data = bytearray(frame(CHECKPOINT, 1, (ORIGIN, LOG.encode()), (SIZE, 3), (ROOT_HASH, bytes(32)), (PROOF, bytes(31))))
        if number > 0:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            data += chance.randbytes(200)
        keys.node.sendall(data)
        keys.node.shutdown(socket.SHUT_WR)
        replies = []
        while (reply := receive(keys.node)) is not None:
            replies.append(reply[0])
        expect(NOTE not in replies, "nothing is signed for a broken request")
        expect(keys.end() in (0, 1), "a broken request crashes nothing")


def check_stop(directory, key):
    keys = Keys(directory)
    size = struct.unpack("<Q", keys.ask(HEAD, (ORIGIN, LOG.encode()))[2][SIZE])[0]
    expect(is_signed(keys.ask(*checkpoint(size, size)), key, size), "the same head is signed again")
    expect(keys.ask(*checkpoint(size, size, None, "varde.example.fr/log"))[0] == FAILED, "another log is refused")
    expect(keys.ask(PUBLIC)[2][KEY].decode() == f"{key.name}+{key.id.hex()}+{second.base64.b64encode(bytes([1]) + key.public).decode()}",
           "the verifier key")
    rival = Keys(directory)
    expect(not rival.is_ready and rival.end() != 0, "a second process does not get the key")
    keys.line.sendall(frame(STOP, 0))
    expect(keys.process.wait(20) == 0, "STOP ends the role")
    keys.end()
    epoch = subprocess.run([VARDE, "log", "epoch", directory, "--reason", "a test"], stdout=subprocess.PIPE, check=False, timeout=20)
    stated = second.epoch_verify(epoch.stdout, [key])
    expect((stated["size"], stated["origin"]) == (size, LOG + "/epoch-2"), "the epoch names the last head")
    keys = Keys(directory)
    expect(keys.ask(*checkpoint(size, size))[2].get(KIND) == b"head.origin", "the old epoch is closed")
    expect(keys.ask(HEAD)[2][ORIGIN] == (LOG + "/epoch-2").encode(), "the new epoch is open")
    keys.end()


def main():
    seed = int(os.environ.get("VARDE_SEED", "3"))
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        directory = os.path.join(folder, "node")
        made = subprocess.run([VARDE, "init", directory, "--state", "LU", "--name", "Test", "--log", LOG], stdout=subprocess.DEVNULL,
                              check=False, timeout=60)
        expect(made.returncode == 0, "varde init")
        with open(os.path.join(directory, "keys/log.vkey"), encoding="ascii") as file:
            key = second.key_parse(file.read().strip())
        expect(check_kills(directory, key, chance) > 0, f"something was signed (seed {seed})")
        check_hostile(directory, chance)
        check_stop(directory, key)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
