// The catalogue: t("key", {count: 3}). A key with plural forms has entries "key.one" and "key.other". The language is the visitor's choice, else
// the browser's. English is in the first download, others are fetched when they are wanted.
import { en } from "./locales/en";

export type Key = keyof typeof en;
type Plain<K> = K extends `${infer Base}.one` ? Base : K extends `${string}.other` ? never : K;
export type Catalogue = Record<Key, string>;

export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

let catalogue: Catalogue = en;
let plural = new Intl.PluralRules("en");
export let language: Language = "en";

const kept = "eyrie-language";

export function t(key: Plain<Key>, values: Record<string, string | number> = {}): string {
  const count = values["count"];
  const form = typeof count === "number" ? (`${key}.${plural.select(count) === "one" ? "one" : "other"}` as Key) : (key as Key);
  const text = catalogue[form] ?? catalogue[key as Key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : (value ?? "");
  });
}

export const number = (value: number, digits = 0) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
export const percent = (value: number) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(value / 100);
export const when = (iso: string) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
export const exactly = (iso: string) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(iso));
export function size(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, { style: "unit", unit: units[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}

export async function speak(wanted: Language) {
  catalogue = wanted === "de" ? (await import("./locales/de")).de : en;
  language = wanted;
  plural = new Intl.PluralRules(wanted);
  document.documentElement.lang = wanted;
}

export async function choose(wanted: Language) {
  localStorage.setItem(kept, wanted);
  await speak(wanted);
}

export function preferred(): Language {
  const known = (text: string | null): text is Language => text !== null && text in languages;
  const chosen = localStorage.getItem(kept);
  if (known(chosen)) return chosen;
  return navigator.languages.map((name) => name.slice(0, 2)).find(known) ?? "en";
}
