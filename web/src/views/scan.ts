// What the gallery shows, asked of DynamoDB by a program: its search and filters as an expression of Scan, as far as DynamoDB has words for them.
import { t } from "../i18n";
import { boto3, endpoint, python, shell, type Snippet } from "../parts/code";

// An expression has 4 KB at most: so many labels and lines of text are looked into, the surest first.
const kLabels = 8, kLines = 4, kWords = 4;

interface Scan {
  filter: string;
  names: Record<string, string>;
  values: Record<string, unknown>; // in DynamoDB's JSON
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
const range = (count: number) => Array.from({ length: count }, (_, at) => at);
const any = (parts: string[]) => (parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" OR ")})`);

export function scanOf(query: URLSearchParams): Scan {
  const names: Scan["names"] = {}, values: Scan["values"] = {};
  const all: string[] = [];
  const value = (name: string, said: unknown) => {
    values[name] = said;
    return name;
  };
  const least = Number(query.get("confidence") ?? 0) || 0;
  const sure = (at: number) => `Labels[${at}].Confidence >= ${value(":least", { N: String(least) })}`;

  const status = query.get("status");
  if (status) all.push(`ProcessingStatus = ${value(":status", { S: status })}`);
  const moderation = query.get("moderation");
  if (moderation === "flagged") all.push(`Moderation_Flags = ${value(":yes", { BOOL: true })}`);
  if (moderation === "clean") all.push(`ProcessingStatus = ${value(":done", { S: "COMPLETED" })}`, `NOT Moderation_Flags = ${value(":yes", { BOOL: true })}`);
  const archived = query.get("archived");
  if (archived !== "any") all.push(`${archived === "only" ? "" : "NOT "}Archived = ${value(":yes", { BOOL: true })}`);
  const [west, south, east, north] = (query.get("within") ?? "").split(",");
  if (north !== undefined) {
    for (const [name, side] of [[":west", west], [":south", south], [":east", east], [":north", north]] as const) value(name, { N: side });
    const across = Number(west) <= Number(east) ? "Exif.GPS.Longitude BETWEEN :west AND :east" : "(Exif.GPS.Longitude >= :west OR Exif.GPS.Longitude <= :east)";
    all.push("Exif.GPS.Latitude BETWEEN :south AND :north", across);
  }
  const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean).slice(0, kWords);
  if (words.length === 0 && least > 0) all.push(sure(0));
  if (words.length) Object.assign(names, { "#key": "Key", "#name": "Name", "#text": "Text" });
  // What is stored keeps its capitals, and DynamoDB compares them: each is looked for as it is usually written.
  for (const [at, word] of words.entries()) {
    const low = value(`:low${at}`, { S: word }), first = value(`:first${at}`, { S: capital(word) }), upper = value(`:upper${at}`, { S: word.toUpperCase() });
    const holds = (path: string, ...forms: string[]) => forms.map((form) => `contains(${path}, ${form})`);
    const label = (i: number) => (least > 0 ? `(${holds(`Labels[${i}].#name`, first)} AND ${sure(i)})` : holds(`Labels[${i}].#name`, first).join());
    all.push(
      any([
        ...range(kLabels).map(label),
        ...["OriginalName", "#key"].flatMap((path) => holds(path, low, first)),
        ...["Exif.Make", "Exif.Model"].flatMap((path) => holds(path, low, first, upper)),
        ...holds("Exif.DateTimeOriginal", upper),
        ...range(kLines).flatMap((i) => holds(`#text[${i}].DetectedText`, low, first, upper)),
      ]),
    );
  }
  return { filter: all.join(" AND "), names, values };
}

const orders: Record<string, string> = {
  newest: 'key=lambda item: int(item["UploadTimestamp"]["N"]), reverse=True',
  oldest: 'key=lambda item: int(item["UploadTimestamp"]["N"])',
  name: 'key=lambda item: item.get("OriginalName", item["Key"])["S"]',
  largest: 'key=lambda item: int(item.get("ImageProperties", {}).get("M", {}).get("Bytes", {"N": "0"})["N"]), reverse=True',
};

export function scanSnippets(query: URLSearchParams): Snippet[] {
  const { filter, names, values } = scanOf(query);
  const some = (object: object) => Object.keys(object).length > 0;
  const told = (name: string, said: string) => ` \\\n  --${name} ${shell(said)}`;
  const order = orders[query.get("order") ?? "newest"] ?? orders["newest"];
  const aws =
    `# ${t("scan.limits")}\n` +
    `aws --endpoint-url ${endpoint()} dynamodb scan --table-name ImageMetadataStore` +
    (filter ? told("filter-expression", filter) : "") +
    (some(names) ? told("expression-attribute-names", JSON.stringify(names)) : "") +
    (some(values) ? told("expression-attribute-values", JSON.stringify(values)) : "");
  // JSON of strings and numbers reads as Python, and true does not.
  const literal = (object: object) => JSON.stringify(object).replaceAll('{"BOOL":true}', '{"BOOL": True}');
  const program =
    boto3("dynamodb") +
    `# ${t("scan.limits")}\npages = dynamodb.get_paginator("scan").paginate(TableName="ImageMetadataStore"` +
    (filter ? `,\n    FilterExpression=${python(filter)}` : "") +
    (some(names) ? `,\n    ExpressionAttributeNames=${literal(names)}` : "") +
    (some(values) ? `,\n    ExpressionAttributeValues=${literal(values)}` : "") +
    `)\nfound = sorted((item for page in pages for item in page["Items"]), ${order})`;
  return [
    { title: "aws", text: aws },
    { title: "boto3", text: program },
  ];
}
