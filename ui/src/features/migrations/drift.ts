import type { SchemaDifference, Validation } from "../../api/bindings";
import { counted } from "../../lib/count";

/** The button that shows what a validation found, e.g. `See drift, 1 index`. */
export function driftLabel(validation: Validation): string {
  const { drift, drift_unknown } = validation;
  if (drift_unknown !== null) return "Drift is not known";
  if (drift.length === 0) return otherFindings(validation) === 0 ? "No drift" : "No drift, other findings";
  const [thing = "", another] = [...new Set(drift.map(thingOf))];
  return `See drift, ${another === undefined ? things(drift.length, thing) : counted(drift.length, "difference")}`;
}

/** What differs: of two tables of one name, it is a column or another part of them that does. */
export function thingOf({ kind, what, expected, found }: SchemaDifference): string {
  if (kind !== "table" || [expected, found].some((sql) => sql !== null && /^\s*create\b/i.test(sql))) return kind;
  return what.startsWith("The column ") ? "column" : "part of a table";
}

/** So many of a thing: `1 index`, `2 parts of tables`. */
export function things(many: number, thing: string): string {
  return counted(many, thing, { index: "indexes", "part of a table": "parts of tables" }[thing] ?? `${thing}s`);
}

/** What a validation found besides drift. */
function otherFindings({ foreign_keys, integrity, queries }: Validation): number {
  return foreign_keys.length + (integrity?.length ?? 0) + queries.filter((query) => query.tone !== "ok").length;
}

/** One way in which a thing differs. */
export type Way = "missing" | "extra" | "changed";

/** Which of the two sides lacks it. */
export function wayOf({ expected, found }: SchemaDifference): Way {
  return found === null ? "missing" : expected === null ? "extra" : "changed";
}

/** The words above the two sides of a difference. */
export interface Sides {
  expected: string;
  found: string;
  /** Above the statement that would make the second like the first; absent where none is offered. */
  cure?: string;
}

/** The files on one side, the live database on the other. */
export const DRIFT_SIDES: Sides = { expected: "The files give", found: "The live database has", cure: "Makes it as the files give it" };
/** Before and after. */
export const CHANGE_SIDES: Sides = { expected: "Before", found: "After" };
