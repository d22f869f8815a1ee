//! Smoke tests: what a suite says (`smoke/*.yml`, docs/smoke.md), and what is made of what came back.

mod file;
pub mod judge;
mod latency;
#[cfg(test)]
mod tests;

use quarterdeck_model::{Digest, Millis};
use serde::Serialize;

pub use self::latency::{latency, micros};
use crate::{
    checklist::Source,
    expect::{Expectation, Unit},
};

/// The folder beside `quarterdeck.yaml`.
pub const FOLDER: &str = "smoke";

/// A suite without findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// What it is for.
    pub title: String,
    /// In the order of the file; at least one.
    pub cases: Vec<Case>,
}

/// One smoke test.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique in its suite.
    pub id: String,
    /// What has to work.
    pub title: String,
    /// What kind of thing it tests.
    pub category: String,
    /// What is asked.
    pub asks: Asks,
    /// What has to come back.
    pub expect: Expected,
    /// How long it may take.
    pub budget: Option<Budget>,
    /// After this it is stopped, with everything that it asks; a load after its own time and this.
    pub limit: Millis,
    /// Over all of the above but the titles and the category; of a load, over what it asks, too.
    pub digest: Digest,
    /// Line in the file.
    pub line: u32,
}

/// What has to come back.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Expected {
    /// Of what was found.
    pub found: Expectation,
    /// The state of an HTTP answer; 200 to 299 where the file does not say.
    pub status: Option<u16>,
    /// The statement is refused, in these words.
    pub fails: Option<String>,
    /// The share of a load that may fail; none where nothing may.
    pub errors: Option<f64>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Asks {
    /// What evidence of checklists is measured by, too: `sql`, `command`, `operation`.
    Source(Source),
    /// Statements on a private copy of a database, where they may change rows.
    Copy {
        /// Which component; the first database where the file does not say.
        component: Option<String>,
        /// One or several; the rows of the last one count.
        sql: String,
        /// The unit of its value.
        unit: Unit,
    },
    /// A request to a server.
    Http(HttpRequest),
    /// Another case, by several at once.
    Load {
        /// Which, of the same suite.
        case: String,
        /// How many ask at the same time.
        at_once: u32,
        /// How long.
        until: Until,
    },
}

/// A request to a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HttpRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// `http://…` or `https://…`, without a password.
    pub url: String,
    /// In the order of the file; none that lets somebody in.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Option<String>,
    /// Where in a JSON answer the value is (RFC 6901); none for the answer as text.
    pub at: Option<String>,
}

/// How long a load lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Until {
    /// So long.
    For(Millis),
    /// So many times in all.
    Times(u32),
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// 99 of 100 times.
    pub p99: Option<Millis>,
    /// All times together.
    pub all: Option<Millis>,
    /// How many times it is asked; a load asks as often as it does.
    pub of: u32,
}

impl HttpRequest {
    /// The address as it is shown and kept: what stands behind `?` may be nobody else's business.
    pub fn place(&self) -> &str {
        without_query(&self.url)
    }
}

/// An address without what stands behind `?` or `#`.
pub fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

impl Case {
    /// `sql`, `http`, `command`, `operation`, `load`.
    pub fn kind(&self) -> &'static str {
        match &self.asks {
            Asks::Source(Source::Command { .. }) => "command",
            Asks::Source(Source::Operation { .. }) => "operation",
            Asks::Source(_) | Asks::Copy { .. } => "sql",
            Asks::Http(_) => "http",
            Asks::Load { .. } => "load",
        }
    }

    /// What is asked, in one line of at most 200 characters.
    pub fn asked(&self) -> String {
        let line = match &self.asks {
            Asks::Source(Source::Sql { sql, .. }) => sql.clone(),
            Asks::Copy { sql, .. } => format!("on a copy: {sql}"),
            Asks::Source(Source::Command { arguments, .. }) => arguments.join(" "),
            Asks::Source(Source::Operation { name, at, .. }) => format!("{name} {at}"),
            Asks::Source(_) => String::new(),
            Asks::Http(request) => {
                let more = if request.url.contains('?') { "?…" } else { "" };
                format!("{} {}{more}", request.method, request.place())
            }
            Asks::Load { case, at_once, until: Until::For(time) } => format!("{case}, {at_once} at once for {time}"),
            Asks::Load { case, at_once, until: Until::Times(times) } => format!("{case}, {at_once} at once, {times} times"),
        };
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= 200 { line } else { line.chars().take(199).chain(['…']).collect() }
    }

    /// What is expected, in words.
    pub fn expected(&self) -> String {
        let mut parts = Vec::new();
        match (&self.asks, &self.expect) {
            (_, Expected { fails: Some(words), .. }) => parts.push(format!("refused with {words:?}")),
            (Asks::Http(_), Expected { status, .. }) => parts.push(status.map_or("200 to 299".to_owned(), |status| status.to_string())),
            (Asks::Load { .. }, Expected { errors: None, .. }) => parts.push("no errors".to_owned()),
            (Asks::Load { .. }, Expected { errors: Some(share), .. }) => {
                parts.push(format!("at most {} errors", crate::expect::amount(*share, Unit::Ratio)));
            }
            (Asks::Source(Source::Command { .. }), _) => parts.push("exit code 0".to_owned()),
            _ => {}
        }
        if !self.expect.found.conditions.is_empty() {
            parts.push(self.expect.found.words());
        }
        match self.budget {
            Some(Budget { p99: Some(p99), .. }) => parts.push(format!("p99 at most {p99}")),
            Some(Budget { all: Some(all), .. }) => parts.push(format!("at most {all} in all")),
            _ => {}
        }
        parts.join(", ")
    }
}
