import type { Millis, RouteNode, RouteTest, Shift } from "../../api/bindings";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { when } from "../../lib/when";

/** One route as a line of the drawn tree. */
export interface Branch {
  node: RouteNode;
  /** 0 for the root. */
  depth: number;
  /** For each level above, whether a line goes on beside it; the last is its own. */
  lines: boolean[];
}

/** The tree as lines, each route before those below it. */
export function branchesOf(root: RouteNode): Branch[] {
  const out: Branch[] = [];
  const walk = (node: RouteNode, lines: boolean[]): void => {
    out.push({ node, depth: lines.length, lines });
    node.routes.forEach((child, i) => walk(child, [...lines, i < node.routes.length - 1]));
  };
  walk(root, []);
  return out;
}

/** What must hold for a route. */
export function matchWords({ matchers, path }: Pick<RouteNode, "matchers" | "path">): string {
  if (matchers.length > 0) return matchers.join(", ");
  return path === "" ? "every alert" : "everything that comes here";
}

/** When somebody is told: `after 30 s, changes every 5 min, again every 4 h`. */
export function timingWords({ group_wait, group_interval, repeat_interval }: Pick<RouteNode, "group_wait" | "group_interval" | "repeat_interval">): string {
  return `after ${length(group_wait)}, changes every ${length(group_interval)}, again every ${length(repeat_interval)}`;
}

/** What else is true of a route, in words. */
export function remarksOf({ goes_on, mute, active }: Pick<RouteNode, "goes_on" | "mute" | "active">): string[] {
  return [...(goes_on ? ["goes on beside"] : []), ...mute.map((name) => `mute in ${name}`), ...active.map((name) => `only in ${name}`)];
}

/** What a test says of routes, by their places. */
export interface Trodden {
  /** Those that the alert went through. */
  ways: ReadonlySet<string>;
  /** Those whose receivers are told; with the interval in which they are mute now, where that is so. */
  ends: ReadonlyMap<string, string | null>;
}

/** The routes that a test went through, and those whose receivers are told. */
export function trodden(test: RouteTest | undefined, router: string): Trodden {
  const told = test?.router === router ? test.told : [];
  return { ways: new Set(told.flatMap(({ path }) => path)), ends: new Map(told.flatMap(({ path, muted }) => path.slice(-1).map((end) => [end, muted] as const))) };
}

/** A turn of a rota: `grace until 30 Nov 09:00`. */
export function shiftWords({ who, until, stands_in }: Shift, now: number): string {
  return `${who} until ${when(until, now)}${stands_in ? ", stands in" : ""}`;
}

/** When a level of a ladder is told: `at once`, `after 20 min, again every 15 min`. */
export function levelWords(after: Millis, again: Millis | null): string {
  const first = number(after) === 0 ? "at once" : `after ${length(after)}`;
  return again === null ? first : `${first}, again every ${length(again)}`;
}

function length(millis: Millis): string {
  return duration(millis).replace(/\.0(?=\u00a0s)/, "");
}
