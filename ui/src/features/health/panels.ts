import type { Panel, Threshold, Tone } from "../../api/bindings";
import { late, limitName, linesOf } from "../../kit/time-of";
import { float, type Frame } from "../../lib/frame";
import { measure } from "../../lib/units";
import { clock } from "../../lib/when";

/** A panel's newest value, as its head says it. */
export interface Newest {
  /** Absent where the panel has no limits. */
  tone: Tone | undefined;
  figure: string;
  /** Its unit, and whose it is where there are several lines. */
  unit: string;
}

/** The newest value: of several lines the one that is worst, and of equal ones the largest. */
export function newestOf(frame: Frame, panel: Panel, to: number): Newest {
  const known = linesOf(frame.series, panel).flatMap((each) => {
    const last = each.values.findLastIndex((value) => typeof value === "number");
    return last < 0 ? [] : [{ name: each.name, value: each.values[last] as number, at: frame.moments[last] ?? 0 }];
  });
  const latest = Math.max(0, ...known.map(({ at }) => at));
  if (known.length === 0) return { tone: "unknown", figure: "no data", unit: "" };
  if (to - latest > late(frame)) return { tone: "unknown", figure: `no data since ${clock(latest)}`, unit: "" };
  const weighed = known.filter(({ at }) => latest - at <= late(frame)).map((each) => ({ ...each, tone: toneOf(each.value, panel.thresholds) }));
  const [worst] = weighed.sort((a, b) => rank(a.tone) - rank(b.tone) || b.value - a.value);
  if (!worst) return { tone: "unknown", figure: "no data", unit: "" };
  const { figure, unit } = measure(worst.value, panel.unit);
  return { tone: worst.tone, figure, unit: frame.series.length > 1 ? `${unit} ${worst.name}`.trim() : unit };
}

/** What a value is, beside the limits of its panel; absent where there are none. */
export function toneOf(value: number, thresholds: readonly Threshold[]): Tone | undefined {
  if (thresholds.length === 0) return undefined;
  const beyond = thresholds.filter((each) => (each.above ? value > float(each.value) : value < float(each.value))).map(({ tone }) => tone);
  return beyond.sort((a, b) => rank(a) - rank(b))[0] ?? "ok";
}

/** A sentence for those who do not see the chart. */
export function labelOf(panel: Panel, newest: Newest | undefined): string {
  const limits = panel.thresholds.map((each) => `limit ${limitName(each, panel.unit)}`).join(", ");
  return `${panel.title}: ${newest === undefined ? "not measured" : `${newest.figure} ${newest.unit}`.trim()}${limits === "" ? "" : `, ${limits}`}.`;
}

function rank(tone: Tone | undefined): number {
  return tone === "critical" ? 0 : tone === "attention" ? 1 : 2;
}
