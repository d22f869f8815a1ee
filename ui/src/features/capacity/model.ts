import type { CapacityKind, CapacityLine, CapacityTable, PlanPoint, Tone } from "../../api/bindings";
import type { ThresholdLine, TimeDrawing, TimeSeries } from "../../kit/time-drawing";
import { bytes } from "../../lib/bytes";
import { duration } from "../../lib/duration";
import { float } from "../../lib/frame";
import { NBSP, number } from "../../lib/quantity";
import { worst } from "../../lib/tone";
import { boundsOf } from "../../lib/units";
import { day } from "../../lib/when";

const DAY = 86_400_000;
/** The pace is drawn at least, and at most, so far ahead. */
const AHEAD = { least: 2 * DAY, most: 365 * DAY };
/** A limit so many times above everything drawn is said, not drawn: it would press the line to the ground. */
const FAR = 4;

/** What kinds are called. */
export const KIND_WORDS: Record<CapacityKind, string> = { database: "database", disk: "disk", repository: "snapshots" };

/** How something grows, as far as that can be said. */
export type Growing = "grows" | "shrinks" | "level" | "unknown";

/** Words of a cell: what is said first, and what narrows it. */
export interface Said {
  words: string;
  interval: string | undefined;
  /** False where it says that nobody knows. */
  known: boolean;
}

/** One point of a plan, beside what the trend expects then. */
export interface PlanRow {
  word: string;
  at: string;
  planned: string;
  expected: string;
  /** How the expected size stands to the planned one; absent where nothing is expected. */
  beside: string | undefined;
  tone: Tone | undefined;
}

/** Whether the interval of the slope says more, less, or neither. */
export function growing({ growth, least, most }: Pick<CapacityLine, "growth" | "least" | "most">): Growing {
  if (growth === null || least === null || most === null) return "unknown";
  if (float(least) <= 0 && float(most) >= 0) return "level";
  return float(most) < 0 ? "shrinks" : "grows";
}

/** Growth in a day, with its interval. */
export function growthOf(line: CapacityLine): Said {
  const way = growing(line);
  if (way === "unknown") return { words: "not enough to say", interval: undefined, known: false };
  const interval = `${rate(line.least)} to ${rate(line.most)}`;
  if (way === "level") return { words: "none to be told", interval, known: true };
  return { words: `${rate(line.growth)} a day`, interval, known: true };
}

/** When it is full, with its interval. */
export function fullOf(line: CapacityLine): Said {
  const way = growing(line);
  if (way === "unknown") return { words: "not enough to say", interval: undefined, known: false };
  if (way === "level") return { words: "cannot be told", interval: "no growth that can be told from none", known: true };
  if (way === "shrinks") return { words: "never at this pace", interval: "it shrinks", known: true };
  if (line.full === null) return line.limit === null ? { words: "not known", interval: "its room is not known", known: false } : { words: "not foreseen", interval: undefined, known: true };
  const [early, late] = [line.full_least, line.full_most].map((each) => (each === null ? undefined : days(number(each))));
  const interval = early === undefined || early === late ? undefined : late === undefined ? `${early} or later` : `${early} to ${late}`;
  return { words: days(number(line.full)), interval, known: true };
}

/** The page's sentence: what is full first, or that nothing is. */
export function verdictOf(table: CapacityTable): { tone: Tone; begins: string; rest: string } {
  const tone = worst(table.lines.map((line) => line.tone));
  const filling = table.lines.filter((line) => line.full !== null && growing(line) === "grows");
  const [first] = [...filling].sort((a, b) => number(a.full ?? 0) - number(b.full ?? 0));
  const unsure = table.lines.filter((line) => growing(line) === "unknown").length;
  const rest = unsure === 0 ? "" : unsure === table.lines.length ? "It takes a day of measuring to say how anything grows." : `Too little was measured of ${unsure} of ${table.lines.length}.`;
  if (!first) return { tone, begins: unsure === table.lines.length ? "Not enough was measured to say." : `Nothing of ${table.system} fills at a pace that can be told.`, rest };
  const { words, interval } = fullOf(first);
  return { tone, begins: `${nameOf(first)} is full first, in ${words}${interval === undefined ? "" : ` (${interval})`}.`, rest: [overOf(table), rest].filter(Boolean).join(" ") };
}

/** How something is called in a sentence. */
export function nameOf({ kind, what }: Pick<CapacityLine, "kind" | "what">): string {
  return kind === "disk" ? `Disk ${what}` : kind === "repository" ? "The repository" : what;
}

/** The plan, beside what the trend says. */
export function planOf(line: CapacityLine, now: number): PlanRow[] {
  return line.plan.map((point) => {
    const expected = point.expected === null ? undefined : number(point.expected);
    const ratio = expected === undefined ? undefined : expected / Math.max(1, number(point.planned));
    return {
      word: point.word,
      at: day(point.at, now),
      planned: bytes(point.planned),
      expected: expected === undefined ? (Date.parse(point.at) <= now ? "is past" : "not enough to say") : bytes(expected),
      beside: ratio === undefined ? undefined : besideWords(ratio),
      tone: ratio === undefined ? undefined : ratio > 1 ? "attention" : "ok",
    };
  });
}

