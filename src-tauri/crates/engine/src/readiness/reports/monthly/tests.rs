//! A month beside what store, alerts and series say of it.

use chrono::DateTime;
use quarterdeck_model::{
    Count, Digest, Face, Instant, Job, JobId, JobState, Millis,
    alert::{AlertEvent, AlertEventKind, AlertName, AlertSeverity},
    readiness::{ReportKind, SmokeOutcome, SmokeResult, SmokeRun},
    schedule::{RunOutcome, Runs, Schedule},
    system::{Environment, Target},
};
use quarterdeck_report::Document;
use quarterdeck_store::{alerts, jobs, schedules, smoke};
use serde_json::{Value, json};

use super::{
    super::tests::{Desk, fact, figures, section, table, texts},
    alerts::times,
    month::Month,
    snapshots::exposure,
};

const DEFINITION: &str = "name: shop\nenvironment: production\ncomponents:\n  main: {kind: sqlite, path: shop.db}\nobjectives:\n  - {scenario: <b>data loss</b>, rto: 1 h, rpo: 24 h}\n";

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().into()
}

fn of(day: &str) -> Instant {
    at(&format!("2026-{day}:00Z"))
}

impl Desk {
    /// A job that ended some way, with nothing to show for it.
    fn ended(&self, operation: &str, state: JobState, began: Instant, why: &str) {
        let job = Job {
            id: JobId(0),
            operation: operation.to_owned(),
            title: "Backup of shop".to_owned(),
            target: Some(Target { system: "shop".parse().unwrap(), component: None }),
            environment: Some(Environment::Production),
            state: JobState::Running,
            phases: Vec::new(),
            progress: None,
            who: "agent".to_owned(),
            face: Face::Cli,
            created_at: began,
            finished_at: None,
            report: None,
            fault: None,
            recovery: None,
        };
        let fault = quarterdeck_model::Fault::failed("disk-full", why);
        self.0
            .scope
            .engine
            .store()
            .write(|tx| {
                let id = jobs::insert(tx, &job, &json!({}), "none")?;
                jobs::finish(tx, id, &jobs::End { state, at: began, report: None, fault: Some(&fault), recovery: None })
            })
            .unwrap();
    }

    fn alerts(&self, all: &[(&str, AlertSeverity, AlertEventKind, &str)]) {
        let (file, _) = alerts::File::open(&self.scope.engine.home().alerts(), self.now()).unwrap();
        file.write(|tx| {
            for (name, severity, kind, day) in all {
                let event = AlertEvent {
                    at: of(day),
                    alert: AlertName { id: format!("id-{name}"), name: (*name).to_owned() },
                    system: Some("shop".parse().unwrap()),
                    severity: *severity,
                    kind: *kind,
                    sentence: "fires: 6.8 %".to_owned(),
                    by: (*kind == AlertEventKind::Acknowledged).then(|| "ada".to_owned()),
                    value: None,
                };
                alerts::events::add(tx, &event)?;
            }
            Ok(())
        })
        .unwrap();
    }

    fn backup(&self) {
        let row = self.work("backup_system", json!({ "system": "shop" }));
        assert_eq!(row["state"], "succeeded", "{row}");
    }
}

fn facts_of(document: &Document, label: &str) -> String {
    fact(document, label)
}

/// By the fixed clock it begins on 22 November at 13:40: four snapshots in November and one in December, a drill, backups that failed.
fn november() -> Desk {
    let desk = Desk::new(DEFINITION);
    desk.backup();
    desk.advance(26 * 60);
    desk.backup();
    desk.advance(48 * 60);
    desk.backup();
    assert_eq!(desk.work("drill_system", json!({ "system": "shop" }))["state"], "succeeded");
    desk.advance(5 * 24 * 60);
    desk.backup();
    for (day, state) in [("10-31T23:59", JobState::Failed), ("11-01T00:00", JobState::Failed), ("11-30T23:59", JobState::Interrupted)] {
        desk.ended("backup_system", state, of(day), "The disk <is> full.");
    }
    desk.ended("backup_system", JobState::Cancelled, of("11-24T10:00"), "cancelled");
    desk.ended("backup_system", JobState::Failed, of("12-01T00:00"), "of December");
    desk.advance(3 * 24 * 60);
    desk.backup();
    desk.advance(1); // what is cut at this very moment is not over yet
    desk
}

