//! Notifications of the desktop (<https://specifications.freedesktop.org/notification-spec/latest/>). A notification that is chosen opens its
//! alert; a group has one notification, which a newer one takes the place of.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome};
use zbus::{
    blocking::{Connection, Proxy, connection},
    proxy::CacheProperties,
    zvariant::Value,
};

use super::{Delivery, Telling, plain};
use crate::{alert::Alert, collectors::http::aside::Aside, template::escape};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// How long the desktop may think.
const LIMIT: Duration = Duration::from_secs(5);

/// Notifications that are remembered: what was chosen is looked up among them.
const REMEMBERED: usize = 200;

/// Alerts that a notification names.
const NAMED: usize = 3;

/// The desktop of whoever runs Quarterdeck. Cheap to copy; all copies share what was shown.
#[derive(Clone, Default)]
pub struct Desktop(Arc<Inner>);

#[derive(Default)]
struct Inner {
    connection: Mutex<Option<Connection>>,
    shown: Mutex<VecDeque<Shown>>,
    aside: Aside,
}

/// A notification that was shown.
struct Shown {
    number: u32,
    group: String,
    alert: String,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
struct Note {
    title: String,
    /// Without markup.
    body: String,
    urgent: bool,
    group: String,
    alert: String,
}

impl fmt::Debug for Desktop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desktop")
    }
}

impl Desktop {
    /// A desktop behind a connection that is there already.
    pub fn with(connection: Connection) -> Self {
        let desktop = Self::default();
        *lock(&desktop.0.connection) = Some(connection);
        desktop
    }

    /// Waits until a notification is chosen and answers with the alert's id, again and again: calls `open` on this thread until the desktop
    /// goes away. Fault `no-desktop`.
    pub fn chosen(&self, mut open: impl FnMut(String)) -> Outcome<()> {
        let proxy = self.proxy().map_err(|error| no_desktop(&error))?;
        let signals = proxy.receive_signal("ActionInvoked").map_err(|error| no_desktop(&error))?;
        for signal in signals {
            let Ok((number, action)) = signal.body().deserialize::<(u32, String)>() else { continue };
            let alert = lock(&self.0.shown).iter().find(|shown| shown.number == number).map(|shown| shown.alert.clone());
            if let (Some(alert), "default") = (alert, action.as_str()) {
                open(alert);
            }
        }
        Ok(())
    }

    /// Shows it, in place of what was shown of the same group.
    fn show(&self, note: &Note) -> zbus::Result<u32> {
        let proxy = self.proxy()?;
        let capabilities: Vec<String> = proxy.call("GetCapabilities", &()).unwrap_or_default();
        let has = |name: &str| capabilities.iter().any(|known| known == name);
        let body = if has("body-markup") { escape::html(&note.body) } else { note.body.clone() };
        let actions: Vec<&str> = if has("actions") { vec!["default", "Open"] } else { Vec::new() };
        let urgency = Value::U8(if note.urgent { 2 } else { 1 });
        let hints: HashMap<&str, Value<'_>> = HashMap::from([("urgency", urgency), ("desktop-entry", Value::from("quarterdeck"))]);
        let before = lock(&self.0.shown).iter().find(|shown| shown.group == note.group).map_or(0, |shown| shown.number);
        let said = proxy.call("Notify", &("Quarterdeck", before, "quarterdeck", &note.title, &body, actions, hints, -1_i32));
        if said.is_err() {
            // The next one asks a desktop that may have been started anew.
            *lock(&self.0.connection) = None;
        }
        let number: u32 = said?;
        let mut shown = lock(&self.0.shown);
        shown.retain(|known| known.group != note.group && known.number != number);
        shown.push_back(Shown { number, group: note.group.clone(), alert: note.alert.clone() });
        if shown.len() > REMEMBERED {
            shown.pop_front();
        }
        Ok(number)
    }

    fn proxy(&self) -> zbus::Result<Proxy<'static>> {
        let connection = self.connection()?;
        zbus::blocking::proxy::Builder::new(&connection)
            .destination(NAME)?
            .path(PATH)?
            .interface(NAME)?
            .cache_properties(CacheProperties::No)
            .build()
    }

    fn connection(&self) -> zbus::Result<Connection> {
        let mut kept = lock(&self.0.connection);
        if let Some(connection) = &*kept {
            return Ok(connection.clone());
        }
        let connection = connection::Builder::session()?.method_timeout(LIMIT).build()?;
        *kept = Some(connection.clone());
        Ok(connection)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_desktop(error: &zbus::Error) -> Fault {
    Fault::failed("no-desktop", format!("The desktop takes no notifications: {error}."))
        .hint("Start Quarterdeck in a session with a desktop, or choose another channel.")
        .may_retry()
}

pub(super) async fn tell(telling: &Telling<'_>) -> Result<Delivery, Delivery> {
    let Some(desktop) = telling.means.desktop.cloned() else { return Err(Delivery::refused("there is no desktop here")) };
    let note = note(telling);
    let aside = desktop.0.aside.clone();
    let shown = tokio::time::timeout(telling.limit, aside.run(move || desktop.show(&note))).await;
    match shown {
        Ok(Ok(Ok(number))) => Ok(Delivery::Sent { answer: format!("shown as number {number}") }),
        Ok(Ok(Err(error))) => Err(Delivery::again(plain::quoted(&format!("the desktop takes no notifications: {error}")))),
        Ok(Err(fault)) => Err(Delivery::from_fault(&fault)),
        Err(_) => Err(Delivery::again("the desktop did not answer in time")),
    }
}

/// The first alert by name, how many there are, and what the first few say of themselves.
fn note(telling: &Telling<'_>) -> Note {
    let (message, over) = (telling.message, telling.is_over());
    let alerts = if over { &message.resolved } else { &message.firing };
    let named = |alert: &Alert| -> String { alert.labels.get("alertname").to_owned() };
    let first = alerts.first();
    let mut title = first.map_or_else(|| "An alert".to_owned(), named);
    let others = alerts.len() + if over { 0 } else { message.dropped };
    if others > 1 {
        title = format!("{title} and {} more", others - 1);
    }
    let system = message.group_labels.get("system");
    let system = if system.is_empty() { telling.content.common.get("system") } else { system };
    if !system.is_empty() {
        title = format!("{title}: {system}");
    }
    let title = if over { format!("Over: {title}") } else { title };
    let lines: Vec<String> = alerts.iter().take(NAMED).map(|alert| plain::line(&sentence(alert), 200)).collect();
    Note {
        title: plain::line(&title, 120),
        body: lines.join("\n"),
        urgent: !over && alerts.iter().any(|alert| ["critical", "page"].contains(&alert.labels.get("severity"))),
        group: message.group_key.clone(),
        alert: first.map(|alert| alert.id.clone()).unwrap_or_default(),
    }
}

/// What an alert says of itself: its summary, else its description, else its labels.
fn sentence(alert: &Alert) -> String {
    let said = ["summary", "message", "description"].iter().map(|name| alert.annotations.get(name)).find(|text| !text.is_empty());
    said.map_or_else(|| alert.labels.to_string(), str::to_owned)
}
