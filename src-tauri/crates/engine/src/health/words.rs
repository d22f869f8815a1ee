//! Numbers and moments as a sentence of health says them.

use chrono::{DateTime, Local};
use quarterdeck_model::{Instant, Millis, inspection::Tone};

pub(crate) use quarterdeck_model::figures::{figures, value};

use crate::truth;

/// A moment in this machine's time zone: `13:42` where it is today, else `22 Nov 13:42`.
pub(crate) fn when(at: Instant, now: Instant) -> String {
    let (local, today): (DateTime<Local>, DateTime<Local>) = (at.into(), now.into());
    if local.date_naive() == today.date_naive() { local.format("%H:%M").to_string() } else { truth::moment(at, now) }
}

/// How long ago, in words; a moment that is still to come is no time ago.
pub(crate) fn ago(at: Instant, now: Instant) -> Millis {
    crate::jobs::between(at, now)
}

/// The word for a tone, as it stands in a report.
pub(crate) fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Critical => "CRITICAL",
        Tone::Attention => "ATTENTION",
        Tone::Unknown => "UNKNOWN",
        Tone::Working => "WORKING",
        Tone::Ok => "OK",
    }
}
