import type { Span } from "./axis";
import { NBSP } from "./quantity";
import { clock, day, second, when } from "./when";

/** A stretch of time as a person names it and as the address keeps it: `now-6h` to `now`, or two moments. */
export interface SpanText {
  from: string;
  until: string;
}

/** A stretch that is offered by name. */
export interface Preset {
  value: string;
  label: string;
}

/** What a stretch comes to, or why it is none. */
export type SpanRead = { span: Span; fault?: undefined } | { span?: undefined; fault: string };

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Shorter stretches show nothing. */
const SHORTEST = 10_000;

/** The stretches in the page's head. */
export const PRESETS: readonly Preset[] = ["1h", "6h", "24h", "7d"].map((value) => ({ value, label: value.replace(/(\d+)/, `$1${NBSP}`) }));

/** The last hours or days up to now. */
export function lately(length: string): SpanText {
  return { from: `now-${length}`, until: "now" };
}

/** A length in milliseconds as the address writes it: `6h`, `7d`, `90m`. */
export function lengthOf(millis: number): string {
  if (millis > 86_400_000 && millis % 86_400_000 === 0) return `${millis / 86_400_000}d`;
  return millis % 3_600_000 === 0 ? `${millis / 3_600_000}h` : `${Math.max(1, Math.round(millis / 60_000))}m`;
}

/** The name of the preset that a stretch is; empty where it is another one. */
export function presetOf({ from, until }: SpanText): string {
  return until === "now" ? (PRESETS.find(({ value }) => from === `now-${value}`)?.value ?? "") : "";
}

/** A stretch in milliseconds since 1970. */
export function readSpan(text: SpanText, now: number, utc = false): SpanRead {
  const from = moment(text.from, now, utc);
  const to = moment(text.until, now, utc);
  if (from === undefined) return { fault: `${quoted(text.from)} is no moment: write now-6h, 13:40 or 22 Nov 13:40.` };
  if (to === undefined) return { fault: `${quoted(text.until)} is no moment: write now, 13:40 or 22 Nov 13:40.` };
  if (to - from < SHORTEST) return { fault: to <= from ? "The end lies before the beginning." : "At least 10 s are needed." };
  return { span: { from, to } };
}

/** The part of a stretch that is over: nothing was measured of what is to come. */
export function past({ from, to }: Span, now: number): Span {
  return { from, to: from + SHORTEST < now ? Math.min(to, now) : to };
}

/** A moment as a person writes it: `now`, `now-1d12h`, `13:40`, `22 Nov 13:40`, `2026-11-22 13:40:05`, an ISO text, or milliseconds since 1970. */
export function moment(text: string, now: number, utc = false): number | undefined {
  const plain = text.trim();
  const relative = /^now(?:-((?:\d+[smhdw])+))?$/.exec(plain);
  if (relative) return now - [...(relative[1] ?? "").matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, size, unit]) => sum + Number(size) * (UNITS[unit ?? ""] ?? 0), 0);
  if (/^\d{12,14}$/.test(plain)) return Number(plain);
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(plain)) return known(Date.parse(plain));
  const today = unzoned(now, utc);
  const parts = /^(?:(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[\s\u00a0]+([A-Za-z]{3})[a-z]*(?:[\s\u00a0]+(\d{4}))?)(?:[\s\u00a0T,]+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(plain);
  if (!parts || plain === "") return undefined;
  const [, year, month, dayOf, dayWord, monthWord, yearAfter, hours = "0", minutes = "0", seconds = "0"] = parts;
  const named = monthWord === undefined ? undefined : MONTHS.indexOf(monthWord.toLowerCase());
  if (named === -1 || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const y = Number(year ?? yearAfter ?? today.getFullYear());
  const m = month === undefined ? (named ?? today.getMonth()) : Number(month) - 1;
  const d = Number(dayOf ?? dayWord ?? today.getDate());
  const date = new Date(y, m, d, Number(hours), Number(minutes), Number(seconds));
  if (date.getMonth() !== m || date.getDate() !== d) return undefined;
  return known(utc ? Date.UTC(y, m, d, Number(hours), Number(minutes), Number(seconds)) : date.getTime());
}

/** A stretch in words: `last 6 h`, `08:02 to 14:02`, `21 Nov 22:00 to 22 Nov 03:00`. */
export function spanWords(text: SpanText, now: number, utc = false): string {
  const last = /^now-(\d+)([smhdw])$/.exec(text.from);
  if (last && text.until === "now") return `last ${last[1] ?? ""}${NBSP}${last[2] === "m" ? "min" : (last[2] ?? "")}`;
  const { span } = readSpan(text, now, utc);
  if (!span) return `${text.from} to ${text.until}`;
  const [from, to, present] = [shifted(span.from, utc), shifted(span.to, utc), shifted(now, utc)];
  const sameDay = day(from, present) === day(to, present);
  const fine = span.to - span.from < 300_000 ? second : clock;
  const begin = sameDay && day(from, present) === day(present, present) ? fine(from) : `${day(from, present)}${NBSP}${fine(from)}`;
  return `${begin} to ${sameDay ? fine(to) : `${day(to, present)}${NBSP}${fine(to)}`}`;
}

/** How a moment is written into a field: day and time, with seconds where they count. */
export function written(at: number, now: number, utc = false): string {
  const shown = shifted(at, utc);
  const text = new Date(shown).getSeconds() === 0 ? when(shown, shifted(now, utc)) : `${day(shown, shifted(now, utc))} ${second(shown)}`;
  return text.replaceAll(NBSP, " ");
}

/** A stretch between two moments as the address keeps it. */
export function between(from: number, to: number): SpanText {
  return { from: String(Math.round(from)), until: String(Math.round(to)) };
}

/** A moment whose local clock shows what the clock in UTC shows at `at`: for the functions that write local times. */
export function shifted(at: number, utc: boolean): number {
  return utc ? at + new Date(at).getTimezoneOffset() * 60_000 : at;
}

function unzoned(now: number, utc: boolean): Date {
  return new Date(shifted(now, utc));
}

function known(at: number): number | undefined {
  return Number.isNaN(at) ? undefined : at;
}

function quoted(text: string): string {
  return text.trim() === "" ? "An empty field" : `“${text.trim()}”`;
}
