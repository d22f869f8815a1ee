import { describe, expect, it } from "vitest";

import { labelsText, matchersObstacle, matcherText, readLabels } from "./labels";

describe("labels that somebody wrote", () => {
  it.each([
    ['severity="critical" system="shop"', { severity: "critical", system: "shop" }],
    ["severity=critical, system=shop", { severity: "critical", system: "shop" }],
    ['{alertname="A b", path="/x,\\"y\\"\\n"}', { alertname: "A b", path: '/x,"y"\n' }],
    ["", {}],
    ["empty=", { empty: "" }],
  ])("%s", (text, labels) => expect(readLabels(text)).toEqual({ labels }));

  it.each(["severity", "1x=2", 'a="b', "a=b }c"])("%s is refused with a sentence", (text) => expect(readLabels(text).fault).toMatch(/is no/));

  it("are read again as they are written", () => {
    const labels = { a: '1 "2" \\ 3', b: "" };
    expect(readLabels(labelsText(labels))).toEqual({ labels });
  });
});

describe("matchers", () => {
  it("are written as Alertmanager writes them", () => expect(matcherText({ label: "system", sign: "=~", value: "a|b" })).toBe('system=~"a|b"'));

  it.each([
    [[], /at least one/],
    [[{ label: "", sign: "=", value: "x" }], /has no name/],
    [[{ label: "a b", sign: "=", value: "x" }], /no name/],
    [[{ label: "a", sign: "=~", value: "(" }], /cannot be read/],
    [[{ label: "a", sign: "=~", value: ".*" }], /everything/],
    [[{ label: "a", sign: "!=", value: "x" }], /everything/],
  ])("%j", (matchers, words) => expect(matchersObstacle(matchers)).toMatch(words));

  it("that ask for something are taken", () => expect(matchersObstacle([{ label: "a", sign: "=", value: "x" }, { label: "b", sign: "!=", value: "y" }])).toBeUndefined());
});
