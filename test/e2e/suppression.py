#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Disclosure control against an attacker who shares no code with it: random tables with sub-totals, linked tables, and quarters
that add up to a year; with linear programming (scipy) she looks for each withheld cell's least and greatest possible value, knowing
all relations, every published number of this and earlier releases, and that what is withheld is not zero. No withheld cell may be
known more closely than its width. A planted fault (the further cells published again) must be found."""
import os
import random
import subprocess
import sys
import time

import varde_client as v

try:
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix
except ImportError:
    print("scipy is missing: install python3-scipy")
    sys.exit(1)

TOOL = os.environ.get("SUPPRESS", os.path.join(os.path.dirname(os.path.abspath(v.VARDE)), "test/e2e/_suppress"))
THRESHOLD = WIDTH = 5
count = v.Count()


class Problem:
    """Cells by key, and relations over them."""

    def __init__(self):
        self.keys, self.cells, self.relations = {}, [], []

    def cell(self, key, value, **more):
        if key not in self.keys:
            self.keys[key] = len(self.cells)
            cell = dict(value=value, low=1 if value > 0 else 0, width=WIDTH, weight=value, open=0, hidden=0, reason=1 if 0 < value < THRESHOLD else 0)
            cell.update(more)
            self.cells.append(cell)
        return self.keys[key]

    def relate(self, *terms):
        self.relations.append(list(terms))

    def text(self):
        lines = [f"{len(self.cells)} {len(self.relations)}"]
        for c in self.cells:
            lines.append(" ".join(str(c[n]) for n in ("value", "low", "width", "weight", "open", "hidden", "reason")))
        for r in self.relations:
            lines.append(f"{len(r)} " + " ".join(f"{cell} {factor}" for cell, factor in r))
        return "\n".join(lines) + "\n"


def solve(problem):
    run = subprocess.run([TOOL], input=problem.text(), stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"{TOOL}: exit {run.returncode}")
    lines = run.stdout.split("\n")
    answer = [tuple(map(int, line.split())) for line in lines[:len(problem.cells)]]
    is_safe = lines[len(problem.cells)].split()[0] == "1"
    return [reason for reason, _, _ in answer], [up + down for _, up, down in answer], is_safe


def attack(problem, is_withheld, targets):
    """The interval of each target: everything published is a constant, everything else a variable not below its floor."""
    unknown = [i for i, c in enumerate(problem.cells) if is_withheld[i] or c["hidden"]]
    column = {cell: i for i, cell in enumerate(unknown)}
    rows, columns, values, right = [], [], [], []
    for relation in problem.relations:
        total = sum(f * problem.cells[c]["value"] for c, f in relation)
        known = sum(f * problem.cells[c]["value"] for c, f in relation if c not in column)
        mine = [(column[c], f) for c, f in relation if c in column]
        if not mine:
            continue
        for c, f in mine:
            rows.append(len(right)), columns.append(c), values.append(f)
        right.append(total - known)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(right), len(unknown))) if right else None
    bounds = [(problem.cells[c]["low"], None) for c in unknown]
    found = {}
    for target in targets:
        ends = []
        for sign in (1, -1):
            goal = [0.0] * len(unknown)
            goal[column[target]] = sign
            got = linprog(goal, A_eq=matrix, b_eq=right if right else None, bounds=bounds, method="highs")
            if got.status == 3:
                ends.append(float("inf"))
            elif got.status == 0:
                ends.append(sign * got.fun)
            else:
                raise SystemExit(f"the attacker's program failed: {got.message}")
        found[target] = ends[1] - ends[0]
    return found


# --- tables ---

def draw(chance):
    """Counts as they are: many zeros, many small ones, some large."""
    kind = chance.random()
    return 0 if kind < 0.35 else chance.randint(1, 6) if kind < 0.7 else chance.randint(5, 60) if kind < 0.95 else chance.randint(100, 2000)


def levels(name, parents, children):
    """A dimension with two levels: [(value, parent)]; the parent of a first-level value is the total."""
    values = []
    for p in range(parents):
        values.append((f"{name}{p}", ""))
        for c in range(children if p % 2 == 0 else 0):
            values.append((f"{name}{p}.{c}", f"{name}{p}"))
    return values


def leaves(dimension):
    parents = {parent for _, parent in dimension}
    return [value for value, _ in dimension if value not in parents]


def over(value, dimension):
    """A leaf and everything above it, the total included."""
    above = dict(dimension)
    chain = [value]
    while chain[-1] != "":
        chain.append(above[chain[-1]])
    return chain


def tabulate(counts, dimensions, table):
    """All cells of a TABLE (indices of dimensions) out of the counts of leaves."""
    cells = {}
    for leaf, number in counts.items():
        chains = [over(leaf[d], dimensions[d]) if d in table else [""] for d in range(len(dimensions))]
        keys = [()]
        for chain in chains:
            keys = [key + (value,) for key in keys for value in chain]
        for key in keys:
            cells[key] = cells.get(key, 0) + number
    return cells


def add_table(problem, release, cells, dimensions, table):
    for key, value in sorted(cells.items()):
        problem.cell((release,) + key, value)
    for key in sorted(cells):
        for d in table:
            below = [value for value, parent in dimensions[d] if parent == key[d] and value != key[d]]
            if not below:
                continue
            children = [key[:d] + (value,) + key[d + 1:] for value in below]
            terms = [(problem.keys[(release,) + child], 1) for child in children if child in cells]
            problem.relate((problem.keys[(release,) + key], -1), *terms)


def draw_counts(chance, dimensions):
    counts = [()]
    for dimension in dimensions:
        counts = [leaf + (value,) for leaf in counts for value in leaves(dimension)]
    return {leaf: draw(chance) for leaf in counts}


def check_problem(problem, what, totals, limit=60, chance=None):
    reasons, widths, is_safe = solve(problem)
    withheld = [r != 0 for r in reasons]
    totals["cells"] += sum(1 for c in problem.cells if c["value"] > 0 and not c["hidden"])
    totals["primary"] += sum(1 for c in problem.cells if c["reason"])
    totals["withheld"] += sum(withheld)
    if not is_safe:
        totals["refused"] += 1
        return withheld
    targets = [i for i, c in enumerate(problem.cells) if c["width"] > 0 and (c["reason"] or c["hidden"])]
    if len(targets) > limit:
        targets = sorted(chance.sample(targets, limit))
    for target, width in attack(problem, withheld, targets).items():
        totals["attacked"] += 1
        needed = problem.cells[target]["width"]
        if width < needed - 1e-6:
            totals["recovered"] += 1
            print(f"wrong: {what}: cell {target} = {problem.cells[target]['value']} is known within {width}", flush=True)
        if width < widths[target] - 1e-6:
            count.check(False, f"{what}: proved {widths[target]} but only {width} is possible")
    return withheld


def one_release(seed, totals):
    chance = random.Random(seed)
    shape = chance.choice([1, 2, 2, 3])
    dimensions = [levels("abc"[d], chance.randint(2, 6 if shape < 3 else 3), chance.randint(0, 3 if shape < 3 else 2)) for d in range(shape)]
    counts = draw_counts(chance, dimensions)
    tables = [tuple(range(shape))]
    if shape == 3:
        tables = chance.choice([[(0, 1), (0, 2), (1, 2)], [(0, 1), (0, 2)], [(0, 1, 2)]])
    problem = Problem()
    for table in tables:
        add_table(problem, "now", tabulate(counts, dimensions, table), dimensions, table)
    check_problem(problem, f"seed {seed}", totals, chance=chance)


def quarters(seed, totals):
    """Four quarters released one after another, then the year, which is their sum."""
    chance = random.Random(seed)
    dimensions = [levels("a", chance.randint(2, 5), chance.randint(0, 2)), levels("b", chance.randint(2, 4), 0)]
    table, released = (0, 1), []
    count_of = [draw_counts(chance, dimensions) for _ in range(4)]
    for q in range(4):
        problem = Problem()
        add_table(problem, q, tabulate(count_of[q], dimensions, table), dimensions, table)
        withheld = check_problem(problem, f"seed {seed} quarter {q}", totals, chance=chance)
        released.append({key: withheld[i] for key, i in problem.keys.items()})
    year = {leaf: sum(c[leaf] for c in count_of) for leaf in count_of[0]}
    problem = Problem()
    for q in range(4):
        cells = tabulate(count_of[q], dimensions, table)
        for key, value in sorted(cells.items()):
            is_hidden = released[q][(q,) + key]
            problem.cell((q,) + key, value, open=0 if is_hidden else 1, hidden=1 if is_hidden else 0, reason=0,
                         width=WIDTH if is_hidden and 0 < value < THRESHOLD else 0)
        add_table(problem, q, cells, dimensions, table)
    cells = tabulate(year, dimensions, table)
    add_table(problem, "year", cells, dimensions, table)
    for key in sorted(cells):
        problem.relate((problem.keys[("year",) + key], -1), *[(problem.keys[(q,) + key], 1) for q in range(4)])
    check_problem(problem, f"seed {seed} year", totals, chance=chance)


def canary():
    """With the further cells published again, the attacker must compute some back: else she sees nothing at all."""
    recovered = 0
    for seed in range(900, 920):
        chance = random.Random(seed)
        dimensions = [levels("a", 4, 0), levels("b", 4, 0)]
        problem = Problem()
        add_table(problem, "now", tabulate(draw_counts(chance, dimensions), dimensions, (0, 1)), dimensions, (0, 1))
        bare = [c["reason"] != 0 for c in problem.cells]
        targets = [i for i, b in enumerate(bare) if b]
        recovered += sum(width < WIDTH - 1e-6 for width in attack(problem, bare, targets).values())
    count.check(recovered > 10, f"the attacker recovers cells where only the small ones are withheld: {recovered}")


def main():
    totals = dict(cells=0, primary=0, withheld=0, attacked=0, recovered=0, refused=0)
    canary()
    begun = time.monotonic()
    budget = 120 if v.LONG else 5
    seed = 0
    while time.monotonic() - begun < budget and seed < 2000:
        one_release(1000 + seed, totals)
        seed += 1
    begun, sequences = time.monotonic(), 0
    while time.monotonic() - begun < budget and sequences < 500:
        quarters(5000 + sequences, totals)
        sequences += 1
    print(f"{seed} releases, {sequences} years of quarters: {totals}", flush=True)
    count.equal(totals["recovered"], 0, "cells computed back")
    count.check(totals["attacked"] > 200, "enough cells were attacked")
    count.check(totals["refused"] <= sequences + seed // 20, f"few releases can't be protected: {totals['refused']}")
    count.check(totals["withheld"] < totals["cells"] * 0.75, "most of a table is not withheld")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
