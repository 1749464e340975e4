// What all elements of the console share: they render into the page itself, so that one style sheet, labels and ids reach everywhere.
import { LitElement } from "lit";
import { ApiError } from "../api";
import { t } from "../i18n";
import { visible } from "./name";

export class Element extends LitElement {
  protected override createRenderRoot() {
    return this;
  }
}

export function toast(text: string) {
  const place = document.querySelector<HTMLElement>(".toast");
  if (!place) return;
  place.textContent = text = visible(text);
  setTimeout(() => {
    if (place.textContent === text) place.textContent = "";
  }, 5000);
}

// Where the code says enough, the catalogue says it, with the server's own words where they tell more.
const kRefusals = ["AccessDenied", "AlreadyExists", "Busy", "Conflict", "CsrfRefused", "InternalError", "InvalidRequest", "LimitExceeded", "NotFound", "NotSignedIn", "TooManyTries", "WrongCredentials"] as const;

export function message(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const reason = error.message;
  if (error.code === "Offline") return t("offline");
  if (error.code === "Unreadable") return t("unreadable", { reason });
  const code = kRefusals.find((one) => one === error.code);
  return code ? t(`refused.${code}`, { reason }) : reason;
}
