//! Who must be different people in a poll: one person with every role is still one person.

use std::collections::HashSet;

use proptest::prelude::*;
use quarterdeck_model::{
    readiness::{
        Apart,
        EvidenceVerdict::Holds,
        StatementKind::{Go, Refuse},
        StationState, VerdictWord,
    },
    system::Environment::{self, *},
};

use super::scene::Scene;
use crate::poll::{Candidate, not_apart, poll};

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

/// What is drawn, where these people have the roles of stations and the director.
fn drawn(scene: &Scene, people: &[(&str, &[&str])]) -> Option<Apart> {
    let standing = scene.stand();
    let said = scene.said_at(scene.now);
    let owned: Vec<(String, Vec<String>)> =
        people.iter().map(|(name, roles)| (format!("id of {name}"), roles.iter().map(ToString::to_string).collect())).collect();
    let candidates: Vec<_> = people.iter().zip(&owned).map(|((name, _), (id, roles))| Candidate { id, name, roles }).collect();
    poll(&said, &standing, "1.0", &candidates).unwrap().apart
}

#[test]
fn each_place_says_whose_go_is_in_the_way_and_whether_anybody_is_left() {
    let people: &[(&str, &[&str])] = &[("Ada", &["r", "boss"]), ("Bob", &["r"]), ("Cy", &["boss"])];
    let mut scene = scene("", 3, Production);
    let seats = |scene: &Scene, people| {
        let Apart { stations, director, .. } = drawn(scene, people).unwrap();
        stations.into_values().chain([director]).collect::<Vec<_>>()
    };
    let sentences =
        |scene: &Scene, people| seats(scene, people).into_iter().map(|seat| seat.sentence.unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(sentences(&scene, people), ["", "", "", ""], "nobody said anything");
    assert!(seats(&scene, people).iter().all(|seat| seat.open && seat.barred.is_empty()));

    scene.answer(Go, "s0", "Ada");
    scene.answer(Refuse, "s1", "Bob");
    let ada = "Ada says Go at S0: another person";
    assert_eq!(
        sentences(&scene, people),
        ["", &format!("{ada} says Go here."), &format!("{ada} says Go here."), &format!("{ada} decides Go.")]
    );
    let barred = seats(&scene, people)
        .into_iter()
        .map(|seat| (seat.barred.into_iter().map(|of| of.person).collect::<Vec<_>>(), seat.open))
        .collect::<Vec<_>>();
    let one = || (vec!["Ada".to_owned()], true);
    assert_eq!(barred, [(Vec::new(), true), one(), one(), one()]);

    // Bob and Ada are all who have the role of stations: nobody is left for the third.
    scene.answer(Go, "s1", "Bob");
    let third = &seats(&scene, people)[2];
    assert_eq!(
        third.sentence.as_deref(),
        Some("Ada and Bob say Go elsewhere: another person says Go here, and nobody else has the role R.")
    );
    assert_eq!((third.open, third.barred.len()), (false, 2));
    assert!(seats(&scene, &[]).iter().all(|seat| seat.open), "where nobody has the role, nobody was kept from it");
    // Of those who decide, whoever has the role is named first.
    let others: &[(&str, &[&str])] = &[("Bob", &["boss"])];
    let director = &seats(&scene, others)[3];
    assert_eq!(
        director.sentence.as_deref(),
        Some("Bob and Ada say Go elsewhere: another person decides Go, and nobody else has the role Boss.")
    );
    scene.answer(Go, "s2", "Dot");
    scene.decide_as(VerdictWord::Go, "Cy");
    assert_eq!(seats(&scene, people)[1].sentence.as_deref(), Some("Ada, Dot and Cy say Go elsewhere: another person says Go here."));
}

#[test]
fn many_names_are_counted_and_without_a_rule_nothing_is_drawn() {
    let mut six = scene("", 6, Production);
    for (at, person) in ["Ada", "Bob", "Cy", "Dot", "Eve"].into_iter().enumerate() {
        six.answer(Go, &format!("s{at}"), person);
    }
    let Apart { rule, stations, .. } = drawn(&six, &[("Eve", &["r"]), ("Fay", &["r"])]).unwrap();
    assert_eq!(rule, "Each station is another person, and whoever decides is none of them.");
    assert_eq!(stations["s5"].sentence.as_deref(), Some("Eve, Ada and 3 more say Go elsewhere: another person says Go here."));
    assert_eq!(drawn(&scene("", 2, Staging), &[]), None);
    let mut apart = scene("  apart: stations\n", 2, Production);
    apart.answer(Go, "s0", "Ada");
    let Apart { rule, stations, director } = drawn(&apart, &[]).unwrap();
    assert_eq!(rule, "Each station is another person; whoever decides may be one of them.");
    assert_eq!((stations["s1"].sentence.is_some(), director.sentence), (true, None));
    let mut lone = scene("", 1, Production);
    lone.answer(Go, "s0", "Ada");
    lone.decide_as(VerdictWord::Go, "Cy");
    let Apart { stations, .. } = drawn(&lone, &[]).unwrap();
    assert_eq!(stations["s0"].sentence.as_deref(), Some("Cy decided Go: another person says Go here."));
}

proptest! {
    /// What is drawn is what would be refused, of everybody and everywhere.
    #[test]
    fn what_is_drawn_is_what_is_refused(said in proptest::collection::vec((0_usize..4, 0_u8..4, 0_u8..6), 1..16), apart in 0_usize..3) {
        let mut scene = scene(["", "  apart: stations\n", "  apart: nobody\n"][apart], 3, Production);
        let people: &[(&str, &[&str])] = &[("P0", &["r", "boss"]), ("P1", &["r", "boss"]), ("P2", &["r", "boss"]), ("P3", &["r", "boss"])];
        for (station, person, what) in said {
            say(&mut scene, station, &format!("P{person}"), what);
            let drawn = drawn(&scene, people);
            let standing = scene.stand();
            for at in [Some("s0"), Some("s1"), Some("s2"), None] {
                let seat = drawn.as_ref().map(|apart| at.map_or(&apart.director, |at| &apart.stations[at]));
                for (name, _) in people {
                    let refused = not_apart(&scene.checklist, scene.environment, &standing, at, (&format!("id of {name}"), name));
                    let barred = seat.and_then(|seat| seat.barred.iter().find(|of| of.person == *name));
                    prop_assert_eq!(refused, barred.map(|of| of.why.clone()));
                }
                prop_assert_eq!(seat.is_none_or(|seat| seat.open), seat.is_none_or(|seat| seat.barred.len() < people.len()));
            }
        }
    }
}

/// Somebody says something: Go or No-go at one of three stations, Go as the decision, or takes back what was said last.
fn say(scene: &mut Scene, station: usize, person: &str, what: u8) {
    match (station, what) {
        (3, _) => scene.decide_as(VerdictWord::Go, person),
        (_, 0) => scene.revoke(u32::try_from(scene.statements.len()).unwrap()),
        (_, 1) => scene.answer(Refuse, &format!("s{station}"), person),
        _ => scene.answer(Go, &format!("s{station}"), person),
    };
}

proptest! {
    /// Whoever says what, and in which order: no Go of production has one person twice in it.
    #[test]
    fn no_go_has_one_person_twice_in_it(said in proptest::collection::vec((0_usize..4, 0_u8..4, 0_u8..6), 1..24)) {
        let mut scene = scene("", 3, Production);
        for (station, person, what) in said {
            say(&mut scene, station, &format!("P{person}"), what);
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
