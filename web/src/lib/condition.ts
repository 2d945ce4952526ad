// SPDX-License-Identifier: EUPL-1.2
// Conditions of a form (doc/procedures.md), as far as the page knows what they look at: yes, no, or not known here. The node
// decides in the end; this only decides what to show meanwhile.
import type { Condition } from "./types";

export type Verdict = true | false | null;

export interface Known {
  fields: Record<string, unknown>;
  case?: Record<string, unknown> | undefined; // facts
  flags?: Record<string, boolean> | undefined;
  state?: string | undefined;
  subject?: Record<string, unknown> | undefined;
  role?: string | undefined;
  item?: Record<string, unknown> | undefined; // the element of a list that the field is in
  onBehalf: boolean;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function plain(value: unknown): unknown {
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "number" ? String(value) : value;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || plain(a) === plain(b);
}

function ordered(a: unknown, b: unknown): number | null {
  const x = Number(a);
  const y = Number(b);
  return Number.isFinite(x) && Number.isFinite(y) ? x - y : null;
}

function compare(value: unknown, test: Condition): Verdict {
  if ("known" in test) return (plain(test["known"]) === "yes") === !isAbsent(value);
  if (isAbsent(value)) return false;
  const list = Array.isArray(value) ? value : [value];
  if ("is" in test) return same(value, test["is"]);
  if ("is_not" in test) return !same(value, test["is_not"]);
  if ("in" in test) return Array.isArray(test["in"]) ? test["in"].some((one) => same(value, one)) : null;
  if ("has" in test) {
    const wanted = test["has"];
    if (Array.isArray(wanted)) return wanted.some((one) => list.some((has) => same(has, one)));
    return typeof wanted === "object" ? null : list.some((has) => same(has, wanted));
  }
  for (const [name, holds] of [
    ["at_least", (d: number) => d >= 0],
    ["at_most", (d: number) => d <= 0],
  ] as const) {
    if (!(name in test)) continue;
    const difference = ordered(value, test[name]);
    return difference === null ? null : holds(difference);
  }
  return null; // comparisons of instants: the node's
}

export function holds(test: Condition | null | undefined, known: Known): Verdict {
  if (test === null || test === undefined) return null;
  if (Array.isArray(test["all"])) {
    const all = (test["all"] as Condition[]).map((one) => holds(one, known));
    return all.includes(false) ? false : all.includes(null) ? null : true;
  }
  if (Array.isArray(test["any"])) {
    const any = (test["any"] as Condition[]).map((one) => holds(one, known));
    return any.includes(true) ? true : any.includes(null) ? null : false;
  }
  if (typeof test["not"] === "object") {
    const inner = holds(test["not"] as Condition, known);
    return inner === null ? null : !inner;
  }
  if ("on_behalf" in test) return (plain(test["on_behalf"]) === "yes") === known.onBehalf;
  if (typeof test["field"] === "string") return compare(known.fields[test["field"]], test);
  if (typeof test["item"] === "string") return known.item === undefined ? null : compare(known.item[test["item"]], test);
  if (typeof test["case"] === "string") return known.case === undefined ? null : compare(known.case[test["case"]], test);
  if (typeof test["flag"] === "string") return known.flags === undefined ? null : known.flags[test["flag"]] === true;
  if (Array.isArray(test["state"])) return known.state === undefined ? null : (test["state"] as unknown[]).includes(known.state);
  if (typeof test["subject"] === "string") return known.subject === undefined || !(test["subject"] in known.subject) ? null : compare(known.subject[test["subject"]], test);
  if ("role" in test) return known.role === undefined ? null : same(known.role, test["role"]);
  return null;
}
