//! Closing the window while a job runs: the window hides, and the process ends when the last job does.

use std::{sync::Arc, time::Duration};

use quarterdeck_engine::Engine;
use tauri::{Manager, Window, WindowEvent};

/// How often a hidden process looks whether its jobs have ended.
const LOOK: Duration = Duration::from_millis(500);

/// Hears that the window is being closed.
pub fn handle(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let engine = Arc::clone(&window.state::<Arc<Engine>>());
    if engine.running().is_empty() {
        return;
    }
    api.prevent_close();
    // A window that cannot be hidden stays: the job is seen in it.
    let _ = window.hide();
    let app = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let shown = app.get_webview_window("main").is_some_and(|window| window.is_visible().unwrap_or(true));
            if shown {
                return; // a second start brought it back
            }
            if engine.running().is_empty() {
                return app.exit(0);
            }
        }
    });
}
