//! Evidence as people read it.

use super::{EvidenceDefinition, Source};
use crate::expect::shortened;

impl EvidenceDefinition {
    /// What is measured: the file's own words, or ours.
    pub fn title(&self) -> String {
        if let Some(title) = &self.title {
            return title.clone();
        }
        match &self.source {
            Source::Point { name } => name.replace('-', " "),
            Source::Operation { name, at, .. } if at.is_empty() => name.replace('_', " "),
            Source::Operation { name, at, .. } => format!("{} of {}", at.trim_start_matches('/').replace('/', " "), name.replace('_', " ")),
            Source::Promql { query, .. } => shortened(query),
            Source::Sql { component: Some(component), .. } => format!("a query of {component}"),
            Source::Sql { component: None, .. } => "a query".to_owned(),
            Source::File { path, .. } => path.clone(),
            Source::Command { arguments, .. } => shortened(&arguments.join(" ")),
            Source::Smoke { case: Some(case), .. } => format!("smoke test {case}"),
            Source::Smoke { suite: Some(suite), category: Some(category), .. } => format!("smoke tests of {suite}, {category}"),
            Source::Smoke { suite: Some(of), .. } | Source::Smoke { category: Some(of), .. } => format!("smoke tests of {of}"),
            Source::Smoke { .. } => "all smoke tests".to_owned(),
        }
    }

    /// What is expected, in words: `below 1 %`; of what knows that itself, so much.
    pub fn expected(&self) -> String {
        match (&self.source, &self.expect) {
            (Source::Command { value: None, .. }, None) => "exit code 0".to_owned(),
            (Source::Command { value: None, .. }, Some(expect)) => format!("exit code 0, {}", expect.words()),
            (Source::File { headings, .. }, expect) if !headings.is_empty() => {
                let headings = format!("headings {}", headings.join(", "));
                expect.as_ref().map_or(headings.clone(), |expect| format!("{}, {headings}", expect.words()))
            }
            (Source::Smoke { .. }, _) => "all pass".to_owned(),
            (_, Some(expect)) => expect.words(),
            (_, None) => "as built in".to_owned(),
        }
    }
}

impl Source {
    /// How it is measured, as the file says it: `promql`, `sql`, `command`, `point drill-age`.
    pub fn words(&self) -> String {
        match self {
            Self::Operation { name, .. } => format!("operation {name}"),
            Self::Promql { .. } => "promql".to_owned(),
            Self::Sql { .. } => "sql".to_owned(),
            Self::File { path, .. } => format!("file {path}"),
            Self::Command { .. } => "command".to_owned(),
            Self::Point { name } => format!("point {name}"),
            Self::Smoke { .. } => "smoke".to_owned(),
        }
    }
}
