// The console's users, for admins.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { api, type User } from "../api";
import { t } from "../i18n";
import { boto3, developerCorner, endpoint, shell } from "../parts/code";
import { icon } from "../parts/icons";
import { filterBox, fits, Page, value } from "../parts/page";
import { cell, stacked } from "../parts/table";
import { admin } from "./admin/api";

const roles = ["admin", "analyst", "uploader"] as const;

class Users extends Page {
  static override properties = { ...Page.properties, me: { attribute: false }, users: { state: true }, filter: { state: true } };
  me!: User;
  users: User[] = [];
  filter = "";
  private data = ""; // the server's directory

  protected override async load() {
    [this.users, this.data] = await Promise.all([api.users(), admin.dataDirectory()]);
  }

  private change(user: User, changes: Parameters<typeof api.updateUser>[1]) {
    void this.run(async () => {
      const session = await api.updateUser(user.id, changes);
      if (session) this.dispatchEvent(new CustomEvent("signed-in", { detail: session, bubbles: true }));
    });
  }

  private add(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const email = value(form, "new-email");
    void this.run(async () => {
      await api.createUser({ name: value(form, "new-name"), password: value(form, "new-password"), role: value(form, "new-role"), ...(email ? { email } : {}) });
      form.reset();
    });
  }

  private erase(user: User) {
    if (confirm(t("deleteUser.question", { name: user.name }))) void this.run(() => api.deleteUser(user.id));
  }

  protected override render() {
    return html`<div class="page-head"><h1>${t("users")}</h1>${this.known ? developerCorner(this.snippets()) : nothing}</div>
      <p class="error" role="alert">${this.problem}</p>
      <form class="card spaced" @submit=${this.add}>
        <h2>${t("addUser")}</h2>
        <div class="form-grid">
          <label class="field"><span>${t("name")}</span><input class="input" name="new-name" autocomplete="off" required /></label>
          <label class="field"><span>${t("email")}</span><input class="input" name="new-email" type="email" autocomplete="off" /></label>
          <label class="field"><span>${t("password")}</span><input class="input" name="new-password" type="password" minlength="12" autocomplete="new-password" required /></label>
          <label class="field"
            ><span>${t("role")}</span
            ><select class="input" name="new-role">
              ${roles.map((role) => html`<option value=${role} ?selected=${role === "analyst"}>${t(`role.${role}`)}</option>`)}
            </select></label
          >
          <button class="button primary" type="submit">${t("add")}</button>
        </div>
      </form>
      ${filterBox(this.users.length, this.filter, (filter) => (this.filter = filter))}
      <section class="card table-wrap" tabindex="0" aria-label=${t("users")}>
        ${stacked(
          [t("name"), t("email"), t("role"), t("state"), html`<span class="visually-hidden">${t("delete")}</span>`],
          this.users.length
            ? this.users.filter((user) => fits(this.filter, user.name, user.email)).map((user) => this.row(user))
            : html`<tr role="row"><td role="cell" colspan="5" class="hint">${t("users.none")}</td></tr>`,
        )}
      </section>`;
  }

  // People are nobody's but the console's; what programs are is made by IAM's API.
  private snippets() {
    const users = `eyrie users --data ${shell(this.data)}`;
    return [
      { title: t("users.offline"), text: `${users} list --json\n${users} add ann --role analyst` },
      { title: t("users.programs"), text: `aws --endpoint-url ${endpoint()} iam create-user --user-name camera` },
      { title: "boto3", text: `${boto3("iam")}iam.create_user(UserName="camera")` },
    ];
  }

  private row(user: User) {
    const role = html`<select
      class="input"
      aria-label="${t("role")}: ${user.name}"
      @change=${(event: Event) => this.change(user, { role: (event.target as HTMLSelectElement).value as User["role"] })}
    >
      ${roles.map((role) => html`<option value=${role} .selected=${live(user.role === role)}>${t(`role.${role}`)}</option>`)}
    </select>`;
    const state = html`<span class="hint">${t(user.disabled ? "disabled" : "active")}</span>
      <button class="button small" type="button" @click=${() => this.change(user, { disabled: !user.disabled })}>${t(user.disabled ? "enable" : "disable")}</button>`;
    return html`<tr role="row">
      ${cell(t("name"), html`<strong>${user.name}</strong> ${user.id === this.me.id ? html`<span class="hint">(${t("you")})</span>` : ""}`, "long")}
      ${cell(t("email"), user.email, "long")} ${cell(t("role"), role)} ${cell(t("state"), state)}
      ${cell(
        "",
        html`<button class="button icon small bare danger" type="button" aria-label="${t("delete")}: ${user.name}" title=${t("delete")} @click=${() => this.erase(user)}>${icon("trash")}</button>`,
      )}
    </tr>`;
  }
}
customElements.define("eyrie-users", Users);
