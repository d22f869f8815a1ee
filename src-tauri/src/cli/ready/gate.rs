//! `gate`, `gates`, `poll`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{AnswerPoll, CheckGate, DecidePoll, GateList, GetPoll, HoldPoll, ListGates, ResumePoll, WithdrawGate};
use quarterdeck_model::{
    Fault, Outcome,
    readiness::{GateRow, Poll, Statement, VerdictWord},
    system::Name,
};

use super::{passphrase, show};
use crate::cli::Door;

/// The exit code of a gate that is closed: refused.
const CLOSED: u8 = 3;

#[derive(Subcommand)]
pub enum PollVerb {
    /// Show the stations, what each said, and what is decided
    Show { copy: String },
    /// Say Go at a station, of what is shown now
    Go(AnswerArgs),
    /// Say No-go at a station; needs --text
    NoGo(AnswerArgs),
    /// Let the poll wait where it is
    Hold {
        copy: String,
        /// Why
        #[arg(long)]
        text: String,
    },
    /// Let it go on where it waits
    Resume { copy: String },
    /// Decide for all
    Decide {
        copy: String,
        #[arg(long, conflicts_with = "no_go", required_unless_present = "no_go")]
        go: bool,
        #[arg(long)]
        no_go: bool,
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        #[arg(long, default_value = "")]
        text: String,
    },
}

#[derive(Args)]
pub struct AnswerArgs {
    copy: String,
    station: String,
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    #[arg(long, default_value = "")]
    text: String,
}

/// Withdraws a gate; what was said is printed.
pub async fn withdraw(door: &Door, system: Name, gate: String, text: String) -> Outcome<ExitCode> {
    let withdrawn = format!("The gate {gate} of {system} is withdrawn. No copy knew it: the audit trail says so.");
    let said: Vec<Statement> = door.call("withdraw_gate", WithdrawGate { system, gate, text }).await?;
    door.answer(&said, |said| if said.is_empty() { withdrawn.clone() } else { show::statements(said) })
}

/// What a gate says; exit 0 only on Go.
pub async fn gate(door: &Door, system: Name, gate: String, waived: bool) -> Outcome<ExitCode> {
    let row: GateRow = door.call("check_gate", CheckGate { system, gate }).await?;
    door.answer(&row, show::gate)?;
    Ok(match row.verdict.word {
        VerdictWord::Go => ExitCode::SUCCESS,
        VerdictWord::Waived if waived => ExitCode::SUCCESS,
        VerdictWord::Waived | VerdictWord::NoGo => ExitCode::from(CLOSED),
    })
}

pub async fn gates(door: &Door, system: Option<Name>) -> Outcome<ExitCode> {
    let list: GateList = door.call("list_gates", ListGates { system }).await?;
    door.answer(&list, show::gates)
}

pub async fn poll(door: &Door, verb: PollVerb) -> Outcome<ExitCode> {
    let poll: Poll = match verb {
        PollVerb::Show { copy } => shown(door, copy).await?,
        PollVerb::Go(args) => answer(door, args, true).await?,
        PollVerb::NoGo(args) => answer(door, args, false).await?,
        PollVerb::Hold { copy, text } => door.call("hold_poll", HoldPoll { copy, text }).await?,
        PollVerb::Resume { copy } => door.call("resume_poll", ResumePoll { copy }).await?,
        PollVerb::Decide { copy, go, no_go: _, person, text } => {
            let poll = shown(door, copy.clone()).await?;
            crate::cli::note(&show::poll(&poll));
            let passphrase = passphrase(&format!("Passphrase of {person}"))?;
            door.call("decide_poll", DecidePoll { copy, go, text, shown: poll.shown, person, passphrase }).await?
        }
    };
    door.answer(&poll, show::poll)
}

/// Answers of what is shown: the station is printed first.
async fn answer(door: &Door, args: AnswerArgs, go: bool) -> Outcome<Poll> {
    let AnswerArgs { copy, station, person, text } = args;
    let poll = shown(door, copy.clone()).await?;
    let Some(asked) = poll.stations.iter().find(|one| one.id == station) else {
        let known: Vec<&str> = poll.stations.iter().map(|one| one.id.as_str()).collect();
        return Err(Fault::usage("no-such-station", format!("There is no station {station:?}."))
            .hint(format!("Name one of: {}.", known.join(", "))));
    };
    crate::cli::note(&show::station(&poll, asked));
    let shown = asked.shown.clone();
    let passphrase = passphrase(&format!("Passphrase of {person}"))?;
    door.call("answer_poll", AnswerPoll { copy, station, go, text, shown, person, passphrase }).await
}

async fn shown(door: &Door, copy: String) -> Outcome<Poll> {
    door.call("get_poll", GetPoll { copy }).await
}
