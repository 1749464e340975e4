// Numbers with their units, as short as they can be read.
import { language, number } from "../i18n";

const unit = (value: number, name: string, digits: number) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);

export function duration(ms: number): string {
  if (ms < 1000) return unit(ms, "millisecond", ms < 10 ? 1 : 0);
  if (ms < 60_000) return unit(ms / 1000, "second", ms < 10_000 ? 1 : 0);
  if (ms < 3_600_000) return unit(ms / 60_000, "minute", 1);
  return unit(ms / 3_600_000, "hour", 1);
}

// As CloudWatch calls units.
export function amount(value: number, of: string): string {
  if (of === "Milliseconds") return duration(value);
  if (of === "Percent") return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(value / 100);
  return number(value, 2);
}

// A price as it is in the list: nothing is rounded, so that everybody can do the sum again.
export const price = (value: number) => new Intl.NumberFormat(language, { style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 12 }).format(value);

// Sums to the cent; what is less with as many figures as tell something.
export function dollars(value: number): string {
  const digits = value === 0 || value >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: Math.min(12, 2 - Math.floor(Math.log10(value))) };
  return new Intl.NumberFormat(language, { style: "currency", currency: "USD", ...digits }).format(value);
}
