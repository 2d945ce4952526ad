#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Searching by words: what is found, by whom, in which workspace; what is erased or frozen is found no more; the index holds no text."""
import glob
import os
import sys

import varde_client as v

count = v.Count()


def offices(text):
    before = text[:text.index("offices:")]
    return before + ("offices:\n"
                     "  - {id: csirt, kind: csirt, name: CSIRT}\n"
                     "  - {id: ca, kind: ca, name: Authority}\n"
                     "  - {id: ca-health, kind: ca, name: Health authority, sectors: [health]}\n"
                     "  - {id: spoc, kind: spoc, name: Single point of contact}\n")


def found(who, words, **more):
    query = "&".join(f"{name}={value}" for name, value in dict({"q": words.replace(" ", "%20")}, **more).items())
    return [hit["filing"] for hit in who.need(200, "GET", f"/api/v1/search?{query}")["hits"]]


def words(csirt, ca, spoc, health, company, entity):
    one = company.must_file("incident", "early_warning", v.early_warning(summary="The Zebrawurm came over 192.0.2.17 into Κέντρο and ŽIŽKOV."), entity=entity)
    two = company.must_file("incident", "early_warning", v.early_warning(summary="Another zebrawurm, seen at mail.quilzarn.example"), entity=entity)
    note = csirt.must_file("incident", "note", {"text": "Zebrawurm is the talk of the town: CVE-2026-12345."}, case=one["case"])
    count.equal(found(csirt, "zebrawurm"), [note["filing"], two["filing"], one["filing"]], "by a word, last filed first")
    count.equal(found(csirt, "ZEBRAWURM came"), [one["filing"]], "by two words, whatever their case")
    for text, filing in (("192.0.2.17", one), ("κέντρο", one), ("žižkov", one), ("mail.quilzarn.example", two), ("quilzarn", two), ("cve-2026-12345", note)):
        count.equal(found(csirt, text.encode().hex(" ").replace(" ", "%").join(["%", ""]) if not text.isascii() else text), [filing["filing"]], f"by {text}")
    count.equal(found(csirt, "zebra"), [], "not by a part of a word")
    count.equal(found(csirt, "zebrawurm nowhere"), [], "all words must be there")
    count.problem(csirt.get("/api/v1/search?q=%21%21"), 422, "search.words", "no word at all")
    count.equal(found(ca, "zebrawurm"), found(csirt, "zebrawurm"), "the authority finds the same")
    count.equal((found(spoc, "zebrawurm"), found(health, "zebrawurm")), ([], []), "the contact point and another sector's authority nothing")
    count.status(company.get("/api/v1/search?q=zebrawurm"), 403, "and the company has no search")
    csirt.must_file("incident", "forward", {"to": "spoc", "ground": "cooperation", "reason": "For your neighbours."}, case=one["case"])
    count.equal(found(spoc, "zebrawurm"), [one["filing"]], "what is passed on is found, the note is not")
    hits = csirt.pages("/api/v1/search?q=zebrawurm", "hits", 1)
    count.equal([hit["filing"] for hit in hits], found(csirt, "zebrawurm"), "page by page")
    return one, two, note


def workspaces(csirt, ca, one, entity):
    """Supervision and desk find each their own, whoever searches."""
    referral = csirt.must_file("supervision", "referral", {"ground": "late", "text": "The Zebrawurm was known for weeks.", "from_case": one["case"]}, entity=entity)
    count.check(referral["filing"] not in found(csirt, "zebrawurm") and referral["filing"] not in found(ca, "zebrawurm"), "the desk does not find supervision's matter")
    count.equal(found(ca, "zebrawurm", workspace="supervision"), [referral["filing"]], "supervision finds its own alone")
    count.status(csirt.get("/api/v1/search?q=zebrawurm&workspace=supervision"), 403, "and the CSIRT may not search there")


def gone(head, csirt, one, two, note):
    head.must_file("erasure", "erasure", {"target": one["filing"], "names": [{"name": "summary"}], "ground": "misfiled", "reason": "A name of a person."})
    count.check(one["filing"] not in found(csirt, "zebrawurm"), "what is erased is found no more")
    count.check(note["filing"] in found(csirt, "zebrawurm"), "the rest is")
    csirt.must_file("incident", "spill", {"filing": two["filing"], "names": [{"name": "summary"}], "kind": "classified", "reason": "It names what may not be named."},
                    case=two["case"])
    count.equal(found(csirt, "zebrawurm"), [note["filing"]], "what is frozen is found no more")


def no_text(node):
    """Nothing of what was indexed stands in the database as text."""
    for path in glob.glob(os.path.join(node.folder, "*.db*")):
        with open(path, "rb") as file:
            data = file.read().lower()
        count.check(b"zebrawurm" not in data, f"{os.path.basename(path)} holds no word of it")


def main():
    node = v.Node(edit=offices)
    try:
        node.start()
        admin = node.administrator()
        csirt = node.officer(admin, "csirt@node.example", "Officer of the CSIRT", "csirt", "the blue tower stands 1")
        head = node.officer(admin, "head@node.example", "Head of the CSIRT", "csirt", "the blue tower stands 2", role="head")
        ca = node.officer(admin, "ca@node.example", "Officer of the authority", "ca", "the red tower stands 1")
        health = node.officer(admin, "health@node.example", "Officer for health", "ca-health", "the red tower stands 2")
        spoc = node.officer(admin, "spoc@node.example", "Officer of the contact point", "spoc", "the green tower stands 1")
        company = node.person("security@one.example", "One's night desk", "a quiet harbour at dusk")
        entity = company.must_file("registration", "registration", v.registration("Quilzarn Water (invented)", ["DW_SUPPLY"]))["entity"]
        one, two, note = words(csirt, ca, spoc, health, company, entity)
        workspaces(csirt, ca, one, entity)
        no_text(node)
        gone(head, csirt, one, two, note)
    finally:
        count.equal(node.close(), 0, "the node stops when asked")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
