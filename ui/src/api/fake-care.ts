import type { AffectedSnapshot, DrillList, DrillReport, KeepRules, RepairPlan, RepositoryCheck, RepositoryDetail, RetentionPreview, Schedule, ScheduleList, SchedulePreview, ScheduleRun, ScheduleView, SnapshotVerdict, Unattended } from "./bindings";
import { before, databases, digest, NOW, snapshots } from "./fake-answers";

/** Drills, repositories and retention for looking at pages without an engine. Never bundled: only api/fake.ts imports it. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const environmentOf = (system: string) => databases.find((each) => each.system === system)?.environment ?? "development";

function drill(system: string, i: number): DrillReport {
  const failed = i === 4;
  const unfinished = i === 7;
  const took = 41_000 + ((i * 7_919) % 23) * 1_300;
  const at = before(2 * DAY + i * 30 * DAY);
  const over = failed || unfinished;
  const own = databases.filter((each) => each.system === system);
  return {
    job: 40 - i,
    sentence: failed ? `The drill of ${system} failed: table appeals has 12 rows fewer than the manifest says` : unfinished ? `The drill of ${system} came to no result: the scratch folder has no room` : `Proved restorable from the snapshot of ${new Date(Date.parse(at) - 5 * MINUTE).toISOString().slice(0, 10)}, in ${Math.round(took / 1000)} s, losing at most 5 min`,
    system,
    environment: environmentOf(system),
    component: null,
    snapshot: snapshots(system)[i % 20]?.id ?? digest(40),
    cut_at: new Date(Date.parse(at) - 5 * MINUTE).toISOString(),
    started_at: at,
    outcome: failed ? "failed" : unfinished ? "unfinished" : "passed",
    components: unfinished
      ? []
      : own.map((each, k) => ({
          id: digest(80 + k).slice(0, 16),
          name: each.component,
          outcome: failed && k === 0 ? "failed" : "passed",
          why: failed && k === 0 ? "Table appeals has 48,162 rows, the manifest says 48,174." : null,
          verified: ["Image hash", "Schema", "Rows of 25 tables", "Integrity", "Foreign keys"].map((what, n) => ({ what, result: failed && n === 2 ? "12 rows fewer in appeals" : "equals the manifest", tone: failed && n === 2 ? "critical" : "ok", at })),
          checks: [
            { name: "every appeal has a member", outcome: "passed", result: "0, expected 0", took: 320 },
            { name: "newest message is younger than a day", outcome: "passed", result: "412, expected at most 86,400", took: 48 },
          ],
          times: { fetch: 22_000, verify: 14_000, checks: 368, total: took },
        })),
    times: over ? null : { fetch: 24_000, verify: took - 25_000, checks: 368, total: took },
    measured_rto: over ? null : took,
    measured_rpo: unfinished ? null : 5 * MINUTE + ((i * 31) % 7) * MINUTE * (i === 2 ? 30 : 1),
    age: 5 * MINUTE,
    rto: HOUR,
    rpo: 15 * MINUTE,
    fault: unfinished ? { code: "disk-full", message: "The scratch folder /var/tmp has 1.10 GB free, and the image takes 2.41 GB", hint: "Free 1.31 GB, or name another scratch folder.", class: "failed", retry: true } : null,
    evidence: digest(700 + i),
  };
}

export const drills = (system: string, none: boolean, many = 11): DrillList => ({
  system,
  drills: none || system === "helpdesk" ? [] : Array.from({ length: many }, (_, i) => drill(system, i)),
  rto: system === "shop" ? null : HOUR,
  rpo: system === "shop" ? null : 15 * MINUTE,
  as_of: new Date(NOW).toISOString(),
});

const rotten = (system: string): boolean => system === "memory" || system === "reputation";

function affected(system: string): AffectedSnapshot[] {
  return snapshots(system)
    .filter((_, i) => i >= 3 && i <= 7)
    .map(({ id, manifest }, i) => ({
      id,
      cut_at: manifest.cut_at,
      affected: { reason: "The pack 3fa0c2d1 is damaged: 4 of its 211 pieces are not what their names say.", components: manifest.components.slice(0, 1).map(({ name }) => name), files: ["main.db"], lost: i > 2, found_at: before(HOUR) },
    }));
}

/** Damage of a snapshot, as the list of snapshots carries it. */
export const damageOf = (system: string, id: string) => (rotten(system) ? affected(system).find((each) => each.id === id)?.affected : undefined);

