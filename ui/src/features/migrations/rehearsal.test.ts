import { describe, expect, it } from "vitest";

import type { Rehearsal, SchemaDifference, Validation } from "../../api/bindings";
import { driftLabel } from "./drift";
import { changesWords, copyWords, figures, rehearsalTitle, standingWords, wayDownWords } from "./rehearsal";

const NOW = new Date(2026, 10, 22, 14, 2).getTime();
const AT = new Date(2026, 10, 22, 12, 31).toISOString();

const change = (kind: string, expected: string | null, found: string | null): SchemaDifference => ({ kind, name: "x", what: "", expected, found, cure: null });

const column: SchemaDifference = { ...change("table", null, "grade TEXT"), what: "The column grade of x is new." };

function rehearsal(more: Partial<Rehearsal> = {}): Rehearsal {
  return { job: 12, target: "shop", at: AT, snapshot: null, cut_at: AT, sentence: "Both run.", tone: "ok", steps: [{ version: "8", took: 900, pages_written: 10, rows_changed: 0, down: { kind: "back", took: 300, rows: [] } }, { version: "9", took: 6_400, pages_written: 90, rows_changed: 9, down: { kind: "not-back", differences: [change("table", "a", "b")] } }], failure: null, writers_wait: 5_800, pages_written: 100, disk: 310_000_000, integrity: [], foreign_keys: [], rows: [], tables_equal: 25, schema: [change("table", null, "CREATE TABLE x"), column, change("index", null, "x"), change("index", null, "y"), change("view", "x", null), change("table", "x", "y")], basis: "", ...more };
}

const figure = (name: string, of: Rehearsal) => figures(of).find((each) => each.name === name);

describe("a rehearsal", () => {
  it("names its copy and its age", () => {
    expect(rehearsalTitle(rehearsal())).toBe("Rehearsal of 8 and 9");
    expect(copyWords(rehearsal(), NOW)).toBe("on a copy of the live database, 12:31, 1\u00a0h\u00a031\u00a0min\u00a0ago");
    expect(copyWords(rehearsal({ snapshot: "ab" }), NOW)).toMatch(/^on a copy of snapshot 22\u00a0Nov/);
  });

  it("says what was measured, with a status where there is one", () => {
    expect(figures(rehearsal()).map(({ name, words, tone }) => [name, words, tone])).toEqual([
      ["Time", "900\u00a0ms, 6.4\u00a0s", undefined],
      ["Writers wait", "5.8\u00a0s", "attention"],
      ["Disk needed", "310\u00a0MB", undefined],
      ["Integrity, keys", "ok, ok", "ok"],
      ["Rows", "25 tables equal", "ok"],
      ["Schema", "+1 table, +1 column, +2 indexes, −1 view, 1 part of a table changed", undefined],
      ["Way down", "8 yes, 9 no", "attention"],
    ]);
  });

  it("is not calm about broken keys or rows that are fewer", () => {
    expect(figure("Integrity, keys", rehearsal({ foreign_keys: [{ table: "a", parent: "b", rows: 3 }] }))).toMatchObject({ words: "ok, 1 broken key", tone: "critical" });
    expect(figure("Rows", rehearsal({ rows: [{ table: "a", snapshot: 5, live: 3 }] }))).toMatchObject({ words: "1 table changed", tone: "attention" });
  });

  it("never says that a way down goes back where none was tried", () => {
    const steps = rehearsal().steps.map((step) => ({ ...step, down: { kind: "none" as const } }));
    expect(figure("Way down", rehearsal({ steps }))).toEqual({ name: "Way down", words: "none" });
    expect(wayDownWords({ kind: "back", took: 1, rows: [{ table: "a", snapshot: 5, live: 3 }] }).tone).toBe("attention");
    expect(wayDownWords({ kind: "not-tried" }).tone).toBe("unknown");
  });

  it("that holds no more is not known, not well", () => {
    expect(standingWords(null, NOW).tone).toBe("unknown");
    expect(standingWords({ rehearsal: rehearsal(), stale: ["9 has changed since"] }, NOW)).toEqual({ tone: "unknown", words: "The rehearsal of 22\u00a0Nov\u00a012:31 holds no more: 9 has changed since." });
    expect(standingWords({ rehearsal: rehearsal(), stale: [] }, NOW)).toMatchObject({ tone: "ok", words: expect.stringMatching(/^Rehearsed 12:31.*Both run\.$/) as string });
  });

  it("without a change of the schema says so", () => expect(changesWords([])).toBe("no change"));
});

describe("the button for drift", () => {
  const validation = (more: Partial<Validation>): Validation => ({ sentence: "", tone: "ok", drift: [], drift_unknown: null, foreign_keys: [], integrity: null, queries: [], problems: [], as_of: AT, ...more });
  it.each<[Partial<Validation>, string]>([
    [{}, "No drift"],
    [{ drift: [change("index", null, "x")] }, "See drift, 1 index"],
    [{ drift: [change("index", null, "x"), change("index", "x", null)] }, "See drift, 2 indexes"],
    [{ drift: [change("index", null, "x"), change("table", "CREATE TABLE x", null)] }, "See drift, 2 differences"],
    [{ drift: [column] }, "See drift, 1 column"],
    [{ drift_unknown: "001 has no file." }, "Drift is not known"],
    [{ foreign_keys: [{ table: "a", parent: "b", rows: 1 }] }, "No drift, other findings"],
  ])("%j", (more, label) => expect(driftLabel(validation(more))).toBe(label));
});
