//! A seat that one process of a home holds at a time: the agent wherever it lives, else an open window.

use quarterdeck_model::Outcome;
use quarterdeck_store::leases::{Lease, Owner};

use super::station::{AGENT, Post};
use crate::Engine;

/// What this process does, if the seat is its own.
pub(crate) struct Seat {
    key: &'static str,
    post: Post,
    held: Option<Lease>,
}

/// What became of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It is held here since before.
    Kept,
    /// It is held here from now on.
    Taken,
    /// It was held here, and is the agent's from now on.
    Left,
    /// Somebody else holds it.
    Others,
}

impl Seat {
    /// The seat of that name, not held yet.
    pub(crate) fn new(key: &'static str, post: Post) -> Self {
        Self { key, post, held: None }
    }

    /// True while it is held here.
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Leaves it to others.
    pub(crate) fn leave(&mut self) {
        self.held = None;
    }

    /// Takes the seat where it is free; leaves it to an agent.
    pub(crate) fn sit(&mut self, engine: &Engine) -> Outcome<Turn> {
        let leases = engine.home().leases();
        if self.post == Post::Window && Lease::is_held(&leases, AGENT)? {
            return Ok(if self.held.take().is_some() { Turn::Left } else { Turn::Others });
        }
        if self.held.is_some() {
            return Ok(Turn::Kept);
        }
        let purpose = self.post.purpose().to_owned();
        let owner = Owner { pid: std::process::id(), who: engine.who().to_owned(), purpose, since: engine.clock().now() };
        match Lease::take(&leases, self.key, &owner) {
            Ok(lease) => {
                self.held = Some(lease);
                Ok(Turn::Taken)
            }
            Err(fault) if fault.is("target-busy") => Ok(Turn::Others),
            Err(fault) => Err(fault),
        }
    }
}
