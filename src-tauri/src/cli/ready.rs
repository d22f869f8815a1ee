//! The verbs about readiness: checklists and what is said of them, gates and polls, people who sign, watches.

mod checklist;
mod gate;
mod people;
mod report;
mod show;
mod smoke;
mod validation;

use std::{
    io::{BufRead, IsTerminal},
    process::ExitCode,
};

use clap::Subcommand;
use quarterdeck_model::{Fault, Instant, Outcome, readiness::Passphrase, system::Name};

use self::{
    checklist::ChecklistArgs, gate::PollVerb, people::PeopleVerb, report::ReportArgs, smoke::SmokeVerb, validation::ValidationVerb,
};
use super::{Door, moment};

#[derive(Subcommand)]
pub enum ReadyVerb {
    /// Say how ready each release is: open checklists with verdict and score
    #[command(after_help = "Example:\n  quarterdeck readiness reputation")]
    Readiness {
        /// Only this system
        system: Option<Name>,
    },
    /// Open a checklist for a release, measure its evidence, sign it
    #[command(
        after_help = "Examples:\n  quarterdeck checklist open reputation release 3.4\n  quarterdeck checklist gather 7f3a\n  quarterdeck checklist show 7f3a\n  quarterdeck checklist sign 7f3a on-call --as 'Ada Lovelace' --role devops-lead"
    )]
    Checklist(ChecklistArgs),
    /// Say what a gate says: Go, Waived, or No-go with reasons
    #[command(
        after_help = "Exit codes: 0 on Go, 3 on No-go; a Go that rests on waivers is 3 as well, unless --waived is given.\n\nExamples:\n  quarterdeck gate reputation go-live\n  quarterdeck gate reputation go-live && deploy"
    )]
    Gate {
        system: Name,
        /// Its name in the checklist
        gate: String,
        /// A Go with waivers is good enough
        #[arg(long)]
        waived: bool,
    },
    /// List gates, what each protects, and what it says
    Gates {
        /// Only those of this system
        system: Option<Name>,
    },
    /// Say that a gate protects no more, once no file protects with it
    #[command(after_help = "Example:\n  quarterdeck withdraw-gate reputation migrate --reason 'releases are gated by the platform now'")]
    WithdrawGate {
        system: Name,
        /// Its name
        gate: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Ask the stations of a copy, hold, resume, decide
    #[command(
        after_help = "Examples:\n  quarterdeck poll show 7f3a\n  quarterdeck poll go 7f3a tech-lead --as 'Ada Lovelace'\n  quarterdeck poll no-go 7f3a qa-lead --as 'Grace Hopper' --text 'error rate 6.8 %'\n  quarterdeck poll decide 7f3a --go --as 'Margaret Hamilton'"
    )]
    Poll {
        #[command(subcommand)]
        verb: PollVerb,
    },
    /// Who signs: each with roles of checklists and a passphrase of their own
    #[command(
        after_help = "Passphrases are read from the terminal, or a line each from standard input.\n\nExamples:\n  quarterdeck people add 'Ada Lovelace' tech-lead dba\n  quarterdeck people passphrase 'Ada Lovelace'"
    )]
    People {
        #[command(subcommand)]
        verb: Option<PeopleVerb>,
    },
    /// Watch a system after a deployment: targets beside what was measured
    #[command(after_help = "Examples:\n  quarterdeck validation start reputation --release 3.4\n  quarterdeck validation show 7f3a")]
    Validation {
        #[command(subcommand)]
        verb: Option<ValidationVerb>,
    },
    /// Run smoke tests, or show how they went
    #[command(
        after_help = "Exit codes: 0 all passed, 1 something did not.\n\nExamples:\n  quarterdeck smoke run reputation\n  quarterdeck smoke run reputation --category core\n  quarterdeck smoke list reputation"
    )]
    Smoke {
        #[command(subcommand)]
        verb: SmokeVerb,
    },
    /// Write a report as PDF or HTML: readiness, validation, drill
    #[command(
        after_help = "Examples:\n  quarterdeck report readiness reputation --out readiness.pdf\n  quarterdeck report validation reputation --of 7f3a --out validation.html"
    )]
    Report(ReportArgs),
    /// Look at one built-in point now, or list all
    #[command(after_help = "Examples:\n  quarterdeck point reputation drill-age\n  quarterdeck point reputation list")]
    Point { system: Name, point: String },
}

pub async fn run(door: &Door, verb: ReadyVerb) -> Outcome<ExitCode> {
    match verb {
        ReadyVerb::Readiness { system } => checklist::overview(door, system).await,
        ReadyVerb::Checklist(args) => checklist::run(door, args).await,
        ReadyVerb::Gate { system, gate, waived } => gate::gate(door, system, gate, waived).await,
        ReadyVerb::Gates { system } => gate::gates(door, system).await,
        ReadyVerb::WithdrawGate { system, gate, reason } => gate::withdraw(door, system, gate, reason).await,
        ReadyVerb::Poll { verb } => gate::poll(door, verb).await,
        ReadyVerb::People { verb } => people::run(door, verb).await,
        ReadyVerb::Validation { verb } => validation::run(door, verb).await,
        ReadyVerb::Smoke { verb } => smoke::run(door, verb).await,
        ReadyVerb::Report(args) => report::run(door, args).await,
        ReadyVerb::Point { system, point } => checklist::point(door, system, point).await,
    }
}

/// Asks for what must not be seen: at a terminal without showing it, else as a line of standard input.
fn passphrase(what: &str) -> Outcome<Passphrase> {
    let failed = |error: std::io::Error| {
        Fault::failed("no-passphrase", format!("The {what} could not be read: {error}."))
            .hint("Type it at a terminal, or write it as a line to standard input.")
    };
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{what}: ")).map(Passphrase).map_err(failed);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(Passphrase(line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// A moment to come: `7d`, a date, or RFC 3339.
fn until(text: &str, now: Instant) -> Outcome<Instant> {
    match moment::duration(text) {
        Some(time) => {
            now.checked_add_signed(time).ok_or_else(|| Fault::usage("bad-moment", "That is too long.").hint("Write it as in 7d."))
        }
        None => moment::read(text, now),
    }
}
