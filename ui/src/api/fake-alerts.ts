import type { AlertDetail, AlertEvent, AlertEventKind, AlertList, AlertNotice, AlertRow, AlertSeverity, AlertState, Environment, Fault, NoticeReason, NoticeState, Rung } from "./bindings";
import type { Request } from "./client";
import { before, NOW } from "./fake-answers";
import { runbook } from "./fake-runbooks";

/**
 * What a made-up engine says of alerts. Looks: `empty` (no rule was evaluated yet), `calm` (nothing fires), `many` (10,000 alerts), `hostile` (texts
 * from outside that want to be more than text), `stale` (the agent has not run).
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REPUTATION = "reputation";

type Made = [name: string, severity: AlertSeverity, state: AlertState, target: string, since: number, summary: string, more?: Partial<AlertRow>];

const MADE: Made[] = [
  ["AppealErrorRateHigh", "critical", "firing", "reputation-api", 18 * MINUTE, "6.8 % of appeal requests fail, limit 5 %", { value: 0.068, told: "Slack #reputation-incidents, 13:44", next: "platform lead in 1 min 52 s", next_at: before(-112_000) }],
  ["HostNotReached", "critical", "firing", "db-prod-2", 42 * MINUTE, "db-prod-2 does not answer: connection timed out", { system: null, environment: null, value: 0, told: "PagerDuty, 13:20: refused, 403", untold: true, next: "platform lead in 3 min", next_at: before(-3 * MINUTE), flapping: "7 times in 30 min" }],
  ["SnapshotOverdue", "critical", "stale", "audit.db", 42 * MINUTE, "Not known since the host is not reached", { system: "archive", detail: "as of 13:20", as_of: before(42 * MINUTE) }],
  ["SnapshotOverdue", "critical", "acknowledged", "memory.db", 39 * HOUR, "Last snapshot 20 Nov 22:00, one an hour promised", { system: "memory", detail: "by ada until 15:00", owner: "ada", told: "E-mail DBA on call, 21 Nov 23:10", next: "asks again 15:00", next_at: before(-58 * MINUTE), value: 140_400 }],
  ["ReviewLatencyHigh", "warning", "firing", "reputation-api", 15 * MINUTE, "p99 is 31 ms, limit 25 ms for 5 min", { value: 0.031, told: "Slack #reputation-incidents, 13:47", next: "DBA on call in 15 min", next_at: before(-15 * MINUTE) }],
  ["NotificationQueueGrowing", "warning", "pending", "reputation.db", 3 * MINUTE, "9,111 queued, limit 5,000 for 5 min", { detail: "2 min left", value: 9_111, next: "fires in 2 min", next_at: before(-2 * MINUTE) }],
  ["CheckpointSlow", "warning", "pending", "reputation.db", MINUTE, "WAL not reset for 11 min, limit 10 min", { detail: "4 min left", value: 660, next: "fires in 4 min", next_at: before(-4 * MINUTE) }],
  ["PredictionAccuracyLow", "warning", "no-data", "reputation.db", 4 * DAY, "Cannot fire: ml_prediction_accuracy was never seen", { detail: "never seen: ml_prediction_accuracy" }],
  ["DeliveryRatioLow", "warning", "error", "reputation-api", 2 * DAY, "Cannot fire: many-to-many match, line 41", { detail: "many-to-many match" }],
  ["DrillOverdue", "warning", "acknowledged", "notifications.db", 7 * DAY, "Last drill 15 Oct 02:09, one a month promised", { detail: "by grace until it clears", owner: "grace", told: "E-mail DBA on call, 15 Nov 09:00" }],
  ["ApprovalRateDrop", "warning", "inhibited", "reputation-api", 12 * MINUTE, "12 % approved, 40 % an hour ago", { detail: "by AppealErrorRateHigh", value: 0.12 }],
  ["PragmaDrift", "warning", "silenced", "sessions.db", 3 * DAY, "journal_mode is DELETE, declared WAL", { system: "shop", detail: "until 23 Nov 08:00" }],
  ["DiskSpaceLow", "warning", "resolved", "db-prod-1", 64 * MINUTE, "Was 9 % free, 38 % after archive run", { system: null, environment: null, active: null, detail: "after 6 min", owner: "ada", told: "E-mail DBA on call, 12:58" }],
  ["MigrationsPending", "low", "firing", "reputation.db", 2 * DAY, "2 migrations wait since 20 Nov", { value: 2, told: "desktop, 20 Nov 09:12" }],
  ["CertificateExpires", "low", "pending", "reputation-api", DAY, "31 d left, told below 30 d", { detail: "1 d left", value: 31, next: "fires 23 Nov" }],
  ["SnapshotGrew", "low", "muted", "reputation.db", 20 * MINUTE, "6.2 MB added, usual 2 MB", { detail: "by out-of-hours until 23 Nov 08:00", value: 6.2e6 }],
];

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  "line one\nline two\u0007\u001b[31m red \u202egnp.exe",
  `</td><script>document.title="owned"</script>${"long ".repeat(4_000)}`,
  "x".repeat(1_000_000),
];

const HOMES: Record<string, Environment> = { shop: "staging", helpdesk: "development" };

function rowOf([name, severity, state, target, since, summary, more = {}]: Made, i: number): AlertRow {
  const system = more.system === undefined ? REPUTATION : more.system;
  const file = system === null ? "quarterdeck/machine.yml" : `${system}/appeals.yml`;
  const judged = !["no-data", "error", "stale"].includes(state);
  return {
    id: judged ? (0xa1e70000 + i).toString(16).padStart(16, "0") : `${file}/${severity}/${name}`,
    name,
    rule: `${file}/${severity}/${name}`,
    state,
    detail: null,
    severity,
    summary,
    system,
    environment: system === null ? null : (HOMES[system] ?? "production"),
    target,
    since: before(since),
    active: before(since),
    value: null,
    owner: null,
    told: null,
    untold: false,
    next: null,
    next_at: null,
    flapping: null,
    as_of: before(9_000),
    labels: { alertname: name, severity: severity === "low" ? "info" : severity, ...(system === null ? { instance: target } : { system, component: target.replace(/\.db$/, ""), environment: HOMES[system] ?? "production" }) },
    ...more,
  };
}

function many(): AlertRow[] {
  return Array.from({ length: 10_000 }, (_, i) => {
    const [name, severity, state, , , summary, more = {}] = MADE[i % MADE.length] as Made;
    return { ...rowOf([name, severity, state, `node-${i}`, (i % 4_000) * MINUTE + i * 37, `${summary} (${i})`, more], i), id: i.toString(16).padStart(16, "0") };
  });
}

function hostile(): AlertRow[] {
  return HOSTILE.map((text, i) => ({ ...rowOf([text, "critical", "firing", text, i * MINUTE, text, { owner: i % 2 ? text : null, told: text, next: text, detail: text, flapping: text }], 900 + i), labels: { alertname: text, system: text, odd: text } }));
}

let rows: AlertRow[] | undefined;

function known(look: string): AlertRow[] {
  rows ??= look === "many" ? many() : look === "empty" || look === "none" || look === "calm" ? [] : [...MADE.map(rowOf), ...(look === "hostile" ? hostile() : [])];
  return rows;
}

export function list({ system, states }: Request<"list_alerts">, look: string): AlertList {
  const all = known(look).filter((row) => system === undefined || row.system === system);
  const counts = [...new Set(all.map(({ state }) => state))].map((state) => ({ state, count: all.filter((row) => row.state === state).length }));
  const never = look === "empty" || look === "none";
  const stale = look === "stale";
  return {
    alerts: all.filter((row) => states.length === 0 || states.includes(row.state)).map((row) => (stale ? { ...row, as_of: before(42 * MINUTE) } : row)),
    counts,
    ...(never ? {} : { evaluated: stale ? before(42 * MINUTE) : new Date().toISOString() }),
    sentence: never ? "No rule was evaluated yet: the agent has not run." : stale ? "No rule was evaluated for 42 min: the agent has not run." : "The agent evaluates 84 rules every 15 s.",
    silences: never ? 0 : 2,
    as_of: new Date().toISOString(),
  };
}

export function notice(id: number, at: number, channel: string, to: string, state: NoticeState, answer: string, more: Partial<AlertNotice> = {}): AlertNotice {
  return { id, at: before(at), router: REPUTATION, receiver: "dba-on-call", channel, to, reason: "first" as NoticeReason, state, attempts: state === "again" ? 2 : 1, answer, ended: state === "again" || state === "queued" ? null : before(at - 400), again: state === "again" ? before(-30_000) : null, title: "[FIRING:1] AppealErrorRateHigh reputation", alerts: [{ id: (0xa1e70000).toString(16).padStart(16, "0"), name: "AppealErrorRateHigh" }], count: 1, ...more };
}

export const NOTICES: AlertNotice[] = [
  notice(9, 2 * MINUTE, "webhook", "hooks.example.com", "again", "429, again 14:02:10", { reason: "changed" }),
  notice(8, 17 * MINUTE, "email", "dba@example.com", "sent", "250 queued as 4F2A"),
  notice(7, 18 * MINUTE, "email", "dba@example.com", "failed", "451 try again later", { reason: "escalation", attempts: 9 }),
  notice(6, 18 * MINUTE, "pagerduty", "reputation", "sent", "202"),
  notice(5, 18 * MINUTE, "slack", "#reputation-incidents", "sent", "200"),
  notice(4, 18 * MINUTE, "desktop", "this desktop", "sent", "shown"),
];

export function event(at: number, row: AlertRow, kind: AlertEventKind, sentence: string, by: string | null = null): AlertEvent {
  return { at: before(at), alert: { id: row.id, name: row.name }, system: row.system, severity: row.severity, kind, sentence, by, value: row.value };
}

const rung = (level: number, who: string, at: number, told = false, outcome: string | null = null): Rung => ({ level, who, at: before(at), told: told ? before(at) : null, outcome });

function ladder(row: AlertRow): Rung[] {
  if (row.severity === "low" || !["firing", "acknowledged"].includes(row.state)) return [];
  const stopped = row.state === "acknowledged" ? "stopped: acknowledged" : null;
  return [rung(1, "DBA on call", 18 * MINUTE, true, row.untold ? "failed: refused, 403" : "sent"), rung(2, "Platform lead", -112_000, false, stopped), rung(3, "Incident lead", -22 * MINUTE, false, stopped)];
}

export function get({ id }: Request<"get_alert">, look: string): AlertDetail {
  const row = known(look).find((each) => each.id === id || each.rule === id);
  if (!row) throw { code: "not-found", message: `The alert ${id.slice(0, 60)} is not known here`, hint: "Look at the history.", class: "usage", retry: false } satisfies Fault;
  const fires = row.state === "firing" || row.state === "acknowledged";
  const wild = HOSTILE.includes(row.name) ? row.name : undefined;
  const begun = Date.parse(row.since);
  return {
    row: look === "stale" ? { ...row, as_of: before(42 * MINUTE) } : row,
    annotations: { summary: row.summary, description: wild ?? `More than 5 % of appeal requests failed for two minutes.\nThe newest bulk change is the first place to look.`, impact: "Appeals are not filed." },
    expression: wild ?? 'sum(rate(appeal_requests_total{code="5xx"}[5m]))\n  / sum(rate(appeal_requests_total[5m])) > 0.05',
    measured: row.state === "error" ? null : 'sum(rate(appeal_errors_total{code="5xx"}[5m])) / sum(rate(appeal_requests_total[5m]))',
    limit: row.state === "error" ? null : { sign: ">", value: 0.05 },
    hold: 120_000,
    place: "appeals.yml:12",
    firings: [{ from: before(200 * MINUTE), until: before(190 * MINUTE) }, ...(fires ? [{ from: new Date(Math.max(begun, NOW - 6 * HOUR)).toISOString(), until: before(0) }] : [])],
    history: fires
      ? [event(18 * MINUTE, row, "firing", "fires: 6.8 %, limit 5 %"), event(20 * MINUTE, row, "pending", "holds: 5.2 %, limit 5 %"), event(8 * DAY, row, "resolved", "resolved after 4 min: 0.4 %"), event(8 * DAY + 4 * MINUTE, row, "firing", "fires: 7.1 %, limit 5 %"), event(20 * DAY, row, "resolved", "resolved after 6 min"), event(20 * DAY + 6 * MINUTE, row, "firing", "fires: 9.4 %, limit 5 %")]
      : [event(60 * MINUTE, row, row.state === "resolved" ? "resolved" : "rule", row.summary)],
    notices: fires ? NOTICES : [],
    ladder: ladder(row),
    acknowledgement: row.state === "acknowledged" ? { by: row.owner ?? "ada", at: before(3 * HOUR), note: "The repository disk is being replaced", until: row.detail?.includes("15:00") ? before(-58 * MINUTE) : null } : null,
    silences: row.state === "silenced" ? [{ id: "51le4ce000000001", maintenance: false, by: "grace", reason: "WAL comes with the release on Monday", until: before(-18 * HOUR) }] : [],
    inhibited_by: row.state === "inhibited" ? [{ id: (0xa1e70000).toString(16).padStart(16, "0"), name: "AppealErrorRateHigh" }] : [],
    inhibits: row.name === "AppealErrorRateHigh" ? [{ id: (0xa1e70000 + 10).toString(16).padStart(16, "0"), name: "ApprovalRateDrop" }] : [],
    runbook: row.severity === "low" ? null : runbook(wild === undefined ? "appeal-errors" : "hostile"),
    links: [{ title: "Dashboard of the appeals team", address: "https://grafana.example.com/d/appeals", runbook: null }],
    as_of: before(0),
  };
}

export function acknowledge({ ids, until }: Request<"acknowledge_alerts">): null {
  rows = (rows ?? []).map((row) => (ids.includes(row.id) ? { ...row, state: "acknowledged", owner: "ada", detail: until === undefined ? "by ada until it clears" : "by ada for a while", next: null, next_at: null } : row));
  return null;
}

export function withdraw({ id }: Request<"withdraw_acknowledgement">): null {
  rows = (rows ?? []).map((row) => (row.id === id ? { ...row, state: "firing", owner: null, detail: null } : row));
  return null;
}

export function events({ text = "", before: page }: Request<"list_alert_events">, look: string): { events: AlertEvent[]; next?: number; as_of: string } {
  const kinds: [AlertEventKind, string, string | null][] = [["firing", "fires: 6.8 %, limit 5 %", null], ["acknowledged", "acknowledged by ada: on it", "ada"], ["escalated", "platform lead was told", null], ["resolved", "resolved after 18 min", null], ["rule", "no data: ml_prediction_accuracy was never seen", null], ["flapping", "flaps: 7 times in 30 min", null], ["withdrawn", "held for 1 min of 5 min", null]];
  const all = known(look).slice(0, 400).flatMap((row, i) => kinds.map(([kind, sentence, by], j) => event((page === undefined ? 0 : 7 * DAY) + i * 40 * MINUTE + j * 3 * MINUTE, row, kind, sentence, by)));
  const found = all.filter((each) => `${each.alert.name} ${each.sentence} ${each.by ?? ""}`.toLowerCase().includes(text.toLowerCase())).sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, 500);
  return { events: found, ...(page === undefined && found.length > 60 ? { next: 4_711 } : {}), as_of: before(0) };
}

export function notices({ failed, before: page }: Request<"list_notices">, look: string): { notices: AlertNotice[]; next?: number; as_of: string } {
  const all = look === "empty" || look === "none" || page !== undefined ? [] : [...NOTICES, notice(3, 2 * DAY, "opsgenie", "reputation", "dropped", "resolved before it could be sent"), notice(2, 3 * DAY, "desktop", "this desktop", "sent", "shown", { reason: "test", count: 0, alerts: [] })];
  return { notices: all.filter(({ state }) => !failed || state === "failed" || state === "again"), as_of: before(0) };
}
