import { expect, test } from "vitest";
import type { Inspection, Verdict } from "../../api/bindings";
import { found, nameFor, obstacle, request, type Draft, type Look } from "./model";

const draft: Draft = { path: "/srv/shop.db", name: "", environment: "development" };

function look(verdict: Verdict): Look {
  const inspection: Inspection = {
    path: "/srv/shop.db",
    verdict,
    sentence: "shop.db is what it is.",
    findings: verdict === "healthy" ? [] : [{ tone: "critical", what: "It is so.", next: "Do this." }],
    size: 2_410_000_000,
    header: null,
    journal_mode: "wal",
    pragmas: {},
    tables: [
      { name: "orders", kind: "table", rows: null },
      { name: "recent", kind: "view", rows: null },
    ],
    foreign_key_violations: [],
    unchecked: [],
    sidecars: [],
    depth: "glance",
    schema_fingerprint: null,
    as_of: "2026-11-22T14:02:00Z",
    took: 3,
  };
  return { kind: "file", inspection };
}

test("a file gets the name that the engine would give it", () => {
  expect(nameFor("/srv/My Shop (2).db")).toBe("my-shop--2");
  expect(nameFor("/srv/…")).toBe("database");
  expect(nameFor("/srv/archive.tar.db")).toBe("archive.tar");
});

test("a healthy file is described by its facts, a bad one by what is wrong and what to do", () => {
  expect(found(look("healthy"))).toMatchObject({ tone: "ok", detail: "2.41\u00a0GB, 1 table, journal mode wal." });
  expect(found(look("encrypted"))).toMatchObject({ tone: "critical", detail: "shop.db is what it is. Do this." });
  expect(found({ kind: "nothing" })).toBeNull();
});

test("what cannot be backed up cannot be added, with the reason", () => {
  for (const verdict of ["not-a-database", "encrypted", "unreadable"] as const) {
    expect(obstacle(look(verdict), draft), verdict).not.toBeNull();
  }
  for (const verdict of ["healthy", "damaged", "locked", "empty"] as const) {
    expect(obstacle(look(verdict), draft), verdict).toBeNull();
  }
  expect(obstacle(look("healthy"), { ...draft, name: "My Shop" })).toMatch(/lowercase/);
  expect(obstacle({ kind: "looking" }, draft)).toMatch(/Wait/);
});

test("a definition with findings is refused and names file, line and column", () => {
  const folder = {
    kind: "folder" as const,
    report: {
      file: "/srv/app/quarterdeck.yaml",
      name: null,
      findings: [{ file: "/srv/app/quarterdeck.yaml", line: 4, column: 3, message: "Unknown key `foo`", hint: "Remove it." }],
      remarks: [],
    },
  };
  expect(found(folder)?.title).toBe("quarterdeck.yaml, line 4, column 3: Unknown key `foo`");
  expect(obstacle(folder, draft)).toBe("Mend the definition first.");
  const twice = [...folder.report.findings, ...folder.report.findings];
  expect(found({ kind: "folder", report: { ...folder.report, findings: twice } })?.title).toBe("2 findings in quarterdeck.yaml.");
});

test("what was left open is left to the engine", () => {
  expect(request(look("healthy"), { ...draft, environment: "defined" })).toEqual({ path: "/srv/shop.db", environment: "development" });
  const folder: Look = { kind: "folder", report: { file: "", name: "shop", findings: [], remarks: [] } };
  expect(request(folder, { path: " /srv/app ", name: "", environment: "defined" })).toEqual({ path: "/srv/app" });
  expect(request(folder, { path: "/srv/app", name: "shop-2", environment: "production" })).toEqual({ path: "/srv/app", name: "shop-2", environment: "production" });
});
