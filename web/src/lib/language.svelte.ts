// SPDX-License-Identifier: EUPL-1.2
// The language of the page. What the page itself says stands in words/; what the law says comes from the node in this language.
import { en, type Words } from "../words/en";

export const LANGUAGES = ["en", "fr", "de"] as const;
export type Code = (typeof LANGUAGES)[number];
export const NAMES: Record<Code, string> = { en: "English", fr: "Français", de: "Deutsch" };

const STORED = "varde.language";

function first(): Code {
  const wished = [localStorage.getItem(STORED) ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2));
  return LANGUAGES.find((code) => wished.includes(code) && wished.indexOf(code) === wished.findIndex((w) => (LANGUAGES as readonly string[]).includes(w))) ?? "en";
}

class Language {
  code = $state<Code>("en");
  words = $state.raw<Words>(en);

  async set(code: Code): Promise<void> {
    const loaded = code === "fr" ? (await import("../words/fr")).fr : code === "de" ? (await import("../words/de")).de : en;
    this.code = code;
    this.words = loaded;
    localStorage.setItem(STORED, code);
    document.documentElement.lang = code;
  }
  async begin(): Promise<void> {
    await this.set(first());
  }
}
export const language = new Language();

type Plain = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

// A text in the page's language, with {names} filled in.
export function t(key: Plain, values: Record<string, string | number> = {}): string {
  return language.words[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

// A key that is made from what the node says (a state of a duty): the node's own word where the page has none.
export function named(prefix: string, value: string): string {
  const key = `${prefix}_${value}`;
  const words = language.words as Record<string, string>;
  return words[key] ?? value.replaceAll("_", " ");
}

// Words that the node gives in several languages.
export function said(words: Record<string, string> | string | null | undefined): string {
  if (words === null || words === undefined) return "";
  return typeof words === "string" ? words : (words[language.code] ?? words["en"] ?? Object.values(words)[0] ?? "");
}

// The language that `said` took, where it is another than the page's.
export function saidIn(words: Record<string, string> | string | null | undefined): string | undefined {
  if (words === null || words === undefined || typeof words === "string") return undefined;
  return language.code in words ? undefined : "en" in words ? "en" : Object.keys(words)[0];
}
