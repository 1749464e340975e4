// Access keys of programs: IAM's users, and the root's one key. A secret is shown when it is made, and never again.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t, when } from "../../i18n";
import { boto3, code, developerCorner, endpoint, python, shell } from "../../parts/code";
import { icon } from "../../parts/icons";
import { filterBox, fits, Page, save, value } from "../../parts/page";
import { address } from "../../router";
import { admin, type Identity, type Key, type NewKey, type Policy, type RootKey } from "./api";

const kShown = 50; // users at once; a filter finds the others

class Keys extends Page {
  static override properties = { ...Page.properties, users: { state: true }, policies: { state: true }, made: { state: true }, filter: { state: true } };
  users: Identity[] = [];
  policies: Policy[] = [];
  made: (NewKey & { user: string }) | null = null;
  filter = "";
  private root: RootKey | null = null;

  protected override async load() {
    const [{ root, users }, policies] = await Promise.all([admin.identities(), admin.policies()]);
    this.root = root;
    this.users = users;
    this.policies = policies;
  }

  private add(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    void this.run(async () => {
      await admin.createIdentity(value(form, "program-name"));
      form.reset();
    });
  }

  private async create(user: string) {
    await this.run(async () => {
      this.made = { ...(await admin.createKey(user)), user };
    });
    this.querySelector<HTMLElement>("#new-key")?.focus();
  }

  private erase(user: Identity) {
    if (confirm(t("program.delete.question", { name: user.name }))) void this.run(() => admin.deleteIdentity(user.name));
  }

  private removeKey(key: Key) {
    if (confirm(t("key.delete.question", { id: key.id }))) void this.run(() => admin.deleteKey(key.id));
  }

  private snippets() {
    const user = shell(this.users[0]?.name ?? "camera");
    const iam = `aws --endpoint-url ${endpoint()} iam`;
    return [
      { title: t("key.create"), text: `${iam} create-access-key --user-name ${user}` },
      { title: t("keys"), text: `${iam} list-access-keys --user-name ${user}\n${iam} get-access-key-last-used --access-key-id AKIA...` },
      { title: t("key.deactivate"), text: `${iam} update-access-key --user-name ${user} --access-key-id AKIA... --status Inactive` },
      { title: "boto3", text: `${boto3("iam")}key = iam.create_access_key(UserName=${python(this.users[0]?.name ?? "camera")})["AccessKey"]\nprint(key["AccessKeyId"], key["SecretAccessKey"])` },
    ];
  }

  protected override render() {
    const wanted = this.users.filter((user) => fits(this.filter, user.name));
    return html`<div class="page-head"><h1>${t("keys")}</h1>${developerCorner(this.snippets())}</div>
      <p class="hint spaced">${t("keys.hint")}</p>
      <p class="error" role="alert">${this.problem}</p>
      ${this.made ? this.secret(this.made) : nothing}
      <form class="card spaced" @submit=${this.add}>
        <h2>${t("program.add")}</h2>
        <div class="form-grid">
          <label class="field"><span>${t("name")}</span><input class="input" name="program-name" autocomplete="off" spellcheck="false" maxlength="64" required /></label>
          <button class="button primary" type="submit">${t("add")}</button>
        </div>
      </form>
      ${filterBox(this.users.length, this.filter, (filter) => (this.filter = filter))}
      ${this.known && this.users.length === 0 ? html`<p class="hint spaced">${t("program.none")}</p>` : nothing}
      ${repeat(
        wanted.slice(0, kShown),
        (user) => user.name,
        (user) => this.card(user),
      )}
      ${wanted.length > kShown ? html`<p class="hint spaced">${t("more", { count: wanted.length - kShown })}</p>` : nothing}
      ${this.root
        ? html`<section class="card spaced" aria-label=${t("key.root")}>
            <h2>${t("key.root")}</h2>
            <p class="row wrap" id="root-key">
              <code>${this.root.key}</code>
              <span class="hint grow">${this.root.created ? html`${t("created", { time: when(this.root.created) })} · ` : nothing}${this.used(this.root.used)}</span>
            </p>
            <p class="hint">${t("key.root.hint")}</p>
          </section>`
        : nothing}`;
  }

