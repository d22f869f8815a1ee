import type { AlertRow, ChannelRow, LabelMatcher, Maintenance, MaintenanceRow, Oncall, Receiver, RouteAnswer, RouteNode, Router, RouteTest, RuleGroup, RuleRow, Silence, SilencePreview } from "./bindings";
import type { Request } from "./client";
import { list, notice } from "./fake-alerts";
import { before } from "./fake-answers";

/** What a made-up engine says of rules, routes and silences; looks as in fake-alerts.ts, `wrong` for files with mistakes. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FOLDER = "/etc/quarterdeck/reputation";

export function answers(look: string, changed: <T>(answer: T) => T) {
  const none = look === "empty" || look === "none";
  let silences: Silence[] = none ? [] : SILENCES;
  let windows: MaintenanceRow[] = none ? [] : WINDOWS;
  return {
    list_rules: () => ({ groups: none ? [] : groups(look), findings: look === "wrong" ? FINDINGS : [], as_of: before(0) }),
    check_rules: () => ({ files: 2, groups: 4, rules: 84, findings: [], remarks: [] }),
    list_routes: () => ({ routers: routers(look), as_of: before(0) }),
    test_route: ({ labels }: Request<"test_route">) => test(labels),
    list_oncall: () => ({ oncall: none ? [] : ONCALL, as_of: before(0) }),
    test_receiver: ({ receiver }: Request<"test_receiver">) => slowly(() => ({ notices: [notice(21, 0, "slack", "#reputation-incidents", "sent", "200", { receiver, reason: "test" }), notice(22, 0, "email", "dba@example.com", "failed", "451 try again later", { receiver, reason: "test" })], as_of: before(0) })),
    run_fire_drill: () => slowly(() => ({ notices: [notice(23, 0, "pagerduty", "reputation", "sent", "202", { reason: "drill" }), notice(24, 0, "pagerduty", "reputation", "sent", "202", { reason: "resolved" })], as_of: before(0) })),
    list_silences: () => ({ silences, maintenance: windows, as_of: before(0) }),
    preview_silence: ({ matchers }: Request<"preview_silence">) => preview(matchers, look),
    add_silence: ({ matchers, until, reason }: Request<"add_silence">) => {
      const made: Silence = { id: `51le4ce${silences.length}`, matchers, from: before(0), until, by: "ada", reason, made: before(0), state: "active", holds: preview(matchers, look).count };
      silences = [made, ...silences];
      return changed(made);
    },
    end_silence: ({ id }: Request<"end_silence">) => {
      silences = silences.map((each) => (each.id === id ? { ...each, state: "over", until: before(0), holds: 0 } : each));
      return changed(null);
    },
    set_maintenance: ({ window }: Request<"set_maintenance">) => {
      const row: MaintenanceRow = { window: { ...window, by: "ada" }, sentence: `${window.weekdays.join(", ") || "every day"} ${window.from} to ${window.until}, ${window.zone}`, now_until: null, next: before(-3 * DAY), holds: 0 };
      windows = [...windows.filter((each) => each.window.name !== window.name), row];
      return changed(row);
    },
    forget_maintenance: ({ name }: Request<"forget_maintenance">) => {
      windows = windows.filter(({ window }) => window.name !== name);
      return changed(null);
    },
  };
}

async function slowly<T>(answer: () => T): Promise<T> {
  await new Promise((done) => setTimeout(done, 900));
  return answer();
}

const matcher = (label: string, value: string, sign = "="): LabelMatcher => ({ label, sign, value });

const SILENCES: Silence[] = [
  { id: "51le4ce000000001", matchers: [matcher("alertname", "PragmaDrift"), matcher("system", "shop")], from: before(3 * DAY), until: before(-18 * HOUR), by: "grace", reason: "WAL comes with the release on Monday", made: before(3 * DAY), state: "active", holds: 1 },
  { id: "51le4ce000000002", matchers: [matcher("severity", "info"), matcher("component", "reputation.*", "=~")], from: before(HOUR), until: before(-4 * HOUR), by: "ada", reason: "Bulk load", made: before(HOUR), state: "active", holds: 1 },
  { id: "51le4ce000000003", matchers: [matcher("system", "memory")], from: before(-12 * HOUR), until: before(-15 * HOUR), by: "ada", reason: "Disk exchange", made: before(2 * HOUR), state: "coming", holds: 0 },
  { id: "51le4ce000000004", matchers: [matcher("alertname", "ReviewLatencyHigh"), matcher("environment", "production", "!=")], from: before(2 * DAY), until: before(DAY), by: "grace", reason: "Load test of staging", made: before(2 * DAY), state: "over", holds: 0 },
];

const weekly = (name: string, more: Partial<Maintenance> = {}): Maintenance => ({ name, matchers: [matcher("system", "reputation")], weekdays: ["sunday"], days_of_month: [], from: "02:00", until: "04:00", zone: "Europe/Berlin", reason: "Vacuum and archive run", by: "ada", ...more });

const WINDOWS: MaintenanceRow[] = [
  { window: weekly("weekly-vacuum"), sentence: "Sundays 02:00 to 04:00, Europe/Berlin", now_until: null, next: before(-6 * DAY), holds: 0 },
  { window: weekly("out-of-hours", { matchers: [matcher("severity", "info")], weekdays: [], from: "18:00", until: "08:00", reason: "Nobody acts on these at night" }), sentence: "Every day 18:00 to 08:00, Europe/Berlin", now_until: before(-3 * HOUR), next: before(-21 * HOUR), holds: 1 },
];

function preview(matchers: readonly LabelMatcher[], look: string): SilencePreview {
  const all = list({ states: [] }, look).alerts.filter(({ state }) => !["resolved", "no-data", "error", "stale"].includes(state));
  const alerts = all.filter((row) => matchers.every((each) => holds(each, row)));
  const critical = alerts.filter(({ severity }) => severity === "critical").length;
  return { alerts: alerts.slice(0, 200), count: alerts.length, all: all.length, sentence: `Would hold ${alerts.length} of ${all.length} alerts${critical > 0 ? `, ${critical} of them critical` : ""}.`, as_of: before(0) };
}

function holds({ label, sign, value }: LabelMatcher, row: AlertRow): boolean {
  const found = row.labels[label] ?? "";
  const same = sign.includes("~") ? new RegExp(`^(?:${value})$`).test(found) : found === value;
  return sign.startsWith("!") ? !same : same;
}

const node = (path: string, matchers: string[], receiver: string, more: Partial<RouteNode> = {}): RouteNode => ({ path, matchers, receiver, grouping: "by alertname, system", group_wait: 30_000, group_interval: 5 * MINUTE, repeat_interval: 4 * HOUR, goes_on: false, mute: [], active: [], routes: [], ...more });

const TREE = node("", [], "dba-team", {
  routes: [
    node("0", ['severity="critical"'], "dba-on-call", { group_wait: 10_000, repeat_interval: HOUR, goes_on: true, routes: [node("0.0", ['system="reputation"', 'component=~"api|worker"'], "appeals-team", { grouping: "each alert by itself" })] }),
    node("1", ['severity="critical"', 'environment="production"'], "incident-lead", { active: ["office-hours"] }),
    node("2", ['severity=~"info|none"'], "noted", { mute: ["nights"], grouping: "all together", repeat_interval: 24 * HOUR }),
  ],
});

const channel = (kind: string, to: string, tone: ChannelRow["tone"], sentence: string, more: Partial<ChannelRow> = {}): ChannelRow => ({ kind, to, tone, sentence, tells_resolved: true, last: before(18 * MINUTE), remark: null, ...more });

const RECEIVERS: Receiver[] = [
  { name: "dba-team", channels: [channel("slack", "#dba", "ok", "sent 13:02, 200")] },
  { name: "dba-on-call", channels: [channel("pagerduty", "reputation", "ok", "sent 13:44, 202"), channel("email", "dba@example.com", "critical", "failed 13:44: 451 try again later")] },
  { name: "appeals-team", channels: [channel("webhook", "hooks.example.com", "attention", "tried again at 14:02:10: 429")] },
  { name: "incident-lead", channels: [channel("opsgenie", "incidents", "unknown", "nothing was sent yet", { last: null, remark: "OpsGenie ends in April 2027: plan another way." })] },
  { name: "noted", channels: [channel("telegram", "", "unknown", "not sent by Quarterdeck: telegram", { last: null }), channel("desktop", "this desktop", "ok", "shown 12:58", { tells_resolved: false })] },
];

const FINDINGS = [
  { file: `${FOLDER}/notify.yml`, line: 41, column: 9, message: "route.routes[2].matchers[0]: unterminated quote in `severity=\"info`", hint: "Close the quote." },
  { file: `${FOLDER}/notify.yml`, line: 63, column: 5, message: "receivers[3].name: `noted` is there twice", hint: "Give each receiver a name of its own." },
];

function routers(look: string): Router[] {
  const builtIn: Router = { key: "built-in", system: null, file: null, root: node("", [], "desktop", { grouping: "by alertname, system" }), receivers: [{ name: "desktop", channels: [channel("desktop", "this desktop", "ok", "shown 20 Nov 09:12", { last: before(2 * DAY) })] }], inhibitions: [], intervals: [], findings: [], in_use: "Used for systems that have no notify.yml." };
  if (look === "empty" || look === "none") return [builtIn];
  return [
    { key: "reputation", system: "reputation", file: `${FOLDER}/notify.yml`, root: TREE, receivers: RECEIVERS, inhibitions: ['alertname="HostNotReached" -> severity=~"warning|info", equal: instance', 'severity="critical" -> severity="warning", equal: system, component'], intervals: [{ name: "office-hours", sentence: "Monday to Friday 09:00 to 17:00, Europe/Berlin", now: true }, { name: "nights", sentence: "every day 22:00 to 06:00, Europe/Berlin", now: false }], findings: look === "wrong" ? FINDINGS : [], in_use: look === "wrong" ? "The file is wrong since 13:40; the one of 20 Nov 09:12 stays in use." : "In use as it is since 20 Nov 09:12." },
    builtIn,
  ];
}

function test(labels: Record<string, string | undefined>): RouteTest {
  const critical = labels["severity"] === "critical";
  const answer = (receiver: string, path: string[], why: string[], more: Partial<RouteAnswer> = {}): RouteAnswer => ({ receiver, path, why, group: `{alertname="${labels["alertname"] ?? ""}", system="${labels["system"] ?? ""}"}`, sentence: "after 30 s, changes every 5 min, again every 4 h", muted: null, ...more });
  const told = critical
    ? [answer("dba-on-call", ["", "0"], ["Every alert enters at the root.", 'severity is "critical", as the first route wants it.', "It goes on to the routes beside it."], { sentence: "after 10 s, changes every 5 min, again every 1 h" }), ...(labels["environment"] === "production" ? [answer("incident-lead", ["", "1"], ['environment is "production".'], { muted: "office-hours" })] : [])]
    : [answer("dba-team", [""], ["Every alert enters at the root.", `No route below wants severity "${labels["severity"] ?? ""}": the root's receiver is told.`])];
  return { router: labels["system"] === "shop" ? "built-in" : "reputation", told, held: labels["system"] === "shop" ? ['Silenced until 23 Nov 08:00 by grace: WAL comes with the release on Monday'] : [], ladder: critical ? ["DBA on call at once", "platform lead after 20 min", "incident lead after 40 min"] : [], at: before(0) };
}

const ONCALL: Oncall[] = [
  {
    key: "reputation",
    system: "reputation",
    file: `${FOLDER}/oncall.yml`,
    contacts: [{ name: "ada", role: "DBA", ways: ["e-mail ada@example.com", "phone +49 30 1234567"] }, { name: "grace", role: "DBA", ways: ["e-mail grace@example.com"] }, { name: "lin", role: "Platform lead", ways: ["receiver incident-lead"] }],
    rotas: [{ name: "dba-on-call", sentence: "weekly, Mondays 09:00 Europe/Berlin", now: "ada", until: before(-17 * HOUR), next: [{ from: before(-17 * HOUR), until: before(-8 * DAY), who: "grace", stands_in: false }, { from: before(-8 * DAY), until: before(-15 * DAY), who: "lin", stands_in: true }] }],
    ladders: [{ name: "critical", matchers: ['severity="critical"'], levels: [{ after: 0, tell: ["rota dba-on-call"], again: null }, { after: 20 * MINUTE, tell: ["contact lin"], again: null }, { after: 40 * MINUTE, tell: ["receiver incident-lead"], again: 15 * MINUTE }] }],
    findings: [],
  },
];

function rule(name: string, more: Partial<RuleRow> = {}): RuleRow {
  return { key: `reputation/appeals.yml/appeals/${name}`, name, records: false, health: "ok", sentence: "nothing fires", since: null, severity: "warning", expression: 'sum(rate(appeal_requests_total{code="5xx"}[5m])) / sum(rate(appeal_requests_total[5m])) > 0.05', hold: 120_000, keep: 0, labels: { severity: "warning" }, annotations: { summary: "{{ $value | humanizePercentage }} of appeal requests fail", runbook: "appeal-errors" }, line: 12, took: 2, series: 0, value: null, runbook: "appeal-errors", off: [], ...more };
}

function groups(look: string): RuleGroup[] {
  const group = (name: string, origin: string, rules: RuleRow[], more: Partial<RuleGroup> = {}): RuleGroup => ({ key: `${origin}/${name}.yml/${name}`, name, origin, system: origin === "reputation" ? origin : null, file: origin === "quarterdeck" ? null : `${FOLDER}/rules/${name}.yml`, every: 15_000, evaluated: before(9_000), took: 6, missed: 0, rules, ...more });
  const made = [
    group("appeals", "reputation", [
      rule("AppealErrorRateHigh", { severity: "critical", sentence: "1 firing", series: 1, value: 0.068, since: before(18 * MINUTE) }),
      rule("reputation:appeal_errors:ratio5m", { key: "reputation/appeals.yml/appeals/reputation:appeal_errors:ratio5m", records: true, severity: null, sentence: "1 series", series: 1, value: 0.068, line: 20, runbook: null, annotations: {}, expression: "sum(rate(appeal_errors_total[5m])) / sum(rate(appeals_submitted_total[5m]))" }),
      rule("PredictionAccuracyLow", { health: "no-data", sentence: "never seen: ml_prediction_accuracy", since: before(4 * DAY), line: 28, expression: "ml_prediction_accuracy < 0.8", runbook: null }),
      rule("DeliveryRatioLow", { health: "error", sentence: "many-to-many matching not allowed: matching labels must be unique on one side", since: before(2 * DAY), line: 41, expression: "messages_sent / on(job) group_left messages_total < 0.9" }),
      rule("SlowBackfill", { health: "stale", sentence: "not evaluated since 13:20", since: before(42 * MINUTE), line: 55 }),
    ], { took: 6 }),
    group("sqlite", "quarterdeck", [
      rule("WalTooLarge", { key: "quarterdeck/sqlite.yml/sqlite/WalTooLarge", sentence: "nothing fires", series: 0, runbook: "wal-too-large", expression: "sqlite_wal_bytes > 128e6", hold: 300_000 }),
      rule("CheckpointSlow", { key: "quarterdeck/sqlite.yml/sqlite/CheckpointSlow", sentence: "1 pending", series: 1, value: 660, off: ["helpdesk"], expression: "sqlite_checkpoint_age_seconds > 600" }),
      rule("ReplicationLags", { key: "quarterdeck/sqlite.yml/sqlite/ReplicationLags", health: "idle", sentence: "never seen: replication_lag_seconds", expression: "replication_lag_seconds > 30", runbook: null }),
      rule("ForeignKeysBroken", { key: "quarterdeck/sqlite.yml/sqlite/ForeignKeysBroken", health: "waiting", sentence: "not evaluated yet", severity: "critical", took: null, expression: "sqlite_foreign_key_findings > 0" }),
    ], { took: 41, missed: 3 }),
  ];
  if (look !== "many") return made;
  return Array.from({ length: 60 }, (_, g) => group(`group-${g}`, g % 2 ? "home" : "reputation", Array.from({ length: 20 }, (_, i) => rule(`Rule${g}x${i}`, { key: `home/group-${g}/${i}`, line: i * 9 + 4 })), {}));
}
