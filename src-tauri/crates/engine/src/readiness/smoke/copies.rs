//! Private copies of databases, for cases that change rows: made once a run, in scratch, as of one moment each.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use quarterdeck_model::{
    Fault, JobCtx, Outcome,
    system::{Component, System},
};
use quarterdeck_sqlite::{
    held::{self, HeldRead},
    question::{Asker, Reply},
};

use crate::{
    backup::{STALL_LIMIT, no_room},
    operation::Scope,
};

/// Copies by the id of their component, each with the connections that nobody uses now; or why there is none.
#[derive(Default)]
pub(super) struct Copies(BTreeMap<String, Result<Copy, String>>);

struct Copy {
    path: PathBuf,
    idle: Mutex<Vec<Asker>>,
}

impl Copies {
    /// Copies the databases that are named into a folder of ours. A database that cannot be copied keeps only its own cases from being run.
    pub fn make(scope: &Scope, databases: &[Component], folder: &Path) -> Outcome<Self> {
        let mut copies = Self::default();
        for (number, database) in databases.iter().enumerate() {
            scope.ctx.checkpoint()?;
            let to = folder.join(format!("copy-{number}.db"));
            let made = match copy(scope, database, &to) {
                Err(fault) if fault.class == quarterdeck_model::Class::Cancelled => return Err(fault),
                Err(fault) => Err(fault.message.trim_end_matches('.').to_owned()),
                Ok(()) => Ok(Copy { path: to, idle: Mutex::default() }),
            };
            copies.0.insert(database.id.clone(), made);
        }
        Ok(copies)
    }

    /// Why a database has no copy; none where it has.
    pub fn obstacle(&self, database: &Component) -> Option<String> {
        match self.0.get(&database.id) {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(why.clone()),
            None => Some("it was not copied".to_owned()),
        }
    }

    /// Asks a copy. What the statements change is gone afterwards.
    pub fn ask(&self, database: &Component, sql: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Reply> {
        let Some(Ok(copy)) = self.0.get(&database.id) else {
            return Ok(Reply::None(self.obstacle(database).unwrap_or_default()));
        };
        let lock = || copy.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = lock().pop();
        let mut asker = match idle {
            Some(asker) => asker,
            None => Asker::of_copy(&copy.path)?,
        };
        let reply = asker.ask(sql, limit, ctx)?;
        lock().push(asker);
        Ok(reply)
    }
}

/// The database that a case means; the first one where none is named.
pub(super) fn database<'s>(system: &'s System, named: Option<&str>) -> Result<&'s Component, String> {
    let mut databases = system.databases();
    match named {
        None => databases.next().ok_or_else(|| format!("{} has no database", system.name)),
        Some(name) => {
            databases.find(|database| database.name.as_str() == name).ok_or_else(|| format!("{} has no database {name}", system.name))
        }
    }
}

/// Faults: `stall-not-accepted`, `no-room`, and what keeps the file from being read.
fn copy(scope: &Scope, database: &Component, to: &Path) -> Outcome<()> {
    let live = &database.path.0;
    let stall = held::expected_stall(live)?;
    if let Some(stall) = stall.filter(|stall| *stall > STALL_LIMIT) {
        let why = format!("writers of {} would wait {stall} while it is copied, because it does not use WAL mode", database.name);
        return Err(Fault::refused("stall-not-accepted", why).hint("Switch the database to WAL mode."));
    }
    let size = live.metadata().map_or(0, |metadata| metadata.len());
    if let Some(why) = no_room(to.parent().unwrap_or(to), size.saturating_mul(2))? {
        return Err(Fault::refused("no-room", why).hint("Free some room."));
    }
    let held = HeldRead::open(live, scope.engine.clock())?;
    held::stage(held, to, stall.map(|stall| Duration::from_millis(stall.0)), &scope.ctx).map(drop)
}
