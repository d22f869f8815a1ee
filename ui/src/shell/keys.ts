import { dialogOpen, letter } from "../lib/keys";
import { ROUTES } from "./routes";

/** The second letter of a sequence counts for so long, in milliseconds. */
const SEQUENCE = 1_200;

/** What the shell does for a key. */
export interface KeyActs {
  palette: () => void;
  keys: () => void;
  go: (route: string) => void;
}

/** A listener for the shell's keys: Ctrl K, `?`, and `g` followed by a page's letter. */
export function shellKeys(acts: KeyActs): (event: KeyboardEvent) => void {
  let began: number | undefined;
  return (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      acts.palette();
      return;
    }
    const pressed = letter(event);
    if (pressed === undefined || dialogOpen()) return;
    const second = began !== undefined && event.timeStamp - began < SEQUENCE;
    began = pressed === "g" && !second ? event.timeStamp : undefined;
    const route = second ? ROUTES.find((each) => each.letter === pressed) : undefined;
    if (route) {
      // The letter belongs to the sequence alone: j after g is no next row.
      event.preventDefault();
      event.stopImmediatePropagation();
      acts.go(route.name);
    } else if (pressed === "?") {
      acts.keys();
    }
  };
}
