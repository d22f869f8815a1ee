import type { Float, RangeAnswer, SeriesLine } from "../api/bindings";

/** What a range query answered, ready to be drawn: one value for each moment, `null` where a series has none. */
export interface Frame extends Omit<RangeAnswer, "series"> {
  series: FrameSeries[];
}

/** One series of a frame. `undefined` stands only in a joined frame: this series was not asked for that moment. */
export interface FrameSeries extends Omit<SeriesLine, "values"> {
  values: (number | null | undefined)[];
}

/** How the raw form begins. */
const MAGIC = "QDF1";
/** The upper half of the bits that say "no value"; they are those of no measured number. */
const ABSENT = 0x7ff4_dead;

/**
 * Reads the raw form of a range query: `QDF1`, the length of a JSON head (32 bits), the head, zeros up to a multiple of eight, then floats of 64
 * bits: the moments, and after them the values of each series. All little-endian.
 */
export function frameOf(raw: ArrayBuffer): Frame {
  const view = new DataView(raw);
  const text = new TextDecoder();
  if (raw.byteLength < 8 || text.decode(new Uint8Array(raw, 0, 4)) !== MAGIC) throw new Error("the answer is not in the raw form of a range query");
  const length = view.getUint32(4, true);
  const head = JSON.parse(text.decode(new Uint8Array(raw, 8, length))) as Omit<RangeAnswer, "series" | "moments"> & { series: Omit<SeriesLine, "values">[] };
  const begin = Math.ceil((8 + length) / 8) * 8;
  const count = (raw.byteLength - begin) / 8 / (1 + head.series.length);
  if (!Number.isInteger(count)) throw new Error("the raw form of the range query is cut off");
  const column = (n: number): (number | null)[] => Array.from({ length: count }, (_, i) => valueAt(view, begin + 8 * (n * count + i)));
  return { ...head, moments: column(0) as number[], series: head.series.map((each, i) => ({ ...each, values: column(i + 1) })) };
}

/** The same from the JSON form. */
export function frameOfAnswer(answer: RangeAnswer): Frame {
  return { ...answer, series: answer.series.map((each) => ({ ...each, values: each.values.map((value) => (value === null ? null : float(value))) })) };
}

/** A float of the wire as a number. */
export function float(value: Float): number {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  return value === "-Inf" ? -Infinity : Infinity;
}

/** Several answers over one stretch of time as one, with the moments of all of them. */
export function joined(frames: readonly Frame[]): Frame | undefined {
  const [first, ...others] = frames;
  if (!first || others.length === 0) return first;
  const moments = [...new Set(frames.flatMap((frame) => frame.moments))].sort((a, b) => a - b);
  return {
    ...first,
    moments,
    series: frames.flatMap((frame) => spread(frame, moments)),
    found: frames.reduce((sum, { found }) => sum + Number(found), 0),
    step: Math.min(...frames.map(({ step }) => Number(step))),
    thinned: frames.some(({ thinned }) => thinned),
    notes: frames.flatMap(({ notes }) => notes),
    as_of: frames.reduce((oldest, { as_of }) => (as_of < oldest ? as_of : oldest), first.as_of),
  };
}

/** The series of a frame over more moments than its own. */
function spread(frame: Frame, moments: readonly number[]): FrameSeries[] {
  if (moments.length === frame.moments.length) return frame.series;
  const place = new Map(frame.moments.map((at, i) => [at, i]));
  return frame.series.map((each) => ({ ...each, values: moments.map((at) => { const i = place.get(at); return i === undefined ? undefined : (each.values[i] ?? null); }) }));
}

function valueAt(view: DataView, at: number): number | null {
  if (view.getUint32(at + 4, true) === ABSENT) return null;
  return view.getFloat64(at, true);
}
