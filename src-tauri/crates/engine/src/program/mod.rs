//! Programs that a definition names. They are begun here and nowhere else, with nothing but their arguments, and end with everything that they began
//! (docs/decisions/0029).

mod printed;
mod strays;

use std::{
    fmt,
    io::{self, ErrorKind},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Component, Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{
    Fault, JobCtx, Millis, Outcome,
    system::{Environment, Name},
};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use self::printed::Output;
pub(crate) use self::printed::Printed;

/// What a program is given of this process's environment; nothing else of it.
const KEPT: [&str; 3] = ["PATH", "HOME", "LANG"];

/// The variable by which whatever a program began is found again; its value is used once.
const MARK: &str = "QUARTERDECK_COMMAND";

/// How long is waited for output between two looks at a program, at first and at most.
const LOOK: Duration = Duration::from_millis(1);
const LOOK_AT_MOST: Duration = Duration::from_millis(20);

/// How long the end of what was printed is waited for once everything was ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often a program that somebody is still writing to its file is tried.
const TRIES: u32 = 10;

/// A program to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program<'a> {
    /// Its file or its name in PATH, then its arguments. Never a line for a shell.
    pub arguments: &'a [String],
    /// Where it runs, and what a relative file is relative to: a definition's folder.
    pub folder: &'a Path,
    /// Told to it as `QUARTERDECK_SYSTEM`.
    pub system: &'a Name,
    /// Told to it as `QUARTERDECK_ENVIRONMENT`.
    pub environment: Environment,
    /// After this it is ended.
    pub limit: Duration,
}

/// How a program went.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ran {
    /// How it ended.
    pub end: End,
    /// What it printed.
    pub out: Printed,
    /// What it printed as errors.
    pub errors: Printed,
    /// How long it ran.
    pub took: Millis,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal that was not ours.
    Signal(i32),
    /// It was ended after this long.
    Late(Millis),
    /// It was never begun, and why.
    NotBegun(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "ended with exit code {code}"),
            Self::Signal(number) => write!(f, "was killed by signal {}", signal(*number)),
            Self::Late(limit) => write!(f, "had not ended after {limit}, and was killed with everything that it began"),
            Self::NotBegun(why) => write!(f, "was not begun: {why}"),
        }
    }
}

impl Ran {
    /// What it printed, errors after the rest; nothing where it printed nothing.
    pub fn transcript(&self) -> Option<String> {
        let parts: Vec<String> = [&self.out, &self.errors].into_iter().filter(|printed| printed.bytes > 0).map(Printed::whole).collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }

    fn none(why: String) -> Self {
        Self { end: End::NotBegun(why), out: Printed::default(), errors: Printed::default(), took: Millis(0) }
    }
}

/// Runs a program to its end, or to that of its time. Its standard input is empty; it leads a process group of its own.
///
/// `Err` where the caller cancels (it was ended then) or this process can begin nothing more.
pub(crate) fn run(program: &Program<'_>, ctx: &JobCtx) -> Outcome<Ran> {
    ctx.checkpoint()?;
    let file = match file(program) {
        Ok(file) => file,
        Err(why) => return Ok(Ran::none(why)),
    };
    let mark = crate::scope::random_id()?;
    let begun = Moment::now();
    let mut child = match spawn(&file, program, &mark) {
        Ok(child) => child,
        Err(error) => return not_begun(&file, &error),
    };
    let mut output = match Output::of(&mut child) {
        Ok(output) => output,
        Err(error) => {
            // What nobody can listen to is not left alone.
            let _ = end(&mut child, &mark);
            return Err(unwaited(program, &error));
        }
    };
    let stopped = wait(&mut child, &mut output, begun, program.limit, ctx);
    let took = Millis::from(begun.elapsed());
    let status = end(&mut child, &mark);
    let (out, errors) = output.end(Moment::now() + LAST_WORDS);
    ctx.checkpoint()?;
    let end = match (stopped, status) {
        (Stopped::Late, _) => End::Late(Millis::from(program.limit)),
        (_, Ok(status)) => ended(status),
        (_, Err(error)) => return Err(unwaited(program, &error)),
    };
    Ok(Ran { end, out, errors, took })
}

