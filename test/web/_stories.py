# SPDX-License-Identifier: EUPL-1.2
"""The stories that people live with the page, told once and played by two hands: one clicks and is counted (counts.py), one has a keyboard alone and
measures at each step where the focus is and whether one can see it (keyboard.py)."""
import re

import _browser as b

v = b.v
SENTENCE = "Customers can't reach the service."


class Hand:
    """What every hand can do; each is one action of a person."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def open(self, url):
        """A link outside the page: in a mail, in a bookmark."""
        self.actions += 1
        self.page.goto(url)

    def settle(self):
        """Called where a screen has come to rest."""

    def wait(self, role, name):
        self.page.get_by_role(role, name=name).first.wait_for()
        self.settle()

    def go(self, name):
        """To a screen of the menu, which a narrow window folds away."""
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible():
            self.button("Menu")
        self.link(name)


class Mouse(Hand):
    def act(self, locator, what, *words, **more):
        self.actions += 1
        getattr(locator.first, what)(*words, **more)

    def link(self, name):
        self.act(self.page.get_by_role("link", name=name), "click")

    def button(self, name):
        self.act(self.page.get_by_role("button", name=name), "click")

    def sure(self, name):
        self.act(self.page.get_by_role("alertdialog").get_by_role("button", name=name), "click")

    def type(self, label, text):
        self.act(self.page.get_by_label(label), "fill", text)

    def date(self, label, day):
        self.act(self.page.get_by_label(label), "fill", day)

    def option(self, group, label):
        self.act(self.page.get_by_role("group", name=group).get_by_label(label, exact=True), "check")

    def tick(self, label):
        self.act(self.page.get_by_role("checkbox", name=label), "click")

    def choose(self, label, words):
        self.act(self.page.get_by_label(label), "select_option", label=words)


# What has the focus: its role and name as a reader would say them, and whether the eye finds it.
FOCUS = r"""() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const text = (id) => document.getElementById(id)?.textContent ?? '';
  const labelled = (el.getAttribute('aria-labelledby') ?? '').split(' ').map(text).join(' ').trim();
  const name = (labelled || el.getAttribute('aria-label') || [...(el.labels ?? [])].map((l) => l.textContent).join(' ') || el.textContent || el.placeholder || '').replace(/\s+/g, ' ').trim();
  const kind = el.tagName === 'INPUT' ? (['radio', 'checkbox', 'button', 'submit', 'file'].includes(el.type) ? el.type : 'textbox') : {A: 'link', BUTTON: 'button', SELECT: 'select', TEXTAREA: 'textbox', SUMMARY: 'summary'}[el.tagName] ?? el.tagName;
  const style = getComputedStyle(el), box = el.getBoundingClientRect();
  const outline = style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
  let isSeen = false;
  for (const x of [0.5, 0.1, 0.9]) for (const y of [0.5, 0.15, 0.85]) {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    if (hit && (el.contains(hit) || hit.contains(el))) isSeen = true;
  }
  if (el.id === 'main') return {kind: 'main', name: '', outline: 3, isSeen: true, group: '', isOn: false, value: ''};
  return {kind, name, outline, isSeen, group: el.closest('fieldset')?.querySelector('legend')?.textContent.trim() ?? '', isOn: el.checked ?? false,
          value: el.value ?? '', place: el.outerHTML.slice(0, 120)};
}"""


class Keys(Hand):
    """Tab, Enter, Space and arrows. What never shows where it is, or hides behind something, is kept in `unseen`."""

    TABS_MAX = 400

    def __init__(self, page):
        super().__init__(page)
        self.tabs, self.unseen = 0, {}

    def press(self, key):
        self.page.keyboard.press(key)

    def focus(self):
        found = self.page.evaluate(FOCUS)
        if found is not None and (found["outline"] < 2 or not found["isSeen"]):
            self.unseen[found["place"]] = f"{found['kind']} {found['name'][:60]!r}: outline {found['outline']} px, {'seen' if found['isSeen'] else 'hidden behind something'}"
        return found

    def seek(self, kind, name, group=""):
        """Tab by Tab until that has the focus."""
        is_it = lambda at: at is not None and at["kind"] in kind and (name.search(at["name"]) if isinstance(name, re.Pattern) else name in at["name"]) and group in at["group"]
        for _ in range(3):
            for _ in range(self.TABS_MAX):
                at = self.focus()
                if is_it(at):
                    self.actions += 1
                    return at
                self.press("Tab")
                self.tabs += 1
                if at is None:
                    break
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no Tab leads to {kind} {name!r} {group!r} on {self.page.url}")

    def link(self, name):
        self.seek(("link",), name)
        self.press("Enter")

    def button(self, name):
        self.seek(("button", "submit"), name)
        self.press("Enter")

    def sure(self, name):
        self.page.get_by_role("alertdialog").wait_for()
        self.button(name)

    def type(self, label, text):
        self.seek(("textbox",), label)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def date(self, label, day):
        self.seek(("textbox",), label)
        year, month, date = day.split("-")
        self.page.keyboard.type(month + date + year)  # in the order of Chromium's own language

    def option(self, group, label):
        at = self.seek(("radio",), "", group)
        for _ in range(12):
            at = self.focus()
            if label == at["name"]:
                if not at["isOn"]:
                    self.press(" ")
                return
            self.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {label!r} of {group!r}")

    def tick(self, label):
        self.seek(("checkbox",), label)
        self.press(" ")

    def choose(self, label, words):
        self.seek(("select",), label)
        self.page.keyboard.type(words)


# --- the stories ---

def sign_in(hand, client):
    hand.wait("button", re.compile("^Sign in$"))
    hand.type("Login (your e-mail address)", client.login)
    hand.type("Password", client.password)
    if client.secret is not None:
        hand.type("Code of the second factor", client.code())
    hand.button(re.compile("^Sign in$"))


def filed(hand):
    hand.wait("heading", "Filed")


def early_warning(hand, w):
    """A company reports."""
    hand.open(w["url"] + "/app/")
    sign_in(hand, w["clerk"])
    hand.wait("link", "Report an incident")
    hand.link("Report an incident")
    hand.wait("button", "File: Early warning")
    hand.type("What happened, in one sentence?", SENTENCE)
    hand.button(re.compile("^Now ?: When did you become aware"))
    hand.option("Do you suspect an unlawful", "Not known yet")
    hand.option("Could it have an impact", "No")
    hand.button("File: Early warning")
    filed(hand)


def night(hand, w):
    """An officer is woken: from the link in the mail to the first answer."""
    hand.open(f"{w['url']}/app/cases/{w['case']}")
    sign_in(hand, w["csirt"])
    hand.wait("button", "Take it and write: Response")
    hand.button("Take it and write: Response")
    hand.wait("button", "File: Response")
    hand.type("Initial feedback", "We have it. Call us at any time.")
    hand.button("File: Response")
    filed(hand)


def queue(hand, w):
    """By day, signed in: from the queue to an answer."""
    hand.go(re.compile("^Queue"))
    hand.wait("link", "Umbrix")
    hand.link(re.compile("^Umbrix"))
    hand.wait("button", "Take it and write: Response")
    hand.button("Take it and write: Response")
    hand.wait("button", "File: Response")
    hand.type("Initial feedback", "We look into it.")
    hand.button("File: Response")
    filed(hand)


def abroad(hand, w):
    """What concerns other states is released to one of the two that the rules propose."""
    hand.open(f"{w['url']}/app/cases/{w['case']}")
    hand.wait("link", "Send abroad")
    hand.link("Send abroad")
    hand.wait("checkbox", "Netherlands")
    hand.tick("Netherlands")
    hand.type("Reason, for the record", "The grid is shared.")
    hand.button("Release to France")
    hand.page.get_by_role("alertdialog").get_by_text("To France:").wait_for()
    hand.sure("Release to France")
    hand.wait("cell", "released, not handed over yet")


def recall(hand, w):
    """What went to a state is called back from it, and from no other."""
    hand.open(f"{w['url']}/app/cases/{w['case']}/release")
    hand.wait("link", "Recall of a release")
    hand.link("Recall of a release")
    hand.wait("button", "File: Recall of a release")
    hand.type("Reason", "Sent too much.")
    hand.button("File: Recall of a release")
    hand.page.get_by_role("alertdialog").get_by_text("France will be asked").wait_for()
    hand.sure("File: Recall of a release")
    filed(hand)


def guidance(hand, w):
    """One guidance to all cases of a campaign; a case is put under it before."""
    hand.open(f"{w['url']}/app/cases/{w['campaign']}/file/campaign_add?as=csirt")
    sign_in(hand, w["csirt"])
    hand.wait("checkbox", "Umbrix")
    hand.tick("Umbrix")
    hand.type("Ground", "A customer of the provider.")
    hand.button("File: Cases added")
    filed(hand)
    b.until(lambda: w["csirt"].need(200, "GET", f"/api/v1/cases/{w['campaign']}/parties")["waiting"] == 0)
    hand.open(f"{w['url']}/app/cases/{w['campaign']}/file/campaign_guidance?as=csirt")
    hand.wait("button", "File: Guidance to all")
    hand.type("Title", "Change these passwords")
    hand.type("Guidance", "All that the provider knew.")
    hand.option("Marking", "Your organisation only")
    hand.button("File: Guidance to all")
    hand.page.get_by_role("alertdialog").get_by_text("Umbrix Water").wait_for()
    hand.sure("File: Guidance to all")
    filed(hand)


def what_if(hand, w):
    """An authority asks what a proposal would change on its register."""
    hand.open(f"{w['url']}/app/law/what-if")
    sign_in(hand, w["ca"])
    hand.wait("button", "Count the register")
    hand.choose("Proposal", "COM(2026) 13")
    hand.page.get_by_role("group", name="Electricity producers").wait_for()
    hand.option("Electricity producers", "only above 1 MW")
    hand.button("Count the register")
    hand.page.get_by_role("note").get_by_text("Unofficial reading").wait_for()
    hand.button("List them")
    hand.wait("heading", "Which entries?")


def register(hand, w):
    """An entity is found in the register."""
    hand.go("Register")
    hand.wait("heading", "Register")
    hand.type("Name or identifier", "Umbrix")
    hand.wait("link", "Umbrix")
    hand.link(re.compile("^Umbrix"))
    hand.wait("heading", "Umbrix")


def measures(hand, w):
    """A company begins its self-assessment."""
    hand.open(w["url"] + "/app/file/measures/self_assessment")
    hand.wait("button", "File: Self-assessment")
    hand.date("As of which day?", v.instant(0)[:10])
    hand.option("Is the assessment finished?", "No")
    hand.button("File: Self-assessment")
    filed(hand)


def crisis(hand, w):
    """A member of EU-CyCLONe says how it is."""
    hand.open(f"{w['union_url']}/app/crisis/{w['crisis']}")
    sign_in(hand, w["member"])
    hand.wait("link", "Report of a member")
    hand.link("Report of a member")
    hand.wait("button", "File: Report of a member")
    hand.option("Is your state affected", "Yes")
    hand.type("Situation", "Two regions without power.")
    hand.button("File: Report of a member")
    filed(hand)


# --- the world in which they play ---

def world(node, count):
    """A company with an incident that concerns two states, another that nobody looked at yet, and who works on them."""
    admin = node.administrator()
    csirt = node.officer(admin, "night@csirt.example", "Night officer", "csirt", b.PASSWORD)
    ca = node.officer(admin, "desk@ca.example", "Desk officer", "ca", b.PASSWORD)
    w = {"url": node.url, "admin": admin, "csirt": csirt, "ca": ca}
    for name, company in (("clerk", "Vraxquel Power (invented)"), ("other", "Umbrix Water (invented)")):
        person = w[name] = node.person(f"{name}@company.example", "Clerk", b.PASSWORD)
        made = person.must_file("registration", "registration", v.registration(company))
        ca.must_file("registration", "approval", {"class": "essential"}, case=made["case"])
        w[name + "_entity"] = made["entity"]
    w["case"] = w["clerk"].must_file("incident", "early_warning", v.early_warning(2, cross_border="yes", affected_states=["FR", "NL"]), entity=w["clerk_entity"])["case"]
    w["second"] = w["other"].must_file("incident", "early_warning", v.early_warning(1), entity=w["other_entity"])["case"]
    return w


def campaign_world(w):
    """A campaign for whose provider a case is suggested."""
    csirt = w["csirt"].again()
    w["other"].again().must_file("incident", "notification", v.notification(impact="Remote access of Quorvex was used."), case=w["second"])
    campaign = {"title": "Breach at a service provider", "cause": "Stolen credentials.", "provider": "Quorvex", "first_seen": v.instant(-3600), "count_as": "one", "count_ground": "One intrusion."}
    w["campaign"] = csirt.must_file("campaign", "campaign", campaign)["case"]


def world_again(w):
    """Two more incidents of the same companies, for whoever plays after the first."""
    again = dict(w)
    again["case"] = w["clerk"].again().must_file("incident", "early_warning", v.early_warning(2, cross_border="yes", affected_states=["FR", "NL"]), entity=w["clerk_entity"])["case"]
    again["second"] = w["other"].again().must_file("incident", "early_warning", v.early_warning(1), entity=w["other_entity"])["case"]
    return again


def union_world(node, w):
    """A crisis in which the members are asked how it is."""
    admin = node.administrator()
    w["member"] = node.officer(admin, "be@cyclone.example", "Officer BE", "cyclone-member-be", b.PASSWORD)
    enisa = node.officer(admin, "desk@enisa.example", "Secretariat", "enisa", b.PASSWORD)
    facts = {"title": "Power grid of two states", "text": "Control systems of two grid operators fail.", "is_significant": True, "states_affected": ["BE", "NL"], "services": "none"}
    w["crisis"] = w["member"].must_file("crisis", "situation", facts)["case"]
    b.until(lambda: enisa.need(200, "GET", f"/api/v1/cases/{w['crisis']}/parties")["waiting"] == 0)
    enisa.must_file("crisis", "report_call", {"text": "How is it in your state?", "report_by": v.instant(3600)}, case=w["crisis"])
    w["union_url"], w["enisa"] = node.url, enisa
