import { call } from "../../api/client";
import type { SignAct } from "../../lib/signing";
import { untilOf } from "../../lib/until";
import type { Draft, Seen } from "./model";

/** Reads what is in front of somebody who says something. */
export async function readSeen(act: SignAct, signal: AbortSignal): Promise<Seen> {
  if (act.kind === "revoke") {
    const { statement } = act;
    return { title: "", statement: statement.text, items: [], stations: [], shown: statement.shown ?? "" };
  }
  if (act.kind === "answer" || act.kind === "decide") {
    const poll = await call("get_poll", { copy: act.copy }, { signal });
    if (act.kind === "decide") return { title: `${poll.title} ${poll.release}`, items: poll.items, stations: poll.stations, shown: poll.shown, role: { id: poll.director, title: poll.director_title }, barred: act.go ? poll.apart?.director.barred : undefined };
    const station = poll.stations.find(({ id }) => id === act.station);
    if (station === undefined) throw new Error(`the poll has no station ${act.station}`);
    return { title: station.title, items: poll.items.filter(({ id }) => station.items.includes(id)), stations: [], shown: station.shown, role: { id: station.role, title: station.title }, barred: act.go ? poll.apart?.stations[station.id]?.barred : undefined };
  }
  const { item } = await call("get_item", { copy: act.copy, item: act.item }, { signal });
  const about = { title: item.title, statement: item.manual ?? undefined, items: [item], stations: [], shown: item.shown };
  const role = act.kind === "sign" ? act.roles.find(({ id }) => id === item.role) : undefined;
  return role === undefined ? { ...about, owner: item.owner ?? undefined } : { ...about, role };
}

/** Says it. What was shown goes with it, so that nobody signs what he did not see. */
export async function say(act: SignAct, { role, person, passphrase, text, until }: Draft, shown: string, now: number): Promise<void> {
  const words = text.trim();
  const by = { copy: act.copy, person, passphrase, text: words };
  switch (act.kind) {
    case "sign":
    case "refuse":
      await call("sign_item", { ...by, item: act.item, refuse: act.kind === "refuse", role, shown });
      return;
    case "waive":
    case "not-applicable":
      await call("waive_item", { ...by, item: act.item, applies: act.kind === "waive", until: new Date(untilOf(until, now) ?? now).toISOString() });
      return;
    case "revoke":
      await call("revoke_statement", { ...by, number: act.statement.number });
      return;
    case "answer":
      await call("answer_poll", { ...by, station: act.station, go: act.go, shown });
      return;
    default:
      await call("decide_poll", { ...by, go: act.go, shown });
  }
}
