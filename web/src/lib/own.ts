// SPDX-License-Identifier: EUPL-1.2
// What an entity keeps for itself (doc/measures.md): its cases, with the filings that a page shows.
import { get, query } from "./api";
import type { Case, CaseFiling, FilingRead } from "./types";

export interface OwnCase {
  about: Case;
  read: { filing: CaseFiling; fields: Record<string, unknown> }[]; // oldest first
}

const AT_ONCE = 4;
export const OWN_SHOWN = 60; // cases of one kind

async function each<T, R>(list: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  for (let i = 0; i < list.length; i += AT_ONCE) out.push(...(await Promise.all(list.slice(i, i + AT_ONCE).map(work))));
  return out;
}

export async function casesOf(entity: string): Promise<{ id: string; procedure: string; state: string }[]> {
  const all: { id: string; procedure: string; state: string }[] = [];
  let cursor: string | null = null;
  do {
    const page: { cases: typeof all; next: string | null } = await get(`/api/v1/cases${query({ entity, limit: 250, cursor })}`);
    all.push(...page.cases);
    cursor = page.next;
  } while (cursor !== null && all.length < 2000);
  return all;
}

// The case with the last version of each document, and all of those that stand each for itself.
export async function openOwn(id: string, documents: string[]): Promise<OwnCase> {
  const about = await get<Case>(`/api/v1/cases/${id}`);
  const wanted = about.filings.filter((one, i) => documents.includes(one.document) && (one.document !== "self_assessment" || !about.filings.slice(i + 1).some((later) => later.document === one.document)));
  const read = await each(wanted, async (filing) => ({ filing, fields: (await get<FilingRead>(`/api/v1/filings/${filing.id}`)).fields }));
  return { about, read };
}

export function openAll(cases: { id: string; procedure: string }[], procedure: string, documents: string[]): Promise<OwnCase[]> {
  return each(cases.filter((row) => row.procedure === procedure).slice(0, OWN_SHOWN), (row) => openOwn(row.id, documents));
}

export type Row = Record<string, unknown>;
export const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? (value as Row[]) : []);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
export const lastOf = (own: OwnCase | null | undefined, document: string): OwnCase["read"][number] | undefined => own?.read.filter((one) => one.filing.document === document).at(-1);
export const allOf = (own: OwnCase | null | undefined, ...documents: string[]): OwnCase["read"] => (own?.read ?? []).filter((one) => documents.includes(one.filing.document));

// A day (2026-11-23) as the reader writes it.
export function day(value: unknown, code: string): string {
  const text = textOf(value);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? new Intl.DateTimeFormat(code === "en" ? "en-GB" : code, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`)) : text;
}
