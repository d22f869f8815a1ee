import type { Barred, Evidence, Item, Person, StationState } from "../../api/bindings";
import { oneLine } from "../../lib/plain";
import { claimOf, EVIDENCE_WORDS, ITEM_WORDS, signers, STATION_WORDS } from "../../lib/readiness";
import type { SignAct } from "../../lib/signing";
import { untilOf } from "../../lib/until";

/** A waiver ends within so many milliseconds. */
const LONGEST = 90 * 86_400_000;
/** A passphrase has so many characters. */
export const SHORTEST = 10;

/** What is in front of somebody who signs. */
export interface Seen {
  /** What it is about: the item, the station, the poll. */
  title: string;
  /** The statement that is signed; absent where none is written down. */
  statement?: string | undefined;
  items: readonly Item[];
  /** Stations and how they stand; for who decides. */
  stations: readonly { title: string; state: StationState; sentence: string }[];
  /** Over everything of it. */
  shown: string;
  /** Who may say it; absent where the role is chosen, or none is needed. */
  role?: { id: string; title: string } | undefined;
  /** The role that is chosen at first. */
  owner?: string | undefined;
  /** People whose word would be refused here, because they gave it elsewhere. */
  barred?: readonly Barred[] | undefined;
}

/** What is written in the dialog. */
export interface Draft {
  role: string;
  person: string;
  passphrase: string;
  text: string;
  until: string;
}

/** What the dialog is called, and its button. */
export function actWords(act: SignAct): { title: string; button: string; asks: string; needsText: boolean } {
  switch (act.kind) {
    case "sign":
      return { title: "Sign", button: "Sign this", asks: "In your words", needsText: false };
    case "refuse":
      return { title: "Say no to", button: "Say no", asks: "Why not", needsText: true };
    case "waive":
      return { title: "Waive", button: "Waive until then", asks: "Why", needsText: true };
    case "not-applicable":
      return { title: "Does not apply:", button: "Say that it does not apply", asks: "Why not", needsText: true };
    case "revoke":
      return { title: `Revoke statement ${act.statement.number}`, button: "Revoke statement", asks: "Why", needsText: true };
    case "answer":
      return act.go ? { title: "Go:", button: "Say Go", asks: "In your words", needsText: false } : { title: "No-go:", button: "Say No-go", asks: "Why not", needsText: true };
    default:
      return act.go ? { title: "Decide Go:", button: "Decide Go", asks: "In your words", needsText: false } : { title: "Decide No-go:", button: "Decide No-go", asks: "Why not", needsText: true };
  }
}

/** True where what is said ends at a moment. */
export function hasEnd(act: SignAct): boolean {
  return act.kind === "waive" || act.kind === "not-applicable";
}

/** Who may say something: those with the role, or everybody where none is needed. Those who are ready come first. */
export function candidates(people: readonly Person[], role: string | undefined): Person[] {
  return people.filter(({ roles }) => role === undefined || role === "" || roles.includes(role)).toSorted((a, b) => Number(b.ready) - Number(a.ready) || a.name.localeCompare(b.name));
}

/** Who is named at first: somebody who can sign, has not signed these items yet and is not barred, where there is one. */
export function namedFirst(able: readonly Person[], items: readonly Pick<Item, "statements">[], barred: readonly Barred[] = []): Person | undefined {
  const signed = new Set(items.flatMap((item) => signers(item).flatMap(({ person, stale }) => (stale ? [] : [person]))));
  const free = able.filter(({ name }) => barredWhy(barred, name) === undefined);
  return free.find(({ name }) => !signed.has(name)) ?? free[0] ?? able[0];
}

/** Why somebody's word would be refused, because they gave it elsewhere; absent where it would not. */
export function barredWhy(barred: readonly Barred[], name: string): string | undefined {
  return barred.find(({ person }) => person === name)?.why;
}

/** Why it cannot be said as it is written; absent where it can. */
export function draftObstacle(act: SignAct, draft: Draft, person: Person | undefined, now: number, barred: readonly Barred[] = []): string | undefined {
  if (actWords(act).needsText && draft.text.trim() === "") return "It needs a reason.";
  if (hasEnd(act)) {
    const at = untilOf(draft.until, now);
    if (at === undefined || at <= now) return "It needs a moment at which it ends.";
    if (at > now + LONGEST) return "It ends within 90 d.";
  }
  if (person === undefined) return "Choose who signs.";
  const elsewhere = barredWhy(barred, person.name);
  if (elsewhere !== undefined) return `${oneLine(elsewhere, 300)}.`;
  if (person.paused_until !== null && Date.parse(person.paused_until) > now) return "Too many wrong passphrases: wait until the pause is over.";
  if (!person.ready) return "Set the first passphrase.";
  return draft.passphrase === "" ? "It needs the passphrase." : undefined;
}

/** Why a first passphrase cannot be set; absent where it can. */
export function firstObstacle({ word, passphrase, again }: { word: string; passphrase: string; again: string }): string | undefined {
  if (word.trim() === "") return "It needs the one-time word.";
  if (passphrase.length < SHORTEST) return `The passphrase has at least ${SHORTEST} characters.`;
  return passphrase === again ? undefined : "The two do not agree.";
}

/** What changed between what was shown and what is there now, a sentence each; something is always said. */
export function changesBetween(before: Pick<Seen, "items" | "stations">, after: Pick<Seen, "items" | "stations">): string[] {
  const items = after.items.flatMap((item) => itemChanges(before.items.find(({ id }) => id === item.id), item));
  const gone = before.items.filter(({ id }) => !after.items.some((each) => each.id === id)).map(({ title }) => `${oneLine(title, 80)} is no longer shown.`);
  const stations = after.stations.flatMap((station, i) => {
    const was = before.stations[i];
    return was && was.state !== station.state ? [`${oneLine(station.title, 60)} was ${STATION_WORDS[was.state]}, and is ${STATION_WORDS[station.state]}.`] : [];
  });
  const all = [...items, ...gone, ...stations];
  return all.length > 0 ? all : ["Something of it was measured again, or said: read it once more."];
}

function itemChanges(before: Item | undefined, after: Item): string[] {
  if (before === undefined) return [`${oneLine(after.title, 80)} is shown now.`];
  const measured = after.evidence.flatMap((evidence) => {
    const was = before.evidence.find(({ key }) => key === evidence.key);
    return was && words(was) === words(evidence) ? [] : [`${oneLine(evidence.title, 80)} was ${was ? words(was) : "not there"}, and is ${words(evidence)}.`];
  });
  const state = before.state === after.state || measured.length > 0 ? [] : [`${oneLine(after.title, 80)} was: ${ITEM_WORDS[before.state].toLowerCase()}; is: ${ITEM_WORDS[after.state].toLowerCase()}.`];
  return [...measured, ...state];
}

function words(evidence: Evidence): string {
  return `${oneLine(claimOf(evidence), 60)} (${EVIDENCE_WORDS[evidence.verdict].toLowerCase()}${evidence.stale ? ", too old" : ""})`;
}
