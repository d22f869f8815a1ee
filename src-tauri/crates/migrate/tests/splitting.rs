//! Statements end where SQLite ends them.
#![allow(clippy::unwrap_used)]

use std::{fmt::Write as _, ops::Range, path::PathBuf, sync::Arc};

use proptest::prelude::*;
use quarterdeck_migrate::{
    collection::{Statement, StatementKind as Kind},
    lexer,
    source::SourceFile,
    split::{Split, split},
};
use quarterdeck_model::Digest;
use quarterdeck_testkit::Scratch;
use rusqlite::{Batch, Connection, fallible_iterator::FallibleIterator as _};

const CORPUS: &str = include_str!("splitting/corpus.sql");

fn file(text: &str) -> Arc<SourceFile> {
    SourceFile::new(PathBuf::from("001_a.sql"), "001_a.sql".to_owned(), text.to_owned(), Digest::of(text.as_bytes()))
}

fn split_all(text: &str) -> Split {
    split(&file(text), 0..text.len())
}

fn statements(text: &str) -> Vec<&str> {
    split_all(text).statements.into_iter().map(|statement| &text[statement.span]).collect()
}

/// What every split holds, whatever the text: spans in order and apart, and nothing between them that SQLite would run.
fn holds(text: &str) -> Result<(), TestCaseError> {
    let split = split_all(text);
    let mut end = 0;
    let mut pieces = String::new();
    for Statement { span, .. } in &split.statements {
        prop_assert!(end <= span.start && span.start < span.end, "{span:?} after {end}");
        pieces.push_str(&text[end..span.start]);
        skipped(text, end..span.start)?;
        pieces.push_str(&text[span.clone()]);
        end = span.end;
    }
    skipped(text, end..text.len())?;
    pieces.push_str(&text[end..]);
    prop_assert_eq!(pieces, text);
    Ok(())
}

fn skipped(text: &str, range: Range<usize>) -> Result<(), TestCaseError> {
    if text[range.clone()].lines().any(|line| line.starts_with('.')) {
        return Ok(());
    }
    let left = lexer::significant(text, range).find(|token| token.kind != lexer::TokenKind::Semicolon);
    prop_assert!(left.is_none(), "{left:?} was skipped");
    Ok(())
}

#[test]
fn every_statement_of_the_corpus_runs_and_they_are_those_of_sqlite() {
    let scratch = Scratch::new();
    let (ours, theirs) = (connection(&scratch, "ours"), connection(&scratch, "theirs"));
    let found = statements(CORPUS);
    for sql in &found {
        step(&ours, sql);
    }
    let mut batch = Batch::new(&theirs, CORPUS);
    let mut count = 0;
    while let Some(mut statement) = batch.next().unwrap() {
        count += 1;
        let mut rows = statement.raw_query();
        while rows.next().unwrap().is_some() {}
    }
    assert_eq!(found.len(), count);
    assert_eq!(dump(&ours), dump(&theirs));
}

#[test]
fn kinds_are_told_by_the_first_words() {
    let kind = |text: &str| split_all(text).statements[0].kind;
    assert_eq!(kind("/* x */ begin exclusive"), Kind::Begin);
    assert_eq!(kind("END"), Kind::Commit);
    assert_eq!(kind("ROLLBACK TRANSACTION TO SAVEPOINT a"), Kind::Savepoint);
    assert_eq!(kind("ROLLBACK TRANSACTION"), Kind::Rollback);
    assert_eq!(kind("RELEASE a"), Kind::Savepoint);
    assert_eq!(kind("VACUUM main INTO 'x'"), Kind::VacuumInto);
    assert_eq!(kind("VACUUM main"), Kind::Vacuum);
    assert_eq!(kind("ATTACH DATABASE 'x' AS y"), Kind::Attach);
    assert_eq!(kind("DETACH y"), Kind::Detach);
    assert_eq!(kind("WITH a AS (SELECT 1 FROM b WHERE (c)) DELETE FROM d"), Kind::Data);
    assert_eq!(kind("WITH a AS (DELETE) SELECT 1"), Kind::Other);
    assert_eq!(kind("REPLACE INTO a VALUES (1)"), Kind::Data);
    assert_eq!(kind("ANALYZE"), Kind::Other);
    assert_eq!(kind("'text'"), Kind::Other);
}

#[test]
fn spans_begin_at_the_first_token_and_end_at_the_last() {
    assert_eq!(statements("-- a\n  SELECT 1 -- b\n ; /* c */ \r\n SELECT 2 /* d"), ["SELECT 1", "SELECT 2"]);
    assert!(statements(" -- nothing\n ;; /* ; */ ;").is_empty());
}

