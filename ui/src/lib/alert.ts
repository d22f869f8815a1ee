import type { AlertSeverity, AlertState, Tone } from "../api/bindings";

/** States, those that want somebody first. */
export const ALERT_STATES: readonly AlertState[] = ["firing", "stale", "pending", "no-data", "error", "acknowledged", "inhibited", "silenced", "muted", "resolved"];

/** The word of each state. */
export const STATE_WORDS: Record<AlertState, string> = {
  firing: "Firing",
  pending: "Pending",
  acknowledged: "Acknowledged",
  silenced: "Silenced",
  inhibited: "Inhibited",
  muted: "Muted",
  resolved: "Resolved",
  "no-data": "No data",
  error: "Rule error",
  stale: "Stale",
};

/** Severities by their weight. */
export const SEVERITIES: readonly AlertSeverity[] = ["critical", "warning", "low"];

/** The word of each severity. */
export const SEVERITY_WORDS: Record<AlertSeverity, string> = { critical: "Critical", warning: "Warning", low: "Info" };

/** What nobody can judge now: such a rule has no alert. */
const UNJUDGED: readonly AlertState[] = ["no-data", "error", "stale"];

/** The hue of a state: only what fires and nobody has takes one of a status; what cannot be judged is not known. */
export function stateTone(state: AlertState, severity: AlertSeverity): Tone | undefined {
  if (state === "firing") return severity === "critical" ? "critical" : severity === "warning" ? "attention" : undefined;
  return UNJUDGED.includes(state) ? "unknown" : undefined;
}

/** True for a rule's own row: there is no alert that somebody could take. */
export function unjudged(state: AlertState): boolean {
  return UNJUDGED.includes(state);
}
