import type { AffectedSnapshot, CareStep, Reading, RepairPlan, RepositoryCheck, RepositoryDetail, Restorable, Tone } from "../../api/bindings";
import type { ChartRow, Drawing } from "../../kit/chart";
import { sizeTicks } from "../../lib/axis";
import { bytes } from "../../lib/bytes";
import { count, counted } from "../../lib/count";
import { duration } from "../../lib/duration";
import { number } from "../../lib/quantity";
import { ago, day, when } from "../../lib/when";

/** The sentence that the page opens with. */
export interface Standing {
  tone: Tone;
  sentence: string;
  /** What to do about it; empty where nothing is to be done. */
  next: string;
}

/** A figure with what it means. */
export interface Figure {
  name: string;
  value: string;
  of: string;
  note: string;
}

/** The button behind a step; `people` where no button can do it. */
export type StepAct = "back-up" | "repair" | "read-all" | "drill" | "kit" | "people";

/** How much of the content a check reads again, in words. */
export const READINGS: readonly { value: Reading; label: string }[] = [
  { value: "none", label: "Lists and sizes" },
  { value: "some", label: "A thirtieth" },
  { value: "all", label: "Everything" },
];

/** A check older than this says little of now, in milliseconds. */
const OLD_CHECK = 8 * 86_400_000;

/** Where the repository stands now; what is not known is not called well. */
export function standing(repository: RepositoryDetail, now: number): Standing {
  const { last_check: check } = repository;
  if (repository.unavailable) return { tone: repository.unavailable.tone, sentence: repository.unavailable.what, next: repository.unavailable.next };
  if (!repository.exists) return { tone: "unknown", sentence: "There is no repository yet", next: "The first backup makes it, with its key." };
  if (!check) return { tone: "unknown", sentence: "Never checked: nothing is known of what lies in it", next: "Check it now." };
  const since = Date.parse(check.as_of);
  if (check.tone === "ok" && now - since > OLD_CHECK) return { tone: "unknown", sentence: `Nothing was wrong ${when(since, now)}, ${ago(since, now)}; since then nobody looked`, next: "Check it now." };
  return { tone: check.tone, sentence: check.sentence, next: check.steps[0]?.what ?? "" };
}

/** The four figures at the head. */
export function figures(repository: RepositoryDetail, now: number): Figure[] {
  const free = repository.free === null ? "free space is not known" : `${bytes(repository.free)} free on its disk`;
  const affected = number(repository.affected);
  const { last_check: check } = repository;
  return [
    { name: "Size", value: bytes(repository.size), of: "", note: free },
    { name: "Snapshots", value: count(repository.snapshots), of: "", note: affected === 0 ? "nothing is known against them" : `${count(repository.affected)} damaged` },
    { name: "Last check", value: check ? ago(check.as_of, now) : "never", of: "", note: check ? `${readWords(check)}, in ${duration(check.took)}` : "nothing is known of its content" },
    { name: "Read again", value: share(repository), of: "of its packs", note: readingWords(repository, now) },
  ];
}

/** How much a check read. */
export function readWords(check: RepositoryCheck): string {
  const read = number(check.read);
  if (read === 0) return "lists and sizes only";
  const whole = number(check.size);
  const much = read >= whole ? `all ${bytes(check.size)} read` : `${bytes(check.read)} of ${bytes(check.size)} read`;
  return check.yielded ? `${much}, then it gave way` : much;
}

/** True where there is something to explain. */
export function isDamaged(check: RepositoryCheck | null): check is RepositoryCheck {
  return check !== null && (check.affected.length > 0 || check.findings.some((finding) => finding.tone === "critical" || finding.tone === "attention"));
}

/** What a damaged snapshot cannot give back, and whether it may heal. */
export function affectedWords({ affected }: AffectedSnapshot): { lost: string; heals: string } {
  const parts = affected.components.join(", ");
  return {
    lost: affected.files.length === 0 ? "nothing in it can be listed" : parts === "" ? "all its databases can be restored" : `${parts} cannot be restored`,
    heals: affected.lost ? "nothing heals it" : "the next backup may heal it",
  };
}