#[test]
fn snapshots_and_drills_are_those_of_the_store() {
    let desk = november();
    let document = desk.report(ReportKind::Monthly, Some("2026-11"));
    let within = "json_extract(manifest, '$.cut_at') >= '2026-11-01' AND json_extract(manifest, '$.cut_at') < '2026-12-01'";
    let taken = desk.sql(&format!("SELECT count(*) || '' FROM manifests WHERE {within}"));
    let proved = desk.sql(&format!(
        "SELECT count(*) || '' FROM manifests m WHERE {within} AND EXISTS (SELECT 1 FROM levels l WHERE l.snapshot = m.snapshot AND l.level IN ('data-matches', 'drilled'))"
    ));
    assert_eq!((taken.as_str(), proved.as_str()), ("4", "4"));
    assert_eq!(facts_of(&document, "Taken"), "4: 0 by schedule, 4 by hand, 0 before a change");
    assert!(facts_of(&document, "Proved by now").starts_with("4 of 4 ("), "{}", facts_of(&document, "Proved by now"));
    assert_eq!(facts_of(&document, "Backups that failed"), "2; 1 cancelled by somebody");
    let failed = texts(table(&document, "Backups that failed"));
    assert_eq!((failed[0][0], failed[0][2], failed[0][3]), ("1 Nov 00:00", "Failed", "The disk <is> full."));
    assert_eq!((failed[1][0], failed[1][2], failed.len()), ("30 Nov 23:59", "Interrupted", 2));

    // The longest way between two cuts, by hand: from the 25th to the 30th.
    let promises = texts(table(&document, "Promises"));
    assert_eq!(
        promises[0][..4],
        ["Recovery point, <b>data loss</b>", "lose at most 1 d", "5 d, from 25 Nov 2026, 15:40 UTC to 30 Nov 15:40", "Missed"]
    );
    let millis: u64 = desk.sql("SELECT measured_rto_ms || '' FROM drills").parse().unwrap();
    assert_eq!(promises[1][2], format!("{}, drill of 25 Nov 2026, 15:40 UTC", Millis(millis)));
    assert_eq!(promises[1][3], "Kept");
    let drills = texts(table(&document, "Drills, the newest"));
    assert_eq!((drills[0][1], drills[0][2], drills[0][3]), ("Passed", Millis(millis).to_string().as_str(), "1 h"));
    let verdict = document.verdict.as_ref().unwrap();
    assert_eq!(verdict.word, "Missed");
    let begins = "1 of 2 promises kept, 1 missed; 4 snapshots taken, 4 proved, 2 backups failed; 1 of 1 drill passed";
    assert!(verdict.text.starts_with(begins), "{}", verdict.text);

    let drawn = figures(&document, "Snapshots");
    assert!(
        drawn[0].alt.contains("4 snapshots were taken, 4 of them proved, and 2 backups failed; on 26 days there was none"),
        "{}",
        drawn[0].alt
    );
    assert_eq!(figures(&document, "Drills").len(), 1);
    let html = quarterdeck_report::html(&document);
    assert!(!html.contains("<b>data loss") && !html.contains("<is>"));

    let december = desk.report(ReportKind::Monthly, None);
    assert_eq!(december.title, "Operations of shop in December 2026");
    assert!(facts_of(&december, "Taken").starts_with("1: ") && facts_of(&december, "Backups that failed").starts_with("1;"));
    assert!(december.verdict.unwrap().text.starts_with("Until 3 Dec 2026, 15:41 UTC: "));
}

