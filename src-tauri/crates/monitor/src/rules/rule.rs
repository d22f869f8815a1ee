//! Groups and rules as their file says them.

use std::{sync::Arc, time::Duration};

use quarterdeck_document::findings::Place;
use quarterdeck_model::Fault;

use crate::{promql::Query, template::rule::Template};

/// Rules that are evaluated one after the other at the same moment.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name, unique in its file.
    pub name: String,
    /// How often; where it is not said, the default.
    pub interval: Option<Duration>,
    /// So much before the evaluation lies the moment that is looked at.
    pub query_offset: Option<Duration>,
    /// A rule with more series or alerts than this is an error; zero for any number.
    pub limit: usize,
    /// Labels that each of its rules has; a rule's own ones win. They are among the rules' labels already.
    pub labels: Vec<(Arc<str>, Words)>,
    /// In their order.
    pub rules: Vec<Rule>,
    /// Where it begins.
    pub at: Place,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The alert's name, or the recorded series's.
    pub name: String,
    /// What becomes of the series that come out.
    pub kind: Kind,
    /// The expression as it is written.
    pub expression: String,
    /// The expression, read.
    pub query: Query,
    /// Labels that are put onto what comes out, the group's among them; an empty one takes a label away.
    pub labels: Vec<(Arc<str>, Words)>,
    /// Where it begins.
    pub at: Place,
    /// Where its expression begins.
    pub expr_at: Option<Place>,
}

/// What becomes of the series that come out.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Each is an alert.
    Alerting(Alerting),
    /// They are kept under the rule's name.
    Recording,
}

/// What only an alerting rule has.
#[derive(Debug, Clone, Default)]
pub struct Alerting {
    /// `for`: so long the condition holds before the alert fires.
    pub hold: Duration,
    /// So long it goes on firing after the condition.
    pub keep_firing_for: Duration,
    /// Words for people.
    pub annotations: Vec<(Arc<str>, Words)>,
}

/// A text that may be a template.
#[derive(Debug, Clone)]
pub struct Words {
    /// As it is written.
    pub text: Arc<str>,
    /// How it comes to its value.
    pub nature: Nature,
    /// The template, read; none where it is plain, and where it cannot be read.
    pub(super) template: Option<Arc<Template>>,
}

/// How a text comes to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// It is its value.
    Plain,
    /// It is a template over labels and value: where these are the same, so is what comes out.
    Steady,
    /// It is a template that asks the store or tells the time.
    Asking,
}

impl Words {
    /// A text that is taken as it is.
    pub fn plain(text: &str) -> Self {
        Self { text: text.into(), nature: Nature::Plain, template: None }
    }

    /// A text that is expanded where it has actions in it; why it cannot be.
    pub fn template(text: &str) -> (Self, Option<Fault>) {
        if !text.contains("{{") {
            return (Self::plain(text), None);
        }
        let asks = ["query", "now", "tmpl", "template"].iter().any(|word| text.contains(word));
        let nature = if asks { Nature::Asking } else { Nature::Steady };
        let (template, fault) = match Template::read(text) {
            Ok(template) => (Some(Arc::new(template)), None),
            Err(fault) => (None, Some(fault)),
        };
        (Self { text: text.into(), nature, template }, fault)
    }
}

impl Rule {
    /// What only an alerting rule has.
    pub fn alerting(&self) -> Option<&Alerting> {
        match &self.kind {
            Kind::Alerting(alerting) => Some(alerting),
            Kind::Recording => None,
        }
    }
}
