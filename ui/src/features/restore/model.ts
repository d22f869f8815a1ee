import type { Destination, Fault, Name, RestorePlan, Snapshot, SnapshotId, TableChange, Target, WirePath } from "../../api/bindings";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { fileName, folderOf, within } from "../../lib/path";
import { number } from "../../lib/quantity";

/** What was chosen so far. */
export interface Choice {
  component: Name;
  /** Absent until the list of snapshots has come. */
  snapshot: SnapshotId | null;
  where: Destination["kind"];
  /** Where the new file goes; kept while *in place* is tried. */
  path: WirePath;
}

/** Where the wizard stands. Run and report belong to the job's own page. */
export type Wizard =
  | { step: "choose"; choice: Choice }
  | { step: "planning"; choice: Choice }
  | { step: "refused"; choice: Choice; fault: Fault }
  | { step: "plan"; choice: Choice; plan: RestorePlan; typed: string; stale: boolean; fault: Fault | null }
  | { step: "starting"; choice: Choice; plan: RestorePlan; typed: string };

/** What moves the wizard on. */
export type Move =
  | { do: "choose"; choice: Partial<Choice> }
  | { do: "plan" }
  | { do: "planned"; plan: RestorePlan }
  | { do: "refused"; fault: Fault }
  | { do: "type"; typed: string }
  | { do: "start" }
  | { do: "back" };

/** The next state. A move that does not fit the state changes nothing: a late answer never overtakes the person. */
export function next(wizard: Wizard, move: Move): Wizard {
  const { choice } = wizard;
  switch (move.do) {
    case "choose":
      return { step: "choose", choice: { ...choice, ...move.choice } };
    case "back":
      return { step: "choose", choice };
    case "plan":
      return chooseObstacle(choice) === null ? { step: "planning", choice } : wizard;
    case "planned":
      return planned(wizard, move.plan);
    case "refused":
      return refused(wizard, move.fault);
    case "type":
      return wizard.step === "plan" ? { ...wizard, typed: move.typed } : wizard;
    case "start":
      return wizard.step === "plan" && startObstacle(wizard) === null ? { step: "starting", choice, plan: wizard.plan, typed: wizard.typed } : wizard;
  }
}

/** True after a `plan-stale`: the page plans again by itself, and says so. */
export function isStale(fault: Fault): boolean {
  return fault.code === "plan-stale";
}

/** Why there can be no plan yet; `null` where there can. */
export function chooseObstacle(choice: Choice): string | null {
  if (choice.snapshot === null) return "Choose a snapshot first.";
  if (choice.component === "") return "Nothing in this snapshot can be restored.";
  if (choice.where === "new-file" && choice.path.trim() === "") return "Name the new file or folder first.";
  return null;
}

/** Why the restore cannot start; `null` where it can. */
export function startObstacle(wizard: Extract<Wizard, { step: "plan" }>): string | null {
  return planObstacle(wizard.plan, wizard.typed);
}

/** Why a plan cannot be applied with what was typed; `null` where it can. */
export function planObstacle(plan: RestorePlan, typed: string): string | null {
  if (plan.obstacles[0] !== undefined) return plan.obstacles[0];
  if (plan.confirm !== null && typed !== plan.confirm) return `Type ${plan.confirm} first.`;
  return null;
}

/** The destination as the engine takes it. */
export function destination(choice: Choice): Destination {
  return choice.where === "in-place" ? { kind: "in-place" } : { kind: "new-file", path: choice.path.trim() };
}

/** `SYSTEM`, or `SYSTEM/COMPONENT` where the system has several. */
export function target(system: Name, component: Name, components: number): Target {
  return components > 1 ? `${system}/${component}` : system;
}

