//! Servers on this machine that do what servers on the network do: answer, and everything else.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    dead_code,
    reason = "each test takes what it needs; what cannot be set up ends it"
)]

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use quarterdeck_model::{Clock, JobCtx, Outcome};
use quarterdeck_monitor::{
    collectors::{Online, Visit, http::Target},
    gathered::Gathered,
};
use quarterdeck_testkit::FixedClock;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use listen::{Wire, listen};

mod listen;

/// What a server does with a request.
#[derive(Clone)]
pub enum Does {
    /// Writes this and closes.
    Answer(Vec<u8>),
    /// Writes this and keeps the connection.
    Keep(Vec<u8>),
    /// Writes this, and then nothing, for ever.
    Hang(Vec<u8>),
    /// Writes this, and then that, for ever.
    Endless(Vec<u8>, Vec<u8>),
}

/// A server, and what it was asked.
pub struct Server {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub address: String,
    /// Heads of requests.
    pub asked: Arc<Mutex<Vec<String>>>,
    /// How many connections were made, and taken on both sides.
    pub connections: Arc<Mutex<usize>>,
}

impl Server {
    pub fn target(&self, path: &str) -> Target {
        Target { address: format!("{}{path}", self.address), authority: None, access: None }
    }
}

/// Serves plain HTTP: what it does follows from the path.
pub async fn serve(does: impl Fn(&str) -> Does + Send + Sync + 'static) -> Server {
    serve_with(None, does).await
}

/// Serves, over TLS where a configuration is given.
pub async fn serve_with(tls: Option<rustls::ServerConfig>, does: impl Fn(&str) -> Does + Send + Sync + 'static) -> Server {
    let (does, asked, connections) = (Arc::new(does), Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<usize>>::default());
    let (kept, counted) = (Arc::clone(&asked), Arc::clone(&connections));
    let converse = move |wire| {
        *counted.lock().unwrap() += 1;
        converse(wire, Arc::clone(&does), Arc::clone(&kept))
    };
    Server { address: listen(tls, converse).await, asked, connections }
}

async fn converse(mut wire: Wire, does: Arc<impl Fn(&str) -> Does>, asked: Arc<Mutex<Vec<String>>>) {
    // Whoever was asked may go away at any time: that is what is tested.
    while let Some(head) = head(&mut wire).await {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        asked.lock().unwrap().push(head);
        match does(&path) {
            Does::Answer(bytes) => {
                let _ = wire.write_all(&bytes).await;
                let _ = wire.shutdown().await;
                return;
            }
            Does::Keep(bytes) => drop(wire.write_all(&bytes).await),
            Does::Hang(bytes) => {
                let _ = wire.write_all(&bytes).await;
                std::future::pending::<()>().await;
            }
            Does::Endless(begin, more) => {
                let _ = wire.write_all(&begin).await;
                while wire.write_all(&more).await.is_ok() {}
                return;
            }
        }
    }
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

/// An answer with its length.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

pub fn sent_to(place: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {place}\r\n"), "")
}

/// Bytes, so many times behind each other, packed.
pub fn packed(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..times {
        encoder.write_all(bytes).unwrap();
    }
    encoder.finish().unwrap()
}

pub fn visit(limit: Duration) -> Visit {
    let clock = Arc::new(FixedClock::default());
    Visit { at: clock.now(), clock, limit, ctx: JobCtx::detached(), shared: Arc::default() }
}

/// One visit with half a minute of time, which no test needs.
pub async fn collected(collector: &mut dyn Online) -> (Gathered, Outcome<()>) {
    collected_within(collector, Duration::from_secs(30)).await
}

pub async fn collected_within(collector: &mut dyn Online, limit: Duration) -> (Gathered, Outcome<()>) {
    let mut gathered = Gathered::default();
    let outcome = collector.collect(&visit(limit), &mut gathered).await;
    (gathered, outcome)
}

/// The value of a series, written as `name{label="value"}`.
#[track_caller]
pub fn value(gathered: &Gathered, series: &str) -> f64 {
    let found = gathered.readings.iter().find(|reading| reading.labels.to_string() == series);
    found.unwrap_or_else(|| panic!("{series} is not among {:?}", names(gathered))).value
}

pub fn names(gathered: &Gathered) -> Vec<String> {
    gathered.readings.iter().map(|reading| reading.labels.to_string()).collect()
}
