//! What cannot be read is shown at its place.
#![allow(clippy::unwrap_used)]

use quarterdeck_monitor::promql::parse;

fn place(query: &str) -> (u64, u64, String) {
    let fault = parse(query).unwrap_err();
    assert!(fault.is("bad-query"));
    let number = |name: &str| fault.facts[name].as_u64().unwrap();
    (number("line"), number("column"), fault.facts["snippet"].as_str().unwrap().to_owned())
}

#[test]
fn a_sign_too_many_is_marked() {
    assert_eq!(place("sum(rate(x[5m]))) by (a)"), (1, 17, "sum(rate(x[5m]))) by (a)\n                ^".to_owned()));
    assert_eq!(place("a + * b").1, 5);
}

#[test]
fn an_end_that_comes_too_early_is_behind_the_last_word() {
    assert_eq!(place("sum(rate(x[5m])").1, 16);
    assert_eq!(place("x{a=\"b\"").1, 8);
}

#[test]
fn a_second_line_is_counted() {
    assert_eq!(place("sum(x)\n  / nothing(x)"), (2, 5, "  / nothing(x)\n    ^^^^^^^".to_owned()));
}

#[test]
fn a_text_without_end_and_a_strange_letter_are_marked() {
    assert_eq!(place("x{a=\"b}").1, 5);
    assert_eq!(place("x ? y").1, 3);
}

#[test]
fn a_strange_escape_is_marked_with_its_text() {
    assert_eq!(place(r#"x{a=~"b"} + y{a=~"v\.1"}"#).1, 18);
}

#[test]
fn what_is_not_supported_says_so_with_its_place() {
    let fault = parse("sum(histogram_count(x))").unwrap_err();
    assert!(fault.message.contains("not supported: native histograms"), "{fault}");
    assert_eq!(fault.facts["column"], 5);
}

#[test]
fn an_or_between_matchers_is_marked() {
    let fault = parse(r#"x{a="1" or b="2"}"#).unwrap_err();
    assert!(fault.message.contains("not supported: `or` between matchers"), "{fault}");
    assert_eq!((fault.facts["column"].as_u64(), fault.facts["length"].as_u64()), (Some(9), Some(2)));
}

#[test]
fn what_is_open_within_does_not_keep_the_reader() {
    parse("a + on (x) fill").unwrap();
    parse("sum by (rate) (rate(x[5m]))").unwrap();
}
