#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""In which language the node answers: ?language= before the person's before Accept-Language; forms, duties, refusals of fields and the
node's own problems are said in it, marked as a courtesy; what a person wrote and what is a paper stays as it is."""
import sys

import varde_client as v

count = v.Count()


def order(w):
    """?language=, the person's, Accept-Language by its weights, English."""
    path = "/api/v1/nothing-here"
    said = {"en": "Not found", "fr": "Introuvable", "de": "Nicht gefunden"}

    def title(headers=None, query=""):
        return w.node.client().get(path + query, headers=headers or {}).json["title"]

    count.equal(title(), said["en"], "English where nobody says otherwise")
    count.equal(title({"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}), said["de"], "what the browser asks for")
    count.equal(title({"Accept-Language": "en;q=0.3, fr;q=0.8, de;q=0.5"}), said["fr"], "by its weights")
    count.equal(title({"Accept-Language": "xx, de;q=0.1"}), said["de"], "a language without words is passed over")
    count.equal(title({"Accept-Language": "de"}, "?language=fr"), said["fr"], "the address goes first")
    bad = w.company.get("/api/v1/me?language=xx")
    count.equal(bad.status, 422, "a language that is none is refused")


def forms(w):
    path = "/api/v1/procedures/incident/documents/emergency_filing"
    for language, label in (("fr", None), ("de", "Notfallmeldung")):
        form = w.company.need(200, "GET", f"{path}?language={language}")
        english = w.company.need(200, "GET", path)
        count.check(form["label"] != english["label"] and (label is None or form["label"] == label), f"the form speaks {language}")
        count.equal(form["translation"]["language"], language, "it says which language it is")
        count.equal(form["translation"]["status"], "courtesy", "the state did not approve these texts")
        count.check(len(form["translation"]["note"]) > 20 and "translation" not in english, "and says so in words; English says nothing")
        count.equal([f["name"] for f in form["fields"]], [f["name"] for f in english["fields"]], "the names stay")


def refusals(w):
    fields = v.early_warning(aware_hours_ago=3)
    del fields["aware_at"]
    fields["summary"] = 7
    fields["nonsense"] = True
    body = {"procedure": "incident", "document": "early_warning", "entity": w.entity, "fields": fields}
    english = w.company.post("/api/v1/filings", body, key="w1")
    german = w.company.post("/api/v1/filings", body, key="w1", headers={"Accept-Language": "de"})
    count.equal((english.status, german.status), (422, 422), "both are refused")
    told = {e["pointer"]: (e["rule"], e["detail"]) for e in german.json["errors"]}
    meant = {e["pointer"]: (e["rule"], e["detail"]) for e in english.json["errors"]}
    count.equal({p: r for p, (r, _) in told.items()}, {p: r for p, (r, _) in meant.items()}, "for the same rules in the same fields")
    count.equal(told["/summary"][1], "Ein Text wird erwartet.", "in German")
    count.equal(told["/nonsense"][1], "Das Formular hat kein Feld „nonsense“.", "with the name in its place")
    count.check(told["/aware_at"][1].endswith("ist erforderlich."), "and the field's label")
    count.equal(german.json["title"], "Der Inhalt verletzt eine Regel", "the title too")


def cases(w):
    text = "Closed"  # also the label of a state: what people wrote is never said otherwise
    filed = w.company.must_file("incident", "early_warning", dict(v.early_warning(aware_hours_ago=3), summary=text), entity=w.entity)
    english = w.company.need(200, "GET", f"/api/v1/cases/{filed['case']}")
    french = w.company.need(200, "GET", f"/api/v1/cases/{filed['case']}?language=fr")
    count.equal([(d["duty"], d["due"]) for d in english["duties"]], [(d["duty"], d["due"]) for d in french["duties"]], "the same duties")
    count.check(all(e["words"] != f["words"] for e, f in zip(english["duties"], french["duties"])), "said in French")
    read = w.company.need(200, "GET", f"/api/v1/filings/{filed['filing']}?language=fr")
    count.equal(read["fields"]["summary"], text, "what was written stays as it was written")
    receipt = w.company.need(200, "GET", f"/api/v1/filings/{filed['filing']}/receipt?language=fr")
    count.check(w.node.verify_second(receipt)["valid"] and "translation" not in receipt, "a receipt is a paper: the same in every language")
    one = w.company.get(f"/api/v1/cases/{filed['case']}")
    other = w.company.get(f"/api/v1/cases/{filed['case']}?language=fr")
    count.check(one.header("etag") != other.header("etag"), "each language is a representation of its own")
    count.equal(w.company.get(f"/api/v1/cases/{filed['case']}?language=fr", headers={"If-None-Match": other.header("etag")}).status, 304, "and kept by its tag")


class World:
    def __init__(self):
        self.node = v.Node(edit=v.quick_heads).start()
        self.admin = self.node.administrator()
        self.company = self.node.person("anna@vraxquel.example", "Anna", "a beacon on the hill 6")
        self.entity = self.company.must_file("registration", "registration", v.registration("Vraxquel Power (invented)"))["entity"]


def main():
    w = World()
    try:
        order(w)
        forms(w)
        refusals(w)
        cases(w)
    finally:
        w.node.close()
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
