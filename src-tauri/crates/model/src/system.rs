//! What is administered.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Fault, Instant, Millis, Outcome, WirePath};

/// The name of a system or component: 1 to 63 characters, lowercase letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct Name(String);

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest valid name to a file's stem, e.g. `shop` for `My Shop.db` → `my-shop`.
    pub fn from_file_stem(stem: &str) -> Self {
        let mut out: String = stem
            .chars()
            .map(|c| c.to_ascii_lowercase())
            .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c) { c } else { '-' })
            .collect();
        out = out.trim_matches(|c: char| "._-".contains(c)).chars().take(63).collect();
        Self(if out.is_empty() { "database".to_owned() } else { out })
    }
}

impl TryFrom<String> for Name {
    type Error = Fault;

    fn try_from(text: String) -> Outcome<Self> {
        let first = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
        if first && rest && text.len() <= 63 {
            return Ok(Self(text));
        }
        Err(Fault::usage("bad-name", format!("{text:?} cannot be the name of a system or component."))
            .hint("Use 1 to 63 lowercase letters, digits, dots, dashes or underscores, beginning with a letter or digit."))
    }
}

impl FromStr for Name {
    type Err = Fault;

    fn from_str(text: &str) -> Outcome<Self> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `SYSTEM` or `SYSTEM/COMPONENT`, as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct Target {
    /// The system.
    pub system: Name,
    /// One component of it; absent where the system has only one.
    pub component: Option<Name>,
}

impl Target {
    /// The word that a destructive question asks for: the component's name where one is named, else the system's.
    pub fn confirmation(&self) -> &Name {
        self.component.as_ref().unwrap_or(&self.system)
    }
}

impl TryFrom<String> for Target {
    type Error = Fault;

    fn try_from(text: String) -> Outcome<Self> {
        let (system, component) = match text.split_once('/') {
            Some((system, component)) => (system, Some(component.parse()?)),
            None => (text.as_str(), None),
        };
        Ok(Self { system: system.parse()?, component })
    }
}

impl FromStr for Target {
    type Err = Fault;

    fn from_str(text: &str) -> Outcome<Self> {
        text.to_owned().try_into()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.component {
            Some(component) => write!(f, "{}/{component}", self.system),
            None => write!(f, "{}", self.system),
        }
    }
}

/// An instance of a system; the later one is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Environment {
    /// Where nothing is lost but time.
    Development,
    /// Where things are tried.
    Staging,
    /// Where people depend on it.
    Production,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        })
    }
}

impl FromStr for Environment {
    type Err = Fault;

    fn from_str(text: &str) -> Outcome<Self> {
        match text {
            "development" => Ok(Self::Development),
            "staging" => Ok(Self::Staging),
            "production" => Ok(Self::Production),
            _ => Err(Fault::usage("unknown-environment", format!("There is no environment {text:?}."))
                .hint("Name one of: development, staging, production.")),
        }
    }
}

/// A system as registered in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct System {
    /// Its name, unique in the store.
    pub name: Name,
    /// Which instance this is.
    pub environment: Environment,
    /// Who answers for it, where the definition says so.
    pub owner: Option<String>,
    /// The folder with `quarterdeck.yaml`; absent for a lone file.
    pub folder: Option<WirePath>,
    /// What it is made of, in the definition's order.
    pub components: Vec<Component>,
    /// What was promised.
    pub objectives: Vec<Objective>,
    /// Where its snapshots live (a folder).
    pub repository: WirePath,
    /// Where the repository's password is found (`file:PATH` or `env:VARIABLE`); absent for a file that the engine keeps.
    pub password: Option<String>,
    /// When it was added.
    pub added_at: Instant,
}

impl System {
    /// The components that are databases. Nothing but these may be opened as one.
    pub fn databases(&self) -> impl Iterator<Item = &Component> + Clone {
        self.components.iter().filter(|component| component.kind == ComponentKind::Sqlite)
    }

    /// The components that are directories.
    pub fn directories(&self) -> impl Iterator<Item = &Component> + Clone {
        self.components.iter().filter(|component| component.kind == ComponentKind::Directory)
    }

    /// The strictest recovery time that was promised for any scenario.
    pub fn rto(&self) -> Option<Millis> {
        self.objectives.iter().map(|objective| objective.rto).filter(|time| time.0 > 0).min()
    }

    /// The strictest recovery point that was promised for any scenario.
    pub fn rpo(&self) -> Option<Millis> {
        self.objectives.iter().map(|objective| objective.rpo).filter(|time| time.0 > 0).min()
    }
}

/// One database or directory of a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Component {
    /// Ours, never reused: sixteen hexadecimal figures.
    pub id: String,
    /// Its name, unique in the system.
    pub name: Name,
    /// The database file or the directory, absolute, symbolic links resolved.
    pub path: WirePath,
    /// What lies there.
    #[serde(default)]
    pub kind: ComponentKind,
}

/// What a component is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ComponentKind {
    /// An SQLite database.
    #[default]
    Sqlite,
    /// A folder with files that are no databases of their own, e.g. a search index.
    Directory,
}

/// What was promised for a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Objective {
    /// The scenario, e.g. `database corruption`.
    pub scenario: String,
    /// Recovery time objective: how long it may take to be back.
    pub rto: Millis,
    /// Recovery point objective: how much of the past may be lost.
    pub rpo: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_targets_are_strict_and_files_find_a_name() {
        for bad in ["", "Shop", "-shop", "shop/", "a b", "../x"] {
            assert!(Name::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        let target: Target = "reputation/main".parse().unwrap();
        assert_eq!(target.confirmation().as_str(), "main");
        assert_eq!("shop".parse::<Target>().unwrap().confirmation().as_str(), "shop");
        assert!("shop/".parse::<Target>().is_err());
        assert_eq!(Name::from_file_stem("My Shop (2)").as_str(), "my-shop--2");
        assert_eq!(Name::from_file_stem("…").as_str(), "database");
    }
}

/// One thing that is wrong in a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DefinitionFinding {
    /// The file.
    pub file: WirePath,
    /// Line, counted from 1.
    pub line: u32,
    /// Column, counted from 1, in characters.
    pub column: u32,
    /// What, naming the key.
    pub message: String,
    /// What to do, in the imperative.
    pub hint: String,
}
