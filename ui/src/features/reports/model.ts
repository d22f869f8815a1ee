import type { ReportForm, ReportKind } from "../../api/bindings";

/** Kinds of reports, as they are offered. */
export const KINDS: readonly { value: ReportKind; label: string; subject: string; hint: string }[] = [
  { value: "readiness", label: "Readiness", subject: "Copy", hint: "the id of a copy; empty for the newest" },
  { value: "validation", label: "Validation", subject: "Watch", hint: "the id of a watch; empty for the newest" },
  { value: "drill", label: "Drill", subject: "Drill", hint: "the number of its job; empty for the newest" },
  { value: "migration", label: "Migration", subject: "Run", hint: "the number of its job; empty for the newest" },
  { value: "monthly", label: "Month of operations", subject: "Month", hint: "such as 2026-11; empty for the newest" },
];

/** The kind that an address names; readiness where it names none. */
export function kindOf(text: string | undefined): ReportKind {
  return KINDS.find(({ value }) => value === text)?.value ?? "readiness";
}

/** The form that a file's ending says; the one that was chosen where it says none. */
export function formOf(file: string, chosen: ReportForm): ReportForm {
  const ending = /\.(html?|pdf)$/i.exec(file)?.[1]?.toLowerCase();
  return ending === undefined ? chosen : ending === "pdf" ? "pdf" : "html";
}
