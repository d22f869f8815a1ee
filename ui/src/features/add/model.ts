import type { AddSystem, DefinitionReport, Environment, Fault, Inspection, Name, Tone, Verdict, WirePath } from "../../api/bindings";
import { bytes } from "../../lib/bytes";
import { counted } from "../../lib/count";
import { fileName } from "../../lib/path";

/** What stands below the path while it is typed. */
export interface Found {
  tone: Tone;
  /** The verdict in a few words. */
  title: string;
  /** What it is, or what to do. */
  detail: string;
}

/** The form's answers. An empty name means the derived one; `defined` leaves the environment to the definition. */
export interface Draft {
  path: WirePath;
  name: string;
  environment: Environment | "defined";
}

/** What was learned about the path. */
export type Look =
  | { kind: "nothing" }
  | { kind: "looking" }
  | { kind: "file"; inspection: Inspection }
  | { kind: "folder"; report: DefinitionReport }
  | { kind: "fault"; fault: Fault };

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The name that a file or folder would get, as the engine derives it. */
export function nameFor(path: WirePath): Name {
  const file = fileName(path);
  const stem = file.lastIndexOf(".") > 0 ? file.slice(0, file.lastIndexOf(".")) : file;
  const name = Array.from(stem.toLowerCase(), (character) => (/[a-z0-9._-]/.test(character) ? character : "-"))
    .join("")
    .replace(/^[._-]+|[._-]+$/g, "")
    .slice(0, 63);
  return name === "" ? "database" : name;
}

/** The request that the answers make. */
export function request(look: Look, draft: Draft): AddSystem {
  const path = draft.path.trim();
  const name = draft.name.trim();
  const fallback = look.kind === "folder" ? null : "development";
  const environment = draft.environment === "defined" ? fallback : draft.environment;
  return { path, ...(name === "" ? {} : { name }), ...(environment === null ? {} : { environment }) };
}

/** The sentence about what lies at the path; `null` while there is nothing to say. */
export function found(look: Look): Found | null {
  switch (look.kind) {
    case "nothing":
      return null;
    case "looking":
      return { tone: "working", title: "Looking at it.", detail: "Nothing is written to it." };
    case "fault":
      return { tone: look.fault.class === "refused" ? "attention" : "critical", title: look.fault.message, detail: look.fault.hint };
    case "folder":
      return foundFolder(look.report);
    case "file":
      return foundFile(look.inspection);
  }
}

/** Why it cannot be added yet; `null` where it can. */
export function obstacle(look: Look, draft: Draft): string | null {
  if (draft.path.trim() === "") return "Name a file or folder first.";
  if (draft.name !== "" && !NAME.test(draft.name)) {
    return "A name has 1 to 63 lowercase letters, digits, dots, dashes or underscores, and begins with a letter or digit.";
  }
  switch (look.kind) {
    case "nothing":
    case "looking":
      return "Wait for the look at the file.";
    case "fault":
      return look.fault.message;
    case "folder":
      return look.report.findings.length === 0 ? null : "Mend the definition first.";
    case "file":
      return ADDABLE.includes(look.inspection.verdict) ? null : REASONS[look.inspection.verdict];
  }
}

/** A database can be watched and its copies kept even while it is damaged, or locked at this moment. */
const ADDABLE: readonly Verdict[] = ["healthy", "damaged", "locked", "empty"];

const TITLES: Record<Verdict, string> = {
  healthy: "A healthy SQLite database at first glance.",
  damaged: "A damaged SQLite database.",
  "not-a-database": "Not an SQLite database.",
  empty: "An empty file.",
  encrypted: "Encrypted, or not an SQLite database.",
  locked: "Locked by another process.",
  unreadable: "It cannot be read.",
};

const REASONS: Record<Verdict, string> = {
  healthy: "",
  damaged: "",
  locked: "",
  empty: "",
  "not-a-database": "Only SQLite databases can be added.",
  encrypted: "What cannot be read cannot be backed up.",
  unreadable: "What cannot be read cannot be backed up.",
};

const FILE_TONES: Record<Verdict, Tone> = {
  healthy: "ok",
  damaged: "critical",
  "not-a-database": "critical",
  empty: "attention",
  encrypted: "critical",
  locked: "attention",
  unreadable: "critical",
};

function foundFile(inspection: Inspection): Found {
  const { verdict, findings, sentence } = inspection;
  const next = findings.find((finding) => finding.next !== "")?.next ?? "";
  const detail = verdict === "healthy" ? facts(inspection) : [sentence, next].filter((part) => part !== "").join(" ");
  return { tone: FILE_TONES[verdict], title: TITLES[verdict], detail };
}

function facts(inspection: Inspection): string {
  const tables = inspection.tables.filter((table) => table.kind === "table").length;
  const parts = [bytes(inspection.size), counted(tables, "table")];
  if (inspection.journal_mode !== null) parts.push(`journal mode ${inspection.journal_mode}`);
  if (inspection.header !== null) parts.push(`schema version ${inspection.header.user_version}`);
  return `${parts.join(", ")}.`;
}

function foundFolder(report: DefinitionReport): Found {
  const [first] = report.findings;
  if (!first) return { tone: "ok", title: `The system ${report.name ?? ""}`.trim() + ".", detail: "Its definition is in order." };
  if (report.findings.length > 1) {
    return { tone: "critical", title: `${counted(report.findings.length, "finding")} in ${fileName(report.file)}.`, detail: "Mend them, then look again." };
  }
  return { tone: "critical", title: `${fileName(first.file)}, line ${first.line}, column ${first.column}: ${first.message}`, detail: first.hint };
}
