//! A copy in memory: a checklist, what was measured, what was said.

use std::{collections::BTreeMap, path::Path};

use chrono::{DateTime, TimeDelta};
use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Digest, Instant, Millis,
    readiness::{EvidenceVerdict, Item, ItemState, Statement, StatementKind, VerdictWord},
    system::Environment,
};

use crate::{
    checklist::Checklist,
    measurement::{Measurement, said_at},
    standing::{Said, Standing, stand},
};

pub struct Scene {
    pub checklist: Checklist,
    pub statements: Vec<Statement>,
    pub measured: BTreeMap<String, Measurement>,
    pub environment: Environment,
    pub now: Instant,
}

impl Scene {
    pub fn new(text: &str) -> Self {
        let mut findings = Findings::new(Path::new("a.yml"));
        let checklist = Checklist::read(text, &mut findings);
        assert_eq!(findings.in_order(), []);
        Self::of(checklist.unwrap())
    }

    pub fn of(checklist: Checklist) -> Self {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        Self { checklist, statements: Vec::new(), measured: BTreeMap::new(), environment: Environment::Staging, now }
    }

    pub fn stand(&self) -> Standing {
        self.stand_at(self.now)
    }

    pub fn stand_at(&self, now: Instant) -> Standing {
        stand(&self.said_at(now))
    }

    pub fn said_at(&self, now: Instant) -> Said<'_> {
        Said {
            copy: "c0",
            checklist: &self.checklist,
            statements: &self.statements,
            measured: &self.measured,
            environment: self.environment,
            opened: DateTime::UNIX_EPOCH + TimeDelta::days(19_999),
            now,
        }
    }

    pub fn item(&self, id: &str) -> Item {
        self.stand().items.into_iter().find(|item| item.id == id).unwrap()
    }

    pub fn state(&self, id: &str) -> ItemState {
        self.item(id).state
    }

    pub fn word(&self) -> VerdictWord {
        self.stand().verdict.word
    }

    pub fn pass(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }

    /// Measures and stores, as the engine does.
    pub fn measure(&mut self, key: &str, verdict: EvidenceVerdict, value: &str) {
        let (_, definition) = self.checklist.evidence(key).unwrap();
        let new = Measurement {
            definition: definition.digest.clone(),
            verdict,
            value: Some(value.to_owned()),
            sentence: format!("{value} found"),
            measured: self.now,
            looked: None,
            since: self.now,
            took: Millis(1),
            address: None,
            cure: None,
            detail: None,
        };
        let newest = self.statements.iter().map(|said| said.at).max();
        let new = new.after(self.measured.get(key), definition.binds_value, self.now, newest);
        self.measured.insert(key.to_owned(), new);
    }

    /// Says something; the answer is its number.
    pub fn say(&mut self, kind: StatementKind, with: impl FnOnce(&mut Statement)) -> u32 {
        let number = u32::try_from(self.statements.len()).unwrap() + 1;
        let newest = self.measured.values().map(|measured| measured.since).max();
        let mut said = Statement {
            number,
            kind,
            item: None,
            station: None,
            gate: None,
            action: None,
            person: None,
            signer: None,
            role: None,
            who: "ops".to_owned(),
            at: said_at(self.now, newest),
            text: "because".to_owned(),
            until: None,
            verdict: None,
            score: None,
            shown: None,
            stale: false,
            revokes: None,
            revoked_by: None,
            attachment: None,
            digest: Digest(String::new()),
        };
        with(&mut said);
        self.statements.push(said);
        number
    }

    /// Signs, or says no, of what is shown now.
    pub fn sign(&mut self, kind: StatementKind, item: &str, person: &str) -> u32 {
        let shown = self.item(item).shown;
        let role = self.checklist.item(item).and_then(|item| item.manual.as_ref()?.role.clone());
        self.say(kind, |said| {
            (said.item, said.person, said.role, said.shown) = (Some(item.to_owned()), Some(person.to_owned()), role, Some(shown));
            said.signer = Some(format!("id of {person}"));
        })
    }

    /// Exempts an item, or says that it does not apply, for so many minutes.
    pub fn waive(&mut self, kind: StatementKind, item: &str, minutes: i64) -> u32 {
        let until = self.now + TimeDelta::minutes(minutes);
        self.say(kind, |said| (said.item, said.until) = (Some(item.to_owned()), Some(until)))
    }

    pub fn revoke(&mut self, number: u32) -> u32 {
        self.say(StatementKind::Revoke, |said| said.revokes = Some(number))
    }

    /// Answers at a station of what is shown now.
    pub fn answer(&mut self, kind: StatementKind, station: &str, person: &str) -> u32 {
        let found = self.stand().stations.into_iter().find(|found| found.id == station).unwrap();
        self.say(kind, |said| {
            (said.station, said.person, said.role, said.shown) =
                (Some(station.to_owned()), Some(person.to_owned()), Some(found.role), Some(found.shown));
            said.signer = Some(format!("id of {person}"));
        })
    }

    /// Decides of what is shown now.
    pub fn decide(&mut self, verdict: VerdictWord) -> u32 {
        self.decide_as(verdict, "Dora")
    }

    /// The same by somebody else in the director's role.
    pub fn decide_as(&mut self, verdict: VerdictWord, person: &str) -> u32 {
        let shown = self.stand().polled.unwrap().shown;
        let role = self.checklist.poll.as_ref().unwrap().director.clone();
        self.say(StatementKind::Decide, |said| {
            (said.verdict, said.person, said.role, said.shown) = (Some(verdict), Some(person.to_owned()), Some(role), Some(shown));
            said.signer = Some(format!("id of {person}"));
        })
    }
}
