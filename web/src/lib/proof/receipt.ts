// SPDX-License-Identifier: EUPL-1.2
// The third verifier of receipts, in the browser: doc/spec/record.md section 6, as `varde verify` and tools/verify.py have it. It asks
// nobody: a receipt and keys go in, what is proved comes out, or what is wrong.
import { base64, equal, sha256, u64, utf8, type Bytes } from "./bytes";
import { canonical, readJson, type Json } from "./json";
import { epochOf, keyOfEpoch, readHead, readNote, signedAt, SIZE_MAX, type Key, type Note } from "./note";
import { Refused } from "./refused";

const HEADER_MAX = 64;
const FIELDS_MAX = 256;
const NAME_BYTES_MAX = 256;
const PROOF_MAX = 64;
const STATEMENT_BYTES_MAX = 4096;
const FRONT = ["node", "filing", "received_at", "recorded_at"] as const;
const STANDING = ["signed by the authority", "signed by the authority and cosigned by witnesses"];

type Members = Map<string, Json>;
export interface Item {
  part: "header" | "fields";
  name: string;
  value: Json | undefined; // undefined: hidden
  state: "shown" | "withheld" | "erased";
}
export interface Proved {
  front: Record<(typeof FRONT)[number], string>;
  items: Item[];
  index: number;
  size: number;
  origin: string;
  key: string; // the name of the log's key that signed
  witnesses: number; // named
  cosigned: number; // of them
  cosignedLatest: number; // seconds
}

const only = (value: Json | undefined, names: readonly string[]): value is Members => value instanceof Map && [...value.keys()].every((name) => names.includes(name));

async function itemsOf(receipt: Members, part: Item["part"], least: number, most: number): Promise<{ items: Item[]; commitments: Bytes[] }> {
  const list = receipt.get(part);
  if (!Array.isArray(list) || list.length < least || list.length > most) throw new Refused("receipt.items", `/${part}`, "this is not a list of items, or has too few or too many");
  const items: Item[] = [];
  const commitments: Bytes[] = [];
  for (const [i, row] of list.entries()) {
    const place = `/${part}/${i}`;
    const name = row instanceof Map ? row.get("name") : undefined;
    if (!(row instanceof Map) || typeof name !== "string" || name === "" || utf8(name).length > NAME_BYTES_MAX || items.some((item) => item.name === name))
      throw new Refused("receipt.item", place, "an item has a name of its own");
    const value = row.get("value");
    if (value !== undefined) {
      const salt = base64(row.get("salt"), 32);
      if (!only(row, ["name", "value", "salt"]) || salt === null) throw new Refused("receipt.item", place, "a shown item has name, value and salt");
      const [named, text] = [utf8(name), utf8(canonical(value))];
      commitments.push(await sha256(utf8(part === "header" ? "varde.header.v1\n" : "varde.field.v1\n"), salt, u64(named.length), named, u64(text.length), text));
      items.push({ part, name, value, state: "shown" });
    } else {
      const commitment = base64(row.get("commitment"), 32);
      const state = row.get("state");
      if (!only(row, ["name", "state", "commitment"]) || commitment === null || (state !== "withheld" && state !== "erased"))
        throw new Refused("receipt.item", place, "a hidden item has name, state and commitment");
      commitments.push(commitment);
      items.push({ part, name, value, state });
    }
  }
  return { items, commitments };
}

async function rootOf(leaves: Bytes[]): Promise<Bytes> {
  if (leaves.length === 1) return leaves[0] as Bytes;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(new Uint8Array([1]), await rootOf(leaves.slice(0, split)), await rootOf(leaves.slice(split)));
}
async function recordOf(commitments: Bytes[]): Promise<Bytes> {
  const leaves = await Promise.all(commitments.map((one) => sha256(new Uint8Array([0]), one)));
  return sha256(utf8("varde.record.v1\n"), u64(commitments.length), await rootOf(leaves));
}

// The root that the audit path leads to (RFC 6962, 2.1.1); null where its length is wrong.
async function pathRoot(leaf: Bytes, index: bigint, size: bigint, proof: Bytes[]): Promise<Bytes | null> {
  const last = proof.at(-1);
  if (size === 1n) return last === undefined ? leaf : null;
  if (last === undefined) return null;
  let split = 1n;
  while (split * 2n < size) split *= 2n;
  const isLeft = index < split;
  const below = await pathRoot(leaf, isLeft ? index : index - split, isLeft ? split : size - split, proof.slice(0, -1));
  if (below === null) return null;
  return isLeft ? sha256(new Uint8Array([1]), below, last) : sha256(new Uint8Array([1]), last, below);
}

