// SPDX-License-Identifier: EUPL-1.2
// Names of states come from the browser; the codes are those of the Directive's members (Greece is EL) and of the world.
import { language } from "./language.svelte";

export const MEMBERS = ["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "EL", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"] as const;
const NEAR = ["IS", "LI", "NO", "CH", "UK", "UA", "MD", "RS", "ME", "MK", "AL", "BA", "TR", "US", "CA"] as const;

export function countryName(code: string): string {
  const iso = code === "EL" ? "GR" : code === "UK" ? "GB" : code;
  try {
    return new Intl.DisplayNames([language.code], { type: "region" }).of(iso) ?? code;
  } catch {
    return code;
  }
}

// Code and name, members of the Union first, each group in the order of the language.
export function countries(): { code: string; name: string; isMember: boolean }[] {
  const order = new Intl.Collator(language.code);
  const named = (codes: readonly string[], isMember: boolean): { code: string; name: string; isMember: boolean }[] =>
    codes.map((code) => ({ code, name: countryName(code), isMember })).sort((a, b) => order.compare(a.name, b.name));
  return [...named(MEMBERS, true), ...named(NEAR, false)];
}
