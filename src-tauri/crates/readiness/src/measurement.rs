//! One measurement as it is kept.

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
    /// When.
    pub measured: Instant,
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
