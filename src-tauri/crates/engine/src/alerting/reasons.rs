//! Why a rule cannot fire, in words.

use quarterdeck_monitor::rules::no_data::Reason;

/// `never seen: http_requests_total`.
pub(super) fn sentence(reason: &Reason) -> String {
    format!("no series: {}", reason.selector)
}

/// True where what it looks at never was there.
pub(super) fn is_never(_reason: &Reason) -> bool {
    true
}
