//! Reports as documents: each figure beside what store and series say, and subjects that do not exist.

use std::{fs, ops::Deref, sync::Arc, time::Duration};

use quarterdeck_model::{Clock, Fault, Instant, readiness::ReportKind};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought, Policy, Writer},
};
use quarterdeck_report::{Block, Cell, Document, Figure, Signature, Table};
use quarterdeck_store::Connection;
use serde_json::{Value, json};

use quarterdeck_model::inspection::Tone;

use super::*;
use crate::readiness::gathering::tests::Place;

/// A place with reports.
pub(super) struct Desk(pub Place);

impl Deref for Desk {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Desk {
    pub fn new(definition: &str) -> Self {
        Self(Place::with(definition))
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn advance(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    pub fn try_report(&self, kind: ReportKind, subject: Option<&str>) -> Outcome<Document> {
        let (system, subject) = ("shop".parse().unwrap(), subject.map(str::to_owned));
        document(&self.scope, &WriteReport { kind, system, subject, form: ReportForm::Html }).map(|(document, _)| document)
    }

    #[track_caller]
    pub fn report(&self, kind: ReportKind, subject: Option<&str>) -> Document {
        self.try_report(kind, subject).unwrap()
    }

    #[track_caller]
    pub fn refused(&self, kind: ReportKind, subject: Option<&str>) -> Fault {
        self.try_report(kind, subject).unwrap_err()
    }

    /// What the store answers to SQL: the first column of the first row.
    #[track_caller]
    pub fn sql(&self, sql: &str) -> String {
        let connection = Connection::open(self.scope.engine.home().store()).unwrap();
        connection.query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
    }

    /// Writes what was measured, minute by minute up to now: readings of each minute, none where nobody measured.
    pub fn measured(&self, minutes: i64, of: &dyn Fn(i64, &mut Gathered) -> bool) {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let mut writer = Writer::open(&self.scope.engine.home().series(), Policy::default(), clock).unwrap();
        let now = self.now().timestamp_millis();
        for minute in 0..minutes {
            let mut tick = Gathered::default();
            if of(minute, &mut tick) {
                tick.gauge("quarterdeck_collecting", &[], 1.0);
                let brought = Brought { key: "all".to_owned(), readings: tick.readings };
                writer.append(now - 60_000 * (minutes - 1 - minute), &[brought], &[]).unwrap();
            }
        }
    }
}

#[track_caller]
pub(super) fn section<'d>(document: &'d Document, heading: &str) -> &'d quarterdeck_report::Section {
    document.sections.iter().find(|section| section.heading == heading).unwrap_or_else(|| panic!("no {heading}"))
}

/// The table whose caption begins so.
#[track_caller]
pub(super) fn table<'d>(document: &'d Document, caption: &str) -> &'d Table {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let found = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    found.into_iter().find(|table| table.caption.starts_with(caption)).unwrap_or_else(|| panic!("no table {caption}"))
}

/// The texts of a table.
pub(super) fn texts(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.iter().map(|cell: &Cell| cell.text.as_str()).collect()).collect()
}

pub(super) fn figures(document: &Document, heading: &str) -> Vec<Figure> {
    let blocks = section(document, heading).blocks.iter();
    blocks.filter_map(|block| if let Block::Figure(figure) = block { Some(figure.clone()) } else { None }).collect()
}

/// A fact of the document or of one of its sections.
#[track_caller]
pub(super) fn fact(document: &Document, label: &str) -> String {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let within = blocks.filter_map(|block| if let Block::Facts(facts) = block { Some(facts) } else { None }).flatten();
    let found = document.facts.iter().chain(within).find(|fact| fact.label == label);
    found.unwrap_or_else(|| panic!("no fact {label}")).text.clone()
}

fn signatures(document: &Document, heading: &str) -> Vec<Signature> {
    let blocks = section(document, heading).blocks.iter();
    blocks.filter_map(|block| if let Block::Signatures(all) = block { Some(all.clone()) } else { None }).flatten().collect()
}

const DEFINITION: &str = "name: shop\nenvironment: production\ncomponents:\n  main: {kind: sqlite, path: shop.db}\n";

const CHECKLIST: &str = "\
title: Release
roles: {dba: DBA, tech-lead: Tech lead, stakeholder: Stakeholder}
phases:
  before:
    title: Before
    items:
      flag:
        title: The flag is up
        category: operations
        weight: 3
        evidence: {file: flag.txt, expect: {exists: true}, lasts: 40 d}
      secret:
        title: No secret lies about
        category: security
        evidence: {file: secret.txt, expect: {exists: false}, lasts: 40 d}
      named:
        title: The team is named
        category: operations
        weight: 1
        manual: {statement: The team is named., signatures: 1, role: dba}
