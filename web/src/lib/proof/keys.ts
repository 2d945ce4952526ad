// SPDX-License-Identifier: EUPL-1.2
// The keys to check with: the node's own, kept on this device for when it can't be reached, and what one types, one on each line.
import { get } from "../api";
import { readKey, type Key } from "./note";
import { Refused } from "./refused";

const STORED = "varde.log-key";

export async function nodeKey(): Promise<string> {
  try {
    const key = (await get<string>("/log/key", { isText: true, quiet: true })).trim();
    localStorage.setItem(STORED, key);
    return key;
  } catch {
    return localStorage.getItem(STORED) ?? "";
  }
}

// Refused with the line that is no key.
export async function readKeys(text: string): Promise<Key[]> {
  const keys: Key[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const key = await readKey(line).catch(() => {
      throw new Refused("note.key", line, "this is no key");
    });
    if (!keys.some((one) => one.name === key.name && one.id.join() === key.id.join())) keys.push(key);
  }
  return keys;
}
