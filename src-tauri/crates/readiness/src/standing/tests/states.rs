//! States one by one: four eyes, revocations, waivers that end, evidence that grows old and comes back, clocks that are wrong.

use chrono::TimeDelta;
use quarterdeck_model::readiness::{EvidenceVerdict::*, ItemState, StatementKind::*, VerdictWord};

use super::scene::Scene;

const SIGNED: &str = "
title: A
roles: {dba: DBA, qa: QA}
phases:
  p:
    title: P
    items:
      a: {title: A, owner: dba, due: 3 d after opening, manual: {statement: Yes, signatures: 2, lasts: 7 d}, evidence: [{point: x, lasts: 1 h}, {point: y, lasts: 2 h, value: true}]}
";

fn signed() -> Scene {
    let mut scene = Scene::new(SIGNED);
    scene.measure("a/1", Holds, "1 %");
    scene.measure("a/2", Holds, "7");
    scene
}

#[test]
fn four_eyes_are_two_persons() {
    let mut scene = signed();
    assert_eq!(scene.item("a").sentence, "nobody of 2 has signed");
    scene.sign(Sign, "a", "Ann");
    scene.sign(Sign, "a", "Ann");
    assert_eq!(scene.state("a"), ItemState::Waiting);
    assert!(scene.item("a").sentence.starts_with("1 of 2 signed: Ann "));
    scene.sign(Sign, "a", "Bob");
    assert_eq!((scene.state("a"), scene.word()), (ItemState::Holds, VerdictWord::Go));
    assert_eq!(scene.item("a").statements.len(), 2, "the newest word of each");
    assert_eq!(scene.item("a").cure, None);
}

#[test]
fn a_flip_and_back_does_not_bring_a_signature_back_and_age_does() {
    let mut scene = signed();
    scene.sign(Sign, "a", "Ann");
    scene.sign(Sign, "a", "Bob");
    scene.pass(61);
    assert_eq!(scene.state("a"), ItemState::Stale);
    assert_eq!(scene.item("a").sentence, "x: 1 % found; measured 1 h 1 min ago, 1 h allowed");
    assert!(scene.item("a").statements.iter().all(|said| said.stale));
    scene.measure("a/1", Holds, "2 %");
    assert_eq!(scene.state("a"), ItemState::Holds, "the same was measured again: its value does not bind");
    scene.measure("a/1", Unknown, "2 %");
    scene.measure("a/1", Holds, "2 %");
    assert_eq!(scene.state("a"), ItemState::Stale);
    assert!(scene.item("a").sentence.contains("; x changed "), "{}", scene.item("a").sentence);
    assert_eq!(scene.item("a").cure.unwrap().label, "Sign item");
    scene.sign(Sign, "a", "Ann");
    assert_eq!(scene.state("a"), ItemState::Stale, "Bob's is still of before");
    scene.sign(Sign, "a", "Bob");
    assert_eq!(scene.state("a"), ItemState::Holds);
    scene.measure("a/2", Holds, "8");
    assert_eq!(scene.state("a"), ItemState::Stale, "its value binds");
    scene.measure("a/2", Holds, "7");
    assert_eq!(scene.state("a"), ItemState::Stale);
}

#[test]
fn a_change_between_measuring_and_storing_is_seen() {
    let mut scene = signed();
    let key = "a/1".to_owned();
    let mut slow = scene.measured[&key].clone();
    slow.verdict = Fails;
    scene.pass(1);
    scene.sign(Sign, "a", "Ann");
    scene.sign(Sign, "a", "Bob");
    // Measured before they signed, stored in the same millisecond.
    let newest = scene.statements.last().map(|said| said.at);
    let stored = slow.after(scene.measured.get(&key), false, scene.now, newest);
    let before = scene.measured.insert(key.clone(), stored.clone()).unwrap();
    let back = before.after(Some(&stored), false, scene.now, newest);
    scene.measured.insert(key, back);
    assert_eq!(scene.state("a"), ItemState::Stale);
}