gates:
  go-live: {title: Deploy, needs: {poll: true}}
poll:
  director: stakeholder
  gate: go-live
  stations:
    tech-lead: {title: Tech lead, role: tech-lead, shows: [flag]}
";

impl Desk {
    fn ready() -> Self {
        let desk = Self::new(DEFINITION);
        desk.file("checklists/release.yml", CHECKLIST);
        desk.file("flag.txt", "up");
        for (name, roles) in [("Ada", ["dba", "tech-lead"]), ("Eve", ["qa", "stakeholder"])] {
            let word = desk.call("add_person", json!({ "name": name, "roles": roles }))["word"].clone();
            desk.call("set_passphrase", json!({ "name": name, "present": word, "passphrase": PASSPHRASE }));
        }
        desk
    }

    fn open(&self, release: &str) -> String {
        let opened = self.call("open_checklist", json!({ "system": "shop", "checklist": "release", "release": release }));
        let copy = opened["id"].as_str().unwrap().to_owned();
        self.work("gather_evidence", json!({ "copy": copy }));
        copy
    }

    fn sign(&self, copy: &str, text: &str) -> Value {
        let shown = self.call("get_item", json!({ "copy": copy, "item": "named" }))["item"]["shown"].clone();
        let request = json!({ "copy": copy, "item": "named", "role": "dba", "text": text, "shown": shown, "person": "Ada",
            "passphrase": PASSPHRASE });
        self.call("sign_item", request)
    }

    fn says_go(&self, copy: &str) {
        let shown = |station: bool| {
            let poll = self.call("get_poll", json!({ "copy": copy }));
            if station { poll["stations"][0]["shown"].clone() } else { poll["shown"].clone() }
        };
        let said = json!({ "copy": copy, "station": "tech-lead", "go": true, "text": "", "shown": shown(true), "person": "Ada",
            "passphrase": PASSPHRASE });
        self.call("answer_poll", said);
        let said = json!({ "copy": copy, "go": true, "text": "", "shown": shown(false), "person": "Eve", "passphrase": PASSPHRASE });
        self.call("decide_poll", said);
    }
}

const PASSPHRASE: &str = "a quiet harbour at night";

#[test]
fn the_score_is_drawn_as_it_stands_and_as_it_was() {
    let desk = Desk::ready();
    let first = desk.open("1.0");
    let drawn = |document: &Document| figures(document, "Score").into_iter().map(|figure| figure.alt).collect::<Vec<_>>();
    let alone = drawn(&desk.report(ReportKind::Readiness, Some(&first)));
    // Three of four parts of operations hold; nobody has signed the fourth.
    assert_eq!(alone, ["Points of 100 by category: security 100, operations 75."], "no trend of one");
    desk.call("close_checklist", json!({ "copy": first }));
    desk.file("secret.txt", "x");
    let second = desk.open("1.1");
    desk.call("close_checklist", json!({ "copy": second }));
    let third = desk.open("1.2");
    desk.sign(&third, "");
    let document = desk.report(ReportKind::Readiness, Some(&third));
    let kept = |release: &str| desk.sql(&format!("SELECT json_extract(closing, '$.score') || '' FROM copies WHERE release = '{release}'"));
    let now = desk.call("get_readiness", json!({ "copy": third }))["score"]["total"].to_string();
    let expected = format!("Scores of 100, the oldest first: 1.0 {}, 1.1 {}, 1.2 {now}.", kept("1.0"), kept("1.1"));
    assert_eq!(drawn(&document), ["Points of 100 by category: security 0, operations 100.".to_owned(), expected]);
    for figure in figures(&document, "Score") {
        let (light, dark) = (String::from_utf8(figure.svg).unwrap(), String::from_utf8(figure.dark.unwrap()).unwrap());
        assert!(light.contains("#FFFFFF") && !dark.contains("#FFFFFF") && dark.contains("#181B1E"));
    }
    let lost = texts(table(&document, "Score of 100"));
    assert_eq!(lost[0], ["security", "0", "100 points: No secret lies about"]);
}

