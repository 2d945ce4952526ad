#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Signing in with a passkey: a software authenticator (ES256, written out here, so that nothing but the standard library is needed), and
all that must be refused: another origin, a challenge answered before, another's challenge, an unverified person, a counter that goes back,
a changed signature, a framed page."""
import base64
import hashlib
import json
import secrets
import struct
import sys

import varde_client as v

count = v.Count()
ORIGIN, RP = "https://nis2.example.be", "nis2.example.be"

# --- P-256, as in any textbook; speed and side channels don't matter here ---
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296, 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point):
    out = None
    while k:
        if k & 1:
            out = add(out, point)
        point, k = add(point, point), k >> 1
    return out


def der(number):
    raw = number.to_bytes(33, "big").lstrip(b"\0")
    raw = b"\0" + raw if raw[0] & 0x80 else raw
    return b"\x02" + bytes([len(raw)]) + raw


def sign(key, data):
    z = int.from_bytes(hashlib.sha256(data).digest(), "big")
    k = secrets.randbelow(N - 1) + 1
    r = times(k, G)[0] % N
    s = pow(k, -1, N) * (z + r * key) % N
    body = der(r) + der(s)
    return b"\x30" + bytes([len(body)]) + body


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def cbor(value):
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 256:
            return bytes([major << 5 | 24, number])
        return bytes([major << 5 | 25]) + struct.pack(">H", number)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(w) for k, w in value.items())


class Authenticator:
    def __init__(self):
        self.key, self.credential, self.counter = secrets.randbelow(N - 1) + 1, secrets.token_bytes(32), 1

    def data(self, flags, rp=RP, more=b""):
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter) + more

    @staticmethod
    def client(kind, challenge, origin, **more):
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False, **more}).encode()

    def make(self, challenge, origin=ORIGIN, flags=0x45, rp=RP, attest=False, broken=False, **more):
        x, y = (c.to_bytes(32, "big") for c in times(self.key, G))
        cose = cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        client = self.client("webauthn.create", challenge, origin, **more)
        data = self.data(flags, rp, bytes(16) + struct.pack(">H", 32) + self.credential + cose)
        statement = {"alg": -7, "sig": sign(self.key, data + hashlib.sha256(client + (b"x" if broken else b"")).digest())} if attest else {}
        whole = cbor({"fmt": "packed" if attest else "none", "attStmt": statement, "authData": data})
        return {"name": "my telephone", "id": b64(self.credential), "type": "public-key",
                "response": {"clientDataJSON": b64(client), "attestationObject": b64(whole)}}

    def answer(self, challenge, origin=ORIGIN, flags=0x05, rp=RP, kind="webauthn.get", spoil=False, **more):
        client, data = self.client(kind, challenge, origin, **more), self.data(flags, rp)
        signature = bytearray(sign(self.key, data + hashlib.sha256(client).digest()))
        if spoil:
            signature[-1] ^= 1
        return {"id": b64(self.credential), "type": "public-key",
                "response": {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(bytes(signature)), "userHandle": None}}


def registering(ann, bob):
    begin = "/api/v1/me/passkeys/begin"
    count.problem(ann.post(begin, {"password": "wrong"}), 403, "access.password_wrong", "a wrong password")

    def challenge(who=ann):
        return who.need(200, "POST", begin, {"password": who.password})["challenge"]
    key = Authenticator()
    options = ann.need(200, "POST", begin, {"password": ann.password})
    count.check(options["rp"]["id"] == RP and options["authenticatorSelection"] == {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}, f"options: {options}")
    other = challenge(bob)
    for what, body, rule in (
            ("another origin", key.make(options["challenge"], origin="https://nis2.example.be.evil.example"), "passkey.refused"),
            ("another relying party", key.make(options["challenge"], rp="evil.example"), "passkey.refused"),
            ("the person not verified", key.make(options["challenge"], flags=0x41), "passkey.refused"),
            ("within another page", key.make(options["challenge"], crossOrigin=True), "passkey.refused"),
            ("a false attestation", key.make(options["challenge"], attest=True, broken=True), "passkey.refused"),
            ("another's challenge", key.make(other), "passkey.challenge"),
            ("a challenge of our own making", key.make(b64(secrets.token_bytes(48))), "passkey.challenge")):
        count.problem(ann.post("/api/v1/me/passkeys", body), 403, rule, f"registering: {what}")
    broken = key.make(options["challenge"])
    broken["response"]["attestationObject"] = b64(base64.urlsafe_b64decode(broken["response"]["attestationObject"] + "==")[:-8])
    count.problem(ann.post("/api/v1/me/passkeys", broken), 403, "passkey.refused", "an attestation cut off")
    good = key.make(options["challenge"])
    made = ann.need(201, "POST", "/api/v1/me/passkeys", good)["id"]
    count.problem(ann.post("/api/v1/me/passkeys", good), 403, "passkey.challenge", "the same challenge again")
    count.problem(bob.post("/api/v1/me/passkeys", key.make(other)), 409, "passkey.twice", "the key for another person too")
    attested = Authenticator()
    ann.need(201, "POST", "/api/v1/me/passkeys", attested.make(challenge(), attest=True))
    count.equal([k["name"] for k in ann.need(200, "GET", "/api/v1/me/passkeys")["items"]], ["my telephone"] * 2, "the list")
    return key, made


def signing_in(node, ann, key, made):
    open_client = node.client()

    def challenge():
        return open_client.need(200, "POST", "/api/v1/passkeys/begin", {})["challenge"]
    path = "/api/v1/passkeys/session"
    key.counter += 1
    for what, body in (
            ("another origin", key.answer(challenge(), origin="https://evil.example")),
            ("another relying party", key.answer(challenge(), rp="evil.example")),
            ("the person not verified", key.answer(challenge(), flags=0x01)),
            ("a changed signature", key.answer(challenge(), spoil=True)),
            ("another kind", key.answer(challenge(), kind="webauthn.create")),
            ("a challenge of our own making", key.answer(b64(secrets.token_bytes(48)))),
            ("an unknown key", Authenticator().answer(challenge()))):
        count.problem(open_client.post(path, body), 401, "passkey.refused", f"signing in: {what}")
    first = key.answer(challenge())
    session = open_client.need(201, "POST", path, first)
    count.equal((session["person"], session["is_second_factor_done"]), (ann.person, True), "signed in, with the second factor done")
    count.problem(open_client.post(path, first), 401, "passkey.refused", "the same answer again")
    key.counter += 5
    cookie = open_client.post(path, {**key.answer(challenge()), "cookie": True})
    count.check("HttpOnly" in cookie.header("set-cookie") and "token" not in cookie.json, "with a cookie")
    me = node.client(session["token"])
    count.equal(me.need(200, "GET", "/api/v1/me")["is_second_factor_done"], True, "the session's second factor")
    # a copy of the key answers with a counter that was seen
    key.counter -= 1
    answer = open_client.post(path, key.answer(challenge()))
    count.check(answer.status == 401 and "copied" in answer.json["detail"], f"a counter that goes back: {answer}")
    key.counter += 50
    count.problem(open_client.post(path, key.answer(challenge())), 401, "passkey.refused", "a halted key counts no more")
    listed = {k["id"]: k for k in me.need(200, "GET", "/api/v1/me/passkeys")["items"]}
    count.check(listed[made]["halted_at"] is not None, "she sees that it is halted")
    count.check("passkey_halted" in [e["kind"] for e in me.need(200, "GET", "/api/v1/me/events")["items"]], "and among her events")
    # nobody's key; a new one needs no password in a session with the second factor done; a dropped one is gone
    fresh = Authenticator()
    begun = me.need(200, "POST", "/api/v1/me/passkeys/begin", {})
    identifier = me.need(201, "POST", "/api/v1/me/passkeys", fresh.make(begun["challenge"]))["id"]
    fresh.counter = 0  # one that does not count
    fresh.counter += 2
    open_client.need(201, "POST", path, fresh.answer(challenge()))
    dropped = me.call("DELETE", f"/api/v1/me/passkeys/{identifier}")
    count.check(dropped.status == 204 and dropped.header("content-type") is None, f"dropped, and what has no content has no type: {dropped}")
    fresh.counter += 1
    count.problem(open_client.post(path, fresh.answer(challenge())), 401, "passkey.refused", "a dropped key")


def main():
    node = v.Node(edit=lambda text: text.replace("public_url:", "# public_url:") + f"\npublic_url: {ORIGIN}\n").start()
    try:
        ann = node.person("ann@one.example", "Ann", "a quiet harbour at dusk")
        bob = node.person("bob@one.example", "Bob", "a louder harbour at dusk")
        key, made = registering(ann, bob)
        signing_in(node, ann, key, made)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
