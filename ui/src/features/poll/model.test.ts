import { describe, expect, it } from "vitest";

import type { Apart, Poll, Statement, Station, StationState } from "../../api/bindings";
import { countWords, directorElsewhere, elsewhereOf, goObstacle, reasonWords, sinceWords, standingOf, turn } from "./model";

function station(id: string, state: StationState): Station {
  return { id, title: id, role: id, state, sentence: "", statement: null, items: [], shown: "" };
}

function poll(states: StationState[], more: Partial<Poll> = {}): Poll {
  return { copy: "c", title: "Release", release: "3.4", stations: states.map((state, i) => station(`s${i}`, state)), items: [], verdict: { word: "no-go", reasons: [], waivers: [], oldest: null, expires: null, as_of: "" }, director: "d", director_title: "D", held: null, decided: null, decision: null, refusal: null, apart: null, shown: "", as_of: "", ...more };
}

describe("the poll", () => {
  it.each<[Poll, string, string]>([
    [poll(["go", "asked", "waiting"]), "Asking s1", "working"],
    [poll(["go", "held", "waiting"], { held: "QA is not there" }), "Hold at s1", "hold"],
    [poll(["go", "no-go", "waiting"]), "No-go from s1", "critical"],
    [poll(["stale", "go"]), "s0 has to look again", "attention"],
    [poll(["go", "go"]), "All stand: the director decides", "ok"],
    [poll(["go", "go"], { refusal: "drill is old" }), "All stand, something else does not", "attention"],
    [poll(["go", "go"], { decided: "go" }), "Decided: Go", "ok"],
    [poll(["go", "no-go"], { decided: "go", refusal: "QA lead says No-go." }), "Decided Go, and it does not stand", "attention"],
    [poll(["go", "go"], { decided: "no-go", refusal: "nothing is decided yet" }), "Decided: No-go", "critical"],
    [poll(["go", "go"], { decided: "no-go" }), "Decided: No-go", "critical"],
    [poll(["stale", "go"], { decision: {} as Poll["decision"] }), "The decision no longer stands", "attention"],
  ])("%#", (each, words, look) => expect(standingOf(each)).toMatchObject({ words, look }));

  it("counts how its stations stand", () => expect(countWords(poll(["go", "go", "stale", "no-go", "waiting"]).stations)).toBe("2 stand, 1 stale, 1 no-go, 1 waiting"));
  it("is somebody's turn until all have answered", () => {
    expect(turn(poll(["go", "asked"]))?.id).toBe("s1");
    expect(turn(poll(["go", "go"]))).toBeUndefined();
  });
  it("hears Go in its order, and not while it waits", () => {
    expect(goObstacle(station("a", "waiting"), poll([]))).toBe("It is not its turn.");
    expect(goObstacle(station("a", "asked"), poll([], { held: "x" }))).toBe("The poll waits.");
    for (const state of ["asked", "go", "stale", "no-go"] as const) expect(goObstacle(station("a", state), poll([]))).toBeUndefined();
  });
});

describe("what a station said", () => {
  const at = "2026-11-23T16:44:00Z";
  const said = (state: StationState, text: string): Station => ({ ...station("a", state), sentence: "Go 16:44 by Ada, stale: it changed", statement: { text, at, person: "Ada" } as Statement });

  it("names who said it, beside the words", () => {
    expect(sinceWords(said("go", "green again"), Date.parse(at))).toMatch(/^said \d\d:44 by Ada$/);
    expect(reasonWords(said("go", "green again"))).toBe("green again");
    expect(reasonWords(said("go", ""))).toBe("Go 16:44 by Ada, stale: it changed");
    expect(reasonWords(station("a", "asked"))).toBe("");
  });
  it("never hides behind its words that it is stale", () => expect(reasonWords(said("stale", "green again"))).toBe("Go 16:44 by Ada, stale: it changed: “green again”"));
});

describe("who must be another person", () => {
  const free = { sentence: null, barred: [], open: true };
  const taken = { sentence: "Ada says Go at S1: another person says Go here.", barred: [{ person: "Ada", why: "Ada says Go at S1 already" }], open: true };
  const apart: Apart = { rule: "Each station is another person.", stations: { s0: taken, s1: free, s2: { ...taken, open: false } }, director: { ...taken, sentence: "Ada says Go at S1: another person decides Go." } };
  const asked = poll(["asked", "go", "asked"], { apart });

  it("keeps nobody from answering while somebody is left", () => {
    expect(asked.stations.map((each) => goObstacle(each, asked))).toEqual([undefined, undefined, "Nobody is left to say it."]);
    expect(goObstacle(station("s2", "waiting"), asked)).toBe("It is not its turn.");
    expect(goObstacle(station("s2", "go"), asked)).toBeUndefined();
  });
  it("is said where somebody still has to answer", () => {
    expect(asked.stations.map((each) => elsewhereOf(each, asked))).toEqual([taken.sentence, undefined, taken.sentence]);
    expect(elsewhereOf(station("s0", "go"), asked)).toBeUndefined();
    expect(elsewhereOf(station("s0", "asked"), poll([]))).toBeUndefined();
  });
  it.each<[Poll["decided"], string | undefined]>([
    [null, "Ada says Go at S1: another person decides Go."],
    ["no-go", "Ada says Go at S1: another person decides Go."],
    ["go", undefined],
    ["waived", undefined],
  ])("is said of who decides, decided %s", (decided, words) => expect(directorElsewhere({ apart, decided })).toBe(words));
});