#[test]
fn a_broken_trigger_takes_no_more_than_itself() {
    assert_eq!(statements("CREATE TRIGGER a AFTER INSERT ON b; SELECT 1;").len(), 2);
    assert_eq!(statements("CREATE TRIGGER a AFTER INSERT ON b BEGIN END; SELECT 1;").len(), 2);
    assert_eq!(statements("CREATE TABLE trigger_a (begin TEXT); SELECT 1;").len(), 2);
}

#[test]
fn a_quote_that_is_not_closed_is_named_with_its_place() {
    let problems = split_all("SELECT 1;\nSELECT 'a;\nSELECT 2;").problems;
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.code.as_str(), problem.at.as_ref().map(|at| (at.line, at.column))), ("unterminated", Some((2, 8))));
}

#[test]
fn commands_of_the_shell_are_named_and_not_taken_for_sql() {
    let split = split_all(".mode 'box\nSELECT 1;\n.read other.sql\nSELECT a\n.b FROM a;");
    let codes: Vec<_> = split.problems.iter().map(|problem| (problem.code.as_str(), problem.at.as_ref().unwrap().line)).collect();
    assert_eq!(codes, [("shell-command", 1), ("shell-command", 3)]);
    assert_eq!(split.statements.len(), 2, "a dot inside a statement is none");
    assert!(split.problems[1].message.contains(".read other.sql"), "{}", split.problems[1].message);
}

#[test]
fn a_statement_costs_forty_bytes_at_most() {
    assert!(size_of::<Statement>() <= 40);
}

#[test]
fn a_long_text_is_split_in_one_pass() {
    let mut text = String::new();
    for number in 0..50_000 {
        writeln!(text, "INSERT INTO t VALUES ({number}, 'text; {number}'); -- {number}").unwrap();
    }
    assert_eq!(split_all(&text).statements.len(), 50_000);
}

proptest! {
    #[test]
    fn no_text_is_lost(text in "\\PC*") {
        holds(&text)?;
    }

    #[test]
    fn no_text_like_sql_is_lost(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40)) {
        holds(&parts.concat())?;
    }

    #[test]
    fn tokens_follow_each_other_without_a_gap(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40), tail in "\\PC*") {
        let text = parts.concat() + &tail;
        let mut end = 0;
        for token in lexer::tokens(&text, 0..text.len()) {
            prop_assert_eq!(token.span.start, end);
            prop_assert!(token.span.end > end && text.is_char_boundary(token.span.end));
            end = token.span.end;
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn whole_statements_stay_whole(parts in prop::collection::vec((prop::sample::select(WHOLE), prop::sample::select(BETWEEN)), 0..20)) {
        let text: String = parts.iter().flat_map(|(statement, between)| [*statement, *between]).collect();
        let expected: Vec<&str> = parts.iter().map(|(statement, _)| *statement).collect();
        prop_assert_eq!(statements(&text), expected);
    }
}

const PARTS: &[&str] = &[
    "CREATE ",
    "TEMP ",
    "TRIGGER ",
    "BEGIN ",
    "END",
    "END;",
    ";",
    "; ",
    "CASE ",
    "WHEN ",
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "--",
    "\n",
    "\r\n",
    "/*",
    "*/",
    ".",
    "\n.read x",
    "x'0",
    "a",
    "é",
    "(",
    ")",
    "1.",
    "0x",
    "$a(",
    "::",
    "\u{feff}",
    "EXPLAIN ",
    "\0",
    "\u{b}",
];

const WHOLE: &[&str] = &[
    "SELECT 1",
    "INSERT INTO a VALUES (';', \";\", [;], `;`)",
    "CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM c; END",
    "CREATE TEMP TRIGGER a AFTER INSERT ON b WHEN new.begin BEGIN SELECT new.end; END",
    "UPDATE a SET b = 'it''s' /* ; */ WHERE c = 1 -- ;\n AND d = 2",
    "COMMIT",
];

const BETWEEN: &[&str] = &[";", ";\n", "; -- END;\n", ";;\r\n", " ; /* ; */ "];

fn connection(scratch: &Scratch, name: &str) -> Connection {
    Connection::open(scratch.file(name)).unwrap()
}

fn step(connection: &Connection, sql: &str) {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut rows = statement.raw_query();
    while rows.next().unwrap_or_else(|error| panic!("{sql}: {error}")).is_some() {}
}

fn dump(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT type || name || ifnull(sql, '') FROM sqlite_schema UNION ALL SELECT what || ifnull(end, '') FROM log ORDER BY 1")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
