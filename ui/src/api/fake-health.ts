import type { Change, CollectorList, CollectorStatus, Completions, Dashboard, DashboardList, Fault, HappeningList, Health, HealthCheck, HealthReport, InstantAnswer, Panel, PanelUnit, RangeAnswer, SystemHealth, Tone } from "./bindings";
import type { Request } from "./client";
import { before, NOW } from "./fake-answers";

/** What a made-up engine says of health, for looking at pages without an engine. Looks: `empty` (nothing measured yet), `calm` (all well), `many` (100,000 samples). */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** When the made-up slowdown began. */
const SLOW = NOW - 19 * MINUTE;
const GAP = { from: NOW - 222 * MINUTE, until: NOW - 208 * MINUTE };

type Made = [what: string, tone: Tone, sentence: string, since?: number, next?: string];

const REPUTATION: Made[] = [
  ["Appeal error rate", "critical", "6.8 % of 1 % promised, alert above 5 %", SLOW - NOW, `dashboards/reputation/overview?panel=1&from=${SLOW - 40 * MINUTE}&until=${NOW}`],
  ["Appeal review", "attention", "31 ms p99 of 25 ms promised", SLOW - NOW, `dashboards/reputation/overview?panel=2&from=${SLOW - 40 * MINUTE}&until=${NOW}`],
  ["Prediction service", "unknown", "Refused since 13:10: connection refused by 127.0.0.1:9188", -52 * MINUTE, "health/reputation?tab=collectors"],
  ["main answers", "ok", "Asked in 0.4 ms, WAL 34 MB of 128 MB"],
  ["Integrity of main", "ok", "Checked 2 h ago: nothing found"],
  ["Backup of main", "ok", "Newest snapshot is 2 min old, 5 min promised"],
  ["Proof of main", "ok", "Restored 20 Nov 02:14 in 41 s of 1 h promised"],
  ["Repository", "ok", "Reachable, 412 GB free on its disk"],
  ["Migrations of main", "attention", "2 are pending", -3 * HOUR, "migrations/reputation"],
  ["Message send", "ok", "4.1 ms p99 of 10 ms promised"],
];
const MACHINE: Made[] = [
  ["Disk /srv", "ok", "38 % free, full in 64 d at the present pace"],
  ["Memory", "ok", "5.1 GB of 16 GB available"],
  ["Agent", "ok", "Ran 15 s ago, process 4711"],
];

function check([what, tone, sentence, since, next]: Made, system: string | null, i: number): HealthCheck {
  return { key: `${system ?? "machine"}/${what}`, system, what, tone, sentence, since: since === undefined ? null : before(-since), as_of: before(15_000), next: next ?? null, took: 3 + i * 7 };
}

function line(system: string, environment: SystemHealth["environment"], tone: Tone, sentence: string, made: Made[], changes: Change[] = []): SystemHealth {
  const checks = made.map((each, i) => check(each, system, i));
  return { system, environment, tone, sentence, since: tone === "ok" ? null : before(NOW - SLOW), passed: checks.filter((each) => each.tone === "ok").length, checks, changes, as_of: before(15_000) };
}

const at = (moment: number): string => new Date(moment).toISOString();

const CHANGES: Change[] = [
  { at: at(SLOW + MINUTE), what: "Appeal error rate went from 0.4 % to 6.8 %", kind: "moved", next: `dashboards/reputation/overview?panel=1&from=${SLOW - 40 * MINUTE}&until=${NOW}` },
  { at: at(SLOW), what: "Appeal review p99 went from 16 ms to 31 ms", kind: "moved", next: `dashboards/reputation/overview?panel=2&from=${SLOW - 40 * MINUTE}&until=${NOW}` },
  { at: at(SLOW - MINUTE), what: "Migration 007 was applied to reputation/main", kind: "happened", next: "job/4102" },
  { at: at(GAP.from), what: "Nothing was measured for 14 min: the agent did not run", kind: "gap", next: null },
];

