//! The files beside a database, and what they mean.

use std::{fs, path::Path};

use quarterdeck_model::{
    Bytes, Count,
    inspection::{Finding, Sidecar, Tone},
};
use quarterdeck_store::files;

use super::view::{Leftover, View, Way};

/// The files beside a database that exist, each with its meaning. `view` is absent where nobody could look into the database.
pub(crate) fn list(path: &Path, view: Option<&View>) -> Vec<Sidecar> {
    let sidecar = |suffix: &str| {
        let metadata = fs::metadata(files::with_suffix(path, suffix)).ok()?;
        let size = Bytes(metadata.len());
        Some(Sidecar { suffix: suffix.to_owned(), size, meaning: meaning(suffix, size, view) })
    };
    ["-wal", "-shm", "-journal"].into_iter().filter_map(sidecar).collect()
}

/// What a leftover means for people.
pub(crate) fn finding(leftover: &Leftover, way: Way) -> Finding {
    let (what, next) = match leftover {
        Leftover::Log { commits: Some(commits) } => (
            format!(
                "The -wal beside it holds {} not in the main file yet: the last process that used it did not end in order.",
                transactions(*commits)
            ),
            "Open the database with its application, which brings them in, or restore; never delete the -wal.",
        ),
        Leftover::Log { commits: None } => (
            "The -wal beside it may hold committed transactions that are not in the main file yet; it is too large for a glance."
                .to_owned(),
            "Run the full inspection; never delete the -wal.",
        ),
        Leftover::Journal => (
            "A transaction was cut off half-way: the -journal beside it holds what is needed to roll it back.".to_owned(),
            "Open the database with its application, which rolls it back, or restore; never delete the -journal.",
        ),
    };
    let shown = match way {
        Way::TooLarge => " What the database holds is not shown: it takes a copy.",
        _ => " What is shown here is the state after that.",
    };
    let shown = if matches!(leftover, Leftover::Log { commits: None }) { "" } else { shown };
    Finding { tone: Tone::Attention, what: format!("{what}{shown}"), next: next.to_owned() }
}

/// A file of length zero with a log or a journal beside it: SQLite takes those for strangers and deletes them.
pub(crate) fn beside_nothing(sidecars: &[Sidecar]) -> Option<Finding> {
    let sidecar = sidecars.iter().find(|sidecar| sidecar.size.0 > 0 && sidecar.suffix != "-shm")?;
    let what =
        format!("A {} of {} lies beside this empty file; the first program that opens the file deletes it.", sidecar.suffix, sidecar.size);
    Some(Finding {
        tone: Tone::Critical,
        what,
        next: format!("Move the {} to a safe place before anything opens the file.", sidecar.suffix),
    })
}

fn meaning(suffix: &str, size: Bytes, view: Option<&View>) -> String {
    if size.0 == 0 {
        return "Empty.".to_owned();
    }
    let Some(view) = view else { return "What it holds cannot be said without a readable database beside it.".to_owned() };
    let used = view.way == Way::Beside;
    match (suffix, &view.leftover) {
        ("-wal", Some(Leftover::Log { commits: Some(commits) })) => format!("Holds {} not in the main file yet.", transactions(*commits)),
        ("-wal", Some(Leftover::Log { commits: None })) => "May hold committed transactions that are not in the main file yet.".to_owned(),
        ("-journal", Some(Leftover::Journal)) => "Holds the old content of pages that a transaction had begun to change.".to_owned(),
        ("-wal", _) if used => "The write-ahead log of those who have the database open.".to_owned(),
        ("-shm", _) if used => "What those who have the database open share.".to_owned(),
        ("-journal", _) if used => "The rollback journal of those who have the database open.".to_owned(),
        ("-shm", _) => "Left behind; SQLite makes it anew.".to_owned(),
        _ => "Left behind; it holds nothing that the main file lacks.".to_owned(),
    }
}

fn transactions(commits: u64) -> String {
    match commits {
        1 => "1 committed transaction that is".to_owned(),
        many => format!("{} committed transactions that are", Count(many)),
    }
}
