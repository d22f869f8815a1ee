import type { LabelMatcher, Name, WirePath } from "../api/bindings";
import type { SignAct } from "./signing";

/** Something that a page or the palette asks for and that the shell shows above any page. */
export type Intent = { kind: "add"; path?: WirePath } | { kind: "backup"; system: Name } | { kind: "silence"; matchers: readonly LabelMatcher[] } | { kind: "sign"; act: SignAct; ondone: () => void };

let current = $state.raw<Intent | null>(null);

/** The one thing that is asked for at present. */
export const intent = {
  get current(): Intent | null {
    return current;
  },
  ask(what: Intent): void {
    current = what;
  },
  done(): void {
    current = null;
  },
};
