//! A mail server that keeps what it is handed.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What a server is like.
#[derive(Clone, Default)]
pub struct Manner {
    /// It can speak TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// From the first byte on.
    pub implicit: bool,
    /// What it lets people in by: `PLAIN LOGIN`.
    pub auth: &'static str,
    /// A command, and what it answers to it in place of its own answer; `hang` for nothing at all.
    pub instead: Option<(&'static str, &'static str)>,
}

/// What was said to it.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// Commands, with a mark where they came over TLS.
    pub commands: Vec<String>,
    /// Letters.
    pub letters: Vec<String>,
}

pub struct Post {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
}

impl Post {
    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

pub async fn post(manner: Manner) -> Post {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Heard>>::default();
    let post = Post { port, heard: Arc::clone(&heard) };
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(attend(stream, manner.clone(), Arc::clone(&heard)));
        }
    });
    post
}

async fn attend(stream: TcpStream, manner: Manner, heard: Arc<Mutex<Heard>>) {
    let acceptor = manner.tls.clone().map(TlsAcceptor::from);
    let attending = Attending { manner: manner.clone(), heard };
    if manner.implicit {
        if let Ok(stream) = acceptor.unwrap().accept(stream).await {
            attending.talk(BufReader::new(stream), true, true).await;
        }
        return;
    }
    if let Some(stream) = attending.talk(BufReader::new(stream), false, true).await
        && let Ok(stream) = acceptor.unwrap().accept(stream.into_inner()).await
    {
        attending.talk(BufReader::new(stream), true, false).await;
    }
}

struct Attending {
    manner: Manner,
    heard: Arc<Mutex<Heard>>,
}

impl Attending {
    /// Talks until the end, or until the other side wants TLS: then the stream comes back.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: BufReader<S>, secure: bool, greets: bool) -> Option<BufReader<S>> {
        if greets {
            say(&mut stream, "220 post.example.org ESMTP").await?;
        }
        loop {
            let line = line(&mut stream).await?;
            let mark = if secure { "tls " } else { "" };
            self.heard.lock().unwrap().commands.push(format!("{mark}{line}"));
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            if let Some((command, answer)) = self.manner.instead
                && command == verb
            {
                if answer == "hang" {
                    std::future::pending::<()>().await;
                }
                say(&mut stream, answer).await?;
                continue;
            }
            match verb.as_str() {
                "EHLO" => say(&mut stream, &self.greeting(secure)).await?,
                "STARTTLS" => {
                    say(&mut stream, "220 go ahead").await?;
                    return Some(stream);
                }
                "AUTH" if line.ends_with("LOGIN") => {
                    for prompt in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                        say(&mut stream, prompt).await?;
                        let answer = self::line(&mut stream).await?;
                        self.heard.lock().unwrap().commands.push(answer);
                    }
                    say(&mut stream, "235 welcome").await?;
                }
                "AUTH" => say(&mut stream, "235 welcome").await?,
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    let letter = self.letter(&mut stream).await?;
                    self.heard.lock().unwrap().letters.push(letter);
                    say(&mut stream, "250 2.0.0 queued as 4711").await?;
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    return None;
                }
                _ => say(&mut stream, "250 ok").await?,
            }
        }
    }

    fn greeting(&self, secure: bool) -> String {
        let mut lines = vec!["post.example.org".to_owned(), "8BITMIME".to_owned()];
        if self.manner.tls.is_some() && !secure {
            lines.push("STARTTLS".to_owned());
        }
        if !self.manner.auth.is_empty() {
            lines.push(format!("AUTH {}", self.manner.auth));
        }
        let last = lines.len() - 1;
        lines
            .iter()
            .enumerate()
            .map(|(at, line)| format!("250{}{line}", if at == last { ' ' } else { '-' }))
            .collect::<Vec<_>>()
            .join("\r\n")
    }

    async fn letter<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufReader<S>) -> Option<String> {
        let mut letter = Vec::new();
        while !letter.ends_with(b"\r\n.\r\n") {
            letter.push(stream.read_u8().await.ok()?);
        }
        Some(String::from_utf8(letter).unwrap().replace("\r\n..", "\r\n."))
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
}

async fn line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    Some(line.trim_end().to_owned())
}
