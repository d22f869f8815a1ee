//! `validation`.

use std::process::ExitCode;

use clap::Subcommand;
use quarterdeck_engine::ops::{GetValidation, ListValidations, StartValidation, StopValidation, ValidationList};
use quarterdeck_model::{
    Clock, Fault, Millis, Outcome, SystemClock,
    readiness::{RowVerdict, Validation},
    system::Name,
};

use super::show;
use crate::cli::{Door, found, moment};

#[derive(Subcommand)]
pub enum ValidationVerb {
    /// Watches, newest first
    List {
        /// Only those of this system
        system: Option<Name>,
    },
    /// Begin a watch
    Start {
        system: Name,
        #[arg(long)]
        release: Option<String>,
        /// How long, as in 48h (default: what validation.yml says)
        #[arg(long = "for", value_name = "TIME")]
        length: Option<String>,
        /// From when, such as 2h (ago)
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Targets beside what was measured so far; exit 1 unless all are kept
    Show { id: String },
    /// End a watch now; its figures are kept
    Stop { id: String },
}

pub async fn run(door: &Door, verb: Option<ValidationVerb>) -> Outcome<ExitCode> {
    let watch: Validation = match verb.unwrap_or(ValidationVerb::List { system: None }) {
        ValidationVerb::List { system } => {
            let list: ValidationList = door.call("list_validations", ListValidations { system }).await?;
            return door.answer(&list, show::validations);
        }
        ValidationVerb::Start { system, release, length, from } => {
            let from = from.map(|from| moment::read(&from, SystemClock.now())).transpose()?;
            let length = length.map(|text| span(&text)).transpose()?;
            let watch: Validation = door.call("start_validation", StartValidation { system, release, length, from }).await?;
            return door.answer(&watch, show::validation);
        }
        ValidationVerb::Show { id } => door.call("get_validation", GetValidation { id }).await?,
        ValidationVerb::Stop { id } => door.call("stop_validation", StopValidation { id }).await?,
    };
    door.answer(&watch, show::validation)?;
    Ok(found(watch.verdict != RowVerdict::Holds))
}

fn span(text: &str) -> Outcome<Millis> {
    let time = moment::duration(text).and_then(|time| u64::try_from(time.num_milliseconds()).ok());
    time.map(Millis).ok_or_else(|| Fault::usage("bad-time", format!("{text:?} is no length of time.")).hint("Write it as in 48h."))
}
