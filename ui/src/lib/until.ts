import { NBSP } from "./quantity";
import { moment } from "./span";

/** How long something is agreed on: a length from now, or a moment that is written. */
export type Until = string;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Lengths that are offered. */
export const LENGTHS: readonly { value: string; label: string }[] = ["1h", "4h", "1d"].map((value) => ({ value, label: value.replace(/(\d+)/, `$1${NBSP}`) }));

/** The moment that is meant, in milliseconds since 1970: `4h`, `1d12h`, `14:30` (the next one), `23 Nov 08:00`; absent where it is none. */
export function untilOf(text: string, now: number): number | undefined {
  const plain = text.trim().replace(/^(?:for|in|until)\s+/i, "");
  const length = /^(?:\d+\s*(?:m|min|h|d|w)\s*)+$/i.exec(plain);
  if (length) return now + [...plain.matchAll(/(\d+)\s*([mhdw])/gi)].reduce((sum, [, size, unit = ""]) => sum + Number(size) * (UNITS[unit.toLowerCase()] ?? 0), 0);
  const at = moment(plain, now);
  // A time of day that is over is tomorrow's.
  return at !== undefined && at <= now && /^\d{1,2}:\d{2}(?::\d{2})?$/.test(plain) ? at + 86_400_000 : at;
}

/** Why a moment cannot be meant; absent where it can. */
export function untilObstacle(text: string, now: number): string | undefined {
  const at = untilOf(text, now);
  if (at === undefined) return "Write 4h, 14:30 or 23 Nov 08:00.";
  return at <= now ? "That moment is over." : undefined;
}
