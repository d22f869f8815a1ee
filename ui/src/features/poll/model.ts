import type { Item, Poll, Station } from "../../api/bindings";
import { oneLine } from "../../lib/plain";
import { claimOf, type MarkLook } from "../../lib/readiness";
import { clockOrDay } from "../../lib/when";

/** What stands below all stations: one phrase, how it looks, and how many stand. */
export interface Standing {
  look: MarkLook;
  words: string;
  counts: string;
}

/** Whose turn it is; absent where everybody has answered, or the poll is decided. */
export function turn({ stations }: Pick<Poll, "stations">): Station | undefined {
  return stations.find(({ state }) => state === "held" || state === "asked") ?? stations.find(({ state }) => state === "stale" || state === "no-go") ?? stations.find(({ state }) => state === "waiting");
}

/** How the poll stands. */
export function standingOf(poll: Poll): Standing {
  const counts = countWords(poll.stations);
  const next = turn(poll);
  if (poll.held !== null) return { look: "hold", words: `Hold${next ? ` at ${oneLine(next.title, 40)}` : ""}`, counts: oneLine(poll.held, 160) };
  if (poll.decided === "no-go") return { look: "critical", words: "Decided: No-go", counts };
  if (poll.decided !== null && poll.refusal !== null) return { look: "attention", words: "Decided Go, and it does not stand", counts: oneLine(poll.refusal, 240) };
  if (poll.decided !== null) return { look: "ok", words: poll.decided === "waived" ? "Decided: Go, with waivers" : "Decided: Go", counts };
  if (poll.decision !== null) return { look: "attention", words: "The decision no longer stands", counts };
  if (next?.state === "no-go") return { look: "critical", words: `No-go from ${oneLine(next.title, 40)}`, counts };
  if (next?.state === "stale") return { look: "attention", words: `${oneLine(next.title, 40)} has to look again`, counts };
  if (next !== undefined) return { look: "working", words: `Asking ${oneLine(next.title, 40)}`, counts };
  return { look: poll.refusal === null ? "ok" : "attention", words: poll.refusal === null ? "All stand: the director decides" : "All stand, something else does not", counts };
}

/** How many stand, are stale, say no, wait. */
export function countWords(stations: readonly Pick<Station, "state">[]): string {
  const of = (...states: Station["state"][]): number => stations.filter(({ state }) => states.includes(state)).length;
  const parts: [number, string][] = [
    [of("go"), "stand"],
    [of("stale"), "stale"],
    [of("no-go"), "no-go"],
    [of("asked", "held"), "asked"],
    [of("waiting"), "waiting"],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => (word === "stand" ? `${number} ${number === 1 ? "stands" : "stand"}` : `${number} ${word}`))
    .join(", ");
}

/** Everybody who has the role spoke elsewhere. */
export const NOBODY_LEFT = "Nobody is left to say it.";

/** Why Go cannot be said at a station now; absent where it can. A No-go waits for nobody. */
export function goObstacle({ id, state }: Pick<Station, "id" | "state">, { held, apart }: Pick<Poll, "held" | "apart">): string | undefined {
  if (held !== null) return "The poll waits.";
  if (state === "waiting") return "It is not its turn.";
  return state !== "go" && apart?.stations[id]?.open === false ? NOBODY_LEFT : undefined;
}

/** Whose Go is in the way at a station that somebody still has to answer; absent where nobody's is. */
export function elsewhereOf({ id, state }: Pick<Station, "id" | "state">, { apart }: Pick<Poll, "apart">): string | undefined {
  return state === "go" ? undefined : (apart?.stations[id]?.sentence ?? undefined);
}

/** The same of who decides. A Go that stands is decided. */
export function directorElsewhere({ apart, decided }: Pick<Poll, "apart" | "decided">): string | undefined {
  return decided !== null && decided !== "no-go" ? undefined : (apart?.director.sentence ?? undefined);
}

/** When the newest answer of a station was given, and by whom, or that it is asked. */
export function sinceWords({ state, statement }: Station, now: number): string {
  if (state === "waiting") return "not asked yet";
  if (state === "asked" || state === "held") return state === "held" ? "the poll waits here" : "its turn";
  if (statement === null) return "said";
  const by = statement.person === null ? "" : ` by ${oneLine(statement.person, 60)}`;
  return `said ${clockOrDay(statement.at, now)}${by}`;
}

/** The words of whoever answered last; and why that no longer stands, where it does not. */
export function reasonWords({ state, statement, sentence }: Pick<Station, "state" | "statement" | "sentence">): string {
  if (statement === null) return "";
  if (statement.text === "") return sentence;
  return state === "stale" ? `${sentence}: “${statement.text}”` : statement.text;
}

/** One line of what a station is shown. */
export function valueWords(item: Item): string {
  const [only, ...others] = item.evidence;
  if (only === undefined) return oneLine(item.sentence, 120);
  return others.length === 0 && item.state === "holds" ? oneLine(claimOf(only), 60) : oneLine(item.sentence, 120);
}

/** What a station is shown, in its order. */
export function shownTo({ items }: Station, all: readonly Item[]): Item[] {
  return items.flatMap((id) => all.filter((item) => item.id === id));
}
