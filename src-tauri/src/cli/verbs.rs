//! One function for each verb: what it asks of the engine, and in which order.

use std::process::ExitCode;

use quarterdeck_engine::ops::{
    AddSystem, AuditVerdict, BackupPlan, BackupReport, BackupSystem, CancelJob, CheckDefinition, CreateRecoveryKit, DefinitionReport,
    DrawDrills, DrillChart, DrillList, DrillSystem, ForgetSystem, GetJob, GetOverview, Grant, GrantRole, InspectFile, ListAudit,
    ListDrills, ListJobs, ListRoles, ListSnapshots, Overview, PlanBackup, PlanRestore, PlanUndo, RecoveryKit, RestoreComponent, RevokeRole,
    SnapshotList, UndoRestore, VerifyAudit,
};
use quarterdeck_link::Link;
use quarterdeck_model::{
    Fault, Job, JobId, Outcome, SystemClock,
    audit::AuditLine,
    drill::DrillReport,
    inspection::{Depth, Inspection},
    restore::{Destination, RestorePlan, RestoreReport},
    system::{Name, System, Target},
};

use super::{
    Door,
    args::{AuditVerb, ExampleVerb, JobsVerb, RestoreArgs, RolesVerb, Verb},
    care, example, found, measured, migrate, note, print, ready, retention, show, to_value, wait,
};

pub async fn run(door: &Door, verb: Verb) -> Outcome<ExitCode> {
    match verb {
        Verb::Add { path, name, environment } => {
            let system: System = door.call("add_system", AddSystem { path: path.into(), name, environment }).await?;
            door.answer(&system, show::added)
        }
        Verb::Systems => {
            let overview: Overview = door.call("get_overview", GetOverview {}).await?;
            door.answer(&overview, show::overview)
        }
        Verb::Remove { system } => remove(door, system).await,
        Verb::Inspect { file, glance } => {
            let depth = if glance { Depth::Glance } else { Depth::Full };
            let inspection: Inspection = door.call("inspect_file", InspectFile { path: file.into(), depth }).await?;
            door.answer(&inspection, show::inspection)
        }
        Verb::Check { folder } => {
            let report: DefinitionReport = door.call("check_definition", CheckDefinition { folder: folder.into() }).await?;
            door.answer(&report, show::definition)?;
            Ok(found(!report.findings.is_empty()))
        }
        Verb::Backup { system, label, accept_stall, plan } => backup(door, system, label, accept_stall, plan).await,
        Verb::Migrate(args) => migrate::run(door, args).await,
        Verb::Snapshots { system } => {
            let list: SnapshotList = door.call("list_snapshots", ListSnapshots { system }).await?;
            door.answer(&list, show::snapshots)
        }
        Verb::Prove { system, snapshot } => care::prove(door, system, snapshot).await,
        Verb::Merge { system } => care::merge(door, system).await,
        Verb::Maintain { system } => care::maintain(door, system).await,
        Verb::Drill { target, snapshot } => drill(door, target, snapshot).await,
        Verb::Drills { system, chart } => drills(door, system, chart).await,
        Verb::Keep(args) => retention::keep(door, args).await,
        Verb::Forget(args) => retention::forget(door, args).await,
        Verb::Pin(args) => retention::pin(door, args).await,
        Verb::Unpin { system, snapshot } => retention::unpin(door, system, snapshot).await,
        Verb::Prune { system, seconds } => retention::prune(door, system, seconds).await,
        Verb::RecoveryKit { system, file } => {
            let kit: RecoveryKit = door.call("create_recovery_kit", CreateRecoveryKit { system, file: absolute(&file)?.into() }).await?;
            door.answer(&kit, |kit| format!("{} holds a second key. Print it or file it away, where this machine is not.", kit.file))
        }
        Verb::Repository { system } => care::repository(door, system).await,
        Verb::CheckRepository { system, read } => care::check(door, system, &read).await,
        Verb::Repair { system, plan } => care::repair(door, system, plan).await,
        Verb::Restore(args) => restore(door, args).await,
        Verb::Undo { job, plan, confirm } => undo(door, JobId(job), plan, confirm).await,
        Verb::Schedule { system, verb } => super::schedule::run(door, system, verb).await,
        Verb::Measured(verb) => measured::run(door, verb).await,
        Verb::Ready(verb) => ready::run(door, verb).await,
        Verb::Jobs { verb } => jobs(door, verb).await,
        Verb::Roles { verb } => roles(door, verb).await,
        Verb::Audit { verb } => audit(door, verb).await,
        Verb::Call { operation, request } => call(door, &operation, &request).await,
        Verb::Example { verb } => of_example(door, verb).await,
        Verb::Completions { .. } | Verb::Agent { .. } => Ok(ExitCode::SUCCESS), // answered before a door was opened
    }
}

