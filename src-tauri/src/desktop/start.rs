//! What happens when the window cannot open, and what brings it back to the front.

use std::{io::Write, process::ExitCode};

use quarterdeck_model::Fault;
use tauri::{AppHandle, Manager};

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        // Each is a courtesy of the desktop; where one is not granted, the others still help.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// The engine would not open: says why, where somebody who starts it from a terminal or a journal sees it.
pub fn refused(fault: &Fault) -> ExitCode {
    remark(fault);
    ExitCode::FAILURE
}

/// The window system would not open.
pub fn failed(reason: &str) -> ExitCode {
    refused(
        &Fault::failed("no-window", format!("The window could not be opened: {reason}.")).hint("Use the command line: quarterdeck --help"),
    )
}

/// Writes a fault to standard error.
pub fn remark(fault: &Fault) {
    let _ = writeln!(std::io::stderr().lock(), "{fault}");
}
