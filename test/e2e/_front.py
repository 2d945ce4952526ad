# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the front share: a server of their own, raw connections, answers."""
import atexit
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

VARDE = os.environ.get("VARDE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/debug/varde")
ECHO = os.path.join(os.path.dirname(VARDE), "test/e2e/_echo")


class Server:
    """A node in a fresh directory: the program itself (REAL), or the same front and supervisor with a node that echoes."""

    def __init__(self, real=False, config="", prepare=None):
        self.dir = os.path.join(tempfile.mkdtemp(prefix="varde-e2e-"), "node")
        subprocess.run([VARDE, "init", self.dir, "--state", "BE", "--name", "Test", "--listen", "127.0.0.1:0"], check=True,
                       stdout=subprocess.PIPE)
        if prepare:
            prepare(self.dir)
        with open(self.dir + "/varde.yaml", "a") as file:
            file.write(config)
        self.ca = self.dir + "/tls/certificate.pem"
        self.errors = open(self.dir + "/../errors", "w+")
        program = [VARDE, "serve", self.dir] if real else [ECHO, "serve", self.dir]
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"  # the sandbox does not let the leak checker look
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=dict(os.environ, ASAN_OPTIONS=options))
        atexit.register(lambda: self.process.poll() is None and self.process.kill())  # a test that fails leaves nothing behind
        line = self.process.stdout.readline()
        match = re.search(r"https://127\.0\.0\.1:(\d+)", line)
        if not match:
            raise SystemExit("the server did not start: " + line + self.log())
        self.port = int(match.group(1))

    def log(self):
        with open(self.errors.name) as file:
            return file.read()

    def roles(self):
        """Process ids by role."""
        found = {}
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            for pid in file.read().split():
                try:
                    with open(f"/proc/{pid}/cmdline") as line:
                        words = line.read().split("\0")
                except (ProcessLookupError, FileNotFoundError):
                    continue  # ended meanwhile
                if len(words) > 2 and words[1] == "--role":
                    found[words[2]] = int(pid)
        return found

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = "killed"
        self.errors.close()
        shutil.rmtree(os.path.dirname(self.dir))
        return status


def connect(port, ca, alpn=("http/1.1",), timeout=40, maximum=None, buffer=None):
    context = ssl.create_default_context(cafile=ca)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if maximum:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = maximum
    plain = socket.socket()
    if buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    plain.settimeout(timeout)
    plain.connect(("127.0.0.1", port))
    return context.wrap_socket(plain, server_hostname="localhost")


def read_all(sock):
    """Everything until the server closes."""
    data = b""
    try:
        while True:
            part = sock.recv(65536)
            if not part:
                return data
            data += part
    except (ConnectionError, ssl.SSLError):
        return data


def read_answer(sock, data=b""):
    """One answer with Content-Length or chunks: status, head, body. None where the server closed without one. DATA is what was
    read of it before."""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            return None
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    status = int(head.split()[1])
    if status == 100:
        return status, head, body
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    while length and len(body) < int(length.group(1)):
        part = sock.recv(65536)
        if not part:
            break
        body += part
    while b"chunked" in head and not body.endswith(b"0\r\n\r\n"):
        part = sock.recv(65536)
        if not part:
            break
        body += part
    return status, head, body


def send_while_reading(sock, data, seconds=40):
    """Sends all of DATA and gives what comes meanwhile. One thread does both: two may not use one TLS connection at once."""
    got, sent, until = b"", 0, time.monotonic() + seconds
    sock.setblocking(False)
    while sent < len(data) and time.monotonic() < until:
        try:
            sent += sock.send(data[sent:sent + 16384])
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            try:
                got += sock.recv(65536)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                select.select([sock], [sock], [], 1)
    sock.setblocking(True)
    sock.settimeout(seconds)
    return got


class Report:
    """A table of checks; the last line is "N passed, N failed"."""

    def __init__(self):
        self.rows = []

    def row(self, name, is_good, got):
        self.rows.append((name, is_good, got))
        print(f"{'ok  ' if is_good else 'FAIL'} {name}: {got}", flush=True)

    def end(self):
        failed = sum(1 for row in self.rows if not row[1])
        print(f"{len(self.rows) - failed} passed, {failed} failed")
        return 1 if failed else 0


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
