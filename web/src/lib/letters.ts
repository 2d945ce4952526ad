// SPDX-License-Identifier: EUPL-1.2
// Letters of cases: what was written, issued and served (doc/letters.md).
export interface Letter {
  id: string;
  template: string;
  language: string;
  office: string;
  state: "waiting" | "refused" | "issued" | "made" | "sealed";
  number: string | null;
  made_by: string | null;
  sealed_by: string | null;
  served_by: string | null;
  written_at: string;
  issued_at: string | null;
  served_at: string | null;
}
export interface Template {
  template: string;
  label: string;
  article: string;
  by: string[];
  procedures: string[];
  signed_by: "officer" | "head";
  languages: { language: string; is_approved: boolean }[];
  fields: { name: string; label: string; article?: string; is_required?: boolean }[];
}
