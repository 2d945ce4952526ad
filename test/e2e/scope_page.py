#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Am I in scope?, without JavaScript, over plain HTTP as a browser sends forms: each thing that the answer assumes can be said otherwise and taken
back, what was said can be changed, and the page's answer is the one that the interface gives for the same facts."""
import sys
import urllib.parse
from html.parser import HTMLParser

import varde_client as v

count = v.Count()
LISTS = ("types", "ancillary", "negligible", "established_in", "services_in")
FIGURES = ("staff", "turnover", "balance")
# Kinds of organisation between which nearly every assumption is made somewhere.
STORIES = {
    "operator": {"types": ["EN_EL_DSO"], "established_in": ["BE"], "staff": ["20"], "turnover": ["3 000 000"], "balance": ["3000000"]},
    "food": {"types": ["FO_FOOD"], "established_in": ["BE"], "staff": ["400"], "turnover": ["90000000"], "balance": ["80000000"]},
    "cloud and names": {"types": ["DI_CLOUD", "DI_DNS", "DI_TLD", "DI_DC", "DI_TSP"], "established_in": ["BE", "FR"], "staff": ["60"], "turnover": ["20000000"], "balance": ["20000000"], "tsp_qualified": ["no"]},
    "ministry": {"types": ["PA_CENTRAL"], "established_in": ["BE"]},
    "research": {"types": ["RE_ORG"], "established_in": ["BE"], "staff": ["100"], "turnover": ["20000000"], "balance": ["20000000"]},
}


class Page(HTMLParser):
    """Forms with their fields and buttons, the words of each line, and the question."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.lines, self.headings, self.radios = [], [], [], {}
        self.place = []
        self.feed(text)
        self.text = text
        self.question = next((words for words, id in self.headings if id == "question"), None)
        self.outcome = next((words for words, id in self.headings if id is None), None)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.forms.append({"fields": [], "asks": [], "boxes": [], "options": [], "texts": []})
        if tag in ("h2", "li"):
            self.place.append((tag, at.get("id"), []))
        form = self.forms[-1] if self.forms else None
        if tag == "input" and form is not None:
            if at["type"] == "hidden":
                form["fields"].append((at["name"], at["value"]))
            elif at["type"] == "text":
                form["texts"].append((at["name"], at.get("value", "")))
            else:
                form["boxes"].append((at["name"], at["value"], "checked" in at))
        if tag == "button" and "name" in at:
            form["asks"].append(at["value"])
        if tag == "option":
            form["options"].append(at["value"])

    def handle_endtag(self, tag):
        if self.place and self.place[-1][0] == tag:
            kind, id, words = self.place.pop()
            text = " ".join("".join(words).split())
            if kind == "li":
                self.lines.append(text)
            else:
                self.headings.append((text, id))

    def handle_data(self, data):
        if self.place:
            self.place[-1][2].append(data)

    @property
    def fields(self):
        return self.forms[0]["fields"]


def send(client, fields, language=None):
    answer = client.call("POST", "/scope" + (f"?language={language}" if language else ""), urllib.parse.urlencode(fields).encode(), kind="application/x-www-form-urlencoded")
    count.status(answer, 200, "the page")
    return Page(answer.data.decode())


def begun(client, story):
    """The story told until there is an answer; what it does not say is left open."""
    page = send(client, [(name, value) for name in ("types", "established_in") for value in story.get(name, [])])
    for _ in range(20):
        if page.question is None:
            return page
        name = ([one[0] for one in page.forms[0]["boxes"] + page.forms[0]["texts"]] + [None])[0]
        page = send(client, page.fields + [(name, story.get(name, [""])[0])])
    count.check(False, "the questions end")
    return page


def asked(client, page, fact):
    return send(client, page.fields + [("ask", fact)])


def as_facts(fields):
    """What the hidden fields say, as the interface takes it."""
    facts = {name: [value for one, value in fields if one == name] for name in LISTS}
    facts = {name: values for name, values in facts.items() if values}
    facts.setdefault("services_in", facts.get("established_in", []))
    for name, value in fields:
        if name not in LISTS and value != "":
            facts[name] = value.replace(" ", "") if name in FIGURES else value == "yes" if value in ("yes", "no") else value
    return facts


def otherwise(client, story):
    """Each assumption is contradicted, the answer is the interface's, and it is taken back. Gives the facts that were."""
    page = begun(client, story)
    assumed = {one["fact"]: one["value"] for one in client.need(200, "POST", "/api/v1/scope", as_facts(page.fields))["assumed"]}
    count.check(set(assumed) <= set(page.forms[0]["asks"]), f"each of {sorted(assumed)} has its button: {page.forms[0]['asks']}")
    count.check("services_in" in page.forms[0]["asks"], "and where its services are")
    for fact, value in assumed.items():
        question = asked(client, page, fact)
        boxes = question.forms[0]["boxes"]
        count.check(question.question is not None and len(boxes) >= 3, f"{fact} is asked: {question.question}")
        count.equal([one[1] for one in boxes if one[2]], [""], f"{fact}: nothing is chosen that was not said")
        for _, other, _ in boxes:
            if other in ("", value):
                continue
            said = send(client, question.fields + [(fact, other)])
            while said.question is not None:  # what matters now
                name = (said.forms[0]["boxes"] + said.forms[0]["texts"])[0][0]
                said = send(client, said.fields + [(name, "")])
            count.check((fact, other) in said.fields, f"{fact} is {other}")
            answer = client.need(200, "POST", "/api/v1/scope", as_facts(said.fields))
            words = answer["outcome_words"] + (f": {answer['class_words']}" if answer["outcome"] == "in" else "")
            count.equal(said.outcome, words, f"the page's answer where {fact} is {other}")
            count.check(fact not in {one["fact"] for one in answer["assumed"]}, f"{fact} is not assumed any more")
            again = asked(client, said, fact)
            count.equal([one[1] for one in again.forms[0]["boxes"] if one[2]], [other], f"{fact}: what was said is chosen")
        back = send(client, again.fields + [(fact, "")])
        count.equal(back.outcome, page.outcome, f"{fact} is taken back")
    return set(assumed)


