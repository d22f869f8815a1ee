import type { Fault, LogPage } from "../../api/bindings";
import { call, faultOf } from "../../api/client";
import { begun, trimmed, withNewer, withOlder, type Piece } from "./model";

/** Before this many milliseconds nothing is drawn in place of lines: most answers are there sooner. */
const PATIENCE = 300;
/** How often what came since is asked for, and how often after that failed; in milliseconds. */
const BEAT = 2_000;
const SLOW_BEAT = 10_000;
/** Lines of a page. */
const PAGE = 500;

/** Which log, and which of its lines. */
export interface Asked {
  system: string;
  log: string;
  filter: string;
}

/** The part of a log that was read: its newest page at first, older ones as they are asked for, and what came since. */
export class LogReading {
  /** The pages that are held, the oldest first; absent until the first is there. */
  value = $state.raw<readonly Piece[] | undefined>();
  /** When something was read last, in milliseconds since 1970. */
  asOf = $state<number | undefined>();
  /** Why the last try failed; absent once one works. */
  fault = $state.raw<Fault | undefined>();
  /** When it failed. */
  triedAt = $state<number | undefined>();
  /** The expression that the held lines match. */
  filter = $state("");
  /** True where nothing is there yet and the answer takes longer than 300 ms. */
  loading = $state(false);
  /** True while lines are read that were asked for: the first ones, or older ones. */
  busy = $state(false);
  /** True where the last page of older lines held none: what is further back is read only when somebody asks. */
  dry = $state(false);

  #asked: Asked | undefined;
  #running: AbortController | undefined;

  /** Begins with another log or filter. The lines before stay in view until others are there. */
  begin(asked: Asked): void {
    const same = this.#asked?.system === asked.system && this.#asked.log === asked.log;
    this.#asked = asked;
    if (!same) this.value = undefined;
    void this.reload();
  }

  /** Reads the newest page, and forgets the others. */
  async reload(): Promise<void> {
    await this.#read({}, (page) => (this.value = begun(page)), true);
  }

  /** Reads the page before the first one that is held. */
  async older(): Promise<void> {
    const before = this.value?.[0]?.before;
    if (!before || this.busy) return;
    await this.#read({ at: before, direction: "back" }, (page) => {
      this.value = withOlder(this.value ?? [], page);
      this.dry = page.lines.length === 0;
    });
  }

  /** Reads what came since, as much as there is; older lines beyond what is held are dropped where `drop` says so. */
  async newer(drop: boolean): Promise<void> {
    for (let more = true; more && !this.#running; ) {
      const after = this.value?.at(-1)?.after;
      if (after === undefined) return;
      more = false;
      await this.#read({ at: after, direction: "on" }, (page) => {
        more = page.lines.length === PAGE;
        const all = withNewer(this.value ?? [], page);
        this.value = drop ? trimmed(all) : all;
      });
    }
  }

  /** Asks for what came since, again and again, until the answer is called. */
  follow(drop: () => boolean): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const beat = (): void => {
      timer = setTimeout(() => void next(), this.fault ? SLOW_BEAT : BEAT);
    };
    const next = async (): Promise<void> => {
      if (!document.hidden) await (this.value === undefined ? this.reload() : this.newer(drop()));
      beat();
    };
    beat();
    return () => clearTimeout(timer);
  }

  /** Stops what runs. */
  end(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #read(more: { at?: string; direction?: "back" | "on" }, keep: (page: LogPage) => void, anew = false): Promise<void> {
    const asked = this.#asked;
    if (!asked || (this.#running && !anew && more.direction === "on")) return;
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.busy = more.direction !== "on";
    const patience = setTimeout(() => (this.loading = this.value === undefined), PATIENCE);
    try {
      const page = await call("read_log", { system: asked.system, log: asked.log, direction: "back", lines: PAGE, ...(asked.filter === "" ? {} : { filter: asked.filter }), ...more }, { signal: running.signal });
      if (running.signal.aborted) return;
      keep(page);
      if (anew) {
        this.dry = page.lines.length === 0;
        this.filter = asked.filter;
      }
      this.asOf = Date.now();
      this.fault = undefined;
    } catch (thrown) {
      if (running.signal.aborted) return;
      this.fault = faultOf(thrown);
      this.triedAt = Date.now();
    } finally {
      clearTimeout(patience);
      if (this.#running === running) {
        this.#running = undefined;
        this.busy = this.loading = false;
      }
    }
  }
}
