import { untrack } from "svelte";

import type { Event, Fault } from "./bindings";
import { faultOf, watch } from "./client";

/** Before this many milliseconds nothing is drawn in place of a value: most answers are there sooner. */
const PATIENCE = 300;
/** Events within this many milliseconds cause one fetch. */
const COALESCE = 250;
/** A window that gets the focus fetches what is older than this. */
const OLD = 5_000;
/** How often a value that ages is fetched. */
const AGES = 60_000;

/** Which events cause a fetch, and whether it fetches at all. */
export interface ResourceOptions {
  /** True for an event that may have changed the value; absent for every event of jobs and the store. */
  when?: ((event: Event) => boolean) | undefined;
  /** True for what grows older without an event, such as a gap since the last snapshot: it is fetched each minute while it can be seen. */
  ages?: boolean;
}

/** A value of the engine that a page shows: the last one that is known, how old it is, and what the last try said. */
export class Resource<K, T> {
  /** The last value; kept while a refresh fails. */
  value = $state.raw<T | undefined>();
  /** When the value was read, in milliseconds since 1970. */
  asOf = $state<number | undefined>();
  /** Why the last try failed; absent once one works. */
  fault = $state.raw<Fault | undefined>();
  /** True where no value is there and the answer takes longer than 300 ms. */
  loading = $state(false);
  /** When the last try failed. */
  triedAt = $state<number | undefined>();

  #key: K | undefined;
  #read: (key: K, signal: AbortSignal) => Promise<T>;
  #running: AbortController | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: (key: K, signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  /** True where a value is shown although the last try failed. */
  get stale(): boolean {
    return this.value !== undefined && this.fault !== undefined;
  }

  /** True where the engine refuses this person. */
  get refused(): boolean {
    return this.value === undefined && this.fault?.class === "refused";
  }

  /** Fetches again; the last value stays in view. While a fetch runs, another follows it. */
  async reload(): Promise<void> {
    if (this.#key === undefined) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const running = new AbortController();
    this.#running = running;
    const patience = setTimeout(() => (this.loading = this.value === undefined), PATIENCE);
    try {
      const value = await this.#read(this.#key, running.signal);
      if (!running.signal.aborted) this.#keep(value);
    } catch (thrown) {
      if (!running.signal.aborted) this.#fail(faultOf(thrown));
    } finally {
      clearTimeout(patience);
      if (this.#running === running) this.#ended();
    }
  }

  /** Begins with a key, dropping the value of another one. */
  begin(key: K): void {
    if (JSON.stringify(key) === JSON.stringify(this.#key)) return;
    this.end();
    this.#key = key;
    this.value = undefined;
    this.fault = undefined;
    this.asOf = undefined;
    void this.reload();
  }

  /** Stops what runs. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.abort();
    this.#running = undefined;
    this.#again = false;
    this.#key = undefined;
    this.loading = false;
  }

  /** Fetches soon; many calls cause one fetch. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.reload();
    }, COALESCE);
  }

  /** Fetches where the last try is old. */
  refreshIfOld(): void {
    if (Date.now() - Math.max(this.asOf ?? 0, this.triedAt ?? 0) > OLD) void this.reload();
  }

  #keep(value: T): void {
    this.value = value;
    this.asOf = Date.now();
    this.fault = undefined;
  }

  #fail(fault: Fault): void {
    this.fault = fault;
    this.triedAt = Date.now();
  }

  #ended(): void {
    this.#running = undefined;
    this.loading = false;
    if (!this.#again) return;
    this.#again = false;
    this.soon();
  }
}

/**
 * A value of the engine for the life of a component. It is read for `key()` (and again when the key changes, which drops the old value),
 * after each event that `when` accepts, and when the window gets the focus after a while. A key of undefined reads nothing.
 */
export function resource<K, T>(
  key: () => K | undefined,
  read: (key: K, signal: AbortSignal) => Promise<T>,
  options: ResourceOptions = {},
): Resource<K, T> {
  const made = new Resource(read);
  const concerns = options.when ?? ((event: Event) => event.kind === "job" || event.kind === "store");
  $effect(() => {
    const next = key();
    untrack(() => (next === undefined ? made.end() : made.begin(next)));
  });
  $effect(() => {
    const unwatch = watch((event) => {
      if (concerns(event)) made.soon();
    });
    const focused = (): void => made.refreshIfOld();
    window.addEventListener("focus", focused);
    const aging = setInterval(() => {
      if (options.ages && !document.hidden) made.refreshIfOld();
    }, AGES);
    return () => {
      unwatch();
      clearInterval(aging);
      window.removeEventListener("focus", focused);
      made.end();
    };
  });
  return made;
}
