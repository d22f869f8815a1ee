import type { AuditLine, AuditVerdict, Face, Tone } from "../../api/bindings";
import { counted } from "../../lib/count";

/** The door through which somebody came, in words. */
export const DOORS: Record<Face, string> = { desktop: "window", cli: "command line", stdio: "link", agent: "schedule" };

/** The lines that hold every word of the search. */
export function shown(lines: readonly AuditLine[], query: string): AuditLine[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    const text = [line.who, DOORS[line.face], verb(line.operation), line.target, line.outcome, line.detail, line.digest].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** An operation as people say it: `restore component`. */
export function verb(operation: string): string {
  return operation.replaceAll("_", " ");
}

/** How an outcome looks: its mark and word. A fault's code is shown as it is; it says what was not done then, not what is wrong now.
    A beginning has no mark: the line of its end follows. */
export function outcomeLook(outcome: string): { tone: Tone | null; word: string } {
  const known: Record<string, Tone | null> = { started: null, succeeded: "ok", cancelled: "unknown", interrupted: "attention" };
  return { tone: outcome in known ? (known[outcome] ?? null) : "attention", word: outcome };
}

/** The first figures of a digest, in two groups: `7f3a 11c9`. */
export function short(digest: string): string {
  return `${digest.slice(0, 4)}\u00a0${digest.slice(4, 8)}`;
}

/** The verdict on the chain, in one sentence. */
export function verdictSentence(verdict: AuditVerdict): { tone: Tone; sentence: string } {
  const lines = counted(verdict.lines, "line");
  if (verdict.findings.length > 0) return { tone: "critical", sentence: `The trail does not hold: ${counted(verdict.findings.length, "finding")} in ${lines}.` };
  if (verdict.head === null) return { tone: "ok", sentence: "The trail is empty, and nothing contradicts it." };
  return { tone: "ok", sentence: `The trail holds: ${lines}, each digest fits the line before, and the heads in snapshots fit too. Head ${short(verdict.head)}.` };
}

/** Newer lines first, each once: pages that were read before stay below. */
export function merged(newer: readonly AuditLine[], older: readonly AuditLine[]): AuditLine[] {
  const last = newer.at(-1)?.number ?? Infinity;
  return [...newer, ...older.filter((line) => line.number < last)];
}
