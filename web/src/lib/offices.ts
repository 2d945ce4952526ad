// SPDX-License-Identifier: EUPL-1.2
// The offices of this node, to choose from: what they are, with their name and sectors where there are several of a kind.
import { get } from "./api";

export interface Office {
  office: string;
  kind: string;
  label: string;
  name: string | null;
  sectors: string[]; // none: all of them
}

export const officeList = async (): Promise<Office[]> => (await get<{ offices: Office[] }>("/api/v1/offices")).offices;
