//! Notifications of the desktop.

use std::sync::LazyLock;

use quarterdeck_monitor::notify::channel::desktop::Desktop;

/// One for the whole process: what was shown is known when it is chosen.
static DESKTOP: LazyLock<Desktop> = LazyLock::new(Desktop::default);

/// The desktop of whoever runs this process. Where there is none, each message says so.
pub(crate) fn here() -> &'static Desktop {
    &DESKTOP
}