#[test]
fn a_signature_says_whether_it_still_counts_and_names_what_was_shown() {
    let desk = Desk::ready();
    let copy = desk.open("1.0");
    desk.sign(&copy, "All <b>here</b>.\u{202e}");
    desk.says_go(&copy);
    let words = |document: &Document, heading: &str| -> Vec<String> {
        signatures(document, heading).into_iter().map(|signature| signature.signed.map_or_else(String::new, |signed| signed.word)).collect()
    };
    let before = desk.report(ReportKind::Readiness, Some(&copy));
    assert_eq!((words(&before, "Signatures"), words(&before, "Poll")), (vec!["Signs".to_owned()], vec!["Go".to_owned(), "Go".to_owned()]));
    let shown = desk.sql("SELECT shown FROM statements WHERE kind = 'sign'");
    let said = signatures(&before, "Signatures").remove(0).signed.unwrap();
    assert_eq!((said.digest.unwrap().0, said.tone), (shown, Some(Tone::Ok)));
    let decision = signatures(&before, "Poll").remove(1);
    assert_eq!(decision.role, "Stakeholder, who decides");
    assert_eq!(decision.signed.unwrap().digest.unwrap().0, desk.sql("SELECT shown FROM statements WHERE kind = 'decide'"));

    // Measured again with the same outcome: what rests on it stays, what was measured is another measurement.
    desk.advance(10);
    desk.work("gather_evidence", json!({ "copy": copy }));
    let again = desk.report(ReportKind::Readiness, Some(&copy));
    assert_eq!(words(&again, "Poll"), ["Go", "Go"]);
    assert_ne!(again.closing.evidence, before.closing.evidence, "the same digest over other measurements");
    fs::remove_file(desk.folder.join("flag.txt")).unwrap();
    desk.work("gather_evidence", json!({ "copy": copy }));
    let after = desk.report(ReportKind::Readiness, Some(&copy));
    assert_eq!(words(&after, "Poll"), ["Stale", "Stale"]);
    let number: Value = serde_json::from_str(&desk.sql("SELECT number || '' FROM statements WHERE kind = 'sign'")).unwrap();
    let request = json!({ "copy": copy, "number": number, "text": "too early", "person": "Ada", "passphrase": PASSPHRASE });
    desk.call("revoke_statement", request);
    let revoked = desk.report(ReportKind::Readiness, Some(&copy));
    assert_eq!(words(&revoked, "Signatures"), Vec::<String>::new(), "what was revoked is no signature");
    let html = quarterdeck_report::html(&after);
    assert!(!html.contains("<b>here</b>") && html.contains("[U+202E]"));
}

#[test]
fn what_was_revoked_is_listed_under_the_signatures() {
    let desk = Desk::ready();
    let copy = desk.open("1.0");
    desk.sign(&copy, "");
    desk.says_go(&copy);
    let listed = |document: &Document| -> Option<Vec<Vec<String>>> {
        let blocks = section(document, "Signatures").blocks.iter();
        let table = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None }).next()?;
        Some(texts(table).into_iter().map(|row| row.into_iter().map(str::to_owned).collect()).collect())
    };
    assert_eq!(listed(&desk.report(ReportKind::Readiness, Some(&copy))), None, "nothing was");
    let said = desk.now();
    desk.call("note_item", json!({ "copy": copy, "item": "named", "text": "by telephone" }));
    desk.advance(30);
    let number = |kind: &str| desk.sql(&format!("SELECT number || '' FROM statements WHERE kind = '{kind}'")).parse::<u32>().unwrap();
    let revoke = |kind: &str, person: &str, text: &str| {
        let request = json!({ "copy": copy, "number": number(kind), "text": text, "person": person, "passphrase": PASSPHRASE });
        desk.call("revoke_statement", request);
    };
    revoke("note", "Ada", "never mind");
    revoke("decide", "Eve", "too early");
    revoke("go", "Eve", "<i>not</i> asked");
    revoke("sign", "Ada", "one of them is ill");
    let document = desk.report(ReportKind::Readiness, Some(&copy));
    let (then, now) = (words::when(said), words::when(desk.now()));
    let row = |what: &str, whose: &str, by: &str, why: &str| {
        [what, &format!("{whose}\n{then}"), &format!("{by}\n{now}"), why].map(str::to_owned).to_vec()
    };
    let rows = listed(&document).unwrap();
    assert_eq!(rows[0], row("Decides\nthe poll", "Eve", "Eve", "too early"));
    assert_eq!(rows[1], row("Go\nTech lead", "Ada", "Eve", "<i>not</i> asked"));
    assert_eq!(rows[2], row("Signs\nThe team is named", "Ada", "Ada", "one of them is ill"));
    assert_eq!(rows.len(), 3, "a remark is no signature");
    let html = quarterdeck_report::html(&document);
    assert!(html.contains("What was revoked") && html.contains("one of them is ill") && !html.contains("<i>not</i>"));
    assert!(!quarterdeck_report::pdf(&document).unwrap().is_empty());
}

