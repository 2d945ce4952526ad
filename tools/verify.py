#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The second verifier of receipts: verify.py RECEIPT --key KEY... [--witness KEY]... [--envelope FILE] [--json]

It does what `varde verify` does, from doc/spec/record.md alone: it shares no line and no library with the program, and needs
nothing but Python 3.8. KEY is a verifier key as text, or a file with one key a line. Exit code 0: valid; 1: not valid;
2: the receipt or a key could not be read. What was disclosed to another state (JSON, HTML, PDF) it verifies with its envelope, a JSON
package also without.
"""
import base64
import hashlib
import json
import re
import sys

RECEIPT_BYTES_MAX = 2 * 1024 * 1024
JSON_DEPTH_MAX = 32
HEADER_MAX, FIELDS_MAX, NAME_BYTES_MAX = 64, 256, 256
PROOF_MAX, SIZE_MAX = 64, 1 << 62
NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, NOTE_NAME_BYTES_MAX, NOTE_EXTENSIONS_MAX = 16 * 1024, 32, 128, 16
STATEMENT_BYTES_MAX = 4096
LOG_KEY, WITNESS_KEY = 0x01, 0x04
STANDING = ("signed by the authority", "signed by the authority and cosigned by witnesses")
SPACES = set(range(0x21)) | {0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000} | set(range(0x2000, 0x200B))


class Refused(Exception):
    """Not valid: rule, field, words."""

    def __init__(self, rule, field, words):
        super().__init__(words)
        self.rule, self.field, self.words = rule, field, words


# --- Ed25519 (RFC 8032), verification only; as strict as libsodium: S reduced, A canonical, A and R not of small order ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)  # extended coordinates X, Y, Z, T


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(scalar, p):
    q = IDENTITY
    while scalar > 0:
        if scalar & 1:
            q = point_add(q, p)
        p = point_add(p, p)
        scalar >>= 1
    return q


def point_equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def point_decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def is_small(p):
    return point_equal(point_multiply(8, p), IDENTITY)


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point_decode(public), point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or is_small(a) or is_small(r):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(h, a)))


# --- strict decoding ---


def base64_exact(text, size=None):
    """The bytes of one spelling of base64, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    if base64.b64encode(data).decode() != text or (size is not None and len(data) != size):
        return None
    return data


def decimal_exact(text, most):
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,19}", text) and int(text) <= most else None


def json_integer(text):
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise Refused("json.number", "", "this integer is too large")
    return value


class Float:
    """A number that is no integer: read, but never part of a value."""

    def __init__(self, text):
        if float(text) in (float("inf"), float("-inf")):
            raise Refused("json.number", "", "a number is malformed or too large")


