/** What a piece of SQL is, as far as its colour goes. */
export type SqlKind = "keyword" | "string" | "number" | "comment" | "hidden" | "plain";

/** A piece of one line. Joined, the pieces of a line are the line, but for what is hidden in it. */
export interface SqlPiece {
  kind: SqlKind;
  text: string;
}

/** The lines of an SQL text in coloured pieces. Comments and strings go on over line ends. */
export function sqlLines(text: string): SqlPiece[][] {
  const lines: SqlPiece[][] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    const kind = kindOf(token);
    token.split("\n").forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== "") (lines.at(-1) as SqlPiece[]).push(...shown(part.replace(/\r$/, ""), kind));
    });
  }
  return lines;
}

/** Comments, strings, quoted names, numbers, words, and everything else; an unfinished one runs to the end, as SQLite reads it. */
const TOKEN = /--[^\n]*|\/\*[^]*?(?:\*\/|$)|[xX]?'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[^\]\n]*\]|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[\p{L}_$][\p{L}\p{N}_$]*|\s+|[^]/gu;

const WORDS = new Set(
  ("ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BLOB BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS " +
    "CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FOR FOREIGN " +
    "FROM FULL GENERATED GLOB GROUP HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTEGER INTERSECT INTO IS ISNULL JOIN KEY LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL " +
    "NO NOT NOTHING NOTNULL NULL NUMERIC OF OFFSET ON OR ORDER OUTER OVER PARTITION PLAN PRAGMA PRIMARY QUERY RAISE REAL RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING " +
    "RIGHT ROLLBACK ROW ROWID ROWS SAVEPOINT SELECT SET STRICT TABLE TEMP TEMPORARY TEXT THEN TO TRANSACTION TRIGGER UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT").split(" "),
);

function kindOf(token: string): SqlKind {
  if (token.startsWith("--") || token.startsWith("/*")) return "comment";
  if (/^[xX]?'/.test(token)) return "string";
  if (/^[.\d]/.test(token) && token !== ".") return "number";
  return WORDS.has(token.toUpperCase()) ? "keyword" : "plain";
}

/** Characters that are not seen, or that turn the text around them: they are named, so that nobody reads what does not run. */
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}]/u;

function shown(part: string, kind: SqlKind): SqlPiece[] {
  if (!HIDDEN.test(part)) return [{ kind, text: part }];
  return part
    .split(new RegExp(`(${HIDDEN.source})`, "u"))
    .filter((piece) => piece !== "")
    .map((piece) => (HIDDEN.test(piece) ? { kind: "hidden", text: `U+${(piece.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}` } : { kind, text: piece }));
}
