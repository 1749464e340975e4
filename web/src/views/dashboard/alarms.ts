// Why an alarm is as it is, for people: what the server says in CloudWatch's words. What somebody else has written stays as it is.
import { number, t, when } from "../../i18n";
import type { Alarm } from "./api";

// The alarm that every server begins with (src/app/monitor_host.cc).
const kBuiltIn = { name: "analyze-image-errors", description: "More than 1 % of the invocations of analyze-image fail" };

export const descriptionOf = (alarm: Alarm) => (alarm.name === kBuiltIn.name && alarm.description === kBuiltIn.description ? t("alarm.builtIn") : alarm.description);

// src/monitor/alarms/evaluation.cc
const kUnknown = /^Insufficient Data: (\d+) datapoints? w(?:as|ere) unknown\.$/;
const kNone = /^Threshold Crossed: no datapoints were received for (\d+) periods? and (\d+) missing datapoints? w(?:as|ere) treated as \[(\w+)\]\.$/;
const kCrossed =
  /^Threshold Crossed: (\d+) out of the last (\d+) datapoints \[(.*)\] w(?:as|ere) (not )?((?:greater|less) than(?: or equal to)?) the threshold \((.+?)\) \(minimum \d+ datapoints? for [A-Z]+ -> [A-Z]+ transition\)(?: and (\d+) missing datapoints? w(?:as|ere) treated as \[(\w+)\])?\.$/;
const kValue = /^(\S+) \((\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)\)$/;

const signs: Record<string, [string, string]> = { "greater than": [">", "≤"], "greater than or equal to": ["≥", "<"], "less than": ["<", "≥"], "less than or equal to": ["≤", ">"] };

// "2.0 (29/11/26 10:45:00)", in UTC
function valueOf(text: string): string {
  const [, value, day, month, year, time] = kValue.exec(text) ?? [];
  return value === undefined ? text : `${number(Number(value), 2)} (${when(`20${year}-${month}-${day}T${time}Z`)})`;
}

function missingOf(count: string | undefined, as: string | undefined): string {
  if (count === undefined) return "";
  const known = (["Breaching", "NonBreaching", "Ignore", "Missing"] as const).find((one) => one === as) ?? "Missing";
  return " " + t("alarm.missing", { number: count, as: t(`alarm.missing.${known}`) });
}

export function reasonOf({ reason }: Alarm): string {
  if (reason === "Unchecked: Initial alarm creation") return t("alarm.reason.new");
  const unknown = kUnknown.exec(reason);
  if (unknown) return t("alarm.reason.unknown", { number: unknown[1] ?? "" });
  const none = kNone.exec(reason);
  if (none) return t("alarm.reason.none", { number: none[1] ?? "" }) + missingOf(none[2], none[3]);
  const [, count = "", of = "", values = "", not, than = "", threshold = "", missing, as] = kCrossed.exec(reason) ?? [];
  const sign = signs[than]?.[not ? 1 : 0];
  if (!sign) return reason;
  return t("alarm.reason.crossed", { number: count, of, sign, threshold: number(Number(threshold), 2), values: values.split(", ").map(valueOf).join("; ") }) + missingOf(missing, as);
}
