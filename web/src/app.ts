// The frame: who is signed in, where one is, and what is shown there.
import { html, nothing } from "lit";
import { api, ApiError, whenSignedOut, type Session, type User } from "./api";
import { choose, language, t } from "./i18n";
import { whenBroken } from "./live";
import { Element, message, toast } from "./parts/element";
import { icon } from "./parts/icons";
import { address, route, type Route } from "./router";
import { applyTheme, theme, type Theme } from "./theme";
import "./views/sign-in";

interface Place {
  view: "gallery" | "overview" | "admin";
  allowed: (user: User) => boolean;
}
// What comes later (people, review, workflows) takes its line here.
const places: Place[] = [
  { view: "gallery", allowed: () => true },
  { view: "overview", allowed: () => true },
  { view: "admin", allowed: (user) => user.role === "admin" },
];
const themes: Theme[] = ["system", "light", "dark"];
const themeIcons = { system: "system", light: "sun", dark: "moon" } as const;

const kFetchAgainMs = 5000;

class App extends Element {
  static override properties = { user: { state: true }, ready: { state: true }, problem: { state: true }, broken: { state: true }, at: { state: true } };
  user: User | null = null;
  ready = false;
  problem = "";
  broken = false;
  at: Route = route();

  override connectedCallback() {
    super.connectedCallback();
    // Views come back as they were by themselves: the browser would scroll before there is anything.
    history.scrollRestoration = "manual";
    addEventListener("popstate", this.moved);
    addEventListener("hashchange", this.moved);
    whenSignedOut(() => this.take(null));
    whenBroken((broken) => {
      this.broken = broken;
    });
    void this.begin();
  }

  private moved = () => {
    if (route().view === "sign-in") void this.begin();
    else {
      const now = route();
      if (now.view !== this.at.view) scrollTo({ top: 0 });
      this.at = now;
    }
  };

  // The token leaves the address bar, and with it the history, before it is used.
  private async begin() {
    const now = route();
    const token = now.view === "sign-in" ? now.query.get("token") : null;
    if (now.view === "sign-in") history.replaceState(null, "", location.pathname);
    this.at = route();
    try {
      this.take(await (token ? api.signIn({ token }) : api.session()));
    } catch (error) {
      const expected = error instanceof ApiError && error.code === "NotSignedIn";
      this.take(null, expected ? "" : message(error));
    }
  }

  private take(session: Session | null, problem = "") {
    this.user = session?.user ?? null;
    this.problem = problem;
    this.ready = true;
    // The picture's view comes along, and the administration for who may see it, so that they are there when the server is not.
    if (this.user) this.fetched(async () => {
      await import("./views/gallery");
      await import("./upload/panel");
      await import("./views/picture");
      if (this.user?.role === "admin") await import("./views/admin/admin");
    });
  }

  // What a view needs; tried again when it does not come.
  private fetched(load: () => Promise<unknown>) {
    load().catch(() => {
      toast(t("offline"));
      setTimeout(() => this.requestUpdate(), kFetchAgainMs);
    });
  }

  private async signOut() {
    try {
      await api.signOut();
      this.take(null);
    } catch (error) {
      toast(message(error));
    }
  }

  private nextTheme() {
    applyTheme(themes[(themes.indexOf(theme()) + 1) % themes.length] ?? "system");
    this.requestUpdate();
  }

  private async nextLanguage() {
    await choose(language === "en" ? "de" : "en");
    // Every element says what it says anew.
    const at = this.at;
    this.at = { ...at, view: "" };
    await this.updateComplete;
    this.at = at;
  }

  protected override render() {
    if (!this.ready) return nothing;
    if (!this.user) {
      return html`<eyrie-sign-in .problem=${this.problem} @signed-in=${(event: CustomEvent<Session>) => this.take(event.detail)}></eyrie-sign-in>
        <p class="toast" role="status"></p>`;
    }
    return this.frame(this.user);
  }

