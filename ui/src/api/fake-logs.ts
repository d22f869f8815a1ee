import type { Fault, LogBrief, LogLine, LogList, LogPage } from "./bindings";
import type { Request } from "./client";
import { before, NOW } from "./fake-answers";

/** Made-up logs. Looks: `empty` (none is named), `none` (an empty log), `calm` (no errors), `turned` (rotated a minute after the start). */

const ALL = 60_000;
const STEP = 700;
/** Of rotated files, which line each begins with. */
const FILES: [name: string, from: number][] = [["service.log.2.gz", 0], ["service.log.1", 20_000], ["service.log", 40_000]];
const BEGAN = NOW - ALL * STEP;
const NASTY = "\u001b[31mnot red\u001b[0m, \u202eexe.txt, \u0000 and <b>not bold</b>";

function text(i: number, look: string): string {
  const at = new Date(BEGAN + i * STEP).toISOString();
  const id = (i * 7_919) % 48_174;
  if (i % 997 === 3) return `${at} WARN  import: a long value ${JSON.stringify({ user: id, score: "0123456789abcdef".repeat(210) })}`;
  if (i % 1_499 === 8) return `${at} INFO  ${NASTY}`;
  if (look !== "calm" && i > ALL - 1_500 && i % 13 === 0) return `${at} ERROR appeal review of ${id} failed: no answer within 5 s (statement 3, timeout)`;
  if (i % 89 === 0) return `${at} WARN  statement took ${200 + (i % 700)} ms: SELECT * FROM appeals WHERE user_id = ${id}`;
  return `${at} INFO  ${["appeal", "review", "message", "prediction"][i % 4] ?? ""} ${id} answered in ${3 + (i % 17)} ms${i % 41 === 0 ? ", größer als sonst 🙂" : ""}`;
}

/** Of a line: what its rules are, and where the filter matches. */
function line(i: number, look: string, filter: RegExp | undefined): LogLine | undefined {
  const words = text(i, look);
  const matched = filter ? [...words.matchAll(filter)].filter(([found]) => found !== "").map((found): [number, number] => [found.index, found.index + found[0].length]) : [];
  if (filter && matched.length === 0) return undefined;
  const long = words.length > 3_000;
  return { text: words, cut: long, matched, rules: [/ ERROR /.test(words) ? "errors" : "", / took \d+ ms/.test(words) ? "slow" : ""].filter(Boolean) };
}

export function logs(look: string, system = "reputation"): LogList {
  const brief = (name: string, size: number | null, rules: string[]): LogBrief => ({ system, name, file: `/srv/${system}/logs/${name}.log`, size, rules });
  const all = [brief("access", 812_000_000, []), brief("service", 4_410_000, ["errors", "slow"]), brief("worker", null, ["crashes"])];
  return { logs: look === "empty" ? [] : system === "shop" ? all.slice(1, 2) : all, as_of: before(0) };
}

export function read({ system, log, at, direction, filter, lines = 200 }: Request<"read_log">, look: string): LogPage {
  if (log === "worker") throw { code: "log-missing", message: `The log /srv/${system}/logs/worker.log is not there.`, hint: "Look whether the worker runs, and where it writes.", class: "refused", retry: true } satisfies Fault;
  const expression = expressionOf(filter);
  const now = look === "none" ? 0 : ALL + Math.max(0, Math.floor((Date.now() - NOW) / STEP));
  const begin = at === undefined ? now : Number(at);
  const found: LogLine[] = [];
  let place = begin;
  for (let looked = 0; found.length < lines && looked < 25_000 && (direction === "on" ? place < now : place > 0); looked += 1) {
    const next = line(direction === "on" ? place : place - 1, look, expression);
    place += direction === "on" ? 1 : -1;
    if (next && direction === "on") found.push(next);
    else if (next) found.unshift(next);
  }
  const [from, until] = direction === "on" ? [begin, place] : [place, begin];
  const turned = look === "turned" && direction === "on" && begin - ALL < 60 && until - ALL >= 60;
  const file = FILES.findLast(([, first]) => first < until) ?? FILES[0];
  return { lines: found, before: from === 0 ? null : String(from), after: String(until), file: `/srv/${system}/logs/${file?.[0] ?? ""}`, size: look === "none" ? 0 : 4_410_000 + (now - ALL) * 70, turned, sentence: `${found.length} lines of ${file?.[0] ?? ""}${turned ? "; the log was rotated meanwhile" : ""}.`, as_of: new Date().toISOString() };
}

function expressionOf(filter: string | undefined): RegExp | undefined {
  if (filter === undefined || filter === "") return undefined;
  try {
    return new RegExp(filter, "g");
  } catch {
    throw { code: "bad-filter", message: `The filter ${filter} cannot be read: unclosed group.`, hint: "Put a backslash before brackets and dots that are meant as they are.", class: "usage", retry: false } satisfies Fault;
  }
}
