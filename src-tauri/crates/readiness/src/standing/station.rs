//! Stations of the poll, and how the poll stands.

use quarterdeck_model::readiness::{Item, Score, Statement, StatementKind, Station, StationState, VerdictWord};

use super::{
    Polled,
    ground::{Ground, Over},
    sentence::{speaker, when},
};
use crate::verdict::{self, Sight};

/// All stations as they stand, in the order of asking.
pub(super) fn all(ground: &Ground<'_>) -> Vec<Station> {
    let mut stations = Vec::with_capacity(ground.stations.len());
    let mut asked = false;
    for (place, station) in ground.stations.iter().enumerate() {
        let answer = ground.told.answers.get(station.definition.id.as_str()).copied();
        let (state, sentence) = match answer {
            Some(at) => answered(ground, place, at),
            None if asked => (StationState::Waiting, "not asked yet".to_owned()),
            None => {
                asked = true;
                match ground.told.hold {
                    Some(hold) => (StationState::Held, held(ground, hold)),
                    None => (StationState::Asked, "asked, no answer yet".to_owned()),
                }
            }
        };
        stations.push(Station {
            id: station.definition.id.clone(),
            title: station.definition.title.clone(),
            role: station.definition.role.clone(),
            state,
            sentence,
            statement: answer.map(|at| ground.statement(at)),
            items: station.definition.shows.clone(),
            shown: ground.shown_to_station(place),
        });
    }
    stations
}

/// The station whose turn it is: the first without an answer, else the first that has to look again, or said no. None where all say Go.
pub(crate) fn turn(stations: &[Station]) -> Option<&Station> {
    let first = |states: [StationState; 2]| stations.iter().find(|station| states.contains(&station.state));
    first([StationState::Asked, StationState::Held]).or_else(|| first([StationState::Stale, StationState::NoGo]))
}

/// How the poll stands; none where there is none.
pub(super) fn polled(ground: &Ground<'_>, items: &[Item], stations: &[Station], score: &Score) -> Option<Polled> {
    let poll = ground.said.checklist.poll.as_ref()?;
    let sight = Sight { ground, items, stations, score, polled: None };
    let gate = ground.said.checklist.gate(&poll.gate);
    let verdict = verdict::before_decision(&sight, gate);
    let against: Vec<_> = verdict.reasons.iter().map(|reason| (&reason.item, &reason.station, reason.state)).collect();
    let shown = ground.shown_to_director(&against);
    let gone = ground.told.decision.and_then(|at| ground.gone(at, Over::All));
    let said = ground.told.decision.and_then(|at| ground.told.statements[at].verdict);
    let decided = said.filter(|said| *said == VerdictWord::NoGo || gone.is_none());
    Some(Polled {
        verdict,
        held: ground.held(),
        decided,
        decision: ground.told.decision.map(|at| ground.statement(at)),
        gone: gone.filter(|_| decided.is_none()).map(|why| ground.why_gone(why)),
        shown,
    })
}

impl Ground<'_> {
    /// Why the poll waits, and where.
    pub(crate) fn held(&self) -> Option<String> {
        self.told.hold.map(|at| held_at(self, at))
    }
}

fn answered(ground: &Ground<'_>, station: usize, at: usize) -> (StationState, String) {
    let said = &ground.told.statements[at];
    let since = when(said.at, ground.said.now);
    if said.kind == StatementKind::Refuse {
        return (StationState::NoGo, format!("No-go {since} by {}: {}", speaker(said), said.text.trim()));
    }
    match ground.gone(at, Over::Station(station)) {
        None => (StationState::Go, format!("Go {since} by {}", speaker(said))),
        Some(why) => (StationState::Stale, format!("Go {since} by {}, stale: {}", speaker(said), ground.why_gone(why))),
    }
}

fn held(ground: &Ground<'_>, at: usize) -> String {
    let said: &Statement = &ground.told.statements[at];
    format!("held {} by {}: {}", when(said.at, ground.said.now), speaker(said), said.text.trim())
}

/// With the station at which it was said.
fn held_at(ground: &Ground<'_>, at: usize) -> String {
    let named = ground.told.statements[at].station.as_ref();
    let title =
        named.and_then(|id| ground.stations.iter().find(|station| station.definition.id == *id)).map(|station| &station.definition.title);
    match title {
        Some(title) => format!("{title}: {}", held(ground, at)),
        None => held(ground, at),
    }
}
