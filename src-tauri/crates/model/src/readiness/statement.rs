//! What people say: never edited, only revoked by another statement.

use serde::{Deserialize, Serialize};

use super::GateAction;
use crate::{Digest, Instant};

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum StatementKind {
    /// An item holds.
    Sign,
    /// An item or a station says no.
    Refuse,
    /// A station says Go.
    Go,
    /// An item is waived until a moment.
    Exempt,
    /// An item does not apply until a moment.
    NotApplicable,
    /// A remark, perhaps with a file or link.
    Note,
    /// An earlier statement no longer stands.
    Revoke,
    /// The poll waits at a station.
    Hold,
    /// The poll goes on where it waited.
    Resume,
    /// The director decides.
    Decide,
    /// A closed gate was passed, and why. It opens nothing, and is never taken back.
    Bypass,
    /// A gate protects no more: an approver says so, because its file does not either.
    Withdraw,
    /// The copy was opened.
    Open,
    /// The copy was closed.
    Close,
}

/// One thing that was said, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Statement {
    /// Counted from 1 in its copy.
    pub number: u32,
    /// What is said.
    pub kind: StatementKind,
    /// Of which item.
    pub item: Option<String>,
    /// At which station.
    pub station: Option<String>,
    /// Which gate was passed or withdrawn.
    pub gate: Option<String>,
    /// What was done past it, or is protected no more.
    pub action: Option<GateAction>,
    /// Who signs for it, by passphrase; none where the operating system's user said it.
    pub person: Option<String>,
    /// Who that is: people are told apart by this, whatever they are called.
    pub signer: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// The operating system's user.
    pub who: String,
    /// When.
    pub at: Instant,
    /// In which words.
    pub text: String,
    /// Until when it holds.
    pub until: Option<Instant>,
    /// What was decided.
    pub verdict: Option<VerdictWord>,
    /// The score at that moment, of a decision and of a closing.
    pub score: Option<u32>,
    /// Digest of what was shown at that moment.
    pub shown: Option<Digest>,
    /// What was shown is no longer what is.
    pub stale: bool,
    /// Which statement it revokes.
    pub revokes: Option<u32>,
    /// By which statement it was revoked.
    pub revoked_by: Option<u32>,
    /// What is attached.
    pub attachment: Option<Attachment>,
    /// Over this statement and the digest of the one before.
    pub digest: Digest,
}

/// A file or link beside a statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Attachment {
    /// The file's name, or the link.
    pub name: String,
    /// `https://…`; none for a file.
    pub link: Option<String>,
    /// Of the file.
    pub size: Option<crate::Bytes>,
    /// SHA-256 of the file, by which it is kept.
    pub digest: Option<Digest>,
}

/// A verdict in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum VerdictWord {
    /// Nothing stands against it.
    Go,
    /// Go, with waivers that are named.
    Waived,
    /// Something stands against it.
    NoGo,
}
