// SPDX-License-Identifier: EUPL-1.2
// Addresses of the page. Every screen has one, the browser's own back and forward work, and a link opens in a new tab as any other.
export const BASE = "/app";

export interface Place {
  path: string; // without BASE, begins with "/"
  search: URLSearchParams;
}

function here(): Place {
  // A provider of sign-in sends people back to an address that is its own, beside BASE.
  const isComeBack = location.pathname.startsWith("/sign-in/");
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : isComeBack ? location.pathname : "/";
  return { path: path === "" ? "/" : path, search: new URLSearchParams(location.search) };
}

class Router {
  place = $state.raw<Place>(here());
  // What has to be asked before one leaves, or null.
  private guard: (() => boolean) | null = null;

  constructor() {
    addEventListener("popstate", () => (this.place = here()));
  }
  hold(guard: (() => boolean) | null): void {
    this.guard = guard;
  }
  go(to: string, replace = false): void {
    if (this.guard !== null && !replace && !this.guard()) return;
    const url = BASE + to;
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
    this.place = here();
    if (!replace) {
      scrollTo(0, 0);
      queueMicrotask(() => document.getElementById("main")?.focus());
    }
  }
  // Sets parameters of the present address; empty ones go.
  set(params: Record<string, string | null>, replace = true): void {
    const search = new URLSearchParams(this.place.search);
    for (const [name, value] of Object.entries(params)) {
      if (value === null || value === "") search.delete(name);
      else search.set(name, value);
    }
    const text = search.toString();
    this.go(this.place.path + (text === "" ? "" : `?${text}`), replace);
  }
}
export const router = new Router();

export function address(to: string): string {
  return BASE + to;
}

// A click on a link of the page that the page can answer itself.
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest("a");
  if (!link || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
  if (link.hash !== "" && link.pathname === location.pathname && link.search === location.search) return;
  event.preventDefault();
  router.go(link.pathname.slice(BASE.length) + link.search);
}

// The values of "/cases/:id" in a path, or null where it is another.
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const got = path.replace(/\/$/, "").split("/");
  if (pattern === "/") return path === "/" ? {} : null;
  if (wanted.length !== got.length) return null;
  const values: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const part = wanted[i] ?? "";
    const value = got[i] ?? "";
    if (part.startsWith(":")) values[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return values;
}
