# SPDX-License-Identifier: EUPL-1.2
"""A provider of sign-in that nobody here wrote (oidc-provider-mock, built on Authlib) over TLS, for the tests that sign in through one. It comes from PyPI into
build/venv-oidc, made here. As a program, by that environment's Python: _provider.py PORT CERTIFICATE KEY serves until its input ends."""
import json
import os
import ssl
import subprocess
import sys
import threading
import urllib.request

VENV = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build/venv-oidc")
PYTHON = os.path.join(VENV, "bin/python")
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
PACKAGES = ["oidc-provider-mock==0.3.4"]


def made():
    """Makes build/venv-oidc where the provider is missing; whether it is there now."""
    if os.path.exists(PYTHON) and subprocess.run([PYTHON, "-c", "import oidc_provider_mock"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return True
    environment = dict(os.environ)
    if os.path.exists(TRUSTED):
        environment.setdefault("PIP_CERT", TRUSTED)
    commands = ([sys.executable, "-m", "venv", "--clear", VENV], [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + PACKAGES)
    return all(subprocess.run(command, env=environment, check=False).returncode == 0 for command in commands)


def server(port, certificate, key):
    """The provider, ready to serve; to be called in its environment."""
    import logging
    import warnings
    warnings.simplefilter("ignore")
    import werkzeug.serving
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from oidc_provider_mock import app
    return werkzeug.serving.make_server("127.0.0.1", port, app(), threaded=True, ssl_context=(certificate, key))


def put_user(port, certificate, subject, **claims):
    request = urllib.request.Request(f"https://127.0.0.1:{port}/users/{subject}", json.dumps(claims).encode(), {"Content-Type": "application/json"}, method="PUT")
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=certificate)).read()


if __name__ == "__main__":
    made_server = server(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    threading.Thread(target=made_server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
