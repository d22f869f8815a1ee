import type { ChecklistCopy, ChecklistList, Cure, DefinitionFinding, GateReason, GateRow, Item, ChecklistPhase, Job, Readiness, Role, Statement } from "../../api/bindings";
import type { Operation } from "../../api/client";
import { counted } from "../../lib/count";
import { oneLine } from "../../lib/plain";
import { isCopy, ITEM_LOOKS, ITEM_WORDS, speaker, STATEMENT_WORDS, type MarkLook } from "../../lib/readiness";
import { clockOrDay, when } from "../../lib/when";

/** So many reasons are in sight before somebody asks for the rest. */
export const FIRST_REASONS = 3;

/** The copy that a page is about: the one that is named, else the newest open one, else the newest. The list has open ones first. */
export function chosenCopy(copies: readonly ChecklistCopy[], named: string | undefined): ChecklistCopy | undefined {
  const found = named === undefined ? undefined : copies.find(({ id }) => id.startsWith(named));
  return found ?? copies[0];
}

const VERDICT_ORDER = { "no-go": 0, waived: 1, go: 2 } as const;

/** What is open, the worst verdict first, then by system and release. */
export function worstFirst(copies: readonly ChecklistCopy[]): ChecklistCopy[] {
  const words = ({ system, title, release }: ChecklistCopy): string => `${system}\n${title}\n${release}`;
  return copies.filter(({ closed }) => closed === null).toSorted((a, b) => VERDICT_ORDER[a.verdict] - VERDICT_ORDER[b.verdict] || words(a).localeCompare(words(b), "en"));
}

/** What a page is asked for: a system, or a copy by its id. */
export function subjectOf(what: string): { system?: string; copy?: string } {
  return isCopy(what) ? { copy: what } : { system: what };
}

/** How a copy is named where one is chosen. */
export function copyLabel({ release, title, environment, closed }: ChecklistCopy, all: readonly ChecklistCopy[]): string {
  const several = new Set(all.map((each) => each.title)).size > 1;
  const places = new Set(all.map((each) => each.environment)).size > 1;
  return [several ? `${oneLine(title, 40)}, ${oneLine(release, 40)}` : `${oneLine(title, 40)} ${oneLine(release, 40)}`, ...(places ? [environment] : []), ...(closed === null ? [] : ["closed"])].join(", ");
}

/** Everything that is wrong with files of checklists. */
export function findingsOf({ checklists }: Pick<ChecklistList, "checklists">): DefinitionFinding[] {
  return checklists.flatMap(({ findings }) => findings);
}

