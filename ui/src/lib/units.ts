import type { PanelUnit } from "../api/bindings";
import type { Tick } from "./axis";
import { bytes } from "./bytes";
import { count } from "./count";
import { duration } from "./duration";
import { NBSP } from "./quantity";
import { when } from "./when";

/** A figure and its unit, which is set quieter. */
export interface Measure {
  figure: string;
  unit: string;
}

/** A step of a unit: so many of the wire's unit make one of `word`. */
interface Step {
  size: number;
  word: string;
}

const BYTES: readonly Step[] = ["B", "kB", "MB", "GB", "TB", "PB"].map((word, i) => ({ size: 1000 ** i, word }));
const SECONDS: readonly Step[] = [{ size: 1e-6, word: "µs" }, { size: 1e-3, word: "ms" }, { size: 1, word: "s" }, { size: 60, word: "min" }, { size: 3_600, word: "h" }, { size: 86_400, word: "d" }];
const NUMBERS: readonly Step[] = [{ size: 1, word: "" }, { size: 1e3, word: "k" }, { size: 1e6, word: "M" }, { size: 1e9, word: "G" }];
const STEPS: Record<PanelUnit, readonly Step[]> = {
  number: NUMBERS,
  seconds: SECONDS,
  bytes: BYTES,
  "bytes-per-second": BYTES.map(({ size, word }) => ({ size, word: `${word}/s` })),
  ratio: [{ size: 0.01, word: "%" }],
  "per-second": NUMBERS.map(({ size, word }) => ({ size, word: `${word}/s` })),
  "per-minute": NUMBERS.map(({ size, word }) => ({ size, word: `${word}/min` })),
  moment: [{ size: 1, word: "" }],
};

/** A value in its unit: `31 ms`, `6.8 %`, `2.41 GB`, `26 /min`. */
export function measured(value: number, unit: PanelUnit): string {
  const { figure, unit: word } = measure(value, unit);
  return word === "" ? figure : `${figure}${NBSP}${word}`;
}

/** The same in two parts. A number that is none is named as PromQL names it. */
export function measure(value: number, unit: PanelUnit): Measure {
  if (!Number.isFinite(value)) return { figure: Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf", unit: "" };
  if (unit === "moment") return { figure: when(value * 1000, Date.now()), unit: "" };
  if (unit === "seconds" && Math.abs(value) >= 100) return { figure: `${value < 0 ? "-" : ""}${duration(Math.abs(value) * 1000)}`, unit: "" };
  if (unit === "bytes" && value >= 0) return parted(bytes(value), "");
  if (unit === "bytes-per-second" && value >= 0) return parted(bytes(value), "/s");
  if (unit === "number" && Number.isInteger(value) && Math.abs(value) < 1e6) return { figure: count(value), unit: "" };
  const step = stepFor(Math.abs(value), STEPS[unit].filter(({ word }) => !["min", "h", "d", "k", "k/s", "k/min"].includes(word)));
  return { figure: figureOf(value / step.size), unit: step.word };
}

/** Ticks of a value's axis between two bounds, at round numbers, at most `most` and one. */
export function valueTicks([from, to]: readonly [number, number], unit: PanelUnit, most = 4): Tick[] {
  const scale = stepFor(Math.max(Math.abs(from), Math.abs(to)), STEPS[unit]);
  const step = roundStep((to - from) / scale.size / most) * scale.size;
  const out: Tick[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-6; i += 1) out.push({ at: i * step, text: tickText(i * step, step, scale, unit) });
  return out;
}

/** Bounds that hold some values with room above them: from zero, unless something is below it or the axis says where it begins. */
export function boundsOf(values: { least: number; most: number }, axis: { least: number | null; most: number | null }, unit: PanelUnit): [from: number, to: number] {
  const low = axis.least ?? (unit === "moment" ? values.least : Math.min(0, values.least));
  const high = axis.most ?? (values.most > low ? values.most + (values.most - low) * 0.06 : low + (unit === "ratio" ? 0.01 : 1));
  if (axis.most !== null || !Number.isFinite(high - low)) return [low, high > low ? high : low + 1];
  const scale = stepFor(Math.max(Math.abs(low), Math.abs(high)), STEPS[unit]);
  const step = roundStep((high - low) / scale.size / 4) * scale.size;
  const top = Math.ceil(high / step - 1e-9) * step;
  return [axis.least ?? (low < 0 ? Math.floor(low / step + 1e-9) * step : low), top - high > step * 0.6 ? top - step / 2 : top];
}

function tickText(value: number, step: number, scale: Step, unit: PanelUnit): string {
  if (unit === "moment") return when(value * 1000, Date.now());
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step / scale.size) + 1e-9)));
  const figure = (value / scale.size).toFixed(decimals);
  if (Number(figure) === 0) return "0";
  return scale.word === "" ? figure : `${figure}${NBSP}${scale.word}`;
}

/** The largest step that the value fills; the smallest where it fills none. */
function stepFor(size: number, steps: readonly Step[]): Step {
  const zero = steps.find((step) => step.size === 1) ?? steps[0];
  const found = size === 0 ? zero : (steps.findLast((step) => size >= step.size * 0.9995) ?? steps[0]);
  return found ?? { size: 1, word: "" };
}

/** 1, 2 or 5 times a power of ten, no less than `rough`. */
function roundStep(rough: number): number {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.9999) ?? 10) * power;
}

/** Three significant figures, without the zeros after the point that say nothing. */
function figureOf(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3) return value.toExponential(1);
  const decimals = Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(size) + 1e-9)));
  const text = value.toFixed(size >= 10 ? Math.min(1, decimals) : decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function parted(text: string, more: string): Measure {
  const [figure = "", unit = ""] = text.split(NBSP);
  return { figure, unit: `${unit}${more}` };
}
