//! How a migration runs: what its own BEGIN, COMMIT and pragmas come to.
//!
//! Migrations run in a transaction of ours, together with their rows in the ledger. Files that bring a transaction of their own say the same thing
//! in another way, and are taken over; files that cannot run in one stand alone.

use crate::{
    collection::{Script, Statement, StatementKind as Kind, Transaction},
    pragma::Pragma,
};

/// How these scripts run. `says_none` is the marker with which a file asks for no transaction.
pub fn transaction(up: &[Script], says_none: Option<&str>) -> Transaction {
    if let Some(marker) = says_none {
        return Transaction::Alone { reason: marker.to_owned() };
    }
    if let Some(reason) = demand(up) {
        return Transaction::Alone { reason };
    }
    let mut taken = Taken::default();
    let mut before = 0;
    for script in up {
        if let Some(reason) = taken.take_over(script, before) {
            return Transaction::Alone { reason };
        }
        before += script.statements.len();
    }
    taken.into_transaction()
}

/// The first statement that SQLite does not run inside a transaction, or that would do nothing there.
fn demand(up: &[Script]) -> Option<String> {
    up.iter().flat_map(|script| script.statements.iter().map(move |statement| (script, statement))).find_map(|(script, statement)| {
        let what = match statement.kind {
            Kind::Vacuum => "VACUUM".to_owned(),
            Kind::Pragma => pragma(script, statement).filter(Pragma::is_for_outside).map(|pragma| format!("PRAGMA {}", pragma.name))?,
            _ => return None,
        };
        let at = script.file.position(statement.span.start);
        Some(if up.len() > 1 { format!("{what} in {}:{}", at.file, at.line) } else { format!("{what} on line {}", at.line) })
    })
}

/// What is taken over, script by script.
#[derive(Default)]
struct Taken {
    skipped: Vec<usize>,
    foreign_keys: Option<bool>,
}

impl Taken {
    /// Takes over one script, whose statements are numbered from `before`. Answers why that cannot be.
    fn take_over(&mut self, script: &Script, before: usize) -> Option<String> {
        let (own, asked) = match Own::of(script) {
            Own::None => (Vec::new(), foreign_keys_without_transaction(script)),
            Own::Pair { begin, commit } => {
                let outside = foreign_keys(script).filter(|(number, _)| *number < begin || *number > commit);
                (vec![begin, commit], outside.collect())
            }
            Own::Escape { numbers } => (numbers, foreign_keys(script).collect()),
            Own::Several(count) => return Some(format!("has {count} transactions of its own")),
            Own::Broken(why) => return Some(why.to_owned()),
        };
        // What is set after the COMMIT is for what comes after the file, and the session sees to that itself.
        let last = own.last().copied();
        let wanted = asked.iter().find(|(number, _)| last.is_none_or(|last| *number < last)).map(|(_, wanted)| *wanted);
        self.skipped.extend(own.iter().chain(asked.iter().map(|(number, _)| number)).map(|number| before + number));
        if self.foreign_keys.is_some() && wanted.is_some() && self.foreign_keys != wanted {
            return Some("its files set foreign_keys differently".to_owned());
        }
        self.foreign_keys = self.foreign_keys.or(wanted);
        None
    }

    fn into_transaction(mut self) -> Transaction {
        if self.skipped.is_empty() {
            return Transaction::Ours;
        }
        self.skipped.sort_unstable();
        Transaction::TakenOver { skipped: self.skipped, foreign_keys: self.foreign_keys }
    }
}

/// The transactions of a script.
enum Own {
    None,
    /// One, with nothing but pragmas around it.
    Pair {
        begin: usize,
        commit: usize,
    },
    /// COMMIT first and BEGIN last: it leaves the transaction of its tool, sets something, and begins the tool's transaction again.
    Escape {
        numbers: Vec<usize>,
    },
    Several(usize),
    Broken(&'static str),
}

impl Own {
    fn of(script: &Script) -> Self {
        let control: Vec<(usize, Kind)> = script
            .statements
            .iter()
            .enumerate()
            .filter(|(_, statement)| matches!(statement.kind, Kind::Begin | Kind::Commit | Kind::Rollback))
            .map(|(number, statement)| (number, statement.kind))
            .collect();
        match control.as_slice() {
            [] => Self::None,
            [(begin, Kind::Begin), (commit, Kind::Commit)] if only_pragmas_outside(script, *begin, *commit) => {
                Self::Pair { begin: *begin, commit: *commit }
            }
            [(_, Kind::Begin), (_, Kind::Commit)] => Self::Broken("has statements before or after its own transaction"),
            [(_, Kind::Commit), .., (_, Kind::Begin)] if escapes(script, &control) => {
                Self::Escape { numbers: control.iter().map(|(number, _)| *number).collect() }
            }
            many if many.iter().any(|(_, kind)| *kind == Kind::Rollback) => Self::Broken("has a ROLLBACK of its own"),
            many if many.len().is_multiple_of(2) && many.chunks(2).all(|pair| matches!(pair, [(_, Kind::Begin), (_, Kind::Commit)])) => {
                Self::Several(many.len() / 2)
            }
            _ => Self::Broken("has a BEGIN or COMMIT without its other half"),
        }
    }
}

fn only_pragmas_outside(script: &Script, begin: usize, commit: usize) -> bool {
    script.statements.iter().enumerate().all(|(number, statement)| (begin..=commit).contains(&number) || statement.kind == Kind::Pragma)
}

/// True where only pragmas stand between each COMMIT and the BEGIN after it: then the file is one transaction in all but name.
fn escapes(script: &Script, control: &[(usize, Kind)]) -> bool {
    control.chunks(2).all(|pair| match pair {
        [(commit, Kind::Commit), (begin, Kind::Begin)] => {
            script.statements.get(commit + 1..*begin).is_some_and(|between| between.iter().all(|statement| statement.kind == Kind::Pragma))
        }
        _ => false,
    })
}

/// `PRAGMA foreign_keys = …` in a script without a transaction: what its author meant is that it holds while the file runs. Where rows were changed
/// before it, that would be another meaning, and it stays what SQLite makes of it inside a transaction: nothing.
fn foreign_keys_without_transaction(script: &Script) -> Vec<(usize, bool)> {
    let asked: Vec<_> = foreign_keys(script).collect();
    let before = asked.first().and_then(|(first, _)| script.statements.get(..*first)).unwrap_or_default();
    if before.iter().all(|statement| matches!(statement.kind, Kind::Pragma | Kind::Schema)) && opens(script, &asked) {
        asked
    } else {
        Vec::new()
    }
}

/// An ON at the very end only puts back what nobody changed.
fn opens(script: &Script, asked: &[(usize, bool)]) -> bool {
    asked.first().is_some_and(|(number, wanted)| !wanted || number + 1 < script.statements.len())
}

fn foreign_keys(script: &Script) -> impl Iterator<Item = (usize, bool)> + '_ {
    script.statements.iter().enumerate().filter_map(|(number, statement)| Some((number, pragma(script, statement)?.foreign_keys()?)))
}

fn pragma(script: &Script, statement: &Statement) -> Option<Pragma> {
    if statement.kind != Kind::Pragma {
        return None;
    }
    Pragma::of(&script.file.text, statement.span.clone())
}
