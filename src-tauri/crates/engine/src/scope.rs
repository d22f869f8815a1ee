//! What rides along with a call, put to use: audit lines, random names.

use quarterdeck_model::{Event, Fault, Outcome, plan::hex};
use quarterdeck_store::audit;

use crate::operation::Scope;

impl Scope {
    /// Runs a command and records how it ended.
    pub(crate) fn audited<T>(&self, operation: &str, target: &str, run: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let result = run();
        let outcome = match &result {
            Ok(_) => "succeeded",
            Err(fault) => &fault.code,
        };
        self.audit(operation, target, outcome, "")?;
        self.engine.tell(Event::Store);
        result
    }

    /// Adds a line to the audit trail.
    pub(crate) fn audit(&self, operation: &str, target: &str, outcome: &str, detail: &str) -> Outcome<()> {
        self.engine.store().write(|tx| audit::append(tx, &self.entry(operation, target, outcome, detail)).map(drop))
    }

    /// The line that would be added, for use inside another transaction.
    pub(crate) fn entry<'a>(&'a self, operation: &'a str, target: &'a str, outcome: &'a str, detail: &'a str) -> audit::Entry<'a> {
        audit::Entry { at: self.engine.clock().now(), who: &self.caller.who, face: self.caller.face, operation, target, outcome, detail }
    }
}

/// Sixteen hexadecimal figures from the operating system's random source.
pub(crate) fn random_id() -> Outcome<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        Fault::failed("no-randomness", format!("The operating system gave no random numbers: {error}.")).hint("Check /dev/urandom.")
    })?;
    Ok(hex(&bytes))
}
