//! The report over one run of migrations: what was planned, what each did, how it was rehearsed, and the way back.

use quarterdeck_model::{
    Digest, Fault, Instant, Job, JobId, JobState, Millis, Outcome,
    inspection::Tone,
    migration::{
        Direction, MigrationRan, MigrationReport, MigrationState, MigrationWish, Rehearsal, RehearsedStep, StatementFailure, WayDown,
    },
    restore::Check as Verified,
    snapshot::SnapshotId,
    system::System,
};
use quarterdeck_report::{Block, Cell, Check, Checks, Column, Document, Fact, Note, Section, Table};
use quarterdeck_store::{jobs, migrations, snapshots};

use super::words::{self, not_known, when};
use crate::{
    jobs::between,
    lookup, migration,
    operation::{Scope, Work as _},
    ops::{ApplyMigrations, MigrationSource},
};

/// Jobs that are looked at for the newest run, and for the undo of one.
const LOOKED_AT: u32 = 10_000;

/// A run, and what else is known of it.
struct Run {
    job: Job,
    asked: Option<ApplyMigrations>,
    /// None where it did not come to its end.
    report: Option<MigrationReport>,
    rehearsal: Option<Rehearsal>,
    /// What stood before it: its snapshot, and until when that is kept.
    before: Option<(SnapshotId, Instant)>,
    /// The undo of it that was made.
    undone: Option<Job>,
}

/// The document over the run with that job's number, else over the newest one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let now = scope.engine.clock().now();
    let run = find(scope, system, subject)?;
    let mut document = Document::new(run.job.title.clone(), now);
    let target = run.job.target.as_ref().map_or_else(|| system.name.to_string(), ToString::to_string);
    document.subtitle = format!("{target} ({})", run.job.environment.unwrap_or(system.environment));
    document.verdict = Some(verdict(&run));
    document.facts = facts(&run);
    document.sections = vec![plan(&run), ran(&run), rehearsed(&run), way_back(scope, &run, now)?, verified(&run), drift(scope, &run)];
    let evidence = run.report.as_ref().map(|report| report.evidence.clone());
    document.closing.evidence = Some(evidence.unwrap_or_else(|| Digest::over(&(run.job.id, &run.job.fault, &run.job.recovery))));
    Ok((document, format!("job-{}", run.job.id)))
}

