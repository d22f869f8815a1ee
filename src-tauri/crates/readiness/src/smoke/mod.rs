//! Smoke tests as their file says them (`smoke/*.yml`, docs/smoke.md), and what their latency says.

mod file;
mod latency;
#[cfg(test)]
mod tests;

use quarterdeck_model::{Digest, Millis};
use serde::Serialize;

pub use self::latency::latency;
use crate::{checklist::Source, expect::Expectation};

/// The folder of suites, in that of a definition.
pub const FOLDER: &str = "smoke";

/// A suite without findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// What it is for.
    pub title: String,
    /// In the order of the file; at least one.
    pub cases: Vec<Case>,
}

impl Suite {
    /// The case of that id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }
}

/// One smoke test.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique in its suite.
    pub id: String,
    /// What has to work.
    pub title: String,
    /// Its category.
    pub category: String,
    /// What is asked.
    pub ask: Ask,
    /// What is expected; none where the asking itself says all: an exit code, a status, a refusal.
    pub expect: Option<Expectation>,
    /// How long one asking may take before it is stopped.
    pub limit: Millis,
    /// How fast it has to be.
    pub budget: Option<Budget>,
    /// Over all of the above but the title.
    pub digest: Digest,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Ask {
    /// As evidence is: a statement that reads, a command, an operation.
    Measured(Source),
    /// Statements on a private copy of the database, where they may change rows; what they changed is rolled back.
    OnCopy {
        /// Which component; the first database where the file does not say.
        component: Option<String>,
        /// One or more; the last one's rows count.
        sql: String,
        /// What a refusal has to say, where one is expected.
        fails: Option<String>,
    },
    /// A request; redirects are not followed.
    Http {
        /// `GET`, `POST`, `PUT`, `DELETE` or `HEAD`.
        method: String,
        /// `http://…` or `https://…`.
        url: String,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// What is sent.
        body: Option<String>,
        /// The status that is expected; any from 200 to 299 where the file does not say.
        status: Option<u16>,
    },
    /// Another case of the suite, several at once.
    Load {
        /// Its id; no load itself.
        case: String,
        /// How many at once.
        at_once: u32,
        /// How often, or for how long.
        length: Length,
    },
}

/// How long a load lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Length {
    /// So many askings together.
    Times(u32),
    /// For so long.
    For(Millis),
}

/// How fast something has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// 99 of 100 askings take no longer.
    pub p99: Millis,
    /// How often it is asked for that; a load is asked as it says.
    pub of: u32,
}

impl Case {
    /// `sql`, `http`, `command`, `operation`, `load`.
    pub fn kind(&self) -> &'static str {
        match &self.ask {
            Ask::Measured(Source::Sql { .. }) | Ask::OnCopy { .. } => "sql",
            Ask::Measured(Source::Command { .. }) => "command",
            Ask::Measured(_) => "operation",
            Ask::Http { .. } => "http",
            Ask::Load { .. } => "load",
        }
    }

    /// What is asked, in one line.
    pub fn asks(&self) -> String {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match &self.ask {
            Ask::Measured(Source::Sql { sql, .. }) => line(sql),
            Ask::OnCopy { sql, .. } => format!("on a copy: {}", line(sql)),
            Ask::Measured(Source::Command { arguments, .. }) => arguments.join(" "),
            Ask::Measured(Source::Operation { name, .. }) => name.clone(),
            Ask::Measured(source) => source.words(),
            Ask::Http { method, url, .. } => format!("{method} {url}"),
            Ask::Load { case, at_once, length: Length::Times(times) } => format!("{case}, {times} times, {at_once} at once"),
            Ask::Load { case, at_once, length: Length::For(time) } => format!("{case}, for {time}, {at_once} at once"),
        }
    }

    /// What is expected, in words.
    pub fn expected(&self) -> String {
        let mut words = Vec::new();
        match &self.ask {
            Ask::Http { status: Some(status), .. } => words.push(format!("status {status}")),
            Ask::Http { .. } => words.push("status 200 to 299".to_owned()),
            Ask::OnCopy { fails: Some(fails), .. } => words.push(format!("refused with {fails:?}")),
            Ask::Measured(Source::Command { .. }) => words.push("exit code 0".to_owned()),
            Ask::Load { case, .. } => words.push(format!("every time as {case} expects")),
            Ask::Measured(_) | Ask::OnCopy { .. } => {}
        }
        words.extend(self.expect.as_ref().map(Expectation::words));
        words.join(", ")
    }
}
