//! Logs that definitions name: which there are, and what is in them. Read anew at each look; nothing is kept of them.

use quarterdeck_model::{
    Bytes, Fault, Outcome,
    monitor::{LogBrief, LogPage},
    system::{Name, System},
};
use quarterdeck_monitor::collectors::log::{
    Rules,
    view::{self, Direction, Wanted},
};

use crate::{
    definition::{self, LogDefinition},
    lookup,
    operation::Scope,
    ops::{LogDirection, LogList, ReadLog},
};

/// How many lines a page has where nobody says, and at most.
const LINES: u32 = 200;
const MOST_LINES: u32 = 500;

/// The logs of one system, or of all.
pub(crate) fn list(scope: &Scope, system: Option<&Name>) -> Outcome<LogList> {
    let mut logs = Vec::new();
    match system {
        Some(name) => logs.extend(briefs(&lookup::system(&scope.engine, name)?)?),
        None => {
            for system in lookup::systems(&scope.engine)? {
                // Where one definition cannot be read, its own page says so; the logs of others are still there.
                logs.extend(briefs(&system).unwrap_or_default());
            }
        }
    }
    logs.sort_by(|one, other| (&one.system, &one.name).cmp(&(&other.system, &other.name)));
    Ok(LogList { logs, as_of: scope.engine.clock().now() })
}

/// A page of one of them. Refuses with `log-unknown` what the definition does not name: no other file can be read this way.
pub(crate) fn read(scope: &Scope, asked: &ReadLog) -> Outcome<LogPage> {
    let system = lookup::system(&scope.engine, &asked.system)?;
    let all = defined(&system)?;
    let Some(log) = all.iter().find(|log| log.name.as_str() == asked.log) else { return Err(unknown(&system, &asked.log, &all)) };
    let rules = Rules::new(log.rules.iter().map(|(name, expression)| (name.as_str(), expression.as_str())))?;
    let wanted = Wanted {
        at: asked.at.as_deref(),
        direction: match asked.direction {
            LogDirection::Back => Direction::Before,
            LogDirection::On => Direction::After,
        },
        filter: asked.filter.as_deref().filter(|filter| !filter.is_empty()),
        lines: asked.lines.unwrap_or(LINES).clamp(1, MOST_LINES) as usize,
    };
    view::page(&log.path, &rules, &wanted, scope.engine.clock(), &scope.ctx)
}

fn briefs(system: &System) -> Outcome<Vec<LogBrief>> {
    let brief = |log: LogDefinition| {
        // A log that is not there yet, or that this user may not see, has no size; reading it says why.
        let size = std::fs::metadata(&log.path).ok().map(|metadata| Bytes(metadata.len()));
        let rules = log.rules.iter().map(|(name, _)| name.to_string()).collect();
        LogBrief { system: system.name.clone(), name: log.name.to_string(), file: log.path.into(), size, rules }
    };
    Ok(defined(system)?.into_iter().map(brief).collect())
}

/// What the definition names now; a system without a folder has none.
fn defined(system: &System) -> Outcome<Vec<LogDefinition>> {
    match &system.folder {
        Some(folder) => Ok(definition::load(&folder.0)?.collect.logs),
        None => Ok(Vec::new()),
    }
}

fn unknown(system: &System, name: &str, all: &[LogDefinition]) -> Fault {
    let names: Vec<&str> = all.iter().map(|log| log.name.as_str()).collect();
    let hint = match (&system.folder, names.is_empty()) {
        (None, _) => format!("{} was added as a file; logs are named in quarterdeck.yaml.", system.name),
        (Some(_), true) => "Name it under collect: logs: in quarterdeck.yaml (docs/definition.md).".to_owned(),
        (Some(_), false) => format!("Name one of: {}.", names.join(", ")),
    };
    Fault::refused("log-unknown", format!("{} has no log {name}.", system.name)).hint(hint)
}
