import type { ScheduleList } from "../api/bindings";

/** Schedules that are on, while nothing runs them. */
export interface Orphaned {
  schedules: number;
  systems: string[];
}

/** What waits for a scheduler; `null` where one runs, or where nothing is scheduled. */
export function orphaned(lists: readonly ScheduleList[]): Orphaned | null {
  const waiting = lists.filter((list) => list.scheduler === null).map((list) => ({ system: list.system, on: list.schedules.filter((view) => view.schedule.enabled !== false).length }));
  const systems = waiting.filter(({ on }) => on > 0);
  if (systems.length === 0) return null;
  return { schedules: systems.reduce((sum, { on }) => sum + on, 0), systems: systems.map(({ system }) => system) };
}
