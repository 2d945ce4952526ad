#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The front and the supervisor under strain: big bodies, slow readers, a node that dies or lies, many connections, HTTP/2
misuse, events, webhooks, certificates, sandbox, stopping. Runs the real front with a node that echoes."""
import hashlib
import hmac
import http.server
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _front as front  # noqa: E402

SECRET = b"0123456789abcdef0123456789abcdef"


def request(server, method, target, body=b"", headers=b"", sock=None):
    with sock or front.connect(server.port, server.ca) as opened:
        length = b"Content-Length: %d\r\n" % len(body) if body else b""
        opened.sendall(b"%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n" % (method, target, length, headers) + body)
        return front.read_answer(opened)


# --- bodies ---

def bodies(server, report):
    for size in (1, 16384, 300000, 10 * 1024 * 1024):
        data = os.urandom(size)
        with front.connect(server.port, server.ca) as sock:
            sock.sendall(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size)
            answer = front.read_answer(sock, front.send_while_reading(sock, data))
        report.row(f"{size} bytes there and back", answer[2] == data, f"{len(answer[2])} bytes")
    report.row("10 MiB and one byte", request(server, b"POST", b"/echo", b"x" * (10 * 1024 * 1024 + 1))[0] == 413, 413)
    answer = request(server, b"GET", b"/stream?5000000")
    report.row("chunked answer", b"transfer-encoding: chunked" in answer[1] and len(answer[2]) > 5000000, f"{len(answer[2])} bytes")
    answer = request(server, b"HEAD", b"/big?1000", headers=b"Connection: close\r\n", sock=None)
    report.row("HEAD", b"content-length: 1000" in answer[1] and answer[2] == b"", answer[0])
    with front.connect(server.port, server.ca) as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        first = front.read_answer(sock)
        sock.sendall(b"ok")
        second = front.read_answer(sock)
    report.row("Expect: 100-continue", first[0] == 100 and second[2] == b"ok", f"{first[0]}, then {second[0]}")
    with front.connect(server.port, server.ca) as sock:
        sock.sendall(b"GET /stream?100000 HTTP/1.0\r\n\r\n")
        data = front.read_all(sock)
    head, body = data.split(b"\r\n\r\n", 1)
    report.row("HTTP/1.0", len(body) == 100000 and b"chunked" not in head, f"{len(body)} bytes, ended by closing")


def headers(server, report):
    answer = request(server, b"GET", b"/head?a=%20b", headers=b"Cookie: a=1\r\nX-Secret: s\r\nAccept: x\r\naccept: y\r\n"
                     b"X-Forwarded-For: 192.0.2.1\r\nIf-Match: \"e\"\r\n")
    text = answer[2].decode()
    expected = "method=GET\ntarget=/head?a=%20b\ncookie: a=1\naccept: x, y\nif-match: \"e\"\npeer=127.0.0.1\n"
    report.row("what the node sees of a request", text == expected, repr(text) if text != expected else "chosen headers only")
    head = answer[1].lower()
    wanted = [b"strict-transport-security: max-age=", b"x-content-type-options: nosniff", b"referrer-policy: no-referrer",
              b"content-security-policy: default-src 'none'", b"cache-control: no-store", b"\r\ndate: "]
    report.row("security headers", all(name in head for name in wanted), [name for name in wanted if name not in head] or "all there")


def behind_proxy(server, report):
    """The listener without TLS, for a reverse proxy on the same machine."""
    def ask(forwarded):
        with socket.create_connection(("127.0.0.1", server.plain_port), timeout=5) as sock:
            sock.sendall(b"GET /head HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: " + forwarded + b"\r\n\r\n")
            return front.read_answer(sock)
    answer = ask(b"192.0.2.9, 2001:db8::7")
    report.row("behind a proxy", answer[2].endswith(b"peer=2001:db8::7\n") and b"strict-transport" not in answer[1], "the proxy's word counts")
    report.row("behind a careless proxy", ask(b"unknown")[2].endswith(b"peer=127.0.0.1\n"), "what is no address is not taken")


def greedy(server, report):
    """One address opens streams without end; others are not its victims, and it is not refused for ever."""
    connections, refused = [], 0
    try:
        for _ in range(60):
            sock = http2(server)
            connections.append(sock)
            sock.sendall(b"".join(frame(1, 5, 2 * i + 1, head(b"/silent")) for i in range(100)))
        time.sleep(1)
        with front.connect(server.port, server.ca) as sock:
            sock.sendall(b"GET /empty HTTP/1.1\r\nHost: h\r\n\r\n")
            refused = front.read_answer(sock)[0]
        with socket.create_connection(("127.0.0.1", server.plain_port), timeout=5) as sock:
            sock.sendall(b"GET /head HTTP/1.1\r\nHost: h\r\n\r\n")
            other = front.read_answer(sock)[0]
    finally:
        for sock in connections:
            sock.close()
    report.row("6000 requests of one address", refused == 503 and other == 200, f"it gets {refused}, others {other}")
    report.row("served after that", front.until(lambda: try_ok(server), 5), 204)


# --- slow and many ---

def slow_reader(server, report):
    began = time.monotonic()
    with front.connect(server.port, server.ca, buffer=4096, timeout=60) as sock:
        sock.sendall(b"GET /big?50000000 HTTP/1.1\r\nHost: h\r\n\r\n")
        sock.recv(1000)
        closed = front.until(lambda: "path=/big" in server.log(), 50)
    seconds = time.monotonic() - began
    report.row("a reader that stops", closed and seconds < 45, f"cancelled after {seconds:.0f} s")


def many(server, report):
    opened = []
    try:
        for _ in range(256):
            opened.append(socket.create_connection(("127.0.0.1", server.port), timeout=5))
        time.sleep(0.3)
        extra = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        refused = extra.recv(1) == b""
        extra.close()
    finally:
        for sock in opened:
            sock.close()
    served = front.until(lambda: try_ok(server), 5)
    report.row("257 connections of one address", refused and served, "the last refused; served again after they went")


def try_ok(server):
    try:
        return request(server, b"GET", b"/empty")[0] == 204
    except (OSError, TypeError):
        return False


# --- a node that dies, lies, or says nothing ---

def wrong(server, report):
    for way, expected in ((1, 500), (2, 500), (3, 500)):
        report.row(f"node breaks the rules, way {way}", request(server, b"GET", b"/wrong?%d" % way)[0] == expected, expected)
    for way in (4, 5, 6, 7):
        with front.connect(server.port, server.ca, buffer=4096) as sock:
            sock.sendall(b"GET /wrong?%d HTTP/1.1\r\nHost: h\r\n\r\n" % way)
            time.sleep(1 if way == 7 else 0)  # the last one does not care for windows: a reader who waits shows it
            data = front.read_all(sock)
        split = b"set-cookie" in data
        report.row(f"node breaks the rules, way {way}", not split and not data.endswith(b"0\r\n\r\n"), f"cut off after {len(data)} bytes")
    report.row("served after that", try_ok(server), 204)


def crash(server, report, target, victim):
    with front.connect(server.port, server.ca) as waiting:
        waiting.sendall(b"GET /silent HTTP/1.1\r\nHost: h\r\n\r\n")
        time.sleep(0.1)
        before = server.roles()
        if victim:
            os.kill(before[victim], signal.SIGKILL)
            status = 503
        else:
            status = request(server, b"GET", target)[0]
        first = front.read_answer(waiting)
        again = front.until(lambda: all(r in server.roles() for r in before) and try_ok(server), 15)
        waiting.sendall(b"GET /empty HTTP/1.1\r\nHost: h\r\n\r\n")
        kept = front.read_answer(waiting)
    after = server.roles()
    name = victim or target.decode()
    good = status == 503 and first[0] == 503 and b"retry-after" in first[1] and again and kept and kept[0] == 204
    good = good and after["front"] == before["front"] and after["node"] != before["node"]
    report.row(f"{name} ends", good, f"waiting client {first[0]}, then {kept and kept[0]} on the same connection")


def front_crash(server, report):
    before = server.roles()
    os.kill(before["front"], signal.SIGKILL)
    again = front.until(lambda: "front" in server.roles() and try_ok(server), 10)
    after = server.roles()
    report.row("front ends", again and after["node"] == before["node"], "node goes on, a new front serves")


def courier_crash(server, report):
    before = server.roles()
    os.kill(before["courier"], signal.SIGKILL)
    again = front.until(lambda: server.roles().get("courier") not in (None, before["courier"]), 10)
    after = server.roles()
    served = front.until(lambda: request(server, b"POST", b"/hook", b"{}")[0] == 200, 10)
    report.row("courier ends", again and served and after["node"] == before["node"], "node goes on, a new courier delivers")


# --- events ---

def events(server, report):
    log_before = server.log().count("path=/events")
    with front.connect(server.port, server.ca) as sock:
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
        data = b""
        while data.count(b"data: tick") < 3:
            data += sock.recv(4096)
    gone = front.until(lambda: server.log().count("path=/events") > log_before, 5)
    report.row("server-sent events", gone, "three ticks; the node hears that the reader went")


# --- HTTP/2, by hand where a decent client would not do it ---

def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def http2(server):
    sock = front.connect(server.port, server.ca, alpn=("h2",), timeout=15)
    assert sock.selected_alpn_protocol() == "h2"
    sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0))
    return sock


def head(path, *more):
    pairs = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"h"), (b":path", path), *more]
    return b"".join(literal(name, value) for name, value in pairs)


def frames_of(sock):
    data = b""
    while True:
        while len(data) >= 9 and len(data) >= 9 + int.from_bytes(data[:3], "big"):
            length = int.from_bytes(data[:3], "big")
            yield data[3], data[4], int.from_bytes(data[5:9], "big"), data[9:9 + length]
            data = data[9 + length:]
        try:
            part = sock.recv(65536)
        except (OSError, ssl.SSLError):
            return
        if not part:
            return
        data += part


def http2_misuse(server, report):
    with http2(server) as sock:  # HEADERS and RST_STREAM in turn
        try:
            for i in range(2000):
                stream = 2 * i + 1
                sock.sendall(frame(1, 5, stream, head(b"/silent")) + frame(3, 0, stream, struct.pack(">I", 8)))
        except OSError:
            pass
        kinds = [kind for kind, _, _, _ in frames_of(sock)]
    report.row("HTTP/2 rapid reset", 7 in kinds, "GOAWAY")
    with http2(server) as sock:  # more streams than allowed
        for i in range(150):
            sock.sendall(frame(1, 5, 2 * i + 1, head(b"/silent")))
        refused = 0
        for kind, _, _, payload in frames_of(sock):
            refused += kind == 3 and payload == struct.pack(">I", 7)
            if refused == 50 or kind == 7:
                break
    report.row("HTTP/2, 150 streams", refused == 50 or kind == 7, f"{refused} refused")
    with http2(server) as sock:  # a head that is too large, and one with a bad target
        big = b"".join(literal(b"x%d" % i, b"a" * 120) for i in range(170))
        sock.sendall(frame(1, 1, 1, head(b"/empty") + big[:8000]) + frame(9, 0, 1, big[8000:16000]) + frame(9, 4, 1, big[16000:]))
        kind, answer = next((k, p) for k, _, s, p in frames_of(sock) if s == 1)
        report.row("HTTP/2, large head", kind == 1 and b"431" in answer or kind == 3, "431")
    with http2(server) as sock:
        sock.sendall(frame(1, 5, 1, head(b"/a b")))
        kind, answer = next((k, p) for k, _, s, p in frames_of(sock) if s == 1)
        report.row("HTTP/2, bad target", kind == 1 and answer[0] & 0x80 or kind == 3, "400 or reset")
    for name, sent in (("DATA", frame(0, 1, 1, b"x")), ("HEADERS", frame(1, 5, 1, head(b"/empty")))):
        with http2(server) as sock:  # on a stream that both sides have ended: STREAM_CLOSED (RFC 9113 5.1)
            sock.sendall(frame(1, 5, 1, head(b"/empty")))
            frames = frames_of(sock)
            next(s for k, _, s, _ in frames if k == 1)
            sock.sendall(sent)
            kind, answer = next((k, p) for k, _, _, p in frames if k in (3, 7))
        report.row(f"HTTP/2, {name} on a closed stream", answer[-4:] == struct.pack(">I", 5) or answer[4:8] == struct.pack(">I", 5), {3: "reset", 7: "GOAWAY"}[kind])
    with http2(server) as sock:  # CONTINUATION without end
        sock.sendall(frame(1, 1, 1, head(b"/empty")))
        try:
            for _ in range(500):
                sock.sendall(frame(9, 0, 1, literal(b"x", b"a" * 100)))
        except OSError:
            pass
        began = time.monotonic()
        kinds = [k for k, _, _, _ in frames_of(sock)]
    ended = time.monotonic() - began < 5
    report.row("HTTP/2, endless head", ended and 1 not in kinds, "connection ended")
    with http2(server) as sock:  # a window that never opens
        sock.sendall(frame(4, 0, 0, struct.pack(">HI", 4, 0)) + frame(1, 5, 1, head(b"/big?100000")))
        began = time.monotonic()
        sock.settimeout(60)
        reset = any(k == 3 and s == 1 for k, _, s, _ in frames_of(sock))
    seconds = time.monotonic() - began
    report.row("HTTP/2, closed window", reset and seconds < 45, f"reset after {seconds:.0f} s")


def http2_bodies(server, report):
    data = os.urandom(3000000)
    path = server.dir + "/../body"
    with open(path, "wb") as file:
        file.write(data)
    got = subprocess.run(["curl", "-s", "--http2", "--cacert", server.ca, "--data-binary", "@" + path, "-w", "%{http_version}",
                          f"https://localhost:{server.port}/echo"], stdout=subprocess.PIPE).stdout
    report.row("HTTP/2, 3 MB there and back", got == data + b"2", f"{len(got)} bytes")
    got = subprocess.run(["curl", "-s", "--http2", "--cacert", server.ca, "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
                          f"https://localhost:{server.port}/stream?20000000"], stdout=subprocess.PIPE).stdout
    report.row("HTTP/2, 20 MB streamed", got == b"200 20000000", got.decode())


# --- webhooks ---

class Hook(http.server.BaseHTTPRequestHandler):
    seen = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.seen.append((dict(self.headers), body))
        self.send_response(Hook.status)
        self.send_header("Location", "https://localhost:1/")
        self.end_headers()

    def log_message(self, *_):
        pass


def start_hook(directory):
    """A receiver with the node's own certificate, so that the node's file of trust is that."""
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory + "/tls/certificate.pem", directory + "/tls/key.pem")
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with open(directory + "/hook.secret", "wb") as file:
        file.write(SECRET)
    with open(directory + "/varde.yaml", "a") as file:
        file.write(f"\nhook: {{url: 'https://localhost:{receiver.server_port}/in', secret: hook.secret, ca: tls/certificate.pem}}\n")


def hooks(server, report):
    body = b'{"what": "happened"}'
    answer = request(server, b"POST", b"/hook", body)
    if not Hook.seen:
        return report.row("webhook, signed", False, (answer[0], answer[-1][:300]))
    sent, got = Hook.seen[-1]
    expected = "v1=" + hmac.new(SECRET, sent["Varde-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = abs(int(sent["Varde-Timestamp"]) - time.time()) < 10
    report.row("webhook, signed", answer[0] == 200 and got == body and sent["Varde-Signature"] == expected and fresh, answer[0])
    Hook.status = 302
    count = len(Hook.seen)
    answer = request(server, b"POST", b"/hook", body)
    report.row("webhook, redirected", answer[0] == 502 and len(Hook.seen) == count + 1, answer[2].decode())
    Hook.status = 500
    answer = request(server, b"POST", b"/hook", body)
    report.row("webhook, refused", answer[0] == 502 and b"500" in answer[2], answer[2].decode())
    Hook.status = 200


# --- the supervisor ---

def new_certificate(server, report):
    fingerprint = fingerprint_of(server)
    other = server.dir + "/../other"
    subprocess.run([front.VARDE, "init", other, "--state", "BE", "--name", "Other"], check=True, stdout=subprocess.PIPE)
    with front.connect(server.port, server.ca) as kept:
        for name in ("certificate.pem", "key.pem"):
            os.replace(f"{other}/tls/{name}", f"{server.dir}/tls/{name}")
        server.process.send_signal(signal.SIGHUP)
        changed = front.until(lambda: fingerprint_of(server) != fingerprint, 5)
        kept.sendall(b"GET /empty HTTP/1.1\r\nHost: h\r\n\r\n")
        answer = front.read_answer(kept)
    with open(server.dir + "/tls/key.pem", "w") as file:
        file.write("no key")
    server.process.send_signal(signal.SIGHUP)
    refused = front.until(lambda: "certificate_refused" in server.log(), 5)
    report.row("new certificate on HUP", changed and answer[0] == 204, "connections go on")
    report.row("a broken one", refused and try_ok(server), "the one in use stays")


def fingerprint_of(server):
    pem = ssl.get_server_certificate(("127.0.0.1", server.port))
    return hashlib.sha256(pem.encode()).hexdigest()


def sandbox(server, report):
    text = request(server, b"GET", b"/forbidden")[2].decode().strip().replace("\n", ", ")
    report.row("forbidden calls in node", "NOT" not in text and text.count("refused") == 3, text)
    held = server.log().count("seccomp=yes landlock=yes")
    report.row("every role held", held >= 3, f"{held} lines")


def held_by_the_kernel(server, sock):
    """Bytes on their way from the server to a client that does not read, as the kernel's own table has them."""
    ports, held = (f"{server.port:04X}", f"{sock.getsockname()[1]:04X}"), 0
    with open("/proc/net/tcp", encoding="ascii") as table:
        for row in list(table)[1:]:
            words = row.split()
            ends, (sent, received) = (words[1].split(":")[1], words[2].split(":")[1]), words[4].split(":")
            held += int(sent, 16) if ends == ports else int(received, 16) if ends == ports[::-1] else 0
    return held


