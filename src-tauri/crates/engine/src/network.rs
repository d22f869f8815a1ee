//! What speaks to the network in this process: one runtime, made when it is first needed, and the provider of TLS.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome};
use tokio::runtime::{Builder, Handle, Runtime};

/// Threads for what may block: a visit that hangs keeps one of them.
const BLOCKING: usize = 32;

/// How long an idle one of them stays.
const IDLE: Duration = Duration::from_secs(20);

/// Says to every user of rustls in this process which provider to take. Tauri makes a client of its own, which ends the process where there
/// is none. Whoever was first stays.
pub fn provide() {
    // Another provider that was there before serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The runtime of an engine. What still hangs on it when the engine ends is left alone, and nobody waits for it.
#[derive(Debug, Default)]
pub struct Network(Mutex<Option<Runtime>>);

impl Network {
    /// The runtime, made now where there is none yet.
    pub fn handle(&self) -> Outcome<Handle> {
        let mut runtime = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.handle().clone());
        }
        let made = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOCKING)
            .thread_keep_alive(IDLE)
            .thread_name("network")
            .enable_all()
            .build();
        let made = made.map_err(|error| {
            Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs.").may_retry()
        })?;
        Ok(runtime.insert(made).handle().clone())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_hangs_keeps_nobody_waiting() {
        let network = Network::default();
        let (begun, waits) = std::sync::mpsc::channel();
        let (never, end) = std::sync::mpsc::channel::<()>();
        network.handle().unwrap().spawn_blocking(move || {
            begun.send(()).unwrap();
            end.recv()
        });
        waits.recv().unwrap();
        drop(network);
        // Only now may it end.
        drop(never);
    }

    #[test]
    fn one_runtime_serves_all() {
        let network = Network::default();
        let (one, other) = (network.handle().unwrap(), network.handle().unwrap());
        assert_eq!(one.id(), other.id());
        assert_eq!(one.block_on(async { tokio::spawn(async { 7 }).await.unwrap() }), 7);
    }

    #[test]
    fn a_provider_is_there_once_it_was_asked_for_twice() {
        provide();
        provide();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }
}
