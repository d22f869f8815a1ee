//! `smoke`.

use std::process::ExitCode;

use clap::Subcommand;
use quarterdeck_engine::ops::{GetSmokeCase, ListSmoke, RunSmoke, SmokeCaseDetail, SmokeList};
use quarterdeck_model::{Outcome, readiness::SmokeRun, system::Name};

use super::show;
use crate::cli::{Door, found, wait};

#[derive(Subcommand)]
pub enum SmokeVerb {
    /// Run them: all, one suite, one category or one case; exit code 0 where every one that is meant was asked and passed
    Run {
        system: Name,
        #[arg(long)]
        suite: Option<String>,
        #[arg(long)]
        category: Option<String>,
        #[arg(long)]
        case: Option<String>,
    },
    /// How each went last
    List {
        /// Only those of this system
        system: Option<Name>,
    },
    /// One smoke test, with its newest results
    Show { system: Name, suite: String, case: String },
}

pub async fn run(door: &Door, verb: SmokeVerb) -> Outcome<ExitCode> {
    match verb {
        SmokeVerb::Run { system, suite, category, case } => {
            let (_, run): (_, SmokeRun) = wait::run(door, "run_smoke", RunSmoke { system, suite, category, case }).await?;
            door.answer(&run, show::smoke_run)?;
            Ok(found(run.failed.0 > 0 || run.skipped.0 > 0 || run.unreadable.0 > 0))
        }
        SmokeVerb::List { system } => {
            let list: SmokeList = door.call("list_smoke", ListSmoke { system }).await?;
            door.answer(&list, show::smoke)
        }
        SmokeVerb::Show { system, suite, case } => {
            let detail: SmokeCaseDetail = door.call("get_smoke_case", GetSmokeCase { system, suite, case }).await?;
            door.answer(&detail, show::smoke_case)
        }
    }
}
