//! `readiness`, `checklist`, `point`.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{
    CheckPoint, ChecklistList, CloseChecklist, GatherEvidence, Gathered, GetItem, GetReadiness, ListChecklists, NoteItem, OpenChecklist,
    PointAnswer, RevokeStatement, SignItem, WaiveItem,
};
use quarterdeck_model::{
    Clock, Outcome, SystemClock,
    readiness::{ChecklistCopy, EvidenceVerdict, ItemDetail, Readiness, Statement},
    system::Name,
};

use super::{passphrase, show, until};
use crate::cli::{Door, found, verbs::absolute, wait};

#[derive(Args)]
pub struct ChecklistArgs {
    #[command(subcommand)]
    verb: ChecklistVerb,
}

#[derive(Subcommand)]
enum ChecklistVerb {
    /// Open a copy for a release
    Open {
        system: Name,
        /// The file's name without its ending
        checklist: String,
        release: String,
    },
    /// Close a copy; how it stands is kept
    Close { copy: String },
    /// Show a copy: verdict, score, items
    Show { copy: String },
    /// Show one item: its evidence in full, and everything that was said of it
    Item { copy: String, item: String },
    /// Measure evidence again
    Gather {
        copy: String,
        /// Only these items
        items: Vec<String>,
    },
    /// Sign an item as it is shown now
    Sign(SignArgs),
    /// Say no to an item
    Refuse(SignArgs),
    /// Take a statement back
    Revoke {
        copy: String,
        /// Its number
        number: u32,
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        /// Why
        #[arg(long)]
        text: String,
    },
    /// Exempt an item until a moment, or say that it does not apply
    Waive {
        copy: String,
        item: String,
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        /// Why
        #[arg(long)]
        text: String,
        /// Until when: 7d, 2026-11-30, RFC 3339
        #[arg(long)]
        until: String,
        /// It does not apply at all
        #[arg(long)]
        not_applicable: bool,
    },
    /// Remark something, perhaps with a link or a file
    Note {
        copy: String,
        item: String,
        text: String,
        #[arg(long)]
        link: Option<String>,
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

#[derive(Args)]
struct SignArgs {
    copy: String,
    item: String,
    /// Who signs
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// In which role; the item's own where it is not given
    #[arg(long)]
    role: Option<String>,
    /// In which words
    #[arg(long, default_value = "")]
    text: String,
}

/// Lists copies.
pub async fn overview(door: &Door, system: Option<Name>) -> Outcome<ExitCode> {
    let list: ChecklistList = door.call("list_checklists", ListChecklists { system }).await?;
    door.answer(&list, show::checklists)
}

/// Measures one point, or lists all; exit 1 where one does not hold.
pub async fn point(door: &Door, system: Name, point: String) -> Outcome<ExitCode> {
    let answer: PointAnswer = door.call("check_point", CheckPoint { system, point }).await?;
    door.answer(&answer, show::points)?;
    Ok(found(answer.points.iter().any(|point| point.verdict.is_some_and(|verdict| verdict != EvidenceVerdict::Holds))))
}

pub async fn run(door: &Door, args: ChecklistArgs) -> Outcome<ExitCode> {
    match args.verb {
        ChecklistVerb::Open { system, checklist, release } => {
            let copy: ChecklistCopy = door.call("open_checklist", OpenChecklist { system, checklist, release }).await?;
            door.answer(&copy, show::opened)
        }
        ChecklistVerb::Close { copy } => {
            let copy: ChecklistCopy = door.call("close_checklist", CloseChecklist { copy }).await?;
            door.answer(&copy, show::copy)
        }
        ChecklistVerb::Show { copy } => {
            let readiness: Readiness = door.call("get_readiness", GetReadiness { copy }).await?;
            door.answer(&readiness, show::readiness)
        }
        ChecklistVerb::Item { copy, item } => {
            let detail: ItemDetail = door.call("get_item", GetItem { copy, item }).await?;
            door.answer(&detail, show::item)
        }
        ChecklistVerb::Gather { copy, items } => {
            let (_, gathered): (_, Gathered) = wait::run(door, "gather_evidence", GatherEvidence { copy, items }).await?;
            door.answer(&gathered, |gathered| gathered.sentence.clone())
        }
        ChecklistVerb::Sign(args) => sign(door, args, false).await,
        ChecklistVerb::Refuse(args) => sign(door, args, true).await,
        ChecklistVerb::Revoke { copy, number, person, text } => {
            let passphrase = passphrase(&format!("Passphrase of {person}"))?;
            said(door, "revoke_statement", RevokeStatement { copy, number, text, person, passphrase }).await
        }
        ChecklistVerb::Waive { copy, item, person, text, until: end, not_applicable } => {
            let until = until(&end, SystemClock.now())?;
            let passphrase = passphrase(&format!("Passphrase of {person}"))?;
            said(door, "waive_item", WaiveItem { copy, item, applies: !not_applicable, text, until, person, passphrase }).await
        }
        ChecklistVerb::Note { copy, item, text, link, file } => {
            let file = file.as_deref().map(absolute).transpose()?.map(Into::into);
            said(door, "note_item", NoteItem { copy, item, text, link, file }).await
        }
    }
}

/// Signs what is shown: the item is printed first, so that nobody signs what they have not seen.
async fn sign(door: &Door, args: SignArgs, refuse: bool) -> Outcome<ExitCode> {
    let SignArgs { copy, item, person, role, text } = args;
    let detail: ItemDetail = door.call("get_item", GetItem { copy: copy.clone(), item: item.clone() }).await?;
    crate::cli::note(&show::item(&detail));
    let role = role.or_else(|| detail.item.role.clone()).or_else(|| detail.item.owner.clone()).unwrap_or_default();
    let passphrase = passphrase(&format!("Passphrase of {person}"))?;
    said(door, "sign_item", SignItem { copy, item, refuse, role, text, shown: detail.item.shown, person, passphrase }).await
}

async fn said(door: &Door, operation: &str, request: impl serde::Serialize) -> Outcome<ExitCode> {
    let statement: Statement = door.call(operation, request).await?;
    door.answer(&statement, |statement| show::statements(std::slice::from_ref(statement)))
}
