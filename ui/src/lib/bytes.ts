import { NBSP, number, type Quantity } from "./quantity";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A size in decimal units with three significant figures: `2.41 GB`. */
export function bytes(size: Quantity): string {
  const [figure, unit] = parts(number(size));
  return `${figure}${NBSP}${unit}`;
}

/** Two sizes in the unit of the larger one: `1.42 of 2.41 GB`. */
export function bytesOf(done: Quantity, total: Quantity): string {
  const [whole, unit] = parts(number(total));
  const factor = 1000 ** UNITS.indexOf(unit);
  const decimals = whole.includes(".") ? whole.length - whole.indexOf(".") - 1 : 0;
  return `${(number(done) / factor).toFixed(decimals)} of ${whole}${NBSP}${unit}`;
}

function parts(size: number): [figure: string, unit: string] {
  if (size < 1000) return [String(Math.round(size)), "B"];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return [value.toFixed(decimals), UNITS[unit] ?? "PB"];
}
