import { describe, expect, test } from "vitest";
import type { AffectedSnapshot, RepairPlan, RepositoryCheck, RepositoryDetail } from "../../api/bindings";
import { affectedWords, figures, growth, isDamaged, repairObstacle, repairWords, restorableWords, standing, stepAct } from "./model";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const DAY = 86_400_000;
const before = (millis: number): string => new Date(NOW - millis).toISOString();

const sound: RepositoryCheck = { system: "shop", repository: "/r", tone: "ok", sentence: "Everything is there", findings: [], affected: [], restorable: [], steps: [], locks: [], snapshots: 3, read: 0, size: 2_000_000_000, yielded: false, as_of: before(3_600_000), took: 900 };
const damage: AffectedSnapshot = { id: "4f1c9a20".repeat(8), cut_at: before(DAY), affected: { reason: "A pack is damaged.", components: ["shop"], files: ["shop.db"], lost: true, found_at: before(0) } };

function repository(over: Partial<RepositoryDetail> = {}): RepositoryDetail {
  return { system: "shop", path: "/r", exists: true, unavailable: null, size: 2_000_000_000, damaged: 0, free: 5_000_000_000, snapshots: 3, affected: 0, growth: [], last_check: sound, oldest_read: before(2 * DAY), packs_read: 3, packs: 9, keys: [], kit_at: null, password_file: "/k", locks: [], as_of: before(0), ...over };
}

describe("where it stands", () => {
  test("nothing that nobody looked at is well", () => {
    expect(standing(repository(), NOW).tone).toBe("ok");
    expect(standing(repository({ last_check: null }), NOW)).toMatchObject({ tone: "unknown", next: "Check it now." });
    expect(standing(repository({ last_check: { ...sound, as_of: before(9 * DAY) } }), NOW).tone).toBe("unknown");
    expect(standing(repository({ exists: false }), NOW).tone).toBe("unknown");
    expect(standing(repository({ unavailable: { tone: "critical", what: "No password", next: "Bring it back" } }), NOW)).toEqual({ tone: "critical", sentence: "No password", next: "Bring it back" });
  });

  test("figures say what was read and when", () => {
    const [size, snapshots, check, read] = figures(repository({ affected: 2 }), NOW);
    expect(size?.note.replace("\u00a0", " ")).toBe("5.00 GB free on its disk");
    expect(snapshots?.note).toBe("2 damaged");
    expect(check?.note).toMatch(/^lists and sizes only/);
    expect(read).toMatchObject({ value: "33\u00a0%" });
    expect(figures(repository({ last_check: null }), NOW)[2]).toMatchObject({ value: "never" });
  });
});

describe("damage", () => {
  test("is explained, snapshot by snapshot and component by component", () => {
    expect(isDamaged(sound)).toBe(false);
    expect(isDamaged({ ...sound, affected: [damage] })).toBe(true);
    expect(affectedWords(damage)).toEqual({ lost: "shop cannot be restored", heals: "nothing heals it" });
    expect(affectedWords({ ...damage, affected: { ...damage.affected, files: [], lost: false } })).toEqual({ lost: "nothing in it can be listed", heals: "the next backup may heal it" });
    expect(restorableWords({ component: "shop", newest: null, sound: 0, of: 4 }, NOW)).toEqual({ tone: "critical", text: "None of its 4 snapshots can be restored" });
    expect(restorableWords({ component: "shop", newest: null, sound: 0, of: 1 }, NOW).text).toBe("Its only snapshot cannot be restored");
    expect(restorableWords({ component: "shop", newest: { id: "a", cut_at: before(DAY) }, sound: 3, of: 4 }, NOW).tone).toBe("attention");
  });

  test("each step has its button, or is left to people", () => {
    const step = (operation: string | null) => stepAct({ what: "", operation, command: null });
    expect([step("backup_system"), step("repair_repository"), step("check_repository"), step("create_recovery_kit"), step(null), step("unheard_of")]).toEqual(["back-up", "repair", "read-all", "kit", "people", "people"]);
  });

  test("a repair says what heals and what is lost, and needs something to mend", () => {
    const plan: RepairPlan = { digest: "", system: "shop", environment: "production", steps: ["Move it"], phases: [], files: 1, healable: ["a", "b"], lost: ["c"], obstacles: [], as_of: "" };
    expect(repairWords(plan)).toBe("2 snapshots may be healed by a later backup; 1 snapshot is lost for what the damage took. Nothing is deleted.");
    expect(repairObstacle(plan)).toBeNull();
    expect(repairObstacle({ ...plan, steps: [] })).toMatch(/nothing to mend/);
    expect(repairObstacle(null)).toMatch(/plan/);
  });
});

test("growth adds up what each snapshot added, and its table goes by days", () => {
  const drawn = growth(repository({ growth: [{ snapshot: "a", cut_at: before(DAY), added: 100 }, { snapshot: "b", cut_at: before(DAY - 60_000), added: 50 }, { snapshot: "c", cut_at: before(0), added: "7" }] }), NOW);
  expect(drawn?.drawing.series[0]?.values).toEqual([100, 150, 157, 157]);
  expect(drawn?.rows.map((row) => row.cells)).toEqual([["1", "7\u00a0B"], ["2", "150\u00a0B"]]);
  expect(growth(repository(), NOW)).toBeNull();
});
