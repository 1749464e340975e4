// Lines over time: drawn, told in a sentence, and as a table for whoever wants figures.
import { html, nothing, svg } from "lit";
import { language, t } from "../i18n";
import { amount } from "./amount";
import { Element } from "./element";

export interface Series {
  name: string; // as it is shown
  points: [number, number][]; // seconds since 1970, value
}
export interface Drawing {
  title: string;
  unit: string; // as CloudWatch calls it
  series: Series[];
  from: number; // seconds since 1970
  to: number;
  period: number; // seconds
  counts: boolean; // what is not told is none, and not unknown, and values add up
}

const kHeight = 168, kTop = 8, kBottom = 22, kRight = 10;
const kRowsShown = 300;
const kDated = 0.9, kTimed = 3; // days: from so many on the axis says dates; over so many only those

// Round numbers from 0 to over the highest, three to five of them.
function ticks(highest: number): number[] {
  if (highest <= 0) return [0, 1];
  const rough = highest / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, at) => at * step);
}

class Chart extends Element {
  static override properties = { drawing: { attribute: false }, width: { state: true }, at: { state: true }, open: { state: true } };
  drawing!: Drawing;
  width = 0;
  at: number | null = null; // the time that is pointed at
  open = false;
  private sizes = new ResizeObserver(() => (this.width = this.querySelector(".plot")?.clientWidth ?? 0));

