#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Signing in through other providers (OpenID Connect): against one that nobody here wrote (oidc-provider-mock, built on Authlib, over TLS), and
against a hostile one that answers what must be refused: another nonce, no signature, a shared secret made of the public key, another audience,
an expired token, a redirect to another host."""
import base64
import hmac
import hashlib
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse
import urllib.request

import _provider
import varde_client as v

GOOD_PORT, EVIL_PORT, ELSEWHERE_PORT = 9190, 9191, 9192
PUBLIC = "https://nis2.example.be"
count = v.Count()


def venv():
    """Goes on inside the provider's environment, which has it."""
    if os.path.realpath(sys.prefix) == os.path.realpath(_provider.VENV):
        return
    if not _provider.made():
        count.check(False, "the provider can be had from PyPI")
        sys.exit(count.done())
    os.execv(_provider.PYTHON, [_provider.PYTHON, os.path.abspath(__file__)] + sys.argv[1:])


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def configured(text):
    lines = [f"public_url: {PUBLIC}", "providers:"]
    for name, port, more in (("good", GOOD_PORT, ", second_factor: [mfa], makes_persons: yes, login_claim: email"),
                             ("evil", EVIL_PORT, ", second_factor: [mfa]"), ("down", 9193, "")):
        lines.append(f"  - {{id: {name}, name: The {name} provider, issuer: 'https://127.0.0.1:{port}', client_id: varde, client_secret: oidc.secret, "
                     f"ca: tls/certificate.pem{more}}}")
    return text.replace("public_url:", "# public_url:") + "\n" + "\n".join(lines) + "\n"


class Good:
    """The real provider, and a browser's part of a sign-in there."""

    def __init__(self, folder):
        self.certificate = folder + "/tls/certificate.pem"
        self.context = ssl.create_default_context(cafile=self.certificate)
        server = _provider.server(GOOD_PORT, self.certificate, folder + "/tls/key.pem")
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def user(self, subject, **claims):
        _provider.put_user(GOOD_PORT, self.certificate, subject, **claims)

    def authorize(self, url, subject):
        """Agrees as SUBJECT; the parameters that come back."""
        class Stop(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        opener = urllib.request.build_opener(Stop, urllib.request.HTTPSHandler(context=self.context))
        try:
            opener.open(urllib.request.Request(url, urllib.parse.urlencode({"sub": subject}).encode()))
        except urllib.error.HTTPError as answer:
            where = answer.headers["Location"]
            count.check(where is not None and where.startswith(PUBLIC + "/sign-in/good?"), f"sent back to us: {answer.code} {where}")
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(where).query))
        raise SystemExit("the provider did not send back")


