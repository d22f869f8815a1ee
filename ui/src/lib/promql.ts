/** What a piece of a query is, as far as its colour goes. */
export type QueryKind = "keyword" | "string" | "number" | "comment" | "plain";

/** A piece of a query. Joined, the pieces are the query. */
export interface QueryPiece {
  kind: QueryKind;
  text: string;
}

const TOKEN = /#[^\n]*|"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|`[^`]*(?:`|$)|(?<![\w:.])(?:0x[\da-fA-F]+|(?:\d+(?:ms|[smhdwy]))+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w:])|[a-zA-Z_:][\w:.]*|\s+|[^]/gu;

const WORDS = new Set("and or unless by without on ignoring group_left group_right offset bool atan2 start end".split(" "));

/** A query in coloured pieces: functions and operators in words, texts, numbers and durations, comments. */
export function queryPieces(query: string): QueryPiece[] {
  const out: QueryPiece[] = [];
  for (const match of query.matchAll(TOKEN)) {
    const [text] = match;
    const kind = kindOf(text, query.slice(match.index + text.length, match.index + text.length + 40));
    const last = out.at(-1);
    if (last?.kind === kind) last.text += text;
    else out.push({ kind, text });
  }
  return out;
}

function kindOf(text: string, after: string): QueryKind {
  if (text.startsWith("#")) return "comment";
  if (/^["'`]/.test(text)) return "string";
  if (/^(?:\d|\.\d)/.test(text)) return "number";
  if (!/^[a-zA-Z_:]/.test(text)) return "plain";
  return WORDS.has(text.toLowerCase()) || /^\s*\(/.test(after) || /^\s*(?:by|without)\b/.test(after) ? "keyword" : "plain";
}
