//! Whatever somebody types: an answer or a refusal with a place, never a panic.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use proptest::prelude::*;
use quarterdeck_model::JobCtx;
use quarterdeck_monitor::{
    labels::{Labels, NAME},
    promql::{
        Options, Steps,
        complete::{Names, complete},
        evaluate, labels, parse, selectors,
    },
    sample::Sample,
    source::{Matcher, Memory},
};

const WORDS: &[&str] = &[
    "x",
    "y_total",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "5m",
    "1ms",
    "100y",
    "1",
    "0",
    "-1",
    "1e308",
    "NaN",
    "Inf",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "==",
    "!=",
    ">",
    "<",
    ">=",
    "=~",
    "!~",
    "=",
    "\"a\"",
    "'.*'",
    "\"(\"",
    "`é`",
    "a",
    "le",
    "__name__",
    "and",
    "or",
    "unless",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "@",
    "start()",
    "end()",
    "sum",
    "avg",
    "topk",
    "quantile",
    "count_values",
    "limit_ratio",
    "rate",
    "increase",
    "max_over_time",
    "quantile_over_time",
    "histogram_quantile",
    "histogram_fraction",
    "label_replace",
    "label_join",
    "predict_linear",
    "absent",
    "scalar",
    "vector",
    "time()",
    "clamp",
    "round",
    "sort_desc",
    "fill",
    "fill_left",
    "atan2",
    "#",
    "\n",
    "é",
    "\"",
    "\\",
];

const WHOLE: &[&str] = &[
    "x",
    "y_total",
    "x[5m]",
    "y_total[2m:1m] offset 1m",
    "x @ 60",
    "x @ end()",
    "1",
    "-1",
    "NaN",
    "sum by (a) (x)",
    "rate(y_total[5m])",
    "vector(2)",
    "\"a\"",
    "x{a=~\".*\"}",
    "x offset -1h",
    "x[1ms]",
    "max_over_time(x[10m:])",
    "y_total[100y]",
];

struct Nobody;

impl Names for Nobody {
    fn labels(&self, _: &[Matcher]) -> Vec<String> {
        vec!["a".to_owned(), "le".to_owned()]
    }

    fn values(&self, _: &str, _: &[Matcher]) -> Vec<String> {
        vec!["x".to_owned(), "é\"\n".to_owned()]
    }
}

fn memory() -> Memory {
    let mut memory = Memory::default();
    for (name, a, le) in [("x", "1", "0.5"), ("x", "2", "+Inf"), ("y_total", "1", ""), ("y_total", "2", "1")] {
        let labels = Labels::new([(NAME, name), ("a", a), ("le", le)]);
        let value = |at: i64| [1.0, f64::NAN, f64::INFINITY, 3.0, -2.0, 1e308][usize::try_from(at % 6).unwrap()];
        memory.extend(labels, (0..20).map(|at| Sample { at: at * 30_000, value: value(at) }));
    }
    memory
}

fn tried(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Err(fault) => {
            prop_assert!(fault.is("bad-query"), "{fault}");
            let (line, column) = (fault.facts["line"].as_u64().unwrap(), fault.facts["column"].as_u64().unwrap());
            prop_assert!(line >= 1 && column >= 1 && line <= text.split('\n').count() as u64, "{text:?}: {line}:{column}");
        }
        Ok(query) => {
            let (_, _) = (labels(&query), selectors(&query));
            let options = Options { limit: Duration::from_secs(5), most_samples: 200_000, ..Options::default() };
            for steps in [Steps { from: 300_000, until: 300_000, step: 0 }, Steps { from: -60_000, until: 900_000, step: 45_000 }] {
                // Whether it has an answer is its own affair.
                let _ = evaluate(&query, &memory(), steps, &options, &JobCtx::detached());
            }
        }
    }
    let letters = text.chars().count();
    let found = complete(text, letters / 2, &Nobody);
    prop_assert!(found.from <= found.until && found.until as usize <= letters);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn words_in_any_order(words in prop::collection::vec(prop::sample::select(WORDS), 0..14)) {
        tried(&words.join(" "))?;
        tried(&words.concat())?;
    }

    #[test]
    fn any_letters(text in "\\PC{0,40}") {
        tried(&text)?;
    }

    #[test]
    fn functions_of_what_they_are_given(
        name in prop::sample::select(&["rate", "avg_over_time", "quantile_over_time", "predict_linear", "histogram_quantile", "histogram_fraction", "clamp", "label_replace", "round", "scalar", "sort_by_label", "absent", "timestamp", "hour", "topk", "quantile", "sum", "count_values", "limitk", "double_exponential_smoothing"][..]),
        arguments in prop::collection::vec(prop::sample::select(WHOLE), 0..4),
        sign in prop::sample::select(&["+", "/ on (a)", "> bool", "and", "or on ()", "% ignoring (a) group_left", "^ fill (0)", "unless", "== on (a) group_right (le)"][..]),
        other in prop::sample::select(WHOLE),
    ) {
        let call = format!("{name}({})", arguments.join(", "));
        tried(&call)?;
        tried(&format!("{call} {sign} {other}"))?;
        tried(&format!("{other} {sign} {other}"))?;
        tried(&format!("max_over_time(({call})[5m:30s] @ 120)"))?;
    }
}
