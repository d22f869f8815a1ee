//! One shape for everything that goes wrong, on every wire.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an operation returns.
pub type Outcome<T> = Result<T, Fault>;

/// Why something did not happen, in words that name the thing.
///
/// `code` is stable and is what programs match on; `message` is one sentence; `hint` is one imperative sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Fault {
    /// Stable kebab-case name of this kind of fault, e.g. `plan-stale`.
    pub code: Cow<'static, str>,
    /// One sentence that names the thing.
    pub message: String,
    /// One imperative sentence: what to do next.
    pub hint: String,
    /// Named values behind the sentence (paths, counts, owners).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "bindings", ts(type = "Record<string, unknown>"))]
    pub facts: BTreeMap<String, Value>,
    /// Who has to change something for it to work.
    pub class: Class,
    /// True where the same call may succeed later without anybody changing anything.
    pub retry: bool,
}

/// The three classes of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Class {
    /// The request cannot be understood: a missing field, an unknown name of an operation or option.
    Usage,
    /// The state does not allow it; the hint says what would.
    Refused,
    /// Disk, lock or network; the message says what was left as it was.
    Failed,
    /// The caller asked to stop, and it stopped.
    Cancelled,
    /// Ours.
    Bug,
}

impl Fault {
    fn new(class: Class, code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), message: message.into(), hint: String::new(), facts: BTreeMap::new(), class, retry: false }
    }

    /// A request that cannot be understood.
    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Usage, code, message)
    }

    /// A state that does not allow the request.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Refused, code, message)
    }

    /// A disk, lock or network that did not do its part.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Class::Failed, code, message)
    }

    /// The caller's own wish to stop.
    pub fn cancelled(message: impl Into<String>) -> Self {
        Self::new(Class::Cancelled, "cancelled", message).hint("Start it again when it suits.")
    }

    /// Our mistake.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Class::Bug, "bug", message).hint("Report it with the text above; nothing else was changed.")
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds a named value.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Marks the fault as one that may go away by itself.
    #[must_use]
    pub fn may_retry(mut self) -> Self {
        self.retry = true;
        self
    }

    /// True for the given stable code.
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, " {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
