#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Mutations of the law: is what the packs say held by a check or a case? Each mutation changes one place of one file as a slip of the hand
would (a row lost, a bound shifted, an article swapped, a label lost, a role or state swapped, ...); the packs as changed are then looked at
by `varde law check DIR` and, where it finds nothing, by the tests that run the cases of law (VARDE_LAW=DIR). What neither notices survives
and is listed. doc/mutation.md tells how survivors were judged.

    test/law/mutate.py [--count N] [--kinds KIND,KIND] [--seed S] [--build build/release] [--jobs J] [--least PERCENT] [--survivors FILE]"""
import argparse
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASES = ("filings", "stories", "scope", "clocks", "significance", "supervision", "selection", "register_csv", "office_term", "acts", "indication", "letter_rows", "reminder")
LAW = "law"
SWAPS = {"yes": "no", "no": "yes", "h": "d", "d": "h", "wd": "d", "month": "w", "w": "month"}


def end_of_row(lines, at):
    """The line after a list item that begins at AT: what is indented deeper belongs to it."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return end


class Packs:
    """The files that are changed, read once."""

    def __init__(self):
        self.files = {}
        for folder, _, names in os.walk(os.path.join(ROOT, LAW)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), os.path.join(ROOT, LAW))
                if name.endswith(".yaml") and not path.startswith("calendars"):
                    with open(os.path.join(ROOT, LAW, path), encoding="utf-8") as file:
                        self.files[path] = file.read()
        self.articles = {}
        for path, text in self.files.items():
            self.articles.setdefault(path.split("/")[0], set()).update(re.findall(r'\barticle: "([^"]+)"', text))
        self.articles = {top: sorted(found) for top, found in self.articles.items()}

    def law(self):
        return [p for p in self.files if "/words/" not in p and not p.endswith(("pack.yaml", "directory.yaml", "privacy.yaml")) and "privacy." not in p]


def value_sites(text, name, pattern):
    """Places where NAME: VALUE stands in a row, VALUE like PATTERN; comments aside."""
    for match in re.finditer(r"(?<![\w.])" + name + r": (" + pattern + r")(?=[,}\]\s])", text):
        line = text.rfind("\n", 0, match.start()) + 1
        if not text[line:match.start()].lstrip().startswith("#"):
            yield match.span(1)


def replaced(text, span, new):
    return text[:span[0]] + new + text[span[1]:]


# Each kind gives (text after, what was changed) or None where the file has no such place.

def drop_row(packs, path, text, rng):
    lines = text.split("\n")
    rows = [i for i, line in enumerate(lines) if re.match(r"\s+- ", line) and end_of_row(lines, i) - i <= 40]
    if not rows:
        return None
    at = rng.choice(rows)
    end = end_of_row(lines, at)
    return "\n".join(lines[:at] + lines[end:]), lines[at].strip()


def shift_bound(packs, path, text, rng):
    # not max_chars, max_items, attachments, decimals: how much may be written is a choice of ours and changes no duty
    names = r"(?:amount|min|max|at_least|at_most|above|below|min_items|percent|width|within_days|more_than|days|years|months|minutes|hours|staff|turnover_eur|balance_sheet_eur)"
    sites = list(value_sites(text, names, r"\d+"))
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    new = str(max(0, int(old) + rng.choice((-1, 1))) if int(old) > 0 else 1)
    return replaced(text, site, new), f"{text[text.rfind(' ', 0, site[0] - 1) + 1:site[0]]}{old} -> {new}"


def swap_article(packs, path, text, rng):
    sites = list(value_sites(text, "article", r'"[^"\n]+"'))
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0] + 1:site[1] - 1]
    others = [a for a in packs.articles[path.split("/")[0]] if a != old]
    new = rng.choice(others)
    return replaced(text, site, f'"{new}"'), f"{old} -> {new}"


def break_article(packs, path, text, rng):
    sites = [s for s in value_sites(text, "article", r'"[^"\n]+"') if re.search(r"\d", text[s[0]:s[1]])]
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0] + 1:site[1] - 1]
    digits = list(re.finditer(r"\d+", re.sub(r"NIS2", "NISx", old)))
    if not digits:
        return None
    digit = rng.choice(digits)
    new = old[:digit.start()] + str(int(digit.group()) + rng.choice((1, 2, 10))) + old[digit.end():]
    return replaced(text, site, f'"{new}"'), f"{old} -> {new}"


def lose_article(packs, path, text, rng):
    return lose(text, "article", rng)


