//! Damage at random places of a repository: nothing that keeps a snapshot from being restored may stay unseen.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_backup::{
    layout,
    repository::{self, Condition, Repository},
};
use quarterdeck_model::{
    Digest, JobCtx,
    snapshot::{Snapshot, SnapshotId},
};
use quarterdeck_testkit::Peer;

use crate::bench::Bench;

/// Equal seeds make equal places of damage (in a repository of equal sizes: its content is sealed with a random key).
const SEED: u64 = 20_261_122;

#[test]
fn a_sample_of_damage_is_seen_where_it_matters() {
    let table = Matrix::new(SEED).run(72, 12);
    assert!(table.is_clean(), "{table}");
}

#[test]
#[ignore = "soak: 1,000 flipped bytes and 100 truncations"]
#[allow(clippy::print_stdout)] // the table is for docs/
fn damage_anywhere_is_seen_where_it_matters() {
    let table = Matrix::new(SEED).run(1_000, 100);
    println!("{table}");
    assert!(table.is_clean(), "{table}");
}

/// A repository with several snapshots, and what is in each.
struct Matrix {
    bench: Bench,
    expected: Vec<(SnapshotId, String, Digest)>,
    /// All files of the repository by kind; a kind is as likely as another, however many files are of it.
    files: BTreeMap<&'static str, Vec<PathBuf>>,
    random: u64,
}

impl Matrix {
    fn new(seed: u64) -> Self {
        let bench = Bench::new();
        let path = bench.shop("shop.db", 1_500);
        let mut expected = Vec::new();
        for round in 0..4 {
            Peer::open(&path).run(&format!("UPDATE orders SET cents = cents + {round} WHERE id % 7 = {round};"));
            let snapshot = bench.take(&path).unwrap();
            expected.extend(content(&*bench.repository, &snapshot));
        }
        let mut files: BTreeMap<_, Vec<_>> = BTreeMap::new();
        files.insert("config", vec![bench.folder.join("config")]);
        for kind in ["keys", "index", "snapshots"] {
            files.insert(kind, below(&bench.folder.join(kind)));
        }
        // Lists of files are small, databases are not.
        let (databases, lists) = bench.packs().into_iter().partition(|pack| fs::metadata(pack).unwrap().len() > 8_192);
        files.insert("packs of databases", databases);
        files.insert("packs of lists", lists);
        Self { bench, expected, files, random: seed }
    }

    fn run(mut self, flips: usize, truncations: usize) -> Table {
        let mut table = Table::default();
        for case in 0..flips + truncations {
            let kinds: Vec<&'static str> = self.files.keys().copied().collect();
            let kind = kinds[self.below(kinds.len())];
            let at = self.below(self.files[kind].len());
            let file = self.files[kind][at].clone();
            let sound = fs::read(&file).unwrap();
            let mut hurt = sound.clone();
            let place = self.below(sound.len());
            let how = if case < flips {
                hurt[place] ^= u8::try_from(1 + self.below(255)).unwrap();
                "flipped"
            } else {
                hurt.truncate(place);
                "truncated"
            };
            fs::write(&file, &hurt).unwrap();
            let opens = !matches!(kind, "config" | "keys") || repository::open(&self.bench.folder, &self.bench.password).is_ok();
            self.judge(opens, table.rows.entry((kind, how)).or_default(), &format!("{how} at {place} of {}", file.display()));
            fs::write(&file, &sound).unwrap();
        }
        let condition = self.bench.repository.check(true, &JobCtx::detached()).unwrap();
        assert!(condition.findings.is_empty(), "the damage was not undone: {condition:?}");
        table
    }

    /// Compares what a check says with what a restore by a new process would give.
    fn judge(&self, opens: bool, row: &mut Row, what: &str) {
        row.cases += 1;
        let repository = &*self.bench.repository;
        let lost: Vec<&(SnapshotId, String, Digest)> =
            self.expected.iter().filter(|expected| !opens || !is_restored(repository, expected)).collect();
        // This program has the key open already; a new one would say what keeps it out, which calls nothing healthy.
        let said = repository.check(true, &JobCtx::detached());
        let condition = said.unwrap_or_default();
        let missed = lost.iter().filter(|(id, path, _)| !names(&condition, id, path)).count();
        if missed > 0 {
            row.missed.push(what.to_owned());
        }
        let marked = condition.affected.iter().filter(|affected| !lost.iter().any(|(id, ..)| *id == affected.id));
        if marked.count() > 0 {
            row.false_alarms.push(what.to_owned());
        }
        match (lost.is_empty(), condition.findings.is_empty()) {
            (false, _) => row.mattered += 1,
            (true, false) => row.harmless_said += 1,
            (true, true) => row.harmless_unseen += 1,
        }
    }

    /// A number below `end`, from SplitMix64 (Steele, Lea, Flood 2014).
    fn below(&mut self, end: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

fn content(repository: &dyn Repository, snapshot: &Snapshot) -> Vec<(SnapshotId, String, Digest)> {
    let system = &snapshot.manifest.system;
    let images = snapshot.manifest.components.iter().map(|component| layout::image(system, &component.name));
    let paths = images.chain([layout::manifest(system), layout::RESTORE_TEXT.to_owned()]);
    paths.map(|path| (snapshot.id.clone(), path.clone(), read(repository, &snapshot.id, &path).unwrap())).collect()
}

fn is_restored(repository: &dyn Repository, (id, path, digest): &(SnapshotId, String, Digest)) -> bool {
    read(repository, id, path).as_ref() == Some(digest)
}

fn read(repository: &dyn Repository, id: &SnapshotId, path: &str) -> Option<Digest> {
    let mut bytes = Vec::new();
    let read = repository.read_file(
        id,
        path,
        &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        },
        &JobCtx::detached(),
    );
    read.ok().map(|_| Digest::of(&bytes))
}

/// True where the check says that this file of this snapshot cannot be restored.
fn names(condition: &Condition, id: &SnapshotId, path: &str) -> bool {
    let below = |named: &String| named == path || (named.ends_with('/') && path.starts_with(named));
    condition.affected.iter().any(|affected| affected.id == *id && (affected.files.is_empty() || affected.files.iter().any(below)))
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<(&'static str, &'static str), Row>,
}

#[derive(Default)]
struct Row {
    cases: usize,
    mattered: usize,
    missed: Vec<String>,
    harmless_said: usize,
    harmless_unseen: usize,
    false_alarms: Vec<String>,
}

impl Table {
    fn is_clean(&self) -> bool {
        self.rows.values().all(|row| row.missed.is_empty() && row.false_alarms.is_empty())
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "| file | damage | cases | mattered | found | missed | harmless, said | harmless, unseen | false alarms |")?;
        writeln!(f, "| --- | --- | --: | --: | --: | --: | --: | --: | --: |")?;
        let mut notes = String::new();
        for ((kind, how), row) in &self.rows {
            let (missed, alarms) = (row.missed.len(), row.false_alarms.len());
            let found = row.mattered - missed;
            let Row { cases, mattered, harmless_said, harmless_unseen, .. } = row;
            writeln!(f, "| {kind} | {how} | {cases} | {mattered} | {found} | {missed} | {harmless_said} | {harmless_unseen} | {alarms} |")?;
            for what in &row.missed {
                writeln!(notes, "missed: {what}")?;
            }
            for what in &row.false_alarms {
                writeln!(notes, "false alarm: {what}")?;
            }
        }
        f.write_str(&notes)
    }
}
