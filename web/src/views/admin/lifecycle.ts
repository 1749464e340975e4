// Lifecycle rules of a bucket: said in words, and edited as the JSON that the aws CLI takes. The bucket is in the address.
import { html, nothing, type PropertyValues } from "lit";
import { number, t } from "../../i18n";
import { boto3, developerCorner, endpoint, python, shell } from "../../parts/code";
import { icon } from "../../parts/icons";
import { Page, value } from "../../parts/page";
import { address } from "../../router";
import { admin, type Bucket, type Lifecycle, type LifecycleRule } from "./api";

const kTemplate = JSON.stringify(
  { Rules: [{ ID: "archive-old-uploads", Filter: { Prefix: "uploads/" }, Status: "Enabled", Transitions: [{ Days: 90, StorageClass: "GLACIER" }], Expiration: { Days: 730 } }] },
  null,
  2,
);

class LifecyclePage extends Page {
  static override properties = { ...Page.properties, query: { attribute: false }, buckets: { state: true }, open: { state: true } };
  query = new URLSearchParams();
  buckets: Bucket[] = [];
  open: Lifecycle | null = null;

  private get named() {
    return this.query.get("bucket") ?? this.buckets.find((bucket) => bucket.name === "images")?.name ?? this.buckets[0]?.name ?? "";
  }

  protected override async load() {
    this.buckets = await admin.buckets();
    const name = this.named;
    // What is being typed stays.
    if (name && this.open?.bucket !== name) this.open = await admin.lifecycle(name);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has("query") && this.hasUpdated) void this.run();
  }

  private change(event: SubmitEvent, bucket: string) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    void this.run(async () => {
      this.open = await admin.setLifecycle(bucket, value(form, "lifecycle-document"), (form.elements.namedItem("small") as HTMLInputElement).checked);
    }, t("saved"));
  }

  private erase(bucket: string) {
    if (!confirm(t("lifecycle.delete.question", { name: bucket }))) return;
    void this.run(async () => {
      await admin.deleteLifecycle(bucket);
      this.open = null;
    });
  }

  private snippets() {
    const bucket = this.named || "images";
    const s3 = `aws --endpoint-url ${endpoint()} s3api`;
    return [
      { title: t("lifecycle"), text: `${s3} get-bucket-lifecycle-configuration --bucket ${shell(bucket)}` },
      { title: t("save"), text: `${s3} put-bucket-lifecycle-configuration --bucket ${shell(bucket)} --lifecycle-configuration file://lifecycle.json` },
      { title: t("delete"), text: `${s3} delete-bucket-lifecycle --bucket ${shell(bucket)}` },
      { title: "boto3", text: `import json\n${boto3("s3")}s3.put_bucket_lifecycle_configuration(Bucket=${python(bucket)}, LifecycleConfiguration=json.load(open("lifecycle.json")))` },
    ];
  }

  protected override render() {
    return html`<div class="page-head"><h1>${t("lifecycle")}</h1>${developerCorner(this.snippets())}</div>
      <p class="hint spaced">${t("lifecycle.hint")}</p>
      <p class="error" role="alert">${this.problem}</p>
      ${this.buckets.length === 0
        ? nothing
        : html`<nav class="row wrap spaced" aria-label=${t("lifecycle.buckets")}>
            ${this.buckets.map(
              (bucket) =>
                html`<a class="button small" href=${address("admin", "lifecycle", new URLSearchParams({ bucket: bucket.name }))} aria-current=${bucket.name === this.named ? "page" : "false"}
                  title=${bucket.name}
                  ><span class="name">${bucket.name}</span> <span class="hint">${t("lifecycle.rules", { count: bucket.rules })}</span></a
                >`,
            )}
          </nav>`}
      ${this.open ? this.editor(this.open) : nothing}`;
  }

  private editor(open: Lifecycle) {
    const rules = open.document?.Rules ?? [];
    return html`${rules.length === 0 ? html`<p class="hint spaced">${t("lifecycle.none")}</p>` : nothing}
      ${rules.map(
        (rule) => html`<section class="card spaced" data-rule=${rule.ID} aria-label=${rule.ID}>
          <div class="row wrap">
            <h2 class="grow">${rule.ID}</h2>
            <span class="chip ${rule.Status === "Enabled" ? "high" : "plain"}">${t(rule.Status === "Enabled" ? "alert.on" : "alert.off")}</span>
          </div>
          <p class="hint">${this.filtered(rule)}</p>
          <ul>
            ${this.acts(rule).map((act) => html`<li>${act}</li>`)}
          </ul>
        </section>`,
      )}
      <form class="card spaced" @submit=${(event: SubmitEvent) => this.change(event, open.bucket)}>
        <h2>${t("lifecycle.edit", { name: open.bucket })}</h2>
        <label class="field"
          ><span>${t("policy.document")}</span
          ><textarea class="input source" name="lifecycle-document" rows="16" spellcheck="false" autocapitalize="none" required .value=${open.document ? JSON.stringify(open.document, null, 2) : kTemplate}></textarea
        ></label>
        <label class="row check"><input type="checkbox" name="small" .checked=${open.small} /><span>${t("lifecycle.small")}</span></label>
        <div class="row">
          <button class="button primary" type="submit">${t("save")}</button>
          ${rules.length ? html`<button class="button danger" type="button" @click=${() => this.erase(open.bucket)}>${icon("trash")}${t("lifecycle.delete")}</button>` : nothing}
        </div>
      </form>`;
  }

  private filtered(rule: LifecycleRule): string {
    const filter = rule.Filter?.And ?? rule.Filter ?? {};
    const parts = [];
    const prefix = filter.Prefix ?? rule.Prefix;
    if (prefix) parts.push(t("lifecycle.prefix", { prefix }));
    for (const tag of [...(filter.Tags ?? []), ...(filter.Tag ? [filter.Tag] : [])]) parts.push(t("lifecycle.tag", { key: tag.Key, value: tag.Value }));
    if (filter.ObjectSizeGreaterThan !== undefined) parts.push(t("lifecycle.larger", { bytes: number(filter.ObjectSizeGreaterThan) }));
    if (filter.ObjectSizeLessThan !== undefined) parts.push(t("lifecycle.smaller", { bytes: number(filter.ObjectSizeLessThan) }));
    return parts.length ? parts.join(", ") : t("lifecycle.all");
  }

  private acts(rule: LifecycleRule): string[] {
    const when = (time: { Days?: number; Date?: string }) => (time.Date ? t("lifecycle.on", { date: time.Date.slice(0, 10) }) : t("lifecycle.after", { count: time.Days ?? 0 }));
    return [
      ...(rule.Transitions ?? []).map((transition) => t("lifecycle.moves", { when: when(transition), name: transition.StorageClass })),
      ...(rule.Expiration && (rule.Expiration.Days !== undefined || rule.Expiration.Date) ? [t("lifecycle.deletes", { when: when(rule.Expiration) })] : []),
      ...(rule.AbortIncompleteMultipartUpload ? [t("lifecycle.aborts", { when: when({ Days: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation }) })] : []),
      ...(rule.NoncurrentVersionExpiration || rule.NoncurrentVersionTransitions ? [t("lifecycle.versions")] : []),
    ];
  }
}
customElements.define("eyrie-lifecycle", LifecyclePage);
