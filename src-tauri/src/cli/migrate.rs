//! `quarterdeck migrate`: migrations of a registered database, or of any file with a folder beside it.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{
    AddSystem, AdoptMigrations, AdoptionPlan, ApplyMigrations, BackupReport, BackupSystem, GetDatabaseStats, LintMigrations, LintReport,
    ListMigrations, MigrationSource, MigrationsReport, NewFile, NewMigration, PlanAdoption, PlanMigrations, ReblessMigration,
    RehearseMigrations, ReportMigrations, ValidateDatabase,
};
use quarterdeck_model::{
    Fault, Outcome,
    migration::{
        DatabaseStats, Direction, LintMark, MigrationList, MigrationPlan, MigrationReport, MigrationState, MigrationWish, Rehearsal,
        Severity, StatementFailure, Tool, Validation, WayDown,
    },
    snapshot::Reason,
    system::{System, Target},
};

use super::{Door, found, from_value, note, show_migrate as show, verbs::absolute, wait};

#[derive(Args)]
pub struct MigrateArgs {
    #[command(subcommand)]
    verb: MigrateVerb,
}

/// Which database and which folder.
#[derive(Args)]
struct Place {
    /// A database file that need not be registered
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// The folder of migrations (default: the one that the definition names)
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,
}

/// What is run, and in which way.
#[derive(Args)]
struct Way {
    /// Commit each migration by itself
    #[arg(long)]
    each: bool,
    /// Apply migrations that come before the latest applied one
    #[arg(long)]
    out_of_order: bool,
    /// Accept an error that lint finds, for this run
    #[arg(long, value_name = "CODE")]
    accept_lint: Vec<String>,
}

/// What has to be said before a live database is changed.
#[derive(Args)]
struct Consent {
    /// The word that the plan asks for
    #[arg(long, value_name = "WORD")]
    confirm: Option<String>,
    /// In an emergency, go on although a gate is closed, and say why; takes an approver
    #[arg(long, value_name = "REASON")]
    without_gate: Option<String>,
    /// Let writers wait longer than 10 s while the safety image is read
    #[arg(long)]
    accept_stall: bool,
    /// Say what would happen; write nothing
    #[arg(long)]
    plan: bool,
}

