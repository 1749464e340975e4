// Where the time of a picture went: what its upload did and all that came of it, step by step, as a waterfall.
import { html, nothing } from "lit";
import { ask, ApiError } from "../api";
import { number, t } from "../i18n";
import { Element, message } from "../parts/element";
import { styles } from "../parts/styles";

interface Step {
  name: string;
  start_ms: number;
  duration_ms: number;
  depth: number;
  failed: boolean;
}
interface Segment {
  span_id: string;
  parent_id: string;
  trace_id: string;
  kind: "request" | "function" | "delivery";
  name: string;
  request_id: string;
  began: string;
  duration_ms: number;
  waited_ms: number;
  attempt: number;
  status: number;
  error: string;
  assumed: boolean;
  steps: Step[];
}
interface Row {
  name: string;
  notes: string[];
  kind: "wait" | "step" | Segment["kind"];
  depth: number;
  start: number; // milliseconds, of any origin
  duration: number;
  failed: boolean;
  request: string;
}

const kSteps = ["alerts", "body", "commit", "decode", "equipment", "faces", "fetch", "handler", "init", "labels", "moderation", "open", "pending", "properties", "recognize", "record", "result", "tag", "text", "turn"] as const;
const stepName = (name: string) => {
  const known = kSteps.find((one) => one === name);
  return known ? t(`step.${known}`) : name;
};
const time = (ms: number) => (ms >= 1000 ? `${number(ms / 1000, 2)} s` : `${number(ms, ms < 10 ? 1 : 0)} ms`);

// What caused a segment stands before it; what nobody here has caused begins at the left.
function ordered(segments: Segment[]) {
  const inside = new Set(segments.map((segment) => segment.span_id));
  const found: { segment: Segment; depth: number }[] = [];
  const add = (segment: Segment, depth: number) => {
    if (found.some((one) => one.segment === segment)) return;
    found.push({ segment, depth });
    for (const child of segments) if (child.parent_id === segment.span_id) add(child, depth + 1);
  };
  for (const segment of segments) if (!inside.has(segment.parent_id)) add(segment, 0);
  for (const segment of segments) add(segment, 0);
  return found;
}

function rowsOf({ segment, depth }: { segment: Segment; depth: number }): Row[] {
  const start = Date.parse(segment.began);
  const rows: Row[] = [];
  const request = segment.request_id;
  if (segment.waited_ms > 0)
    rows.push({ name: t("step.wait"), notes: [], kind: "wait", depth, start: start - segment.waited_ms, duration: segment.waited_ms, failed: false, request });
  const notes = [
    ...(segment.status ? [String(segment.status)] : []),
    ...(segment.attempt > 1 ? [t("trace.attempt", { number: segment.attempt })] : []),
    ...(segment.error ? [t("trace.failed", { reason: segment.error })] : []),
    ...(segment.assumed ? [t("trace.assumed")] : []),
  ];
  rows.push({ name: segment.name, notes, kind: segment.kind, depth, start, duration: segment.duration_ms, failed: segment.error !== "" || segment.status >= 400, request });
  for (const step of segment.steps)
    rows.push({
      name: stepName(step.name),
      notes: step.failed ? [t("trace.failed", { reason: "" })] : [],
      kind: "step",
      depth: depth + 1 + step.depth,
      start: start + step.start_ms,
      duration: step.duration_ms,
      failed: step.failed,
      request,
    });
  return rows;
}

class Trace extends Element {
  static override properties = { picture: {}, of: {}, segments: { state: true }, problem: { state: true } };
  picture = "";
  of = ""; // changes when there is another trace to see
  segments: Segment[] | null = null;
  problem = "";
  private asked = new AbortController();
  private details: HTMLDetailsElement | null = null;

  // Most who look at a picture do not look at this.
  override connectedCallback() {
    super.connectedCallback();
    this.details = this.closest("details");
    this.details?.addEventListener("toggle", this.load);
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.details?.removeEventListener("toggle", this.load);
    this.asked.abort();
  }
  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has("picture") && !changed.has("of")) return;
    this.segments = null;
    void this.load();
  }

  private load = async () => {
    if (this.segments || (this.details && !this.details.open)) return;
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const answer = await ask<{ segments: Segment[] }>("GET", `trace?picture=${encodeURIComponent(this.picture)}`, undefined, signal);
      this.segments = answer.segments;
      this.problem = "";
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error instanceof ApiError && error.status === 404 ? t("trace.none") : message(error);
    }
  };

  protected override render() {
    if (this.problem) return html`<p class="hint">${this.problem}</p>`;
    if (!this.segments) return html`<span class="spinner" role="status"></span>`;
    const rows = ordered(this.segments).flatMap(rowsOf);
    const begin = Math.min(...rows.map((row) => row.start));
    const whole = Math.max(...rows.map((row) => row.start + row.duration)) - begin || 1;
    return html`<div class="waterfall">
        <table>
          <caption class="visually-hidden">${t("trace.caption", { time: time(whole) })}</caption>
          <thead>
            <tr><th scope="col">${t("trace.step")}</th><th scope="col">${t("trace.time")}</th></tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, begin, whole))}
          </tbody>
        </table>
      </div>
      <p class="hint">${t("trace.id")}: <code>${this.segments[0]?.trace_id}</code></p>`;
  }

  private row(row: Row, begin: number, whole: number) {
    const left = ((row.start - begin) / whole) * 100;
    const width = (row.duration / whole) * 100;
    return html`<tr class=${row.kind} ?data-failed=${row.failed} data-request=${row.request}>
      <th scope="row">
        <span ${styles({ "padding-left": `${Math.min(row.depth, 6) * 12}px` })}>${row.name}${row.notes.map((note) => html` <span class="note">${note}</span>`)}</span>
        ${row.kind === "step" || row.kind === "wait" ? nothing : html`<code ${styles({ "padding-left": `${Math.min(row.depth, 6) * 12}px` })}>${row.request}</code>`}
        <span class="track" aria-hidden="true"><i ${styles({ left: `${Math.min(left, 99.5)}%`, width: `${Math.max(Math.min(width, 100 - left), 0.5)}%` })}></i></span>
      </th>
      <td>${time(row.duration)}</td>
    </tr>`;
  }
}
customElements.define("eyrie-trace", Trace);
