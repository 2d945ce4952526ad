// SPDX-License-Identifier: EUPL-1.2
// By whom something is owed, as the reader would say it.
import { named, t } from "./language.svelte";
import { session } from "./session.svelte";

export const isMine = (kind: string): boolean => !session.isOfficer && (kind === "entity" || kind === "party");
export const owedBy = (kind: string): string => (isMine(kind) ? t("own_you") : named("role", kind));
