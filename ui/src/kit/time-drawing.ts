import type { HappeningKind, PanelUnit, Tone } from "../api/bindings";
import type { Span } from "../lib/axis";

/** The colours of lines, in their order. */
export const SERIES_COLOURS = ["--series-1", "--series-2", "--series-3", "--series-4"] as const;

/** One line of a chart over time. */
export interface TimeSeries {
  /** Said in the legend, the readout and the table. */
  name: string;
  /** One for each moment: `null` where nothing was measured, `undefined` where it was not asked. */
  values: readonly (number | null | undefined)[];
  /** What is drawn, where that is not the value itself: of a stack, the sum up to here. */
  drawn?: readonly (number | null | undefined)[];
  colour: (typeof SERIES_COLOURS)[number];
  /** Lengths of strokes and gaps, from the fifth line on; colours alone would repeat. */
  dash: readonly number[];
  look: "line" | "area" | "bars";
}

/** A line that should not be crossed. */
export interface ThresholdLine {
  value: number;
  name: string;
  tone: Tone;
}

/** A stretch in which nothing was measured. */
export interface GapBand extends Span {
  /** Why; empty where nobody knows. */
  reason: string;
}

/** Something that happened, as a tick above the plot. */
export interface Tick {
  at: number;
  kind: HappeningKind;
  what: string;
}

/** What a chart over time draws. Times are milliseconds since 1970. */
export interface TimeDrawing {
  span: Span;
  moments: readonly number[];
  series: readonly TimeSeries[];
  unit: PanelUnit;
  bounds: readonly [from: number, to: number];
  thresholds: readonly ThresholdLine[];
  gaps: readonly GapBand[];
  /** Stretches in which it was wrong, shaded. */
  shades?: readonly Span[];
  ticks: readonly Tick[];
}

/** Shapes of ticks, on a grid of eight around zero: they differ without colour. */
export const TICK_SHAPES: Record<HappeningKind, string> = {
  backup: "M-4-3h8l-4 7z",
  migration: "M0-4.4 4.4 0 0 4.4-4.4 0z",
  restore: "M-3.8 0a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0-7.6 0z",
  drill: "M-4 3.4h8l-4-7z",
  maintenance: "M-1.6-4h3.2v8h-3.2z",
  alert: "M-1.8-4.4h3.6l2.6 2.6v3.6l-2.6 2.6h-3.6l-2.6-2.6v-3.6z",
  gap: "M-4-2h8v4h-8z",
  other: "M-3.4-3.4h6.8v6.8h-6.8z",
};

/** What each shape stands for. */
export const TICK_WORDS: Record<HappeningKind, string> = {
  backup: "Backup",
  migration: "Migration",
  restore: "Restore",
  drill: "Drill",
  maintenance: "Maintenance",
  alert: "Alert",
  gap: "Nothing measured",
  other: "Other",
};

/** The value of a line at a moment, or at the nearest one before for which it was asked. */
export function valueAt(series: TimeSeries, index: number): number | null {
  for (let i = index; i >= 0 && i > index - 8; i -= 1) {
    const value = series.values[i];
    if (value !== undefined) return value;
  }
  return null;
}

/** Places of points that have no neighbour: a line between two points does not show them. */
export function lonely(values: readonly (number | null | undefined)[]): number[] {
  const asked = values.flatMap((value, i) => (value === undefined ? [] : [i]));
  return asked.filter((at, n) => drawable(values[at]) && !drawable(values[asked[n - 1] ?? -1]) && !drawable(values[asked[n + 1] ?? -1]));
}

/** The index of the moment nearest to a time. */
export function nearest(moments: readonly number[], at: number): number {
  let [low, high] = [0, moments.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return Math.abs((moments[low] ?? 0) - at) <= Math.abs((moments[high] ?? 0) - at) ? low : high;
}

/** Ticks within so many milliseconds of a time, nearest first. */
export function ticksNear(ticks: readonly Tick[], at: number, within: number): Tick[] {
  return ticks.filter((tick) => Math.abs(tick.at - at) <= within).sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at));
}

function drawable(value: number | null | undefined): boolean {
  return typeof value === "number" && Number.isFinite(value);
}
