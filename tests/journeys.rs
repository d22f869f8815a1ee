//! The real `quarterdeck`, from outside: what people type, what they read, what scripts get.
#![allow(clippy::unwrap_used, reason = "what cannot be set up ends the test")]

#[path = "journeys/agent.rs"]
mod agent;
#[path = "journeys/alerts.rs"]
mod alerts;
#[path = "journeys/backup.rs"]
mod backup;
#[path = "journeys/binary.rs"]
mod binary;
#[path = "journeys/care.rs"]
mod care;
#[path = "journeys/definition.rs"]
mod definition;
#[path = "journeys/drill.rs"]
mod drill;
#[path = "journeys/face.rs"]
mod face;
#[path = "journeys/health.rs"]
mod health;
#[path = "journeys/inspect.rs"]
mod inspect;
#[path = "journeys/killed.rs"]
mod killed;
#[path = "journeys/logs.rs"]
mod logs;
#[path = "journeys/migrate.rs"]
mod migrate;
#[path = "journeys/permission.rs"]
mod permission;
#[path = "journeys/query.rs"]
mod query;
#[path = "journeys/restore.rs"]
mod restore;
#[path = "journeys/retention.rs"]
mod retention;
#[path = "journeys/rights.rs"]
mod rights;
#[path = "journeys/schedule.rs"]
mod schedule;
#[path = "journeys/series_kills.rs"]
mod series_kills;
#[path = "journeys/smoke.rs"]
mod smoke;
#[path = "journeys/soak/mod.rs"]
mod soak;
mod support;
