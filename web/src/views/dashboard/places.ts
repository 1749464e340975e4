// Where pictures were taken, on a map that is in this program whole. The server puts those together that lie close to each other at the scale that is looked at.
import { html, nothing } from "lit";
import { language, number, t } from "../../i18n";
import { coordinates } from "../../parts/coordinates";
import { Element, message } from "../../parts/element";
import { icon } from "../../parts/icons";
import { styles } from "../../parts/styles";
import { cell, stacked } from "../../parts/table";
import { kWorld, position, type View } from "../../parts/world";
import { address } from "../../router";
import { places, type Place, type Places } from "./api";

const kClosest = 0.5; // degrees across
const kWaitMs = 200;
const kTold = 50; // in the table

function within(view: View): View {
  const across = Math.min(360, Math.max(kClosest, view.across)), up = across / 2;
  return { across, up, west: Math.min(180 - across, Math.max(-180, view.west)), south: Math.min(90 - up, Math.max(-90, view.south)) };
}

class PlacesMap extends Element {
  static override properties = { from: { attribute: false }, to: { attribute: false }, found: { state: true }, view: { state: true }, problem: { state: true } };
  from = "";
  to = "";
  found: Places | null = null;
  view: View = kWorld;
  problem = "";
  private fitted = false;
  private asked = new AbortController();
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private dragged: { x: number; y: number } | null = null;

