// The models: what is installed and under which licence, how large, what needs it, and how fast it was on this machine.
import { html, nothing } from "lit";
import { number, size, t } from "../../i18n";
import { boto3, developerCorner, endpoint, python, shell } from "../../parts/code";
import { Page } from "../../parts/page";
import { admin, newestPicture, type Model } from "./api";

const kNone = { bucket: "images", key: "uploads/NAME-OF-A-PICTURE" };

class Models extends Page {
  static override properties = { ...Page.properties, models: { state: true } };
  models: Model[] = [];
  private data = "";
  private picture = kNone;

  protected override async load() {
    const [models, data, newest] = await Promise.all([admin.models(), admin.dataDirectory(), newestPicture()]);
    this.models = models;
    this.data = data;
    this.picture = newest ?? kNone;
  }

  private snippets() {
    const { bucket, key } = this.picture;
    const image = JSON.stringify({ S3Object: { Bucket: bucket, Name: key } });
    return [
      { title: t("models.list"), text: `eyrie models --data ${shell(this.data)} --json` },
      { title: "aws", text: `aws --endpoint-url ${endpoint()} rekognition detect-labels --image ${shell(image)} --query LabelModelVersion` },
      {
        title: "boto3",
        text: `${boto3("rekognition")}answer = rekognition.detect_labels(Image={"S3Object": {"Bucket": ${python(bucket)}, "Name": ${python(key)}}})\nprint(answer["LabelModelVersion"])`,
      },
    ];
  }

  protected override render() {
    const used = this.models.filter((model) => model.selected);
    const others = this.models.filter((model) => !model.selected);
    const bytes = used.reduce((sum, model) => sum + model.bytes, 0);
    return html`<div class="page-head"><h1>${t("models")}</h1>${this.known ? developerCorner(this.snippets()) : nothing}</div>
      <p class="error" role="alert">${this.problem}</p>
      ${this.known ? html`<p class="hint spaced">${t("models.used", { count: used.length, size: size(bytes) })} ${t("models.hint")}</p>` : nothing} ${used.map((model) => this.card(model))}
      ${others.length ? html`<h2 class="spaced">${t("models.unused")}</h2>` : nothing} ${others.map((model) => this.card(model))}`;
  }

  private card(model: Model) {
    return html`<section class="card spaced" data-model=${model.id} aria-label=${model.id}>
      <div class="row wrap">
        <h3 class="grow">${model.title || model.id}</h3>
        ${model.loaded ? html`<span class="chip high">${t("models.loaded")}</span>` : html`<span class="chip plain">${t(model.installed ? "models.installed" : "models.damaged")}</span>`}
      </div>
      <dl class="facts">
        <dt>${t("models.id")}</dt>
        <dd>${model.id}</dd>
        <dt>${t("models.licence")}</dt>
        <dd>${model.licence}</dd>
        <dt>${t("models.size")}</dt>
        <dd>${size(model.bytes)}</dd>
        <dt>${t("models.set")}</dt>
        <dd>${model.set}</dd>
        <dt>${t("models.role")}</dt>
        <dd>${model.role}</dd>
        <dt>${t("models.needed")}</dt>
        <dd>${model.needed_by || t("models.nothing")}</dd>
        <dt>${t("models.speed")}</dt>
        <dd>${model.mean_ms === null ? t("models.unmeasured") : t("models.measured", { ms: number(model.mean_ms, 1), count: model.runs })}</dd>
      </dl>
    </section>`;
  }
}
customElements.define("eyrie-models", Models);
