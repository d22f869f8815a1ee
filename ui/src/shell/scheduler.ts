import type { Unattended } from "../api/bindings";
import { counted } from "../lib/count";
import { number } from "../lib/quantity";

/** Which schedules wait for an agent or an open window; `null` where none does. */
export function waitingWords(unattended: readonly Unattended[]): string | null {
  const schedules = unattended.reduce((sum, each) => sum + number(each.schedules), 0);
  if (schedules === 0) return null;
  const whose = unattended.length === 1 ? unattended[0]?.system : counted(unattended.length, "system");
  return `${counted(schedules, "schedule")} of ${whose} wait${schedules === 1 ? "s" : ""} for an agent or an open window.`;
}
