//! Checklists as files, and everything that can be wrong with them.

use std::path::Path;

use proptest::prelude::*;
use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Millis,
    readiness::{GateAction, ReadinessCategory},
    system::Environment,
};

use super::*;

const RELEASE: &str = r"
title: Release
environments: [staging, production]
roles: {dba: DBA, tech-lead: Tech lead, stakeholder: Stakeholder}
phases:
  before:
    title: Before
    items:
      snapshot:
        title: Snapshot before the release
        why: So that there is a way back.
        owner: dba
        category: data
        weight: 3
        critical: true
        due: 3 d after opening
        evidence:
          - point: snapshot-age
            expect: {below: 1 h}
            lasts: 1 h
          - promql: sum(rate(api_errors_total[5m])) / sum(rate(api_requests_total[5m]))
            over: 1 h
            unit: ratio
            expect: {below: 1 %}
            title: Error rate
            value: true
          - sql: SELECT * FROM orders WHERE lost
            component: main
            expect: {rows: none}
          - operation: get_health
            with: {b: [1, 2.5], a: {c: true}}
            at: /verdict
            expect: {is: ok}
          - file: runbooks/README.md
            headings: [Rollback]
          - command: [./scripts/check, --now]
            limit: 90 s
            take: 'coverage (\d+)'
            expect: {min: 80}
          - smoke: {suite: core}
      on-call:
        title: On-call team in place
        after: [snapshot]
        due: 2026-11-30
        owner: dba
        manual: {statement: The on-call team is named and reachable., signatures: 2, role: tech-lead, lasts: 7 d}
  after:
    title: After
    items:
      told:
        title: Customers told
        owner: stakeholder
        manual: They are told.
gates:
  go-live: {title: Deploy to production, protects: [migrate, restore], needs: {phases: [before], categories: [data], items: [told], score: 80, poll: true}}
  look: {title: Look}
poll:
  director: stakeholder
  gate: go-live
  stations:
    tech-lead: {title: Tech lead, role: tech-lead, shows: [snapshot]}
";

fn read(text: &str) -> (Option<Checklist>, Vec<String>) {
    let mut findings = Findings::new(Path::new("release.yml"));
    let checklist = Checklist::read(text, &mut findings);
    let told = findings.in_order().into_iter().map(|found| format!("{}:{} {} {}", found.line, found.column, found.message, found.hint));
    (checklist, told.collect())
}

/// The findings of a checklist with one item.
fn item(fields: &str) -> Vec<String> {
    let text = format!("title: A\nroles: {{dba: DBA}}\nphases:\n  p:\n    title: P\n    items:\n      a: {{title: A, {fields}}}\n");
    let (checklist, findings) = read(&text);
    assert_eq!(checklist.is_none(), !findings.is_empty());
    findings
}

fn evidence(fields: &str) -> Vec<String> {
    item(&format!("evidence: {{{fields}}}"))
}

fn assert_found(findings: &[String], expected: &str) {
    assert!(findings.iter().any(|found| found.contains(expected)), "{expected:?} is not in {findings:?}");
}

#[test]
fn a_whole_checklist_is_read() {
    let (checklist, findings) = read(RELEASE);
    assert_eq!(findings, [""; 0]);
    let checklist = checklist.unwrap();
    assert_eq!((checklist.title.as_str(), checklist.role("dba"), checklist.role("nobody")), ("Release", "DBA", "nobody"));
    assert!(checklist.is_for(Environment::Production) && !checklist.is_for(Environment::Development));
    let ids: Vec<&str> = checklist.items().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["snapshot", "on-call", "told"]);
    let snapshot = checklist.item("snapshot").unwrap();
    assert_eq!((snapshot.weight, snapshot.critical, snapshot.category), (3, true, Some(ReadinessCategory::Data)));
    assert_eq!(snapshot.due, Some(Due::AfterOpening(Millis(3 * 86_400_000))));
    let on_call = checklist.item("on-call").unwrap();
    assert_eq!(on_call.due, Some(Due::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 30).unwrap())));
    let manual = on_call.manual.as_ref().unwrap();
    assert_eq!((manual.signatures, manual.role.as_deref(), manual.lasts), (2, Some("tech-lead"), Some(Millis(7 * 86_400_000))));
    let told = checklist.item("told").unwrap().manual.as_ref().unwrap();
    assert_eq!((told.signatures, told.role.as_deref(), told.lasts), (1, Some("stakeholder"), None));
    let gate = checklist.gate("go-live").unwrap();
    assert_eq!((gate.protects.as_slice(), gate.score, gate.poll), ([GateAction::Migrate, GateAction::Restore].as_slice(), Some(80), true));
    assert_eq!(checklist.poll.unwrap().stations[0].shows, ["snapshot"]);
}