async fn remove(door: &Door, system: Name) -> Outcome<ExitCode> {
    door.call::<()>("forget_system", ForgetSystem { system: system.clone() }).await?;
    door.answer(&serde_json::json!({ "removed": system }), |_| {
        format!("{system} is off the list. Its database, snapshots and key are where they were.")
    })
}

async fn backup(door: &Door, system: Name, label: Option<String>, accept_stall: bool, only_plan: bool) -> Outcome<ExitCode> {
    let plan: BackupPlan = door.call("plan_backup", PlanBackup { system: system.clone() }).await?;
    if only_plan {
        return door.answer(&plan, show::backup_plan);
    }
    let request = BackupSystem { system, label, reason: None, plan: Some(plan.digest), accept_stall };
    let (_, report): (JobId, BackupReport) = wait::run(door, "backup_system", request).await?;
    door.answer(&report, show::backup)
}

/// A drill that failed is an answer, with the exit code of findings.
async fn drill(door: &Door, target: Target, snapshot: Option<String>) -> Outcome<ExitCode> {
    let system = target.system.clone();
    let request = DrillSystem { system: target.system, snapshot, component: target.component };
    match wait::run::<DrillReport>(door, "drill_system", request).await {
        Ok((_, report)) => door.answer(&report, show::drill),
        Err(fault) if fault.is("drill-failed") => {
            let list: DrillList = door.call("list_drills", ListDrills { system }).await?;
            let job = fault.facts.get("job").and_then(serde_json::Value::as_i64).map(JobId);
            let Some(report) = list.drills.into_iter().find(|drill| Some(drill.job) == job) else { return Err(fault) };
            door.answer(&report, show::drill)?;
            Ok(found(true))
        }
        Err(fault) => Err(fault),
    }
}

async fn drills(door: &Door, system: Name, chart: Option<std::path::PathBuf>) -> Outcome<ExitCode> {
    let Some(file) = chart else {
        let list: DrillList = door.call("list_drills", ListDrills { system }).await?;
        return door.answer(&list, show::drills);
    };
    let drawn: DrillChart = door.call("draw_drills", DrawDrills { system }).await?;
    let file = absolute(&file)?;
    quarterdeck_engine::chart::save(&file, &drawn.svg)?;
    door.answer(&serde_json::json!({ "file": file }), |_| format!("{} holds the chart.", file.display()))
}

async fn restore(door: &Door, args: RestoreArgs) -> Outcome<ExitCode> {
    let destination = match &args.to {
        Some(path) => Destination::NewFile { path: absolute(path)?.into() },
        None => Destination::InPlace,
    };
    let request = PlanRestore { target: args.target.clone(), snapshot: args.snapshot, destination: destination.clone() };
    let plan: RestorePlan = door.call("plan_restore", request).await?;
    if args.plan {
        return door.answer(&plan, show::restore_plan);
    }
    require_confirmation(&plan, args.confirm.as_deref())?;
    let request = RestoreComponent {
        target: args.target,
        snapshot: plan.snapshot.0,
        destination,
        plan: plan.digest,
        confirm: args.confirm,
        without_gate: args.without_gate,
    };
    let (job, report): (JobId, RestoreReport) = wait::run(door, "restore_component", request).await?;
    door.answer(&report, |report| show::restore(report, job))
}

async fn undo(door: &Door, job: JobId, only_plan: bool, confirm: Option<String>) -> Outcome<ExitCode> {
    let plan: RestorePlan = door.call("plan_undo", PlanUndo { job }).await?;
    if only_plan {
        return door.answer(&plan, show::restore_plan);
    }
    let request = UndoRestore { job, plan: plan.digest, confirm };
    let (job, report): (JobId, RestoreReport) = wait::run(door, "undo_restore", request).await?;
    door.answer(&report, |report| show::restore(report, job))
}

/// A missing word is a matter of usage; a wrong one is refused by the engine.
fn require_confirmation(plan: &RestorePlan, typed: Option<&str>) -> Outcome<()> {
    match (&plan.confirm, typed) {
        (Some(word), None) => Err(Fault::usage("confirmation-needed", format!("This changes {} of {}.", plan.path, plan.target))
            .hint(format!("Add --confirm {word} to go on, or --plan to see what would happen."))),
        _ => Ok(()),
    }
}

async fn jobs(door: &Door, verb: Option<JobsVerb>) -> Outcome<ExitCode> {
    match verb {
        None => {
            let jobs: Vec<Job> = door.call("list_jobs", ListJobs::default()).await?;
            door.answer(&jobs, |jobs| show::jobs(jobs))
        }
        Some(JobsVerb::Show { job }) => {
            let job: Job = door.call("get_job", GetJob { job: JobId(job) }).await?;
            door.answer(&job, show::job)
        }
        Some(JobsVerb::Cancel { job }) => {
            door.call::<()>("cancel_job", CancelJob { job: JobId(job) }).await?;
            door.answer(&serde_json::json!({ "cancelling": job }), |_| format!("Job {job} was asked to stop."))
        }
    }
}

