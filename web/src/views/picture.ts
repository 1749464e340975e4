// One picture: what was found in it, pointed at where it is.
import { html, nothing, type TemplateResult } from "lit";
import { api, ApiError, type Detail, type User } from "../api";
import { number, percent, size, t, when } from "../i18n";
import { whenChanged } from "../live";
import { chip } from "../parts/chip";
import { boto3, code, copy, developerCorner, endpoint, python, shell } from "../parts/code";
import { Element, message, toast } from "../parts/element";
import { icon } from "../parts/icons";
import "../parts/stage";
import { address, go } from "../router";
import { findingsOf, hierarchy, type Findings, type Kind } from "./findings";
import { styles } from "../parts/styles";

const kLayers: { kind: Kind; text: "show.objects" | "show.faces" | "show.words" }[] = [
  { kind: "object", text: "show.objects" },
  { kind: "face", text: "show.faces" },
  { kind: "word", text: "show.words" },
];
const kUsualConfidence = 80;

class Picture extends Element {
  static override properties = {
    picture: {},
    query: { attribute: false },
    user: { attribute: false },
    detail: { state: true },
    findings: { state: true },
    raw: { state: true },
    lit: { state: true },
    unveiled: { state: true },
    problem: { state: true },
    noResult: { state: true },
  };
  picture = "";
  query = new URLSearchParams();
  user!: User;
  detail: Detail | null = null;
  findings: Findings | null = null;
  raw = "";
  lit = "";
  unveiled = false;
  problem = "";
  noResult = "";
  private source = "";
  private asked = new AbortController();
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.forget = whenChanged(() => void this.ask());
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
    this.asked.abort();
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has("picture")) return;
    this.detail = this.findings = null;
    this.unveiled = false;
    this.source = this.problem = this.raw = "";
    void this.ask();
  }

  private async ask() {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const detail = await api.picture(this.picture, signal);
      const same = detail.version === this.detail?.version && detail.status === this.detail.status;
      if (same && (this.findings || this.noResult)) return;
      // The URL is good for five minutes and another one each time: the picture in hand stays.
      if (detail.version !== this.detail?.version) this.source = detail.url ?? "";
      this.detail = detail;
      this.findings = null;
      this.noResult = "";
      if (detail.status === "COMPLETED") await this.askResult(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error instanceof ApiError && error.status === 404 ? t("picture.gone") : message(error);
    }
  }

  // A record may be somebody else's who wrote no result, or not for these eyes.
  private async askResult(signal: AbortSignal) {
    try {
      const result = await api.result(this.picture, signal);
      this.raw = JSON.stringify(result, null, 2);
      this.findings = findingsOf(result);
    } catch (error) {
      if (signal.aborted) return;
      this.noResult = message(error);
    }
  }

  // --- what is in the address ---

  private get least() {
    const told = Number(this.query.get("confidence") ?? kUsualConfidence);
    return Number.isFinite(told) ? Math.min(100, Math.max(0, told)) : kUsualConfidence;
  }
  private shown(kind: Kind) {
    return !(this.query.get("hide") ?? "").split(",").includes(kind);
  }
  private change(name: string, value: string) {
    const query = new URLSearchParams(this.query);
    if (value) query.set(name, value);
    else query.delete(name);
    go(address("picture", this.picture, query), { replace: true });
  }
  private toggle(kind: Kind) {
    const hidden = kLayers.map((layer) => layer.kind).filter((one) => this.shown(one) === (one === kind));
    this.change("hide", hidden.join(","));
  }

  private point = (id: string) => (this.lit = id);
  private hover(id: string) {
    return { enter: () => this.point(id), leave: () => this.point("") };
  }

  private async run(act: () => Promise<unknown>, said: string) {
    try {
      await act();
      toast(said);
      return true;
    } catch (error) {
      toast(message(error));
      return false;
    }
  }
  private async erase() {
    if (!confirm(t("delete.question", { count: 1 }))) return;
    if (await this.run(() => api.deletePicture(this.picture), t("deleted", { count: 1 }))) go(address("gallery"));
  }
  private again() {
    void this.run(() => api.analyze(this.picture), t("analyzing", { count: 1 }));
  }

  // --- markup ---

  protected override render() {
    const back = html`<a class="button icon bare" href=${address("gallery")} @click=${this.back} aria-label=${t("back")} title=${t("back")}>${icon("back")}</a>`;
    if (this.problem) return html`<div class="page-head">${back}<h1></h1></div><p class="error" role="alert">${this.problem}</p>`;
    const detail = this.detail;
    if (!detail) return html`<div class="page-head">${back}<span class="spinner" role="status"></span></div>`;
    document.title = `${detail.name} · Eyrie`;
    return html`<div class="page-head">
        ${back}
        <h1>${detail.name}</h1>
        ${developerCorner(this.snippets(detail))}
        ${detail.download ? html`<a class="button icon" href=${detail.download} download aria-label=${t("download")} title=${t("download")}>${icon("download")}</a>` : nothing}
        ${this.user.role === "uploader" ? nothing : html`<button class="button icon" type="button" aria-label=${t("analyzeAgain")} title=${t("analyzeAgain")} @click=${this.again}>${icon("again")}</button>`}
        ${this.user.role === "admin" ? html`<button class="button icon danger" type="button" aria-label=${t("delete")} title=${t("delete")} @click=${this.erase}>${icon("trash")}</button>` : nothing}
      </div>
      <div class="picture">
        <div class="stage-side">
          ${this.source
            ? html`<eyrie-stage
                .source=${this.source}
                .name=${detail.labels.map((label) => label.name).join(", ") || detail.name}
                .marks=${this.marks()}
                .lit=${this.lit}
                ?veiled=${detail.flagged && !this.unveiled}
                @point=${(event: CustomEvent<string>) => this.point(event.detail)}
                @unveil=${() => (this.unveiled = true)}
              ></eyrie-stage>`
            : html`<p class="error">${t("picture.noFile")}</p>`}
        </div>
        <div class="findings">${this.status(detail)} ${this.findings ? this.lists(this.findings) : nothing} ${this.facts(detail)}</div>
      </div>`;
  }

  private back(event: Event) {
    if (history.length < 2) return;
    event.preventDefault();
    history.back();
  }

  private marks() {
    return this.findings?.marks.filter((mark) => this.shown(mark.kind) && mark.confidence >= this.least) ?? [];
  }

  private status(detail: Detail) {
    if (detail.status === "PENDING") return html`<p class="card" role="status"><span class="spinner"></span> ${t("status.PENDING")}</p>`;
    if (this.noResult) return html`<p class="error" role="alert">${t("noResult", { reason: this.noResult })}</p>`;
    return detail.status === "FAILED" ? html`<p class="error" role="alert">${t("failed.because", { reason: detail.error })}</p>` : nothing;
  }

  private section(name: Parameters<typeof t>[0], count: number | null, body: TemplateResult, open = true) {
    return html`<details class="card" ?open=${open}>
      <summary><h2>${t(name)}</h2>${count === null ? nothing : html`<span class="hint">${number(count)}</span>`}</summary>
      <div>${body}</div>
    </details>`;
  }

  private lists(found: Findings) {
    const sure = <T extends { confidence: number }>(all: T[]) => all.filter((one) => one.confidence >= this.least);
    const none = html`<p class="hint">${t("none")}</p>`;
    const labels = sure(found.labels), faces = sure(found.faces), lines = sure(found.lines), moderation = sure(found.moderation);
    const below = (all: unknown[], some: unknown[]) => (all.length > some.length ? html`<p class="hint">${t("below", { count: String(all.length - some.length) })}</p>` : nothing);
    return html`<div class="card slider">
        <label for="confidence">${t("minConfidence", { percent: percent(this.least) })}</label>
        <input id="confidence" type="range" min="0" max="100" step="1" .value=${String(this.least)} @input=${(event: Event) => this.change("confidence", (event.target as HTMLInputElement).value)} />
        <div class="layers">
          ${kLayers.map(
            (layer) => html`<label><input type="checkbox" .checked=${this.shown(layer.kind)} @change=${() => this.toggle(layer.kind)} /><i class=${layer.kind}></i>${t(layer.text)}</label>`,
          )}
        </div>
      </div>
      ${this.section("labels", labels.length, html`${labels.length ? html`<ul>${hierarchy(labels).map(({ label, depth }) => this.label(label, depth))}</ul>` : none}${below(found.labels, labels)}`)}
      ${moderation.length || found.moderation.length
        ? this.section(
            "moderation",
            moderation.length,
            html`<ul>${moderation.map((label) => html`<li class="finding">${chip(label.name, label.confidence)}<span class="path">${label.parent}</span></li>`)}</ul>${below(found.moderation, moderation)}`,
          )
        : nothing}
      ${found.faces.length ? this.section("faces", faces.length, html`<ul>${faces.map((face) => this.face(face))}</ul>${below(found.faces, faces)}`) : nothing}
      ${found.lines.length ? this.section("text", lines.length, this.text(lines)) : nothing} ${this.colours(found)}`;
  }

  private label(label: Findings["labels"][number], depth: number) {
    const { enter, leave } = this.hover("label:" + label.name);
    return html`<li
      class="finding ${this.lit === "label:" + label.name ? "lit" : ""}"
      ${styles({ "margin-left": `${Math.min(depth, 4) * 18 - 8}px` })}
      tabindex=${label.instances ? "0" : nothing}
      @pointerenter=${enter}
      @pointerleave=${leave}
      @focus=${enter}
      @blur=${leave}
    >
      ${chip(label.name, label.confidence)}${label.instances ? html`<span class="path">× ${number(label.instances)}</span>` : nothing}
    </li>`;
  }

  private face(face: Findings["faces"][number]) {
    const { enter, leave } = this.hover(face.id);
    return html`<li class="finding ${this.lit === face.id ? "lit" : ""}" tabindex="0" @pointerenter=${enter} @pointerleave=${leave} @focus=${enter} @blur=${leave}>
      ${face.age ? html`<strong>${t("face.age", { low: String(face.age[0]), high: String(face.age[1]) })}</strong>` : nothing}
      ${face.attributes.map((attribute) => chip(attribute.name, attribute.confidence))}
    </li>`;
  }

  private text(lines: Findings["lines"]) {
    const all = lines.map((line) => line.text).join("\n");
    return html`<ul class="lines">
        ${lines.map((line) => {
          const { enter, leave } = this.hover(line.id);
          return html`<li class="finding ${this.lit === line.id ? "lit" : ""}" @pointerenter=${enter} @pointerleave=${leave}>${line.text}</li>`;
        })}
      </ul>
      <button class="button small" type="button" @click=${() => copy(all)}>${icon("copy")}${t("copyText")}</button>`;
  }

  private colours(found: Findings) {
    if (found.colours.length === 0) return nothing;
    return this.section(
      "colours",
      null,
      html`<div class="swatches">
        ${found.colours.map((colour) => html`<span class="swatch"><i ${styles({ background: colour.hex })}></i><span>${colour.hex}</span><span class="hint">${percent(colour.percent)}</span></span>`)}
      </div>`,
      false,
    );
  }

  private facts(detail: Detail) {
    const record = detail.record ?? {};
    const fact = (name: string, value: unknown) => (value === undefined || value === "" || value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`);
    const quality = this.findings?.quality ?? {};
    return html`${this.section(
        "camera",
        null,
        html`<dl class="facts">
          ${fact(t("fact.uploaded"), when(detail.uploaded))} ${fact(t("fact.dimensions"), detail.width ? `${number(detail.width)} × ${number(detail.height)}` : "")}
          ${fact(t("fact.size"), detail.bytes ? size(detail.bytes) : "")} ${this.findings?.exif.map(([name, value]) => fact(name, value))}
          ${fact(t("fact.sharpness"), quality["Sharpness"] === undefined ? "" : number(quality["Sharpness"], 1))}
          ${fact(t("fact.brightness"), quality["Brightness"] === undefined ? "" : number(quality["Brightness"], 1))}
          ${fact(t("fact.contrast"), quality["Contrast"] === undefined ? "" : number(quality["Contrast"], 1))}
        </dl>`,
      )}
      ${this.section(
        "trace",
        null,
        html`<dl class="facts">
          ${fact(t("fact.key"), `${detail.bucket}/${detail.key}`)} ${fact(t("fact.request"), record["RequestID"])}
          ${fact(t("fact.duration"), typeof record["DurationMs"] === "number" ? `${number(record["DurationMs"], 0)} ms` : "")}
        </dl>`,
        false,
      )}
      ${this.raw ? this.section("raw", null, html`<div class="raw">${code(this.raw)}</div>`, false) : nothing}`;
  }

  private snippets(detail: Detail) {
    const image = JSON.stringify({ S3Object: { Bucket: detail.bucket, Name: detail.key } });
    return [
      { title: "aws: DetectLabels", text: `aws --endpoint-url ${endpoint()} rekognition detect-labels --min-confidence ${this.least} \\\n  --image ${shell(image)}` },
      {
        title: "boto3: DetectLabels",
        text: boto3("rekognition") + `found = rekognition.detect_labels(MinConfidence=${this.least},\n    Image={"S3Object": {"Bucket": ${python(detail.bucket)}, "Name": ${python(detail.key)}}})`,
      },
      { title: "aws: the result", text: `aws --endpoint-url ${endpoint()} s3 cp s3://${detail.bucket}/processed/${detail.id}.json -` },
    ];
  }
}
customElements.define("eyrie-picture", Picture);
