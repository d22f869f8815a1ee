/** A part of a long list: the rows that are drawn, and the room of those above and below them, in pixels. */
export interface Part {
  from: number;
  to: number;
  above: number;
  below: number;
}

/** Rows beyond what is in sight that are drawn too, so that a quick move of the wheel shows no holes. */
const MARGIN = 12;

/** The rows to draw of `count` rows of one height, where `top` pixels of them lie above what is in sight. */
export function part(count: number, height: number, top: number, seen: number): Part {
  const from = Math.min(count, Math.max(0, Math.floor(top / height) - MARGIN));
  const to = Math.min(count, Math.max(from, Math.ceil((top + seen) / height) + MARGIN));
  return { from, to, above: from * height, below: (count - to) * height };
}
