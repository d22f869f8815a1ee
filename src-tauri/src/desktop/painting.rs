//! Who paints the page on Linux.

use tauri::{AppHandle, Manager};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Lets the processor paint. Text and tables gain nothing from a graphics card, while composing them through OpenGL takes some 85 MiB more
/// where no card is (servers, remote desktops), and leaves the window blank with some drivers (docs/decisions/0010).
///
/// To be called during Tauri's setup: the page has not been painted yet then.
pub fn by_the_processor(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    // Where this is not granted, the page looks the same and takes more memory.
    let _ = window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
}
