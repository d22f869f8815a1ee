import type { RowVerdict, Tone, ValidationRow, ValidationWatch, ValidationState } from "../../api/bindings";
import { float } from "../../lib/frame";
import { NBSP } from "../../lib/quantity";

const HOUR = 3_600_000;
/** A watch takes so many hours at the most. */
const LONGEST = 24 * 31;

/** The word of each verdict. */
export const ROW_WORDS: Record<RowVerdict, string> = { holds: "Kept", fails: "Not kept", unknown: "Not known" };

/** How it looks. */
export const ROW_TONES: Record<RowVerdict, Tone> = { holds: "ok", fails: "critical", unknown: "unknown" };

/** How far a watch is. */
export const WATCH_WORDS: Record<ValidationState, string> = { watching: "Watching", ended: "Ended", stopped: "Stopped" };

/** A stretch of a strip, both ends 0 to 1. */
export interface Stretch {
  from: number;
  length: number;
}

/** How much of a watch is over, 0 to 1. */
export function share(watch: Pick<ValidationWatch, "from" | "until" | "stopped" | "state">, now: number): number {
  if (watch.state === "ended") return 1;
  const [from, until] = [Date.parse(watch.from), Date.parse(watch.until)];
  const at = watch.stopped === null ? now : Date.parse(watch.stopped);
  return until <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (until - from)));
}

/** Gaps of a row as parts of the whole watch. */
export function stretches({ gaps }: Pick<ValidationRow, "gaps">, { from, until }: Pick<ValidationWatch, "from" | "until">): Stretch[] {
  const [begin, length] = [Date.parse(from), Math.max(1, Date.parse(until) - Date.parse(from))];
  return gaps.flatMap((gap) => {
    const [a, b] = [(Date.parse(gap.from) - begin) / length, (Date.parse(gap.until) - begin) / length].map((at) => Math.min(1, Math.max(0, at)));
    return a !== undefined && b !== undefined && b > a ? [{ from: a, length: b - a }] : [];
  });
}

/** Where a moment lies in the watch, 0 to 1; absent outside of it. */
export function placeOf(at: string | null, { from, until }: Pick<ValidationWatch, "from" | "until">): number | undefined {
  if (at === null) return undefined;
  const place = (Date.parse(at) - Date.parse(from)) / Math.max(1, Date.parse(until) - Date.parse(from));
  return place >= 0 && place <= 1 ? place : undefined;
}

/** How much of a row was measured: `80 % measured`; empty where all of it was. */
export function measuredWords({ measured }: Pick<ValidationRow, "measured">): string {
  const part = float(measured);
  return part >= 0.9995 ? "" : `${Math.floor(part * 1000) / 10}${NBSP}% measured`;
}

/** Hours as they are written, in milliseconds; absent where they are none. */
export function lengthOf(hours: string): number | undefined {
  const number = Number(hours.trim());
  return hours.trim() !== "" && Number.isFinite(number) && number > 0 && number <= LONGEST ? Math.round(number * HOUR) : undefined;
}
