import type { LogLine, LogPage, WirePath } from "../../api/bindings";
import { count, counted } from "../../lib/count";
import { bytes } from "../../lib/bytes";
import { fileName } from "../../lib/path";
import type { Quantity } from "../../lib/quantity";

/** So much of a line is drawn; the whole of it stands beside the list. */
const DRAWN = 2_000;
/** Controls but the tab, and what turns the direction of writing, joins or takes no room. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const HIDDEN = /([\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff])/;
const CONTROLS = ["NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"];
/** So many lines are kept while new ones come in; older ones are read again when they are asked for. */
export const MOST = 20_000;

/** A page that was read, with the number of its first line: lines keep theirs while others come before and behind. */
export interface Piece {
  first: number;
  lines: readonly LogLine[];
  /** Tokens of the pages before and behind it. */
  before: string | null;
  after: string;
  file: WirePath;
  size: Quantity;
  /** What is said between it and the piece before, where the log was rotated. */
  turned: string | undefined;
}

/** One row of the list: a line, or a remark between two. */
export type LogRow = { key: string; line: LogLine; at: number } | { key: string; remark: string };

/** A part of a line: marked where the filter matched; or a sign that a terminal would obey and a page would hide, by its name. */
export interface TextPiece {
  text: string;
  marked: boolean;
  sign?: true;
}

/** The newest page, alone. */
export function begun(page: LogPage): Piece[] {
  return [piece(page, 0, undefined)];
}

/** With a page of older lines before them. */
export function withOlder(pieces: readonly Piece[], page: LogPage): Piece[] {
  const next = pieces[0];
  return next ? [piece(page, next.first - page.lines.length, undefined), ...pieces] : begun(page);
}

/** With a page of newer lines behind them. Where nothing came, only its token counts. */
export function withNewer(pieces: readonly Piece[], page: LogPage): Piece[] {
  const last = pieces.at(-1);
  if (!last) return begun(page);
  const turned = page.turned ? turnedWords(page.sentence) : undefined;
  if (page.lines.length === 0 && turned === undefined) return [...pieces.slice(0, -1), { ...last, after: page.after, size: page.size }];
  return [...pieces, piece(page, last.first + last.lines.length, turned)];
}

/** Without the oldest pages beyond what is kept; at least one stays. */
export function trimmed(pieces: readonly Piece[], most = MOST): readonly Piece[] {
  let held = pieces.reduce((sum, { lines }) => sum + lines.length, 0);
  let from = 0;
  while (held > most && from < pieces.length - 1) {
    held -= pieces[from]?.lines.length ?? 0;
    from += 1;
  }
  return from === 0 ? pieces : pieces.slice(from);
}

/** The rows of the list: all lines, or those that one rule counts; and where the log was rotated. */
export function rowsOf(pieces: readonly Piece[], rule?: string): LogRow[] {
  return pieces.flatMap(({ first, lines, turned }): LogRow[] => {
    const rows = lines.flatMap((line, i): LogRow[] => (rule === undefined || line.rules.includes(rule) ? [{ key: `l${first + i}`, line, at: first + i }] : []));
    return turned === undefined ? rows : [{ key: `t${first}`, remark: turned }, ...rows];
  });
}

/** How many of the lines each rule counts, in the order of the rules. */
export function countsOf(pieces: readonly Piece[], rules: readonly string[]): { rule: string; count: number }[] {
  const lines = pieces.flatMap((each) => each.lines);
  return rules.map((rule) => ({ rule, count: lines.filter((line) => line.rules.includes(rule)).length }));
}

/** A line as it is drawn: the beginning of a long one, with what the filter matched marked, and what cannot be seen named. */
export function textOf({ text: whole, matched }: Pick<LogLine, "text" | "matched">, most = DRAWN): TextPiece[] {
  const text = whole.slice(0, most);
  const out: TextPiece[] = [];
  let at = 0;
  for (const [from, until] of matched) {
    if (from >= text.length || from < at) continue;
    if (from > at) out.push({ text: text.slice(at, from), marked: false });
    at = Math.min(until, text.length);
    out.push({ text: text.slice(from, at), marked: true });
  }
  if (at < text.length || out.length === 0) out.push({ text: text.slice(at), marked: false });
  return out.flatMap(named);
}

/** What stands at the end of a line that is not drawn whole. */
export function restOf(line: LogLine): string | undefined {
  if (line.text.length > DRAWN) return `${counted(line.text.length - DRAWN, "more character")}${line.cut ? ", then cut" : ""}`;
  return line.cut ? "cut at 64\u00a0kB" : undefined;
}

/** The text of rows, for the clipboard: as the lines are, not as they are drawn. */
export function copyOf(rows: readonly LogRow[]): string {
  return rows.map((row) => ("line" in row ? row.line.text : `-- ${row.remark}`)).join("\n");
}

/** What was read: `412 lines of service.log (2.41 MB), 12 of them counted by errors`. */
export function footOf(pieces: readonly Piece[], shown: number, filter: string, rule: string | undefined): string {
  const last = pieces.at(-1);
  if (!last) return "";
  const held = pieces.reduce((sum, { lines }) => sum + lines.length, 0);
  const narrowed = filter === "" ? "" : held === 1 ? " that matches" : " that match";
  const ruled = rule === undefined ? "" : `, ${count(shown)} of them counted by ${rule}`;
  return `${counted(held, "line")} of ${fileName(last.file)} (${bytes(last.size)})${narrowed}${ruled}`;
}

/** How many code units the longest drawn line has, for the width of the list. */
export function widest(rows: readonly LogRow[]): number {
  return rows.reduce((most, row) => Math.max(most, "line" in row ? Math.min(DRAWN + 24, row.line.text.length) : 0), 0);
}

function piece(page: LogPage, first: number, turned: string | undefined): Piece {
  return { first, lines: page.lines, before: page.before, after: page.after, file: page.file, size: page.size, turned };
}

/** The part of the engine's sentence that tells of the rotation. */
function turnedWords(sentence: string): string {
  const words = sentence.split("; ").at(-1) ?? "";
  return words.includes("rotated") ? words.charAt(0).toUpperCase() + words.slice(1) : "The log was rotated.";
}

/** A piece with the signs in it by their names: `ESC`, `U+202E`. */
function named({ text, marked }: TextPiece): TextPiece[] {
  if (!HIDDEN.test(text)) return [{ text, marked }];
  return text.split(HIDDEN).flatMap((part, i): TextPiece[] => {
    if (i % 2 === 1) return [{ text: nameOf(part.charCodeAt(0)), marked, sign: true }];
    return part === "" ? [] : [{ text: part, marked }];
  });
}

function nameOf(code: number): string {
  return CONTROLS[code] ?? (code === 0x7f ? "DEL" : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
}
