// How much there is, and what of.
import { html, nothing } from "lit";
import { api, type Overview as Facts } from "../api";
import { number, size, t } from "../i18n";
import { whenChanged } from "../live";
import { developerCorner, endpoint } from "../parts/code";
import { Element, message } from "../parts/element";
import { address } from "../router";
import { styles } from "../parts/styles";

class Overview extends Element {
  static override properties = { facts: { state: true }, problem: { state: true } };
  facts: Facts | null = null;
  problem = "";
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.forget = whenChanged(() => void this.ask());
    void this.ask();
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  private async ask() {
    try {
      this.facts = await api.overview();
      this.problem = "";
    } catch (error) {
      this.problem = message(error);
    }
  }

  protected override render() {
    return html`<div class="page-head">
        <h1>${t("overview")}</h1>
        ${developerCorner([{ title: "curl", text: `curl ${endpoint()}/_eyrie/metrics` }, { title: "aws", text: `aws --endpoint-url ${endpoint()} dynamodb describe-table --table-name ImageMetadataStore` }])}
      </div>
      <p class="error" role="alert">${this.problem}</p>
      ${this.facts ? this.all(this.facts) : nothing}`;
  }

  private all(facts: Facts) {
    const stat = (value: string, what: Parameters<typeof t>[0], link?: string) =>
      html`<div class="card stat"><strong>${value}</strong>${link ? html`<a href=${link}>${t(what)}</a>` : html`<span class="hint">${t(what)}</span>`}</div>`;
    const filter = (name: string, value: string) => address("gallery", "", new URLSearchParams({ [name]: value }));
    const most = facts.labels[0]?.count ?? 1;
    return html`<div class="stats">
        ${stat(number(facts.completed), "stat.analyzed", filter("status", "COMPLETED"))} ${stat(number(facts.pending), "stat.waiting", filter("status", "PENDING"))}
        ${stat(number(facts.failed), "stat.failed", filter("status", "FAILED"))} ${stat(number(facts.flagged), "stat.sensitive", filter("moderation", "flagged"))}
        ${stat(size(facts.bytes), "stat.bytes")} ${stat(number(facts.queue.ready + facts.queue.leased + facts.queue.delayed), "stat.queue")} ${stat(number(facts.queue.dead), "stat.dead")}
      </div>
      <section class="card">
        <h2>${t("topLabels")}</h2>
        <p class="hint">${t("topLabels.hint")}</p>
        ${facts.labels.length === 0 ? html`<p class="hint">${t("none")}</p>` : nothing}
        <div class="bars">
          ${facts.labels.slice(0, 20).map(
            (label) =>
              html`<a href=${address("gallery", "", new URLSearchParams({ q: label.name, confidence: "80" }))}
                ><span>${label.name}</span><span class="bar" ${styles({ width: `${(100 * label.count) / most}%` })}></span><span class="count">${number(label.count)}</span></a
              >`,
          )}
        </div>
      </section>`;
  }
}
customElements.define("eyrie-overview", Overview);
