/** A piece of a sentence; facts are set a step heavier than the words around them. */
export interface Piece {
  text: string;
  fact: boolean;
}

const GAP = String.raw`[ \u00a0]`;
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DATE = String.raw`\d{1,2}${GAP}${MONTH}(?:${GAP}\d{4})?(?:,?${GAP}\d{2}:\d{2}(?::\d{2})?)?`;
const TIME = String.raw`\d{2}:\d{2}(?::\d{2})?`;
const UNIT = String.raw`(?:ms|s|min|h|d|%|B|kB|MB|GB|TB|pages|rows|tables)`;
const MEASURE = String.raw`\d[\d,.]*${GAP}${UNIT}(?:${GAP}\d+${GAP}${UNIT})?`;
const FACT = new RegExp(String.raw`(?<![\w/.-])(?:${DATE}|${TIME}|${MEASURE})(?![\w/-])`, "g");

/** Splits a measured sentence at its dates and measures. Joined again, the pieces are the sentence. */
export function facts(sentence: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of sentence.matchAll(FACT)) {
    if (match.index > from) pieces.push({ text: sentence.slice(from, match.index), fact: false });
    pieces.push({ text: match[0], fact: true });
    from = match.index + match[0].length;
  }
  if (from < sentence.length) pieces.push({ text: sentence.slice(from), fact: false });
  return pieces;
}
