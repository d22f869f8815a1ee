//! Seven days at five minutes in one repository: retention keeps exactly what it says, and all of that restores.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::tz::TimeZone;
use quarterdeck_backup::{
    repository::{PruneBudget, StoredSnapshot},
    retention::{Candidate, Decision, decide},
};
use quarterdeck_model::{
    Bytes, Clock, JobCtx, Millis,
    retention::KeepRules,
    snapshot::{Level, Reason, Snapshot, SnapshotId},
};
use quarterdeck_testkit::{FixedClock, Peer};

use crate::{
    bench::Bench,
    pruning::{AT_ONCE, assert_all_restore},
    restic::restic,
};

const DAY: usize = 288;
/// As the engine does it, once a day.
const DAILY: PruneBudget = PruneBudget { repack: Bytes(128 << 20), keep_marked: Millis(23 * 3_600_000) };

/// What the rules below keep, written down in another way: by the text of the moments, without any calendar.
fn expected(all: &[StoredSnapshot]) -> BTreeSet<SnapshotId> {
    let mut staying: BTreeSet<SnapshotId> = all.iter().rev().take(12).map(|stored| stored.id.clone()).collect();
    for (figures, count) in [("2026-11-15T00".len(), 24), ("2026-11-15".len(), 4)] {
        let newest: BTreeMap<String, SnapshotId> =
            all.iter().map(|stored| (stored.time.to_rfc3339()[..figures].to_owned(), stored.id.clone())).collect();
        staying.extend(newest.into_values().rev().take(count));
    }
    staying
}

fn candidate(stored: &StoredSnapshot) -> Candidate {
    Candidate {
        id: stored.id.clone(),
        cut_at: stored.time,
        reason: Reason::Scheduled,
        level: Some(Level::DataMatches),
        pinned: false,
        elsewhere: false,
        components: vec!["db1 main".to_owned()],
        damaged: Vec::new(),
    }
}

fn keeps_exactly_what_it_says(count: usize) {
    let mut bench = Bench::new();
    bench.clock = FixedClock::at("2026-11-15T00:02:30Z");
    let path = bench.shop("shop.db", 40);
    let mut peer = Peer::open(&path);
    let mut taken: BTreeMap<SnapshotId, Snapshot> = BTreeMap::new();
    for i in 0..count {
        peer.run(&format!("UPDATE orders SET cents = {i} WHERE id = {};", i % 40 + 1));
        let snapshot = bench.take(&path).unwrap();
        taken.insert(snapshot.id.clone(), snapshot);
        bench.clock.advance(Duration::from_secs(300));
        if i % DAY == DAY - 1 {
            bench.repository.prune(&DAILY, &bench.owner(), &JobCtx::detached()).unwrap();
        }
    }
    peer.quit();
    let all = bench.repository.snapshots().unwrap().snapshots;
    assert_eq!(all.len(), count);
    let rules = KeepRules { last: Some(12), hourly: Some(24), daily: Some(4), ..KeepRules::default() };
    let decisions = decide(&all.iter().map(candidate).collect::<Vec<_>>(), &rules, bench.clock.now(), &TimeZone::UTC);
    let gone = all.iter().zip(&decisions).filter(|(_, decision)| matches!(decision, Decision::Forgotten(_)));
    let gone: Vec<SnapshotId> = gone.map(|(stored, _)| stored.id.clone()).collect();
    bench.repository.forget_all(&gone, &bench.owner(), &JobCtx::detached()).unwrap();

    let staying: BTreeSet<SnapshotId> = bench.repository.snapshots().unwrap().snapshots.into_iter().map(|stored| stored.id).collect();
    assert_eq!(staying, expected(&all));
    for _ in 0..2 {
        while bench.repository.prune(&AT_ONCE, &bench.owner(), &JobCtx::detached()).unwrap().goes_on {}
    }
    let kept: Vec<Snapshot> = staying.iter().map(|id| taken[id].clone()).collect();
    assert_all_restore(&bench, &kept);
    let checked = restic(&bench, bench.password.expose(), &["check", "--read-data"]);
    assert!(checked.contains("no errors were found"), "{checked}");
}

#[test]
fn four_hours_at_five_minutes_leave_exactly_what_the_rules_say() {
    keeps_exactly_what_it_says(48);
}

#[test]
#[ignore = "soak: 2,016 snapshots"]
fn seven_days_at_five_minutes_leave_exactly_what_the_rules_say() {
    keeps_exactly_what_it_says(7 * DAY);
}
