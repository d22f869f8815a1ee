//! A checklist as its file says it (`checklists/*.yml`, docs/readiness.md).

mod cycle;
pub(crate) mod evidence;
mod gates;
mod item;
mod read;
#[cfg(test)]
mod tests;
mod words;

use quarterdeck_model::{
    Digest, Millis,
    readiness::{GateAction, ReadinessCategory, RoleTitle},
    system::Environment,
};

use serde::Serialize;

use crate::expect::{Expectation, Unit};

pub use self::read::FOLDER;

/// A checklist without findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Checklist {
    /// What it is for.
    pub title: String,
    /// Where it is used; empty for everywhere.
    pub environments: Vec<Environment>,
    /// Who owns items and answers polls, in the order of the file.
    pub roles: Vec<RoleTitle>,
    /// In the order of the file; at least one.
    pub phases: Vec<PhaseDefinition>,
    /// In the order of the file.
    pub gates: Vec<GateDefinition>,
    /// Who is asked before it goes on.
    pub poll: Option<PollDefinition>,
}

impl Checklist {
    /// All items, in the order of the file.
    pub fn items(&self) -> impl Iterator<Item = &ItemDefinition> {
        self.phases.iter().flat_map(|phase| &phase.items)
    }

    /// The item of an id.
    pub fn item(&self, id: &str) -> Option<&ItemDefinition> {
        self.items().find(|item| item.id == id)
    }

    /// The evidence of a key (`ITEM/NUMBER`, counted from 1), and its item.
    pub fn evidence(&self, key: &str) -> Option<(&ItemDefinition, &EvidenceDefinition)> {
        let (item, number) = key.rsplit_once('/')?;
        let item = self.item(item)?;
        // No sign, no zero in front: each piece of evidence has one key.
        let index = number.parse::<usize>().ok().filter(|index| index.to_string() == number)?;
        Some((item, item.evidence.get(index.checked_sub(1)?)?))
    }

    /// Every piece of evidence with its key and item, in the order of the file.
    pub fn all_evidence(&self) -> impl Iterator<Item = (String, &ItemDefinition, &EvidenceDefinition)> {
        self.items().flat_map(|item| item.evidence.iter().enumerate().map(move |(at, evidence)| (item.key(at), item, evidence)))
    }

    /// The gate of a name.
    pub fn gate(&self, name: &str) -> Option<&GateDefinition> {
        self.gates.iter().find(|gate| gate.name == name)
    }

    /// The title of a role; its id where it has none.
    pub fn role<'c>(&'c self, id: &'c str) -> &'c str {
        self.roles.iter().find(|role| role.id == id).map_or(id, |role| &role.title)
    }

    /// True where copies of it are opened in that environment.
    pub fn is_for(&self, environment: Environment) -> bool {
        self.environments.is_empty() || self.environments.contains(&environment)
    }
}

impl ItemDefinition {
    /// The key of its evidence at an index that counts from 0.
    pub fn key(&self, index: usize) -> String {
        format!("{}/{}", self.id, index + 1)
    }
}

/// A phase.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseDefinition {
    /// Unique in the checklist.
    pub id: String,
    /// In words.
    pub title: String,
    /// In the order of the file.
    pub items: Vec<ItemDefinition>,
}

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDefinition {
    /// Unique in the checklist.
    pub id: String,
    /// What has to hold.
    pub title: String,
    /// What it is for, in Markdown.
    pub why: Option<String>,
    /// Id of a role.
    pub owner: Option<String>,
    /// What it counts for.
    pub category: Option<ReadinessCategory>,
    /// How much it counts; 1 unless the file says otherwise.
    pub weight: u32,
    /// No verdict but No-go while it does not hold, whatever a gate needs.
    pub critical: bool,
    /// Until when.
    pub due: Option<Due>,
    /// Items that have to hold before it; without cycles.
    pub after: Vec<String>,
    /// What a person signs.
    pub manual: Option<ManualDefinition>,
    /// What is measured; all of it has to hold. Empty only where something is signed.
    pub evidence: Vec<EvidenceDefinition>,
}

/// Until when something has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// `2026-11-30`: the end of that day in UTC.
    Day(chrono::NaiveDate),
    /// `3 d after opening`.
    AfterOpening(Millis),
}

/// What a person signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualDefinition {
    /// The statement that is signed.
    pub statement: String,
    /// How many different persons sign; 2 is four eyes.
    pub signatures: u32,
    /// Who may sign: the id of a role; the owner's where the file does not say.
    pub role: Option<String>,
    /// How long a signature holds; none for as long as the evidence does.
    pub lasts: Option<Millis>,
}

