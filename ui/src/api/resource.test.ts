import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Fault } from "./bindings";
import { FaultError } from "./client";
import { Resource } from "./resource.svelte";

const FAILED: Fault = { code: "store-locked", message: "The store is locked", hint: "Wait.", class: "failed", retry: true };

interface Asked {
  key: string;
  signal: AbortSignal;
  answer: (value: number) => void;
  fail: (fault: Fault) => void;
}

let asked: Asked[];
let made: Resource<string, number>;

/** The request that was made last. */
function last(): Asked {
  const found = asked.at(-1);
  if (!found) throw new Error("nothing was asked");
  return found;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  asked = [];
  made = new Resource((key, signal) => new Promise((answer, reject) => asked.push({ key, signal, answer, fail: (fault) => reject(new FaultError(fault)) })));
});
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("a reading", () => {
  it("draws nothing for 300 ms, then a placeholder, then the value", async () => {
    made.begin("shop");
    await vi.advanceTimersByTimeAsync(299);
    expect(made.loading).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(made.loading).toBe(true);
    last().answer(7);
    await settle();
    expect([made.value, made.asOf, made.loading]).toEqual([7, 1_000_300, false]);
  });

  it("keeps the last value when a refresh fails, and says so until one works", async () => {
    made.begin("shop");
    last().answer(7);
    await settle();
    void made.reload();
    last().fail(FAILED);
    await settle();
    expect([made.value, made.fault, made.stale, made.refused]).toEqual([7, FAILED, true, false]);
    void made.reload();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(made.loading).toBe(false);
    last().answer(8);
    await settle();
    expect([made.value, made.fault, made.stale]).toEqual([8, undefined, false]);
  });

  it("is refused where there is no value and the role is missing", async () => {
    made.begin("shop");
    last().fail({ ...FAILED, class: "refused" });
    await settle();
    expect(made.refused).toBe(true);
  });

  it("asks once for many events, and once more for those that came meanwhile", async () => {
    made.begin("shop");
    last().answer(1);
    await settle();
    for (let i = 0; i < 20; i += 1) made.soon();
    await vi.advanceTimersByTimeAsync(250);
    expect(asked).toHaveLength(2);
    for (let i = 0; i < 20; i += 1) made.soon();
    await vi.advanceTimersByTimeAsync(250);
    expect(asked).toHaveLength(2);
    last().answer(2);
    await vi.advanceTimersByTimeAsync(250);
    expect(asked).toHaveLength(3);
  });

  it("never shows one key's value under another", async () => {
    made.begin("shop");
    const first = last();
    made.begin("memory");
    expect(first.signal.aborted).toBe(true);
    first.answer(1);
    await settle();
    expect(made.value).toBeUndefined();
    last().answer(2);
    await settle();
    expect([last().key, made.value]).toEqual(["memory", 2]);
  });

  it("is read again by a window that was away for a while, and not by one that was not", async () => {
    made.begin("shop");
    last().answer(1);
    await settle();
    made.refreshIfOld();
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(6_000);
    made.refreshIfOld();
    expect(asked).toHaveLength(2);
  });
});
