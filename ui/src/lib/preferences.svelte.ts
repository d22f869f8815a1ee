/** Light, dark, or as the desktop says. */
export type Theme = "system" | "light" | "dark";

const THEME = "quarterdeck.theme";
const LETTERS = "quarterdeck.letters";

const first = readTheme();
let theme = $state<Theme>(first);
let letters = $state(localStorage.getItem(LETTERS) !== "off");
showTheme(first);

/** What this person set on this machine; kept in the window's local storage. */
export const preferences = {
  get theme(): Theme {
    return theme;
  },
  set theme(next: Theme) {
    theme = next;
    localStorage.setItem(THEME, next);
    showTheme(next);
  },
  /** Whether single letters are shortcuts (WCAG 2.1.4: they can be switched off). */
  get letters(): boolean {
    return letters;
  },
  set letters(next: boolean) {
    letters = next;
    localStorage.setItem(LETTERS, next ? "on" : "off");
  },
};

function readTheme(): Theme {
  const kept = localStorage.getItem(THEME);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function showTheme(next: Theme): void {
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
}
