//! An Alertmanager that is unpacked, not installed.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The program: what `ALERTMANAGER` names, else Debian's, unpacked. None where there is none to be had.
pub fn unpacked() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("ALERTMANAGER").map(PathBuf::from).filter(|program| program.exists()) {
        return Some(program);
    }
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?.join("target/peers/alertmanager");
    let program = cache.join("unpacked/usr/bin/prometheus-alertmanager");
    if !program.exists() {
        fs::create_dir_all(&cache).unwrap();
        let done = |command: &mut Command| {
            command.current_dir(&cache).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        if !done(Command::new("apt-get").args(["download", "prometheus-alertmanager"])) {
            return None;
        }
        let mut paths = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
        let package = paths.find(|path| path.extension().is_some_and(|ending| ending == "deb"))?;
        if !done(Command::new("dpkg").arg("-x").arg(package).arg("unpacked")) {
            return None;
        }
    }
    program.exists().then_some(program)
}

/// Debian's looks for its templates where an installation puts them. Where none is, they are laid there for this one process: a mount of its
/// own over `/usr/share`, that nobody else sees.
fn command(program: &Path) -> Command {
    let share = program.ancestors().nth(2).unwrap().join("share");
    if Path::new("/usr/share/prometheus/alertmanager").exists() || !share.join("prometheus/alertmanager").exists() {
        return Command::new(program);
    }
    let script = r#"mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(share).arg(program);
    command
}

/// One that answers.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts it with a configuration, without a cluster, and waits until it listens.
    pub fn start(program: &Path, folder: &Path, configuration: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = command(program)
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.path={}", folder.display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(30), "Alertmanager does not listen");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
