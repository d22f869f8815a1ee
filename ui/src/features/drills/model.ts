import type { DatabaseStatus, DrilledComponent, DrillList, DrillOutcome, DrillReport, Millis, PartOutcome, Tone } from "../../api/bindings";
import type { ChartRow, Drawing } from "../../kit/chart";
import { durationBounds, durationTicks, type Span } from "../../lib/axis";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { day, when } from "../../lib/when";

/** A mark and its word. */
export interface Look {
  tone: Tone;
  word: string;
}

/** What was measured by drill after drill, beside its promise. */
export interface History {
  /** Read in the chart's place. */
  label: string;
  /** Of the newest drill that measured it; `null` where none did. */
  newest: string | null;
  promised: string;
  drawing: Drawing;
  rows: ChartRow[];
}

const OUTCOMES: Record<DrillOutcome, Look> = {
  running: { tone: "working", word: "Running" },
  passed: { tone: "ok", word: "Passed" },
  partial: { tone: "attention", word: "Passed in part" },
  failed: { tone: "critical", word: "Failed" },
  unfinished: { tone: "unknown", word: "No result" },
};

const PARTS: Record<PartOutcome, Look> = {
  passed: { tone: "ok", word: "Passed" },
  failed: { tone: "critical", word: "Failed" },
  "not-drilled": { tone: "unknown", word: "Not drilled" },
};

/** How a drill ended. */
export function outcomeLook(outcome: DrillOutcome): Look {
  return OUTCOMES[outcome];
}

/** How a part of it ended. */
export function partLook(outcome: PartOutcome): Look {
  return PARTS[outcome];
}

/** How many checks were right, of SQLite's and the definition's together. */
export function checkWords(drill: DrillReport): string {
  const verified = drill.components.flatMap((component) => component.verified.map((check) => check.tone === "ok"));
  const asked = drill.components.flatMap((component) => component.checks.map((check) => check.outcome === "passed"));
  const all = [...verified, ...asked];
  if (all.length === 0) return "none";
  return `${all.filter(Boolean).length} of ${all.length} right`;
}

/** What a component's own checks come to; the definition may have none. */
export function ownCheckWords(component: DrilledComponent): string {
  if (component.checks.length === 0) return "The definition asks nothing of its own.";
  const right = component.checks.filter((check) => check.outcome === "passed").length;
  return `${right} of ${counted(component.checks.length, "check")} of the definition passed`;
}

/** A measured duration beside what was promised then. */
export function besidePromise(measured: Millis | null, promised: Millis | null): Look & { figure: string } {
  const figure = measured === null ? "not measured" : duration(measured);
  if (promised === null || measured === null) return { figure, tone: "unknown", word: promised === null ? "nothing promised" : `${duration(promised)} promised` };
  const kept = number(measured) <= number(promised);
  return { figure, tone: kept ? "ok" : "critical", word: kept ? `of ${duration(promised)} promised` : `more than the ${duration(promised)} promised` };
}

/** Measured recovery time of each drill that passed whole. */
export function timeHistory(list: DrillList, now: number): History {
  return history(list, now, "time to be back", (drill) => drill.measured_rto, list.rto);
}

/** Measured recovery point of each drill. */
export function lossHistory(list: DrillList, now: number): History {
  return history(list, now, "possible loss", (drill) => drill.measured_rpo, list.rpo);
}

/** What a drill will do, in the order in which it happens. */
export function planSteps(newest: string | null, component: string | null, now: number): string[] {
  const what = component === null ? "every database in it" : `${component} alone, so that the snapshot does not count as drilled as a whole`;
  return [
    newest === null ? "Take the newest snapshot" : `Take the newest snapshot, cut ${when(newest, now)}: ${what}`,
    "Restore it into a scratch folder with a random name. A name that is registered anywhere is refused, so the live database cannot be touched",
    "Check the copy whole: image, schema, rows, integrity, foreign keys",
    "Ask the checks of the definition, where it has some",
    "Keep the measured time and loss beside the promised ones, and remove the scratch folder",
  ];
}

/** The newest cut of any database of a system; `null` without a snapshot. */
export function newestCut(databases: readonly DatabaseStatus[]): string | null {
  const cuts = databases.flatMap((database) => (database.last_snapshot === null ? [] : [database.last_snapshot.cut_at]));
  return cuts.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
}

function history(list: DrillList, now: number, what: string, read: (drill: DrillReport) => Millis | null, promise: Millis | null): History {
  const ended = list.drills.filter((drill) => drill.outcome !== "running");
  const oldest = ended.toReversed();
  const values = oldest.map((drill) => value(read(drill)));
  const known = values.filter((each) => each !== null);
  const promised = value(promise);
  const bounds = durationBounds(promised === null ? known : [...known, promised]);
  const newest = values.findLast((each) => each !== null) ?? null;
  const words = promised === null ? "nothing was promised" : `${duration(promised)} promised`;
  return {
    label: `Measured ${what} of ${counted(ended.length, "drill")}${oldest[0] ? ` since ${day(oldest[0].started_at, now)}` : ""}; ${newest === null ? "none measured it" : `${duration(newest)} in the newest`}, ${words}.`,
    newest: newest === null ? null : duration(newest),
    promised: words,
    drawing: {
      moments: oldest.map((drill) => Date.parse(drill.started_at)),
      series: [{ name: what, values, look: "dots", colour: "--series-1" }],
      limits: promised === null ? [] : [{ name: words, value: promised, tone: "attention" }],
      marks: oldest.flatMap((drill) => mark(drill)),
      span: spanOf(oldest, now),
      bounds,
      ticks: durationTicks(...bounds),
      powers: true,
    },
    rows: ended.map((drill) => {
      const measured = read(drill);
      return { at: drill.started_at, cells: [measured === null ? OUTCOMES[drill.outcome].word.toLowerCase() : duration(measured)] };
    }),
  };
}

function mark(drill: DrillReport): { at: number; tone: "critical" | "unknown" }[] {
  if (drill.outcome === "failed") return [{ at: Date.parse(drill.started_at), tone: "critical" }];
  return drill.outcome === "unfinished" ? [{ at: Date.parse(drill.started_at), tone: "unknown" }] : [];
}

/** At least a month, so that one drill does not look like a history. */
function spanOf(oldest: readonly DrillReport[], now: number): Span {
  const first = Math.min(now - 30 * 86_400_000, ...oldest.slice(0, 1).map((drill) => Date.parse(drill.started_at)));
  return { from: first - (now - first) * 0.04, to: now + (now - first) * 0.02 };
}

/** Nothing below a millisecond: an axis of powers has no zero. */
function value(millis: Millis | null): number | null {
  return millis === null ? null : Math.max(1, number(millis));
}
