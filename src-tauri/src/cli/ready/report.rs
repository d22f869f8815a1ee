//! `report`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use quarterdeck_engine::ops::{SaveReport, SavedReport};
use quarterdeck_model::{Fault, Outcome, readiness::ReportKind, system::Name};

use crate::cli::Door;

#[derive(Args)]
pub struct ReportArgs {
    /// readiness, validation, drill, migration or monthly
    #[arg(value_parser = kind)]
    kind: ReportKind,
    system: Name,
    /// Which copy, watch, drill or run of migrations (its job's number), or month (2026-11); the newest where it is not given
    #[arg(long, value_name = "WHICH")]
    of: Option<String>,
    /// The file, ending in .pdf or .html
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    replace: bool,
}

pub async fn run(door: &Door, args: ReportArgs) -> Outcome<ExitCode> {
    let ReportArgs { kind, system, of, out, replace } = args;
    let out = std::path::absolute(&out)
        .map_err(|error| Fault::usage("bad-path", format!("{} is no path: {error}.", out.display())).hint("Name a file."))?;
    let asked = SaveReport { kind, system, subject: of, form: None, file: out.into(), replace };
    let saved: SavedReport = door.call("save_report", asked).await?;
    door.answer(&saved, |saved| format!("{} is written, {}. SHA-256 {}", saved.file, saved.size, saved.digest))
}

fn kind(text: &str) -> Result<ReportKind, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|_| "write readiness, validation, drill, migration or monthly".to_owned())
}
