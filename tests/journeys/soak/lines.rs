//! What is killed, and what it needs before and after so that there is something to kill.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Random, content, kills::restored};
use crate::support::{
    Bench,
    bench::{Ran, ask},
};

/// So many deltas are merged into one.
const FAN_OUT: usize = 8;

/// Beside a damaged pack, one of so many snapshots is restored each time; which one is hurt changes from time to time.
const ONE_OF: usize = 4;

/// A line that is killed.
pub(super) struct Line {
    /// The words.
    pub(super) what: &'static str,
    needs: Needs,
}

/// What has to be there before.
enum Needs {
    Nothing,
    /// A snapshot that is not proved yet.
    Unproved,
    /// Deltas that are to be merged.
    Deltas,
    /// A damaged pack.
    Damage,
}

const fn line(what: &'static str, needs: Needs) -> Line {
    Line { what, needs }
}

/// Backups twice as often as the rest.
pub(super) const LINES: [Line; 10] = [
    line("backup shop", Needs::Nothing),
    line("backup shop", Needs::Nothing),
    line("prove shop", Needs::Unproved),
    line("merge shop", Needs::Deltas),
    line("maintain shop", Needs::Deltas),
    line("restore shop latest --in-place --confirm shop", Needs::Nothing),
    line("drill shop", Needs::Nothing),
    line("forget shop", Needs::Nothing),
    line("prune shop", Needs::Nothing),
    line("repair shop", Needs::Damage),
];

impl Line {
    /// Makes what it needs.
    pub(super) fn prepare(&self, bench: &Bench, path: &Path, random: &mut Random, known: &mut BTreeSet<String>) {
        match self.needs {
            Needs::Nothing => {}
            Needs::Unproved => unmerged(bench),
            Needs::Deltas => pile_up(bench, path, known),
            Needs::Damage => damage(bench, random),
        }
    }

    /// Only damage leaves something to be settled: what nothing is said against restores all the same, also after a repair that ended, and
    /// once the repository is what it was, so is what is said of it.
    pub(super) fn settle(&self, bench: &Bench, known: &BTreeSet<String>, when: &str) {
        if !matches!(self.needs, Needs::Damage) {
            return;
        }
        bench.line("check-repository shop");
        restored(bench, known, ONE_OF, when);
        let repaired = bench.line("repair shop");
        assert!(matches!(repaired.code, Some(0 | 1 | 3)), "{when}: {repaired:?}");
        restored(bench, known, ONE_OF, when);
        fs::remove_dir_all(repository(bench)).unwrap();
        fs::rename(aside(bench), repository(bench)).unwrap();
        bench.line("check-repository shop --read all").done();
    }
}

/// Snapshots until their deltas want to be merged, while the merging that follows a backup does not succeed.
fn pile_up(bench: &Bench, path: &Path, known: &mut BTreeSet<String>) {
    for cents in 0..FAN_OUT {
        let list = bench.line("snapshots shop --json").done().json();
        let deltas = list["snapshots"][0]["manifest"]["components"][0]["deltas"]
            .as_array()
            .map_or(0, |deltas| deltas.iter().rev().take_while(|delta| delta["tier"] == 0).count());
        if deltas >= FAN_OUT {
            return;
        }
        ask(path, &format!("UPDATE orders SET cents = cents + {cents} WHERE id BETWEEN 100 AND 120;"));
        known.insert(content(path));
        unmerged(bench);
    }
}

/// A snapshot as a schedule takes it.
fn unmerged(bench: &Bench) {
    let mut command = bench.command(["call", "backup_system", r#"{"system":"shop","reason":"scheduled"}"#]);
    command.env("QUARTERDECK_FAILPOINT", "merge.begun=fail");
    Ran::of(command).done();
}

/// Turns a bit of a pack, and keeps the repository as it was.
fn damage(bench: &Bench, random: &mut Random) {
    bench.line("forget shop").done(); // what piled up takes long to read
    bench.line("backup shop").done();
    let copied = Command::new("cp").arg("-a").args([repository(bench), aside(bench)]).status().unwrap();
    assert!(copied.success());
    let folders = fs::read_dir(repository(bench).join("data")).unwrap().map(|folder| folder.unwrap().path());
    let mut packs: Vec<PathBuf> = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|pack| pack.unwrap().path()).collect();
    packs.sort();
    let pack = &packs[random.below(packs.len() as u64) as usize];
    let mut bytes = fs::read(pack).unwrap();
    let at = random.below(bytes.len() as u64) as usize;
    bytes[at] ^= 1;
    fs::remove_file(pack).unwrap(); // it can only be read
    fs::write(pack, bytes).unwrap();
    bench.line("check-repository shop --read all").code(1);
}

fn repository(bench: &Bench) -> PathBuf {
    bench.home().join("repository/shop")
}

fn aside(bench: &Bench) -> PathBuf {
    bench.file("repository-as-it-was")
}
