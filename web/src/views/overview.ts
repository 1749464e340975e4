// How much there is, what of, and how it went over time.
import { html, nothing } from "lit";
import { api, type Overview as Facts, type User } from "../api";
import { language, number, size, t, when, type Key } from "../i18n";
import { whenChanged } from "../live";
import { amount, dollars, duration } from "../parts/amount";
import "../parts/chart";
import type { Drawing } from "../parts/chart";
import { boto3, developerCorner, endpoint } from "../parts/code";
import { Element, message } from "../parts/element";
import { icon } from "../parts/icons";
import { styles } from "../parts/styles";
import { address, go } from "../router";
import { descriptionOf, reasonOf } from "./dashboard/alarms";
import { csvAddress, dashboard, type Alarm, type Dashboard } from "./dashboard/api";
import { costCard } from "./dashboard/cost";
import "./dashboard/places";
import { asked, rangeOf, rangePicker, type Range } from "./dashboard/range";

const kAgainMs = 30_000;
// Of which what is not told is none: sums, and not levels.
const kSums = ["invocations", "errors"];
const kShownLabels = 5;
// CloudWatch refuses more than 1,440 values in an answer; these are as many as can be read.
const kMostPoints = 720;
const kPeriods = [60, 300, 900, 3600, 21_600, 86_400]; // seconds

