import type { Tick } from "../lib/axis";
import type { Moment } from "../lib/when";
import type { ThresholdLine } from "./time-drawing";

/** One measured line or step of a chart. */
export interface Series {
  /** Said in the key and by readers. */
  name: string;
  /** One for each moment of the chart; `null` where nothing was measured: a gap is drawn as a gap. */
  values: readonly (number | null)[];
  /** `dots` joins measured points by a line; `steps` stays at a value until the next one. */
  look: "dots" | "steps";
  /** The token of its colour. */
  colour: "--series-1" | "--series-2" | "--series-3";
}

/** Something that happened, as a mark above the plot. */
export interface Mark {
  at: number;
  tone: "critical" | "unknown";
}

/** What a chart draws. Values are plain numbers; their words come with the ticks. */
export interface Drawing {
  /** Milliseconds since 1970, ascending. */
  moments: readonly number[];
  series: readonly Series[];
  limits?: readonly ThresholdLine[];
  marks?: readonly Mark[];
  /** The time that is drawn, in milliseconds since 1970. */
  span: { from: number; to: number };
  /** The values that are drawn. */
  bounds: readonly [from: number, to: number];
  ticks: readonly Tick[];
  /** True where each step of the axis is a multiple of the one before. */
  powers?: boolean;
}

/** One line of the table beside a chart. */
export interface ChartRow {
  at: Moment;
  cells: readonly string[];
}
