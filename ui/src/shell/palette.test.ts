import { describe, expect, it } from "vitest";

import type { Job, Snapshot } from "../api/bindings";
import { entries, search, type Known } from "./palette";

const NOW = Date.parse("2026-11-22T14:00:00Z");

const restored = {
  id: 7,
  title: "Restore shop/orders in place",
  report: { undo: { job: 7, state_of: "2026-11-22T13:00:00Z", snapshot: null, until: "2026-12-22T13:00:00Z", used: false } },
} as unknown as Job;

const snapshot = { id: "7f3a11c9".padEnd(64, "0"), manifest: { cut_at: "2026-11-22T13:00:00Z", label: "before the restructure" } } as unknown as Snapshot;

const known: Known = {
  systems: [
    { name: "reputation", environment: "production", components: ["main"] },
    { name: "shop", environment: "staging", components: ["customers", "orders"] },
  ],
  jobs: [restored],
  snapshots: [{ system: "shop", snapshot }],
  alerts: [{ id: "a1", name: "AppealErrorRateHigh", summary: "6.8 % fail", target: "reputation-api", severity: "critical" }],
  present: "shop",
  now: NOW,
};

const labels = (query: string, more: Partial<Known> = {}): string[] => search(query, entries({ ...known, ...more })).map(({ entry }) => entry.label);

describe("the palette", () => {
  it("offers the present system's acts first, then the way back", () => {
    expect(labels("").slice(0, 4)).toEqual(["Back up shop", "Restore shop…", "Undo: Restore shop/orders in place…", "Add database…"]);
  });

  it("finds acts, then things, by the beginnings of their words", () => {
    expect(labels("rest")).toEqual(["Restore shop…", "Restore reputation…", "Undo: Restore shop/orders in place…", "before the restructure", "Repository", "Reports of reputation", "Readiness of reputation"]);
    expect(labels("orders")).toContain("shop");
    expect(labels("7f3a")).toEqual(["before the restructure"]);
  });

  it("finds what fires, and the pages behind it", () => {
    expect(search("appeal", entries(known))[0]?.entry).toMatchObject({ group: "Find", label: "AppealErrorRateHigh", leads: { kind: "go", to: "#/alerts/a1" } });
    expect(labels("silence")).toEqual(["Silences and maintenance", "New silence…"]);
  });

  it("goes to pages by their names", () => expect(labels("audit")[0]).toBe("Audit"));

  it.each([
    ["used", { used: true }],
    ["over", { until: "2026-11-21T00:00:00Z" }],
  ])("does not offer an Undo that is %s", (_, change) => {
    const report = restored.report as { undo: object };
    const jobs = [{ ...restored, report: { undo: { ...report.undo, ...change } } }];
    expect(labels("undo", { jobs })).toEqual([]);
  });

  it("never runs a restore: it opens the wizard or the plan", () => {
    const dangerous = entries(known).filter(({ label }) => /^(Restore|Undo)/.test(label));
    expect(dangerous.map(({ leads }) => leads)).toEqual([
      { kind: "go", to: "#/restore/shop" },
      { kind: "go", to: "#/undo/7" },
      { kind: "go", to: "#/restore/reputation" },
    ]);
  });
});
