import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { LogPage, ReadLog } from "../../api/bindings";
import { useTransport } from "../../api/transport";
import { LogReading } from "./reading.svelte";

let asked: ReadLog[];
let answer: (request: ReadLog) => LogPage | Promise<LogPage>;
let reading: LogReading;

const WANTED = { system: "shop", log: "service", filter: "" };

function page(texts: string[], before: string | null, after: string): LogPage {
  return { lines: texts.map((text) => ({ text, cut: false, matched: [], rules: [] })), before, after, file: "/srv/service.log", size: 1, turned: false, sentence: "", as_of: "" };
}

const texts = () => reading.value?.flatMap(({ lines }) => lines.map(({ text }) => text));
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(50);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal("document", { hidden: false });
  asked = [];
  answer = ({ at, direction }) => (at === undefined ? page(["c"], "b1", "a1") : direction === "on" ? page([`new ${asked.length}`], at, `${at}+`) : page(["a", "b"], null, at));
  useTransport({
    invoke: async (operation, request) => {
      if (operation !== "read_log") return null;
      asked.push(request as ReadLog);
      return answer(request as ReadLog);
    },
    invokeRaw: () => Promise.reject(new Error("not asked for")),
    listen: () => Promise.resolve(() => undefined),
    choose: () => Promise.resolve(null),
    chooseSave: () => Promise.resolve(null),
  });
  reading = new LogReading();
});
afterEach(() => {
  reading.end();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a log", () => {
  it("begins at its newest lines and goes back by tokens, to the begin and no further", async () => {
    reading.begin(WANTED);
    await settle();
    expect(texts()).toEqual(["c"]);
    await reading.older();
    expect(asked.at(-1)).toMatchObject({ at: "b1", direction: "back" });
    expect(texts()).toEqual(["a", "b", "c"]);
    await reading.older();
    expect(asked).toHaveLength(2);
  });

  it("is followed from where it was read to", async () => {
    reading.begin(WANTED);
    await settle();
    const stop = reading.follow(() => true);
    await vi.advanceTimersByTimeAsync(2_100);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(asked.slice(1).map(({ at }) => at)).toEqual(["a1", "a1+"]);
    expect(texts()).toEqual(["c", "new 2", "new 3"]);
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(3);
  });

  it("keeps its lines while a filter is wrong, and says what they match", async () => {
    reading.begin(WANTED);
    await settle();
    answer = () => Promise.reject({ code: "bad-filter", message: "The filter ( cannot be read.", hint: "", class: "usage", retry: false });
    reading.begin({ ...WANTED, filter: "(" });
    await settle();
    expect(reading.fault?.code).toBe("bad-filter");
    expect(texts()).toEqual(["c"]);
    expect(reading.filter).toBe("");
  });

  it("drops the answer to a filter that was typed over", async () => {
    let late: (page: LogPage) => void = () => undefined;
    answer = ({ filter }) => (filter === "slow" ? new Promise((done) => (late = done)) : page([filter ?? "all"], null, "z"));
    reading.begin({ ...WANTED, filter: "slow" });
    reading.begin({ ...WANTED, filter: "quick" });
    await settle();
    late(page(["late"], null, "y"));
    await settle();
    expect(texts()).toEqual(["quick"]);
  });

  it("does not look further back by itself where a page held nothing", async () => {
    answer = () => page([], "further", "a1");
    reading.begin({ ...WANTED, filter: "rare" });
    await settle();
    expect(reading.dry).toBe(true);
    answer = () => page(["rare"], null, "a1");
    await reading.older();
    expect(reading.dry).toBe(false);
    expect(texts()).toEqual(["rare"]);
  });

  it("comes back by itself where it was not there", async () => {
    answer = () => Promise.reject({ code: "log-missing", message: "The log is not there.", hint: "", class: "refused", retry: true });
    reading.begin(WANTED);
    await settle();
    const stop = reading.follow(() => true);
    answer = () => page(["here"], null, "a");
    await vi.advanceTimersByTimeAsync(10_100);
    expect(texts()).toEqual(["here"]);
    expect(reading.fault).toBeUndefined();
    stop();
  });
});