#[derive(Subcommand)]
enum MigrateVerb {
    /// List every migration with what has become of it, and every file that is not used
    #[command(
        after_help = "Examples:\n  quarterdeck migrate list shop\n  quarterdeck migrate list --database app.db --migrations db/migrations"
    )]
    List {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
    },
    /// Say in one sentence where the database stands; exit code 1 where something is wrong
    #[command(after_help = "Example:\n  quarterdeck migrate status shop --fail-on-pending")]
    Status {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Exit with 1 where something is pending, too
        #[arg(long)]
        fail_on_pending: bool,
    },
    /// Say what an apply would do; write nothing
    #[command(after_help = "Example:\n  quarterdeck migrate plan shop --to 012")]
    Plan {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Up to this version, itself included
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        #[command(flatten)]
        way: Way,
    },
    /// Apply everything that is pending, with a safety image and a way back
    #[command(after_help = "Examples:\n  quarterdeck migrate apply shop\n  quarterdeck migrate apply shop --to 012 --confirm shop")]
    Apply {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Up to this version, itself included
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        #[command(flatten)]
        way: Way,
        #[command(flatten)]
        consent: Consent,
    },
    /// Apply one migration alone
    #[command(after_help = "Examples:\n  quarterdeck migrate apply-one shop 012\n  quarterdeck migrate apply-one shop 012_prices.sql")]
    ApplyOne {
        /// The version, or its file
        #[arg(value_names = ["SYSTEM", "VERSION"], num_args = 1..=2, required = true)]
        words: Vec<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        way: Way,
        #[command(flatten)]
        consent: Consent,
    },
    /// Take migrations back by their ways down
    #[command(after_help = "Examples:\n  quarterdeck migrate down shop\n  quarterdeck migrate down shop --to 010")]
    Down {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// So many (default: one)
        #[arg(long, value_name = "N", conflicts_with = "to")]
        steps: Option<u32>,
        /// Down to this version, which stays
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        #[command(flatten)]
        consent: Consent,
    },
    /// Run what is pending, and its ways down, on a copy
    #[command(
        after_help = "Exit code 1 says that a way up or down does not do what it should.\n\nExample:\n  quarterdeck migrate rehearse shop --snapshot latest"
    )]
    Rehearse {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Copy this snapshot instead of the live database
        #[arg(long, value_name = "SNAPSHOT")]
        snapshot: Option<String>,
        /// Up to this version, itself included
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        #[command(flatten)]
        way: Way,
        /// Let writers of a rollback-journal database wait longer than 10 s while it is copied
        #[arg(long)]
        accept_stall: bool,
    },
    /// Compare the live schema with what the files give from nothing; foreign keys, declared queries
    #[command(
        after_help = "Exit code 1 says that there is something to look at.\n\nExample:\n  quarterdeck migrate validate shop --integrity"
    )]
    Validate {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Run integrity_check too; it reads the whole database
        #[arg(long)]
        integrity: bool,
    },
    /// Say what is wrong with the files, where, why, and how to write it instead; runs nothing
    #[command(
        after_help = "Exit code 1 says that there is something to mend or to waive.\n\nExample:\n  quarterdeck migrate lint shop --all"
    )]
    Lint {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// All migrations, not only those that are not applied
        #[arg(long)]
        all: bool,
    },
    /// Take over another tool's history, or set a baseline; never writes to theirs
    #[command(after_help = "Examples:\n  quarterdeck migrate adopt shop --plan\n  quarterdeck migrate adopt shop --baseline 012")]
    Adopt {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Whose history, where several were found: goose, dbmate, flyway, …
        #[arg(long, value_parser = tool, conflicts_with = "baseline")]
        tool: Option<Tool>,
        /// Everything up to this version counts as applied
        #[arg(long, value_name = "VERSION")]
        baseline: Option<String>,
        /// Why, where history and files disagree; it stays in the ledger
        #[arg(long)]
        reason: Option<String>,
        /// Say which rows would be written; write nothing
        #[arg(long)]
        plan: bool,
    },
    /// Declare that a file as it is now is what was applied, or that it is gone for good
    #[command(after_help = "Example:\n  quarterdeck migrate rebless shop 007 --reason 'typing error in a default, never used'")]
    Rebless {
        /// The version, or its file
        #[arg(value_names = ["SYSTEM", "VERSION"], num_args = 1..=2, required = true)]
        words: Vec<String>,
        #[command(flatten)]
        place: Place,
        /// Why; it stays in the ledger
        #[arg(long)]
        reason: String,
    },
    /// Take a snapshot that is counted among those before a change
    #[command(after_help = "Example:\n  quarterdeck migrate backup shop")]
    Backup {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
    },
    /// Put everything about the migrations of a database on one page
    #[command(after_help = "Example:\n  quarterdeck migrate report shop --html shop-migrations.html")]
    Report {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
        /// Write it as a page into this file, which must not exist yet
        #[arg(long, value_name = "FILE.html")]
        html: Option<PathBuf>,
    },
    /// Say how many rows and bytes each table has, and which indexes
    #[command(after_help = "Example:\n  quarterdeck migrate stats shop")]
    Stats {
        target: Option<Target>,
        #[command(flatten)]
        place: Place,
    },
    /// Make the file of a new migration, named as the others are
    #[command(after_help = "Example:\n  quarterdeck migrate new shop 'add price to items'")]
    New {
        /// What it does, in words
        #[arg(value_names = ["SYSTEM", "NAME"], num_args = 1..=2, required = true)]
        words: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
}

