import type { Fault, Job } from "./bindings";
import { call, faultOf } from "./client";
import { resource, type Resource } from "./resource.svelte";

/** The newest jobs of a system, for the life of a component, and the way to stop one. */
export class SystemJobs {
  /** Why the last cancellation was refused; absent where none was. */
  fault = $state.raw<Fault | null>(null);
  #look: Resource<string, Job[]>;

  constructor(look: Resource<string, Job[]>) {
    this.#look = look;
  }

  /** Newest first. */
  get all(): readonly Job[] {
    return this.#look.value ?? [];
  }

  /** Those that have not ended. */
  get running(): readonly Job[] {
    return this.all.filter((job) => job.finished_at === null);
  }

  /** Asks a job to stop. */
  async cancel(job: Job): Promise<void> {
    this.fault = null;
    try {
      await call("cancel_job", { job: job.id });
    } catch (thrown) {
      this.fault = faultOf(thrown);
    }
  }
}

/** Stops one job, and keeps why that was refused. */
export class JobStop {
  /** Why it was refused; absent where it was not. */
  fault = $state.raw<Fault | null>(null);
  /** True while it is asked. */
  asked = $state(false);
  #look: Resource<number, Job>;

  constructor(look: Resource<number, Job>) {
    this.#look = look;
  }

  /** Asks the job to stop, and reads it again. */
  async ask(job: Job): Promise<void> {
    this.asked = true;
    this.fault = null;
    try {
      await call("cancel_job", { job: job.id });
    } catch (thrown) {
      this.fault = faultOf(thrown);
    } finally {
      this.asked = false;
    }
    await this.#look.reload();
  }
}

/** The jobs of a system; asked again with each event of a job. */
export function systemJobs(system: () => string): SystemJobs {
  return new SystemJobs(
    resource(system, (name) => call("list_jobs", { system: name, limit: 20 }), { when: (event) => event.kind === "job" }),
  );
}
