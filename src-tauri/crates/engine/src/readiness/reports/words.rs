//! Words and tones of states, as reports show them.

use quarterdeck_model::{
    Count, Instant,
    inspection::Tone,
    readiness::{EvidenceVerdict, ItemState, RowVerdict, StatementKind, StationState, VerdictWord},
};
use serde::Serialize;

/// A moment of a report. `22 Nov 2026, 14:05 UTC`
pub(super) fn when(at: Instant) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// A moment in a table whose head names UTC. `22 Nov 14:05`
pub(super) fn short(at: Instant) -> String {
    at.format("%-d %b %H:%M").to_string()
}

/// What nobody knows, and why.
pub(super) fn not_known(why: &str) -> String {
    format!("not known: {why}")
}

/// How many, and of what: `no drill`, `1 drill`, `3 drills`.
pub(super) fn many(count: u64, noun: &str) -> String {
    if count == 0 { format!("no {noun}") } else { Count(count).of(noun) }
}

/// A sentence begins with a capital.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A word of the wire, as people read it.
pub(super) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(|text| text.replace('-', " "))).unwrap_or_default()
}

pub(super) fn verdict(verdict: VerdictWord) -> (Tone, &'static str) {
    match verdict {
        VerdictWord::Go => (Tone::Ok, "Go"),
        VerdictWord::Waived => (Tone::Attention, "Go, with waivers"),
        VerdictWord::NoGo => (Tone::Critical, "No-go"),
    }
}

pub(super) fn item(state: ItemState) -> (Option<Tone>, &'static str) {
    match state {
        ItemState::Holds => (Some(Tone::Ok), "Holds"),
        ItemState::Waived => (Some(Tone::Attention), "Waived"),
        ItemState::NotApplicable => (None, "Does not apply"),
        ItemState::Waiting => (None, "Waits"),
        ItemState::Blocked => (Some(Tone::Attention), "Blocked"),
        ItemState::Stale => (Some(Tone::Attention), "Stale"),
        ItemState::Unknown => (Some(Tone::Unknown), "Not known"),
        ItemState::Fails => (Some(Tone::Critical), "Fails"),
        ItemState::Refused => (Some(Tone::Critical), "Refused"),
    }
}

pub(super) fn evidence(verdict: EvidenceVerdict, stale: bool) -> (Tone, &'static str) {
    match (verdict, stale) {
        (_, true) => (Tone::Attention, "Stale"),
        (EvidenceVerdict::Holds, false) => (Tone::Ok, "Holds"),
        (EvidenceVerdict::Fails, false) => (Tone::Critical, "Fails"),
        (EvidenceVerdict::Unknown, false) => (Tone::Unknown, "Not known"),
    }
}

pub(super) fn row(verdict: RowVerdict) -> (Tone, &'static str) {
    match verdict {
        RowVerdict::Holds => (Tone::Ok, "Kept"),
        RowVerdict::Fails => (Tone::Critical, "Missed"),
        RowVerdict::Unknown => (Tone::Unknown, "Not known"),
    }
}

pub(super) fn station(state: StationState) -> (Option<Tone>, &'static str) {
    match state {
        StationState::Waiting => (None, "Waits"),
        StationState::Asked => (None, "Asked"),
        StationState::Held => (Some(Tone::Attention), "Held"),
        StationState::Go => (Some(Tone::Ok), "Go"),
        StationState::Stale => (Some(Tone::Attention), "Stale"),
        StationState::NoGo => (Some(Tone::Critical), "No-go"),
    }
}

pub(super) fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Sign => "Signs",
        StatementKind::Refuse => "Refuses",
        StatementKind::Go => "Go",
        StatementKind::Exempt => "Exempts",
        StatementKind::NotApplicable => "Does not apply",
        StatementKind::Note => "Remarks",
        StatementKind::Revoke => "Revokes",
        StatementKind::Hold => "Holds the poll",
        StatementKind::Resume => "Resumes the poll",
        StatementKind::Decide => "Decides",
        StatementKind::Bypass => "Passes a closed gate",
        StatementKind::Withdraw => "Withdraws a gate",
        StatementKind::Open => "Opens",
        StatementKind::Close => "Closes",
    }
}
