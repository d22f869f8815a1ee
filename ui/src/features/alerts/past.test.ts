import { describe, expect, it } from "vitest";

import { aboutWords, together } from "./past";

describe("a list that goes on", () => {
  it("has what is on two pages once", () => expect(together([3, 2], [2, 1], (each) => each)).toEqual([3, 2, 1]));
});

describe("what a message told of", () => {
  const name = (text: string) => ({ id: text, name: text });
  it("names one, counts many, and falls back on its title", () => {
    expect(aboutWords({ alerts: [name("A")], count: 1, title: "t" })).toBe("A");
    expect(aboutWords({ alerts: [name("A"), name("A"), name("B")], count: 3, title: "t" })).toBe("3 alerts: A, B");
    expect(aboutWords({ alerts: [], count: 0, title: "Test" })).toBe("Test");
  });
});
