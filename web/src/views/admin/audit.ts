// The audit logs: what was denied to whom, who could not be told, and what was done in the console. The newest first; filters are in the address.
import { html, nothing, type PropertyValues } from "lit";
import { exactly, t } from "../../i18n";
import { failed, whenBack } from "../../live";
import { developerCorner, python, shell } from "../../parts/code";
import { Element, message } from "../../parts/element";
import { icon } from "../../parts/icons";
import { named, visible } from "../../parts/name";
import { address, go } from "../../router";
import { admin, type AuditEntry } from "./api";

const logs = ["denied", "unknown", "console"] as const;
const kFilters = ["log", "q", "from", "to"] as const;
type Filter = (typeof kFilters)[number];

// A day of the visitor's, as the moment it begins or ends.
function moment(day: string, end: boolean): string {
  const date = new Date(day + (end ? "T23:59:59.999" : "T00:00:00.000"));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

// Who, without what all ARNs begin with.
const shortly = (arn: string) => arn.replace(/^arn:aws:(iam|sts)::\d+:(assumed-role\/)?/, "");

class Audit extends Element {
  static override properties = {
    query: { attribute: false },
    entries: { state: true },
    next: { state: true },
    problem: { state: true },
    busy: { state: true },
  };
  query = new URLSearchParams();
  entries: AuditEntry[] = [];
  next = "";
  problem = "";
  busy = true;
  private data = ""; // the server's directory
  private asked = new AbortController();
  private typing: ReturnType<typeof setTimeout> | undefined;
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.forget = whenBack(() => void this.ask(false));
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
    this.asked.abort();
    clearTimeout(this.typing);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("query")) void this.ask(false);
  }

  // What the server is asked, of what the address says.
  private wanted(): URLSearchParams {
    const wanted = new URLSearchParams({ log: this.query.get("log") ?? logs[0] });
    for (const [name, said] of [
      ["q", this.query.get("q") ?? ""],
      ["from", moment(this.query.get("from") ?? "", false)],
      ["to", moment(this.query.get("to") ?? "", true)],
    ] as const) {
      if (said) wanted.set(name, said);
    }
    return wanted;
  }

  private async ask(older: boolean) {
    this.asked.abort();
    const asked = (this.asked = new AbortController());
    const wanted = this.wanted();
    if (older) wanted.set("after", this.next);
    this.busy = true;
    try {
      const [page, data] = await Promise.all([admin.audit(wanted, asked.signal), admin.dataDirectory()]);
      if (asked.signal.aborted) return;
      this.data = data;
      this.entries = older ? [...this.entries, ...page.entries] : page.entries;
      this.next = page.next;
      this.problem = "";
    } catch (error) {
      if (asked.signal.aborted) return;
      this.problem = message(error);
      failed(error);
    }
    this.busy = false;
  }

  private filter(name: Filter, said: string) {
    const query = new URLSearchParams(this.query);
    if (said && !(name === "log" && said === logs[0])) query.set(name, said);
    else query.delete(name);
    go(address("admin", "audit", query), { replace: true });
  }

  private type(event: Event) {
    const said = (event.target as HTMLInputElement).value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.filter("q", said), 250);
  }

  // AWS keeps such logs in CloudTrail, which is not here: programs read the files.
  private snippets() {
    const log = { denied: "denied", unknown: "unauthenticated", console: "console" }[this.query.get("log") ?? ""] ?? "denied";
    const file = `${this.data}/audit/${log}.jsonl`;
    return [
      { title: t("audit.file"), text: `tail -f ${shell(file)}` },
      { title: t("audit.filtered"), text: `jq -c 'select(.action == "s3:GetObject")' ${shell(file)}` },
      { title: "Python", text: `import json\nfor line in open(${python(file)}):\n    entry = json.loads(line)\n    print(entry["time"], entry["principal"], entry["action"], entry["reason"])` },
    ];
  }

  protected override render() {
    const log = this.query.get("log") ?? logs[0];
    const day = (name: "from" | "to") =>
      html`<label class="field"
        ><span>${t(`audit.${name}`)}</span
        ><input class="input" type="date" name="audit-${name}" .value=${this.query.get(name) ?? ""} @change=${(event: Event) => this.filter(name, (event.target as HTMLInputElement).value)}
      /></label>`;
    return html`<div class="page-head">
        <h1>${t("audit")}</h1>
        <a class="button" id="audit-csv" href=${"/_console/api/audit/csv?" + this.wanted()} download="eyrie-audit-${log}.csv">${icon("download")}CSV</a>
        ${this.data ? developerCorner(this.snippets()) : nothing}
      </div>
      <div class="form-grid spaced">
        <label class="field"
          ><span>${t("audit.log")}</span
          ><select class="input" name="audit-log" @change=${(event: Event) => this.filter("log", (event.target as HTMLSelectElement).value)}>
            ${logs.map((one) => html`<option value=${one} ?selected=${one === log}>${t(`audit.log.${one}`)}</option>`)}
          </select></label
        >
        <label class="field"><span>${t("filter")}</span><input class="input" type="search" name="audit-q" maxlength="200" .value=${this.query.get("q") ?? ""} @input=${this.type} /></label>
        ${day("from")} ${day("to")}
      </div>
      <p class="error" role="alert">${this.problem}</p>
      ${this.entries.length === 0
        ? html`<p class="hint" role="status">${this.busy ? t("reading") : t(this.next ? "audit.notYet" : "audit.none")}</p>`
        : html`<ol class="card rows entries" aria-label=${t("audit")}>
            ${this.entries.map((entry) => this.entry(entry))}
          </ol>`}
      ${this.next ? html`<button class="button" type="button" id="audit-older" ?disabled=${this.busy} @click=${() => this.ask(true)}>${t("audit.older")}</button>` : nothing}`;
  }

  private entry(entry: AuditEntry) {
    return html`<li>
      <div class="row wrap">
        <code class="grow">${entry.action}</code>
        <time class="hint" datetime=${entry.time}>${exactly(entry.time)}</time>
      </div>
      ${entry.resource ? html`<p class="wrapping">${named(entry.resource)}</p>` : nothing}
      ${entry.reason ? html`<p class="hint wrapping">${visible(entry.reason)}</p>` : nothing}
      <p class="hint wrapping">
        ${[shortly(entry.principal), entry.access_key, entry.source_ip, entry.request].filter(Boolean).map((part, at) => html`${at ? " · " : nothing}<span>${part}</span>`)}
      </p>
    </li>`;
  }
}
customElements.define("eyrie-audit", Audit);
