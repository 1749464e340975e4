// Functions: what they are, what they wrote last, and an invocation to try one. The one that is looked at is in the address.
import { html, nothing, type PropertyValues } from "lit";
import type { Row } from "../../api";
import { number, percent, size, t, when } from "../../i18n";
import { boto3, developerCorner, endpoint, python, shell } from "../../parts/code";
import { icon } from "../../parts/icons";
import { filterBox, fits, Page, value } from "../../parts/page";
import { cell, stacked } from "../../parts/table";
import { address } from "../../router";
import { admin, newestPicture, type Deployed, type FunctionDetail, type Trial } from "./api";
import "./recent";

// What S3 told the built-in function of the picture (src/store/queue/event_record.cc).
function uploadedEvent({ bucket, key, bytes, version, uploaded }: Row): string {
  const principalId = "000000000000"; // the account
  const object = { key: key.split("/").map(encodeURIComponent).join("/").replaceAll("%20", "+"), size: bytes, sequencer: version };
  const record = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventTime: uploaded,
    eventName: "ObjectCreated:Put",
    userIdentity: { principalId },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": "test", "x-amz-id-2": "test" },
    s3: { s3SchemaVersion: "1.0", configurationId: "test", bucket: { name: bucket, ownerIdentity: { principalId }, arn: `arn:aws:s3:::${bucket}` }, object },
  };
  return JSON.stringify({ Records: [record] }, null, 2);
}

async function exampleEvent(): Promise<string> {
  const picture = await newestPicture();
  return picture ? uploadedEvent(picture) : "";
}

class Functions extends Page {
  static override properties = {
    ...Page.properties,
    query: { attribute: false },
    functions: { state: true },
    open: { state: true },
    lines: { state: true },
    trial: { state: true },
    busy: { state: true },
    filter: { state: true },
  };
  query = new URLSearchParams();
  functions: Deployed[] = [];
  open: FunctionDetail | null = null;
  lines: string[] = [];
  trial: Trial | null = null;
  busy = false;
  filter = "";
  private event = ""; // to try it with; empty: there is none
  private brought = ""; // the function that was brought into view

  private get named() {
    return this.query.get("name") ?? "";
  }

