//! What runs, in which order, and what commits together.

mod down;
mod resume;

use quarterdeck_model::{
    Count, Fault, Outcome,
    migration::{Direction, MigrationBatch, MigrationState, MigrationWish},
};

pub(crate) use self::resume::Prefix;
use crate::{
    collection::{Collection, Migration, Script, Transaction, Version},
    timeline::{Line, Timeline},
};

/// Migrations that commit together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// In running order; never empty.
    pub items: Vec<Item>,
    /// False for a batch of one that runs without a transaction.
    pub atomic: bool,
    /// `PRAGMA foreign_keys` for this batch, where its migrations ask for it.
    pub foreign_keys: Option<bool>,
}

/// One migration of a batch.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its place among the collection's migrations; absent where its file is gone and the ledger knows the way down.
    pub migration: Option<usize>,
    /// Its version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Up or down.
    pub direction: Direction,
    /// How its scripts run.
    pub transaction: Transaction,
    /// Statements that an earlier attempt has done, which are not run again.
    pub done: usize,
    /// The way down as the ledger has it, where that is used instead of the file's.
    pub from_ledger: Vec<Script>,
}

/// Whether migrations may run out of their order, and how they commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Every migration commits by itself.
    pub each: bool,
    /// Migrations that are earlier than an applied one run, too.
    pub out_of_order: bool,
}

/// The batches that fulfil a wish; none where nothing is to be done.
///
/// Faults: `history-modified`, `history-missing`, `out-of-order`, `unknown-history`, `version-missing`, `no-way-down`,
/// `migration-failed-before`, and `folder-has-problems` where a problem of the folder stands in the way.
pub fn batches(collection: &Collection, timeline: &Timeline, wish: &MigrationWish, manner: Manner) -> Outcome<Vec<Batch>> {
    let items = match wish {
        MigrationWish::Down { steps, to } => down::items(collection, timeline, *steps, to.as_deref())?,
        MigrationWish::All => up(collection, timeline, &|_| true, manner.out_of_order)?,
        MigrationWish::To { version } => {
            let last = known(timeline, version)?.version.clone();
            up(collection, timeline, &|line| !line.repeatable && line.version <= last, manner.out_of_order)?
        }
        MigrationWish::One { version } => {
            let one = known(timeline, version)?;
            up(collection, timeline, &|line| std::ptr::eq(line, one), true)?
        }
    };
    Ok(parted(items, manner.each))
}

impl Batch {
    /// The same on the wire, with what a kill or a failure inside it leaves.
    pub fn wire(&self) -> MigrationBatch {
        let number = self.items.len() as u64;
        let sentence = match self.items.first().map(|item| (&item.transaction, item.done)) {
            Some((Transaction::Alone { reason }, 0)) => {
                format!(
                    "It runs without a transaction ({reason}): a failure leaves what had run by then, and the next apply goes on there."
                )
            }
            Some((Transaction::Alone { .. }, done)) => {
                format!("It goes on after {}, which ran before.", Count(done as u64).of("statement"))
            }
            _ if number == 1 => "A failure leaves the database as it was before.".to_owned(),
            _ => format!("{number} migrations commit together: a failure leaves the database as it was before all of them."),
        };
        MigrationBatch { versions: self.items.iter().map(|item| item.version.clone()).collect(), atomic: self.atomic, sentence }
    }

    /// Statements that it will run.
    pub fn statements(&self, collection: &Collection) -> u64 {
        let of = |item: &Item| item.scripts(collection).iter().map(|script| script.statements.len()).sum::<usize>() - item.done;
        self.items.iter().map(|item| of(item) as u64).sum()
    }
}

impl Item {
    /// What runs.
    pub fn scripts<'a>(&'a self, collection: &'a Collection) -> &'a [Script] {
        match (self.direction, self.migration(collection)) {
            (Direction::Down, Some(migration)) if self.from_ledger.is_empty() => &migration.down,
            (Direction::Up, Some(migration)) => &migration.up,
            _ => &self.from_ledger,
        }
    }

