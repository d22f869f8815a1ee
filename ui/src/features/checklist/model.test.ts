import { describe, expect, it } from "vitest";

import type { Evidence, Item, Person, Statement } from "../../api/bindings";
import type { SignAct } from "../../lib/signing";
import { actWords, candidates, changesBetween, draftObstacle, firstObstacle, namedFirst, type Draft } from "./model";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const SIGN: SignAct = { kind: "sign", copy: "c", item: "a", roles: [] };
const DRAFT: Draft = { role: "dba", person: "Ada", passphrase: "x", text: "", until: "7d" };

function person(name: string, roles: string[], more: Partial<Person> = {}): Person {
  return { name, roles, ready: true, added: "", added_by: "", paused_until: null, ...more };
}

function evidence(more: Partial<Evidence>): Evidence {
  return { key: "a/1", title: "Error rate", source: "", expected: "below 1 %", verdict: "holds", stale: false, value: "0.4 %", sentence: "", measured: "2026-11-22T13:00:00Z", took: 1, lasts: 1, address: null, detail: null, digest: null, ...more };
}

function item(more: Partial<Item>): Item {
  return { id: "a", title: "Errors", phase: "p", category: null, owner: null, due: null, overdue: false, weight: 1, critical: false, after: [], manual: null, signatures: 0, role: null, state: "holds", since: null, sentence: "", evidence: [evidence({})], statements: [], waived_until: null, cure: null, shown: "", ...more };
}

describe("who can sign", () => {
  const all = [person("Zoe", ["dba"], { ready: false }), person("Ada", ["dba"]), person("Grace", ["qa"])];
  it("has the role; who is ready comes first", () => expect(candidates(all, "dba").map(({ name }) => name)).toEqual(["Ada", "Zoe"]));
  it("is named at first where they have not signed yet", () => {
    const signed = (name: string, stale: boolean): Item => item({ statements: [{ number: 2, kind: "sign", person: name, stale, revoked_by: null } as Statement] });
    const two = [person("Ada", ["dba"]), person("Bob", ["dba"])];
    expect(namedFirst(two, [])?.name).toBe("Ada");
    expect(namedFirst(two, [signed("Ada", false)])?.name).toBe("Bob");
    expect(namedFirst(two, [signed("Ada", true)])?.name).toBe("Ada");
    expect(namedFirst(two.slice(0, 1), [signed("Ada", false)])?.name).toBe("Ada");
  });
  it("is named at first where they did not speak elsewhere", () => {
    const two = [person("Ada", ["dba"]), person("Bob", ["dba"])];
    expect(namedFirst(two, [], [{ person: "Ada", why: "" }])?.name).toBe("Bob");
    expect(namedFirst(two, [], two.map(({ name }) => ({ person: name, why: "" })))?.name).toBe("Ada");
  });
  it("is anybody where no role is needed", () => expect(candidates(all, undefined)).toHaveLength(3));
});

describe("what stands in the way", () => {
  const ada = person("Ada", ["dba"]);
  it.each<[string, SignAct, Partial<Draft>, Person | undefined, string | undefined]>([
    ["nothing", SIGN, {}, ada, undefined],
    ["no passphrase", SIGN, { passphrase: "" }, ada, "It needs the passphrase."],
    ["nobody", SIGN, {}, undefined, "Choose who signs."],
    ["a first passphrase", SIGN, {}, person("New", [], { ready: false }), "Set the first passphrase."],
    ["a pause", SIGN, {}, person("P", [], { paused_until: "2026-11-22T14:05:00Z" }), "Too many wrong passphrases: wait until the pause is over."],
    ["a pause that is over", SIGN, {}, person("P", [], { paused_until: "2026-11-22T13:55:00Z" }), undefined],
    ["no reason", { ...SIGN, kind: "refuse" }, {}, ada, "It needs a reason."],
    ["a No-go without a reason", { kind: "answer", copy: "c", station: "s", go: false }, {}, ada, "It needs a reason."],
    ["a Go without words", { kind: "answer", copy: "c", station: "s", go: true }, {}, ada, undefined],
    ["a waiver of a year", { kind: "waive", copy: "c", item: "a" }, { text: "x", until: "365d" }, ada, "It ends within 90 d."],
    ["a waiver without an end", { kind: "waive", copy: "c", item: "a" }, { text: "x", until: "" }, ada, "It needs a moment at which it ends."],
    ["a waiver of a week", { kind: "waive", copy: "c", item: "a" }, { text: "x" }, ada, undefined],
  ])("%s", (_, act, draft, who, obstacle) => expect(draftObstacle(act, { ...DRAFT, ...draft }, who, NOW)).toBe(obstacle));

  it("is what somebody said elsewhere", () => {
    const act: SignAct = { kind: "answer", copy: "c", station: "s", go: true };
    const barred = [{ person: "Ada", why: "Ada says Go at QA lead already" }];
    expect(draftObstacle(act, DRAFT, ada, NOW, barred)).toBe("Ada says Go at QA lead already.");
    expect(draftObstacle(act, DRAFT, person("Bob", ["dba"]), NOW, barred)).toBeUndefined();
  });

  it.each([
    [{ word: "", passphrase: "long enough", again: "long enough" }, "It needs the one-time word."],
    [{ word: "w", passphrase: "short", again: "short" }, "The passphrase has at least 10 characters."],
    [{ word: "w", passphrase: "long enough", again: "long enouhg" }, "The two do not agree."],
    [{ word: "w", passphrase: "long enough", again: "long enough" }, undefined],
  ])("a first passphrase %#", (draft, obstacle) => expect(firstObstacle(draft)).toBe(obstacle));

  it("is a reason wherever somebody says no", () => {
    const acts: SignAct[] = [{ ...SIGN, kind: "refuse" }, { kind: "waive", copy: "c", item: "a" }, { kind: "not-applicable", copy: "c", item: "a" }, { kind: "answer", copy: "c", station: "s", go: false }, { kind: "decide", copy: "c", go: false, director: { director: "d", director_title: "D" } }];
    expect(acts.map((act) => actWords(act).needsText)).toEqual([true, true, true, true, true]);
  });
});

describe("what changed meanwhile", () => {
  const before = { items: [item({})], stations: [] };
  it("names what was measured then and now", () => expect(changesBetween(before, { items: [item({ evidence: [evidence({ value: "6.8 %", verdict: "fails" })] })], stations: [] })).toEqual(["Error rate was 0.4 % (holds), and is 6.8 % (fails)."]));
  it("says that it is too old now", () => expect(changesBetween(before, { items: [item({ evidence: [evidence({ stale: true })] })], stations: [] })[0]).toContain("too old"));
  it("names items that came and went", () => expect(changesBetween(before, { items: [item({ id: "b", title: "Other" })], stations: [] })).toEqual(["Other is shown now.", "Errors is no longer shown."]));
  it("names stations", () => {
    const station = { title: "QA lead", state: "go" as const, sentence: "" };
    expect(changesBetween({ items: [], stations: [station] }, { items: [], stations: [{ ...station, state: "stale" }] })).toEqual(["QA lead was Go, and is Go, stale."]);
  });
  it("always says something", () => expect(changesBetween(before, before)).toHaveLength(1));
});