  protected override async load() {
    this.functions = await admin.functions();
    const name = this.named;
    if (this.open?.name !== name) {
      this.trial = null;
      this.lines = [];
      this.open = null;
      this.event = "";
    }
    if (!name) return;
    const open = await admin.function(name);
    if (!open.built_in) this.lines = await admin.functionLog(name);
    // What is being typed stays.
    const event = this.event || (open.built_in ? await exampleEvent() : "{}");
    if (name !== this.named) return;
    this.event = event;
    this.open = open;
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("query") && this.hasUpdated) void this.run();
  }

  // Below a long list nobody would see that anything has opened.
  protected override updated() {
    const name = this.open?.name ?? "";
    if (name === this.brought) return;
    this.brought = name;
    if (!name) return;
    const heading = this.querySelector<HTMLElement>("[data-function] > h2");
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "start" });
  }

  private test(event: SubmitEvent, name: string) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.busy = true;
    void this.run(async () => {
      try {
        this.trial = await admin.tryFunction(name, value(form, "event"), value(form, "qualifier"));
      } finally {
        this.busy = false;
      }
    });
  }

  private snippets() {
    const name = this.named || (this.functions[0]?.name ?? "analyze-image");
    const lambda = `aws --endpoint-url ${endpoint()} lambda`;
    return [
      { title: t("function.test"), text: `${lambda} invoke --function-name ${shell(name)} --payload fileb://event.json --log-type Tail answer.json` },
      { title: t("function.configuration"), text: `${lambda} get-function-configuration --function-name ${shell(name)}` },
      { title: t("function.versions"), text: `${lambda} list-versions-by-function --function-name ${shell(name)}\n${lambda} list-aliases --function-name ${shell(name)}` },
      { title: "boto3", text: `${boto3("lambda").replace("lambda = ", "functions = ")}answer = functions.invoke(FunctionName=${python(name)}, Payload=open("event.json", "rb"))\nprint(answer["Payload"].read())` },
    ];
  }

  protected override render() {
    return html`<div class="page-head"><h1>${t("functions")}</h1>${developerCorner(this.snippets())}</div>
      <p class="error" role="alert">${this.problem}</p>
      ${filterBox(this.functions.length, this.filter, (filter) => (this.filter = filter))}
      <section class="card table-wrap" tabindex="0" aria-label=${t("functions")}>
        ${stacked(
          [t("name"), t("function.runtime"), t("function.memory"), t("function.timeout"), t("changed")],
          this.functions.filter((one) => fits(this.filter, one.name)).map((one) => this.row(one)),
        )}
      </section>
      ${this.open ? this.detail(this.open) : nothing}`;
  }

  private row(one: Deployed) {
    const link = html`<a href=${address("admin", "functions", new URLSearchParams({ name: one.name }))} aria-current=${one.name === this.named ? "true" : "false"}>${one.name}</a>`;
    return html`<tr role="row">
      ${cell(t("name"), link, "long")}
      ${one.built_in
        ? html`<td role="cell" colspan="4" class="hint">${t("function.builtIn")}</td>`
        : [
            cell(t("function.runtime"), one.runtime),
            cell(t("function.memory"), `${number(one.memory_mb)} MB`),
            cell(t("function.timeout"), `${number(one.timeout_s)} s`),
            cell(t("changed"), when(one.modified)),
          ]}
    </tr>`;
  }

  private detail(one: FunctionDetail) {
    return html`<section data-function=${one.name} aria-label=${one.name}>
      <h2 class="spaced" tabindex="-1">${one.name}</h2>
      ${one.built_in ? this.builtIn(one) : html`${this.configuration(one)} ${this.versions(one)}`} ${this.event ? this.form(one) : this.noForm()} ${one.built_in ? html`<eyrie-recent .of=${one.name}></eyrie-recent>` : this.log()}
    </section>`;
  }

  // It is the server's own: what can be said of it stands elsewhere.
  private builtIn(one: Extract<FunctionDetail, { built_in: true }>) {
    return html`<section class="card spaced" id="built-in">
      <h3>${t("function.configuration")}</h3>
      <dl class="facts">
        <dt>ARN</dt>
        <dd>${one.arn}</dd>
        <dt>${t("function.what")}</dt>
        <dd>${t("function.builtIn.what")}</dd>
        <dt>${t("function.versions")}</dt>
        <dd>${t("function.builtIn.versions")}</dd>
      </dl>
      <p class="row wrap actions"><a href=${address("admin", "models")}>${t("models")}</a><a href=${address("admin", "settings")}>${t("settings")}</a></p>
    </section>`;
  }

  private configuration(one: Extract<FunctionDetail, { built_in: false }>) {
    const fact = (name: string, said: unknown) => (said === "" || said === null ? nothing : html`<dt>${name}</dt><dd>${said}</dd>`);
    return html`<section class="card spaced">
      <h3>${t("function.configuration")}</h3>
      <dl class="facts">
        ${fact("ARN", one.arn)} ${fact(t("description"), one.description)} ${fact(t("function.runtime"), one.runtime)} ${fact(t("function.handler"), one.handler)} ${fact(t("role"), one.role)}
        ${fact(t("function.memory"), `${number(one.memory_mb)} MB`)} ${fact(t("function.timeout"), `${number(one.timeout_s)} s`)} ${fact(t("function.reserved"), one.reserved)}
        ${fact(t("function.deadLetter"), one.dead_letter)} ${fact(t("function.variables"), one.variables.join(", "))}
      </dl>
    </section>`;
  }

  private versions(one: Extract<FunctionDetail, { built_in: false }>) {
    // The first gets what the weights leave.
    const shares = (alias: (typeof one.aliases)[number]) => {
      const others = Object.entries(alias.weights);
      const left = 1 - others.reduce((sum, [, weight]) => sum + weight, 0);
      return [[alias.version, left] as const, ...others].map(([version, weight]) => `${version}: ${percent(100 * weight)}`).join(", ");
    };
    return html`<section class="card spaced">
      <h3>${t("function.versions")}</h3>
      <ul class="rows" id="versions">
        ${one.versions.map(
          (version) => html`<li class="row wrap">
            <strong>${version.version}</strong><span class="hint grow">${when(version.modified)} · ${size(version.bytes)}${version.description ? ` · ${version.description}` : ""}</span>
          </li>`,
        )}
      </ul>
      ${one.aliases.length === 0
        ? nothing
        : html`<h3>${t("function.aliases")}</h3>
            <ul class="rows" id="aliases">
              ${one.aliases.map((alias) => html`<li class="row wrap"><strong>${alias.name}</strong><span class="hint grow">${shares(alias)}${alias.description ? ` · ${alias.description}` : ""}</span></li>`)}
            </ul>`}
    </section>`;
  }

  private noForm() {
    return html`<section class="card spaced" id="no-test">
      <h3>${t("function.test")}</h3>
      <p class="hint">${t("function.test.none")}</p>
    </section>`;
  }

  private form(one: FunctionDetail) {
    return html`<form class="card spaced" @submit=${(event: SubmitEvent) => this.test(event, one.name)}>
      <h3>${t("function.test")}</h3>
      <label class="field"
        ><span>${t("function.event")}</span><textarea class="input source" name="event" rows="6" spellcheck="false" required .value=${this.event}></textarea
      ></label>
      <div class="row">
        <select class="input" name="qualifier" aria-label=${t("function.qualifier")} ?hidden=${one.built_in}>
          <option value="">$LATEST</option>
          ${one.built_in ? nothing : [...one.aliases.map((alias) => alias.name), ...one.versions.slice(1).map((version) => version.version)].map((name) => html`<option value=${name}>${name}</option>`)}
        </select>
        <button class="button primary" type="submit" ?disabled=${this.busy}>${icon("play")}${t("function.invoke")}</button>
      </div>
      <div role="status">${this.busy ? html`<p class="hint"><span class="spinner"></span> ${t("function.busy")}</p>` : this.trial ? this.outcome(this.trial) : nothing}</div>
    </form>`;
  }

  private outcome(trial: Trial) {
    return html`<p class="row wrap outcome">
        <span class="chip ${trial.failed ? "low" : "high"}">${t(trial.failed ? "function.failed" : "function.answered")}</span>
        <span class="hint"
          >${t("function.took", { ms: number(trial.duration_ms) })}${trial.init_ms ? " · " + t("function.cold", { ms: number(trial.init_ms) }) : nothing}${trial.memory_mb ? ` · ${number(trial.memory_mb)} MB` : nothing} ·
          ${trial.version}</span
        >
      </p>
      <pre class="lines" role="region" tabindex="0" id="answer" aria-label=${t("function.answer")}>${trial.payload}</pre>
      ${trial.log ? html`<pre class="lines" role="region" tabindex="0" id="answer-log" aria-label=${t("function.log")}>${trial.log}</pre>` : nothing}`;
  }

  private log() {
    return html`<section class="card spaced">
      <div class="row">
        <h3 class="grow">${t("function.log")}</h3>
        <button class="button icon small" type="button" aria-label=${t("refresh")} title=${t("refresh")} @click=${() => this.run()}>${icon("again")}</button>
      </div>
      ${this.lines.length === 0 ? html`<p class="hint">${t("function.silent")}</p>` : html`<pre class="lines" role="region" tabindex="0" id="log" aria-label=${t("function.log")}>${this.lines.join("\n")}</pre>`}
    </section>`;
  }
}
customElements.define("eyrie-functions", Functions);
