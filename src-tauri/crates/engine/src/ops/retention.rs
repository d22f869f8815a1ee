//! Which snapshots stay: rules, pins, forgetting, and freeing the room of what was forgotten.

use quarterdeck_model::{
    Digest, Instant, JobId, Outcome, Role,
    retention::{ForgetReport, KeepRules, Pin, PruneReport, RetentionPreview, RuleSource},
    system::Name,
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, Command, Query, Scope, Work};

/// What would be kept and forgotten, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PreviewRetention {
    /// The system.
    pub system: Name,
    /// Rules to try out; absent for those that hold.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub rules: Option<KeepRules>,
    /// Snapshots to forget, by their identifiers or first figures; empty to let the rules choose.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<String>>"))]
    pub snapshots: Vec<String>,
    /// True to find out how much room it would free: reads the folders of every snapshot.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub measure: bool,
}

impl Query for PreviewRetention {
    const NAME: &str = "preview_retention";
    const SUMMARY: &str = "Says of each snapshot whether it would stay or be forgotten, and why; with rules to try out, or for named ones.";
    type Response = RetentionPreview;

    fn answer(self, scope: &Scope) -> Outcome<RetentionPreview> {
        crate::retention::preview(scope, &self)
    }
}

/// Sets which snapshots of a system stay.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetRetention {
    /// The system.
    pub system: Name,
    /// The rules, in place of all that were set before; absent to take them away.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub rules: Option<KeepRules>,
}

/// The rules of a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Retention {
    /// The rules.
    pub rules: KeepRules,
    /// Where they come from.
    pub source: RuleSource,
    /// Both in one sentence.
    pub sentence: String,
}

impl Command for SetRetention {
    const NAME: &str = "set_retention";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sets which snapshots of a system stay; forgets nothing by itself.";
    type Response = Retention;

    fn touches(&self) -> String {
        self.system.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<Retention> {
        crate::retention::set(scope, self)
    }
}

/// Takes snapshots off the list: those that the rules do not keep, or named ones.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ForgetSnapshots {
    /// The system.
    pub system: Name,
    /// Snapshots, by their identifiers or first figures; empty to let the rules choose.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<String>>"))]
    pub snapshots: Vec<String>,
    /// The digest of the preview that was shown; absent for a schedule, which is refused where it would forget most of what there is.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub plan: Option<Digest>,
    /// The word that was typed, where the preview asks for one.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub confirm: Option<String>,
}

impl Work for ForgetSnapshots {
    const NAME: &str = "forget_snapshots";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Takes snapshots off the list, by rules or by name; never a pinned one, the last proof, or one without a newer copy.";
    type Report = ForgetReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::retention::announce(scope, self)
    }

    fn run(self, scope: &Scope, _: JobId) -> Outcome<ForgetReport> {
        crate::retention::run(scope, &self)
    }
}

/// Pins a snapshot: it is not forgotten while the pin lasts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PinSnapshot {
    /// The system.
    pub system: Name,
    /// The snapshot, by its identifier or first figures, or `latest`.
    pub snapshot: String,
    /// Why it must stay.
    pub reason: String,
    /// When the pin ends; absent for a pin without an end.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub until: Option<Instant>,
}

impl Command for PinSnapshot {
    const NAME: &str = "pin_snapshot";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Pins a snapshot with a reason, until a moment or without an end; a pinned one is never forgotten.";
    type Response = Pin;

    fn touches(&self) -> String {
        format!("{} {}", self.system, self.snapshot)
    }

    fn perform(self, scope: &Scope) -> Outcome<Pin> {
        crate::retention::pin(scope, self)
    }
}

/// Takes a pin by people away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct UnpinSnapshot {
    /// The system.
    pub system: Name,
    /// The snapshot, by its identifier or first figures, or `latest`.
    pub snapshot: String,
}

impl Command for UnpinSnapshot {
    const NAME: &str = "unpin_snapshot";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Takes the pin of people off a snapshot; the way back of a job stays pinned until its end.";
    type Response = ();

    fn touches(&self) -> String {
        format!("{} {}", self.system, self.snapshot)
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::retention::unpin(scope, &self)
    }
}

/// Frees the room of what no snapshot uses, in slices, and lets others go first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PruneRepository {
    /// The system whose repository it is.
    pub system: Name,
    /// When to stop, in seconds from its beginning (1 to 86,400; 600 where absent). A slice that has begun is finished.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub seconds: Option<u32>,
}

impl Work for PruneRepository {
    const NAME: &str = "prune_repository";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Frees the room of what no snapshot uses: in slices, in two steps a day apart, and never in the way of a backup.";
    type Report = PruneReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::retention::announce_prune(scope, self)
    }

    /// None: it touches no database, and a backup that is due must not find the lease taken.
    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new())
    }

    fn run(self, scope: &Scope, _: JobId) -> Outcome<PruneReport> {
        crate::retention::prune(scope, &self)
    }
}