#[test]
fn evidence_is_told_in_words() {
    let checklist = read(RELEASE).0.unwrap();
    let told: Vec<(String, String, String, String)> =
        checklist.all_evidence().map(|(key, _, evidence)| (key, evidence.title(), evidence.source.words(), evidence.expected())).collect();
    let expected = [
        ("snapshot/1", "snapshot age", "point snapshot-age", "below 1 h"),
        ("snapshot/2", "Error rate", "promql", "below 1 %"),
        ("snapshot/3", "a query of main", "sql", "no rows"),
        ("snapshot/4", "verdict of get health", "operation get_health", "ok"),
        ("snapshot/5", "runbooks/README.md", "file runbooks/README.md", "headings Rollback"),
        ("snapshot/6", "./scripts/check --now", "command", "at least 80"),
        ("snapshot/7", "smoke tests of core", "smoke", "all pass"),
    ];
    assert_eq!(told, expected.map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())));
    for (key, _, evidence) in checklist.all_evidence() {
        assert_eq!(checklist.evidence(&key).unwrap().1, evidence);
    }
    for key in ["snapshot/0", "snapshot/8", "snapshot/01", "snapshot/+1", "snapshot", "other/1", "/", ""] {
        assert!(checklist.evidence(key).is_none(), "{key}");
    }
}

#[test]
fn a_digest_covers_what_is_measured_and_nothing_else() {
    let digest = |fields: &str| {
        let text =
            format!("title: A\nphases:\n  p:\n    title: P\n    items:\n      a:\n        title: A\n        evidence: {{{fields}}}\n");
        read(&text).0.unwrap().evidence("a/1").unwrap().1.digest.clone()
    };
    let base = digest("operation: get_health, with: {a: 1, b: 2}, expect: {is: ok}");
    for same in [
        "title: X, operation: get_health, with: {b: 2, a: 1}, expect: {is: ok}",
        "operation: get_health, with: {a: 1, b: 2}, expect: {is: ok}, lasts: 1 d",
    ] {
        assert_eq!(digest(same), base, "{same}");
    }
    for other in [
        "operation: get_health, with: {a: 1, b: 3}, expect: {is: ok}",
        "operation: get_health, with: {a: 1, b: 2}, expect: {is: bad}",
        "operation: get_health, with: {a: 1, b: 2}, expect: {is: ok}, lasts: 2 d",
        "operation: get_health, with: {a: 1, b: 2}, expect: {is: ok}, value: true",
        "operation: get_health, with: {a: 1, b: 2}, at: /x, expect: {is: ok}",
    ] {
        assert_ne!(digest(other), base, "{other}");
    }
}

#[test]
fn what_is_wrong_with_an_item_is_found() {
    for (fields, finding) in [
        ("", "asks for nothing"),
        ("manual: Yes", "does not say who signs"),
        ("manual: Yes, owner: dbo", "names no role that is known: \"dbo\". Write dba instead."),
        ("manual: {statement: Yes, role: q}", "names no role"),
        ("manual: {role: dba}", "manual.statement is missing"),
        ("manual: {statement: Yes, signatures: 6}, owner: dba", "no whole number from 1 to 5"),
        ("manual: {statement: Yes, signatures: 0}, owner: dba", "no whole number from 1 to 5"),
        ("manual: {statement: Yes, lasts: 91 d}, owner: dba", "lasts is 91 d. Write a time from 60 s to 90 d."),
        ("manual: Yes, owner: dba, weight: 101", "no whole number from 0 to 100"),
        ("manual: Yes, owner: dba, weight: 1.5", "no whole number"),
        ("manual: Yes, owner: dba, weigth: 1", "weigth is not a known key. Write weight instead."),
        ("manual: Yes, owner: dba, category: speed", "names no category"),
        ("manual: Yes, owner: dba, category: securty", "Write security instead."),
        ("manual: Yes, owner: dba, due: tomorrow", "is no day"),
        ("manual: Yes, owner: dba, due: 2026-02-30", "is no day"),
        ("manual: Yes, owner: dba, due: 3 after opening", "has no unit"),
        ("manual: Yes, owner: dba, after: [b]", "names no item that is known: \"b\""),
        ("manual: Yes, owner: dba, after: [a]", "Items wait for each other: a → a."),
        ("manual: Yes, owner: dba, after: a", "must be a list"),
        ("manual: Yes, owner: dba, critical: very", "must be true or false"),
        ("evidence: []", "evidence is empty"),
    ] {
        assert_found(&item(fields), finding);
    }
}

