//! What was said, sorted by what it is about.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant,
    readiness::{Statement, StatementKind, VerdictWord},
    system::Environment,
};

use super::Said;
use crate::{
    checklist::{Checklist, ItemDefinition, PollDefinition},
    measurement::ahead,
};

/// No waiver lasts longer.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// Statements by what they are about. They are named by their place in the order in which they were said.
pub(crate) struct Told<'a> {
    pub statements: &'a [Statement],
    /// The number of the statement that revokes each; none where it stands.
    pub revoked_by: Vec<Option<u32>>,
    /// By place of the item.
    pub items: Vec<OfItem>,
    /// The newest answer by station, where it was not taken back.
    pub answers: HashMap<&'a str, usize>,
    /// The newest decision, where it was not taken back.
    pub decision: Option<usize>,
    /// Since which statement the poll waits.
    pub hold: Option<usize>,
}

/// What was said of an item and was not taken back, oldest first.
#[derive(Default)]
pub(crate) struct OfItem {
    /// The newest word of each person: a signature, or a refusal. One that is taken back does not bring back the one before.
    pub words: Vec<usize>,
    /// Waivers that did not end.
    pub waivers: Vec<usize>,
    /// Remarks.
    pub notes: Vec<usize>,
}

impl<'a> Told<'a> {
    /// Sorts everything that was said.
    pub fn of(all: &'a Said<'a>, items: &[&'a ItemDefinition], places: &HashMap<&str, usize>) -> Self {
        let Said { checklist, statements, now, .. } = *all;
        let mut told = Self {
            statements,
            revoked_by: revocations(statements),
            items: std::iter::repeat_with(OfItem::default).take(items.len()).collect(),
            answers: HashMap::new(),
            decision: None,
            hold: None,
        };
        let mut words: HashMap<(usize, Voice<'_>), usize> = HashMap::new();
        let stations: HashMap<&str, &str> =
            checklist.poll.iter().flat_map(|poll| &poll.stations).map(|station| (station.id.as_str(), station.role.as_str())).collect();
        for (at, said) in statements.iter().enumerate() {
            match (&said.station, said.item.as_deref().and_then(|item| places.get(item))) {
                (Some(station), _) if answers(said, stations.get(station.as_str()).copied()) => {
                    told.answers.insert(station, at);
                }
                (None, Some(&place)) => told.of_item(at, place, items[place], &mut words, now),
                _ => told.of_poll(at, checklist),
            }
        }
        for ((place, _), at) in words {
            if told.revoked_by[at].is_none() {
                told.items[place].words.push(at);
            }
        }
        told.items.iter_mut().for_each(|item| item.words.sort_unstable());
        let revoked = &told.revoked_by;
        told.answers.retain(|_, at| revoked[*at].is_none());
        told.decision = told.decision.filter(|at| revoked[*at].is_none());
        if let Some(poll) = &checklist.poll {
            told.part(poll, all.environment);
        }
        told
    }

    /// Leaves out what one person said for two who must be different people: of two answers the later one, and a decision beside an answer.
    fn part(&mut self, poll: &PollDefinition, environment: Environment) {
        let statements = self.statements;
        let mut goes: Vec<(&str, usize)> = self.answers.iter().map(|(station, at)| (*station, *at)).collect();
        goes.retain(|(_, at)| statements[*at].kind == StatementKind::Go);
        goes.sort_unstable_by_key(|(_, at)| *at);
        let mut heard = HashSet::new();
        for (station, at) in goes {
            if !heard.insert(speaks(&statements[at])) && poll.parts_stations(environment) {
                self.answers.remove(station);
            }
        }
        let is_apart = |said: &Statement| said.verdict == Some(VerdictWord::NoGo) || !heard.contains(&speaks(said));
        self.decision = self.decision.filter(|at| !poll.parts_director(environment) || is_apart(&statements[*at]));
    }

    fn of_item(&mut self, at: usize, place: usize, item: &ItemDefinition, words: &mut HashMap<(usize, Voice<'a>), usize>, now: Instant) {
        let said = &self.statements[at];
        match said.kind {
            StatementKind::Sign if signs(said, item) => {
                words.insert(voice(place, said), at);
            }
            StatementKind::Refuse => {
                words.insert(voice(place, said), at);
            }
            StatementKind::Exempt | StatementKind::NotApplicable if self.revoked_by[at].is_none() && ends(said, now).is_some() => {
                self.items[place].waivers.push(at);
            }
            StatementKind::Note if self.revoked_by[at].is_none() => self.items[place].notes.push(at),
            _ => {}
        }
    }

    fn of_poll(&mut self, at: usize, checklist: &Checklist) {
        let said = &self.statements[at];
        let Some(poll) = &checklist.poll else { return };
        match said.kind {
            StatementKind::Hold => self.hold = Some(at),
            StatementKind::Resume => self.hold = None,
            StatementKind::Decide if decides(said, &poll.director) => self.decision = Some(at),
            _ => {}
        }
    }

    /// The waiver that counts for an item: that it does not apply before an exemption, then the newest.
    pub fn waiver(&self, place: usize) -> Option<usize> {
        let waivers = &self.items[place].waivers;
        let applies_not = |at: &&usize| self.statements[**at].kind == StatementKind::NotApplicable;
        waivers.iter().rev().find(applies_not).or(waivers.last()).copied()
    }
}

/// When a waiver that counts now ends; none where it does not count.
pub(crate) fn ends(said: &Statement, now: Instant) -> Option<Instant> {
    let latest = said.at.checked_add_signed(LONGEST)?;
    let until = said.until?.min(latest);
    (until > now && !ahead(said.at, now)).then_some(until)
}

/// Whose word it is: of a person, or of whoever sat there.
fn voice(place: usize, said: &Statement) -> (usize, Voice<'_>) {
    (place, speaks(said))
}

/// A person by who they are; by their name where that was not kept, and an account where nobody is named.
#[derive(PartialEq, Eq, Hash)]
enum Voice<'a> {
    Signer(&'a str),
    Person(&'a str),
    Account(&'a str),
}

fn speaks(said: &Statement) -> Voice<'_> {
    match (&said.signer, &said.person) {
        (Some(signer), _) => Voice::Signer(signer),
        (None, Some(person)) => Voice::Person(person),
        (None, None) => Voice::Account(&said.who),
    }
}

/// True where somebody signed who is told apart from others.
fn is_signed(said: &Statement) -> bool {
    said.person.is_some() && said.signer.is_some()
}

fn signs(said: &Statement, item: &ItemDefinition) -> bool {
    let asked = item.manual.as_ref();
    is_signed(said) && asked.is_some_and(|manual| manual.role.is_none() || manual.role == said.role)
}

/// Go by whoever may say it; No by anybody.
fn answers(said: &Statement, role: Option<&str>) -> bool {
    match said.kind {
        StatementKind::Refuse => role.is_some(),
        StatementKind::Go => role.is_some() && is_signed(said) && said.role.as_deref() == role,
        _ => false,
    }
}

/// Go by the director; No by anybody.
fn decides(said: &Statement, director: &str) -> bool {
    match said.verdict {
        None => false,
        Some(VerdictWord::NoGo) => true,
        Some(VerdictWord::Go | VerdictWord::Waived) => is_signed(said) && said.role.as_deref() == Some(director),
    }
}

/// Which statement revokes each. A revocation is never revoked, and nothing that is still to come.
fn revocations(statements: &[Statement]) -> Vec<Option<u32>> {
    let mut revoked_by = vec![None; statements.len()];
    let mut said: HashMap<u32, usize> = HashMap::new();
    for (at, statement) in statements.iter().enumerate() {
        if statement.kind == StatementKind::Revoke
            && let Some(&revoked) = statement.revokes.and_then(|number| said.get(&number))
            && revocable(statements[revoked].kind)
            && revoked_by[revoked].is_none()
        {
            revoked_by[revoked] = Some(statement.number);
        }
        said.insert(statement.number, at);
    }
    revoked_by
}

/// A hold ends by going on, a revocation and the life of a copy by nothing.
fn revocable(kind: StatementKind) -> bool {
    match kind {
        StatementKind::Sign
        | StatementKind::Refuse
        | StatementKind::Go
        | StatementKind::Exempt
        | StatementKind::NotApplicable
        | StatementKind::Note
        | StatementKind::Decide => true,
        StatementKind::Revoke
        | StatementKind::Hold
        | StatementKind::Resume
        | StatementKind::Bypass
        | StatementKind::Withdraw
        | StatementKind::Open
        | StatementKind::Close => false,
    }
}
