import type { Fault, Finding, LeaseHolder, RunOutcome, Runs, Schedule, ScheduleList, ScheduleRun, ScheduleView, Tone } from "../../api/bindings";
import { counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { ago, when, whenIn } from "../../lib/when";

/** A mark and its word. */
export interface Look {
  tone: Tone;
  word: string;
}

/** A schedule as it is being written. */
export interface Draft {
  name: string;
  runs: Runs;
  cron: string;
  zone: string;
  enabled: boolean;
}

/** What a schedule can run, in words. */
export const RUNS: readonly { value: Runs; label: string }[] = [
  { value: "backup", label: "Back up" },
  { value: "drill", label: "Drill" },
  { value: "maintain", label: "Care for the repository" },
  { value: "smoke", label: "Run smoke tests" },
];

/** Rhythms that are often wanted. */
export const OFTEN: readonly { cron: string; label: string }[] = [
  { cron: "*/5 * * * *", label: "Every 5 minutes" },
  { cron: "0 * * * *", label: "Every hour" },
  { cron: "0 2 * * *", label: "Every day at 02:00" },
  { cron: "0 3 * * SUN", label: "Every Sunday at 03:00" },
  { cron: "0 3 1 * *", label: "On day 1 of each month at 03:00" },
];

const OUTCOMES: Record<RunOutcome, Look> = {
  waiting: { tone: "attention", word: "Waits" },
  running: { tone: "working", word: "Running" },
  succeeded: { tone: "ok", word: "Succeeded" },
  failed: { tone: "critical", word: "Failed" },
  cancelled: { tone: "unknown", word: "Cancelled" },
  interrupted: { tone: "attention", word: "Interrupted" },
  skipped: { tone: "attention", word: "Skipped" },
};

/** How a run stands. */
export function runLook(run: ScheduleRun): Look {
  return OUTCOMES[run.outcome];
}

/** How a schedule stands: late comes before what its last run was, and off is not well. */
export function look(view: ScheduleView): Look {
  if (view.schedule.enabled === false) return { tone: "unknown", word: "Off" };
  if (view.overdue) return { tone: "attention", word: view.last === null ? "Never ran" : `Overdue ${duration(view.overdue.late)}` };
  if (view.last === null) return { tone: "unknown", word: "Not run yet" };
  return runLook(view.last);
}

/** The last run in words. */
export function lastWords(view: ScheduleView, now: number): string {
  const { last } = view;
  if (last === null) return view.overdue ? `never; it was promised for ${when(view.overdue.since, now)}` : "not yet";
  const missed = last.missed > 0 ? `, for ${counted(last.missed, "missed run")} too` : "";
  const at = last.started_at ?? last.due_at;
  return `${OUTCOMES[last.outcome].word.toLowerCase()} ${when(at, now)}, ${ago(at, now)}${missed}`;
}

/** A coming run, by the clocks of its schedule's zone and by those of this machine. */
export interface Coming {
  at: string;
  there: string;
  /** `null` where both clocks show the same. */
  here: string | null;
}

/** The coming runs of a schedule. In a zone that this page does not know, by the clocks of this machine. */
export function coming(next: readonly string[], zone: string, now: number): Coming[] {
  return next.map((at) => {
    const here = when(at, now);
    const there = whenIn(at, now, zone);
    return { at, there: there ?? `${here} here`, here: there === null || there === here ? null : here };
  });
}

/** Who runs the schedules, and what to do where nobody does. */
export function schedulerWords(list: ScheduleList, now: number): Look & { next: string } {
  const on = list.schedules.filter((view) => view.schedule.enabled !== false).length;
  if (list.schedules.length === 0) return { tone: "unknown", word: "No schedule: nothing is backed up or drilled by itself", next: "" };
  if (list.scheduler) return { tone: "ok", word: holderWords(list.scheduler, now), next: "" };
  const word = on === 0 ? "Every schedule is off, and nothing runs them" : `Nothing runs the ${counted(on, "schedule")}: no agent lives, and no window is open for them`;
  return { tone: "attention", word, next: "quarterdeck agent --install" };
}

/** Findings other than that nobody runs the schedules, which has its own line. */
export function otherFindings(list: ScheduleList): Finding[] {
  const enabled = list.schedules.some((view) => view.schedule.enabled !== false);
  return list.scheduler === null && enabled ? list.findings.filter((finding) => !finding.next.includes("quarterdeck agent")) : list.findings;
}

/** Why the schedules cannot be changed here; `null` where they can. */
export function decidedElsewhere(list: ScheduleList): string | null {
  if (list.source === "definition") return "quarterdeck.yaml decides: change its schedules there.";
  if (list.source === "environment") return "BACKUP_ENABLED and its companions in the environment decide: change them there, or set schedules in quarterdeck.yaml.";
  return null;
}

/** A draft of a new schedule, with a name that is free. */
export function newDraft(taken: readonly string[], zone: string): Draft {
  const name = ["nightly", "backup", "backup-2", "backup-3"].find((each) => !taken.includes(each)) ?? `schedule-${taken.length + 1}`;
  return { name, runs: "backup", cron: "0 2 * * *", zone, enabled: true };
}

/** A draft of a schedule that is there. */
export function draftOf(schedule: Schedule): Draft {
  return { ...schedule, enabled: schedule.enabled !== false };
}

/** Why a draft cannot be kept; `undefined` where it can. */
export function draftObstacle(draft: Draft, taken: readonly string[], read: boolean): string | undefined {
  if (draft.name.trim() === "") return "Name it first.";
  if (taken.includes(draft.name.trim())) return `There is a schedule ${draft.name.trim()} already.`;
  return read ? undefined : "Mend the rhythm first.";
}

/** All schedules with one put in the place of another, added, or taken away. */
export function changed(list: readonly ScheduleView[], old: string | null, next: Schedule | null): Schedule[] {
  const all = list.map((view) => view.schedule);
  if (old === null) return next === null ? all : [...all, next];
  return all.flatMap((schedule) => (schedule.name !== old ? [schedule] : next === null ? [] : [next]));
}

/** Which field a mistake belongs to, with its words. */
export function mistake(fault: Fault): { field: "cron" | "zone"; text: string } {
  return { field: fault.code === "unknown-zone" ? "zone" : "cron", text: `${fault.message} ${fault.hint}` };
}

function holderWords(holder: LeaseHolder, now: number): string {
  return `${holder.what} of ${holder.who} runs the schedules since ${when(holder.since, now)}, ${ago(holder.since, now)} (process ${holder.pid})`;
}
