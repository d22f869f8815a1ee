//! From checks to one line.

use quarterdeck_model::{
    Count, Instant,
    inspection::Tone,
    monitor::{Change, HealthCheck, SystemHealth},
    system::{Environment, Name},
};

use super::words::when;

/// Puts the checks of a system in one line: the worst one's sentence first.
pub(super) fn line(
    system: Name,
    environment: Environment,
    mut checks: Vec<HealthCheck>,
    changes: Vec<Change>,
    now: Instant,
) -> SystemHealth {
    sort(&mut checks);
    let tone = worst(&checks);
    let since = checks.first().filter(|_| tone < Tone::Working).and_then(|check| check.since);
    SystemHealth {
        sentence: sentence(&checks, now),
        passed: Count(checks.iter().filter(|check| passes(check)).count() as u64),
        as_of: checks.iter().map(|check| check.as_of).min(),
        system,
        environment,
        tone,
        since,
        checks,
        changes,
    }
}

/// Worst first; of equal ones the newer trouble, then by name.
pub(super) fn sort(checks: &mut [HealthCheck]) {
    checks.sort_by(|a, b| (a.tone, std::cmp::Reverse(a.since), &a.key).cmp(&(b.tone, std::cmp::Reverse(b.since), &b.key)));
}

/// The worst tone; what is under way is as it should be.
pub(super) fn worst(checks: &[HealthCheck]) -> Tone {
    checks.iter().map(|check| check.tone).filter(|tone| *tone != Tone::Working).min().unwrap_or(Tone::Ok)
}

/// True for a check that is as it should be.
pub(super) fn passes(check: &HealthCheck) -> bool {
    check.tone >= Tone::Working
}

/// The one sentence of sorted checks.
pub(super) fn sentence(checks: &[HealthCheck], now: Instant) -> String {
    let tone = worst(checks);
    let word = match tone {
        Tone::Critical => "Not healthy",
        Tone::Attention => "To be looked at",
        Tone::Unknown => "Not known",
        Tone::Working | Tone::Ok => {
            return match checks.len() {
                0 => "Nothing is checked yet.".to_owned(),
                1 => "Healthy: its one check passes.".to_owned(),
                count => format!("Healthy: all {count} checks pass."),
            };
        }
    };
    let Some(first) = checks.first() else { return format!("{word}.") };
    let since = first.since.map(|since| format!(" since {}", when(since, now))).unwrap_or_default();
    let others = checks.iter().filter(|check| !passes(check)).count() - 1;
    let more = if others == 0 { String::new() } else { format!("; and {others} more") };
    format!("{word}{since}: {}: {}{more}.", first.what, lower(&first.sentence))
}

/// A sentence behind a colon begins small, unless its first word is a name.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().unwrap_or_default();
    let second_is_small = sentence.chars().nth(1).is_none_or(|second| second.is_lowercase() || second == ' ');
    let text = if second_is_small { first.to_lowercase().chain(letters).collect() } else { sentence.to_owned() };
    text.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use quarterdeck_model::Millis;

    use super::*;

    fn check(what: &str, tone: Tone, since: Option<i64>) -> HealthCheck {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes);
        HealthCheck {
            key: format!("shop/{what}"),
            system: None,
            what: what.to_owned(),
            tone,
            sentence: format!("Is as {what}s are."),
            since: since.map(at),
            as_of: at(700),
            next: None,
            took: Millis(0),
        }
    }

    fn put(checks: Vec<HealthCheck>) -> SystemHealth {
        line("shop".parse().unwrap(), Environment::Production, checks, Vec::new(), check("a", Tone::Ok, None).as_of)
    }

    #[test]
    fn the_worst_check_speaks_and_the_others_are_counted() {
        let since = Some(600);
        let line = put(vec![
            check("b", Tone::Ok, None),
            check("c", Tone::Attention, Some(650)),
            check("d", Tone::Critical, since),
            check("e", Tone::Working, None),
            check("f", Tone::Unknown, None),
        ]);
        assert_eq!(line.tone, Tone::Critical);
        assert_eq!(line.passed, Count(2));
        assert_eq!(line.since, line.checks[0].since);
        assert!(
            line.sentence.starts_with("Not healthy since ") && line.sentence.ends_with(": d: is as ds are; and 2 more."),
            "{}",
            line.sentence
        );
        let tones: Vec<Tone> = line.checks.iter().map(|check| check.tone).collect();
        assert!(tones.is_sorted());
    }

    #[test]
    fn of_equal_ones_the_newest_trouble_speaks() {
        let line = put(vec![check("a", Tone::Attention, Some(1)), check("b", Tone::Attention, Some(9)), check("c", Tone::Attention, None)]);
        assert_eq!(line.checks[0].what, "b");
        assert!(line.sentence.starts_with("To be looked at since "));
    }

    #[test]
    fn nothing_wrong_is_said_in_numbers() {
        assert_eq!(put(Vec::new()).sentence, "Nothing is checked yet.");
        assert_eq!(put(vec![check("a", Tone::Ok, None)]).sentence, "Healthy: its one check passes.");
        let two = put(vec![check("a", Tone::Ok, Some(3)), check("b", Tone::Working, None)]);
        assert_eq!((two.sentence.as_str(), two.tone, two.since), ("Healthy: all 2 checks pass.", Tone::Ok, None));
    }

    #[test]
    fn a_name_keeps_its_letter() {
        assert_eq!(lower("SQLite says no."), "SQLite says no");
        assert_eq!(lower("A reader stays."), "a reader stays");
        assert_eq!(lower("31 ms"), "31 ms");
    }
}
