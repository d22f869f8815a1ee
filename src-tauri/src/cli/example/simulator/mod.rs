//! `quarterdeck example serve`: the application as somebody runs it, so that its health can be watched. It answers requests against its
//! database at a steady pace, measures itself at `/metrics`, writes a log, and misbehaves when told to.

mod figures;
mod filling;
mod journal;
mod mood;
mod serve;

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::RecvTimeoutError},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use quarterdeck_model::{Clock, Fault, Outcome};
use rusqlite::Result;

use self::{figures::Figures, filling::Filling, journal::Journal};
pub use self::{
    mood::{Mood, tell},
    serve::PORT,
};
use super::{
    chance::Chance,
    place, say, stop,
    writer::{Act, Writer},
};

/// So many requests can be under way at once; further ones wait outside and are not counted.
const MOST_CONNECTIONS: u32 = 8;

/// What `quarterdeck example serve` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Requests per second
    #[arg(long, value_name = "RATE", default_value = "5", value_parser = super::rate)]
    pub rate: f64,

    /// The port on this machine at which /metrics and /health are served
    #[arg(long, default_value_t = PORT)]
    pub port: u16,

    /// How it behaves at first
    #[arg(long, value_enum, default_value_t = Mood::Calm)]
    pub mood: Mood,
}

/// What the two threads share.
struct Shared {
    mood: Mutex<Mood>,
    figures: Mutex<Figures>,
}

impl Shared {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until SIGINT or SIGTERM. Refuses with `example-not-loaded` where there is no example, and with `port-taken`.
pub fn serve(args: &ServeArgs, home: &Path, clock: &dyn Clock, out: &mut dyn Write) -> Outcome<()> {
    let (folder, database) = place(home);
    if !database.exists() {
        return Err(Fault::refused("example-not-loaded", format!("There is no example at {}.", folder.display()))
            .hint("Load it first: quarterdeck example load"));
    }
    let shared = Arc::new(Shared { mood: Mutex::new(args.mood), figures: Mutex::new(Figures::begin(clock.now())) });
    let server = serve::begin(args.port, Arc::clone(&shared))?;
    let mut application = Application {
        writer: Writer::new(&database, clock),
        chance: Chance::new(u64::from(std::process::id())),
        journal: Journal::open(&folder, clock)?,
        filling: Filling::new(&folder),
        shared,
    };
    say(out, &format!("Serving http://127.0.0.1:{}/metrics, {} requests per second; Ctrl-C ends it.", server.port, args.rate))?;
    application.run(Duration::from_secs_f64(1.0 / args.rate), &stop::on_signals()?)
}

struct Application<'a> {
    writer: Writer<'a>,
    chance: Chance,
    journal: Journal<'a>,
    filling: Filling,
    shared: Arc<Shared>,
}

impl Application<'_> {
    /// One request after the other. Those that come while another one is under way wait for it, as in a pool.
    fn run(&mut self, between: Duration, stop: &std::sync::mpsc::Receiver<()>) -> Outcome<()> {
        let mut next = Instant::now();
        loop {
            let now = Instant::now();
            if stop.recv_timeout(next.saturating_duration_since(now)) != Err(RecvTimeoutError::Timeout) {
                return self.journal.end();
            }
            let mood = self.shared.mood();
            let waiting = (now.saturating_duration_since(next).as_secs_f64() / between.as_secs_f64()) as u32;
            if waiting >= MOST_CONNECTIONS {
                next = now;
            }
            next += between;
            self.filling.go_on(mood)?;
            if mood == Mood::Dead {
                continue;
            }
            self.shared.figures().connections(1 + waiting.min(MOST_CONNECTIONS - 1));
            self.request(mood, stop)?;
            self.shared.figures().connections(waiting.min(MOST_CONNECTIONS - 1));
        }
    }

    /// What one visitor asks for: an act, and the pages around it.
    fn request(&mut self, mood: Mood, stop: &std::sync::mpsc::Receiver<()>) -> Outcome<()> {
        let wanted = self.writer.draw();
        if mood == Mood::Errors && self.chance.percent(12) {
            self.shared.figures().failed(route(wanted));
            return self.journal.error(&format!("{}: the service for identities did not answer", route(wanted)));
        }
        let pause = mood.pause(&self.chance);
        let began = Instant::now();
        let done = self.writer.perform(wanted, &|act| {
            if act == Act::Decide {
                // A wait that a stop cuts short.
                let _ = stop.recv_timeout(pause);
            }
        });
        self.note(wanted, done.map(|act| (act, began.elapsed())))?;
        let began = Instant::now();
        if self.writer.load_thread().is_ok() {
            self.shared.figures().took("thread_load_seconds", "", began.elapsed());
            self.shared.figures().answered("GET /appeals/{id}/messages", began.elapsed());
        }
        for (kind, metric) in [("recovery-days", "recovery_prediction_seconds"), ("approval-probability", "approval_prediction_seconds")] {
            let began = Instant::now();
            if self.writer.read_prediction(kind).is_ok() {
                self.shared.figures().took(metric, "", began.elapsed());
            }
        }
        Ok(())
    }

    fn note(&mut self, wanted: Act, done: Result<(Act, Duration)>) -> Outcome<()> {
        match done {
            Ok((act, took)) => {
                self.shared.figures().acted(act, took);
                self.shared.figures().answered(route(act), took);
                self.journal.line("INFO", &format!("{} answered in {} ms", route(act), took.as_millis()))
            }
            Err(error) => {
                self.shared.figures().failed(route(wanted));
                self.journal.error(&format!("{}: {error}", route(wanted)))
            }
        }
    }
}

/// Which route of the application an act is.
fn route(act: Act) -> &'static str {
    match act {
        Act::Submit => "POST /appeals",
        Act::Talk => "POST /appeals/{id}/messages",
        Act::Decide => "POST /appeals/{id}/review",
    }
}

/// Every word of [`Mood`], for messages.
fn moods() -> String {
    Mood::value_variants().iter().filter_map(|mood| Some(mood.to_possible_value()?.get_name().to_owned())).collect::<Vec<_>>().join(", ")
}
