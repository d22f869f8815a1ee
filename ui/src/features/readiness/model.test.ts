import { describe, expect, it } from "vitest";

import type { ChecklistCopy, ChecklistPhase, Cure, GateReason, Item, Statement } from "../../api/bindings";
import { itemAt, isCopy } from "../../lib/readiness";
import { chosenCopy, closedReason, copyLabel, cureAct, cureObstacle, manualWords, openObstacle, phaseOf, reasonLook, restWords, revocable, statementHead, subjectOf } from "./model";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const ID = "c0ffee0000000034";

function copyOf(more: Partial<ChecklistCopy>): ChecklistCopy {
  return { id: ID, system: "shop", environment: "production", checklist: "release", title: "Release", release: "3.4", version: "v", opened: "2026-11-20T00:00:00Z", opened_by: "ada", closed: null, decided: null, score: null, verdict: "no-go", held: 0, items: 0, bypassed: 0, ...more };
}

function itemOf(id: string, more: Partial<Item> = {}): Item {
  return { id, title: id, phase: "before", category: null, owner: null, due: null, overdue: false, weight: 1, critical: false, after: [], manual: null, signatures: 0, role: null, state: "waiting", since: null, sentence: "", evidence: [], statements: [], waived_until: null, cure: null, shown: "s", ...more };
}

function said(more: Partial<Statement>): Statement {
  return { number: 1, kind: "sign", item: "a", station: null, gate: null, action: null, person: "Ada", signer: "a0", role: "dba", who: "root", at: "2026-11-22T11:20:00Z", text: "", until: null, verdict: null, score: null, shown: null, stale: false, revokes: null, revoked_by: null, attachment: null, digest: "d", ...more };
}

const reason = (state: GateReason["state"], station: string | null = null): GateReason => ({ item: null, station, state, sentence: "", cure: null });
const phase = (id: string, items: Item[], held = 0): ChecklistPhase => ({ id, title: id, items, held });

describe("the copy in view", () => {
  const all = [copyOf({}), copyOf({ id: "c0ffee0000000033", release: "3.3", closed: "2026-11-01T00:00:00Z" })];
  it("is the one that is named, by its first figures too, else the first", () => {
    expect(chosenCopy(all, "c0ffee0000000033")?.release).toBe("3.3");
    expect(chosenCopy(all, "c0ffee0000000034")?.release).toBe("3.4");
    expect(chosenCopy(all, undefined)?.release).toBe("3.4");
    expect(chosenCopy([], undefined)).toBeUndefined();
  });
  it("is named by an address, or its system is", () => {
    expect(subjectOf(ID)).toEqual({ copy: ID });
    expect(subjectOf("reputation")).toEqual({ system: "reputation" });
    expect([isCopy("C0FFEE0000000034"), isCopy("c0ffee")]).toEqual([false, false]);
  });
  it("says when it is closed", () => {
    expect(all.map((each) => copyLabel(each, all))).toEqual(["Release 3.4", "Release 3.3, closed"]);
    expect(all.map(closedReason)).toEqual([undefined, "This copy is closed."]);
  });
});

describe("reasons", () => {
  it("are counted by what they are about", () => expect(restWords([reason("waiting"), reason("unknown"), reason("waiting"), reason(null, "qa")])).toBe("4 more: 2 not signed, 1 not known, 1 from stations."));
  it.each<[GateReason, string]>([
    [reason("fails"), "critical"],
    [reason("stale"), "attention"],
    [reason("unknown"), "unknown"],
    [reason(null), "attention"],
    [reason(null, "qa"), "todo"],
  ])("%#", (each, look) => expect(reasonLook(each)).toBe(look));
});

