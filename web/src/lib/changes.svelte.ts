// SPDX-License-Identifier: EUPL-1.2
// Whether the case that one looks at has changed since it was read. No notice of the stream is lost while a reading goes on, and what one
// filed oneself, which the screen has read again, is no news.
import { onDestroy } from "svelte";
import { get } from "./api";
import { stream } from "./stream.svelte";

interface Versioned {
  version: number;
}
const SETTLE_MS = 250; // one's own filing is told by the stream as well, often before the screen has begun to read it

export class Changes {
  isNews = $state(false);
  private shown = -1; // version on the screen
  private happenings = 0;
  private readings = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly id: string) {
    const leave = stream.on((happened) => {
      if (happened.data.case === id || happened.event === "again") this.happened();
    });
    const leaveBegin = stream.onBegin(() => this.happened());
    onDestroy(() => {
      leave();
      leaveBegin();
      clearTimeout(this.timer);
    });
  }
  // Reads the case with READ, which gives it. What happens meanwhile may be missing in what was read: then versions are compared.
  async reading<Read extends Versioned>(read: () => Promise<Read>): Promise<Read> {
    const before = this.happenings;
    this.readings += 1;
    try {
      const got = await read();
      this.shown = got.version;
      this.isNews = false;
      return got;
    } finally {
      this.readings -= 1;
      if (this.happenings !== before) this.soon();
    }
  }
  private happened(): void {
    this.happenings += 1;
    this.soon();
  }
  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.readings === 0) void this.compare();
    }, SETTLE_MS);
  }
  // Where the node does not say, it may have changed: better one look too many.
  private async compare(): Promise<void> {
    if (this.shown < 0) return; // nothing is shown that could be old
    const now = await get<Versioned>(`/api/v1/cases/${this.id}`).then((got) => got.version, () => Infinity);
    if (now > this.shown) this.isNews = true;
  }
}
