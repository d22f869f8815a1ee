import { duration } from "./duration";
import { NBSP } from "./quantity";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A moment as ISO text or as milliseconds since 1970. */
export type Moment = string | number;

/** Day and time: `22 Nov 13:40`, with the year only where it is not that of `now`. */
export function when(moment: Moment, now: number): string {
  return `${day(moment, now)}${NBSP}${clock(moment)}`;
}

/** The day alone: `22 Nov`, `22 Nov 2023`. */
export function day(moment: Moment, now: number): string {
  const at = new Date(moment);
  const date = `${at.getDate()}${NBSP}${MONTHS[at.getMonth()] ?? ""}`;
  return at.getFullYear() === new Date(now).getFullYear() ? date : `${date}${NBSP}${at.getFullYear()}`;
}

/** The month with its year, which a long axis needs: `Nov 2026`. */
export function month(moment: Moment): string {
  const at = new Date(moment);
  return `${MONTHS[at.getMonth()] ?? ""}${NBSP}${at.getFullYear()}`;
}

/** The time of day: `13:40`. */
export function clock(moment: Moment): string {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The time of day of an event: `14:03:05`. */
export function second(moment: Moment): string {
  return `${clock(moment)}:${two(new Date(moment).getSeconds())}`;
}

/** The time of day where it is today, otherwise day and time: `13:40`, `20 Nov 22:00`. */
export function clockOrDay(moment: Moment, now: number): string {
  return new Date(moment).toDateString() === new Date(now).toDateString() ? clock(moment) : when(moment, now);
}

/** Day and time as the clocks of a zone show it, e.g. of `Europe/Berlin`; `null` where this page does not know the zone. */
export function whenIn(moment: Moment, now: number, zone: string): string | null {
  try {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const part = (at: Moment, type: Intl.DateTimeFormatPartTypes): string => format.formatToParts(new Date(at)).find((each) => each.type === type)?.value ?? "";
    const year = part(moment, "year") === part(now, "year") ? "" : `${NBSP}${part(moment, "year")}`;
    return `${part(moment, "day")}${NBSP}${MONTHS[Number(part(moment, "month")) - 1] ?? ""}${year}${NBSP}${part(moment, "hour")}:${part(moment, "minute")}`;
  } catch {
    return null;
  }
}

/** How long ago or ahead: `just now`, `22 min ago`, `1 d 16 h ago`, `in 30 d`. */
export function ago(moment: Moment, now: number): string {
  const elapsed = now - new Date(moment).getTime();
  if (Math.abs(elapsed) < 1000) return "just now";
  const size = Math.abs(elapsed);
  const text = duration(size < 100_000 ? Math.max(1, Math.round(size / 1000)) * 1000 : size).replace(/\.\d(?=\u00a0s)/, "");
  return elapsed > 0 ? `${text}${NBSP}ago` : `in${NBSP}${text}`;
}

function two(figure: number): string {
  return String(figure).padStart(2, "0");
}
