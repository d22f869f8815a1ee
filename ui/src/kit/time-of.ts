import type { Happening, Panel, PanelUnit, Threshold } from "../api/bindings";
import type { Span } from "../lib/axis";
import { float, type Frame, type FrameSeries } from "../lib/frame";
import { boundsOf, measured } from "../lib/units";
import { SERIES_COLOURS, type GapBand, type Tick, type TimeDrawing, type TimeSeries } from "./time-drawing";

/** How an answer is drawn. */
export type Look = Pick<Panel, "kind" | "unit" | "thresholds" | "least" | "most">;

/** Values are missing when nothing came for so many steps. */
const MISSED = 3;
/** A limit so many times above everything measured is not drawn: it would press the lines to the ground. */
const FAR = 5;

/** The drawing of an answer. */
export function timeDrawing(frame: Frame | undefined, look: Look, span: Span, happenings: readonly Happening[]): TimeDrawing {
  const series = linesOf(frame?.series ?? [], look);
  const moments = frame?.moments ?? [];
  return {
    span,
    moments,
    series,
    unit: look.unit,
    bounds: boundsOf(rangeOf(series, look.thresholds), { least: edge(look.least), most: edge(look.most) }, look.unit),
    thresholds: look.thresholds.map((each) => ({ value: float(each.value), name: limitName(each, look.unit), tone: each.tone })),
    gaps: frame === undefined ? [] : gapsOf(frame, span),
    ticks: happenings.map((each): Tick => ({ at: Date.parse(each.at), kind: each.kind, what: each.what })),
  };
}

/** What a limit is called, with its value where the name does not say it: `25 ms`, `target 25 ms`. */
export function limitName({ name, value }: Pick<Threshold, "name" | "value">, unit: PanelUnit): string {
  const words = measured(float(value), unit);
  return name.replaceAll(/[\s\u00a0]/g, "").includes(words.replaceAll(/[\s\u00a0]/g, "")) ? name : `${name} ${words}`;
}

/** The lines of some series, each with a name of its own. */
export function linesOf(series: readonly FrameSeries[], look: Pick<Panel, "kind">): TimeSeries[] {
  const used = new Map<string, number>();
  const lines = series.map((each, i): TimeSeries => {
    const name = each.legend || "value";
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return {
      name: times === 1 ? name : `${name} (${times})`,
      values: each.values,
      colour: SERIES_COLOURS[i % SERIES_COLOURS.length] ?? "--series-1",
      dash: [[], [6, 3], [2, 3], [8, 3, 2, 3]][Math.floor(i / SERIES_COLOURS.length) % 4] ?? [],
      look: look.kind === "bars" ? "bars" : look.kind === "area" || look.kind === "stack" ? "area" : "line",
    };
  });
  if (look.kind === "stack") return stacked(lines);
  // A bar hides what is behind it: the highest of a stack is drawn first.
  return look.kind === "bars" ? stacked(lines).reverse() : lines;
}

/** Each line above the ones before it. Where none was measured there is nothing to stand on. */
function stacked(lines: readonly TimeSeries[]): TimeSeries[] {
  const sum: number[] = [];
  return lines.map((line) => {
    const drawn = line.values.map((value, i) => {
      if (typeof value !== "number") return value;
      sum[i] = (sum[i] ?? 0) + value;
      return sum[i];
    });
    return { ...line, drawn };
  });
}

/** Stretches without any value: those that the engine explains, and those that only the values show. */
export function gapsOf(frame: Frame, span: Span): GapBand[] {
  const told = frame.gaps.map(({ span: { from, until }, reason }): GapBand => ({ from: Math.max(span.from, Date.parse(from)), to: Math.min(span.to, Date.parse(until)), reason }));
  if (frame.series.length === 0) return told;
  const seen = frame.moments.filter((_, i) => frame.series.some(({ values }) => typeof values[i] === "number"));
  const edges = [...seen, Math.min(span.to, Date.parse(frame.as_of) || span.to)];
  const silent = edges.flatMap((to, i): GapBand[] => {
    const from = edges[i - 1];
    return from !== undefined && to - from > late(frame) ? [{ from, to, reason: "" }] : [];
  });
  return [...told, ...silent.filter((gap) => !told.some((other) => other.from < gap.to && other.to > gap.from))].sort((a, b) => a.from - b.from);
}

/** After so long without a value one is missing. Thinned moments lie further apart than the steps that they stand for. */
export function late(frame: Frame): number {
  const [first = 0, last = 0] = [frame.moments[0], frame.moments.at(-1)];
  const apart = frame.moments.length > 1 ? (last - first) / (frame.moments.length - 1) : 0;
  return MISSED * Math.max(Number(frame.step), apart * (frame.thinned ? 2 : 1));
}

function rangeOf(series: readonly TimeSeries[], thresholds: readonly Threshold[]): { least: number; most: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const each of series) {
    for (const value of each.drawn ?? each.values) {
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const limits = thresholds.map(({ value }) => float(value)).filter(Number.isFinite);
  if (most === -Infinity) return { least: 0, most: Math.max(0, ...limits) };
  const inSight = limits.filter((limit) => limit <= Math.max(most, 0) * FAR);
  return { least: Math.min(least, ...inSight), most: Math.max(most, ...inSight) };
}

function edge(value: Panel["least"]): number | null {
  return value === null ? null : float(value);
}