const WATCH: &str = "\
title: Watch
for: 3 h
rows:
  - {name: Errors, promql: error_share, over: average, unit: ratio, expect: {below: 1 %}}
  - {name: Longest, promql: took_seconds, over: most, unit: s, expect: {max: 100 ms}}
  - {name: Grown, promql: size_bytes, over: growth, unit: ratio, expect: {below: 10 %}}
  - {name: <i>Rate</i>, promql: 'avg_over_time(error_share[$window])', over: window, unit: ratio, expect: {below: 1 %}}
  - {name: Alerts, record: alerts, expect: {max: 0}}
";

#[test]
fn a_watch_is_drawn_with_its_targets_and_its_gaps() {
    let desk = Desk::new(DEFINITION);
    desk.file("validation.yml", WATCH);
    let gap = 60..90;
    let share = |minute: i64| f64::from(u8::try_from(minute % 7).unwrap()) / 1_000.0;
    desk.measured(181, &|minute, tick| {
        tick.gauge("error_share", &[("system", "shop")], share(minute));
        tick.gauge("took_seconds", &[("system", "shop")], if minute == 150 { 0.42 } else { 0.01 });
        tick.gauge("size_bytes", &[("system", "shop")], 1_000.0 + minute as f64);
        !gap.contains(&minute)
    });
    let from = self::at(&desk, -180);
    let id = desk.call("start_validation", json!({ "system": "shop", "from": from }))["id"].as_str().unwrap().to_owned();
    let document = desk.report(ReportKind::Validation, Some(&id));

    // By the raw samples: minutes in which nobody measured have no value.
    let seen: Vec<i64> = (1..=180).filter(|minute| !gap.contains(minute)).collect();
    let mean = seen.iter().map(|minute| share(*minute)).sum::<f64>() / seen.len() as f64;
    let rows = texts(table(&document, "Targets beside"));
    assert_eq!(rows[0][2], format!("{:.3} %", mean * 100.0).trim_end_matches('0'), "{rows:?}");
    assert_eq!((rows[1][2], rows[1][3]), ("420 ms", "Missed"));
    assert_eq!(rows[0][4], format!("{:.1} %", (seen.len() as f64 / 180.0 * 1_000.0).floor() / 10.0));

    let drawn = figures(&document, "Over time");
    assert_eq!(drawn.len(), 4);
    let svg = |at: usize| String::from_utf8(drawn[at].svg.clone()).unwrap();
    let pieces = |at: usize| svg(at).matches("fill=\"none\" opacity=\"1\" stroke=\"#1F5FA8\" stroke-width=\"6\"").count();
    assert_eq!((pieces(0), pieces(1), pieces(2)), (2, 2, 2), "a gap parts the line");
    assert!(svg(0).contains("wanted at most (1 %)") && svg(1).contains("wanted at most (100 ms)") && svg(0).contains("#EFEFEC"));
    assert!(svg(0).contains(" UTC"), "reports tell moments by UTC");
    assert!(svg(3).contains("&lt;i&gt;Rate&lt;/i&gt;") && !svg(3).contains("<i>Rate"), "{}", svg(3));
    assert!(drawn[0].caption.contains("below 1 % is wanted") && drawn[0].caption.contains("With 1 gap, drawn on a grey ground"));
    assert!(drawn[3].caption.contains("the same over the five minutes before each moment"), "{}", drawn[3].caption);
    let rest = section(&document, "Over time").blocks.last().unwrap();
    assert_eq!(*rest, Block::Paragraph("Not drawn, because one figure stands for the whole of it so far: Alerts.".to_owned()));
}

pub(super) fn at(desk: &Desk, minutes: i64) -> Instant {
    desk.now() + chrono::TimeDelta::minutes(minutes)
}

const ONE: &str =
    "-- first\nCREATE TABLE orders (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL);\nINSERT INTO orders(cents) VALUES (1), (2), (3);\n";

