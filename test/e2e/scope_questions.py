#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""How many questions it takes to know whether one is in scope: the questionnaire is answered for each organisation of the demo's register by
the interpreter itself (test/e2e/_questions.c). At most 9 at the median; nobody whose facts decide is left without an answer."""
import csv
import json
import os
import subprocess
import sys
import tempfile

import varde_client as v

TOOL = os.path.join(os.path.dirname(os.path.abspath(v.VARDE)), "test/e2e/_questions")
ENTITIES = 30_000 if "release" in v.VARDE or os.environ.get("VARDE_LONG") else 2_000
LISTS = ("types", "ancillary", "negligible", "established_in", "services_in")  # facts that hold several values
MEDIAN_MAX, MOST_MAX = 9, 20
count = v.Count()


def facts_write(source, target):
    """The register's facts as one JSON object a line, without what nobody would ask."""
    with open(source, newline="", encoding="utf-8") as table, open(target, "w", encoding="utf-8") as out:
        for row in csv.DictReader(table):
            given = {name: value.replace(";", " ").split() if name in LISTS else value for name, value in row.items() if value and name not in ("id", "name")}
            out.write(json.dumps(given) + "\n")


def main():
    with tempfile.TemporaryDirectory(prefix="varde-e2e-") as folder:
        subprocess.run([sys.executable, v.ROOT + "/tools/demo/register.py", "--entities", str(ENTITIES), "--lines", folder + "/lines", "--facts", folder + "/facts.csv"],
                       check=True, stdout=subprocess.DEVNULL)
        facts_write(folder + "/facts.csv", folder + "/facts")
        said = subprocess.run([TOOL, folder + "/facts"], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [(int(questions), asked, known) for questions, asked, known in (line.split() for line in said.splitlines())]
    questions = sorted(row[0] for row in rows)
    median, most = questions[len(rows) // 2], questions[-1]
    unsure = sum(asked == "undetermined" and known != "undetermined" for _, asked, known in rows)
    other = sum(asked != known and asked != "undetermined" for _, asked, known in rows)
    print(f"{len(rows):,} organisations: questions median {median}, mean {sum(questions) / len(rows):.1f}, 95 % within {questions[len(rows) * 95 // 100]}, most {most}")
    print(f"answered otherwise than by all facts: {other:,} ({other / len(rows):.1%}), where a fact is assumed unless one says so; without an answer: {unsure:,}")
    count.equal(len(rows), ENTITIES, "each organisation was asked")
    count.check(median <= MEDIAN_MAX, f"{median} questions at the median")
    count.check(most <= MOST_MAX, f"{most} questions at most")
    count.equal(unsure, 0, "who knows the facts gets an answer")
    count.check(other <= len(rows) * 0.05, f"{other} got another answer than all facts give")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