#[test]
fn a_snapshot_that_was_forgotten_is_still_one_of_its_month() {
    let desk = Desk::new(DEFINITION);
    desk.backup();
    desk.advance(60);
    desk.backup();
    desk.advance(1);
    let oldest = desk.sql("SELECT snapshot FROM manifests ORDER BY json_extract(manifest, '$.cut_at') LIMIT 1");
    desk.scope
        .engine
        .store()
        .write(|tx| quarterdeck_store::snapshots::drop_all_of(tx, &quarterdeck_model::snapshot::SnapshotId(oldest.clone())))
        .unwrap();
    let folder = desk.scope.engine.home().folder().join("repository/shop/snapshots");
    std::fs::remove_file(folder.join(&oldest)).unwrap();
    let document = desk.report(ReportKind::Monthly, Some("2026-11"));
    assert!(facts_of(&document, "Taken").starts_with("2: "));
    assert!(facts_of(&document, "Forgotten since").starts_with("1;"));
    assert_eq!(texts(table(&document, "Promises"))[0][2].split(',').next(), Some("1 h"), "{:?}", texts(table(&document, "Promises")));
}

#[test]
fn alerts_are_paired_with_what_became_of_them_within_the_month() {
    let desk = Desk::new(DEFINITION);
    use AlertEventKind::{Acknowledged, Firing, Resolved};
    use AlertSeverity::{Critical, Low, Warning};
    desk.alerts(&[
        ("old", Low, Firing, "10-20T08:00"),
        ("gone", Low, Firing, "10-21T08:00"),
        ("gone", Low, Resolved, "10-22T08:00"),
        ("old", Low, Resolved, "11-02T08:00"),
        ("disk", Critical, Firing, "11-10T10:00"),
        ("disk", Critical, Acknowledged, "11-10T10:05"),
        ("slow", Warning, Firing, "11-10T10:10"),
        ("disk", Critical, Acknowledged, "11-10T10:20"),
        ("disk", Critical, Resolved, "11-10T10:30"),
        ("slow", Warning, Resolved, "11-10T12:10"),
        ("disk", Critical, Firing, "11-12T10:00"),
        ("disk", Critical, Resolved, "11-12T13:00"),
        ("slow", Warning, Firing, "11-20T09:00"),
    ]);
    desk.advance(12 * 24 * 60);
    desk.alerts(&[("slow", Warning, Resolved, "12-01T09:00"), ("disk", Critical, Firing, "12-02T09:00")]);
    let document = desk.report(ReportKind::Monthly, Some("2026-11"));
    let severities = texts(table(&document, "Alerts that began to fire"));
    assert_eq!(severities[0], ["Critical", "2", "1", "5 min", "2", "median 1 h 45 min, longest 3 h", "0"]);
    assert_eq!(severities[1], ["Warning", "2", "0", "nobody took one", "1", "2 h", "1"]);
    assert_eq!(severities[2], ["Low", "0", "0", "nobody took one", "0", "none was over", "0"]);
    let worst = texts(table(&document, "The gravest"));
    assert_eq!(worst[0][..5], ["disk", "Critical", "12 Nov 10:00", "by nobody", "after 3 h"]);
    assert_eq!(worst[1][3], "after 5 min by ada");
    assert_eq!(worst[2][4], "fired when the month ended, 10 d 15 h so far");
    let carried = texts(table(&document, "Alerts that fired when the month began"));
    assert_eq!(carried.len(), 1);
    assert_eq!((carried[0][0], carried[0][4]), ("old", "after 13 d"));
    assert!(document.verdict.unwrap().text.contains("4 alerts fired, 2 critical"));
}

