use std::path::Path;

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{Millis, readiness::SmokeOutcome, system::DefinitionFinding};

use super::{Asks, Suite, Until, judge};

fn read(text: &str) -> (Option<Suite>, Vec<DefinitionFinding>) {
    let mut findings = Findings::new(Path::new("smoke/core.yml"));
    let suite = Suite::read(text, &mut findings);
    (suite, findings.in_order())
}

const ALL: &str = r"
title: Everything
cases:
  count:
    title: Orders are there
    category: core
    sql: SELECT count(*) FROM orders
    expect: {min: 1}
    budget: {p99: 10 ms, of: 50}
  refused:
    title: No order twice
    category: errors
    sql: INSERT INTO orders VALUES (1); INSERT INTO orders VALUES (1)
    on: copy
    component: main
    expect: {fails: UNIQUE constraint}
  health:
    title: It answers
    category: connectivity
    http: {url: 'http://127.0.0.1:1/health', at: /state}
    expect: {status: 200, is: ok}
    limit: 2 s
  script:
    title: The script
    category: integration
    command: [./scripts/check]
  tables:
    title: An operation
    category: core
    operation: get_health
    at: /verdict
    expect: {is: ok}
  crowd:
    title: Fifty at once
    category: performance
    load: {case: count, at_once: 50, for: 10 s}
    expect: {errors: 1 %}
    budget: {p99: 50 ms, all: 12 s}
";

#[test]
fn each_kind_of_case_is_read() {
    let (suite, findings) = read(ALL);
    assert_eq!(findings, []);
    let suite = suite.unwrap();
    let told: Vec<_> = suite.cases.iter().map(|case| (case.kind(), case.expected(), case.limit.0)).collect();
    assert_eq!(
        told,
        [
            ("sql", "at least 1, p99 at most 10 ms".to_owned(), 10_000),
            ("sql", "refused with \"UNIQUE constraint\"".to_owned(), 10_000),
            ("http", "200, ok".to_owned(), 2_000),
            ("command", "exit code 0".to_owned(), 60_000),
            ("operation", "ok".to_owned(), 10_000),
            ("load", "at most 1 % errors, p99 at most 50 ms".to_owned(), 10_000),
        ]
    );
    assert!(matches!(&suite.cases[1].asks, Asks::Copy { component: Some(main), .. } if main == "main"));
    assert!(matches!(&suite.cases[5].asks, Asks::Load { until: Until::For(Millis(10_000)), at_once: 50, .. }));
    let (again, _) = read(&ALL.replace("Orders are there", "Other words").replace("of: 50", "of: 51"));
    let again = again.unwrap();
    assert_ne!(again.cases[0].digest, suite.cases[0].digest, "another budget is another case");
    assert_eq!(again.cases[1].digest, suite.cases[1].digest);
}

#[test]
fn what_stands_behind_an_address_is_not_shown() {
    let (suite, findings) = read(&ALL.replace("1/health'", "1/health?page=7#top'"));
    assert_eq!(findings, []);
    assert_eq!(suite.unwrap().cases[2].asked(), "GET http://127.0.0.1:1/health?…");
}

#[test]
fn a_load_is_another_one_where_what_it_asks_is() {
    let digests = |text: &str| {
        let suite = read(text).0.unwrap();
        suite.cases.into_iter().map(|case| (case.id, case.digest)).collect::<std::collections::BTreeMap<_, _>>()
    };
    let (before, after) = (digests(ALL), digests(&ALL.replace("FROM orders", "FROM old_orders")));
    let changed: Vec<&str> = before.iter().filter(|(id, digest)| after[*id] != **digest).map(|(id, _)| id.as_str()).collect();
    assert_eq!(changed, ["count", "crowd"]);
    assert_eq!(digests(&ALL.replace("Orders are there", "Other words")), before);
}

#[test]
fn everything_that_is_wrong_is_found_at_once() {
    let wrong = r"
title: Wrong
cases:
  Upper: {title: a, category: core, sql: SELECT 1, expect: {is: 1}}
  none: {title: a, category: core}
  two: {title: a, category: core, sql: SELECT 1, http: {url: 'http://x'}, expect: {is: 1}}
  nothing: {title: a, category: core, sql: SELECT 1}
  both: {title: a, category: core, sql: SELECT 1, expect: {fails: x, is: 1}}
  secret: {title: a, category: core, http: {url: 'http://me:pw@x/', headers: {Authorization: abc}}}
  scheme: {title: a, category: core, http: {url: 'ftp://x/', method: BREW}}
  typed: {title: a, category: core, http: {url: 'http://x/'}, expect: {min: 3}}
  lost: {title: a, category: core, load: {case: nowhere, at_once: 0, for: 1 s, times: 3}}
  loop: {title: a, category: core, load: {case: loop, at_once: 1, for: 1 s}}
  gone: {title: a, category: core, load: {case: nothin, at_once: 1, for: 1 s}}
  untimed: {title: a, category: core, sql: SELECT 1, expect: {is: 1}, budget: {of: 3}}
  long: {title: a, category: core, sql: SELECT 1, expect: {is: 1}, limit: 3 d}
  odd: {title: a, category: core, sql: SELECT 1, expct: {is: 1}}
  keyed: {title: a, category: core, http: {url: 'http://x/', headers: {X-Api-Key: abc}}}
  asked: {title: a, category: core, http: {url: 'http://x/orders?page=1&access_token=abc'}}
";
    let (suite, findings) = read(wrong);
    assert!(suite.is_none());
    let said: Vec<String> = findings.iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect();
    for (line, words) in [
        (4, "cannot be the id"),
        (5, "does not say what is asked"),
        (6, "asks in two ways"),
        (7, "this case could not fail"),
        (8, "a refusal and an answer"),
        (9, "holds a user or a password"),
        (9, "may hold a secret"),
        (10, "is no address"),
        (10, "method"),
        (11, "something else than text"),
        (12, "at_once is no whole number"),
        (12, "how long it lasts"),
        (13, "is a load itself"),
        (14, "is no case of this file"),
        (15, "names no time"),
        (16, "limit is"),
        (17, "not a known key"),
        (18, "headers.X-Api-Key may hold a secret"),
        (19, "may hold a secret (access_token)"),
    ] {
        assert!(said.iter().any(|said| said.starts_with(&format!("{line}: ")) && said.contains(words)), "{line} {words}: {said:#?}");
    }
}

#[test]
fn a_load_fails_where_more_fail_than_may() {
    let (suite, _) = read(ALL);
    let case = suite.unwrap().cases.pop().unwrap();
    assert_eq!(judge::loaded(&case, 1000, 10, None).0, SmokeOutcome::Passed);
    let (outcome, sentence) = judge::loaded(&case, 1000, 11, Some("no such table"));
    assert_eq!(outcome, SmokeOutcome::Failed);
    assert!(sentence.contains("at most 1 % expected: no such table"), "{sentence}");
    assert_eq!(judge::loaded(&case, 0, 0, None).0, SmokeOutcome::Error);
}
