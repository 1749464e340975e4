// One picture: what was found in it, pointed at where it is.
import { html, nothing, type TemplateResult } from "lit";
import { api, ApiError, thumbnail, type Detail, type Row, type User } from "../api";
import { number, percent, size, t, when } from "../i18n";
import { whenChanged } from "../live";
import { chip } from "../parts/chip";
import { boto3, code, copy, developerCorner, endpoint, python, shell } from "../parts/code";
import { Element, message, toast } from "../parts/element";
import { icon } from "../parts/icons";
import { named, visible } from "../parts/name";
import "../parts/stage";
import { address, go, route } from "../router";
import { findingsOf, hierarchy, type Findings, type Kind } from "./findings";
import { placeSection } from "./place";
import { inReadingOrder } from "./reading";
import { searchOf } from "./search";
import { addressIn, trail } from "./trail";
import { styles } from "../parts/styles";
import "./trace";

const kLayers: { kind: Kind; text: "show.objects" | "show.faces" | "show.words" }[] = [
  { kind: "object", text: "show.objects" },
  { kind: "face", text: "show.faces" },
  { kind: "word", text: "show.words" },
];
const kUsualConfidence = 80;
const kAround = 20; // pictures of the search, before this one and after it

class Picture extends Element {
  static override properties = {
    picture: {},
    query: { attribute: false },
    user: { attribute: false },
    row: { state: true },
    around: { state: true },
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
  row: Row | null = null; // what the search knows of it, until all of it is there
  around: { from: number; total: number; rows: Row[] } | null = null;
  detail: Detail | null = null;
  findings: Findings | null = null;
  raw = "";
  lit = "";
  unveiled = false;
  problem = "";
  noResult = "";
  private source = "";
  private asked = new AbortController();
  private askedAround = new AbortController();
  private searched = ""; // that `around` is of
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("keydown", this.key);
    this.forget = whenChanged(() => {
      void this.ask();
      void this.askAround();
    });
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("keydown", this.key);
    if (route().view !== "gallery") trail.left = null;
    this.forget();
    this.asked.abort();
    this.askedAround.abort();
  }
  protected override firstUpdated() {
    // The link that one followed is gone.
    if (document.activeElement === document.body) this.querySelector("h1")?.focus({ preventScroll: true });
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has("picture")) return;
    this.detail = this.findings = null;
    this.unveiled = false;
    this.source = this.problem = this.raw = this.noResult = this.lit = "";
    if (this.search !== this.searched) this.around = null;
    this.searched = this.search;
    this.row = trail.row?.id === this.picture ? trail.row : null;
    void this.ask();
    void this.askAround();
  }

  // --- the pictures beside it ---

  private get search() {
    return this.query.get("in") ?? "";
  }
  // Where it stands in the search by what is known. -1: it came from no search; between two: it is none of it any more.
  private get at() {
    if (!this.query.has("at")) return -1;
    const told = Number(this.query.get("at"));
    const found = this.around?.rows.findIndex((row) => row.id === this.picture) ?? -1;
    if (found >= 0) return this.around!.from + found;
    return Number.isInteger(told) && told >= 0 ? (this.around ? told - 0.5 : told) : -1;
  }
  private beside(by: 1 | -1): { row: Row; at: number } | null {
    const { around, at } = this;
    if (!around || at === -1) return null;
    const next = by > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1;
    const row = around.rows[next - around.from];
    return row ? { row, at: next } : null;
  }

  // What others add and take away moves its place: then once more around where it is.
  private async askAround() {
    this.askedAround.abort();
    this.askedAround = new AbortController();
    const { signal } = this.askedAround;
    try {
      for (let tries = 0; tries < 2 && this.at > -1; ++tries) {
        const from = Math.max(0, Math.round(this.at) - kAround);
        const query = searchOf(new URLSearchParams(this.search));
        query.set("from", String(from));
        query.set("limit", String(2 * kAround + 1));
        const { pictures, total } = await api.pictures(query, signal);
        this.around = { from, total, rows: pictures };
        const edge = this.at % 1 === 0 && ((this.at === from && from > 0) || (this.at === from + pictures.length - 1 && this.at < total - 1));
        if (!edge) return;
      }
    } catch {
      // Then nothing stands beside it. That the server does not answer is said of the picture itself.
    }
  }

  private step(by: 1 | -1) {
    const next = this.beside(by);
    if (!next) return;
    const { row, at } = next;
    Object.assign(trail, { at, row });
    go(addressIn(this.search, at, row, this.query), { replace: true });
  }

  // Wherever the focus is, even nowhere, but not where arrows do something else; Page Up and Down scroll what is below the head.
  private key = (event: KeyboardEvent) => {
    const by = ({ ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 } as const)[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, select, textarea, pre, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (event.key.startsWith("Page") && !target.closest(".picture-head")) return;
    event.preventDefault();
    this.step(by);
  };

  private async ask() {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const detail = await api.picture(this.picture, signal);
      this.problem = "";
      const same = detail.version === this.detail?.version && detail.status === this.detail.status;
      if (this.detail && same) this.detail = { ...this.detail, archived: detail.archived };
      if (same && (this.findings || this.noResult)) return;
      // The URL is good for five minutes and another one each time: the picture in hand stays.
      if (detail.version !== this.detail?.version) this.source = detail.url ?? "";
      this.detail = detail;
      this.findings = null;
      this.noResult = "";
      if (detail.status === "COMPLETED") await this.askResult(signal);
    } catch (error) {
      if (signal.aborted) return;
      const gone = error instanceof ApiError && error.status === 404;
      // What is in view stays, though the server does not answer for a while.
      if (gone || !this.detail) this.problem = gone ? t("picture.gone") : message(error);
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
    if (await this.run(() => api.deletePicture(this.picture), t("deleted", { count: 1 }))) go(this.gallery);
  }
  private async archive(archived: boolean) {
    if (await this.run(() => api.setArchived(this.picture, archived), t(archived ? "archived" : "unarchived", { count: 1 }))) await this.ask();
  }
  private again() {
    void this.run(() => api.analyze(this.picture), t("analyzing", { count: 1 }));
  }

  // --- markup ---

  protected override render() {
    const shown = this.detail ?? this.row;
    const name = shown && !this.problem ? visible(shown.name) : "";
    document.title = name ? `${name} · Eyrie` : "Eyrie";
    return html`<div class="page-head picture-head">
        <a class="button icon bare" href=${this.gallery} @click=${this.back} aria-label=${t("back")} title=${t("back")}>${icon("back")}</a>
        ${this.steps()}
        <h1 tabindex="-1" title=${name}>${shown && !this.problem ? named(shown.name) : nothing}</h1>
        ${this.detail && !this.problem ? this.actions(this.detail) : nothing}
      </div>
      ${this.problem ? html`<p class="error" role="alert">${this.problem}</p>` : shown ? this.body(shown, this.detail) : html`<span class="spinner" role="status"></span>`}`;
  }

  private get gallery() {
    return address("gallery", "", new URLSearchParams(this.search));
  }

  private steps() {
    if (this.at === -1) return nothing;
    const button = (by: 1 | -1, name: "previous" | "next") =>
      html`<button class="button icon bare" type="button" id=${name} aria-disabled=${!this.beside(by)} aria-label=${t(name)} title=${t(`${name}.title`)} @click=${() => this.step(by)}>${icon(name)}</button>`;
    const place = this.around && this.at % 1 === 0 ? t("place.of", { at: this.at + 1, count: String(number(this.around.total)) }) : "";
    return html`${button(-1, "previous")}${button(1, "next")}<span class="hint" id="place-of" role="status">${place}</span>`;
  }

  private actions(detail: Detail) {
    return html`${developerCorner(this.snippets(detail))}
        ${detail.download ? html`<a class="button icon" href=${detail.download} download aria-label=${t("download")} title=${t("download")}>${icon("download")}</a>` : nothing}
        ${this.user.role === "uploader" ? nothing : html`<button class="button icon" type="button" aria-label=${t("analyzeAgain")} title=${t("analyzeAgain")} @click=${this.again}>${icon("again")}</button>`}
        ${this.user.role === "uploader"
          ? nothing
          : html`<button class="button icon" type="button" id="archive" aria-pressed=${detail.archived} aria-label=${t(detail.archived ? "unarchive" : "archive")} title=${t(detail.archived ? "unarchive" : "archive")} @click=${() => this.archive(!detail.archived)}>
              ${icon(detail.archived ? "unarchive" : "archive")}
            </button>`}
        ${this.user.role === "admin" ? html`<button class="button icon danger" type="button" aria-label=${t("delete")} title=${t("delete")} @click=${this.erase}>${icon("trash")}</button>` : nothing}`;
  }

  private body(shown: Row, detail: Detail | null) {
    return html`<div class="picture">
      <div class="stage-side">
        ${this.source || !detail
          ? html`<eyrie-stage
              .of=${shown.id}
              .source=${this.source}
              .small=${thumbnail(shown)}
              .size=${{ width: shown.width, height: shown.height }}
              .name=${shown.labels.map((label) => label.name).join(", ") || visible(shown.name)}
              .marks=${this.marks()}
              .lit=${this.lit}
              ?veiled=${shown.flagged && !this.unveiled}
              @point=${(event: CustomEvent<string>) => this.point(event.detail)}
              @unveil=${() => (this.unveiled = true)}
              @step=${(event: CustomEvent<1 | -1>) => this.step(event.detail)}
            ></eyrie-stage>`
          : html`<p class="error">${t("picture.noFile")}</p>`}
      </div>
      <div class="findings">
        ${detail
          ? html`${this.status(detail)} ${this.findings ? this.lists(this.findings) : nothing} ${placeSection(detail.record, detail.country)} ${this.facts(detail)}`
          : html`<span class="spinner" role="status"></span>`}
      </div>
    </div>`;
  }

  private back(event: Event) {
    // Only to a gallery that was there before.
    if (!trail.left || !this.query.has("at")) return;
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
    const labels = sure(found.labels), faces = sure(found.faces), lines = inReadingOrder(sure(found.lines)), moderation = sure(found.moderation);
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
    return html`<ul class="read">
        ${lines.map((line) => {
          const { enter, leave } = this.hover(line.id);
          return html`<li class="finding ${this.lit === line.id ? "lit" : ""}" tabindex="0" @pointerenter=${enter} @pointerleave=${leave} @focus=${enter} @blur=${leave}><bdi>${line.text}</bdi></li>`;
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
          ${fact(t("fact.name"), named(detail.name))} ${fact(t("fact.uploaded"), when(detail.uploaded))} ${fact(t("fact.dimensions"), detail.width ? `${number(detail.width)} × ${number(detail.height)}` : "")}
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
        </dl>
        ${this.user.role === "uploader" ? nothing : html`<eyrie-trace .picture=${detail.id} .of=${`${record["RequestID"]} ${detail.status}`}></eyrie-trace>`}`,
        false,
      )}
      ${this.raw ? this.section("raw", null, html`<div class="raw">${code(this.raw)}</div>`, false) : nothing}`;
  }

  private snippets(detail: Detail) {
    const { least } = this;
    const image = JSON.stringify({ S3Object: { Bucket: detail.bucket, Name: detail.key } });
    const result = `processed/${detail.id}.json`;
    const aws = `aws --endpoint-url ${endpoint()}`;
    const call = (title: string, operation: string) => ({ title: `aws: ${title}`, text: `${aws} rekognition ${operation} \\\n  --image ${shell(image)}` });
    return [
      call("DetectLabels", `detect-labels --min-confidence ${least}`),
      call("DetectFaces", "detect-faces --attributes ALL"),
      call("DetectText", `detect-text --filters ${shell(JSON.stringify({ WordFilter: { MinConfidence: least } }))}`),
      call("DetectModerationLabels", `detect-moderation-labels --min-confidence ${least}`),
      { title: `aws: ${t("raw")}`, text: `${aws} s3 cp ${shell(`s3://${detail.bucket}/${result}`)} -` },
      {
        title: "boto3",
        text:
          boto3("rekognition") +
          `image = {"S3Object": {"Bucket": ${python(detail.bucket)}, "Name": ${python(detail.key)}}}
labels = rekognition.detect_labels(Image=image, MinConfidence=${least})["Labels"]
faces = rekognition.detect_faces(Image=image, Attributes=["ALL"])["FaceDetails"]
text = rekognition.detect_text(Image=image, Filters={"WordFilter": {"MinConfidence": ${least}}})["TextDetections"]
moderation = rekognition.detect_moderation_labels(Image=image, MinConfidence=${least})["ModerationLabels"]`,
      },
      { title: `boto3: ${t("raw")}`, text: `import json\n${boto3("s3")}result = json.load(s3.get_object(Bucket=${python(detail.bucket)}, Key=${python(result)})["Body"])` },
    ];
  }
}
customElements.define("eyrie-picture", Picture);