pub async fn run(door: &Door, args: MigrateArgs) -> Outcome<ExitCode> {
    match args.verb {
        MigrateVerb::List { target, place } => {
            let list: MigrationList = door.call("list_migrations", ListMigrations { source: source(target, place)? }).await?;
            door.answer(&list, show::list)
        }
        MigrateVerb::Status { target, place, fail_on_pending } => status(door, source(target, place)?, fail_on_pending).await,
        MigrateVerb::Plan { target, place, to, way } => {
            let plan = plan(door, source(target, place)?, wish_to(to), &way).await?;
            door.answer(&plan, show::plan)
        }
        MigrateVerb::Apply { target, place, to, way, consent } => apply(door, source(target, place)?, wish_to(to), way, consent).await,
        MigrateVerb::ApplyOne { words, place, way, consent } => {
            let (source, version) = with_word(words, place)?;
            let version = version_of(door, &source, version).await?;
            apply(door, source, MigrationWish::One { version }, way, consent).await
        }
        MigrateVerb::Down { target, place, steps, to, consent } => {
            let way = Way { each: false, out_of_order: false, accept_lint: Vec::new() };
            apply(door, source(target, place)?, MigrationWish::Down { steps, to }, way, consent).await
        }
        MigrateVerb::Rehearse { target, place, snapshot, to, way, accept_stall } => {
            rehearse(door, source(target, place)?, wish_to(to), way, (snapshot, accept_stall)).await
        }
        MigrateVerb::Validate { target, place, integrity } => {
            let validation: Validation =
                door.call("validate_database", ValidateDatabase { source: source(target, place)?, integrity }).await?;
            door.answer(&validation, show::validation)?;
            Ok(found(validation.tone != quarterdeck_model::inspection::Tone::Ok))
        }
        MigrateVerb::Lint { target, place, all } => lint(door, source(target, place)?, all).await,
        MigrateVerb::Adopt { target, place, tool, baseline, reason, plan } => {
            adopt(door, source(target, place)?, (tool, baseline), reason, plan).await
        }
        MigrateVerb::Rebless { words, place, reason } => rebless(door, with_word(words, place)?, reason).await,
        MigrateVerb::Backup { target, place } => backup(door, source(target, place)?).await,
        MigrateVerb::Report { target, place, html } => report(door, source(target, place)?, html).await,
        MigrateVerb::Stats { target, place } => {
            let stats: DatabaseStats = door.call("get_database_stats", GetDatabaseStats { source: source(target, place)? }).await?;
            door.answer(&stats, show::stats)
        }
        MigrateVerb::New { words, place } => {
            let (source, name) = with_folder(words, place)?;
            let file: NewFile = door.call("new_migration", NewMigration { source, name }).await?;
            door.answer(&file, show::new_file)
        }
    }
}

async fn status(door: &Door, source: MigrationSource, fail_on_pending: bool) -> Outcome<ExitCode> {
    let list: MigrationList = door.call("list_migrations", ListMigrations { source }).await?;
    door.answer(&list, show::status)?;
    let wrong = |state| {
        use MigrationState::{Failed, Missing, Modified, OutOfOrder, Unknown};
        matches!(state, Modified | Missing | Failed | OutOfOrder | Unknown) || (fail_on_pending && state == MigrationState::Pending)
    };
    Ok(found(!list.problems.is_empty() || list.lines.iter().any(|line| wrong(line.state))))
}

async fn plan(door: &Door, source: MigrationSource, wish: MigrationWish, way: &Way) -> Outcome<MigrationPlan> {
    let Way { each, out_of_order, accept_lint } = way;
    let request = PlanMigrations { source, wish, each: *each, out_of_order: *out_of_order, accept_lint: accept_lint.clone() };
    door.call("plan_migrations", request).await
}