export function health(look: string, system?: string): Health {
  const nothing = look === "empty" || look === "none";
  const calm = look === "calm";
  const well: Made[] = REPUTATION.slice(3, 8);
  const systems = [
    calm ? line("reputation", "production", "ok", "Healthy since 20 Nov 04:10: 5 of 5 checks pass.", well) : line("reputation", "production", "critical", "Not healthy since 13:42: appeal error rate is 6.8 %, 1 % was promised; and 3 more.", REPUTATION, CHANGES),
    line("memory", "production", calm ? "ok" : "attention", calm ? "Healthy: 3 of 3 checks pass." : "Backup overdue since 21 Nov 22:00: newest snapshot is 1 d 16 h old, 1 h promised.", calm ? well.slice(0, 3) : [["Backup of main", "attention", "Newest snapshot is 1 d 16 h old, 1 h promised", -39 * HOUR, "snapshots/memory"], ...well.slice(0, 2)]),
    line("helpdesk", "development", "unknown", "Not measured yet: helpdesk was added 2 min ago.", []),
    line("shop", "staging", "ok", "Healthy since 19 Nov 11:02: 5 of 5 checks pass.", well),
  ].filter((each) => system === undefined || each.system === system);
  return {
    systems: nothing && system === undefined ? [] : nothing ? systems.map((each) => ({ ...each, tone: "unknown", sentence: "Not measured yet.", checks: [], changes: [], since: null, as_of: null, passed: 0 })) : systems,
    machine: { ...line("db-prod-1", "production", nothing ? "unknown" : "ok", nothing ? "Not measured yet." : "db-prod-1 is well: 38 % of /srv free, 5.1 GB memory available.", nothing ? [] : MACHINE), checks: (nothing ? [] : MACHINE).map((each, i) => check(each, null, i)) },
    collecting: nothing
      ? { tone: "unknown", sentence: "Nothing has been measured yet. The agent measures from its start.", by: null, last_tick: null, notices: [] }
      : { tone: "ok", sentence: "The agent measures 48 things every 15 s.", by: "agent 4711", last_tick: before(9_000), notices: [{ at: at(GAP.until), tone: "unknown", sentence: "The agent did not run for 14 min: nothing was measured." }] },
    as_of: before(9_000),
  };
}

export function report(look: string, system?: string): HealthReport {
  const known = health(look, system);
  const checks = [...known.systems.flatMap(({ checks: own }) => own), ...known.machine.checks];
  const failed = checks.filter(({ tone }) => tone !== "ok");
  const verdict = failed.length === 0 ? `All ${checks.length} checks pass.` : `Not healthy: ${failed.length} of ${checks.length} checks do not pass. Appeal error rate of reputation is 6.8 %, 1 % was promised.`;
  return { tone: failed.length === 0 ? "ok" : "critical", verdict, checks, changes: failed.length === 0 ? [] : CHANGES, began: before(4_000), took: 4_120, text: [verdict, ...checks.map((each) => `${each.tone.padEnd(9)} ${each.what}: ${each.sentence}`)].join("\n") };
}

/** How many checks a walk makes: its progress counts them. */
export const WALK = REPUTATION.length + MACHINE.length;

function panel(title: string, unit: PanelUnit, queries: [string, string?][], more: Partial<Panel> = {}): Panel {
  return { title, kind: "lines", unit, queries: queries.map(([query, legend]) => ({ query, legend: legend ?? null })), thresholds: [], least: null, most: null, wide: false, about: null, ...more };
}

const limit = (value: number, name: string, tone: Tone = "attention") => ({ value, tone, name, above: true });

