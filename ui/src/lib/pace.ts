import type { Progress, Unit } from "../api/bindings";
import { bytes, bytesOf } from "./bytes";
import { count } from "./count";
import { estimate } from "./duration";
import { NBSP, number } from "./quantity";

/** How far one phase was at some moments. Only the last ten seconds are kept: a rate is a rate of now. */
export interface Pace {
  phase: string;
  samples: readonly { at: number; done: number }[];
}

/** What the progress line says. Absent parts are not known, and are not drawn. */
export interface Measured {
  /** From 0 to 1. */
  share: number | null;
  /** `1.42 of 2.41 GB`, or what is done where the whole is not known. */
  amount: string;
  rate: string | null;
  /** `8 s left in this phase`. */
  left: string | null;
}

const WINDOW = 10_000;
/** A rate from less than this would jump about. */
const SETTLED = 1_000;

/** The pace after one more look at a phase. Another phase, or a step back, begins anew. */
export function observe(pace: Pace | null, phase: string, progress: Progress, at: number): Pace {
  const done = number(progress.done);
  const last = pace?.samples.at(-1);
  if (pace === null || pace.phase !== phase || (last && last.done > done)) return { phase, samples: [{ at, done }] };
  if (last && (last.done === done || last.at >= at)) return pace;
  const kept = pace.samples.filter((sample, index) => sample.at > at - WINDOW || index === pace.samples.length - 1);
  return { phase, samples: [...kept, { at, done }] };
}

/** The progress line: share, amount, rate and time left. `now` shows that a phase has come to a stop. */
export function measure(pace: Pace | null, progress: Progress, now: number): Measured {
  const done = number(progress.done);
  const total = progress.total === null ? null : number(progress.total);
  const rate = pace === null ? null : rateOf(pace, now);
  return {
    share: total === null || total <= 0 ? null : Math.min(1, done / total),
    amount: amountOf(progress),
    rate: rate === null || rate <= 0 ? null : `${amount(rate, progress.unit)}/s`,
    left: rate === null || rate <= 0 || total === null ? null : `${estimate(((total - done) / rate) * 1000)} left in this phase`,
  };
}

/** A share as people read it; never 100 % before the end. */
export function percent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))}${NBSP}%`;
}

function rateOf(pace: Pace, now: number): number | null {
  const first = pace.samples[0];
  const last = pace.samples.at(-1);
  if (!first || !last || last.at - first.at < SETTLED) return null;
  if (now - last.at > WINDOW) return null;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}

function amountOf({ done, total, unit }: Progress): string {
  if (total === null) return amount(number(done), unit);
  return unit === "bytes" ? bytesOf(done, total) : `${count(done)} of ${count(total)} ${unit}`;
}

function amount(quantity: number, unit: Unit): string {
  return unit === "bytes" ? bytes(quantity) : `${count(Math.round(quantity))} ${unit}`;
}
