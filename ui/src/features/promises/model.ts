import type { Float, PanelUnit, PromiseLine, PromiseTable, Tone } from "../../api/bindings";
import { duration } from "../../lib/duration";
import { float } from "../../lib/frame";
import { href } from "../../lib/href";
import { NBSP, number } from "../../lib/quantity";
import { worst } from "../../lib/tone";
import { measured } from "../../lib/units";
import { when } from "../../lib/when";

/** A window that was measured for less than this share says nothing certain. */
const SEEN = 0.9;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The windows that can be looked at instead of each promise's own. */
export const WINDOWS: readonly { value: string; label: string }[] = [
  { value: "own", label: "its own window" },
  { value: String(DAY), label: `24${NBSP}h` },
  { value: String(7 * DAY), label: `7${NBSP}d` },
  { value: String(30 * DAY), label: `30${NBSP}d` },
];

/** One promise, ready to be shown. */
export interface PromiseRow {
  line: PromiseLine;
  /** `< 10 ms`. */
  target: string;
  alert: string | undefined;
  now: string | undefined;
  /** The mean over the window. */
  measured: string | undefined;
  window: string;
  kept: string | undefined;
  goal: string;
  budget: Budget | undefined;
  /** Said where too little of the window was measured. */
  partial: string | undefined;
  /** True where the present value is not what was promised. */
  past: boolean;
  /** Where its values over the window can be looked at. */
  to: string;
}

/** What is left of the time in which a promise may be broken. */
export interface Budget {
  /** Between 0 and 1, for drawing. */
  share: number;
  words: string;
  /** How long it lasts. */
  pace: string;
  spent: boolean;
}

/** The rows of the table, in the order of the definition. */
export function rowsOf(table: PromiseTable, now: number): PromiseRow[] {
  return table.lines.map((line) => ({
    line,
    target: bound(line.target, line.unit),
    alert: line.alert === null ? undefined : bound(line.alert, line.unit),
    now: valueWords(line.now, line.unit),
    measured: valueWords(line.measured, line.unit),
    window: duration(line.window),
    kept: line.kept === null ? undefined : share(float(line.kept)),
    goal: share(float(line.goal)),
    budget: budgetOf(line, now),
    partial: partialOf(line),
    past: line.tone === "attention" || line.tone === "critical",
    to: href.explore({ query: line.query, system: table.system, from: `now-${windowText(number(line.window))}`, until: "now" }),
  }));
}

/** The page's sentence: how many are kept, which are past their alert now, which are not kept, and of which nobody knows. */
export function verdictOf(table: PromiseTable): { tone: Tone; begins: string; rest: string } {
  const { lines, system } = table;
  const unsure = lines.filter((line) => line.kept === null || float(line.seen) < SEEN);
  const broken = lines.filter((line) => !unsure.includes(line) && float(line.kept ?? 0) < float(line.goal));
  const kept = lines.length - unsure.length - broken.length;
  const told = `SLA of ${system}: ${kept} of ${lines.length} ${lines.length === 1 ? "promise is" : "promises are"} kept.`;
  const begins = unsure.length === lines.length ? `SLA of ${system}: not enough was measured yet.` : told;
  const alarming = lines.filter(({ tone }) => tone === "critical");
  const rest = [
    alarming.length === 0 ? "" : `Past its alert now: ${names(alarming)}.`.replace("its", alarming.length === 1 ? "its" : "their"),
    broken.length === 0 ? "" : `Not kept over the window: ${names(broken)}.`,
    unsure.length === 0 ? "" : `Too little was measured to say of ${names(unsure)}.`,
  ];
  return { tone: worst(lines.map(({ tone }) => tone)), begins, rest: rest.filter(Boolean).join(" ") };
}

/** A share in percent, cut and never rounded up: what was missed by little does not look kept. */
export function share(value: number): string {
  const percent = value * 100;
  const decimals = Math.abs(percent) > 90 ? 3 : Math.abs(percent) >= 10 ? 1 : 2;
  const cut = Math.floor(percent * 10 ** decimals + 1e-6) / 10 ** decimals;
  return `${cut.toFixed(decimals).replace(/\.?0+$/, "")}${NBSP}%`;
}

/** `< 0.01` of seconds: `< 10 ms`. What cannot be read stays as it is written. */
export function bound(text: string, unit: PanelUnit): string {
  const [, side, value] = /^([<>]=?)\s*([-+.\deE]+)$/.exec(text.trim()) ?? [];
  if (side === undefined || value === undefined || Number.isNaN(Number(value))) return text;
  const sign = side.replace("<=", "≤").replace(">=", "≥");
  return `${sign}${NBSP}${valueWords(Number(value), unit) ?? value}`;
}

/** A length of time as an address writes it: `30d`, `36h`, `90m`. */
export function windowText(millis: number): string {
  if (millis % DAY === 0) return `${millis / DAY}d`;
  return millis % HOUR === 0 ? `${millis / HOUR}h` : `${Math.max(1, Math.round(millis / 60_000))}m`;
}

function valueWords(value: Float | null, unit: PanelUnit): string | undefined {
  if (value === null) return undefined;
  const size = float(value);
  return unit === "ratio" && Number.isFinite(size) ? share(size) : measured(size, unit);
}

function budgetOf(line: PromiseLine, now: number): Budget | undefined {
  if (line.budget === null) return undefined;
  const left = float(line.budget);
  if (left <= 0) {
    const over = left <= -10 ? "overspent many times" : left < -0.005 ? `overspent by ${share(-left)}` : "";
    return { share: 0, words: "spent", pace: over, spent: true };
  }
  const pace = line.lasts_until === null ? "lasts at this pace" : `lasts until ${when(line.lasts_until, now)}`;
  return { share: Math.min(1, left), words: `${left >= 0.995 ? "100" : Math.max(1, Math.floor(left * 100))}${NBSP}%`, pace, spent: false };
}

function partialOf(line: PromiseLine): string | undefined {
  const seen = float(line.seen);
  if (line.kept === null) return "nothing was measured";
  if (seen >= SEEN) return undefined;
  return `${seen < 0.01 ? "less than 1" : `only ${Math.floor(seen * 100)}`}${NBSP}% of it was measured`;
}

/** Two by name, the rest by number. */
function names(lines: readonly PromiseLine[]): string {
  const [first, second] = lines;
  if (!first) return "";
  if (!second) return first.name;
  return lines.length === 2 ? `${first.name} and ${second.name}` : `${first.name}, ${second.name} and ${lines.length - 2} more`;
}
