// The settings that the server runs with, and whence each comes. They are changed in the file, and hold after a start.
import { html, nothing } from "lit";
import { t } from "../../i18n";
import { developerCorner, endpoint, shell } from "../../parts/code";
import { Page } from "../../parts/page";
import { cell, stacked } from "../../parts/table";
import { admin, type Setting, type SettingsAnswer } from "./api";

class Settings extends Page {
  static override properties = { ...Page.properties, answer: { state: true } };
  answer: SettingsAnswer | null = null;

  protected override async load() {
    this.answer = await admin.settings();
  }

  private snippets(answer: SettingsAnswer) {
    const changed = answer.settings.filter((setting) => setting.from === "file" && !setting.secret);
    const line = (setting: Setting) => `# ${setting.name} = ${JSON.stringify(setting.value)}`;
    return [
      { title: t("settings.start"), text: `eyrie serve --data ${shell(answer.data)} --config ${shell(answer.file || "eyrie.toml")}` },
      { title: t("settings.file"), text: changed.length ? changed.map(line).join("\n") : "[log]\nlevel = \"debug\"" },
      { title: t("settings.clients"), text: `eval "$(eyrie env --data ${shell(answer.data)})"\naws --endpoint-url ${endpoint()} s3 ls` },
      { title: "boto3", text: `import boto3\nprint(boto3.client("s3", endpoint_url="${endpoint()}", region_name="us-east-1").list_buckets()["Buckets"])` },
    ];
  }

  private row(setting: Setting) {
    const from = setting.from === "default" ? html`<span class="hint">${t("settings.from.default")}</span>` : html`<span class="chip plain">${t(`settings.from.${setting.from}`)}</span>`;
    return html`<tr role="row" data-setting=${setting.name}>
      ${cell(t("name"), html`<code>${setting.name}</code>`)} ${cell(t("settings.value"), this.said(setting), "long")} ${cell(t("settings.from"), from)}
    </tr>`;
  }

  private said(setting: Setting) {
    if (setting.secret) return html`<span class="hint">${t(setting.set ? "settings.secret" : "settings.unset")}</span>`;
    if (setting.value === "") return html`<span class="hint">${t("settings.unset")}</span>`;
    return html`<code>${Array.isArray(setting.value) ? JSON.stringify(setting.value) : String(setting.value)}</code>`;
  }

  protected override render() {
    const answer = this.answer;
    return html`<div class="page-head"><h1>${t("settings")}</h1>${answer ? developerCorner(this.snippets(answer)) : nothing}</div>
      <p class="error" role="alert">${this.problem}</p>
      ${answer
        ? html`<section class="card spaced">
              <dl class="facts">
                <dt>${t("settings.version")}</dt>
                <dd>${answer.version}</dd>
                <dt>${t("settings.data")}</dt>
                <dd>${answer.data}</dd>
                <dt>${t("settings.file")}</dt>
                <dd>${answer.file || t("settings.noFile")}</dd>
              </dl>
              <p class="hint">${t("settings.hint")}</p>
            </section>
            <section class="card table-wrap" tabindex="0" aria-label=${t("settings")}>
              ${stacked(
                [t("name"), t("settings.value"), t("settings.from")],
                answer.settings.map((setting) => this.row(setting)),
              )}
            </section>`
        : nothing}`;
  }
}
customElements.define("eyrie-settings", Settings);