    /// Its migration; absent where its file is gone.
    pub fn migration<'a>(&self, collection: &'a Collection) -> Option<&'a Migration> {
        collection.migrations.get(self.migration?)
    }

    /// What its file asks for, where it brings a transaction of its own.
    pub fn foreign_keys(&self) -> Option<bool> {
        match self.transaction {
            Transaction::TakenOver { foreign_keys, .. } => foreign_keys,
            _ => None,
        }
    }

    /// `009_appeal_classification`, for messages.
    pub fn title(&self) -> String {
        if self.name.is_empty() { self.version.clone() } else { format!("{}_{}", self.version, self.name) }
    }

    /// The way up of a migration.
    pub(crate) fn up(at: usize, line: &Line, migration: &Migration, done: usize) -> Self {
        Self {
            migration: Some(at),
            version: line.version.text.clone(),
            name: line.name.clone(),
            direction: Direction::Up,
            transaction: migration.transaction.clone(),
            done,
            from_ledger: Vec::new(),
        }
    }
}

/// Migrations to apply among those that are wanted.
fn up(collection: &Collection, timeline: &Timeline, wanted: &dyn Fn(&Line) -> bool, out_of_order: bool) -> Outcome<Vec<Item>> {
    ensure_sound(collection, timeline)?;
    let mut items = Vec::new();
    for line in &timeline.lines {
        let wanted = wanted(line);
        match line.state {
            MigrationState::OutOfOrder if wanted && !out_of_order => return Err(is_out_of_order(timeline, line)),
            MigrationState::Failed if !wanted => return Err(resume::failed_before(line, "it has to be finished or taken back first")),
            MigrationState::Pending | MigrationState::OutOfOrder | MigrationState::Failed if wanted => {}
            _ => continue,
        }
        let Some((at, migration)) = line.migration.and_then(|at| Some((at, collection.migrations.get(at)?))) else {
            return Err(resume::failed_before(line, "its file is gone"));
        };
        let done = if line.state == MigrationState::Failed { resume::done(line, migration)? } else { 0 };
        items.push(Item::up(at, line, migration, done));
    }
    Ok(items)
}

/// Parts items where one runs alone or asks for other foreign keys than the one before.
fn parted(items: Vec<Item>, each: bool) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for item in items {
        let atomic = !matches!(item.transaction, Transaction::Alone { .. });
        let foreign_keys = item.foreign_keys();
        match batches.last_mut() {
            Some(last) if !each && atomic && last.atomic && last.foreign_keys == foreign_keys => last.items.push(item),
            _ => batches.push(Batch { items: vec![item], atomic, foreign_keys }),
        }
    }
    batches
}

fn known<'a>(timeline: &'a Timeline, version: &str) -> Outcome<&'a Line> {
    timeline.find(version).ok_or_else(|| {
        Fault::refused("version-missing", format!("There is no migration {version}."))
            .hint("Name a version as the list of migrations shows it.")
            .fact("version", version)
    })
}

fn ensure_sound(collection: &Collection, timeline: &Timeline) -> Outcome<()> {
    if let Some(problem) = collection.problems.first() {
        let problems = serde_json::to_value(&collection.problems).unwrap_or_default();
        let at = problem.at.as_ref().map_or_else(String::new, |at| format!("{}:{}: ", at.file, at.line));
        return Err(Fault::refused("folder-has-problems", format!("The folder cannot be applied as it is: {at}{}", problem.message))
            .hint(problem.hint.clone())
            .fact("problems", problems));
    }
    let of = |state: MigrationState| timeline.lines.iter().find(|line| line.state == state);
    let refused = |code, line: &Line, what: &str, hint: &str| {
        let message = format!("{} {what}.", line.version);
        Err(Fault::refused(code, message).hint(hint).fact("version", line.version.text.as_str()))
    };
    if of(MigrationState::Unknown).is_some() {
        return Err(Fault::refused("unknown-history", "The database has tables, and nothing says which migrations made them.")
            .hint("Declare with adopt how far it is: from another tool's history, or with a baseline."));
    }
    if let Some(line) = of(MigrationState::Modified) {
        let hint = "Put the file back as it was, write a new migration, or rebless it with a reason.";
        return refused("history-modified", line, "was applied, and its statements are others now", hint);
    }
    if let Some(line) = of(MigrationState::Missing) {
        let hint = "Bring the file back, or rebless the version with a reason to record that it is gone for good.";
        return refused("history-missing", line, "was applied, and its file is gone", hint);
    }
    Ok(())
}

fn is_out_of_order(timeline: &Timeline, line: &Line) -> Fault {
    let current = timeline.current.as_ref().map_or("", |version: &Version| version.text.as_str());
    Fault::refused("out-of-order", format!("{} is not applied, but the later {current} is.", line.version))
        .hint("Apply it by itself with apply-one, or all of them with --out-of-order.")
        .fact("version", line.version.text.as_str())
}
