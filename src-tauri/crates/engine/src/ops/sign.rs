//! Statements: signatures, refusals, waivers, notes.

use quarterdeck_model::{
    Digest, Instant, Outcome, Role, WirePath,
    readiness::{Passphrase, Person, Statement},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Signs an item, or refuses it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SignItem {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// The item.
    pub item: String,
    /// Says no; then words are needed.
    #[serde(default)]
    pub refuse: bool,
    /// In which role.
    pub role: String,
    /// In which words; may be empty where it is signed.
    pub text: String,
    /// The digest of what was shown.
    pub shown: Digest,
    /// Who signs.
    pub person: String,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl Command for SignItem {
    const NAME: &str = "sign_item";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Signs an item of a checklist, or says no to it; names the digest of what was shown.";
    type Response = Statement;

    fn touches(&self) -> String {
        format!("{}/{}", self.copy, self.item)
    }

    fn perform(self, scope: &Scope) -> Outcome<Statement> {
        crate::readiness::sign_item(scope, &self)
    }
}

/// Takes a statement back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RevokeStatement {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// Which.
    pub number: u32,
    /// Why.
    pub text: String,
    /// Who signs.
    pub person: String,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl Command for RevokeStatement {
    const NAME: &str = "revoke_statement";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Revokes a statement with another one that says why.";
    type Response = Statement;

    fn touches(&self) -> String {
        format!("{}/{}", self.copy, self.number)
    }

    fn perform(self, scope: &Scope) -> Outcome<Statement> {
        crate::readiness::revoke_statement(scope, &self)
    }
}

/// Waives an item until a moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct WaiveItem {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// The item.
    pub item: String,
    /// True for an exemption; false where it does not apply.
    #[serde(default)]
    pub applies: bool,
    /// Why.
    pub text: String,
    /// Until when.
    pub until: Instant,
    /// Who signs.
    pub person: String,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl Command for WaiveItem {
    const NAME: &str = "waive_item";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Exempts an item, or says that it does not apply, until a moment and with a reason.";
    type Response = Statement;

    fn touches(&self) -> String {
        format!("{}/{}", self.copy, self.item)
    }

    fn perform(self, scope: &Scope) -> Outcome<Statement> {
        crate::readiness::waive_item(scope, &self)
    }
}

/// Remarks something.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NoteItem {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// The item.
    pub item: String,
    /// The remark.
    pub text: String,
    /// An address: `https://…`.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub link: Option<String>,
    /// A file, at most 10 MB; it is copied.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub file: Option<WirePath>,
}

impl Command for NoteItem {
    const NAME: &str = "note_item";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Adds a remark to an item, perhaps with a file or a link.";
    type Response = Statement;

    fn touches(&self) -> String {
        format!("{}/{}", self.copy, self.item)
    }

    fn perform(self, scope: &Scope) -> Outcome<Statement> {
        crate::readiness::note_item(scope, &self)
    }
}

/// Asks who can sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListPeople {}

impl Query for ListPeople {
    const NAME: &str = "list_people";
    const SUMMARY: &str = "Lists the people who can sign, and in which roles.";
    type Response = PeopleList;

    fn answer(self, scope: &Scope) -> Outcome<PeopleList> {
        crate::readiness::people(scope)
    }
}

/// People.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PeopleList {
    /// By name.
    pub people: Vec<Person>,
    /// When it was read.
    pub as_of: Instant,
}

/// Lets somebody sign.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AddPerson {
    /// As it is shown beside signatures.
    pub name: String,
    /// Ids of roles.
    pub roles: Vec<String>,
}

impl Command for AddPerson {
    const NAME: &str = "add_person";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Adds a person who can sign; answers with the one-time word that sets their passphrase.";
    type Response = OneTimeWord;

    fn touches(&self) -> String {
        self.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<OneTimeWord> {
        crate::readiness::add_person(scope, &self)
    }
}

/// What sets a first passphrase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct OneTimeWord {
    /// Whose.
    pub name: String,
    /// Shown once; works once.
    pub word: Passphrase,
    /// Until when it works.
    pub until: Instant,
}

/// Sets a passphrase.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetPassphrase {
    /// Whose.
    pub name: String,
    /// The present one, or the one-time word.
    pub present: Passphrase,
    /// The new one: at least ten characters.
    pub passphrase: Passphrase,
}

impl Command for SetPassphrase {
    const NAME: &str = "set_passphrase";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Sets a person's passphrase, with their present one or the one-time word.";
    type Response = ();

    fn touches(&self) -> String {
        self.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::readiness::set_passphrase(scope, &self)
    }
}

/// Changes somebody's roles, or makes a new one-time word.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetPerson {
    /// Whose.
    pub name: String,
    /// Ids of roles.
    pub roles: Vec<String>,
    /// Their passphrase no longer works; a new one-time word is made.
    #[serde(default)]
    pub forgotten: bool,
}

impl Command for SetPerson {
    const NAME: &str = "set_person";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Sets the roles of a person; where asked, also makes a new one-time word for a forgotten passphrase.";
    type Response = PersonChange;

    fn touches(&self) -> String {
        self.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<PersonChange> {
        crate::readiness::set_person(scope, &self)
    }
}

/// A changed person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PersonChange {
    /// As they are now.
    pub person: Person,
    /// Where one was made.
    pub word: Option<OneTimeWord>,
}

/// Somebody no longer signs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ForgetPerson {
    /// Who.
    pub name: String,
}

impl Command for ForgetPerson {
    const NAME: &str = "forget_person";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Removes a person; what they signed stays as it was said.";
    type Response = ();

    fn touches(&self) -> String {
        self.name.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        crate::readiness::forget_person(scope, &self)
    }
}
