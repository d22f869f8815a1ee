import type { Fault, Job, PhaseRun, PhaseTime, Tone } from "../api/bindings";
import { duration } from "./duration";
import { presentPhase, sentenceOf, STATE_TONES } from "./job";
import { number } from "./quantity";

/** The sentence at the head of a job that has ended. */
export interface Outcome {
  tone: Tone;
  title: string;
  /** What it means for the database; empty where the report below says it. */
  detail: string;
}

/** What the button for stopping says. */
export interface CancelOffer {
  label: string;
  /** Why it cannot be pressed; absent where it can. */
  reason: string | null;
  /** What would be true after it. */
  effect: string;
}

/** What stopping a job of some kind means. */
export interface CancelWords {
  noun: string;
  /** What would be true after it. */
  effect: string;
  /** What is left to do once it cannot be stopped, e.g. `Undo is the way back.`; empty where nothing is. */
  wayBack: string;
}

/** One thing that happened, oldest first. */
export interface Happening {
  at: string;
  text: string;
}

/** One slice of the bar that shows where the time went. */
export interface Slice {
  name: string;
  took: string;
  weight: number;
}

/** How a job ended, in one sentence, and what that leaves behind. `tone` is that of one that did what it should; `untouched` is what a stop leaves. */
export function outcomeOf(job: Job, noun: string, tone: Tone, untouched: string): Outcome {
  switch (job.state) {
    case "succeeded":
      return { tone, title: sentenceOf(job) ?? `${job.title}: done`, detail: "" };
    case "cancelled":
      return { tone: STATE_TONES.cancelled, title: `The ${noun} was cancelled`, detail: leftAs(job, untouched) };
    case "interrupted":
      return { tone: STATE_TONES.interrupted, title: `The ${noun} was interrupted`, detail: leftAs(job, untouched) };
    default:
      return { tone: "critical", title: `The ${noun} failed`, detail: leftAs(job, untouched) };
  }
}

/** True where the job has passed the point from which it finishes. */
export function pastReturn(job: Job): boolean {
  return job.phases.some((phase) => !phase.cancellable && phase.started_at !== null);
}

/** What Cancel would do at this moment. */
export function cancelOf(job: Job, { noun, effect, wayBack }: CancelWords): CancelOffer {
  const label = `Cancel ${noun}`;
  if (job.state === "cancelling") return { label, reason: "It was asked to stop and is tidying up.", effect: "" };
  if (pastReturn(job)) return { label, reason: `It has passed the point of return and finishes. ${wayBack}`.trimEnd(), effect: "" };
  return { label, reason: null, effect };
}

/** How long the job has run, or took. */
export function elapsed(job: Job, now: number): number {
  const started = job.phases.find((phase) => phase.started_at !== null)?.started_at ?? job.created_at;
  const end = job.finished_at === null ? now : new Date(job.finished_at).getTime();
  return Math.max(0, end - new Date(started).getTime());
}

/** What the head line says while the job is under way. */
export function headline(job: Job): string {
  if (job.state === "queued") return "Waiting for its turn";
  if (job.state === "cancelling") return "Stopping, and tidying up";
  return presentPhase(job)?.name ?? "Starting";
}

/** What happened so far, from the job's own times. */
export function happenings(job: Job): Happening[] {
  const begun = job.phases.filter((phase): phase is PhaseRun & { started_at: string } => phase.started_at !== null);
  return [{ at: job.created_at, text: `Asked for by ${job.who}` }, ...begun.map((phase) => ({ at: phase.started_at, text: phase.name }))];
}

/** What a job that did not finish left as it was, e.g. `the live database`. Only what follows from its phases is said. */
export function leftAs(job: Job, untouched: string): string {
  if (job.recovery !== null) return `${job.recovery.charAt(0).toUpperCase()}${job.recovery.slice(1)}`;
  if (job.state === "interrupted") return "Its process ended. It is not known yet what recovery did: look again in a moment.";
  if (pastReturn(job)) return "It had begun to change the target. Inspect the database before anything else.";
  const phase = job.phases.findLast((each) => each.started_at !== null)?.name;
  const where = phase === undefined ? "" : ` It stopped at: ${phase}.`;
  return `Left as it was: ${untouched}.${where}`;
}

/** The fault to show, with the hint that it brings; absent where the job was cancelled or did well. */
export function shownFault(job: Job): Fault | null {
  return job.state === "failed" || (job.state === "interrupted" && job.fault !== null) ? job.fault : null;
}

/** Where the time went. Phases under a thousandth of the whole are not drawn, but are named in the report's text. */
export function slices(phases: readonly PhaseTime[]): Slice[] {
  const whole = phases.reduce((sum, phase) => sum + number(phase.took), 0);
  return phases
    .map((phase) => ({ name: phase.name, took: duration(phase.took), weight: number(phase.took) }))
    .filter((slice) => slice.weight > 0 && slice.weight >= whole / 1000);
}

/** True where a report has these fields: one of a later version may have another shape, and is then not drawn. */
export function has(report: unknown, ...fields: string[]): boolean {
  return typeof report === "object" && report !== null && fields.every((field) => field in report);
}
