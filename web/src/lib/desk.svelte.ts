// SPDX-License-Identifier: EUPL-1.2
// What officers share on every screen: calls that wait for them, and who their colleagues are.
import { freshKey, get, post, query } from "./api";
import { session } from "./session.svelte";
import { stream } from "./stream.svelte";
import type { Values } from "./values";

export interface CallRow {
  id: string;
  office: string;
  case: string | null;
  filing: string | null;
  topic: string;
  state: "open" | "acknowledged";
  opened_at: string;
  step: string;
  next_call_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by_name: string | null;
}
export interface Colleague {
  id: string;
  name: string;
  role: string;
  is_away: boolean;
  office: string;
}

class Desk {
  waiting = $state.raw<CallRow[]>([]);
  failure = $state.raw<unknown>(null);
  colleagues = $state.raw<Colleague[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hasBegun = false;
  private hasColleagues = false;

  get offices(): string[] {
    return [...new Set((session.me?.roles ?? []).map((role) => role.office))];
  }
  async load(): Promise<void> {
    try {
      const lists = await Promise.all(this.offices.map((office) => get<{ items: CallRow[] }>(`/api/v1/pages${query({ office, state: "open", limit: 100 })}`, { quiet: true })));
      this.waiting = lists.flatMap((list) => list.items).sort((a, b) => a.opened_at.localeCompare(b.opened_at));
      this.failure = null;
    } catch (error) {
      this.failure = error;
    }
  }
  // Asks again when something happens, and now and then: a call goes to the next person by itself.
  begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    void this.load();
    stream.on(() => this.soon(400));
    setInterval(() => session.isOfficer && this.soon(0), 30_000);
  }
  private soon(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), wait);
  }
  async take(call: CallRow): Promise<void> {
    await post(`/api/v1/pages/${call.id}/acknowledge`, {});
    await this.load();
  }
  loadColleagues(): void {
    if (this.hasColleagues) return;
    this.hasColleagues = true;
    const wanted = [...new Set([...this.offices, "csirt", "ca", "spoc", "ccma"])];
    for (const office of wanted)
      get<{ persons: Omit<Colleague, "office">[] }>(`/api/v1/offices/${office}/persons`).then(
        (got) => (this.colleagues = [...this.colleagues.filter((one) => one.office !== office), ...got.persons.map((one) => ({ ...one, office }))]),
        () => undefined,
      );
  }
  name(person: string | null | undefined): string {
    return this.colleagues.find((one) => one.id === person)?.name ?? person ?? "";
  }
}
export const desk = new Desk();

export interface Made {
  filing: string;
  case: string;
}
// A document in a case, filed with one click.
export function fileIn(id: string, procedure: string, document: string, as: string, fields: Values, key = freshKey()): Promise<Made> {
  return post<Made>("/api/v1/filings", { procedure, document, case: id, as, fields }, { key });
}