/** What is left of a component. */
export function restorableWords(left: Restorable, now: number): { tone: Tone; text: string } {
  if (!left.newest) return { tone: "critical", text: nothingLeft(number(left.of)) };
  const newest = `newest ${when(left.newest.cut_at, now)}, ${ago(left.newest.cut_at, now)}`;
  return { tone: number(left.sound) === number(left.of) ? "ok" : "attention", text: `${count(left.sound)} of ${counted(left.of, "snapshot")}, ${newest}` };
}

function nothingLeft(of: number): string {
  if (of === 0) return "No snapshot holds it";
  return of === 1 ? "Its only snapshot cannot be restored" : `None of its ${counted(of, "snapshot")} can be restored`;
}

/** Which button does a step. */
export function stepAct(step: CareStep): StepAct {
  const acts: Record<string, StepAct> = { backup_system: "back-up", repair_repository: "repair", plan_repair: "repair", reread_repository: "read-all", check_repository: "read-all", drill_system: "drill", create_recovery_kit: "kit" };
  return (step.operation !== null && acts[step.operation]) || "people";
}

/** What a repair leaves and loses, in a sentence. */
export function repairWords(plan: RepairPlan): string {
  const heal = plan.healable.length > 0 ? `${counted(plan.healable.length, "snapshot")} may be healed by a later backup` : "No snapshot can heal";
  const lost = plan.lost.length > 0 ? `${counted(plan.lost.length, "snapshot")} ${plan.lost.length === 1 ? "is" : "are"} lost for what the damage took` : "none is lost";
  return `${heal}; ${lost}. Nothing is deleted.`;
}

/** Why a repair cannot start; `null` where it can. */
export function repairObstacle(plan: RepairPlan | null): string | null {
  if (plan === null) return "Wait for the plan.";
  if (plan.obstacles.length > 0) return "Not while this stands in the way.";
  return plan.steps.length === 0 ? "There is nothing to mend." : null;
}

/** How the repository grew, by what each listed snapshot added. */
export function growth(repository: RepositoryDetail, now: number): { label: string; drawing: Drawing; rows: ChartRow[] } | null {
  const points = repository.growth.map((each) => ({ at: Date.parse(each.cut_at), added: number(each.added) })).sort((a, b) => a.at - b.at);
  const first = points[0];
  if (!first) return null;
  let sum = 0;
  const sums = points.map((point) => (sum += point.added));
  const top = Math.max(1, sum) * 1.08;
  return {
    label: `What ${counted(points.length, "snapshot")} added since ${day(first.at, now)}: ${bytes(sum)} together.`,
    drawing: {
      moments: [...points.map((point) => point.at), now],
      series: [{ name: "added so far", values: [...sums, sum], look: "steps", colour: "--series-1" }],
      span: { from: first.at - (now - first.at) * 0.01, to: now },
      bounds: [0, top],
      ticks: sizeTicks(top),
    },
    rows: byDay(points).map(({ at, snapshots, added }) => ({ at, cells: [count(snapshots), bytes(added)] })),
  };
}

/** Days with snapshots, newest first; `at` is the last cut of the day. */
function byDay(points: readonly { at: number; added: number }[]): { at: number; snapshots: number; added: number }[] {
  const days = new Map<string, { at: number; snapshots: number; added: number }>();
  for (const point of points) {
    const key = new Date(point.at).toDateString();
    const known = days.get(key);
    days.set(key, { at: point.at, snapshots: (known?.snapshots ?? 0) + 1, added: (known?.added ?? 0) + point.added });
  }
  return [...days.values()].reverse();
}

function share({ packs, packs_read: read }: RepositoryDetail): string {
  if (number(packs) === 0) return "nothing";
  return number(read) === number(packs) ? "all" : `${Math.floor((number(read) / number(packs)) * 100)}\u00a0%`;
}

function readingWords(repository: RepositoryDetail, now: number): string {
  if (number(repository.packs) === 0) return "it holds none yet";
  if (repository.oldest_read === null) return "the rest was never read since it was written";
  return `the longest ago ${day(repository.oldest_read, now)}`;
}
