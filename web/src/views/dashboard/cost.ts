// What AWS's list prices make of what was done here, with the arithmetic.
import { html, nothing } from "lit";
import { number, t } from "../../i18n";
import { dollars, price } from "../../parts/amount";
import type { Cost, Dashboard } from "./api";

// "3 × 120 pictures + 5 calls"
function parts(line: Cost): string {
  return line.parts.map(({ what, factor, count }) => (factor === 1 ? "" : `${number(factor)} × `) + t(`cost.of.${what}`, { value: number(count, count < 1 ? 6 : 2) })).join(" + ");
}

const prices = (line: Cost) => line.at.map(({ units, usd }) => html`<div>${number(units, units < 1 ? 6 : 2)} × ${usd === 0 ? t("cost.unknown") : price(usd)}</div>`);

export function costCard({ cost }: Dashboard) {
  const sources = [...new Set(cost.lines.map((line) => `${line.source} (${line.as_of})`))].sort();
  return html`<section class="card spaced" id="cost">
    <h2>${t("cost")}</h2>
    <p class="total"><strong>${dollars(cost.usd)}</strong> <span class="hint">${t("cost.hint", { region: cost.region })}</span></p>
    ${cost.lines.length === 0
      ? nothing
      : html`<div class="table-wrap flat" tabindex="0" role="region" aria-label=${t("cost")}>
            <table class="costs">
              <thead>
                <tr><th scope="col">${t("cost.what")}</th><th scope="col">${t("cost.quantity")}</th><th scope="col">${t("cost.price")}</th><th scope="col">${t("cost.sum")}</th></tr>
              </thead>
              <tbody>
                ${cost.lines.map((line) => html`<tr data-price=${line.price}><th scope="row">${t(`cost.${line.price}`)}</th><td>${parts(line)}</td><td>${prices(line)}</td><td>${dollars(line.usd)}</td></tr>`)}
              </tbody>
            </table>
          </div>
          <p class="hint">${t("cost.left")}</p>
          <p class="hint">${t("cost.sources", { sources: sources.join(", ") })}</p>`}
  </section>`;
}