#[test]
fn a_refusal_stands_until_that_person_says_otherwise() {
    let mut scene = signed();
    scene.sign(Sign, "a", "Ann");
    scene.sign(Sign, "a", "Bob");
    let no = scene.sign(Refuse, "a", "Bob");
    assert_eq!((scene.state("a"), scene.item("a").sentence.as_str()), (ItemState::Refused, "Bob says no: because"));
    scene.measure("a/1", Fails, "9 %");
    scene.measure("a/1", Holds, "1 %");
    assert_eq!(scene.state("a"), ItemState::Refused, "new evidence takes nobody's No back");
    scene.revoke(no);
    assert_eq!(scene.state("a"), ItemState::Stale, "a No taken back brings no Yes back");
    scene.sign(Sign, "a", "Ann");
    assert_eq!(scene.state("a"), ItemState::Waiting);
    scene.sign(Refuse, "a", "Bob");
    assert_eq!(scene.state("a"), ItemState::Refused);
    scene.sign(Sign, "a", "Bob");
    assert_eq!(scene.state("a"), ItemState::Holds);
}

#[test]
fn what_is_revoked_says_by_what_and_a_revocation_stays() {
    let mut scene = signed();
    let first = scene.sign(Sign, "a", "Ann");
    let gone = scene.revoke(first);
    scene.revoke(gone);
    scene.revoke(first);
    scene.revoke(99);
    let revoked: Vec<_> = scene.stand().statements.iter().map(|said| said.revoked_by).collect();
    assert_eq!(revoked, [Some(gone), None, None, None, None]);
    assert!(scene.item("a").statements.is_empty());
    // Nothing that is still to come can be revoked.
    scene.revoke(7);
    scene.sign(Sign, "a", "Ann");
    assert_eq!(scene.item("a").statements.len(), 1);
}

#[test]
fn waivers_end_by_themselves() {
    let mut scene = signed();
    scene.waive(Exempt, "a", 30);
    assert_eq!((scene.state("a"), scene.word()), (ItemState::Waived, VerdictWord::Waived));
    assert_eq!(scene.stand().verdict.waivers[0].by, "ops");
    assert_eq!(scene.stand().verdict.expires, Some(scene.now + TimeDelta::minutes(30)));
    let applies_not = scene.waive(NotApplicable, "a", 20);
    assert_eq!((scene.state("a"), scene.word()), (ItemState::NotApplicable, VerdictWord::Go));
    scene.pass(20);
    assert_eq!(scene.state("a"), ItemState::Waived);
    scene.pass(10);
    assert_eq!((scene.state("a"), scene.word()), (ItemState::Waiting, VerdictWord::NoGo));
    scene.revoke(applies_not);
    scene.waive(Exempt, "a", 10_000_000);
    scene.pass(90 * 24 * 60 - 1);
    assert_eq!(scene.state("a"), ItemState::Waived);
    scene.pass(1);
    assert_ne!(scene.state("a"), ItemState::Waived, "none lasts longer than 90 days");
    scene.say(Exempt, |said| said.item = Some("a".to_owned()));
    assert_ne!(scene.state("a"), ItemState::Waived, "none lasts for ever");
}

#[test]
fn clocks_that_are_wrong_make_nothing_hold() {
    let mut scene = signed();
    scene.sign(Sign, "a", "Ann");
    scene.sign(Sign, "a", "Bob");
    scene.pass(-2);
    assert_eq!(scene.state("a"), ItemState::Stale);
    assert_eq!(scene.item("a").sentence, "x: 1 % found; measured in the future: a clock is wrong; 1 more");
    scene.pass(1);
    assert_eq!(scene.state("a"), ItemState::Holds, "a minute is allowed");
    // The clock was set back, and evidence flipped meanwhile.
    scene.measure("a/1", Fails, "9 %");
    scene.measure("a/1", Holds, "1 %");
    scene.pass(30);
    assert_eq!(scene.state("a"), ItemState::Stale);
    let ahead = scene.now + TimeDelta::days(1);
    scene.waive(Exempt, "a", 10_000);
    scene.statements.last_mut().unwrap().at = ahead;
    assert_eq!(scene.state("a"), ItemState::Stale);
}

