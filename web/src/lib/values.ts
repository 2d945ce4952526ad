// SPDX-License-Identifier: EUPL-1.2
// From what is typed to what is filed. Inputs hold texts; the node wants the types of doc/procedures.md.
import type { Field } from "./types";

export type Values = Record<string, unknown>;

const LISTS = new Set(["choices", "countries", "ip_ranges", "domains", "entity_types", "entities", "cases"]);
export const isList = (field: Field): boolean => LISTS.has(field.type);

// A local time of an input (2026-11-23T06:39) as an instant in UTC; what can't be read is sent as typed, for the node to name.
export function instantOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString().replace(/\.\d+Z$/, "Z");
}

// An instant as the local time of an input.
export function localOf(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function one(field: Field, value: unknown): unknown {
  if (field.type === "group") return filed(field.fields ?? [], (value ?? {}) as Values);
  if (field.type === "list") return ((value ?? []) as Values[]).map((row) => filed(field.fields ?? [], row)).filter((row) => !isEmpty(row));
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "") return null;
  if (isList(field)) return text.split(/[\n,;]+/).map((part) => part.trim()).filter((part) => part !== "");
  if (field.type === "instant") return instantOf(text);
  if (field.type === "int") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (field.type === "bool") return text === "yes" ? true : text === "no" ? false : text;
  if (field.type === "selection") {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return text;
}

// The fields of a filing: empty ones are absent.
export function filed(fields: Field[], values: Values): Values {
  const out: Values = {};
  for (const field of fields) {
    const value = one(field, values[field.name]);
    if (!isEmpty(value)) out[field.name] = value;
  }
  return out;
}
