// All pictures, the newest first, in a grid of which only what is seen exists. Search and filters are in the address.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { api, ApiError, thumbnail, type Row, type User } from "../api";
import { percent, t } from "../i18n";
import { whenChanged } from "../live";
import { chip } from "../parts/chip";
import { developerCorner, endpoint } from "../parts/code";
import { Element, message, toast } from "../parts/element";
import { icon } from "../parts/icons";
import { named, visible } from "../parts/name";
import { styles } from "../parts/styles";
import { address, go, route } from "../router";
import { Rows } from "./rows";
import { save } from "./save";
import { scanSnippets } from "./scan";
import { kFilters, searchOf, type Filter } from "./search";
import { addressIn, trail } from "./trail";

interface Shape {
  columns: number;
  width: number; // of a tile
  height: number; // of a row, with its gap
  gap: number;
}

const kMaxSelected = 10_000;
const kAtOnce = 3; // of those that are selected
const kNamed = 3; // of those that failed
const kWideFrom = 640; // pixels: from here on the filters have rows enough

class Gallery extends Element {
  static override properties = { query: { attribute: false }, user: { attribute: false }, shape: { state: true }, seen: { state: true }, busy: { state: true } };
  query = new URLSearchParams();
  user!: User;
  shape: Shape = { columns: 4, width: 240, height: 290, gap: 16 };
  seen = { from: 0, to: 40 };
  busy = false; // with what is selected
  private search = new URLSearchParams(); // the query, as far as it means something
  private rows = new Rows(new URLSearchParams(), () => {}, () => {});
  private searched: string | null = null;
  private selected = new Map<string, Pick<Row, "id" | "name" | "archived">>();
  private said = ""; // of what was selected last
  private anchor = -1; // where a stretch that is selected begins
  private focusAt = -1;
  private held = -1; // the place that had the focus before it was drawn anew
  private top = 0; // as the page was scrolled last
  private returning: typeof trail.left = null;
  private still = false; // the focus comes back, and nothing moves
  private typing: ReturnType<typeof setTimeout> | undefined;
  private sizes = new ResizeObserver(() => this.measure());
  private forget = () => {};

  override connectedCallback() {
    super.connectedCallback();
    this.classList.add("gallery");
    this.sizes.observe(this);
    addEventListener("scroll", this.look, { passive: true });
    addEventListener("keydown", this.keyAnywhere);
    this.forget = whenChanged(() => {
      this.rows.outdate();
      this.rows.want(this.seen.from, this.seen.to);
    });
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
    removeEventListener("scroll", this.look);
    removeEventListener("keydown", this.keyAnywhere);
    // Whoever looks at one picture comes back.
    trail.left = route().view === "picture" ? { search: this.search.toString(), top: this.top, columns: this.shape.columns, rows: this.rows } : null;
    this.forget();
    this.rows.stop();
    clearTimeout(this.typing);
  }

  protected override willUpdate() {
    this.held = this.placeOfFocus();
    const search = searchOf(this.query);
    const text = search.toString();
    if (text === this.searched) return;
    this.search = search;
    if (this.searched === null && trail.left?.search === text) this.returning = trail.left;
    this.searched = text;
    this.anchor = -1;
    this.rows.stop();
    const before = this.rows;
    this.rows = new Rows(
      search,
      () => {
        this.look();
        this.requestUpdate();
      },
      (error) => toast(message(error)),
    );
    // The number stays until there is another one, so that nothing jumps while one types.
    if (this.returning) return this.rows.inherit(this.returning.rows);
    this.rows.total = before.total;
    this.rows.want(0, this.seen.to);
  }

  // The place, and the focus, as they were; on the picture that was looked at last, where one went on from the first.
  private async comeBack() {
    const left = this.returning;
    this.returning = null;
    await this.updateComplete;
    const space = this.querySelector(".grid-space");
    if (!left || !space) return;
    const { columns, height } = this.shape;
    const at = Math.min(trail.at, this.rows.total - 1);
    const row = space.getBoundingClientRect().top + scrollY + Math.floor(Math.max(0, at) / columns) * height;
    const kept = columns === left.columns && (at < 0 || (row + height > left.top && row < left.top + innerHeight));
    scrollTo({ top: kept ? left.top : Math.max(0, row - (innerHeight - height) / 2) });
    this.look();
    if (document.activeElement === document.body) {
      this.focusAt = at;
      this.still = true;
    }
    this.requestUpdate();
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
    this.overflow();
    if (this.returning) void this.comeBack();
    else this.look();
  }

