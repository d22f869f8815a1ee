import { describe, expect, it } from "vitest";

import type { LogLine, LogPage } from "../../api/bindings";
import { begun, copyOf, countsOf, footOf, restOf, rowsOf, textOf, trimmed, withNewer, withOlder } from "./model";

const line = (text: string, rules: string[] = [], matched: [number, number][] = []): LogLine => ({ text, cut: false, matched, rules });

function page(texts: string[], over: Partial<LogPage> = {}): LogPage {
  return { lines: texts.map((text) => line(text, text.includes("ERROR") ? ["errors"] : [])), before: "b", after: "a", file: "/srv/logs/service.log", size: 2_410_000, turned: false, sentence: `${texts.length} lines of service.log.`, as_of: "", ...over };
}

const texts = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => ("line" in row ? row.line.text : `(${row.remark})`));

describe("pages", () => {
  it("lie in the order of the file, and lines keep their keys while others come", () => {
    const first = begun(page(["c", "d"]));
    const key = rowsOf(first)[0]?.key;
    const all = withNewer(withOlder(first, page(["a", "b"], { before: null })), page(["e"], { after: "z" }));
    expect(texts(rowsOf(all))).toEqual(["a", "b", "c", "d", "e"]);
    expect(rowsOf(all)[2]?.key).toBe(key);
    expect(new Set(rowsOf(all).map((row) => row.key)).size).toBe(5);
    expect(all[0]?.before).toBeNull();
    expect(all.at(-1)?.after).toBe("z");
  });

  it("take the next token where nothing came", () => {
    const all = withNewer(begun(page(["a"])), page([], { after: "later", size: 5 }));
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ after: "later", size: 5 });
  });

  it("say where the log was rotated, in the engine's words", () => {
    const turned = page(["new"], { turned: true, sentence: "1 line of service.log; the log was rotated meanwhile, and lines between may be missing here." });
    expect(texts(rowsOf(withNewer(begun(page(["old"])), turned)))).toEqual(["old", "(The log was rotated meanwhile, and lines between may be missing here.)", "new"]);
    expect(rowsOf(withNewer(begun(page(["old"])), page([], { turned: true }))).at(-1)).toMatchObject({ remark: "The log was rotated." });
  });

  it("are dropped from the old end, with the token to read them again", () => {
    const all = withNewer(withNewer(begun(page(["a", "b"])), page(["c", "d"], { before: "at c" })), page(["e"]));
    const held = trimmed(all, 3);
    expect(texts(rowsOf(held))).toEqual(["c", "d", "e"]);
    expect(held[0]?.before).toBe("at c");
    expect(trimmed(all, 0)).toHaveLength(1);
  });
});

describe("rules", () => {
  const all = begun(page(["x", "an ERROR", "y"]));
  it("narrow the list to what they count", () => expect(texts(rowsOf(all, "errors"))).toEqual(["an ERROR"]));
  it("are counted, those that count nothing too", () => expect(countsOf(all, ["errors", "slow"])).toEqual([{ rule: "errors", count: 1 }, { rule: "slow", count: 0 }]));
});

describe("a line", () => {
  it("is marked where the filter matched", () => {
    expect(textOf(line("id=12 id=7", [], [[0, 2], [6, 8]]))).toEqual([
      { text: "id", marked: true },
      { text: "=12 ", marked: false },
      { text: "id", marked: true },
      { text: "=7", marked: false },
    ]);
    expect(textOf(line("plain"))).toEqual([{ text: "plain", marked: false }]);
    expect(textOf(line(""))).toEqual([{ text: "", marked: false }]);
  });

  it("counts places in UTF-16, also behind signs outside the first plane", () => {
    expect(textOf(line("🙂 ok", [], [[3, 5]]))).toEqual([{ text: "🙂 ", marked: false }, { text: "ok", marked: true }]);
  });

  it("ends where too much of it would be drawn, and says how much more there is", () => {
    const long = line("x".repeat(2_345), [], [[1_990, 2_100], [2_200, 2_300]]);
    expect(textOf(long).map(({ text, marked }) => [text.length, marked])).toEqual([[1_990, false], [10, true]]);
    expect(restOf(long)).toBe("345 more characters");
    expect(restOf({ ...line("short"), cut: true })).toBe("cut at 64\u00a0kB");
    expect(restOf(line("short"))).toBeUndefined();
  });

  it("names what would be obeyed or hidden, and marks stay in their places", () => {
    const nasty = "\u001b[31mred\u0000\u202etxt.exe\tend";
    const drawn = textOf(line(nasty, [], [[5, 9]]));
    expect(drawn.map(({ text, sign }) => (sign ? `<${text}>` : text)).join("")).toBe("<ESC>[31mred<NUL><U+202E>txt.exe\tend");
    expect(drawn.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(["red", "NUL"]);
  });
});

it("copies lines as they are, not as they are drawn", () => {
  expect(copyOf(rowsOf(begun(page(["\u001b[31mred", "b"]))))).toBe("\u001b[31mred\nb");
});

it("says what is in view", () => {
  const all = begun(page(["an ERROR", "b"]));
  expect(footOf(all, 2, "", undefined)).toBe("2 lines of service.log (2.41\u00a0MB)");
  expect(footOf(all, 1, "e", "errors")).toBe("2 lines of service.log (2.41\u00a0MB) that match, 1 of them counted by errors");
});