#[test]
fn schedules_smoke_tests_and_sizes_are_those_of_the_month() {
    let desk = Desk::new(DEFINITION);
    let (system, daily) = ("shop".parse().unwrap(), schedule("nightly"));
    let engine = &desk.scope.engine;
    engine
        .store()
        .write(|tx| {
            schedules::see(tx, &system, &daily, of("10-20T00:00"))?;
            for (day, missed, outcome) in [
                ("10-30T02:00", 0, RunOutcome::Succeeded),
                // Three stood for by one; of them one was due in October.
                ("11-03T02:00", 3, RunOutcome::Succeeded),
                ("11-04T02:00", 0, RunOutcome::Failed),
                ("11-05T02:00", 0, RunOutcome::Skipped),
            ] {
                let due = schedules::Due { at: of(day), missed };
                let id = schedules::claim(tx, &system, &daily, due, of(day))?.unwrap();
                schedules::stand(tx, id, outcome, "because", of(day))?;
            }
            for (day, outcome) in
                [("10-31T12:00", SmokeOutcome::Failed), ("11-06T12:00", SmokeOutcome::Failed), ("11-07T12:00", SmokeOutcome::Passed)]
            {
                smoke::record(tx, &a_run(of(day), outcome), &[])?;
            }
            Ok(())
        })
        .unwrap();
    desk.measured(120, &|minute, tick| {
        tick.gauge("sqlite_file_bytes", &[("system", "shop"), ("component", "main")], 1e6 + 1_000.0 * minute as f64);
        tick.gauge("backup_repository_bytes", &[("system", "shop")], 5e6 - 10_000.0 * minute as f64);
        !(30..60).contains(&minute)
    });
    let document = desk.report(ReportKind::Monthly, Some("2026-11"));

    let course = texts(table(&document, "Moments that were due"));
    // From the 6th to the 22nd nothing ran: seventeen moments; two of November before the 3rd.
    assert_eq!(course, [["nightly", "backup", "22", "1", "1", "1", "19", "0"]]);
    let lost = texts(table(&document, "Runs that came to nothing"));
    assert_eq!((lost.len(), lost[0][..].to_vec()), (2, vec!["nightly", "4 Nov 02:00", "Failed", "because"]));

    assert_eq!(facts_of(&document, "Runs"), "2, 1 of them without a failure");
    assert_eq!(texts(table(&document, "Cases that failed")), [["core/orders", "1", "2", "6 Nov 12:00"]]);

    let sizes = texts(table(&document, "First and newest size"));
    assert_eq!(sizes[0][..4], ["main", "1.00 MB, 22 Nov 11:41", "1.12 MB, 22 Nov 13:40", "+119 kB"]);
    assert_eq!(sizes[1][0], "Repository");
    assert_eq!(sizes[1][3], "-1.19 MB");
    let measured = facts_of(&document, "Measured");
    assert!(measured.contains("since 22 Nov 2026, 11:41 UTC, 1 gap, the longest 31 min from 22 Nov 12:10"), "{measured}");
    let gaps = texts(table(&document, "When nobody measured"));
    assert_eq!((gaps[0][0], gaps[0][1]), ("22 Nov 12:10", "22 Nov 12:41"));
}

fn schedule(name: &str) -> Schedule {
    Schedule { name: name.parse().unwrap(), runs: Runs::Backup, cron: "0 2 * * *".to_owned(), zone: "UTC".to_owned(), enabled: true }
}

fn a_run(began: Instant, outcome: SmokeOutcome) -> SmokeRun {
    let result = SmokeResult {
        suite: "core".into(),
        case: "orders".into(),
        title: "Orders".into(),
        category: "core".into(),
        at: began,
        outcome,
        sentence: "said".into(),
        asked: Count(1),
        latency: None,
        detail: None,
        definition: Digest::of(b"one"),
    };
    let good = outcome == SmokeOutcome::Passed;
    SmokeRun {
        id: format!("{:016x}", began.timestamp()),
        system: "shop".parse().unwrap(),
        job: None,
        began,
        took: Millis(5),
        passed: Count(good.into()),
        failed: Count((!good).into()),
        skipped: Count(0),
        unreadable: Count(0),
        results: vec![result],
        sentence: String::new(),
    }
}