def lose(text, name, rng):
    sites = list(re.finditer(r'(?:, |(?<=\{)|\n +)' + name + r': (?:"(?:[^"\\\n]|\\.)*"|[^,}\n]+)(, )?', text))
    sites = [m for m in sites if not text[text.rfind("\n", 0, m.start()) + 1:m.start()].lstrip().startswith("#")]
    if not sites:
        return None
    site = rng.choice(sites)
    keep = site.group(1) or "" if not site.group(0).startswith("\n") and not site.group(0).startswith(", ") else (", " if site.group(1) and site.group(0).startswith(", ") else "")
    return text[:site.start()] + keep + text[site.end():], site.group(0).strip(" ,\n")[:80]


def lose_label(packs, path, text, rng):
    return lose(text, "(?:label|words|help)", rng)


def lose_required(packs, path, text, rng):
    return lose(text, "required", rng)


def lose_condition(packs, path, text, rng):
    sites = list(re.finditer(r", (?:when|shown_when|refuse_when): \{[^{}\n]*\}", text))
    if not sites:
        return None
    site = rng.choice(sites)
    return text[:site.start()] + text[site.end():], site.group(0)[2:]


def swap_role(packs, path, text, rng):
    roles = ("entity", "csirt", "ca", "spoc", "ccma")
    sites = list(value_sites(text, "(?:by|owed_by|to|office|seen_by|kind)", r"\[?(?:entity|csirt|ca|spoc|ccma)\]?"))
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    name = old.strip("[]")
    new = rng.choice([r for r in roles if r != name])
    return replaced(text, site, old.replace(name, new)), f"{old} -> {old.replace(name, new)}"


def swap_state(packs, path, text, rng):
    states = re.findall(r"- \{state: (\w+),", text)
    sites = [s for s in value_sites(text, "(?:to|in|state)", r"\[?\w+\]?") if text[s[0]:s[1]].strip("[]") in states and text[s[0] - 9:s[0]] != "{state: "[-9:]]
    if len(states) < 2 or not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    new = rng.choice([s for s in states if s != old.strip("[]")])
    return replaced(text, site, old.replace(old.strip("[]"), new)), f"{old} -> {new}"


def swap_name(packs, path, text, rng):
    names = re.findall(r"- (?:document|duty|clock|\{?fact|\{?flag): (\w+)", text)
    sites = [s for s in value_sites(text, "(?:document|done_by|opens_on|clock|fact|keeps|anchor|filed|flag|set|clear|case)", r"\[?[\w.]+\]?")]
    sites = [s for s in sites if text[max(0, s[0] - 14):s[0]].find("- document: ") < 0 and text[max(0, s[0] - 12):s[0]].find("- clock: ") < 0]
    if len(set(names)) < 2 or not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    new = rng.choice(sorted({n for n in names if n != old.strip("[]")}))
    return replaced(text, site, old.replace(old.strip("[]"), new)), f"{text[text.rfind(' ', 0, site[0] - 1) + 1:site[0]]}{old} -> {new}"


def swap_value(packs, path, text, rng):
    sites = list(value_sites(text, r"(?:is|known|unit|opens|repeatable|final|head|firm|required|public|again|at_once|needs_clock|value|per_type|unique)", r"\w+"))
    sites = [s for s in sites if text[s[0]:s[1]] in SWAPS]
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    return replaced(text, site, SWAPS[old]), f"{text[text.rfind(' ', 0, site[0] - 1) + 1:site[0]]}{old} -> {SWAPS[old]}"


def shift_date(packs, path, text, rng):
    sites = list(value_sites(text, "(?:from|to|before|after)", r"20\d\d-\d\d-\d\d"))
    if not sites:
        return None
    site = rng.choice(sites)
    old = text[site[0]:site[1]]
    new = f"{int(old[:4]) + rng.choice((-1, 1))}{old[4:]}"
    return replaced(text, site, new), f"{old} -> {new}"


def lose_word(packs, path, text, rng):
    lines = text.split("\n")
    rows = [i for i, line in enumerate(lines) if re.match(r'\s+[\w."]+: ["\w]', line)]
    if not rows:
        return None
    at = rng.choice(rows)
    return "\n".join(lines[:at] + lines[at + 1:]), lines[at].strip()[:80]


def break_word(packs, path, text, rng):
    sites = list(re.finditer(r"\{[a-z_.]+\}", text))
    if not sites:
        return None
    site = rng.choice(sites)
    return text[:site.start()] + "{nothing}" + text[site.end():], f"{site.group(0)} -> {{nothing}}"


KINDS = {f.__name__: (f, of) for f, of in (
    (drop_row, "law"), (shift_bound, "law"), (swap_article, "law"), (break_article, "law"), (lose_article, "law"), (lose_label, "law"),
    (lose_required, "law"), (lose_condition, "law"), (swap_role, "law"), (swap_state, "law"), (swap_name, "law"), (swap_value, "law"),
    (shift_date, "law"), (lose_word, "words"), (break_word, "words"))}


