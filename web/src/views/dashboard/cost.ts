// What AWS's list prices make of what was done here, with the arithmetic.
import { html, nothing } from "lit";
import { number, t } from "../../i18n";
import { dollars, price } from "../../parts/amount";
import { cell, stacked } from "../../parts/table";
import type { Cost, Dashboard } from "./api";

// "3 × 120 pictures + 5 calls"
function parts(line: Cost): string {
  return line.parts.map(({ what, factor, count }) => (factor === 1 ? "" : `${number(factor)} × `) + t(`cost.of.${what}`, { value: number(count, count < 1 ? 6 : 2) })).join(" + ");
}

const prices = (line: Cost) => line.at.map(({ units, usd }) => html`<div>${number(units, units < 1 ? 6 : 2)} × ${usd === 0 ? t("cost.unknown") : price(usd)}</div>`);

const row = (line: Cost) =>
  html`<tr role="row" data-price=${line.price}>
    <th role="rowheader" scope="row">${t(`cost.${line.price}`)}</th>
    ${cell(t("cost.quantity"), parts(line))} ${cell(t("cost.price"), prices(line))} ${cell(t("cost.sum"), dollars(line.usd))}
  </tr>`;

export function costCard({ cost }: Dashboard) {
  const sources = [...new Set(cost.lines.map((line) => `${line.source} (${line.as_of})`))].sort();
  return html`<section class="card spaced" id="cost">
    <h2>${t("cost")}</h2>
    <p class="total"><strong>${dollars(cost.usd)}</strong> <span class="hint">${t("cost.hint", { region: cost.region })}</span></p>
    ${cost.lines.length === 0
      ? nothing
      : html`<div class="table-wrap flat costs" tabindex="0" role="region" aria-label=${t("cost")}>
            ${stacked([t("cost.what"), t("cost.quantity"), t("cost.price"), t("cost.sum")], cost.lines.map(row))}
          </div>
          <p class="hint">${t("cost.left")}</p>
          <p class="hint">${t("cost.sources", { sources: sources.join(", ") })}</p>`}
  </section>`;
}
