// All pictures, the newest first, in a grid of which only what is seen exists. Search and filters are in the address.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { api, thumbnail, type Row, type User } from "../api";
import { percent, t } from "../i18n";
import { whenChanged } from "../live";
import { chip } from "../parts/chip";
import { boto3, developerCorner, endpoint, python, shell } from "../parts/code";
import { Element, message, toast } from "../parts/element";
import { icon } from "../parts/icons";
import { address, go } from "../router";
import { Rows } from "./rows";
import { styles } from "../parts/styles";

const kFilters = {
  confidence: ["70", "80", "90"],
  status: ["PENDING", "COMPLETED", "FAILED"],
  moderation: ["flagged", "clean"],
  order: ["newest", "oldest", "name", "largest"],
} as const;
type Filter = keyof typeof kFilters;

interface Shape {
  columns: number;
  width: number; // of a tile
  height: number; // of a row, with its gap
  gap: number;
}

class Gallery extends Element {
  static override properties = { query: { attribute: false }, user: { attribute: false }, shape: { state: true }, seen: { state: true } };
  query = new URLSearchParams();
  user!: User;
  shape: Shape = { columns: 4, width: 240, height: 290, gap: 16 };
  seen = { from: 0, to: 40 };
  private rows = new Rows(new URLSearchParams(), () => {}, () => {});
  private searched: string | null = null;
  private selected = new Map<string, Row>();
  private focusAt = -1;
  private typing: ReturnType<typeof setTimeout> | undefined;
  private sizes = new ResizeObserver(() => this.measure());
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.classList.add("gallery");
    this.sizes.observe(this);
    addEventListener("scroll", this.look, { passive: true });
    this.forget = whenChanged(() => {
      this.rows.outdate();
      this.rows.want(this.seen.from, this.seen.to);
    });
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
    removeEventListener("scroll", this.look);
    this.forget();
    this.rows.stop();
    clearTimeout(this.typing);
  }

  protected override willUpdate() {
    const text = this.query.toString();
    if (text === this.searched) return;
    this.searched = text;
    this.rows.stop();
    const before = this.rows;
    this.rows = new Rows(
      this.query,
      () => {
        this.look();
        this.requestUpdate();
      },
      (error) => toast(message(error)),
    );
    // The number stays until there is another one, so that nothing jumps while one types.
    this.rows.total = before.total;
    this.rows.want(0, this.seen.to);
  }

  // --- what is seen ---

  private measure() {
    const width = this.clientWidth;
    if (width === 0) return;
    const narrow = width < 560;
    const gap = narrow ? 8 : 16;
    const columns = Math.max(2, Math.floor((width + gap) / ((narrow ? 150 : 216) + gap)));
    const tile = (width - gap * (columns - 1)) / columns;
    this.shape = { columns, width: tile, gap, height: Math.round(tile * 0.75 + (narrow ? 86 : 96)) + gap };
    this.look();
  }

  private look = () => {
    const space = this.querySelector(".grid-space");
    const top = space ? Math.max(0, -space.getBoundingClientRect().top) : 0;
    const { columns, height } = this.shape;
    const first = Math.max(0, Math.floor(top / height) - 2);
    const last = Math.ceil((top + innerHeight) / height) + 2;
    const seen = { from: first * columns, to: last * columns };
    if (seen.from !== this.seen.from || seen.to !== this.seen.to) this.seen = seen;
    this.rows.want(seen.from, Math.min(seen.to, this.rows.known ? this.rows.total : seen.to));
  };

  // --- search ---

  private change(name: string, value: string) {
    const query = new URLSearchParams(this.query);
    if (value) query.set(name, value);
    else query.delete(name);
    scrollTo({ top: 0 });
    go(address("gallery", "", query), { replace: true });
  }

  private type(event: Event) {
    const value = (event.target as HTMLInputElement).value.trim().slice(0, 60);
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.change("q", value), 180);
  }

  private clear() {
    go(address("gallery"));
  }

  // --- selection ---

  private pick(row: Row, on: boolean) {
    if (on) this.selected.set(row.id, row);
    else this.selected.delete(row.id);
    this.requestUpdate();
  }

  private async each(act: (row: Row) => Promise<unknown>): Promise<number> {
    const waiting = [...this.selected.values()];
    let done = 0;
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        await act(row);
        this.selected.delete(row.id);
        ++done;
      }
    };
    try {
      await Promise.all([work(), work(), work()]);
    } catch (error) {
      waiting.length = 0;
      toast(message(error));
    }
    this.requestUpdate();
    return done;
  }

  private async erase() {
    if (!confirm(t("delete.question", { count: this.selected.size }))) return;
    const done = await this.each((row) => api.deletePicture(row.id));
    if (done) toast(t("deleted", { count: done }));
  }

  private async again() {
    const done = await this.each((row) => api.analyze(row.id));
    if (done) toast(t("analyzing", { count: done }));
  }

  private async download() {
    await this.each(async (row) => {
      const { download } = await api.picture(row.id);
      if (!download) throw new Error(t("picture.noFile"));
      const link = document.createElement("a");
      link.href = download;
      link.download = "";
      link.click();
      await new Promise((resolve) => setTimeout(resolve, 300)); // browsers drop downloads that come at once
    });
  }

  private key(event: KeyboardEvent) {
    if (event.key === "Escape" && this.selected.size) {
      this.selected.clear();
      this.requestUpdate();
      return;
    }
    const tile = (event.target as HTMLElement).closest<HTMLElement>("[data-at]");
    if (!tile) return;
    const at = Number(tile.dataset["at"]);
    if (event.key === " " && (event.target as HTMLElement).tagName === "A") {
      const row = this.rows.at(at);
      if (row) this.pick(row, !this.selected.has(row.id));
      event.preventDefault();
      return;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.shape.columns, ArrowUp: -this.shape.columns }[event.key];
    if (!step) return;
    event.preventDefault();
    this.focusAt = Math.min(this.rows.total - 1, Math.max(0, at + step));
    this.focusTile();
  }

  private focusTile() {
    const link = this.querySelector<HTMLElement>(`[data-at="${this.focusAt}"] > a`);
    link?.focus();
    link?.scrollIntoView({ block: "nearest" });
    if (link) this.focusAt = -1;
  }

  protected override updated() {
    if (this.focusAt >= 0) this.focusTile();
  }

  // --- markup ---

  protected override render() {
    const { total, known } = this.rows;
    const filtered = [...this.query.keys()].some((name) => name !== "order");
    return html`<div class="page-head">
        <h1>${t("gallery")}</h1>
        ${developerCorner(this.snippets())}
        <eyrie-upload-button></eyrie-upload-button>
      </div>
      <div class="toolbar">
        <div class="row">
          <div class="search">
            ${icon("search")}
            <input class="input" id="search" type="search" .value=${this.query.get("q") ?? ""} placeholder=${t("search")} aria-label=${t("search")} @input=${this.type} />
          </div>
        </div>
        <div class="row filters">
          ${(Object.keys(kFilters) as Filter[]).map((name) => this.filter(name))}
          <span class="count" role="status">${known ? t("pictures", { count: total }) : ""} ${this.rows.complete ? "" : t("reading")}</span>
        </div>
        ${this.selected.size ? this.selection() : nothing}
      </div>
      ${known && total === 0 ? this.empty(filtered) : this.grid()}`;
  }

  private filter(name: Filter) {
    const now = this.query.get(name) ?? "";
    const text = (value: string) => {
      if (name === "confidence") return t("confidence.over", { percent: percent(Number(value)) });
      return t(`${name}.${value}` as "order.newest");
    };
    return html`<select
      id="filter-${name}"
      class="input ${now ? "set" : ""}"
      aria-label=${t(`filter.${name}`)}
      @change=${(event: Event) => this.change(name, (event.target as HTMLSelectElement).value)}
    >
      ${name === "order" ? nothing : html`<option value="" ?selected=${!now}>${t(`any.${name}`)}</option>`}
      ${kFilters[name].map((value, at) => {
        const unset = name === "order" && at === 0;
        return html`<option value=${unset ? "" : value} ?selected=${now === value || (unset && !now)}>${text(value)}</option>`;
      })}
    </select>`;
  }

  private selection() {
    return html`<div class="row selection" role="toolbar">
      <strong>${t("selected", { count: this.selected.size })}</strong>
      <button class="button small bare" type="button" @click=${this.download}>${icon("download")}${t("download")}</button>
      ${this.user.role === "uploader" ? nothing : html`<button class="button small bare" type="button" id="again" @click=${this.again}>${icon("again")}${t("analyzeAgain")}</button>`}
      ${this.user.role === "admin" ? html`<button class="button small bare danger" type="button" id="delete" @click=${this.erase}>${icon("trash")}${t("delete")}</button>` : nothing}
      <button class="button small icon bare" type="button" aria-label=${t("clearSelection")} title=${t("clearSelection")} @click=${() => {
        this.selected.clear();
        this.requestUpdate();
      }}>${icon("close")}</button>
    </div>`;
  }

  private empty(filtered: boolean) {
    return html`<div class="empty">
      ${icon(filtered ? "search" : "gallery")}
      <h2>${t(filtered ? "nothing" : "empty")}</h2>
      <p class="hint">${t(filtered ? "nothing.hint" : "empty.hint")}</p>
      ${filtered ? html`<button class="button" type="button" @click=${this.clear}>${t("clearFilters")}</button>` : nothing}
    </div>`;
  }

  private grid() {
    const { columns, height, gap } = this.shape;
    const { total } = this.rows;
    const from = Math.min(this.seen.from, Math.max(0, Math.ceil(total / columns) - 1) * columns);
    const positions = Array.from({ length: Math.max(0, Math.min(this.seen.to, total) - from) }, (_, at) => from + at);
    return html`<div class="grid-space" ${styles({ height: `${Math.ceil(total / columns) * height}px` })} @keydown=${this.key}>
      <ul
        class="grid ${this.selected.size ? "picking" : ""}"
        ${styles({
          "grid-template-columns": `repeat(${columns}, minmax(0, 1fr))`,
          "grid-auto-rows": `${height - gap}px`,
          transform: `translateY(${(from / columns) * height}px)`,
        })}
      >
        ${repeat(
          positions,
          (at) => this.rows.at(at)?.id ?? at,
          (at) => this.tile(at),
        )}
      </ul>
    </div>`;
  }

  private tile(at: number) {
    const row = this.rows.at(at);
    if (!row) return html`<li class="tile" data-at=${at} aria-hidden="true"><div class="shot"></div></li>`;
    const chosen = this.selected.has(row.id);
    const said = row.labels.map((label) => label.name).join(", ");
    return html`<li class="tile ${chosen ? "selected" : ""}" data-at=${at} data-id=${row.id} data-status=${row.status} aria-setsize=${this.rows.total} aria-posinset=${at + 1}>
      <a href=${address("picture", row.id)}>
        <div class="shot ${row.flagged ? "sensitive" : ""}">
          ${row.status === "FAILED" ? nothing : html`<img src=${thumbnail(row)} alt=${said || row.name} loading="lazy" decoding="async" @error=${this.noImage} />`} ${this.badge(row)}
        </div>
        <div class="caption">
          <span class="title" title=${row.name}>${row.name}</span>
          <span class="chips">
            ${row.labels.map((label) => chip(label.name, label.confidence))} ${row.status === "COMPLETED" && row.labels.length === 0 ? html`<span class="chip plain">${t("noLabels")}</span>` : nothing}
            ${row.faces ? html`<span class="chip plain">${t("faces", { count: row.faces })}</span>` : nothing}
            ${row.status === "FAILED" ? html`<span class="hint">${row.error}</span>` : nothing}
          </span>
        </div>
      </a>
      <label class="pick"
        ><input type="checkbox" tabindex="-1" .checked=${chosen} aria-label=${t("select", { name: row.name })} @change=${(event: Event) => this.pick(row, (event.target as HTMLInputElement).checked)}
      /></label>
    </li>`;
  }

  private badge(row: Row) {
    if (row.status === "PENDING") return html`<span class="badge"><span class="spinner"></span>${t("status.PENDING")}</span>`;
    if (row.status === "FAILED") return html`<span class="badge">${icon("warning")}${t("status.FAILED")}</span>`;
    return row.flagged ? html`<span class="badge">${icon("eye")}${t("moderation.flagged")}</span>` : nothing;
  }

  private noImage(event: Event) {
    (event.target as HTMLElement).hidden = true;
  }

  private snippets() {
    const word = (this.query.get("q") ?? "").toLowerCase();
    const filter = word ? "contains(Detection_Summary, :word)" : "";
    const values = JSON.stringify({ ":word": { S: word } });
    return [
      {
        title: "aws",
        text: `aws --endpoint-url ${endpoint()} dynamodb scan --table-name ImageMetadataStore` + (word ? ` \\\n  --filter-expression '${filter}' \\\n  --expression-attribute-values ${shell(values)}` : ""),
      },
      {
        title: "boto3",
        text:
          boto3("dynamodb") +
          (word
            ? `found = dynamodb.scan(TableName="ImageMetadataStore",\n    FilterExpression="${filter}",\n    ExpressionAttributeValues={":word": {"S": ${python(word)}}})`
            : `found = dynamodb.scan(TableName="ImageMetadataStore")`),
      },
      { title: "aws s3 cp", text: `aws --endpoint-url ${endpoint()} s3 cp photo.jpg s3://images/uploads/` },
    ];
  }
}
customElements.define("eyrie-gallery", Gallery);
