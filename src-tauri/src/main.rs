//! `quarterdeck`: the command line. It links no window system, so it runs on a bare server.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
