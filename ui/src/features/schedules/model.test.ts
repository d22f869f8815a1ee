import { describe, expect, test } from "vitest";
import type { Fault, ScheduleList, ScheduleRun, ScheduleView } from "../../api/bindings";
import { when } from "../../lib/when";
import { changed, coming, decidedElsewhere, draftObstacle, lastWords, look, mistake, newDraft, otherFindings, schedulerWords } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const HOUR = 3_600_000;
const before = (hours: number): string => new Date(NOW - hours * HOUR).toISOString();

const run = (over: Partial<ScheduleRun> = {}): ScheduleRun => ({ due_at: before(2), missed: 0, started_at: before(2), job: 7, outcome: "succeeded", reason: null, ...over });

function view(over: Partial<ScheduleView> = {}, enabled = true): ScheduleView {
  return { system: "shop", schedule: { name: "nightly", runs: "backup", cron: "0 2 * * *", zone: "UTC", enabled }, words: "Every day at 02:00, UTC", next: [], last: run(), recent: [], overdue: null, ...over };
}

function list(over: Partial<ScheduleList> = {}): ScheduleList {
  return { system: "shop", source: "store", schedules: [view()], scheduler: { what: "The agent", who: "ada", pid: 7, since: before(60) }, findings: [], as_of: "", ...over };
}

describe("a schedule", () => {
  test("that is late is not well, whatever its last run was; off is not well either", () => {
    expect(look(view())).toEqual({ tone: "ok", word: "Succeeded" });
    expect(look(view({ overdue: { since: before(40), late: 40 * HOUR } }))).toEqual({ tone: "attention", word: "Overdue 1\u00a0d\u00a016\u00a0h" });
    expect(look(view({ last: null, overdue: { since: before(40), late: 40 * HOUR } })).word).toBe("Never ran");
    expect(look(view({ last: null }))).toEqual({ tone: "unknown", word: "Not run yet" });
    expect(look(view({}, false))).toEqual({ tone: "unknown", word: "Off" });
    expect(look(view({ last: run({ outcome: "skipped" }) })).tone).toBe("attention");
  });

  test("says for how many missed runs the last one stood", () => {
    expect(lastWords(view({ last: run({ missed: 3 }) }), NOW).replaceAll("\u00a0", " ")).toBe("succeeded 22 Nov 12:00, 2 h ago, for 3 missed runs too");
    expect(lastWords(view({ last: null }), NOW)).toBe("not yet");
  });
});

describe("who runs them", () => {
  test("is named, and so is that nobody does", () => {
    expect(schedulerWords(list(), NOW).word.replaceAll("\u00a0", " ")).toBe("The agent of ada runs the schedules since 20 Nov 02:00, 2 d 12 h ago (process 7)");
    expect(schedulerWords(list({ scheduler: null }), NOW)).toMatchObject({ tone: "attention", next: "quarterdeck agent --install" });
    expect(schedulerWords(list({ schedules: [] }), NOW).tone).toBe("unknown");
  });

  test("is said once", () => {
    const nobody = { tone: "attention" as const, what: "Nothing runs the schedules", next: "Start the agent: quarterdeck agent --install" };
    const late = { tone: "attention" as const, what: "nightly is overdue", next: "Run it now" };
    expect(otherFindings(list({ scheduler: null, findings: [nobody, late] }))).toEqual([late]);
    expect(otherFindings(list({ findings: [late] }))).toEqual([late]);
  });

  test("a definition or the environment decides alone", () => {
    expect(decidedElsewhere(list())).toBeNull();
    expect(decidedElsewhere(list({ source: "definition" }))).toMatch(/quarterdeck\.yaml/);
    expect(decidedElsewhere(list({ source: "environment" }))).toMatch(/BACKUP_ENABLED/);
  });
});

describe("the editor", () => {
  const other = view();

  test("puts one in the place of another, adds, and takes away", () => {
    const next = { ...other.schedule, cron: "0 * * * *" };
    expect(changed([other], "nightly", next)).toEqual([next]);
    expect(changed([other], null, { ...next, name: "hourly" })).toHaveLength(2);
    expect(changed([other], "nightly", null)).toEqual([]);
  });

  test("keeps nothing without a name of its own and a rhythm that can be read", () => {
    const draft = newDraft(["nightly"], "UTC");
    expect(draft.name).toBe("backup");
    expect(draftObstacle(draft, ["nightly"], true)).toBeUndefined();
    expect(draftObstacle({ ...draft, name: "nightly" }, ["nightly"], true)).toMatch(/already/);
    expect(draftObstacle(draft, [], false)).toMatch(/rhythm/);
  });

  test("says a mistake at the field that it is in", () => {
    const fault = (code: string): Fault => ({ code, message: "No.", hint: "Mend it.", class: "usage", retry: false });
    expect(mistake(fault("unknown-zone"))).toEqual({ field: "zone", text: "No. Mend it." });
    expect(mistake(fault("bad-schedule")).field).toBe("cron");
  });
});

describe("coming runs", () => {
  const at = "2026-11-22T17:00:00Z";
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;

  test("are shown by the clocks of the schedule's zone, and by ours where they differ", () => {
    const [run] = coming([at], "Pacific/Kiritimati", NOW);
    expect(run?.there).toBe("23\u00a0Nov\u00a007:00");
    expect(run?.here).toBe(when(at, NOW));
    expect(coming([at], local, NOW)).toEqual([{ at, there: when(at, NOW), here: null }]);
  });

  test("a zone that the page does not know is not guessed", () => {
    expect(coming([at], "Mars/Olympus", NOW)).toEqual([{ at, there: `${when(at, NOW)} here`, here: null }]);
  });
});
