//! What everything is judged from, and whether a statement still rests on what it was said of.

use std::{cell::RefCell, collections::HashMap};

use quarterdeck_model::{
    Digest,
    readiness::{Statement, StatementKind},
};
use serde::Serialize;

use super::{
    Said,
    seen::{Seen, Word},
    told::Told,
};
use crate::{
    checklist::{ItemDefinition, StationDefinition},
    measurement::ahead,
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
    /// Digests of what was shown, by what and by how much of it was waived.
    shown: RefCell<HashMap<(Over, usize), Digest>>,
}

/// A station and what it is shown.
pub(crate) struct Asked<'a> {
    pub definition: &'a StationDefinition,
    /// Places of items.
    pub shows: Vec<usize>,
}

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Over {
    /// The item at a place.
    Item(usize),
    /// What the station at a place is shown.
    Station(usize),
    /// What the director is shown.
    All,
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
        let told = Told::of(said, &items, &places);
        let waived = |place: usize| told.items[place].waivers.first().copied();
        let seen = items.iter().enumerate().map(|(place, item)| Seen::of(said, item, waived(place))).collect();
        let poll = said.checklist.poll.as_ref();
        let asked = |definition: &'a StationDefinition| {
            let shows = definition.shows.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
            Asked { definition, shows }
        };
        let stations: Vec<Asked<'_>> = poll.iter().flat_map(|poll| &poll.stations).map(asked).collect();
        let mut decided_over = poll.map(|poll| verdict::needed(said.checklist, said.checklist.gate(&poll.gate))).unwrap_or_default();
        decided_over.extend(stations.iter().flat_map(|station| &station.shows));
        decided_over.sort_unstable();
        decided_over.dedup();
        Self { said, items, places, told, seen, stations, decided_over, shown: RefCell::default() }
    }

    /// What a station is shown now.
    pub fn shown_to_station(&self, station: usize) -> Digest {
        self.shown(Over::Station(station), usize::MAX)
    }

    /// What the director is shown now: all items that are decided over, and what stands against a Go.
    pub fn shown_to_director(&self, against: &[impl Serialize]) -> Digest {
        Digest::over(&(self.parts(Over::All, usize::MAX), against))
    }

    /// What somebody was shown who spoke at that place of the order: of what was waived by then and still is, that it is waived.
    fn shown(&self, over: Over, at: usize) -> Digest {
        if let Over::Item(place) = over {
            return self.seen[place].shown.clone();
        }
        let waived = self.places_of(over).iter().filter(|&&place| self.was_waived(place, at)).count();
        let mut known = self.shown.borrow_mut();
        known.entry((over, waived)).or_insert_with(|| Digest::over(&(self.parts(over, at), [(); 0]))).clone()
    }

    fn parts(&self, over: Over, at: usize) -> Vec<(&str, Option<&Digest>)> {
        let part = |&place: &usize| (self.items[place].id.as_str(), Some(&self.seen[place].shown).filter(|_| !self.was_waived(place, at)));
        self.places_of(over).iter().map(part).collect()
    }

    fn places_of(&self, over: Over) -> &[usize] {
        match over {
            Over::Item(_) => &[],
            Over::Station(station) => &self.stations[station].shows,
            Over::All => &self.decided_over,
        }
    }

    /// True where an item is waived now, and was when that was said.
    fn was_waived(&self, place: usize, at: usize) -> bool {
        self.seen[place].waived.is_some_and(|waived| waived < at)
    }

    /// Why what was said no longer counts; none where it does. What was waived when it was said, and still is, was no ground of it.
    pub fn gone(&self, at: usize, over: Over) -> Option<Gone> {
        let said = &self.told.statements[at];
        if ahead(said.at, self.said.now) {
            return Some(Gone::Ahead);
        }
        let single = if let Over::Item(place) = over { Some(place) } else { None };
        let all = single.iter().chain(self.places_of(over)).copied();
        let under = all.filter(|&place| !self.was_waived(place, at));
        if let Some(place) = under.clone().find(|&place| self.seen[place].changed.is_some_and(|changed| changed > said.at)) {
            return Some(Gone::Changed(Some((place, self.seen[place].changed_at))));
        }
        // Seen by no clock: one that was set back; and waivers that ended since.
        if said.shown.as_ref() != Some(&self.shown(over, at)) {
            return Some(Gone::Changed(None));
        }
        under.map(|place| (place, self.seen[place].places(Word::Stale).next())).find_map(|(item, old)| Some(Gone::Expired(item, old?)))
    }

    /// As [`Ground::gone`], of a signature of an item: it may grow too old by itself.
    pub fn signature_gone(&self, at: usize, place: usize) -> Option<Gone> {
        let said = &self.told.statements[at];
        let lasts = self.items[place].manual.as_ref().and_then(|manual| manual.lasts);
        let old = || lasts.is_some_and(|lasts| self.said.now.signed_duration_since(said.at) > span(lasts));
        self.gone(at, Over::Item(place)).or_else(|| old().then_some(Gone::Old))
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
        let station = said.station.as_ref().and_then(|id| self.stations.iter().position(|station| station.definition.id == *id));
        match (said.kind, station, place) {
            (StatementKind::Go | StatementKind::Refuse, Some(station), _) => self.gone(at, Over::Station(station)).is_some(),
            (StatementKind::Sign, _, Some(place)) => self.signature_gone(at, place).is_some(),
            (StatementKind::Refuse, _, Some(place)) => self.gone(at, Over::Item(place)).is_some(),
            (StatementKind::Decide, ..) => self.gone(at, Over::All).is_some(),
            _ => false,
        }
    }
}
