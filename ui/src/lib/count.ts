import type { Quantity } from "./quantity";

/** A number of things, thousands parted by commas: `48,174`. Exact beyond 2^53. */
export function count(quantity: Quantity): string {
  return BigInt(quantity).toLocaleString("en-GB");
}

/** A number with its noun: `1 row`, `3 rows`, `2 queries`. */
export function counted(quantity: Quantity, one: string, many = `${one}s`): string {
  return `${count(quantity)} ${BigInt(quantity) === 1n ? one : many}`;
}
