//! The truth about any file: what it is, how it is, what to do next. Nothing is written to it, and nothing is left beside it.

pub(crate) mod header;
mod integrity;
mod kind;
mod schema;
mod sentence;
mod sidecars;
#[cfg(test)]
mod tests;
mod trouble;
mod view;
pub(crate) mod wal;

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use quarterdeck_model::{
    Bytes, Clock, Count, Fault, JobCtx, Millis, Outcome, WirePath,
    inspection::{Depth, Finding, Inspection, Tone, Verdict},
};
use quarterdeck_store::files;
use rusqlite::Connection;

use self::{
    trouble::Trouble,
    view::{View, Way},
};
use crate::{fingerprint::schema_fingerprint, gate::RawPass, holders};

/// How often a file that changes while it is read is looked at.
const ATTEMPTS: u32 = 5;

/// Says what a file is and how it is.
///
/// `Err` only where no verdict can be formed: `file-missing`, `cancelled`, `disk-full` (a leftover log or journal is settled in a private copy, in
/// the folder for temporary files), `changing`, and a disk that fails. A full inspection of a database that nobody uses keeps other connections of this
/// process to the same file waiting until it ends (see [`crate::gate`]); one that others use in rollback-journal mode keeps their commits
/// waiting for one statement at a time.
pub fn inspect(path: &Path, depth: Depth, clock: &dyn Clock, ctx: &JobCtx) -> Outcome<Inspection> {
    let began = clock.now();
    let mut inspection = Inspection {
        path: WirePath::from(path),
        verdict: Verdict::Healthy,
        sentence: String::new(),
        findings: Vec::new(),
        size: Bytes(0),
        header: None,
        journal_mode: None,
        pragmas: std::collections::BTreeMap::new(),
        tables: Vec::new(),
        foreign_key_violations: Vec::new(),
        unchecked: Vec::new(),
        sidecars: Vec::new(),
        depth,
        schema_fingerprint: None,
        as_of: began,
        took: Millis(0),
    };
    look_repeatedly(&mut inspection, ctx)?;
    inspection.findings.sort_by_key(|finding| finding.tone);
    inspection.sentence = sentence::of(&inspection);
    inspection.took = Millis(u64::try_from((clock.now() - began).num_milliseconds()).unwrap_or(0));
    Ok(inspection)
}

/// Looks until the file held still meanwhile; from the second time on under SQLite's locks where that leaves nothing behind.
fn look_repeatedly(inspection: &mut Inspection, ctx: &JobCtx) -> Outcome<()> {
    let blank = inspection.clone();
    for attempt in 1..=ATTEMPTS {
        *inspection = blank.clone();
        ctx.checkpoint()?;
        if look(inspection, attempt > 1, ctx)? {
            return Ok(());
        }
    }
    if inspection.verdict == Verdict::Damaged {
        let message = format!("{} was written to during each of {ATTEMPTS} looks; what was seen is not of one moment.", inspection.path);
        return Err(Fault::failed("changing", message).hint("Inspect it again when its application is quiet.").may_retry());
    }
    let what = "The file was written to while it was read: what is shown may mix two moments.".to_owned();
    let next = "Inspect it again when its application is quiet.".to_owned();
    inspection.findings.push(Finding { tone: Tone::Unknown, what, next });
    Ok(())
}

