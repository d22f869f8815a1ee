//! The conversation between a face and an engine. A face knows a [`Link`] and nothing of what is behind it: today an engine in the same
//! process ([`Local`]); an engine on another host speaks the same words.

use std::{future::Future, sync::Arc};

use quarterdeck_engine::Engine;
use quarterdeck_model::{Event, Face, Fault, Outcome};
use serde_json::Value;
use tokio::sync::broadcast;

/// Calls operations and hears events.
pub trait Link: Send + Sync {
    /// Runs an operation of the list. `ticket` numbers a query: its progress arrives as [`Event::Query`], and `cancel_query` stops it.
    fn call(&self, operation: &str, request: Value, ticket: Option<u32>) -> impl Future<Output = Outcome<Value>> + Send;

    /// The same for a query that has a raw form: its bytes, as the type of its response describes them.
    fn call_raw(&self, operation: &str, request: Value, ticket: Option<u32>) -> impl Future<Output = Outcome<Vec<u8>>> + Send;

    /// Hurry-up notes from now on. A listener that fell behind (`Lagged`) fetches everything again.
    fn events(&self) -> broadcast::Receiver<Event>;
}

/// An engine in this process. Calls run on threads that may block, never on the caller's.
#[derive(Clone)]
pub struct Local {
    engine: Arc<Engine>,
    face: Face,
}

impl Local {
    /// The engine, through the given door.
    pub fn new(engine: Arc<Engine>, face: Face) -> Self {
        Self { engine, face }
    }
}

impl Link for Local {
    async fn call(&self, operation: &str, request: Value, ticket: Option<u32>) -> Outcome<Value> {
        let (engine, face, operation) = (Arc::clone(&self.engine), self.face, operation.to_owned());
        aside(move || engine.call(face, &operation, request, ticket)).await
    }

    async fn call_raw(&self, operation: &str, request: Value, ticket: Option<u32>) -> Outcome<Vec<u8>> {
        let (engine, face, operation) = (Arc::clone(&self.engine), self.face, operation.to_owned());
        aside(move || engine.call_raw(face, &operation, request, ticket)).await
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.engine.events()
    }
}

/// On a thread that may block.
async fn aside<T: Send + 'static>(call: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    let call = tokio::task::spawn_blocking(call);
    call.await.unwrap_or_else(|error| Err(Fault::bug(format!("A call ended in a panic of the engine: {error}."))))
}
