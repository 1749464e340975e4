// What all elements of the console share: they render into the page itself, so that one style sheet, labels and ids reach everywhere.
import { LitElement } from "lit";

export class Element extends LitElement {
  protected override createRenderRoot() {
    return this;
  }
}

export function toast(text: string) {
  const place = document.querySelector<HTMLElement>(".toast");
  if (!place) return;
  place.textContent = text;
  setTimeout(() => {
    if (place.textContent === text) place.textContent = "";
  }, 5000);
}

export const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
