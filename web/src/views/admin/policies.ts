// Managed policies: what they are called, who has them, and what they say. The document is checked by the server, in IAM's words.
import { html, nothing, type PropertyValues } from "lit";
import { t, when } from "../../i18n";
import { boto3, developerCorner, endpoint, python, shell } from "../../parts/code";
import { icon } from "../../parts/icons";
import { Page, value } from "../../parts/page";
import { cell, stacked } from "../../parts/table";
import { address, go } from "../../router";
import { admin, type Policy, type PolicyWithDocument } from "./api";

const kTemplate = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:aws:s3:::images/*"
    }
  ]
}`;

class Policies extends Page {
  static override properties = { ...Page.properties, query: { attribute: false }, policies: { state: true }, open: { state: true } };
  query = new URLSearchParams();
  policies: Policy[] = [];
  open: PolicyWithDocument | null = null;

  // The one that the address names; "+" is none yet.
  private get named() {
    return this.query.get("name") ?? "";
  }

  protected override async load() {
    this.policies = await admin.policies();
    const name = this.named;
    if (!this.query.has("new") && name) {
      // What is being typed stays.
      if (this.open?.name !== name) this.open = await admin.policy(name);
    } else {
      this.open = null;
    }
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("query") && this.hasUpdated) void this.run();
  }

  private create(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    void this.run(async () => {
      const policy = await admin.createPolicy({ name: value(form, "policy-name"), description: value(form, "policy-description"), document: value(form, "policy-document") });
      go(address("admin", "policies", new URLSearchParams({ name: policy.name })));
    }, t("saved"));
  }

  private change(event: SubmitEvent, policy: PolicyWithDocument) {
    event.preventDefault();
    const document = value(event.target as HTMLFormElement, "policy-document");
    void this.run(async () => {
      this.open = await admin.setPolicy(policy.name, document);
    }, t("saved"));
  }

  private async erase(policy: Policy) {
    if (!confirm(t("policy.delete.question", { name: policy.name }))) return;
    await this.run(async () => {
      await admin.deletePolicy(policy.name);
      go(address("admin", "policies"));
    });
  }

  private snippets() {
    const name = this.named || "pictures";
    const arn = this.open?.arn ?? `arn:aws:iam::000000000000:policy/${name}`;
    const iam = `aws --endpoint-url ${endpoint()} iam`;
    return [
      { title: t("policies"), text: `${iam} list-policies --scope Local\n${iam} get-policy-version --policy-arn ${shell(arn)} --version-id ${this.open?.version ?? "v1"}` },
      { title: t("policy.add"), text: `${iam} create-policy --policy-name ${shell(name)} --policy-document file://policy.json` },
      { title: t("policy.change"), text: `${iam} create-policy-version --policy-arn ${shell(arn)} --set-as-default --policy-document file://policy.json` },
      { title: t("policy.attach"), text: `${iam} attach-user-policy --user-name camera --policy-arn ${shell(arn)}` },
      { title: "boto3", text: `${boto3("iam")}iam.create_policy_version(PolicyArn=${python(arn)}, PolicyDocument=open("policy.json").read(), SetAsDefault=True)` },
    ];
  }

  protected override render() {
    const making = this.query.has("new");
    return html`<div class="page-head">
        <h1>${t("policies")}</h1>
        <a class="button" href=${address("admin", "policies", new URLSearchParams({ new: "" }))}>${icon("plus")}${t("policy.add")}</a>
        ${developerCorner(this.snippets())}
      </div>
      <p class="error" role="alert">${this.problem}</p>
      ${making ? this.form() : this.open ? this.editor(this.open) : nothing}
      ${this.known && this.policies.length === 0 ? html`<p class="hint spaced">${t("policy.none")}</p>` : nothing}
      ${this.policies.length === 0
        ? nothing
        : html`<section class="card table-wrap" tabindex="0" aria-label=${t("policies")}>
            ${stacked(
              [t("name"), t("policy.attachments"), t("changed"), t("description")],
              this.policies.map((policy) => this.row(policy)),
            )}
          </section>`}`;
  }

  private row(policy: Policy) {
    const link = html`<a href=${address("admin", "policies", new URLSearchParams({ name: policy.name }))} aria-current=${policy.name === this.named ? "true" : "false"}>${policy.name}</a>`;
    return html`<tr role="row">
      ${cell(t("name"), link, "long")} ${cell(t("policy.attachments"), policy.attachments)} ${cell(t("changed"), when(policy.updated))} ${cell(t("description"), policy.description, "long")}
    </tr>`;
  }

  private form() {
    return html`<form class="card spaced" @submit=${this.create}>
      <h2>${t("policy.add")}</h2>
      <div class="form-grid">
        <label class="field"><span>${t("name")}</span><input class="input" name="policy-name" autocomplete="off" spellcheck="false" maxlength="128" required /></label>
        <label class="field"><span>${t("description")}</span><input class="input" name="policy-description" autocomplete="off" maxlength="1000" /></label>
      </div>
      ${this.document(kTemplate)}
      <div class="row">
        <button class="button primary" type="submit">${t("add")}</button>
        <a class="button" href=${address("admin", "policies")}>${t("cancel")}</a>
      </div>
    </form>`;
  }

  private editor(policy: PolicyWithDocument) {
    return html`<form class="card spaced" @submit=${(event: SubmitEvent) => this.change(event, policy)}>
      <div class="row wrap">
        <h2 class="grow">${policy.name}</h2>
        <span class="chip plain">${policy.version}</span>
      </div>
      <p class="hint wrapping">${policy.arn}${policy.description ? html` · ${policy.description}` : nothing}</p>
      ${this.document(policy.document)}
      <p class="hint">${t("policy.change.hint", { count: policy.attachments })}</p>
      <div class="row">
        <button class="button primary" type="submit">${t("save")}</button>
        <a class="button" href=${address("admin", "policies")}>${t("close")}</a>
        <button class="button danger" type="button" @click=${() => this.erase(policy)}>${icon("trash")}${t("delete")}</button>
      </div>
    </form>`;
  }

  private document(text: string) {
    return html`<label class="field"
      ><span>${t("policy.document")}</span><textarea class="input source" name="policy-document" rows="14" spellcheck="false" autocapitalize="none" required .value=${text}></textarea
    ></label>`;
  }
}
customElements.define("eyrie-policies", Policies);
