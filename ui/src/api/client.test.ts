import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Event, Fault } from "./bindings";
import { call, callRaw, FaultError, faultOf, watch } from "./client";
import { useTransport, type Transport } from "./transport";

const REFUSED: Fault = { code: "forbidden", message: "Audit is for operators", hint: "Ask an operator.", class: "refused", retry: false };

let tell: (event: Event) => void = () => undefined;
let invoke: ReturnType<typeof vi.fn<Transport["invoke"]>>;

beforeEach(() => {
  invoke = vi.fn<Transport["invoke"]>();
  useTransport({
    invoke: (...asked) => invoke(...asked),
    invokeRaw: (operation, request, ticket) => invoke(`raw ${operation}`, request, ticket) as Promise<ArrayBuffer>,
    listen: (handler) => {
      tell = handler;
      return Promise.resolve(() => undefined);
    },
    choose: () => Promise.resolve(null),
    chooseSave: () => Promise.resolve(null),
  });
});

describe("a call", () => {
  it("answers what the engine answers, without a ticket where nobody watches", async () => {
    invoke.mockResolvedValue({ job: 7 });
    expect(await call("backup_system", { system: "shop" })).toEqual({ job: 7 });
    expect(invoke).toHaveBeenCalledExactlyOnceWith("backup_system", { system: "shop" }, undefined);
  });

  it("answers with bytes where they are asked for", async () => {
    const frame = new Uint8Array([81, 68, 70, 49]).buffer;
    invoke.mockResolvedValue(frame);
    const asked = { query: "up", from: "2026-11-22T12:00:00Z", until: "2026-11-22T13:00:00Z" };
    expect(await callRaw("query_range", asked)).toBe(frame);
    expect(invoke).toHaveBeenCalledExactlyOnceWith("raw query_range", asked, undefined);
    invoke.mockRejectedValue(REFUSED);
    await expect(callRaw("query_range", asked)).rejects.toMatchObject({ fault: REFUSED });
  });

  it("rejects with the engine's own fault", async () => {
    invoke.mockRejectedValue(REFUSED);
    await expect(call("verify_audit", {})).rejects.toMatchObject({ fault: REFUSED, message: REFUSED.message });
  });

  it("calls anything else that was thrown a bug, and keeps its words", async () => {
    invoke.mockRejectedValue("command call not found");
    const thrown = await call("get_system", { system: "shop" }).catch((error: unknown) => error);
    expect(faultOf(thrown)).toMatchObject({ class: "bug", message: "The window could not ask for get system", facts: { reason: "command call not found" } });
  });

  it("hears only the progress of its own ticket, and only until it ends", async () => {
    let answer: (value: unknown) => void = () => undefined;
    invoke.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const heard: number[] = [];
    const asked = call("inspect_file", { path: "/shop.db", depth: "full" }, { onProgress: ({ done }) => heard.push(Number(done)) });
    const ticket = invoke.mock.calls[0]?.[2];
    expect(ticket).toBeTypeOf("number");
    const progress = (of: number, done: number): void => tell({ kind: "query", ticket: of, progress: { done, total: 10, unit: "pages" } });
    progress(ticket ?? 0, 3);
    progress((ticket ?? 0) + 1, 9);
    answer({});
    await asked;
    progress(ticket ?? 0, 10);
    expect(heard).toEqual([3]);
  });

  it("is stopped by its ticket", async () => {
    const stop = new AbortController();
    const cancelled: Fault = { ...REFUSED, code: "cancelled", class: "cancelled" };
    let fail: (fault: Fault) => void = () => undefined;
    invoke.mockImplementation((operation) => (operation === "cancel_query" ? Promise.resolve(null) : new Promise((_, reject) => (fail = reject))));
    const asked = call("verify_audit", {}, { signal: stop.signal });
    stop.abort();
    expect(invoke).toHaveBeenLastCalledWith("cancel_query", { ticket: invoke.mock.calls[0]?.[2] });
    fail(cancelled);
    await expect(asked).rejects.toBeInstanceOf(FaultError);
  });

  it("is not asked at all once its signal was given", async () => {
    const thrown = await call("get_overview", {}, { signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect(faultOf(thrown).class).toBe("cancelled");
    expect(invoke).not.toHaveBeenCalled();
  });
});

describe("watching", () => {
  it("shares one listener, and ends for each who leaves", () => {
    const heard: string[] = [];
    const leave = watch((event) => heard.push(`a ${event.kind}`));
    watch((event) => heard.push(`b ${event.kind}`));
    tell({ kind: "store" });
    leave();
    tell({ kind: "job", id: 7 });
    expect(heard).toEqual(["a store", "b store", "b job"]);
  });
});