async fn apply(door: &Door, source: MigrationSource, wish: MigrationWish, way: Way, consent: Consent) -> Outcome<ExitCode> {
    let seen = plan(door, source.clone(), wish.clone(), &way).await?;
    if consent.plan || (seen.batches.is_empty() && seen.obstacles.is_empty()) {
        return door.answer(&seen, show::plan);
    }
    if let (None, Some(obstacle)) = (&seen.target, seen.obstacles.first()) {
        return Err(Fault::refused("plan-has-obstacles", obstacle.clone()).hint("Run quarterdeck migrate plan to see all of it."));
    }
    let (target, folder) = registered(door, &source).await?;
    let seen = match seen.target {
        Some(_) => seen,
        None => plan(door, MigrationSource::of(target.clone(), folder.clone()), wish.clone(), &way).await?,
    };
    if let (Some(word), None) = (&seen.confirm, &consent.confirm) {
        let what = if seen.direction == Direction::Up { "applies migrations to" } else { "takes migrations back from" };
        return Err(Fault::usage("confirmation-needed", format!("This {what} {}.", seen.database))
            .hint(format!("Add --confirm {word} to go on, or --plan to see what would happen.")));
    }
    let request = ApplyMigrations {
        target,
        folder,
        wish,
        each: way.each,
        out_of_order: way.out_of_order,
        accept_lint: way.accept_lint,
        plan: seen.digest,
        confirm: consent.confirm,
        accept_stall: consent.accept_stall,
        without_gate: consent.without_gate,
    };
    match wait::run::<MigrationReport>(door, "apply_migrations", request).await {
        Ok((job, report)) => door.answer(&report, |report| show::report(report, job)),
        Err(fault) => {
            if let (Some(failure), false) = (fault.facts.get("failure"), door.json) {
                note(&show::failure(&from_value::<StatementFailure>(failure.clone())?));
            }
            Err(fault)
        }
    }
}

async fn rehearse(
    door: &Door,
    source: MigrationSource,
    wish: MigrationWish,
    Way { each, out_of_order, .. }: Way,
    (snapshot, accept_stall): (Option<String>, bool),
) -> Outcome<ExitCode> {
    let (target, folder) = registered(door, &source).await?;
    let request = RehearseMigrations { target, folder, wish, each, out_of_order, snapshot, accept_stall };
    let (_, rehearsal): (_, Rehearsal) = wait::run(door, "rehearse_migrations", request).await?;
    door.answer(&rehearsal, show::rehearsal)?;
    Ok(found(falls_short(&rehearsal)))
}

async fn lint(door: &Door, source: MigrationSource, all: bool) -> Outcome<ExitCode> {
    let lint: LintReport = door.call("lint_migrations", LintMigrations { source, all }).await?;
    door.answer(&lint, show::lint)?;
    let counts = |mark: &LintMark| mark.waived.is_none() && mark.severity != Severity::Note;
    Ok(found(lint.marks.iter().any(counts) || !lint.problems.is_empty()))
}

async fn rebless(door: &Door, (source, word): (MigrationSource, String), reason: String) -> Outcome<ExitCode> {
    let version = version_of(door, &source, word).await?;
    let (target, folder) = registered(door, &source).await?;
    let list: MigrationList = door.call("rebless_migration", ReblessMigration { target, folder, version, reason }).await?;
    door.answer(&list, show::list)
}

async fn backup(door: &Door, source: MigrationSource) -> Outcome<ExitCode> {
    let (target, _) = registered(door, &source).await?;
    let reason = Some(Reason::BeforeChange);
    let request = BackupSystem { system: target.system, label: None, reason, plan: None, accept_stall: false };
    let (_, report): (_, BackupReport) = wait::run(door, "backup_system", request).await?;
    door.answer(&report, super::show::backup)
}

async fn adopt(
    door: &Door,
    source: MigrationSource,
    (tool, baseline): (Option<Tool>, Option<String>),
    reason: Option<String>,
    only_plan: bool,
) -> Outcome<ExitCode> {
    if only_plan {
        let plan: AdoptionPlan = door.call("plan_adoption", PlanAdoption { source, tool, baseline }).await?;
        return door.answer(&plan, show::adoption);
    }
    let (target, folder) = registered(door, &source).await?;
    let request = PlanAdoption { source: MigrationSource::of(target.clone(), folder.clone()), tool, baseline: baseline.clone() };
    let plan: AdoptionPlan = door.call("plan_adoption", request).await?;
    let request = AdoptMigrations { target, folder, tool, baseline, plan: plan.digest, reason };
    let list: MigrationList = door.call("adopt_migrations", request).await?;
    door.answer(&list, show::list)
}

