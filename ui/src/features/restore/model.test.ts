import { describe, expect, test } from "vitest";
import type { Fault, RestorePlan } from "../../api/bindings";
import { changeWords, chooseObstacle, destination, fateWords, lossWords, next, startObstacle, startWords, suggestedPath, target, unlistedWords, type Choice, type Wizard } from "./model";

const choice: Choice = { component: "shop", snapshot: "4f1c9a20".repeat(8), where: "in-place", path: "/srv/shop-copy.db" };

function plan(over: Partial<RestorePlan> = {}): RestorePlan {
  return {
    digest: "7f3a11c9".repeat(8),
    target: "shop",
    environment: "production",
    snapshot: choice.snapshot ?? "",
    cut_at: "2026-11-22T13:40:00Z",
    destination: { kind: "in-place" },
    path: "/srv/shop.db",
    steps: [],
    phases: [],
    comparison: [],
    changes: [],
    holders: [],
    missing: false,
    loss: 1_320_000,
    obstacles: [],
    confirm: "shop",
    rto: null,
    rpo: 3_600_000,
    as_of: "2026-11-22T14:02:33Z",
    ...over,
  };
}

const fault = (code: string): Fault => ({ code, message: "No.", hint: "Wait.", class: "refused", retry: false });

function onPlan(over: Partial<RestorePlan> = {}): Wizard {
  return next(next({ step: "choose", choice }, { do: "plan" }), { do: "planned", plan: plan(over) });
}

describe("the wizard", () => {
  test("goes choose, plan, type, start", () => {
    let wizard = onPlan();
    expect(wizard).toMatchObject({ step: "plan", typed: "", stale: false });
    expect(next(wizard, { do: "start" }).step, "not before the name is typed").toBe("plan");
    wizard = next(wizard, { do: "type", typed: "shop" });
    expect(next(wizard, { do: "start" }).step).toBe("starting");
  });

  test("does not start where the plan has an obstacle, whatever is typed", () => {
    const wizard = next(onPlan({ obstacles: ["The disk is full."] }), { do: "type", typed: "shop" });
    expect(next(wizard, { do: "start" })).toBe(wizard);
    expect(wizard.step === "plan" && startObstacle(wizard)).toBe("The disk is full.");
  });

  test("a stale plan asks for the name again and takes the new plan", () => {
    const starting = next(next(onPlan(), { do: "type", typed: "shop" }), { do: "start" });
    const stale = next(starting, { do: "refused", fault: fault("plan-stale") });
    expect(stale).toMatchObject({ step: "plan", stale: true, typed: "", fault: null });
    const fresh = plan({ digest: "new" });
    expect(next(stale, { do: "planned", plan: fresh })).toMatchObject({ step: "plan", stale: true, plan: fresh });
  });

  test("any other refusal of the start keeps what was typed and shows the reason", () => {
    const starting = next(next(onPlan(), { do: "type", typed: "shop" }), { do: "start" });
    expect(next(starting, { do: "refused", fault: fault("target-busy") })).toMatchObject({ step: "plan", stale: false, typed: "shop", fault: { code: "target-busy" } });
  });

  test("a late answer never overtakes the person", () => {
    const back = next(next({ step: "choose", choice }, { do: "plan" }), { do: "back" });
    expect(next(back, { do: "planned", plan: plan() })).toBe(back);
    expect(next(back, { do: "refused", fault: fault("x") })).toBe(back);
  });

  test("needs a snapshot, and a path for a new file", () => {
    expect(chooseObstacle({ ...choice, snapshot: null })).toMatch(/snapshot/);
    expect(chooseObstacle({ ...choice, where: "new-file", path: " " })).toMatch(/file/);
    expect(destination({ ...choice, where: "new-file" })).toEqual({ kind: "new-file", path: "/srv/shop-copy.db" });
  });
});

describe("words", () => {
  test("the target names a component only where there are several", () => {
    expect(target("shop", "main", 1)).toBe("shop");
    expect(target("shop", "main", 2)).toBe("shop/main");
  });

  test("the new file is named after the moment, beside the live one", () => {
    const at = new Date(2026, 10, 22, 13, 40).toISOString();
    expect(suggestedPath("/srv/my shop.sqlite", at)).toBe("/srv/my shop-2026-11-22-1340.sqlite");
    expect(suggestedPath("/srv/index.d", at, true)).toBe("/srv/index.d-2026-11-22-1340");
    expect(suggestedPath("bytes:/srv/%E9/shop", at)).toBe("bytes:/srv/%E9/shop-2026-11-22-1340.db");
  });

  test("loss is said in time and never guessed", () => {
    expect(lossWords(plan())).toBe("22\u00a0min of writes, from the snapshot until now: within the 1\u00a0h promised.");
    expect(lossWords(plan(), "restore")).toMatch(/^22\u00a0min of writes: what was committed since the restore/);
    expect(lossWords(plan(), "migrations")).toContain("since the migrations");
    expect(lossWords(plan({ rpo: 300_000 }))).toMatch(/more than the 5\u00a0min promised/);
    expect(lossWords(plan({ loss: null, rpo: null }))).toBe("How much time is lost was not measured.");
    expect(lossWords(plan({ destination: { kind: "new-file", path: "/x" } }))).toMatch(/^Nothing is lost/);
  });

  test("tables say what happens to their rows", () => {
    const words = (live: number | null, snapshot: number | null) => changeWords({ table: "t", live, snapshot }, true);
    expect(words(48_211, 48_174)).toBe("37 rows fewer afterwards");
    expect(words(1, 2)).toBe("1 row more afterwards");
    expect(words(null, 12)).toBe("comes back, with 12 rows");
    expect(words(3, null)).toBe("lost as a whole, with 3 rows");
    expect(changeWords({ table: "t", live: 5, snapshot: 9 }, false)).toBe("4 rows more than live");
  });

  test("the button names what it does", () => {
    expect(startWords(plan({ target: "shop/main" }))).toBe("Restore shop/main");
    expect(startWords(plan({ destination: { kind: "new-file", path: "/srv/a.db" }, path: "/srv/a.db" }))).toBe("Restore to a.db");
  });
});

test("rows that nobody counted are never called equal", () => {
  const line = (what: string) => ({ what, snapshot: "", target: "", result: "", tone: "ok" as const });
  expect(unlistedWords(plan({ comparison: [line("Schema")] }))).toContain("No table differs");
  expect(unlistedWords(plan({ comparison: [line("Schema"), line("Rows")] }))).toContain("not counted");
  expect(unlistedWords(plan({ comparison: [line("Size")] }))).toContain("not counted");
  expect(unlistedWords(plan({ destination: { kind: "new-file", path: "/srv/copy.db" }, comparison: [line("Schema")] }))).toContain("not compared");
});

test("a file that is gone is put back, and nothing is said to be overwritten", () => {
  expect(fateWords(plan())).toBe("will be overwritten: 22\u00a0min of writes are lost");
  const gone = plan({ missing: true });
  expect(fateWords(gone)).toBe("will be put back: the file is missing");
  expect(lossWords(gone)).toMatch(/^The file is missing, so nothing is overwritten\. .* 22\u00a0min since the snapshot/);
});
