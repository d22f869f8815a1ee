//! What the language has and this evaluator has not: said with the place, before anything else is read.

use quarterdeck_model::Outcome;

use super::{
    error::unreadable,
    lexer::{Sort, Token},
};

/// Words that are only refused as functions, and why.
const FUNCTIONS: [(&str, &str); 10] = [
    ("histogram_count", "native histograms"),
    ("histogram_sum", "native histograms"),
    ("histogram_avg", "native histograms"),
    ("histogram_stddev", "native histograms"),
    ("histogram_stdvar", "native histograms"),
    ("info", "joining with info metrics"),
    ("start_timestamp", "start timestamps"),
    ("xrate", "extended rates"),
    ("xincrease", "extended rates"),
    ("xdelta", "extended rates"),
];

/// A fault for the first word that asks for what is not there.
pub(super) fn refused(text: &str, words: &[Token]) -> Outcome<()> {
    for (index, word) in words.iter().enumerate().filter(|(_, word)| word.sort == Sort::Word) {
        let written = word.of(text);
        let called = words.get(index + 1).is_some_and(|next| ["(", "by", "without"].contains(&next.of(text)));
        let behind = index > 0 && ["]", ")", "}"].contains(&words[index - 1].of(text));
        let why = FUNCTIONS.iter().find(|(name, _)| called && *name == written).map(|(_, why)| *why);
        let why = why.or_else(|| (behind && ["anchored", "smoothed"].contains(&written)).then_some("anchored and smoothed ranges"));
        if let Some(why) = why {
            return Err(unreadable(text, word.span, &format!("not supported: {why}")));
        }
    }
    Ok(())
}