/// The file to run: as named where PATH is to be asked, otherwise inside the folder, or absolute.
fn file(program: &Program<'_>) -> Result<PathBuf, String> {
    let Some(named) = program.arguments.first().filter(|named| !named.is_empty()) else { return Err("no program is named".to_owned()) };
    if !program.folder.is_dir() {
        return Err(format!("its folder {} is not there", program.folder.display()));
    }
    let path = Path::new(named);
    if !named.contains('/') {
        return Ok(path.to_owned());
    }
    if path.is_relative() && path.components().any(|part| part == Component::ParentDir) {
        return Err(format!("{named} leaves the definition's folder"));
    }
    Ok(program.folder.join(path))
}

fn spawn(file: &Path, program: &Program<'_>, mark: &str) -> io::Result<Child> {
    let mut command = Command::new(file);
    command.args(program.arguments.iter().skip(1)).current_dir(program.folder).env_clear();
    command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
    command
        .env("QUARTERDECK_SYSTEM", program.system.as_str())
        .env("QUARTERDECK_ENVIRONMENT", program.environment.to_string())
        .env(MARK, mark);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut tries = 1;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && tries < TRIES => {
                tries += 1;
                std::thread::sleep(LOOK_AT_MOST);
            }
            result => return result,
        }
    }
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Ended,
    Late,
    Cancelled,
}

/// Takes what it prints, and waits without reaping: until then nobody else can be given its number, so that its group can be ended by it.
fn wait(child: &mut Child, output: &mut Output, begun: Moment, limit: Duration, ctx: &JobCtx) -> Stopped {
    let mut pause = LOOK;
    loop {
        if has_ended(child) {
            return Stopped::Ended;
        }
        if ctx.cancel_token().is_cancelled() {
            return Stopped::Cancelled;
        }
        let left = limit.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Stopped::Late;
        }
        output.attend(pause.min(left));
        pause = (pause * 2).min(LOOK_AT_MOST);
    }
}

fn has_ended(child: &Child) -> bool {
    let Some(pid) = pid(child) else { return true };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // What cannot be waited for is gone; reaping it says how.
    !matches!(rustix::process::waitid(WaitId::Pid(pid), options), Ok(None) | Err(rustix::io::Errno::INTR))
}

/// Ends its group, whatever left it, and at last itself.
fn end(child: &mut Child, mark: &str) -> io::Result<ExitStatus> {
    if let Some(pid) = pid(child) {
        // Where nobody of it lives any more there is nothing to end.
        let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    }
    let status = child.wait();
    strays::end(format!("{MARK}={mark}").as_bytes());
    status
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

fn ended(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, number) => End::Signal(number.unwrap_or_default()),
    }
}

fn not_begun(file: &Path, error: &io::Error) -> Outcome<Ran> {
    let named = file.display();
    let why = match error.kind() {
        ErrorKind::NotFound if file.is_absolute() && file.exists() => format!("what should run {named}, by its first line, is not there"),
        ErrorKind::NotFound if file.is_absolute() => format!("there is no file {named}"),
        ErrorKind::NotFound => format!("there is no program {named} in PATH"),
        ErrorKind::PermissionDenied => format!("{named} may not be executed"),
        ErrorKind::InvalidInput => "a NUL stands in its arguments".to_owned(),
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            format!("{named} is no program: its first line names none")
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::TOOBIG.raw_os_error()) => "its arguments are too long".to_owned(),
        _ => {
            return Err(Fault::failed("no-process", format!("{named} could not be begun: {error}."))
                .hint("Close other programs.")
                .may_retry());
        }
    };
    Ok(Ran::none(why))
}

fn unwaited(program: &Program<'_>, error: &io::Error) -> Fault {
    let name = program.arguments.first().map_or("", String::as_str);
    Fault::failed("no-process", format!("How {name} ended could not be found out: {error}.")).hint("Run it again.").may_retry()
}

/// `9 (KILL)`.
fn signal(number: i32) -> String {
    const NAMES: [(Signal, &str); 14] = [
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::ILL, "ILL"),
        (Signal::TRAP, "TRAP"),
        (Signal::ABORT, "ABRT"),
        (Signal::BUS, "BUS"),
        (Signal::FPE, "FPE"),
        (Signal::KILL, "KILL"),
        (Signal::SEGV, "SEGV"),
        (Signal::PIPE, "PIPE"),
        (Signal::ALARM, "ALRM"),
        (Signal::TERM, "TERM"),
        (Signal::XCPU, "XCPU"),
    ];
    match NAMES.iter().find(|(known, _)| known.as_raw() == number) {
        Some((_, name)) => format!("{number} ({name})"),
        None => number.to_string(),
    }
}

#[cfg(test)]
mod tests;
