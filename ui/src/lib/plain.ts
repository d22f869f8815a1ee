/** Characters that are not seen or that turn the text around them; a tab and the end of a line are kept for texts of many lines. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A text from outside in one line: without control characters and turned direction, cut to a length that a page can bear. */
export function oneLine(text: string, most = 300): string {
  const head = text.slice(0, most * 2).replace(UNSEEN, " ").replaceAll(/\s+/g, " ").trim();
  return head.length > most || text.length > most * 2 ? `${head.slice(0, most - 1).trimEnd()}…` : head;
}

/** The same for a text of many lines: lines and tabs stay. */
export function plainText(text: string, most = 4_000): { text: string; cut: number } {
  const shown = text.slice(0, most).replaceAll("\r\n", "\n").replace(UNSEEN, (sign) => (sign === "\n" || sign === "\t" ? sign : " "));
  return { text: shown, cut: Math.max(0, text.length - most) };
}
