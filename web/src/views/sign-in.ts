import { html } from "lit";
import { api } from "../api";
import { t } from "../i18n";
import { Element, message } from "../parts/element";

class SignIn extends Element {
  static override properties = { problem: {}, busy: { state: true } };
  problem = "";
  busy = false;

  private async submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const password = form.elements.namedItem("password") as HTMLInputElement;
    const name = form.elements.namedItem("name") as HTMLInputElement;
    this.busy = true;
    this.problem = "";
    try {
      const session = await api.signIn({ name: name.value, password: password.value });
      this.dispatchEvent(new CustomEvent("signed-in", { detail: session }));
    } catch (error) {
      this.problem = message(error);
      password.value = "";
      password.focus();
    } finally {
      this.busy = false;
    }
  }

  protected override render() {
    return html`<main class="sign-in">
      <div>
        <h1 class="brand"><img src="/_console/icon.svg" alt="" />Eyrie</h1>
        <form id="sign-in" class="card" method="post" @submit=${this.submit}>
          <h2>${t("signIn")}</h2>
          <p class="error" id="message" role="alert">${this.problem}</p>
          <p class="field">
            <label for="name">${t("name")}</label>
            <input class="input" id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required />
          </p>
          <p class="field">
            <label for="password">${t("password")}</label>
            <input class="input" id="password" name="password" type="password" autocomplete="current-password" required />
          </p>
          <button class="button primary" type="submit" ?disabled=${this.busy}>${t("signIn")}</button>
          <p class="hint">${t("signIn.hint")}</p>
        </form>
      </div>
    </main>`;
  }
}
customElements.define("eyrie-sign-in", SignIn);