def good_provider(node, good):
    nobody = node.client()
    count.equal([p["id"] for p in nobody.need(200, "GET", "/api/v1/providers")["items"]], ["good", "evil", "down"], "the providers")

    def begin():
        return nobody.need(200, "POST", "/api/v1/providers/good/begin")

    def back(begun, got):
        return {"state": got["state"], "code": got["code"], "binding": begun["binding"]}
    path = "/api/v1/providers/good/session"
    good.user("s-ann", email="ann@agency.example", email_verified=True, name="Ann of the agency", amr=["pwd", "mfa"])
    good.user("s-bob", email="bob@agency.example", email_verified=False, name="Bob")
    begun = begin()
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun["url"]).query))
    count.check(asked["code_challenge_method"] == "S256" and asked["response_type"] == "code" and asked["nonce"] and asked["state"] == begun["state"],
                f"what is asked: {asked}")
    got = good.authorize(begun["url"], "s-ann")
    other = begin()
    count.problem(nobody.post(path, {**back(begun, got), "binding": other["binding"]}), 403, "provider.state", "another browser comes back")
    count.problem(nobody.post(path, {**back(begun, got), "state": other["state"]}), 403, "provider.state", "another state")
    count.problem(nobody.post("/api/v1/providers/evil/session", back(begun, got)), 403, "provider.state", "at another provider")
    count.problem(nobody.post(path, {**back(begun, got), "iss": "https://evil.example"}), 403, "provider.state", "another issuer in the answer")
    session = nobody.need(201, "POST", path, back(begun, got))
    count.equal(session["is_second_factor_done"], True, "amr counts as second factor")
    ann = node.client(session["token"])
    me = ann.need(200, "GET", "/api/v1/me")
    count.equal((me["login"], me["name"]), ("ann@agency.example", "Ann of the agency"), "a person was made of a verified address")
    count.check(nobody.post(path, back(begun, got)).status in (401, 403), "the same answer again")
    begun = begin()
    again = nobody.post(path, {**back(begun, good.authorize(begun["url"], "s-ann")), "cookie": True})
    count.check(again.status == 201 and again.json["person"] == session["person"] and "HttpOnly" in again.header("set-cookie"), "the same person, by cookie")
    begun = begin()
    count.problem(nobody.post(path, {**back(begun, good.authorize(begun["url"], "s-bob"))}), 403, "provider.unlinked", "an address that is not verified")
    begun = begin()
    count.problem(nobody.post(path, {"state": begun["state"], "code": "made-up", "binding": begun["binding"]}), 403, "provider.refused", "a code of nobody")
    # linking an account to a person who is here
    bob = node.person("bob@one.example", "Bob", "a louder harbour at dusk")
    begun = bob.need(200, "POST", "/api/v1/me/providers/good/begin")
    got = good.authorize(begun["url"], "s-bob")
    count.problem(ann.post("/api/v1/me/providers/good/link", back(begun, got)), 403, "provider.state", "another person comes back")
    link = bob.need(201, "POST", "/api/v1/me/providers/good/link", back(begun, got))["id"]
    begun = begin()
    signed = nobody.need(201, "POST", path, back(begun, good.authorize(begun["url"], "s-bob")))
    count.equal((signed["person"], signed["is_second_factor_done"]), (bob.person, False), "signed in by the link, without second factor")
    begun = ann.need(200, "POST", "/api/v1/me/providers/good/begin")
    got = good.authorize(begun["url"], "s-bob")
    count.problem(ann.post("/api/v1/me/providers/good/link", back(begun, got)), 409, "provider.linked", "an account of another")
    count.status(bob.call("DELETE", f"/api/v1/me/links/{link}"), 204, "unlinked")
    begun = begin()
    count.problem(nobody.post(path, back(begun, good.authorize(begun["url"], "s-bob"))), 403, "provider.unlinked", "after unlinking")
    count.problem(nobody.post("/api/v1/providers/down/begin"), 503, "provider.unreachable", "a provider that is down")
    return bob


