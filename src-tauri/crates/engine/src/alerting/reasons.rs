//! Why a rule cannot fire, in words.

use chrono::{DateTime, Utc};
use quarterdeck_monitor::rules::lacking::{Reason, Why};

/// `never seen: http_requests_total`, `last seen 2026-11-23 05:12 UTC: build_seconds{kind="a"}`.
pub(super) fn sentence(reason: &Reason) -> String {
    match reason.why {
        Why::Gone { last: Some(last) } => match DateTime::<Utc>::from_timestamp_millis(last) {
            Some(last) => format!("last seen {}: {}", last.format("%Y-%m-%d %H:%M UTC"), reason.selector),
            None => reason.to_string(),
        },
        _ => reason.to_string(),
    }
}

/// True where what it looks at never was there.
pub(super) fn is_never(reason: &Reason) -> bool {
    !matches!(reason.why, Why::Gone { .. })
}
