import { describe, expect, it } from "vitest";

import type { RouteNode, RouteTest } from "../../api/bindings";
import { branchesOf, levelWords, matchWords, remarksOf, timingWords, trodden } from "./model";

const node = (path: string, routes: RouteNode[] = []): RouteNode => ({ path, matchers: path === "" ? [] : [`a="${path}"`], receiver: "r", grouping: "", group_wait: 30_000, group_interval: 300_000, repeat_interval: 14_400_000, goes_on: false, mute: [], active: [], routes });

describe("the drawn tree", () => {
  it("has each route before those below it, with the lines beside it", () => {
    const tree = branchesOf(node("", [node("0", [node("0.0")]), node("1")]));
    expect(tree.map((branch) => [branch.node.path, branch.depth, branch.lines])).toEqual([
      ["", 0, []],
      ["0", 1, [true]],
      ["0.0", 2, [true, false]],
      ["1", 1, [false]],
    ]);
  });

  it("says what it wants, when it tells, and what else is true", () => {
    expect(matchWords(node(""))).toBe("every alert");
    expect(matchWords(node("0"))).toBe('a="0"');
    expect(timingWords(node("0"))).toBe("after 30\u00a0s, changes every 5\u00a0min, again every 4\u00a0h");
    expect(remarksOf({ goes_on: true, mute: ["nights"], active: ["office"] })).toEqual(["goes on beside", "mute in nights", "only in office"]);
  });
});

describe("a test", () => {
  const test = { router: "shop", told: [{ path: ["", "0"], muted: null }, { path: ["", "1"], muted: "nights" }] } as unknown as RouteTest;
  it("marks the ways of its own configuration", () => {
    expect([...trodden(test, "shop").ways]).toEqual(["", "0", "1"]);
    expect([...trodden(test, "shop").ends]).toEqual([["0", null], ["1", "nights"]]);
    expect(trodden(test, "home").ways.size).toBe(0);
    expect(trodden(undefined, "shop").ways.size).toBe(0);
  });
});

describe("a ladder", () => {
  it("says when each level is told", () => expect([levelWords(0, null), levelWords(1_200_000, 900_000)]).toEqual(["at once", "after 20\u00a0min, again every 15\u00a0min"]));
});
