//! The job that gathers the evidence of a copy.

use std::sync::Arc;

use quarterdeck_model::{JobId, Outcome, job::Phase, readiness::EvidenceVerdict, system::Target};

use super::{Field, crew::measure_all};
use crate::{
    operation::{Announcement, Scope},
    ops::{GatherEvidence, Gathered},
    readiness::copies,
};

const MEASURE: &str = "Measure";

/// What will be measured. Faults as [`copies::wanted`].
pub(crate) fn announce_gather(scope: &Scope, asked: &GatherEvidence) -> Outcome<Announcement> {
    let (system, copy, ..) = copies::wanted(&scope.engine, &asked.copy, &asked.items)?;
    Ok(Announcement {
        title: format!("Gather evidence for {} {}", copy.title, copy.release),
        target: Target { system: system.name, component: None },
        environment: system.environment,
        phases: vec![Phase::new(MEASURE, "Each piece by itself, several at once, none for longer than its limit.")],
    })
}

/// Measures, and keeps what came. A caller who cancels keeps what was measured until then.
pub(crate) fn gather(scope: &Scope, asked: &GatherEvidence, _: JobId) -> Outcome<Gathered> {
    let (system, copy, checklist, evidence) = copies::wanted(&scope.engine, &asked.copy, &asked.items)?;
    let field = Arc::new(Field::new(scope, system));
    scope.ctx.phase(MEASURE);
    let mut tally = Tally::default();
    measure_all(&field, evidence, &scope.ctx, &mut |measured| {
        measured.iter().for_each(|(_, measurement)| tally.add(measurement.verdict));
        copies::keep_measurements(&scope.engine, &copy, &checklist, measured)
    })?;
    let Tally { holds, fails, unknown } = tally;
    Ok(Gathered { copy: copy.id, measured: tally.all(), holds, fails, unknown, sentence: tally.sentence() })
}

/// How many said what.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    holds: u32,
    fails: u32,
    unknown: u32,
}

impl Tally {
    fn add(&mut self, verdict: EvidenceVerdict) {
        *match verdict {
            EvidenceVerdict::Holds => &mut self.holds,
            EvidenceVerdict::Fails => &mut self.fails,
            EvidenceVerdict::Unknown => &mut self.unknown,
        } += 1;
    }

    fn all(self) -> u32 {
        self.holds + self.fails + self.unknown
    }

    /// E.g. `38 of 40 measured hold; 1 fails, 1 is not known.`
    fn sentence(self) -> String {
        let mut rest = Vec::new();
        if self.fails > 0 {
            rest.push(format!("{} {}", self.fails, if self.fails == 1 { "fails" } else { "fail" }));
        }
        if self.unknown > 0 {
            rest.push(format!("{} {} not known", self.unknown, if self.unknown == 1 { "is" } else { "are" }));
        }
        let rest = if rest.is_empty() { String::new() } else { format!("; {}", rest.join(", ")) };
        format!("{} of {} measured hold{rest}.", self.holds, self.all())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_counts_what_was_measured() {
        assert_eq!(Tally { holds: 38, fails: 1, unknown: 1 }.sentence(), "38 of 40 measured hold; 1 fails, 1 is not known.");
        assert_eq!(Tally { holds: 2, fails: 0, unknown: 0 }.sentence(), "2 of 2 measured hold.");
        assert_eq!(Tally { holds: 0, fails: 3, unknown: 0 }.sentence(), "0 of 3 measured hold; 3 fail.");
    }
}
