// Which time is looked at: the last hour, day, week or month, or from a moment to another. It is in the address: range=7d, or from and to.
import { html, nothing } from "lit";
import { t } from "../../i18n";

export const presets = { "1h": 3600, "24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400 } as const; // seconds
export type Preset = keyof typeof presets;

export interface Range {
  from: Date;
  to: Date;
  preset: Preset | null; // null: chosen
}

const known = (text: string | null): text is Preset => text !== null && text in presets;
const date = (text: string | null) => {
  const made = new Date(text ?? "");
  return Number.isNaN(made.getTime()) ? null : made;
};

export function rangeOf(query: URLSearchParams, now = new Date()): Range {
  const from = date(query.get("from")), to = date(query.get("to"));
  if (from && to && from < to) return { from, to, preset: null };
  const told = query.get("range");
  const preset = known(told) ? told : "24h";
  return { from: new Date(now.getTime() - presets[preset] * 1000), to: now, preset };
}

// As the server takes it; "custom" stays out of what it is asked.
export const asked = ({ from, to }: Range) => new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });

// What an input of type datetime-local holds: local time without a zone.
function local(moment: Date): string {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function rangePicker(query: URLSearchParams, choose: (changes: Record<string, string>) => void) {
  const range = rangeOf(query);
  const custom = range.preset === null || query.get("range") === "custom";
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
    const from = date(field("range-from").value), to = date(field("range-to").value);
    field("range-to").setCustomValidity(from && to && from < to ? "" : t("range.wrong"));
    if (form.reportValidity() && from && to) choose({ from: from.toISOString(), to: to.toISOString() });
  };
  return html`<div class="row wrap spaced range" role="group" aria-label=${t("range")}>
      ${(Object.keys(presets) as Preset[]).map(
        (preset) => html`<button class="button small" type="button" data-range=${preset} aria-pressed=${!custom && range.preset === preset} @click=${() => choose({ range: preset })}>${t(`range.${preset}`)}</button>`,
      )}
      <button class="button small" type="button" data-range="custom" aria-pressed=${custom} @click=${() => choose({ range: "custom" })}>${t("range.custom")}</button>
    </div>
    ${custom
      ? html`<form class="row wrap spaced range" @submit=${apply}>
          <label class="field"><span>${t("range.from")}</span><input class="input" type="datetime-local" name="range-from" required .value=${local(range.from)} /></label>
          <label class="field"><span>${t("range.to")}</span><input class="input" type="datetime-local" name="range-to" required .value=${local(range.to)} @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity("")} /></label>
          <button class="button" type="submit">${t("range.show")}</button>
        </form>`
      : nothing}`;
}
