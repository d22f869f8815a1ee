//! What may stand at the cursor: names from the store, and the functions of the language.

use quarterdeck_model::{
    Outcome,
    monitor::{Completion, CompletionKind, Completions},
};
use quarterdeck_monitor::{
    labels::NAME,
    source::{Matcher, Test},
};

use crate::{operation::Scope, ops::CompleteQuery};

/// More words are not listed.
const MOST: usize = 100;

/// Aggregations.
const AGGREGATIONS: &[&str] =
    &["avg", "bottomk", "count", "count_values", "group", "limitk", "max", "min", "quantile", "stddev", "stdvar", "sum", "topk"];

/// Functions that people write; the language has a few more.
const FUNCTIONS: &[&str] = &[
    "abs",
    "absent",
    "absent_over_time",
    "avg_over_time",
    "ceil",
    "changes",
    "clamp",
    "clamp_max",
    "clamp_min",
    "count_over_time",
    "day_of_month",
    "day_of_week",
    "days_in_month",
    "delta",
    "deriv",
    "exp",
    "floor",
    "histogram_quantile",
    "hour",
    "idelta",
    "increase",
    "irate",
    "label_join",
    "label_replace",
    "last_over_time",
    "ln",
    "log10",
    "log2",
    "max_over_time",
    "min_over_time",
    "minute",
    "month",
    "predict_linear",
    "present_over_time",
    "quantile_over_time",
    "rate",
    "resets",
    "round",
    "scalar",
    "sgn",
    "sort",
    "sort_desc",
    "sqrt",
    "stddev_over_time",
    "sum_over_time",
    "time",
    "timestamp",
    "vector",
    "year",
];

/// Where the cursor stands.
enum Place<'t> {
    /// Where an expression is.
    Expression,
    /// Where a label's name is: in braces of a metric, or behind `by`.
    Label { metric: &'t str },
    /// In the quotes of a label's value.
    Value { metric: &'t str, label: &'t str },
}

/// Lists words that begin like the one under the cursor, best first.
pub(crate) fn complete(scope: &Scope, asked: &CompleteQuery) -> Outcome<Completions> {
    let snapshot = scope.engine.series().snapshot()?;
    let before: String = asked.query.chars().take(asked.cursor as usize).collect();
    let place = place(&before);
    let in_value = matches!(place, Place::Value { .. });
    let stops = |c: char| if in_value { matches!(c, '"' | '\'' | '`') } else { !(c.is_ascii_alphanumeric() || c == '_' || c == ':') };
    let word = &before[before.rfind(stops).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))..];
    let behind: usize = asked.query.chars().skip(asked.cursor as usize).take_while(|c| !stops(*c)).count();
    let among = |metric: &str| -> Vec<Matcher> {
        let name = (!metric.is_empty()).then(|| Matcher { label: NAME.to_owned(), test: Test::Is(metric.to_owned()) });
        let system = asked.system.as_ref().and_then(|system| {
            let expression = regex::Regex::new(&format!("^(?:{}|)$", regex::escape(system.as_str()))).ok()?;
            Some(Matcher { label: "system".to_owned(), test: Test::Like(expression) })
        });
        name.into_iter().chain(system).collect()
    };
    let mut words = Vec::new();
    let mut add = |kind: CompletionKind, found: Vec<String>| {
        words.extend(found.into_iter().map(|word| Completion { word, kind, about: String::new() }));
    };
    match place {
        Place::Value { metric, label } => add(CompletionKind::Value, snapshot.values(label, &among(metric))),
        Place::Label { metric } => {
            let series = snapshot.series(&among(metric));
            let mut names: Vec<String> = series.iter().flat_map(|labels| labels.iter().map(|(name, _)| name.to_owned())).collect();
            names.sort_unstable();
            names.dedup();
            names.retain(|name| name != NAME);
            add(CompletionKind::Label, names);
        }
        Place::Expression => {
            add(CompletionKind::Metric, snapshot.values(NAME, &among("")));
            add(CompletionKind::Aggregation, AGGREGATIONS.iter().map(ToString::to_string).collect());
            add(CompletionKind::Function, FUNCTIONS.iter().map(ToString::to_string).collect());
        }
    }
    let wanted = word.to_lowercase();
    let rank = |found: &Completion| {
        let found = found.word.to_lowercase();
        if found.starts_with(&wanted) { Some(0) } else { found.contains(&wanted).then_some(1) }
    };
    words.retain(|found| rank(found).is_some());
    words.sort_by_key(rank);
    words.truncate(MOST);
    let from = asked.cursor.saturating_sub(u32::try_from(word.chars().count()).unwrap_or(0));
    Ok(Completions { from, until: asked.cursor + u32::try_from(behind).unwrap_or(0), words })
}

/// What is open before the cursor.
fn place(before: &str) -> Place<'_> {
    let mut open: Vec<usize> = Vec::new();
    let mut quote: Option<(char, usize)> = None;
    let mut escaped = false;
    for (at, c) in before.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some((mark, _)) if c == '\\' && mark != '`' => escaped = true,
            Some((mark, _)) if c == mark => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') => quote = Some((c, at)),
            None if matches!(c, '{' | '(' | '[') => open.push(at),
            None if matches!(c, '}' | ')' | ']') => drop(open.pop()),
            None => {}
        }
    }
    let Some(&bracket) = open.last() else { return Place::Expression };
    let name = |text: &'_ str| text.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).map_or(0, |at| at + 1);
    let ahead = before[..bracket].trim_end();
    let metric = &ahead[name(ahead)..];
    match (&before[bracket..=bracket], quote) {
        ("{", Some((_, at))) => {
            let label = before[bracket + 1..at].trim_end().trim_end_matches(['=', '!', '~']).trim_end();
            Place::Value { metric, label: &label[name(label)..] }
        }
        ("{", None) => Place::Label { metric },
        ("(", None) if matches!(metric, "by" | "without" | "on" | "ignoring" | "group_left" | "group_right") => Place::Label { metric: "" },
        _ => Place::Expression,
    }
}