async fn report(door: &Door, source: MigrationSource, html: Option<PathBuf>) -> Outcome<ExitCode> {
    let report: MigrationsReport = door.call("report_migrations", ReportMigrations { source }).await?;
    let Some(file) = html else { return door.answer(&report, show::whole) };
    let file = absolute(&file)?;
    quarterdeck_engine::chart::save(&file, &report.html)?;
    door.answer(&serde_json::json!({ "file": file, "evidence": report.evidence }), |_| format!("{} holds the report.", file.display()))
}

/// The registered target of a source. A lone file is registered first: its safety image and its way back need a place.
async fn registered(door: &Door, source: &MigrationSource) -> Outcome<(Target, Option<quarterdeck_model::WirePath>)> {
    let folder = source.folder.clone();
    if let Some(target) = &source.target {
        return Ok((target.clone(), folder));
    }
    let list: MigrationList = door.call("list_migrations", ListMigrations { source: source.clone() }).await?;
    if let Some(target) = list.target {
        return Ok((target, folder));
    }
    let system: System = door.call("add_system", AddSystem { path: list.database.clone(), name: None, environment: None }).await?;
    note(&format!("{} is registered as the system {}: its way back needs a place.", list.database, system.name));
    Ok((Target { system: system.name, component: None }, folder))
}

/// The version that is meant by a version or by the name of a file.
async fn version_of(door: &Door, source: &MigrationSource, word: String) -> Outcome<String> {
    let Some(file) = word.ends_with(".sql").then(|| word.rsplit('/').next()).flatten() else { return Ok(word) };
    let list: MigrationList = door.call("list_migrations", ListMigrations { source: source.clone() }).await?;
    let has = |name: &String| name == &word || name.rsplit('/').next() == Some(file);
    let line = list.lines.into_iter().find(|line| line.files.iter().any(has));
    line.map(|line| line.version).ok_or_else(|| {
        Fault::usage("file-missing", format!("No migration in {} has the file {word}.", list.folder))
            .hint("Run quarterdeck migrate list to see them all.")
    })
}

/// True where a way up failed, or a way down does not lead back.
fn falls_short(rehearsal: &Rehearsal) -> bool {
    let bad = |down: &WayDown| matches!(down, WayDown::NotBack { .. } | WayDown::Failed { .. });
    rehearsal.failure.is_some()
        || !rehearsal.integrity.is_empty()
        || !rehearsal.foreign_keys.is_empty()
        || rehearsal.steps.iter().any(|step| bad(&step.down))
}

fn wish_to(to: Option<String>) -> MigrationWish {
    to.map_or(MigrationWish::All, |version| MigrationWish::To { version })
}

fn source(target: Option<Target>, place: Place) -> Outcome<MigrationSource> {
    let whole = |path: Option<PathBuf>| path.map(|path| absolute(&path).map(Into::into)).transpose();
    match (&target, &place.database) {
        (Some(_), Some(_)) => Err(Fault::usage("bad-source", "A system and a database file were both named.").hint("Name one of the two.")),
        (None, None) => Err(Fault::usage("bad-source", "No database was named.")
            .hint("Name a system, or a file with --database FILE and its folder with --migrations DIR.")),
        _ => Ok(MigrationSource { target, database: whole(place.database)?, folder: whole(place.migrations)? }),
    }
}

/// `[SYSTEM] WORD`.
fn with_word(mut words: Vec<String>, place: Place) -> Outcome<(MigrationSource, String)> {
    let word = words.pop().unwrap_or_default();
    let target = words.pop().map(|text| text.parse()).transpose()?;
    Ok((source(target, place)?, word))
}

/// The same where a folder alone suffices.
fn with_folder(words: Vec<String>, place: Place) -> Outcome<(MigrationSource, String)> {
    match (words.as_slice(), &place.database, &place.migrations) {
        ([name], None, Some(folder)) => {
            Ok((MigrationSource { folder: Some(absolute(folder)?.into()), ..MigrationSource::default() }, name.clone()))
        }
        _ => with_word(words, place),
    }
}

fn tool(text: &str) -> Outcome<Tool> {
    from_value(serde_json::Value::from(text)).map_err(|_| {
        Fault::usage("unknown-tool", format!("{text:?} is no tool whose history can be read.")).hint("Write it as in: --tool goose")
    })
}
