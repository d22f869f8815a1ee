//! Runs what may wait for a disk or a name server where nobody waits for it. A future that is dropped leaves its thread behind: so each
//! target has one at a time, and all of them together only a part of what the runtime has.

use std::sync::Arc;

use quarterdeck_model::{Fault, Outcome};
use tokio::sync::Semaphore;

/// Threads that all targets together may keep; the runtime has twice as many.
static ALL: Semaphore = Semaphore::const_new(16);

/// The one thread of a target.
#[derive(Debug, Clone)]
pub struct Aside(Arc<Semaphore>);

impl Default for Aside {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Aside {
    /// Runs it, once what ran before has ended.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
        // Nobody closes them.
        let held = (Arc::clone(&self.0).acquire_owned().await, ALL.acquire().await);
        let joined = tokio::task::spawn_blocking(move || {
            let _until_the_end = held;
            work()
        });
        joined.await.map_err(|error| Fault::bug(format!("Reading what a visit needs came to a bad end: {error}.")))
    }
}
