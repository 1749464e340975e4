// Tables whose rows stand as cards on a phone, where a row is wider than the window. Roles are said all the same: what is laid out otherwise is no
// table any more to some screen readers.
import { html, nothing } from "lit";

export const stacked = (columns: unknown[], rows: unknown, caption = "") =>
  html`<table class="stacked" role="table">
    ${caption ? html`<caption class="visually-hidden">${caption}</caption>` : nothing}
    <thead role="rowgroup">
      <tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr>
    </thead>
    <tbody role="rowgroup">${rows}</tbody>
  </table>`;

// `column`: its name, beside the cell on a card; "": none. `look`: classes.
export const cell = (column: string, said: unknown, look = "") => html`<td role="cell" class=${look} data-label=${column}>${said}</td>`;
