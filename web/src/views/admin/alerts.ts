// Alert rules: what must be found in a picture for a topic to hear of it, and who hears of that topic.
import { html, nothing, type PropertyValues } from "lit";
import { number, percent, t } from "../../i18n";
import { boto3, developerCorner, endpoint, python, shell } from "../../parts/code";
import { toast } from "../../parts/element";
import { icon } from "../../parts/icons";
import { filterBox, fits, Page, value } from "../../parts/page";
import { address, go } from "../../router";
import { admin, type AlertRule, type Topic, type When } from "./api";

const kinds = ["label", "moderation", "face", "contains", "matches"] as const;
type Kind = (typeof kinds)[number];

function readWhen(when: When): { kind: Kind; sought: string } {
  if ("label" in when) return { kind: "label", sought: when.label };
  if ("moderation" in when) return { kind: "moderation", sought: when.moderation };
  if ("face" in when) return { kind: "face", sought: when.face };
  return "contains" in when.text ? { kind: "contains", sought: when.text.contains } : { kind: "matches", sought: when.text.matches };
}

function writeWhen(kind: Kind, sought: string): When {
  switch (kind) {
    case "label":
      return { label: sought };
    case "moderation":
      return { moderation: sought };
    case "face":
      return { face: sought };
    case "contains":
      return { text: { contains: sought } };
    case "matches":
      return { text: { matches: sought } };
  }
}

const kNew: AlertRule = { name: "", topic: "detections", when: { label: "" }, threshold: 80, quiet_seconds: 60, enabled: true, configured: false };

class Alerts extends Page {
  static override properties = { ...Page.properties, query: { attribute: false }, rules: { state: true }, topics: { state: true }, filter: { state: true } };
  query = new URLSearchParams();
  rules: AlertRule[] = [];
  topics: Topic[] = [];
  filter = "";

