import { describe, expect, it } from "vitest";

import { fuzzy, pieces } from "./fuzzy";

const best = (query: string, texts: string[]): string | undefined =>
  texts
    .map((text) => ({ text, match: fuzzy(query, text) }))
    .filter(({ match }) => match)
    .sort((a, b) => (b.match?.score ?? 0) - (a.match?.score ?? 0))[0]?.text;

describe("finding by letters", () => {
  it.each([
    ["rest", ["Forget the rest", "Restore reputation…"], "Restore reputation…"],
    ["rr", ["Error report", "Restore reputation…"], "Restore reputation…"],
    ["backup sh", ["Back up reputation…", "Back up shop…"], "Back up shop…"],
    ["AUDIT", ["Go to Audit", "Jobs"], "Go to Audit"],
  ])("%s finds the nearest of %s", (query, texts, found) => expect(best(query, texts)).toBe(found));

  it("finds nothing where a letter is missing or out of order", () => {
    expect(fuzzy("xyz", "Restore")).toBeUndefined();
    expect(fuzzy("tser", "Rest")).toBeUndefined();
  });

  it("matches everything with an empty query", () => expect(fuzzy("  ", "Jobs")?.at).toEqual([]));

  it("marks what was found", () => {
    expect(pieces("Go to Restore", fuzzy("rest", "Go to Restore")?.at ?? [])).toEqual([
      { text: "Go to ", marked: false },
      { text: "Rest", marked: true },
      { text: "ore", marked: false },
    ]);
  });
});
