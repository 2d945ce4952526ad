#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Two verifiers, one verdict: `varde verify` and tools/verify.py over the vectors of test/vectors/record.json and over receipts
changed at random. tools/verify.py also makes every hash and checks every signature of the vectors anew.

VARDE names the binary. VARDE_LONG=1: 20,000 changed receipts instead of 400. VARDE_SEED repeats a run."""
import base64
import hashlib
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile

import _change

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VARDE = os.environ.get("VARDE", os.path.join(ROOT, "build/debug/varde"))
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


def b64(data):
    return base64.b64encode(data).decode()


def prove(leaves, index):
    """The audit path by its definition."""
    if len(leaves) == 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < split:
        return prove(leaves[:split], index) + [second.tree_root(leaves[split:])]
    return prove(leaves[split:], index - split) + [second.tree_root(leaves[:split])]


def prove_growth(leaves, old, is_whole=True):
    """The consistency proof by its definition."""
    if old == len(leaves):
        return [] if is_whole else [second.tree_root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old <= split:
        return prove_growth(leaves[:split], old, is_whole) + [second.tree_root(leaves[split:])]
    return prove_growth(leaves[split:], old - split, False) + [second.tree_root(leaves[:split])]


def tile(path, size, entries, leaves):
    _, level, index = path.split("/", 2)
    index, _, width = index.partition(".p/")
    number = int("".join(part.lstrip("x") for part in index.split("/")))
    first, count = number * 256, int(width or 256)
    if level == "entries":
        return b"".join(len(e).to_bytes(2, "big") + e for e in entries[first:first + count])
    step = 256 ** int(level)
    spans = [leaves[i * step:(i + 1) * step] for i in range(first, first + count)]
    expect(all(len(s) == step for s in spans) and (first + count) * step <= size, f"{path} is in the tree")
    return b"".join(second.tree_root(s) for s in spans)


def check_hashes(vectors):
    commitments = []
    for item in vectors["items"]:
        text = item["value"]
        expect(second.canonical(json.loads(text)) == text, f"canonical form of {item['name']}")
        commitment = second.item_commit(item["kind"], item["name"], text, base64.b64decode(item["salt"]))
        expect(b64(commitment) == item["commitment"], f"commitment of {item['name']}")
        commitments.append(commitment)
    for record in vectors["records"]:
        count = len(record["commitments"])
        expect([b64(c) for c in commitments[:count]] == record["commitments"], "commitments of a record")
        expect(b64(second.record_commit(commitments[:count])) == record["entry"], f"record of {count}")
    entries = [hashlib.sha256(str(i).encode()).digest() for i in range(300)]
    entries[vectors["record_index"]] = second.record_commit(commitments)
    leaves = [second.sha256(b"\0", e) for e in entries]
    for row in vectors["roots"]:
        expect(b64(second.tree_root(leaves[:row["size"]])) == row["root"], f"root of {row['size']}")
    for row in vectors["inclusion"]:
        proof = prove(leaves[:row["size"]], row["index"])
        expect([b64(p) for p in proof] == row["proof"], f"inclusion {row['index']} in {row['size']}")
        root = second.path_root(leaves[row["index"]], row["index"], row["size"], proof)
        expect(root == second.tree_root(leaves[:row["size"]]), f"path {row['index']} in {row['size']}")
    for row in vectors["consistency"]:
        proof = prove_growth(leaves[:row["new"]], row["old"]) if row["old"] > 0 else []
        expect([b64(p) for p in proof] == row["proof"], f"consistency {row['old']} to {row['new']}")
    for row in vectors["tiles"]:
        content = tile(row["path"], row["size"], entries, leaves)
        expect(len(content) == row["bytes"] and b64(second.sha256(content)) == row["sha256"], row["path"])


def public_of(seed):
    """The Ed25519 public key of a seed (RFC 8032 5.1.5)."""
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & ~(7 | 1 << 255) & ((1 << 255) - 1) | 1 << 254
    x, y, z, _ = second.point_multiply(scalar, second.BASE)
    x, y = (v * pow(z, second.P - 2, second.P) % second.P for v in (x, y))
    return (y | (x & 1) << 255).to_bytes(32, "little")


def check_signatures(vectors):
    log, first, other = (second.key_parse(vectors["keys"][name]) for name in ("log", "witness0", "witness1"))
    for key, name in ((log, "log"), (first, "witness 0"), (other, "witness 1")):
        expect(public_of(hashlib.sha256(name.encode()).digest()) == key.public, f"the public key of {name}")
    for count, note in enumerate(vectors["notes"]):
        body, signatures = second.note_parse(note)
        expect(second.checkpoint_parse(body)[:2] == (log.name, 300), "checkpoint")
        expect(second.note_verify(body, signatures, log) is not None, "the log's signature")
        for i, witness in enumerate((first, other)):
            expect(second.note_verify(body, signatures, witness) == (1800000000 + i if i < count else None), "a cosignature")
    body, signatures = second.note_parse(vectors["epoch"])
    expect(second.note_verify(body, signatures, log) is not None and body.startswith("varde-epoch/1\norigin "), "the epoch")
    # RFC 8032 7.1, test 2, and the same with S increased by the group's order, which a strict verifier refuses
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    s = int.from_bytes(signature[32:], "little") + second.ORDER
    expect(second.ed25519_verify(public, b"\x72", signature), "RFC 8032 test 2")
    expect(not second.ed25519_verify(public, b"\x73", signature), "RFC 8032 test 2, changed")
    expect(not second.ed25519_verify(public, b"\x72", signature[:32] + s.to_bytes(32, "little")), "a second form of S")


def verdicts(data, texts, keys, folder):
    """(first, second): the report where valid, otherwise None."""
    path = os.path.join(folder, "receipt.json")
    with open(path, "wb") as file:
        file.write(data)
    options = [word for text in texts for word in ("--key", text)]
    run = subprocess.run([VARDE, "verify", path, "--json", *options], stdout=subprocess.PIPE, check=False, timeout=60)
    if run.returncode not in (0, 1):
        return f"exit code {run.returncode}", None
    one = json.loads(run.stdout)
    expect(one["valid"] == (run.returncode == 0), "exit code and verdict agree")
    try:
        two = {"valid": True, **second.receipt_verify(data, keys)}
    except second.Refused as no:
        two = {"valid": False, "rule": no.rule}
    return one, two


def agree(one, two):
    if not isinstance(one, dict) or one["valid"] != two["valid"]:
        return False
    return not one["valid"] or one == two


def check_receipts(vectors, texts, keys, folder):
    for row in vectors["receipts"]:
        one, two = verdicts(row["receipt"].encode(), texts, keys, folder)
        expect(agree(one, two), f"{row['name']}: {one} and {two}")
        expect(two["valid"] == row["valid"], f"{row['name']}: {two}")
        if row["valid"]:
            expect(two["cosigned"] == row["cosigned"], f"{row['name']}: witnesses")


def check_changed(vectors, texts, keys, folder):
    seed = int(os.environ.get("VARDE_SEED", "2"))
    chance = random.Random(seed)
    good = [row["receipt"].encode() for row in vectors["receipts"] if row["valid"]]
    count, valid = 20000 if os.environ.get("VARDE_LONG") else 400, 0
    for number in range(count):
        data = _change.change(chance.choice(good), chance)
        one, two = verdicts(data, texts, keys, folder)
        valid += bool(two and two["valid"])
        if not agree(one, two):
            expect(False, f"seed {seed}, receipt {number}: {one} and {two}: {data[:4000]!r}")
    print(f"{count} changed receipts, seed {seed}: {valid} still valid, {count - valid} not")
    expect(valid < count / 2, "changes are seen")


def check_command(vectors, texts, folder):
    path = os.path.join(folder, "good.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(vectors["receipts"][0]["receipt"])
    epoch, other = os.path.join(folder, "epoch.note"), os.path.join(folder, "other.note")
    for name, text in ((epoch, vectors["epoch"]), (other, vectors["epoch"].replace("size 300", "size 299"))):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    keys = os.path.join(folder, "trusted")
    with open(keys, "w", encoding="utf-8") as file:
        file.write("# who is trusted\n\n" + "\n".join(texts) + "\n")
    for words, code in (([path, "--key", keys], 0), ([path, "--key", texts[0], "--witness", texts[1]], 0), ([path, "--key", texts[1]], 2),
                        ([path], 2), ([path, "--key", texts[0], "--witness", texts[0]], 2), ([path, "--key", texts[0] + "x"], 2),
                        ([os.path.join(folder, "none"), "--key", keys], 2), ([path, "--key", os.path.join(folder, "none")], 2),
                        ([keys, "--key", keys], 1), ([epoch, "--key", keys], 0), ([other, "--key", keys], 1), ([path, path, "--key", keys], 2), ([path, "--key", keys, "--other"], 2)):
        for command in ([VARDE, "verify"], [sys.executable, os.path.join(ROOT, "tools/verify.py")]):
            run = subprocess.run(command + words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=60)
            expect(run.returncode == code, f"{command} {words}: {run.returncode}, not {code}: {run.stdout} {run.stderr}")


def main():
    with open(os.path.join(ROOT, "test/vectors/record.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    texts = list(vectors["keys"].values())
    keys = [second.key_parse(text) for text in texts]
    check_hashes(vectors)
    check_signatures(vectors)
    with tempfile.TemporaryDirectory() as folder:
        check_receipts(vectors, texts, keys, folder)
        check_changed(vectors, texts, keys, folder)
        check_command(vectors, texts, folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
