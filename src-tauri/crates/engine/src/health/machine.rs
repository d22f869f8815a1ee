//! The checks of the machine, and of ourselves.

use quarterdeck_model::{
    Instant, JobCtx, Millis, Outcome,
    inspection::Tone,
    monitor::{Collecting, CollectorStatus, HealthCheck},
    system::{Environment, Name, System},
};
use quarterdeck_monitor::source::Source;

use super::{
    checks::{self, Judged},
    figures::{self, Figures, Newest},
};
use crate::{Engine, capacity};

/// File systems that are full by their nature.
const IMAGES: [&str; 3] = ["squashfs", "iso9660", "erofs"];

/// What the machine is called beside systems.
pub(super) fn name(engine: &Engine) -> Outcome<Name> {
    let letters = engine.host().to_lowercase();
    let letters: String = letters.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).take(63).collect();
    letters.trim_start_matches(['.', '_', '-']).parse().or_else(|_| "machine".parse())
}

/// As strict as the strictest system on it.
pub(super) fn environment(systems: &[System]) -> Environment {
    let has = |wanted: Environment| systems.iter().any(|system| system.environment == wanted);
    match () {
        () if has(Environment::Production) => Environment::Production,
        () if has(Environment::Staging) => Environment::Staging,
        () => Environment::Development,
    }
}

/// The checks of the machine.
pub(super) fn measured(figures: &Figures, source: &dyn Source, now: Instant, ctx: &JobCtx) -> Outcome<Vec<HealthCheck>> {
    let mut found = Vec::new();
    for free in figures.of("node_filesystem_avail_bytes", "") {
        let read_only = figures.beside("node_filesystem_readonly", free).is_some_and(|newest| newest.value > 0.0);
        if read_only || IMAGES.contains(&free.labels.get("fstype")) {
            continue;
        }
        let Some(all) = figures.beside("node_filesystem_size_bytes", free) else { continue };
        let full = capacity::full_soon(source, &free.labels, (free.value, all.value), now, ctx)?;
        let place = free.labels.get("mountpoint");
        found.push(newest(&format!("disk{place}"), &format!("Disk {place}"), free, checks::disk(free.value, all.value, full), now));
    }
    for available in figures.of("node_memory_MemAvailable_bytes", "") {
        if let Some(all) = figures.beside("node_memory_MemTotal_bytes", available) {
            found.push(newest("memory", "Memory", available, checks::memory(available.value, all.value), now));
        }
    }
    Ok(found)
}

/// Whether somebody measures.
pub(super) fn measuring(collecting: &Collecting, now: Instant) -> HealthCheck {
    let judged = Judged::new(collecting.tone, collecting.sentence.trim_end_matches('.'));
    HealthCheck { as_of: collecting.last_tick.unwrap_or(now), ..check("measuring", "Measuring", judged, now) }
}

/// Critical alerts that fire and that nobody has, in one line; none where there are none.
pub(super) fn alerts(engine: &Engine, system: Option<&Name>) -> Outcome<Option<Judged>> {
    let names = crate::alerting::critical(engine, system)?;
    Ok(match names.as_slice() {
        [] => None,
        [one] => Some(Judged::new(Tone::Critical, format!("{one} fires"))),
        [first, ..] => Some(Judged::new(Tone::Critical, format!("{first} and {} more fire", names.len() - 1))),
    })
}

/// Why nobody is told of alerts, as the process that evaluates rules knows it; none where people can be told.
pub(super) fn telling(engine: &Engine, source: &dyn Source, now: Instant, ctx: &JobCtx) -> Outcome<Option<Judged>> {
    if let Some(fault) = engine.alerting().trouble() {
        return Ok(Some(Judged::new(Tone::Critical, format!("Nobody can be told: {}", fault.message.trim_end_matches('.')))));
    }
    let failed = figures::instant(source, "quarterdeck_telling_failed > 0", now, "", ctx)?;
    Ok((!failed.is_empty()).then(|| Judged::new(Tone::Critical, "Nobody can be told by the process that evaluates rules")))
}

/// How a collector is. One that does its work says so by what it measured.
pub(super) fn collector(status: &CollectorStatus, now: Instant) -> HealthCheck {
    let system = status.system.clone();
    let remark = status.remarks.first().filter(|_| status.tone == Tone::Ok).map(|remark| format!(": {}", remark.trim_end_matches('.')));
    let key = match &system {
        Some(system) => format!("{system}/collector/{}", status.key.trim_start_matches(&format!("{system}/"))),
        None => format!("machine/collector/{}", status.key),
    };
    HealthCheck {
        key,
        what: format!("Collector {}", status.key),
        tone: status.tone,
        sentence: format!("{}{}", capital(status.sentence.trim_end_matches('.')), remark.unwrap_or_default()),
        since: status.since,
        as_of: status.last.unwrap_or(now),
        next: Some(system.as_ref().map_or_else(|| "health".to_owned(), |system| format!("health/{system}?tab=collectors"))),
        took: status.took.unwrap_or_default(),
        system,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn newest(key: &str, what: &str, newest: &Newest, judged: Judged, now: Instant) -> HealthCheck {
    let as_of = chrono::DateTime::from_timestamp_millis(newest.at).unwrap_or(now);
    HealthCheck { as_of, ..check(key, what, judged, now) }
}

/// A check of the machine itself.
pub(super) fn check(key: &str, what: &str, judged: Judged, now: Instant) -> HealthCheck {
    HealthCheck {
        key: format!("machine/{key}"),
        system: None,
        what: what.to_owned(),
        tone: judged.tone,
        sentence: judged.sentence,
        since: None,
        as_of: now,
        next: Some("health".to_owned()),
        took: Millis(0),
    }
}
