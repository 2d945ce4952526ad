// SPDX-License-Identifier: EUPL-1.2
// What one types is kept at once on this device, and a little later at the node (encrypted for its author), until it is filed or
// discarded. A reload, a crash of the node, an ended session or a lost connection costs nothing.
import { call, Problem } from "./api";

export interface Kept {
  at: number;
  values: Record<string, unknown>;
  more: Record<string, unknown>; // what else belongs to it: entity, attachments, key
}

const PREFIX = "varde.draft.";
const LIFE_MS = 30 * 86_400_000;

export class Draft {
  savedAt = $state<number | null>(null);
  savedNodeAt = $state<number | null>(null);
  private nodeId: string | null = null;
  private etag: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isSending = false;
  private latest: Kept | null = null;

  constructor(
    readonly person: string,
    readonly name: string, // procedure/document/case
    private readonly atNode: boolean,
  ) {}

  private get key(): string {
    return `${PREFIX}${this.person}.${this.name}`;
  }

  // What was kept on this device. At once, so that the form is never shown without it.
  restoreHere(): Kept | null {
    let found: Kept | null = null;
    try {
      const text = localStorage.getItem(this.key);
      if (text !== null) found = JSON.parse(text) as Kept;
    } catch {
      found = null;
    }
    if (found !== null && Date.now() - found.at > LIFE_MS) found = null;
    if (found !== null) this.savedAt = found.at;
    return found;
  }

  // What was kept at the node, where it is later than AT (what stands here already) and nothing was typed meanwhile.
  async restoreNode(at: number): Promise<Kept | null> {
    let found: Kept | null = null;
    if (this.atNode) {
      try {
        const list = (await call<{ drafts: { id: string; draft?: Kept & { name?: string } }[] }>("GET", "/api/v1/drafts", { quiet: true })).body;
        for (const row of list.drafts) {
          const one = await call<{ id: string; draft: Kept & { name?: string } }>("GET", `/api/v1/drafts/${row.id}`, { quiet: true });
          if (one.body.draft.name !== this.name) continue;
          this.nodeId = row.id;
          this.etag = one.etag;
          if (one.body.draft.at > at) found = one.body.draft;
          break;
        }
      } catch {
        // the node is away, or one is not signed in: what is here has to do
      }
    }
    if (found === null || this.latest !== null) return null;
    this.savedAt = found.at;
    return found;
  }

  // At each change. The copy on this device is made before this returns.
  keep(values: Record<string, unknown>, more: Record<string, unknown>): void {
    const kept: Kept = { at: Date.now(), values, more };
    this.latest = kept;
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
      this.savedAt = kept.at;
    } catch {
      // no room on the device: the node keeps it
    }
    if (!this.atNode) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), 2000);
  }

  private async send(): Promise<void> {
    const kept = this.latest;
    if (kept === null || this.isSending) return;
    this.isSending = true;
    try {
      const body = { ...kept, name: this.name };
      if (this.nodeId === null) {
        const made = await call<{ id: string }>("POST", "/api/v1/drafts", { body, quiet: true });
        this.nodeId = made.body.id;
        this.etag = made.etag;
      } else {
        const headers: Record<string, string> = this.etag === null ? {} : { "if-match": this.etag };
        this.etag = (await call("PUT", `/api/v1/drafts/${this.nodeId}`, { body, headers, quiet: true })).etag;
      }
      this.savedNodeAt = Date.now();
    } catch (error) {
      // another window saved later: its copy at the node stays, ours stays on this device
      if (error instanceof Problem && error.status === 404) this.nodeId = null;
    } finally {
      this.isSending = false;
      if (this.latest !== kept) this.timer = setTimeout(() => void this.send(), 2000);
    }
  }

  async discard(): Promise<void> {
    clearTimeout(this.timer);
    this.latest = null;
    localStorage.removeItem(this.key);
    this.savedAt = this.savedNodeAt = null;
    if (this.nodeId !== null) {
      const id = this.nodeId;
      this.nodeId = null;
      await call("DELETE", `/api/v1/drafts/${id}`, { quiet: true }).catch(() => undefined);
    }
  }
}
