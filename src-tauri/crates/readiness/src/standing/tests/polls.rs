//! The poll: its order, holds, refusals, and what the director can decide.

use quarterdeck_model::readiness::{
    EvidenceVerdict::*,
    StatementKind::{self, *},
    StationState, VerdictWord,
};

use super::scene::Scene;
use crate::{
    poll::{poll, refusal, turn},
    standing::Said,
};

const RELEASE: &str = "
title: Release
roles: {lead: Tech lead, qa: QA lead, boss: Stakeholder}
phases:
  p:
    title: P
    items:
      a: {title: A, evidence: {point: x, title: Error rate, lasts: 1 h}}
      b: {title: B, evidence: {point: y, lasts: 2 h}}
      c: {title: C, evidence: {point: z, lasts: 2 h}}
gates:
  go: {title: Deploy, needs: {items: [a, b], poll: true}}
  other: {title: Other, needs: {items: [c]}}
poll:
  director: boss
  gate: go
  stations:
    lead: {title: Tech lead, role: lead, shows: [a, c]}
    qa: {title: QA lead, role: qa, shows: [b]}
    boss: {title: Stakeholder, role: boss, shows: [a, b]}
";

fn scene() -> Scene {
    let mut scene = Scene::new(RELEASE);
    ["a/1", "b/1", "c/1"].into_iter().for_each(|key| scene.measure(key, Holds, "1"));
    scene
}

fn states(scene: &Scene) -> [StationState; 3] {
    let stations = scene.stand().stations;
    [stations[0].state, stations[1].state, stations[2].state]
}

fn whose(scene: &Scene) -> Option<String> {
    turn(&scene.stand().stations).map(|station| station.id.clone())
}

fn all_go(scene: &mut Scene) {
    [("lead", "Lea"), ("qa", "Quin"), ("boss", "Dora")].into_iter().for_each(|(station, person)| {
        scene.answer(Go, station, person);
    });
}

#[test]
fn stations_are_asked_in_order_and_the_director_decides_once_all_stand() {
    use StationState::*;
    let mut scene = scene();
    assert_eq!((states(&scene), whose(&scene).as_deref()), ([Asked, Waiting, Waiting], Some("lead")));
    scene.answer(StatementKind::Go, "lead", "Lea");
    assert_eq!((states(&scene), whose(&scene).as_deref()), ([Go, Asked, Waiting], Some("qa")));
    scene.answer(Refuse, "qa", "Quin");
    assert_eq!((states(&scene), whose(&scene).as_deref()), ([Go, NoGo, Asked], Some("boss")));
    scene.answer(StatementKind::Go, "boss", "Dora");
    assert_eq!((states(&scene), whose(&scene).as_deref()), ([Go, NoGo, Go], Some("qa")));
    assert_eq!(refusal(&scene.stand()).as_deref(), Some("QA lead says No-go."));
    scene.answer(StatementKind::Go, "qa", "Quin");
    assert_eq!((states(&scene), whose(&scene), refusal(&scene.stand())), ([Go, Go, Go], None, None));
    let standing = scene.stand();
    assert_eq!((standing.polled.unwrap().verdict.word, standing.gates[0].word), (VerdictWord::Go, VerdictWord::NoGo));
    assert_eq!(standing.gates[0].reasons[0].sentence, "Stakeholder: nothing is decided yet");
    scene.decide(VerdictWord::Go);
    assert_eq!(scene.stand().polled.unwrap().decided, Some(VerdictWord::Go));
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go);
}

#[test]
fn a_decision_goes_stale_with_its_evidence_for_good() {
    let mut scene = scene();
    all_go(&mut scene);
    scene.decide(VerdictWord::Go);
    scene.measure("a/1", Fails, "6.8 %");
    scene.measure("a/1", Holds, "0.4 %");
    let standing = scene.stand();
    assert_eq!(states(&scene), [StationState::Stale, StationState::Go, StationState::Stale]);
    assert_eq!((standing.gates[0].word, standing.polled.as_ref().unwrap().decided), (VerdictWord::NoGo, None));
    assert!(standing.statements.last().unwrap().stale);
    assert!(standing.gates[0].reasons.iter().any(|reason| reason.sentence.contains("decided Go; stale: Error rate changed")));
    all_go(&mut scene);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo, "stations alone do not bring it back");
    scene.decide(VerdictWord::Go);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go);
    scene.pass(61);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo);
    scene.measure("a/1", Holds, "0.5 %");
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go, "the same once more");
}

#[test]
fn the_evidence_of_a_station_counts_even_where_the_gate_does_not_need_it() {
    let mut scene = scene();
    all_go(&mut scene);
    scene.decide(VerdictWord::Go);
    scene.measure("c/1", Unknown, "1");
    let standing = scene.stand();
    assert_eq!((states(&scene)[0], standing.gates[0].word), (StationState::Stale, VerdictWord::NoGo));
    assert_eq!(standing.polled.unwrap().decided, None, "the director was shown it, too");
    scene.answer(Go, "lead", "Lea");
    scene.decide(VerdictWord::Go);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go, "seen by both, and not needed");
}

