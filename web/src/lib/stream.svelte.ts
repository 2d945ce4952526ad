// SPDX-License-Identifier: EUPL-1.2
// What happens at the node while one looks. One stream for the whole browser: the window that holds the lock listens and tells the
// others. Nothing on a screen moves because of it; screens count what is new and offer to show it.
import { get, query, watchReach } from "./api";

export interface Happened {
  id: string;
  event: string; // filing | withdrawn | again: the stream was broken, something may have been missed
  data: { case?: string; filing?: string; procedure?: string; document?: string; [name: string]: unknown };
}

type Listener = (happened: Happened) => void;

class Stream {
  isReached = $state(true); // the node answers
  isOnline = $state(navigator.onLine);
  private listeners = new Set<Listener>();
  private beginners = new Set<() => void>();
  private channel = new BroadcastChannel("varde.stream");
  private source: EventSource | null = null;
  private last = ""; // id of the last event seen, to go on from
  private wasBroken = false;
  private release: (() => void) | null = null;

  constructor() {
    watchReach((isReached) => (this.isReached = isReached));
    addEventListener("online", () => (this.isOnline = true));
    addEventListener("offline", () => (this.isOnline = false));
    this.channel.addEventListener("message", (event: MessageEvent<Happened>) => this.tell(event.data));
    // While the node is away, ask now and then, so that the page knows when it is back.
    setInterval(() => {
      if (!this.isReached) get("/health/live", { quiet: true }).catch(() => undefined);
    }, 5000);
  }
  get isConnected(): boolean {
    return this.isOnline && this.isReached;
  }
  begin(): void {
    if (this.release !== null) return;
    let isOver = false;
    this.release = () => (isOver = true);
    const wait = (): Promise<void> =>
      new Promise((done) => {
        if (isOver) return done();
        this.listen();
        const inner = this.release;
        this.release = () => {
          inner?.();
          this.source?.close();
          this.source = null;
          done();
        };
      });
    if ("locks" in navigator) navigator.locks.request("varde.stream", wait).catch(() => undefined);
    else void wait();
  }
  end(): void {
    this.release?.();
    this.release = null;
  }
  private listen(): void {
    const source = new EventSource(`/api/v1/events${query({ after: this.last })}`);
    this.source = source;
    const take = (event: MessageEvent<string>): void => {
      let data: Happened["data"] = {};
      try {
        data = JSON.parse(event.data) as Happened["data"];
      } catch {
        return;
      }
      this.last = event.lastEventId;
      const happened = { id: event.lastEventId, event: event.type, data };
      this.channel.postMessage(happened);
      this.tell(happened);
    };
    source.addEventListener("filing", take);
    source.addEventListener("withdrawn", take);
    source.addEventListener("open", () => {
      this.isReached = true;
      if (this.wasBroken) {
        this.wasBroken = false;
        const again = { id: this.last, event: "again", data: {} };
        this.channel.postMessage(again);
        this.tell(again);
      } else {
        for (const beginner of this.beginners) beginner();
      }
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.OPEN) this.isReached = false;
      this.wasBroken = true;
      if (source.readyState === EventSource.CLOSED && this.source === source) setTimeout(() => this.source === source && this.listen(), 2000); // the browser gave up
    });
  }
  private tell(happened: Happened): void {
    for (const listener of this.listeners) listener(happened);
  }
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  // When it begins to listen: what happened between a page's first reading and that moment is told to nobody.
  onBegin(beginner: () => void): () => void {
    this.beginners.add(beginner);
    return () => this.beginners.delete(beginner);
  }
}
export const stream = new Stream();
