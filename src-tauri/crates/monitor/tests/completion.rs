//! What may stand at a cursor, marked `|` here.
#![allow(clippy::unwrap_used)]

use quarterdeck_model::monitor::{CompletionKind, Completions};
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::complete::{Names, complete},
    source::Matcher,
};

struct Known(Vec<Labels>);

impl Known {
    fn among(&self, matchers: &[Matcher]) -> impl Iterator<Item = &Labels> {
        self.0.iter().filter(move |labels| matchers.iter().all(|matcher| matcher.holds(labels)))
    }
}

impl Names for Known {
    fn labels(&self, among: &[Matcher]) -> Vec<String> {
        self.among(among).flat_map(|labels| labels.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()).collect()
    }

    fn values(&self, label: &str, among: &[Matcher]) -> Vec<String> {
        self.among(among).map(|labels| labels.get(label).to_owned()).filter(|value| !value.is_empty()).collect()
    }
}

fn at(marked: &str) -> Completions {
    let known = Known(vec![
        Labels::new([(NAME, "http_requests_total"), ("route", "/a"), ("code", "200")]),
        Labels::new([(NAME, "queue_length"), ("queue", "mail")]),
    ]);
    let cursor = marked.chars().position(|letter| letter == '|').unwrap();
    complete(&marked.replacen('|', "", 1), cursor, &known)
}

fn words(marked: &str) -> Vec<String> {
    at(marked).words.into_iter().map(|word| word.word).collect()
}

#[test]
fn an_expression_begins_with_a_function_or_a_metric() {
    assert_eq!(words("ht|"), ["http_requests_total"]);
    assert_eq!(words("sum(quantile_o|"), ["quantile_over_time"]);
    assert_eq!(words("rate(requests|"), ["http_requests_total"], "also in the middle of a name");
    assert!(words("|").len() > 50);
    assert_eq!(at("topk|").words[0].kind, CompletionKind::Aggregation);
}

#[test]
fn the_whole_word_is_replaced() {
    let found = at("1 + htt|p_req * 2");
    assert_eq!((found.from, found.until), (4, 12));
    assert_eq!(found.words[0].word, "http_requests_total");
}

#[test]
fn labels_and_values_are_those_of_the_metric() {
    assert_eq!(words("http_requests_total{|"), ["code", "route"]);
    assert_eq!(words("http_requests_total{code=\"200\", r|"), ["route"]);
    assert_eq!(words("http_requests_total{route=\"|\"}"), ["/a"]);
    assert_eq!(words("http_requests_total{route=|"), ["\"/a\""]);
    assert_eq!(words("{queue=~\"m|"), ["mail"]);
    assert_eq!(words("http_requests_total{code=\"500\", route=\"|"), Vec::<String>::new());
}

#[test]
fn lists_of_labels_keywords_and_durations_have_their_places() {
    assert_eq!(words("sum by (|) (rate(http_requests_total[5m]))"), ["code", "route"]);
    assert_eq!(words("queue_length off|"), ["offset"]);
    assert!(words("sum(queue_length) |").contains(&"by".to_owned()));
    assert!(words("sum by (queue) (|").contains(&"queue_length".to_owned()));
    assert_eq!(words("rate(x[5|"), ["5m"]);
    assert_eq!(words("x # com|"), Vec::<String>::new());
}

#[test]
fn letters_count_not_bytes() {
    let found = at("x{a=\"é\"} + qu|");
    assert_eq!((found.from, found.until), (11, 13));
}
