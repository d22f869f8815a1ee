import { transport } from "./transport";

/** Lets the person choose a file; null where none was chosen. */
export function chooseFile(title = "Choose a database file"): Promise<string | null> {
  return transport().choose("file", title);
}

/** Lets the person choose a folder; null where none was chosen. */
export function chooseFolder(title = "Choose a folder with quarterdeck.yaml"): Promise<string | null> {
  return transport().choose("folder", title);
}

/** Lets the person choose where a file will be written; null where none was chosen. */
export function chooseSavePath(suggested: string, title: string): Promise<string | null> {
  return transport().chooseSave(suggested, title);
}

/** Puts a text on the clipboard; false where the desktop does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
