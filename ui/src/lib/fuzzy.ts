/** A match: how good it is (more is better), and which characters of the text to mark. */
export interface Match {
  score: number;
  at: number[];
}

/**
 * Finds the letters of `query` in `text`, in order, ignoring case and the query's spaces. Letters that begin a word or follow one another
 * count more, so `rr` finds "Restore reputation" before "error". Texts in which a word begins with the whole query are equals, wherever their
 * other letters are. Absent where letters are missing; an empty query matches everything.
 */
export function fuzzy(query: string, text: string): Match | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, "");
  const low = text.toLowerCase();
  const whole = wordPlace(low, query.trim().toLowerCase());
  if (whole >= 0) return { score: 1000 - whole, at: range(whole, query.trim().length) };
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    const next = nextPlace(low, letter, from);
    if (next < 0) return undefined;
    score += next === from && at.length > 0 ? 8 : startsWord(low, next) ? 10 : 1;
    at.push(next);
    from = next + 1;
  }
  return { score: score - low.length / 100, at };
}

/** True where a word of `text` begins with the whole query. */
export function namesWord(query: string, text: string): boolean {
  return wordPlace(text.toLowerCase(), query.trim().toLowerCase()) >= 0;
}

/** Parts of a text, marked or not, in order, for drawing a match. */
export function pieces(text: string, at: number[]): { text: string; marked: boolean }[] {
  const out: { text: string; marked: boolean }[] = [];
  const marks = new Set(at);
  text.split("").forEach((letter, index) => {
    const marked = marks.has(index);
    const last = out.at(-1);
    if (last?.marked === marked) last.text += letter;
    else out.push({ text: letter, marked });
  });
  return out;
}

/** The first place where a word begins with the whole of `wanted`; -1 where none does. */
function wordPlace(low: string, wanted: string): number {
  if (wanted === "") return -1;
  let place = low.indexOf(wanted);
  while (place >= 0 && !startsWord(low, place)) place = low.indexOf(wanted, place + 1);
  return place;
}

/** The place where a word begins with `letter`, where there is one at or after `from`; otherwise its first place. */
function nextPlace(low: string, letter: string, from: number): number {
  if (low[from] === letter) return from;
  for (let i = from; i < low.length; i += 1) if (low[i] === letter && startsWord(low, i)) return i;
  return low.indexOf(letter, from);
}

function startsWord(low: string, index: number): boolean {
  return index === 0 || /[^a-z0-9]/.test(low[index - 1] ?? "");
}

function range(start: number, length: number): number[] {
  return Array.from({ length }, (_, i) => start + i);
}
