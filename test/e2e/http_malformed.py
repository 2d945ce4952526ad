#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Malformed and slow requests over TLS: http_malformed.py [--real | HOST-PORT CA-FILE]

Without arguments it starts a server of its own with a node that echoes; --real starts the program itself; a port on
127.0.0.1 and a CA file name a server that runs already.
"""
import os
import sys
import threading
import time
import ssl

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _front as front  # noqa: E402

POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /empty HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"x" * 4096
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

ROWS = [
    ("HTTP/1.1 without Host", b"GET / HTTP/1.1\r\n\r\n", {400}),
    ("Host twice", GET + b"Host: localhost\r\n\r\n", {400}),
    ("Content-Length twice, differing", POST + b"Content-Length: 4096\r\nContent-Length: 10\r\n\r\n" + BODY, {400}),
    ("Content-Length: 4096, 4096", POST + b"Content-Length: 4096, 4096\r\n\r\n" + BODY, {400}),
    ("Content-Length: +4096", POST + b"Content-Length: +4096\r\n\r\n" + BODY, {400}),
    ("Content-Length: 4096abc", POST + b"Content-Length: 4096abc\r\n\r\n" + BODY, {400}),
    ("Content-Length: -1", POST + b"Content-Length: -1\r\n\r\n", {400}),
    ("Content-Length with chunked", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400}),
    ("Transfer-Encoding: xchunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400, 501}),
    ("Transfer-Encoding: chunked, identity", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n", {400, 501}),
    ("space before the colon", b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", {400}),
    ("header of 100 KiB", GET + b"X-Long: " + b"a" * 102400 + b"\r\n\r\n", {400, 431}),
    ("header line folded", GET + b"X-Fold: a\r\n b\r\n\r\n", {400}),
    ("lines ended by bare LF", b"GET / HTTP/1.1\nHost: localhost\n\n", {400}),
    ("bare CR in a value", GET + b"X-Cr: a\rb\r\n\r\n", {400}),
    ("NUL in a value", GET + b"X-Nul: a\0b\r\n\r\n", {400}),
    ("HTTP/1.1 junk as version", b"GET / HTTP/1.1 junk\r\nHost: localhost\r\n\r\n", {400, 505}),
    ("huge chunk extension", POST + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"a" * 65536 + b"\r\nhello\r\n0\r\n\r\n", {400, 413}),
    ("chunk size -1", POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n", {400}),
    ("Content-Length of 1 GiB", POST + b"Content-Length: 1073741824\r\n\r\n", {413}),
    ("chunk longer than its size", POST + CHUNKED + b"4\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk size with a blank", POST + CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk extension with a bare LF", POST + CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk ended by a bare LF", POST + CHUNKED + b"5\r\nhello\n0\r\n\r\n", {400}),
    ("trailer with a blank before its colon", POST + CHUNKED + b"5\r\nhello\r\n0\r\na : b\r\n\r\n", {400}),
    ("chunked in HTTP/1.0", b"POST /echo HTTP/1.0\r\n" + CHUNKED + b"0\r\n\r\n", {400}),
    ("chunked twice", POST + b"Transfer-Encoding: chunked\r\n" + CHUNKED + b"0\r\n\r\n", {400, 501}),
    ("HTTP/3.0 as version", b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", {505}),
    ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00 hello\r\n\r\n", {400}),
    ("target of 5000 bytes", b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {414}),
    ("65 headers", GET + b"A: b\r\n" * 65 + b"\r\n", {431}),
    ("unknown expectation", POST + b"Content-Length: 5\r\nExpect: magic\r\n\r\n", {417}),
]


def ask(server, report, name, data, expected):
    began = time.monotonic()
    try:
        with front.connect(*server) as sock:
            try:
                sock.sendall(data)
            except OSError:
                pass  # it answered before it had everything, which is its right
            answer = front.read_answer(sock)
            rest = front.read_all(sock) if answer else b""
    except OSError as error:
        report.row(name, False, f"no answer: {error}")
        return
    seconds = time.monotonic() - began
    status = answer[0] if answer else None
    is_problem = bool(answer) and b"application/problem+json" in answer[1] and b'"rule"' in answer[2]
    is_good = status in expected and is_problem and rest == b"" and seconds < 5
    report.row(name, is_good, f"{status} after {seconds:.2f} s" + ("" if is_problem else ", no problem document"))


def drip(server, report, name, data, bytes_at_once, expected):
    """A byte at a time, once a second: the total counts, not the pause."""
    began = time.monotonic()
    status = None
    with front.connect(*server) as sock:
        sock.sendall(data)
        sock.settimeout(1)
        try:
            while time.monotonic() - began < 40:
                try:
                    answer = front.read_answer(sock)
                    status = answer[0] if answer else "closed"
                    break
                except TimeoutError:
                    sock.sendall(bytes_at_once)
        except OSError:
            status = status or "closed"
    seconds = time.monotonic() - began
    report.row(name, status in expected and 5 <= seconds <= 30, f"{status} after {seconds:.1f} s")


def healthy(server, report):
    with front.connect(*server) as sock:
        for _ in range(3):  # and the connection is kept
            sock.sendall(GET + b"\r\n")
            answer = front.read_answer(sock)
            if not answer or b"connection: close" in answer[1].lower():
                report.row("a good request", False, answer)
                return
    report.row("a good request, three times on one connection", answer[0] < 500, answer[0])


def by_bytes(server, report):
    """A well-formed request sent in single bytes, quickly, is as good as any."""
    with front.connect(*server) as sock:
        for byte in GET + b"\r\n":
            sock.sendall(bytes([byte]))
        answer = front.read_answer(sock)
    report.row("byte at a time, quickly", bool(answer) and answer[0] < 500, answer and answer[0])


def chunked(server, report):
    """A body in chunks is as good as one with its length: on a connection that is kept, by bytes, and followed by what it is not."""
    text = POST + CHUNKED + b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nA-Trailer: c\r\n\r\n"
    with front.connect(*server) as sock:
        sock.sendall(text)
        first = front.read_answer(sock)
        for byte in text:
            sock.sendall(bytes([byte]))
        second = front.read_answer(sock)
    is_good = all(answer and (answer[0] != 200 or b"".join(answer[2].split(b"\r\n")[1::2]).startswith(b"hello world")) for answer in (first, second))
    report.row("chunked body, twice on one connection", is_good and first[0] == second[0] < 500, f"{first and first[0]}, {second and second[0]}")
    with front.connect(*server) as sock:
        sock.sendall(text + GET + b"\r\n")
        data = front.read_all(sock)
    report.row("a second request behind a chunked body", data.count(b"HTTP/1.1 ") == 1, f"{data.count(b'HTTP/1.1 ')} answer, then closed")
    with front.connect(*server) as sock:
        got = front.send_while_reading(sock, POST + CHUNKED + (b"8000\r\n" + b"x" * 32768 + b"\r\n") * (11 * 32) + b"0\r\n\r\n")
        got += front.read_all(sock)
    is_whole = got.startswith(b"HTTP/1.1 200") and got.endswith(b"\r\n0\r\n\r\n")  # the echo begins before it has all
    report.row("chunked body of 11 MiB", got != b"" and not is_whole, got[:12].decode())


def pipelined(server, report):
    with front.connect(*server) as sock:
        sock.sendall((GET + b"\r\n") * 2)
        data = front.read_all(sock)
    report.row("a second request before the answer", data.count(b"HTTP/1.1 ") == 1, f"{data.count(b'HTTP/1.1 ')} answer, then closed")


def idle(server, report):
    began = time.monotonic()
    with front.connect(*server) as sock:
        data = front.read_all(sock)
    seconds = time.monotonic() - began
    report.row("connected and silent", data == b"" and 5 <= seconds <= 30, f"closed after {seconds:.1f} s")


def old_tls(server, report):
    try:
        with front.connect(*server, maximum=ssl.TLSVersion.TLSv1_2) as sock:
            report.row("TLS 1.2", False, sock.version())
    except (ssl.SSLError, ConnectionError) as error:
        report.row("TLS 1.2", True, f"refused: {getattr(error, 'reason', error)}")
    with front.connect(*server) as sock:
        report.row("TLS 1.3", sock.version() == "TLSv1.3" and sock.selected_alpn_protocol() == "http/1.1", sock.version())


def main():
    own = None
    if len(sys.argv) == 3:
        server = (int(sys.argv[1]), sys.argv[2])
    else:
        own = front.Server(real="--real" in sys.argv)
        server = (own.port, own.ca)
    report = front.Report()
    slow = [
        threading.Thread(target=drip, args=(server, report, "slow head, a byte a second", GET, b"a", {408, "closed"})),
        threading.Thread(target=drip, args=(server, report, "slow body, a byte a second", POST + b"Content-Length: 4096\r\n\r\n", b"x", {408, "closed"})),
        threading.Thread(target=drip, args=(server, report, "slow chunks, a byte a second", POST + CHUNKED, b"1\r\nx\r\n", {408, "closed"})),
        threading.Thread(target=idle, args=(server, report)),
    ]
    for thread in slow:
        thread.start()
    healthy(server, report)
    for name, data, expected in ROWS:
        ask(server, report, name, data, expected)
    by_bytes(server, report)
    chunked(server, report)
    pipelined(server, report)
    old_tls(server, report)
    for thread in slow:
        thread.join()
    healthy(server, report)
    if own:
        status = own.stop()
        report.row("stopped", status == 0, status)
    return report.end()


sys.exit(main())
