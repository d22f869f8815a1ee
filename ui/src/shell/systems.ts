import type { Environment, Overview } from "../api/bindings";

/** A system as the shell names it. */
export interface SystemPlace {
  name: string;
  environment: Environment;
  components: string[];
}

/** The systems behind the lines of the overview, by name. */
export function systemsOf(overview: Overview): SystemPlace[] {
  const found = new Map<string, SystemPlace>();
  for (const { system, environment, component } of overview.databases) {
    const known = found.get(system);
    if (known) known.components.push(component);
    else found.set(system, { name: system, environment, components: [component] });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
