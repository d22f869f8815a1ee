//! Each check at, below and above its numbers.

use quarterdeck_model::{Count, JobId, snapshot::SnapshotId};

use super::*;

fn now() -> Instant {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn brief(days: i64, level: Level) -> SnapshotBrief {
    SnapshotBrief { id: SnapshotId("ab".repeat(32)), cut_at: now() - TimeDelta::days(days), level }
}

fn proved(days: i64) -> Proof {
    let newest = brief(days, Level::DataMatches);
    Proof { at: newest.cut_at, took: Millis(41_000), level: newest.level, snapshot: newest.id, job: JobId(3) }
}

fn loss(hours: u64, open: bool) -> Loss {
    Loss { largest: Millis(hours * 3_600_000), open, snapshots: Count(3) }
}

fn rpo(hours: u64) -> Vec<Objective> {
    let objective = |scenario: &str, rpo: u64| Objective { scenario: scenario.to_owned(), rto: Millis(0), rpo: Millis(rpo) };
    vec![objective("fire", 0), objective("data loss", hours * 3_600_000), objective("flood", hours * 7_200_000)]
}

fn seen(judged: &Judged) -> (Tone, &str) {
    assert!(!judged.sentence.ends_with('.'), "{judged:?}");
    (judged.tone, &judged.sentence)
}

#[test]
fn a_database_answers_or_says_why_not() {
    for (verdict, tone) in [
        (Verdict::Healthy, Tone::Ok),
        (Verdict::Empty, Tone::Ok),
        (Verdict::Locked, Tone::Unknown),
        (Verdict::Damaged, Tone::Critical),
        (Verdict::NotADatabase, Tone::Critical),
        (Verdict::Encrypted, Tone::Critical),
        (Verdict::Unreadable, Tone::Critical),
    ] {
        assert_eq!(answers(verdict, None).tone, tone, "{verdict:?}");
    }
    assert_eq!((reached(true, None).tone, reached(false, None).tone), (Tone::Ok, Tone::Critical));
    assert_eq!(seen(&reached(false, Some("It is locked."))), (Tone::Critical, "It is locked"));
    assert_eq!(answers(Verdict::Unreadable, Some("the disk is gone")).sentence, "It cannot be read: the disk is gone");
}

#[test]
fn integrity_is_as_old_as_the_newest_whole_check() {
    let tone = |snapshot: Option<SnapshotBrief>, proof: Option<Proof>| integrity(snapshot.as_ref(), proof.as_ref(), now()).tone;
    assert_eq!(tone(None, None), Tone::Unknown);
    assert_eq!(tone(Some(brief(1, Level::Read)), None), Tone::Unknown, "read again is not checked");
    assert_eq!(tone(Some(brief(1, Level::IntegrityOk)), None), Tone::Ok);
    assert_eq!(tone(Some(brief(7, Level::DataMatches)), None), Tone::Ok);
    assert_eq!(tone(Some(brief(8, Level::DataMatches)), None), Tone::Attention);
    assert_eq!(tone(Some(brief(8, Level::DataMatches)), Some(proved(2))), Tone::Ok);
}

#[test]
fn a_log_may_be_as_large_as_four_checkpoints_and_128_mb() {
    assert_eq!(log_size(128e6, Some(4096.0)).tone, Tone::Ok);
    assert_eq!(log_size(128e6 + 1.0, Some(4096.0)).tone, Tone::Attention);
    assert_eq!(log_size(200e6, Some(65_536.0)).tone, Tone::Ok);
    assert_eq!(log_size(300e6, Some(65_536.0)).tone, Tone::Attention);
    assert_eq!(log_size(129e6, None).tone, Tone::Attention);
}

#[test]
fn a_checkpoint_lag_that_only_grows_is_told() {
    let lag = |values: &[f64]| -> Vec<Sample> { (0..).zip(values).map(|(n, value)| Sample { at: n * 60_000, value: *value }).collect() };
    let tone = |values: &[f64]| checkpoint(&lag(values)).map(|judged| judged.tone);
    let growing: Vec<f64> = (0..10).map(|n| 900.0 + 100.0 * f64::from(n)).collect();
    assert_eq!(tone(&growing), Some(Tone::Attention));
    assert_eq!(tone(&growing[..9]), Some(Tone::Ok), "not for ten minutes yet");
    let small: Vec<f64> = (0..10).map(|n| 10.0 * f64::from(n)).collect();
    assert_eq!(tone(&small), Some(Tone::Ok));
    let fell: Vec<f64> = growing.iter().map(|value| if *value == 1_300.0 { 0.0 } else { *value }).collect();
    assert_eq!(tone(&fell), Some(Tone::Ok));
    assert_eq!(tone(&[5_000.0; 10]), Some(Tone::Ok), "waits, and does not grow");
    assert_eq!(tone(&[]), None);
}

#[test]
fn a_backup_keeps_the_strictest_promise() {
    let newest = |hours: i64| Some(now() - TimeDelta::hours(hours));
    let tone = |hours: i64, loss: &Loss, promised: &[Objective]| backup(newest(hours), Some(loss), promised, now()).tone;
    assert_eq!(backup(None, None, &rpo(1), now()).tone, Tone::Attention);
    assert_eq!(tone(1, &loss(1, true), &rpo(1)), Tone::Ok);
    assert_eq!(tone(2, &loss(2, true), &rpo(1)), Tone::Attention);
    assert_eq!(tone(0, &loss(5, false), &rpo(1)), Tone::Attention, "a gap of the last week");
    assert_eq!(tone(7 * 24, &loss(1, false), &[]), Tone::Ok);
    assert_eq!(tone(7 * 24 + 1, &loss(1, false), &[]), Tone::Attention);
    let late = backup(newest(2), Some(&loss(2, true)), &rpo(1), now());
    assert!(seen(&late).1.ends_with("2 h ago: that much would be lost, 1 h is promised for data loss"), "{late:?}");
    let gap = backup(newest(0), Some(&loss(5, false)), &rpo(1), now());
    assert!(seen(&gap).1.ends_with("in the last 7 d there was a gap of 5 h, 1 h is promised for data loss"), "{gap:?}");
}

#[test]
fn a_proof_lasts_for_five_weeks() {
    assert_eq!(proof(None, now()).tone, Tone::Unknown);
    assert_eq!(proof(Some(&proved(35)), now()).tone, Tone::Ok);
    assert_eq!(proof(Some(&proved(36)), now()).tone, Tone::Attention);
}

#[test]
fn a_repository_is_there_and_has_room() {
    let room = |free: u64| Some((Bytes(free), Bytes(100)));
    assert_eq!(repository(false, false, room(50)).tone, Tone::Unknown);
    assert_eq!(repository(false, true, room(50)).tone, Tone::Critical);
    assert_eq!(repository(true, true, None).tone, Tone::Unknown);
    for (free, tone) in [(50, Tone::Ok), (10, Tone::Ok), (9, Tone::Attention), (3, Tone::Attention), (2, Tone::Critical)] {
        assert_eq!(repository(true, true, room(free)).tone, tone, "{free}");
    }
    assert_eq!(repository(true, true, Some((Bytes(0), Bytes(0)))).tone, Tone::Critical);
}

#[test]
fn a_disk_has_room_now_and_next_week() {
    let tone = |free: f64, days: Option<u64>| disk(free, 100.0, days.map(|days| Millis(days * 86_400_000))).tone;
    assert_eq!(
        (tone(50.0, None), tone(10.0, None), tone(9.9, None), tone(2.9, None)),
        (Tone::Ok, Tone::Ok, Tone::Attention, Tone::Critical)
    );
    assert_eq!((tone(50.0, Some(8)), tone(50.0, Some(7)), tone(50.0, Some(1))), (Tone::Ok, Tone::Attention, Tone::Critical));
    assert_eq!(tone(5.0, Some(30)), Tone::Attention);
    assert_eq!(disk(0.0, 0.0, None).tone, Tone::Critical);
    let filling = disk(5e11, 1e12, Some(Millis(3 * 86_400_000)));
    assert_eq!(seen(&filling), (Tone::Attention, "500 GB of 1.00 TB free (50 %), full in 3 d at the pace of the last two days"));
}

#[test]
fn memory_migrations_units_and_processes() {
    assert_eq!((memory(5.0, 100.0).tone, memory(4.9, 100.0).tone, memory(1.9, 100.0).tone), (Tone::Ok, Tone::Attention, Tone::Critical));
    assert_eq!(migrations(0.0, 0.0, 0.0).tone, Tone::Ok);
    assert_eq!(seen(&migrations(2.0, 0.0, 0.0)), (Tone::Attention, "2 migrations pending"));
    assert_eq!(migrations(2.0, 1.0, 0.0).sentence, "The database is not what its migrations make: somebody changed it by hand");
    assert_eq!(migrations(0.0, 1.0, 1.0).tone, Tone::Critical);
    for (state, tone) in [
        (Some("active"), Tone::Ok),
        (Some("activating"), Tone::Working),
        (Some("failed"), Tone::Critical),
        (Some("inactive"), Tone::Critical),
        (None, Tone::Unknown),
    ] {
        assert_eq!(unit(state).tone, tone, "{state:?}");
    }
    assert_eq!((process(true).tone, process(false).tone), (Tone::Ok, Tone::Critical));
}

#[test]
fn an_address_answers_and_its_certificate_is_valid() {
    assert_eq!(seen(&probe(true, Some(200.0), Some(0.031))), (Tone::Ok, "Answers with status 200 in 31 ms"));
    assert_eq!(seen(&probe(false, Some(500.0), Some(0.031))), (Tone::Critical, "Answers with status 500, not as it should"));
    assert_eq!(seen(&probe(false, Some(0.0), None)), (Tone::Critical, "Does not answer"));
    assert_eq!(probe(true, None, None).sentence, "Answers");
    let tone = |days: i64| certificate((now() + TimeDelta::days(days)).timestamp() as f64, now()).map(|judged| judged.tone);
    assert_eq!(
        (tone(21), tone(20), tone(3), tone(2)),
        (Some(Tone::Ok), Some(Tone::Attention), Some(Tone::Attention), Some(Tone::Critical))
    );
    assert_eq!((tone(0), tone(-1)), (Some(Tone::Critical), Some(Tone::Critical)));
    assert_eq!(certificate(f64::MAX, now()), None);
}

#[test]
fn a_file_is_there_and_fresh() {
    let written = |hours: i64| Some((now() - TimeDelta::hours(hours)).timestamp() as f64);
    let at_most = Some(Millis(26 * 3_600_000));
    assert_eq!(file(false, None, at_most, now()).tone, Tone::Attention);
    assert_eq!(file(true, None, at_most, now()).tone, Tone::Unknown);
    assert_eq!((file(true, written(26), at_most, now()).tone, file(true, written(27), at_most, now()).tone), (Tone::Ok, Tone::Attention));
    assert_eq!(file(true, written(900), None, now()).tone, Tone::Ok);
}
