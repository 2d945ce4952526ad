// SPDX-License-Identifier: EUPL-1.2
// What the parties of a case said in one document, all pages of it.
import { get, query } from "./api";
import { countryName } from "./countries";
import type { AnswerRow, Answers } from "./types";

export async function answersOf(id: string, document: string): Promise<Answers> {
  const all: Answers = { answers: [], missing: [], next: null };
  let cursor: string | null = null;
  do {
    const page: Answers = await get<Answers>(`/api/v1/cases/${id}/answers${query({ document, cursor })}`);
    all.answers.push(...page.answers);
    all.missing.push(...page.missing);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

// Whose words these are: the state's name, or the office's where it speaks for none.
export function whose(row: { name: string; of_state?: string }): string {
  return row.of_state ? countryName(row.of_state) : row.name;
}

// Texts of an answer under the labels of their form.
export function texts(row: AnswerRow, labels: (name: string) => string | null): { label: string; text: string }[] {
  return Object.entries(row.fields).flatMap(([name, value]) => {
    const label = labels(name);
    return label === null || typeof value !== "string" || value === "" ? [] : [{ label, text: value }];
  });
}