const PANELS: Panel[] = [
  panel("Appeals submitted", "per-minute", [["sum(rate(appeals_submitted_total[5m])) * 60"]], { kind: "area", thresholds: [limit(100, "100 /min")] }),
  panel("Appeal error rate", "ratio", [["sum(rate(appeal_errors_total[5m])) / sum(rate(appeals_submitted_total[5m]))"]], { thresholds: [limit(0.05, "5 %", "critical"), limit(0.01, "1 %")] }),
  panel("Appeal review", "seconds", [["review 0.5", "p50"], ["review 0.95", "p95"], ["review 0.99", "p99"]], { thresholds: [limit(0.025, "25 ms")], about: "Time from asking to answering one review. Look at statements of main first." }),
  panel("Message send", "seconds", [["send 0.99", "p99"]], { thresholds: [limit(0.01, "10 ms")] }),
  panel("Connections in use", "number", [["db_connections_in_use"]], { kind: "area", thresholds: [limit(16, "16")], most: 20 }),
  panel("WAL size", "bytes", [["sqlite_wal_bytes", "{{component}}"]], { thresholds: [limit(128e6, "128 MB")] }),
  panel("Prediction latency", "seconds", [["prediction 0.95"]], { thresholds: [limit(0.1, "100 ms")] }),
  panel("Disk free, db-prod-1", "ratio", [["node_filesystem_avail_bytes / node_filesystem_size_bytes"]], { kind: "area", thresholds: [{ ...limit(0.1, "10 %", "critical"), above: false }], most: 0.6 }),
];
const INFRASTRUCTURE: Panel[] = [
  panel("Processor", "ratio", ["user", "system", "iowait", "steal"].map((mode) => [`cpu ${mode}`, mode]), { kind: "stack", wide: true }),
  panel("Requests by route", "per-second", ["/appeals", "/reviews", "/messages", "/login", "/health", "/metrics"].map((route) => [`requests ${route}`, route])),
  panel("Snapshots", "number", [["backup_snapshots"]], { kind: "figure" }),
  panel("Errors by kind", "per-minute", [["errors bars"]], { kind: "bars" }),
  panel("Newest values", "bytes", [["sqlite_file_bytes table", "{{component}}"]], { kind: "table" }),
];

export function dashboards(look: string, system?: string): DashboardList {
  const all = [["overview", "Overview", 8], ["appeals", "Appeals", 8], ["negotiation", "Negotiation", 6], ["infrastructure", "Infrastructure", 5]] as const;
  const known = system === "shop" || look === "none" || look === "empty" ? [] : all;
  return { dashboards: known.map(([name, title, panels], i) => ({ system: system ?? "reputation", name, title, panels, findings: i === 2 ? 1 : 0 })), as_of: before(0) };
}

export function dashboard(system: string, name: string): Dashboard {
  const findings = name === "negotiation" ? [{ file: `/etc/quarterdeck/${system}/dashboards/negotiation.yml`, line: 14, column: 12, message: "panels[3].queries[0].query: unexpected end of input", hint: "Close the bracket." }] : [];
  return { system, name, title: name === "infrastructure" ? "Infrastructure" : name === "appeals" ? "Appeals" : name === "negotiation" ? "Negotiation" : "Overview", span: 6 * HOUR, panels: name === "infrastructure" ? INFRASTRUCTURE : name === "negotiation" ? PANELS.slice(0, 3) : PANELS, findings, as_of: before(0) };
}

/** A number between 0 and 1 that is always the same for the same two. */
function noise(seed: number, i: number): number {
  const x = Math.sin(seed * 127.1 + i * 311.7) * 43_758.5453;
  return x - Math.floor(x);
}

const wave = (seed: number, moment: number): number => 0.5 + 0.2 * Math.sin(moment / 2.1e6 + seed) + 0.16 * Math.sin(moment / 6.3e5 + seed * 2) + 0.22 * (noise(seed, Math.floor(moment / 15_000)) - 0.5);

