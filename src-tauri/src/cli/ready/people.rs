//! `people`.

use std::process::ExitCode;

use clap::Subcommand;
use quarterdeck_engine::ops::{AddPerson, ForgetPerson, ListPeople, OneTimeWord, PeopleList, PersonChange, SetPassphrase, SetPerson};
use quarterdeck_model::{Fault, Outcome};

use super::{passphrase, show};
use crate::cli::{Door, show::time};

#[derive(Subcommand)]
pub enum PeopleVerb {
    /// Who can sign, in which roles
    List,
    /// Let somebody sign; prints the one-time word that sets their passphrase
    Add {
        name: String,
        /// Ids of roles in checklists, such as tech-lead
        #[arg(required = true)]
        roles: Vec<String>,
    },
    /// Set somebody's roles
    Roles {
        name: String,
        #[arg(required = true)]
        roles: Vec<String>,
        /// Their passphrase is forgotten: make a new one-time word
        #[arg(long)]
        forgotten: bool,
    },
    /// Set your own passphrase, with the present one or the one-time word
    Passphrase { name: String },
    /// Somebody no longer signs; what they signed stays
    Forget { name: String },
}

pub async fn run(door: &Door, verb: Option<PeopleVerb>) -> Outcome<ExitCode> {
    match verb.unwrap_or(PeopleVerb::List) {
        PeopleVerb::List => {
            let list: PeopleList = door.call("list_people", ListPeople {}).await?;
            door.answer(&list, |list| show::people(&list.people))
        }
        PeopleVerb::Add { name, roles } => {
            let word: OneTimeWord = door.call("add_person", AddPerson { name, roles }).await?;
            door.answer(&word, once)
        }
        PeopleVerb::Roles { name, roles, forgotten } => {
            let change: PersonChange = door.call("set_person", SetPerson { name, roles, forgotten }).await?;
            door.answer(&change, |change| {
                let word = change.word.as_ref().map(once).unwrap_or_default();
                format!("{}{word}", show::people(std::slice::from_ref(&change.person)))
            })
        }
        PeopleVerb::Passphrase { name } => set(door, name).await,
        PeopleVerb::Forget { name } => {
            door.call::<()>("forget_person", ForgetPerson { name: name.clone() }).await?;
            door.answer(&serde_json::json!({ "forgotten": name }), |_| format!("{name} no longer signs. What they signed stays."))
        }
    }
}

async fn set(door: &Door, name: String) -> Outcome<ExitCode> {
    let present = passphrase("Present passphrase, or the one-time word")?;
    let new = passphrase("New passphrase")?;
    if passphrase("New passphrase again")? != new {
        return Err(Fault::usage("passphrases-differ", "The two new passphrases differ.").hint("Type the same one twice."));
    }
    door.call::<()>("set_passphrase", SetPassphrase { name: name.clone(), present, passphrase: new }).await?;
    door.answer(&serde_json::json!({ "set": name }), |_| format!("The passphrase of {name} is set."))
}

fn once(word: &OneTimeWord) -> String {
    format!(
        "One-time word of {}, shown only here: {}\nIt sets their passphrase until {}: quarterdeck people passphrase {:?}",
        word.name,
        word.word.0,
        time(word.until),
        word.name
    )
}
