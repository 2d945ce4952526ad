// SPDX-License-Identifier: EUPL-1.2
// Turns on call: what a new one takes the place of, what stands in a day, where nobody does. Times are milliseconds.
export interface Turn {
  person: string;
  name: string | null;
  step: string;
  from: string;
  until: string;
}
export const STEPS = ["first", "second", "head"];

const begin = (turn: Turn): number => Date.parse(turn.from);
const end = (turn: Turn): number => Date.parse(turn.until);
const text = (at: number): string => new Date(at).toISOString();

// Turns of the same step that a new one overlaps.
export const overlapped = (turns: Turn[], fresh: Turn): Turn[] => turns.filter((turn) => turn.step === fresh.step && begin(turn) < end(fresh) && begin(fresh) < end(turn));

// The turns with the new one among them: those it overlaps keep what lies before and after it.
export function placed(turns: Turn[], fresh: Turn): Turn[] {
  const hit = new Set(overlapped(turns, fresh));
  const rest = turns.flatMap((turn) => {
    if (!hit.has(turn)) return [turn];
    const parts: Turn[] = [];
    if (begin(turn) < begin(fresh)) parts.push({ ...turn, until: fresh.from });
    if (end(turn) > end(fresh)) parts.push({ ...turn, from: fresh.until });
    return parts;
  });
  return [...rest, fresh].sort((a, b) => begin(a) - begin(b));
}

// The same hours for so many weeks more, by the calendar: summer time changes no hour on the clock.
export function repeated(turn: Turn, weeks: number): Turn[] {
  const later = (instant: string, days: number): string => {
    const at = new Date(instant);
    at.setDate(at.getDate() + days);
    return at.toISOString();
  };
  return Array.from({ length: weeks }, (_, i) => ({ ...turn, from: later(turn.from, 7 * i), until: later(turn.until, 7 * i) }));
}

export interface Part {
  from: number;
  until: number;
  turn: Turn | null; // null: nobody
}
// Who is on call at a step from one time to another, gaps included.
export function parts(turns: Turn[], step: string, from: number, until: number): Part[] {
  const list: Part[] = [];
  let at = from;
  for (const turn of turns.filter((one) => one.step === step && begin(one) < until && end(one) > from).sort((a, b) => begin(a) - begin(b))) {
    if (begin(turn) > at) list.push({ from: at, until: begin(turn), turn: null });
    list.push({ from: Math.max(at, begin(turn)), until: Math.min(until, end(turn)), turn });
    at = Math.max(at, end(turn));
  }
  if (at < until) list.push({ from: at, until, turn: null });
  return list;
}

// The seven days from the Monday of the week that a day (2026-11-23, else now) lies in, as the times at which they begin; the eighth ends them.
export function week(day: string | null, now: number): number[] {
  const [y = 0, m = 1, d = 1] = /^\d{4}-\d\d-\d\d$/.test(day ?? "") ? (day as string).split("-").map(Number) : [];
  const at = y > 0 ? new Date(y, m - 1, d) : new Date(now);
  const monday = at.getDate() - ((at.getDay() + 6) % 7);
  return Array.from({ length: 8 }, (_, i) => new Date(at.getFullYear(), at.getMonth(), monday + i).getTime());
}
export const dayOf = (at: number): string => {
  const date = new Date(at);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
};
export { text as instant };
