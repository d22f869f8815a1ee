//! Notifications of the desktop.

use std::sync::LazyLock;

use chrono::TimeDelta;
use quarterdeck_model::{Instant, Outcome};
use quarterdeck_monitor::notify::channel::desktop::Desktop;
use quarterdeck_store::alerts::states;

use crate::Engine;

/// One for the whole process: what was shown is known when it is chosen.
static DESKTOP: LazyLock<Desktop> = LazyLock::new(Desktop::default);

/// The desktop of whoever runs this process. Where there is none, each message says so.
pub(crate) fn here() -> &'static Desktop {
    &DESKTOP
}

/// A request to open an alert counts for so long.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// Where a request lies, in the file of the alerts.
const WANTED: &str = "open";

impl Engine {
    /// Waits for notifications that are chosen, and hands over the id of each one's alert; until the desktop goes away. Fault `no-desktop`.
    pub fn chosen_alerts(open: impl FnMut(String)) -> Outcome<()> {
        here().chosen(open)
    }

    /// Somebody chose a notification where no window is: the one that is open somewhere else shows the alert.
    pub fn want_alert(&self, id: &str) -> Outcome<()> {
        let said = format!("{} {id}", self.clock().now().timestamp_millis());
        self.alerting().file(self)?.write(|tx| states::set_fact(tx, WANTED, &said))
    }

    /// The alert that somebody wants to see since a moment ago, once.
    pub fn wanted_alert(&self) -> Outcome<Option<String>> {
        let Some(file) = self.alerting().known(self)? else { return Ok(None) };
        let Some(said) = file.read(|c| states::fact(c, WANTED))?.filter(|said| !said.is_empty()) else { return Ok(None) };
        file.write(|tx| states::set_fact(tx, WANTED, ""))?;
        let Some((at, id)) = said.split_once(' ') else { return Ok(None) };
        let fresh = at.parse().ok().and_then(Instant::from_timestamp_millis).is_some_and(|at| self.clock().now() - at < FRESH);
        Ok(fresh.then(|| id.to_owned()))
    }
}