class Overview extends Element {
  static override properties = { query: { attribute: false }, user: { attribute: false }, facts: { state: true }, board: { state: true }, problem: { state: true } };
  query = new URLSearchParams();
  user!: User;
  facts: Facts | null = null;
  board: Dashboard | null = null;
  problem = "";
  private range: Range = rangeOf(this.query);
  private searched: string | null = null;
  private asking = new AbortController();
  private again: ReturnType<typeof setInterval> | undefined;
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.forget = whenChanged(() => void this.askFacts());
    // What ends now moves on by itself.
    this.again = setInterval(() => {
      if (!document.hidden && this.range.preset) void this.askBoard();
    }, kAgainMs);
    void this.askFacts();
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
    clearInterval(this.again);
    this.asking.abort();
  }

  protected override willUpdate() {
    const text = this.query.toString();
    if (text === this.searched) return;
    this.searched = text;
    void this.askBoard();
  }

  private async askFacts() {
    try {
      this.facts = await api.overview();
      this.problem = "";
    } catch (error) {
      this.problem = message(error);
    }
  }

  // What is shown stays until there is something newer. An uploader sees pictures and no measurements.
  private async askBoard() {
    this.range = rangeOf(this.query);
    this.requestUpdate();
    if (this.user.role === "uploader") return;
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      this.board = await dashboard(asked(this.range), signal);
      this.problem = "";
    } catch (error) {
      if (!signal.aborted) this.problem = message(error);
    }
  }

  private choose(changes: Record<string, string>) {
    go(address("overview", "", new URLSearchParams(changes)));
  }

  protected override render() {
    const { range, board } = this;
    return html`<div class="page-head">
        <h1>${t("overview")}</h1>
        ${this.user.role === "uploader" ? nothing : html`<a class="button" id="dashboard-csv" href=${csvAddress(asked(range))} download="eyrie-dashboard.csv" title=${t("csv")} aria-label=${t("csv")}>${icon("download")}CSV</a>`}
        ${developerCorner(this.snippets())}
      </div>
      <p class="error" role="alert">${this.problem}</p>
      ${this.facts ? this.counts(this.facts) : nothing} ${rangePicker(this.query, (changes) => this.choose(changes))}
      ${board ? html`${this.sums(board)} ${this.charts(board)} ${this.alarms(board.alarms)} ${this.weeks(board)} ${costCard(board)}` : nothing}
      <eyrie-places .from=${range.from.toISOString()} .to=${range.to.toISOString()}></eyrie-places>
      ${this.facts ? this.labels(this.facts) : nothing}`;
  }

  private stat(value: string, what: Parameters<typeof t>[0], link?: string) {
    return html`<div class="card stat" data-stat=${what}><strong>${value}</strong>${link ? html`<a href=${link}>${t(what)}</a>` : html`<span class="hint">${t(what)}</span>`}</div>`;
  }

  private counts(facts: Facts) {
    const filter = (values: Record<string, string>) => address("gallery", "", new URLSearchParams({ archived: "any", ...values }));
    return html`<div class="stats">
      ${this.stat(number(facts.completed), "stat.analyzed", filter({ status: "COMPLETED" }))} ${this.stat(number(facts.pending), "stat.waiting", filter({ status: "PENDING" }))}
      ${this.stat(number(facts.failed), "stat.failed", filter({ status: "FAILED" }))} ${this.stat(number(facts.flagged), "stat.sensitive", filter({ moderation: "flagged" }))}
      ${this.stat(number(facts.archived), "stat.archived", filter({ archived: "only" }))} ${this.stat(size(facts.bytes), "stat.bytes")}
      ${this.stat(number(facts.queue.ready + facts.queue.leased + facts.queue.delayed), "stat.queue")} ${this.stat(number(facts.queue.dead), "stat.dead")}
    </div>`;
  }

  private sums({ charts, durations, cost }: Dashboard) {
    const sum = (chart: string) => (charts.find((one) => one.name === chart)?.series[0]?.points ?? []).reduce((all, [, value]) => all + value, 0);
    const invocations = sum("invocations"), errors = sum("errors");
    const took = (ms: number | undefined) => (ms === undefined ? "–" : duration(ms));
    return html`<div class="stats">
      ${this.stat(number(invocations), "stat.invocations")} ${this.stat(number(errors), "stat.errors")} ${this.stat(invocations ? amount((100 * errors) / invocations, "Percent") : "–", "stat.errorRate")}
      ${this.stat(took(durations.p50), "stat.p50")} ${this.stat(took(durations.p95), "stat.p95")} ${this.stat(took(durations.p99), "stat.p99")} ${this.stat(dollars(cost.usd), "stat.saved")}
    </div>`;
  }

  private charts(board: Dashboard) {
    const time = (iso: string) => Date.parse(iso) / 1000;
    return html`<div class="charts">
      ${board.charts.map((chart) => {
        const drawing: Drawing = {
          title: t(`chart.${chart.name}`),
          unit: chart.unit,
          series: chart.series.map(({ name, points }) => ({ name: t(`line.${name}` as "line.p50"), points })),
          from: time(board.from),
          to: time(board.to),
          period: board.period,
          counts: kSums.includes(chart.name),
        };
        return html`<eyrie-chart data-chart=${chart.name} .drawing=${drawing}></eyrie-chart>`;
      })}
    </div>`;
  }

  private alarms(alarms: Alarm[]) {
    const look = { OK: "high", ALARM: "low", INSUFFICIENT_DATA: "plain" } as const;
    return html`<section class="card spaced" id="alarms">
      <h2>${t("alarms")}</h2>
      ${alarms.length === 0 ? html`<p class="hint">${t("alarms.none")}</p>` : nothing}
      <ul class="rows">
        ${alarms.map(
          (alarm) => html`<li data-alarm=${alarm.name}>
            <div class="row wrap">
              <span class="chip ${look[alarm.state]}">${t(`alarm.${alarm.state}` as Extract<Key, "alarm.OK">)}</span> <strong class="grow">${alarm.name}</strong>
              ${alarm.updated ? html`<span class="hint">${t("alarm.since", { time: when(alarm.updated) })}</span>` : nothing}
            </div>
            ${alarm.description ? html`<p class="wrapping">${descriptionOf(alarm)}</p>` : nothing}
            <p class="hint wrapping" title=${alarm.reason}>${reasonOf(alarm)}</p>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private search(label: string) {
    return address("gallery", "", new URLSearchParams({ q: label, confidence: "80", archived: "any" }));
  }

  private weeks({ weeks }: Dashboard) {
    const day = (iso: string) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(iso));
    return html`<section class="card spaced" id="weeks">
      <h2>${t("weeks")}</h2>
      <p class="hint">${t("weeks.hint")}</p>
      ${weeks.length === 0 ? html`<p class="hint">${t("none")}</p>` : nothing}
      <ol class="rows">
        ${[...weeks].reverse().map(
          (week) => html`<li class="week">
            <div><strong>${t("week.of", { day: day(week.begin) })}</strong> <span class="hint">${t("pictures", { count: week.pictures })}</span></div>
            <div class="chips">${week.labels.slice(0, kShownLabels).map((label) => html`<a class="chip plain" href=${this.search(label.name)}><span class="name">${label.name}</span> <span class="percent">${number(label.count)}</span></a>`)}</div>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  private labels(facts: Facts) {
    const most = facts.labels[0]?.count ?? 1;
    return html`<section class="card">
      <h2>${t("topLabels")}</h2>
      <p class="hint">${t("topLabels.hint")}</p>
      ${facts.labels.length === 0 ? html`<p class="hint">${t("none")}</p>` : nothing}
      <div class="bars">
        ${facts.labels.slice(0, 20).map(
          (label) =>
            html`<a href=${this.search(label.name)}
              ><span title=${label.name}>${label.name}</span><span class="bar" ${styles({ width: `${(100 * label.count) / most}%` })}></span><span class="count">${number(label.count)}</span></a
            >`,
        )}
      </div>
    </section>`;
  }

  private snippets() {
    const { from, to } = this.range;
    const seconds = (moment: Date) => moment.toISOString().slice(0, 19) + "Z";
    const period = kPeriods.find((one) => (to.getTime() - from.getTime()) / 1000 / one <= kMostPoints) ?? kPeriods[kPeriods.length - 1];
    const statistics = `--start-time ${seconds(from)} --end-time ${seconds(to)} --period ${period}`;
    return [
      { title: "aws: GetMetricStatistics", text: `aws --endpoint-url ${endpoint()} cloudwatch get-metric-statistics --namespace AWS/Lambda \\\n  --metric-name Duration --extended-statistics p50 p95 p99 \\\n  ${statistics}` },
      { title: "aws: DescribeAlarms", text: `aws --endpoint-url ${endpoint()} cloudwatch describe-alarms` },
      {
        title: "boto3",
        text:
          boto3("cloudwatch") +
          `found = cloudwatch.get_metric_statistics(Namespace="AWS/Lambda", MetricName="Invocations", Statistics=["Sum"],\n    StartTime="${seconds(from)}", EndTime="${seconds(to)}", Period=${period})`,
      },
      { title: "curl", text: `curl ${endpoint()}/_eyrie/metrics` },
    ];
  }
}
customElements.define("eyrie-overview", Overview);