/// One look. False where the file changed meanwhile, which makes whatever was seen worthless.
fn look(inspection: &mut Inspection, again: bool, ctx: &JobCtx) -> Outcome<bool> {
    let file = match inspection.path.0.canonicalize() {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(unreadable(inspection, &error.to_string())),
        Err(error) => return Err(files::fault("find", &inspection.path.0, &error)),
    };
    let metadata = fs::metadata(&file).map_err(|error| files::fault("find", &file, &error))?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "It is a directory." } else { "It is no file with content, but a device, pipe or socket." };
        let next = "Name the database file itself.".to_owned();
        return Ok(decide(inspection, Verdict::NotADatabase, Finding { tone: Tone::Attention, what: what.to_owned(), next }));
    }
    inspection.size = Bytes(metadata.len());
    let sample = match sample(&file) {
        Ok(sample) => sample,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(files::fault("find", &file, &error)),
        Err(error) => return Ok(unreadable(inspection, &error.to_string())),
    };
    if let Some(sample) = &sample {
        if header::parse(sample).is_none() {
            return Ok(without_header(inspection, &file, sample));
        }
        inspection.header = header::parse(sample);
        inspection.journal_mode = Some(if header::is_wal(sample) { "wal" } else { "delete" }.to_owned());
    }
    // A database in WAL mode cannot be locked without leaving something behind.
    let locked = again && inspection.journal_mode.as_deref() == Some("delete");
    let view = match View::open(&file, inspection.depth, locked, ctx) {
        Ok(Some(view)) => view,
        Ok(None) => return Ok(false),
        Err(fault) => return refused(inspection, fault),
    };
    inspection.size = view.size().unwrap_or(inspection.size);
    inspection.sidecars = sidecars::list(&file, Some(&view));
    inspection.findings.extend(view.leftover.as_ref().map(|leftover| sidecars::finding(leftover, view.way)));
    match read(inspection, &view, ctx) {
        Ok(()) => {}
        Err(Trouble::Cancelled) => return Err(Fault::cancelled(format!("The inspection of {} was cancelled.", file.display()))),
        Err(Trouble::Locked) => return locked_by(inspection, &file),
        Err(Trouble::Unreadable(words)) => return Ok(unreadable(inspection, &words)),
        Err(Trouble::Damaged(words) | Trouble::Refused(words)) => {
            decide(inspection, Verdict::Damaged, critical(format!("Its schema cannot be read: {words}."), "Restore the newest snapshot."));
        }
        Err(Trouble::BeyondUs(needed)) => inspection.unchecked.push(format!("The schema needs {needed}, which only its application has.")),
    }
    view.holds()
}

/// Reads through SQLite all that the depth asks for.
fn read(inspection: &mut Inspection, view: &View, ctx: &JobCtx) -> Result<(), Trouble> {
    let Some(connection) = view.live.as_deref() else { return Ok(()) };
    if view.way == Way::Still
        && let Some(finding) = cut_off(inspection)
    {
        inspection.findings.push(finding);
        // Otherwise SQLite refuses to say anything about what is left. This connection cannot write.
        connection.pragma_update(None, "writable_schema", true)?;
    }
    newest_header(inspection, connection)?;
    let objects = schema::objects(connection)?;
    inspection.tables = schema::tables(&objects);
    inspection.pragmas = schema::pragmas(connection)?;
    inspection.schema_fingerprint = Some(schema_fingerprint(connection)?);
    let declared = schema::foreign_keys(connection, &objects)?;
    let enforced = if declared == 0 {
        "none declared".to_owned()
    } else {
        format!("{} declared; each application enforces them or not", Count(declared))
    };
    inspection.pragmas.insert("foreign_keys".to_owned(), enforced);
    inspection.pragmas.extend(inspection.journal_mode.clone().map(|mode| ("journal_mode".to_owned(), mode)));
    if inspection.depth == Depth::Full {
        inspection.findings.extend(integrity::check(connection, &objects, &mut inspection.unchecked, ctx)?);
    }
    let damaged = inspection.findings.iter().any(|finding| finding.tone == Tone::Critical);
    if damaged {
        inspection.verdict = Verdict::Damaged;
    } else if inspection.tables.is_empty() {
        inspection.verdict = Verdict::Empty;
    }
    if inspection.depth == Depth::Full {
        let broken = schema::count_rows(connection, &mut inspection.tables, damaged, &mut inspection.unchecked, ctx)?;
        inspection.findings.extend(
            broken.into_iter().map(|what| attention(what, "Ask whoever keeps the schema; the rows of tables are not touched by it.")),
        );
        inspection.foreign_key_violations = schema::orphans(connection, &objects, &mut inspection.unchecked, ctx)?;
        inspection.findings.extend(inspection.foreign_key_violations.iter().map(|orphans| {
            let (rows, point) = if orphans.rows.0 == 1 { ("row", "points") } else { ("rows", "point") };
            let what =
                format!("{} {rows} of table {} {point} to rows of {} that do not exist.", orphans.rows, orphans.table, orphans.parent);
            attention(what, "Look them up with PRAGMA foreign_key_check, and correct them with the application.")
        }));
    }
    Ok(())
}

