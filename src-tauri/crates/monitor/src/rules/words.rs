//! Templates in labels and annotations of alerts: the one place where rules meet the template language.

use std::sync::Arc;

use quarterdeck_model::Outcome;

use super::rule::{Nature, Words};
use crate::{
    labels::Labels,
    sample::Moment,
    template::rule::{Asks, Facts, Template},
};

/// Answers a query of a template.
pub(super) type Ask<'a> = dyn Fn(&str) -> Outcome<Vec<(Labels, f64)>> + 'a;

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
    pub ask: &'o Ask<'o>,
}

/// What a text comes to. What fails stands in it as a sentence, as in Prometheus: a broken summary must not keep an alert from firing.
pub(super) fn expand(words: &Words, occasion: &Occasion<'_>) -> Arc<str> {
    if words.nature == Nature::Plain {
        return Arc::clone(&words.text);
    }
    let Occasion { labels, value, external, external_url, at, .. } = *occasion;
    let facts = Facts { labels, external, external_url, value, at };
    let expanded = match &words.template {
        Some(template) => template.expand(&facts, occasion),
        None => Template::read(&words.text).and_then(|template| template.expand(&facts, occasion)),
    };
    expanded.unwrap_or_else(|fault| format!("<error expanding template: {}>", fault.message)).into()
}

impl Asks for Occasion<'_> {
    fn ask(&self, query: &str) -> Outcome<Vec<(Labels, f64)>> {
        (self.ask)(query)
    }
}

/// The least steady of some texts.
pub(super) fn nature(texts: &[(Arc<str>, Words)]) -> Nature {
    texts.iter().map(|(_, words)| words.nature).max().unwrap_or(Nature::Plain)
}
