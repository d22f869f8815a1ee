import type { Tone } from "../api/bindings";

/** What is said of a line of SQL. */
export interface Remark {
  /** As numbered in the file. */
  line: number;
  tone: Tone;
  /** Stable, e.g. `QD-L12`. */
  code: string;
  what: string;
  why: string;
  /** How to write it; empty where there is no other way. */
  instead: string;
  /** The reason of its waiver; `null` where it stands. */
  waived: string | null;
}

/** Remarks by the number of their line. */
export function byLine(remarks: readonly Remark[]): ReadonlyMap<number, Remark[]> {
  const found = new Map<number, Remark[]>();
  for (const remark of remarks) found.set(remark.line, [...(found.get(remark.line) ?? []), remark]);
  return found;
}
