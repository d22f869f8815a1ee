import type { Affected, Bytes, Component, Level, ManifestComponent, ManifestDirectory, Reason, Snapshot, SnapshotId } from "../../api/bindings";
import type { Span } from "../../lib/axis";
import { bytes } from "../../lib/bytes";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { levelWord, steps, strongest } from "../../lib/level";
import { number } from "../../lib/quantity";

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
  /** Why it cannot be restored in full; such a one never looks well, whatever was proved before. */
  affected: Affected | null;
  /** What protects it from being forgotten; `null` where only the rules do. */
  pinned: string | null;
  /** Size of its images together. */
  size: number;
  added: Bytes;
  /** `version 7`, or one for each component where they differ. */
  schema: string;
}

/** A stretch without a snapshot. */
export interface Gap extends Span {
  /** True where it lasts until now. */
  open: boolean;
  words: string;
}

/** What is drawn at one place of the timeline: one snapshot, or several that lie too close to be told apart. */
export interface Bar {
  /** From 0 to 1. */
  at: number;
  /** The strongest level among them; `null` where nothing was proved. */
  level: Level | null;
  /** True where one of them is damaged: then the bar looks damaged. */
  damaged: boolean;
  chosen: boolean;
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

/** A gap this many times as long as what lies between snapshots usually is drawn. */
const UNUSUAL = 2.5;

/**
 * Unusual gaps that touch the stretch, the widest first; none with fewer than two snapshots, and none too narrow to be drawn. The widest of all
 * is always there where it can be drawn.
 */
export function gaps(all: readonly Row[], span: Span, now: number): Gap[] {
  if (all.length < 2) return [];
  const cuts = [...all.map((row) => row.cut), now].sort((a, b) => a - b);
  const found = cuts.slice(1).map((to, index) => ({ from: cuts[index] ?? to, to }));
  const lengths = found.map((gap) => gap.to - gap.from).sort((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const wide = (gap: Span): number => share(gap.to, span) - share(gap.from, span);
  const seen = found.filter((gap) => gap.to > span.from && gap.from < span.to).sort((a, b) => b.to - b.from - (a.to - a.from));
  return seen
    .filter((gap, index) => (index === 0 ? wide(gap) >= 0.06 : wide(gap) >= 0.02 && gap.to - gap.from > usual * UNUSUAL))
    .map((gap) => {
      const open = gap.to === now;
      const length = duration(gap.to - gap.from);
      return { ...gap, open, words: open ? `${length} since the newest` : `${length} without a snapshot` };
    });
}

/** What the timeline draws in `slots` places beside one another: never more than that, however many snapshots there are. */
export function bars(shown: readonly Row[], span: Span, slots: number, chosen: SnapshotId | null): Bar[] {
  const places = new Map<number, Bar>();
  for (const row of shown) {
    const at = share(row.cut, span);
    const slot = Math.floor(at * Math.max(1, slots));
    const known = places.get(slot);
    const is = row.id === chosen;
    if (!known) places.set(slot, { at, level: row.level, damaged: row.affected !== null, chosen: is });
    else {
      if (steps(row.level) > steps(known.level)) known.level = row.level;
      known.damaged ||= row.affected !== null;
      if (is) Object.assign(known, { at, chosen: true });
    }
  }
  return [...places.values()];
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

/** Why a snapshot was taken, in words. */
export function reasonWords(reason: Reason): string {
  return { manual: "asked for", scheduled: "scheduled", "before-change": "before a change", safety: "before a restore, the way back" }[reason];
}

/** How an image lies in the repository: whole, or as changed pages over an older whole image. */
export function heldWords(component: ManifestComponent): string {
  const { base, deltas } = component;
  if (!base || deltas.length === 0) return "whole";
  const pages = deltas.reduce((sum, delta) => sum + number(delta.pages), 0);
  const size = deltas.reduce((sum, delta) => sum + number(delta.size), 0);
  return `${counted(pages, "changed page")}, ${bytes(size)}, over a whole image of ${bytes(base.size)}`;
}

/** Whether a directory is as of one moment; what moved is named, and so are databases that were copied like files. */
export function directoryWords(directory: ManifestDirectory): string {
  const torn = directory.databases.length > 0 ? `; ${some(directory.databases)} in it may be torn, because no component names it` : "";
  if (directory.consistent) return `as of one moment${torn}`;
  return `not as of one moment: ${some(directory.moved)} changed while it was copied${torn}`;
}

/** What damage means for a snapshot, in one sentence after its reason. */
export function damageWords(affected: Affected, components: readonly string[]): string {
  const lost = affected.components.join(", ");
  const sound = components.filter((name) => !affected.components.includes(name));
  const left = sound.length > 0 && affected.components.length > 0 ? ` ${sound.join(", ")} can.` : "";
  const cannot = affected.components.length === 0 ? "All of its databases can be restored." : `${lost} cannot be restored from it.${left}`;
  return `${cannot} ${affected.lost ? "Nothing heals it." : "The next backup may heal it."}`;
}

/** The newest snapshot before or after a damaged one that nothing is known against; `null` where there is none. */
export function soundNeighbour(ordered: readonly Row[], id: SnapshotId): Row | null {
  const at = ordered.findIndex((row) => row.id === id);
  return ordered.find((row, index) => index > at && row.affected === null) ?? ordered.findLast((row, index) => index < at && row.affected === null) ?? null;
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

function some(names: readonly string[]): string {
  return `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${counted(names.length - 3, "other")}` : ""}`;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function row(snapshot: Snapshot): Row {
  const { manifest } = snapshot;
  return {
    id: snapshot.id,
    snapshot,
    cut: new Date(manifest.cut_at).getTime(),
    level: strongest(snapshot.levels),
    reason: manifest.label ?? reasonWords(manifest.reason),
    safety: manifest.reason === "safety",
    affected: snapshot.affected ?? null,
    pinned: snapshot.pin?.reason ?? (snapshot.pinned_until === null ? null : "the way back from a restore"),
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
  const proof = row.affected ? "damaged" : row.level === null ? "not verified" : levelWord(row.level);
  return `${words}, ${proof}, ${row.reason}`;
}

function moment(year: number, month: number, day: number, hour = "23", minute = "59"): number | null {
  const at = new Date(year, month, day, Number(hour), Number(minute));
  const same = at.getMonth() === month && at.getDate() === day && at.getHours() === Number(hour) && at.getMinutes() === Number(minute);
  return same ? at.getTime() : null;
}
