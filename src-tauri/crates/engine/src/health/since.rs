//! Since when a check is as it is: from the history that whoever collects writes once a minute (`quarterdeck_check`), where a change is one.

use std::collections::BTreeMap;

use quarterdeck_model::{Instant, JobCtx, Outcome, inspection::Tone, monitor::HealthCheck};
use quarterdeck_monitor::{
    labels::NAME,
    sample::{Moment, Sample, is_stale},
    source::{Facet, Matcher, Source, Test, Wanted},
};

/// The metric: a value for each check.
pub(crate) const METRIC: &str = "quarterdeck_check";

/// How far back a change is looked for.
const BACK: i64 = 90 * 86_400_000;

/// What each check was, by its key.
#[derive(Debug, Default)]
pub(super) struct History(BTreeMap<String, Vec<Sample>>);

impl History {
    /// Reads the last ninety days.
    pub(super) fn read(source: &dyn Source, now: Instant, ctx: &JobCtx) -> Outcome<Self> {
        let matchers = [Matcher { label: NAME.to_owned(), test: Test::Is(METRIC.to_owned()) }];
        let now = now.timestamp_millis();
        let wanted = Wanted { matchers: &matchers, after: now - BACK, until: now, facet: Facet::Last };
        let mut all = BTreeMap::new();
        source.visit(&wanted, ctx, &mut |selected| {
            let samples = selected.samples.iter().filter(|sample| !is_stale(sample.value)).copied().collect();
            all.insert(selected.labels.get("check").to_owned(), samples);
            Ok(())
        })?;
        Ok(Self(all))
    }

    /// Says of each check since when it is as it is.
    pub(super) fn date(&self, checks: &mut [HealthCheck]) {
        for check in checks {
            check.since = self.0.get(&check.key).and_then(|samples| since(samples, level(check.tone), check.as_of.timestamp_millis()));
        }
    }
}

/// The number for a tone in the history. What is under way is as it should be.
pub(crate) fn level(tone: Tone) -> f64 {
    match tone {
        Tone::Ok | Tone::Working => 0.0,
        Tone::Unknown => 1.0,
        Tone::Attention => 2.0,
        Tone::Critical => 3.0,
    }
}

/// When the history changed to this level and stayed; where it never was another one, when it was first seen; where its newest entry is
/// another one, the change was since then, so it is now. None without any history.
fn since(samples: &[Sample], level: f64, now: Moment) -> Option<Instant> {
    let newest = samples.last()?;
    #[allow(clippy::float_cmp)] // four whole numbers
    let same = |sample: &&Sample| sample.value == level;
    let at = if same(&newest) { samples.iter().rev().take_while(same).last()?.at } else { now.max(newest.at) };
    chrono::DateTime::from_timestamp_millis(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(values: &[(i64, f64)]) -> Vec<Sample> {
        values.iter().map(|(minute, value)| Sample { at: minute * 60_000, value: *value }).collect()
    }

    fn minute(samples: &[Sample], level: f64) -> Option<i64> {
        since(samples, level, 100 * 60_000).map(|at| at.timestamp() / 60)
    }

    #[test]
    fn since_is_the_last_change_to_the_present_level() {
        assert_eq!(minute(&[], 0.0), None);
        assert_eq!(minute(&history(&[(1, 0.0)]), 0.0), Some(1), "since it was first seen");
        assert_eq!(minute(&history(&[(1, 0.0), (5, 3.0), (65, 3.0)]), 3.0), Some(5), "written again each hour");
        assert_eq!(minute(&history(&[(1, 3.0), (5, 0.0), (7, 3.0)]), 3.0), Some(7));
        assert_eq!(minute(&history(&[(1, 0.0), (5, 2.0)]), 3.0), Some(100), "changed since the newest entry");
    }

    #[test]
    fn work_counts_as_well() {
        assert_eq!(level(Tone::Working).to_bits(), level(Tone::Ok).to_bits());
    }
}
