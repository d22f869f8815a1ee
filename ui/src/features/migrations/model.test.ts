import { describe, expect, it } from "vitest";

import type { LintMark, MigrationLine, MigrationList, MigrationState } from "../../api/bindings";
import { applyOffer, firstLine, lineWords, markOf, notices, remarksOf, singleAct, timeline, versionsWords } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const at = (day: number): string => new Date(2026, 10, day, 21, 4).toISOString();

export function line(version: string, state: MigrationState, more: Partial<MigrationLine> = {}): MigrationLine {
  const applied = state === "applied";
  return { version, name: `name${version}`, files: [`${version}_name.sql`], repeatable: false, state, tone: applied ? "ok" : "attention", sentence: state, bytes_changed: false, applied_at: applied ? at(14) : null, who: applied ? "ada" : null, took: applied ? 800 : null, tool: null, statements: 2, bytes_sha256: "b".repeat(64), statements_sha256: "c".repeat(64), has_down: true, transaction: null, marks: [], ...more };
}

export function list(lines: MigrationLine[], more: Partial<MigrationList> = {}): MigrationList {
  const current = lines.findLast((each) => each.state === "applied")?.version ?? null;
  return { target: "shop", database: "/srv/shop.db", folder: "/srv/migrations", layout: "plain", layout_reason: "", ledger: "quarterdeck_migrations", has_ledger: true, histories: [], settings: { foreign_keys: false, recursive_triggers: false, double_quoted_strings: false, reason: "" }, sentence: "", tone: "ok", current, lines, unused: [], problems: [], rehearsal: null, busy: null, as_of: at(22), ...more };
}

const mark = (more: Partial<LintMark> = {}): LintMark => ({ code: "QD-L12", severity: "warning", version: "2", at: { file: "2_name.sql", line: 4, column: 1 }, end_line: 6, what: "Long lock.", why: "It waits.", instead: "Write it in parts.", waived: null, ...more });

const words = (rows: ReturnType<typeof timeline>): string[] => rows.map((row) => (row.kind === "migration" ? row.line.version : row.words));

describe("the timeline", () => {
  it("is newest first, with the live database between what waits and what was applied", () => {
    expect(words(timeline(list([line("1", "applied"), line("2", "applied"), line("3", "pending")]), NOW))).toEqual(["3", "Live database is here, version 2", "2", "1"]);
  });

  it("puts the live database below everything where nothing was applied", () => {
    expect(words(timeline(list([line("1", "pending"), line("2", "pending")]), NOW))).toEqual(["2", "1", "Live database is here, nothing applied"]);
  });

  it("keeps what was left out below the live database, and a newer release's above", () => {
    const rows = timeline(list([line("1", "applied"), line("2", "out-of-order"), line("3", "applied"), line("9", "future")], { current: "3" }), NOW);
    expect(words(rows)).toEqual(["9", "Live database is here, version 3", "3", "2", "1"]);
  });

  it("sets apart what runs again", () => {
    const rows = timeline(list([line("1", "applied"), line("views", "pending", { repeatable: true })], { current: "1" }), NOW);
    expect(words(rows)).toEqual(["Live database is here, version 1", "1", "Run again when they change", "views"]);
  });

  it("of an empty folder has no rows", () => expect(timeline(list([]), NOW)).toEqual([]));
});

describe("a line", () => {
  it.each<[MigrationState, Partial<MigrationLine>, RegExp]>([
    ["applied", {}, /^applied, 14\u00a0Nov\u00a021:04, 800\u00a0ms$/],
    ["applied", { bytes_changed: true }, /statements the same/],
    ["applied", { tool: "goose" }, /^applied by goose, 14\u00a0Nov$/],
    ["applied", { tone: "attention", sentence: "applied by goose after its history was taken over" }, /after its history/],
    ["applied", { sentence: "applied; declared to be right: a typo" }, /a typo/],
    ["pending", { sentence: "pending again: it has changed since it was applied" }, /^pending again$/],
    ["baseline", {}, /baseline/],
    ["pending", {}, /^pending$/],
    ["out-of-order", {}, /later ones are/],
    ["missing", { files: [] }, /file is gone/],
    ["modified", {}, /changed since/],
    ["future", {}, /newer release/],
    ["failed", {}, /half-way/],
    ["unknown", {}, /not known/],
  ])("that is %s says so", (state, more, said) => {
    expect(lineWords(line("1", state, more), null, NOW)).toMatch(said);
  });

  it("counts the marks that nobody waived, and looks as grave as they are", () => {
    const waived = mark({ waived: "small table" });
    expect(lineWords(line("2", "pending", { marks: [mark(), waived] }), null, NOW)).toBe("pending, 1 lint mark");
    expect(markOf(line("2", "pending"))).toEqual({ kind: "to-come" });
    expect(markOf(line("2", "pending", { marks: [waived, mark({ severity: "note" })] }))).toEqual({ kind: "to-come" });
    expect(markOf(line("2", "pending", { marks: [mark(), mark({ severity: "error" })] }))).toEqual({ kind: "status", tone: "critical" });
    expect(markOf(line("2", "applied"))).toEqual({ kind: "done" });
  });

  it("that is no success never looks like one", () => {
    for (const state of ["out-of-order", "missing", "modified", "future", "failed", "unknown"] as const) expect(markOf(line("1", state, { tone: "ok" }))).toEqual({ kind: "status", tone: "unknown" });
  });
});

