//! Which rules hold for a system: those of its definition, else those that somebody set, else the environment, else none.

use quarterdeck_model::{
    Fault, Millis, Outcome, WirePath,
    retention::{KeepRules, RuleSource},
    system::System,
};
use quarterdeck_store::keep::{self, SetRules};

use crate::{
    Engine, definition, lookup,
    operation::Scope,
    ops::{Retention, SetRetention},
};

const MAX_BACKUPS: &str = "BACKUP_MAX_BACKUPS";
const RETENTION_DAYS: &str = "BACKUP_RETENTION_DAYS";

/// The rules of a system.
///
/// A definition that cannot be read is a fault and never the same as one that says nothing: other rules could forget what it keeps.
pub(crate) fn of(engine: &Engine, system: &System) -> Outcome<(KeepRules, RuleSource)> {
    if let Some(folder) = &system.folder
        && let Some(rules) = definition::load(&folder.0)?.keep
    {
        return Ok((rules, RuleSource::Definition { file: WirePath(folder.0.join(definition::FILE_NAME)) }));
    }
    if let Some(SetRules { rules, who, at }) = engine.store().read(|connection| keep::rules(connection, &system.name))? {
        return Ok((rules, RuleSource::Store { who, at }));
    }
    match of_process()? {
        Some(rules) => Ok((rules, RuleSource::Environment)),
        None => Ok((KeepRules::default(), RuleSource::Nothing)),
    }
}

/// Sets the rules, or takes them away; the definition's own cannot be set from here.
pub(crate) fn set(scope: &Scope, request: SetRetention) -> Outcome<Retention> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &request.system)?;
    if let Some(folder) = &system.folder
        && definition::load(&folder.0)?.keep.is_some()
    {
        let file = folder.0.join(definition::FILE_NAME);
        return Err(Fault::refused(
            "rules-in-definition",
            format!("What to keep of {} is said in {}, which decides.", system.name, file.display()),
        )
        .hint("Change the key keep there, or remove it to set the rules here.")
        .fact("file", WirePath(file).encode()));
    }
    match &request.rules {
        Some(rules) => rules.check()?,
        // What would hold then has to be readable before the rules go.
        None => of_process().map(drop)?,
    }
    engine.store().write(|tx| match request.rules {
        None => keep::drop_rules(tx, &system.name),
        Some(rules) => keep::set_rules(tx, &system.name, &SetRules { rules, who: scope.caller.who.clone(), at: engine.clock().now() }),
    })?;
    let (rules, source) = of(engine, &system)?;
    let detail = rules.to_string();
    scope.audit("set_retention", system.name.as_str(), "set", &detail)?;
    Ok(Retention { sentence: sentence(&system, &rules, &source), rules, source })
}

/// What is kept, and who says so.
pub(super) fn sentence(system: &System, rules: &KeepRules, source: &RuleSource) -> String {
    let by = match source {
        RuleSource::Definition { file } => format!("says {file}"),
        RuleSource::Store { who, .. } => format!("set by {who}"),
        RuleSource::Environment => format!("says the environment ({MAX_BACKUPS}, {RETENTION_DAYS})"),
        RuleSource::Request => "to be tried out".to_owned(),
        RuleSource::Nothing => return format!("No rule says which snapshots of {} to keep, so every one stays.", system.name),
    };
    format!("Kept of {}: {rules} ({by}).", system.name)
}

/// The caps that the environment of this process sets.
fn of_process() -> Outcome<Option<KeepRules>> {
    environment(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// The caps that an environment sets.
fn environment(variable: impl Fn(&str) -> Option<String>) -> Outcome<Option<KeepRules>> {
    let number = |name: &'static str| match variable(name) {
        None => Ok(None),
        Some(text) => text.parse::<u32>().ok().filter(|number| *number > 0).map(Some).ok_or_else(|| {
            Fault::refused("bad-environment", format!("{name} is {text:?} in the environment, which is not a number of 1 or more."))
                .hint(format!("Set {name} to a number such as 30, or unset it; nothing is forgotten until then."))
        }),
    };
    let at_most = number(MAX_BACKUPS)?;
    let no_older_than = number(RETENTION_DAYS)?.map(|days| Millis(u64::from(days) * 86_400_000));
    let caps = KeepRules { at_most, no_older_than, ..KeepRules::default() };
    Ok((caps != KeepRules::default()).then_some(caps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_sets_caps_and_is_read_strictly() {
        let read = |count: Option<&str>, days: Option<&str>| {
            let (count, days) = (count.map(str::to_owned), days.map(str::to_owned));
            environment(move |name| if name == MAX_BACKUPS { count.clone() } else { days.clone() })
        };
        assert_eq!(read(None, None).unwrap(), None);
        let rules = read(Some("30"), Some("90")).unwrap().unwrap();
        assert_eq!((rules.at_most, rules.no_older_than), (Some(30), Some(Millis(90 * 86_400_000))));
        assert!(rules.keeps_everything());
        for bad in ["", "0", "-1", "30 days", "1.5", "99999999999"] {
            assert!(read(Some(bad), None).unwrap_err().is("bad-environment"), "{bad:?}");
            assert!(read(None, Some(bad)).unwrap_err().is("bad-environment"), "{bad:?}");
        }
    }
}
