//! Who must be different people in a poll: one person with every role is still one person.

use std::collections::HashSet;

use proptest::prelude::*;
use quarterdeck_model::{
    readiness::{
        EvidenceVerdict::Holds,
        StatementKind::{Go, Refuse},
        StationState, VerdictWord,
    },
    system::Environment::{self, *},
};

use super::scene::Scene;
use crate::poll::not_apart;

fn scene(apart: &str, stations: usize, environment: Environment) -> Scene {
    let listed = (0..stations).map(|at| format!("    s{at}: {{title: S{at}, role: r, shows: [a]}}\n")).collect::<String>();
    let text = format!(
        "title: A\nroles: {{r: R, boss: Boss}}\nphases: {{p: {{title: P, items: {{a: {{title: A, evidence: {{point: x}}}}}}}}}}\n\
         gates: {{g: {{title: G, needs: {{poll: true}}}}}}\npoll:\n  director: boss\n  gate: g\n{apart}  stations:\n{listed}"
    );
    let mut scene = Scene::new(&text);
    scene.environment = environment;
    scene.measure("a/1", Holds, "1");
    scene
}

/// What the gate says after these people answered, one station each, and one of them decided.
fn after(apart: &str, environment: Environment, people: &[&str], director: &str) -> VerdictWord {
    let mut scene = scene(apart, people.len(), environment);
    for (at, person) in people.iter().enumerate() {
        scene.answer(Go, &format!("s{at}"), person);
    }
    scene.decide_as(VerdictWord::Go, director);
    scene.stand().gates[0].word
}

#[test]
fn in_production_nobody_is_alone_unless_the_file_says_so() {
    use VerdictWord::NoGo;
    let go = VerdictWord::Go;
    let everyone = "  apart: everyone\n";
    let stations = "  apart: stations\n";
    let nobody = "  apart: nobody\n";
    for (apart, environment) in [("", Production), (everyone, Staging), (everyone, Development), (everyone, Production)] {
        assert_eq!(after(apart, environment, &["Ada", "Ada"], "Bob"), NoGo, "{apart}{environment}");
        assert_eq!(after(apart, environment, &["Ada", "Bob"], "Ada"), NoGo, "{apart}{environment}");
        assert_eq!(after(apart, environment, &["Ada", "Bob"], "Cy"), go, "{apart}{environment}");
    }
    assert_eq!(after(stations, Production, &["Ada", "Ada"], "Bob"), NoGo);
    assert_eq!(after(stations, Production, &["Ada", "Bob"], "Ada"), go);
    assert_eq!(after(stations, Production, &["Ada"], "Ada"), NoGo, "or one person would be all of it");
    for (apart, environment) in [("", Staging), ("", Development), (nobody, Production)] {
        assert_eq!(after(apart, environment, &["Ada", "Ada"], "Ada"), go, "{apart}{environment}");
    }
}

#[test]
fn the_earlier_of_two_answers_counts_and_what_is_taken_back_is_in_nobodys_way() {
    use StationState::{Asked, Go as Said, NoGo};
    let mut scene = scene("", 2, Production);
    let states = |scene: &Scene| scene.stand().stations.iter().map(|station| station.state).collect::<Vec<_>>();
    let first = scene.answer(Go, "s0", "Ada");
    scene.answer(Go, "s1", "Ada");
    assert_eq!(states(&scene), [Said, Asked]);
    scene.revoke(first);
    assert_eq!(states(&scene), [Asked, Said]);
    scene.answer(Refuse, "s0", "Ada");
    assert_eq!(states(&scene), [NoGo, Said], "what says no counts as it is");
    scene.answer(Go, "s0", "Bob");
    scene.decide_as(VerdictWord::NoGo, "Ada");
    assert_eq!(scene.stand().polled.unwrap().decided, Some(VerdictWord::NoGo));
}

#[test]
fn the_one_who_is_refused_hears_whose_answer_is_in_the_way() {
    let mut scene = scene("", 2, Production);
    scene.answer(Go, "s0", "Ada");
    let why = |scene: &Scene, station, person: &str| {
        not_apart(&scene.checklist, scene.environment, &scene.stand(), station, (&format!("id of {person}"), person))
    };
    assert_eq!(why(&scene, Some("s1"), "Ada").as_deref(), Some("Ada says Go at S0 already, and another person has to say it here"));
    assert_eq!(why(&scene, Some("s0"), "Ada"), None, "the same station once more");
    assert_eq!(why(&scene, None, "Ada").as_deref(), Some("Ada says Go at S0, and whoever decides says it at no station"));
    assert_eq!((why(&scene, Some("s1"), "Bob"), why(&scene, None, "Bob")), (None, None));
    scene.answer(Go, "s1", "Bob");
    scene.decide_as(VerdictWord::Go, "Cy");
    assert_eq!(why(&scene, Some("s1"), "Cy").as_deref(), Some("Cy decided Go, and whoever decides says it at no station"));
}

proptest! {
    /// Whoever says what, and in which order: no Go of production has one person twice in it.
    #[test]
    fn no_go_has_one_person_twice_in_it(said in proptest::collection::vec((0_usize..4, 0_u8..4, 0_u8..6), 1..24)) {
        let mut scene = scene("", 3, Production);
        for (station, person, what) in said {
            let person = format!("P{person}");
            match (station, what) {
                (3, _) => scene.decide_as(VerdictWord::Go, &person),
                (_, 0) => scene.revoke(u32::try_from(scene.statements.len()).unwrap()),
                (_, 1) => scene.answer(Refuse, &format!("s{station}"), &person),
                _ => scene.answer(Go, &format!("s{station}"), &person),
            };
            let standing = scene.stand();
            if standing.gates[0].word != VerdictWord::NoGo {
                let answers = standing.stations.iter().map(|station| station.statement.as_ref());
                let decision = standing.polled.as_ref().map(|polled| polled.decision.as_ref());
                let people: Option<HashSet<_>> = answers.chain(decision).map(|said| said.map(|said| said.person.clone())).collect();
                prop_assert_eq!(people.map(|people| people.len()), Some(4));
            }
        }
    }
}
