// SPDX-License-Identifier: EUPL-1.2
// JSON as receipts want it: no name twice, whole numbers exact, no half characters, a limit on size and depth. The browser's own parser
// takes more and rounds. And the canonical bytes of a value (RFC 8785; doc/spec/record.md section 1).
import { Refused } from "./refused";

export class Fraction {} // a number that is no integer: read, but never part of a value
export type Json = null | boolean | bigint | Fraction | string | Json[] | Map<string, Json>;

const BYTES_MAX = 2 * 1024 * 1024;
const DEPTH_MAX = 32;
const INT_MAX = 2n ** 63n;

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  private refuse(words: string, rule = "json.syntax"): never {
    throw new Refused(rule, "", `${words} at character ${this.at}`);
  }
  private blank(): void {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }
  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }
  private need(character: string): void {
    this.blank();
    if (this.text[this.at] !== character) this.refuse(`there is no ${character}`);
    this.at++;
  }
  private has(character: string): boolean {
    this.blank();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
  private string(): string {
    const raw = this.take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    if (raw === null) this.refuse("a string is malformed");
    const value = JSON.parse(raw) as string;
    if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) this.refuse("a string holds half a character");
    return value;
  }
  private number(): Json {
    const raw = this.take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (raw === null) this.refuse("this is no value");
    if (/[.eE]/.test(raw)) {
      if (!Number.isFinite(Number(raw))) this.refuse("a number is too large", "json.number");
      return new Fraction();
    }
    const value = BigInt(raw);
    if (value < -INT_MAX || value >= INT_MAX) this.refuse("an integer is too large", "json.number");
    return value;
  }
  private list(depth: number): Json[] {
    const items: Json[] = [];
    if (this.has("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.has(","));
    this.need("]");
    return items;
  }
  private object(depth: number): Map<string, Json> {
    const members = new Map<string, Json>();
    if (this.has("}")) return members;
    do {
      this.blank();
      const name = this.string();
      if (members.has(name)) this.refuse("a name stands twice in one object", "json.duplicate_key");
      this.need(":");
      members.set(name, this.value(depth + 1));
    } while (this.has(","));
    this.need("}");
    return members;
  }
  value(depth: number): Json {
    if (depth > DEPTH_MAX) this.refuse("nested too deeply", "json.depth");
    if (this.has("[")) return this.list(depth);
    if (this.has("{")) return this.object(depth);
    if (this.text[this.at] === '"') return this.string();
    const word = this.take(/true|false|null/y);
    if (word !== null) return word === "null" ? null : word === "true";
    return this.number();
  }
  whole(): Json {
    const value = this.value(0);
    this.blank();
    if (this.at !== this.text.length) this.refuse("something follows the document");
    return value;
  }
}

export function readJson(bytes: Uint8Array): Json {
  if (bytes.length > BYTES_MAX) throw new Refused("json.size", "", "the document is too large");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("json.utf8", "", "the document is not well-formed UTF-8");
  }
  return new Reader(text).whole();
}

// JSON.stringify escapes strings as RFC 8785 does: both follow ECMAScript.
export function canonical(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) {
    const names = [...value.keys()].sort((a, b) => (a < b ? -1 : 1)); // by UTF-16 code units
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name) ?? null)}`).join(",")}}`;
  }
  throw new Refused("receipt.value", "", "a value holds a number that is no integer");
}
