import type { AlertDetail, AlertEvent, AlertRow, Rung } from "../../api/bindings";
import type { Span } from "../../lib/axis";
import { duration } from "../../lib/duration";
import { float, type Frame } from "../../lib/frame";
import { number } from "../../lib/quantity";
import { unitOf } from "../../lib/query";
import { measured } from "../../lib/units";

const HOUR = 3_600_000;

/** One level of a ladder, as it is drawn. */
export interface Step {
  rung: Rung;
  /** `done`: told; `failed`: told, and it did not arrive; `next`: the clock runs; `stopped`: nobody is told any more. */
  look: "done" | "failed" | "next" | "later" | "stopped";
}

/** The levels in order, with the one that the clock runs for. */
export function stepsOf(ladder: readonly Rung[]): Step[] {
  let next = true;
  return ladder.toSorted((a, b) => a.level - b.level).map((rung): Step => {
    const outcome = rung.outcome ?? "";
    if (rung.told !== null) return { rung, look: outcome.startsWith("failed") ? "failed" : "done" };
    if (outcome.startsWith("stopped")) return { rung, look: "stopped" };
    const look = next ? "next" : "later";
    next = false;
    return { rung, look };
  });
}

/** The escalation clock: `platform lead in 1 min 52 s`; absent where nobody is next. */
export function clockWords(steps: readonly Step[], now: number): string | undefined {
  const next = steps.find(({ look }) => look === "next");
  if (!next) return undefined;
  const left = Date.parse(next.rung.at) - now;
  return left <= 0 ? `${next.rung.who} now` : `${next.rung.who} in ${countdown(left)}`;
}

/** Counts down in seconds below an hour: a clock that stands still for a minute is not believed. */
function countdown(left: number): string {
  const seconds = Math.ceil(left / 1000);
  if (seconds <= 99 || seconds >= 3_600) return duration(seconds * 1000).replace(".0", "");
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return `${minutes}\u00a0min${rest === 0 ? "" : ` ${rest}\u00a0s`}`;
}

/** The stretch that a chart of an alert shows: from before it began, one hour at least, two days at most. */
export function chartSpan({ since, active }: Pick<AlertRow, "since" | "active">, now: number): Span {
  const begun = Date.parse(active ?? since);
  const length = Math.min(48 * HOUR, Math.max(HOUR, (now - begun) * 2));
  return { from: now - length, to: now };
}

/** Only the series that this alert came from: those whose labels are all its own; all of them where none is. */
export function ownSeries(frame: Frame, labels: Record<string, string | undefined>): Frame {
  const own = frame.series.filter((each) => Object.entries(each.labels).every(([name, value]) => name === "__name__" || labels[name] === value));
  return own.length === 0 ? frame : { ...frame, series: own };
}

/** Value, limit and duration, as far as they are known. */
export function factsOf(detail: AlertDetail): { name: string; value: string }[] {
  const unit = unitOf(detail.measured ?? "");
  const hold = number(detail.hold);
  return [
    ...(detail.row.value === null ? [] : [{ name: "value", value: measured(float(detail.row.value), unit) }]),
    ...(detail.limit === null ? [] : [{ name: "limit", value: `${detail.limit.sign} ${measured(float(detail.limit.value), unit)}` }]),
    ...(hold === 0 ? [] : [{ name: "for", value: duration(hold).replace(/\.0(?=\u00a0s)/, "") }]),
  ];
}

/** How often it fired, and over how long that is known: `3 times in 30 d`. */
export function timesWords(history: readonly AlertEvent[], now: number): string {
  const fired = history.filter(({ kind }) => kind === "firing");
  const first = fired.at(-1);
  if (!first) return "";
  const span = duration(Math.max(60_000, now - Date.parse(first.at))).split("\u00a0").slice(0, 2).join("\u00a0");
  return `${fired.length === 1 ? "once" : `${fired.length} times`} in ${span}`;
}
