// WebKitGTK says navigator.language === "C" when the process runs under LANG=C.UTF-8. "C" is no language tag, so every Intl
// constructor throws on it, some libraries' while they are imported. This must stay the first import of main.ts.
const FALLBACK = "en-GB";

function understood(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

if (!understood(navigator.language)) {
  Object.defineProperty(navigator, "language", { value: FALLBACK, configurable: true });
  Object.defineProperty(navigator, "languages", { value: Object.freeze([FALLBACK]), configurable: true });
}
export {};
