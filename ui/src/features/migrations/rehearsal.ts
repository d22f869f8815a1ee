import type { Rehearsal, RehearsalStanding, SchemaDifference, TableChange, Tone, WayDown } from "../../api/bindings";
import { bytes } from "../../lib/bytes";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { ago, clockOrDay, when } from "../../lib/when";
import { thingOf, things, wayOf } from "./drift";
import { versionsWords } from "./model";

/** One measured figure of a rehearsal. */
export interface Figure {
  name: string;
  words: string;
  /** A status where it says one; absent for a plain figure. */
  tone?: Tone;
}

/** Longer than this, in milliseconds, somebody at the other end notices that writes stand still. */
const NOTICED = 1_000;

/** What the strip above a migration is called. */
export function rehearsalTitle(rehearsal: Rehearsal): string {
  return `Rehearsal of ${versionsWords(rehearsal.steps.map((step) => step.version))}`;
}

/** On which copy, when, and how old it is. */
export function copyWords({ snapshot, cut_at, at }: Rehearsal, now: number): string {
  const copy = snapshot === null ? "on a copy of the live database" : `on a copy of snapshot ${when(cut_at, now)}`;
  return `${copy}, ${clockOrDay(at, now)}, ${ago(at, now)}`;
}

/** What was measured, each in a few words. */
export function figures(rehearsal: Rehearsal): Figure[] {
  return [
    { name: "Time", words: timesWords(rehearsal) },
    { name: "Writers wait", words: duration(rehearsal.writers_wait), ...(number(rehearsal.writers_wait) > NOTICED ? { tone: "attention" as const } : {}) },
    { name: "Disk needed", words: bytes(rehearsal.disk) },
    integrityFigure(rehearsal),
    rowsFigure(rehearsal),
    { name: "Schema", words: changesWords(rehearsal.schema) },
    wayDownFigure(rehearsal),
  ];
}

/** So many steps are named one by one. */
const NAMED = 3;

function timesWords({ steps }: Rehearsal): string {
  if (steps.length === 0) return "nothing ran";
  if (steps.length <= NAMED) return steps.map((step) => duration(step.took)).join(", ");
  return `${duration(steps.reduce((sum, step) => sum + number(step.took), 0))} in all`;
}

function integrityFigure({ integrity, foreign_keys }: Rehearsal): Figure {
  const sound = integrity.length === 0;
  const whole = foreign_keys.length === 0;
  return { name: "Integrity, keys", words: `${sound ? "ok" : counted(integrity.length, "finding")}, ${whole ? "ok" : counted(foreign_keys.length, "broken key")}`, tone: sound && whole ? "ok" : "critical" };
}

function rowsFigure({ rows, tables_equal }: Rehearsal): Figure {
  if (rows.length === 0) return { name: "Rows", words: `${counted(tables_equal, "table")} equal`, tone: "ok" };
  const losing = rows.some(({ snapshot, live }) => number(live ?? 0) < number(snapshot ?? 0));
  return { name: "Rows", words: `${counted(rows.length, "table")} changed`, ...(losing ? { tone: "attention" as const } : {}) };
}

/** What became of the schema: `+1 table, +1 index, 1 view changed`. */
export function changesWords(changes: readonly SchemaDifference[]): string {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const key = `${{ extra: "+", missing: "−", changed: "" }[wayOf(change)]}|${thingOf(change)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const words = [...counts].map(([key, many]) => {
    const [way = "", thing = ""] = key.split("|");
    return `${way}${things(many, thing)}${way === "" ? " changed" : ""}`;
  });
  return words.length === 0 ? "no change" : words.join(", ");
}

function wayDownFigure({ steps }: Rehearsal): Figure {
  const tone = steps.some(({ down }) => down.kind === "not-back" || down.kind === "failed") ? ("attention" as const) : undefined;
  const tried = steps.filter(({ down }) => down.kind !== "none" && down.kind !== "not-tried");
  if (tried.length === 0) return { name: "Way down", words: steps.some(({ down }) => down.kind === "not-tried") ? "not tried" : "none" };
  const words = steps.length <= NAMED ? steps.map(({ version, down }) => `${version} ${WAY_WORDS[down.kind]}`).join(", ") : `${tried.filter(({ down }) => down.kind === "back").length} of ${steps.length} go back`;
  return { name: "Way down", words, tone: tone ?? "ok" };
}

const WAY_WORDS: Record<WayDown["kind"], string> = { back: "yes", "not-back": "no", failed: "fails", none: "none", "not-tried": "not tried" };

/** What a way down is worth, in a sentence, with its status. */
export function wayDownWords(down: WayDown): { tone: Tone; words: string } {
  switch (down.kind) {
    case "back":
      return down.rows.length === 0 ? { tone: "ok", words: `goes back in ${duration(down.took)}` } : { tone: "attention", words: `the schema goes back; rows of ${counted(down.rows.length, "table")} do not` };
    case "not-back":
      return { tone: "attention", words: `does not go back: ${counted(down.differences.length, "difference")}` };
    case "failed":
      return { tone: "critical", words: `fails: ${down.failure.message}` };
    case "none":
      return { tone: "unknown", words: "there is none" };
    default:
      return { tone: "unknown", words: "not tried, because of what came before" };
  }
}

/** What the rehearsal, or its absence, says beside the button that applies. */
export function standingWords(standing: RehearsalStanding | null, now: number): { tone: Tone; words: string } {
  if (standing === null) return { tone: "unknown", words: "Nobody has rehearsed this: how long writers would wait for the migrations is not known." };
  if (standing.stale.length > 0) return { tone: "unknown", words: `The rehearsal of ${when(standing.rehearsal.at, now)} holds no more: ${standing.stale.join("; ")}.` };
  return { tone: standing.rehearsal.tone, words: `Rehearsed ${clockOrDay(standing.rehearsal.at, now)}, ${ago(standing.rehearsal.at, now)}: ${standing.rehearsal.sentence}` };
}

/** Rows of a table before and after: `12,004 → 11,990`. */
export function rowsWords({ snapshot, live }: TableChange): string {
  const side = (rows: TableChange["live"]): string => (rows === null ? "not there" : count(rows));
  return `${side(snapshot)} → ${side(live)}`;
}
