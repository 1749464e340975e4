// Lines of text in the order in which one reads them: columns one after the other, a headline over them first, rows of a table from left to right.
//
// Recursive cuts by the white between the lines (Nagy and Seth's XY cut, 1984), with one change: where lines of neighbouring columns stand at the
// same heights, cutting into rows first would interleave them. So columns go first wherever there are some: two lines at least on both sides, and a
// gutter no wider than what stands beside it. A wider one is that of a table or a receipt, which is read row by row.
export interface Box {
  left: number; // 0..1 of the picture's width, as right; top and bottom of its height
  top: number;
  right: number;
  bottom: number;
}
interface Placed {
  box: Box;
}

const kMinGutter = 0.004;
const kTrim = 0.15; // of a line's height, above and below: boxes of neighbouring lines touch
const kBeside = 0.2; // of the narrower one's width, by which two on the same row may overlap

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const width = ({ box }: Placed) => box.right - box.left;

interface Gap {
  from: number;
  to: number;
}

// The white between what stands on an axis.
function gaps<T extends Placed>(lines: T[], span: (line: T) => Gap): Gap[] {
  const spans = lines.map(span).sort((a, b) => a.from - b.from);
  const found: Gap[] = [];
  let end = spans[0]?.to ?? 0;
  for (const { from, to } of spans) {
    if (from > end) found.push({ from: end, to: from });
    end = Math.max(end, to);
  }
  return found;
}

const across = ({ box }: Placed): Gap => ({ from: box.left, to: box.right });
function down({ box }: Placed): Gap {
  const trim = (box.bottom - box.top) * kTrim;
  return { from: box.top + trim, to: box.bottom - trim };
}

const gutters = <T extends Placed>(lines: T[]) => gaps(lines, across).filter((gap) => gap.to - gap.from > kMinGutter);

function columns<T extends Placed>(lines: T[]): [T[], T[]] | null {
  for (const gutter of gutters(lines).sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const left = lines.filter(({ box }) => box.right <= gutter.from), right = lines.filter(({ box }) => box.left >= gutter.to);
    const narrower = Math.min(middle(left.map(width)), middle(right.map(width)));
    if (left.length > 1 && right.length > 1 && gutter.to - gutter.from <= narrower) return [left, right];
  }
  return null;
}

function bands<T extends Placed>(lines: T[]): T[][] {
  const edges = gaps(lines, down).map((gap) => gap.to);
  const found: T[][] = Array.from({ length: edges.length + 1 }, () => []);
  for (const line of lines) found[edges.filter((edge) => down(line).from >= edge).length]?.push(line);
  return found;
}

// What no white parts: the highest first, and from left to right what stands beside it.
function rows<T extends Placed>(lines: T[]): T[] {
  const left = [...lines].sort((a, b) => a.box.top + a.box.bottom - b.box.top - b.box.bottom);
  const found: T[] = [];
  for (let first = left[0]; first; first = left[0]) {
    const { top, bottom } = first.box;
    const row: T[] = [];
    for (const line of left) {
      const centre = (line.box.top + line.box.bottom) / 2;
      const beside = row.every((other) => Math.min(other.box.right, line.box.right) - Math.max(other.box.left, line.box.left) <= kBeside * Math.min(width(other), width(line)));
      if (centre >= top && centre <= bottom && beside) row.push(line);
    }
    found.push(...row.sort((a, b) => a.box.left - b.box.left));
    for (const line of row) left.splice(left.indexOf(line), 1);
  }
  return found;
}

export function inReadingOrder<T extends Placed>(lines: T[]): T[] {
  if (lines.length < 2) return lines;
  const parted = columns(lines);
  if (parted) return parted.flatMap(inReadingOrder);
  const all = bands(lines);
  if (all.length === 1) return rows(lines);
  const found: T[] = [];
  for (let at = 0; at < all.length; ) {
    // As many bands as have a gutter in common may be columns that something above or below spans.
    let end = at + 1;
    while (end < all.length && gutters(all.slice(at, end + 1).flat()).length > 0) ++end;
    const together = all.slice(at, end).flat();
    if (end - at > 1 && columns(together)) found.push(...inReadingOrder(together));
    else {
      found.push(...inReadingOrder(all[at] ?? []));
      end = at + 1;
    }
    at = end;
  }
  return found;
}
