import { describe, expect, test } from "vitest";
import type { Affected, ManifestComponent, Snapshot } from "../../api/bindings";
import { timeTicks } from "../../lib/axis";
import { atMoment, bars, damageWords, directoryWords, fittingRange, gaps, heldWords, neighbour, orphans, readMoment, rows, rowTotal, share, soundNeighbour, spanOf } from "./model";

const NOW = new Date(2026, 10, 22, 14, 2).getTime();
const MINUTE = 60_000;

function component(over: Partial<ManifestComponent> = {}): ManifestComponent {
  return {
    id: "0011223344556677",
    name: "shop",
    file: "shop.db",
    cut_at: "",
    size: 4096,
    page_size: 4096,
    page_count: 1,
    application_id: 0,
    user_version: 7,
    journal_mode: "wal",
    schema_fingerprint: "c41e90ab",
    sha256: "",
    rows: { orders: 40, items: "2" },
    rows_at: null,
    base: null,
    deltas: [],
    ...over,
  };
}

function snapshot(minutesAgo: number, over: Partial<Snapshot["manifest"]> = {}): Snapshot {
  return {
    id: `${minutesAgo}`.padStart(64, "0"),
    manifest: {
      format: 1,
      tool: "0.1.0",
      system: "shop",
      host: "db-1",
      who: "anna",
      reason: "manual",
      label: null,
      audit_head: null,
      cut_at: new Date(NOW - minutesAgo * MINUTE).toISOString(),
      skew: 0,
      components: [component()],
      directories: [],
      ...over,
    },
    levels: [
      { level: "present", at: "" },
      { level: "integrity-ok", at: "" },
    ],
    added: 512,
    pinned_until: null,
    pin: null,
  };
}

const DAMAGE: Affected = { reason: "A pack is damaged.", components: ["shop"], files: ["shop.db"], lost: false, found_at: "" };

describe("a damaged snapshot", () => {
  test("says what is lost, what is left, and where the nearest sound one is", () => {
    expect(damageWords(DAMAGE, ["shop", "mail"])).toBe("shop cannot be restored from it. mail can. The next backup may heal it.");
    expect(damageWords({ ...DAMAGE, lost: true }, ["shop"])).toBe("shop cannot be restored from it. Nothing heals it.");
    const three = rows([snapshot(10), { ...snapshot(20), affected: DAMAGE }, { ...snapshot(30), affected: DAMAGE }]);
    expect(three.map((row) => row.affected !== null)).toEqual([false, true, true]);
    expect(soundNeighbour(three, three[2]?.id ?? "")?.id).toBe(three[0]?.id);
  });
});

describe("what a snapshot holds", () => {
  test("a whole image, or changed pages over one", () => {
    expect(heldWords(component())).toBe("whole");
    const delta = { tier: 0, first: 2, last: 2, pages: 12, size: 50_000, sha256: "", before: "", after: "" };
    const over = component({ base: { number: 1, page_count: 9, size: 9_000_000, sha256: "" }, deltas: [delta, { ...delta, pages: 3 }] });
    expect(heldWords(over).replaceAll("\u00a0", " ")).toBe("15 changed pages, 100 kB, over a whole image of 9.00 MB");
  });

  test("a directory that moved while it was copied says so", () => {
    const directory = { id: "", name: "index", path: "/srv/index", cut_at: "", files: 2, size: 3, consistent: true, moved: [], left_out: [], databases: [] };
    expect(directoryWords(directory)).toBe("as of one moment");
    expect(directoryWords({ ...directory, consistent: false, moved: ["a", "b", "c", "d"] })).toBe("not as of one moment: a, b, c and 1 other changed while it was copied");
    expect(directoryWords({ ...directory, databases: ["cache.db"] })).toBe("as of one moment; cache.db in it may be torn, because no component names it");
  });
});

describe("the list", () => {
  test("is newest first, with the strongest level and a reason in words", () => {
    const [first, second] = rows([snapshot(60, { reason: "safety" }), snapshot(5, { label: "before 3.3.2" })]);
    expect(first).toMatchObject({ reason: "before 3.3.2", level: "integrity-ok", safety: false, schema: "version 7" });
    expect(second).toMatchObject({ reason: "before a restore, the way back", safety: true });
  });

  test("names the schema of each component where they differ", () => {
    const two = snapshot(1, { components: [component(), component({ name: "mail", user_version: 2 })] });
    expect(rows([two])[0]).toMatchObject({ schema: "shop 7, mail 2", size: 8192 });
    expect(orphans(two, [{ id: "", name: "shop", path: "/srv/shop.db", kind: "sqlite" }])).toEqual(["mail"]);
  });

  test("counts rows only where they were counted", () => {
    expect(rowTotal(component())).toEqual({ rows: 42, tables: 2 });
    expect(rowTotal(component({ rows: null }))).toBeNull();
  });
});

