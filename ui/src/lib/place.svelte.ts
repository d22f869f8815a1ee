/** Where the person is: decides the colour of the window's edge and what the switcher shows. */
export interface Place {
  /** The system; absent on a page over several. */
  system?: string | undefined;
  /** Its environment; absent while unknown, then the edge is neutral. */
  environment?: "development" | "staging" | "production" | undefined;
}

let current = $state.raw<Place>({});

/** The place of the page in view. A page over one system sets it; the shell clears it when the route changes. */
export const place = {
  get system(): string | undefined {
    return current.system;
  },
  get environment(): Place["environment"] {
    return current.environment;
  },
  set(next: Place): void {
    current = next;
  },
  clear(): void {
    current = {};
  },
};