fn find(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<Run> {
    let store = scope.engine.store();
    let all = store.read(|c| jobs::list(c, Some(&system.name), false, LOOKED_AT))?;
    let is_run = |job: &&Job| job.operation == ApplyMigrations::NAME;
    let none =
        |message: String| Fault::refused("no-such-migration-run", message).hint(format!("Run: quarterdeck jobs --system {}", system.name));
    let job = match subject {
        None => all.iter().filter(is_run).find(|job| job.state.is_final()).cloned().ok_or_else(|| {
            Fault::refused("no-such-migration-run", format!("No migration of {} was ever run here.", system.name))
                .hint(format!("Run: quarterdeck migrate plan {}", system.name))
        })?,
        Some(text) => {
            let known = text.parse().ok().map(JobId).and_then(|id| store.read(|c| jobs::get(c, id)).ok());
            let job = known.ok_or_else(|| none(format!("There is no job {text:?}.")))?;
            if job.target.as_ref().is_none_or(|target| target.system != system.name) || job.operation != ApplyMigrations::NAME {
                return Err(none(format!("Job {text} is no run of migrations of {}: it is {:?}.", system.name, job.title)));
            }
            if !job.state.is_final() {
                return Err(Fault::refused("migration-running", format!("Job {text} has not ended.")).hint("Wait for its end."));
            }
            job
        }
    };
    let asked = serde_json::from_value(store.read(|c| jobs::request(c, job.id))?).ok();
    let report: Option<MigrationReport> = job.report.clone().and_then(|report| serde_json::from_value(report).ok());
    let pinned = store.read(|c| snapshots::pinned_by(c, job.id))?;
    let offered = report.as_ref().and_then(|report| report.undo.as_ref()).and_then(|undo| Some((undo.snapshot.clone()?, undo.until)));
    let is_undo = |other: &&Job| {
        other.operation == "undo_restore"
            && other.state == JobState::Succeeded
            && store.read(|c| jobs::request(c, other.id)).is_ok_and(|request| request["job"] == job.id.0)
    };
    let undone = all.iter().filter(|other| other.id > job.id).find(is_undo).cloned();
    let rehearsal = rehearsal(scope, &job)?;
    Ok(Run { before: pinned.or(offered), asked, report, rehearsal, undone, job })
}

/// The newest rehearsal of that database before the run.
fn rehearsal(scope: &Scope, job: &Job) -> Outcome<Option<Rehearsal>> {
    let Some(target) = &job.target else { return Ok(None) };
    // A database that was taken off the list has none left that would be known by its name.
    let Ok((_, component)) = lookup::component(&scope.engine, target) else { return Ok(None) };
    let kept = scope.engine.store().read(|c| migrations::rehearsals::<serde_json::Value>(c, &component.id))?;
    Ok(kept.into_iter().map(|(rehearsal, _)| rehearsal).find(|rehearsal| rehearsal.at <= job.created_at))
}

fn verdict(run: &Run) -> Note {
    let fault = run.job.fault.as_ref().map(|fault| fault.message.clone()).unwrap_or_default();
    match (run.job.state, &run.report) {
        (JobState::Succeeded, Some(report)) => {
            let word = if report.direction == Direction::Up { "Applied" } else { "Taken back" };
            let undone = run.undone.as_ref().map(|undo| format!(" It was undone by job {}.", undo.id)).unwrap_or_default();
            let tone = if undone.is_empty() { Tone::Ok } else { Tone::Attention };
            Note::new(tone, word, format!("{}{undone}", report.sentence))
        }
        (JobState::Succeeded, None) => Note::new(Tone::Unknown, "Not known", not_known("its report cannot be read")),
        (JobState::Cancelled, _) => Note::new(None, "Cancelled", fault),
        (JobState::Interrupted, _) => {
            Note::new(Tone::Attention, "Interrupted", run.job.recovery.clone().unwrap_or_else(|| not_known("nothing was recovered yet")))
        }
        _ => Note::new(Tone::Critical, "Failed", fault),
    }
}

fn facts(run: &Run) -> Vec<Fact> {
    let job = &run.job;
    let mut facts = vec![
        Fact::new("Job", job.id.to_string()),
        Fact::new("Asked by", format!("{} ({})", job.who, words::word(&job.face))),
        Fact::new("Began", when(job.created_at)),
        Fact::new("Ended", job.finished_at.map_or_else(|| not_known("its process ended before it did"), when)),
    ];
    let Some(report) = &run.report else { return facts };
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
    facts.extend([
        Fact::new("Version", format!("from {} to {}", version(&report.from), version(&report.to))),
        Fact::new("Took", report.took.to_string()),
        Fact::new("Writers waited", format!("{}, of it {} for the safety image", report.lock_held, report.safety_took)),
        Fact::new("Schema afterwards", report.schema_fingerprint.short()),
    ]);
    if report.others_committed {
        facts.push(Fact::new("Between two batches", "others committed"));
    }
    facts
}

/// What was asked for, and where the time went.
fn plan(run: &Run) -> Section {
    let mut blocks = Vec::new();
    match &run.asked {
        Some(asked) => {
            let mut facts = vec![
                Fact::new("Wanted", wish(&asked.wish)),
                Fact::new("Commits", if asked.each { "each migration by itself" } else { "as few as possible" }),
                Fact::new("Plan", asked.plan.short()),
            ];
            if asked.out_of_order {
                facts.push(Fact::new("Order", "earlier ones than the latest applied were allowed"));
            }
            let lint = if asked.accept_lint.is_empty() { "nothing was accepted".to_owned() } else { asked.accept_lint.join(", ") };
            facts.push(Fact::new("Lint accepted", lint));
            let gate = asked.without_gate.as_ref();
            facts.extend(gate.map(|reason| Fact::new("Past a closed gate", reason.clone())));
            blocks.push(Block::Facts(facts));
        }
        None => blocks.push(Block::Paragraph(not_known("what was asked for cannot be read; another version of Quarterdeck wrote it"))),
    }
    let rows = run.job.phases.iter().map(|phase| {
        let took = phase.started_at.zip(phase.finished_at).map(|(from, until)| between(from, until).to_string());
        let took = took.unwrap_or_else(|| if phase.started_at.is_some() { "not ended" } else { "not begun" }.to_owned());
        vec![Cell::new(phase.phase.name.clone()), Cell::new(phase.phase.note.clone()), Cell::new(took)]
    });
    blocks.push(Block::Table(Table {
        caption: "The steps of the plan, and what each took".to_owned(),
        columns: vec![Column::words("Step", 2), Column::words("What happens in it", 4), Column::number("Took")],
        rows: rows.collect(),
        none: "The plan named no step.".to_owned(),
    }));
    Section::new("Plan", blocks)
}

fn wish(wish: &MigrationWish) -> String {
    match wish {
        MigrationWish::All => "everything that was pending".to_owned(),
        MigrationWish::To { version } => format!("up to {version}"),
        MigrationWish::One { version } => format!("{version} alone"),
        MigrationWish::Down { to: Some(version), .. } => format!("back to {version}"),
        MigrationWish::Down { steps, .. } => format!("back by {}", words::many(u64::from(steps.unwrap_or(1)), "migration")),
    }
}

/// Each migration with what it did, beside what its rehearsal took; and the statement that failed.
fn ran(run: &Run) -> Section {
    let ran: &[MigrationRan] = run.report.as_ref().map_or(&[], |report| &report.ran);
    let rows = ran.iter().map(|ran| {
        let step = step(run, &ran.version);
        let rehearsed = step.map_or_else(|| "not known".to_owned(), |step| step.took.to_string());
        vec![
            Cell::new(ran.version.clone()),
            Cell::new(ran.name.clone()),
            Cell::new(ran.statements.to_string()),
            Cell::new(ran.rows_changed.to_string()),
            Cell::new(ran.took.to_string()),
            Cell::new(rehearsed),
        ]
    });
    let mut blocks = vec![Block::Table(Table {
        caption: "Each migration, in the order in which it ran".to_owned(),
        columns: vec![
            Column::short("Version"),
            Column::words("Name", 3),
            Column::number("Statements"),
            Column::number("Rows changed"),
            Column::number("Took"),
            Column::number("Rehearsed"),
        ],
        rows: rows.collect(),
        none: "The run did not come to its end, so nothing is reported of single migrations.".to_owned(),
    })];
    let failure = run.job.fault.as_ref().and_then(|fault| fault.facts.get("failure")).cloned();
    if let Some(failure) = failure.and_then(|failure| serde_json::from_value::<StatementFailure>(failure).ok()) {
        blocks.push(Block::Note(Note::new(Tone::Critical, "Failed", failed(&failure))));
        blocks.push(Block::Code(failure.snippet.clone()));
        let list = |versions: &[String]| if versions.is_empty() { "none".to_owned() } else { versions.join(", ") };
        blocks.push(Block::Facts(vec![
            Fact::new("Committed before", list(&failure.committed)),
            Fact::new("Not applied", list(&failure.left)),
            Fact::new("The database now", failure.now.clone()),
        ]));
    }
    Section::new("What ran", blocks)
}

fn failed(failure: &StatementFailure) -> String {
    let at = &failure.at;
    let StatementFailure { version, statement, of, message, .. } = failure;
    format!("{version}, statement {statement} of {of}, {}:{}:{}: {message}", at.file, at.line, at.column)
}

fn step<'r>(run: &'r Run, version: &str) -> Option<&'r RehearsedStep> {
    run.rehearsal.as_ref()?.steps.iter().find(|step| step.version == version)
}

