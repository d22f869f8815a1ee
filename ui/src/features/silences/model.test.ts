import { describe, expect, it } from "vitest";

import type { Silence } from "../../api/bindings";
import { daysOf, draftObstacle, draftOf, rangesOf, sortedSilences, windowDraft, windowObstacle, windowOf, written } from "./model";

const NOW = Date.parse("2026-11-22T14:00:00Z");

describe("a silence that is written", () => {
  it("begins with the alert's labels, without those that pass", () => {
    expect(draftOf([{ label: "alertname", sign: "=", value: "A" }, { label: "pid", sign: "=", value: "7" }]).matchers.map(({ label }) => label)).toEqual(["alertname"]);
    expect(draftOf([]).matchers).toHaveLength(1);
  });
  it("needs labels, an end and a reason, in this order", () => {
    const draft = draftOf([{ label: "alertname", sign: "=", value: "A" }]);
    expect(draftObstacle({ ...draft, matchers: [] }, NOW)).toMatch(/label/);
    expect(draftObstacle({ ...draft, until: "soon" }, NOW)).toMatch(/ends/);
    expect(draftObstacle(draft, NOW)).toMatch(/reason/);
    expect(draftObstacle({ ...draft, reason: "load test" }, NOW)).toBeUndefined();
  });
  it("leaves rows away that were never begun", () => expect(written([{ label: " a ", sign: "=", value: "x" }, { label: "", sign: "=", value: "" }])).toEqual([{ label: "a", sign: "=", value: "x" }]));
});

describe("the list of silences", () => {
  it("has those that hold first, the next to end at the top", () => {
    const silence = (id: string, state: Silence["state"], until: string): Silence => ({ id, state, until }) as Silence;
    expect(sortedSilences([silence("a", "over", "2026-11-21"), silence("b", "active", "2026-11-24"), silence("c", "coming", "2026-11-25"), silence("d", "active", "2026-11-23"), silence("e", "over", "2026-11-22")]).map(({ id }) => id).join("")).toBe("dbcea");
  });
});

describe("a maintenance window", () => {
  it.each([
    [[], 7, []],
    [["monday:friday"], 5, ["monday:friday"]],
    [["sunday", "monday", "wednesday:thursday"], 4, ["monday", "wednesday:thursday", "sunday"]],
  ])("on %j", (weekdays, days, ranges) => {
    expect(daysOf(weekdays)).toHaveLength(days);
    expect(rangesOf(daysOf(weekdays))).toEqual(ranges);
  });

  it("is sent as it is written", () => {
    const draft = { ...windowDraft(null, "Europe/Berlin"), name: " weekly ", matchers: [{ label: "system", sign: "=", value: "shop" }], dates: "1, -1", reason: "vacuum" };
    expect(windowObstacle(draft, [])).toBeUndefined();
    expect(windowOf(draft)).toEqual({ name: "weekly", matchers: [{ label: "system", sign: "=", value: "shop" }], weekdays: ["sunday"], days_of_month: ["1", "-1"], from: "02:00", until: "04:00", zone: "Europe/Berlin", reason: "vacuum", by: "" });
    expect(windowOf(windowDraft(windowOf(draft), ""))).toEqual(windowOf(draft));
  });

  it.each([
    [{ name: "" }, /name/],
    [{ name: "taken" }, /Another/],
    [{ days: [] }, /day of the week/],
    [{ dates: "first" }, /numbers/],
    [{ from: "25:00" }, /begin/],
    [{ until: "4" }, /end/],
    [{ until: "02:00" }, /its begin/i],
    [{ reason: " " }, /reason/],
  ])("%j is refused", (change, words) => {
    const draft = { ...windowDraft(null, "UTC"), name: "weekly", matchers: [{ label: "system", sign: "=", value: "shop" }], reason: "vacuum", ...change };
    expect(windowObstacle(draft, ["taken"])).toMatch(words);
  });
});
