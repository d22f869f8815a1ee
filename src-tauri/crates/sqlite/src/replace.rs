//! Puts an image in the place of a file that SQLite cannot open: damaged beyond opening, not a database, empty.
//!
//! A database is a family: the file, `-wal`, `-shm` and `-journal`. It moves as one, because a log that meets a foreign file is replayed
//! into it, and the result looks sound. Nothing is overwritten and nothing is deleted. The order of the renames, each of them on the disk
//! before the next, is such that [`recover`] can tell from the names alone how far it went:
//!
//! 1. the old file goes aside, then its sidecars: from then on nobody can take the rest for a database;
//! 2. the new file is renamed beside the target, to `….entering`: until here, sidecars in the place are old ones, from here on new ones;
//! 3. the new sidecars go in (an image has none; a family that is put back may), and last the new file.
//!
//! A file that SQLite can open is entered through SQLite instead: see [`crate::enter`].

use std::path::{Path, PathBuf};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::{failpoint, files};

use crate::{gate::RawPass, holders::holders};

/// What stands beside a database and belongs to it.
const SIDECARS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// One rename, about to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name it has.
    pub from: PathBuf,
    /// The name it gets, which nothing has.
    pub to: PathBuf,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Where the old family is now; empty where there was none.
    pub aside: Vec<PathBuf>,
}

/// What [`recover`] found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovered {
    /// The new file is in its place; what was missing was done.
    Finished,
    /// The new file is gone, so the old family is back in its place.
    PutBack,
    /// Nothing had been moved.
    Nothing,
}

/// Where the old family of `live` goes: `NAME.before-restore-TAG`, and its sidecars behind that.
pub fn aside(live: &Path, tag: &str) -> PathBuf {
    files::with_suffix(live, &format!(".before-restore-{tag}"))
}

/// Moves the family of `live` aside and `image` into its place. The image is verified, synced, and on the same file system.
///
/// `journal` hears of each rename before it happens. A fault, from it or from the disk, puts back what was moved. Refused with `in-use`
/// while any process has the file open, and with `file-exists` where the tag was used before.
pub fn replace(live: &Path, image: &Path, aside_tag: &str, journal: &mut dyn FnMut(Step) -> Outcome<()>) -> Outcome<Replaced> {
    let _pass = refuse_if_used(live)?;
    let aside = aside(live, aside_tag);
    if let Some(taken) = family(&aside).into_iter().find(|name| exists(name)) {
        return Err(Fault::refused("file-exists", format!("{} exists already; nothing was moved.", taken.display()))
            .hint("Use another tag for this restore."));
    }
    if !exists(image) {
        return Err(Fault::refused("file-missing", format!("There is no image {}; nothing was moved.", image.display()))
            .hint("Fetch the image from the repository again."));
    }
    Moves::new(journal).run(|moves| {
        moves.family_aside(live, &aside)?;
        moves.family_in(live, image)
    })?;
    Ok(Replaced { aside: family(&aside).into_iter().filter(|name| exists(name)).collect() })
}

/// Undo: moves the present family aside under `current_tag`, and the family that was moved aside under `tag` back into its place. The same
/// promises as [`replace`]; to recover it, call [`recover`] with `current_tag` and `aside(live, tag)` as the image.
pub fn put_back(live: &Path, tag: &str, current_tag: &str, journal: &mut dyn FnMut(Step) -> Outcome<()>) -> Outcome<Replaced> {
    replace(live, &aside(live, tag), current_tag, journal)
}

/// Finishes a [`replace`] that a kill interrupted, with the same arguments; where the image is gone, puts the old family back.
pub fn recover(live: &Path, aside_tag: &str, image: &Path) -> Outcome<Recovered> {
    let aside = aside(live, aside_tag);
    let (moved, ready, begun) = (family(&aside).iter().any(|name| exists(name)), exists(image), exists(&entering(image)));
    if exists(live) {
        return match (moved, ready || begun) {
            (false, false) => Err(unclear(live)),
            (false, true) => Ok(Recovered::Nothing),
            (true, false) => Ok(Recovered::Finished),
            (true, true) => Err(unclear(live)),
        };
    }
    if !(moved || ready || begun) {
        return Err(unclear(live));
    }
    let journal = &mut |_| Ok(());
    Moves::new(journal).run(|moves| {
        if begun {
            moves.family_in(live, image)?;
            Ok(Recovered::Finished)
        } else if ready {
            moves.family_aside(live, &aside)?;
            moves.family_in(live, image)?;
            Ok(Recovered::Finished)
        } else {
            moves.family_back(live, &aside)?;
            Ok(Recovered::PutBack)
        }
    })
}

