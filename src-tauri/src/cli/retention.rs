//! The verbs that say which snapshots stay: keep, forget, pin, unpin, prune.

use std::process::ExitCode;

use clap::Args;
use quarterdeck_engine::{
    definition::parse_duration,
    ops::{ForgetSnapshots, PinSnapshot, PreviewRetention, PruneRepository, Retention, SetRetention, UnpinSnapshot},
};
use quarterdeck_model::{
    Clock, Fault, JobId, Millis, Outcome, SystemClock,
    retention::{ForgetReport, KeepRules, Pin, PruneReport, RetentionPreview},
    system::Name,
};

use super::{Door, show, wait};

#[derive(Args)]
pub struct KeepArgs {
    pub system: Name,
    /// Keep the newest N
    #[arg(long, value_name = "N")]
    last: Option<u32>,
    /// Keep the newest of each of the last N hours that have one
    #[arg(long, value_name = "N")]
    hourly: Option<u32>,
    /// Keep the newest of each of the last N days that have one
    #[arg(long, value_name = "N")]
    daily: Option<u32>,
    /// Keep the newest of each of the last N weeks that have one
    #[arg(long, value_name = "N")]
    weekly: Option<u32>,
    /// Keep the newest of each of the last N months that have one
    #[arg(long, value_name = "N")]
    monthly: Option<u32>,
    /// Keep the newest of each of the last N years that have one
    #[arg(long, value_name = "N")]
    yearly: Option<u32>,
    /// Keep everything within this time before the newest, as in '7 d'
    #[arg(long, value_name = "TIME", value_parser = duration)]
    within: Option<Millis>,
    /// Keep so many of those taken before a change (20 where it is not said)
    #[arg(long, value_name = "N")]
    before_change: Option<u32>,
    /// Keep no more than N of all these
    #[arg(long, value_name = "N")]
    at_most: Option<u32>,
    /// Keep none of all these that is older, as in '90 d'
    #[arg(long, value_name = "TIME", value_parser = duration)]
    no_older_than: Option<Millis>,
    /// Take the rules away: every snapshot stays
    #[arg(long, conflicts_with_all = ["last", "hourly", "daily", "weekly", "monthly", "yearly", "within", "before_change", "at_most", "no_older_than"])]
    everything: bool,
    /// Say what these rules would forget; set nothing
    #[arg(long, conflicts_with = "everything")]
    dry_run: bool,
}

#[derive(Args)]
pub struct ForgetArgs {
    pub system: Name,
    /// Snapshots, by their identifiers or first figures (default: those that no rule keeps)
    snapshots: Vec<String>,
    /// Say what would be forgotten, why, and how much room that frees; forget nothing
    #[arg(long)]
    dry_run: bool,
    /// The system's name, where snapshots of staging or production are named
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

#[derive(Args)]
pub struct PinArgs {
    pub system: Name,
    /// The snapshot's identifier, its first figures, or latest
    snapshot: String,
    /// Why it must stay
    #[arg(long)]
    reason: String,
    /// How long, as in '90 d' (default: without an end)
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    lasting: Option<Millis>,
}

/// Shows the rules and what they mean, or sets others.
pub async fn keep(door: &Door, args: KeepArgs) -> Outcome<ExitCode> {
    let KeepArgs { system, everything, dry_run, .. } = &args;
    let (system, everything, dry_run) = (system.clone(), *everything, *dry_run);
    let rules = KeepRules {
        last: args.last,
        hourly: args.hourly,
        daily: args.daily,
        weekly: args.weekly,
        monthly: args.monthly,
        yearly: args.yearly,
        within: args.within,
        before_change: args.before_change,
        at_most: args.at_most,
        no_older_than: args.no_older_than,
    };
    let tried = (rules != KeepRules::default()).then_some(rules);
    if dry_run || (tried.is_none() && !everything) {
        let request = PreviewRetention { system, rules: tried, snapshots: Vec::new(), measure: false };
        let preview: RetentionPreview = door.call("preview_retention", request).await?;
        return door.answer(&preview, show::retention);
    }
    let set: Retention = door.call("set_retention", SetRetention { system: system.clone(), rules: tried }).await?;
    door.answer(&set, |set| format!("{}\nNothing is forgotten by this. Next: quarterdeck forget {system} --dry-run", set.sentence))
}

/// Forgets what no rule keeps, or what is named.
pub async fn forget(door: &Door, args: ForgetArgs) -> Outcome<ExitCode> {
    let ForgetArgs { system, snapshots, dry_run, confirm } = args;
    let request = PreviewRetention { system: system.clone(), rules: None, snapshots: snapshots.clone(), measure: dry_run };
    let preview: RetentionPreview = door.call("preview_retention", request).await?;
    if dry_run {
        return door.answer(&preview, show::retention);
    }
    if let (Some(word), None) = (&preview.confirm, &confirm) {
        return Err(Fault::usage("confirmation-needed", format!("This forgets snapshots of {system} ({}).", preview.environment))
            .hint(format!("Add --confirm {word} to go on, or --dry-run to see what would happen.")));
    }
    let request = ForgetSnapshots { system, snapshots, plan: Some(preview.digest), confirm };
    let (_, report): (JobId, ForgetReport) = wait::run(door, "forget_snapshots", request).await?;
    door.answer(&report, show::forgotten)
}

/// Pins a snapshot.
pub async fn pin(door: &Door, args: PinArgs) -> Outcome<ExitCode> {
    let PinArgs { system, snapshot, reason, lasting } = args;
    let until = match lasting.map(|time| SystemClock.now().checked_add_signed(chrono::TimeDelta::milliseconds(time.0.cast_signed()))) {
        Some(None) => return Err(Fault::usage("bad-end", "The pin would end after the last day of the calendar.").hint("Leave --for out.")),
        until => until.flatten(),
    };
    let pin: Pin = door.call("pin_snapshot", PinSnapshot { system: system.clone(), snapshot: snapshot.clone(), reason, until }).await?;
    door.answer(&pin, |pin| show::pinned(&system, &snapshot, pin))
}

/// Takes a pin away.
pub async fn unpin(door: &Door, system: Name, snapshot: String) -> Outcome<ExitCode> {
    door.call::<()>("unpin_snapshot", UnpinSnapshot { system: system.clone(), snapshot: snapshot.clone() }).await?;
    let answer = serde_json::json!({ "system": system, "unpinned": snapshot });
    door.answer(&answer, |_| format!("Snapshot {snapshot} of {system} is not pinned any more; the rules decide."))
}

/// Frees room.
pub async fn prune(door: &Door, system: Name, seconds: Option<u32>) -> Outcome<ExitCode> {
    let (_, report): (JobId, PruneReport) = wait::run(door, "prune_repository", PruneRepository { system, seconds }).await?;
    door.answer(&report, show::pruned)
}

fn duration(text: &str) -> Result<Millis, Fault> {
    parse_duration(text)
}
