//! What is done at set times: who decides it, when it is due, which process runs it, and what is said when it does not happen.

mod agent;
mod change;
mod due;
pub(crate) mod policy;
mod run;
mod scheduler;
mod seat;
mod source;
mod state;
mod station;

pub use self::{
    agent::AgentPost,
    scheduler::Scheduler,
    station::{AGENT, Post, Station},
};
pub(crate) use self::{
    change::set,
    run::now,
    seat::{Seat, Turn},
    source::zone,
    state::{findings, list, unattended},
};
