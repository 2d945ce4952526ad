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
  private isFound = false; // whether it is known what the node has
  private latest: Kept | null = null;
  private here: Kept | null = null; // what stood on this device when the form was opened

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
    this.here = found;
    return found;
  }

  // The newest copy at the node, where there is one; throws where the node can't be asked.
  private async find(): Promise<Kept | null> {
    let newest: Kept | null = null;
    const list = (await call<{ drafts: { id: string }[] }>("GET", "/api/v1/drafts", { quiet: true })).body;
    for (const row of list.drafts) {
      const one = await call<{ id: string; draft: Kept & { name?: string } }>("GET", `/api/v1/drafts/${row.id}`, { quiet: true });
      if (one.body.draft.name !== this.name || (newest !== null && one.body.draft.at <= newest.at)) continue;
      newest = one.body.draft;
      this.nodeId = row.id;
      this.etag = one.etag;
    }
    this.isFound = true;
    return newest;
  }

  // What was kept at the node, where it is later than AT (what stands here already) and nothing was typed meanwhile.
  async restoreNode(at: number): Promise<Kept | null> {
    if (!this.atNode) return null;
    // where the node is away or one is not signed in, what is here has to do
    const found = await this.find().catch(() => null);
    if (this.latest !== null) return null;
    if (found !== null && found.at > at) {
      this.savedAt = found.at;
      return found;
    }
    // The node never got what stands here: the window was closed before, or the node was away.
    if (this.here !== null && (found === null || found.at < this.here.at)) {
      this.latest = this.here;
      this.sendIn(0);
    }
    return null;
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
    if (this.atNode) this.sendIn(2000);
  }
  private sendIn(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    const kept = this.latest;
    if (kept === null || this.isSending) return;
    this.isSending = true;
    let isAgain = false;
    try {
      if (!this.isFound && ((await this.find())?.at ?? 0) > kept.at) return; // another device was later
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
      if (this.latest === null) await this.discard(); // discarded or filed meanwhile
    } catch (error) {
      // another window saved later: its copy at the node stays, ours stays on this device
      if (error instanceof Problem && error.status === 404) this.nodeId = null;
      // the node is away or one is signed out: later
      isAgain = error instanceof Problem && (error.isOffline || error.isSignedOut || error.status === 404 || error.status === 429 || error.status >= 500);
    } finally {
      this.isSending = false;
      if (this.latest !== null && this.latest !== kept) this.sendIn(2000);
      else if (isAgain && this.latest === kept) this.sendIn(5000);
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
