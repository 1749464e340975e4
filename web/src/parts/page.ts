// What views that show a list and change it share: what goes wrong is said, and the list is asked for anew after each change, and when the server answers again.
import { html, nothing } from "lit";
import { t } from "../i18n";
import { failed, whenBack } from "../live";
import { message, toast, Element } from "./element";

export abstract class Page extends Element {
  static override properties: Record<string, object> = { problem: { state: true }, known: { state: true } };
  problem = "";
  known = false; // whether the server has answered
  private forget = () => {};

  // What is shown, as it is now.
  protected abstract load(): Promise<unknown>;

  override connectedCallback() {
    super.connectedCallback();
    this.forget = whenBack(() => void this.run());
    void this.run();
  }
  override disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  // Then the list, whether it went well or not, unless this page is not for who is signed in any more. Whether it did.
  protected async run(act: () => Promise<unknown> = async () => {}, said = ""): Promise<boolean> {
    this.problem = "";
    let done = false;
    try {
      await act();
      done = true;
      if (said) toast(said);
    } catch (error) {
      this.problem = message(error);
    }
    await this.updateComplete;
    if (!this.isConnected) return done;
    try {
      await this.load();
      this.known = true;
    } catch (error) {
      this.problem ||= message(error);
      failed(error);
    }
    this.requestUpdate();
    return done;
  }
}

const kFew = 8; // are found without a filter

export function filterBox(count: number, now: string, filter: (text: string) => void) {
  if (count <= kFew && now === "") return nothing;
  return html`<label class="field spaced"><span>${t("filter")}</span><input class="input" type="search" name="filter" autocomplete="off" .value=${now} @input=${(event: Event) => filter((event.target as HTMLInputElement).value)} /></label>`;
}

// Whether some text of it holds what is looked for.
export const fits = (sought: string, ...texts: string[]) => texts.some((text) => text.toLowerCase().includes(sought.trim().toLowerCase()));

// What was typed into a form's field.
export const value = (form: HTMLFormElement, name: string) => (form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value;

// A file that the browser keeps.
export function save(name: string, text: string, type = "text/plain") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
