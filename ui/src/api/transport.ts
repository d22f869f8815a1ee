import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { open, save } from "@tauri-apps/plugin-dialog";

import type { Event } from "./bindings";

/** What the client needs from the window that it runs in. */
export interface Transport {
  /** Asks the engine; rejects with a Fault. The ticket numbers a query, so that its progress and its end can be named. */
  invoke(operation: string, request: unknown, ticket?: number): Promise<unknown>;
  /** The same for the raw form of a query: its bytes. */
  invokeRaw(operation: string, request: unknown, ticket?: number): Promise<ArrayBuffer>;
  /** Hears every event of the engine; answers with the way to stop. */
  listen(handler: (event: Event) => void): Promise<() => void>;
  /** Lets the person choose a file or folder; null where none was chosen. */
  choose(what: "file" | "folder", title: string): Promise<string | null>;
  /** Lets the person choose where a file will be written; null where none was chosen. */
  chooseSave(suggested: string, title: string): Promise<string | null>;
}

/** The desktop window: one Tauri command, one event. */
const desktop: Transport = {
  invoke: (operation, request, ticket) => invoke("call", ticket === undefined ? { operation, request } : { operation, request, ticket }),
  invokeRaw: async (operation, request, ticket) =>
    bytes(await invoke<ArrayBuffer | number[]>("call", { operation, request, raw: true, ...(ticket === undefined ? {} : { ticket }) })),
  listen: (handler) => listen<Event>("engine", (event) => handler(event.payload)),
  choose: (what, title) => open({ directory: what === "folder", multiple: false, title }),
  chooseSave: (suggested, title) => save({ defaultPath: suggested, title }),
};

/** Where the window cannot fetch, Tauri sends bytes as a list of numbers. */
function bytes(answer: ArrayBuffer | number[]): ArrayBuffer {
  return answer instanceof ArrayBuffer ? answer : new Uint8Array(answer).buffer;
}

let current: Transport = desktop;

/** The transport in use. */
export function transport(): Transport {
  return current;
}

/** Replaces the transport: in tests, and while pages are looked at without an engine. Call it before anything is asked. */
export function useTransport(next: Transport): void {
  current = next;
}
