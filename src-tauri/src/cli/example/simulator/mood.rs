//! How the application behaves, and how it is told to.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome};

use super::{super::chance::Chance, moods};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mood {
    /// As it should
    Calm,
    /// Reviews take 30 to 60 ms, with the write lock held
    Slow,
    /// One request of eight fails
    Errors,
    /// A file grows beside the data, up to 512 MB; it is removed when another mood begins
    Filling,
    /// It answers nobody, and does nothing
    Dead,
}

impl Mood {
    /// How long a review is held up.
    pub(super) fn pause(self, chance: &Chance) -> Duration {
        if self == Self::Slow { Duration::from_millis(u64::from(chance.between(30, 60))) } else { Duration::ZERO }
    }

    /// The mood of that name.
    pub(super) fn of(name: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(name, false).ok()
    }
}

/// Tells the application that serves at this port how to behave.
pub fn tell(mood: Mood, port: u16) -> Outcome<()> {
    let name = clap::ValueEnum::to_possible_value(&mood).map(|value| value.get_name().to_owned()).unwrap_or_default();
    let answer = post(port, &format!("/mood/{name}")).map_err(|error| {
        Fault::failed("example-not-serving", format!("Nothing serves the example at port {port}: {error}."))
            .hint("Start it first: quarterdeck example serve")
    })?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(Fault::failed("example-not-serving", format!("What listens at port {port} is not the example; its moods are {}.", moods()))
        .hint("Name the port at which the example serves with --port."))
}

fn post(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
