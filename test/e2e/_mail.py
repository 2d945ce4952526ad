#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A real mail server for tests, on loopback ports: Postfix takes mail under TLS with a login, puts it into maildirs, and gives back what it
can't deliver; Dovecot checks the login and shows a maildir by IMAP. And a receiver of webhooks, and a server far away that refuses everybody.

Both keep everything in a directory of their own. They start as root, through sudo where the test does not run as root."""
import email
import email.policy
import http.server
import os
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time

from varde_client import free_port

PASSWORD = "secret-word-of-the-node"


def until(condition, seconds, pause=0.05):
    """The first true value of CONDITION within so many seconds, or the last one."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(pause)


class Refusing(socketserver.StreamRequestHandler):
    """A mail server far away that knows nobody."""

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")
        say("220 far.example")
        for line in self.rfile:
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                say("250 far.example")
            elif word == b"RCPT":
                say("550 5.1.1 nobody of that name lives here")
            elif word == b"QUIT":
                say("221 2.0.0 bye")
                return
            else:
                say("250 2.0.0 ok")


class MailServer:
    """`received(user)`: parsed messages in the maildir of USER@node.example, oldest first."""

    def __init__(self, users):
        self.folder = tempfile.mkdtemp(prefix="varde-mail-")
        os.chmod(self.folder, 0o755)
        self.port, self.imap_port, self.auth_port = free_port(), free_port(), free_port()
        self.sudo = [] if os.getuid() == 0 else ["sudo", "-n"]
        self.users = list(users)
        self.dovecot = None
        self.far = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing)
        self.far.daemon_threads = True
        threading.Thread(target=self.far.serve_forever, daemon=True).start()
        self.certificate()
        self.write_postfix()
        self.write_dovecot()
        os.mkdir(self.folder + "/mail")
        os.chmod(self.folder + "/mail", 0o777)

    def path(self, name):
        return os.path.join(self.folder, name)

    def certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.chmod(self.path("key.pem"), 0o600)
        if self.sudo:
            subprocess.run(self.sudo + ["chown", "root", self.path("key.pem")], check=True)

    def write_postfix(self):
        folder = self.path("postfix")
        for name in ("", "/queue", "/data"):
            os.mkdir(folder + name)
        subprocess.run(self.sudo + ["chown", "postfix", folder + "/data"], check=True)
        subprocess.run(self.sudo + ["chown", "root", folder + "/queue", folder], check=True)
        maps = {"boxes": "".join(f"{user}@node.example {user}/\n" for user in self.users),
                "transport": f"far.example smtp:[127.0.0.1]:{self.far.server_address[1]}\n"}
        main = f"""compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
myhostname = localhost.localdomain
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
recipient_delimiter = +
virtual_mailbox_domains = node.example
virtual_mailbox_base = {self.folder}/mail
virtual_mailbox_maps = texthash:{self.path('boxes')}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
transport_maps = texthash:{self.path('transport')}
smtpd_tls_cert_file = {self.path('cert.pem')}
smtpd_tls_key_file = {self.path('key.pem')}
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{self.auth_port}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_tls_auth_only = yes
smtpd_client_connection_rate_limit = 0
anvil_rate_time_unit = 1s
smtp_tls_security_level = none
maillog_file = {self.path('postfix.log')}
maillog_file_prefixes = /
"""
        services = [f"127.0.0.1:{self.port} inet n - n - - smtpd", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
                    "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce",
                    "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce", "verify unix - - n - 1 verify", "proxymap unix - - n - - proxymap",
                    "smtp unix - - n - - smtp", "relay unix - - n - - smtp", "error unix - - n - - error", "retry unix - - n - - error",
                    "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache",
                    "postlog unix-dgram n - n - 1 postlogd"]
        for name, text in {"postfix/main.cf": main, "postfix/master.cf": "\n".join(services) + "\n", **maps}.items():
            self.write(name, text)

    def write(self, name, text):
        subprocess.run(self.sudo + ["tee", self.path(name)], input=text, text=True, check=True, stdout=subprocess.DEVNULL)

    def write_dovecot(self):
        for name in ("dov", "dov-state"):
            os.mkdir(self.path(name))
        with open(self.path("dovecot.conf"), "w", encoding="utf-8") as file:
            file.write(f"""protocols = imap
base_dir = {self.path('dov')}
state_dir = {self.path('dov-state')}
log_path = {self.path('dovecot.log')}
listen = 127.0.0.1
ssl = required
ssl_cert = <{self.path('cert.pem')}
ssl_key = <{self.path('key.pem')}
mail_location = maildir:{self.folder}/mail/%n
first_valid_uid = 1
service imap-login {{
  inet_listener imap {{
    port = {self.imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {self.auth_port}
  }}
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={self.folder}/mail/%n
}}
""")

    def start(self):
        self.postfix("start")
        self.answers(self.port)
        return self

    def postfix(self, *words):
        log = open(self.path("postfix.out"), "ab")
        run = subprocess.run(self.sudo + ["/usr/sbin/postfix", "-c", self.path("postfix"), *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                             check=False, timeout=30)
        log.close()
        return run.returncode

    def start_box(self):
        log = open(self.path("dovecot.out"), "ab")
        self.dovecot = subprocess.Popen(self.sudo + ["/usr/sbin/dovecot", "-F", "-c", self.path("dovecot.conf")], stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, start_new_session=True)
        log.close()
        self.answers(self.imap_port)

    def answers(self, port):
        def ask():
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as line:
                    return bool(line.recv(10))
            except OSError:
                return False
        if not until(ask, 10):
            raise SystemExit("the mail server did not start: " + self.log())

    def log(self):
        text = ""
        for name in ("postfix.out", "postfix.log", "dovecot.out", "dovecot.log"):
            if os.path.exists(self.path(name)):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    text += "".join(line for line in file if "warning: not owned" not in line)[-3000:]
        return text

    def end(self, process):
        if process is None:
            return
        if self.sudo:
            subprocess.run(self.sudo + ["kill", str(process.pid)], check=False)
        else:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            subprocess.run(self.sudo + ["kill", "-9", str(process.pid)], check=False)
            process.wait()

    def stop(self):
        self.postfix("stop")
        until(lambda: not self.is_taken(self.port), 5)

    @staticmethod
    def is_taken(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def close(self):
        self.stop()
        self.end(self.dovecot)
        self.far.shutdown()
        self.far.server_close()
        subprocess.run(self.sudo + ["rm", "-rf", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def files(self, user):
        found = []
        for part in ("new", "cur"):
            folder = f"{self.folder}/mail/{user}/{part}"
            if os.path.isdir(folder):
                found += [os.path.join(folder, name) for name in os.listdir(folder)]
        return sorted(found, key=os.path.getmtime)

    def raw(self, user):
        messages = []
        for path in self.files(user):
            try:
                with open(path, "rb") as file:
                    messages.append(file.read())
            except FileNotFoundError:
                pass
        return messages

    def received(self, user):
        return [email.message_from_bytes(data, policy=email.policy.default) for data in self.raw(user)]

    def wait(self, user, condition=lambda message: True, seconds=15, count=1):
        """Messages of the user that fit, once there are COUNT of them."""
        def look():
            fitting = [message for message in self.received(user) if condition(message)]
            return fitting if len(fitting) >= count else None
        return until(look, seconds) or []


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Hooks:
    """A receiver of webhooks, with the mail server's certificate."""

    def __init__(self, server):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.http.seen = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server.path("cert.pem"), server.path("key.pem"))
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"https://localhost:{self.http.server_port}/in"

    @property
    def seen(self):
        return self.http.seen

    def close(self):
        self.http.shutdown()
        self.http.server_close()
