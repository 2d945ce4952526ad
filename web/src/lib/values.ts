// SPDX-License-Identifier: EUPL-1.2
// From what is typed to what is filed. Inputs hold texts; the node wants the types of doc/procedures.md.
import { holds } from "./condition";
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

// "1 200,50" as the node reads it; what is no number is sent as typed, for the node to name.
function decimalOf(text: string): string {
  const plain = text.replaceAll(/[\s'\u00a0\u202f]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : text;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

// What a row of a list asks may depend on the row's other fields; what it does not ask is not filed.
export const isAsked = (part: Field, row: Values): boolean => part.shown_when === null || holds(part.shown_when, { fields: {}, item: row, onBehalf: false }) !== false;
export const isNeeded = (part: Field, row: Values): boolean => part.is_required || holds(part.required_when, { fields: {}, item: row, onBehalf: false }) === true;

function one(field: Field, value: unknown): unknown {
  if (field.type === "group") return filed(field.fields ?? [], (value ?? {}) as Values);
  if (field.type === "list") return ((value ?? []) as Values[]).map((row) => filed((field.fields ?? []).filter((part) => isAsked(part, row)), row)).filter((row) => !isEmpty(row));
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "") return null;
  if (isList(field)) return text.split(/[\n,;]+/).map((part) => part.trim()).filter((part) => part !== "");
  if (field.type === "instant") return instantOf(text);
  if (field.type === "int") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (field.type === "decimal") return decimalOf(text);
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

function back(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (field.type === "group") return typed(field.fields ?? [], value as Values);
  if (field.type === "list") return Array.isArray(value) ? value.map((row) => typed(field.fields ?? [], row as Values)) : undefined;
  if (field.type === "bool") return value === true ? "yes" : "no";
  if (field.type === "instant") {
    const at = typeof value === "string" ? value : ((value as { at?: unknown }).at ?? "");
    return typeof at === "string" ? localOf(at) : undefined;
  }
  if (field.type === "selection") return JSON.stringify(value);
  if (["choices", "countries", "entity_types"].includes(field.type)) return value;
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "object" ? undefined : String(value);
}

// The other way: what was filed, as one would have typed it.
export function typed(fields: Field[], values: Values): Values {
  const out: Values = {};
  for (const field of fields) {
    const value = back(field, values[field.name]);
    if (value !== undefined) out[field.name] = value;
  }
  return out;
}
