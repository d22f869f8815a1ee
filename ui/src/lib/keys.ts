import { preferences } from "./preferences.svelte";

/** True where typing belongs to a field, so that no letter may be taken as a shortcut. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** The single letter that was pressed as a shortcut; absent in fields, with modifiers, or where letters are switched off. */
export function letter(event: KeyboardEvent): string | undefined {
  if (!preferences.letters || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event)) return undefined;
  return event.key.length === 1 ? event.key : undefined;
}

/** True while a dialog lies above the page, whose keys then rest. */
export function dialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
