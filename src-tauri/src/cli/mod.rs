//! The command line: words in, words or JSON out. The only place that prints.

mod alerts;
mod args;
mod care;
mod example;
mod health;
mod logs;
mod measured;
mod migrate;
mod moment;
mod query;
mod ready;
mod retention;
mod routes;
mod rules;
mod schedule;
mod show;
mod show_alerts;
mod show_care;
mod show_health;
mod show_migrate;
mod verbs;
mod wait;

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Parser;
use quarterdeck_engine::{Engine, Home};
use quarterdeck_link::{Link, Local};
use quarterdeck_model::{Class, Face, Fault, Outcome, SystemClock};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use self::args::{Arguments, Verb};
use crate::agent;

/// Exit codes: 0 done, 1 failed (or findings), 2 usage, 3 refused, 4 cancelled, 70 bug (after sysexits.h).
const FINDINGS: u8 = 1;

/// Runs one verb.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    match verb(arguments) {
        Ok(code) => code,
        Err(fault) => {
            report(&fault, json);
            ExitCode::from(code(fault.class))
        }
    }
}

fn verb(arguments: Arguments) -> Outcome<ExitCode> {
    if let Verb::Completions { shell } = arguments.verb {
        args::completions(shell, &mut std::io::stdout());
        return Ok(ExitCode::SUCCESS);
    }
    let home = Home::find(arguments.home.as_deref())?;
    if let Verb::Agent { install: true, drain } = arguments.verb {
        return install(&home, drain, arguments.json);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime
        .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))?;
    let engine = Engine::open(home, Arc::new(SystemClock))?;
    for sentence in engine.recover()? {
        note(&sentence);
    }
    if let Verb::Agent { drain, .. } = arguments.verb {
        return runtime.block_on(agent::run(&engine, Duration::from_secs(drain)));
    }
    let door = Door { link: Local::new(Arc::clone(&engine), Face::Cli), json: arguments.json, home: engine.home().clone() };
    runtime.block_on(verbs::run(&door, arguments.verb))
}

fn install(home: &Home, drain: u64, json: bool) -> Outcome<ExitCode> {
    let installed = agent::unit::install(home, drain)?;
    if json {
        print(&serde_json::json!({ "file": installed.file, "unit": installed.text, "next": installed.next }).to_string());
    } else {
        print(&format!("{}\n# {}\n# Next:\n#   {}", installed.text, installed.file.display(), installed.next.join("\n#   ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// How a verb reaches the engine, and how it answers.
pub(crate) struct Door {
    link: Local,
    json: bool,
    home: Home,
}

impl Door {
    /// Calls an operation and reads its answer.
    async fn call<T: DeserializeOwned>(&self, operation: &str, request: impl Serialize) -> Outcome<T> {
        let answer = self.link.call(operation, to_value(request)?, None).await?;
        from_value(answer)
    }

    /// Prints the answer: as it is with `--json`, otherwise in words.
    fn answer<T: Serialize>(&self, answer: &T, words: impl FnOnce(&T) -> String) -> Outcome<ExitCode> {
        let text = if self.json {
            serde_json::to_string_pretty(answer).map_err(|error| Fault::bug(format!("An answer could not be written: {error}.")))?
        } else {
            words(answer)
        };
        print(&text);
        Ok(ExitCode::SUCCESS)
    }
}

/// The exit code of an answer that may have found something.
fn found(any: bool) -> ExitCode {
    if any { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS }
}

fn to_value(request: impl Serialize) -> Outcome<Value> {
    serde_json::to_value(request).map_err(|error| Fault::bug(format!("A request could not be written: {error}.")))
}

fn from_value<T: DeserializeOwned>(answer: Value) -> Outcome<T> {
    serde_json::from_value(answer).map_err(|error| Fault::bug(format!("An answer could not be read: {error}.")))
}

/// Writes to standard output; a reader that went away (`| head`) is no fault.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end());
}

/// Writes a remark to standard error, where it is in nobody's way.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn report(fault: &Fault, json: bool) {
    if json {
        print(&serde_json::json!({ "fault": fault }).to_string());
        return;
    }
    let word = match fault.class {
        Class::Usage => "usage",
        Class::Refused => "refused",
        Class::Failed => "failed",
        Class::Cancelled => "cancelled",
        Class::Bug => "bug",
    };
    let (strong, plain) = if std::io::stderr().is_terminal() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    note(&format!("{strong}{word}:{plain} {}", fault.message));
    if let Some(snippet) = fault.facts.get("snippet").and_then(Value::as_str) {
        snippet.lines().for_each(|line| note(&format!("    {line}")));
    }
    if !fault.hint.is_empty() {
        note(&format!("  {}", fault.hint));
    }
}

fn code(class: Class) -> u8 {
    match class {
        Class::Failed => 1,
        Class::Usage => 2,
        Class::Refused => 3,
        Class::Cancelled => 4,
        Class::Bug => 70,
    }
}