  // The row of filters says whether it goes on, where it is wider than the window.
  private overflow() {
    const filters = this.querySelector<HTMLElement>(".filters");
    if (!filters || innerWidth >= kWideFrom) return;
    const left = filters.scrollWidth - filters.clientWidth - filters.scrollLeft;
    filters.classList.toggle("more-after", left > 1);
    filters.classList.toggle("more-before", filters.scrollLeft > 1);
  }

  private look = () => {
    if (this.returning) return;
    this.top = scrollY;
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
    const query = new URLSearchParams(this.search);
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

  private pick(row: Row, at: number, on: boolean) {
    if (on) this.take([row]);
    else this.selected.delete(row.id);
    this.anchor = at;
    this.tellSelection(t(on ? "picked" : "unpicked", { name: visible(row.name) }));
  }

  private take(rows: Row[]) {
    for (const { id, name, archived } of rows) {
      if (this.selected.size < kMaxSelected || this.selected.has(id)) this.selected.set(id, { id, name, archived });
    }
  }

  // All from one to the other, whether they were ever seen or not.
  private async pickStretch(one: number, other: number) {
    const from = Math.min(one, other), to = Math.min(Math.max(one, other) + 1, from + kMaxSelected);
    const known = Array.from({ length: to - from }, (_, at) => this.rows.at(from + at));
    try {
      this.take(known.every((row) => row !== undefined) ? known : await this.rows.stretch(from, to));
    } catch (error) {
      toast(message(error));
    }
    this.tellSelection();
  }

  private async pickAll() {
    if (this.rows.total === 0) return;
    const { total } = this.rows;
    await this.pickStretch(0, total - 1);
    if (total > kMaxSelected) toast(t("selected.most", { count: String(kMaxSelected) }));
  }

  private unpickAll() {
    this.selected.clear();
    this.tellSelection(t("selected.none"));
  }

  private tellSelection(what = "") {
    this.said = [what, this.selected.size ? t("selected", { count: this.selected.size }) : ""].filter(Boolean).join(". ");
    this.requestUpdate();
  }

  // Passes over what is gone and what fails, and tells of it; only a server that does not answer ends it.
  private async each(act: (id: string) => Promise<unknown>, said: (count: number) => string, atOnce = kAtOnce) {
    if (this.busy) return;
    this.busy = true;
    const waiting = [...this.selected.values()];
    const failed: string[] = [];
    let done = 0, gone = 0, reason = "";
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        try {
          await act(row.id);
          ++done;
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 404)) {
            failed.push(row.name);
            reason ||= message(error);
            if (error instanceof ApiError && error.status === 0) failed.push(...waiting.splice(0).map(({ name }) => name));
            continue;
          }
          ++gone;
        }
        this.selected.delete(row.id);
        this.requestUpdate();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const names = failed.slice(0, kNamed).join(", ") + (failed.length > kNamed ? ", …" : "");
    const told = [done ? said(done) : "", gone ? t("gone", { count: gone }) : "", failed.length ? t("notDone", { count: failed.length, names, reason }) : ""];
    toast(told.filter(Boolean).join(" "));
    this.busy = false;
  }

  private async erase() {
    if (this.busy || !confirm(t("delete.question", { count: this.selected.size }))) return;
    await this.each(api.deletePicture, (count) => t("deleted", { count }));
  }

  private async again() {
    await this.each(api.analyze, (count) => t("analyzing", { count }));
  }

  private async archive(archived: boolean) {
    await this.each(
      (id) => api.setArchived(id, archived),
      (count) => t(archived ? "archived" : "unarchived", { count }),
    );
  }

  private async download() {
    await this.each(save, (count) => t("downloaded", { count }), 1);
  }

  // With the shift key: all from the one that was picked last.
  private clicked(event: MouseEvent, row: Row, at: number) {
    if (event.shiftKey && this.anchor >= 0) {
      event.preventDefault();
      void this.pickStretch(this.anchor, at);
      return;
    }
    if (event.shiftKey) {
      event.preventDefault();
      this.pick(row, at, true);
      return;
    }
    Object.assign(trail, { at, row });
  }
  private checked(event: MouseEvent, row: Row, at: number) {
    const { checked } = event.currentTarget as HTMLInputElement;
    if (event.shiftKey && checked && this.anchor >= 0) void this.pickStretch(this.anchor, at);
    else this.pick(row, at, checked);
  }

  // Ctrl+A, wherever one is in the gallery that has no text to select.
  private keyAnywhere = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "a" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const target = event.target as HTMLElement;
    if (target !== document.body && (!this.contains(target) || target.closest("input:not([type=checkbox]), textarea, select, dialog"))) return;
    event.preventDefault();
    void this.pickAll();
  };

  private key(event: KeyboardEvent) {
    if (event.key === "Escape" && this.selected.size) return this.unpickAll();
    const tile = (event.target as HTMLElement).closest<HTMLElement>("[data-at]");
    if (!tile) return;
    const at = Number(tile.dataset["at"]);
    if (event.key === " " && (event.target as HTMLElement).tagName === "A") {
      const row = this.rows.at(at);
      if (row && event.shiftKey && this.anchor >= 0) void this.pickStretch(this.anchor, at);
      else if (row) this.pick(row, at, !this.selected.has(row.id));
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
    const place = `[data-at="${this.focusAt}"] > a`;
    const same = this.still && trail.row ? this.querySelector<HTMLElement>(`[data-id="${CSS.escape(trail.row.id)}"] > a`) : null;
    const link = same ?? this.querySelector<HTMLElement>(place);
    if (!link) return;
    link.focus({ preventScroll: true });
    if (!this.still) link.scrollIntoView({ block: "nearest" });
    this.still = false;
    this.focusAt = -1;
  }

  // -1: it is elsewhere, or in a tile that is scrolled away.
  private placeOfFocus() {
    const focus = document.activeElement;
    if (focus?.closest(".selection")) return Math.max(0, this.anchor);
    const at = Number(focus?.closest<HTMLElement>(".tile")?.dataset["at"] ?? -1);
    return at >= this.seen.from && at < this.seen.to ? at : -1;
  }

  // What had the focus is gone: the tile nearest to its place has it now; where none remains, the search.
  private focusNear(place: number) {
    const far = (tile: HTMLElement) => Math.abs(Number(tile.dataset["at"]) - place);
    const [nearest] = [...this.querySelectorAll<HTMLElement>(".tile[data-id]")].sort((one, other) => far(one) - far(other));
    const next = nearest?.querySelector("a") ?? (this.rows.total === 0 ? this.querySelector<HTMLElement>("#search") : null);
    next?.focus({ preventScroll: true });
  }

  protected override updated() {
    this.overflow();
    if (this.focusAt >= 0) this.focusTile();
    else if (this.held >= 0 && document.activeElement === document.body) this.focusNear(this.held);
  }

  // --- markup ---

  protected override render() {
    const { total, known, refused } = this.rows;
    const filtered = refused || [...this.search.keys()].some((name) => name !== "order");
    return html`<div class="page-head">
        <h1>${t("gallery")}</h1>
        ${developerCorner(this.snippets())}
        <eyrie-upload-button></eyrie-upload-button>
      </div>
      <div class="toolbar">
        <div class="row">
          <div class="search">
            ${icon("search")}
            <input class="input" id="search" type="search" .value=${this.search.get("q") ?? ""} placeholder=${t("search")} aria-label=${t("search")} @input=${this.type} />
          </div>
        </div>
        <div class="row filters" @scroll=${this.overflow}>
          ${(Object.keys(kFilters) as Filter[]).map((name) => this.filter(name))}
          ${this.search.has("within") ? html`<button class="button small" type="button" id="anywhere" title=${t("anywhere")} @click=${() => this.change("within", "")}>${t("within")}${icon("close")}</button>` : nothing}
          <span class="count" role="status">${known ? t("pictures", { count: total }) : ""} ${this.rows.complete ? "" : t("reading")}</span>
        </div>
        <span class="visually-hidden" role="status" id="picked">${this.said}</span>
        ${this.selected.size ? this.selection() : nothing}
      </div>
      ${known && total === 0 ? this.empty(filtered) : this.grid()}`;
  }

  private filter(name: Filter) {
    const now = this.search.get(name) ?? "";
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
    return html`<div class="row selection" role="toolbar" aria-label=${t("selection")}>
      <strong>${t("selected", { count: this.selected.size })}</strong>
      ${this.selected.size < Math.min(this.rows.total, kMaxSelected)
        ? html`<button class="button small bare" type="button" id="select-all" title=${t("selectAll.title")} @click=${this.pickAll}>${icon("all")}${t("selectAll")}</button>`
        : nothing}
      <button class="button small bare" type="button" id="download" aria-disabled=${this.busy} @click=${this.download}>${icon("download")}${t("download")}</button>
      ${this.user.role === "uploader" ? nothing : html`<button class="button small bare" type="button" id="again" aria-disabled=${this.busy} @click=${this.again}>${icon("again")}${t("analyzeAgain")}</button>`}
      ${this.user.role === "uploader" ? nothing : this.archiving()}
      ${this.user.role === "admin" ? html`<button class="button small bare danger" type="button" id="delete" aria-disabled=${this.busy} @click=${this.erase}>${icon("trash")}${t("delete")}</button>` : nothing}
      <button class="button small icon bare" type="button" aria-label=${t("clearSelection")} title=${t("clearSelection")} @click=${this.unpickAll}>${icon("close")}</button>
    </div>`;
  }

  // What can be done with some of those that are selected.
  private archiving() {
    const rows = [...this.selected.values()];
    const button = (archived: boolean, id: "archive" | "unarchive") =>
      rows.some((row) => row.archived !== archived)
        ? html`<button class="button small bare" type="button" id=${id} aria-disabled=${this.busy} @click=${() => this.archive(archived)}>${icon(id)}${t(id)}</button>`
        : nothing;
    return html`${button(true, "archive")} ${button(false, "unarchive")}`;
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
      <a href=${addressIn(this.search.toString(), at, row)} @click=${(event: MouseEvent) => this.clicked(event, row, at)}>
        <div class="shot ${row.flagged ? "sensitive" : ""}">
          ${row.status === "FAILED" ? nothing : html`<img src=${thumbnail(row)} alt=${said || visible(row.name)} loading="lazy" decoding="async" @error=${this.noImage} />`} ${this.badge(row)}
        </div>
        <div class="caption">
          <span class="title" title=${visible(row.name)}>${named(row.name)}</span>
          ${chosen ? html`<span class="visually-hidden">${t("selected.this")}</span>` : nothing}
          <span class="chips">
            ${row.labels.map((label) => chip(label.name, label.confidence))} ${row.status === "COMPLETED" && row.labels.length === 0 ? html`<span class="chip plain">${t("noLabels")}</span>` : nothing}
            ${row.faces ? html`<span class="chip plain">${t("faces", { count: row.faces })}</span>` : nothing}
            ${row.status === "FAILED" ? html`<span class="hint">${row.error}</span>` : nothing}
          </span>
        </div>
      </a>
      <label class="pick"
        ><input type="checkbox" tabindex="-1" .checked=${chosen} aria-label=${t("select", { name: visible(row.name) })} @click=${(event: MouseEvent) => this.checked(event, row, at)}
      /></label>
    </li>`;
  }

  private badge(row: Row) {
    if (row.status === "PENDING") return html`<span class="badge"><span class="spinner"></span>${t("status.PENDING")}</span>`;
    if (row.status === "FAILED") return html`<span class="badge">${icon("warning")}${t("status.FAILED")}</span>`;
    if (row.archived) return html`<span class="badge">${icon("archive")}${t("archived.badge")}</span>`;
    return row.flagged ? html`<span class="badge">${icon("eye")}${t("moderation.flagged")}</span>` : nothing;
  }

  private noImage(event: Event) {
    (event.target as HTMLElement).hidden = true;
  }

  private snippets() {
    return [...scanSnippets(this.search), { title: "aws s3 cp", text: `aws --endpoint-url ${endpoint()} s3 cp photo.jpg s3://images/uploads/` }];
  }
}
customElements.define("eyrie-gallery", Gallery);