export function check(system: string): RepositoryCheck {
  const bad = rotten(system) ? affected(system) : [];
  const own = databases.filter((each) => each.system === system && each.last_snapshot);
  const all = snapshots(system);
  const sound = all.find(({ id }) => !bad.some((each) => each.id === id));
  return {
    system,
    repository: `/srv/quarterdeck/repository/${system}`,
    tone: bad.length > 0 ? "critical" : "ok",
    sentence: bad.length > 0 ? `${bad.length} of ${all.length} snapshots are damaged, the newest is not among them` : `Nothing is wrong: ${all.length} snapshots, 1.84 GB read again`,
    findings: bad.length > 0 ? [{ tone: "critical", what: "The pack data/3f/3fa0c2d1 is damaged: 4 of its 211 pieces are not what their names say", next: "Read on: five snapshots need them." }] : [],
    affected: bad,
    restorable: own.map((each) => ({ component: each.component, newest: sound ? { id: sound.id, cut_at: sound.manifest.cut_at } : null, sound: all.length - bad.length, of: all.length })),
    steps: bad.length > 0
      ? [
          { what: `Repair the repository: moves the damaged pack aside and saves its 207 sound pieces.`, operation: "repair_repository", command: `quarterdeck repository repair ${system}` },
          { what: `Back up ${system}: where the live database still holds the pages that were lost, the damaged snapshots heal.`, operation: "backup_system", command: `quarterdeck backup ${system}` },
          { what: "Read everything again.", operation: "check_repository", command: `quarterdeck repository check ${system} --read all` },
          { what: "Look at the disk: a pack does not rot by itself. smartctl, the controller's log, the cable.", operation: null, command: null },
        ]
      : [],
    locks: [],
    snapshots: all.length,
    read: 1_840_000_000,
    size: 1_840_000_000,
    yielded: false,
    as_of: before(HOUR),
    took: 42_000,
  };
}

export function repository(system: string, none: boolean): RepositoryDetail {
  const all = none ? [] : snapshots(system);
  const exists = all.length > 0;
  return {
    system,
    path: `/srv/quarterdeck/repository/${system}`,
    exists,
    unavailable: null,
    size: exists ? 1_840_000_000 : 0,
    damaged: rotten(system) ? 4_200_000 : 0,
    free: 182_000_000_000,
    snapshots: all.length,
    affected: exists && rotten(system) ? affected(system).length : 0,
    growth: all.map(({ id, manifest, added }) => ({ snapshot: id, cut_at: manifest.cut_at, added })).reverse(),
    last_check: exists && system !== "archive" ? check(system) : null,
    oldest_read: exists ? before(12 * DAY) : null,
    packs_read: exists ? 214 : 0,
    packs: exists ? 214 : 0,
    keys: exists
      ? [
          { id: digest(91), created_at: before(90 * DAY), made_for: "ada", host: "db-prod-1", current: true },
          { id: digest(92), created_at: before(60 * DAY), made_for: "recovery kit", host: "db-prod-1", current: false },
        ]
      : [],
    kit_at: system === "reputation" ? before(60 * DAY) : null,
    password_file: `/srv/quarterdeck/secrets/${system}.key`,
    locks: system === "shop" ? [{ restic: true, who: "root", host: "db-prod-2", pid: 4127, since: before(3 * HOUR), age: 3 * HOUR, dead: true, next: "Remove it with restic unlock on db-prod-2." }] : [],
    as_of: new Date(NOW).toISOString(),
  };
}

export const repairPlan = (system: string): RepairPlan => ({
  digest: digest(93),
  system,
  environment: environmentOf(system),
  steps: ["Read the damaged pack 3fa0c2d1 and write its 207 sound pieces into a new pack", "Move the damaged pack into quarterdeck/damaged, 4.20 MB", "Write the index anew, so that it names what is there"],
  phases: [],
  files: 1,
  healable: affected(system).slice(0, 3).map(({ id }) => id),
  lost: affected(system).slice(3).map(({ id }) => id),
  obstacles: [],
  as_of: new Date(NOW).toISOString(),
});

/** The rules of every system of the made-up world. */
export const RULES: KeepRules = { last: 10, hourly: 24, daily: 7, weekly: 4, monthly: 12 };

export function preview(system: string, rules: KeepRules | undefined, named: readonly string[], measure: boolean): RetentionPreview {
  const held = rules ?? RULES;
  const all = snapshots(system);
  const verdicts = all.map((snapshot, i): SnapshotVerdict => {
    const { id, manifest, levels } = snapshot;
    const base = { id, cut_at: manifest.cut_at, reason: manifest.reason, label: manifest.label, level: levels.at(-1)?.level ?? null, pin: snapshot.pin };
    if (snapshot.pin) return { ...base, keep: true, because: ["pinned"], words: `pinned by ${snapshot.pin.who}: ${snapshot.pin.reason}` };
    if (manifest.reason === "safety") return { ...base, keep: true, because: ["way-back"], words: "the way back from a restore" };
    if (named.length > 0) return named.includes(id) ? { ...base, keep: false, because: ["named"], words: "named" } : { ...base, keep: true, because: ["not-named"], words: "not named" };
    if (i < (held.last ?? 0)) return { ...base, keep: true, because: ["last"], words: "one of the newest" };
    if (i % 3 === 0) return { ...base, keep: true, because: ["hourly", "daily"], words: "the newest of its hour and of its day" };
    return { ...base, keep: false, because: ["no-rule"], words: "no rule keeps it" };
  });
  const forgotten = verdicts.filter((each) => !each.keep).length;
  return {
    digest: digest(94),
    system,
    environment: environmentOf(system),
    rules: held,
    source: rules ? { kind: "request" } : system === "reputation" ? { kind: "definition", file: "/etc/quarterdeck/reputation/quarterdeck.yaml" } : { kind: "store", who: "ada", at: before(12 * DAY) },
    zone: "Europe/Berlin",
    sentence: named.length > 0 ? `${forgotten} of ${all.length} snapshots of ${system} would be forgotten. Between 22 Nov 13:40 and 22 Nov 13:50 nothing could be restored then: a gap of 10 min. 3.64 MB would be unused then; a prune marks them, and one a day later frees them.` : `${forgotten} of ${all.length} snapshots of ${system} would be forgotten. Kept of ${system}: the last ${held.last ?? 0}, one a day for ${held.daily ?? 0} days; 20 taken before a change (set by ada).${measure ? " 214 MB would be unused then; a prune marks them, and one a day later frees them." : ""}`,
    snapshots: verdicts,
    kept: all.length - forgotten,
    forgotten,
    free: measure ? 214_000_000 : null,
    unreadable: [],
    obstacles: verdicts.filter((each) => each.keep && named.includes(each.id)).map((each) => `Snapshot ${each.id.slice(0, 8)} stays: ${each.words}.`),
    confirm: environmentOf(system) === "production" ? system : null,
    as_of: new Date(NOW).toISOString(),
  };
}

