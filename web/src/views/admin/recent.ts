// What the built-in function did last: the newest pictures, and what the traces still know of how each was analyzed.
import { html, nothing } from "lit";
import { api, ApiError, ask, type Row } from "../../api";
import { t, when } from "../../i18n";
import { duration } from "../../parts/amount";
import { icon } from "../../parts/icons";
import { named } from "../../parts/name";
import { Page } from "../../parts/page";
import { address } from "../../router";

const kShown = "8";

interface Segment {
  kind: string;
  name: string;
  began: string;
  duration_ms: number;
  attempt: number;
  error: string;
}
interface Invocation {
  picture: Row;
  run: Segment | null; // null: not known any more
}

class Recent extends Page {
  static override properties = { ...Page.properties, of: { attribute: false }, invocations: { state: true } };
  of = "";
  invocations: Invocation[] = [];

  protected override async load() {
    const { pictures } = await api.pictures(new URLSearchParams({ limit: kShown, archived: "any" }));
    this.invocations = await Promise.all(pictures.map(async (picture) => ({ picture, run: await this.runOf(picture) })));
  }

  // Its last attempt.
  private async runOf(picture: Row): Promise<Segment | null> {
    try {
      const { segments } = await ask<{ segments: Segment[] }>("GET", "trace?" + new URLSearchParams({ picture: picture.id }));
      return segments.filter((segment) => segment.kind === "function" && segment.name.includes(this.of)).at(-1) ?? null;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return null; // records of others name no request
      throw error;
    }
  }

  protected override render() {
    return html`<section class="card spaced" id="recent">
      <div class="row">
        <h3 class="grow">${t("function.recent")}</h3>
        <button class="button icon small" type="button" aria-label=${t("refresh")} title=${t("refresh")} @click=${() => this.run()}>${icon("again")}</button>
      </div>
      <p class="hint">${t("function.recent.hint")}</p>
      <p class="error" role="alert">${this.problem}</p>
      ${this.known && this.invocations.length === 0 ? html`<p class="hint">${t("function.recent.none")}</p>` : nothing}
      <ul class="rows">
        ${this.invocations.map((one) => this.row(one))}
      </ul>
    </section>`;
  }

  private row({ picture, run }: Invocation) {
    const look = { PENDING: "plain", COMPLETED: "high", FAILED: "low" }[picture.status];
    const failed = run?.error || picture.error;
    return html`<li>
      <div class="row wrap">
        <a class="grow" href=${address("picture", picture.id)}>${named(picture.name)}</a>
        <span class="hint"
          >${run ? `${when(run.began)} · ${duration(run.duration_ms)}` : when(picture.uploaded)}${run && run.attempt > 1 ? " · " + t("trace.attempt", { number: run.attempt }) : nothing}</span
        >
        <span class="chip ${look}">${t(`status.${picture.status}`)}</span>
      </div>
      ${failed ? html`<p class="hint wrapping">${failed}</p>` : nothing}
    </li>`;
  }
}
customElements.define("eyrie-recent", Recent);