/** What was measured, the pace with its interval going on, and the lines it will meet. */
export function drawingOf(line: CapacityLine, now: number): TimeDrawing {
  const trend = line.trend.map(([at, value]): [number, number] => [at, float(value)]);
  const [from = now, begin = 0] = trend[0] ?? [];
  const [to = now, level = 0] = trend.at(-1) ?? [];
  const known = growing(line) !== "unknown" && trend.length > 1;
  const ahead = known ? Math.min(AHEAD.most, Math.max(AHEAD.least, to - from)) : 0;
  const steps = known ? 24 : 0;
  const later = Array.from({ length: steps }, (_, i) => to + ((i + 1) / steps) * ahead);
  const pace = (slope: CapacityLine["growth"]): (number | undefined)[] => [...trend.slice(0, -1).map(() => undefined), level, ...later.map((at) => Math.max(0, level + (float(slope ?? 0) * (at - to)) / DAY))];
  const measured: TimeSeries = { name: "Measured", values: [...trend.map(([, value]) => value), ...later.map(() => undefined)], colour: "--series-1", dash: [], look: "line" };
  const going = (name: string, slope: CapacityLine["growth"], colour: TimeSeries["colour"], dash: number[]): TimeSeries => ({ name, values: pace(slope), colour, dash, look: "line" });
  const series = known ? [measured, going("At this pace", line.growth, "--series-2", [6, 3]), going("Slow end", line.least, "--series-4", [2, 3]), going("Fast end", line.most, "--series-4", [2, 3])] : [measured];
  const most = Math.max(begin, ...series.flatMap(({ values }) => values.filter((value): value is number => typeof value === "number")));
  const limits = limitsOf(line, now, most);
  const all = [...trend.map(([, value]) => value), ...series.slice(1).flatMap(({ values }) => values.filter((value): value is number => typeof value === "number"))];
  const least = all.length === 0 ? 0 : Math.min(...all);
  const top = Math.max(most, ...limits.map(({ value }) => value));
  // What moves little beside its size would be a flat line from zero on.
  const floor = top - least < least * 0.2 ? Math.max(0, least - (top - least) * 0.5) : 0;
  return { span: { from: Math.min(from, now - 3_600_000), to: Math.max(to + ahead, now) }, moments: [...trend.map(([at]) => at), ...later], series, unit: "bytes", bounds: boundsOf({ least: Math.max(floor, 0), most: top }, { least: floor, most: null }, "bytes"), thresholds: limits, gaps: [], ticks: [] };
}

/** The sentence that is read in place of the chart. */
export function labelOf(line: CapacityLine): string {
  return `${nameOf(line)}: ${line.sentence}`;
}

/** The limit, and what is planned for later, where the drawn sizes come near to it. */
function limitsOf(line: CapacityLine, now: number, most: number): ThresholdLine[] {
  const near = (value: number): boolean => value > 0 && value <= Math.max(most, 1) * FAR;
  const full = line.limit === null ? [] : [{ value: number(line.limit), name: `Full at ${bytes(line.limit)}`, tone: "critical" as const }];
  const plans = line.plan.filter((point) => Date.parse(point.at) > now).map((point: PlanPoint) => ({ value: number(point.planned), name: `Plan, ${point.word}: ${bytes(point.planned)}`, tone: "attention" as const }));
  return [...full, ...plans].filter(({ value }) => near(value));
}

function overOf(table: CapacityTable): string {
  const over = table.lines.filter((line) => line.plan.some((point) => point.expected !== null && number(point.expected) > number(point.planned)));
  return over.length === 0 ? "" : over.length === 1 && over[0] ? `${nameOf(over[0])} outgrows its plan.` : `${over.length} outgrow their plans.`;
}

function besideWords(ratio: number): string {
  if (ratio > 1.005) return ratio >= 10 ? `over ${Math.floor(ratio)} times the plan` : `${ratio.toFixed(ratio < 1.1 ? 2 : 1)} times the plan`;
  const percent = Math.round(ratio * 100);
  return percent < 1 ? "less than 1\u00a0% of the plan" : `${percent}${NBSP}% of the plan`;
}

function rate(value: CapacityLine["growth"]): string {
  const size = float(value ?? 0);
  return `${size < 0 ? "−" : ""}${bytes(Math.abs(size))}`;
}

/** Days, and years where they are many. */
function days(millis: number): string {
  if (millis < 2 * DAY) return duration(millis);
  const whole = Math.floor(millis / DAY);
  if (whole < 730) return `${whole}${NBSP}d`;
  return whole > 36_500 ? "over 100 years" : `${(whole / 365).toFixed(whole < 3_650 ? 1 : 0)}${NBSP}years`;
}
