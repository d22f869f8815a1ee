//! One measurement as it is kept.

use chrono::TimeDelta;
use quarterdeck_model::{
    Digest, Instant, Millis,
    readiness::{Cure, EvidenceVerdict},
};
use serde::{Deserialize, Serialize};

/// What was found when the evidence of an item was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Digest of the definition that was measured, as [`crate::checklist::EvidenceDefinition::digest`].
    pub definition: Digest,
    /// What it says.
    pub verdict: EvidenceVerdict,
    /// What was measured, in words and as it is shown; none where nothing was.
    pub value: Option<String>,
    /// One sentence: what was measured beside what was expected, or why it is not known.
    pub sentence: String,
    /// When; of what was found earlier (a smoke test that ran before), when that was.
    pub measured: Instant,
    /// When it was looked at, where that was later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Instant>,
    /// Since when it has said the same (definition, verdict, and value where that binds): a signature from before is stale for good.
    pub since: Instant,
    /// How long that took.
    pub took: Millis,
    /// Where in the window the proof is seen.
    pub address: Option<String>,
    /// What helps where it does not hold.
    pub cure: Option<Cure>,
    /// What was printed, read or answered, at most 64 KiB.
    pub detail: Option<String>,
}

impl Measurement {
    /// When it was looked at: of two, the one that was looked at later says how it is, however old is what it found.
    pub fn looked(&self) -> Instant {
        self.looked.unwrap_or(self.measured)
    }

    /// Over its definition and what it says, and over the value where that binds (`value: true`).
    pub fn digest(&self, binds_value: bool) -> Digest {
        Digest::over(&(&self.definition, self.verdict, self.value.as_ref().filter(|_| binds_value)))
    }

    /// Itself, knowing since when it has said the same: since the one before where that said it already, else since it is `stored`.
    ///
    /// Not since it was measured: whoever signed in between was shown the one before. And after everything that was `said` of the copy so
    /// far, whatever the clock does: the moment of its newest statement.
    #[must_use]
    pub fn after(self, before: Option<&Self>, binds_value: bool, stored: Instant, said: Option<Instant>) -> Self {
        let same = before.filter(|before| before.digest(binds_value) == self.digest(binds_value));
        let following = said.and_then(|said| said.checked_add_signed(TimeDelta::milliseconds(1)));
        let since = same.map_or(following.map_or(stored, |following| following.max(stored)), |before| before.since);
        Self { since, ..self }
    }
}

/// The moment of a statement: now, and not before the newest change (`since`) of the copy's measurements, whatever the clock does.
pub fn said_at(now: Instant, changed: Option<Instant>) -> Instant {
    changed.map_or(now, |changed| changed.max(now))
}