const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString();

function view(system: string, schedule: Schedule, words: string, every: number, more: Partial<ScheduleView> = {}): ScheduleView {
  const run = (i: number): ScheduleRun => ({ due_at: at(-i * every - 1), missed: 0, started_at: at(-i * every - 1), job: 21, outcome: i === 3 ? "failed" : "succeeded", reason: i === 3 ? "The disk was full." : null });
  const recent = [0, 1, 2, 3].map(run);
  return { system, schedule, words, next: schedule.enabled === false ? [] : [0, 1, 2, 3, 4].map((i) => at(1 + i * every)), last: recent[0] ?? null, recent, overdue: null, ...more };
}

/** What was set in this session, by system. */
const set = new Map<string, Schedule[]>();

export function keepSchedules(system: string, schedules: Schedule[]): null {
  set.set(system, schedules);
  return null;
}

export function schedules(system: string, none: boolean): ScheduleList {
  const zone = "Europe/Berlin";
  const kept = set.get(system);
  const own = kept
    ? kept.map((schedule) => view(system, schedule, `${rhythm(schedule.cron)}, ${schedule.zone}`, 24))
    : [
        view(system, { name: "nightly", runs: "backup", cron: "0 2 * * *", zone, enabled: true }, `Every day at 02:00, ${zone}`, 24, system === "memory" ? { overdue: { since: at(-40), late: 40 * HOUR } } : {}),
        view(system, { name: "monthly-drill", runs: "drill", cron: "0 3 1 * *", zone, enabled: true }, `On day 1 of each month at 03:00, ${zone}`, 720, system === "memory" ? { last: null, recent: [], overdue: { since: at(-400), late: 400 * HOUR } } : {}),
        view(system, { name: "care", runs: "maintain", cron: "30 4 * * *", zone, enabled: false }, `Every day at 04:30, ${zone}`, 24),
      ];
  const quiet = none || system === "helpdesk";
  const orphan = system === "memory";
  return {
    system,
    source: system === "reputation" ? "definition" : "store",
    schedules: quiet ? (kept ? own : []) : own,
    scheduler: orphan || quiet ? null : { what: "The agent", who: "ada", pid: 4127, since: at(-60) },
    findings: orphan
      ? [
          { tone: "attention", what: "Nothing runs the schedules: no agent lives, and no window is open", next: "Start the agent: quarterdeck agent --install" },
          { tone: "attention", what: "monthly-drill never ran; it was promised for 1 Nov 03:00", next: "Run it now: quarterdeck schedule memory run monthly-drill" },
        ]
      : [],
    as_of: new Date(NOW).toISOString(),
  };
}

/** Of the made-up world, nobody runs the schedules of memory. */
export const unattended = (): Unattended[] => [{ system: "memory", schedules: 2 }];

const WORDS: Record<string, string> = { "*/5 * * * *": "Every 5 minutes", "0 * * * *": "Every hour", "0 2 * * *": "Every day at 02:00", "0 3 * * SUN": "Every Sunday at 03:00", "0 3 1 * *": "On day 1 of each month at 03:00" };

function rhythm(cron: string): string {
  return WORDS[cron] ?? `At ${cron}`;
}

export function readRhythm(cron: string, zone: string): SchedulePreview {
  if (cron.trim().split(/\s+/).length !== 5) throw { code: "bad-schedule", message: `The rhythm ${cron} has too few fields, at character ${cron.length + 1}.`, hint: "Write minute, hour, day of the month, month, day of the week.", class: "usage", retry: false };
  if (!zone.includes("/") && zone !== "UTC") throw { code: "unknown-zone", message: `The time zone ${zone} is not known.`, hint: "Write one such as Europe/Berlin.", class: "usage", retry: false };
  return { words: `${rhythm(cron)}, ${zone}`, next: [0, 1, 2, 3, 4].map((i) => at(1 + i * 24)) };
}