/** What the rest of the reasons are about: `2 more: 1 not signed, 1 not known`. */
export function restWords(reasons: readonly GateReason[]): string {
  const words = reasons.map(({ state, station }) => (state === null ? (station === null ? "of the whole" : "from stations") : ITEM_WORDS[state].toLowerCase()));
  const kinds = [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} ${word}`);
  return `${reasons.length} more: ${kinds.join(", ")}.`;
}

/** The shape of a reason. */
export function reasonLook({ state, station }: GateReason): MarkLook {
  return state === null ? (station === null ? "attention" : "todo") : ITEM_LOOKS[state];
}

/** The tab of a phase: `Before 17 of 21`. */
export function phaseLabel({ title, held, items }: ChecklistPhase): string {
  return `${oneLine(title, 30)} ${held} of ${items.length}`;
}

/** The phase that holds an item; the first that has something left to do, else the first. */
export function phaseOf(phases: readonly ChecklistPhase[], item: string | undefined): ChecklistPhase | undefined {
  const holds = phases.find(({ items }) => items.some(({ id }) => id === item));
  return holds ?? phases.find(({ held, items }) => Number(held) < items.length) ?? phases[0];
}

/** All items of a copy. */
export function itemsOf({ phases }: Pick<Readiness, "phases">): Item[] {
  return phases.flatMap(({ items }) => items);
}

/** What stands in place of chips where nothing is measured: `a person signs this`, `signed by Ada 11:20`. */
export function manualWords(item: Item, now: number): string {
  const signed = item.statements.filter(({ kind, revoked_by, stale }) => kind === "sign" && revoked_by === null && !stale);
  const names = signed.map((each) => `${oneLine(speaker(each), 40)} ${clockOrDay(each.at, now)}`);
  if (names.length === 0) return item.signatures > 1 ? `${item.signatures} people sign this` : "a person signs this";
  return `signed by ${names.join(", ")}${signed.length < item.signatures ? `, ${item.signatures - signed.length} more to sign` : ""}`;
}

/** What a gate keeps back: `migrations, restores`. */
export function protectsWords({ protects }: Pick<GateRow, "protects">): string {
  if (protects.length === 0) return "people look at it";
  return protects.map((action) => ({ migrate: "holds migrations", restore: "holds restores" })[action]).join(", ");
}

/** What pressing a cure does: the job that the engine names for it, else the page. */
export type CureAct = { kind: "item"; item: string } | { kind: "start"; operation: Operation; request: unknown } | { kind: "go"; address: string } | { kind: "nothing" };

/** What a cure leads to on the pages of a copy. */
export function cureAct({ address, job }: Cure, at: (address: string) => string | undefined): CureAct {
  if (job !== null) return { kind: "start", operation: job.operation as Operation, request: job.request };
  if (address === null) return { kind: "nothing" };
  const item = at(address);
  return item === undefined ? { kind: "go", address } : { kind: "item", item };
}

/** Why a cure cannot be pressed; absent where it can. Who may start its job is not known before the session is. */
export function cureObstacle({ job }: Cure, roles: readonly Role[] | undefined, running: readonly Pick<Job, "operation">[]): string | undefined {
  if (job === null) return undefined;
  if (roles !== undefined && !roles.includes(job.role)) return `${job.role === "operator" ? "Operators" : "Approvers"} start it.`;
  return running.some(({ operation }) => operation === job.operation) ? "It is under way." : undefined;
}

/** Why nothing can be said of a copy any more; absent where it can. */
export function closedReason({ closed }: Pick<ChecklistCopy, "closed">): string | undefined {
  return closed === null ? undefined : "This copy is closed.";
}

/** Why no copy can be opened as it is asked for; absent where one can. */
export function openObstacle({ checklists, copies }: Pick<ChecklistList, "checklists" | "copies">, checklist: string, release: string): string | undefined {
  const found = checklists.find(({ name }) => name === checklist);
  if (found === undefined) return "Choose a checklist.";
  if (found.version === null) return "Its file has findings: mend them first.";
  if (release.trim() === "") return "Name the release.";
  const open = copies.some((copy) => copy.closed === null && copy.checklist === checklist && copy.release === release.trim());
  return open ? `A copy for ${oneLine(release, 40)} is open.` : undefined;
}

/** One statement in words, without what was said: `Signed by Ada (DBA), 22 Nov 11:20`. */
export function statementHead(statement: Statement, roles: readonly { id: string; title: string }[], now: number): string {
  const role = roles.find(({ id }) => id === statement.role)?.title ?? statement.role;
  const what = statement.kind === "revoke" && statement.revokes !== null ? `Revoked statement ${statement.revokes}` : STATEMENT_WORDS[statement.kind];
  return `${what} by ${oneLine(speaker(statement), 60)}${role ? ` (${oneLine(role, 40)})` : ""}, ${when(statement.at, now)}`;
}

/** True for what another statement may take back. */
export function revocable({ kind, revoked_by }: Statement): boolean {
  return revoked_by === null && ["sign", "refuse", "go", "exempt", "not-applicable", "decide"].includes(kind);
}

/** What was lost in a category beyond the first thing: `2 more things cost points`. */
export function moreLost(lost: number): string {
  return `${counted(lost - 1, "more thing", "more things")} cost points`;
}