/// What is measured for an item.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceDefinition {
    /// In the file's own words; none for ours.
    pub title: Option<String>,
    /// How it is measured.
    pub source: Source,
    /// What is expected; none for what a point expects by itself.
    pub expect: Option<Expectation>,
    /// How old it may be.
    pub lasts: Millis,
    /// A changed value makes signatures stale, even where it still holds (`value: true`).
    pub binds_value: bool,
    /// Over all of the above but the title and the place.
    pub digest: Digest,
    /// Line in the file.
    pub line: u32,
}

/// How something is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Source {
    /// A query of the list of operations, and where in its answer the value is (a JSON pointer, RFC 6901).
    Operation {
        /// Its name.
        name: String,
        /// What it is asked, beside the system, which is always its own.
        request: serde_json::Map<String, serde_json::Value>,
        /// Where in the answer; empty for all of it.
        at: String,
    },
    /// A query over series; with `over`, each point of that time has to hold, and the worst is shown.
    Promql {
        /// The query.
        query: String,
        /// Over how long.
        over: Option<Millis>,
        /// The unit of its value.
        unit: Unit,
    },
    /// One SELECT over a database.
    Sql {
        /// Which component; the first database where the file does not say.
        component: Option<String>,
        /// The statement.
        sql: String,
        /// The unit of its value.
        unit: Unit,
    },
    /// A file of the definition's folder.
    File {
        /// Relative to the folder, and inside it.
        path: String,
        /// Headings of Markdown that have to be there, each with text under it.
        headings: Vec<String>,
    },
    /// A command, as a vector of arguments, in the definition's folder.
    Command {
        /// The program and its arguments.
        arguments: Vec<String>,
        /// After this it is killed with everything that it began.
        limit: Millis,
        /// A regular expression whose first group is the value; none for what was printed.
        value: Option<String>,
        /// The unit of that value.
        unit: Unit,
    },
    /// Something that is built in (`engine::readiness::points`).
    Point {
        /// Its name.
        name: String,
    },
    /// Smoke tests: all of them passed.
    Smoke {
        /// Only this suite.
        suite: Option<String>,
        /// Only this category.
        category: Option<String>,
        /// Only this case.
        case: Option<String>,
    },
}

/// A gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateDefinition {
    /// Unique in the system.
    pub name: String,
    /// What goes through it.
    pub title: String,
    /// What the engine refuses while it is closed.
    pub protects: Vec<GateAction>,
    /// Phases whose items have to hold.
    pub phases: Vec<String>,
    /// Categories whose items have to hold.
    pub categories: Vec<ReadinessCategory>,
    /// Items that have to hold. Where phases, categories and items are all empty: every item.
    pub items: Vec<String>,
    /// The lowest score, 0 to 100.
    pub score: Option<u32>,
    /// Every station of the poll says Go, and the director decided so.
    pub poll: bool,
}

/// A poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollDefinition {
    /// In the order of asking; at least one.
    pub stations: Vec<StationDefinition>,
    /// Who decides: the id of a role.
    pub director: String,
    /// The gate that the director decides.
    pub gate: String,
    /// Who must be different people; none where the file leaves that to the environment.
    pub apart: Option<Apart>,
}

/// Who must be different people in a poll, whatever roles one person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// Nobody says Go at two stations, and whoever decides did at none.
    Everyone,
    /// Nobody says Go at two stations; whoever decides may have at one, where there are others.
    Stations,
    /// One person may say it all.
    Nobody,
}

impl PollDefinition {
    /// What holds in an environment: where people depend on the system, nobody is alone unless the file says so.
    pub fn apart(&self, environment: Environment) -> Apart {
        self.apart.unwrap_or(match environment {
            Environment::Production => Apart::Everyone,
            Environment::Staging | Environment::Development => Apart::Nobody,
        })
    }

    /// True where nobody says Go at two stations.
    pub fn parts_stations(&self, environment: Environment) -> bool {
        self.apart(environment) != Apart::Nobody
    }

    /// True where whoever decides may not have said Go at a station: always where there is one station only, or one person would be all.
    pub fn parts_director(&self, environment: Environment) -> bool {
        match self.apart(environment) {
            Apart::Everyone => true,
            Apart::Stations => self.stations.len() < 2,
            Apart::Nobody => false,
        }
    }
}

/// A station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationDefinition {
    /// Unique in the checklist.
    pub id: String,
    /// In words.
    pub title: String,
    /// Who may answer: the id of a role.
    pub role: String,
    /// What is shown beside its buttons: ids of items; at least one.
    pub shows: Vec<String>,
}
