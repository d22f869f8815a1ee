//! Collectors of what Quarterdeck itself knows: they implement [`quarterdeck_monitor::collectors::Blocking`] over the engine, and are joined here.

use std::sync::Arc;

use super::{AfterTick, plan::Of, plan::Wanted};
use crate::Engine;

/// What is wanted of each system beside what its definition says.
pub(super) fn of_system(_engine: &Arc<Engine>, _of: &Of<'_>) -> Vec<Wanted> {
    Vec::new()
}

/// What is wanted of this home as a whole.
pub(super) fn of_home(_engine: &Arc<Engine>) -> Vec<Wanted> {
    Vec::new()
}

/// What is called after each tick, from the start.
pub(super) fn after_tick(_engine: &Arc<Engine>) -> Vec<AfterTick> {
    Vec::new()
}
