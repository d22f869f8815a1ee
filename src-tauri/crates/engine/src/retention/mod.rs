//! Retention: which rules hold, what they would forget, forgetting it, and freeing its room.

mod forget;
mod gap;
mod pins;
mod prune;
mod rules;
mod subject;

pub(crate) use self::{
    forget::{announce, phases, run},
    pins::{pin, unpin},
    prune::{announce as announce_prune, prune},
    rules::set,
    subject::preview,
};
