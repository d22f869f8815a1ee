import type { LabelMatcher } from "../api/bindings";

/** What was understood of labels that somebody wrote, or what is wrong with them. */
export type LabelsRead = { labels: Record<string, string>; fault?: undefined } | { labels?: undefined; fault: string };

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** `name="value"` or `name=value`, parted by spaces or commas. */
const PAIR = /\s*([^\s=,{}]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"{}]*))\s*(?:,|(?=\s|$|\}))/y;

/** Reads labels as people and as Alertmanager write them: `severity="critical" system=shop`, with or without braces. */
export function readLabels(text: string): LabelsRead {
  const plain = text.trim().replace(/^\{/, "").replace(/\}$/, "").trim();
  const labels: Record<string, string> = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < plain.length) {
    const from = PAIR.lastIndex;
    const match = PAIR.exec(plain);
    if (!match) return { fault: `“${plain.slice(from, from + 40).trim()}” is no label: write name="value".` };
    const [, name = "", quoted, bare = ""] = match;
    if (!NAME.test(name)) return { fault: `“${name}” is no name of a label.` };
    labels[name] = quoted === undefined ? bare : unescaped(quoted);
  }
  return { labels };
}

/** Labels as text: `severity="critical" system="shop"`. */
export function labelsText(labels: Record<string, string | undefined>): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${quoted(value ?? "")}`).join(" ");
}

/** A matcher as Alertmanager writes it: `system=~"shop|reputation"`. */
export function matcherText({ label, sign, value }: LabelMatcher): string {
  return `${label}${sign}${quoted(value)}`;
}

/** The matchers that hold exactly what has these labels. */
export function matchersOf(labels: Record<string, string | undefined>): LabelMatcher[] {
  return Object.entries(labels).flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, sign: "=", value }]));
}

/** Why matchers cannot be used; absent where they can. At least one must ask for something. */
export function matchersObstacle(matchers: readonly LabelMatcher[]): string | undefined {
  if (matchers.length === 0) return "It needs at least one label.";
  const wrong = matchers.find(({ label }) => !NAME.test(label.trim()));
  if (wrong) return wrong.label.trim() === "" ? "A label has no name." : `“${wrong.label}” is no name of a label.`;
  for (const { label, sign, value } of matchers) if (sign.includes("~") && !compiles(value)) return `The expression of ${label} cannot be read.`;
  return matchers.every(holdsEmpty) ? "It would hold everything: name a label that must be there." : undefined;
}

/** True where an alert without the label would be held too. */
function holdsEmpty({ sign, value }: LabelMatcher): boolean {
  if (sign === "=") return value === "";
  if (sign === "!=") return value !== "";
  const empty = new RegExp(`^(?:${value})$`).test("");
  return sign === "=~" ? empty : !empty;
}

function compiles(expression: string): boolean {
  try {
    new RegExp(`^(?:${expression})$`);
    return true;
  } catch {
    return false;
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
}
