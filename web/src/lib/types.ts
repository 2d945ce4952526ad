// SPDX-License-Identifier: EUPL-1.2
// What the node's resources look like, as far as the page uses it. The OpenAPI document of the node is the full description.
export type Texts = Record<string, string> | string | null;

export type DutyStatus = "open" | "late" | "undecided" | "done_in_time" | "done_late" | "closed" | string;
export interface Reading {
  as?: string;
  anchor?: string | null;
  anchor_at?: string | null;
  due?: string | null;
  due_latest?: string | null;
  due_local?: string | null;
  amount?: number;
  unit?: string;
  article?: string;
}
export interface Duty {
  duty: string;
  document: string;
  article: string;
  owed_by: string;
  words: Texts;
  is_firm: boolean;
  status: DutyStatus;
  due: string | null;
  due_day: string | null;
  due_latest: string | null;
  due_local: string | null;
  anchor: string | null;
  anchor_at: string | null;
  done_at: string | null;
  done_by: string | null;
  note: string | null;
  opened_by?: string | null;
  readings: Reading[];
  seconds_left?: number;
}
export interface DutyRow {
  case: string;
  procedure: string;
  entity: string | null;
  entity_name: string | null;
  owner_name?: string | null; // for offices
  duty: Duty;
}
export interface Worker {
  id: string;
  name: string;
  is_absent?: boolean;
}
export interface QueueRow {
  case: string;
  procedure: string;
  entity: string | null;
  entity_name: string | null;
  class: string | null;
  sectors: string[];
  state: string;
  opened_by: string;
  flags: string[];
  owner: Worker | null;
  backup: Worker | null;
  acting: Worker | null;
  next_duty: Duty | null;
  opened_at: string;
  changed_at: string;
  unread: number;
}
export interface Queue {
  now: string;
  queue: QueueRow[];
  next: string | null;
  total?: number;
}
export interface CaseFiling {
  id: string;
  document: string;
  filer_role: string;
  received_at: string;
  recorded_at: string;
  version: number;
  status: string;
  seen_by?: string; // kinds of office, with a blank between; absent: all who see the case
}
export interface Step {
  as: string;
  document: string;
  label: string;
  article: string;
  is_owed: boolean;
  due?: string | null;
}
export interface CaseLink {
  kind: string;
  case: string;
  is_from_here: boolean;
  procedure: string;
  state: string;
  entity: string | null;
}
export interface Case {
  id: string;
  procedure: string;
  workspace: string;
  entity: string | null;
  sectors: string[];
  state: string;
  version: number;
  opened_at: string;
  changed_at: string;
  owner?: string | null; // for offices, as are the next three
  owner_name?: string | null;
  backup?: string | null;
  backup_name?: string | null;
  facts: Record<string, unknown>;
  flags: Record<string, boolean>;
  duties: Duty[];
  filings: CaseFiling[];
  proposals: { filing: string }[];
  attachments: { id: string; name: string; size_bytes: number; filing: string }[];
  links?: CaseLink[];
  above?: { case: string; procedure: string; state: string; joined_at: string }[];
  shared?: { filing: string; case?: string; document: string; status: string; received_at: string }[];
  indications?: { indication: string; words: string; article: string; is_met: boolean }[];
  is_party?: boolean;
  next: Step[];
}
export interface Withheld {
  field: string;
  rule: string;
  reason: string | null;
  article: string | null;
}
export interface FilingRead {
  filing: string;
  log_index: number;
  header: {
    procedure: string;
    document: string;
    version: number;
    case: string | null;
    entity: string | null;
    filer_role: string;
    office: string | null;
    marking: string;
    received_at: string;
    recorded_at: string;
    attachments: { id: string; name: string }[] | string[];
  };
  fields: Record<string, unknown>;
  erased: string[];
  withheld: Withheld[];
}
export interface Choice {
  value: string;
  label: string;
}
export interface Field {
  name: string;
  type: string;
  label: string;
  help: string | null;
  article: string | null;
  is_required: boolean;
  required_when: Condition | null;
  shown_when: Condition | null;
  choices?: Choice[];
  fields?: Field[];
  max_chars?: number;
  min_chars?: number;
  max_items?: number;
  min_items?: number;
  min?: number | string;
  max?: number | string;
  decimals?: number;
  future?: boolean;
  hidden_from?: string[];
  autocomplete?: AutoFill; // what of one's own it asks for
  register?: string | null; // the attribute of the register that it fills
  catalogue?: string; // the list answers the controls of this one
  notice?: string;
}
export type Condition = Record<string, unknown>;
export interface Form {
  procedure: string;
  document: string;
  label: string;
  help: string | null;
  article: string;
  by: string[];
  opens: boolean;
  needs_entity: boolean;
  is_repeatable: boolean;
  marking: string;
  max_attachments: number;
  attachment_notice?: string;
  intake?: string[];
  fields: Field[];
}
export interface ProcedureRow {
  procedure: string;
  label: string;
  article: string;
  workspace?: string;
  states?: { state: string; label: string }[];
  documents: { document: string; label: string; article: string; by: string[]; opens: boolean }[];
}
export interface EntityRow {
  id: string;
  name: string;
  identifier: string | null;
  status: string;
  class: string | null;
  class_proposed: string | null;
  sectors: string[];
  types: string[];
}
// What the parties of a case said, side by side.
export interface AnswerRow {
  party: string;
  name: string;
  of_state?: string;
  state: string;
  received_at: string;
  filing: string;
  fields: Record<string, unknown>;
}
export interface Answers {
  answers: AnswerRow[];
  missing: { party: string; name: string; of_state?: string; state: string }[];
  next: string | null;
}
// A catalogue of controls: what a list with `catalogue` asks.
export interface Control {
  control: string;
  label: string;
  article: string;
  points: string[];
  parts: string[];
  is_asked: boolean; // otherwise a heading
}
export interface Catalogue {
  catalogue: string;
  label: string;
  article: string;
  controls: Control[];
}
