// SPDX-License-Identifier: EUPL-1.2
// Calls to the node. One place: cookies and their second token, language, problems (RFC 9457), what the network did.
import { language } from "./language.svelte";

export interface Fault {
  pointer: string;
  rule: string;
  article?: string | null;
  detail: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: the node was not reached
    readonly title: string,
    readonly detail: string,
    readonly faults: Fault[],
    readonly retryAfter: number | null,
  ) {
    super(detail || title);
  }
  get isOffline(): boolean {
    return this.status === 0;
  }
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

export interface Answer<T> {
  status: number;
  body: T;
  etag: string | null;
}

let csrf = "";
export function setCsrf(token: string): void {
  csrf = token;
}

// Told of every answer (true) and every failure to reach the node (false).
let onReach: (isReached: boolean) => void = () => undefined;
export function watchReach(watcher: (isReached: boolean) => void): void {
  onReach = watcher;
}

// Told when the node no longer knows who asks.
let onSignedOut: () => void = () => undefined;
export function watchSignedOut(watcher: () => void): void {
  onSignedOut = watcher;
}

export interface Options {
  body?: unknown;
  bytes?: Blob; // instead of a JSON body
  headers?: Record<string, string>;
  signal?: AbortSignal;
  key?: string; // Idempotency-Key
  quiet?: boolean; // a 401 is no surprise here
  isText?: boolean; // the answer as it stands, whatever it is
  isBlob?: boolean; // the answer is a file
}

async function problemOf(response: Response): Promise<Problem> {
  let title = response.statusText;
  let detail = "";
  let faults: Fault[] = [];
  try {
    const body = (await response.json()) as { title?: string; detail?: string; errors?: Fault[] };
    title = body.title ?? title;
    detail = body.detail ?? "";
    faults = body.errors ?? [];
  } catch {
    // no problem document: the status says it all
  }
  const wait = Number(response.headers.get("retry-after"));
  return new Problem(response.status, title, detail, faults, Number.isFinite(wait) && wait > 0 ? wait : null);
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: "application/json", "accept-language": language.code, ...options.headers };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET" && csrf !== "") headers["x-csrf-token"] = csrf;
  if (options.key !== undefined) headers["idempotency-key"] = options.key;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.bytes ? { body: options.bytes } : options.body !== undefined ? { body: JSON.stringify(options.body) } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    onReach(false);
    throw new Problem(0, "", "", [], null);
  }
  onReach(true);
  if (response.status === 401 && !options.quiet) onSignedOut();
  if (!response.ok) throw await problemOf(response);
  const isJson = response.status !== 204 && (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, body: (options.isBlob ? await response.blob() : options.isText ? await response.text() : isJson ? await response.json() : undefined) as T, etag: response.headers.get("etag") };
}

export async function get<T>(path: string, options: Options = {}): Promise<T> {
  return (await call<T>("GET", path, options)).body;
}
export async function post<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return (await call<T>("POST", path, { ...options, body })).body;
}

// "?a=1&b=2" of what is not empty.
export function query(params: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== null && value !== undefined && value !== "" && value !== false) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

export function freshKey(): string {
  return crypto.randomUUID();
}