#[test]
fn of_an_empty_month_nothing_is_made_up() {
    let desk = Desk::new(DEFINITION);
    let document = desk.report(ReportKind::Monthly, Some("2025-03"));
    let verdict = document.verdict.as_ref().unwrap();
    assert_eq!(verdict.word, "Not known");
    assert_eq!(verdict.text, "0 of 2 promises kept, 2 not known; no snapshot was taken; no drill; whether alerts fired is not known.");
    for row in texts(table(&document, "Promises")) {
        assert!(row[2].starts_with("not known: ") && row[3] == "Not known", "{row:?}");
    }
    for heading in ["Snapshots", "Drills", "Capacity"] {
        assert!(figures(&document, heading).is_empty(), "{heading} draws nothing");
    }
    for row in texts(table(&document, "First and newest")) {
        assert_eq!((row[1], row[2]), ("not measured", "not measured"), "{row:?}");
        assert!(row[4].starts_with("not known: ") && row[5].starts_with("not known: "), "{row:?}");
    }
    assert_eq!(facts_of(&document, "Longest recovery"), "not known: no drill passed whole");
    assert!(facts_of(&document, "Added after it").starts_with("22 Nov 2026"));
    assert!(table(&document, "Moments that were due").rows.is_empty(), "{:?}", texts(table(&document, "Moments that were due")));
    assert!(document.sections.iter().all(|section| !section.blocks.is_empty()));
    let none = &table(&document, "When nobody measured").none;
    assert!(none.starts_with("Nothing was measured in this month"), "{none}");
    let _ = section(&document, "Signed and decided");
    let twice: Vec<Value> = [0, 1].map(|_| json!(desk.report(ReportKind::Monthly, Some("2025-03")).closing.evidence)).to_vec();
    assert_eq!(twice[0], twice[1], "the same month has the same digest");
}

#[test]
fn what_lay_in_no_snapshot_is_counted_within_the_month() {
    let month = Month::of(Some("2026-11"), of("12-20T00:00")).unwrap();
    let of_cuts = |cuts: &[&str], added: &str| {
        let cuts: Vec<Instant> = cuts.iter().map(|cut| of(cut)).collect();
        exposure(&cuts, of(added), &month).map(|found| (found.from, found.until, found.open))
    };
    let (begin, end) = (of("11-01T00:00"), of("12-01T00:00"));
    assert_eq!(of_cuts(&[], "12-05T00:00"), None, "it did not exist");
    assert_eq!(of_cuts(&[], "01-05T00:00"), Some((begin, end, true)));
    assert_eq!(of_cuts(&["10-20T00:00", "11-10T00:00", "11-29T00:00"], "01-05T00:00"), Some((of("10-20T00:00"), of("11-10T00:00"), false)));
    assert_eq!(
        of_cuts(&["11-10T00:00", "12-10T00:00"], "01-05T00:00"),
        Some((of("11-10T00:00"), end, true)),
        "a later one changes nothing"
    );
    assert_eq!(
        of_cuts(&["11-29T00:00"], "11-02T00:00"),
        Some((of("11-02T00:00"), of("11-29T00:00"), false)),
        "before the first there was none"
    );
    assert_eq!(
        of_cuts(&["09-01T00:00", "10-31T00:00", "11-15T00:00", "11-16T00:00"], "01-05T00:00"),
        Some((of("10-31T00:00"), of("11-15T00:00"), false))
    );
}

#[test]
fn the_middle_of_times_is_their_median() {
    let minutes = |all: &[u64]| all.iter().map(|minutes| Millis(minutes * 60_000)).collect::<Vec<_>>();
    assert_eq!(times(minutes(&[]), "none"), "none");
    assert_eq!(times(minutes(&[3]), "none"), "3 min");
    assert_eq!(times(minutes(&[90, 2, 4]), "none"), "median 4 min, longest 1 h 30 min");
    assert_eq!(times(minutes(&[2, 4, 6, 100]), "none"), "median 5 min, longest 1 h 40 min");
}
