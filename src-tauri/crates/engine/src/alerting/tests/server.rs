use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value as Json;

/// A webhook on loopback: keeps what it is sent, and answers as it is told to.
pub struct Server {
    pub address: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    got: Vec<Json>,
    answer: &'static str,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let shared = Arc::new(Mutex::new(Shared { got: Vec::new(), answer: "200 OK\r\n" }));
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                while let Some(body) = request(&mut reader) {
                    let mut shared = theirs.lock().unwrap();
                    shared.got.push(serde_json::from_slice(&body).unwrap_or(Json::Null));
                    let answer = format!("HTTP/1.1 {}content-length: 0\r\n\r\n", shared.answer);
                    reader.get_mut().write_all(answer.as_bytes()).unwrap();
                }
            }
        });
        Self { address, shared }
    }

    /// From now on it answers so: a status line's end, and headers.
    pub fn answers(&self, answer: &'static str) {
        self.shared.lock().unwrap().answer = answer;
    }

    /// What it was sent since the last call.
    pub fn got(&self) -> Vec<Json> {
        std::mem::take(&mut self.shared.lock().unwrap().got)
    }
}

/// The body of the next request; none where the connection ends.
fn request(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let (mut length, mut line) = (0, String::new());
    let mut first = true;
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let text = line.trim().to_ascii_lowercase();
        if text.is_empty() && !first {
            break;
        }
        first = false;
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}
