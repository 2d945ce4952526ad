# SPDX-License-Identifier: EUPL-1.2
"""What the browser tests share: Playwright from PyPI in build/venv-web with Debian's Chromium, people who sign in as people do, and the
checks that every screen must pass: axe-core finds nothing, no script error, nothing wider than the window at 320 pixels."""
import contextlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "test/e2e"))
import varde_client as v  # noqa: E402

VENV = os.path.join(ROOT, "build/venv-web")
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
PACKAGES = ["playwright==1.57.0"]
AXE = os.path.join(ROOT, "web/node_modules/axe-core/axe.min.js")
# Screenshots of the screens go here; _screens.py makes doc/screens/ of them.
SCREENS = os.environ.get("VARDE_SCREENS")
PASSWORD = "quiet waters run deep 2"


def venv(count):
    """Makes build/venv-web where Playwright is missing, and goes on inside it."""
    python = os.path.join(VENV, "bin/python")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    has = os.path.exists(python) and subprocess.run([python, "-c", "import playwright"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    environment = dict(os.environ)
    if os.path.exists(TRUSTED):
        environment.setdefault("PIP_CERT", TRUSTED)
    if not has:
        for command in ([sys.executable, "-m", "venv", "--clear", VENV], [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + PACKAGES):
            if subprocess.run(command, env=environment, check=False).returncode != 0:
                count.check(False, "Playwright can be had from PyPI")
                sys.exit(count.done())
    os.execv(python, [python, os.path.abspath(sys.argv[0])] + sys.argv[1:])


class Browser:
    """Chromium with one context a person."""

    def __init__(self, node, count):
        from playwright.sync_api import sync_playwright
        self.node, self.count = node, count
        self.driver = sync_playwright().start()
        self.chromium = self.driver.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=["--no-sandbox", "--disable-dev-shm-usage"])
        self.errors = []
        self.sessions = {}

    def person(self, locale="en-GB", width=1280, height=900, **more):
        context = self.chromium.new_context(ignore_https_errors=True, locale=locale, timezone_id="Europe/Brussels", viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(20000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" and "Failed to load resource" not in message.text and "ERR_" not in message.text else None)
        return page

    def open(self, page, path):
        page.goto(self.node.url + path)

    def sign_in(self, page, client):
        """As a person does it: types into the form."""
        page.get_by_label("Login (your e-mail address)").fill(client.login)
        page.get_by_label("Password").fill(client.password)
        if client.secret is not None:
            page.get_by_label("Code of the second factor").fill(client.code())
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="Today").wait_for()

    def screen(self, page, name):
        """Looks at a screen: axe-core, errors of scripts, the width of a telephone; keeps a picture where wanted."""
        page.wait_for_timeout(150)
        if SCREENS:
            os.makedirs(SCREENS, exist_ok=True)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=os.path.join(SCREENS, name + ".png"), full_page=page.get_by_role("alertdialog").count() == 0)
        # Run in a world of its own, so that the page's policy needs no hole.
        with open(AXE, encoding="utf-8") as file:
            source = file.read()
        # Kept open: the end of any such session takes the page's virtual authenticator with it, and a passkey then waits for ever.
        if page not in self.sessions:
            self.sessions[page] = page.context.new_cdp_session(page)
        session = self.sessions[page]
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
        session.send("Runtime.evaluate", {"expression": source, "contextId": world})
        run = session.send("Runtime.evaluate", {"contextId": world, "awaitPromise": True, "returnByValue": True, "expression":
                           "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))"})
        found = run["result"].get("value")
        self.count.equal(found, [], f"{name}: axe-core")
        size = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 640})
        page.wait_for_timeout(80)
        wide = page.evaluate("document.documentElement.scrollWidth")
        self.count.check(wide <= 320, f"{name}: {wide} pixels wide in a window of 320")
        page.set_viewport_size(size)
        self.count.equal(self.errors, [], f"{name}: errors of scripts")
        self.errors.clear()

    def last_words(self):
        """What each person saw when it went wrong, as pictures beside the logs."""
        os.makedirs(os.path.join(ROOT, "build/log"), exist_ok=True)
        for i, context in enumerate(self.chromium.contexts):
            for page in context.pages:
                path = os.path.join(ROOT, f"build/log/browser-{i}.png")
                page.screenshot(path=path, full_page=True)
                print(f"{page.url}: {path}", flush=True)

    def close(self):
        self.chromium.close()
        self.driver.stop()


@contextlib.contextmanager
def stage(count, **node):
    """A node, made as NODE says, and a browser before it; pictures of what each person saw where the story breaks off."""
    venv(count)
    with contextlib.closing(v.Node(**node)) as stands:
        stands.start()
        with contextlib.closing(Browser(stands, count)) as browser:
            try:
                yield stands, browser
            except BaseException:
                browser.last_words()
                raise


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False
