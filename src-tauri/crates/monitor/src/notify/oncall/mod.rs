//! Who can be reached, who is on call when, and who is told after whom: `oncall.yml`, which stands beside `notify.yml`.
//!
//! ```yaml
//! contacts:                       # people, each with at least one way to reach them
//! - name: ada                     # as rotas and ladders name them
//!   role: DBA                     # may be left out
//!   email: ada@example.com
//!   phone: +49 30 1234567         # shown; nobody calls by itself
//!   receiver: ada-pager           # a receiver of notify.yml
//! - {name: bert, email: bert@example.com}
//! rotas:
//! - name: dba
//!   zone: Europe/Berlin
//!   handover: monday 09:00        # a weekday where `every` counts weeks; else the time alone
//!   every: 1w                     # weeks or days: 2w, 3d
//!   since: 2026-01-05             # the first of the people begins with the first handover on or behind this day
//!   people: [ada, bert]           # in turn
//!   overrides:                    # somebody stands in; the last one that holds wins
//!   - {from: 2026-12-24 09:00, until: 2026-12-27 09:00, person: bert}
//! ladders:
//! - name: production
//!   matchers: ['severity="critical"', 'environment="production"']   # as in notify.yml; the first ladder that takes an alert counts
//!   levels:
//!   - after: 0s                   # of firing with nobody on it
//!     tell: [{rota: dba}]
//!   - after: 15m
//!     tell: [{contact: bert}, {receiver: team-chat}]
//!   - after: 30m
//!     tell: [{receiver: everybody}]
//!     every: 10m                  # the last level only: again and again, until somebody has it
//! ```
//!
//! Nothing else may stand in the file; names must be known; `after` must grow from level to level.

mod file;
pub mod ladder;
pub mod rota;

pub use self::{file::read, ladder::Ladder, rota::Rota};
use crate::{labels::Labels, sample::Moment};

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Oncall {
    /// In the order of the file; names are unique.
    pub contacts: Vec<Contact>,
    /// In the order of the file; names are unique.
    pub rotas: Vec<Rota>,
    /// In the order of the file; names are unique.
    pub ladders: Vec<Ladder>,
}

/// Somebody who can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// As rotas and ladders name them.
    pub name: String,
    /// What they are here; may be empty.
    pub role: String,
    /// Where e-mail reaches them.
    pub email: Option<String>,
    /// Where they can be called; people do that.
    pub phone: Option<String>,
    /// A receiver of `notify.yml` that reaches them.
    pub receiver: Option<String>,
}

/// Whom a level tells, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tell {
    /// A receiver of `notify.yml`.
    Receiver(String),
    /// A contact.
    Contact(String),
    /// Whoever is on call then.
    Rota(String),
}

/// Whom a level tells, at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached<'o> {
    /// A receiver of `notify.yml`.
    Receiver(&'o str),
    /// Somebody, and the rota by which it is them.
    Contact(&'o Contact, Option<&'o str>),
}

impl Oncall {
    /// The contact of a name.
    pub fn contact(&self, name: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.name == name)
    }

    /// The rota of a name.
    pub fn rota(&self, name: &str) -> Option<&Rota> {
        self.rotas.iter().find(|rota| rota.name == name)
    }

    /// The ladder that an alert with such labels climbs: the first whose matchers hold.
    pub fn ladder(&self, labels: &Labels) -> Option<&Ladder> {
        self.ladders.iter().find(|ladder| ladder.matchers.hold(labels))
    }

    /// Whom these reach at a moment, each once.
    pub fn reached<'o>(&'o self, tell: &'o [Tell], at: Moment) -> Vec<Reached<'o>> {
        let mut reached = Vec::new();
        for one in tell {
            let whom = match one {
                Tell::Receiver(name) => Some(Reached::Receiver(name.as_str())),
                Tell::Contact(name) => self.contact(name).map(|contact| Reached::Contact(contact, None)),
                Tell::Rota(name) => self.rota(name).and_then(|rota| {
                    let contact = self.contact(rota::on_call(rota, at).person)?;
                    Some(Reached::Contact(contact, Some(&*rota.name)))
                }),
            };
            reached.extend(whom.filter(|whom| !reached.contains(whom)));
        }
        reached
    }
}

impl Contact {
    /// Ways to reach them, in words.
    pub fn ways(&self) -> Vec<String> {
        let ways = [("receiver", &self.receiver), ("e-mail", &self.email), ("phone", &self.phone)];
        ways.into_iter().filter_map(|(way, to)| to.as_ref().map(|to| format!("{way} {to}"))).collect()
    }
}

impl Tell {
    /// In words: `receiver team-chat`, `bert`, `on call: dba`.
    pub fn sentence(&self) -> String {
        match self {
            Self::Receiver(name) => format!("receiver {name}"),
            Self::Contact(name) => name.clone(),
            Self::Rota(name) => format!("on call: {name}"),
        }
    }
}

#[cfg(test)]
mod tests;
