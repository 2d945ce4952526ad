# SPDX-License-Identifier: EUPL-1.2
"""A mail server for tests that only look at what was sent."""
import email
import email.policy
import re
import socket
import ssl
import threading
import time


def settings(mailbox):
    """The node's configuration for it."""
    return f"mail:\n  server: 127.0.0.1\n  port: {mailbox.port}\n  tls: implicit\n  ca: tls/certificate.pem\n  from: varde@node.example\n"


class Mailbox:
    """A mail server that takes everything, at a port that was free: TLS from the first byte, under the node's own certificate."""

    def __init__(self):
        self.mails, self.folder = [], None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def start(self, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder + "/tls/certificate.pem", folder + "/tls/key.pem")
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            # each in a thread of its own: the courier keeps a connection for its next mail, and others would wait behind it
            threading.Thread(target=self.attend, args=(raw,), daemon=True).start()

    def attend(self, raw):
        try:
            with self.context.wrap_socket(raw, server_side=True) as connection:
                self.talk(connection.makefile("rwb", buffering=0))
        except OSError:
            pass

    def talk(self, file):
        file.write(b"220 mailbox\r\n")
        while line := file.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                file.write(b"250-mailbox\r\n250 8BITMIME\r\n")
            elif word == b"DATA":
                file.write(b"354 go on\r\n")
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    data += file.readline()
                self.mails.append(email.message_from_bytes(data[:-3], policy=email.policy.default))
                file.write(b"250 taken\r\n")
            elif word == b"QUIT":
                file.write(b"221 bye\r\n")
                return
            else:
                file.write(b"250 well\r\n")

    def wait(self, condition, seconds=15):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for mail in list(self.mails):
                if condition(mail):
                    return mail
            time.sleep(0.05)
        return None

    def confirm(self, client, address):
        """The person is reached at the address from now on."""
        channel = client.need(201, "POST", "/api/v1/channels", {"medium": "mail", "address": address})["id"]
        mail = self.wait(lambda m: m["To"] == address and m["Subject"] == "Confirm this address")
        code = re.search(r"\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b", mail.get_content()).group(0)
        client.need(204, "POST", f"/api/v1/channels/{channel}/confirm", {"code": code})
