use std::path::Path;

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{Count, Millis, readiness::Latency};

use super::*;

fn read(text: &str) -> (Option<Suite>, Vec<String>) {
    let mut findings = Findings::new(Path::new("smoke/core.yml"));
    let suite = Suite::read(text, &mut findings);
    (suite, findings.in_order().into_iter().map(|found| format!("{}:{}: {}", found.line, found.column, found.message)).collect())
}

const GOOD: &str = "
title: Core
cases:
  answers:
    title: The service answers
    category: core
    http: {url: 'http://127.0.0.1:9188/health', status: 200}
    expect: {contains: ok}
    budget: {p99: 20 ms, of: 20}
  counts:
    title: There are users
    category: core
    sql: SELECT count(*) FROM users
    expect: {min: 1}
  refuses:
    title: A second user of one name is refused
    category: errors
    sql: INSERT INTO users SELECT * FROM users LIMIT 1
    on: copy
    fails: UNIQUE constraint failed
  runs:
    title: The checker runs
    category: core
    command: [./check]
    limit: 3 s
  together:
    title: Fifty at once
    category: load
    load: {case: answers, at_once: 50, for: 1 s}
    budget: {p99: 1 s}
";

#[test]
fn a_suite_says_what_is_asked_and_what_is_expected() {
    let (suite, findings) = read(GOOD);
    assert_eq!(findings, [""; 0]);
    let suite = suite.unwrap();
    let words: Vec<(&str, String, String)> = suite.cases.iter().map(|case| (case.kind(), case.asks(), case.expected())).collect();
    let three = |kind, asks: &str, expected: &str| (kind, asks.to_owned(), expected.to_owned());
    assert_eq!(
        words,
        [
            three("http", "GET http://127.0.0.1:9188/health", "status 200, \"ok\" in it"),
            three("sql", "SELECT count(*) FROM users", "at least 1"),
            three("sql", "on a copy: INSERT INTO users SELECT * FROM users LIMIT 1", "refused with \"UNIQUE constraint failed\""),
            three("command", "./check", "exit code 0"),
            three("load", "answers, for 1.0 s, 50 at once", "every time as answers expects"),
        ]
    );
    assert_eq!(suite.cases[0].budget, Some(Budget { p99: Millis(20), of: 20 }));
    assert_eq!(suite.cases[3].limit, Millis(3_000));
}

#[test]
fn a_case_has_another_digest_when_it_asks_or_expects_something_else() {
    let digest = |text: &str| read(text).0.unwrap().cases[1].digest.clone();
    let same = digest(GOOD);
    assert_eq!(digest(&GOOD.replace("There are users", "Users are there")), same, "its title is for people");
    assert_ne!(digest(&GOOD.replace("min: 1", "min: 2")), same);
    assert_ne!(digest(&GOOD.replace("FROM users\n", "FROM appeals\n")), same);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "
title: Core
cases:
  Upper: {title: A, category: core, sql: SELECT 1, expect: {is: 1}}
  two: {title: A, category: core, sql: SELECT 1, http: {url: 'http://x/'}}
  nothing: {title: A, category: core, sql: SELECT 1}
  where: {title: A, category: core, http: {url: 'ftp://x/'}}
  secret: {title: A, category: core, http: {url: 'http://a:b@x/'}}
  fails: {title: A, category: core, sql: SELECT 1, fails: x, expect: {is: 1}}
  load: {title: A, category: core, load: {case: gone, at_once: 0}}
  again: {title: A, category: core, load: {case: again, at_once: 1, times: 1}}
  budget: {title: A, category: core, sql: SELECT 1, expect: {is: 1}, budget: {of: 0}}
  home: {title: A, sql: SELECT 1, expect: {is: 1}}
";
    let (suite, findings) = read(text);
    assert!(suite.is_none());
    for (line, words) in [
        (4, "cannot be the id of a smoke test"),
        (5, "cases.two asks in two ways, sql and http"),
        (6, "cases.nothing expects nothing of the answer"),
        (7, "cases.where.http.url is no address that can be asked"),
        (8, "cases.secret.http.url is no address that can be asked"),
        (9, "cases.fails.fails is for statements on a copy"),
        (10, "cases.load.load needs one of for and times"),
        (11, "cases.again.load asks again, which is a load itself"),
        (12, "cases.budget.budget.p99 is missing"),
        (13, "cases.home.category is missing"),
    ] {
        assert!(findings.iter().any(|found| found.starts_with(&format!("{line}:")) && found.contains(words)), "{words}: {findings:#?}");
    }
    assert!(!findings.iter().any(|found| found.contains("a:b")), "what may be a password is not repeated: {findings:#?}");
}

#[test]
fn percentiles_are_values_that_were_measured() {
    let of = |values: &[u32]| latency(values.to_vec());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[7]), Some(Latency { count: Count(1), min: 7, p50: 7, p95: 7, p99: 7, max: 7 }));
    let hundred: Vec<u32> = (1..=100).rev().collect();
    assert_eq!(of(&hundred), Some(Latency { count: Count(100), min: 1, p50: 50, p95: 95, p99: 99, max: 100 }));
    assert_eq!(of(&[1, 2, 3, 900]).unwrap().p99, 900, "of fewer than a hundred the longest");
}
