// A label with its confidence: colour, shape and figure all say how sure it is.
import { html, svg } from "lit";
import { percent, t } from "../i18n";

export type Band = "high" | "mid" | "low";
export const band = (confidence: number): Band => (confidence > 90 ? "high" : confidence >= 70 ? "mid" : "low");

const shapes = {
  high: svg`<circle cx="5" cy="5" r="4.5"/>`,
  mid: svg`<path d="M5 0l5 5-5 5-5-5z"/>`,
  low: svg`<path d="M0 1h10L5 9.500z"/>`,
};

export function chip(name: string, confidence: number) {
  const how = band(confidence);
  return html`<span class="chip ${how}" title=${t(`band.${how}`)}
    ><svg viewBox="0 0 10 10" aria-hidden="true">${shapes[how]}</svg><span class="name">${name}</span> <span class="percent">${percent(confidence)}</span></span
  >`;
}
