import type { Component } from "svelte";

import type { IconName } from "../kit/icons";
import { isCopy } from "../lib/readiness";
import type { Address } from "./address";

/** What a route shows: a component that is fetched when it is first needed, and its properties from the address. */
export interface View {
  load: () => Promise<Component<Record<string, unknown>>>;
  /** The properties; absent where the address lacks what the page is about (then a system has to be chosen first). */
  props: (address: Address) => Record<string, unknown> | undefined;
}

/** One page of the window. */
export interface Route {
  /** First part of the address: `#/NAME/…`. */
  name: string;
  title: string;
  /** Where it stands in the side rail; absent for pages that are reached from others. */
  rail?: "all" | "system" | "record" | "foot";
  icon?: IconName;
  /** After `g`, goes there. */
  letter?: string;
  /** What the address names is opened beside a list: another one does not begin the page anew. */
  beside?: boolean;
  view: View;
}

/** The one table of pages. */
export const ROUTES: readonly Route[] = [
  {
    name: "overview",
    title: "Overview",
    rail: "all",
    icon: "overview",
    letter: "o",
    view: page(
      () => import("./OverviewPlace.svelte"),
      () => ({}),
    ),
  },
  {
    name: "health",
    title: "Health",
    rail: "all",
    icon: "health",
    letter: "h",
    view: page(
      () => import("./HealthPlace.svelte"),
      (address) => healthOf(address),
    ),
  },
  {
    name: "alerts",
    title: "Alerts",
    rail: "all",
    icon: "alerts",
    letter: "a",
    beside: true,
    view: page(
      () => import("../features/alerts/Alerts.svelte"),
      (address) => ({ open: address.what, ...asked(address, "system", "text") }),
    ),
  },
  {
    name: "rules",
    title: "Rules",
    beside: true,
    view: page(
      () => import("../features/rules/Rules.svelte"),
      (address) => asked(address, "rule"),
    ),
  },
  {
    name: "routes",
    title: "Routes",
    view: page(
      () => import("../features/routes/Routes.svelte"),
      (address) => asked(address, "router"),
    ),
  },
  {
    name: "silences",
    title: "Silences",
    view: page(
      () => import("../features/silences/Silences.svelte"),
      () => ({}),
    ),
  },
  {
    name: "history",
    title: "Alert history",
    beside: true,
    view: page(
      () => import("../features/alerts/History.svelte"),
      (address) => asked(address, "tab", "text", "from", "until"),
    ),
  },
  {
    name: "runbook",
    title: "Runbook",
    view: page(
      () => import("../features/runbook/RunbookPage.svelte"),
      (address) => (address.what === undefined ? { name: "" } : { name: address.what, ...asked(address, "system") }),
    ),
  },
  {
    name: "dashboards",
    title: "Health",
    view: page(
      () => import("../features/health/SystemHealthPage.svelte"),
      (address) => (address.what === undefined ? undefined : { ...healthOf(address), system: address.what, dashboard: address.part }),
    ),
  },
  {
    name: "promises",
    title: "Promises",
    view: page(() => import("../features/promises/Promises.svelte"), withSystem),
  },
  {
    name: "capacity",
    title: "Capacity",
    view: page(
      () => import("../features/capacity/Capacity.svelte"),
      (address) => withSystem(address, "what"),
    ),
  },
  {
    name: "logs",
    title: "Logs",
    view: page(
      () => import("../features/logs/Logs.svelte"),
      (address) => {
        const asked = withSystem(address, "filter");
        return asked && { ...asked, log: address.part };
      },
    ),
  },
  {
    name: "explore",
    title: "Explore",
    rail: "all",
    icon: "query",
    letter: "x",
    beside: true,
    view: page(
      () => import("../features/explore/Explore.svelte"),
      (address) => asked(address, "query", "system", "from", "until"),
    ),
  },
  {
    name: "system",
    title: "System",
    rail: "system",
    icon: "system",
    letter: "y",
    view: page(
      () => import("../features/system/System.svelte"),
      (address) => withSystem(address, "component"),
    ),
  },
  {
    name: "snapshots",
    title: "Snapshots",
    rail: "system",
    icon: "snapshots",
    letter: "s",
    view: page(
      () => import("../features/snapshots/Snapshots.svelte"),
      (address) => withSystem(address, "at"),
    ),
  },
  {
    name: "migrations",
    title: "Migrations",
    rail: "system",
    icon: "migrations",
    letter: "m",
    view: page(
      () => import("../features/migrations/Migrations.svelte"),
      (address) => withSystem(address, "component", "version", "show"),
    ),
  },
  {
    name: "drills",
    title: "Drills",
    rail: "system",
    icon: "drill",
    letter: "d",
    view: page(() => import("../features/drills/Drills.svelte"), withSystem),
  },
  {
    name: "schedules",
    title: "Schedules",
    rail: "system",
    icon: "clock",
    letter: "e",
    view: page(
      () => import("../features/schedules/Schedules.svelte"),
      (address) => withSystem(address, "schedule"),
    ),
  },
  {
    name: "retention",
    title: "Retention",
    rail: "system",
    icon: "keep",
    letter: "t",
    view: page(() => import("../features/retention/Retention.svelte"), withSystem),
  },
  {
    name: "repository",
    title: "Repository",
    rail: "system",
    icon: "folder",
    letter: "p",
    view: page(
      () => import("../features/repository/Repository.svelte"),
      (address) => withSystem(address, "show"),
    ),
  },
  {
    name: "readiness",
    title: "Readiness",
    rail: "system",
    icon: "readiness",
    letter: "r",
    view: page(
      () => import("./ReadinessPlace.svelte"),
      (address) => ({ ...ofCopy(address), ...asked(address, "show") }),
    ),
  },
  { name: "checklist", title: "Checklist", view: page(() => import("../features/readiness/Readiness.svelte"), ofCopy) },
  {
    name: "poll",
    title: "Poll",
    view: page(
      () => import("../features/poll/PollPage.svelte"),
      (address) => (address.what === undefined || !isCopy(address.what) ? undefined : { copy: address.what }),
    ),
  },
  {
    name: "smoke",
    title: "Smoke tests",
    rail: "system",
    icon: "smoke",
    letter: "k",
    view: page(
      () => import("../features/smoke/Smoke.svelte"),
      (address) => withSystem(address, "suite", "case"),
    ),
  },
  {
    name: "validation",
    title: "Validation",
    view: page(
      () => import("../features/validation/ValidationPage.svelte"),
      (address) => withSystem(address, "watch", "show"),
    ),
  },
  {
    name: "reports",
    title: "Reports",
    view: page(
      () => import("../features/reports/Reports.svelte"),
      (address) => withSystem(address, "kind", "subject"),
    ),
  },
  {
    name: "restore",
    title: "Restore",
    view: page(
      () => import("../features/restore/Restore.svelte"),
      (address) => withSystem(address, "component", "snapshot"),
    ),
  },
  {
    name: "apply",
    title: "Apply migrations",
    view: page(
      () => import("../features/migrations/Apply.svelte"),
      (address) => withSystem(address, "component", "to", "one", "down"),
    ),
  },
  { name: "job", title: "Job", view: page(() => import("./JobPlace.svelte"), withJob) },
  { name: "undo", title: "Undo", view: page(() => import("../features/restore/Undo.svelte"), withJob) },
  {
    name: "jobs",
    title: "Jobs",
    rail: "record",
    icon: "jobs",
    letter: "j",
    beside: true,
    view: page(
      () => import("../features/jobs/Jobs.svelte"),
      (address) => ({ open: jobOf(address) }),
    ),
  },
  {
    name: "audit",
    title: "Audit",
    rail: "record",
    icon: "audit",
    letter: "u",
    view: page(
      () => import("../features/audit/Audit.svelte"),
      () => ({}),
    ),
  },
  {
    name: "settings",
    title: "Settings",
    rail: "foot",
    icon: "settings",
    view: page(
      () => import("../features/settings/Settings.svelte"),
      (address) => asked(address, "show"),
    ),
  },
];

