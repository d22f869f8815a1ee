import type { Fault, Progress, RetentionPreview, SnapshotId } from "./bindings";
import { call, faultOf } from "./client";

/**
 * The question before snapshots leave the list, from its plan to its answer. A preview that is there already is shown while the room that
 * forgetting makes is found out, which takes longer.
 */
export class Forgetting {
  /** What would go, and whether it may; absent until it is known. */
  plan = $state.raw<RetentionPreview | null>(null);
  /** True once the plan says how much room it makes. */
  measured = $state(false);
  progress = $state.raw<Progress | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** What was typed. */
  typed = $state("");
  asked = $state(false);
  /** True after something else would go than was shown. */
  changed = $state(false);
  #system: string;
  #snapshots: readonly SnapshotId[];

  /** Of named snapshots, or of those that the rules do not keep. */
  constructor(system: string, snapshots: readonly SnapshotId[] = [], shown: RetentionPreview | null = null) {
    this.#system = system;
    this.#snapshots = snapshots;
    this.plan = shown;
  }

  /** Why nothing can be forgotten now; `undefined` where it can. */
  get reason(): string | undefined {
    if (this.plan === null) return "Wait for the preview.";
    if (this.plan.obstacles[0] !== undefined) return this.plan.obstacles[0];
    return this.plan.confirm !== null && this.typed !== this.plan.confirm ? `Type ${this.plan.confirm} first.` : undefined;
  }

  /** Finds out what goes, and how much room that makes. */
  async look(signal?: AbortSignal): Promise<void> {
    try {
      const options = signal ? { signal, onProgress: (at: Progress) => (this.progress = at) } : {};
      const made = await call("preview_retention", { system: this.#system, snapshots: [...this.#snapshots], measure: true }, options);
      if (signal?.aborted === true) return;
      this.changed ||= this.plan !== null && made.digest !== this.plan.digest;
      this.plan = made;
      this.measured = true;
    } catch (thrown) {
      if (signal?.aborted !== true) this.fault = faultOf(thrown);
    }
  }

  /** Forgets what is shown; true once it is under way. */
  async forget(): Promise<boolean> {
    const { plan } = this;
    if (plan === null || this.asked || this.reason !== undefined) return false;
    this.asked = true;
    this.fault = null;
    try {
      await call("forget_snapshots", { system: plan.system, snapshots: [...this.#snapshots], plan: plan.digest, ...(plan.confirm === null ? {} : { confirm: this.typed }) });
      return true;
    } catch (thrown) {
      const why = faultOf(thrown);
      if (why.code === "plan-stale") {
        this.changed = true;
        this.typed = "";
        await this.look();
      } else this.fault = why;
      return false;
    } finally {
      this.asked = false;
    }
  }
}
