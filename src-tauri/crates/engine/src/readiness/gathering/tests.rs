//! Evidence of every source, as a checklist writes it: what holds, what fails, what cannot be said; and checks that do what they should not.

mod promql;

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{Clock, Event, Face, Role, readiness::EvidenceVerdict};
use quarterdeck_monitor::{
    gathered::Gathered,
    series::{Brought as Ticked, Policy, Writer},
};
use quarterdeck_readiness::checklist::Checklist;
use quarterdeck_testkit::{FixedClock, Scratch, shop};
use serde_json::{Value, json};

use super::{crew::measure_all, *};
use crate::{Engine, Home, lookup, operation::Scope};

/// A shop with a definition, on a clock that stands still.
pub(in crate::readiness) struct Place {
    pub scratch: Scratch,
    pub folder: PathBuf,
    pub clock: Arc<FixedClock>,
    pub scope: Scope,
}

pub(in crate::readiness) const DEFINITION: &str =
    "name: shop\nenvironment: production\ncomponents:\n  main: {kind: sqlite, path: shop.db}\n";

impl Place {
    pub fn new() -> Self {
        Self::with(DEFINITION)
    }

    pub fn with(definition: &str) -> Self {
        let (scratch, clock) = (Scratch::new(), Arc::new(FixedClock::default()));
        let home = Home::find(Some(&scratch.file("home"))).unwrap();
        let engine = Engine::open(home, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let folder = scratch.file("definition");
        fs::create_dir(&folder).unwrap();
        shop(&folder.join("shop.db"), 20, "wal");
        fs::set_permissions(folder.join("shop.db"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
        engine.call(Face::Cli, "add_system", json!({ "path": folder }), None).unwrap();
        let caller = engine.caller(Face::Cli).unwrap();
        let scope = Scope { engine, caller, ctx: JobCtx::detached() };
        Self { scratch, folder, clock, scope }
    }

    pub fn field(&self) -> Field {
        Field::new(&self.scope, lookup::system(&self.scope.engine, &"shop".parse().unwrap()).unwrap())
    }

    pub fn try_call(&self, name: &str, request: Value) -> Outcome<Value> {
        self.scope.engine.call(Face::Cli, name, request, None)
    }

    #[track_caller]
    pub fn call(&self, name: &str, request: Value) -> Value {
        self.try_call(name, request).unwrap()
    }

    /// The row of a job that has ended, however it did.
    #[track_caller]
    pub fn work(&self, name: &str, request: Value) -> Value {
        let mut events = self.scope.engine.events();
        let job = self.call(name, request)["job"].clone();
        loop {
            let row = self.call("get_job", json!({ "job": job }));
            if row["finished_at"].is_string() {
                return row;
            }
            while !matches!(events.blocking_recv(), Ok(Event::Job { .. }) | Err(_)) {}
        }
    }

    /// Writes a file of the definition.
    pub fn file(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Measures evidence as a checklist writes it.
    fn measured(&self, evidence: &str) -> Measurement {
        measure(&self.field(), &evidence_of(evidence), &JobCtx::detached()).unwrap()
    }

    #[track_caller]
    fn says(&self, evidence: &str, verdict: EvidenceVerdict, words: &str) -> Measurement {
        let measured = self.measured(evidence);
        assert_eq!(measured.verdict, verdict, "{evidence}: {}", measured.sentence);
        assert!(measured.sentence.contains(words), "{evidence}: {}", measured.sentence);
        measured
    }

    pub fn script(&self, name: &str, text: &str) {
        self.file(name, &format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(self.folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Writes a gauge at each minute back from now; the newest first.
    fn measure_series(&self, values: &[f64]) {
        let mut writer =
            Writer::open(&self.scope.engine.home().series(), Policy::default(), Arc::clone(&self.clock) as Arc<dyn Clock>).unwrap();
        let now = self.clock.now().timestamp_millis();
        for (back, value) in values.iter().enumerate().rev() {
            let mut tick = Gathered::default();
            tick.gauge("quarterdeck_collecting", &[], 1.0);
            if !value.is_nan() {
                tick.gauge("error_share", &[("system", "shop")], *value);
            }
            let brought = Ticked { key: "all".to_owned(), readings: tick.readings };
            writer.append(now - 60_000 * i64::try_from(back).unwrap(), &[brought], &[]).unwrap();
        }
    }
}

pub(in crate::readiness) fn evidence_of(evidence: &str) -> EvidenceDefinition {
    let text = format!(
        "title: T\nphases:\n  p:\n    title: P\n    items:\n      i:\n        title: I\n        evidence:\n          - {evidence}\n"
    );
    let mut findings = Findings::new(Path::new("t.yml"));
    let read = Checklist::read(&text, &mut findings);
    let findings = findings.in_order();
    assert!(findings.is_empty(), "{findings:?}\n{text}");
    read.unwrap().all_evidence().next().unwrap().2.clone()
}

use EvidenceVerdict::{Fails, Holds, Unknown};

#[test]
fn a_statement_is_judged_by_its_value_or_its_rows() {
    let place = Place::new();
    let held = place.says("{sql: SELECT count(*) FROM orders, expect: {min: 20}}", Holds, "20");
    assert_eq!(held.value.as_deref(), Some("20"));
    place.says("{sql: SELECT count(*) FROM orders, component: main, expect: {max: 3}}", Fails, "at most 3 expected");
    let rows = place.says("{sql: 'SELECT id, cents FROM orders ORDER BY id', expect: {rows: none}}", Fails, "no rows expected");
    assert!(rows.sentence.contains("20 rows, first id 1"), "{}", rows.sentence);
    assert!(rows.detail.unwrap().starts_with("id | cents\n1 | "));
    place.says("{sql: SELECT id FROM orders WHERE cents < 0, expect: {rows: none}}", Holds, "no rows");
    place.says("{sql: SELECT id FROM orders, expect: {is: 1}}", Unknown, "several rows");
    place.says("{sql: SELECT max(id) FROM orders WHERE 0, expect: {min: 1}}", Unknown, "nothing was found");
    // Of a large text only the beginning is there to be looked at, which is not enough to say that something is not in it.
    place.says("{sql: 'SELECT hex(zeroblob(400)) || 1', expect: {contains: '1'}}", Holds, "");
    place.says(
        "{sql: 'SELECT hex(zeroblob(600)) || 1', expect: {lacks: '1'}}",
        Unknown,
        "main answered a text of 1.20 kB, too long to be judged",
    );
    place.says("{sql: 'SELECT hex(zeroblob(600))', expect: {rows: 1}}", Holds, "1 row");
    let many = vec!["SELECT id FROM orders"; 30].join(" UNION ALL ");
    place.says(&format!("{{sql: EXPLAIN QUERY PLAN {many}, expect: {{lacks: TEMP B-TREE}}}}"), Unknown, "too long to be judged");
}

#[test]
fn a_statement_that_errs_writes_or_never_ends_says_nothing() {
    let place = Place::new();
    place.says("{sql: SELECT no_such FROM orders, expect: {min: 1}}", Unknown, "no such column");
    place.says("{sql: SELECT 1, component: other, expect: {min: 1}}", Unknown, "shop has no database other");
    // A checklist that was not read by us, or by an older version of us, may hold anything.
    let mut evidence = evidence_of("{sql: SELECT 1, expect: {min: 1}}");
    for sql in ["DELETE FROM orders", "SELECT 1; DELETE FROM orders", "ATTACH 'x' AS x"] {
        let Source::Sql { sql: own, .. } = &mut evidence.source else { panic!() };
        sql.clone_into(own);
        assert_eq!(measure(&place.field(), &evidence, &JobCtx::detached()).unwrap().verdict, Unknown, "{sql}");
    }
    assert_eq!(place.measured("{sql: SELECT count(*) FROM orders, expect: {min: 1}}").value.as_deref(), Some("20"));
    let ctx = JobCtx::detached();
    let cancel = ctx.cancel_token().clone();
    let endless = evidence_of(
        "{sql: WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n, expect: {min: 1}}"
            .replace("WITH", "'WITH")
            .replace("n, expect", "n', expect")
            .as_str(),
    );
    std::thread::scope(|threads| {
        let asking = threads.spawn(|| measure(&place.field(), &endless, &ctx));
        cancel.cancel();
        assert_eq!(asking.join().unwrap().unwrap_err().class, Class::Cancelled);
    });
}

#[test]
fn a_query_holds_now_or_at_each_moment_and_what_was_not_measured_is_no_zero() {
    let place = Place::new();
    place.says("{promql: error_share, unit: ratio, expect: {below: 5 %}}", Unknown, "never measured");
    let mut values = vec![0.01; 60];
    values[20] = 0.2;
    place.measure_series(&values);
    place.says("{promql: error_share, unit: ratio, expect: {below: 5 %}}", Holds, "1 %, below 5 % expected");
    place.says("{promql: error_share > 0.5, expect: {below: 1}}", Unknown, "no series answers now");
    let worst = place.says("{promql: error_share, over: 55 min, unit: ratio, expect: {below: 5 %}}", Fails, "20 %, below 5 % expected");
    let at = (place.clock.now() - chrono::TimeDelta::minutes(20)).format("%H:%M UTC").to_string();
    assert!(worst.sentence.contains(&at), "{}", worst.sentence);
    assert_eq!(worst.address.as_deref(), Some("explore?query=error_share&system=shop"));
    place.says("{promql: error_share, over: 15 min, unit: ratio, expect: {below: 5 %}}", Holds, "worst of the last 15 min");
    place.says("{promql: error_share, over: 4 h, unit: ratio, expect: {below: 50 %}}", Unknown, "not measured for");
    place.says("{promql: error_share, over: 4 h, unit: ratio, expect: {below: 5 %}}", Fails, "not measured for");
    // What looks back farther than anybody measured answers, and says nothing of the whole.
    place.says("{promql: 'avg_over_time(error_share[50m])', unit: ratio, expect: {below: 50 %}}", Holds, "below 50 % expected");
    place.says(
        "{promql: 'avg_over_time(error_share[7d])', unit: ratio, expect: {below: 50 %}}",
        Unknown,
        "not measured for 6 d 23 h of 7 d",
    );
    place.says("{promql: 'avg_over_time(error_share[7d]) or vector(0)', unit: ratio, expect: {below: 1 %}}", Fails, "not measured for");
    place.says("{promql: error_share / 0 - error_share / 0, over: 15 min, expect: {below: 5}}", Unknown, "nothing was measured");
}

#[test]
fn a_file_is_looked_at_and_read_inside_its_folder_only() {
    let place = Place::new();
    let file = |name: &str, text: &str| fs::write(place.folder.join(name), text).unwrap();
    file("README.md", "# Shop\n\n## Rollback\n\nRestore it.\n\n## Later\n");
    place.says("{file: README.md, expect: {exists: true}}", Holds, "README.md is there");
    place.says("{file: NOTHING.md, expect: {exists: true}}", Fails, "there is no file NOTHING.md");
    place.says("{file: NOTHING.md, expect: {exists: false}}", Holds, "");
    place.says("{file: README.md, headings: [Rollback], expect: {exists: true}}", Holds, "");
    place.says(
        "{file: README.md, headings: [Rollback, Later, Costs], expect: {exists: true}}",
        Fails,
        "nothing stands under \"Later\", no heading \"Costs\"",
    );
    place.says("{file: README.md, expect: {contains: Restore}}", Holds, "");
    place.says("{file: README.md, expect: {lacks: Restore}}", Fails, "Restore");
    let modified = std::time::SystemTime::from(place.clock.now() - chrono::TimeDelta::days(9));
    fs::File::options().append(true).open(place.folder.join("README.md")).unwrap().set_modified(modified).unwrap();
    place.says("{file: README.md, expect: {newer_than: 10 d}}", Holds, "");
    place.says("{file: README.md, expect: {newer_than: 7 d, contains: Restore}}", Fails, "newer than 7 d expected");
    fs::write(place.scratch.file("secret"), "secret").unwrap();
    symlink(place.scratch.file("secret"), place.folder.join("link")).unwrap();
    place.says("{file: link, expect: {contains: secret}}", Unknown, "leaves the definition's folder");
    file("large", &"x".repeat((1 << 20) + 1));
    place.says("{file: large, expect: {contains: x}}", Unknown, "not read");
    place.says("{file: shop.db, expect: {contains: SQLite}}", Unknown, "belongs to a database");
    place.says("{file: shop.db, expect: {exists: true}}", Holds, "");
    fs::create_dir(place.folder.join("folder")).unwrap();
    place.says("{file: folder, expect: {exists: true}}", Unknown, "not a regular file");
    let mut outside = evidence_of("{file: README.md, expect: {exists: true}}");
    for path in ["../secret", "/etc/passwd", "folder/../../secret"] {
        outside.source = Source::File { path: path.to_owned(), headings: Vec::new() };
        let measured = measure(&place.field(), &outside, &JobCtx::detached()).unwrap();
        assert_eq!((measured.verdict, measured.sentence), (Unknown, format!("{path} leaves the definition's folder")));
    }
}

#[test]
fn a_command_says_it_by_its_exit_code_and_what_it_prints() {
    let place = Place::new();
    place.script("good", "echo coverage 84.5 of 100");
    place.script("bad", "echo starting; echo 'no such host' >&2; exit 3");
    place.says("{command: [./good]}", Holds, "exit code 0");
    place.says("{command: [./good], expect: {contains: coverage}}", Holds, "");
    place.says("{command: [./good], take: 'coverage ([0-9.]+)', expect: {min: 80}}", Holds, "84.5");
    place.says("{command: [./good], take: 'coverage ([0-9.]+)', expect: {min: 90}}", Fails, "84.5, at least 90 expected");
    place.says("{command: [./good], take: 'missing ([0-9.]+)', expect: {min: 90}}", Unknown, "nothing was found");
    let failed = place.says("{command: [./bad], expect: {contains: starting}}", Fails, "./bad ended with exit code 3: no such host");
    assert_eq!(failed.detail.as_deref(), Some("starting\n\nno such host\n"));
    place.says("{command: [no-such-program]}", Unknown, "there is no program no-such-program in PATH");
}

#[test]
fn a_command_that_misbehaves_is_not_known_and_never_good() {
    let place = Place::new();
    place.script("endless", "while :; do sleep 1; done");
    place.script("crash", "kill -SEGV $$");
    place.script("loud", "head -c 3000000 /dev/zero | tr '\\0' x");
    place.script("fickle", "if [ -e seen ]; then echo bad; else touch seen; echo good; fi");
    place.says("{command: [./endless], limit: 1 s}", Unknown, "had not ended after 1.0 s".trim_end_matches(".0 s"));
    place.says("{command: [./crash]}", Unknown, "was killed by signal 11 (SEGV)");
    let loud = place.says("{command: [./loud], expect: {lacks: y}}", Unknown, "printed too much");
    assert!(loud.detail.unwrap().len() <= 64 << 10);
    let fickle = "{command: [./fickle], expect: {contains: good}}";
    place.says(fickle, Holds, "");
    place.says(fickle, Fails, "bad");
}

#[test]
fn an_operation_is_asked_of_this_system_and_never_changes_anything() {
    let place = Place::new();
    place.says("{operation: get_system, at: /system/environment, expect: {is: production}}", Holds, "production");
    place.says("{operation: get_system, at: /databases, expect: {rows: 1}}", Holds, "1 row");
    place.says("{operation: get_system, at: /nowhere, expect: {is: 1}}", Unknown, "at /nowhere of what get_system answers");
    place.says("{operation: list_routes, at: /routers, expect: {rows: some}}", Holds, "");
    let own = evidence_of("{operation: get_system, at: /system, expect: {exists: true}}");
    let asked = |name: &str, request: serde_json::Value| {
        let request = request.as_object().unwrap().clone();
        let evidence =
            EvidenceDefinition { source: Source::Operation { name: name.to_owned(), request, at: String::new() }, ..own.clone() };
        measure(&place.field(), &evidence, &JobCtx::detached()).unwrap().sentence
    };
    assert_eq!(asked("backup_system", json!({})), "backup_system changes something: only a query can be evidence");
    assert_eq!(asked("nothing_such", json!({})), "there is no operation nothing_such");
    assert_eq!(asked("get_system", json!({"system": "bank"})), "get_system may only be asked about shop, not about bank");
    assert_eq!(
        asked("list_migrations", json!({"source": {"target": "bank/main"}})),
        "list_migrations may only be asked about shop, not about bank/main"
    );
    assert!(
        asked("get_system", json!({"wrong": 1})).starts_with("get_system did not answer: "),
        "{}",
        asked("get_system", json!({"wrong": 1}))
    );
}

#[test]
fn it_is_asked_with_the_rights_of_whoever_measures() {
    let place = Place::new();
    let needy = crate::ops::LIST.iter().find(|entry| entry.kind == crate::operation::Kind::Query && entry.role > Role::Viewer);
    let Some(needy) = needy else { return };
    let mut scope = place.scope.clone();
    scope.caller.roles.clear();
    let field = Field::new(&scope, place.field().system);
    let source = Source::Operation { name: needy.name.to_owned(), request: serde_json::Map::new(), at: String::new() };
    let evidence = EvidenceDefinition { source, ..evidence_of("{file: README.md, expect: {exists: true}}") };
    let measured = measure(&field, &evidence, &JobCtx::detached()).unwrap();
    assert!(measured.sentence.contains("may not"), "{}", measured.sentence);
}

#[test]
fn all_are_measured_and_one_that_goes_wrong_keeps_none_from_it() {
    let place = Place::new();
    place.script("crash", "kill -KILL $$");
    let of = |number: usize| match number {
        3 => "{command: [./crash]}",
        7 => "{sql: SELECT no_such, expect: {min: 1}}",
        _ => "{sql: SELECT count(*) FROM orders, expect: {min: 1}}",
    };
    let wanted: Vec<_> = (0..200).map(|number| (format!("item/{number}"), evidence_of(of(number)))).collect();
    let mut came = std::collections::BTreeMap::new();
    let mut batches = 0;
    measure_all(&Arc::new(place.field()), wanted, &JobCtx::detached(), &mut |batch| {
        batches += 1;
        came.extend(batch);
        Ok(())
    })
    .unwrap();
    let unknown: Vec<&String> = came.iter().filter(|(_, measured)| measured.verdict != Holds).map(|(key, _)| key).collect();
    assert_eq!((came.len(), unknown), (200, vec![&"item/3".to_owned(), &"item/7".to_owned()]));
    assert!(batches > 1);
}

#[test]
fn whoever_cancels_keeps_what_came() {
    let place = Place::new();
    place.script("endless", "touch begun; while :; do sleep 1; done");
    let wanted = vec![
        ("quick/1".to_owned(), evidence_of("{file: quarterdeck.yaml, expect: {exists: true}}")),
        ("endless/1".to_owned(), evidence_of("{command: [./endless], limit: 10 min}")),
    ];
    let ctx = JobCtx::detached();
    let cancel = ctx.cancel_token().clone();
    let mut came = Vec::new();
    let fault = measure_all(&Arc::new(place.field()), wanted, &ctx, &mut |batch| {
        came.extend(batch);
        // The first of them has come; the other one never does.
        cancel.cancel();
        Ok(())
    })
    .unwrap_err();
    assert_eq!(fault.class, Class::Cancelled);
    assert_eq!(came.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["quick/1"]);
}
