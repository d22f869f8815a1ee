import type { Fault, LintMark, MigrationPlan, MigrationWish } from "../../api/bindings";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { openMarks, versionsWords } from "./model";

/** What was asked for so far. Every change of it brings another plan. */
export interface Choice {
  wish: MigrationWish;
  /** Each migration commits by itself. */
  each: boolean;
  outOfOrder: boolean;
  /** Codes of lint errors that are accepted. */
  accept: readonly string[];
}

/** Where the wizard stands. Run and report belong to the job's own page. `plan` is the one in view; while another is made, the last one stays. */
export type Wizard =
  | { step: "planning"; choice: Choice; plan: MigrationPlan | null; stale: boolean }
  | { step: "refused"; choice: Choice; fault: Fault }
  | { step: "plan"; choice: Choice; plan: MigrationPlan; typed: string; consent: boolean; stale: boolean; fault: Fault | null }
  | { step: "starting"; choice: Choice; plan: MigrationPlan; typed: string; consent: boolean };

/** What moves the wizard on. */
export type Move =
  | { do: "choose"; choice: Partial<Choice> }
  | { do: "planned"; plan: MigrationPlan }
  | { do: "refused"; fault: Fault }
  | { do: "type"; typed: string }
  | { do: "consent"; consent: boolean }
  | { do: "start" };

/** The wizard for a wish, before its first plan. */
export function beginning(wish: MigrationWish, outOfOrder: boolean): Wizard {
  return { step: "planning", choice: { wish, each: false, outOfOrder, accept: [] }, plan: null, stale: false };
}

/** The next state. A move that does not fit the state changes nothing: a late answer never overtakes the person. */
export function next(wizard: Wizard, move: Move): Wizard {
  switch (move.do) {
    case "choose":
      if (wizard.step === "starting") return wizard;
      return { step: "planning", choice: { ...wizard.choice, ...move.choice }, plan: wizard.step === "refused" ? null : wizard.plan, stale: false };
    case "planned":
      return wizard.step === "planning" ? { step: "plan", choice: wizard.choice, plan: move.plan, typed: "", consent: false, stale: wizard.stale, fault: null } : wizard;
    case "refused":
      return refused(wizard, move.fault);
    case "type":
      return wizard.step === "plan" ? { ...wizard, typed: move.typed } : wizard;
    case "consent":
      return wizard.step === "plan" ? { ...wizard, consent: move.consent } : wizard;
    case "start":
      if (wizard.step !== "plan" || startObstacle(wizard) !== null) return wizard;
      return { step: "starting", choice: wizard.choice, plan: wizard.plan, typed: wizard.typed, consent: wizard.consent };
  }
}

/** True after a `plan-stale`: the page plans again by itself, and says so. */
export function isStale(fault: Fault): boolean {
  return fault.code === "plan-stale";
}

/** A plan that went stale is made again and has to be agreed to again; any other refusal stands above the plan. */
function refused(wizard: Wizard, fault: Fault): Wizard {
  if (wizard.step === "planning") return { step: "refused", choice: wizard.choice, fault };
  if (wizard.step !== "starting") return wizard;
  if (isStale(fault)) return { step: "planning", choice: wizard.choice, plan: wizard.plan, stale: true };
  return { ...wizard, step: "plan", stale: false, fault };
}

/** Why the plan cannot be started; `null` where it can. */
export function startObstacle({ plan, typed, consent }: { plan: MigrationPlan; typed: string; consent: boolean }): string | null {
  if (plan.obstacles[0] !== undefined) return plan.obstacles[0];
  if (plan.batches.length === 0) return "Nothing is pending.";
  if (plan.wait_needs_consent && !consent) return "Accept that writers wait first.";
  if (plan.confirm !== null && typed !== plan.confirm) return `Type ${plan.confirm} first.`;
  return null;
}

/** Lint errors of the plan by code: each has to be waived in the file, or accepted here. */
export function errorsByCode(plan: MigrationPlan): { code: string; marks: LintMark[] }[] {
  const errors = openMarks(plan).filter((mark) => mark.severity === "error");
  return [...new Set(errors.map((mark) => mark.code))].map((code) => ({ code, marks: errors.filter((mark) => mark.code === code) }));
}

/** Every version of the plan, in running order. */
export function planVersions(plan: MigrationPlan): string[] {
  return plan.batches.flatMap((batch) => batch.versions);
}

/** The title of the wizard, and the button that starts. */
export function startWords(plan: MigrationPlan): string {
  const versions = planVersions(plan);
  if (plan.direction === "down") return versions.length === 1 ? `Take back ${versions[0] ?? ""}` : `Take back ${counted(versions.length, "migration")}`;
  return versions.length === 1 ? `Apply ${versions[0] ?? ""}` : `Apply ${counted(versions.length, "migration")}`;
}

/** What the last question says will happen. */
export function fateWords(plan: MigrationPlan): string {
  const versions = versionsWords(planVersions(plan));
  return plan.direction === "down" ? `goes back: ${versions} by ${planVersions(plan).length === 1 ? "its way" : "their ways"} down` : `is changed by ${versions}`;
}

/** How long writers wait, in words, with what is not known said. */
export function waitWords(plan: MigrationPlan): string {
  const safety = `${duration(plan.safety_wait)} while the safety image is read`;
  if (plan.writers_wait === null) return `At least ${safety}; how long the migrations take is not known without a rehearsal.`;
  return `About ${duration(plan.writers_wait)}, of that ${safety}.`;
}

/** What whoever starts it agrees to. */
export function consentWords(plan: MigrationPlan): string {
  return plan.writers_wait === null ? `Writers may wait ${duration(plan.safety_wait)} and for as long as the migrations take` : `Writers may wait up to ${duration(plan.writers_wait)}`;
}

/** The wish behind an address; everything that is pending where it names none. */
export function wishOf(asked: { to?: string | undefined; one?: string | undefined; down?: string | undefined }): MigrationWish {
  if (asked.one !== undefined) return { kind: "one", version: asked.one };
  if (asked.down !== undefined) return { kind: "down", steps: Math.max(1, Number.parseInt(asked.down, 10) || 1) };
  if (asked.to !== undefined) return { kind: "to", version: asked.to };
  return { kind: "all" };
}