def mutations(packs, count, seed, kinds):
    """COUNT different mutations, as many of each of these kinds as can be had; the same for the same seed."""
    rng = random.Random(seed)
    law = packs.law()
    words = [p for p in packs.files if "/words/" in p and p.startswith("eu/")]
    weights = [len(packs.files[p]) for p in law]
    seen, made, misses = set(), [], 0
    while len(made) < count and misses < 100 * count:
        name = kinds[len(made) % len(kinds)]
        make, of = KINDS[name]
        path = rng.choices(law, weights)[0] if of == "law" else rng.choice(words)
        result = make(packs, path, packs.files[path], rng)
        if result is None or result[0] == packs.files[path] or (path, result[0]) in seen:
            misses += 1
            continue
        seen.add((path, result[0]))
        line = next((i + 1 for i, (a, b) in enumerate(zip(packs.files[path].split("\n"), result[0].split("\n"))) if a != b), 0)
        made.append({"kind": name, "path": path, "line": line, "text": result[0], "what": result[1]})
    return made


class Looker:
    """Copies of the packs, one a thread; a mutation is written into its copy and taken back."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.local = threading.local()
        self.lock = threading.Lock()
        self.made = 0

    def copy(self):
        if not hasattr(self.local, "dir"):
            with self.lock:
                self.made += 1
                self.local.dir = os.path.join(self.folder, str(self.made))
            shutil.copytree(os.path.join(ROOT, LAW), self.local.dir)
        return self.local.dir

    def run(self, words, where):
        try:
            done = subprocess.run(words, cwd=ROOT, env=dict(os.environ, VARDE_LAW=where), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return "hangs"
        return None if done.returncode == 0 else f"exit {done.returncode}" if done.returncode > 0 else "crash"

    def look(self, mutation):
        """Who notices: "check", the name of a test, "crash"; None: nobody."""
        where = self.copy()
        path = os.path.join(where, mutation["path"])
        with open(path, encoding="utf-8") as file:
            before = file.read()
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(mutation["text"])
            found = self.run([os.path.join(self.build, "varde"), "law", "check", where], where)
            if found is not None:
                return "crash" if found in ("crash", "hangs") else "check"
            for case in CASES:
                if self.run([os.path.join(self.build, "test/unit/law", case)], where) is not None:
                    return case
            return None
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(before)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2555)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS), help="only these, with commas between")
    parser.add_argument("--least", type=int, default=0, help="fail where fewer percent are noticed")
    parser.add_argument("--survivors", help="write them to this file")
    parser.add_argument("--programs", action="store_true", help="print the tests that it runs, and no more")
    options = parser.parse_args()
    if options.programs:
        print(" ".join(f"test/unit/law/{name}" for name in CASES))
        return 0
    packs = Packs()
    made = mutations(packs, options.count, options.seed, options.kinds.split(","))
    folder = tempfile.mkdtemp(prefix="varde-mutate-")
    try:
        looker = Looker(os.path.join(ROOT, options.build), folder)
        untouched = looker.look({"path": made[0]["path"], "text": packs.files[made[0]["path"]]})
        if untouched is not None:
            print(f"wrong: the packs as they are, are refused by {untouched}")
            print("0 passed, 1 failed")
            return 1
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for mutation, by in zip(made, pool.map(looker.look, made)):
                mutation["by"] = by
    finally:
        shutil.rmtree(folder)
    print(f"{'kind':16} {'made':>5} {'check':>6} {'case':>5} {'survive':>8}")
    for kind in KINDS:
        of = [m for m in made if m["kind"] == kind]
        check, case = sum(m["by"] in ("check", "crash") for m in of), sum(m["by"] not in (None, "check", "crash") for m in of)
        print(f"{kind:16} {len(of):5} {check:6} {case:5} {len(of) - check - case:8}")
    survivors = [m for m in made if m["by"] is None]
    crashes = [m for m in made if m["by"] == "crash"]
    lines = [f"{m['kind']:16} {m['path']}:{m['line']}: {m['what']}" for m in survivors]
    print("\n".join(["survivors:"] + lines))
    if options.survivors:
        with open(options.survivors, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    for m in crashes:
        print(f"wrong: varde law check ends badly: {m['kind']} {m['path']}:{m['line']}: {m['what']}")
    noticed = len(made) - len(survivors)
    percent = 100 * noticed // max(1, len(made))
    print(f"{noticed} of {len(made)} mutations noticed ({percent} %), seed {options.seed}")
    failed = len(crashes) + (percent < options.least)
    if percent < options.least:
        print(f"wrong: at least {options.least} % must be noticed")
    print(f"{noticed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
