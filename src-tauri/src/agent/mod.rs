//! The agent: runs the schedules of a home without a window, until it is told to stop.

mod journal;
mod notify;
mod stop;
pub mod unit;

use std::{process::ExitCode, sync::Arc, time::Duration};

use quarterdeck_engine::{
    Engine,
    collecting::Collecting,
    schedule::{AgentPost, Post, Scheduler},
};
use quarterdeck_model::{Fault, Outcome};
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::notify::Notify;

/// How often what it does is told to systemd, at least.
const TELL: Duration = Duration::from_secs(1);

/// A scheduler, or what measures, that has not looked at what is due for so long hangs, and the watchdog has to hear of it. Recovery of a large restore may
/// take minutes within one look.
const HANGS: Duration = Duration::from_secs(600);

/// Runs until SIGTERM or SIGINT. Refuses where another agent of this home lives.
pub async fn run(engine: &Arc<Engine>, drain: Duration) -> Outcome<ExitCode> {
    // From here on a signal is heard and does not end the process by itself.
    let mut signals = Signals::listen()?;
    let _post = AgentPost::take(engine)?;
    let notify = Notify::from_environment();
    journal::line(&format!(
        "Quarterdeck {} keeps {} (process {}).",
        env!("CARGO_PKG_VERSION"),
        engine.home().folder().display(),
        std::process::id()
    ));
    let scheduler = Scheduler::start(engine, Post::Agent, journal::line)?;
    let collecting = Collecting::start(engine, Post::Agent, journal::line)?;
    hear_chosen(engine);
    notify.tell(&["READY=1", &status(engine, &scheduler)]);
    let name = watch(engine, (&scheduler, &collecting), &notify, &mut signals).await;
    notify.tell(&["STOPPING=1"]);
    journal::line(&format!("{name}: no new runs from now on."));
    scheduler.stop();
    collecting.stop();
    stop::drain(engine, &notify, &mut signals, drain).await
}

/// A notification that is chosen is shown by the window that is open, if one is. Where there is no desktop, nobody chooses any.
fn hear_chosen(engine: &Arc<Engine>) {
    let weak = Arc::downgrade(engine);
    let hearing = move || {
        Engine::chosen_alerts(|id| {
            // Where the file cannot be written, the notification was only looked at.
            let _ = weak.upgrade().map(|engine| engine.want_alert(&id));
        })
    };
    // Without the thread, a notification is only looked at, too.
    let _ = std::thread::Builder::new().name("chosen".to_owned()).spawn(hearing);
}

/// Tells systemd how it is until a signal comes; answers with its name.
async fn watch(
    engine: &Engine,
    (scheduler, collecting): (&Scheduler, &Collecting),
    notify: &Notify,
    signals: &mut Signals,
) -> &'static str {
    let mut told = String::new();
    let every = notify.watchdog().map_or(TELL, |watchdog| TELL.min(watchdog / 2));
    loop {
        tokio::select! {
            name = signals.next() => return name,
            () = tokio::time::sleep(every) => {}
        }
        if scheduler.quiet_for().max(collecting.quiet_for()) < HANGS {
            notify.alive();
        }
        let status = status(engine, scheduler);
        if status != told {
            notify.tell(&[&status]);
            told = status;
        }
    }
}

fn status(engine: &Engine, scheduler: &Scheduler) -> String {
    let post = if scheduler.is_held() { "Runs the schedules" } else { "Waits to run the schedules" };
    match engine.running().len() {
        0 => format!("STATUS={post}"),
        1 => format!("STATUS={post}; one job is under way"),
        jobs => format!("STATUS={post}; {jobs} jobs are under way"),
    }
}

/// The signals that ask it to stop.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Outcome<Self> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Fault::failed("no-signals", format!("Signals cannot be heard: {error}.")).hint("Check the limits of this process.")
            })
        };
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
