import { now } from "../../lib/now.svelte";
import { past, readSpan, type SpanText } from "../../lib/span";
import type { Span } from "../../lib/axis";

/** How often a page that shows the present fetches again, in seconds. */
export type Refresh = "off" | "5" | "15" | "60";

/** The choices in the page's head. */
export const REFRESHES: readonly { value: Refresh; label: string }[] = [
  { value: "off", label: "paused" },
  { value: "5", label: "every 5 s" },
  { value: "15", label: "every 15 s" },
  { value: "60", label: "every 1 min" },
];

let utc = $state(false);
let refresh = $state<Refresh>("15");

/** How this person looks at time; kept while the window is open. */
export const viewing = {
  get utc(): boolean {
    return utc;
  },
  set utc(next: boolean) {
    utc = next;
  },
  get refresh(): Refresh {
    return refresh;
  },
  set refresh(next: Refresh) {
    refresh = next;
  },
};

/** True for a stretch that ends now and therefore moves. */
export function moves(text: SpanText): boolean {
  return text.until === "now";
}

/** The stretch at this moment; the last six hours where the address says nonsense. */
export function spanAt(text: SpanText): Span {
  const { span } = readSpan(text, Date.now());
  return span ? past(span, Date.now()) : { from: now.value - 21_600_000, to: now.value };
}

/** Counts up each time a page that shows `text` should fetch again, for the life of a component. */
export function beats(text: () => SpanText): { readonly count: number } {
  let count = $state(0);
  $effect(() => {
    if (viewing.refresh === "off" || !moves(text())) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) count += 1;
    }, Number(viewing.refresh) * 1_000);
    return () => clearInterval(timer);
  });
  return {
    get count() {
      return count;
    },
  };
}
