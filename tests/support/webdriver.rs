//! A conversation with WebKitWebDriver (<https://www.w3.org/TR/webdriver2/>): one request, one connection, one JSON answer.

use std::{
    fmt,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
};

use serde_json::{Value, json};

use super::PATIENCE;

/// The key under which an element's reference travels (section 11 of the specification).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Why the driver did not do what it was asked.
#[derive(Debug)]
pub struct Refusal {
    /// The specification's word, e.g. `no such element`; `wire` where the answer never came.
    pub code: String,
    /// More words.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self { code: "wire".into(), message: error.to_string() }
    }
}

/// What came back.
pub type Answer = Result<Value, Refusal>;

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// True once the driver listens.
pub fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A session with one application.
pub struct Session {
    port: u16,
    id: String,
}

impl Session {
    /// Lets the driver start the application and waits for its window. The driver never answers where the application dies at its
    /// start, so the wait has an end.
    pub fn open(port: u16, application: &str) -> Result<Self, Refusal> {
        let options = json!({ "binary": application, "args": [] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let answer = ask(port, "POST", "/session", &wanted)?;
        Ok(Self { port, id: answer["sessionId"].as_str().unwrap_or_default().to_owned() })
    }

    /// Asks for something.
    pub fn get(&self, what: &str) -> Answer {
        ask(self.port, "GET", &format!("/session/{}/{what}", self.id), &Value::Null)
    }

    /// Tells it to do something.
    pub fn post(&self, what: &str, body: &Value) -> Answer {
        ask(self.port, "POST", &format!("/session/{}/{what}", self.id), body)
    }

    /// The first element that a CSS selector finds.
    pub fn element(&self, css: &str) -> Result<String, Refusal> {
        let found = self.post("element", &json!({ "using": "css selector", "value": css }))?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and returns what it returns.
    pub fn script(&self, script: &str, arguments: Value) -> Answer {
        self.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script in the page and waits until it calls its last argument.
    pub fn async_script(&self, script: &str) -> Answer {
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// The page as a PNG.
    pub fn screenshot(&self) -> Result<Vec<u8>, Refusal> {
        Ok(from_base64(self.get("screenshot")?.as_str().unwrap_or_default()))
    }

    /// Ends the session, which ends the application.
    pub fn close(&self) {
        let _ = ask(self.port, "DELETE", &format!("/session/{}", self.id), &Value::Null);
    }
}

fn ask(port: u16, method: &str, path: &str, body: &Value) -> Answer {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json\r\n");
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    let content = reply.split_once("\r\n\r\n").map_or("", |(_, content)| content);
    let mut answer: Value = serde_json::from_str(content).map_err(io::Error::from)?;
    let mut value = answer["value"].take();
    if reply.split(' ').nth(1) == Some("200") {
        return Ok(value);
    }
    let mut text = |field: &str| value[field].take().as_str().unwrap_or("no answer").to_owned();
    Err(Refusal { code: text("error"), message: text("message") })
}

/// RFC 4648 §4; characters outside the alphabet are passed over.
fn from_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets: Vec<u32> =
        text.bytes().filter_map(|byte| ALPHABET.iter().position(|&letter| letter == byte)).map(|at| at as u32).collect();
    let mut out = Vec::with_capacity(sextets.len() / 4 * 3 + 2);
    for group in sextets.chunks(4) {
        let bits = group.iter().fold(0, |bits, sextet| bits << 6 | sextet) << (6 * (4 - group.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}
