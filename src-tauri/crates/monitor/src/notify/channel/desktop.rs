//! Notifications of the desktop (<https://specifications.freedesktop.org/notification-spec/latest/>).

use super::{Delivery, Telling};

/// The desktop of whoever runs Quarterdeck.
#[derive(Debug, Default)]
pub struct Desktop;

pub(super) async fn tell(telling: &Telling<'_>) -> Result<Delivery, Delivery> {
    match telling.means.desktop {
        None => Err(Delivery::refused("there is no desktop here")),
        Some(_) => Err(Delivery::refused("the desktop takes no notifications")),
    }
}
