// SPDX-License-Identifier: EUPL-1.2
// Verifier keys, signed notes and heads of the log: doc/spec/record.md sections 4 and 5.
import { base64, equal, join, sha256, utf8, type Bytes } from "./bytes";
import { verify } from "./ed25519";
import { Refused } from "./refused";

const LOG_KEY = 1;
const WITNESS_KEY = 4;
const NOTE_BYTES_MAX = 16 * 1024;
const SIGNATURES_MAX = 32;
const NAME_BYTES_MAX = 128;
const EXTENSIONS_MAX = 16;
export const SIZE_MAX = 2n ** 62n;

export interface Key {
  name: string;
  isWitness: boolean;
  id: Bytes;
  key: Bytes;
}
export interface Note {
  body: string;
  signatures: { name: string; id: Bytes; data: Bytes }[];
}

const isName = (name: string): boolean => name !== "" && utf8(name).length <= NAME_BYTES_MAX && !/[\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]/.test(name);
const idOf = async (name: string, kind: number, key: Bytes): Promise<Bytes> => (await sha256(utf8(`${name}\n`), new Uint8Array([kind]), key)).slice(0, 4);
const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// A key as it is written: name+hash+base64.
export async function readKey(text: string): Promise<Key> {
  const [, name = "", hash = "", rest = ""] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(text) ?? [];
  const material = base64(rest, 33);
  const kind = material?.[0] ?? 0;
  if (material === null || ![LOG_KEY, WITNESS_KEY].includes(kind) || !isName(name)) throw new Refused("note.key", "", "a verifier key is written as name+hash+key");
  const key = material.slice(1);
  const id = await idOf(name, kind, key);
  if (hex(id) !== hash) throw new Refused("note.key", "", "the hash does not belong to this name and key");
  return { name, isWitness: kind === WITNESS_KEY, id, key };
}

export function readNote(text: string): Note {
  const refuse = (words: string): never => {
    throw new Refused("note.form", "/log/note", words);
  };
  if (utf8(text).length > NOTE_BYTES_MAX) refuse("the note is too long");
  if (!text.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(text)) refuse("a signed note ends with a newline and has no control characters");
  const blank = text.lastIndexOf("\n\n");
  if (blank < 0 || blank + 2 === text.length) refuse("a blank line stands between the text and its signatures");
  const lines = text.slice(blank + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) refuse("the note has too many signatures");
  const signatures = lines.map((line) => {
    const [, name = "", rest = ""] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
    const data = base64(rest);
    if (data === null || data.length < 5 || !isName(name)) return refuse("a signature line is malformed");
    return { name, id: data.slice(0, 4), data: data.slice(4) };
  });
  return { body: text.slice(0, blank + 1), signatures };
}

export interface Head {
  origin: string;
  size: bigint;
  root: Bytes;
}
export function readHead(body: string): Head {
  const [origin = "", size = "", hash = "", ...more] = body.slice(0, -1).split("\n");
  const root = base64(hash, 32);
  if (!isName(origin) || !/^(0|[1-9]\d{0,19})$/.test(size) || BigInt(size) > SIZE_MAX || root === null || more.includes("") || more.length > EXTENSIONS_MAX)
    throw new Refused("note.checkpoint", "/log/note", "the note is no checkpoint");
  return { origin, size: BigInt(size), root };
}

// Which epoch of the log of this name an origin is: 0 where it is none.
export function epochOf(name: string, origin: string): number {
  if (origin === name) return 1;
  const found = origin.startsWith(name) ? /^\/epoch-([1-9]\d{0,8})$/.exec(origin.slice(name.length)) : null;
  return found !== null && Number(found[1]) >= 2 ? Number(found[1]) : 0;
}

// The log's key signs under the name of the epoch's origin.
export const keyOfEpoch = async (key: Key, origin: string): Promise<Key> => ({ ...key, name: origin, id: await idOf(origin, LOG_KEY, key.key) });

// When the key signed, in seconds (0 for a log); null where it has not; a false signature in its name is refused.
export async function signedAt(note: Note, key: Key): Promise<number | null> {
  let latest: number | null = null;
  for (const one of note.signatures) {
    if (one.name !== key.name || !equal(one.id, key.id)) continue;
    let [message, data, seconds]: [Bytes, Bytes, bigint] = [utf8(note.body), one.data, 0n];
    if (key.isWitness) {
      seconds = one.data.slice(0, 8).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
      data = one.data.slice(8);
      message = join(utf8(`cosignature/v1\ntime ${seconds}\n`), message);
    }
    if (seconds >= 2n ** 63n || !(await verify(key.key, message, data))) throw new Refused("receipt.signature", "/log/note", "a signature is false");
    latest = Math.max(latest ?? 0, Number(seconds));
  }
  return latest;
}