/** The route of an address; the overview where none has its name. */
export function routeOf(address: Address): Route {
  const found = ROUTES.find((route) => route.name === address.name) ?? ROUTES[0];
  if (!found) throw new Error("the table of routes is empty");
  return found;
}

function page<P extends object>(load: () => Promise<{ default: Component<P> }>, props: (address: Address) => NoInfer<P> | undefined): View {
  return { load: async () => (await load()).default as unknown as Component<Record<string, unknown>>, props: props as View["props"] };
}

function withSystem<Q extends string = never>(address: Address, ...queries: Q[]): ({ system: string } & { [K in Q]?: string }) | undefined {
  if (address.what === undefined) return undefined;
  return { system: address.what, ...asked(address, ...queries) };
}

/** A page about a copy of a checklist: it is named itself, or by its system; an item of it may be named behind it. */
function ofCopy(address: Address): { system?: string; copy?: string; item?: string } | undefined {
  if (address.what === undefined) return undefined;
  const item = address.part ?? address.query.get("item");
  const about = isCopy(address.what) ? { copy: address.what } : { system: address.what, ...asked(address, "copy") };
  return { ...about, ...(item === null ? {} : { item }) };
}

/** A page of health: of all systems where none is named. */
function healthOf(address: Address) {
  return { system: address.what, ...asked(address, "dashboard", "tab", "panel", "from", "until", "check") };
}

function asked<Q extends string>(address: Address, ...names: Q[]): { [K in Q]?: string } {
  const given = names.flatMap((name) => {
    const value = address.query.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given) as { [K in Q]?: string };
}

function withJob(address: Address): { job: number } | undefined {
  const job = jobOf(address);
  return job === undefined ? undefined : { job };
}

function jobOf(address: Address): number | undefined {
  const number = Number(address.what);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
