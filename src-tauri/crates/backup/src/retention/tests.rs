use chrono::TimeDelta;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use quarterdeck_model::{
    Instant, Millis,
    retention::{Because, KeepRules},
    snapshot::{Level, Reason, SnapshotId},
};

use super::{Candidate, Decision, decide, decide_named};

const DAY: Millis = Millis(86_400_000);

fn at(moment: &str) -> Instant {
    moment.parse().unwrap()
}

fn now() -> Instant {
    at("2026-03-31T12:00:00Z")
}

/// A proved backup whose name is its moment.
fn proved(moment: &str) -> Candidate {
    Candidate {
        id: SnapshotId(moment.to_owned()),
        cut_at: at(moment),
        reason: Reason::Scheduled,
        level: Some(Level::DataMatches),
        pinned: false,
        elsewhere: false,
        components: vec!["db1 main".to_owned()],
        damaged: Vec::new(),
    }
}

/// One every `minutes`, `count` of them, the newest at noon of the last day.
fn series(count: i64, minutes: i64) -> Vec<Candidate> {
    (0..count).map(|i| proved(&(now() - TimeDelta::minutes(i * minutes)).to_rfc3339())).collect()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// What stays, by name, in the order given.
fn kept(snapshots: &[Candidate], rules: &KeepRules) -> Vec<String> {
    kept_in(snapshots, rules, &TimeZone::UTC)
}

fn kept_in(snapshots: &[Candidate], rules: &KeepRules, zone: &TimeZone) -> Vec<String> {
    let decisions = decide(snapshots, rules, now(), zone);
    let staying = snapshots.iter().zip(decisions).filter(|(_, decision)| matches!(decision, Decision::Kept(_)));
    staying.map(|(snapshot, _)| snapshot.id.0.clone()).collect()
}

fn why(snapshots: &[Candidate], rules: &KeepRules) -> Vec<Decision> {
    decide(snapshots, rules, now(), &TimeZone::UTC)
}

#[test]
fn without_rules_everything_stays() {
    let mut all = series(400, 60 * 24);
    all.iter_mut().take(50).for_each(|snapshot| snapshot.reason = Reason::BeforeChange);
    assert_eq!(kept(&all, &KeepRules::default()).len(), 400);
}

#[test]
fn each_rule_counts_periods_that_have_a_snapshot_and_keeps_the_newest_of_each() {
    let moments = [
        "2026-03-31T11:50:00Z",
        "2026-03-31T11:10:00Z",
        "2026-03-31T09:00:00Z",
        "2026-03-30T23:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-22T10:00:00Z",
        "2026-02-28T10:00:00Z",
        "2025-12-31T10:00:00Z",
        "2025-12-29T10:00:00Z",
        "2024-06-01T10:00:00Z",
    ];
    let all: Vec<Candidate> = moments.iter().map(|moment| proved(moment)).collect();
    let table: [(KeepRules, &[usize]); 9] = [
        (KeepRules { last: Some(3), ..KeepRules::default() }, &[0, 1, 2]),
        (KeepRules { hourly: Some(3), ..KeepRules::default() }, &[0, 2, 3]),
        (KeepRules { daily: Some(3), ..KeepRules::default() }, &[0, 3, 4]),
        // 2026-03-29 is the Sunday of week 13; 2025-12-29 to 31 are in week 1 of 2026.
        (KeepRules { weekly: Some(5), ..KeepRules::default() }, &[0, 4, 5, 6, 7]),
        (KeepRules { monthly: Some(3), ..KeepRules::default() }, &[0, 6, 7]),
        (KeepRules { yearly: Some(9), ..KeepRules::default() }, &[0, 7, 9]),
        (KeepRules { within: Some(Millis(2 * DAY.0)), ..KeepRules::default() }, &[0, 1, 2, 3]),
        (KeepRules { last: Some(1), yearly: Some(2), ..KeepRules::default() }, &[0, 7]),
        (KeepRules { daily: Some(30), at_most: Some(3), no_older_than: Some(Millis(2 * DAY.0)), ..KeepRules::default() }, &[0, 3]),
    ];
    for (rules, expected) in table {
        assert_eq!(kept(&all, &rules), expected.iter().map(|&i| moments[i]).collect::<Vec<_>>(), "{rules}");
    }
}

#[test]
fn days_and_hours_are_those_of_the_time_zone_also_when_clocks_are_turned() {
    let berlin = zone("Europe/Berlin");
    let daily = KeepRules { daily: Some(9), ..KeepRules::default() };
    let hourly = KeepRules { hourly: Some(9), ..KeepRules::default() };
    // 23:30 UTC is the next day in Berlin, so these two share a day there and none in UTC.
    let late = ["2026-03-30T21:30:00Z", "2026-03-29T22:30:00Z"].map(proved);
    assert_eq!((kept_in(&late, &daily, &berlin).len(), kept_in(&late, &daily, &TimeZone::UTC).len()), (1, 2));
    // 25 October 2025: 02:30 comes twice; 29 March 2026: 02:30 does not come.
    let twice = ["2025-10-26T01:30:00Z", "2025-10-26T00:30:00Z"].map(proved);
    assert_eq!(kept_in(&twice, &hourly, &berlin).len(), 2);
    assert_eq!(kept_in(&twice, &daily, &berlin).len(), 1);
    let skipped = ["2026-03-29T01:30:00Z", "2026-03-29T00:30:00Z"].map(proved);
    assert_eq!(kept_in(&skipped, &hourly, &berlin).len(), 2);
    // Clocks that turn by half an hour: 01:45 before and after are two hours.
    let half = ["2026-04-04T15:15:00Z", "2026-04-04T14:45:00Z"].map(proved);
    let then = decide(&half, &hourly, at("2026-04-05T00:00:00Z"), &zone("Australia/Lord_Howe"));
    assert!(then.iter().all(|decision| matches!(decision, Decision::Kept(_))), "{then:?}");
}

#[test]
fn snapshots_before_a_change_have_a_number_of_their_own() {
    let mut all = series(60, 60);
    all.iter_mut().skip(1).step_by(2).for_each(|snapshot| snapshot.reason = Reason::BeforeChange);
    let rules = KeepRules { last: Some(4), at_most: Some(4), ..KeepRules::default() };
    assert_eq!(kept(&all, &rules).len(), 4 + 20);
    let few = KeepRules { before_change: Some(3), ..rules };
    assert_eq!(kept(&all, &few).len(), 4 + 3);
    assert_eq!(why(&all, &few)[59], Decision::Forgotten(Because::TooMany));
}

#[test]
fn a_pin_outranks_every_rule_and_uses_up_no_number() {
    let mut all = series(10, 60);
    all[9].pinned = true;
    all[1].pinned = true;
    let decisions = why(&all, &KeepRules { at_most: Some(2), no_older_than: Some(Millis(3_600_000 * 5)), ..KeepRules::default() });
    assert_eq!(decisions[9], Decision::Kept(vec![Because::Pinned]));
    assert_eq!(decisions[2], Decision::Kept(vec![Because::Everything]));
    assert_eq!(decisions[3], Decision::Forgotten(Because::TooMany));
}

#[test]
fn the_way_back_follows_its_pin_and_is_evidence_of_nothing() {
    let mut all = vec![proved("2026-03-30T12:00:00Z"), proved("2026-01-01T12:00:00Z"), proved("2026-03-29T12:00:00Z")];
    all[0].reason = Reason::Safety;
    all[1].reason = Reason::Safety;
    let rules = KeepRules { last: Some(1), ..KeepRules::default() };
    let decisions = why(&all, &rules);
    assert_eq!(decisions[0], Decision::Kept(vec![Because::WayBack, Because::NothingNewer]));
    assert_eq!(decisions[1], Decision::Forgotten(Because::WayBackEnded));
    assert!(matches!(&decisions[2], Decision::Kept(why) if why.contains(&Because::LastProven)), "{decisions:?}");
    all[1].pinned = true;
    assert_eq!(why(&all, &rules)[1], Decision::Kept(vec![Because::Pinned]));
}

#[test]
fn nothing_goes_without_a_newer_verified_snapshot_and_the_last_proof_never_goes() {
    let mut all = series(6, 60);
    for (snapshot, level) in all.iter_mut().zip([Level::Present, Level::Present, Level::Read, Level::Opens, Level::Drilled, Level::Drilled])
    {
        snapshot.level = Some(level);
    }
    let decisions = why(&all, &KeepRules { last: Some(1), ..KeepRules::default() });
    assert_eq!(decisions[0], Decision::Kept(vec![Because::Last, Because::NothingNewer]));
    assert_eq!(decisions[1], Decision::Kept(vec![Because::NothingNewer]));
    assert_eq!(decisions[2], Decision::Kept(vec![Because::LastVerified]));
    assert_eq!(decisions[3], Decision::Forgotten(Because::NoRule));
    assert_eq!(decisions[4], Decision::Kept(vec![Because::LastProven]));
    assert_eq!(decisions[5], Decision::Forgotten(Because::NoRule));
    all.iter_mut().for_each(|snapshot| snapshot.level = Some(Level::Present));
    assert_eq!(kept(&all, &KeepRules { last: Some(1), ..KeepRules::default() }).len(), 6, "nothing is verified");
}

#[test]
fn each_component_needs_a_verified_copy_of_its_own() {
    let mut all = series(3, 60);
    all[2].components.push("db1 sessions".to_owned());
    all[1].components.push("db1 audit".to_owned());
    all[1].level = Some(Level::Present);
    let decisions = why(&all, &KeepRules { last: Some(1), ..KeepRules::default() });
    assert_eq!(decisions[1], Decision::Kept(vec![Because::NothingNewer]), "the only copy of audit");
    assert_eq!(decisions[2], Decision::Kept(vec![Because::LastProven, Because::LastVerified]), "the only copy of sessions");
}

#[test]
fn a_snapshot_that_was_proved_and_is_damaged_now_is_evidence_of_nothing() {
    let mut all = series(3, 60);
    all[0].damaged = all[0].components.clone();
    let rules = KeepRules { last: Some(1), ..KeepRules::default() };
    let decisions = why(&all, &rules);
    assert_eq!(decisions[0], Decision::Kept(vec![Because::Last, Because::NothingNewer]));
    assert_eq!(decisions[1], Decision::Kept(vec![Because::LastProven, Because::LastVerified]), "the newest that is sound");
    assert_eq!(decisions[2], Decision::Forgotten(Because::NoRule));
    all.iter_mut().for_each(|snapshot| snapshot.damaged = snapshot.components.clone());
    assert_eq!(kept(&all, &rules).len(), 3, "nothing sound is left to rely on");
}

#[test]
fn what_is_dated_in_the_future_stays_and_decides_nothing() {
    let mut all = series(3, 60);
    all.insert(0, proved("2036-01-01T00:00:00Z"));
    let decisions = why(&all, &KeepRules { last: Some(1), within: Some(Millis(1)), ..KeepRules::default() });
    assert_eq!(decisions[0], Decision::Kept(vec![Because::InTheFuture]));
    assert!(matches!(&decisions[1], Decision::Kept(why) if why.contains(&Because::Last)), "{decisions:?}");
    assert_eq!(decisions[2], Decision::Forgotten(Because::NoRule));
}

#[test]
fn what_another_host_took_is_left_to_its_rules() {
    let mut all = series(3, 60);
    for snapshot in &mut all[1..] {
        (snapshot.elsewhere, snapshot.components) = (true, vec!["db2 main".to_owned()]);
    }
    assert_eq!(kept(&all, &KeepRules { last: Some(1), ..KeepRules::default() }).len(), 3);
    let named = [all[1].id.clone(), all[2].id.clone()].into();
    let decisions = decide_named(&all, &named, now());
    assert!(matches!(&decisions[1], Decision::Kept(why) if why.contains(&Because::LastProven)), "{decisions:?}");
    assert_eq!(decisions[2], Decision::Forgotten(Because::Named));
}

#[test]
fn where_backups_have_stopped_nothing_ages_out_of_a_rule_that_keeps() {
    let all = series(5, 24 * 60);
    let later = now() + TimeDelta::days(4000);
    let rules = KeepRules { within: Some(Millis(10 * DAY.0)), ..KeepRules::default() };
    let decisions = decide(&all, &rules, later, &TimeZone::UTC);
    assert!(decisions.iter().all(|decision| matches!(decision, Decision::Kept(_))), "{decisions:?}");
}

fn rules() -> impl Strategy<Value = KeepRules> {
    let count = || proptest::option::of(1_u32..6);
    let time = || proptest::option::of((1_u64..40).prop_map(|days| Millis(days * DAY.0)));
    (count(), count(), count(), count(), count(), count(), time(), count(), proptest::option::of(1_u32..12), time()).prop_map(
        |(last, hourly, daily, weekly, monthly, yearly, within, before_change, at_most, no_older_than)| KeepRules {
            last,
            hourly,
            daily,
            weekly,
            monthly,
            yearly,
            within,
            before_change,
            at_most,
            no_older_than,
        },
    )
}

prop_compose! {
    fn candidate()(
        minutes in -2000_i64..600_000,
        reason in prop_oneof![4 => Just(Reason::Scheduled), 2 => Just(Reason::Manual), 2 => Just(Reason::BeforeChange), 1 => Just(Reason::Safety)],
        level in prop_oneof![Just(None), Just(Some(Level::Present)), Just(Some(Level::Read)), Just(Some(Level::DataMatches)), Just(Some(Level::Drilled))],
        pinned in proptest::bool::weighted(0.1),
        elsewhere in proptest::bool::weighted(0.1),
        both in any::<bool>(),
        hurt in proptest::bool::weighted(0.2),
        figure in any::<u32>(),
    ) -> Candidate {
        let cut_at = now() - TimeDelta::minutes(minutes);
        let host = if elsewhere { "db2" } else { "db1" };
        let mut components = vec![format!("{host} main")];
        components.extend(both.then(|| format!("{host} audit")));
        let damaged = if hurt { components.clone() } else { Vec::new() };
        Candidate { id: SnapshotId(format!("{figure:08x}-{minutes}")), cut_at, reason, level, pinned, elsewhere, components, damaged }
    }
}

fn snapshots() -> impl Strategy<Value = Vec<Candidate>> {
    proptest::collection::vec(candidate(), 0..60)
}

fn staying(snapshots: &[Candidate], rules: &KeepRules) -> Vec<Candidate> {
    let decisions = decide(snapshots, rules, now(), &TimeZone::UTC);
    snapshots.iter().zip(decisions).filter(|(_, decision)| matches!(decision, Decision::Kept(_))).map(|(s, _)| s.clone()).collect()
}

proptest! {
    #[test]
    fn a_second_time_forgets_nothing_more(all in snapshots(), rules in rules()) {
        let first = staying(&all, &rules);
        let second = staying(&first, &rules);
        prop_assert_eq!(first.len(), second.len());
    }

    #[test]
    fn another_rule_never_forgets_more(all in snapshots(), rules in rules(), more in 1_u32..9, which in 0_usize..7) {
        let rules = KeepRules { at_most: None, no_older_than: None, last: rules.last.or(Some(1)), ..rules };
        let mut wider = rules.clone();
        match which {
            0 => wider.last = Some(rules.last.unwrap_or(0) + more),
            1 => wider.hourly = Some(rules.hourly.unwrap_or(0) + more),
            2 => wider.daily = Some(rules.daily.unwrap_or(0) + more),
            3 => wider.weekly = Some(rules.weekly.unwrap_or(0) + more),
            4 => wider.monthly = Some(rules.monthly.unwrap_or(0) + more),
            5 => wider.yearly = Some(rules.yearly.unwrap_or(0) + more),
            _ => wider.within = Some(Millis(rules.within.map_or(0, |time| time.0) + u64::from(more) * DAY.0)),
        }
        let (narrow, wide) = (staying(&all, &rules), staying(&all, &wider));
        for snapshot in narrow {
            prop_assert!(wide.iter().any(|other| other.id == snapshot.id), "{} is forgotten by more rules", snapshot.id);
        }
    }

    #[test]
    fn caps_hold_for_all_that_nothing_protects(all in snapshots(), rules in rules()) {
        let decisions = decide(&all, &rules, now(), &TimeZone::UTC);
        let free = |at: &usize| matches!(&decisions[*at], Decision::Kept(why) if !why.iter().any(|why| {
            [Because::Pinned, Because::WayBack, Because::OtherHost, Because::LastProven, Because::LastVerified, Because::NothingNewer, Because::InTheFuture].contains(why)
        }));
        let unprotected: Vec<usize> = (0..all.len()).filter(free).collect();
        let ordinary = unprotected.iter().filter(|&&at| all[at].reason != Reason::BeforeChange).count();
        prop_assert!(rules.at_most.is_none_or(|most| ordinary <= most as usize));
        let before = unprotected.len() - ordinary;
        prop_assert!(rules.before_change.is_none_or(|most| before <= most as usize));
        if let Some(age) = rules.no_older_than {
            prop_assert!(unprotected.iter().all(|&at| (now() - all[at].cut_at).num_milliseconds() <= i64::try_from(age.0).unwrap()));
        }
    }

    #[test]
    fn evidence_and_pins_survive_rules_and_people(all in snapshots(), rules in rules()) {
        let named = all.iter().map(|snapshot| snapshot.id.clone()).collect();
        for decisions in [decide(&all, &rules, now(), &TimeZone::UTC), decide_named(&all, &named, now())] {
            for component in ["db1 main", "db1 audit", "db2 main", "db2 audit"] {
                for level in [Level::Read, Level::DataMatches] {
                    let evidence = all.iter().enumerate().filter(|(_, s)| {
                        s.cut_at <= now() && s.reason != Reason::Safety && s.level >= Some(level) && s.damaged.is_empty() && s.components.iter().any(|c| c == component)
                    });
                    if let Some((newest, _)) = evidence.max_by_key(|(_, s)| (s.cut_at, s.id.clone())) {
                        prop_assert!(matches!(decisions[newest], Decision::Kept(_)), "the newest {level:?} of {component} is forgotten");
                    }
                }
            }
            for (snapshot, decision) in all.iter().zip(&decisions) {
                if let Decision::Forgotten(_) = decision {
                    prop_assert!(!snapshot.pinned && snapshot.cut_at <= now());
                    for component in &snapshot.components {
                        prop_assert!(all.iter().zip(&decisions).any(|(other, fate)| {
                            matches!(fate, Decision::Kept(_)) && other.components.contains(component) && other.damaged.is_empty() && other.level >= Some(Level::Read)
                                && other.reason != Reason::Safety && (other.cut_at, &other.id) > (snapshot.cut_at, &snapshot.id)
                        }), "{} went without a newer verified copy of {component}", snapshot.id);
                    }
                }
            }
        }
    }
}
