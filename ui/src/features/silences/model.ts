import type { LabelMatcher, Maintenance, MaintenanceRow, Silence, SilenceState } from "../../api/bindings";
import { matchersObstacle, matcherText } from "../../lib/labels";
import { oneLine } from "../../lib/plain";
import { untilObstacle } from "../../lib/until";

/** A silence that is being written. */
export interface Draft {
  matchers: LabelMatcher[];
  until: string;
  reason: string;
}

/** Labels that tell one occurrence from another rather than what it is about: a silence that names them holds less than somebody thinks. */
const PASSING = ["pid", "job_id", "version", "le", "quantile"];

/** What the dialog begins with. */
export function draftOf(matchers: readonly LabelMatcher[]): Draft {
  const kept = matchers.filter(({ label }) => !PASSING.includes(label));
  return { matchers: kept.length === 0 ? [{ label: "alertname", sign: "=", value: "" }] : [...kept], until: "4h", reason: "" };
}

/** Matchers as they are sent: those without a name and a value were never begun. */
export function written(matchers: readonly LabelMatcher[]): LabelMatcher[] {
  return matchers.map(({ label, sign, value }) => ({ label: label.trim(), sign, value })).filter(({ label, value }) => label !== "" || value !== "");
}

/** Why a silence cannot be made as it is written; absent where it can. */
export function draftObstacle({ matchers, until, reason }: Draft, now: number): string | undefined {
  return matchersObstacle(written(matchers)) ?? (untilObstacle(until, now) === undefined ? undefined : "It needs a moment at which it ends.") ?? (reason.trim() === "" ? "It needs a reason." : undefined);
}

/** Words of the states. */
export const SILENCE_WORDS: Record<SilenceState, string> = { active: "Holds now", coming: "To come", over: "Over" };

const ORDER: readonly SilenceState[] = ["active", "coming", "over"];

/** Those that hold, those to come, those that are over; within each the next to end, or the newest. */
export function sortedSilences(silences: readonly Silence[]): Silence[] {
  return silences.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.state === "over" ? b.until.localeCompare(a.until) : a.until.localeCompare(b.until)));
}

/** What it holds, in one line. */
export function matchersText(matchers: readonly LabelMatcher[]): string {
  return matchers.map((matcher) => oneLine(matcherText(matcher), 160)).join(", ");
}

/** Days of the week as the engine names them, with what is shown. */
export const WEEKDAYS: readonly { value: string; label: string }[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((value) => ({ value, label: value.slice(0, 1).toUpperCase() + value.slice(1, 3) }));

/** The days that ranges such as `monday:friday` come to; all of them where none is named. */
export function daysOf(weekdays: readonly string[]): string[] {
  const names = WEEKDAYS.map(({ value }) => value);
  if (weekdays.length === 0) return names;
  const chosen = weekdays.flatMap((text) => {
    const [from = "", until = from] = text.toLowerCase().split(":");
    const [first, last] = [names.indexOf(from), names.indexOf(until)];
    return first < 0 || last < 0 ? [] : names.slice(first, last + 1);
  });
  return names.filter((name) => chosen.includes(name));
}

/** The same back: neighbours become a range, all days become none. */
export function rangesOf(days: readonly string[]): string[] {
  const names = WEEKDAYS.map(({ value }) => value);
  const at = names.map((name) => days.includes(name));
  if (at.every(Boolean) || !at.some(Boolean)) return [];
  const out: string[] = [];
  for (let i = 0; i < 7; i += 1) {
    if (!at[i]) continue;
    const first = i;
    while (at[i + 1]) i += 1;
    out.push(i === first ? (names[first] ?? "") : `${names[first] ?? ""}:${names[i] ?? ""}`);
  }
  return out;
}

/** A maintenance window that is being written. */
export interface WindowDraft extends Omit<Maintenance, "weekdays" | "days_of_month" | "by"> {
  days: string[];
  /** As written: `1, -1, 1:7`. */
  dates: string;
}

/** What the dialog begins with. */
export function windowDraft(window: Maintenance | null, zone: string): WindowDraft {
  if (window) return { name: window.name, matchers: [...window.matchers], days: daysOf(window.weekdays), dates: window.days_of_month.join(", "), from: window.from, until: window.until, zone: window.zone, reason: window.reason };
  return { name: "", matchers: [{ label: "system", sign: "=", value: "" }], days: ["sunday"], dates: "", from: "02:00", until: "04:00", zone, reason: "" };
}

/** A draft as it is sent. */
export function windowOf(draft: WindowDraft): Maintenance {
  return { name: draft.name.trim(), matchers: written(draft.matchers), weekdays: rangesOf(draft.days), days_of_month: datesOf(draft.dates), from: draft.from.trim(), until: draft.until.trim(), zone: draft.zone.trim(), reason: draft.reason.trim(), by: "" };
}

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Why a window cannot be set as it is written; absent where it can. */
export function windowObstacle(draft: WindowDraft, taken: readonly string[]): string | undefined {
  if (draft.name.trim() === "") return "It needs a name.";
  if (taken.includes(draft.name.trim())) return "Another window has this name.";
  const labels = matchersObstacle(written(draft.matchers));
  if (labels) return labels;
  if (draft.days.length === 0) return "It needs a day of the week.";
  if (datesOf(draft.dates).some((date) => !/^-?\d{1,2}(?::-?\d{1,2})?$/.test(date))) return "Days of the month are numbers: 1, -1 or 1:7.";
  if (!CLOCK.test(draft.from.trim())) return "Its begin is a time of day: 22:00.";
  if (!CLOCK.test(draft.until.trim()) && draft.until.trim() !== "24:00") return "Its end is a time of day: 04:00.";
  if (draft.from.trim() === draft.until.trim()) return "Its end is its begin.";
  return draft.reason.trim() === "" ? "It needs a reason." : undefined;
}

/** Windows that hold now first, then the one that begins next. */
export function sortedWindows(rows: readonly MaintenanceRow[]): MaintenanceRow[] {
  return rows.toSorted((a, b) => Number(b.now_until !== null) - Number(a.now_until !== null) || (a.next ?? "\uffff").localeCompare(b.next ?? "\uffff"));
}

function datesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
