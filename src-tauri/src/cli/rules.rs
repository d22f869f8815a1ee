//! Rules: how they are, what is wrong with their files, and their unit tests.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{CheckRules, ListRules, RuleList, TestRules};
use quarterdeck_model::{
    Outcome, WirePath,
    alert::{RuleCheck, RuleTests},
    system::Name,
};

use super::{Door, found, show_alerts as show, verbs::absolute};

#[derive(Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    verb: Option<RulesVerb>,
    /// Only those of this system
    #[arg(long, value_name = "SYSTEM")]
    system: Option<Name>,
}

#[derive(Subcommand)]
enum RulesVerb {
    /// Groups with how their rules are: firing, cannot fire, failed
    List,
    /// Read rule files, or folders of them, and list what is wrong
    Check {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Run unit tests of rules, as promtool does
    Test {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Lists, checks or tests.
pub async fn run(door: &Door, args: RulesArgs) -> Outcome<ExitCode> {
    match args.verb.unwrap_or(RulesVerb::List) {
        RulesVerb::List => {
            let list: RuleList = door.call("list_rules", ListRules { system: args.system }).await?;
            door.answer(&list, show::rules)
        }
        RulesVerb::Check { paths } => check(door, &paths).await,
        RulesVerb::Test { files } => {
            let tests: RuleTests = door.call("test_rules", TestRules { paths: wire(&files)? }).await?;
            door.answer(&tests, show::rule_tests)?;
            Ok(found(tests.failed.0 > 0))
        }
    }
}

/// Reads files of rules, routes or on-call duties, and lists what is wrong.
pub async fn check(door: &Door, paths: &[PathBuf]) -> Outcome<ExitCode> {
    let check: RuleCheck = door.call("check_rules", CheckRules { paths: wire(paths)? }).await?;
    door.answer(&check, show::rule_check)?;
    Ok(found(!check.findings.is_empty()))
}

fn wire(paths: &[PathBuf]) -> Outcome<Vec<WirePath>> {
    paths.iter().map(|path| absolute(path).map(WirePath)).collect()
}