describe("the first line to read", () => {
  it("is the pending one with marks, then the next, then the worrying one, then the newest", () => {
    const lines = [line("1", "modified"), line("2", "pending"), line("3", "pending", { marks: [mark()] })];
    expect(firstLine(list(lines))?.version).toBe("3");
    expect(firstLine(list(lines.slice(0, 2)))?.version).toBe("2");
    expect(firstLine(list([line("1", "modified"), line("2", "applied")]))?.version).toBe("1");
    expect(firstLine(list([line("1", "applied"), line("2", "applied")]))?.version).toBe("2");
    expect(firstLine(list([]))).toBeUndefined();
  });
});

describe("what stands in the way", () => {
  it("is named with its cure", () => {
    const found = notices(
      list([line("1", "modified"), line("2", "missing", { files: [] }), line("3", "failed")], {
        problems: [{ code: "not-utf-8", at: { file: "4_x.sql", line: 2, column: 7 }, message: "It is not UTF-8", hint: "Save it as UTF-8." }],
        histories: [{ tool: "goose", table: "goose_db_version", applied: 7, latest: "007", checked: null, remarks: ["dirty at 7"], adopted: false }],
      }),
    );
    expect(found.map(({ code, cure }) => [code, cure?.act ?? null])).toEqual([["not-utf-8", null], ["failed-before", "resume"], ["history-found", "adopt"], ["history-modified", "rebless"], ["history-missing", "rebless"]]);
    expect(found[0]?.message).toBe("4_x.sql:2:7: It is not UTF-8");
    expect(found[2]).toMatchObject({ message: "goose has applied 7 migrations here, up to 007", hint: expect.stringContaining("dirty at 7") as string });
  });

  it("is nothing where all is well, and a history that was adopted is well", () => {
    expect(notices(list([line("1", "applied")], { histories: [{ tool: "goose", table: "goose_db_version", applied: 1, latest: "1", checked: 1, remarks: [], adopted: true }] }))).toEqual([]);
  });

  it("is a baseline where nobody knows", () => {
    expect(notices(list([line("1", "unknown")])).map(({ code, cure }) => [code, cure?.act])).toEqual([["unknown-history", "baseline"]]);
  });
});

describe("the button that applies", () => {
  it("counts, and gives the reason where it cannot be pressed", () => {
    expect(applyOffer(list([line("1", "pending"), line("2", "pending")]))).toEqual({ label: "Apply 2 migrations…", reason: undefined });
    expect(applyOffer(list([line("1", "pending")])).label).toBe("Apply 1 migration…");
    expect(applyOffer(list([line("1", "applied")])).reason).toBe("Nothing is pending.");
    expect(applyOffer(list([line("1", "pending")], { busy: "A restore works on it." })).reason).toBe("A restore works on it.");
    expect(applyOffer(list([line("1", "unknown")])).reason).toMatch(/Not known/);
  });

  it("for one alone is there where that is another thing than applying all", () => {
    const lines = [line("1", "applied"), line("2", "out-of-order"), line("3", "applied"), line("4", "pending"), line("5", "pending")];
    const known = list(lines);
    expect(lines.map((each) => singleAct(known, each)?.ask)).toEqual([undefined, { one: "2" }, { down: "1" }, { to: "4" }, undefined]);
    expect(singleAct(known, line("3", "applied", { has_down: false }))).toBeUndefined();
  });
});

it("marks stand below the lines of their own file", () => {
  expect(remarksOf([mark(), mark({ at: { file: "other.sql", line: 1, column: 1 } })], "2_name.sql")).toEqual([{ line: 4, tone: "attention", code: "QD-L12", what: "Long lock.", why: "It waits.", instead: "Write it in parts.", waived: null }]);
});

it("versions are listed shortly", () => {
  expect([[], ["8"], ["8", "9"], ["1", "2", "3"]].map(versionsWords)).toEqual(["", "8", "8 and 9", "1 to 3"]);
});
