import { parse } from "./address";

let hash = $state(window.location.hash);
const address = $derived(parse(hash));
/** The system that was looked at last: where the rail's System and Snapshots lead. */
let last = $state<string | undefined>();

window.addEventListener("hashchange", () => (hash = window.location.hash));

/** Where the window is. */
export const here = {
  get address() {
    return address;
  },
  get lastSystem(): string | undefined {
    return last;
  },
  set lastSystem(system: string | undefined) {
    last = system;
  },
};
