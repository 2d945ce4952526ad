#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Every case of doc/cases.md is claimed by a test: in the title of a row of test/law/, or in a comment or text of a program.

A claim is the number, perhaps with a letter for a part of the case (I01a). A canary shows that a number nobody claims is found.
"""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NUMBER = re.compile(r"^\| ([SJCIE]\d\d)\b", re.M)
CLAIM = re.compile(r"(?<![\w.@#$-])([SJCIE]\d\d)[a-z]?(?![\w.])")
TITLES = re.compile(r"(?:\b(?:story|case|id):|^\s*#).*")  # of a YAML file: what a row is called, and comments
TEXTS = {".c": re.compile(r"//.*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"", re.S), ".py": re.compile(r"#.*|\"\"\".*?\"\"\"|\"(?:[^\"\\\n]|\\.)*\"", re.S)}


def claims_of(text, ending):
    parts = [line for line in text.splitlines() if TITLES.search(line)] if ending == ".yaml" else TEXTS[ending].findall(text)
    return {number for part in parts for number in CLAIM.findall(part)}


def all_claims():
    found = {}
    for room in ("law", "unit", "e2e"):
        for place, _, names in os.walk(os.path.join(ROOT, "test", room)):
            for name in names:
                ending = os.path.splitext(name)[1]
                if ending != ".yaml" and ending not in TEXTS:
                    continue
                with open(os.path.join(place, name), encoding="utf-8") as file:
                    for number in claims_of(file.read(), ending):
                        found.setdefault(number, []).append(f"{room}/{name}")
    return found


def main():
    with open(os.path.join(ROOT, "doc", "cases.md"), encoding="utf-8") as file:
        numbers = NUMBER.findall(file.read())
    claims = all_claims()
    missing = [number for number in numbers if number not in claims]
    if "--list" in sys.argv:
        for number in numbers:
            print(number, *claims.get(number, ["nobody"]))
    canary = claims_of("  - story: E18 the public\n    fields: {other: C24}\n", ".yaml") == {"E18"} and claims_of('f(7); // E24\nx = "C25";', ".c") == {"E24", "C25"}
    if not canary or len(numbers) < 120:
        print("FAIL the canary: claims are not found as they should be")
    if missing:
        print(f"cases that no test claims: {' '.join(missing)}")
    bad = bool(missing) + (not canary or len(numbers) < 120)
    print(f"{2 - bad} passed, {bad} failed")
    return 1 if bad else 0


sys.exit(main())
