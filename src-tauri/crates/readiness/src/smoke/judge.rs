//! What a case comes to: what was found, and how long it took.

use quarterdeck_model::{
    Millis,
    readiness::{EvidenceVerdict, Latency, SmokeOutcome},
};

use super::{Budget, Case};
use crate::expect::{Unit, amount};

/// How something went, and why.
pub type Went = (SmokeOutcome, String);

/// A verdict over what was found, as an outcome: what cannot be known was not asked well enough.
pub fn outcome(verdict: EvidenceVerdict) -> SmokeOutcome {
    match verdict {
        EvidenceVerdict::Holds => SmokeOutcome::Passed,
        EvidenceVerdict::Fails => SmokeOutcome::Failed,
        EvidenceVerdict::Unknown => SmokeOutcome::Error,
    }
}

/// A statement that SQLite refused in these words, or did not refuse.
pub fn refusal(expected: &str, refused: Option<&str>) -> Went {
    match refused {
        Some(words) if words.contains(expected) => (SmokeOutcome::Passed, format!("refused, as expected: {words}")),
        Some(words) => (SmokeOutcome::Failed, format!("refused for another reason: {words}; {expected:?} expected")),
        None => (SmokeOutcome::Failed, format!("it was accepted; a refusal with {expected:?} expected")),
    }
}

/// The state of an HTTP answer: none where it is as expected.
pub fn status(expected: Option<u16>, found: u16) -> Option<String> {
    match expected {
        Some(expected) if found == expected => None,
        None if (200..300).contains(&found) => None,
        Some(expected) => Some(format!("it answered {found}, {expected} expected")),
        None => Some(format!("it answered {found}, 200 to 299 expected")),
    }
}

/// What passed, beside its budget: slow where it took longer.
pub fn timed(budget: Option<&Budget>, went: Went, latency: Option<&Latency>, all: Millis) -> Went {
    let (Some(budget), Some(latency), (SmokeOutcome::Passed, sentence)) = (budget, latency, &went) else { return went };
    let shown = shown(latency.p99);
    match (budget.p99, budget.all) {
        (Some(p99), _) if u64::from(latency.p99) > p99.0.saturating_mul(1000) => {
            (SmokeOutcome::Slow, format!("p99 {shown} over {}, at most {p99} expected", latency.count.of("time")))
        }
        (_, Some(most)) if all > most => (SmokeOutcome::Slow, format!("{} took {all}, at most {most} expected", latency.count.of("time"))),
        (Some(p99), _) => {
            (SmokeOutcome::Passed, format!("{sentence}; p99 {shown} over {}, at most {p99} expected", latency.count.of("time")))
        }
        _ => (SmokeOutcome::Passed, format!("{sentence}; {} took {all}", latency.count.of("time"))),
    }
}

/// What a load comes to before its budget: `errors` are those that did not pass, of all that were asked.
pub fn loaded(case: &Case, asked: u64, errors: u64, first: Option<&str>) -> Went {
    let allowed = case.expect.errors.unwrap_or(0.0);
    #[allow(clippy::cast_precision_loss)] // a million at most
    let share = if asked == 0 { 1.0 } else { errors as f64 / asked as f64 };
    let counted = quarterdeck_model::Count(asked).of("time");
    match (asked, errors) {
        (0, _) => (SmokeOutcome::Error, "nothing was asked in its time".to_owned()),
        (_, 0) => (SmokeOutcome::Passed, format!("asked {counted}, no errors")),
        _ => {
            let why = first.map_or_else(String::new, |first| format!(": {first}"));
            let found = format!("asked {counted}, {errors} errors ({})", amount(share, Unit::Ratio));
            match share <= allowed {
                true => (SmokeOutcome::Passed, found),
                false => (SmokeOutcome::Failed, format!("{found}, {} expected{why}", most(allowed))),
            }
        }
    }
}

fn most(allowed: f64) -> String {
    if allowed == 0.0 { "none".to_owned() } else { format!("at most {}", amount(allowed, Unit::Ratio)) }
}

/// Microseconds for people.
pub fn shown(micros: u32) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..100_000 => format!("{:.1} ms", f64::from(micros) / 1e3),
        _ => Millis(u64::from(micros) / 1000).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smoke::latency;

    fn budget(p99: Option<u64>, all: Option<u64>) -> Budget {
        Budget { p99: p99.map(Millis), all: all.map(Millis), of: 1 }
    }

    #[test]
    fn what_is_slow_passed_before() {
        let passed = || (SmokeOutcome::Passed, "5, at least 1 expected".to_owned());
        let times = latency((1..=50).map(|n| n * 1000).collect()).unwrap();
        let at = |budget: &Budget, all| timed(Some(budget), passed(), Some(&times), Millis(all));
        assert_eq!(at(&budget(Some(50), None), 9).0, SmokeOutcome::Passed, "the bound itself is kept");
        assert_eq!(at(&budget(Some(49), None), 9), (SmokeOutcome::Slow, "p99 50.0 ms over 50 times, at most 49 ms expected".to_owned()));
        assert_eq!(at(&budget(None, Some(1000)), 1001), (SmokeOutcome::Slow, "50 times took 1.0 s, at most 1.0 s expected".to_owned()));
        assert_eq!(at(&budget(Some(50), Some(1000)), 1200).0, SmokeOutcome::Slow);
        let failed = (SmokeOutcome::Failed, "0, at least 1 expected".to_owned());
        assert_eq!(timed(Some(&budget(Some(1), None)), failed.clone(), Some(&times), Millis(1)), failed, "wrong is worse than slow");
        assert_eq!(timed(None, passed(), Some(&times), Millis(1)), passed());
    }

    #[test]
    fn a_refusal_is_one_for_the_right_reason() {
        assert_eq!(refusal("UNIQUE", Some("UNIQUE constraint failed: a.b")).0, SmokeOutcome::Passed);
        assert!(refusal("UNIQUE", Some("no such table: a")).1.contains("another reason: no such table"));
        assert!(refusal("UNIQUE", None).1.starts_with("it was accepted"));
    }

    #[test]
    fn states_of_answers() {
        assert_eq!((status(None, 204), status(Some(404), 404)), (None, None));
        assert_eq!(status(None, 500).unwrap(), "it answered 500, 200 to 299 expected");
        assert_eq!(status(Some(201), 302).unwrap(), "it answered 302, 201 expected");
    }
}
