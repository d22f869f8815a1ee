import type { Completion, PanelUnit } from "../api/bindings";

/** A line of a query with what is wrong in it marked below. */
export interface Caret {
  line: string;
  /** Spaces up to the place, then as many carets as characters are wrong. */
  carets: string;
}

/** The place that a fault names in the query; absent where it names none. */
export function caretOf(fault: { facts?: Record<string, unknown> | undefined } | undefined): Caret | undefined {
  const snippet = fault?.facts?.["snippet"];
  if (typeof snippet !== "string") return undefined;
  const [line = "", carets = ""] = snippet.split("\n");
  return carets.includes("^") ? { line, carets } : undefined;
}

/** A query with a word in the place of what was begun; places are counted in characters. The cursor goes behind it, into its brackets where it has some. */
export function insert(query: string, from: number, until: number, { word, kind }: Pick<Completion, "word" | "kind">): { text: string; cursor: number } {
  const letters = [...query];
  const after = letters.slice(until).join("");
  const opens = (kind === "function" || kind === "aggregation") && !after.startsWith("(") && !word.endsWith("(");
  const before = letters.slice(0, from).join("") + word + (opens ? "(" : "");
  return { text: before + (opens ? ")" : "") + after, cursor: before.length };
}

/** The unit that the names in a query suggest; plain numbers where they suggest none. */
export function unitOf(query: string): PanelUnit {
  const plain = query.replaceAll(/"[^"]*"|'[^']*'/g, "");
  if (/[*/]/.test(plain.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ""))) return "number";
  const moves = /\b(?:rate|irate|deriv)\s*\(/.test(plain);
  if (/\bhistogram_quantile\b/.test(plain)) return /_seconds(?:_bucket)?\b/.test(plain) ? "seconds" : /_bytes(?:_bucket)?\b/.test(plain) ? "bytes" : "number";
  if (/_timestamp_seconds\b/.test(plain)) return moves || /\btime\s*\(/.test(plain) ? "number" : "moment";
  if (/_bytes(?:_total)?\b/.test(plain)) return moves ? "bytes-per-second" : "bytes";
  if (/_seconds\b/.test(plain) && !moves) return "seconds";
  return moves ? "per-second" : "number";
}
