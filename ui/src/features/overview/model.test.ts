import { describe, expect, test } from "vitest";
import type { DatabaseStatus, Health, SystemHealth } from "../../api/bindings";
import { ailing, environments, figures, healthOf, latencies, narrowed, rows, toneCounts } from "./model";

const ID = "4f1c9a20".repeat(8);

function database(over: Partial<DatabaseStatus> = {}): DatabaseStatus {
  return {
    system: "shop",
    component: "shop",
    environment: "development",
    path: "/srv/shop.db",
    tone: "ok",
    truth: "",
    findings: [],
    verdict: "healthy",
    kind: "sqlite",
    size: 4096,
    files: null,
    journal_mode: "wal",
    tables: 3,
    last_snapshot: { id: ID, cut_at: "2026-11-22T13:40:00Z", level: "data-matches" },
    last_proof: { at: "2026-11-20T02:14:00Z", took: 41_000, level: "data-matches", snapshot: ID, job: 4 },
    loss: { largest: 300_000, open: false, snapshots: 12 },
    job: null,
    lease: null,
    ...over,
  };
}

const finding = (what: string) => ({ tone: "attention" as const, what, next: "" });

describe("rows", () => {
  test("stand worst first and offer their cure", () => {
    const all = rows([
      database({ component: "well" }),
      database({ component: "never", tone: "unknown", last_snapshot: null, last_proof: null, loss: null }),
      database({ component: "broken", tone: "critical", verdict: "damaged", findings: [finding("Page 7"), finding("Page 9")] }),
      database({ component: "unproved", tone: "attention", last_proof: null }),
      database({ component: "busy", tone: "working", job: 9 }),
    ]);
    expect(all.map((row) => [row.status.component, row.cure?.label])).toEqual([
      ["broken", "Restore…"],
      ["unproved", "Drill…"],
      ["never", "Back up"],
      ["busy", "See job"],
      ["well", undefined],
    ]);
    expect(all[0]).toMatchObject({ target: "shop/broken", finding: { what: "Page 7" }, more: 1 });
  });

  test("a locked or unreadable database is not offered a backup that cannot work", () => {
    const label = (over: Partial<DatabaseStatus>) => rows([database({ tone: "critical", ...over })])[0]?.cure?.label;
    expect(label({ verdict: "locked" })).toBe("See");
    expect(label({ verdict: "unreadable", last_snapshot: null })).toBe("See");
    expect(label({ verdict: "unreadable" })).toBe("Restore…");
    expect(label({ tone: "attention", loss: { largest: 9e8, open: true, snapshots: 3 } })).toBe("Back up");
  });

  test("filters offer only what occurs", () => {
    const all = rows([database(), database({ tone: "critical", environment: "production" })]);
    expect(toneCounts(all)).toEqual([
      { tone: "critical", count: 1 },
      { tone: "ok", count: 1 },
    ]);
    expect(environments(all)).toEqual(["production", "development"]);
    expect(narrowed(all, { tone: "critical", environment: "development" })).toEqual([]);
    expect(narrowed(all, { tone: "all", environment: "production" })).toHaveLength(1);
  });
});

describe("figures", () => {
  test("are measured, with the database that makes them", () => {
    const [proved, covered, loss, slowest] = figures([
      database(),
      database({ path: "/srv/memory.db", last_proof: null, loss: { largest: 144_000_000, open: true, snapshots: 2 } }),
    ]);
    expect(proved).toEqual({ name: "Proved restorable", value: "1", of: "of 2", note: "1 never proved" });
    expect(covered?.note).toBe("all of them");
    expect(loss).toMatchObject({ value: "1\u00a0d\u00a016\u00a0h", note: "memory.db, since its newest snapshot" });
    expect(slowest).toMatchObject({ value: "41\u00a0s", note: "shop.db" });
  });

  test("say so where nothing was measured, and never show a small loss beside a database without any snapshot", () => {
    const [, , loss, slowest] = figures([database(), database({ path: "/srv/new.db", last_snapshot: null, last_proof: null, loss: null })]);
    expect(loss).toMatchObject({ value: "everything", note: "new.db has no snapshot" });
    expect(slowest?.value).toBe("41\u00a0s");
    expect(figures([database({ last_proof: null })])[3]?.value).toBe("not measured");
  });
});

describe("what is measured", () => {
  const line = (system: string, tone: SystemHealth["tone"], checks = 1) => ({ system, tone, checks: Array.from({ length: checks }) }) as SystemHealth;
  const health = { systems: [line("a", "ok"), line("b", "attention"), line("c", "critical"), line("d", "unknown", 0)] } as Health;

  test("names the systems that ask for somebody, and none that was never measured", () => {
    expect(ailing(health).map(({ system }) => system)).toEqual(["c", "b"]);
    expect(ailing(undefined)).toEqual([]);
    expect(healthOf(health, "a")?.tone).toBe("ok");
    expect(healthOf(health, "d")).toBeUndefined();
  });

  test("belongs to a database by system and component", () => {
    const frame = { series: [{ labels: { system: "shop", component: "main" }, legend: "", values: [1, 2] }] } as unknown as Parameters<typeof latencies>[0];
    expect(latencies(frame).get("shop/main")).toEqual([1, 2]);
    expect(latencies(undefined).size).toBe(0);
  });
});