#[test]
fn what_is_wrong_with_evidence_is_found() {
    for (fields, finding) in [
        ("expect: {is: ok}", "does not say what is measured. Add one of: point"),
        ("promq: up", "does not say what is measured. Write promql instead."),
        ("promql: up, sql: SELECT 1", "is measured in two ways, promql and sql"),
        ("promql: up", "expects nothing of what is measured"),
        ("sql: SELECT 1", "expects nothing of what is measured"),
        ("operation: get_health", "expects nothing of what is measured"),
        ("file: a.md", "expects nothing of what is measured"),
        ("command: [a], take: '(x)'", "expects nothing of what is measured"),
        ("promql: up, expect: {rows: none}", "expects rows, which is not what is measured here"),
        ("promql: up, expect: {below: 1 %}", "is a share, but what is measured is a plain number. Write unit: ratio"),
        ("promql: up, unit: ratios, expect: {below: 1 %}", "Write ratio instead."),
        ("promql: up, component: main, expect: {min: 1}", "component is not a known key"),
        ("promql: up, expect: {min: 1}, over: 0 s", "Write a time from 60 s to 90 d"),
        ("promql: up, expect: {min: 1}, lasts: 59 s", "lasts is 59 s. Write a time from 60 s to 90 d."),
        ("promql: up, expect: {min: 1}, lasts: 91 d", "Write a time from 60 s to 90 d"),
        ("promql: up, expect: {min: 1}, value: 3", "value must be true or false"),
        ("sql: SELECT 1, component: My Shop, expect: {rows: none}", "cannot be the name"),
        ("operation: get_health, with: {system: other}, expect: {is: ok}", "the system is always the checklist's own"),
        ("operation: get_health, with: [], expect: {is: ok}", "must be a mapping"),
        ("operation: get_health, at: verdict, expect: {is: ok}", "is no JSON pointer"),
        ("operation: get_health, at: /a~b, expect: {is: ok}", "is no JSON pointer"),
        ("file: ../secret, expect: {exists: true}", "leaves the definition's folder: ../secret."),
        ("file: a/../../secret, expect: {exists: true}", "leaves the definition's folder"),
        ("file: /etc/passwd, expect: {exists: true}", "leaves the definition's folder"),
        ("file: a.md, headings: []", "headings is empty"),
        ("file: a.md, headings: Rollback", "must be a list"),
        ("command: []", "command is empty"),
        ("command: ./check", "must be a list"),
        ("command: [../check]", "leaves the definition's folder"),
        ("command: [a, \"b\\0\"]", "zero byte"),
        ("command: [a], limit: 11 min", "from 1.0 s to 10 min"),
        ("command: [a], take: '(', expect: {min: 1}", "no regular expression: unclosed group."),
        ("command: [a], take: 'x', expect: {min: 1}", "has no group"),
        ("command: [a], unit: s", "but no number is taken"),
        ("command: [a], expect: {min: 1}", "expects a number, which is not what is measured here"),
        ("smoke: {suit: a}", "Write suite instead."),
        ("smoke: {suite: A}", "cannot be the id of a suite"),
        ("smoke: {}, expect: {is: ok}", "expect is not a known key"),
        ("point: Drill Age", "cannot be the id of a point"),
    ] {
        assert_found(&evidence(fields), finding);
    }
    for good in ["smoke: {}", "command: [check]", "command: [/usr/bin/check, ../x]", "point: drill-age", "point: a, expect: {below: 3 d}"] {
        assert_eq!(evidence(good), [""; 0], "{good}");
    }
}

#[test]
fn what_is_wrong_with_gates_and_polls_is_found() {
    let items = "title: A\nroles: {dba: DBA}\nphases: {p: {title: P, items: {a: {title: A, owner: dba, manual: Yes}}}}\n";
    for (rest, finding) in [
        ("gates: {g: {}}", "gates.g.title is missing"),
        ("gates: {G: {title: G}}", "cannot be the id of a gate"),
        ("gates: {g: {title: G}, g: {title: H}}", "gates.g is there twice"),
        ("gates: {g: {title: G, protects: [migrates]}}", "Write migrate instead."),
        ("gates: {g: {title: G, protects: [migrate, migrate]}}", "names migrate twice"),
        ("gates: {g: {title: G, needs: {phases: [q]}}}", "names no phase"),
        ("gates: {g: {title: G, needs: {items: [b]}}}", "names no item"),
        ("gates: {g: {title: G, needs: {categories: [b]}}}", "names no category"),
        ("gates: {g: {title: G, needs: {score: 101}}}", "no whole number from 0 to 100"),
        ("gates: {g: {title: G, needs: {poll: true}}}", "the file has no poll"),
        ("poll: {director: dba, gate: g, stations: {s: {title: S, role: dba, shows: [a]}}}", "names no gate that is known"),
        (
            "gates: {g: {title: G}}\npoll: {director: dba, gate: g, stations: {s: {title: S, role: dba, shows: [a]}}}",
            "opens without the poll",
        ),
        ("gates: {g: {title: G, needs: {poll: true}}}\npoll: {director: dbo, gate: g, stations: {}}", "poll.stations has no station"),
        ("gates: {g: {title: G, needs: {poll: true}}}\npoll: {director: dbo, gate: g, stations: {}}", "poll.director names no role"),
        (
            "gates: {g: {title: G, needs: {poll: true}}}\npoll: {director: dba, gate: g, stations: {s: {title: S, role: dba, shows: []}}}",
            "shows is empty",
        ),
        (
            "gates: {g: {title: G, needs: {poll: true}}}\npoll: {director: dba, gate: g, stations: {s: {title: S, role: q, shows: [b]}}}",
            "names no item",
        ),
        ("gates: {g: {title: G, needs: {poll: true}}}\npoll: {director: dba, gate: g}", "poll.stations is missing"),
    ] {
        let (checklist, findings) = read(&format!("{items}{rest}\n"));
        assert!(checklist.is_none());
        assert_found(&findings, finding);
    }
}

