//! What systemd hears: one datagram for each state, as in sd_notify(3).

use std::{
    ffi::OsString,
    io,
    os::unix::net::{SocketAddr, UnixDatagram},
    time::Duration,
};

use super::journal;

/// The way to whoever started the agent; silent where nobody listens.
pub struct Notify {
    to: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Notify {
    /// As `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` say.
    pub fn from_environment() -> Self {
        let to = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()).and_then(|name| match open(&name) {
            Ok(to) => Some(to),
            Err(error) => {
                journal::line(&format!("systemd cannot be told how the agent is: {}: {error}.", name.to_string_lossy()));
                None
            }
        });
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let meant = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|usec| meant && *usec > 0).map(Duration::from_micros);
        Self { to, watchdog }
    }

    /// How long systemd waits for a sign of life at most; none where it does not ask for any.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog.filter(|_| self.to.is_some())
    }

    /// A sign of life, where systemd asks for any.
    pub fn alive(&self) {
        if self.watchdog().is_some() {
            self.tell(&["WATCHDOG=1"]);
        }
    }

    /// Sends states, such as `READY=1`. A datagram that is lost changes nothing for the schedules.
    pub fn tell(&self, states: &[&str]) {
        if let Some((socket, to)) = &self.to {
            let _ = socket.send_to_addr(states.join("\n").as_bytes(), to);
        }
    }
}

fn open(name: &OsString) -> io::Result<(UnixDatagram, SocketAddr)> {
    let to = address(name)?;
    let socket = UnixDatagram::unbound()?;
    // A listener that is stuck must not stop the agent.
    socket.set_nonblocking(true)?;
    Ok((socket, to))
}

/// A path, or with `@` in front the name of an abstract socket.
#[cfg(target_os = "linux")]
fn address(name: &OsString) -> io::Result<SocketAddr> {
    use std::os::{linux::net::SocketAddrExt, unix::ffi::OsStrExt};

    match name.as_bytes() {
        [b'@', rest @ ..] => SocketAddr::from_abstract_name(rest),
        [b'/', ..] => SocketAddr::from_pathname(name),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it begins with neither / nor @")),
    }
}

#[cfg(not(target_os = "linux"))]
fn address(name: &OsString) -> io::Result<SocketAddr> {
    SocketAddr::from_pathname(name)
}
