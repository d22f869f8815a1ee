//! A picture of what an alert is about, for letters.

use quarterdeck_monitor::notify::Message;

use crate::Engine;

/// A chart of the expression of the message's first alert, as PNG; none where the channel shows none, or nothing can be drawn.
pub(super) async fn of(_engine: &Engine, _message: &Message, kind: &str) -> Option<Vec<u8>> {
    if kind != "email" {
        return None;
    }
    None
}
