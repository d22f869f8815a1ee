import { describe, expect, test } from "vitest";
import type { DatabaseStatus, RepositoryFacts, SystemDetail } from "../../api/bindings";
import { lossWords, objectiveRows, repositoryWords, rowsText, tableGroups } from "./model";

const ID = "4f1c9a20".repeat(8);

function database(over: Partial<DatabaseStatus> = {}): DatabaseStatus {
  return {
    system: "shop",
    component: "shop",
    environment: "production",
    path: "/srv/shop.db",
    tone: "ok",
    truth: "",
    findings: [],
    verdict: "healthy",
    kind: "sqlite",
    files: null,
    size: 4096,
    journal_mode: "wal",
    tables: 3,
    last_snapshot: null,
    last_proof: { at: "", took: 41_000, level: "data-matches", snapshot: ID, job: 4 },
    loss: { largest: 7_200_000, open: false, snapshots: 12 },
    job: null,
    lease: null,
    ...over,
  };
}

const repository: RepositoryFacts = { path: "/var/repo", exists: true, password_file: "/var/key", free: 5_000_000_000, kit_at: null };

function detail(...databases: DatabaseStatus[]): SystemDetail {
  return {
    system: {
      name: "shop",
      environment: "production",
      owner: null,
      folder: null,
      components: [],
      objectives: [{ scenario: "corruption", rto: 3_600_000, rpo: 3_600_000 }],
      repository: "/var/repo",
      password: null,
      added_at: "",
    },
    databases,
    repository,
    definition: [],
    as_of: "",
  };
}

describe("promises", () => {
  test("stand beside what was measured", () => {
    expect(objectiveRows(detail(database())).map((row) => [row.word, row.measured])).toEqual([
      ["Kept", "41\u00a0s"],
      ["Not kept", "2\u00a0h"],
    ]);
  });

  test("are not known while one database was never proved", () => {
    expect(objectiveRows(detail(database(), database({ last_proof: null })))[0]).toMatchObject({ tone: "unknown", word: "Not known" });
    expect(objectiveRows(detail())[1]?.tone).toBe("unknown");
  });
});

test("a repository that was there and is gone is critical, one not made yet is not", () => {
  expect(repositoryWords(repository, true)).toEqual({ tone: "ok", text: "5.00\u00a0GB free on its disk." });
  expect(repositoryWords({ ...repository, exists: false }, true).tone).toBe("critical");
  expect(repositoryWords({ ...repository, exists: false, free: null }, false)).toMatchObject({ tone: "unknown" });
});

test("loss without a snapshot is everything", () => {
  expect(lossWords(null)).toMatch(/^everything/);
  expect(lossWords({ largest: 300_000, open: true, snapshots: 1 })).toBe("5\u00a0min, since the newest snapshot");
});

test("tables come largest first, uncounted last, views apart", () => {
  const groups = tableGroups([
    { name: "a", kind: "table", rows: 2 },
    { name: "v", kind: "view", rows: null },
    { name: "b", kind: "table", rows: "90" },
    { name: "c", kind: "table", rows: null },
  ]);
  expect(groups.map((group) => [group.title, group.tables.map((table) => table.name).join("")])).toEqual([
    ["Tables", "bac"],
    ["Views", "v"],
  ]);
  expect(rowsText({ name: "c", kind: "table", rows: null })).toBe("not counted");
});
