//! Which snapshots stay, which are forgotten, and why. Without rules everything stays.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Bytes, Count, Digest, Fault, Instant, Millis, Outcome, WirePath,
    snapshot::{Level, Reason, SnapshotId},
    system::{Environment, Name},
};

/// How many snapshots taken before a change are kept where nobody says how many.
pub const BEFORE_CHANGE: u32 = 20;

/// What to keep of one system. The rules above [`Self::at_most`] are a union: a snapshot stays if any of them keeps it; with none of them
/// every snapshot stays. `at_most` and `no_older_than` are caps over that union.
///
/// Nothing here outranks a pin, the last proof, or the need for a newer verified snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct KeepRules {
    /// The newest so many.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub last: Option<u32>,
    /// The newest of each of the last so many hours that have one.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub hourly: Option<u32>,
    /// The same for days.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub daily: Option<u32>,
    /// The same for weeks, which begin on Monday (ISO 8601).
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub weekly: Option<u32>,
    /// The same for months.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub monthly: Option<u32>,
    /// The same for years.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub yearly: Option<u32>,
    /// Everything within this time before the newest snapshot.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub within: Option<Millis>,
    /// Of the snapshots taken before a change, the newest so many; absent for [`BEFORE_CHANGE`], or for all of them where there is no rule
    /// at all. The other rules do not count them.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub before_change: Option<u32>,
    /// Of what the rules keep, no more than the newest so many.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub at_most: Option<u32>,
    /// Of what the rules keep, nothing that is older than this now.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub no_older_than: Option<Millis>,
}

impl KeepRules {
    /// The rules that count snapshots or periods, with their names.
    pub fn counted(&self) -> [(Because, Option<u32>); 6] {
        [
            (Because::Last, self.last),
            (Because::Hourly, self.hourly),
            (Because::Daily, self.daily),
            (Because::Weekly, self.weekly),
            (Because::Monthly, self.monthly),
            (Because::Yearly, self.yearly),
        ]
    }

    /// True where no rule chooses: then only the caps forget anything.
    pub fn keeps_everything(&self) -> bool {
        self.within.is_none() && self.counted().iter().all(|(_, count)| count.is_none())
    }

    /// Refuses rules that keep nothing (`bad-keep-rules`): a zero is a slip, and the way to have no rule is to leave it out.
    pub fn check(&self) -> Outcome<()> {
        let counts = self.counted().map(|(rule, count)| (rule.name(), count.map(u64::from)));
        let others = [
            ("within", self.within.map(|time| time.0)),
            ("before-change", self.before_change.map(u64::from)),
            ("at-most", self.at_most.map(u64::from)),
            ("no-older-than", self.no_older_than.map(|time| time.0)),
        ];
        match counts.iter().chain(&others).find(|(_, value)| *value == Some(0)) {
            None => Ok(()),
            Some((name, _)) => Err(Fault::usage("bad-keep-rules", format!("The rule {name} is zero, which would keep nothing."))
                .hint(format!("Give {name} a number of 1 or more, or leave it out."))),
        }
    }
}

impl fmt::Display for KeepRules {
    /// One clause, as in `the last 10, one a day for 7 days, at most 50 in all; 20 before a change`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("everything");
        }
        let mut parts = Vec::new();
        for (rule, count) in self.counted() {
            let Some(count) = count else { continue };
            let times = |unit: &str| format!("one {} for {}", rule.each(), Count(count.into()).of(unit));
            parts.push(match rule {
                Because::Hourly => times("hour"),
                Because::Daily => times("day"),
                Because::Weekly => times("week"),
                Because::Monthly => times("month"),
                Because::Yearly => times("year"),
                _ => format!("the last {}", Count(count.into())),
            });
        }
        parts.extend(self.within.map(|time| format!("all of the last {time}")));
        if parts.is_empty() {
            parts.push("everything".to_owned());
        }
        parts.extend(self.at_most.map(|most| format!("at most {} in all", Count(most.into()))));
        parts.extend(self.no_older_than.map(|age| format!("nothing older than {age}")));
        let before = Count(self.before_change.unwrap_or(BEFORE_CHANGE).into());
        write!(f, "{}; {before} taken before a change", parts.join(", "))
    }
}

