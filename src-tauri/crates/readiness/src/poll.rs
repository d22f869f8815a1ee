//! The poll as a page shows it.

mod apart;

use quarterdeck_model::readiness::{Item, Poll, Station, StationState, VerdictWord};

pub use self::apart::{Candidate, not_apart};
use crate::standing::{Said, Standing};

/// The poll of a copy; none where its checklist has none. Pure: what was said and how that stands, who can sign, and nothing else.
pub fn poll(said: &Said<'_>, standing: &Standing, release: &str, people: &[Candidate<'_>]) -> Option<Poll> {
    let definition = said.checklist.poll.as_ref()?;
    let polled = standing.polled.as_ref()?;
    let is_shown = |item: &&Item| standing.stations.iter().any(|station| station.items.contains(&item.id));
    Some(Poll {
        copy: said.copy.to_owned(),
        title: said.checklist.title.clone(),
        release: release.to_owned(),
        stations: standing.stations.clone(),
        items: standing.items.iter().filter(is_shown).cloned().collect(),
        verdict: polled.verdict.clone(),
        director: definition.director.clone(),
        director_title: said.checklist.role(&definition.director).to_owned(),
        held: polled.held.clone(),
        decided: polled.decided,
        decision: polled.decision.clone(),
        refusal: refusal(standing),
        apart: apart::apart(said.checklist, said.environment, standing, people),
        shown: polled.shown.clone(),
        as_of: said.now,
    })
}

/// The station whose turn it is: a hold is said there. None where all say Go.
pub fn turn(stations: &[Station]) -> Option<&Station> {
    crate::standing::turn(stations)
}

/// Why nobody can decide Go now; none where the director can. No-go can be decided at any time.
pub fn refusal(standing: &Standing) -> Option<String> {
    let polled = standing.polled.as_ref()?;
    if let Some(held) = &polled.held {
        return Some(format!("The poll waits. {held}."));
    }
    let open = standing.stations.iter().filter(|station| station.state != StationState::Go);
    let mut told: Vec<String> = open.map(|station| format!("{} {}", station.title, word(station.state))).collect();
    if told.is_empty() && polled.verdict.word == VerdictWord::NoGo {
        told.extend(polled.verdict.reasons.first().map(|reason| reason.sentence.clone()));
        if polled.verdict.reasons.len() > 1 {
            told.push(format!("{} more", polled.verdict.reasons.len() - 1));
        }
    }
    (!told.is_empty()).then(|| format!("{}.", told.join(", ")))
}

fn word(state: StationState) -> &'static str {
    match state {
        StationState::Waiting => "waits",
        StationState::Asked => "was not answered yet",
        StationState::Held => "is held",
        StationState::Go => "says Go",
        StationState::Stale => "is stale",
        StationState::NoGo => "says No-go",
    }
}
