// What an address asks of the gallery, as far as the server understands it: anybody may have written it.
export const kFilters = {
  confidence: ["70", "80", "90"],
  status: ["PENDING", "COMPLETED", "FAILED"],
  moderation: ["flagged", "clean"],
  archived: ["only", "any"],
  order: ["newest", "oldest", "taken", "name", "largest"],
} as const;
export type Filter = keyof typeof kFilters;

const kMaxWords = 200; // bytes

const oneOf = (name: Filter) => (value: string) => (kFilters[name] as readonly string[]).includes(value);

function isArea(value: string): boolean {
  const sides = value.split(",");
  const within = (side: string, at: number) => /^-?\d+(\.\d+)?$/.test(side) && Math.abs(Number(side)) <= (at % 2 ? 90 : 180);
  return sides.length === 4 && sides.every(within) && Number(sides[1]) <= Number(sides[3]);
}

const kValid = new Map<string, (value: string) => boolean>([
  ["q", (value) => new TextEncoder().encode(value).length <= kMaxWords],
  // More than the filter offers: an address may say any.
  ["confidence", (value) => /^\d{1,3}$/.test(value) && Number(value) <= 100],
  ["status", oneOf("status")],
  ["moderation", oneOf("moderation")],
  ["archived", oneOf("archived")],
  ["order", oneOf("order")],
  ["within", isArea],
]);

export function searchOf(query: URLSearchParams): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of query) {
    if (kValid.get(name)?.(value)) search.set(name, value);
  }
  return search;
}