#[test]
fn what_is_wrong_with_the_file_is_found_at_its_place_and_at_once() {
    for (text, finding) in [
        ("", "Write at least title and phases"),
        ("- a\n", "must be a mapping"),
        ("title: A\n", "phases is missing"),
        ("title: A\nphases: {}\n", "phases has no phase"),
        ("title: A\nphases: {p: {title: P, items: {}}}\n", "has no item"),
        ("title: A\nphases: {p: {title: P}}\n", "phases.p.items is missing"),
        ("title: A\nphases: {P!: {title: P, items: {}}}\n", "1:"),
        ("title: A\nenvironments: [prod]\nphases: {}\n", "names no environment"),
        ("title: A\nroles: {DBA: x}\nphases: {}\n", "cannot be the id of a role"),
    ] {
        let (checklist, findings) = read(text);
        assert!(checklist.is_none());
        if finding != "1:" {
            assert_found(&findings, finding);
        }
    }
    let text = "title: A\nroles: {dba: DBA}\nphases:\n  p:\n    title: P\n    items:\n      a: {title: A, manual: Yes, owner: dba}\n  q:\n    title: Q\n    items:\n      a: {title: A, manual: Yes, owner: dbb, weigth: 3}\n";
    let found = read(text).1;
    assert_eq!(
        found,
        [
            "11:7 There are two items a, the first on line 7. Give each item of a checklist an id of its own.",
            "11:41 phases.q.items.a.owner names no role that is known: \"dbb\". Write dba instead.",
            "11:46 phases.q.items.a.weigth is not a known key. Write weight instead.",
        ]
    );
}

#[test]
fn cycles_are_named() {
    let entry = |id: &str, after: &str| format!("      {id}: {{title: T, owner: dba, manual: Yes, after: [{after}]}}\n");
    let head = "title: A\nroles: {dba: DBA}\nphases:\n  p:\n    title: P\n    items:\n";
    let text = format!("{head}{}{}{}{}", entry("a", "b"), entry("b", "c"), entry("c", "a"), entry("d", "a, b"));
    let (checklist, findings) = read(&text);
    assert!(checklist.is_none());
    assert_eq!(findings, ["7:46 Items wait for each other: a → b → c → a. Take one of them out of after."]);
    let diamond = format!("{head}{}{}{}{}", entry("a", "b, c"), entry("b", "d"), entry("c", "d"), entry("d", ""));
    assert_eq!(read(&diamond).1, [""; 0]);
}

#[test]
fn a_long_chain_is_no_matter() {
    let mut text = "title: A\nroles: {dba: DBA}\nphases:\n  p:\n    title: P\n    items:\n".to_owned();
    for i in 0..1_500 {
        text += &format!("      i{i}: {{title: T, owner: dba, manual: Yes, after: [i{}]}}\n", (i + 1).min(1_499));
    }
    let (checklist, findings) = read(&text);
    assert!(checklist.is_none());
    assert_found(&findings, "Items wait for each other: i1499 → i1499.");
    assert_eq!(findings.len(), 1);
}

proptest! {
    /// A file that lost, doubled or changed a line is read or refused with findings, and nothing else.
    #[test]
    fn any_damage_is_read_or_found(line in 0_usize..70, other in 0_usize..70, cut in 0_usize..60) {
        let mut lines: Vec<&str> = RELEASE.lines().collect();
        let count = lines.len();
        let other = lines[other % count];
        let at = line % count;
        lines[at] = &lines[at][..lines[at].floor_char_boundary(cut)];
        lines.insert(at, other);
        let (checklist, findings) = read(&lines.join("\n"));
        prop_assert_eq!(checklist.is_none(), !findings.is_empty());
    }
}