/// Where the rules of a system come from; the first that says anything decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum RuleSource {
    /// The key `keep` of its `quarterdeck.yaml`.
    Definition {
        /// The file.
        file: WirePath,
    },
    /// Somebody set them.
    Store {
        /// Who.
        who: String,
        /// When.
        at: Instant,
    },
    /// `BACKUP_MAX_BACKUPS` or `BACKUP_RETENTION_DAYS` in the environment of the engine's process.
    Environment,
    /// Nobody said anything: every snapshot is kept.
    Nothing,
    /// They ride on the request, to be tried out.
    Request,
}

/// Why a snapshot stays or is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Because {
    /// Stays: there are no rules that choose.
    Everything,
    /// Stays: among the newest.
    Last,
    /// Stays: the newest of its hour.
    Hourly,
    /// Stays: the newest of its day.
    Daily,
    /// Stays: the newest of its week.
    Weekly,
    /// Stays: the newest of its month.
    Monthly,
    /// Stays: the newest of its year.
    Yearly,
    /// Stays: young enough.
    Within,
    /// Stays: among the newest that were taken before a change.
    BeforeChange,
    /// Stays: it is pinned.
    Pinned,
    /// Stays: it is the way back from a restore.
    WayBack,
    /// Stays: another host took it, and the rules there decide.
    OtherHost,
    /// Stays: the newest proof that something in it can be restored.
    LastProven,
    /// Stays: the newest verified copy of something in it.
    LastVerified,
    /// Stays: nothing verified is newer.
    NothingNewer,
    /// Stays: it is dated later than now, so the clock was changed.
    InTheFuture,
    /// Stays: others were named.
    NotNamed,
    /// Goes: no rule keeps it.
    NoRule,
    /// Goes: newer ones use up the number that may be kept.
    TooMany,
    /// Goes: it is too old.
    TooOld,
    /// Goes: the time of the way back that it is has ended.
    WayBackEnded,
    /// Goes: it was named.
    Named,
}

impl Because {
    /// As it is on the command line and in a definition.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Last => "last",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
            Self::Within => "within",
            Self::BeforeChange => "before-change",
            Self::Pinned => "pinned",
            Self::WayBack => "way-back",
            Self::OtherHost => "other-host",
            Self::LastProven => "last-proven",
            Self::LastVerified => "last-verified",
            Self::NothingNewer => "nothing-newer",
            Self::InTheFuture => "in-the-future",
            Self::NotNamed => "not-named",
            Self::NoRule => "no-rule",
            Self::TooMany => "too-many",
            Self::TooOld => "too-old",
            Self::WayBackEnded => "way-back-ended",
            Self::Named => "named",
        }
    }

    /// For people, as the end of a sentence that says what becomes of the snapshot.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everything => "no rule chooses",
            Self::Last => "one of the newest",
            Self::Hourly => "the newest of its hour",
            Self::Daily => "the newest of its day",
            Self::Weekly => "the newest of its week",
            Self::Monthly => "the newest of its month",
            Self::Yearly => "the newest of its year",
            Self::Within => "young enough",
            Self::BeforeChange => "taken before a change",
            Self::Pinned => "pinned",
            Self::WayBack => "the way back from a restore",
            Self::OtherHost => "taken on another host, where other rules hold",
            Self::LastProven => "the last that is proved",
            Self::LastVerified => "the newest that is verified",
            Self::NothingNewer => "nothing newer is verified",
            Self::InTheFuture => "dated in the future: the clock was changed",
            Self::NotNamed => "not named",
            Self::NoRule => "no rule keeps it",
            Self::TooMany => "newer ones use up the number",
            Self::TooOld => "too old",
            Self::WayBackEnded => "its time as a way back has ended",
            Self::Named => "named",
        }
    }

    fn each(self) -> &'static str {
        match self {
            Self::Hourly => "an hour",
            Self::Daily => "a day",
            Self::Weekly => "a week",
            Self::Monthly => "a month",
            _ => "a year",
        }
    }
}

/// What becomes of one snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SnapshotVerdict {
    /// The snapshot.
    pub id: SnapshotId,
    /// The moment whose state it holds.
    pub cut_at: Instant,
    /// Why it was taken.
    pub reason: Reason,
    /// The caller's own words.
    pub label: Option<String>,
    /// The strongest level that it reached.
    pub level: Option<Level>,
    /// True where it stays.
    pub keep: bool,
    /// Why; at least one.
    pub because: Vec<Because>,
    /// The pin of people, where there is one.
    pub pin: Option<Pin>,
    /// One clause for people.
    pub words: String,
}

