//! A desktop's notifications, on a message bus that nobody else sees.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use zbus::{
    blocking::{Connection, connection::Builder},
    zvariant::OwnedValue,
};

use super::Owned;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// A notification that was shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
}

/// The bus with its one service.
pub struct Desk {
    address: String,
    shown: Arc<Mutex<Vec<Shown>>>,
    service: Connection,
    _bus: Owned,
}

struct Notifications(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body"]
    }

    #[allow(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        title: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap();
        let number = if replaces > 0 { replaces } else { u32::try_from(shown.len()).unwrap() + 1 };
        shown.push(Shown { number, title: title.to_owned(), body: body.to_owned() });
        number
    }
}

impl Desk {
    /// Starts it.
    pub fn start() -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon does not start ({error}): run scripts/setup"));
        let mut address = String::new();
        let out = bus.stdout.take().unwrap();
        let bus = Owned(bus);
        BufReader::new(out).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let service = Builder::address(address.as_str()).unwrap().name(NAME).unwrap();
        let service = service.serve_at(PATH, Notifications(Arc::clone(&shown))).unwrap().build().unwrap();
        Self { address, shown, service, _bus: bus }
    }

    /// For `$DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The newest notification whose title holds these words.
    pub fn shown(&self, words: &str) -> Option<Shown> {
        self.shown.lock().unwrap().iter().rev().find(|shown| shown.title.contains(words)).cloned()
    }

    /// Somebody clicks it.
    pub fn choose(&self, number: u32) {
        self.service.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(number, "default")).unwrap();
    }
}
