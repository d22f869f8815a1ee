//! Routes: who is told what, tried and drilled; who is on call.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{ListOncall, ListRoutes, NoticeAnswers, OncallList, RouteList, RunFireDrill, TestReceiver, TestRoute};
use quarterdeck_model::{
    Clock, Fault, Outcome, SystemClock,
    alert::{NoticeState, RouteTest},
};

use super::{Door, found, moment, rules, show_alerts as show};

#[derive(Args)]
pub struct RoutesArgs {
    #[command(subcommand)]
    verb: Option<RoutesVerb>,
}

#[derive(Subcommand)]
enum RoutesVerb {
    /// The tree of each configuration, receivers, and how their newest messages went
    List,
    /// Say who would be told of an alert with these labels, when, and why
    Test {
        /// Labels, as in severity=critical
        labels: Vec<String>,
        /// Of this configuration: a system, home or built-in (default: where the labels lead)
        #[arg(long)]
        router: Option<String>,
        /// At this moment (default: now)
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Read a notify.yml or oncall.yml, and list what is wrong
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Send a marked test message by each channel of a receiver
    SendTest {
        receiver: String,
        /// Of this configuration: a system, home or built-in
        #[arg(long, default_value = "home")]
        router: String,
    },
    /// Send a marked alert with these labels all the way, and say what was answered
    Drill {
        /// Labels, as in severity=critical
        labels: Vec<String>,
        /// By this configuration (default: where the labels lead)
        #[arg(long)]
        router: Option<String>,
    },
}

/// Lists, tests, tries or drills.
pub async fn run(door: &Door, args: RoutesArgs) -> Outcome<ExitCode> {
    match args.verb.unwrap_or(RoutesVerb::List) {
        RoutesVerb::List => {
            let list: RouteList = door.call("list_routes", ListRoutes {}).await?;
            door.answer(&list, show::routes)
        }
        RoutesVerb::Test { labels: written, router, at } => {
            let at = at.map(|at| moment::read(&at, SystemClock.now())).transpose()?;
            let test: RouteTest = door.call("test_route", TestRoute { router, labels: labels(&written)?, at }).await?;
            door.answer(&test, show::route_test)
        }
        RoutesVerb::Check { files } => rules::check(door, &files).await,
        RoutesVerb::SendTest { receiver, router } => {
            let answers: NoticeAnswers = door.call("test_receiver", TestReceiver { router, receiver }).await?;
            answered(door, &answers)
        }
        RoutesVerb::Drill { labels: written, router } => {
            let answers: NoticeAnswers = door.call("run_fire_drill", RunFireDrill { router, labels: labels(&written)? }).await?;
            answered(door, &answers)
        }
    }
}

/// Lists contacts, rotas and ladders.
pub async fn oncall(door: &Door) -> Outcome<ExitCode> {
    let list: OncallList = door.call("list_oncall", ListOncall {}).await?;
    door.answer(&list, show::oncall)
}

fn answered(door: &Door, answers: &NoticeAnswers) -> Outcome<ExitCode> {
    door.answer(answers, |answers| show::notices(&answers.notices))?;
    Ok(found(answers.notices.iter().any(|notice| notice.state != NoticeState::Sent)))
}

/// By name.
type Labels = BTreeMap<String, String>;

/// `name=value`; the value may be between quotes.
fn labels(written: &[String]) -> Outcome<Labels> {
    let read = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| Fault::usage("bad-label", format!("{text:?} is no label.")).hint("Write it as in severity=critical."))?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Ok((name.trim().to_owned(), value.to_owned()))
    };
    written.iter().map(read).collect()
}
