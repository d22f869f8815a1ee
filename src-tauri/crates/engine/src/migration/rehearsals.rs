//! Rehearsals that are remembered, and whether the newest one still says something about what would run now.

use quarterdeck_migrate::{apply::Basis, hash, steps::Batch};
use quarterdeck_model::{
    Digest, Outcome,
    migration::{ConnectionSettings, Direction, MigrationState, Rehearsal, RehearsalStanding},
};
use quarterdeck_store::migrations;
use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::operation::Scope;

/// What a rehearsal rested on, part by part, so that what has changed can be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ground {
    migrations: Vec<Rehearsed>,
    schema: Digest,
    ledger: Digest,
    histories: Digest,
    settings: Set,
}

/// A migration as it was rehearsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rehearsed {
    version: String,
    down: bool,
    /// Over its statements.
    up_sql: Option<Digest>,
    /// Over those of its way down.
    down_sql: Option<Digest>,
}

/// What the connection was set to. Why is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Set {
    foreign_keys: bool,
    recursive_triggers: bool,
    double_quoted_strings: bool,
}

impl Ground {
    /// What these batches rest on now.
    pub(super) fn of(look: &Look, batches: &[Batch]) -> Self {
        let Basis { schema, ledger, histories } = look.basis.clone();
        let migrations = batches.iter().flat_map(|batch| &batch.items).map(|item| {
            let file = item.migration(&look.collection);
            Rehearsed {
                version: item.version.clone(),
                down: item.direction == Direction::Down,
                up_sql: file.map(|file| file.statements_sha256.clone()),
                down_sql: file.map(|file| hash::statements(&file.down)),
            }
        });
        Self { migrations: migrations.collect(), schema, ledger, histories, settings: Set::of(&look.settings) }
    }

    /// Over all of it.
    pub(super) fn digest(&self) -> Digest {
        Digest::over(self)
    }

    fn same_versions(&self, other: &Self) -> bool {
        let of = |ground: &Self| ground.migrations.iter().map(|one| (one.version.clone(), one.down)).collect::<Vec<_>>();
        of(self) == of(other)
    }

    /// Why what was seen then says nothing sure about now; empty where it does.
    fn stale(&self, now: &Self, look: &Look) -> Vec<String> {
        let mut reasons = Vec::new();
        let applied = |one: &&Rehearsed| {
            let state = look.timeline.find(&one.version).map(|line| line.state);
            !one.down && matches!(state, Some(MigrationState::Applied | MigrationState::Modified | MigrationState::Baseline))
        };
        for then in &self.migrations {
            match now.migrations.iter().find(|one| one.version == then.version && one.down == then.down) {
                Some(one) if one.up_sql != then.up_sql => reasons.push(format!("{} has changed since", then.version)),
                Some(one) if one.down_sql != then.down_sql => reasons.push(format!("the way down of {} has changed since", then.version)),
                Some(_) => {}
                None if applied(&then) => reasons.push(format!("{} has been applied since", then.version)),
                None if now.migrations.is_empty() => reasons.push(format!("{} would not run now", then.version)),
                None => reasons.push(format!("{} was rehearsed with it, and would not run now", then.version)),
            }
        }
        let new =
            now.migrations.iter().filter(|one| !self.migrations.iter().any(|then| then.version == one.version && then.down == one.down));
        reasons.extend(new.map(|one| format!("{} was not rehearsed", one.version)));
        if reasons.is_empty() && !self.same_versions(now) {
            reasons.push("they would run in another order now".to_owned());
        }
        if self.settings != now.settings {
            reasons.push("the connection would be set otherwise now".to_owned());
        }
        // Once one of them was applied, schema and ledger are others because of that.
        if !self.migrations.iter().any(|then| applied(&then)) {
            if self.schema != now.schema {
                reasons.push("the schema has changed since".to_owned());
            }
            if (&self.ledger, &self.histories) != (&now.ledger, &now.histories) {
                reasons.push("what is applied has changed since".to_owned());
            }
        }
        reasons
    }
}

impl Set {
    fn of(settings: &ConnectionSettings) -> Self {
        let ConnectionSettings { foreign_keys, recursive_triggers, double_quoted_strings, .. } = *settings;
        Self { foreign_keys, recursive_triggers, double_quoted_strings }
    }
}

/// The newest rehearsal of exactly these migrations, or else the newest of all, and why it does not hold for these. None where nobody has
/// rehearsed anything, or the database is not registered.
pub(super) fn standing(scope: &Scope, look: &Look, batches: &[Batch]) -> Outcome<Option<RehearsalStanding>> {
    let Some(registered) = &look.place.registered else { return Ok(None) };
    let id = &registered.component.id;
    let mut all: Vec<(Rehearsal, Ground)> = scope.engine.store().read(|connection| migrations::rehearsals(connection, id))?;
    if all.is_empty() {
        return Ok(None);
    }
    let now = Ground::of(look, batches);
    let (rehearsal, then) = all.swap_remove(all.iter().position(|(_, then)| then.same_versions(&now)).unwrap_or_default());
    Ok(Some(RehearsalStanding { stale: then.stale(&now, look), rehearsal }))
}
