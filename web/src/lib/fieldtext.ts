// SPDX-License-Identifier: EUPL-1.2
// The value of a field as words. Always text, never markup.
import { legal, moment } from "./clock.svelte";
import { countryName } from "./countries";
import { language, t } from "./language.svelte";
import type { Field } from "./types";

// A day as the reader writes it.
function dayText(day: string): string {
  return new Intl.DateTimeFormat(language.code === "en" ? "en-GB" : language.code, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

export function fieldText(field: Field | undefined, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => fieldText(field, one)).join(field?.type === "list" ? "\n\n" : ", ");
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (value !== null && typeof value === "object") {
    const at = (value as { at?: string; declared?: string }).at;
    if (typeof at === "string") {
      const declared = (value as { declared?: string }).declared;
      return moment(at) + (declared && !declared.endsWith("Z") ? ` (${legal(declared)})` : "");
    }
    const order = field?.fields?.map((inner) => inner.name) ?? [];
    const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
    return Object.entries(value)
      .filter(([, one]) => one !== null)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([key, one]) => {
        const part = field?.fields?.find((inner) => inner.name === key);
        return `${part?.label ?? key.replaceAll("_", " ")}: ${fieldText(part, one)}`;
      })
      .join("\n");
  }
  const plain = String(value);
  if (field?.type === "choice" || field?.type === "choices") return field.choices?.find((choice) => choice.value === plain)?.label ?? plain;
  if (field?.type === "country" || field?.type === "countries") return countryName(plain);
  if (field?.type === "date" && /^\d{4}-\d\d-\d\d$/.test(plain)) return dayText(plain);
  return plain;
}
