//! What everything is judged from, and whether a statement still rests on what it was said of.

use std::collections::HashMap;

use quarterdeck_model::{
    Digest,
    readiness::{Statement, StatementKind},
};
use serde::Serialize;

use super::{
    Said,
    seen::{Seen, Word},
    told::{Told, ahead},
};
use crate::{
    checklist::{ItemDefinition, StationDefinition},
    span, verdict,
};

/// Statements and measurements, looked at once.
pub(crate) struct Ground<'a> {
    pub said: &'a Said<'a>,
    /// In the order of the file.
    pub items: Vec<&'a ItemDefinition>,
    /// Place of an item by its id.
    pub places: HashMap<&'a str, usize>,
    pub told: Told<'a>,
    /// By place of the item.
    pub seen: Vec<Seen>,
    /// In the order of asking.
    pub stations: Vec<Asked<'a>>,
    /// Places of the items that the director decides over: what the gate needs, and what stations are shown.
    pub decided_over: Vec<usize>,
    /// What a director is shown who can say Go.
    pub go_shown: Digest,
}

/// A station and what it is shown.
pub(crate) struct Asked<'a> {
    pub definition: &'a StationDefinition,
    /// Places of items.
    pub shows: Vec<usize>,
    /// Over all of it.
    pub shown: Digest,
}

/// Why a statement no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// It is of a moment that is still to come.
    Ahead,
    /// Evidence changed since: places of the item and of the evidence, where that is known. For good.
    Changed(Option<(usize, usize)>),
    /// Evidence is too old: places of the item and of the evidence. Until the same is measured again.
    Expired(usize, usize),
    /// The signature itself is.
    Old,
}

impl<'a> Ground<'a> {
    /// Looks at everything once.
    pub fn of(said: &'a Said<'a>) -> Self {
        let items: Vec<&ItemDefinition> = said.checklist.items().collect();
        let places: HashMap<&str, usize> = items.iter().enumerate().map(|(place, item)| (item.id.as_str(), place)).collect();
        let told = Told::of(said.checklist, &items, &places, said.statements, said.now);
        let seen: Vec<Seen> =
            items.iter().enumerate().map(|(place, item)| Seen::of(said, item, told.items[place].waivers.first().copied())).collect();
        let asked = |definition: &'a StationDefinition| {
            let shows: Vec<usize> = definition.shows.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
            let shown = Digest::over(&(&definition.id, shows.iter().map(|&place| &seen[place].shown).collect::<Vec<_>>()));
            Asked { definition, shows, shown }
        };
        let poll = said.checklist.poll.as_ref();
        let stations: Vec<Asked<'_>> = poll.map(|poll| poll.stations.iter().map(asked).collect()).unwrap_or_default();
        let gate = poll.and_then(|poll| said.checklist.gate(&poll.gate));
        let mut decided_over = if poll.is_some() { verdict::needed(said.checklist, gate) } else { Vec::new() };
        decided_over.extend(stations.iter().flat_map(|station| &station.shows));
        decided_over.sort_unstable();
        decided_over.dedup();
        let mut ground = Self { said, items, places, told, seen, stations, decided_over, go_shown: Digest(String::new()) };
        ground.go_shown = ground.shown_to_director(&[(); 0]);
        ground
    }

    /// Over all stations, all items that are decided over, and what stands against a Go.
    pub fn shown_to_director(&self, against: &[impl Serialize]) -> Digest {
        let stations: Vec<&Digest> = self.stations.iter().map(|station| &station.shown).collect();
        let items: Vec<&Digest> = self.decided_over.iter().map(|&place| &self.seen[place].shown).collect();
        Digest::over(&(stations, items, against))
    }

    /// Why what was said over these items, of which `shown` is the digest now, no longer counts; none where it does.
    pub fn gone(&self, at: usize, over: &[usize], shown: &Digest) -> Option<Gone> {
        let said = &self.told.statements[at];
        if ahead(said.at, self.said.now) {
            return Some(Gone::Ahead);
        }
        // What was waived when it was said, and still is, was no ground of it.
        let under = || over.iter().copied().filter(|&place| self.seen[place].waived.is_none_or(|waived| waived > at));
        if let Some(place) = under().find(|&place| self.seen[place].changed.is_some_and(|changed| changed > said.at)) {
            return Some(Gone::Changed(Some((place, self.seen[place].changed_at))));
        }
        // Seen by no clock: one that was set back, or a change in the same millisecond.
        if said.shown.as_ref() != Some(shown) && under().count() == over.len() {
            return Some(Gone::Changed(None));
        }
        let old = under().find_map(|place| Some((place, self.seen[place].places(Word::Stale).next()?)));
        old.map(|(item, evidence)| Gone::Expired(item, evidence))
    }

    /// As [`Ground::gone`], of a signature of an item: it may grow too old by itself.
    pub fn signature_gone(&self, at: usize, place: usize) -> Option<Gone> {
        let said = &self.told.statements[at];
        let lasts = self.items[place].manual.as_ref().and_then(|manual| manual.lasts);
        let old = || lasts.is_some_and(|lasts| self.said.now.signed_duration_since(said.at) > span(lasts));
        self.gone(at, &[place], &self.seen[place].shown).or_else(|| old().then_some(Gone::Old))
    }

    /// Everything that was said, with what is stale and what was revoked.
    pub fn statements(&self) -> Vec<Statement> {
        (0..self.told.statements.len()).map(|at| self.statement(at)).collect()
    }

    /// One thing that was said.
    pub fn statement(&self, at: usize) -> Statement {
        let said = &self.told.statements[at];
        Statement { stale: self.is_stale(at, said), revoked_by: self.told.revoked_by[at], ..said.clone() }
    }

    fn is_stale(&self, at: usize, said: &Statement) -> bool {
        let place = said.item.as_ref().and_then(|item| self.places.get(item.as_str()).copied());
        let station = said.station.as_ref().and_then(|id| self.stations.iter().find(|station| station.definition.id == *id));
        match (said.kind, station, place) {
            (StatementKind::Go | StatementKind::Refuse, Some(station), _) => self.gone(at, &station.shows, &station.shown).is_some(),
            (StatementKind::Sign, _, Some(place)) => self.signature_gone(at, place).is_some(),
            (StatementKind::Refuse, _, Some(place)) => self.gone(at, &[place], &self.seen[place].shown).is_some(),
            (StatementKind::Decide, ..) => self.decision_gone(at).is_some(),
            _ => false,
        }
    }

    /// As [`Ground::gone`], of a decision.
    pub fn decision_gone(&self, at: usize) -> Option<Gone> {
        self.gone(at, &self.decided_over, &self.go_shown)
    }
}
