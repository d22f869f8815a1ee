import type { AlertEvent, AlertEventKind, AlertNotice } from "../../api/bindings";
import { count } from "../../lib/count";
import { number } from "../../lib/quantity";

/** What kinds of things happened, in a word. */
export const KIND_WORDS: Record<AlertEventKind, string> = {
  pending: "Pending",
  firing: "Fires",
  resolved: "Resolved",
  withdrawn: "Withdrawn",
  acknowledged: "Taken",
  unacknowledged: "Given back",
  escalated: "Escalated",
  flapping: "Flaps",
  rule: "Rule",
};

/** A page of a list that goes on, put behind those before it; what is in both stays once. */
export function together<T>(first: readonly T[], older: readonly T[], key: (each: T) => string | number): T[] {
  const known = new Set(first.map(key));
  return [...first, ...older.filter((each) => !known.has(key(each)))];
}

/** Tells events apart: they have no number of their own. */
export function eventKey(event: AlertEvent): string {
  return `${event.at} ${event.alert.id} ${event.kind} ${event.sentence.slice(0, 80)}`;
}

/** What a message told of: `AppealErrorRateHigh`, `3 alerts: A, B, C`. */
export function aboutWords({ alerts, count: many, title }: Pick<AlertNotice, "alerts" | "count" | "title">): string {
  const [first] = alerts;
  const total = Math.max(number(many), alerts.length);
  if (first === undefined) return title;
  const names = [...new Set(alerts.slice(0, 20).map(({ name }) => name))].slice(0, 4).join(", ");
  return total === 1 ? first.name : `${count(total)} alerts: ${names}${total > 4 ? ", …" : ""}`;
}
