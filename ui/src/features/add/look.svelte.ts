import type { WirePath } from "../../api/bindings";
import { call, faultOf } from "../../api/client";
import type { Look } from "./model";

/** How long after the last key a path is looked at, in milliseconds. */
const PAUSE = 250;

/** What lies at a path, looked at again shortly after each change. A late answer about an earlier path is dropped. */
export class PathLook {
  look = $state.raw<Look>({ kind: "nothing" });

  #path = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  /** Looks at a path, after a pause in typing. */
  at(path: WirePath): void {
    const trimmed = path.trim();
    if (trimmed === this.#path) return;
    this.end();
    this.#path = trimmed;
    this.look = trimmed === "" ? { kind: "nothing" } : { kind: "looking" };
    if (trimmed !== "") this.#timer = setTimeout(() => void this.again(), PAUSE);
  }

  /** Looks once more, at once. */
  async again(): Promise<void> {
    this.end();
    const running = new AbortController();
    this.#running = running;
    this.look = { kind: "looking" };
    const look = await lookAt(this.#path, running.signal);
    if (!running.signal.aborted) this.look = look;
  }

  /** Stops what runs. */
  end(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }
}

async function lookAt(path: WirePath, signal: AbortSignal): Promise<Look> {
  try {
    const inspection = await call("inspect_file", { path, depth: "glance" }, { signal });
    if (inspection.verdict === "not-a-database") return (await definitionAt(path)) ?? { kind: "file", inspection };
    return { kind: "file", inspection };
  } catch (thrown) {
    return { kind: "fault", fault: faultOf(thrown) };
  }
}

/** What is no database may be a folder with a definition; a fault means that it is not one. */
async function definitionAt(folder: WirePath): Promise<Look | null> {
  try {
    return { kind: "folder", report: await call("check_definition", { folder }) };
  } catch {
    return null;
  }
}
