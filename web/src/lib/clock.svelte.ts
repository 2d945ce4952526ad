// SPDX-License-Identifier: EUPL-1.2
// One clock for the page. It ticks to the eye; what is read aloud changes at thresholds only. It goes by the node's time, not
// the machine's, as far as the node has told it.
import { language, t } from "./language.svelte";

class Clock {
  now = $state(Date.now());
  private offset = 0;

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now() + this.offset;
    }, 1000);
    document.addEventListener("visibilitychange", () => (this.now = Date.now() + this.offset));
  }
  // What the node says the time is.
  set(instant: string | undefined): void {
    if (instant === undefined) return;
    const at = Date.parse(instant);
    if (!Number.isFinite(at)) return;
    this.offset = at - Date.now();
    this.now = at;
  }
}
export const clock = new Clock();

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

// "21 h 40 min", "3 d 4 h", "12 min", "40 s": the two largest units, rounded down.
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(Math.abs(seconds)));
  if (s < MINUTE) return t("span_s", { s });
  if (s < HOUR) return t("span_min", { m: Math.floor(s / MINUTE) });
  if (s < 2 * DAY) return t("span_h", { h: Math.floor(s / HOUR), m: Math.floor((s % HOUR) / MINUTE) });
  return t("span_d", { d: Math.floor(s / DAY), h: Math.floor((s % DAY) / HOUR) });
}

// An instant in the reader's own zone.
export function moment(instant: string | null | undefined, withSeconds = false): string {
  if (!instant) return "";
  return new Intl.DateTimeFormat(language.code === "en" ? "en-GB" : language.code, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" as const } : {}),
    timeZoneName: "short",
  }).format(new Date(instant));
}

// A legal time as the node writes it, 2026-11-23T06:39:33+01:00, without change of zone.
export function legal(local: string | null | undefined): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.exec(local ?? "");
  if (!parts) return "";
  const at = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]), Number(parts[4]), Number(parts[5])));
  const text = new Intl.DateTimeFormat(language.code === "en" ? "en-GB" : language.code, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  }).format(at);
  return `${text} (${parts[6] === "Z" ? "UTC" : `UTC${parts[6]}`})`;
}

// The offset in a legal time is the reader's own at that instant.
export function isOwnZone(local: string | null | undefined): boolean {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(local ?? "");
  const minutes = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return -new Date(local ?? "").getTimezoneOffset() === minutes;
}
