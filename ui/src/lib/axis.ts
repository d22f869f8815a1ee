import { bytes } from "./bytes";
import { duration } from "./duration";
import { NBSP } from "./quantity";
import { clock, day, month } from "./when";

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** A place on an axis, with what it says there. */
export interface Tick {
  at: number;
  text: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;

/** Ticks of a time axis: round hours or days, at most `most`; none where the end of the axis says something of its own. */
export function timeTicks(span: Span, most = 8): Tick[] {
  const steps = [MINUTE * 5, MINUTE * 15, MINUTE * 30, ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR), DAY, 2 * DAY, 7 * DAY, 14 * DAY, ...[1, 2, 3, 6, 12, 24, 60].map((months) => months * MONTH)];
  const step = steps.find((length) => (span.to - span.from) / length <= most) ?? 120 * MONTH;
  const end = span.to - (span.to - span.from) * 0.04;
  if (step >= MONTH) return monthTicks(span.from, end, step / MONTH);
  if (step >= DAY) return dayTicks(span.from, end, step / DAY);
  const zone = new Date(span.to).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((span.from - zone) / step) * step + zone;
  const out: Tick[] = [];
  for (let at = first; at <= end; at += step) out.push({ at, text: timeText(at, step) });
  return out;
}

/** Midnights by the clocks of this machine, so many days apart: a day on which they are changed is longer or shorter. */
function dayTicks(from: number, end: number, days: number): Tick[] {
  const first = new Date(from);
  const midnight = (i: number): number => new Date(first.getFullYear(), first.getMonth(), first.getDate() + 1 + i * days).getTime();
  const out: Tick[] = [];
  for (let i = 0, at = midnight(0); at <= end; i += 1, at = midnight(i)) out.push({ at, text: day(at, at) });
  return out;
}

/** First days of months, so many months apart; those of whole years begin with January. */
function monthTicks(from: number, end: number, months: number): Tick[] {
  const first = new Date(from);
  const aligned = Math.ceil((first.getMonth() + 1) / Math.min(12, months)) * Math.min(12, months);
  const start = (i: number): number => new Date(first.getFullYear(), aligned + i * months, 1).getTime();
  const out: Tick[] = [];
  for (let i = 0, at = start(0); at <= end; i += 1, at = start(i)) out.push({ at, text: months >= 12 ? String(new Date(at).getFullYear()) : month(at) });
  return out;
}

/** Ticks of durations on an axis of powers: the round ones between two bounds, in milliseconds. */
export function durationTicks(from: number, to: number): Tick[] {
  const round = [1, 10, 100, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY];
  return round.filter((at) => at >= from && at <= to).map((at) => ({ at, text: roundDuration(at) }));
}

/** Bounds of an axis of powers that hold some durations with room around them, in milliseconds. */
export function durationBounds(values: readonly number[]): [from: number, to: number] {
  const known = values.filter((value) => value > 0);
  if (known.length === 0) return [SECOND, MINUTE];
  return [Math.min(...known) / 3, Math.max(...known) * 3];
}

/** Ticks of sizes from zero: at most five, at round numbers. */
export function sizeTicks(to: number): Tick[] {
  if (to <= 0) return [{ at: 0, text: bytes(0) }];
  const rough = to / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const out: Tick[] = [];
  for (let at = 0; at <= to * 1.0001; at += step) out.push({ at, text: plain(bytes(Math.round(at))) });
  return out;
}

function timeText(at: number, step: number): string {
  const date = new Date(at);
  return step < DAY && !(date.getHours() === 0 && date.getMinutes() === 0) ? clock(at) : day(at, at);
}

/** `10 s`, not `10.0 s`. */
function roundDuration(millis: number): string {
  return plain(duration(millis));
}

/** A figure without the zeros after its point. */
function plain(text: string): string {
  const [figure = "", unit = ""] = text.split(NBSP);
  return `${figure.includes(".") ? figure.replace(/\.?0+$/, "") : figure}${NBSP}${unit}`;
}