/// Renames, with the way back.
struct Moves<'j> {
    journal: &'j mut dyn FnMut(Step) -> Outcome<()>,
    done: Vec<Step>,
}

impl<'j> Moves<'j> {
    fn new(journal: &'j mut dyn FnMut(Step) -> Outcome<()>) -> Self {
        Self { journal, done: Vec::new() }
    }

    /// All of it or nothing, as far as this process lives.
    fn run<T>(mut self, moves: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        moves(&mut self).map_err(|fault| self.take_back(fault))
    }

    fn family_aside(&mut self, live: &Path, aside: &Path) -> Outcome<()> {
        self.one(live, aside)?;
        self.sidecars(live, aside)
    }

    fn family_in(&mut self, live: &Path, image: &Path) -> Outcome<()> {
        let entering = entering(image);
        self.one(image, &entering)?;
        self.sidecars(image, live)?;
        self.one(&entering, live)
    }

    fn family_back(&mut self, live: &Path, aside: &Path) -> Outcome<()> {
        self.sidecars(aside, live)?;
        self.one(aside, live)
    }

    fn sidecars(&mut self, from: &Path, to: &Path) -> Outcome<()> {
        SIDECARS.iter().try_for_each(|suffix| self.one(&files::with_suffix(from, suffix), &files::with_suffix(to, suffix)))
    }

    /// What is not there was moved already, or never was.
    fn one(&mut self, from: &Path, to: &Path) -> Outcome<()> {
        if !exists(from) {
            return Ok(());
        }
        let step = Step { from: from.to_owned(), to: to.to_owned() };
        (self.journal)(step.clone())?;
        failpoint::reach("replace.move")?;
        files::rename_new(from, to)?;
        self.done.push(step);
        failpoint::reach("replace.moved")
    }

    fn take_back(&mut self, fault: Fault) -> Fault {
        for step in self.done.drain(..).rev() {
            if let Err(second) = files::rename_new(&step.to, &step.from) {
                let half = format!("{} And {} could not be moved back: {}", fault.message, step.to.display(), second.message);
                return Fault { message: half, ..fault }.hint("Start again: recovery finishes what was begun.").fact("half-moved", true);
            }
        }
        fault
    }
}

/// Keeps our own connections away for as long as the pass is held.
fn refuse_if_used(live: &Path) -> Outcome<Option<RawPass>> {
    let in_use = |who: String| {
        Fault::refused("in-use", format!("{} is open in {who}; nothing was moved.", live.display()))
            .hint("Stop what uses the file: it would go on with the old one.")
    };
    if !exists(live) {
        return Ok(None);
    }
    if let Some(holder) = holders(live)?.first() {
        return Err(in_use(format!("{} ({})", holder.command, holder.pid)));
    }
    match RawPass::take(live) {
        Ok(Some(pass)) => Ok(Some(pass)),
        Ok(None) => Err(in_use("this process".to_owned())),
        Err(error) => Err(files::fault("read", live, &error)),
    }
}

fn unclear(live: &Path) -> Fault {
    Fault::refused("recovery-unclear", format!("What lies at {} is neither the old file nor the restored one.", live.display()))
        .hint("Look at the files beside it whose names begin like its own: nothing was deleted.")
}

fn entering(image: &Path) -> PathBuf {
    files::with_suffix(image, ".entering")
}

fn family(database: &Path) -> Vec<PathBuf> {
    let sidecars = SIDECARS.iter().map(|suffix| files::with_suffix(database, suffix));
    std::iter::once(database.to_owned()).chain(sidecars).collect()
}

/// True for anything that has this name, also for a link that leads nowhere.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