async fn roles(door: &Door, verb: RolesVerb) -> Outcome<ExitCode> {
    match verb {
        RolesVerb::List => {
            let grants: Vec<Grant> = door.call("list_roles", ListRoles {}).await?;
            door.answer(&grants, |grants| show::grants(grants))
        }
        RolesVerb::Grant { who, role } => {
            door.call::<()>("grant_role", GrantRole { who: who.clone(), role }).await?;
            door.answer(&serde_json::json!({ "who": who, "role": role }), |_| format!("{who} holds the role {role}."))
        }
        RolesVerb::Revoke { who, role } => {
            door.call::<()>("revoke_role", RevokeRole { who: who.clone(), role }).await?;
            door.answer(&serde_json::json!({ "who": who, "role": role }), |_| format!("{who} no longer holds the role {role}."))
        }
    }
}

async fn audit(door: &Door, verb: AuditVerb) -> Outcome<ExitCode> {
    match verb {
        AuditVerb::List { limit } => {
            let lines: Vec<AuditLine> = door.call("list_audit", ListAudit { before: None, limit: Some(limit) }).await?;
            door.answer(&lines, |lines| show::audit(lines))
        }
        AuditVerb::Verify => {
            let verdict: AuditVerdict = door.call("verify_audit", VerifyAudit {}).await?;
            door.answer(&verdict, show::audit_verdict)?;
            Ok(found(!verdict.findings.is_empty()))
        }
    }
}

async fn call(door: &Door, operation: &str, request: &str) -> Outcome<ExitCode> {
    let request = match request {
        "-" => std::io::read_to_string(std::io::stdin().lock()).map_err(|error| {
            Fault::failed("no-request", format!("The request to {operation} could not be read: {error}."))
                .hint("Write it as JSON to standard input.")
        })?,
        request => request.to_owned(),
    };
    let request = serde_json::from_str(&request).map_err(|error| {
        Fault::usage("bad-request", format!("The request to {operation} is not JSON: {error}."))
            .hint("Write it as in: '{\"system\": \"shop\"}'")
    })?;
    let entry = quarterdeck_engine::ops::find(operation);
    let answer = match entry.map(|entry| entry.kind) {
        Some(quarterdeck_engine::operation::Kind::Job) => wait::run::<serde_json::Value>(door, operation, request).await?.1,
        _ => door.link.call(operation, request, None).await?,
    };
    print(&serde_json::to_string_pretty(&answer).map_err(|error| Fault::bug(error.to_string()))?);
    Ok(ExitCode::SUCCESS)
}

async fn of_example(door: &Door, verb: ExampleVerb) -> Outcome<ExitCode> {
    match verb {
        ExampleVerb::Load(args) => load_example(door, args).await,
        ExampleVerb::Serve(args) => serve_example(door, args).await,
        ExampleVerb::Mood { mood, port } => example::tell(mood, port).map(|()| ExitCode::SUCCESS),
    }
}

/// The example plays the application that owns the database; it knows the engine by its operations only.
async fn load_example(door: &Door, args: example::LoadArgs) -> Outcome<ExitCode> {
    let (link, home, json) = (door.link.clone(), door.home.folder().to_owned(), door.json);
    let runtime = tokio::runtime::Handle::current();
    let load = tokio::task::spawn_blocking(move || {
        let call = |operation: &str, request| runtime.block_on(link.call(operation, to_value(request)?, None));
        let mut out: Box<dyn std::io::Write> = if json { Box::new(std::io::sink()) } else { Box::new(std::io::stdout()) };
        example::load(&args, &home, &SystemClock, &call, &mut out)
    });
    let loaded = load.await.map_err(|error| Fault::bug(format!("The example ended in a panic: {error}.")))??;
    if door.json { door.answer(&loaded, |_| String::new()) } else { Ok(ExitCode::SUCCESS) }
}

async fn serve_example(door: &Door, args: example::ServeArgs) -> Outcome<ExitCode> {
    let home = door.home.folder().to_owned();
    let serve = tokio::task::spawn_blocking(move || example::serve(&args, &home, &SystemClock, &mut std::io::stdout()));
    serve.await.map_err(|error| Fault::bug(format!("The example ended in a panic: {error}.")))??;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn absolute(path: &std::path::Path) -> Outcome<std::path::PathBuf> {
    std::path::absolute(path).map_err(|error| {
        note(&error.to_string());
        Fault::usage("bad-path", format!("{} cannot be made absolute.", path.display())).hint("Write the path in full.")
    })
}
