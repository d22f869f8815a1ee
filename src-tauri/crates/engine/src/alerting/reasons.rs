//! Why a rule cannot fire, in words.

use quarterdeck_monitor::rules::lacking::{Reason, Why};

use super::words;

/// `never seen: http_requests_total`.
pub(super) fn sentence(reason: &Reason) -> String {
    words::line(&reason.to_string())
}

/// True where what it looks at was measured and is no longer; else it never was there in that form.
pub(super) fn is_gone(reason: &Reason) -> bool {
    matches!(reason.why, Why::Gone { .. })
}
