//! A notification that is chosen opens its alert.

use quarterdeck_engine::Engine;
use tauri::{AppHandle, Manager};

use super::start;

/// Hears which notifications of this process are chosen. Where there is no desktop, nobody chooses any.
pub fn hear(app: &AppHandle) {
    let app = app.clone();
    let hearing = move || Engine::chosen_alerts(|id| open(&app, &id));
    // Without the thread, a notification is only looked at.
    let _ = std::thread::Builder::new().name("chosen".to_owned()).spawn(hearing);
}

/// Follows a wish that the agent heard.
pub fn follow(app: &AppHandle, engine: &Engine) {
    // Where it cannot be read, the notification was only looked at.
    if let Ok(Some(id)) = engine.wanted_alert() {
        open(app, &id);
    }
}

/// Brings the window to the front, at the alert.
fn open(app: &AppHandle, id: &str) {
    start::show(app);
    let Some(window) = app.get_webview_window("main") else { return };
    let place: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { escaped(c) }).collect();
    // A page that is just being loaded shows what it begins with.
    let _ = window.eval(format!("window.location.hash = '#/alerts/{place}'"));
}

/// A character as an address has it.
fn escaped(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}
