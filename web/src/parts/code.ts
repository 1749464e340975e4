// The developer corner: the call that does the same from a terminal or a program, ready to copy.
import { html, nothing } from "lit";
import { t } from "../i18n";
import { icon } from "./icons";
import { toast } from "./element";

export interface Snippet {
  title: string;
  text: string;
}

export async function copy(text: string) {
  await navigator.clipboard.writeText(text);
  toast(t("copied"));
}

export const code = (text: string) =>
  html`<div class="code">
    <pre tabindex="0">${text}</pre>
    <button class="button icon small" type="button" aria-label=${t("copy")} title=${t("copy")} @click=${() => copy(text)}>${icon("copy")}</button>
  </div>`;

function open(event: Event) {
  (event.currentTarget as HTMLElement).parentElement?.querySelector("dialog")?.showModal();
}

export function developerCorner(snippets: Snippet[]) {
  if (snippets.length === 0) return nothing;
  return html`<div>
    <button class="button icon" type="button" aria-label=${t("developer")} title=${t("developer")} @click=${open}>${icon("code")}</button>
    <dialog aria-labelledby="developer-title">
      <div class="page-head">
        <h2 id="developer-title">${t("developer")}</h2>
        <form method="dialog"><button class="button icon bare" aria-label=${t("close")}>${icon("close")}</button></form>
      </div>
      <p class="hint">${t("developer.hint")}</p>
      ${snippets.map((snippet) => html`<h3>${snippet.title}</h3>${code(snippet.text)}`)}
    </dialog>
  </div>`;
}

// Quoted for a shell, and for Python: names come from whoever uploads.
export const shell = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'");
export const python = (text: string) => JSON.stringify(text);
export const endpoint = () => location.origin;
export const boto3 = (service: string) => `import boto3\n${service} = boto3.client("${service}", endpoint_url=${python(endpoint())}, region_name="us-east-1")\n`;
