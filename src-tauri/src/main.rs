//! `quarterdeck`: the command line, and the agent. It links no window system, so it runs on a bare server.

mod agent;
mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
