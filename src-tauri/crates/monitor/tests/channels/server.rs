//! A server for HTTP that keeps what it is sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::listen::{Wire, listen};

/// What a server does with a request.
#[derive(Clone)]
pub enum Does {
    /// Answers so: a status, headers, a body.
    Answers(u16, &'static str, String),
    /// Says nothing, ever.
    Hangs,
    /// Begins an answer that does not end.
    Endless,
    /// Goes away.
    Leaves,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub head: String,
    pub body: String,
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// A server, and what it was asked.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request.
    #[track_caller]
    pub fn one(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

pub fn ok() -> Does {
    Does::Answers(200, "", "ok".to_owned())
}

/// Serves plain HTTP.
pub async fn serve(does: impl Fn(&Asked) -> Does + Send + Sync + 'static) -> Server {
    serve_with(None, does).await
}

/// Serves, over TLS where a configuration is given.
pub async fn serve_with(tls: Option<rustls::ServerConfig>, does: impl Fn(&Asked) -> Does + Send + Sync + 'static) -> Server {
    let (does, asked) = (Arc::new(does), Arc::<Mutex<Vec<Asked>>>::default());
    let kept = Arc::clone(&asked);
    let converse = move |wire| converse(wire, Arc::clone(&does), Arc::clone(&kept));
    Server { address: listen(tls, converse).await, asked }
}

async fn converse(mut wire: Wire, does: Arc<impl Fn(&Asked) -> Does>, asked: Arc<Mutex<Vec<Asked>>>) {
    let Some(question) = read(&mut wire).await else { return };
    let does = does(&question);
    asked.lock().unwrap().push(question);
    match does {
        Does::Answers(status, headers, body) => {
            let head = format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = wire.write_all(head.as_bytes()).await;
            let _ = wire.write_all(body.as_bytes()).await;
            let _ = wire.shutdown().await;
        }
        Does::Hangs => std::future::pending().await,
        Does::Endless => {
            let _ = wire.write_all(b"HTTP/1.1 500 Said\r\nConnection: close\r\n\r\n").await;
            while wire.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
        Does::Leaves => {}
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(|text| text.parse::<usize>().unwrap()));
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let mut words = head.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Asked { method, path, body: String::from_utf8_lossy(&body).into_owned(), head })
}

/// A certificate for this machine, signed by itself, and a server's configuration with it.
pub fn certificate(names: &[&str]) -> (String, rustls::ServerConfig) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key.into()).unwrap();
    (cert.pem(), config)
}
