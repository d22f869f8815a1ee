/** The space that keeps a number and its unit on one line. */
export const NBSP = "\u00a0";

/** A size, count or duration on the wire: a number, or its decimal digits where it is beyond 2^53. */
export type Quantity = number | string;

/** The quantity as a number, for arithmetic and drawing; loses digits beyond 2^53. */
export function number(quantity: Quantity): number {
  return typeof quantity === "number" ? quantity : Number(quantity);
}
