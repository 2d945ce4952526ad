// SPDX-License-Identifier: EUPL-1.2
// The sectors of the packs' list, in the page's language.
import { get } from "./api";

export interface Sector {
  code: string;
  label: string;
}

export async function sectorList(): Promise<Sector[]> {
  const { types } = await get<{ types: { sector: string | null; sector_label: string | null }[] }>("/api/v1/law/types/named");
  return [...new Map(types.flatMap((row) => (row.sector && row.sector_label ? [[row.sector, row.sector_label] as const] : []))).entries()].map(([code, label]) => ({ code, label }));
}
