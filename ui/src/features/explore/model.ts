import type { InstantAnswer, InstantLine, PanelUnit, QueryNote, RangeAnswer } from "../../api/bindings";
import { float, type Frame } from "../../lib/frame";
import { counted } from "../../lib/count";
import { measured } from "../../lib/units";

/** A table of what a query answers: one column for each label, and the value. */
export interface Answered {
  labels: string[];
  rows: { key: number; cells: string[]; value: string }[];
  /** What is true of all of them, and therefore no column. */
  common: [name: string, value: string][];
}

/** Queries to begin with. */
export const BEGINNINGS: readonly { query: string; about: string }[] = [
  { query: "sqlite_wal_bytes", about: "size of each write-ahead log" },
  { query: "histogram_quantile(0.95, sum by (system, component, le) (rate(sqlite_probe_seconds_bucket[5m])))", about: "how fast each database answers" },
  { query: "node_filesystem_avail_bytes / node_filesystem_size_bytes", about: "room on each disk" },
  { query: "up == 0", about: "collectors that fail" },
];

/** The answer as a table. Labels that all lines share stand above it. */
export function columnsOf(answer: InstantAnswer, unit: PanelUnit): Answered {
  const names = [...new Set(answer.lines.flatMap((line) => Object.keys(line.labels)))].sort((a, b) => order(a).localeCompare(order(b)));
  const shared = answer.lines.length < 2 ? [] : names.filter((name) => new Set(answer.lines.map((line) => line.labels[name])).size === 1);
  const labels = names.filter((name) => !shared.includes(name));
  return {
    labels,
    common: shared.map((name) => [name, answer.lines[0]?.labels[name] ?? ""]),
    rows: answer.text !== null ? [{ key: 0, cells: [], value: answer.text }] : answer.lines.map((line, key) => ({ key, cells: labels.map((name) => line.labels[name] ?? ""), value: valueOf(line, unit) })),
  };
}

/** What is said above the answer, once each. */
export function remarksOf(range: Frame | undefined, instant: InstantAnswer | undefined): { grave: boolean; text: string }[] {
  const notes = [...(range?.notes ?? []), ...(instant?.notes ?? [])].map((note) => ({ grave: note.grave, text: noted(note) }));
  const cut = range && Number(range.found) > range.series.length ? [{ grave: false, text: `The first ${range.series.length} of ${counted(range.found, "series", "series")} are drawn.` }] : [];
  return [...cut, ...notes].filter((each, i, all) => all.findIndex((other) => other.text === each.text) === i);
}

/** How densely was measured, in words. */
export function stepWords(range: Pick<RangeAnswer, "step" | "thinned">): string {
  return range.thinned ? "least and most of each stretch are drawn" : "every moment is drawn";
}

function noted({ message, line, column }: QueryNote): string {
  return `${line}:${column}: ${message}`;
}

function valueOf(line: InstantLine, unit: PanelUnit): string {
  if (line.value !== null) return measured(float(line.value), unit);
  const last = line.samples.at(-1);
  return last === undefined ? "not measured" : `${measured(float(last[1]), unit)}, the last of ${counted(line.samples.length, "sample")}`;
}

/** The metric first, then where it is, then the rest. */
function order(name: string): string {
  const place = ["__name__", "system", "component"].indexOf(name);
  return place < 0 ? `9${name}` : String(place);
}
