import type { Evidence, EvidenceVerdict, Item, ItemState, ReadinessCategory, Statement, StatementKind, Station, StationState, Tone, VerdictWord } from "../api/bindings";
import { clockOrDay } from "./when";

/** What is drawn where no status fits: an outline that says neither well nor wrong. */
export type Outline = "todo" | "waived" | "apart" | "blocked" | "hold";

/** A mark: a status, or an outline. */
export type MarkLook = Tone | Outline;

/** How an item stands, in one word. */
export const ITEM_WORDS: Record<ItemState, string> = {
  holds: "Holds",
  waived: "Waived",
  "not-applicable": "Does not apply",
  waiting: "Not signed",
  blocked: "Blocked",
  stale: "Stale",
  unknown: "Not known",
  fails: "Fails",
  refused: "Somebody says no",
};

/** How it looks. Only what holds looks well. */
export const ITEM_LOOKS: Record<ItemState, MarkLook> = { holds: "ok", waived: "waived", "not-applicable": "apart", waiting: "todo", blocked: "blocked", stale: "attention", unknown: "unknown", fails: "critical", refused: "critical" };

/** How a station stands, in one word. */
export const STATION_WORDS: Record<StationState, string> = { waiting: "Waiting", asked: "Asked", held: "Hold", go: "Go", stale: "Go, stale", "no-go": "No-go" };

/** How that looks. */
export const STATION_LOOKS: Record<StationState, MarkLook> = { waiting: "todo", asked: "working", held: "hold", go: "ok", stale: "attention", "no-go": "critical" };

/** A verdict, as it is said. */
export const VERDICT_WORDS: Record<VerdictWord, string> = { go: "Go", waived: "Go, with waivers", "no-go": "No-go" };

/** How it looks. A waiver is no success. */
export const VERDICT_LOOKS: Record<VerdictWord, MarkLook> = { go: "ok", waived: "waived", "no-go": "critical" };

/** The word of a measurement. */
export const EVIDENCE_WORDS: Record<EvidenceVerdict, string> = { holds: "Holds", fails: "Fails", unknown: "Not known" };

/** The word of each category. */
export const CATEGORY_WORDS: Record<ReadinessCategory, string> = { data: "Data", monitoring: "Monitoring", security: "Security", operations: "Operations", performance: "Performance", documentation: "Documentation" };

/** What somebody did by saying it. */
export const STATEMENT_WORDS: Record<StatementKind, string> = {
  sign: "Signed",
  refuse: "Said no",
  go: "Said Go",
  exempt: "Waived",
  "not-applicable": "Said that it does not apply",
  note: "Noted",
  revoke: "Revoked",
  hold: "Let the poll wait",
  resume: "Let the poll go on",
  decide: "Decided",
  bypass: "Passed a closed gate",
  withdraw: "Withdrew a gate",
  open: "Opened",
  close: "Closed",
};

/** How a measurement looks: what is too old counts for nothing, whatever it says. */
export function evidenceLook({ verdict, stale, measured }: Pick<Evidence, "verdict" | "stale" | "measured">): Tone {
  if (verdict === "unknown" || measured === null) return "unknown";
  if (verdict === "fails") return "critical";
  return stale ? "attention" : "ok";
}

/** A moment, as the engine writes one that was found. */
const MOMENT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC$/;

/** The claim of a chip: what was measured, or that nothing was; of a moment, when that was. */
export function claimOf({ value, verdict, measured }: Pick<Evidence, "value" | "verdict" | "measured">, now?: number): string {
  if (measured === null) return "not measured";
  const moment = value === null ? null : MOMENT.exec(value);
  if (moment && now !== undefined) return `of ${clockOrDay(`${moment[1]}T${moment[2]}:00Z`, now)}`;
  return value ?? (verdict === "unknown" ? "not known" : EVIDENCE_WORDS[verdict].toLowerCase());
}

/** How old a measurement is, as a chip says it; empty where there is none. */
export function ageOf({ measured }: Pick<Evidence, "measured">, now: number): string {
  return measured === null ? "" : clockOrDay(measured, now);
}

/** Who said it, for people. */
export function speaker({ person, who }: Pick<Statement, "person" | "who">): string {
  return person ?? who;
}

/** Where a path that the engine names stays on the pages of one copy: its item; absent where it leads elsewhere. */
export function itemAt(address: string | null, copy: string): string | undefined {
  const [page, id, item] = (address ?? "").replace(/^#?\/?/, "").split("?")[0]?.split("/") ?? [];
  return page === "checklist" && id === copy && item !== undefined && item !== "" ? decodeURIComponent(item) : undefined;
}

/** True for a name that is the id of a copy: sixteen hexadecimal figures. */
export function isCopy(name: string): boolean {
  return /^[0-9a-f]{16}$/.test(name);
}

/** How many stations stand, of how many: `1 of 4 stand`. */
export function standing(stations: readonly Pick<Station, "state">[]): string {
  return `${stations.filter(({ state }) => state === "go").length} of ${stations.length} stand`;
}

/** What an item has said against it, in the order in which it was said; without what counts no more. */
export function signers({ statements }: Pick<Item, "statements">): Statement[] {
  return statements.filter(({ kind, revoked_by }) => kind === "sign" && revoked_by === null);
}