/// The header as of the last commit, which may be in the write-ahead log only.
fn newest_header(inspection: &mut Inspection, connection: &Connection) -> Result<(), Trouble> {
    let page: Vec<u8> = connection.query_row("SELECT data FROM sqlite_dbpage('main') WHERE pgno = 1", [], |row| row.get(0))?;
    inspection.header = header::parse(&page).or(inspection.header.take());
    inspection.journal_mode = Some(if header::is_wal(&page) { "wal" } else { "delete" }.to_owned());
    Ok(())
}

/// A file that is shorter than its own header says.
fn cut_off(inspection: &Inspection) -> Option<Finding> {
    let header = inspection.header.as_ref()?;
    let promised = u64::from(header.page_count) * u64::from(header.page_size);
    (inspection.size.0 < promised).then(|| {
        let what = format!(
            "The file is cut off: its header speaks of {} ({} pages), and {} are there.",
            Bytes(promised),
            Count(u64::from(header.page_count)),
            inspection.size
        );
        critical(what, "Restore the newest snapshot; keep this file until its rows are back.")
    })
}

/// The first bytes. `None` while this process has the file open: then only SQLite may read it.
fn sample(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some(_pass) = RawPass::take(file)? else { return Ok(None) };
    let mut sample = Vec::with_capacity(kind::SAMPLE);
    File::open(file)?.take(kind::SAMPLE as u64).read_to_end(&mut sample)?;
    Ok(Some(sample))
}

fn without_header(inspection: &mut Inspection, file: &Path, sample: &[u8]) -> bool {
    inspection.sidecars = sidecars::list(file, None);
    if sample.is_empty() {
        inspection.findings.extend(sidecars::beside_nothing(&inspection.sidecars));
        let next = "Restore the newest snapshot if a database should be here.";
        return decide(inspection, Verdict::Empty, attention("It has no content: zero bytes.".to_owned(), next));
    }
    let (verdict, finding) = kind::of(sample, inspection.size.0);
    decide(inspection, verdict, finding)
}

/// What it means that no look could be opened.
fn refused(inspection: &mut Inspection, fault: Fault) -> Outcome<bool> {
    match fault.code.as_ref() {
        "unreadable" | "permission-denied" => Ok(unreadable(inspection, &fault.message)),
        "locked" => {
            let file = inspection.path.0.clone();
            locked_by(inspection, &file)
        }
        _ => Err(fault),
    }
}

fn locked_by(inspection: &mut Inspection, file: &Path) -> Outcome<bool> {
    let holders = holders::holders(file)?;
    let who: Vec<String> = holders.iter().map(|holder| format!("{} (process {})", holder.command, holder.pid)).collect();
    let who = if who.is_empty() { "Another connection".to_owned() } else { who.join(", ") };
    let next = "End that process's transaction, then inspect it again.".to_owned();
    let finding = Finding {
        tone: Tone::Unknown,
        what: format!("{who} kept it locked for {} and let nobody read.", Millis::from(view::patience(inspection.depth))),
        next,
    };
    Ok(decide(inspection, Verdict::Locked, finding))
}

fn unreadable(inspection: &mut Inspection, words: &str) -> bool {
    let next = "Give this user permission to read the file and to enter its folder, and look into the system's log for faults of the disk."
        .to_owned();
    let what = format!("The operating system does not let it be read: {}.", words.trim_end_matches('.'));
    decide(inspection, Verdict::Unreadable, Finding { tone: Tone::Unknown, what, next })
}

/// Sets the verdict with what it rests on. True: looking again would not change it.
fn decide(inspection: &mut Inspection, verdict: Verdict, finding: Finding) -> bool {
    inspection.verdict = verdict;
    inspection.findings.push(finding);
    true
}

fn critical(what: String, next: &str) -> Finding {
    Finding { tone: Tone::Critical, what, next: next.to_owned() }
}

fn attention(what: String, next: &str) -> Finding {
    Finding { tone: Tone::Attention, what, next: next.to_owned() }
}