  private frame(user: User) {
    const heading = this.at.view === "gallery" ? "" : this.heading();
    // The picture's view names its own, and so do the pages of the administration.
    if (this.at.view !== "picture" && this.at.view !== "admin") document.title = heading ? `${heading} · Eyrie` : "Eyrie";
    return html`<a class="skip button" href="#content" @click=${this.skip}>${t("skip")}</a>
      <div class="shell">
        <header class="sidebar">
          <a class="brand" href=${address("gallery")} aria-label="Eyrie"><img src="/_console/icon.svg" alt="" /><span>Eyrie</span></a>
          <nav aria-label=${t("navigation")}>
            ${places
              .filter((place) => place.allowed(user))
              .map(
                (place) =>
                  html`<a class="nav-link" href=${address(place.view)} aria-current=${this.at.view === place.view ? "page" : "false"}
                    >${icon(place.view)}<span>${t(place.view)}</span></a
                  >`,
              )}
          </nav>
          <div class="account">${this.account(user)}</div>
        </header>
        <main id="content" tabindex="-1">
          <p class="broken" role="status">${this.broken ? t("offline.waiting") : nothing}</p>
          ${this.view(user)}
        </main>
      </div>
      <eyrie-uploads></eyrie-uploads>
      <p class="toast" role="status"></p>`;
  }

  private account(user: User) {
    const look = theme();
    return html`<p class="who" id="signed-in" aria-label=${t("signedInAs", { name: user.name, role: t(`role.${user.role}`) })}>
        <strong>${user.name}</strong> <span class="hint">${t(`role.${user.role}`)}</span>
      </p>
      <div class="tools">
        <a
          class="button icon bare"
          id="account"
          href=${address("account")}
          title=${t("account")}
          aria-label=${t("account")}
          aria-current=${this.at.view === "account" ? "page" : "false"}
          >${icon("person")}</a
        >
        <button class="button icon bare" type="button" @click=${this.nextTheme} title=${t(`theme.${look}`)} aria-label=${t(`theme.${look}`)}>
          ${icon(themeIcons[look])}
        </button>
        <button class="button icon bare" type="button" @click=${this.nextLanguage} title=${t("language")} aria-label=${t("language")}>${icon("language")}</button>
        <button class="button icon bare" type="button" id="sign-out" @click=${this.signOut} title=${t("signOut")} aria-label=${t("signOut")}>${icon("exit")}</button>
      </div>`;
  }

  private view(user: User) {
    switch (this.at.view) {
      case "gallery":
        return html`<eyrie-gallery .query=${this.at.query} .user=${user}></eyrie-gallery>`;
      case "picture":
        this.fetched(() => import("./views/picture"));
        return html`<eyrie-picture .picture=${this.at.id} .query=${this.at.query} .user=${user}></eyrie-picture>`;
      case "overview":
        this.fetched(() => import("./views/overview"));
        return html`<eyrie-overview .query=${this.at.query} .user=${user}></eyrie-overview>`;
      case "account":
        this.fetched(() => import("./views/account"));
        return html`<eyrie-account .me=${user}></eyrie-account>`;
      case "admin":
        if (user.role !== "admin") return html`<p>${t("notAllowed")}</p>`;
        this.fetched(() => import("./views/admin/admin"));
        return html`<eyrie-admin
          .page=${this.at.id}
          .query=${this.at.query}
          .me=${user}
          @signed-in=${(event: CustomEvent<Session>) => this.take(event.detail)}
        ></eyrie-admin>`;
      case "":
        return nothing; // between two languages
      default:
        return html`<div class="empty" id="nowhere">
          ${icon("search")}
          <h1>${t("nowhere")}</h1>
          <a class="button" href=${address("gallery")}>${t("back")}</a>
        </div>`;
    }
  }

  private heading() {
    const place = places.find((candidate) => candidate.view === this.at.view);
    if (place) return t(place.view);
    if (this.at.view === "account") return t("account");
    return this.at.view === "picture" || this.at.view === "" ? "" : t("nowhere");
  }

  private skip(event: Event) {
    event.preventDefault();
    document.getElementById("content")?.focus();
  }
}
customElements.define("eyrie-app", App);
