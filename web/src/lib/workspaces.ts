// SPDX-License-Identifier: EUPL-1.2
// Where cases are worked on besides the desk's queue, and whose offices see them. The node decides; this only says what to offer.
import { session } from "./session.svelte";

export const WORKSPACES: Record<string, string[]> = {
  desk: ["csirt", "ca", "spoc", "ccma"],
  network: ["csirt_member", "enisa", "cert_eu", "commission"],
  crisis: ["cyclone_member", "enisa", "commission", "chair", "csirt_member", "cert_eu"],
  group: ["group_member", "chair", "commission", "enisa", "eeas", "guest", "csirt_member", "cyclone_member", "cert_eu"],
  review: ["expert", "group_member", "commission", "enisa", "chair", "csirt_member"],
  registry: ["enisa", "spoc_member", "authority_member"],
};
export const myWorkspaces = (): string[] => Object.entries(WORKSPACES).flatMap(([name, kinds]) => (session.has(...kinds) ? [name] : []));
export const isOfState = (): boolean => session.has("csirt", "ca", "spoc", "ccma");
