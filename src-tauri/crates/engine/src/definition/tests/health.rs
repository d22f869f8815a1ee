//! Promises and plans for capacity.

use quarterdeck_model::{Bytes, monitor::PanelUnit};

use super::*;

fn promises(items: &str) -> String {
    format!("{GOOD}promises:\n{items}")
}

#[test]
fn promises_are_read_with_their_defaults() {
    let folder = folder();
    let items = "  - {name: Front page, query: probe_duration_seconds, target: \"< 0.5\"}\n  - name: Errors\n    query: |\n      sum(rate(errors_total[5m]))\n        / sum(rate(requests_total[5m]))\n    unit: ratio\n    target: '<= 0.01'\n    alert: '> 5e-2'\n    window: 7 d\n    goal: 99.9 %\n";
    let reading = read_text(folder.path(), promises(items));
    assert_eq!(reading.report.findings, []);
    let read = reading.definition.unwrap().promises;
    assert_eq!(read.len(), 2);
    assert_eq!((read[0].unit, read[0].window, read[0].goal, read[0].alert), (PanelUnit::Number, Millis(30 * 86_400_000), 0.99, None));
    assert_eq!(read[1].target, Bound { side: Side::AtMost, value: 0.01 });
    assert_eq!((read[1].alert.unwrap().to_string(), read[1].goal), ("> 0.05".to_owned(), 0.9990000000000001));
    assert!(read[0].target.holds(0.49) && !read[0].target.holds(0.5) && !read[0].target.holds(f64::NAN));
}

#[test]
fn a_mistake_in_a_query_has_its_own_place() {
    let line = 13;
    for (item, column) in [
        ("  - {name: a, target: < 1, query: rate(up)}\n", 35),
        ("  - {name: a, target: < 1, query: \"up +\"}\n", 40),
        ("  - {name: a, target: < 1, query: 'up +'}\n", 40),
        ("  - {name: a, target: < 1, query: \"up{a=\\\"b\\\"} +\"}\n", 35),
    ] {
        let reading = read_text(folder().path(), promises(item));
        let found = &reading.report.findings;
        assert_eq!(found.len(), 1, "{item}: {found:#?}");
        assert!(found[0].message.starts_with("promises[1].query cannot be read: "), "{found:#?}");
        assert_eq!((found[0].line, found[0].column), (line, column), "{item}: {found:#?}");
    }
}

#[test]
fn what_is_wrong_with_a_promise_is_said_at_its_place() {
    for (at, item, message, hint) in [
        ("{query", "{query: up, target: > 0}", "promises[1].name is missing", "Front page"),
        ("0.5}", "{name: a, query: up, target: 0.5}", "is not a bound", "< 0.5"),
        ("<}", "{name: a, query: up, target: <}", "is not a bound", "< 0.5"),
        ("ms}", "{name: a, query: up, target: > 0, unit: ms}", "no unit that is known", "Write s instead."),
        ("furlongs", "{name: a, query: up, target: > 0, unit: furlongs}", "no unit that is known", "Write one of: number, s"),
        ("1 min", "{name: a, query: up, target: > 0, window: 1 min}", "between 1 h and 400 d", "30 d"),
        ("100 %", "{name: a, query: up, target: > 0, goal: 100 %}", "no share of the time", "99.9 %"),
        ("0.99 ", "{name: a, query: up, target: > 0, goal: 0.99 parts}", "no share of the time", "99.9 %"),
        ("paid", "{name: a, query: up, target: > 0, paid: twice}", "promises[1].paid is not a known key", "known here"),
    ] {
        let reading = read_text(folder().path(), promises(&format!("  - {item}\n")));
        let found = &reading.report.findings;
        assert_eq!(found.len(), 1, "{item}: {found:#?}");
        assert!(found[0].message.contains(message) && found[0].hint.contains(hint), "{item}: {found:#?}");
        assert_eq!((found[0].line, found[0].column), (13, 5 + item.find(at).unwrap() as u32), "{item}: {found:#?}");
    }
    let twice = "  - {name: a, query: up, target: > 0}\n  - {name: a, query: up, target: > 0}\n";
    assert_findings(promises(twice), &[(14, 5, "promises[2].name is there twice", "a name of its own")]);
}

#[test]
fn plans_for_capacity_are_about_what_there_is() {
    let plans = |items: &str| format!("{GOOD}capacity:\n{items}");
    let folder = folder();
    let items = "  - {what: main, initial: 2 GB, year: 10 GB, three_years: 30 GB, since: 2026-01-31}\n  - {disk: /srv, year: 1 TiB}\n  - {what: repository, initial: 0 B}\n";
    let reading = read_text(folder.path(), plans(items));
    assert_eq!(reading.report.findings, []);
    let read = reading.definition.unwrap().capacity;
    assert_eq!(read[0].of, Planned::Component("main".to_owned()));
    assert_eq!((read[0].initial, read[0].three_years), (Some(Bytes(2_000_000_000)), Some(Bytes(30_000_000_000))));
    assert_eq!(read[0].since.unwrap().to_rfc3339(), "2026-01-31T00:00:00+00:00");
    assert_eq!((&read[1].of, read[1].year), (&Planned::Disk("/srv".into()), Some(Bytes(1 << 40))));
    assert_eq!((&read[2].of, read[2].initial), (&Planned::Repository, Some(Bytes(0))));
    for (item, message, hint) in [
        ("{what: other, year: 1 GB}", "no component of this system", "Name one of: main, repository."),
        ("{disk: srv, year: 1 GB}", "is not absolute", "/srv"),
        ("{year: 1 GB}", "must say one thing", "what: main"),
        ("{what: main, disk: /, year: 1 GB}", "must say one thing", "what: main"),
        ("{what: main}", "plans nothing", "year: 10 GB"),
        ("{what: main, year: 1 heap}", "is not a size", "16 MB"),
        ("{what: main, year: 1 GB, since: 31.1.2026}", "is not a day", "2026-01-31"),
    ] {
        let reading = read_text(folder.path(), plans(&format!("  - {item}\n")));
        let found = &reading.report.findings;
        assert_eq!(found.len(), 1, "{item}: {found:#?}");
        assert!(found[0].message.contains(message) && found[0].hint.contains(hint), "{item}: {found:#?}");
    }
}
