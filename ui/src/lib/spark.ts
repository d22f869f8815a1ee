/** The path of a small line through some values from its least to its most; parts without values stay open, a lone value is a dot. */
export function sparkPath(values: readonly (number | null | undefined)[], width: number, height: number): string {
  const known = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0) return "";
  const least = Math.min(...known);
  const room = Math.max(...known) - least;
  const x = (i: number): string => ((i / Math.max(1, values.length - 1)) * (width - 4) + 2).toFixed(1);
  const y = (value: number): string => (room === 0 ? height / 2 : height - 2 - ((value - least) / room) * (height - 4)).toFixed(1);
  let path = "";
  let open = false;
  values.forEach((value, i) => {
    if (value === undefined) return;
    const drawn = value !== null && Number.isFinite(value);
    if (drawn) path += `${open ? "L" : "M"}${x(i)} ${y(value)}${open ? "" : "h.01"}`;
    open = drawn;
  });
  return path;
}
