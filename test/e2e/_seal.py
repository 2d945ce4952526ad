# SPDX-License-Identifier: EUPL-1.2
"""A sealing service for tests: it gets a hash and answers with a detached CMS signature (RFC 5652) over it, made with openssl's key. Like a
real one it never sees the document. Ports 9580 to 9659."""
import hashlib
import hmac
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading

SECRET = b"a secret of the sealing service, 40 bytes"


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    head = bytes([size]) if size < 128 else bytes([0x80 | ((size.bit_length() + 7) // 8)]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + head + body


def oid(text):
    numbers = [int(part) for part in text.split(".")]
    out = bytes([40 * numbers[0] + numbers[1]])
    for number in numbers[2:]:
        digits = [number & 127]
        while number > 127:
            number >>= 7
            digits.append(0x80 | (number & 127))
        out += bytes(reversed(digits))
    return der(6, out)


def element(data, at):
    """(tag, start of the body, end)"""
    size, start = data[at + 1], at + 2
    if size & 0x80:
        count = size & 127
        size, start = int.from_bytes(data[start:start + count], "big"), start + count
    return data[at], start, start + size


def issuer_and_serial(certificate):
    _, at, _ = element(certificate, 0)
    _, at, _ = element(certificate, at)  # the part that is signed
    tag, _, end = element(certificate, at)
    at = end if tag == 0xa0 else at      # version
    _, _, serial_end = element(certificate, at)
    serial = certificate[at:serial_end]
    _, _, at = element(certificate, serial_end)  # algorithm
    _, _, end = element(certificate, at)
    return der(0x30, certificate[at:end], serial)


class Seal:
    """fail: so many requests are answered 503 first; wrong: so many after them get a seal over another hash."""

    def __init__(self, fail=0, wrong=0, port=0):
        self.folder = tempfile.mkdtemp(prefix="varde-seal-")
        self.fail, self.wrong, self.requests, self.bad = fail, wrong, [], 0
        self.key, self.certificate = self.folder + "/key.pem", self.folder + "/certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)
        self.secret = self.folder + "/seal.secret"
        with open(self.secret, "wb") as file:
            file.write(SECRET)
        seal = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                status, answer = seal.answer(self.headers, body)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def config(self, text):
        return text + f"\nseal:\n  url: https://127.0.0.1:{self.port}/seal\n  secret: {self.secret}\n  ca: {self.certificate}\n"

    def answer(self, headers, body):
        wanted = "v1=" + hmac.new(SECRET, headers["varde-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if headers["varde-signature"] != wanted or headers["varde-kind"] != "seal":
            self.bad += 1
            return 403, b""
        self.requests.append(json.loads(body))
        if len(self.requests) <= self.fail:
            return 503, b""
        digest = bytes.fromhex(self.requests[-1]["sha256"])
        return 200, self.sign(hashlib.sha256(b"another").digest() if len(self.requests) <= self.fail + self.wrong else digest)

    def sign(self, digest):
        """SignedData over data that is not in it, by its SHA-256."""
        with open(self.folder + "/certificate.der", "wb") as file:
            file.write(subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER"], check=True, capture_output=True).stdout)
        with open(self.folder + "/certificate.der", "rb") as file:
            certificate = file.read()
        sha256, data = der(0x30, oid("2.16.840.1.101.3.4.2.1")), oid("1.2.840.113549.1.7.1")
        attributes = sorted([der(0x30, oid("1.2.840.113549.1.9.3"), der(0x31, data)),
                             der(0x30, oid("1.2.840.113549.1.9.4"), der(0x31, der(4, digest)))])
        signed = der(0x31, *attributes)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed, check=True, capture_output=True).stdout
        signer = der(0x30, der(2, b"\x01"), issuer_and_serial(certificate), sha256, der(0xa0, *attributes),
                     der(0x30, oid("1.2.840.10045.4.3.2")), der(4, signature))
        return der(0x30, oid("1.2.840.113549.1.7.2"),
                   der(0xa0, der(0x30, der(2, b"\x01"), der(0x31, sha256), der(0x30, data), der(0xa0, certificate), der(0x31, signer))))

    def verifies(self, pdf, seal):
        """What someone does who gets letter and seal: openssl alone."""
        paths = [os.path.join(self.folder, name) for name in ("letter.pdf", "letter.p7s")]
        for path, content in zip(paths, (pdf, seal)):
            with open(path, "wb") as file:
                file.write(content)
        run = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", paths[1], "-content", paths[0], "-CAfile", self.certificate,
                              "-purpose", "any", "-out", os.devnull], capture_output=True, check=False)
        return run.returncode == 0

    def close(self):
        self.server.shutdown()
        self.server.server_close()
