import type { CapacityLine, CapacityTable, Fault, PanelUnit, PromiseLine, PromiseTable } from "./bindings";
import type { Request } from "./client";
import { before, NOW } from "./fake-answers";
import * as logs from "./fake-logs";

/** Made-up promises and growth. Looks: `empty` (nothing is promised), `none` (nothing was measured), `calm` (all is well). */

const DAY = 86_400_000;
const REFUSED: Fault = { code: "forbidden", message: "This is for viewers, and ada has no role", hint: "Ask an operator to grant the role.", class: "refused", retry: false };

/** What pages about what is measured ask for; each is refused where everything is. */
export function measures(look: string) {
  const allowed = <Q, A>(answer: (request: Q) => A) => (request: Q): A => {
    if (look === "refused") throw REFUSED;
    return answer(request);
  };
  return {
    list_promises: allowed(({ system, window }: Request<"list_promises">) => promises(look, system, window)),
    list_capacity: allowed(({ system }: Request<"list_capacity">) => capacity(look, system)),
    list_logs: allowed(({ system }: Request<"list_logs">) => logs.logs(look, system)),
    read_log: allowed((request: Request<"read_log">) => logs.read(request, look)),
  };
}

type Made = [name: string, unit: PanelUnit, target: string, alert: string, mean: number, kept: number | null, more?: Partial<PromiseLine>];

const SLA: Made[] = [
  ["Appeal submission", "seconds", "< 0.01", "> 0.015", 0.0064, 0.99987],
  ["Appeal review", "seconds", "< 0.015", "> 0.025", 0.0121, 0.9931, { tone: "critical", now: 0.031, lasts_until: new Date(NOW + 2.4 * DAY).toISOString() }],
  ["Message send", "seconds", "< 0.005", "> 0.01", 0.0031, 0.99999],
  ["Thread of 100 messages", "seconds", "< 0.05", "> 0.1", 0.021, 0.999, { seen: 0.613, tone: "unknown" }],
  ["Recovery prediction", "seconds", "< 0.03", "> 0.06", 0.0187, null, { tone: "unknown", now: null, seen: 0 }],
  ["Approval probability", "seconds", "< 0.025", "> 0.05", 0.0144, 0.9997],
  ["API response", "seconds", "< 0.5", "> 1", 0.081, 0.99952],
  ["Error rate", "ratio", "< 0.001", "> 0.01", 0.0021, 0.948, { tone: "critical", now: 0.068 }],
  ["Availability", "ratio", "> 0.999", "< 0.995", 0.99961, 0.99914, { goal: 0.999, now: 1, lasts_until: new Date(NOW + 9 * DAY).toISOString() }],
];

function promises(look: string, system: string, window?: number | string): PromiseTable {
  const lines = SLA.map(([name, unit, target, alert, mean, share, more], i): PromiseLine => {
    const nothing = look === "none";
    const goal = Number(more?.goal ?? 0.99);
    const kept = nothing ? null : look === "calm" ? 0.9999 : share;
    const tone = nothing ? "unknown" : look === "calm" ? "ok" : (more?.tone ?? "ok");
    const broken = tone === "critical";
    return {
      name,
      query: `histogram_quantile(0.95, sum by (le) (rate(${name.toLowerCase().replaceAll(" ", "_")}_seconds_bucket[5m])))`,
      target,
      alert,
      unit,
      window: window ?? 30 * DAY,
      now: nothing || more?.now === null ? null : look === "calm" ? mean : (more?.now ?? mean * 0.96),
      measured: kept === null ? null : mean,
      goal,
      seen: nothing ? 0 : look === "calm" ? 1 : (more?.seen ?? 0.998),
      tone,
      sentence: `${name}: what was measured beside what was promised.`,
      kept,
      budget: kept === null ? null : 1 - (1 - kept) / (1 - goal),
      lasts_until: look === "calm" ? null : (more?.lasts_until ?? null),
      spark: Array.from({ length: 60 }, (_, k) => (kept === null || (i === 3 && k < 23) || (k > 30 && k < 33) ? null : mean * (1 + 0.2 * Math.sin(k / 3 + i) + (broken && k > 56 ? 1.4 : 0)))),
    };
  });
  return { system, lines: look === "empty" ? [] : lines, as_of: before(9_000) };
}

const METHOD = "One median for a day. The slope is the median of the slopes between all pairs of points (Theil 1950, Sen 1968), its interval holds it in 95 of 100 cases (Sen 1968). Looked at since 2026-10-24.";

function line(what: string, kind: CapacityLine["kind"], now: number, slope: number, limit: number | null, more: Partial<CapacityLine> = {}): CapacityLine {
  const trend = Array.from({ length: 30 }, (_, i): [number, number] => [NOW - (29 - i) * DAY, now - (29 - i) * slope + Math.sin(i * 2.1) * slope * 0.7]);
  const [least, most] = [slope * 0.82, slope * 1.21];
  const full = (rate: number) => (limit === null || rate <= 0 ? null : Math.round(((limit - now) / rate) * DAY));
  return { what, kind, now, limit, growth: slope, least, most, full: full(slope), full_least: full(most), full_most: full(least), plan: [], trend, tone: "ok", sentence: "Grows.", method: METHOD, ...more };
}

function capacity(look: string, system: string): CapacityTable {
  if (look === "empty") return { system, lines: [], as_of: before(9_000) };
  const plan = (sizes: [number, number, number], slope: number, now: number) => (["initial", "1 year", "3 years"] as const).map((word, i) => ({ word, planned: sizes[i] ?? 0, at: new Date(NOW - 60 * DAY + ([0, 365, 1_095][i] ?? 0) * DAY).toISOString(), expected: look === "none" || i === 0 ? null : now + slope * ([0, 305, 1_035][i] ?? 0) }));
  const none = { growth: null, least: null, most: null, full: null, full_least: null, full_most: null };
  const lines = [
    line("/srv", "disk", 462e9, 2.9e9, 500e9, { tone: look === "calm" ? "ok" : "attention", sentence: "Grows by 2.90 GB a day (2.38 GB to 3.51 GB): full in 13 d (10 d to 15 d).", plan: [] }),
    line("main", "database", 2.41e9, 12.4e6, 40.4e9, { sentence: "Grows by 12.4 MB a day (10.2 MB to 15.0 MB): full in 3,064 d (2,532 d to 3,736 d). It outgrows its plan: 5.00 GB for 1 year.", plan: plan([2e9, 5e9, 30e9], 12.4e6, 2.41e9), tone: "attention" }),
    line("repository", "repository", 1.84e9, 1.1e6, 182e9, { least: -0.4e6, most: 2.2e6, full: null, sentence: "1.84 GB now; no growth that can be told from none." }),
    line("audit", "database", 36e6, 0, 40e9, { ...none, trend: [[NOW - 3_600_000, 35.8e6], [NOW, 36e6]], tone: "ok", sentence: "36.0 MB now; too little was measured to say how it grows." }),
  ];
  return { system, lines: look === "none" ? lines.map((each) => ({ ...each, ...none, now: each.kind === "database" ? each.now : null, trend: [], tone: each.kind === "database" ? "ok" : "unknown", sentence: each.kind === "database" ? "2.41 GB now; too little was measured to say how it grows." : "Not measured yet." })) : lines, as_of: before(9_000) };
}