#[test]
fn a_run_of_migrations_tells_what_it_did_and_the_way_back() {
    let desk = Desk::new(DEFINITION);
    let lone = desk.scratch.file("lone.db");
    Connection::open(&lone).unwrap().execute_batch("PRAGMA journal_mode = wal; CREATE TABLE x(y); DROP TABLE x;").unwrap();
    desk.call("forget_system", json!({ "system": "shop" }));
    fs::rename(&lone, desk.scratch.file("shop.db")).unwrap();
    desk.call("add_system", json!({ "path": desk.scratch.file("shop.db"), "environment": "staging" }));
    let folder = desk.scratch.file("migrations");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("001_orders.sql"), ONE).unwrap();
    fs::write(folder.join("002_<script>.sql"), "UPDATE orders SET cents = cents + 1;\n").unwrap();
    let none = desk.refused(ReportKind::Migration, None);
    assert!(none.is("no-such-migration-run") && none.hint.contains("migrate plan shop"), "{none:?}");
    let (source, all) = (json!({ "target": "shop", "folder": folder }), json!({ "kind": "all" }));
    let rehearsed = desk.work("rehearse_migrations", json!({ "target": "shop", "folder": folder, "wish": all }));
    assert_eq!(rehearsed["state"], "succeeded", "{rehearsed}");
    desk.advance(5);
    let plan = desk.call("plan_migrations", json!({ "source": source, "wish": all }));
    let apply = json!({ "target": "shop", "folder": folder, "wish": all, "plan": plan["digest"], "confirm": plan["confirm"] });
    let run = desk.work("apply_migrations", apply);
    assert_eq!(run["state"], "succeeded", "{run}");

    let document = desk.report(ReportKind::Migration, None);
    let ran = texts(table(&document, "Each migration, in the order"));
    let stored = &run["report"]["ran"];
    let took = |of: &Value| serde_json::from_value::<quarterdeck_model::Millis>(of["took"].clone()).unwrap().to_string();
    let steps = &rehearsed["report"]["steps"];
    assert_eq!(ran[0], ["001", "orders", "2", "3", took(&stored[0]).as_str(), took(&steps[0]).as_str()]);
    assert_eq!(ran[1][3], "3", "rows that were changed");
    let digest = Digest(plan["digest"].as_str().unwrap().to_owned());
    assert_eq!(fact(&document, "Plan"), digest.short());
    let safety = desk.sql("SELECT snapshot FROM pins");
    assert_eq!(fact(&document, "Snapshot"), safety);
    assert_eq!(document.verdict.as_ref().unwrap().word, "Applied");
    assert_eq!(document.closing.evidence.as_ref().unwrap().0, run["report"]["evidence"].as_str().unwrap());
    let way = |document: &Document| match &section(document, "The way back").blocks[0] {
        Block::Note(note) => note.word.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(way(&document), "Open");
    assert!(!quarterdeck_report::html(&document).contains("<script"));

    let job = run["id"].to_string();
    let undo = desk.call("plan_undo", json!({ "job": run["id"] }));
    let undone = desk.work("undo_restore", json!({ "job": run["id"], "plan": undo["digest"], "confirm": "shop" }));
    assert_eq!(undone["state"], "succeeded", "{undone}");
    let document = desk.report(ReportKind::Migration, Some(&job));
    assert_eq!(way(&document), "Used");
    assert!(document.verdict.unwrap().text.ends_with(&format!("It was undone by job {}.", undone["id"])));

    let other = desk.refused(ReportKind::Migration, Some(&rehearsed["id"].to_string()));
    assert!(other.is("no-such-migration-run") && other.message.contains("is no run of migrations of shop"), "{other:?}");
}

#[test]
fn what_does_not_exist_is_refused_by_its_name() {
    let desk = Desk::new(DEFINITION);
    use ReportKind::{Drill, Migration, Monthly, Readiness, Validation};
    for (kind, code) in
        [(Readiness, "no-copy"), (Validation, "no-such-validation"), (Drill, "no-such-drill"), (Migration, "no-such-migration-run")]
    {
        for subject in [None, Some(""), Some("  ")] {
            let fault = desk.refused(kind, subject);
            assert!(fault.is(code) && !fault.hint.is_empty(), "{kind:?}: {fault:?}");
        }
    }
    for (kind, code) in [
        (Readiness, "no-such-copy"),
        (Validation, "no-such-validation"),
        (Drill, "no-such-drill"),
        (Migration, "no-such-migration-run"),
        (Monthly, "bad-month"),
    ] {
        for subject in ["99999", "-1", "'; DROP TABLE jobs; --", "\u{202e}", "../../etc/passwd"] {
            let fault = desk.refused(kind, Some(subject));
            assert!(fault.is(code), "{kind:?} {subject:?}: {fault:?}");
        }
    }
    let request = json!({ "kind": "yearly", "system": "shop", "form": "html" });
    assert!(desk.try_call("write_report", request).is_err());
    let fault = desk.try_call("write_report", json!({ "kind": "monthly", "system": "nobody", "form": "html" })).unwrap_err();
    assert!(fault.message.contains("nobody"), "{fault:?}");
}