/** The value of a made-up series. */
function value(query: string, moment: number, look: string): number | null {
  if (moment > GAP.from && moment < GAP.until) return null;
  const slow = look !== "calm" && moment > SLOW ? Math.min(1, (moment - SLOW) / (4 * MINUTE)) : 0;
  const seed = [...query].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const up = wave(seed, moment);
  const [, share] = /^(?:review|send|prediction) (0\.\d+)/.exec(query) ?? [];
  if (query.startsWith("prediction") && moment > NOW - 52 * MINUTE && look !== "calm") return null;
  if (query.startsWith("review")) return (share === "0.99" ? 0.012 : share === "0.95" ? 0.009 : 0.005) + up * 0.006 + slow * (share === "0.99" ? 0.018 : share === "0.95" ? 0.008 : 0.003);
  if (query.startsWith("send")) return 0.003 + up * 0.002;
  if (query.startsWith("prediction")) return 0.03 + up * 0.016;
  if (query.includes("error") && query.includes("/")) return 0.001 + up * 0.005 + slow * 0.062;
  if (query.startsWith("cpu")) return (query.endsWith("user") ? 0.3 : query.endsWith("system") ? 0.1 : 0.04) * up * 1.6;
  if (query.includes("wal")) return 2e6 + ((moment / 1000 / 2_400) % 1) * 62e6 + slow * 40e6;
  if (query.includes("filesystem")) return 0.385 - (moment - NOW) * 4e-13 + 0.001 * up;
  if (query.includes("file_bytes")) return 2.41e9 + (moment - NOW) / 90;
  if (query.includes("connections")) return Math.round(5 + up * 6 + slow * 6);
  if (query.includes("snapshots")) return 288;
  return (query.includes("appeals_submitted") ? 26 : 12) + up * 18;
}

export function range({ query, from, until, legend, points }: Request<"query_range">, look: string): RangeAnswer {
  if (query.includes("!!") || query.trim() === "") throw badQuery(query);
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  const most = look === "many" ? 4_000 : Math.min(points ?? 1_500, 1_500);
  const step = Math.max(15_000, Math.ceil((end - begin) / most / 1000) * 1000);
  const moments: number[] = [];
  for (let moment = Math.ceil(begin / step) * step; moment <= Math.min(end, NOW); moment += step) moments.push(moment);
  const empty = look === "empty" || look === "none" || query.includes("nothing");
  const labels: Record<string, string>[] = query.includes("sqlite_probe") ? ["reputation", "memory", "shop"].map((system) => ({ system, component: "main" })) : query.startsWith("errors") || query.startsWith("up") ? [{ job: "scrape" }, { job: "probe" }] : [{ component: "main" }];
  const shown = empty ? [] : labels;
  return {
    span: { from, until },
    step,
    moments: empty ? [] : moments,
    series: shown.map((each, i) => ({ labels: { __name__: query.split(/[ ({]/)[0] ?? "", system: "reputation", ...each }, legend: legend?.replace("{{component}}", "main") ?? Object.entries(each).map(([name, word]) => `${name}=${word}`).join(", "), values: moments.map((moment) => value(`${query}${i || ""}`, moment, look)) })),
    found: shown.length,
    thinned: step > 15_000,
    gaps: [{ span: { from: at(GAP.from), until: at(GAP.until) }, reason: "the agent did not run" }].filter(({ span }) => Date.parse(span.until) > begin && Date.parse(span.from) < end),
    notes: query.includes("rate(db_") ? [{ grave: true, message: "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"db_connections_in_use\"", line: 1, column: 6 }] : [],
    as_of: before(9_000),
  };
}

/** The raw form of an answer, as the engine sends it. */
export function rawForm({ moments, series, ...head }: RangeAnswer): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify({ ...head, series: series.map((each) => ({ labels: each.labels, legend: each.legend })) }));
  const begin = Math.ceil((8 + text.length) / 8) * 8;
  const raw = new ArrayBuffer(begin + 8 * moments.length * (1 + series.length));
  const view = new DataView(raw);
  new Uint8Array(raw).set(new TextEncoder().encode("QDF1"));
  view.setUint32(4, text.length, true);
  new Uint8Array(raw).set(text, 8);
  [moments, ...series.map(({ values }) => values)].flat().forEach((value, i) => {
    if (typeof value === "number") return view.setFloat64(begin + 8 * i, value, true);
    view.setUint32(begin + 8 * i, 1, true);
    view.setUint32(begin + 8 * i + 4, 0x7ff4_dead, true);
  });
  return raw;
}

export function instant({ query }: Request<"query_instant">, look: string): InstantAnswer {
  if (query.includes("!!") || query.trim() === "") throw badQuery(query);
  const lines = look === "empty" ? [] : ["main", "orders", "audit"].map((component, i) => ({ labels: { __name__: "sqlite_file_bytes", system: "reputation", component }, value: 2.41e9 / (i * 3 + 1), samples: [] }));
  return { kind: "vector", lines, text: null, notes: [], at: before(0), as_of: before(9_000) };
}

