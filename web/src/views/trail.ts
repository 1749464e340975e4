// How one came to a picture: what search of the gallery it is one of, at which place, and how the gallery was left, so that it comes back the same.
// The search and the place are in the picture's address too (in, at); here is what no address needs to say.
import type { Row } from "../api";
import { address } from "../router";
import type { Rows } from "./rows";

interface Left {
  search: string;
  top: number; // pixels
  columns: number;
  rows: Rows;
}

export const trail: { left: Left | null; at: number; row: Row | null } = {
  left: null,
  at: -1, // of the picture that was opened last
  row: null, // what the gallery knew of it: shown until all of it is there
};

// The address of a picture that stands at a place of a search.
export function addressIn(search: string, at: number, row: Row, more = new URLSearchParams()): string {
  const query = new URLSearchParams(more);
  if (search) query.set("in", search);
  query.set("at", String(at));
  return address("picture", row.id, query);
}
