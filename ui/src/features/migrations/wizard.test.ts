import { describe, expect, it } from "vitest";

import type { Fault, LintMark, MigrationPlan } from "../../api/bindings";
import { beginning, errorsByCode, fateWords, next, startObstacle, startWords, waitWords, wishOf, type Wizard } from "./wizard";

function plan(more: Partial<MigrationPlan> = {}): MigrationPlan {
  return { digest: "d".repeat(64), target: "shop", environment: "production", database: "/srv/shop.db", direction: "up", batches: [{ versions: ["8", "9"], atomic: true, sentence: "Both or nothing." }], steps: [], phases: [], settings: { foreign_keys: false, recursive_triggers: false, double_quoted_strings: false, reason: "" }, marks: [], writers_wait: 32_000, safety_wait: 26_000, wait_needs_consent: false, disk: 0, rehearsal: null, holders: [], obstacles: [], confirm: "shop", as_of: "2026-11-22T14:00:00Z", ...more };
}

const STALE: Fault = { code: "plan-stale", message: "It changed", hint: "Plan again.", class: "refused", retry: true };
const BUSY: Fault = { ...STALE, code: "busy" };
const planned = (more: Partial<MigrationPlan> = {}): Wizard => next(beginning({ kind: "all" }, false), { do: "planned", plan: plan(more) });
const starting = (): Wizard => next(next(planned(), { do: "type", typed: "shop" }), { do: "start" });

describe("the wizard", () => {
  it("starts only what was agreed to", () => {
    expect(next(planned(), { do: "start" }).step).toBe("plan");
    expect(starting()).toMatchObject({ step: "starting", typed: "shop" });
  });

  it("plans again with another choice, keeping the plan in view, and asks for the word again", () => {
    const again = next(next(planned(), { do: "type", typed: "shop" }), { do: "choose", choice: { accept: ["QD-L10"] } });
    expect(again).toMatchObject({ step: "planning", plan: plan(), choice: { accept: ["QD-L10"], each: false } });
    expect(next(again, { do: "planned", plan: plan() })).toMatchObject({ step: "plan", typed: "", consent: false });
  });

  it("makes a stale plan again and says so; any other refusal stands above the plan", () => {
    const stale = next(starting(), { do: "refused", fault: STALE });
    expect(stale).toMatchObject({ step: "planning", stale: true });
    expect(next(stale, { do: "planned", plan: plan() })).toMatchObject({ step: "plan", stale: true, typed: "" });
    expect(next(starting(), { do: "refused", fault: BUSY })).toMatchObject({ step: "plan", fault: BUSY, typed: "shop" });
  });

  it("is never overtaken by a late answer", () => {
    expect(next(starting(), { do: "planned", plan: plan({ digest: "e" }) })).toEqual(starting());
    expect(next(starting(), { do: "choose", choice: { each: true } })).toEqual(starting());
    expect(next(planned(), { do: "planned", plan: plan({ digest: "e" }) })).toEqual(planned());
  });

  it("shows why there is no plan, and tries again from there", () => {
    const refused = next(beginning({ kind: "all" }, false), { do: "refused", fault: BUSY });
    expect(refused).toMatchObject({ step: "refused", fault: BUSY });
    expect(next(refused, { do: "choose", choice: {} })).toMatchObject({ step: "planning", plan: null });
  });
});

describe("what stands in the way of the start", () => {
  it.each<[Partial<MigrationPlan>, string, boolean, string | null]>([
    [{ obstacles: ["006 was changed."] }, "shop", true, "006 was changed."],
    [{ batches: [] }, "shop", true, "Nothing is pending."],
    [{ wait_needs_consent: true }, "shop", false, "Accept that writers wait first."],
    [{}, "sho", false, "Type shop first."],
    [{ wait_needs_consent: true }, "shop", true, null],
    [{ confirm: null }, "", false, null],
  ])("%j", (more, typed, consent, obstacle) => expect(startObstacle({ plan: plan(more), typed, consent })).toBe(obstacle));
});

it("errors that nobody waived are accepted code by code", () => {
  const mark = (code: string, more: Partial<LintMark> = {}): LintMark => ({ code, severity: "error", version: "9", at: { file: "9.sql", line: 1, column: 1 }, end_line: 1, what: "", why: "", instead: "", waived: null, ...more });
  const marks = [mark("QD-L10"), mark("QD-L11", { waived: "small" }), mark("QD-L12", { severity: "warning" }), mark("QD-L10"), mark("QD-L18")];
  expect(errorsByCode(plan({ marks })).map(({ code, marks: found }) => [code, found.length])).toEqual([["QD-L10", 2], ["QD-L18", 1]]);
});

describe("words", () => {
  it("of the button and the question name what happens", () => {
    const down = plan({ direction: "down", batches: [{ versions: ["9"], atomic: true, sentence: "" }] });
    expect([startWords(plan()), fateWords(plan())]).toEqual(["Apply 2 migrations", "is changed by 8 and 9"]);
    expect([startWords(down), fateWords(down)]).toEqual(["Take back 9", "goes back: 9 by its way down"]);
  });

  it("of the wait say what is not known", () => {
    expect(waitWords(plan())).toBe("About 32\u00a0s, of that 26\u00a0s while the safety image is read.");
    expect(waitWords(plan({ writers_wait: null }))).toMatch(/^At least 26\u00a0s .* not known without a rehearsal\.$/);
  });

  it("of an address are a wish", () => {
    expect([wishOf({}), wishOf({ one: "8" }), wishOf({ to: "8" }), wishOf({ down: "2" }), wishOf({ down: "x" })]).toEqual([{ kind: "all" }, { kind: "one", version: "8" }, { kind: "to", version: "8" }, { kind: "down", steps: 2 }, { kind: "down", steps: 1 }]);
  });
});
