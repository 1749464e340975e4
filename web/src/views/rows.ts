// What a search found, fetched by pages as they are looked at; 100,000 rows never stand in memory.
import { api, ApiError, type Row } from "../api";

const kPage = 60;
const kKept = 40; // pages
const kAtOnce = 200; // rows an answer, of a stretch
const kRestMs = 5000; // after a failure

export class Rows {
  total = 0;
  complete = true;
  known = false; // whether the server has answered
  refused = false; // what it cannot be asked
  private pages = new Map<number, Row[]>();
  private stale = new Set<number>();
  private asked = new Map<number, AbortController>();
  private rest: ReturnType<typeof setTimeout> | undefined; // of a server that gave no answer

  constructor(
    private readonly query: URLSearchParams,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  // What was known of the same search is shown until it comes anew.
  inherit(before: Rows) {
    this.pages = before.pages;
    this.total = before.total;
    this.complete = before.complete;
    this.known = before.known;
    this.outdate();
  }

  at(position: number): Row | undefined {
    return this.pages.get(Math.floor(position / kPage))?.[position % kPage];
  }

  // Sees to it that these are there, or come.
  want(from: number, to: number) {
    if (this.rest || this.refused) return;
    for (let page = Math.floor(from / kPage); page <= Math.floor(Math.max(from, to - 1) / kPage); ++page) {
      if ((!this.pages.has(page) || this.stale.has(page)) && !this.asked.has(page)) void this.fetch(page);
    }
  }

  // All of a stretch, though most of it was never looked at.
  async stretch(from: number, to: number): Promise<Row[]> {
    const found: Row[] = [];
    while (from < to) {
      const query = new URLSearchParams(this.query);
      query.set("from", String(from));
      query.set("limit", String(Math.min(kAtOnce, to - from)));
      const { pictures } = await api.pictures(query);
      if (pictures.length === 0) break;
      found.push(...pictures);
      from += pictures.length;
    }
    return found;
  }

  // What is shown stays until it comes anew. What is on its way may be older than the change, and is asked for once more.
  outdate() {
    this.wake();
    for (const page of [...this.pages.keys(), ...this.asked.keys()]) this.stale.add(page);
  }

  stop() {
    for (const asked of this.asked.values()) asked.abort();
    this.asked.clear();
    this.wake();
  }

  private wake() {
    clearTimeout(this.rest);
    this.rest = undefined;
  }

  private async fetch(page: number) {
    const abort = new AbortController();
    this.asked.set(page, abort);
    this.stale.delete(page);
    const query = new URLSearchParams(this.query);
    query.set("from", String(page * kPage));
    query.set("limit", String(kPage));
    try {
      const answer = await api.pictures(query, abort.signal);
      this.total = answer.total;
      this.complete = answer.complete;
      this.known = true;
      this.pages.delete(page); // so that it is the last one in order
      this.pages.set(page, answer.pictures);
      for (const oldest of this.pages.keys()) {
        if (this.pages.size <= kKept) break;
        this.pages.delete(oldest);
        this.stale.delete(oldest);
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error instanceof ApiError && error.status === 400) {
        this.refused = this.known = true;
        this.total = 0;
        return this.changed();
      }
      this.stale.add(page);
      if (!this.rest) this.failed(error);
      this.rest ??= setTimeout(() => {
        this.wake();
        this.changed();
      }, kRestMs);
    } finally {
      if (this.asked.get(page) === abort) this.asked.delete(page);
    }
    if (!abort.signal.aborted) this.changed();
  }
}
