import { NBSP, number, type Quantity } from "./quantity";

/** A duration in milliseconds: up to 99 s in seconds (`850 ms`, `5.9 s`, `41 s`), then its two largest units (`12 min`, `1 d 16 h`). */
export function duration(millis: Quantity): string {
  return parts(Math.max(0, Math.floor(number(millis))))
    .map(([figure, unit]) => `${figure}${NBSP}${unit}`)
    .join(NBSP);
}

/** A duration that was guessed, rounded up to whole seconds so that it never ends early: `8 s`, `2 min`. */
export function estimate(millis: number): string {
  return duration(Math.max(1, Math.ceil(millis / 1000)) * 1000).replace(/\.0(?=\u00a0s)/, "");
}

function parts(ms: number): [figure: string, unit: string][] {
  if (ms < 1000) return [[String(ms), "ms"]];
  if (ms < 10_000) return [[`${Math.floor(ms / 1000)}.${Math.floor((ms % 1000) / 100)}`, "s"]];
  const s = Math.floor(ms / 1000);
  if (s <= 99) return [[String(s), "s"]];
  const units: [number, string][] = [
    [Math.floor(s / 86_400), "d"],
    [Math.floor(s / 3600) % 24, "h"],
    [Math.floor(s / 60) % 60, "min"],
  ];
  const largest = units.findIndex(([figure]) => figure > 0);
  return units
    .slice(largest, largest + 2)
    .filter(([figure]) => figure > 0)
    .map(([figure, unit]) => [String(figure), unit]);
}