/// A pin by people: the snapshot is not forgotten while it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Pin {
    /// Why it must stay.
    pub reason: String,
    /// When the pin ends; absent where it has no end.
    pub until: Option<Instant>,
    /// Who pinned it.
    pub who: String,
    /// When.
    pub at: Instant,
}

/// What the rules would keep and forget, and why. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RetentionPreview {
    /// Over the system, its repository and the snapshots that would be forgotten.
    pub digest: Digest,
    /// The system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// The rules.
    pub rules: KeepRules,
    /// Where they come from.
    pub source: RuleSource,
    /// The time zone whose days, weeks, months and years are counted, e.g. `Europe/Berlin`.
    pub zone: String,
    /// What would happen, in one sentence.
    pub sentence: String,
    /// Newest first.
    pub snapshots: Vec<SnapshotVerdict>,
    /// How many would stay.
    pub kept: Count,
    /// How many would be forgotten.
    pub forgotten: Count,
    /// What they alone take up: free once the repository was pruned. Absent where it was not asked for or cannot be known.
    pub free: Option<Bytes>,
    /// Snapshots that cannot be read; they are not forgotten by rules.
    pub unreadable: Vec<SnapshotId>,
    /// Reasons why it would be refused; empty where it can run.
    pub obstacles: Vec<String>,
    /// The word to type; absent where none is asked for.
    pub confirm: Option<Name>,
    /// When it was looked at.
    pub as_of: Instant,
}

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ForgetReport {
    /// One sentence.
    pub sentence: String,
    /// The snapshots that are off the list, newest first.
    pub forgotten: Vec<SnapshotVerdict>,
    /// How many stay.
    pub kept: Count,
    /// Time in all.
    pub took: Millis,
}

/// What pruning did. Room is freed in two steps: what nothing uses is marked, and removed by a prune a day later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PruneReport {
    /// One sentence.
    pub sentence: String,
    /// Removed from the disk.
    pub freed: Bytes,
    /// Marked: free with the first prune after `marked_until`.
    pub marked: Bytes,
    /// When everything marked so far can go; absent where nothing is marked.
    pub marked_until: Option<Instant>,
    /// Written again because it lay beside what nothing uses.
    pub repacked: Bytes,
    /// Still unused and left for later, because the time was up, somebody waited, or it is too little to be worth the work.
    pub left: Bytes,
    /// Slices, in each of which the repository was locked.
    pub slices: Count,
    /// Why it stopped before everything was done; absent where it did not.
    pub stopped: Option<PruneStop>,
    /// Size of the repository afterwards.
    pub size: Bytes,
    /// What plain restic makes of marked packs, where there are any.
    pub restic: Option<String>,
    /// Time in all.
    pub took: Millis,
}

/// Why a prune stopped early. The next one goes on where it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum PruneStop {
    /// Its time was up.
    TimeUp,
    /// Somebody waited to write to the repository, or began to work with it.
    SomebodyWaits,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_as_people_say_them() {
        let rules =
            KeepRules { last: Some(10), daily: Some(7), weekly: Some(1), within: Some(Millis(172_800_000)), ..KeepRules::default() };
        assert_eq!(
            rules.to_string(),
            "the last 10, one a day for 7 days, one a week for 1 week, all of the last 2 d; 20 taken before a change"
        );
        let caps =
            KeepRules { at_most: Some(30), no_older_than: Some(Millis(2_592_000_000)), before_change: Some(5), ..KeepRules::default() };
        assert_eq!(KeepRules::default().to_string(), "everything");
        assert_eq!(caps.to_string(), "everything, at most 30 in all, nothing older than 30 d; 5 taken before a change");
    }

    #[test]
    fn a_rule_of_zero_is_a_slip_and_not_a_rule() {
        assert!(KeepRules::default().check().is_ok());
        for json in
            ["{\"last\":0}", "{\"yearly\":0}", "{\"within\":0}", "{\"at_most\":0}", "{\"no_older_than\":0}", "{\"before_change\":0}"]
        {
            let rules: KeepRules = serde_json::from_str(json).unwrap();
            assert!(rules.check().unwrap_err().is("bad-keep-rules"), "{json}");
        }
        assert!(serde_json::from_str::<KeepRules>("{\"fortnightly\":1}").is_err());
    }
}
