// The administration: one place with pages, each with an address. All come with the first: what could not be fetched once is not asked for again by
// every browser, and the server may be away just then.
import { html, nothing } from "lit";
import type { User } from "../../api";
import { t } from "../../i18n";
import { Element } from "../../parts/element";
import { address } from "../../router";
import "../users";
import "./alerts";
import "./audit";
import "./functions";
import "./keys";
import "./lifecycle";
import "./models";
import "./policies";
import "./settings";

const pages = ["users", "keys", "policies", "alerts", "functions", "models", "lifecycle", "settings", "audit"] as const;
type PageName = (typeof pages)[number];

class Admin extends Element {
  static override properties = { page: { attribute: false }, query: { attribute: false }, me: { attribute: false } };
  page = "";
  query = new URLSearchParams();
  me!: User;

  private now(): PageName {
    return pages.find((page) => page === this.page) ?? "users";
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("resize", this.showCurrent);
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("resize", this.showCurrent);
  }

  // On a phone the tabs are wider than the window.
  private showCurrent = () => this.querySelector(".tabs [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });

  protected override updated() {
    document.title = `${t(this.now())} · Eyrie`;
    this.showCurrent();
  }

  protected override render() {
    const now = this.now();
    return html`<nav class="tabs" aria-label=${t("admin")}>
        ${pages.map((page) => html`<a class="tab" href=${address("admin", page)} aria-current=${page === now ? "page" : "false"}>${t(page)}</a>`)}
      </nav>
      ${this.view(now)}`;
  }

  private view(page: PageName) {
    switch (page) {
      case "users":
        return html`<eyrie-users .me=${this.me}></eyrie-users>`;
      case "keys":
        return html`<eyrie-keys></eyrie-keys>`;
      case "policies":
        return html`<eyrie-policies .query=${this.query}></eyrie-policies>`;
      case "alerts":
        return html`<eyrie-alerts .query=${this.query}></eyrie-alerts>`;
      case "audit":
        return html`<eyrie-audit .query=${this.query}></eyrie-audit>`;
      case "functions":
        return html`<eyrie-functions .query=${this.query}></eyrie-functions>`;
      case "models":
        return html`<eyrie-models></eyrie-models>`;
      case "settings":
        return html`<eyrie-settings></eyrie-settings>`;
      case "lifecycle":
        return html`<eyrie-lifecycle .query=${this.query}></eyrie-lifecycle>`;
      default:
        return nothing;
    }
  }
}
customElements.define("eyrie-admin", Admin);
