//! The poll as a page shows it.

use quarterdeck_model::{
    readiness::{Item, Poll, Statement, StatementKind, Station, StationState, VerdictWord},
    system::Environment,
};

use crate::{
    checklist::{Checklist, PollDefinition},
    standing::{Said, Standing},
};

/// The poll of a copy; none where its checklist has none. Pure: what was said and how that stands, and nothing else.
pub fn poll(said: &Said<'_>, standing: &Standing, release: &str) -> Option<Poll> {
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
        apart: apart(definition, said.environment),
        shown: polled.shown.clone(),
        as_of: said.now,
    })
}

/// Why a person's Go would not count beside what is said already, at a station or (without one) as the decision: people who must be apart are
/// one. The person by who they are, and by name. None where it would.
pub fn not_apart(
    checklist: &Checklist,
    environment: Environment,
    standing: &Standing,
    station: Option<&str>,
    (signer, person): (&str, &str),
) -> Option<String> {
    let poll = checklist.poll.as_ref()?;
    let is_theirs = |said: &&Statement| said.signer.as_deref() == Some(signer);
    let goes = |of: &&Station| of.statement.as_ref().filter(is_theirs).is_some_and(|said| said.kind == StatementKind::Go);
    let other = standing.stations.iter().filter(|of| Some(of.id.as_str()) != station).find(goes);
    let Some(station) = station else {
        let of = other.filter(|_| poll.parts_director(environment))?;
        return Some(format!("{person} says Go at {}, and whoever decides says it at no station", of.title));
    };
    if let Some(of) = other.filter(|of| of.id != station && poll.parts_stations(environment)) {
        return Some(format!("{person} says Go at {} already, and another person has to say it here", of.title));
    }
    let decision = standing.polled.as_ref().and_then(|polled| polled.decision.as_ref()).filter(is_theirs);
    let decided = decision.is_some_and(|said| said.verdict != Some(VerdictWord::NoGo)) && poll.parts_director(environment);
    decided.then(|| format!("{person} decided Go, and whoever decides says it at no station"))
}

/// Who must be different people, in words; none where one person may say it all.
fn apart(poll: &PollDefinition, environment: Environment) -> Option<String> {
    match (poll.parts_stations(environment), poll.parts_director(environment)) {
        (true, true) => Some("Each station is another person, and whoever decides is none of them.".to_owned()),
        (true, false) => Some("Each station is another person; whoever decides may be one of them.".to_owned()),
        (false, _) => None,
    }
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
