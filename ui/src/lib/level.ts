import type { Level } from "../api/bindings";

/** The six levels of proof, weakest first. */
export const LEVELS: readonly Level[] = ["present", "read", "opens", "integrity-ok", "data-matches", "drilled"];

/** How many of the six steps are reached; 0 for none. */
export function steps(level: Level | null): number {
  return level === null ? 0 : LEVELS.indexOf(level) + 1;
}

/** The level as people say it, e.g. `integrity ok`. */
export function levelWord(level: Level): string {
  return level.replace("-", " ");
}

/** What reaching a level means, in a few words. */
export function levelMeaning(level: Level): string {
  return MEANINGS[level];
}

const MEANINGS: Record<Level, string> = {
  present: "the repository lists it",
  read: "all its data was read again",
  opens: "SQLite opens the copy",
  "integrity-ok": "integrity_check finds nothing",
  "data-matches": "image hash, schema and rows equal the manifest",
  drilled: "restored, checked and timed",
};

/** The strongest of some levels; `null` where there is none. */
export function strongest(levels: readonly { level: Level }[]): Level | null {
  return levels.reduce<Level | null>((best, { level }) => (steps(level) > steps(best) ? level : best), null);
}