def places_and_types(client):
    page = begun(client, STORIES["operator"])
    count.check(any("Countries of services: in the same states" in one for one in page.lines), "it says where services are taken to be")
    question = asked(client, page, "services_in")
    count.equal(len(question.forms[0]["boxes"]), 28, "27 states and outside")
    page = send(client, question.fields + [("services_in", "FR"), ("services_in", "DE")])
    count.check(any("Countries of services: France, Germany" in one or "Countries of services: Germany, France" in one for one in page.lines), f"{page.lines}")
    question = asked(client, page, "services_in")
    count.equal(sorted(one[1] for one in question.forms[0]["boxes"] if one[2]), ["DE", "FR"], "both are ticked when one changes it")
    question = asked(client, page, "types")
    count.equal([one[1] for one in question.forms[0]["boxes"] if one[2]], ["EN_EL_DSO"], "its type is ticked when one changes it")
    page = send(client, [one for one in question.fields] + [("types", "EN_EL_DSO"), ("types", "DI_DNS")])
    count.check("applies" in page.outcome, f"with a DNS service it is in whatever its size: {page.outcome}")
    question = asked(client, page, "negligible")
    count.equal(sorted(one[1] for one in question.forms[0]["boxes"]), ["DI_DNS", "EN_EL_DSO"], "of its own types")
    page = send(client, question.fields + [("negligible", "DI_DNS")])
    count.check(any("DNS" in one and "Change" in one for one in page.lines), "said and changeable")
    question = asked(client, page, "staff")
    count.equal(question.forms[0]["texts"], [("staff", "20")], "a figure is filled in when one changes it")


