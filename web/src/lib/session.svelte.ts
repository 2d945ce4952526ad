// SPDX-License-Identifier: EUPL-1.2
// Who uses the page, until when, and the way out.
import { call, get, post, Problem, setCsrf, watchSignedOut } from "./api";
import { clock } from "./clock.svelte";

export interface Role {
  office: string;
  kind: string;
  role: "reader" | "officer" | "head";
  sectors: string[];
}
export interface Mandate {
  id: string;
  entity: string;
  scopes: string[];
  from: string;
  until: string | null;
}
export interface Me {
  person: string;
  login: string;
  name: string;
  language: string;
  is_administrator: boolean;
  expires_at: string;
  has_second_factor: boolean;
  is_second_factor_done: boolean;
  recovery_codes_left: number;
  csrf: string;
  roles: Role[];
  mandates: Mandate[];
}

class Session {
  me = $state.raw<Me | null>(null);
  isAsked = $state(false); // whether it is known who one is
  wasSignedOut = $state(false); // the session ended while one was at work
  private renewal = 0;

  constructor() {
    watchSignedOut(() => {
      if (this.me !== null) this.wasSignedOut = true;
    });
  }
  get secondsLeft(): number {
    return this.me === null ? 0 : Math.max(0, Math.round((Date.parse(this.me.expires_at) - clock.now) / 1000));
  }
  get isOfficer(): boolean {
    return this.me !== null && this.me.roles.length > 0 && this.me.is_second_factor_done;
  }
  has(...kinds: string[]): boolean {
    return this.me?.roles.some((role) => kinds.includes(role.kind)) ?? false;
  }
  get needsSecondFactor(): boolean {
    return this.me !== null && (this.me.roles.length > 0 || this.me.is_administrator) && !this.me.is_second_factor_done;
  }
  async load(): Promise<void> {
    try {
      const me = await get<Me>("/api/v1/me", { quiet: true });
      setCsrf(me.csrf);
      this.me = me;
      this.wasSignedOut = false;
    } catch (error) {
      if (error instanceof Problem && error.isSignedOut) this.me = null;
      else throw error;
    } finally {
      this.isAsked = true;
    }
  }
  async signIn(login: string, password: string, code: string): Promise<void> {
    const body: Record<string, unknown> = { login, password, cookie: true };
    if (code !== "") body["code"] = code.replaceAll(" ", "");
    await call("POST", "/api/v1/session", { body, quiet: true });
    await this.load();
  }
  async signOut(): Promise<void> {
    try {
      await call("DELETE", "/api/v1/session", { quiet: true });
    } finally {
      this.me = null;
      this.wasSignedOut = false;
      setCsrf("");
    }
  }
  async prolong(): Promise<void> {
    await post("/api/v1/session/prolong", {});
    await this.load();
  }
  // Prolongs by itself while someone works: at most every ten minutes.
  active(): void {
    if (this.me === null || clock.now < this.renewal || this.secondsLeft < 60 || this.secondsLeft > 40 * 60) return;
    this.renewal = clock.now + 600_000;
    this.prolong().catch(() => undefined);
  }
}
export const session = new Session();
