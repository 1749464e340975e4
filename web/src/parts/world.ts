// The world's coasts, or a window of them: longitude across, latitude up, each degree as long as any other of its kind. The coasts are a file of their own, which comes when the first map does.
import { html, nothing, svg } from "lit";
import { Element } from "./element";

export interface View {
  west: number; // degrees
  south: number;
  across: number;
  up: number;
}
export const kWorld: View = { west: -180, south: -90, across: 360, up: 180 };

const kReach = 200; // degrees: farther than that from Greenwich no coast of the path is

let coasts: Promise<typeof import("virtual:land")> | null = null;

// Where a position lies in the window, in per cent of its width and height from the left and top.
export const position = (view: View, longitude: number, latitude: number) => ({
  left: `${(100 * (longitude - view.west)) / view.across}%`,
  top: `${(100 * (view.south + view.up - latitude)) / view.up}%`,
});

class World extends Element {
  static override properties = { view: { attribute: false }, land: { state: true } };
  view: View = kWorld;
  land: { path: string; perDegree: number } | null = null;

  override async connectedCallback() {
    super.connectedCallback();
    coasts ??= import("virtual:land");
    try {
      this.land = await coasts;
    } catch {
      coasts = null; // tried again by the next map; positions are told in words too
    }
  }

  protected override render() {
    const { west, south, across, up } = this.view;
    const land = this.land;
    // Over the 180th meridian the world goes on, and some coasts reach beyond it.
    const turns = [-360, 0, 360].filter((turn) => turn - kReach < west + across && turn + kReach > west);
    const step = [0.5, 1, 2, 5, 10, 30].find((degrees) => across / degrees <= 12) ?? 30;
    const lines = [];
    for (let x = Math.ceil(west / step) * step; x <= west + across; x += step) lines.push(`M${x} ${-south}V${-(south + up)}`);
    for (let y = Math.ceil(south / step) * step; y <= south + up; y += step) lines.push(`M${west} ${-y}H${west + across}`);
    return html`<svg class="world" viewBox="${west} ${-(south + up)} ${across} ${up}" preserveAspectRatio="none" aria-hidden="true">
      <path class="degrees" d=${lines.join("")} />
      ${land ? turns.map((turn) => svg`<path class="land" transform="translate(${turn} 0) scale(${1 / land.perDegree})" d=${land.path} />`) : nothing}
    </svg>`;
  }
}
customElements.define("eyrie-world", World);
