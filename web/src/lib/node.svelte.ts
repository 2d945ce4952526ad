// SPDX-License-Identifier: EUPL-1.2
// Whose node this is, and whether all on it is an exercise: every screen says so.
import { get } from "./api";

export interface NodeAbout {
  state: string;
  name: string;
  is_exercise: boolean;
  is_read_only: boolean;
}

class Node {
  about = $state.raw<NodeAbout | null>(null);

  load(): void {
    get<NodeAbout>("/api/v1/node", { quiet: true }).then(
      (got) => (this.about = got),
      () => setTimeout(() => this.load(), 5000),
    );
  }
  get isExercise(): boolean {
    return this.about?.is_exercise ?? false;
  }
  get isUnion(): boolean {
    return this.about?.state === "EU";
  }
}
export const node = new Node();
