import type { Event, Fault, Job, Progress, RangeAnswer, RestorePlan, RestoreReport } from "./bindings";
import type { Operation, Request } from "./client";
import * as alerts from "./fake-alerts";
import * as routing from "./fake-routing";
import * as world from "./fake-answers";
import * as care from "./fake-care";
import * as health from "./fake-health";
import * as migrations from "./fake-migrations";
import { measures } from "./fake-promises";
import * as readiness from "./fake-readiness";
import * as smoke from "./fake-smoke";
import { runbook } from "./fake-runbooks";
import { useTransport } from "./transport";

/**
 * A made-up engine for looking at pages in a browser while they are built. `?look=` in the address chooses a situation: `empty` (no system
 * yet), `refused` (a viewer asks, and is told nothing), `viewer` (and is told everything), `failing` (from the third second on every reading fails), `slow` (answers take two seconds), `running` (a job is under way),
 * `many` (2,000 snapshots, 60 drills), `none` (no snapshot, drill or schedule yet); those of migrations are in fake-migrations.ts, `failed-migration`,
 * `applied` and `rehearsed`; those of readiness in fake-readiness.ts, and `gate`: a closed gate holds migrations.
 */
export function pretend(): void {
  const look = new URLSearchParams(window.location.search).get("look") ?? "";
  const engine = new Pretended(look);
  useTransport({
    invoke: (operation, request, ticket) => engine.answer(operation as Operation, request, ticket),
    invokeRaw: async (operation, request, ticket) => health.rawForm((await engine.answer(operation as Operation, request, ticket)) as RangeAnswer),
    listen: (handler) => {
      engine.handlers.add(handler);
      return Promise.resolve(() => engine.handlers.delete(handler));
    },
    choose: (what) => Promise.resolve(what === "folder" ? "/etc/quarterdeck/reputation" : "/srv/helpdesk/helpdesk.db"),
    chooseSave: (suggested) => Promise.resolve(suggested),
  });
}

type Answers = { [O in Operation]?: (request: never, ticket?: number) => unknown };

const REFUSED: Fault = { code: "forbidden", message: "This is for operators, and ada is a viewer", hint: "Ask an operator to grant the role.", class: "refused", retry: false };
const FAILED: Fault = { code: "store-locked", message: "The store ~/.local/share/quarterdeck/quarterdeck.db is locked by process 4127", hint: "End that process, or wait.", class: "failed", retry: true };

class Pretended {
  handlers = new Set<(event: Event) => void>();
  #look: string;
  #jobs: Job[];

  constructor(look: string) {
    this.#look = look;
    this.#jobs = look === "empty" ? [] : [...world.finished];
    if (look === "rehearsed") this.#jobs = [{ ...this.#job({ id: 4120, operation: "rehearse_migrations", title: "Rehearse 008 and 009 of reputation", target: "reputation", environment: "production", state: "succeeded", report: migrations.rehearsal("reputation") }), finished_at: world.before(0) }, ...this.#jobs];
    if (look === "applied") this.#jobs = [{ ...this.#migrationJob("reputation", false), id: 4122, state: "succeeded", finished_at: world.before(0) }, ...this.#jobs];
    if (look === "failed-migration") this.#jobs = [{ ...this.#migrationJob("reputation", false), id: 4121, state: "failed", report: null, finished_at: world.before(0), fault: { code: "migration-failed", message: "009 failed", hint: "Mend the file, then apply again.", facts: { failure: migrations.failure }, class: "failed", retry: false } }, ...this.#jobs];
    if (look === "running") this.#start(this.#restoreJob("reputation/main", "production", "in place"));
  }

