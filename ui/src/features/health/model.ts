import type { Change, CollectorStatus, Health, HealthCheck, SystemHealth, Tone } from "../../api/bindings";
import { counted } from "../../lib/count";
import { href } from "../../lib/href";
import { number } from "../../lib/quantity";
import { TONES, worst } from "../../lib/tone";

/** One line of the page over all systems. */
export interface HealthRow {
  key: string;
  line: SystemHealth;
  /** The machine has no page of its own: its checks open below. */
  machine: boolean;
  /** `30 of 33`. */
  passed: string;
  to: string;
}

/** The sentence that a page opens with. */
export interface Verdict {
  tone: Tone;
  /** Its first words, set heavier. */
  begins: string;
  rest: string;
}

/** Something that changed, and of whom. */
export interface ChangeLine {
  change: Change;
  system: string | null;
}

/** Systems worst first, the machine last. */
export function rowsOf(health: Health): HealthRow[] {
  const systems = health.systems.toSorted((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone));
  return [...systems.map((line) => row(line, false)), row(health.machine, true)];
}

/** What is true of everything. */
export function verdictOf({ systems, machine, collecting }: Health): Verdict {
  const all = [...systems, machine];
  const tone = worst([...all.map((each) => each.tone), ...(collecting.tone === "ok" ? [] : [collecting.tone])]);
  const of = (wanted: Tone): SystemHealth[] => systems.filter((each) => each.tone === wanted);
  const [ill, wary, dark] = [of("critical"), of("attention"), of("unknown")];
  const parts = [ill.length > 0 ? `${names(ill)} ${ill.length === 1 ? "is" : "are"} not healthy` : "", wary.length > 0 ? `${names(wary)} ${wary.length === 1 ? "needs" : "need"} attention` : "", dark.length > 0 ? `${names(dark)} ${dark.length === 1 ? "is" : "are"} not known` : ""].filter((part) => part !== "");
  if (parts.length > 0) return { tone, begins: `${parts[0] ?? ""}.`, rest: parts.length > 1 ? `${parts.slice(1).join("; ")}.` : "" };
  if (machine.tone !== "ok") return { tone, begins: "The systems are well, the machine is not.", rest: machine.sentence };
  if (collecting.tone !== "ok") return { tone, begins: "Nobody measures now.", rest: collecting.sentence };
  return { tone: "ok", begins: systems.length === 1 ? `${systems[0]?.system ?? ""} is healthy.` : `All ${counted(systems.length, "system")} are healthy.`, rest: "" };
}

/** A sentence of the engine, its first clause apart: `Not healthy since 13:42:` and what follows. */
export function split(sentence: string): { begins: string; rest: string } {
  const at = sentence.search(/: (?=\D)|: (?=\d)/);
  if (at < 0 || at > 48) return { begins: "", rest: sentence };
  return { begins: `${sentence.slice(0, at)}.`, rest: capital(sentence.slice(at + 2)) };
}

/** What changed, newest first, each once. */
export function changesOf(systems: readonly SystemHealth[], machine: SystemHealth, most = 8): ChangeLine[] {
  const all = [...systems.map((line) => ({ line, system: line.system as string | null })), { line: machine, system: null }];
  const seen = new Set<string>();
  return all
    .flatMap(({ line, system }) => line.changes.map((change): ChangeLine => ({ change, system })))
    .filter(({ change }) => !seen.has(`${change.at} ${change.what}`) && seen.add(`${change.at} ${change.what}`))
    .sort((a, b) => b.change.at.localeCompare(a.change.at))
    .slice(0, most);
}

/** Checks worst first; of equal ones the one that is so the longest. */
export function checksOf(checks: readonly HealthCheck[]): HealthCheck[] {
  return checks.toSorted((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || (a.since ?? "9").localeCompare(b.since ?? "9") || a.what.localeCompare(b.what));
}

/** Of a report: what does not pass in its order, then what does. */
export function parted(checks: readonly HealthCheck[]): { failing: HealthCheck[]; passing: HealthCheck[] } {
  return { failing: checksOf(checks.filter(({ tone }) => tone !== "ok")), passing: checks.filter(({ tone }) => tone === "ok") };
}

/** Collectors worst first. */
export function collectorsOf(collectors: readonly CollectorStatus[]): CollectorStatus[] {
  return collectors.toSorted((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || a.kind.localeCompare(b.kind) || a.about.localeCompare(b.about));
}

function row(line: SystemHealth, machine: boolean): HealthRow {
  return {
    key: machine ? "machine" : line.system,
    line,
    machine,
    passed: line.checks.length === 0 ? "none yet" : `${number(line.passed)} of ${line.checks.length}`,
    to: machine ? "" : href.health(line.system),
  };
}

function names(systems: readonly SystemHealth[]): string {
  const known = systems.map(({ system }) => system);
  if (known.length > 3) return counted(known.length, "system");
  return known.length < 2 ? known.join("") : `${known.slice(0, -1).join(", ")} and ${known.at(-1) ?? ""}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