  private secret(made: NewKey & { user: string }) {
    const file = `Access key ID,Secret access key\r\n${made.id},${made.secret}\r\n`;
    return html`<section class="card spaced notice" id="new-key" tabindex="-1" aria-labelledby="new-key-title">
      <h2 id="new-key-title">${t("key.made", { name: made.user })}</h2>
      <p>${t("key.once")}</p>
      <h3>${t("key.id")}</h3>
      ${code(made.id)}
      <h3>${t("key.secret")}</h3>
      ${code(made.secret)}
      <div class="row">
        <button class="button primary" type="button" id="download-key" @click=${() => save(`${made.user}-${made.id}.csv`, file, "text/csv")}>${icon("download")}${t("download")}</button>
        <button class="button" type="button" id="kept-key" @click=${() => (this.made = null)}>${t("key.kept")}</button>
      </div>
    </section>`;
  }

  private card(user: Identity) {
    const left = this.policies.filter((policy) => !user.attached.some((attached) => attached.arn === policy.arn));
    return html`<section class="card spaced identity" data-name=${user.name} aria-label=${user.name}>
      <div class="row wrap">
        <h2 class="grow">${user.name}</h2>
        <button class="button small" type="button" aria-label="${t("key.create")}: ${user.name}" ?disabled=${user.keys.length >= 2} @click=${() => this.create(user.name)}>${icon("plus")}${t("key.create")}</button>
        <button class="button icon small bare danger" type="button" aria-label="${t("delete")}: ${user.name}" title=${t("delete")} @click=${() => this.erase(user)}>${icon("trash")}</button>
      </div>
      <ul class="rows">
        ${user.keys.length === 0 ? html`<li class="hint">${t("key.none")}</li>` : nothing} ${user.keys.map((key) => this.key(key))}
      </ul>
      <div class="row wrap">
        <h3>${t("policies")}</h3>
        ${user.attached.map(
          (policy) => html`<span class="chip plain"
            ><a href=${address("admin", "policies", new URLSearchParams({ name: policy.name }))} title=${policy.name}>${policy.name}</a
            ><button class="chip-button" type="button" aria-label="${t("policy.detach")}: ${policy.name}" title=${t("policy.detach")} @click=${() => this.run(() => admin.detach(user.name, policy.name))}>
              ${icon("close")}
            </button></span
          >`,
        )}
        ${user.own.map((name) => html`<span class="chip plain" title="${t("policy.own")}: ${name}"><span class="name">${name}</span></span>`)}
        ${left.length === 0
          ? nothing
          : html`<select
              class="input small"
              aria-label="${t("policy.attach")}: ${user.name}"
              @change=${(event: Event) => {
                const select = event.target as HTMLSelectElement;
                const policy = select.value;
                select.value = "";
                if (policy) void this.run(() => admin.attach(user.name, policy));
              }}
            >
              <option value="">${t("policy.attach")} …</option>
              ${left.map((policy) => html`<option value=${policy.name}>${policy.name}</option>`)}
            </select>`}
        ${user.attached.length + user.own.length === 0 ? html`<span class="hint">${t("policy.noneAttached")}</span>` : nothing}
      </div>
    </section>`;
  }

  private used(use: Key["used"]) {
    return use ? t("key.used", { time: when(use.time), service: use.service }) : t("key.unused");
  }

  private key(key: Key) {
    return html`<li class="row wrap" data-key=${key.id}>
      <code>${key.id}</code>
      <span class="chip ${key.active ? "high" : "plain"}">${t(key.active ? "active" : "inactive")}</span>
      <span class="hint grow"
        >${t("created", { time: when(key.created) })} ·
        ${this.used(key.used)}</span
      >
      <button class="button small" type="button" aria-label="${t(key.active ? "key.deactivate" : "key.activate")}: ${key.id}" @click=${() => this.run(() => admin.setKeyActive(key.id, !key.active))}>
        ${t(key.active ? "key.deactivate" : "key.activate")}
      </button>
      <button class="button icon small bare danger" type="button" aria-label="${t("delete")}: ${key.id}" title=${t("delete")} @click=${() => this.removeKey(key)}>${icon("trash")}</button>
    </li>`;
  }
}
customElements.define("eyrie-keys", Keys);
