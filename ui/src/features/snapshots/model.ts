import type { Bytes, Component, Level, ManifestComponent, Snapshot, SnapshotId } from "../../api/bindings";
import { duration } from "../../lib/duration";
import { levelWord, strongest } from "../../lib/level";
import { number } from "../../lib/quantity";
import { clock } from "../../lib/when";

/** One snapshot as the list shows it. */
export interface Row {
  id: SnapshotId;
  snapshot: Snapshot;
  /** Milliseconds since 1970 of the moment whose state it holds. */
  cut: number;
  level: Level | null;
  /** Why it was taken, in words; the label of whoever asked comes first. */
  reason: string;
  safety: boolean;
  /** Size of its images together. */
  size: number;
  added: Bytes;
  /** `version 7`, or one for each component where they differ. */
  schema: string;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** The largest stretch without a snapshot. */
export interface Gap extends Span {
  /** True where it lasts until now. */
  open: boolean;
  words: string;
}

/** How much of the past the timeline shows. */
export type Range = "6 h" | "24 h" | "7 d" | "30 d" | "All";

export const RANGES: readonly Range[] = ["6 h", "24 h", "7 d", "30 d", "All"];

const HOUR = 3_600_000;
const LENGTHS: Record<Exclude<Range, "All">, number> = { "6 h": 6 * HOUR, "24 h": 24 * HOUR, "7 d": 168 * HOUR, "30 d": 720 * HOUR };

/** Rows, newest first. */
export function rows(snapshots: readonly Snapshot[]): Row[] {
  return snapshots.map(row).sort((a, b) => b.cut - a.cut);
}

/** The first eight figures, by which people may name a snapshot. */
export function shortId(id: SnapshotId): string {
  return id.slice(0, 8);
}

/** A digest as people compare it: two groups of four. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)} ${digest.slice(4, 8)}`;
}

/** The smallest range that shows all snapshots, or else at least a dozen. */
export function fittingRange(all: readonly Row[], now: number): Range {
  const shown = (range: Range) => all.filter((row) => row.cut >= spanOf(range, all, now).from).length;
  return RANGES.find((range) => shown(range) >= Math.min(12, all.length)) ?? "All";
}

/** The stretch that the timeline draws. It ends now, because what is not yet backed up is part of the picture. */
export function spanOf(range: Range, all: readonly Row[], now: number): Span {
  if (range !== "All") return { from: now - LENGTHS[range], to: now };
  const oldest = Math.min(now - HOUR, ...all.map((row) => row.cut));
  return { from: oldest - (now - oldest) * 0.02, to: now };
}

/** Where a moment stands in a stretch, as a share from 0 to 1. */
export function share(moment: number, span: Span): number {
  return Math.min(1, Math.max(0, (moment - span.from) / Math.max(1, span.to - span.from)));
}

/** The largest gap that touches the stretch; `null` with fewer than two snapshots, or where it is too narrow to be drawn. */
export function largestGap(all: readonly Row[], span: Span, now: number): Gap | null {
  if (all.length < 2) return null;
  const cuts = [...all.map((row) => row.cut), now].sort((a, b) => a - b);
  const gaps = cuts.slice(1).map((to, index) => ({ from: cuts[index] ?? to, to }));
  const seen = gaps.filter((gap) => gap.to > span.from && gap.from < span.to);
  const widest = seen.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (!widest || share(widest.to, span) - share(widest.from, span) < 0.06) return null;
  const open = widest.to === now;
  const length = duration(widest.to - widest.from);
  return { ...widest, open, words: open ? `${length} since the newest` : `${length} without a snapshot` };
}

/** Ticks of the time axis: round hours or days, at most eight. */
export function ticks(span: Span): { at: number; text: string }[] {
  const steps = [1 / 12, 1 / 4, 1 / 2, 1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2160, 8760].map((hours) => hours * HOUR);
  const step = steps.find((length) => (span.to - span.from) / length <= 8) ?? 8760 * HOUR;
  const zone = new Date(span.to).getTimezoneOffset() * 60_000;
  const first = Math.ceil((span.from - zone) / step) * step + zone;
  const out: { at: number; text: string }[] = [];
  for (let at = first; at <= span.to - (span.to - span.from) * 0.04; at += step) out.push({ at, text: tickText(at, step) });
  return out;
}

/** What the arrow keys choose. `ordered` is newest first, as the list stands. */
export function neighbour(ordered: readonly Row[], id: SnapshotId | null, key: string): SnapshotId | null {
  const at = ordered.findIndex((row) => row.id === id);
  const places: Record<string, number> = { ArrowLeft: at + 1, ArrowDown: at + 1, ArrowRight: at - 1, ArrowUp: at - 1, Home: ordered.length - 1, End: 0 };
  const next = at < 0 ? 0 : places[key];
  return next === undefined ? null : (ordered[Math.min(ordered.length - 1, Math.max(0, next))]?.id ?? null);
}

/** Reads what people type into the date field: `13:40` (today), `22 Nov 13:40`, `22 Nov 2025 13:40`, `2026-11-22 13:40`. */
export function readMoment(text: string, now: number): number | null {
  const words = text.trim().replaceAll("\u00a0", " ");
  const today = new Date(now);
  const time = /^(\d{1,2}):(\d{2})$/.exec(words);
  if (time) return moment(today.getFullYear(), today.getMonth(), today.getDate(), time[1], time[2]);
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(words);
  if (iso) return moment(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), iso[4], iso[5]);
  const spoken = /^(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?(?: (\d{1,2}):(\d{2}))?$/i.exec(words);
  if (!spoken) return null;
  const month = MONTHS.indexOf((spoken[2] ?? "").toLowerCase());
  return month < 0 ? null : moment(spoken[3] ? Number(spoken[3]) : today.getFullYear(), month, Number(spoken[1]), spoken[4], spoken[5]);
}

/** The snapshot that holds the state at a moment: the newest one cut then or before, else the oldest. */
export function atMoment(ordered: readonly Row[], wanted: number): Row | null {
  return ordered.find((row) => row.cut <= wanted + 59_999) ?? ordered.at(-1) ?? null;
}

/** Rows of all tables together; `null` until they were counted. */
export function rowTotal(component: ManifestComponent): { rows: number; tables: number } | null {
  if (component.rows === null) return null;
  const counts = Object.values(component.rows);
  return { rows: counts.reduce<number>((sum, rows) => sum + number(rows), 0), tables: counts.length };
}

/** Components of a snapshot that the system no longer has under that name. */
export function orphans(snapshot: Snapshot, components: readonly Component[]): string[] {
  const known = new Set(components.map((component) => component.name));
  return [...snapshot.manifest.components, ...snapshot.manifest.directories].map((component) => component.name).filter((name) => !known.has(name));
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function row(snapshot: Snapshot): Row {
  const { manifest } = snapshot;
  return {
    id: snapshot.id,
    snapshot,
    cut: new Date(manifest.cut_at).getTime(),
    level: strongest(snapshot.levels),
    reason: manifest.label ?? (manifest.reason === "safety" ? "before a restore, the way back" : "asked for"),
    safety: manifest.reason === "safety",
    size: [...manifest.components, ...manifest.directories].reduce((sum, component) => sum + number(component.size), 0),
    added: snapshot.added,
    schema: schemaWords(manifest.components),
  };
}

function schemaWords(components: readonly ManifestComponent[]): string {
  const versions = new Set(components.map((component) => component.user_version));
  if (versions.size <= 1) return `version ${components[0]?.user_version ?? 0}`;
  return components.map((component) => `${component.name} ${component.user_version}`).join(", ");
}

/** What a bar says to those who cannot see it. */
export function barName(row: Row, words: string): string {
  return `${words}, ${row.level === null ? "not verified" : levelWord(row.level)}, ${row.reason}`;
}

function tickText(at: number, step: number): string {
  const date = new Date(at);
  return step < 24 * HOUR && !(date.getHours() === 0 && date.getMinutes() === 0) ? clock(at) : `${date.getDate()}\u00a0${MONTH_NAMES[date.getMonth()] ?? ""}`;
}

const MONTH_NAMES = MONTHS.map((month) => month.charAt(0).toUpperCase() + month.slice(1));

function moment(year: number, month: number, day: number, hour = "23", minute = "59"): number | null {
  const at = new Date(year, month, day, Number(hour), Number(minute));
  const same = at.getMonth() === month && at.getDate() === day && at.getHours() === Number(hour) && at.getMinutes() === Number(minute);
  return same ? at.getTime() : null;
}