  async answer(operation: Operation, request: unknown, ticket?: number): Promise<unknown> {
    await new Promise((done) => setTimeout(done, this.#look === "slow" ? 2_000 : 15));
    if (this.#look === "refused" && ["list_audit", "list_drills", "get_schedules", "get_repository", "preview_retention", "get_health", "list_collectors", "list_dashboards", "query_range", "list_alerts", "list_rules", "list_routes", "list_silences", "list_alert_events", "list_notices", "get_runbook", "list_checklists", "get_readiness", "get_poll", "list_smoke", "list_validations", "write_report"].includes(operation)) throw REFUSED;
    if (this.#look === "failing" && Date.now() > world.NOW + 2_500 && operation !== "get_session") throw FAILED;
    const answer = this.#answers[operation] as ((request: unknown, ticket?: number) => unknown) | undefined;
    if (!answer) throw { ...FAILED, code: "not-pretended", class: "bug", message: `${operation} is not pretended` };
    return answer(request, ticket);
  }

  readonly #answers: Answers = {
    get_session: () => (["refused", "viewer"].includes(this.#look) ? { ...world.session, roles: [] } : world.session),
    get_overview: () => ({ databases: this.#look === "empty" ? [] : world.databases, unattended: this.#look === "empty" ? [] : care.unattended(), as_of: new Date().toISOString() }),
    get_system: ({ system }: Request<"get_system">) => world.detail(system) ?? missing(system),
    list_snapshots: ({ system }: Request<"list_snapshots">) => ({
      snapshots: (this.#look === "none" ? [] : world.snapshots(system, this.#look === "many" ? 2_000 : 26)).map((each) => ({ ...each, affected: care.damageOf(system, each.id) })),
      as_of: new Date().toISOString(),
    }),
    get_schedules: ({ system }: Request<"get_schedules">) => care.schedules(system, this.#look === "none"),
    preview_schedule: ({ cron, zone }: Request<"preview_schedule">) => care.readRhythm(cron, zone),
    set_schedules: ({ system, schedules }: Request<"set_schedules">) => care.keepSchedules(system, schedules),
    run_schedule: ({ system }: Request<"run_schedule">) => this.#start(this.#backupJob(system)),
    list_drills: ({ system }: Request<"list_drills">) => care.drills(system, this.#look === "none", this.#look === "many" ? 60 : 11),
    drill_system: ({ system }: Request<"drill_system">) => this.#start(this.#job({ operation: "drill_system", title: `Drill of ${system}`, target: system, environment: this.#environment(system), phases: world.phases(world.DRILL_PHASES, 0), report: care.drills(system, false).drills[0] })),
    get_repository: ({ system }: Request<"get_repository">) => care.repository(system, this.#look === "none"),
    check_repository: ({ system }: Request<"check_repository">, ticket?: number) => this.#slowly(ticket, () => care.check(system)),
    reread_repository: ({ system }: Request<"reread_repository">) => this.#start(this.#job({ operation: "reread_repository", title: `Read a part of ${system} again`, target: system, phases: world.phases(world.DRILL_PHASES, 0), report: care.check(system) })),
    plan_repair: ({ system }: Request<"plan_repair">) => care.repairPlan(system),
    repair_repository: ({ system }: Request<"repair_repository">) => this.#start(this.#job({ operation: "repair_repository", title: `Repair the repository of ${system}`, target: system, environment: this.#environment(system), phases: world.phases(world.DRILL_PHASES, 0), report: { sentence: "One damaged pack was moved aside, 207 pieces were saved", check: care.check(system) } })),
    preview_retention: ({ system, rules, snapshots, measure }: Request<"preview_retention">) => care.preview(system, rules, snapshots ?? [], measure === true),
    set_retention: ({ rules }: Request<"set_retention">) => ({ rules: rules ?? {}, source: { kind: "store", who: "ada", at: new Date().toISOString() }, sentence: "" }),
    forget_snapshots: ({ system }: Request<"forget_snapshots">) => this.#start(this.#job({ operation: "forget_snapshots", title: `Forget snapshots of ${system}`, target: system, environment: this.#environment(system), phases: world.phases(world.DRILL_PHASES.slice(0, 1), 0), report: { sentence: `7 snapshots of ${system} are off the list` } })),
    pin_snapshot: ({ reason }: Request<"pin_snapshot">) => ({ reason, until: null, who: "ada", at: new Date().toISOString() }),
    unpin_snapshot: () => null,
    prune_repository: ({ system }: Request<"prune_repository">) => this.#start(this.#job({ operation: "prune_repository", title: `Free unused room of ${system}`, target: system, phases: world.phases(world.DRILL_PHASES.slice(0, 1), 0), report: { sentence: "214 MB are marked, and free a day from now" } })),
    list_migrations: ({ source }: Request<"list_migrations">) => (["empty", "none", "no-folder"].includes(this.#look) ? unset() : migrations.list(source.target ?? "", this.#look)),
    get_migration: ({ version }: Request<"get_migration">) => migrations.text(version),
    validate_database: (_: Request<"validate_database">, ticket?: number) => this.#slowly(ticket, () => migrations.validation(this.#look)),
    plan_migrations: ({ source, wish, each, accept_lint }: Request<"plan_migrations">) => ({ ...migrations.plan(source.target ?? "", this.#look, wish, each === true, accept_lint ?? [], this.#environment(source.target ?? "") ?? "development"), ...(this.#look === "gate" ? { gate: CLOSED } : {}) }),
    apply_migrations: ({ target, wish }: Request<"apply_migrations">) => this.#start(this.#migrationJob(target, wish.kind === "down")),
    rehearse_migrations: ({ target }: Request<"rehearse_migrations">) => this.#start(this.#job({ operation: "rehearse_migrations", title: `Rehearse 008 and 009 of ${target}`, target, environment: this.#environment(target), phases: world.phases(migrations.REHEARSAL_PHASES, 0), report: migrations.rehearsal(target) })),
    plan_adoption: ({ source, baseline }: Request<"plan_adoption">) => migrations.adoption(source.target ?? "", this.#look, baseline),
    adopt_migrations: ({ target }: Request<"adopt_migrations">) => migrations.list(target, ""),
    rebless_migration: ({ target }: Request<"rebless_migration">) => migrations.list(target, ""),
    set_migrations: ({ target }: Request<"set_migrations">) => migrations.list(target, ""),
    new_migration: ({ name }: Request<"new_migration">) => ({ version: "010", layout: "goose", files: [`/srv/reputation/migrations/010_${name.replaceAll(" ", "_")}.sql`], texts: ["-- +goose Up\n-- +goose Down\n"] }),
    get_database_stats: () => migrations.stats(),
    get_health: ({ system }: Request<"get_health">) => health.health(this.#look, system),
    check_health: ({ system }: Request<"check_health">, ticket?: number) => this.#slowly(ticket, () => health.report(this.#look, system), health.WALK, "steps"),
    list_dashboards: ({ system }: Request<"list_dashboards">) => health.dashboards(this.#look, system),
    get_dashboard: ({ system, name }: Request<"get_dashboard">) => health.dashboard(system, name),
    query_range: (request: Request<"query_range">) => health.range(request, this.#look),
    query_instant: (request: Request<"query_instant">) => health.instant(request, this.#look),
    complete_query: (request: Request<"complete_query">) => health.complete(request),
    list_happenings: (request: Request<"list_happenings">) => health.happenings(request, this.#look),
    save_chart: () => null,
    list_collectors: ({ system }: Request<"list_collectors">) => health.collectors(this.#look, system),
    ...measures(new URLSearchParams(window.location.search).get("look") ?? ""),
    list_alerts: (request: Request<"list_alerts">) => alerts.list(request, this.#look),
    get_alert: (request: Request<"get_alert">) => alerts.get(request, this.#look),
    list_alert_events: (request: Request<"list_alert_events">) => alerts.events(request, this.#look),
    list_notices: (request: Request<"list_notices">) => alerts.notices(request, this.#look),
    acknowledge_alerts: (request: Request<"acknowledge_alerts">) => this.#changed(alerts.acknowledge(request)),
    withdraw_acknowledgement: (request: Request<"withdraw_acknowledgement">) => this.#changed(alerts.withdraw(request)),
    get_runbook: ({ name }: Request<"get_runbook">) => runbook(name),
    ...routing.answers(new URLSearchParams(window.location.search).get("look") ?? "", (answer) => this.#changed(answer)),
    ...readiness.answers(new URLSearchParams(window.location.search).get("look") ?? "", () => this.#tell({ kind: "store" }), (...what) => this.#trial(...what)),
    ...smoke.answers(new URLSearchParams(window.location.search).get("look") ?? "", (...what) => this.#trial(...what), () => this.#tell({ kind: "store" })),
    list_jobs: () => this.#jobs,
    get_job: ({ job }: Request<"get_job">) => this.#jobs.find(({ id }) => id === job) ?? missing(`job ${job}`),
    list_roles: () => world.grants,
    list_audit: ({ before }: Request<"list_audit">) => (this.#look === "empty" || before !== undefined ? [] : world.audit),
    verify_audit: () => ({ lines: 64, head: world.digest(64), findings: [] }),
    inspect_file: ({ path }: Request<"inspect_file">) => world.inspection(path),
    check_definition: ({ folder }: Request<"check_definition">) => ({ file: `${folder}/quarterdeck.yaml`, name: "reputation", findings: [], remarks: [] }),
    cancel_query: () => null,
    add_system: ({ path, name }: Request<"add_system">) => ({ ...world.detail("helpdesk")?.system, name: name ?? "helpdesk", folder: null, components: [{ id: "0".repeat(16), name: "helpdesk", path, kind: "sqlite" }] }),
    forget_system: () => null,
    grant_role: ({ who, role }: Request<"grant_role">) => (world.grants.push({ who, role, granted_by: "ada", at: new Date().toISOString() }), null),
    revoke_role: ({ who, role }: Request<"revoke_role">) => (world.grants.splice(world.grants.findIndex((grant) => grant.who === who && grant.role === role), 1), null),
    create_recovery_kit: ({ file }: Request<"create_recovery_kit">) => ({ file, made_at: new Date().toISOString() }),
    plan_backup: ({ system }: Request<"plan_backup">) => this.#backupPlan(system),
    backup_system: ({ system }: Request<"backup_system">) => this.#start(this.#backupJob(system)),
    plan_restore: ({ target, snapshot, destination }: Request<"plan_restore">) => this.#restorePlan(target, snapshot, destination),
    restore_component: ({ target, destination }: Request<"restore_component">) =>
      this.#start(this.#restoreJob(target, this.#environment(target), destination.kind === "in-place" ? "in place" : `to ${destination.path}`, destination)),
    plan_undo: () => this.#restorePlan("shop/orders", world.digest(77), { kind: "in-place" }),
    undo_restore: () => this.#start({ ...this.#restoreJob("shop/orders", "staging", "undone"), operation: "undo_restore" }),
    cancel_job: ({ job }: Request<"cancel_job">) => this.#cancel(job),
  };

  /** Takes three seconds, and says how far it is. */
  async #slowly<T>(ticket: number | undefined, answer: () => T, total = TOTAL, unit: Progress["unit"] = "bytes"): Promise<T> {
    for (let done = 0; done < 10; done += 1) {
      await new Promise((next) => setTimeout(next, 300));
      if (ticket !== undefined) this.#tell({ kind: "query", ticket, progress: { done: Math.floor(total * (done / 10)), total, unit } });
    }
    return answer();
  }

  #environment(target: string): Job["environment"] {
    return world.databases.find(({ system }) => system === target.split("/")[0])?.environment ?? "development";
  }

  #backupPlan(system: string): unknown {
    const own = world.databases.filter((database) => database.system === system);
    return {
      digest: world.digest(9),
      system,
      environment: this.#environment(system),
      steps: [`Hold one moment of ${own.length} databases, 3 ms apart at most`, "Write what is new into the repository, compressed and encrypted", "Read it again and compare"],
      phases: world.BACKUP_PHASES,
      size: own.reduce((sum, { size }) => sum + Number(size ?? 0), 0),
      stall: system === "helpdesk" ? 4_200 : null,
      stall_needs_consent: system === "helpdesk",
      obstacles: [],
      as_of: new Date().toISOString(),
    };
  }

  #restorePlan(target: string, snapshot: string, destination: RestorePlan["destination"]): RestorePlan {
    const [system = "", component] = target.split("/");
    const database = world.databases.find((each) => each.system === system && (component === undefined || each.component === component));
    const chosen = world.snapshots(system).find(({ id }) => id.startsWith(snapshot)) ?? world.snapshots(system)[0];
    const inPlace = destination.kind === "in-place";
    return {
      digest: world.digest(10),
      target,
      environment: this.#environment(target) ?? "development",
      snapshot: chosen?.id ?? snapshot,
      cut_at: chosen?.manifest.cut_at ?? world.before(0),
      destination,
      path: inPlace ? (database?.path ?? "") : destination.path,
      missing: inPlace && system === "archive",
      steps: inPlace
        ? ["Write the image of 22 Nov 13:55 beside the live file, 2.41 GB, and verify it", "Copy the present state into a safety image, kept 30 d for Undo", "Take the write lock and write only the pages that differ, in one transaction", "Compare the live database with the snapshot and write the report"]
        : ["Write the image of 22 Nov 13:55, 2.41 GB", "Verify it: image hash, integrity, rows of 25 tables"],
      phases: inPlace ? world.RESTORE_PHASES : world.RESTORE_PHASES.slice(0, 3),
      comparison: [
        { what: "Schema", snapshot: "version 7", target: "version 7", result: "same", tone: "ok" },
        { what: "Page size", snapshot: "4,096", target: "4,096", result: "same", tone: "ok" },
        { what: "Journal mode", snapshot: "wal", target: "wal", result: "same", tone: "ok" },
      ],
      changes: inPlace ? world.changes : [],
      holders: inPlace ? [{ pid: 4127, command: "reputation-api", does: "writing", then: "goes on in the restored content", tone: "ok" }, { pid: 991, command: "sqlite3", does: "reading", then: "sees the restored content after its transaction", tone: "attention" }] : [],
      loss: inPlace ? 427_000 : null,
      obstacles: [],
      confirm: inPlace ? (component ?? system) : null,
      rto: inPlace ? 3_600_000 : null,
      rpo: inPlace ? 300_000 : null,
      as_of: new Date().toISOString(),
    };
  }

  #backupJob(system: string): Job {
    return this.#job({ title: `Back up ${system}`, target: system, environment: this.#environment(system), phases: world.phases(world.BACKUP_PHASES, 0), report: { sentence: `Snapshot of ${system} taken and read again in 5.9 s`, snapshot: world.snapshots("reputation")[0] } });
  }

  #restoreJob(target: string, environment: Job["environment"], how: string, destination: RestorePlan["destination"] = { kind: "in-place" }): Job {
    const plan = this.#restorePlan(target, "latest", destination);
    const inPlace = destination.kind === "in-place";
    const id = this.#nextId();
    const report: RestoreReport = {
      sentence: `${target} is back at 22 Nov 13:55, in 53 s, losing 7 min`,
      target,
      environment: environment ?? "development",
      snapshot: plan.snapshot,
      cut_at: plan.cut_at,
      destination,
      path: plan.path,
      checks: ["Image hash", "Integrity", "Foreign keys", "Rows of 25 tables"].map((what) => ({ what, result: "equals the manifest", tone: "ok", at: new Date().toISOString() })),
      took: 53_000,
      phases: plan.phases.map(({ name }, i) => ({ name, took: 2_000 + i * 3_100 })),
      pages_written: inPlace ? 11_204 : null,
      pages: 588_379,
      lock_held: inPlace ? 1_900 : null,
      size: 2_410_000_000,
      loss: inPlace ? 427_000 : null,
      rto: plan.rto,
      rpo: plan.rpo,
      undo: inPlace ? { job: id, state_of: new Date().toISOString(), snapshot: world.digest(78), until: new Date(Date.now() + 30 * 86_400_000).toISOString(), used: false } : null,
      evidence: world.digest(12),
    };
    return this.#job({ operation: "restore_component", title: `Restore ${target} ${how}`, target, environment, phases: world.phases(inPlace ? world.RESTORE_PHASES : world.RESTORE_PHASES.slice(0, 3), 0), report });
  }

  #migrationJob(target: string, down: boolean): Job {
    const environment = this.#environment(target) ?? "development";
    return this.#job({ operation: "apply_migrations", title: down ? `Take back 007 of ${target}` : `Apply 008 and 009 of ${target}`, target, environment, phases: world.phases(migrations.phases, 0), report: migrations.report(this.#nextId(), target, down, environment) });
  }

  #trial(operation: string, title: string, system: string, report: unknown): { job: number } {
    return this.#start(this.#job({ operation, title, target: system, environment: this.#environment(system), phases: world.phases(world.DRILL_PHASES.slice(0, 1), 0), report }));
  }

  #nextId(): number {
    return (this.#jobs[0]?.id ?? 0) + 1;
  }

  #job(more: Partial<Job>): Job {
    return { id: this.#nextId(), operation: "backup_system", title: "", target: null, environment: null, state: "queued", phases: [], progress: null, who: "ada", face: "desktop", created_at: new Date().toISOString(), finished_at: null, report: null, fault: null, recovery: null, ...more };
  }

  #start(job: Job): { job: number } {
    const report = job.report;
    this.#jobs = [{ ...job, state: "running", report: null }, ...this.#jobs];
    const timer = setInterval(() => {
      const next = step(this.#jobs.find(({ id }) => id === job.id) ?? job, report);
      this.#jobs = this.#jobs.map((each) => (each.id === job.id ? next : each));
      this.#tell({ kind: "job", id: job.id });
      if (next.finished_at === null) return;
      clearInterval(timer);
      this.#tell({ kind: "store" });
    }, 400);
    return { job: job.id };
  }

  #changed<T>(answer: T): T {
    this.#tell({ kind: "alert" });
    return answer;
  }

  #cancel(id: number): null {
    this.#jobs = this.#jobs.map((job) => (job.id === id ? { ...job, state: "cancelling" } : job));
    this.#tell({ kind: "job", id });
    return null;
  }

  #tell(event: Event): void {
    for (const handler of this.handlers) handler(event);
  }
}

const CLOSED = { gate: "go-live", open: false, sentence: "No-go: error rate 6.8 %, below 1 % expected; 4 more", address: "readiness/reputation" };
const TOTAL = 2_410_000_000;

/** The job a moment later. */
function step(job: Job, report: unknown): Job {
  const now = new Date().toISOString();
  if (job.state === "cancelling") {
    return { ...job, state: "cancelled", finished_at: now, progress: null, fault: { code: "cancelled", message: `${job.title} was cancelled`, hint: "Nothing was changed; start it again when it suits.", class: "cancelled", retry: true } };
  }
  const at = job.phases.findIndex(({ finished_at }) => finished_at === null);
  const progress: Progress = { done: Math.min(TOTAL, Number(job.progress?.done ?? 0) + TOTAL / 24), total: TOTAL, unit: "bytes" };
  const over = Number(progress.done) >= TOTAL;
  const phases = job.phases.map((phase, i) => (i !== at ? phase : { ...phase, started_at: phase.started_at ?? now, finished_at: over ? now : null }));
  if (over && at === job.phases.length - 1) return { ...job, state: "succeeded", phases, progress: null, finished_at: now, report };
  return { ...job, phases, progress: over ? null : progress };
}

function unset(): never {
  throw { code: "no-migrations", message: "No folder of migrations is set", hint: "Name it in quarterdeck.yaml, or choose it.", class: "usage", retry: false } satisfies Fault;
}

function missing(what: string): never {
  throw { code: "not-found", message: `${what} is not known here`, hint: "Look at the list.", class: "usage", retry: false } satisfies Fault;
}
