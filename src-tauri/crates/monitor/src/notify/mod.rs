//! Who is told what, when and by which way: Alertmanager's configuration, and what it never had.

pub mod channel;
pub mod config;
pub mod dispatch;
mod group;
pub mod inhibit;
pub mod interval;
mod log;
pub mod matcher;
pub mod oncall;
pub mod route;
pub mod shown;
pub mod silence;
pub mod why;

use quarterdeck_model::alert::NoticeReason;

pub use self::{config::Config, log::Told};
use crate::{alert::Alert, labels::Labels, sample::Moment};

/// One message for one channel: a group of alerts, and why it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The receiver's name.
    pub receiver: String,
    /// Which of the receiver's channels, counted from 0.
    pub channel: usize,
    /// The group's name; the same as Alertmanager's.
    pub group_key: String,
    /// What its alerts have in common by the route.
    pub group_labels: Labels,
    /// In Alertmanager's order.
    pub firing: Vec<Alert>,
    /// In the same order; empty where the channel does not tell what is over.
    pub resolved: Vec<Alert>,
    /// Why somebody is told.
    pub reason: NoticeReason,
    /// When it was due.
    pub at: Moment,
    /// Alerts of the group that are left out, because there are too many for one message.
    pub dropped: usize,
}
