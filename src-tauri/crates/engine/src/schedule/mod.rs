//! What is done at set times: who decides it, when it is due, which process runs it, and what is said when it does not happen.

mod change;
mod due;
pub(crate) mod policy;
mod run;
mod scheduler;
mod source;
mod state;
mod station;

pub(crate) use self::{
    change::set,
    run::now,
    state::{findings, list},
};
pub use self::{
    scheduler::Scheduler,
    station::{AGENT, Post, Station},
};
