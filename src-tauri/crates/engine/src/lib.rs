//! The composition: everything that a face can ask of Quarterdeck, from one [`ops::LIST`].

#[cfg(feature = "bindings")]
pub mod bindings;
pub mod chart;
pub mod collecting;
pub mod definition;
mod directories;
pub mod engine;
pub mod home;
pub mod operation;
pub mod ops;
pub mod schedule;

mod alerting;
mod backup;
mod capacity;
mod care;
mod dashboards;
mod drill;
mod happenings;
mod health;
mod images;
mod intent;
mod jobs;
mod logs;
mod lookup;
mod maintenance;
mod merges;
mod migration;
mod network;
mod parents;
mod program;
mod promises;
mod proving;
mod query;
mod readiness;
mod recovery;
mod repository;
mod restore;
mod retention;
mod scope;
mod status;
mod systems;
mod truth;
mod undo;

pub use engine::Engine;
pub use home::Home;
