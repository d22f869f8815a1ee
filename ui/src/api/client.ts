import type { Event, Fault, JobTicket, Operations, Progress } from "./bindings";
import { transport } from "./transport";

/** The name of an operation. */
export type Operation = keyof Operations;
/** What an operation is asked. */
export type Request<O extends Operation> = Operations[O]["request"];
/** What the call answers: a job answers with its ticket at once, everything else with its result. */
export type Answer<O extends Operation> = Operations[O]["kind"] extends "job" ? JobTicket : Operations[O]["response"];
/** What a job reports once it has succeeded (`Job.report`). */
export type Report<O extends Operation> = Operations[O]["response"];

/** Operations whose answer may travel as bytes. */
export type RawOperation = { [O in Operation]: Operations[O] extends { raw: true } ? O : never }[Operation];

/** A fault that the engine answered with. */
export class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
    this.name = "FaultError";
  }
}

/** How a call is watched and stopped. */
export interface CallOptions {
  /** Hears how far a query is. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops a query; the call then rejects with the engine's fault of class `cancelled`. */
  signal?: AbortSignal | undefined;
}

/**
 * Asks the engine. Rejects with a {@link FaultError}, whatever went wrong.
 *
 * The signal stops queries only: a command is short, and a job is stopped by its number (`cancel_job`).
 */
export function call<O extends Operation>(operation: O, request: Request<O>, options: CallOptions = {}): Promise<Answer<O>> {
  return numbered(operation, options, (ticket) => transport().invoke(operation, request, ticket) as Promise<Answer<O>>);
}

/** The same for the raw form of a query: bytes, as the type of its answer describes them. */
export function callRaw<O extends RawOperation>(operation: O, request: Request<O>, options: CallOptions = {}): Promise<ArrayBuffer> {
  return numbered(operation, options, (ticket) => transport().invokeRaw(operation, request, ticket));
}

/** Hears the engine's events until the answer is called. Events are hurry-up notes: what they name should be fetched again. */
export function watch(handler: (event: Event) => void): () => void {
  handlers.add(handler);
  listening ??= transport().listen((event) => {
    for (const each of [...handlers]) each(event);
  });
  return () => handlers.delete(handler);
}

/** The fault behind anything that was thrown; a surprise becomes a bug of ours. */
export function faultOf(thrown: unknown): Fault {
  return thrown instanceof FaultError ? thrown.fault : asFault(thrown, "this page");
}

async function numbered<T>(operation: Operation, options: CallOptions, ask: (ticket: number | undefined) => Promise<T>): Promise<T> {
  const { onProgress, signal } = options;
  if (signal?.aborted) throw new FaultError(stopped(operation));
  const ticket = onProgress || signal ? nextTicket() : undefined;
  const unwatch = onProgress && ticket !== undefined ? progressOf(ticket, onProgress) : undefined;
  const stop = (): void => {
    // The answer to the query itself says whether it stopped; that of the request to stop adds nothing.
    if (ticket !== undefined) void transport().invoke("cancel_query", { ticket }).catch(() => undefined);
  };
  signal?.addEventListener("abort", stop);
  try {
    return await ask(ticket);
  } catch (thrown) {
    throw new FaultError(asFault(thrown, operation));
  } finally {
    signal?.removeEventListener("abort", stop);
    unwatch?.();
  }
}

const handlers = new Set<(event: Event) => void>();
let listening: Promise<() => void> | undefined;
let lastTicket = 0;

function nextTicket(): number {
  lastTicket += 1;
  return lastTicket;
}

function progressOf(ticket: number, onProgress: (progress: Progress) => void): () => void {
  return watch((event) => {
    if (event.kind === "query" && event.ticket === ticket) onProgress(event.progress);
  });
}

function asFault(thrown: unknown, operation: string): Fault {
  if (isFault(thrown)) return thrown;
  return {
    code: "window-bug",
    message: `The window could not ask for ${operation.replaceAll("_", " ")}`,
    hint: "Copy the report and send it to us.",
    facts: { reason: thrown instanceof Error ? thrown.message : String(thrown) },
    class: "bug",
    retry: true,
  };
}

function isFault(thrown: unknown): thrown is Fault {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && "hint" in thrown && "class" in thrown;
}

function stopped(operation: string): Fault {
  return {
    code: "cancelled",
    message: `${operation.replaceAll("_", " ")} was stopped before it began`,
    hint: "Ask again.",
    class: "cancelled",
    retry: true,
  };
}
