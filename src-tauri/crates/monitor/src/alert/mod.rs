//! Alerts: what a condition that holds becomes, from pending to resolved. Nothing here reads a clock, a file or the network.

pub mod flapping;
pub mod machine;

use crate::{labels::Labels, sample::Moment};

/// One alert as routing, silences and channels see it: Alertmanager's own notion of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Sixteen hexadecimal figures over the rule's key and the labels; stable over restarts.
    pub id: String,
    /// With `alertname`, and `system` where it is about one.
    pub labels: Labels,
    /// Templates in them are expanded.
    pub annotations: Labels,
    /// Since when it fires.
    pub starts: Moment,
    /// Since when it fires no longer.
    pub ends: Option<Moment>,
    /// The value of the expression when it was looked at last.
    pub value: f64,
    /// The expression that fires.
    pub expression: String,
}
