import type { Apart, ChecklistCopy, ChecklistList, ChecklistPhase, Cure, Evidence, EvidenceVerdict, Fault, GateRow, GateVerdict, Item, ItemDetail, ItemState, Person, Poll, Readiness, Statement, StatementKind, Station, StationState } from "./bindings";
import type { Request } from "./client";
import { before, digest, NOW } from "./fake-answers";

/**
 * What a made-up engine says of readiness. Looks: `empty` and `none` (no file), `unopened` (no copy), `wrong` (files with mistakes), `ready` (everything
 * holds), `hostile` (texts from outside that want to be more than text), `many` (six stations with long names). The passphrase of everybody is `correct horse`.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const COPY = "c0ffee0000000034";
const HOSTILE = `<img src=x onerror=alert(1)>\u202e</td><script>document.title="owned"</script> ${"long ".repeat(400)}`;

const DRILL: Cure = { label: "Run drill", address: "drills/reputation", job: { operation: "drill_system", request: { system: "reputation" }, role: "operator", command: "quarterdeck drill reputation" } };

type Seed = [id: string, title: string, owner: string, category: Item["category"], state: ItemState, evidence: [title: string, value: string | null, verdict: EvidenceVerdict, ago: number, stale?: boolean][], more?: Partial<Item>];

const BEFORE: Seed[] = [
  ["snapshot", "Snapshot before the release", "dba", "data", "holds", [["Snapshot age", "2 min, data matches", "holds", 2 * MINUTE]], { critical: true, weight: 3 }],
  ["drill", "Restore drilled within 31 d", "dba", "data", "stale", [["Drill of reputation.db", "2 d", "holds", HOUR], ["Drill of notifications.db", "38 d", "holds", 38 * DAY, true]], { sentence: "drill of notifications.db is 38 d old, 31 d allowed", cure: DRILL }],
  ["error-rate", "Error rate below 1 % for an hour", "tech-lead", "performance", "fails", [["Error rate", "6.8 %", "fails", 40_000]], { critical: true, sentence: "error rate 6.8 %, below 1 % expected", cure: { label: "See chart", address: "explore?query=up", job: null } }],
  ["rehearsed", "Migrations rehearsed on a copy", "dba", "data", "holds", [["Rehearsal", "6.4 s, 0 losses", "holds", 90 * MINUTE]]],
  ["smoke", "Smoke tests", "qa-lead", "operations", "waived", [["Smoke tests", "34 of 35", "fails", 41 * MINUTE]], { waived_until: before(-8 * DAY), sentence: "waived by Grace until 30 Nov: search is rebuilt this week" }],
  ["rollback", "Rollback rehearsed, database included", "devops-lead", "operations", "holds", [["Rollback", "back in 58 s", "holds", 26 * HOUR]]],
  ["on-call", "On-call team in place", "devops-lead", "operations", "waiting", [], { manual: "The on-call team is named and reachable.", signatures: 2, sentence: "waits for two signatures", cure: { label: "Sign item", address: `checklist/${COPY}/on-call`, job: null } }],
  ["audit-db", "Audit database reachable", "dba", "monitoring", "unknown", [["audit.db answers", null, "unknown", 42 * MINUTE, true]], { sentence: "not known since 13:20: connection refused", cure: { label: "Measure again", address: `checklist/${COPY}/audit-db`, job: { operation: "gather_evidence", request: { copy: COPY, items: ["audit-db"] }, role: "operator", command: `quarterdeck checklist gather ${COPY} audit-db` } } }],
  ["handover", "Handover written", "tech-lead", "documentation", "blocked", [], { manual: "Somebody else can run this.", after: ["on-call"], sentence: "after On-call team in place, which is not signed" }],
  ["token", "No default tokens", "devops-lead", "security", "refused", [["Secrets are references", "1 in staging.yml", "fails", 12 * MINUTE]], { sentence: "Ada says no: default token in staging.yml", cure: { label: "See system", address: "system/reputation", job: null } }],
  ["gdpr", "Data protection looked at", "stakeholder", "documentation", "not-applicable", [], { manual: "Nothing personal is stored anew.", waived_until: before(-30 * DAY), sentence: "does not apply until 22 Dec" }],
];
const DURING: Seed[] = [["watch", "Somebody watches the board", "devops-lead", "monitoring", "waiting", [], { manual: "I watch until the end.", sentence: "waits for a signature" }]];
const AFTER: Seed[] = [["closed-tickets", "Tickets closed", "qa-lead", "operations", "waiting", [], { manual: "All tickets of the release are closed.", sentence: "waits for a signature" }], ["watch-48", "Watched for 48 h", "devops-lead", "monitoring", "unknown", [["Watch", null, "unknown", 0]]]];

const ROLES = [["dba", "DBA"], ["tech-lead", "Tech lead"], ["qa-lead", "QA lead"], ["devops-lead", "DevOps lead"], ["stakeholder", "Stakeholder"]].map(([id = "", title = ""]) => ({ id, title }));
const MORE = [["data-steward", "Data steward of the northern region and its partners"], ["release-engineer", "Release-train engineer"]].map(([id = "", title = ""]) => ({ id, title }));
const LONG = "Wilhelmina Featherstonehaugh-Cholmondeley";

export function answers(look: string, tell: () => void, start: (operation: string, title: string, system: string, report: unknown) => { job: number }) {
  const world = new Pretended(look);
  const said = <T>(answer: T): T => (tell(), answer);
  return {
    list_checklists: ({ system }: Request<"list_checklists">) => world.list(system ?? "reputation"),
    open_checklist: ({ release }: Request<"open_checklist">) => said(world.open(release)),
    close_checklist: () => said(world.close()),
    get_readiness: () => world.readiness(),
    get_item: ({ item }: Request<"get_item">) => world.item(item),
    gather_evidence: ({ copy }: Request<"gather_evidence">) => start("gather_evidence", "Gather evidence for Release 3.4", "reputation", { copy, sentence: "9 of 11 measured hold; 1 fails, 1 is not known." }),
    sign_item: (asked: Request<"sign_item">) => said(world.say(asked, asked.refuse ? "refuse" : "sign", { item: asked.item, role: asked.role })),
    revoke_statement: (asked: Request<"revoke_statement">) => said(world.revoke(asked)),
    waive_item: (asked: Request<"waive_item">) => said(world.say({ ...asked, shown: "" }, asked.applies ? "exempt" : "not-applicable", { item: asked.item, until: asked.until })),
    note_item: ({ item, text, link }: Request<"note_item">) => said(world.note(item, text, link)),
    list_people: () => ({ people: world.people, as_of: before(0) }),
    add_person: ({ name, roles }: Request<"add_person">) => said(world.add(name, roles)),
    set_passphrase: ({ name }: Request<"set_passphrase">) => said(world.set(name, { ready: true }) && null),
    set_person: ({ name, roles, forgotten }: Request<"set_person">) => said({ person: world.set(name, { roles, ...(forgotten ? { ready: false } : {}) }), word: forgotten ? { name, word: "amber-finch-oak-3", until: before(-7 * DAY) } : null }),
    forget_person: ({ name }: Request<"forget_person">) => said((world.people = world.people.filter((each) => each.name !== name)) && null),
    list_gates: () => ({ gates: world.gates(), as_of: before(0) }),
    check_gate: () => world.gates()[0],
    get_poll: () => world.poll(),
    answer_poll: (asked: Request<"answer_poll">) => said((world.answer(asked), world.poll())),
    hold_poll: ({ text }: Request<"hold_poll">) => said(((world.held = text), world.poll())),
    resume_poll: () => said(((world.held = null), world.poll())),
    decide_poll: (asked: Request<"decide_poll">) => said((world.say(asked, "decide", { verdict: asked.go ? "go" : "no-go" }), (world.decided = asked.go ? "go" : "no-go"), world.poll())),
  };
}

class Pretended {
  people: Person[] = [person("Ada Lovelace", ["dba", "tech-lead"]), person("Grace Hopper", ["qa-lead", "devops-lead"]), person("Linus New", ["devops-lead", "stakeholder"], { ready: false }), person("Alan Paused", ["dba"], { paused_until: before(-8 * MINUTE) })];
  held: string | null = null;
  decided: Poll["decided"] = null;
  #look: string;
  #closed: string | null = null;
  #statements: Statement[];
  #answers = new Map<string, StationState>([["tech-lead", "stale"], ["qa-lead", "no-go"], ["devops-lead", "go"], ["stakeholder", "waiting"]]);
  #turned = 0;
  #roles = ROLES;

  constructor(look: string) {
    this.#look = look;
    if (look === "ready") for (const { id } of ROLES) this.#answers.set(id, "go");
    this.#statements = [statement(1, "open", {}, 3 * DAY), statement(2, "sign", { item: "on-call", person: "Grace Hopper", role: "devops-lead", text: "Rota checked by telephone", stale: true, revoked_by: 4 }, 26 * HOUR), statement(3, "note", { item: "on-call", text: look === "hostile" ? HOSTILE : "The rota", attachment: { name: "https://handbook.example.com/rota", link: "https://handbook.example.com/rota", size: null, digest: null } }, 25 * HOUR), statement(4, "revoke", { item: "on-call", person: "Grace Hopper", text: "One of them is ill", revokes: 2 }, 20 * HOUR), statement(5, "go", { station: "tech-lead", person: "Ada Lovelace", role: "tech-lead", text: "", stale: true }, 160 * MINUTE), statement(6, "refuse", { station: "qa-lead", person: "Grace Hopper", role: "qa-lead", text: "Error rate 6.8 % since 13:42. Go when it is below 1 % for an hour." }, 4 * MINUTE), statement(7, "go", { station: "devops-lead", person: "Grace Hopper", role: "devops-lead", text: "" }, 11 * MINUTE)];
    if (look === "many") this.#crowd();
    if (look === "ready") this.#agreed();
  }

  #agreed(): void {
    this.people = [...this.people, person("Mary Jackson", ["qa-lead"]), person("Katherine Johnson", ["stakeholder"])];
    const go = (number: number, station: string, by: string, ago: number): Statement => statement(number, "go", { station, person: by, role: station, text: "" }, ago);
    this.#statements = [...this.#statements.filter(({ station }) => station === null), go(5, "tech-lead", "Ada Lovelace", 16 * MINUTE), go(6, "qa-lead", "Mary Jackson", 14 * MINUTE), go(7, "devops-lead", "Grace Hopper", 11 * MINUTE), go(8, "stakeholder", "Katherine Johnson", 4 * MINUTE)];
  }

  #crowd(): void {
    this.#roles = [...ROLES, ...MORE];
    this.people = [...this.people, person(LONG, MORE.map(({ id }) => id))];
    this.#answers.set("qa-lead", "waiting").set("data-steward", "go");
    this.#statements = [...this.#statements.filter(({ station }) => station !== "qa-lead"), statement(8, "go", { station: "data-steward", person: LONG, role: "data-steward", text: "" }, 6 * MINUTE)];
  }

  list(system: string): ChecklistList {
    const none = ["empty", "none"].includes(this.#look);
    const finding = { file: "/etc/quarterdeck/reputation/checklists/after.yml", line: 12, column: 7, code: "unknown-key", message: "There is no key `evidnce`", hint: "Write evidence." };
    const checklists: ChecklistList["checklists"] = none ? [] : [{ system, name: "release", title: "Release", file: "/etc/quarterdeck/reputation/checklists/release.yml", version: digest(31), items: 14, findings: [] }];
    if (this.#look === "wrong") checklists.push({ system, name: "after", title: "after", file: finding.file, version: null, items: 0, findings: [finding as never] });
    const old: ChecklistCopy = { ...this.#copy(), id: "c0ffee0000000033", release: "3.3", closed: before(20 * DAY), score: 79, verdict: "waived", decided: "go", bypassed: 0 };
    const releases = [["3.1", 58], ["3.2", 71], ["3.3", 79]].map(([release, score], at) => ({ copy: `c0ffee000000003${at + 1}`, release: String(release), score: Number(score), verdict: "waived" as const, at: before((80 - 20 * at) * DAY), closed: true, bypassed: 0 }));
    const trends = none ? [] : [{ system, environment: "production" as const, checklist: "release", releases }];
    return { checklists, copies: none || this.#look === "unopened" ? [] : [this.#copy(), old], trends, as_of: before(0) };
  }

  open(release: string): ChecklistCopy {
    this.#look = "";
    return { ...this.#copy(), release };
  }

  close(): ChecklistCopy {
    this.#closed = before(0);
    return this.#copy();
  }

  readiness(): Readiness {
    const phases: ChecklistPhase[] = [this.#phase("before", "Before", BEFORE), this.#phase("during", "During", DURING), this.#phase("after", "After", AFTER)];
    const lost = phases.flatMap(({ items }) => items).filter(({ state }) => !["holds", "waived", "not-applicable"].includes(state));
    const categories = (["data", "monitoring", "security", "operations", "performance", "documentation"] as const).map((category, i) => ({ category, score: this.#look === "ready" ? 100 : [92, 88, 76, 81, 84, 70][i] ?? 0, lost: lost.filter((item) => item.category === category).map((item, j) => ({ item: item.id, points: 8 + j * 4, sentence: item.sentence, cure: item.cure })) }));
    return { copy: this.#copy(), verdict: this.#verdict(), score: { total: this.#look === "ready" ? 100 : 82, categories, before: { release: "3.3", total: 79, at: before(20 * DAY) } }, phases, roles: this.#roles, stations: this.#stations(), gates: this.gates(), bypasses: this.#look === "ready" ? [] : [statement(8, "bypass", { gate: "deploy", action: "migrate", text: "Migrated while it was closed (Tech lead: asked, no answer yet): the site is down" }, 3 * HOUR)], changed: null, oldest: before(42 * MINUTE), head: digest(77), as_of: before(0) };
  }

  item(id: string): ItemDetail {
    const found = [...BEFORE, ...DURING, ...AFTER].find(([each]) => each === id);
    if (!found) throw { code: "no-such-item", message: `There is no item ${id}`, hint: "Look at the list.", class: "usage", retry: false } satisfies Fault;
    const item = this.#item(found, "before");
    return { item: { ...item, evidence: item.evidence.map((each) => ({ ...each, detail: this.#look === "hostile" ? HOSTILE : `sum(rate(api_errors_total[5m])) / sum(rate(api_requests_total[5m]))\n{} => 0.068 @ ${before(40_000)}` })) }, html: this.#look === "hostile" ? `<h4>Why</h4><script>alert(1)</script><p>${"<b>bold</b> <img src=x onerror=alert(1)>"}</p>` : "<p>Half of all bad nights began with <strong>nobody looking</strong> at this. See <code>runbooks/appeal-errors.md</code>.</p><ul><li><p>Look at the chart</p></li><li><p>Ask who deployed</p></li></ul>", history: this.#statements.filter((each) => each.item === id), as_of: before(0) };
  }

  poll(): Poll {
    const stations = this.#stations();
    const open = stations.find(({ state }) => state !== "go");
    return { copy: COPY, title: "Release", release: "3.4", stations, items: this.#phase("before", "Before", BEFORE).items, verdict: this.#verdict(), director: "stakeholder", director_title: "Stakeholder", held: this.held, decided: this.decided, decision: null, refusal: open ? `${open.title} has not said Go` : this.#verdict().word === "no-go" ? "error rate 6.8 %, below 1 % expected" : null, apart: this.#apart(stations), shown: digest(60 + this.#turned), as_of: before(0) };
  }

  /** As the engine answers of a copy in production without `apart` in its file. */
  #apart(stations: readonly Station[]): Apart {
    const goes = stations.flatMap(({ id, title, statement: said }) => (said?.kind === "go" && said.person !== null ? [{ id, title, person: said.person }] : []));
    const seat = (role: string, roleTitle: string, decides: boolean): Apart["director"] => {
      const able = this.people.filter(({ roles }) => roles.includes(role));
      const taken = goes.filter(({ id }) => decides || id !== role).toSorted((a, b) => Number(able.some(({ name }) => name === b.person)) - Number(able.some(({ name }) => name === a.person)));
      const barred = able.flatMap(({ name }) => taken.filter(({ person: by }) => by === name).slice(0, 1).map(({ title }) => ({ person: name, why: decides ? `${name} says Go at ${title}, and whoever decides says it at no station` : `${name} says Go at ${title} already, and another person has to say it here` })));
      const open = barred.length === 0 || barred.length < able.length;
      const named = taken.slice(0, taken.length > 3 ? 2 : 3).map(({ person: by }) => by);
      const names = taken.length > named.length ? [...named, `${taken.length - named.length} more`] : named;
      const who = taken.length === 1 ? `${names.join("")} says Go at ${taken[0]?.title ?? ""}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""} say Go elsewhere`;
      return { sentence: taken.length === 0 ? null : `${who}: another person ${decides ? "decides Go" : "says Go here"}${open ? "" : `, and nobody else has the role ${roleTitle}`}.`, barred, open };
    };
    return { rule: "Each station is another person, and whoever decides is none of them.", stations: Object.fromEntries(stations.map(({ id, role, title }) => [id, seat(role, title, false)])), director: seat("stakeholder", "Stakeholder", true) };
  }

  gates(): GateRow[] {
    return [{ system: "reputation", checklist: "release", name: "go-live", title: "Deploy 3.4 to production", protects: ["migrate"], copy: COPY, verdict: this.#verdict() }, { system: "reputation", checklist: "release", name: "restore", title: "Restore production", protects: ["restore"], copy: COPY, verdict: { ...this.#verdict(), word: "waived", reasons: [] } }];
  }

  answer(asked: Request<"answer_poll">): void {
    this.say(asked, asked.go ? "go" : "refuse", { station: asked.station });
    this.#answers.set(asked.station, asked.go ? "go" : "no-go");
  }

  say(asked: { person: string; passphrase: string; text: string; shown: string }, kind: StatementKind, more: Partial<Statement>): Statement {
    if (asked.passphrase === "changed") {
      this.#turned += 1;
      throw { code: "shown-changed", message: "What is shown changed meanwhile: error rate changed 14:02.", hint: "Look again.", class: "refused", retry: false } satisfies Fault;
    }
    if (asked.passphrase !== "correct horse") throw { code: "wrong-passphrase", message: `That is not the passphrase of ${asked.person}: 4 tries are left`, hint: "Type it again.", class: "refused", retry: true } satisfies Fault;
    const made = statement(this.#statements.length + 1, kind, { person: asked.person, text: asked.text, ...more }, 0);
    this.#statements = [...this.#statements, made];
    return made;
  }

  revoke(asked: Request<"revoke_statement">): Statement {
    const made = this.say({ ...asked, shown: "" }, "revoke", { revokes: asked.number, item: this.#statements.find(({ number }) => number === asked.number)?.item ?? null });
    this.#statements = this.#statements.map((each) => (each.number === asked.number ? { ...each, revoked_by: made.number } : each));
    return made;
  }

  note(item: string, text: string, link?: string): Statement {
    const made = statement(this.#statements.length + 1, "note", { item, text, attachment: link === undefined ? null : { name: link, link, size: null, digest: null } }, 0);
    this.#statements = [...this.#statements, made];
    return made;
  }

  add(name: string, roles: string[]) {
    this.people = [...this.people, person(name, roles, { ready: false })];
    return { name, word: "quiet-otter-lamp-7", until: before(-7 * DAY) };
  }

  set(name: string, more: Partial<Person>): Person {
    this.people = this.people.map((each) => (each.name === name ? { ...each, ...more } : each));
    return this.people.find((each) => each.name === name) ?? person(name, []);
  }

  #copy(): ChecklistCopy {
    return { id: COPY, system: "reputation", environment: "production", checklist: "release", title: "Release", release: "3.4", version: digest(31), opened: before(3 * DAY), opened_by: "ada", closed: this.#closed, decided: this.decided, score: 82, verdict: this.#verdict().word, held: 6, items: 14, bypassed: this.#look === "ready" ? 0 : 1 };
  }

  #phase(id: string, title: string, seeds: Seed[]): ChecklistPhase {
    const items = seeds.map((seed) => this.#item(seed, id));
    return { id, title, items, held: items.filter(({ state }) => ["holds", "waived", "not-applicable"].includes(state)).length };
  }

  #item([id, title, owner, category, state, evidence, more = {}]: Seed, phase: string): Item {
    const ready = this.#look === "ready";
    return {
      id, title: this.#look === "hostile" && id === "snapshot" ? HOSTILE : title, phase, category, owner, due: id === "handover" ? before(DAY) : null, overdue: id === "handover", weight: 1, critical: false, after: [], manual: null, signatures: more.manual ? 1 : 0, role: null, since: before(HOUR), sentence: "everything that is expected was measured", waived_until: null, cure: null, ...more,
      state: ready ? "holds" : state,
      evidence: evidence.map(([name, value, verdict, ago, stale = false], i) => this.#evidence(`${id}/${i + 1}`, name, value, ready ? "holds" : verdict, ago, ready ? false : stale)),
      statements: this.#statements.filter((each) => each.item === id),
      shown: digest(900 + id.length + (id === "on-call" ? this.#turned : 0)),
    };
  }

  #evidence(key: string, title: string, value: string | null, verdict: EvidenceVerdict, ago: number, stale: boolean): Evidence {
    return { key, title, source: "promql sum(rate(api_errors_total[5m]))", expected: "below 1 %", verdict, stale, value: this.#turned > 0 && title === "Error rate" ? "7.1 %" : value, sentence: `${value ?? "nothing"} measured, below 1 % expected`, measured: value === null && ago === 0 ? null : before(ago), took: 38, lasts: DAY, address: "explore?query=up", detail: null, digest: digest(400 + key.length) };
  }

  #verdict(): GateVerdict {
    const reasons: GateVerdict["reasons"] = this.#look === "ready" ? [] : [
      { item: null, station: "qa-lead", state: null, sentence: "QA lead says No-go: error rate 6.8 %, 1 % allowed", cure: { label: "Open poll", address: `poll/${COPY}`, job: null } },
      { item: "error-rate", station: null, state: "fails", sentence: "Error rate 6.8 %, below 1 % expected", cure: { label: "See item", address: `checklist/${COPY}/error-rate`, job: null } },
      { item: "drill", station: null, state: "stale", sentence: "The drill of notifications.db is 38 d old, 31 d allowed", cure: DRILL },
      { item: "on-call", station: null, state: "waiting", sentence: "On-call team in place: not signed", cure: { label: "Sign item", address: `checklist/${COPY}/on-call`, job: null } },
      { item: "audit-db", station: null, state: "unknown", sentence: "Audit database reachable: not known", cure: null },
    ];
    return { word: reasons.length > 0 ? "no-go" : "waived", reasons, waivers: [{ item: "smoke", title: "Smoke tests", by: "Grace Hopper", reason: "search is rebuilt this week", until: before(-8 * DAY) }], oldest: before(42 * MINUTE), expires: before(-5 * HOUR), as_of: before(0) };
  }

  #stations(): Station[] {
    const SHOWS: Record<string, string[]> = { "tech-lead": ["error-rate", "rehearsed", "smoke"], "qa-lead": ["smoke", "error-rate"], "devops-lead": ["snapshot", "rollback", "drill"], stakeholder: ["on-call", "audit-db"], "data-steward": ["drill", "gdpr"], "release-engineer": ["snapshot", "handover"] };
    const SENTENCES: Partial<Record<StationState, string>> = { stale: "stale since 13:42: error rate changed", "no-go": "error rate 6.8 %, 1 % allowed", go: "of the evidence shown then", waiting: "not asked: QA lead is", asked: "its turn" };
    const all = this.#roles.filter(({ id }) => id !== "dba");
    const next = all.find(({ id }) => this.#answers.get(id) === "waiting");
    return all.map(({ id, title }): Station => {
      const kept = this.#answers.get(id) ?? "waiting";
      const state = kept === "waiting" && id === next?.id && all.every((each) => each.id === id || this.#answers.get(each.id) === "go") ? (this.held === null ? "asked" : "held") : kept;
      return { id, title, role: id, state, sentence: SENTENCES[state] ?? "", statement: this.#statements.findLast((each) => each.station === id) ?? null, items: SHOWS[id] ?? [], shown: digest(700 + id.length + this.#turned) };
    });
  }
}

function person(name: string, roles: string[], more: Partial<Person> = {}): Person {
  return { name, roles, ready: true, added: before(40 * DAY), added_by: "ada", paused_until: null, ...more };
}

function statement(number: number, kind: StatementKind, more: Partial<Statement>, ago: number): Statement {
  return { number, kind, item: null, station: null, gate: null, action: null, person: null, signer: null, role: null, who: "ada", at: new Date(NOW - ago).toISOString(), text: "", until: null, verdict: null, score: null, shown: digest(50 + number), stale: false, revokes: null, revoked_by: null, attachment: null, digest: digest(number), ...more };
}