def strangers(client):
    """What no page sends does no harm."""
    page = begun(client, STORIES["operator"])
    for fact in ("no_such_fact", "<script>", "id", "name", "state"):
        count.check(asked(client, page, fact).question is None, f"{fact} is not asked")
    bad = client.call("POST", "/scope", urllib.parse.urlencode(page.fields + [("cer_critical", "yes"), ("food_activity", "<b>")]).encode(), kind="application/x-www-form-urlencoded")
    count.equal((bad.status, b"<b>" in bad.data), (422, False), "a choice that there is not")
    for rows in ("{", "[1]", '{"a":1}', '[{"direction":"up","capital":"60","staff":"<b>"}]', "[" * 200, '[{"direction":"up","nonsense":1}]'):
        bad = client.call("POST", "/scope", urllib.parse.urlencode(page.fields + [("relations", rows)]).encode(), kind="application/x-www-form-urlencoded")
        count.check(bad.status in (400, 422) and b"<b>" not in bad.data, f"rows that there can't be: {rows[:30]}")
    for rows in ([("row.name", "<b>"), ("row.nonsense", "1")], [("row.direction", "up"), ("row.direction", "down")], [("row.direction", "up"), ("row.capital", "1e9")]):
        bad = client.call("POST", "/scope", urllib.parse.urlencode(page.fields + [("row_of", "relations")] + rows).encode(), kind="application/x-www-form-urlencoded")
        count.equal((bad.status, b"<b>" in bad.data, b'role="alert"' in bad.data), (422, False, True), f"a row that there can't be: {rows}")
    full = [("types", "EN_EL_DSO")] + [("established_in", "BE")] * 254
    bad = client.call("POST", "/scope", urllib.parse.urlencode(full + [("row_of", "relations")]).encode(), kind="application/x-www-form-urlencoded")
    count.status(bad, 200, "a form as long as may be")
    for language, words in (("fr", "Il en est autrement"), ("de", "Es ist anders")):
        count.check(words in send(client, page.fields, language).text, language)


def registered(node, admin):
    """The registration's form says the same: who is related, which investors, which years; the class that follows is proposed."""
    officer = node.officer(admin, "ca@node.example", "Authority officer", "ca", "a beacon on the hill 3")
    company = node.person("anna@company.example", "Anna", "a beacon on the hill 5")
    figures = {"staff": "20", "turnover_eur": "3000000", "balance_eur": "3000000", "established_in": ["BE"]}
    parent = {"name": "Parent", "direction": "up", "capital": "60", "control": "majority_votes", "staff": "1000", "turnover": "90000000", "balance": "80000000"}
    angel = dict(parent, capital="40", control="none", investor="business_angel", investment="1000000")
    year = {"year": 2025, "staff": "20", "turnover": "3000000", "balance": "3000000"}
    cases = (("alone", {}, "small", "out"), ("with a parent", {"relations": [parent]}, "large", "essential"), ("with an investor", {"relations": [angel]}, "small", "out"),
             ("grown this year", dict(staff="60", turnover_eur="20000000", balance_eur="20000000", earlier=[year]), "small", "out"),
             ("grown two years", dict(staff="60", turnover_eur="20000000", balance_eur="20000000", earlier=[dict(year, year=2024), dict(year, staff="60", turnover="20000000", balance="20000000")]), "medium", "important"),
             ("parent grown this year", {"relations": [dict(parent, earlier=[year])], "earlier": [year]}, "small", "out"))
    for name, more, size, proposed in cases:
        entity = company.must_file("registration", "registration", v.registration(name, ["EN_EL_DSO"], **dict(figures, **more)))["entity"]
        seen = officer.need(200, "GET", f"/api/v1/entities/{entity}")
        count.equal((seen["size"], seen["class_proposed"]), (size, proposed), name)
        if "relations" in more:
            count.equal(seen["profile"]["relations"][0]["name"], "Parent", f"{name}: on the register")
    for wrong, pointer in (({"relations": [dict(angel, investment=None)]}, "/relations/0/investment"), ({"relations": [dict(parent, control="natural_person")]}, "/relations/0/same_market"), ({"earlier": [{"staff": "1"}]}, "/earlier/0/year")):
        wrong = {name: [{key: value for key, value in row.items() if value is not None} for row in rows] for name, rows in wrong.items()}
        count.problem(company.file("registration", "registration", v.registration("Wrong", ["EN_EL_DSO"], **wrong)), 422, "field.required", f"{pointer} is asked", pointer)


def main():
    node = v.Node()
    try:
        node.start()
        client = node.administrator()  # whom the node knows it lets ask more often
        seen = set()
        for story in STORIES.values():
            seen |= otherwise(client, story)
        count.check(len(seen) >= 15, f"{len(seen)} assumptions were contradicted: {sorted(seen)}")
        places_and_types(client)
        strangers(client)
        registered(node, client)
    finally:
        node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
