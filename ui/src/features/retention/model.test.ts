import { describe, expect, test } from "vitest";
import type { RetentionPreview, SnapshotVerdict } from "../../api/bindings";
import { forgetObstacle, forgetWords, rulesOf, sameRules, setObstacle, shown, sourceWords, written } from "./model";

const DAY = 86_400_000;

const verdict = (id: string, keep: boolean, pinned = false): SnapshotVerdict => ({ id, cut_at: "", reason: "scheduled", label: null, level: null, keep, because: [keep ? "last" : "no-rule"], pin: pinned ? { reason: "asked for", until: null, who: "ada", at: "" } : null, words: "" });

function preview(over: Partial<RetentionPreview> = {}): RetentionPreview {
  return { digest: "", system: "shop", environment: "production", rules: { last: 3 }, source: { kind: "nothing" }, zone: "UTC", sentence: "", snapshots: [], kept: 1, forgotten: 2, free: null, unreadable: [], obstacles: [], confirm: null, as_of: "", ...over };
}

describe("the form", () => {
  test("writes rules as people do and reads them back the same", () => {
    const rules = { last: 10, daily: 7, within: 2 * DAY, no_older_than: 36 * 3_600_000 };
    const form = written(rules);
    expect(form).toMatchObject({ last: "10", daily: "7", within: "2 d", no_older_than: "36 h", yearly: "" });
    expect(rulesOf(form)).toEqual({ rules, wrong: {} });
    expect(sameRules(rulesOf(form).rules, rules)).toBe(true);
    expect(sameRules(rules, { ...rules, last: 11 })).toBe(false);
  });

  test("refuses zero and words at their field", () => {
    const form = { ...written({}), last: "0", daily: "many", within: "3 fortnights", at_most: " 50 " };
    const { rules, wrong } = rulesOf(form);
    expect(Object.keys(wrong)).toEqual(["last", "daily", "within"]);
    expect(rules).toEqual({ at_most: 50 });
  });
});

describe("the preview", () => {
  test("offers to forget only what holds and was seen", () => {
    expect(forgetObstacle(preview(), false)).toBeUndefined();
    expect(forgetWords(preview())).toBe("Forget 2 snapshots");
    expect(forgetObstacle(preview(), true)).toMatch(/Keep the rules first/);
    expect(forgetObstacle(preview({ forgotten: 0 }), false)).toBe("Nothing goes.");
    expect(forgetObstacle(preview({ obstacles: ["The key is gone."] }), false)).toBe("The key is gone.");
    expect(forgetObstacle(undefined, false)).toBeDefined();
  });

  test("can be narrowed to what goes, stays or is pinned", () => {
    const all = [verdict("a", true), verdict("b", false), verdict("c", true, true)];
    expect((["all", "goes", "stays", "pinned"] as const).map((filter) => shown(all, filter).map((each) => each.id).join(""))).toEqual(["abc", "b", "ac", "c"]);
  });

  test("says who decides, and that a definition decides alone", () => {
    expect(sourceWords({ kind: "definition", file: "/srv/q.yaml" }, 0)).toBe("/srv/q.yaml decides");
    expect(sourceWords({ kind: "nothing" }, 0)).toMatch(/every snapshot is kept/);
    expect(setObstacle({ kind: "definition", file: "" })).toMatch(/quarterdeck\.yaml/);
    expect(setObstacle({ kind: "environment" })).toBeUndefined();
  });
});
