//! `quarterdeck example load`: the reputation system (examples/reputation) with believable rows, and on wish with a living writer.
//!
//! Here the face plays the application that owns the database, so it opens that database itself, with a plain connection and outside the
//! engine. The engine knows nothing about the example: the system is registered through the same operations as any other.

mod acts;
mod belongings;
mod chance;
mod database;
mod files;
mod fill;
mod simulator;
mod stop;
#[cfg(test)]
mod tests;
mod words;
mod writer;

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use quarterdeck_model::{Bytes, Clock, Count, Fault, Outcome, WirePath};
use serde::Serialize;
use serde_json::{Value, json};

pub use self::simulator::{Mood, PORT, ServeArgs, serve, tell};

/// The name under which the example is registered.
const SYSTEM: &str = "reputation";

/// What `quarterdeck example load` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  quarterdeck example load\n  quarterdeck example load --write 20\n  quarterdeck example load --rows 200000 --write 5 --for 60"
)]
pub struct LoadArgs {
    /// How many appeals the database has at least; about seven messages belong to each
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub rows: u32,

    /// Goes on writing so many transactions per second, until Ctrl-C
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub write: Option<f64>,

    /// Ends writing after so many seconds
    #[arg(long = "for", value_name = "SECONDS", requires = "write", value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: Option<u64>,
}

/// What loading did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loaded {
    /// The folder with the copied definition.
    pub folder: WirePath,
    /// The database in it.
    pub database: WirePath,
    /// Appeals that were added.
    pub appeals: Count,
    /// Messages that were added with them.
    pub messages: Count,
    /// False where the system was registered before.
    pub registered: bool,
}

/// Copies the definition to `home/examples/reputation`, adds the rows that are missing, registers the system through `call`, and writes
/// on while `args` say so. Says on `out` what it does.
///
/// Nothing that is there is changed: files that differ and rows stay. Refuses with `example-not-ours` where another database has its place.
pub fn load(
    args: &LoadArgs,
    home: &Path,
    clock: &dyn Clock,
    call: &dyn Fn(&str, Value) -> Outcome<Value>,
    out: &mut dyn Write,
) -> Outcome<Loaded> {
    let (folder, database) = place(home);
    for file in files::copy(&folder)? {
        say(out, &format!("Kept {}, which differs from the one that ships.", folder.join(file).display()))?;
    }
    let added = {
        let mut connection = database::open_or_create(&database)?;
        fill::top_up(&mut connection, args.rows, clock.now()).map_err(|error| database::fault(&database, &error))?
    };
    say(out, &filled(&database, &added))?;
    let registered = register(&folder, call)?;
    say(out, if registered { "Registered the system reputation." } else { "The system reputation is registered already." })?;
    if adopt(call)? {
        say(out, "Its ledger of migrations has what user_version counts.")?;
    }
    if let Some(rate) = args.write {
        let pace = writer::Pace { rate, lasts: args.seconds.map(Duration::from_secs) };
        writer::run(&database, pace, clock, &stop::on_signals()?, out)?;
    }
    Ok(Loaded { folder: folder.into(), database: database.into(), appeals: added.appeals, messages: added.messages, registered })
}

/// The example's folder and its database.
fn place(home: &Path) -> (PathBuf, PathBuf) {
    let folder = home.join("examples").join(SYSTEM);
    let database = folder.join("data").join("reputation.db");
    (folder, database)
}

fn filled(database: &Path, added: &fill::Added) -> String {
    let size = Bytes(database.metadata().map_or(0, |metadata| metadata.len()));
    match added.appeals {
        Count(0) => format!("{} has {} appeals already: nothing was added. It is {size}.", database.display(), added.before),
        _ => format!("Added {} appeals and {} messages to {}. It is {size}.", added.appeals, added.messages, database.display()),
    }
}

/// Registers the folder. False where it is registered already.
fn register(folder: &Path, call: &dyn Fn(&str, Value) -> Outcome<Value>) -> Outcome<bool> {
    let path = WirePath(folder.canonicalize().map_err(|error| files::fault(folder, &error))?);
    // A failure here is that the name is free, or one that add_system meets too.
    if let Ok(known) = call("get_system", json!({ "system": SYSTEM })) {
        let place = known["system"]["folder"].as_str().unwrap_or_default();
        if place == path.encode() {
            return Ok(false);
        }
        let place = if place.is_empty() { "a lone file" } else { place };
        return Err(Fault::refused(
            "example-name-taken",
            format!("Another system is registered as {SYSTEM}, from {place}; it was left as it is."),
        )
        .hint("Take that system off the list first: quarterdeck remove reputation"));
    }
    call("add_system", json!({ "path": path }))?;
    Ok(true)
}

/// The application counts its migrations in `user_version`; the ledger takes that over once. False where there is nothing to take over.
fn adopt(call: &dyn Fn(&str, Value) -> Outcome<Value>) -> Outcome<bool> {
    let list = call("list_migrations", json!({ "source": { "target": SYSTEM } }))?;
    let counted = list["histories"].as_array().is_some_and(|histories| histories.iter().any(|history| history["tool"] == "user-version"));
    if !counted {
        return Ok(false);
    }
    let plan = call("plan_adoption", json!({ "source": { "target": SYSTEM } }))?;
    call("adopt_migrations", json!({ "target": SYSTEM, "plan": plan["digest"] }))?;
    Ok(true)
}

fn rate(text: &str) -> Outcome<f64> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 10_000.0 => Ok(rate),
        _ => Err(Fault::usage("bad-rate", format!("{text:?} is no rate.")).hint("Write a number above 0, 10000 at most.")),
    }
}

/// One line for the reader, at once.
fn say(out: &mut dyn Write, line: &str) -> Outcome<()> {
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| {
        Fault::failed("output-closed", format!("What example load does cannot be shown: {error}.")).hint("Keep its output open.")
    })
}
