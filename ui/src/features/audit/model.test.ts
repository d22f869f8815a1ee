import { describe, expect, it } from "vitest";

import type { AuditLine } from "../../api/bindings";
import { merged, outcomeLook, short, shown, verb, verdictSentence } from "./model";

const line = (number: number, more: Partial<AuditLine> = {}): AuditLine => ({
  number,
  at: "2026-11-22T14:00:00Z",
  who: "root",
  face: "cli",
  operation: "restore_component",
  target: "shop/main",
  outcome: "succeeded",
  detail: "snapshot 7f3a11c9",
  previous: "0".repeat(64),
  digest: "7f3a11c9".padEnd(64, "0"),
  ...more,
});

describe("the trail", () => {
  const lines = [line(3), line(2, { operation: "grant_role", target: "ada", detail: "operator" }), line(1, { outcome: "plan-stale" })];

  it.each([
    ["", [3, 2, 1]],
    ["restore COMMAND", [3, 1]],
    ["plan-stale", [1]],
    ["nobody", []],
  ])("searched for %j shows %j", (query, numbers) => expect(shown(lines, query).map(({ number }) => number)).toEqual(numbers));

  it("says operations and digests as people do", () => expect([verb("grant_role"), short("7f3a11c9ffff")]).toEqual(["grant role", "7f3a\u00a011c9"]));

  it.each([
    ["started", null],
    ["succeeded", "ok"],
    ["cancelled", "unknown"],
    ["interrupted", "attention"],
    ["disk-full", "attention"],
  ])("%s looks %s", (outcome, tone) => expect(outcomeLook(outcome).tone).toBe(tone));

  it("joins pages without showing a line twice", () => {
    expect(merged([line(5), line(4)], [line(4), line(3)]).map(({ number }) => number)).toEqual([5, 4, 3]);
    expect(merged([], [line(2)]).map(({ number }) => number)).toEqual([2]);
  });
});

describe("the verdict", () => {
  it.each([
    [{ lines: 214, head: "7f3a11c9", findings: [] }, "ok", /^The trail holds: 214 lines/],
    [{ lines: 0, head: null, findings: [] }, "ok", /empty/],
    [{ lines: 214, head: "7f3a11c9", findings: ["line 7 was rewritten"] }, "critical", /does not hold: 1 finding in 214 lines/],
  ])("of %j is %s", (verdict, tone, sentence) => {
    const said = verdictSentence(verdict);
    expect(said.tone).toBe(tone);
    expect(said.sentence).toMatch(sentence);
  });
});
