//! The application's HTTP side: `/metrics`, `/health` and `/mood/NAME`, on this machine only.

use std::{net::Ipv4Addr, sync::Arc, thread, time::Duration};

use quarterdeck_model::{Fault, Outcome};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{self, Runtime},
    sync::oneshot,
    time::timeout,
};

use super::{Shared, mood::Mood};

/// Where it serves unless another port is named.
pub const PORT: u16 = 9188;

/// A request's head is never longer.
const MOST_HEAD: usize = 8 << 10;
/// Whoever is slower is hung up on.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until it is dropped.
pub(super) struct Server {
    /// The port at which it listens.
    pub port: u16,
    /// Its end is the signal.
    _stop: oneshot::Sender<()>,
}

/// Begins to serve, on a thread of its own; at any free port where it is told 0.
pub(super) fn begin(port: u16, shared: Arc<Shared>) -> Outcome<Server> {
    let failed = |error: std::io::Error| {
        Fault::failed("port-taken", format!("Port {port} cannot be listened at: {error}.")).hint("Name another one with --port.")
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let (stop, stopped) = oneshot::channel();
    let run = move || accept(&runtime, &listener, &shared, stopped);
    thread::Builder::new().name("example-serve".to_owned()).spawn(run).map_err(failed)?;
    Ok(Server { port, _stop: stop })
}

fn accept(runtime: &Runtime, listener: &TcpListener, shared: &Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        loop {
            tokio::select! {
                _ = &mut stopped => return,
                Ok((stream, _)) = listener.accept() => {
                    let shared = Arc::clone(shared);
                    tokio::spawn(async move { timeout(PATIENCE, answer(stream, &shared)).await });
                }
            }
        }
    });
}

/// One request a connection. A dead application hangs up on everybody but on who changes its mood.
async fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let head = head(&mut stream).await?;
    let mut words = head.split_ascii_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mood = path.strip_prefix("/mood/").and_then(Mood::of);
    let (status, kind, body) = match (method, path, mood) {
        ("POST", _, Some(mood)) => {
            shared.set_mood(mood);
            ("200 OK", "text/plain", "ok\n".to_owned())
        }
        _ if shared.mood() == Mood::Dead => return Ok(()),
        ("GET", "/metrics", _) => ("200 OK", "text/plain; version=0.0.4", shared.figures().text()),
        ("GET", "/health", _) => ("200 OK", "application/json", "{\"state\": \"ok\"}\n".to_owned()),
        _ => ("404 Not Found", "text/plain", "There are /metrics, /health and POST /mood/NAME.\n".to_owned()),
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// Up to the empty line.
async fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") && head.len() < MOST_HEAD {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        sync::Mutex,
    };

    use quarterdeck_model::{Clock, Instant};
    use quarterdeck_testkit::FixedClock;

    use super::{
        super::{figures::Figures, tell},
        *,
    };

    fn get(port: u16, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_dead_application_hangs_up_until_it_is_told_to_live() {
        let now: Instant = FixedClock::default().now();
        let shared = Arc::new(Shared { mood: Mutex::new(Mood::Calm), figures: Mutex::new(Figures::begin(now)) });
        let server = begin(0, Arc::clone(&shared)).unwrap();
        assert!(get(server.port, "/metrics").contains("\nappeals_submitted_total 0\n"));
        assert!(get(server.port, "/other").starts_with("HTTP/1.1 404 "));
        tell(Mood::Dead, server.port).unwrap();
        assert_eq!(get(server.port, "/health"), "");
        tell(Mood::Calm, server.port).unwrap();
        assert!(get(server.port, "/health").ends_with("{\"state\": \"ok\"}\n"));
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let shared = Arc::new(Shared { mood: Mutex::new(Mood::Calm), figures: Mutex::new(Figures::begin(Instant::default())) });
        let refused = begin(port, shared).err().unwrap();
        assert_eq!(refused.code, "port-taken");
        assert!(refused.message.contains(&port.to_string()), "{refused:?}");
    }
}
