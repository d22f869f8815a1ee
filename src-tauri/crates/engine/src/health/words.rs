//! Numbers and moments as a sentence of health says them.

use quarterdeck_model::{Instant, Millis, inspection::Tone};

pub(crate) use quarterdeck_model::figures::{figures, value, when};

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