function badQuery(query: string): Fault {
  const column = Math.max(1, query.indexOf("!!") + 1);
  return { code: "bad-query", message: "The query cannot be evaluated: unexpected character: '!'", hint: "Look at the place that is marked.", facts: { line: 1, column, length: 2, snippet: `${query}\n${" ".repeat(column - 1)}^^` }, class: "usage", retry: false };
}

export function happenings({ from, until }: Request<"list_happenings">, look: string): HappeningList {
  const all = look === "empty" ? [] : ([["drill", NOW - 292 * MINUTE, "Drill of reputation/main"], ["backup", NOW - 182 * MINUTE, "Backup of reputation"], ["migration", SLOW - MINUTE, "Migration 007 of reputation/main"], ["restore", NOW - 5 * MINUTE, "Restore of reputation/main to a new file"]] as const).map(([kind, moment, what]) => ({ at: at(moment), until: at(moment + 40_000), kind, what, job: 4102, system: "reputation" }));
  return { happenings: all.filter((each) => each.at >= from && each.at <= until), as_of: before(0) };
}

export function collectors(look: string, system?: string): CollectorList {
  const made = (kind: string, about: string, tone: Tone, sentence: string, more: Partial<CollectorStatus> = {}): CollectorStatus => ({ key: `${system ?? "reputation"}/${kind}/${about}`, kind, about, system: system ?? "reputation", component: kind === "sqlite" ? "main" : null, tone, sentence, every: 15_000, limit: 5_000, last: before(9_000), since: before(2 * HOUR), took: 12, series: 48, failures: 0, fault: null, remarks: [], ...more });
  const nothing = look === "empty" || look === "none";
  return {
    collectors: nothing ? [] : [
      made("scrape", "http://127.0.0.1:9188/metrics", "critical", "Refused since 13:10: connection refused.", { failures: 208, series: 0, took: 1, since: before(52 * MINUTE), fault: { code: "connection-refused", message: "127.0.0.1:9188 refused the connection", hint: "Start the service, or mend its address in quarterdeck.yaml.", class: "failed", retry: true } }),
      made("probe", "http://127.0.0.1:9188/health", "attention", "Hanging since 13:58: no answer within 10 s.", { failures: 3, every: 30_000, limit: 10_000 }),
      made("sqlite", "/srv/reputation/main.db", "ok", "Measured 14:01:45 in 12 ms, 48 series.", { remarks: ["table events was not counted: over 2 s"] }),
      made("log", "logs/service.log", "ok", "Measured 14:01:45 in 1 ms, 5 series.", { series: 5, took: 1 }),
      made("backup", "reputation", "ok", "Measured 14:00:00 in 30 ms, 14 series.", { every: 300_000, series: 14, took: 30 }),
      made("host", "db-prod-1", "ok", "Measured 14:01:45 in 4 ms, 112 series.", { system: null, series: 112, took: 4 }),
    ],
    collecting: health(look).collecting,
    series: { bytes: 61_400_000, series: 1_042, oldest: before(9 * 24 * HOUR), newest: before(9_000), policy: "Every sample for 8 d, five minutes for 90 d, an hour for 5 y." },
    settings: { textfile: null, raw_days: 8, most_bytes: 2_147_483_648 },
    as_of: before(9_000),
  };
}

export function complete({ query, cursor }: Request<"complete_query">): Completions {
  const from = cursor - (/[\w:]*$/.exec(query.slice(0, cursor))?.[0].length ?? 0);
  const start = query.slice(from, cursor);
  const words = ([["rate", "function", "per second, of a counter"], ["sum", "aggregation", ""], ["sqlite_wal_bytes", "metric", "size of the write-ahead log"], ["sqlite_file_bytes", "metric", "size of the file"], ["appeals_submitted_total", "metric", ""], ["appeal_errors_total", "metric", ""], ["avg_over_time", "function", "mean over a range"]] as const).map(([word, kind, about]) => ({ word, kind, about }));
  return { from, until: cursor, words: words.filter(({ word }) => start !== "" && word.includes(start)) };
}
