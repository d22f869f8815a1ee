//! A Prometheus that is unpacked, not installed; and questions to it.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// The folder with `prometheus` and `promtool`: the one that `PROMETHEUS` names, else Debian's, unpacked. None where there is none to be had.
pub fn unpacked() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("PROMETHEUS").map(PathBuf::from).filter(|folder| folder.join("prometheus").exists()) {
        return Some(folder);
    }
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?.join("target/peers");
    let programs = cache.join("prometheus/usr/bin");
    if !programs.join("prometheus").exists() {
        fs::create_dir_all(&cache).unwrap();
        let done = |command: &mut Command| {
            command.current_dir(&cache).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        if !done(Command::new("apt-get").args(["download", "prometheus"])) {
            return None;
        }
        let package =
            fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "deb"))?;
        if !done(Command::new("dpkg").arg("-x").arg(package).arg("prometheus")) {
            return None;
        }
    }
    let version = Command::new(programs.join("prometheus")).arg("--version").output().ok()?;
    println!("  beside {}", String::from_utf8_lossy(&version.stdout).lines().next().unwrap_or_default());
    Some(programs)
}

/// Makes blocks of a text; how long it took.
pub fn import(programs: &Path, text: &Path, into: &Path) -> Duration {
    let since = Instant::now();
    let mut command = Command::new(programs.join("promtool"));
    command.args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"]).arg(text).arg(into);
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
    since.elapsed()
}

/// One that answers.
pub struct Server {
    child: Child,
    port: u16,
}

/// What it said: its answer, how long it took with everything, and how long by its own clock.
pub struct Answered {
    /// `data` of the answer.
    pub data: Value,
    /// With HTTP and JSON.
    pub whole: Duration,
    /// By itself, without writing the answer.
    pub inside: Duration,
}

impl Server {
    /// Starts it on a folder of blocks and waits until it answers.
    pub fn start(programs: &Path, blocks: &Path, scratch: &Path) -> Self {
        Self::with(programs, blocks, scratch, "global: {}\n")
    }

    /// The same, with settings of its own.
    pub fn with(programs: &Path, blocks: &Path, scratch: &Path, settings: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = scratch.join("prometheus.yml");
        fs::write(&file, settings).unwrap();
        let child = Command::new(programs.join("prometheus"))
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", blocks.display()))
            .arg("--storage.tsdb.retention.time=100y")
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let since = Instant::now();
        while !server.get("/-/ready").is_some_and(|answer| answer.contains("Ready")) {
            assert!(since.elapsed() < Duration::from_secs(60), "Prometheus does not get ready");
            thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// Asks for an instant or a range.
    pub fn ask(&self, path: &str, parameters: &[(&str, String)]) -> Answered {
        let parameters: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let since = Instant::now();
        let text = self.get(&format!("/api/v1/{path}?{}", parameters.join("&"))).unwrap();
        let whole = since.elapsed();
        let mut answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(answer["status"], "success", "{answer}");
        let inside = answer["data"]["stats"]["timings"]["execTotalTime"].as_f64().unwrap_or_default();
        Answered { data: answer["data"].take(), whole, inside: Duration::from_secs_f64(inside) }
    }

    /// What it answers to a GET, without its head.
    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
