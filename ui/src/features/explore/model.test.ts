import { expect, test } from "vitest";

import type { InstantAnswer } from "../../api/bindings";
import type { Frame } from "../../lib/frame";
import { columnsOf, remarksOf } from "./model";

const AT = "2026-11-22T13:42:00Z";
const answer = (over: Partial<InstantAnswer>): InstantAnswer => ({ kind: "vector", lines: [], text: null, notes: [], at: AT, as_of: AT, ...over });
const line = (labels: Record<string, string>, value: number | string | null, samples: [number, number | string][] = []) => ({ labels, value, samples });

test("labels are columns, unless all lines share them", () => {
  const table = columnsOf(answer({ lines: [line({ __name__: "up", system: "a", job: "x" }, 1), line({ __name__: "up", system: "b" }, "NaN")] }), "number");
  expect(table.labels).toEqual(["system", "job"]);
  expect(table.common).toEqual([["__name__", "up"]]);
  expect(table.rows.map(({ cells, value }) => [...cells, value])).toEqual([["a", "x", "1"], ["b", "", "NaN"]]);
});

test("one line keeps its labels, a text is itself, a matrix says how many samples", () => {
  expect(columnsOf(answer({ lines: [line({ system: "a" }, 1)] }), "number").labels).toEqual(["system"]);
  expect(columnsOf(answer({ kind: "text", text: "hello" }), "number").rows[0]?.value).toBe("hello");
  expect(columnsOf(answer({ kind: "matrix", lines: [line({}, null, [[1, 2], [2, 3]])] }), "number").rows[0]?.value).toBe("3, the last of 2 samples");
});

test("remarks are said once, and so is what was left out", () => {
  const note = { grave: true, message: "not a counter", line: 1, column: 6 };
  const range = { series: Array.from({ length: 200 }), found: 1_204, notes: [note] } as unknown as Frame;
  expect(remarksOf(range, answer({ notes: [note] }))).toEqual([
    { grave: false, text: "The first 200 of 1,204 series are drawn." },
    { grave: true, text: "1:6: not a counter" },
  ]);
});
