import type { AlertRow, Job, Snapshot } from "../api/bindings";
import type { IconName } from "../kit/icons";
import { SEVERITY_WORDS } from "../lib/alert";
import { fuzzy, namesWord } from "../lib/fuzzy";
import { href } from "../lib/href";
import { undoOf } from "../lib/job";
import { oneLine } from "../lib/plain";
import type { Theme } from "../lib/preferences.svelte";
import { when } from "../lib/when";
import { ROUTES } from "./routes";
import type { SystemPlace } from "./systems";

/** What choosing an entry leads to. Nothing here changes a database: acts open their plan or their question. */
export type Leads =
  | { kind: "go"; to: string }
  | { kind: "add" }
  | { kind: "backup"; system: string }
  | { kind: "silence" }
  | { kind: "theme"; theme: Theme }
  | { kind: "keys" };

/** One line of the palette. */
export interface Entry {
  id: string;
  group: "Do" | "Go to" | "Find";
  icon: IconName;
  label: string;
  /** Quiet, beside the label. */
  note: string;
  keys?: string[];
  leads: Leads;
}

/** An entry that was found, with the letters to mark. */
export interface Found {
  entry: Entry;
  at: number[];
}

/** What the palette can offer. */
export interface Known {
  systems: readonly SystemPlace[];
  jobs: readonly Job[];
  snapshots: readonly { system: string; snapshot: Snapshot }[];
  /** Alerts that fire, the heaviest first. */
  alerts: readonly Pick<AlertRow, "id" | "name" | "summary" | "target" | "severity">[];
  /** The system of the page in view comes first. */
  present: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Everything that can be chosen, in the order in which it is offered to somebody who typed nothing. */
export function entries(known: Known): Entry[] {
  const present = known.systems.filter(({ name }) => name === known.present);
  const others = known.systems.filter(({ name }) => name !== known.present);
  const things = [...[...present, ...others].map(place), ...known.alerts.map(firing), ...known.snapshots.map((each) => found(each, known.now))];
  return [...present.flatMap(acts), ...undos(known), ADD, ...present.map(trial), ...present.map(migrate), ...others.flatMap(acts), ...others.map(trial), ...COMFORTS, ...present.flatMap(measures), ...pages(), ...ALERTS, ...others.flatMap(measures), ...things];
}

/** The entries that match, the best first inside each group; at most `limit` of a group. */
export function search(query: string, all: readonly Entry[], limit = 8): Found[] {
  const matches = all.flatMap((entry) => {
    const match = fuzzy(query, entry.label);
    if (match) return [{ entry, at: match.at, score: match.score }];
    return namesWord(query, entry.note) ? [{ entry, at: [], score: 0 }] : [];
  });
  if (query.trim() !== "") matches.sort((a, b) => b.score - a.score);
  const groups = [...new Set(matches.map(({ entry }) => entry.group))];
  if (query.trim() === "") groups.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return groups.flatMap((group) => matches.filter(({ entry }) => entry.group === group).slice(0, limit));
}

const ORDER: Entry["group"][] = ["Do", "Go to", "Find"];

function acts({ name, environment }: SystemPlace): Entry[] {
  return [
    { id: `backup ${name}`, group: "Do", icon: "backup", label: `Back up ${name}`, note: `${environment}; asks first where writers would wait`, leads: { kind: "backup", system: name } },
    { id: `restore ${name}`, group: "Do", icon: "restore", label: `Restore ${name}…`, note: `${environment}; plan first, nothing changes yet`, leads: { kind: "go", to: href.restore(name) } },
  ];
}

function trial({ name, environment }: SystemPlace): Entry {
  return { id: `drill ${name}`, group: "Do", icon: "drill", label: `Drill ${name}…`, note: `${environment}; a trial on a copy, measured`, leads: { kind: "go", to: href.drills(name) } };
}

function migrate({ name, environment }: SystemPlace): Entry {
  return { id: `migrate ${name}`, group: "Do", icon: "migrations", label: `Apply migrations of ${name}…`, note: `${environment}; plan first, nothing changes yet`, leads: { kind: "go", to: href.applyMigrations(name) } };
}

function undos({ jobs, now }: Known): Entry[] {
  return jobs.flatMap((job): Entry[] => {
    const undo = undoOf(job);
    if (!undo || undo.used || Date.parse(undo.until) < now) return [];
    return [{ id: `undo ${job.id}`, group: "Do", icon: "undo", label: `Undo: ${job.title}…`, note: `goes back to ${when(undo.state_of, now)}; plan first`, leads: { kind: "go", to: href.undo(job.id) } }];
  });
}

const ADD: Entry = { id: "add", group: "Do", icon: "add", label: "Add database…", note: "a file, or a folder with quarterdeck.yaml", leads: { kind: "add" } };

const COMFORTS: Entry[] = [
  { id: "check", group: "Do", icon: "health", label: "Run thirty-second check", note: "visits everything once, changes nothing", leads: { kind: "go", to: href.health(undefined, { check: "now" }) } },
  { id: "silence", group: "Do", icon: "alerts", label: "New silence…", note: "alerts; asks which, until when and why", leads: { kind: "silence" } },
  { id: "keys", group: "Do", icon: "key", label: "Show all keys", note: "", keys: ["?"], leads: { kind: "keys" } },
  { id: "light", group: "Do", icon: "settings", label: "Use the light theme", note: "", leads: { kind: "theme", theme: "light" } },
  { id: "dark", group: "Do", icon: "settings", label: "Use the dark theme", note: "", leads: { kind: "theme", theme: "dark" } },
  { id: "desktop-theme", group: "Do", icon: "settings", label: "Use the desktop's theme", note: "", leads: { kind: "theme", theme: "system" } },
];

function pages(): Entry[] {
  return ROUTES.filter((route) => route.rail).map((route) => ({
    id: `page ${route.name}`,
    group: "Go to",
    icon: route.icon ?? "arrow",
    label: route.title,
    note: "",
    ...(route.letter ? { keys: ["g", route.letter] } : {}),
    leads: { kind: "go", to: `#/${route.name}` },
  }));
}

/** The pages behind Alerts. */
const ALERTS: Entry[] = [
  { id: "rules", group: "Go to", icon: "file", label: "Alert rules", note: "alerts; health of each, which cannot fire", leads: { kind: "go", to: href.rules() } },
  { id: "routes", group: "Go to", icon: "file", label: "Alert routes", note: "alerts; who is told, receivers, on call", leads: { kind: "go", to: href.routes() } },
  { id: "silences", group: "Go to", icon: "file", label: "Silences and maintenance", note: "alerts; agreed quiet", leads: { kind: "go", to: href.silences() } },
  { id: "alert-history", group: "Go to", icon: "clock", label: "Alert history", note: "alerts; what fired, who was told", leads: { kind: "go", to: href.history() } },
];

/** What is measured of a system. */
function measures({ name, environment }: SystemPlace): Entry[] {
  return [
    { id: `promises ${name}`, group: "Go to", icon: "check", label: `Promises of ${name}`, note: `SLA, ${environment}; promised and measured, error budget`, leads: { kind: "go", to: href.promises(name) } },
    { id: `capacity ${name}`, group: "Go to", icon: "database", label: `Capacity of ${name}`, note: `${environment}; growth, and when it is full`, leads: { kind: "go", to: href.capacity(name) } },
    { id: `readiness ${name}`, group: "Go to", icon: "readiness", label: `Readiness of ${name}`, note: `${environment}; checklist, go or no-go, sign-offs, poll`, leads: { kind: "go", to: href.readiness(name) } },
    { id: `smoke ${name}`, group: "Go to", icon: "smoke", label: `Smoke tests of ${name}`, note: `${environment}; run, latency, history`, leads: { kind: "go", to: href.smoke(name) } },
    { id: `validation ${name}`, group: "Go to", icon: "check", label: `Validation of ${name}`, note: `${environment}; the watch after a deployment`, leads: { kind: "go", to: href.validation(name) } },
    { id: `reports ${name}`, group: "Go to", icon: "file", label: `Reports of ${name}`, note: `${environment}; readiness, validation, drill, migration, month; HTML, PDF`, leads: { kind: "go", to: href.reports(name) } },
    { id: `logs ${name}`, group: "Go to", icon: "file", label: `Logs of ${name}`, note: `${environment}; read, filter, follow`, leads: { kind: "go", to: href.logs(name) } },
  ];
}

function place({ name, environment, components }: SystemPlace): Entry {
  return { id: `system ${name}`, group: "Find", icon: "database", label: name, note: `system, ${environment}; ${components.join(", ")}`, leads: { kind: "go", to: href.system(name) } };
}

function firing({ id, name, summary, target, severity }: Known["alerts"][number]): Entry {
  return { id: `alert ${id}`, group: "Find", icon: "alerts", label: oneLine(name, 80), note: `alert, ${SEVERITY_WORDS[severity].toLowerCase()}; ${[target, summary].flatMap((text) => (text ? [oneLine(text, 80)] : [])).join("; ")}`, leads: { kind: "go", to: href.alerts(id) } };
}

function found({ system, snapshot }: { system: string; snapshot: Snapshot }, now: number): Entry {
  const at = when(snapshot.manifest.cut_at, now);
  return {
    id: `snapshot ${system} ${snapshot.id}`,
    group: "Find",
    icon: "snapshots",
    label: snapshot.manifest.label ?? `${system}, ${at}`,
    note: `snapshot ${snapshot.id.slice(0, 8)} of ${system}, ${at}`,
    leads: { kind: "go", to: href.snapshots(system, snapshot.id) },
  };
}