describe("the timeline", () => {
  const every5 = rows(Array.from({ length: 30 }, (_, i) => snapshot(2 + i * 5)));

  test("shows the smallest range that holds enough", () => {
    expect(fittingRange(every5, NOW)).toBe("6 h");
    expect(fittingRange(rows([snapshot(5), snapshot(60 * 24 * 3)]), NOW)).toBe("7 d");
    expect(fittingRange(rows([snapshot(60 * 24 * 400)]), NOW)).toBe("All");
  });

  test("names the largest gap, the open one included", () => {
    const span = spanOf("24 h", every5, NOW);
    const three = rows([snapshot(120), snapshot(125), snapshot(600)]);
    expect(gaps(three, span, NOW)[0]?.words).toBe("7\u00a0h\u00a055\u00a0min without a snapshot");
    expect(gaps(rows([snapshot(400), snapshot(405)]), span, NOW)[0]).toMatchObject({ open: true });
    expect(gaps(rows([snapshot(400)]), span, NOW)).toEqual([]);
    expect(gaps(every5, span, NOW)).toEqual([]);
  });

  test("shows every unusual gap, the widest first", () => {
    const holes = rows([10, 15, 20, 25, 200, 205, 210, 215, 220, 600, 605, 610].map((minutes) => snapshot(minutes)));
    expect(gaps(holes, spanOf("24 h", holes, NOW), NOW).map((gap) => gap.words)).toEqual(["6\u00a0h\u00a020\u00a0min without a snapshot", "2\u00a0h\u00a055\u00a0min without a snapshot"]);
  });

  test("draws two thousand snapshots in the places that there are, and none of the damaged ones looks well", () => {
    const many = rows(Array.from({ length: 2000 }, (_, i) => snapshot(i * 5)));
    if (many[700]) many[700].affected = DAMAGE;
    const span = spanOf("All", many, NOW);
    const drawn = bars(many, span, 160, many[3]?.id ?? null);
    expect(drawn.length).toBeLessThanOrEqual(161);
    expect(drawn.filter((bar) => bar.damaged)).toHaveLength(1);
    expect(drawn.filter((bar) => bar.chosen)).toHaveLength(1);
  });

  test("puts moments on round ticks inside the span", () => {
    const span = spanOf("6 h", every5, NOW);
    const marks = timeTicks(span);
    expect(marks[0]?.text).toBe("09:00");
    expect(marks.length).toBeLessThanOrEqual(8);
    expect(share(span.from, span)).toBe(0);
    expect(share(NOW + 1, span)).toBe(1);
  });
});

describe("choosing", () => {
  const three = rows([snapshot(10), snapshot(20), snapshot(30)]);
  const ids = three.map((row) => row.id);

  test("by arrow keys, which stop at the ends", () => {
    expect(neighbour(three, ids[0] ?? null, "ArrowLeft")).toBe(ids[1]);
    expect(neighbour(three, ids[0] ?? null, "ArrowRight")).toBe(ids[0]);
    expect(neighbour(three, ids[1] ?? null, "Home")).toBe(ids[2]);
    expect(neighbour(three, null, "ArrowLeft")).toBe(ids[0]);
    expect(neighbour(three, ids[0] ?? null, "x")).toBeNull();
  });

  test("by what people type as a date", () => {
    const at = (text: string) => readMoment(text, NOW);
    expect(at("13:40")).toBe(NOW - 22 * MINUTE);
    expect(at("22 Nov 13:40")).toBe(NOW - 22 * MINUTE);
    expect(at("22\u00a0November 2026 13:40")).toBe(NOW - 22 * MINUTE);
    expect(at("2026-11-22 13:40")).toBe(NOW - 22 * MINUTE);
    for (const wrong of ["", "soon", "31 Feb 10:00", "25:00", "22 Foo 10:00"]) expect(at(wrong), wrong).toBeNull();
  });

  test("a moment between two snapshots means the older one, whose state it was", () => {
    expect(atMoment(three, NOW - 15 * MINUTE)?.id).toBe(ids[1]);
    expect(atMoment(three, NOW - 20 * MINUTE)?.id).toBe(ids[1]);
    expect(atMoment(three, NOW - 90 * MINUTE)?.id).toBe(ids[2]);
  });
});