#[test]
fn a_hold_resumes_at_the_same_station() {
    let mut scene = scene();
    scene.answer(Go, "lead", "Lea");
    let at = whose(&scene);
    scene.say(Hold, |said| said.station = at);
    assert_eq!((states(&scene)[1], whose(&scene).as_deref()), (StationState::Held, Some("qa")));
    let standing = scene.stand();
    assert!(standing.polled.as_ref().unwrap().held.as_ref().unwrap().starts_with("QA lead: held "));
    assert!(refusal(&standing).unwrap().starts_with("The poll waits. QA lead: held "));
    scene.say(Resume, |_| {});
    assert_eq!((states(&scene)[1], whose(&scene).as_deref()), (StationState::Asked, Some("qa")));
    scene.answer(Go, "qa", "Quin");
    scene.answer(Go, "boss", "Dora");
    scene.decide(VerdictWord::Go);
    scene.say(Hold, |_| {});
    assert_eq!((whose(&scene), scene.stand().gates[0].word), (None, VerdictWord::NoGo), "a hold is a brake, decided or not");
    let hold = scene.statements.last().unwrap().number;
    scene.revoke(hold);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo, "it ends by going on");
    scene.say(Resume, |_| {});
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go);
}

#[test]
fn a_no_is_heard_after_the_decision_and_a_decision_can_be_no() {
    let mut scene = scene();
    all_go(&mut scene);
    scene.decide(VerdictWord::Go);
    let no = scene.answer(Refuse, "lead", "Lea");
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo);
    assert_eq!(scene.stand().gates[0].reasons[0].station.as_deref(), Some("lead"));
    scene.revoke(no);
    assert_eq!(states(&scene)[0], StationState::Asked, "a No taken back brings no Go back");
    scene.answer(Go, "lead", "Lea");
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Go);
    let no = scene.decide(VerdictWord::NoGo);
    assert_eq!(scene.stand().polled.unwrap().decided, Some(VerdictWord::NoGo));
    assert_eq!(scene.stand().gates[0].reasons[0].sentence, "Dora decided No-go: because");
    scene.measure("a/1", Fails, "1");
    assert_eq!(scene.stand().polled.unwrap().decided, Some(VerdictWord::NoGo), "a No does not go stale");
    scene.revoke(no);
    assert_eq!(scene.stand().polled.unwrap().decided, None);
}

#[test]
fn only_the_role_says_go() {
    let mut scene = scene();
    scene.answer(Go, "lead", "Lea");
    scene.statements.last_mut().unwrap().role = Some("qa".to_owned());
    assert_eq!(states(&scene)[0], StationState::Asked);
    all_go(&mut scene);
    scene.decide(VerdictWord::Go);
    scene.statements.last_mut().unwrap().role = Some("qa".to_owned());
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo);
    scene.statements.last_mut().unwrap().role = Some("boss".to_owned());
    scene.statements.last_mut().unwrap().person = None;
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo);
}

#[test]
fn a_waiver_before_an_answer_is_part_of_it_and_one_after_it_is_not() {
    let mut scene = scene();
    scene.waive(Exempt, "a", 1_000);
    all_go(&mut scene);
    scene.decide(VerdictWord::Waived);
    scene.measure("a/1", Fails, "1");
    assert_eq!(scene.stand().gates[0].word, VerdictWord::Waived, "what was waived was no ground");
    scene.measure("b/1", Fails, "1");
    scene.waive(Exempt, "b", 1_000);
    assert_eq!(scene.stand().gates[0].word, VerdictWord::NoGo, "it was a ground when it changed");
}

#[test]
fn the_page_of_the_poll() {
    let mut scene = scene();
    all_go(&mut scene);
    let standing = scene.stand();
    let said = Said {
        copy: "c0",
        checklist: &scene.checklist,
        statements: &scene.statements,
        measured: &scene.measured,
        environment: scene.environment,
        opened: scene.now,
        now: scene.now,
    };
    let page = poll(&said, &standing, "3.4", &[]).unwrap();
    assert_eq!((page.release.as_str(), page.director_title.as_str(), page.refusal.as_deref()), ("3.4", "Stakeholder", None));
    assert_eq!(page.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    scene.measure("b/1", Fails, "1");
    let shown = scene.stand().polled.unwrap().shown;
    assert_ne!(shown, page.shown);
    scene.checklist.poll = None;
    let standing = scene.stand();
    assert!(standing.stations.is_empty() && standing.polled.is_none() && refusal(&standing).is_none());
}