describe("a cure", () => {
  const at = (address: string): string | undefined => itemAt(address, ID);
  const cure = (more: Partial<Cure>): Cure => ({ label: "x", address: null, job: null, ...more });
  it("opens an item of the same copy in place, another copy's on its page", () => {
    expect(cureAct(cure({ address: `checklist/${ID}/on-call` }), at)).toEqual({ kind: "item", item: "on-call" });
    expect(cureAct(cure({ address: "checklist/c0ffee0000000033/on-call" }), at).kind).toBe("go");
    expect(cureAct(cure({ address: "drills/shop" }), at)).toEqual({ kind: "go", address: "drills/shop" });
  });
  const job = { operation: "backup_system", request: { system: "shop" }, role: "operator" as const, command: "quarterdeck backup shop" };
  it("starts the job that the engine names, else goes to the page", () => {
    expect(cureAct(cure({ address: "snapshots/shop", job }), at)).toEqual({ kind: "start", operation: "backup_system", request: { system: "shop" } });
    expect(cureAct(cure({ address: "restore/shop?component=main" }), at)).toEqual({ kind: "go", address: "restore/shop?component=main" });
    expect(cureAct(cure({}), at)).toEqual({ kind: "nothing" });
  });
  it("says who may start it, and waits for what is under way", () => {
    expect(cureObstacle(cure({ job }), ["viewer"], [])).toBe("Operators start it.");
    expect(cureObstacle(cure({ job }), ["viewer", "operator"], [{ operation: "backup_system" }])).toBe("It is under way.");
    expect(cureObstacle(cure({ job }), ["viewer", "operator"], [{ operation: "drill_system" }])).toBeUndefined();
    expect(cureObstacle(cure({ job }), undefined, [])).toBeUndefined();
    expect(cureObstacle(cure({ address: "restore/shop" }), ["viewer"], [])).toBeUndefined();
  });
});

describe("items", () => {
  it("bring their phase into view, else the first that has something left", () => {
    const phases = [phase("before", [itemOf("a")], 1), phase("during", [itemOf("b")]), phase("after", [itemOf("c")])];
    expect(phaseOf(phases, "c")?.id).toBe("after");
    expect(phaseOf(phases, undefined)?.id).toBe("during");
    expect(phaseOf(phases, "gone")?.id).toBe("during");
  });
  it("say who signed, and how many are missing", () => {
    expect(manualWords(itemOf("a", { signatures: 1 }), NOW)).toBe("a person signs this");
    expect(manualWords(itemOf("a", { signatures: 2 }), NOW)).toBe("2 people sign this");
    expect(manualWords(itemOf("a", { signatures: 2, statements: [said({})] }), NOW)).toMatch(/^signed by Ada \d\d:\d\d, 1 more to sign$/);
    expect(manualWords(itemOf("a", { signatures: 1, statements: [said({ stale: true }), said({ revoked_by: 4 })] }), NOW)).toBe("a person signs this");
  });
});

describe("statements", () => {
  it("name who said them in which role, and in one line", () => {
    expect(statementHead(said({}), [{ id: "dba", title: "DBA" }], NOW)).toMatch(/^Signed by Ada \(DBA\), 22\u00a0Nov/);
    expect(statementHead(said({ person: null, role: null, kind: "note" }), [], NOW)).toMatch(/^Noted by root, /);
    expect(statementHead(said({ person: "a\nb\u202e" }), [], NOW)).not.toMatch(/[\n\u202e]/);
  });
  it("are revoked once, and only where they decide something", () => expect([said({}), said({ revoked_by: 2 }), said({ kind: "note" }), said({ kind: "revoke" })].map(revocable)).toEqual([true, false, false, false]));
});

describe("a new copy", () => {
  const checklist = { system: "shop", name: "release", title: "Release", file: "f", version: "v", items: 3, findings: [] };
  const list = { checklists: [checklist, { ...checklist, name: "broken", version: null }], copies: [copyOf({})], as_of: "" };
  it.each([
    ["release", "3.5", undefined],
    ["release", " ", "Name the release."],
    ["release", "3.4", "A copy for 3.4 is open."],
    ["broken", "3.5", "Its file has findings: mend them first."],
    ["gone", "3.5", "Choose a checklist."],
  ])("of %s for %s", (name, release, obstacle) => expect(openObstacle(list, name, release)).toBe(obstacle));
});
