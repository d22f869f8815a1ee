import { describe, expect, it } from "vitest";

import { sqlLines } from "./sql";

const kinds = (text: string): string[][] => sqlLines(text).map((line) => line.filter(({ text }) => text.trim() !== "").map(({ kind, text }) => `${kind} ${text}`));

describe("lines of SQL", () => {
  it("know keywords, strings, numbers and comments", () => {
    expect(kinds("ALTER TABLE t ADD c TEXT DEFAULT 'it''s'; -- why\nSELECT 1.5e3")).toEqual([
      ["keyword ALTER", "keyword TABLE", "plain t", "keyword ADD", "plain c", "keyword TEXT", "keyword DEFAULT", "string 'it''s'", "plain ;", "comment -- why"],
      ["keyword SELECT", "number 1.5e3"],
    ]);
  });

  it("carry comments and strings over line ends, unfinished ones to the end", () => {
    expect(kinds("/* a\nDROP TABLE b */ x\n'open\nSELECT")).toEqual([["comment /* a"], ["comment DROP TABLE b */", "plain x"], ["string 'open"], ["string SELECT"]]);
  });

  it.each(["", "a\r\nb", "SELECT '\u{1F600}' FROM [odd name], `t`;", "x'0f' -1.e \\ \u0000", "-- only"])("are the text again: %j", (text) => {
    const joined = sqlLines(text).map((line) => line.map((piece) => (piece.kind === "hidden" ? String.fromCodePoint(parseInt(piece.text.slice(2), 16)) : piece.text)).join(""));
    expect(joined.join("\n")).toBe(text.replaceAll("\r\n", "\n"));
  });

  it("name what cannot be seen", () => {
    expect(kinds("DROP \u202e t")).toEqual([["keyword DROP", "hidden U+202E", "plain t"]]);
  });

  it("take a megabyte in their stride", () => {
    expect(sqlLines("INSERT INTO t VALUES (1, 'x');\n".repeat(30_000))).toHaveLength(30_001);
  });
});