async function signatures(note: Note, origin: string, keys: Key[]): Promise<Pick<Proved, "key" | "witnesses" | "cosigned" | "cosignedLatest">> {
  const found = { key: "", witnesses: 0, cosigned: 0, cosignedLatest: 0 };
  for (const key of keys) {
    if (key.isWitness) {
      const at = await signedAt(note, key);
      found.witnesses++;
      if (at !== null) found.cosigned++;
      found.cosignedLatest = Math.max(found.cosignedLatest, at ?? 0);
    } else if (epochOf(key.name, origin) > 0 && (await signedAt(note, await keyOfEpoch(key, origin))) !== null) found.key = key.name;
  }
  if (found.key === "") throw new Refused("receipt.key", "/log/note", "none of the given keys has signed this log: is it the right key?");
  return found;
}

function logOf(receipt: Members): { origin: string; note: string; index: bigint; size: bigint; proof: Bytes[] } {
  const log = receipt.get("log");
  if (!only(log, ["origin", "index", "size", "proof", "note"])) throw new Refused("receipt.log", "/log", "log has origin, index, size, proof and note");
  const [origin, note, index, size, proof] = ["origin", "note", "index", "size", "proof"].map((name) => log.get(name));
  if (typeof origin !== "string" || typeof note !== "string") throw new Refused("receipt.log", "/log", "log has origin, index, size, proof and note");
  if (typeof index !== "bigint" || typeof size !== "bigint" || index < 0n || index >= size || size > SIZE_MAX)
    throw new Refused("receipt.log", "/log/index", "index and size do not fit the signed head");
  const path = Array.isArray(proof) && proof.length <= PROOF_MAX ? proof.map((one) => base64(one, 32)) : [null];
  if (path.includes(null)) throw new Refused("receipt.log", "/log/proof", "the proof is not a list of hashes, or too long");
  return { origin, note, index, size, proof: path as Bytes[] };
}

// What is proved; Refused otherwise.
export async function verifyReceipt(bytes: Uint8Array, keys: Key[]): Promise<Proved> {
  const receipt = readJson(bytes);
  if (!(receipt instanceof Map) || receipt.get("format") !== "varde-receipt/1") throw new Refused("receipt.form", "/format", "this is not a receipt of format varde-receipt/1");
  if (!only(receipt, ["format", "standing", "answer", "header", "fields", "log", ...FRONT])) throw new Refused("receipt.form", "", "the receipt has a member that its format does not know");
  const header = await itemsOf(receipt, "header", 1, HEADER_MAX);
  const fields = await itemsOf(receipt, "fields", 0, FIELDS_MAX);
  for (const name of FRONT) {
    const proved = header.items.find((item) => item.name === name)?.value;
    if (typeof proved !== "string" || receipt.get(name) !== proved) throw new Refused("receipt.front", name, "the front of the receipt says something else than the header that is proved");
  }
  const answer = receipt.has("answer") ? receipt.get("answer") : new Map<string, Json>();
  if (!only(answer, ["by", "how"]) || [...answer.values()].some((words) => typeof words !== "string" || utf8(words).length > STATEMENT_BYTES_MAX))
    throw new Refused("receipt.form", "/answer", "who will answer is stated by the texts by and how");
  const log = logOf(receipt);
  const note = readNote(log.note);
  const head = readHead(note.body);
  if (head.origin !== log.origin) throw new Refused("receipt.log", "/log/origin", "the signed head is of another log");
  if (receipt.get("standing") !== STANDING[note.signatures.length > 1 ? 1 : 0]) throw new Refused("receipt.standing", "/standing", "the receipt claims another standing than its signatures give it");
  if (head.size !== log.size) throw new Refused("receipt.log", "/log/index", "index and size do not fit the signed head");
  const leaf = await sha256(new Uint8Array([0]), await recordOf([...header.commitments, ...fields.commitments]));
  const root = await pathRoot(leaf, log.index, log.size, log.proof);
  if (root === null || !equal(root, head.root)) throw new Refused("receipt.inclusion", "/log/proof", "the record is not in the log that was signed");
  const signed = await signatures(note, head.origin, keys);
  const front = Object.fromEntries(FRONT.map((name) => [name, receipt.get(name)])) as Proved["front"];
  return { front, items: [...header.items, ...fields.items], index: Number(log.index), size: Number(log.size), origin: head.origin, ...signed };
}
