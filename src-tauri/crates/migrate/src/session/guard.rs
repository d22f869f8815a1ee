//! What a statement of a migration may do, and how far it is.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use quarterdeck_model::{JobCtx, job::Unit};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Shared by a session and the hooks that SQLite calls. The hooks are set once, because setting one makes SQLite prepare every statement
/// again; whether they judge is a matter of [`Watch::guard`].
pub(super) struct Watch {
    ledger: String,
    ctx: JobCtx,
    guarded: AtomicBool,
    inside: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    refused: Mutex<Option<String>>,
    written: Mutex<BTreeSet<String>>,
}

impl Watch {
    pub(super) fn new(ledger: &str, ctx: &JobCtx) -> Self {
        Self {
            ledger: ledger.to_owned(),
            ctx: ctx.clone(),
            guarded: AtomicBool::new(false),
            inside: AtomicBool::new(false),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            refused: Mutex::default(),
            written: Mutex::default(),
        }
    }

    /// From now on statements are a migration's; `inside` where the transaction is ours.
    pub(super) fn guard(&self, inside: bool) {
        self.inside.store(inside, Ordering::Relaxed);
        self.guarded.store(true, Ordering::Relaxed);
    }

    /// From now on they are ours again. Returns why one was not let through.
    pub(super) fn release(&self) -> Option<String> {
        self.guarded.store(false, Ordering::Relaxed);
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn take_written(&self) -> Vec<String> {
        std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }

    pub(super) fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn count(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.report();
    }

    /// True where the statement has to end because somebody asked for a stop.
    pub(super) fn look(&self) -> bool {
        self.report();
        self.is_cancelled()
    }

    /// SQLite asks only in the middle of long statements, so short ones are asked about one by one.
    pub(super) fn is_cancelled(&self) -> bool {
        self.ctx.cancel_token().is_cancelled()
    }

    /// What SQLite asks while it prepares a statement (<https://www.sqlite.org/c3ref/set_authorizer.html>).
    pub(super) fn judge(&self, context: &AuthContext<'_>) -> Authorization {
        // No other database can be opened than the one in which VACUUM works, and what it writes there is its own affair.
        let elsewhere = context.database_name.is_some_and(|name| !name.eq_ignore_ascii_case("main") && !name.eq_ignore_ascii_case("temp"));
        if elsewhere || !self.guarded.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        match self.objection(&context.action) {
            None => Authorization::Allow,
            Some(why) => {
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
                Authorization::Deny
            }
        }
    }

    fn objection(&self, action: &AuthAction<'_>) -> Option<String> {
        use AuthAction::{
            AlterTable, Attach, CreateIndex, CreateTrigger, Delete, Detach, DropIndex, DropTable, DropTrigger, Insert, Transaction, Update,
        };
        match *action {
            Insert { table_name } | Update { table_name, .. } | Delete { table_name } => {
                self.note(table_name);
                self.of_ledger(table_name)
            }
            DropTable { table_name }
            | AlterTable { table_name, .. }
            | CreateIndex { table_name, .. }
            | DropIndex { table_name, .. }
            | CreateTrigger { table_name, .. }
            | DropTrigger { table_name, .. } => self.of_ledger(table_name),
            // VACUUM works in a nameless database of its own.
            Attach { filename } if !filename.is_empty() => Some(format!("a migration must not open another database ({filename})")),
            Detach { .. } => Some("a migration must not close a database".to_owned()),
            Transaction { .. } if self.inside.load(Ordering::Relaxed) => {
                Some("a migration inside a transaction must not begin or end one".to_owned())
            }
            _ => None,
        }
    }

    fn of_ledger(&self, table: &str) -> Option<String> {
        table.eq_ignore_ascii_case(&self.ledger).then(|| format!("a migration must not change the ledger, {}", self.ledger))
    }

    fn note(&self, table: &str) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if !table.starts_with("sqlite_") && !written.contains(table) {
            written.insert(table.to_owned());
        }
    }

    fn report(&self) {
        let total = self.total.load(Ordering::Relaxed);
        if total > 0 {
            self.ctx.progress(self.done.load(Ordering::Relaxed), Some(total), Unit::Statements);
        }
    }
}