#[test]
fn items_wait_for_others_even_where_a_chain_is_long_or_closed() {
    let mut text = "title: A\nroles: {dba: DBA}\nphases:\n  p:\n    title: P\n    items:\n".to_owned();
    for i in 0..300 {
        let after = if i < 299 { format!("after: [i{}], ", i + 1) } else { String::new() };
        text += &format!("      i{i}: {{title: I{i}, {after}evidence: {{point: x}}}}\n");
    }
    let mut scene = Scene::new(&text);
    (0..300).for_each(|i| scene.measure(&format!("i{i}/1"), Holds, "1"));
    assert_eq!(scene.word(), VerdictWord::Go);
    scene.measure("i299/1", Fails, "2");
    let standing = scene.stand();
    assert_eq!((standing.items[0].state, standing.items[0].sentence.as_str()), (ItemState::Blocked, "waits for I1"));
    assert_eq!(standing.items[0].cure, standing.items[299].cure, "what helps is at the end of the chain");
    assert_eq!(standing.verdict.reasons[0].item.as_deref(), Some("i299"), "worst first");
    scene.waive(Exempt, "i150", 60);
    assert_eq!((scene.state("i0"), scene.state("i151")), (ItemState::Holds, ItemState::Blocked));
    // No file reads so; the answer is total all the same.
    scene.checklist.phases[0].items[299].after = vec!["i200".to_owned(), "nothing".to_owned()];
    assert_eq!((scene.state("i299"), scene.state("i200"), scene.state("i10")), (ItemState::Blocked, ItemState::Blocked, ItemState::Holds));
}

#[test]
fn due_and_overdue() {
    let mut scene = signed();
    assert!(!scene.item("a").overdue);
    scene.pass(3 * 24 * 60);
    assert!(scene.item("a").overdue);
    scene.waive(Exempt, "a", 60);
    assert!(!scene.item("a").overdue);
}

#[test]
fn evidence_of_another_version_does_not_count() {
    let mut scene = signed();
    scene.measured.get_mut("a/1").unwrap().definition = quarterdeck_model::Digest::of(b"other");
    assert_eq!(scene.state("a"), ItemState::Stale);
    assert!(scene.item("a").sentence.contains("another version"));
}

#[test]
fn what_is_shown_changes_with_what_evidence_says_and_not_with_its_age() {
    let mut scene = signed();
    let shown = scene.item("a").shown;
    scene.pass(100);
    assert_eq!(scene.item("a").shown, shown);
    scene.measure("a/1", Holds, "3 %");
    assert_eq!(scene.item("a").shown, shown);
    scene.measure("a/2", Holds, "3");
    assert_ne!(scene.item("a").shown, shown);
}

#[test]
fn reasons_come_worst_first_and_critical_before_heavy() {
    let mut scene = Scene::new(
        "title: A\nroles: {dba: DBA}\nphases:\n  p:\n    title: P\n    items:\n      waiting: {title: W, owner: dba, manual: Yes}\n      unknown: {title: U, evidence: {point: x}}\n      light: {title: L, evidence: {point: x}}\n      heavy: {title: H, weight: 9, evidence: {point: x}}\n      critical: {title: C, critical: true, evidence: {point: x}}\n      refused: {title: R, evidence: {point: x}}\n      blocked: {title: B, after: [light], evidence: {point: x}}\n",
    );
    for id in ["light", "heavy", "critical", "refused", "blocked"] {
        scene.measure(&format!("{id}/1"), Fails, "1");
    }
    scene.sign(Refuse, "refused", "Ann");
    let order: Vec<_> = scene.stand().verdict.reasons.into_iter().filter_map(|reason| reason.item).collect();
    assert_eq!(order, ["refused", "critical", "heavy", "light", "unknown", "blocked", "waiting"]);
}
