//! How long each part of a visit took. The library says nothing about that, but asks us at the right moments: for the addresses of a name,
//! for a session to resume (just before the first message of TLS), and around the whole of a connection.

use std::{
    future::Future,
    net::ToSocketAddrs,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{
    NamedGroup,
    client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue},
    pki_types::ServerName,
};

use super::aside::Aside;

/// Parts of a visit, redirects added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// From a name to addresses.
    pub resolve: Duration,
    /// From an address to a connection.
    pub connect: Duration,
    /// From a connection to a secret.
    pub tls: Duration,
    /// Connections that were made, or tried.
    pub connections: usize,
}

/// Shared by a client and its connections. A client of ours makes one connection at a time.
#[derive(Debug, Clone)]
pub struct Stopwatch {
    running: Arc<Mutex<Running>>,
    aside: Aside,
}

#[derive(Debug, Default)]
struct Running {
    parts: Parts,
    resolved: Option<Instant>,
    greeted: Option<Instant>,
}

impl Stopwatch {
    /// One that asks for names on the thread of a target.
    pub fn new(aside: Aside) -> Self {
        Self { running: Arc::default(), aside }
    }

    /// Connections since the parts were taken.
    pub fn connections(&self) -> usize {
        self.lock().parts.connections
    }

    /// The parts since the last time.
    pub fn take(&self) -> Parts {
        std::mem::take(&mut *self.lock()).parts
    }

    fn began(&self) {
        let mut running = self.lock();
        (running.resolved, running.greeted) = (None, None);
    }

    fn ended(&self, began: Instant) {
        let now = Instant::now();
        let mut running = self.lock();
        let resolved = running.resolved.unwrap_or(began);
        let connected = running.greeted.unwrap_or(now);
        running.parts.connections += 1;
        running.parts.resolve += resolved - began;
        running.parts.connect += connected.saturating_duration_since(resolved);
        running.parts.tls += now - connected;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolve for Stopwatch {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = self.clone();
        Box::pin(async move {
            let found = watch.aside.run(move || (name.as_str(), 0).to_socket_addrs()).await;
            watch.lock().resolved = Some(Instant::now());
            Ok(Box::new(found??) as Addrs)
        })
    }
}

/// Resumes nothing: each visit is a first one, and shows its certificate.
impl ClientSessionStore for Stopwatch {
    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.lock().greeted.get_or_insert_with(Instant::now);
        None
    }

    fn set_kx_hint(&self, _: ServerName<'static>, _: NamedGroup) {}

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, _: Tls13ClientSessionValue) {}

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        None
    }
}

/// What makes connections, under the watch.
#[derive(Debug, Clone)]
pub struct Watched<S> {
    /// Makes them.
    pub inner: S,
    /// Measures them.
    pub watch: Stopwatch,
}

impl<S, R> tower_service::Service<R> for Watched<S>
where
    S: tower_service::Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: R) -> Self::Future {
        let (began, watch) = (Instant::now(), self.watch.clone());
        watch.began();
        let connecting = self.inner.call(to);
        Box::pin(async move {
            let connection = connecting.await;
            watch.ended(began);
            connection
        })
    }
}
