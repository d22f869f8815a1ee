//! Services on loopback, each request answered by a function. Just enough of HTTP/1.1 for those that ask here.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// Answers a path and a body.
type Answer = Arc<dyn Fn(&str, &[u8]) -> String + Send + Sync>;

/// Serves for as long as the program lives; the port.
pub fn serve(answer: impl Fn(&str, &[u8]) -> String + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer: Answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // Whoever hangs up ends its thread.
            thread::spawn(move || drop(converse(stream, &answer)));
        }
    });
    port
}

fn converse(mut stream: TcpStream, answer: &Answer) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut held, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let head = loop {
            if let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                count => held.extend_from_slice(&piece[..count]),
            }
        };
        let text = String::from_utf8_lossy(&held[..head]).to_lowercase();
        let length = text.split_once("content-length:").and_then(|(_, rest)| rest.lines().next()?.trim().parse().ok()).unwrap_or(0);
        while held.len() < head + length {
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                count => held.extend_from_slice(&piece[..count]),
            }
        }
        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
        let body = answer(&path, &held[head..head + length]);
        let length_out = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length_out}\r\n\r\n{body}")?;
        held.drain(..head + length);
    }
}

/// Sends a body to a service on this machine, over a connection that is kept.
pub struct Sender(TcpStream, u16);

impl Sender {
    pub fn to(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream, port))
    }

    /// Waits for the answer's head, and reads the body that it announces.
    pub fn post(&mut self, path: &str, body: &str) {
        let Self(stream, port) = self;
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let (mut held, mut piece) = (Vec::new(), [0; 4096]);
        while !held.windows(4).any(|four| four == b"\r\n\r\n") {
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "hung up on");
            held.extend_from_slice(&piece[..count]);
        }
        let text = String::from_utf8_lossy(&held).into_owned();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let (head, rest) = text.split_once("\r\n\r\n").unwrap();
        let wanted: usize =
            head.to_lowercase().split_once("content-length:").map_or(0, |(_, rest)| rest.lines().next().unwrap().trim().parse().unwrap());
        let mut left = wanted.saturating_sub(rest.len());
        while left > 0 {
            left = left.saturating_sub(stream.read(&mut piece).unwrap());
        }
    }
}