  protected override async load() {
    const [rules, topics] = await Promise.all([admin.alerts(), admin.topics()]);
    this.rules = rules;
    this.topics = topics;
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has("query") && (this.query.has("new") || this.query.has("name"))) this.querySelector<HTMLElement>("form input:not([readonly])")?.focus();
  }

  private edit(event: SubmitEvent, before: AlertRule) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { configured: _, ...rule } = before;
    void this.run(async () => {
      await admin.putAlert({
        ...rule,
        name: value(form, "alert-name"),
        topic: value(form, "alert-topic"),
        when: writeWhen(value(form, "alert-kind") as Kind, value(form, "alert-sought")),
        threshold: Number(value(form, "alert-threshold")),
        quiet_seconds: Number(value(form, "alert-quiet")),
      });
      go(address("admin", "alerts"));
    }, t("saved"));
  }

  // Who subscribes is known anew by then.
  private async test({ name, topic }: AlertRule) {
    if (!(await this.run(() => admin.testAlert(name)))) return;
    const count = this.topicOf(topic)?.confirmed ?? 0;
    toast(count ? t("alert.tested", { topic, count }) : t("alert.tested.nobody", { topic }));
  }

  private topicOf(name: string) {
    return this.topics.find((one) => one.name === name);
  }

  private toggle(rule: AlertRule) {
    const { configured: _, ...changed } = rule;
    void this.run(() => admin.putAlert({ ...changed, enabled: !rule.enabled }));
  }

  private erase(rule: AlertRule) {
    if (confirm(t("alert.delete.question", { name: rule.name }))) void this.run(() => admin.deleteAlert(rule.name));
  }

  private snippets() {
    const topic = this.topicOf(this.rules[0]?.topic ?? "") ?? this.topics[0];
    const arn = topic?.arn ?? "arn:aws:sns:us-east-1:000000000000:detections";
    const sns = `aws --endpoint-url ${endpoint()} sns`;
    return [
      { title: t("alert.subscribe"), text: `${sns} subscribe --topic-arn ${shell(arn)} --protocol https --notification-endpoint https://example.com/hook` },
      { title: t("topic.subscriptions"), text: `${sns} list-subscriptions-by-topic --topic-arn ${shell(arn)}` },
      { title: "boto3", text: `${boto3("sns")}sns.subscribe(TopicArn=${python(arn)}, Protocol="email", Endpoint="ann@example.com")` },
      { title: t("alert.settings"), text: `[[alerts]]\nname = "strangers"\nwhen = { label = "Person" }\ntopic = "detections"\nthreshold = 90\nquiet_seconds = 60` },
    ];
  }

  protected override render() {
    const edited = this.query.has("new") ? kNew : this.rules.find((rule) => rule.name === this.query.get("name") && !rule.configured);
    return html`<div class="page-head">
        <h1>${t("alerts")}</h1>
        <a class="button" href=${address("admin", "alerts", new URLSearchParams({ new: "" }))}>${icon("plus")}${t("alert.add")}</a>
        ${developerCorner(this.snippets())}
      </div>
      <p class="hint spaced">${t("alerts.hint")}</p>
      <p class="error" role="alert">${this.problem}</p>
      ${edited ? this.form(edited) : nothing}
      ${this.known && this.rules.length === 0 ? html`<p class="hint spaced">${t("alert.none")}</p>` : nothing}
      ${filterBox(this.rules.length, this.filter, (filter) => (this.filter = filter))} ${this.rules.filter((rule) => fits(this.filter, rule.name, rule.topic, readWhen(rule.when).sought)).map((rule) => this.card(rule))}
      ${this.known ? html`<h2 class="spaced">${t("topics")}</h2>` : nothing} ${this.topics.map((topic) => this.topic(topic))}`;
  }

  private form(rule: AlertRule) {
    const { kind, sought } = readWhen(rule.when);
    return html`<form class="card spaced" @submit=${(event: SubmitEvent) => this.edit(event, rule)}>
      <h2>${rule.name ? t("alert.change") : t("alert.add")}</h2>
      <div class="form-grid">
        <label class="field"
          ><span>${t("name")}</span
          ><input class="input" name="alert-name" .value=${rule.name} ?readonly=${rule.name !== ""} pattern="[a-z0-9\\-]{1,64}" title=${t("alert.name.hint")} autocomplete="off" autocapitalize="none" required
        /></label>
        <label class="field"
          ><span>${t("alert.kind")}</span
          ><select class="input" name="alert-kind">
            ${kinds.map((one) => html`<option value=${one} ?selected=${one === kind}>${t(`alert.kind.${one}`)}</option>`)}
          </select></label
        >
        <label class="field"><span>${t("alert.sought")}</span><input class="input" name="alert-sought" .value=${sought} maxlength="512" autocomplete="off" required /></label>
        <label class="field"
          ><span>${t("alert.threshold")}</span><input class="input" name="alert-threshold" type="number" min="0" max="100" step="any" .value=${String(rule.threshold)} required
        /></label>
        <label class="field"
          ><span>${t("alert.topic")}</span
          ><select class="input" name="alert-topic">
            ${this.topics.map((topic) => html`<option value=${topic.name} ?selected=${topic.name === rule.topic}>${topic.name}</option>`)}
          </select></label
        >
        <label class="field"
          ><span>${t("alert.quiet")}</span><input class="input" name="alert-quiet" type="number" min="0" max="2592000" .value=${String(rule.quiet_seconds)} required
        /></label>
      </div>
      <div class="row">
        <button class="button primary" type="submit">${t(rule.name ? "save" : "add")}</button>
        <a class="button" href=${address("admin", "alerts")}>${t("cancel")}</a>
      </div>
    </form>`;
  }

  private card(rule: AlertRule) {
    const { kind, sought } = readWhen(rule.when);
    const topic = this.topicOf(rule.topic);
    return html`<section class="card spaced" data-alert=${rule.name} aria-label=${rule.name}>
      <div class="row wrap">
        <h2 class="grow">${rule.name}</h2>
        <span class="chip ${rule.enabled ? "high" : "plain"}">${t(rule.enabled ? "alert.on" : "alert.off")}</span>
        ${rule.configured ? html`<span class="chip plain">${t("alert.configured")}</span>` : nothing}
      </div>
      <p class="wrapping">${t(`alert.kind.${kind}`)}: <strong>${sought}</strong> · ${t(kind === "face" ? "alert.similar" : "minConfidence", { percent: percent(rule.threshold) })}</p>
      <p class="hint">
        ${t("alert.tells", { topic: rule.topic })}${topic ? " · " + t("subscribers", { count: topic.confirmed }) : nothing}${rule.quiet_seconds ? " · " + t("alert.quiet.for", { seconds: rule.quiet_seconds }) : nothing}
      </p>
      <div class="row wrap actions">
        <button class="button small" type="button" aria-label="${t("alert.test")}: ${rule.name}" @click=${() => this.test(rule)}>
          ${t("alert.test")}
        </button>
        ${rule.configured
          ? nothing
          : html`<button class="button small" type="button" aria-label="${t(rule.enabled ? "alert.switchOff" : "alert.switchOn")}: ${rule.name}" @click=${() => this.toggle(rule)}>
                ${t(rule.enabled ? "alert.switchOff" : "alert.switchOn")}
              </button>
              <a class="button small" href=${address("admin", "alerts", new URLSearchParams({ name: rule.name }))} aria-label="${t("edit")}: ${rule.name}">${t("edit")}</a>
              <button class="button icon small bare danger" type="button" aria-label="${t("delete")}: ${rule.name}" title=${t("delete")} @click=${() => this.erase(rule)}>${icon("trash")}</button>`}
      </div>
    </section>`;
  }

  private topic(topic: Topic) {
    const more = topic.confirmed + topic.pending - topic.subscriptions.length;
    return html`<section class="card spaced" data-topic=${topic.name} aria-label=${topic.name}>
      <h3>${topic.name}</h3>
      <p class="hint wrapping">${topic.arn}</p>
      <ul class="rows">
        ${topic.subscriptions.length === 0 ? html`<li class="hint">${t("topic.none")}</li>` : nothing}
        ${topic.subscriptions.map(
          (subscription) => html`<li class="row wrap">
            <span class="chip plain">${subscription.protocol}</span><span class="grow">${subscription.endpoint}</span
            ><span class="chip ${subscription.confirmed ? "high" : "mid"}">${t(subscription.confirmed ? "topic.confirmed" : "topic.pending")}</span>
          </li>`,
        )}
        ${more > 0 ? html`<li class="hint">${t("topic.more", { count: number(more) })}</li>` : nothing}
      </ul>
    </section>`;
  }
}
customElements.define("eyrie-alerts", Alerts);
