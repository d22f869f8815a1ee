//! Alerts, rules, routes, silences and who was told, as every face sees them.

mod notice;
mod oncall;
mod route;
mod row;
mod rule;
mod runbook;
mod silence;

pub use self::{notice::*, oncall::*, route::*, row::*, rule::*, runbook::*, silence::*};