class Evil:
    """A provider that answers as it is told."""

    def __init__(self, folder):
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
        from cryptography.hazmat.primitives import hashes, serialization
        self.padding, self.hashes, self.ec = padding, hashes, ec
        self.key, self.other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
        self.curve = ec.generate_private_key(ec.SECP256R1())
        self.pem = self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.issuer, self.answer, self.discovery, self.redirects, self.elsewhere = f"https://127.0.0.1:{EVIL_PORT}", "", {}, None, 0
        self.serve(folder, EVIL_PORT)
        self.serve(folder, ELSEWHERE_PORT)

    def serve(self, folder, port):
        evil = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                evil.elsewhere += port != EVIL_PORT
                paths = {"/.well-known/openid-configuration": evil.document(), "/keys": evil.keys(), "/token": {"id_token": evil.answer, "token_type": "Bearer"}}
                if self.path == "/token" and evil.redirects:
                    self.send_response(307)
                    self.send_header("Location", evil.redirects)
                    self.end_headers()
                    return
                data = json.dumps(paths.get(self.path, {})).encode()
                self.send_response(200 if self.path in paths else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/tls/certificate.pem", folder + "/tls/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def document(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", **self.discovery}

    def keys(self):
        numbers = self.key.public_key().public_numbers()
        point = self.curve.public_key().public_numbers()
        return {"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "n": b64(numbers.n.to_bytes(256, "big")), "e": b64(b"\x01\0\x01")},
                         {"kty": "EC", "crv": "P-256", "kid": "two", "x": b64(point.x.to_bytes(32, "big")), "y": b64(point.y.to_bytes(32, "big"))}]}

    def token(self, nonce, how="RS256", key=None, kid="one", **claims):
        now = int(time.time())
        body = {"iss": self.issuer, "aud": "varde", "sub": "mallory", "nonce": nonce, "exp": now + 300, "iat": now, **claims}
        text = (b64(json.dumps({"alg": how, "kid": kid}).encode()) + "." + b64(json.dumps({k: w for k, w in body.items() if w is not None}).encode())).encode()
        if how == "none":
            signature = b""
        elif how == "HS256":
            signature = hmac.new(self.pem, text, hashlib.sha256).digest()
        elif how == "ES256" and key is None:
            from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
            r, s = decode_dss_signature(self.curve.sign(text, self.ec.ECDSA(self.hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        else:
            signature = (key or self.key).sign(text, self.padding.PKCS1v15(), self.hashes.SHA256())
        return text.decode() + "." + b64(signature)


def hostile_provider(node, evil, bob):
    nobody = node.client()

    def begin(who=nobody, path="/api/v1/providers/evil/begin"):
        begun = who.need(200, "POST", path)
        nonce = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(begun["url"]).query))["nonce"]
        return {"state": begun["state"], "code": "c", "binding": begun["binding"]}, nonce
    evil.discovery = {"token_endpoint": f"https://127.0.0.1:{ELSEWHERE_PORT}/token"}
    count.problem(nobody.post("/api/v1/providers/evil/begin"), 503, "provider.document", "a document that names another host")
    evil.discovery = {"issuer": "https://somebody.example"}
    count.problem(nobody.post("/api/v1/providers/evil/begin"), 503, "provider.document", "a document of another issuer")
    evil.discovery = {}
    body, nonce = begin(bob, "/api/v1/me/providers/evil/begin")
    evil.answer = evil.token(nonce)
    bob.need(201, "POST", "/api/v1/me/providers/evil/link", body)
    now = int(time.time())
    for what, how in (("another nonce", {"nonce": "x"}), ("no signature", {"how": "none"}), ("a shared secret made of the public key", {"how": "HS256"}),
                      ("another audience", {"aud": "someone"}), ("several audiences and no party", {"aud": ["varde", "someone"]}),
                      ("another party", {"aud": ["varde", "someone"], "azp": "someone"}), ("another issuer", {"iss": "https://somebody.example"}),
                      ("expired", {"exp": now - 120}), ("of the future", {"iat": now + 600}), ("no expiry", {"exp": None}), ("no subject", {"sub": None}),
                      ("another key under the same name", {"key": evil.other}), ("a key of another kind", {"how": "ES256", "key": evil.key}),
                      ("a key that is not in the set", {"kid": "three", "key": evil.other}), ("the wrong kind of key by name", {"how": "RS256", "kid": "two"})):
        body, nonce = begin()
        how = dict(how)
        evil.answer = evil.token(how.pop("nonce", nonce), **how)
        count.problem(nobody.post("/api/v1/providers/evil/session", body), 403, "provider.token", what)
    for what, answer in (("not a token", "abc"), ("a token cut off", "a.b"), ("four parts", "a.b.c.d"), ("nothing", "")):
        body, nonce = begin()
        evil.answer = answer
        count.problem(nobody.post("/api/v1/providers/evil/session", body), 403, "provider.token", what)
    body, nonce = begin()
    evil.redirects = f"https://127.0.0.1:{ELSEWHERE_PORT}/token"
    evil.answer = evil.token(nonce)
    count.problem(nobody.post("/api/v1/providers/evil/session", body), 503, "provider.unreachable", "a redirect to another host")
    count.equal(evil.elsewhere, 0, "the other host was never asked")
    evil.redirects = None
    for how, kid in (("RS256", "one"), ("ES256", "two")):
        body, nonce = begin()
        evil.answer = evil.token(nonce, how, kid=kid, amr=["mfa"])
        session = nobody.need(201, "POST", "/api/v1/providers/evil/session", body)
        count.equal((session["person"], session["is_second_factor_done"]), (bob.person, True), f"and one that is right, by {how}")


def main():
    venv()
    node = v.Node(edit=configured)
    with open(node.folder + "/oidc.secret", "w", encoding="ascii") as file:
        file.write("a secret of the client / with = signs\n")
    good, evil = Good(node.folder), Evil(node.folder)
    node.start()
    try:
        bob = good_provider(node, good)
        hostile_provider(node, evil, bob)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