def json_object(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("json.duplicate_key", "", "a name stands twice in one object")
    return found


def no_constant(text):
    raise Refused("json.syntax", "", f"{text} is not JSON")


def json_check(value, depth):
    if depth > JSON_DEPTH_MAX:
        raise Refused("json.depth", "", "nested too deeply")
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("json.syntax", "", "a string holds half a character") from None
    elif isinstance(value, list):
        for item in value:
            json_check(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            json_check(name, depth + 1)
            json_check(item, depth + 1)


def json_read(data):
    if len(data) > RECEIPT_BYTES_MAX:
        raise Refused("json.size", "", "the document is too large")
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Refused("json.utf8", "", "the document is not well-formed UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=json_object, parse_float=Float, parse_int=json_integer,
                           parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("json.syntax", "", f"not JSON: {error}") from None
    json_check(value, 0)
    return value


ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 0x22: '\\"', 0x5C: "\\\\"}


def canonical(value):
    """RFC 8785, for values without floats."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(ESCAPES.get(ord(c), c if ord(c) >= 0x20 else f"\\u{ord(c):04x}") for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    raise Refused("receipt.value", "", "a value holds a number that is no integer")


# --- commitments and the tree ---


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def item_commit(kind, name, text, salt):
    tag = b"varde.header.v1\n" if kind == "header" else b"varde.field.v1\n"
    name, text = name.encode(), text.encode()
    return sha256(tag, salt, len(name).to_bytes(8, "big"), name, len(text).to_bytes(8, "big"), text)


def tree_root(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\1", tree_root(leaves[:split]), tree_root(leaves[split:]))


def record_commit(commitments):
    root = tree_root([sha256(b"\0", c) for c in commitments])
    return sha256(b"varde.record.v1\n", len(commitments).to_bytes(8, "big"), root)


def path_root(leaf, index, size, proof):
    """The root that the audit path leads to, by the definition of RFC 6962 2.1.1; None where its length is wrong."""
    if size == 1:
        return leaf if not proof else None
    if not proof:
        return None
    split = 1 << ((size - 1).bit_length() - 1)
    if index < split:
        left = path_root(leaf, index, split, proof[:-1])
        return None if left is None else sha256(b"\1", left, proof[-1])
    right = path_root(leaf, index - split, size - split, proof[:-1])
    return None if right is None else sha256(b"\1", proof[-1], right)


# --- keys and notes ---


def name_is_valid(name):
    return 0 < len(name.encode()) <= NOTE_NAME_BYTES_MAX and not any(ord(c) in SPACES or c == "+" for c in name)


class Key:
    """A verifier key: name, type, key id, public key."""

    def __init__(self, name, kind, public):
        self.name, self.kind, self.public = name, kind, public
        self.id = sha256(name.encode(), b"\n", bytes([kind]), public)[:4]


def key_parse(text):
    parts = text.split("+", 2)
    material = base64_exact(parts[2], 33) if len(parts) == 3 else None
    if material is None or material[0] not in (LOG_KEY, WITNESS_KEY) or not name_is_valid(parts[0]):
        raise Refused("note.key", "", "a verifier key is written as name+hash+key")
    key = Key(parts[0], material[0], material[1:])
    if key.id.hex() != parts[1]:
        raise Refused("note.key", "", "the hash does not belong to this name and key")
    return key


def note_parse(text):
    """(body, [(name, key id, signature)])"""
    def refuse(words):
        raise Refused("note.form", "/log/note", words)

    if len(text.encode()) > NOTE_BYTES_MAX:
        refuse("the note is too long")
    if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
        refuse("a signed note ends with a newline and has no control characters")
    head, blank, tail = text.rpartition("\n\n")
    if not blank or not tail:
        refuse("a blank line stands between the text and its signatures")
    lines = tail[:-1].split("\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        refuse("the note has too many signatures")
    signatures = []
    for line in lines:
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        data = base64_exact(match.group(2)) if match else None
        if data is None or len(data) < 5 or not name_is_valid(match.group(1)):
            refuse("a signature line is malformed")
        signatures.append((match.group(1), data[:4], data[4:]))
    return head + "\n", signatures


def checkpoint_parse(body):
    lines = body[:-1].split("\n")
    size = decimal_exact(lines[1], SIZE_MAX) if len(lines) >= 3 else None
    root = base64_exact(lines[2], 32) if len(lines) >= 3 else None
    if size is None or root is None or not name_is_valid(lines[0]) or "" in lines[3:] or len(lines) > 3 + NOTE_EXTENSIONS_MAX:
        raise Refused("note.checkpoint", "/log/note", "the note is no checkpoint")
    return lines[0], size, root


def note_verify(body, signatures, key):
    """None where the key has not signed, otherwise the time in seconds (0 for a log); Refused for a false signature."""
    latest = None
    for name, key_id, data in signatures:
        if name != key.name or key_id != key.id:
            continue
        message, time_s = body.encode(), 0
        if key.kind == WITNESS_KEY:
            time_s, data = int.from_bytes(data[:8], "big"), data[8:]
            message = f"cosignature/v1\ntime {time_s}\n".encode() + message
        if time_s >= 2**63 or not ed25519_verify(key.public, message, data):
            raise Refused("receipt.signature", "/log/note", "a signature is false")
        latest = max(latest or 0, time_s)
    return latest


def epoch_of(name, origin):
    if origin == name:
        return 1
    match = re.fullmatch(r"/epoch-([1-9][0-9]{0,8})", origin[len(name):]) if origin.startswith(name) else None
    return int(match.group(1)) if match and int(match.group(1)) >= 2 else 0


# --- receipts ---


def only(value, names):
    return isinstance(value, dict) and all(name in names for name in value)


def items_read(receipt, part, least, most, counts):
    items = receipt.get(part)
    if not isinstance(items, list) or not least <= len(items) <= most:
        raise Refused("receipt.items", f"/{part}", "this is not a list of items, or has too few or too many")
    commitments, names = [], set()
    for i, item in enumerate(items):
        place = f"/{part}/{i}"
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str) or not 0 < len(name.encode()) <= NAME_BYTES_MAX or name in names:
            raise Refused("receipt.item", place, "an item has a name of its own")
        names.add(name)
        if "value" in item:
            salt = base64_exact(item.get("salt"), 32)
            if not only(item, ("name", "value", "salt")) or salt is None:
                raise Refused("receipt.item", place, "a shown item has name, value and salt")
            commitments.append(item_commit(part[:6] if part == "header" else "field", name, canonical(item["value"]), salt))
            counts["shown"] += 1
        else:
            commitment = base64_exact(item.get("commitment"), 32)
            if not only(item, ("name", "state", "commitment")) or commitment is None or item.get("state") not in ("withheld", "erased"):
                raise Refused("receipt.item", place, "a hidden item has name, state and commitment")
            commitments.append(commitment)
            counts[item["state"]] += 1
    return commitments


def is_size(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= SIZE_MAX


def statements_check(receipt):
    answer = receipt.get("answer", {})
    if not only(answer, ("by", "how")) or any(not isinstance(v, str) or len(v.encode()) > STATEMENT_BYTES_MAX for v in answer.values()):
        raise Refused("receipt.form", "/answer", "who will answer is stated by the texts by and how")


def log_check(log, receipt, commitments, keys):
    if not only(log, ("origin", "index", "size", "proof", "note")) or not all(isinstance(log.get(n), str) for n in ("origin", "note")):
        raise Refused("receipt.log", "/log", "log has origin, index, size, proof and note")
    body, signatures = note_parse(log["note"])
    origin, size, root = checkpoint_parse(body)
    if origin != log["origin"]:
        raise Refused("receipt.log", "/log/origin", "the signed head is of another log")
    if receipt.get("standing") != STANDING[len(signatures) > 1]:
        raise Refused("receipt.standing", "/standing", "the receipt claims another standing than its signatures give it")
    if not is_size(log.get("index")) or not is_size(log.get("size")) or log["index"] >= log["size"] or log["size"] != size:
        raise Refused("receipt.log", "/log/index", "index and size do not fit the signed head")
    proof = log.get("proof")
    if not isinstance(proof, list) or len(proof) > PROOF_MAX:
        raise Refused("receipt.log", "/log/proof", "the proof is not a list of hashes, or too long")
    proof = [base64_exact(text, 32) for text in proof]
    if None in proof:
        raise Refused("receipt.log", "/log/proof", "a hash of the proof is not the base64 of 32 bytes")
    leaf = sha256(b"\0", record_commit(commitments))
    if path_root(leaf, log["index"], size, proof) != root:
        raise Refused("receipt.inclusion", "/log/proof", "the record is not in the log that was signed")
    return signatures_check(body, signatures, origin, keys)


def signatures_check(body, signatures, origin, keys):
    report = {"origin": origin, "key": None, "epoch": 0, "witnesses": 0, "cosigned": 0, "cosigned_latest_s": 0}
    for key in keys:
        if key.kind == WITNESS_KEY:
            time_s = note_verify(body, signatures, key)
            report["witnesses"] += 1
            report["cosigned"] += time_s is not None
            report["cosigned_latest_s"] = max(report["cosigned_latest_s"], time_s or 0)
        elif epoch_of(key.name, origin) > 0 and note_verify(body, signatures, Key(origin, LOG_KEY, key.public)) is not None:
            report["key"], report["epoch"] = key.name, epoch_of(key.name, origin)
    if report["key"] is None:
        raise Refused("receipt.key", "/log/note", "none of the given keys has signed this log: is it the right key?")
    return report


def receipt_verify(data, keys):
    """What is proved, as a dictionary; Refused otherwise."""
    return receipt_check(json_read(data), keys)


def receipt_check(receipt, keys):
    front = ("node", "filing", "received_at", "recorded_at")
    if not isinstance(receipt, dict) or receipt.get("format") != "varde-receipt/1":
        raise Refused("receipt.form", "/format", "this is not a receipt of format varde-receipt/1")
    if not only(receipt, ("format", "standing", "answer", "header", "fields", "log") + front):
        raise Refused("receipt.form", "", "the receipt has a member that its format does not know")
    counts = {"shown": 0, "withheld": 0, "erased": 0}
    commitments = items_read(receipt, "header", 1, HEADER_MAX, counts) + items_read(receipt, "fields", 0, FIELDS_MAX, counts)
    shown = {item["name"]: item["value"] for item in receipt["header"] if "value" in item}
    for name in front:
        if not isinstance(shown.get(name), str) or receipt.get(name) != shown[name]:
            raise Refused("receipt.front", name, "the front of the receipt says something else than the header that is proved")
    statements_check(receipt)
    report = log_check(receipt.get("log"), receipt, commitments, keys)
    report.update(counts, index=receipt["log"]["index"], size=receipt["log"]["size"], **{n: receipt[n] for n in front})
    return report


# --- what was disclosed ---

PACKAGE_START = b'{"format":"varde-disclosure/1"'


def is_package(data):
    return data.strip(b" \t\r\n").startswith(PACKAGE_START)


def envelope_verify(envelope, document, keys):
    """Kind, subject, recipient and media type of a document, as they were signed for it; Refused otherwise."""
    def refuse(rule, words):
        raise Refused(f"envelope.{rule}", "envelope", words)

    try:
        body, signatures = note_parse(envelope.decode("utf-8", "strict"))
    except UnicodeDecodeError:
        refuse("form", "a signed note is UTF-8")
    signed = False
    for key in keys:
        try:
            signed = signed or (key.kind == LOG_KEY and note_verify(body, signatures, key) is not None)
        except Refused:
            continue
    if not signed:
        refuse("signature", "the log's key has not signed this envelope")
    word = "([\x21-\x7e]{1,128})"
    match = re.fullmatch(f"varde-envelope/1\nkind {word}\nsubject {word}\nto {word}\nmedia {word}\nsha256 (.*)\ntime (.*)\n", body)
    if not match or base64_exact(match.group(5), 32) is None or not INSTANT.fullmatch(match.group(6)):
        refuse("form", "this is not an envelope")
    if base64.b64decode(match.group(5)) != sha256(document):
        refuse("hash", "the envelope is of another document, or this one was changed")
    return dict(zip(("kind", "subject", "to", "media"), match.groups()))


def text_of(value, name):
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def filed_in(receipt, name):
    """The text that a receipt shows for a field; empty where it shows none."""
    return next((text_of(item, "value") for item in receipt["fields"] if item["name"] == name), "")


def package_check(package, keys):
    def refuse(field, words):
        raise Refused("disclosure.form", field, words)

    proved = {}
    for name in ("source", "receipt"):
        if not isinstance(package.get(name), dict):
            refuse(name, "the package has no such receipt")
        proved[name] = receipt_check(package[name], keys)
    source, release, marking = proved["source"], package["receipt"], package.get("marking")
    if proved["receipt"]["filing"] != text_of(package, "release"):
        refuse("release", "the receipt is of another release")
    if source["filing"] != text_of(package.get("about"), "filing"):
        refuse("about", "the source's receipt is of another filing")
    if source["node"] != proved["receipt"]["node"]:
        refuse("source", "source and release are of different nodes")
    for value, name in ((text_of(marking, "label"), "label"), (text_of(marking, "basis"), "basis"), (text_of(package, "summary"), "summary")):
        if value != filed_in(release, name):
            refuse(name, "the package says something else than was filed")
    return {"node": source["node"], "release": package["release"], "marking": text_of(marking, "label"), "source": source["filing"],
            "shown": source["shown"], "withheld": source["withheld"], "erased": source["erased"]}


def disclosure_verify(document, envelope, keys):
    """What is proved of a document that was disclosed, with its envelope (None: without); Refused otherwise."""
    if len(document) > RECEIPT_BYTES_MAX:
        raise Refused("json.size", "", "the document is too large")
    if envelope is None and not is_package(document):
        raise Refused("disclosure.form", "envelope", "a document that is no package proves nothing without its envelope")
    report = {"envelope": envelope is not None}
    if envelope is not None:
        report.update(envelope_verify(envelope, document, keys))
    if is_package(document):
        package = json_read(document)
        report.update(package_check(package, keys))
        if envelope is not None and (report["subject"], report["to"]) != (report["release"], text_of(package, "to")):
            raise Refused("disclosure.form", "envelope", "the envelope is of another release or recipient")
    return report


# --- the statement of a new epoch ---

INSTANT = re.compile(r"(19[7-9]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?Z")


def epoch_verify(data, keys):
    """What is stated and signed, as a dictionary; Refused otherwise."""
    def refuse(words):
        raise Refused("log.epoch", "", words)

    try:
        body, signatures = note_parse(data.decode("utf-8", "strict"))
    except UnicodeDecodeError:
        refuse("a signed note is UTF-8")
    log = next((k for k in keys if k.kind == LOG_KEY and note_verify(body, signatures, k) is not None), None)
    if log is None:
        refuse("the log's key has not signed this statement of a new epoch")
    match = re.fullmatch("varde-epoch/1\norigin (.*)\nfollows (.*)\nsize (.*)\nroot (.*)\ntime (.*)\nreason (.*)\n", body)
    if not match:
        refuse("this is not a statement of a new epoch")
    origin, follows, size, root, time, reason = match.groups()
    before = epoch_of(log.name, follows)
    if decimal_exact(size, SIZE_MAX) is None or base64_exact(root, 32) is None or not INSTANT.fullmatch(time):
        refuse("this is not a statement of a new epoch")
    if before == 0 or epoch_of(log.name, origin) != before + 1 or not 0 < len(reason.encode()) <= NAME_BYTES_MAX or "\x7f" in reason:
        refuse("the new origin is not that of the next epoch of this log, or the reason is no line of text")
    return {"origin": origin, "follows": follows, "size": int(size)}


# --- the command ---


def usage(words):
    print(f"verify.py: {words}\n{__doc__}", file=sys.stderr)
    sys.exit(2)


def keys_read(text):
    if "+" in text:
        return [key_parse(text)]
    with open(text, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [key_parse(line) for line in lines if line and not line.startswith("#")]


def keys_add(keys, text, must_be_witness):
    for key in keys_read(text):
        if must_be_witness and key.kind != WITNESS_KEY:
            usage(f"{key.name} is the key of a log, not of a witness")
        if not any((k.name, k.id) == (key.name, key.id) for k in keys):
            keys.append(key)


def main(arguments):
    keys, paths, is_json, envelope = [], [], False, None
    while arguments:
        word = arguments.pop(0)
        if word == "--json":
            is_json = True
        elif word in ("--key", "--witness") and arguments:
            keys_add(keys, arguments.pop(0), word == "--witness")
        elif word == "--envelope" and arguments:
            with open(arguments.pop(0), "rb") as file:
                envelope = file.read(NOTE_BYTES_MAX + 1)
        elif word.startswith("-") and word != "-":
            usage(f"{word} is not known or lacks its value")
        else:
            paths.append(word)
    if len(paths) != 1 or not any(key.kind == LOG_KEY for key in keys):
        usage("give one receipt, and the log's verifier key with --key")
    if paths[0] == "-":
        data = sys.stdin.buffer.read(RECEIPT_BYTES_MAX + 1)
    else:
        with open(paths[0], "rb") as file:
            data = file.read(RECEIPT_BYTES_MAX + 1)
    try:
        is_epoch, is_disclosed = data.startswith(b"varde-epoch/1\n"), envelope is not None or is_package(data)
        report = disclosure_verify(data, envelope, keys) if is_disclosed else epoch_verify(data, keys) if is_epoch else receipt_verify(data, keys)
    except Refused as no:
        verdict = {"valid": False, "rule": no.rule, "field": no.field, "words": no.words}
        print(json.dumps(verdict) if is_json else f"NOT VALID: {no.words} ({no.rule})")
        return 1
    if is_json:
        print(json.dumps({"valid": True, **report}))
    else:
        print("VALID: what was disclosed" if is_disclosed else "VALID: the log was opened anew" if is_epoch else
              f"VALID: record {report['index']} of {report['size']}")
        for name, value in report.items():
            print(f"  {name}: {ascii(value) if isinstance(value, str) else value}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, UnicodeDecodeError, Refused) as problem:
        print(f"verify.py: {problem}", file=sys.stderr)
        sys.exit(2)