/// What the copy had shown before.
fn rehearsed(run: &Run) -> Section {
    let Some(rehearsal) = &run.rehearsal else {
        let why = "no rehearsal from before this run is kept";
        return Section::new("Rehearsal", vec![Block::Note(Note::new(Tone::Unknown, "Not known", words::capital(&format!("{why}."))))]);
    };
    let copied = match &rehearsal.snapshot {
        Some(snapshot) => format!("snapshot {}, of {}", snapshot.short(), when(rehearsal.cut_at)),
        None => format!("the live database, {}", when(rehearsal.cut_at)),
    };
    let waited = run.report.as_ref().map(|report| Millis(report.lock_held.0.saturating_sub(report.safety_took.0)));
    let waited = waited.map(|waited| format!(", {waited} in the run")).unwrap_or_default();
    let facts = vec![
        Fact::new("Rehearsed", format!("{}, job {}", when(rehearsal.at), rehearsal.job)),
        Fact::new("On a copy of", copied),
        Fact::new("Writers would wait", format!("{}{waited}, without the safety image", rehearsal.writers_wait)),
        Fact::new("Pages written", rehearsal.pages_written.to_string()),
    ];
    let rows = rehearsal.steps.iter().map(|step| {
        let (tone, word, what) = down(&step.down);
        let (took, rows) = (step.took.to_string(), step.rows_changed.to_string());
        vec![Cell::new(step.version.clone()), Cell::new(took), Cell::new(rows), Cell::state(tone, word), Cell::new(what)]
    });
    let steps = Table {
        caption: "Each migration on the copy, and its way down".to_owned(),
        columns: vec![
            Column::short("Version"),
            Column::number("Took"),
            Column::number("Rows changed"),
            Column::short("Way down"),
            Column::words("What it showed", 4),
        ],
        rows: rows.collect(),
        none: "No migration was rehearsed.".to_owned(),
    };
    let rows = rehearsal
        .schema
        .iter()
        .map(|difference| vec![Cell::new(difference.kind.clone()), Cell::new(difference.name.clone()), Cell::new(difference.what.clone())]);
    let schema = Table {
        caption: "What they do to the schema".to_owned(),
        columns: vec![Column::short("Kind"), Column::words("Name", 2), Column::words("What", 5)],
        rows: rows.collect(),
        none: "The schema stays as it is.".to_owned(),
    };
    let note = Note::new(rehearsal.tone, words::capital(tone_word(rehearsal.tone)), rehearsal.sentence.clone());
    Section::new("Rehearsal", vec![Block::Note(note), Block::Facts(facts), Block::Table(steps), Block::Table(schema)])
}

fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "passed",
        Tone::Attention => "attention",
        Tone::Critical => "failed",
        Tone::Unknown | Tone::Working => "not known",
    }
}

fn down(way: &WayDown) -> (Option<Tone>, &'static str, String) {
    match way {
        WayDown::Back { took, rows } if rows.is_empty() => {
            (Some(Tone::Ok), "Leads back", format!("In {took}: schema and rows are what they were."))
        }
        WayDown::Back { took, rows } => {
            (Some(Tone::Attention), "Leads back", format!("In {took}; the rows of {} are others.", words::many(rows.len() as u64, "table")))
        }
        WayDown::NotBack { differences } => {
            let what = format!("The schema is another one, with {}.", words::many(differences.len() as u64, "difference"));
            (Some(Tone::Critical), "Not back", what)
        }
        WayDown::Failed { failure } => (Some(Tone::Critical), "Failed", failed(failure)),
        WayDown::None => (None, "None", "There is none; the way back is the snapshot.".to_owned()),
        WayDown::NotTried => (None, "Not tried", "Because of what came before.".to_owned()),
    }
}

/// The snapshot that stood before it, and whether it can still be undone.
fn way_back(scope: &Scope, run: &Run, now: Instant) -> Outcome<Section> {
    let Some((id, until)) = &run.before else {
        let text = match run.job.state {
            JobState::Succeeded => words::capital(&not_known("no safety snapshot of this run is recorded.")),
            _ => "Nothing was committed, so there is nothing to go back to.".to_owned(),
        };
        return Ok(Section::new("The way back", vec![Block::Paragraph(text)]));
    };
    let snapshot = scope.engine.store().read(|c| snapshots::find(c, id))?;
    let state_of = run.report.as_ref().and_then(|report| report.undo.as_ref()).map(|undo| undo.state_of);
    let state_of = state_of.or_else(|| snapshot.as_ref().map(|snapshot| snapshot.manifest.cut_at));
    let (tone, word, text) = match (&run.undone, &snapshot) {
        (Some(undo), _) => {
            let at = undo.finished_at.unwrap_or(undo.created_at);
            (Tone::Attention, "Used", format!("Job {} brought the state before this run back on {}.", undo.id, when(at)))
        }
        (None, None) => (Tone::Critical, "Gone", "The snapshot is no longer known here: this run cannot be undone.".to_owned()),
        (None, Some(_)) if *until < now => {
            (Tone::Unknown, "Not kept any longer", format!("It was kept until {} and may be forgotten at any time.", when(*until)))
        }
        (None, Some(_)) => (Tone::Ok, "Open", format!("quarterdeck undo {} brings the state before this run back.", run.job.id)),
    };
    let level = snapshot
        .as_ref()
        .and_then(|snapshot| snapshot.level())
        .map(|reached| format!("{}, {}", crate::truth::level(reached.level), when(reached.at)));
    let facts = vec![
        Fact::new("Snapshot", id.to_string()),
        Fact::new("Holds the state of", state_of.map_or_else(|| not_known("its manifest is not here"), when)),
        Fact::new("Proved", level.unwrap_or_else(|| not_known("nothing is recorded of it"))),
        Fact::new("Kept until", when(*until)),
    ];
    Ok(Section::new("The way back", vec![Block::Note(Note::new(tone, word, text)), Block::Facts(facts)]))
}