/** A new file or folder beside the live one, named after the moment that it holds: `shop-2026-11-22-1340.db`. */
export function suggestedPath(live: WirePath, cutAt: string, directory = false): WirePath {
  const name = fileName(live);
  const dot = name.lastIndexOf(".");
  const [stem, end] = directory ? [name, ""] : dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ".db"];
  const at = new Date(cutAt);
  const two = (figure: number) => String(figure).padStart(2, "0");
  const moment = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}`;
  return within(folderOf(live), `${stem}-${moment}${end}`);
}

/** The components of a snapshot that the system still has and that are not damaged, databases first, in the snapshot's order. */
export function restorable(snapshot: Snapshot, components: readonly { name: Name }[]): Name[] {
  const known = new Set(components.map((component) => component.name));
  return [...snapshot.manifest.components, ...snapshot.manifest.directories].map((component) => component.name).filter((name) => known.has(name) && !isLost(snapshot, name));
}

/** Components of a snapshot that damage keeps from being restored. */
export function lostParts(snapshot: Snapshot): Name[] {
  return snapshot.affected?.components ?? [];
}

/** The newest snapshot from which something can be restored; damage is never the first offer. */
export function firstOffer(snapshots: readonly Snapshot[]): Snapshot | undefined {
  return snapshots.find((snapshot) => !snapshot.affected) ?? snapshots[0];
}

/** So many snapshots are in the wizard's menu: those around the chosen one. The timeline has them all. */
export const OFFERED = 60;

/** The snapshots around the chosen one, newest first. */
export function offered(snapshots: readonly Snapshot[], chosen: SnapshotId | null): readonly Snapshot[] {
  const at = Math.max(0, snapshots.findIndex((snapshot) => snapshot.id === chosen));
  const from = Math.max(0, Math.min(snapshots.length - OFFERED, at - OFFERED / 2));
  return snapshots.slice(from, from + OFFERED);
}

function isLost(snapshot: Snapshot, name: Name): boolean {
  return lostParts(snapshot).includes(name);
}

/** The sentence on time: what is lost in place, and what was promised. An undo loses what was committed since what it takes back. */
export function lossWords(plan: RestorePlan, undo?: string): string {
  if (plan.destination.kind === "new-file") return "Nothing is lost: the live database is not touched.";
  if (plan.loss === null) return "How much time is lost was not measured.";
  if (undo !== undefined) return `${duration(plan.loss)} of writes: what was committed since ${undo === "the undo" ? undo : `the ${undo}`}. They are kept for undoing the undo.`;
  if (plan.missing) return `The file is missing, so nothing is overwritten. What was written in the ${duration(plan.loss)} since the snapshot does not come back.`;
  const lost = `${duration(plan.loss)} of writes, from the snapshot until now`;
  if (plan.rpo === null) return `${lost}. Nothing was promised for data loss.`;
  return number(plan.loss) <= number(plan.rpo) ? `${lost}: within the ${duration(plan.rpo)} promised.` : `${lost}: more than the ${duration(plan.rpo)} promised.`;
}

/** What happens to the rows of one table. */
export function changeWords(change: TableChange, inPlace: boolean): string {
  const { live, snapshot } = change;
  if (live === null) return inPlace ? `comes back, with ${counted(snapshot ?? 0, "row")}` : "not in the live database";
  if (snapshot === null) return inPlace ? `lost as a whole, with ${counted(live, "row")}` : "not in the snapshot";
  const more = number(live) - number(snapshot);
  const rows = counted(Math.abs(more), "row");
  if (!inPlace) return more > 0 ? `${rows} fewer than live` : `${rows} more than live`;
  return more > 0 ? `${rows} fewer afterwards` : `${count(-more)} ${-more === 1 ? "row" : "rows"} more afterwards`;
}

/** What row counts cannot show. */
export const BLIND = "Counted by rows: a table whose rows were changed, but not added or removed, is not in this list.";

/** What stands in place of the list of tables: rows that nobody counted are never called equal. */
export function unlistedWords(plan: RestorePlan): string {
  if (plan.destination.kind === "new-file") return "Rows are not compared: nothing in the live database is replaced.";
  const has = (what: string): boolean => plan.comparison.some((line) => line.what === what);
  const counted = has("Schema") && !has("Rows");
  return counted ? `No table differs in its number of rows. ${BLIND}` : "The rows of the live file were not counted: which tables differ is not known.";
}

/** What the last question says will happen to the live file. */
export function fateWords(plan: RestorePlan): string {
  if (plan.missing) return "will be put back: the file is missing";
  return plan.loss === null ? "will be overwritten" : `will be overwritten: ${duration(plan.loss)} of writes are lost`;
}

/** The button that starts. */
export function startWords(plan: RestorePlan): string {
  return plan.destination.kind === "in-place" ? `Restore ${plan.target}` : `Restore to ${fileName(plan.path)}`;
}

function planned(wizard: Wizard, plan: RestorePlan): Wizard {
  if (wizard.step === "planning") return { step: "plan", choice: wizard.choice, plan, typed: "", stale: false, fault: null };
  if (wizard.step === "plan" && wizard.stale) return { ...wizard, plan, typed: "" };
  return wizard;
}

function refused(wizard: Wizard, fault: Fault): Wizard {
  if (wizard.step === "planning") return { step: "refused", choice: wizard.choice, fault };
  if (wizard.step === "starting") return { ...wizard, step: "plan", stale: isStale(fault), fault: isStale(fault) ? null : fault, typed: isStale(fault) ? "" : wizard.typed };
  if (wizard.step === "plan") return { ...wizard, fault };
  return wizard;
}
