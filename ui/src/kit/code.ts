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
