import { expect, test } from "vitest";
import type { ScheduleList, ScheduleView } from "../api/bindings";
import { orphaned } from "./scheduler";

const view = (name: string, enabled: boolean): ScheduleView => ({ system: "shop", schedule: { name, runs: "backup", cron: "0 2 * * *", zone: "UTC", enabled }, words: "", next: [], last: null, recent: [], overdue: null });
const list = (system: string, runs: boolean, ...schedules: ScheduleView[]): ScheduleList => ({ system, source: "store", schedules, scheduler: runs ? { what: "The agent", who: "ada", pid: 7, since: "" } : null, findings: [], as_of: "" });

test("schedules that are on and that nobody runs are counted", () => {
  expect(orphaned([list("shop", false, view("a", true), view("b", false)), list("mail", false, view("c", true))])).toEqual({ schedules: 2, systems: ["shop", "mail"] });
});

test("a scheduler, switched off schedules, and none at all are nothing to say", () => {
  expect(orphaned([list("shop", true, view("a", true))])).toBeNull();
  expect(orphaned([list("shop", false, view("a", false)), list("mail", false)])).toBeNull();
});
