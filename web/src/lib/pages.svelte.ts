// SPDX-License-Identifier: EUPL-1.2
// Lists by pages, as the node gives them: exact count, stable order, a cursor to go on.
import { get, query } from "./api";

type Params = Record<string, string | number | boolean | null | undefined>;

export class Pages<Row> {
  rows = $state.raw<Row[] | null>(null);
  total = $state<number | null>(null);
  next = $state<string | null>(null);
  failure = $state.raw<unknown>(null);
  isLoading = $state(false);
  page = $state(1);
  limit = $state(50);
  params: Params = {};
  private turn = 0;

  constructor(
    readonly path: string,
    readonly member: string,
    readonly seen: (body: Record<string, unknown>) => void = () => undefined,
    private readonly counts = false,
  ) {}

  async load(cursor: string | null = null): Promise<void> {
    const turn = ++this.turn;
    this.isLoading = true;
    try {
      const body = await get<Record<string, unknown>>(this.path + query({ ...this.params, limit: this.limit, cursor, count: this.counts && cursor === null }));
      if (turn !== this.turn) return;
      this.seen(body);
      this.rows = body[this.member] as Row[];
      this.next = (body["next"] as string | null | undefined) ?? null;
      if (typeof body["total"] === "number") this.total = body["total"];
      this.failure = null;
      this.page = cursor === null ? 1 : this.page;
    } catch (error) {
      if (turn === this.turn) this.failure = error;
    } finally {
      if (turn === this.turn) this.isLoading = false;
    }
  }
  async goOn(): Promise<void> {
    if (this.next === null) return;
    const page = this.page + 1;
    await this.load(this.next);
    if (this.failure === null) this.page = page;
  }
}
