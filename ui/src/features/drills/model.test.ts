import { describe, expect, test } from "vitest";
import type { DrillList, DrillReport } from "../../api/bindings";
import { besidePromise, checkWords, lossHistory, newestCut, ownCheckWords, planSteps, timeHistory } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const DAY = 86_400_000;

function drill(daysAgo: number, over: Partial<DrillReport> = {}): DrillReport {
  return {
    job: 100 - daysAgo,
    sentence: "",
    system: "shop",
    environment: "production",
    component: null,
    snapshot: "4f1c9a20".repeat(8),
    cut_at: "",
    started_at: new Date(NOW - daysAgo * DAY).toISOString(),
    outcome: "passed",
    components: [],
    times: null,
    measured_rto: 41_000,
    measured_rpo: 300_000,
    age: 0,
    rto: 3_600_000,
    rpo: 900_000,
    fault: null,
    evidence: null,
    ...over,
  };
}

const list = (...drills: DrillReport[]): DrillList => ({ system: "shop", drills, rto: 3_600_000, rpo: null, as_of: "" });

describe("the history", () => {
  const failed = drill(30, { outcome: "failed", measured_rto: null });
  const three = list(drill(1), failed, drill(60, { measured_rto: 72_000 }), drill(0, { outcome: "running" }));

  test("keeps a drill without a measure as a gap, and marks it", () => {
    const { drawing } = timeHistory(three, NOW);
    expect(drawing.series[0]?.values).toEqual([72_000, null, 41_000]);
    expect(drawing.marks).toEqual([{ at: NOW - 30 * DAY, tone: "critical" }]);
    expect(drawing.moments).toHaveLength(3);
  });

  test("holds the promise in the picture, and says it in the sentence", () => {
    const history = timeHistory(three, NOW);
    expect(history.drawing.limits).toEqual([{ name: "1\u00a0h promised", value: 3_600_000, tone: "attention" }]);
    expect(history.drawing.bounds[1]).toBeGreaterThan(3_600_000);
    expect(history.label.replaceAll("\u00a0", " ")).toBe("Measured time to be back of 3 drills since 23 Sep; 41 s in the newest, 1 h promised.");
    expect(lossHistory(three, NOW)).toMatchObject({ promised: "nothing was promised", drawing: { limits: [] } });
  });

  test("says in the table why nothing was measured", () => {
    expect(timeHistory(three, NOW).rows.map((row) => row.cells[0])).toEqual(["41\u00a0s", "failed", "72\u00a0s"]);
  });

  test("one drill is no line across the whole picture", () => {
    const { span } = timeHistory(list(drill(2)), NOW).drawing;
    expect(span.to - span.from).toBeGreaterThan(30 * DAY);
  });
});

describe("a result", () => {
  test("stands beside what was promised", () => {
    expect(besidePromise(41_000, 3_600_000)).toMatchObject({ tone: "ok", word: "of 1\u00a0h promised" });
    expect(besidePromise(7_200_000, 3_600_000)).toMatchObject({ tone: "critical", word: "more than the 1\u00a0h promised" });
    expect(besidePromise(null, 3_600_000)).toMatchObject({ figure: "not measured", tone: "unknown" });
  });

  test("counts the checks of SQLite and of the definition", () => {
    const times = { fetch: 0, verify: 0, checks: 0, total: 0 };
    const component = { id: "", name: "shop", outcome: "failed" as const, why: null, verified: [{ what: "Integrity", result: "ok", tone: "ok" as const, at: "" }], checks: [{ name: "young", outcome: "failed" as const, result: "", took: 1 }], times };
    expect(checkWords(drill(1, { components: [component] }))).toBe("1 of 2 right");
    expect(checkWords(drill(1))).toBe("none");
    expect(ownCheckWords(component)).toBe("0 of 1 check of the definition passed");
    expect(ownCheckWords({ ...component, checks: [] })).toMatch(/asks nothing/);
  });
});

test("a plan names the snapshot and says that the live database is safe", () => {
  const steps = planSteps("2026-11-22T12:00:00Z", "shop", NOW);
  expect(steps[0]).toMatch(/shop alone/);
  expect(steps.join(" ")).toMatch(/live database cannot be touched/);
  expect(newestCut([])).toBeNull();
});
