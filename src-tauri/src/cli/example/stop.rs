//! The wish to end, from the keyboard or from the system.

use std::{
    io,
    sync::mpsc::{self, Receiver},
    thread,
};

use quarterdeck_model::{Fault, Outcome};
use tokio::{
    runtime,
    signal::unix::{Signal, SignalKind, signal},
};

/// A channel that closes at the first SIGINT or SIGTERM. From now on neither ends the process by itself.
pub(super) fn on_signals() -> Outcome<Receiver<()>> {
    listen().map_err(|error| Fault::failed("signals", format!("Signals cannot be received: {error}.")).hint("Start it again."))
}

fn listen() -> io::Result<Receiver<()>> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupt, mut terminate): (Signal, Signal) = {
        let _entered = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let (open, stop) = mpsc::channel();
    thread::Builder::new().name("example-stop".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        drop(open);
    })?;
    Ok(stop)
}