fn verified(run: &Run) -> Section {
    let check = |verified: &Verified| Check {
        tone: Some(verified.tone),
        word: if verified.tone == Tone::Ok { "Holds" } else { "Look" }.to_owned(),
        title: verified.what.clone(),
        evidence: verified.result.clone(),
        as_of: Some(verified.at),
        digest: None,
    };
    let checks: Vec<Check> = run.report.iter().flat_map(|report| &report.checks).map(check).collect();
    let caption = "What was verified on the live database when the job ended".to_owned();
    let none = "Nothing was verified: the run did not come to its end.".to_owned();
    Section::new("Verified afterwards", vec![Block::Checks(Checks { caption, checks, none })])
}

/// Whether the database still is what the files say. That is of now, not of the run.
fn drift(scope: &Scope, run: &Run) -> Section {
    let unknown = |why: &str| vec![Block::Note(Note::new(Tone::Unknown, "Not known", words::capital(why)))];
    let blocks = match &run.job.target {
        None => unknown("the job names no database."),
        Some(target) => {
            let folder = run.asked.as_ref().and_then(|asked| asked.folder.clone());
            let source = MigrationSource::of(target.clone(), folder);
            signs(scope, &source).unwrap_or_else(|fault| unknown(&fault.message))
        }
    };
    Section::new("Signs of drift now", blocks)
}

fn signs(scope: &Scope, source: &MigrationSource) -> Outcome<Vec<Block>> {
    let list = migration::list(scope, source)?;
    let validation = migration::validate(scope, source, false)?;
    let odd = list.lines.iter().filter(|line| {
        use MigrationState::{Applied, Baseline, Pending};
        !matches!(line.state, Applied | Baseline | Pending) || line.bytes_changed
    });
    let rows = odd.map(|line| {
        let word = words::capital(&words::word(&line.state));
        vec![Cell::new(line.version.clone()), Cell::state(line.tone, word), Cell::new(line.sentence.clone())]
    });
    let files = Table {
        caption: "Migrations whose files are not what was applied".to_owned(),
        columns: vec![Column::short("Version"), Column::short("State"), Column::words("What", 5)],
        rows: rows.collect(),
        none: "Every applied migration is as its file says.".to_owned(),
    };
    let rows = validation
        .drift
        .iter()
        .map(|difference| vec![Cell::new(difference.kind.clone()), Cell::new(difference.name.clone()), Cell::new(difference.what.clone())]);
    let schema = Table {
        caption: format!("The live schema beside what the files give from nothing, as of {}", when(validation.as_of)),
        columns: vec![Column::short("Kind"), Column::words("Name", 2), Column::words("What", 5)],
        rows: rows.collect(),
        none: validation.drift_unknown.map_or_else(|| "They are the same.".to_owned(), |why| words::capital(&not_known(&why))),
    };
    let (tone, word) = (validation.tone, words::capital(tone_word(validation.tone)));
    Ok(vec![Block::Note(Note::new(tone, word, validation.sentence)), Block::Table(files), Block::Table(schema)])
}