def ask_big(server, size):
    """A client that reads the first bytes of an answer, and then no more."""
    sock = front.connect(server.port, server.ca, buffer=65536)
    sock.sendall(b"GET /big?%d HTTP/1.1\r\nHost: h\r\n\r\n" % size)
    return sock, sock.recv(1000)


def fill(server, sock):
    """Waits until the kernel takes no more, and says how much it has."""
    held, before = 0, -1
    while held != before:
        time.sleep(0.3)
        held, before = held_by_the_kernel(server, sock), held
    return held


def stopping(server, report):
    """Answers that are under way come whole: one of which the node has more to say, and those of which the front holds the rest."""
    with front.connect(server.port, server.ca) as idle:
        idle.sendall(b"GET /empty HTTP/1.1\r\nHost: h\r\n\r\n")
        front.read_answer(idle)
        probe, _ = ask_big(server, 20000000)
        capacity = fill(server, probe)
        probe.close()
        sizes = [capacity + more for more in (60000, 180000, 500000)]
        busy = [ask_big(server, size) for size in sizes]
        for sock, _ in busy:
            fill(server, sock)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        whole = [None] * len(busy)
        readers = [threading.Thread(target=lambda i=i: whole.__setitem__(i, len(busy[i][1] + front.read_all(busy[i][0])))) for i in range(len(busy))]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        seconds = time.monotonic() - began
        for sock, _ in busy:
            sock.close()
    faults = [line for line in server.log().splitlines() if "Sanitizer" in line or "runtime error" in line or "Assertion" in line]
    report.row("no role failed by itself", not faults, faults or "no sanitizer or assertion spoke")
    status = server.stop()
    lacking = [(size, got) for size, got in zip(sizes, whole) if got <= size]
    report.row("TERM", status == 0 and not lacking, f"{len(busy)} answers in progress came whole in {seconds:.1f} s, status {status}" if not lacking else f"cut off: {lacking}")


def main():
    report = front.Report()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        plain_port = free.getsockname()[1]
    server = front.Server(prepare=start_hook, config=f"\nlisten_plain: 127.0.0.1:{plain_port}\n")
    server.plain_port = plain_port
    slow = [threading.Thread(target=slow_reader, args=(server, report)), threading.Thread(target=http2_misuse, args=(server, report))]
    bodies(server, report)
    headers(server, report)
    behind_proxy(server, report)
    http2_bodies(server, report)
    events(server, report)
    hooks(server, report)
    sandbox(server, report)
    many(server, report)
    for thread in slow:
        thread.start()
    for thread in slow:
        thread.join()
    greedy(server, report)
    wrong(server, report)
    crash(server, report, b"/crash", None)
    crash(server, report, b"/wrong?8", None)
    crash(server, report, b"", "node")
    crash(server, report, b"", "keys")
    front_crash(server, report)
    courier_crash(server, report)
    new_certificate(server, report)
    stopping(server, report)
    return report.end()


sys.exit(main())
