import type { LeaseHolder } from "../api/bindings";
import { duration } from "./duration";

/** Who has the right to work on one of these now, and since when, in a sentence; `undefined` where nobody has. Other jobs are in nobody's way. */
export function busyWords(databases: readonly { lease: LeaseHolder | null }[], now: number): string | undefined {
  const holder = databases.find((database) => database.lease !== null)?.lease;
  return holder ? `${holder.what} has worked on it for ${age(holder, now)}.` : undefined;
}

/** The same beside a button, where there is no room to say who. */
export function busySince(databases: readonly { lease: LeaseHolder | null }[], now: number): string | undefined {
  const holder = databases.find((database) => database.lease !== null)?.lease;
  return holder ? `In use for ${age(holder, now)}.` : undefined;
}

function age(holder: LeaseHolder, now: number): string {
  return duration(Math.max(1_000, now - Date.parse(holder.since)));
}
