// A picture that can be zoomed and moved, with marks over it. Wheel, pinch, drag, double click, keys. A smaller one stands for it until it is there.
import { html, nothing, svg } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { t } from "../i18n";
import type { Mark } from "../views/findings";
import { Element } from "./element";
import { icon } from "./icons";
import { styles } from "./styles";

const kMaxZoom = 12;
const kSwipe = 50; // pixels

class Stage extends Element {
  static override properties = {
    of: {},
    source: {},
    small: {},
    size: { attribute: false },
    name: {},
    marks: { attribute: false },
    lit: {},
    veiled: { type: Boolean },
    zoom: { state: true },
    x: { state: true },
    y: { state: true },
    fit: { state: true },
    there: { state: true },
  };
  of = ""; // which picture
  source = "";
  small = "";
  size = { width: 0, height: 0 }; // pixels, where they are known before the picture is there
  name = "";
  marks: Mark[] = [];
  lit = "";
  veiled = false;
  zoom = 1;
  x = 0;
  y = 0;
  fit = { left: 0, top: 0, width: 0, height: 0 };
  there = false;
  private natural = { width: 0, height: 0 };
  private pointers = new Map<number, { x: number; y: number }>();
  private swipe: { x: number; y: number } | null = null; // where one finger alone began, with nothing to move
  private sizes = new ResizeObserver(() => this.measure());

  override firstUpdated() {
    const stage = this.querySelector(".stage");
    if (!stage) return;
    this.sizes.observe(stage);
    // Not by the template: a passive listener could not keep the page from scrolling.
    stage.addEventListener("wheel", (event) => this.wheel(event as WheelEvent), { passive: false });
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (changed.has("of")) {
      this.zoom = 1;
      this.x = this.y = 0;
      this.natural = { width: 0, height: 0 };
    }
    if (changed.has("of") || changed.has("source")) this.there = false;
    if (this.natural.width === 0 && this.size.width > 0) {
      this.natural = this.size;
      this.measure();
    }
  }

  private loaded(event: Event) {
    this.take(event);
    this.there = true;
  }
  // Its sides say the proportions, if nothing else does yet.
  private loadedSmall(event: Event) {
    if (this.natural.width === 0) this.take(event);
  }
  private take(event: Event) {
    const image = event.target as HTMLImageElement;
    this.natural = { width: image.naturalWidth, height: image.naturalHeight };
    this.measure();
  }

