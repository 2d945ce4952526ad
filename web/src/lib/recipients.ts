// SPDX-License-Identifier: EUPL-1.2
// Who gets what leaves: names of recipients, what became of each disclosure, and whom a filing reaches that can't be undone.
import { get, query } from "./api";
import { countryName } from "./countries";
import { language, named, t } from "./language.svelte";
import type { Values } from "./values";

export interface Disclosure {
  release: string;
  recipient: string;
  filing: string;
  state: string;
  released_at: string | null;
  changed_at: string;
  label?: string | null;
  basis?: string | null;
  fields?: string[];
}
export type Question = (values: Values) => string;

export function who(recipient: string): string {
  const [kind, name = ""] = recipient.split(":");
  return kind === "state" ? countryName(name) : named("to", name);
}
export const listed = (names: string[]): string => new Intl.ListFormat(language.code, { type: "conjunction" }).format(names);
export const disclosuresOf = async (id: string): Promise<Disclosure[]> => (await get<{ disclosures: Disclosure[] }>(`/api/v1/disclosures${query({ case: id })}`)).disclosures;

// Who has what left: neither refused, nor put off, nor recalled already.
const HAS_IT = new Set(["released", "handed_over", "acknowledged", "answered"]);
const texts = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

// Of a release those named, and all where none is.
function recalled(all: Disclosure[], values: Values): string[] {
  const wanted = [...texts(values["states"]).map((one) => `state:${one}`), ...texts(values["bodies"]).map((one) => `body:${one}`), ...texts(values["offices"]).map((one) => `office:${one}`)];
  return all.filter((one) => one.release === values["release"] && HAS_IT.has(one.state) && (wanted.length === 0 || wanted.includes(one.recipient))).map((one) => one.recipient);
}

// What is asked before DOCUMENT is filed in a case; nothing where it can be corrected afterwards.
export async function questionOf(document: string, id: string): Promise<Question | undefined> {
  if (document === "recall") {
    const all = await disclosuresOf(id);
    return (values) => {
      const names = recalled(all, values).map(who);
      return names.length === 0 ? t("sure_recall_none") : t("sure_recall", { who: listed(names) });
    };
  }
  if (document === "spill") {
    const all = await disclosuresOf(id).catch(() => null); // an entity does not see who has it
    return (values) => {
      if (all === null) return t("sure_spill_any");
      const names = [...new Set(all.filter((one) => one.filing === values["filing"] && HAS_IT.has(one.state)).map((one) => who(one.recipient)))];
      return names.length === 0 ? t("sure_spill_here") : t("sure_spill", { who: listed(names) });
    };
  }
  if (document === "campaign_guidance") {
    const got = await get<{ total: number; parties: { name: string | null; party: string }[] }>(`/api/v1/cases/${id}/parties${query({ limit: 10 })}`);
    const names = got.parties.map((one) => one.name ?? one.party);
    const more = got.total - names.length;
    return () => (names.length === 0 ? t("sure_guidance_none") : t("sure_guidance", { who: listed(more > 0 ? [...names, t("sure_guidance_more", { n: more })] : names) }));
  }
  return undefined;
}
