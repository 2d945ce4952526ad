// SPDX-License-Identifier: EUPL-1.2
// Names of procedures, documents and states in the page's language, from the law packs.
import { get } from "./api";
import { language } from "./language.svelte";
import type { ProcedureRow } from "./types";

class Procedures {
  all = $state.raw<ProcedureRow[]>([]);
  private loadedIn = "";

  load(): void {
    if (this.loadedIn === language.code) return;
    const code = language.code;
    this.loadedIn = code;
    get<{ procedures: ProcedureRow[] }>("/api/v1/procedures").then(
      (got) => {
        if (language.code === code) this.all = got.procedures;
      },
      () => (this.loadedIn = ""),
    );
  }
  label(procedure: string): string {
    return this.all.find((row) => row.procedure === procedure)?.label ?? procedure.replaceAll("_", " ");
  }
  document(procedure: string, document: string): string {
    return this.all.find((row) => row.procedure === procedure)?.documents.find((row) => row.document === document)?.label ?? document.replaceAll("_", " ");
  }
  state(procedure: string, state: string): string {
    return this.all.find((row) => row.procedure === procedure)?.states?.find((row) => row.state === state)?.label ?? state.replaceAll("_", " ");
  }
}
export const procedures = new Procedures();
