import { describe, expect, it } from "vitest";

import type { RuleGroup, RuleHealth, RuleRow } from "../../api/bindings";
import { sorted } from "../../kit/table";
import { COLUMNS, cureOf, defectsOf, isSlow, lengthWords, linesOf, offWords, originsOf, placeOf, shownRules, tookWords } from "./model";

const rule = (name: string, health: RuleHealth, more: Partial<RuleRow> = {}): RuleRow => ({ key: name, name, records: false, health, sentence: "", since: null, severity: "warning", expression: "up == 0", hold: 0, keep: 0, labels: {}, annotations: {}, line: 7, took: 2, series: 0, value: null, runbook: null, off: [], ...more });
const group = (origin: string, rules: RuleRow[]): RuleGroup => ({ key: `${origin}/a.yml/g`, name: "g", origin, system: null, file: origin === "quarterdeck" ? null : "/etc/rules/a.yml", every: 15_000, evaluated: null, took: null, missed: 0, rules });

const GROUPS = [group("quarterdeck", [rule("Ships", "no-data"), rule("Well", "ok", { off: ["shop"] })]), group("shop", [rule("Broken", "error", { severity: "low" }), rule("recorded", "ok", { records: true, severity: null }), rule("Silent", "no-data", { severity: "critical" })])];
const LINES = linesOf(GROUPS);
const names = (lines: readonly { rule: RuleRow }[]): string => lines.map((line) => line.rule.name).join(" ");

describe("rules that cannot fire", () => {
  it("come first, errors before what has no data, the heaviest before the rest", () => {
    expect(names(defectsOf(LINES))).toBe("Broken Silent Ships");
    expect(names(sorted(LINES, COLUMNS, { key: "health", descending: false })).startsWith("Broken Silent Ships")).toBe(true);
  });
  it("are no defects where they ship and have nothing to look at", () => {
    const idle = linesOf([group("quarterdeck", [rule("Idle", "idle", { sentence: "never seen: replication_lag_seconds" }), rule("Well", "ok")])]);
    expect(defectsOf(idle)).toEqual([]);
    expect(names(sorted(idle, COLUMNS, { key: "health", descending: false }))).toBe("Well Idle");
  });
  it("say what to do, where they are written", () => {
    expect(defectsOf(LINES).map(cureOf)).toEqual(["Mend the expression in a.yml:7.", "Have it measured, correct the name in a.yml:7, or take the rule away.", "Have it measured, or switch the rule off in quarterdeck.yaml."]);
  });
});

describe("the list of rules", () => {
  it.each([
    [{ kind: "defect" as const }, "Ships Broken Silent"],
    [{ kind: "records" as const }, "recorded"],
    [{ kind: "off" as const }, "Well"],
    [{ origin: "shop", text: "SIL" }, "Silent"],
    [{ text: "a.yml up" }, "Broken recorded Silent"],
  ])("filtered by %j", (filter, found) => expect(names(shownRules(LINES, { text: "", kind: "all", origin: "", ...filter }))).toBe(found));

  it("names origins for people", () => expect(originsOf(GROUPS)).toEqual([{ value: "quarterdeck", label: "ships with Quarterdeck" }, { value: "shop", label: "shop" }]));
  it("names places", () => expect(LINES.map(placeOf).slice(1, 3)).toEqual(["group g", "a.yml:7"]));
});

describe("words", () => {
  it("say lengths and who switched off", () => {
    expect([lengthWords(0), lengthWords(15_000), lengthWords(300_000)]).toEqual(["at once", "15\u00a0s", "5\u00a0min"]);
    expect([offWords([]), offWords(["a", "b", "c", "d", "e"])]).toEqual(["", "switched off by a, b, c, d and 1 more"]);
  });
  it("say how long it took, and when that is next to nothing", () => expect([null, 0, 6, 1_250].map(tookWords)).toEqual(["", "< 1\u00a0ms", "6\u00a0ms", "1.2\u00a0s"]));
  it("find a group slow before it misses", () => expect([isSlow({ took: 8_000, every: 15_000 }), isSlow({ took: 7_000, every: 15_000 }), isSlow({ took: null, every: 15_000 })]).toEqual([true, false, false]));
});
