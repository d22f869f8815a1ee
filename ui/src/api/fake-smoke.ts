import type { RowVerdict, SmokeCase, SmokeMark, SmokeOutcome, SmokeResult, SmokeSuite, ValidationList, ValidationRow, ValidationWatch } from "./bindings";
import type { Request } from "./client";
import { before, digest } from "./fake-answers";

/** What a made-up engine says of smoke tests, watches and reports. Looks: `empty` and `none` (no file), `wrong` (files with mistakes), `hostile`. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const CASES: [id: string, title: string, category: string, kind: string, outcome: SmokeOutcome | null, micros: number, budget: number | null][] = [
  ["submit-appeal", "An appeal is submitted", "core", "sql", "passed", 840, 10],
  ["review-appeal", "An appeal is reviewed", "core", "sql", "slow", 31_000, 25],
  ["search-appeals", "Appeals are found by words", "core", "sql", "failed", 4_200, 10],
  ["health", "The service answers", "service", "http", "passed", 6_400, 50],
  ["metrics", "The service can be measured", "service", "http", "error", 0, null],
  ["orphans", "No appeal without its person", "data", "sql", "passed", 2_100, null],
  ["load-appeals", "50 at once for 10 s", "performance", "load", "passed", 9_100, 10],
  ["backup-runs", "A snapshot can be taken", "operations", "operation", null, 0, null],
];

export function answers(look: string, start: (operation: string, title: string, system: string, report: unknown) => { job: number }, tell: () => void) {
  const none = ["empty", "none"].includes(look);
  let watches: ValidationWatch[] = none ? [] : [watch("3a7c000000000002", "3.4", 31, "watching"), watch("3a7c000000000001", "3.3", 48, "ended")];
  return {
    list_smoke: ({ system }: Request<"list_smoke">) => ({ suites: none ? [] : suites(system ?? "reputation", look), runs: none ? [] : [{ id: "r1", system: system ?? "reputation", job: 9, began: before(41 * MINUTE), took: 2_100, passed: 4, failed: 3, skipped: 0, unreadable: 0, results: [], sentence: "4 of 7 passed in 2.1 s; 1 failed: search-appeals." }], as_of: before(0) }),
    get_smoke_case: ({ system, case: id }: Request<"get_smoke_case">) => detail(system, id, look),
    run_smoke: ({ system }: Request<"run_smoke">) => start("run_smoke", `Run smoke tests of ${system}`, system, { sentence: "7 of 8 passed in 2.1 s." }),
    list_validations: ({ system }: Request<"list_validations">): ValidationList => ({ files: none ? [] : [{ system: system ?? "reputation", length: 48 * HOUR, rows: ["Error rate", "Review p99", "Alerts"], findings: [] }], validations: watches, as_of: before(0) }),
    get_validation: ({ id }: Request<"get_validation">) => watches.find((each) => each.id === id),
    start_validation: ({ release }: Request<"start_validation">) => {
      watches = [watch("3a7c000000000003", release ?? null, 0, "watching"), ...watches];
      tell();
      return watches[0];
    },
    stop_validation: ({ id }: Request<"stop_validation">) => {
      watches = watches.map((each) => (each.id === id ? { ...each, state: "stopped", stopped: before(0) } : each));
      tell();
      return watches.find((each) => each.id === id);
    },
    write_report: ({ kind, system, form }: Request<"write_report">) => ({ title: `${kind} of ${system}`, name: `${kind}-${system}.${form}`, form, html: form === "html" ? PAGE : null, size: 48_212, digest: digest(81), as_of: before(0) }),
    save_report: ({ file }: Request<"save_report">) => ({ file, size: 48_212, digest: digest(81) }),
  };
}

const PAGE = `<!doctype html><html><head><title>Readiness of reputation</title><style>body{color:red}</style><script>parent.document.title="owned"</script></head><body><h1>Readiness of reputation, release 3.4</h1><p>As of 22 Nov 14:02. <strong>No-go</strong>: 5 reasons.</p><h2>Score</h2><table><thead><tr><th>Category</th><th>Score</th></tr></thead><tbody><tr><td>Data</td><td>92</td></tr><tr><td>Security</td><td>76</td></tr></tbody></table><p><img src=x onerror="alert(1)">Digest of evidence 3fa0c2d1.</p></body></html>`;

function suites(system: string, look: string): SmokeSuite[] {
  const findings = look === "wrong" ? [{ file: "/etc/quarterdeck/reputation/smoke/core.yml", line: 4, column: 3, code: "unknown-key", message: "There is no key `expcet`", hint: "Write expect." } as never] : [];
  const suite = (name: string, title: string, cases: SmokeCase[], wrong: never[]): SmokeSuite => ({ system, name, title, file: `/etc/quarterdeck/reputation/smoke/${name}.yml`, findings: wrong, cases });
  const all = CASES.map((_, i) => caseOf(i, look));
  return [suite("core", "Core", all.slice(0, 6), findings), suite("load", "Load and operations", all.slice(6), [])];
}

function caseOf(i: number, look: string): SmokeCase {
  const [id, title, category, kind, outcome, micros, budget] = CASES[i] ?? CASES[0] as (typeof CASES)[number];
  const history = Array.from({ length: outcome === null ? 0 : 34 }, (_, j): SmokeMark => {
    const went: SmokeOutcome = j > 30 ? (outcome ?? "passed") : j === 12 ? "failed" : j === 20 ? "skipped" : "passed";
    return { at: before((34 - j) * HOUR), outcome: went, micros: went === "skipped" || micros === 0 ? null : Math.round(micros * (0.5 + ((j * 7) % 11) / 16)) };
  });
  return { id, title: look === "hostile" && i === 0 ? `<script>alert(1)</script>${"x".repeat(3_000)}` : title, category, kind, asks: kind === "http" ? "GET http://127.0.0.1:9188/health" : "SELECT count(*) FROM appeals WHERE person IS NULL", expected: "no rows", budget, newest: outcome === null ? null : result(i, outcome, 41, look), history, since: before(9 * HOUR) };
}

function result(i: number, outcome: SmokeOutcome, minutes: number, look = ""): SmokeResult {
  const [id, title, category, , , micros] = CASES[i] ?? CASES[0] as (typeof CASES)[number];
  const sentences: Record<SmokeOutcome, string> = { passed: "no rows, as expected", slow: "p99 is 31 ms, 25 ms allowed", failed: "3 rows were answered, none expected", error: "connection refused: 127.0.0.1:9188", skipped: "cancelled" };
  return { suite: "core", case: id, title, category, at: before(minutes * MINUTE), outcome, sentence: sentences[outcome], asked: 50, latency: micros === 0 ? null : { count: 50, min: micros / 2, p50: micros * 0.7, p95: micros * 0.9, p99: micros, max: micros * 1.1 }, detail: look === "hostile" ? `<img src=x onerror=alert(1)>\u202e${"y".repeat(70_000)}` : "person | appeal\n-------+-------\n  4118 |   9921", definition: digest(4) };
}

function detail(_: string, id: string, look: string) {
  const i = CASES.findIndex(([each]) => each === id);
  const outcome = CASES[i]?.[4] ?? null;
  return { case: caseOf(i, look), results: outcome === null ? [] : [result(i, outcome, 41, look), ...Array.from({ length: 12 }, (_, j) => result(i, "passed", 60 * (j + 2)))], as_of: before(0) };
}

function watch(id: string, release: string | null, hours: number, state: ValidationWatch["state"]): ValidationWatch {
  const row = (name: string, how: string, target: string, shown: string, verdict: RowVerdict, sentence: string, more: Partial<ValidationRow> = {}): ValidationRow => ({ name, how, query: "up", unit: "ratio", target, actual: 0.0004, shown, verdict, sentence, measured: 1, gaps: [], worst: before(6 * HOUR), address: "explore?query=up", ...more });
  const gap = { from: before((hours - 10) * HOUR), until: before((hours - 16) * HOUR) } as never;
  const rows = hours === 0 ? [] : [
    row("Error rate", "average over the window", "below 0.1 %", "0.04 %", "holds", "worst 0.31 % at 22 Nov 08:02"),
    row("Review p99", "worst p99", "below 25 ms", "31 ms", "fails", "above 25 ms for 4 min", { unit: "seconds" }),
    row("Approval rate", "share of the window", "at least 40 %", "not measured", "unknown", "20 % of the window was not measured", { actual: null, measured: 0.8, gaps: [gap], worst: null }),
    row("Alerts", "counted", "none", "0", "holds", "no alert fired", { worst: null }),
  ];
  return { id, system: "reputation", title: "Watch after the release", release, from: before(hours * HOUR), until: before((hours - 48) * HOUR), stopped: null, started_by: "ada", state, verdict: hours === 0 ? "unknown" : "fails", sentence: `${hours} of 48 h watched: 2 of 4 targets kept, 1 not known.`, rows, alerts: 2, version: digest(5), as_of: before(0) };
}
