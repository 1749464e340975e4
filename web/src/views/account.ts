// One's own password and sessions.
import { html, nothing } from "lit";
import { api, type OwnSession, type User } from "../api";
import { t, when } from "../i18n";
import { boto3, developerCorner, endpoint, shell } from "../parts/code";
import { Page, value } from "../parts/page";
import { cell, stacked } from "../parts/table";
import { admin } from "./admin/api";

// Of what a browser says of itself, what a person knows it by.
function browserOf(agent: string): string {
  if (agent.trim() === "") return t("session.program");
  const name = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? agent.slice(0, 24);
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? "";
  return [name.replace("Edg", "Edge").replace("OPR", "Opera"), system].filter(Boolean).join(", ");
}

class Account extends Page {
  static override properties = { ...Page.properties, me: { attribute: false }, sessions: { state: true } };
  me!: User;
  sessions: OwnSession[] = [];
  private data = "DATA-DIRECTORY"; // the server's, which it tells administrators alone

  protected override async load() {
    this.sessions = await api.sessions();
    if (this.me.role === "admin") this.data = await admin.dataDirectory();
  }

  private change(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    void this.run(async () => {
      await api.setPassword(this.me.id, value(form, "new-password"), value(form, "current-password"));
      form.reset();
    }, t("password.changed"));
  }

  protected override render() {
    return html`<div class="page-head"><h1>${t("account")}</h1>${developerCorner(this.snippets())}</div>
      <p class="error" role="alert">${this.problem}</p>
      ${this.me.registered === null ? nothing : this.password()}
      <section class="card table-wrap" tabindex="0" aria-label=${t("sessions")}>
        ${stacked(
          [t("session.where"), t("session.address"), t("session.used"), html`<span class="visually-hidden">${t("session.end")}</span>`],
          this.sessions.map((session) => this.row(session)),
          t("sessions"),
        )}
      </section>
      ${this.sessions.length > 1 ? html`<button class="button" type="button" @click=${() => this.run(() => api.endOtherSessions())}>${t("session.endOthers")}</button>` : nothing}`;
  }

  private row(session: OwnSession) {
    const where = html`<span title=${session.agent}>${browserOf(session.agent)}</span> ${session.current ? html`<span class="chip plain">${t("session.current")}</span>` : nothing}`;
    const end = html`<button class="button small" type="button" @click=${() => this.run(() => api.endSession(session.id))}>${t("session.end")}</button>`;
    return html`<tr role="row">
      ${cell(t("session.where"), where)} ${cell(t("session.address"), session.address)} ${cell(t("session.used"), when(session.used))} ${cell("", session.current ? nothing : end)}
    </tr>`;
  }

  // People sign in to the console, and programs by keys: what a program asks is whose keys it has.
  private snippets() {
    const lost = this.me.registered === null ? [] : [{ title: t("password.lost"), text: `eyrie users --data ${shell(this.data)} password ${shell(this.me.name)}` }];
    return [
      { title: "aws: GetCallerIdentity", text: `aws --endpoint-url ${endpoint()} sts get-caller-identity` },
      { title: "boto3", text: `${boto3("sts")}print(sts.get_caller_identity()["Arn"])` },
      ...lost,
    ];
  }

  private password() {
    return html`<form class="card spaced" @submit=${this.change}>
      <h2>${t("password.change")}</h2>
      <div class="form-grid">
        <label class="field"><span>${t("password.current")}</span><input class="input" name="current-password" type="password" autocomplete="current-password" required /></label>
        <label class="field"><span>${t("password.new")}</span><input class="input" name="new-password" type="password" minlength="12" autocomplete="new-password" required /></label>
        <button class="button primary" type="submit">${t("password.change")}</button>
      </div>
      <p class="hint">${t("password.hint")}</p>
    </form>`;
  }
}
customElements.define("eyrie-account", Account);