  override firstUpdated() {
    // Not by the template: a passive listener could not keep the page from zooming.
    this.querySelector(".map")?.addEventListener("wheel", (event) => this.wheel(event as WheelEvent), { passive: false });
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.asked.abort();
    clearTimeout(this.waiting);
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has("from") && !changed.has("to")) return;
    clearTimeout(this.waiting);
    void this.ask();
  }

  private async ask() {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const { west, south, across, up } = this.view;
    try {
      const query = new URLSearchParams({ from: this.from, to: this.to, within: [west, south, west + across, south + up].map((side) => side.toFixed(5)).join(",") });
      this.found = await places(query, signal);
      this.problem = "";
    } catch (error) {
      if (!signal.aborted) this.problem = message(error);
      return;
    }
    if (this.fitted || this.found.places.length === 0) return;
    this.fitted = true;
    this.fit(this.found.places);
  }

  // So that all are seen, and what is around them.
  private fit(all: Place[]) {
    const side = (at: 0 | 1 | 2 | 3, pick: (...values: number[]) => number) => pick(...all.map((place) => place.within[at]));
    const west = side(0, Math.min), south = side(1, Math.min), east = side(2, Math.max), north = side(3, Math.max);
    const across = Math.max(40, 1.4 * (east - west), 2.8 * (north - south));
    if (across < 300) this.look({ west: (west + east - across) / 2, south: (south + north - across / 2) / 2, across, up: across / 2 });
  }

  private look(view: View) {
    this.view = within(view);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.ask(), kWaitMs);
  }

  // So that what lies there stays there. x and y: parts of the width and height.
  private zoom(factor: number, x: number, y: number) {
    const { west, south, across, up } = this.view;
    const { across: wide, up: high } = within({ west, south, across: across / factor, up: up / factor });
    this.look({ west: west + (across - wide) * x, south: south + (up - high) * (1 - y), across: wide, up: high });
  }
  // By a button: about where most pictures are.
  private zoomBy(factor: number) {
    const most = this.found?.places[0];
    const { west, south, across, up } = this.view;
    if (most) this.zoom(factor, (most.longitude - west) / across, (south + up - most.latitude) / up);
    else this.zoom(factor, 0.5, 0.5);
  }
  private move(x: number, y: number) {
    const { west, south, across, up } = this.view;
    this.look({ west: west + across * x, south: south + up * y, across, up });
  }

  private spot(event: MouseEvent) {
    const box = this.querySelector(".map")?.getBoundingClientRect();
    return box ? { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height } : { x: 0.5, y: 0.5 };
  }
  // The page scrolls over it; with Ctrl, as a pinch says too, the map zooms.
  private wheel(event: WheelEvent) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = this.spot(event);
    this.zoom(Math.exp(-event.deltaY / 200), x, y);
  }
  private down(event: PointerEvent) {
    if (event.pointerType !== "mouse" || (event.target as HTMLElement).closest("a, button")) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.dragged = this.spot(event);
  }
  private drag(event: PointerEvent) {
    if (!this.dragged) return;
    const now = this.spot(event);
    this.move(this.dragged.x - now.x, now.y - this.dragged.y);
    this.dragged = now;
  }
  private key(event: KeyboardEvent) {
    const acts: Record<string, () => void> = {
      "+": () => this.zoomBy(2),
      "-": () => this.zoomBy(0.5),
      "0": () => this.look(kWorld),
      ArrowLeft: () => this.move(-0.2, 0),
      ArrowRight: () => this.move(0.2, 0),
      ArrowUp: () => this.move(0, 0.2),
      ArrowDown: () => this.move(0, -0.2),
    };
    const act = acts[event.key];
    if (!act || event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest("a, button")) return;
    event.preventDefault();
    act();
  }

  private gallery(place: Place) {
    return address("gallery", "", new URLSearchParams({ within: place.within.join(",") }));
  }
  private said(place: Place) {
    const labels = place.labels.map((label) => label.name).join(", ");
    return `${t("pictures", { count: place.pictures })}, ${coordinates(place, 2)}${labels && ": " + labels}`;
  }

  protected override render() {
    const found = this.found;
    return html`<section class="card spaced" id="places">
      <h2>${t("map")}</h2>
      <p class="hint">${found ? t("map.hint", { count: found.pictures, without: found.without }) : t("reading")} ${found?.left_out ? t("map.left", { count: found.left_out }) : nothing}</p>
      <p class="error" role="alert">${this.problem}</p>
      <div
        class="map"
        role="group"
        tabindex="0"
        aria-label=${t("map.said")}
        @keydown=${this.key}
        @pointerdown=${this.down}
        @pointermove=${this.drag}
        @pointerup=${() => (this.dragged = null)}
        @pointercancel=${() => (this.dragged = null)}
        @dblclick=${(event: MouseEvent) => {
          const { x, y } = this.spot(event);
          this.zoom(2, x, y);
        }}
      >
        <eyrie-world .view=${this.view}></eyrie-world>
        ${found?.places.map((place) => this.mark(place))}
        <div class="tools">
          <button class="button icon small" type="button" aria-label=${t("zoomOut")} title=${t("zoomOut")} @click=${() => this.zoomBy(0.5)}>${icon("minus")}</button>
          <button class="button icon small" type="button" aria-label=${t("map.whole")} title=${t("map.whole")} @click=${() => this.look(kWorld)}>${icon("fit")}</button>
          <button class="button icon small" type="button" aria-label=${t("zoomIn")} title=${t("zoomIn")} @click=${() => this.zoomBy(2)}>${icon("plus")}</button>
        </div>
      </div>
      ${found?.places.length ? this.table(found.places.slice(0, kTold)) : nothing}
    </section>`;
  }

  private mark(place: Place) {
    const { west, south, across, up } = this.view;
    const inside = place.longitude >= west && place.longitude <= west + across && place.latitude >= south && place.latitude <= south + up;
    if (!inside) return nothing; // it was, before the map was moved
    const side = `${Math.round(24 + 8 * Math.log10(place.pictures))}px`;
    return html`<a class="place" href=${this.gallery(place)} aria-label=${this.said(place)} title=${this.said(place)} ${styles({ ...position(this.view, place.longitude, place.latitude), width: side, height: side })}
      >${place.pictures > 1 ? new Intl.NumberFormat(language, { notation: "compact" }).format(place.pictures) : nothing}</a
    >`;
  }

  private row(place: Place) {
    const labels = place.labels.map((label) => label.name).join(", ");
    return html`<tr role="row">
      <th role="rowheader" scope="row"><a href=${this.gallery(place)}>${coordinates(place, 2)}</a></th>
      ${cell(t("map.pictures"), number(place.pictures))} ${cell(t("labels"), labels)}
    </tr>`;
  }

  private table(told: Place[]) {
    return html`<details>
      <summary class="hint">${t("chart.table")}</summary>
      <div class="table-wrap figures" tabindex="0" role="region" aria-label=${t("map")}>
        ${stacked(
          [t("place"), t("map.pictures"), t("labels")],
          told.map((place) => this.row(place)),
        )}
      </div>
    </details>`;
  }
}
customElements.define("eyrie-places", PlacesMap);