  private measure() {
    const stage = this.querySelector(".stage");
    if (!stage || !this.natural.width) return;
    const { clientWidth, clientHeight } = stage;
    const scale = Math.min(clientWidth / this.natural.width, clientHeight / this.natural.height, 4);
    const width = this.natural.width * scale, height = this.natural.height * scale;
    this.fit = { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
  }

  // So that what lies under the point stays there.
  private zoomAt(factor: number, px: number, py: number) {
    const zoom = Math.min(kMaxZoom, Math.max(1, this.zoom * factor));
    this.move(px - ((px - this.x) * zoom) / this.zoom, py - ((py - this.y) * zoom) / this.zoom, zoom);
  }
  private move(x: number, y: number, zoom = this.zoom) {
    const stage = this.querySelector(".stage");
    if (!stage) return;
    this.zoom = zoom;
    this.x = Math.min(0, Math.max(stage.clientWidth * (1 - zoom), x));
    this.y = Math.min(0, Math.max(stage.clientHeight * (1 - zoom), y));
  }
  private zoomBy(factor: number) {
    const stage = this.querySelector(".stage");
    if (stage) this.zoomAt(factor, stage.clientWidth / 2, stage.clientHeight / 2);
  }
  private point(event: MouseEvent) {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private wheel(event: WheelEvent) {
    event.preventDefault();
    const { x, y } = this.point(event);
    this.zoomAt(Math.exp(-event.deltaY / 400), x, y);
  }
  private down(event: PointerEvent) {
    if ((event.target as HTMLElement).closest("button")) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.swipe = event.pointerType === "touch" && this.zoom === 1 && this.pointers.size === 0 ? this.point(event) : null;
    this.pointers.set(event.pointerId, this.point(event));
  }
  private drag(event: PointerEvent) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.point(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (!other) return this.move(this.x + now.x - before.x, this.y + now.y - before.y);
    const far = (a: { x: number; y: number }) => Math.hypot(a.x - other.x, a.y - other.y);
    this.zoomAt(far(now) / Math.max(1, far(before)), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }
  private up(event: PointerEvent) {
    this.pointers.delete(event.pointerId);
    const from = this.swipe;
    this.swipe = null;
    if (!from || event.type !== "pointerup") return;
    const { x, y } = this.point(event);
    const across = x - from.x;
    if (Math.abs(across) > kSwipe && Math.abs(across) > 2 * Math.abs(y - from.y)) this.step(across < 0 ? 1 : -1);
  }
  private step(by: 1 | -1) {
    this.dispatchEvent(new CustomEvent("step", { detail: by }));
  }
  private key(event: KeyboardEvent) {
    const step = 60;
    // Where nothing can be moved they go on to the next.
    const whole = this.zoom === 1;
    const acts: Record<string, () => void> = {
      "+": () => this.zoomBy(1.4),
      "=": () => this.zoomBy(1.4),
      "-": () => this.zoomBy(1 / 1.4),
      "0": () => this.move(0, 0, 1),
      ArrowLeft: () => (whole ? this.step(-1) : this.move(this.x + step, this.y)),
      ArrowRight: () => (whole ? this.step(1) : this.move(this.x - step, this.y)),
      ArrowUp: () => this.move(this.x, this.y + step),
      ArrowDown: () => this.move(this.x, this.y - step),
      PageUp: () => this.step(-1),
      PageDown: () => this.step(1),
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }
  private unveil() {
    // The button goes.
    this.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("unveil"));
  }
  private pointAt(id: string) {
    this.dispatchEvent(new CustomEvent("point", { detail: id }));
  }

  protected override render() {
    const { left, top, width, height } = this.fit;
    const px = (value: number) => `${value}px`;
    return html`<div
      class="stage ${this.zoom > 1 ? "zoomed" : ""}"
      tabindex="0"
      role="application"
      aria-label=${t("stage")}
      @pointerdown=${this.down}
      @pointermove=${this.drag}
      @pointerup=${this.up}
      @pointercancel=${this.up}
      @keydown=${this.key}
      @dblclick=${(event: MouseEvent) => {
        const { x, y } = this.point(event);
        this.zoomAt(this.zoom > 1.5 ? 1 / kMaxZoom : 2.5, x, y);
      }}
    >
      <div class="sheet" ${styles({ transform: `translate(${this.x}px, ${this.y}px) scale(${this.zoom})` })}>
        <div class="fitted ${this.veiled ? "veiled" : ""}" ${styles({ left: px(left), top: px(top), width: px(width), height: px(height) })}>
          ${this.source ? keyed(this.source, html`<img src=${this.source} alt=${this.name} draggable="false" @load=${this.loaded} />`) : nothing}
          ${this.small && !this.there
            ? keyed(this.small, html`<img class="small" src=${this.small} alt="" draggable="false" @load=${this.loadedSmall} @error=${(event: Event) => ((event.target as HTMLElement).hidden = true)} />`)
            : nothing}
          ${this.veiled ? nothing : this.boxes()}
        </div>
      </div>
      ${this.veiled
        ? html`<div class="veil">
            <p>${t("sensitive")}</p>
            <button class="button" type="button" id="unveil" @click=${this.unveil}>${icon("eye")}${t("sensitive.show")}</button>
          </div>`
        : nothing}
      <div class="tools">
        <button class="button icon" type="button" aria-label=${t("zoomOut")} title=${t("zoomOut")} @click=${() => this.zoomBy(1 / 1.4)}>${icon("minus")}</button>
        <button class="button icon" type="button" aria-label=${t("zoomFit")} title=${t("zoomFit")} @click=${() => this.move(0, 0, 1)}>${icon("fit")}</button>
        <button class="button icon" type="button" aria-label=${t("zoomIn")} title=${t("zoomIn")} @click=${() => this.zoomBy(1.4)}>${icon("plus")}</button>
      </div>
    </div>`;
  }

  private boxes() {
    return html`<svg class="boxes ${this.lit ? "some-lit" : ""}" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      ${this.marks.map(
        (mark) =>
          svg`<polygon class="${mark.kind} ${mark.id === this.lit ? "lit" : ""}" data-mark=${mark.id} points=${mark.points.map(([x, y]) => `${x * 1000},${y * 1000}`).join(" ")}
            @pointerenter=${() => this.pointAt(mark.id)} @pointerleave=${() => this.pointAt("")}><title>${mark.name}</title></polygon>`,
      )}
    </svg>`;
  }
}
customElements.define("eyrie-stage", Stage);