  override firstUpdated() {
    const plot = this.querySelector(".plot");
    if (plot) this.sizes.observe(plot);
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  private times(): number[] {
    const { from, to, period } = this.drawing;
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / period)) }, (_, at) => from + at * period);
  }

  // Without values where none is told.
  private filled(series: Series): [number, number | null][] {
    const told = new Map(series.points);
    return this.times().map((time) => [time, told.get(time) ?? (this.drawing.counts ? 0 : null)]);
  }

  private time(seconds: number, long = false): string {
    const { from, to } = this.drawing;
    const days = (to - from) / 86_400;
    const day = { day: "numeric", month: "short" } as const;
    const style: Intl.DateTimeFormatOptions = long
      ? { dateStyle: "medium", timeStyle: "short" }
      : days < kDated
        ? { timeStyle: "short" }
        : days <= kTimed
          ? { ...day, hour: "numeric", minute: "2-digit" }
          : day;
    return new Intl.DateTimeFormat(language, style).format(new Date(seconds * 1000));
  }

  private point(event: PointerEvent) {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const { left, across } = this.frame();
    const { from, to, period } = this.drawing;
    const seconds = from + ((event.clientX - box.left - left) / Math.max(1, across)) * (to - from);
    const at = from + Math.floor((seconds - from) / period) * period;
    this.at = at >= from && at < to ? at : null;
  }

  private frame() {
    const { unit } = this.drawing;
    const marks = ticks(Math.max(0, ...this.drawing.series.flatMap((series) => series.points.map(([, value]) => value))));
    const left = 14 + 7 * Math.max(...marks.map((mark) => amount(mark, unit).length));
    return { marks, left, across: Math.max(0, this.width - left - kRight), highest: marks.at(-1) || 1 };
  }

  protected override render() {
    const { title, unit, series } = this.drawing;
    const none = series.every((one) => one.points.length === 0);
    return html`<figure class="card chart">
      <figcaption><h2>${title}</h2></figcaption>
      <ul class="legend">
        ${series.map((one, at) => html`<li><svg class="line line-${at}" viewBox="0 0 22 10" aria-hidden="true"><path d="M1 5h20" /></svg>${one.name} <strong>${this.read(one)}</strong></li>`)}
        <li class="when">${this.at === null ? t(this.drawing.counts ? "chart.sum" : "chart.last") : this.time(this.at, true)}</li>
      </ul>
      <div class="plot">${this.width ? this.plot() : nothing}${none ? html`<p class="hint nothing">${t("chart.none")}</p>` : nothing}</div>
      <details @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}>
        <summary class="hint">${t("chart.table")}</summary>
        ${this.open ? this.table(title, unit) : nothing}
      </details>
    </figure>`;
  }

  // What is pointed at, else all of it: how many there were, or the last that is known.
  private read(series: Series): string {
    const { unit, counts } = this.drawing;
    const all = counts ? series.points.reduce((sum, [, value]) => sum + value, 0) : series.points.at(-1)?.[1];
    const value = this.at === null ? all : this.filled(series).find(([time]) => time === this.at)?.[1];
    return value === undefined || value === null ? "–" : amount(value, unit);
  }

  private said(): string {
    const { title, unit, series } = this.drawing;
    const lines = series.map(({ name, points }) =>
      points.length ? t("chart.said", { name, most: amount(Math.max(...points.map(([, value]) => value)), unit), last: amount(points.at(-1)?.[1] ?? 0, unit) }) : `${name}: ${t("chart.none")}`,
    );
    return `${title}. ${lines.join(" ")}`;
  }

  private plot() {
    const { from, to, unit, series, period } = this.drawing;
    const { marks, left, across, highest } = this.frame();
    const bottom = kHeight - kBottom;
    const x = (seconds: number) => left + (across * (seconds - from)) / (to - from);
    const y = (value: number) => bottom - ((bottom - kTop) * value) / highest;
    const path = (one: Series) => {
      let drawn = "", before = false;
      for (const [time, value] of this.filled(one)) {
        if (value !== null) drawn += `${before ? "L" : "M"}${x(Math.min(time + period / 2, to)).toFixed(1)} ${y(value).toFixed(1)}${before ? "" : "h.01"}`;
        before = value !== null;
      }
      return drawn;
    };
    // What has no neighbour is no line.
    const alone = (one: Series) => {
      const filled = this.filled(one);
      return filled.flatMap(([time, value], at) => (value === null || (filled[at - 1]?.[1] ?? null) !== null || (filled[at + 1]?.[1] ?? null) !== null ? [] : [[x(Math.min(time + period / 2, to)), y(value)] as const]));
    };
    const days = (to - from) / 86_400;
    const count = Math.max(2, Math.min(6, Math.floor(across / (days < kDated || days > kTimed ? 90 : 130))));
    const times = Array.from({ length: count }, (_, at) => from + ((to - from) * at) / (count - 1));
    return html`<svg class="lines-over-time" width=${this.width} height=${kHeight} role="img" aria-label=${this.said()} @pointermove=${this.point} @pointerleave=${() => (this.at = null)}>
      ${marks.map((mark) => svg`<path class="grid-line" d="M${left} ${y(mark)}H${left + across}" /><text class="tick" x=${left - 6} y=${y(mark) + 4} text-anchor="end">${amount(mark, unit)}</text>`)}
      ${times.map((time, at) => svg`<text class="tick" x=${x(time)} y=${kHeight - 5} text-anchor=${at === 0 ? "start" : at === count - 1 ? "end" : "middle"}>${this.time(time)}</text>`)}
      ${this.at === null ? nothing : svg`<path class="pointed" d="M${x(this.at + period / 2)} ${kTop}V${bottom}" />`}
      ${series.map((one, at) => svg`<path class="line line-${at}" d=${path(one)} />${alone(one).map(([px, py]) => svg`<circle class="dot-${at}" cx=${px} cy=${py} r="3.5" />`)}`)}
    </svg>`;
  }

  private table(title: string, unit: string) {
    const { series } = this.drawing;
    const told = new Set(series.flatMap((one) => one.points.map(([time]) => time)));
    const rows = [...told].sort((a, b) => b - a).slice(0, kRowsShown);
    return html`<div class="table-wrap figures" tabindex="0" role="region" aria-label=${title}>
      <table>
        <thead>
          <tr><th scope="col">${t("chart.time")}</th>${series.map((one) => html`<th scope="col">${one.name}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map(
            (time) => html`<tr>
              <th scope="row">${this.time(time, true)}</th>
              ${series.map((one) => {
                const value = one.points.find(([at]) => at === time)?.[1];
                return html`<td>${value === undefined ? "–" : amount(value, unit)}</td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
customElements.define("eyrie-chart", Chart);
