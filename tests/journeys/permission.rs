//! What this user may not read or write. Root may everything, so a run as root lets the real binary run as nobody.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use crate::support::{Bench, bench::Ran};

/// The user who owns nothing, on every Linux (`/proc/sys/kernel/overflowuid`).
const NOBODY: &str = "65534";

/// Somebody to whom permissions mean something.
struct Somebody {
    dropped: bool,
}

impl Somebody {
    /// The user of this run; nobody where that is root. None where this machine does not allow it: the test is skipped, by name.
    #[expect(clippy::print_stderr, reason = "a skip has a name")]
    fn find(bench: &Bench, test: &str) -> Option<Self> {
        let somebody = Self { dropped: rustix::process::getuid().is_root() };
        let asked = somebody.command(bench, ["--version"]).output();
        if asked.is_ok_and(|output| output.status.success()) {
            return Some(somebody);
        }
        eprintln!("skipped: {test}: nobody cannot run the binary here (setpriv is missing, or its folder is closed to others)");
        None
    }

    fn command<I: AsRef<OsStr>>(&self, bench: &Bench, arguments: impl IntoIterator<Item = I>) -> Command {
        let plain = bench.command(arguments);
        if !self.dropped {
            return plain;
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(plain.get_program()).args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    fn line(&self, bench: &Bench, line: &str) -> Ran {
        Ran::of(self.command(bench, line.split(' ').map(OsString::from)))
    }

    /// Gives everything there to that user.
    fn give(&self, bench: &Bench) {
        if self.dropped {
            let owner = format!("{NOBODY}:{NOBODY}");
            assert!(Command::new("chown").args(["-R", &owner]).arg(bench.file("")).status().unwrap().success());
        }
    }
}

/// A system of a database and a directory, and who works with it.
fn product(test: &str) -> Option<(Bench, Somebody)> {
    let bench = Bench::new();
    let somebody = Somebody::find(&bench, test)?;
    let folder = bench.with_definition("product", &["main"]);
    fs::create_dir_all(folder.join("files/closed")).unwrap();
    for (name, text) in [("open", "anybody"), ("secret", "the owner"), ("closed/inner", "nobody")] {
        fs::write(folder.join("files").join(name), text).unwrap();
    }
    let definition = folder.join("quarterdeck.yaml");
    let text = fs::read_to_string(&definition).unwrap() + "  files:\n    kind: directory\n    path: files\n";
    fs::write(definition, text).unwrap();
    somebody.give(&bench);
    somebody.line(&bench, &format!("add {}", folder.display())).done();
    Some((bench, somebody))
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_may_not_be_read_in_a_directory_is_left_out_and_said() {
    let Some((bench, somebody)) = product("what_may_not_be_read_in_a_directory_is_left_out_and_said") else { return };
    let files = bench.file("product/files");
    allow(&files.join("secret"), 0);
    allow(&files.join("closed"), 0);
    let report = somebody.line(&bench, "backup product --json").done().json();
    let directory = &report["snapshot"]["manifest"]["directories"][0];
    assert_eq!(directory["files"], 1, "{directory}");
    let left_out = directory["left_out"].to_string();
    assert!(left_out.contains("secret (permission denied)") && left_out.contains("closed"), "{left_out}");
    let findings = report["findings"].to_string();
    assert!(findings.contains("could not be read, and is not in the snapshot") && findings.contains("attention"), "{findings}");
    let to = bench.file("restored");
    somebody.line(&bench, &format!("restore product/files --to {}", to.display())).done();
    assert_eq!(fs::read_to_string(to.join("open")).unwrap(), "anybody");
    assert!(!to.join("secret").exists() && !to.join("closed/inner").exists());
    // With permission, the next snapshot holds all of it.
    allow(&files.join("secret"), 0o600);
    allow(&files.join("closed"), 0o700);
    let report = somebody.line(&bench, "backup product --json").done().json();
    assert_eq!(report["snapshot"]["manifest"]["directories"][0]["files"], 3, "{report}");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{report}");
}

#[test]
fn a_directory_or_a_database_that_may_not_be_read_at_all_is_a_refusal_that_names_it() {
    let Some((bench, somebody)) = product("a_directory_or_a_database_that_may_not_be_read_at_all_is_a_refusal_that_names_it") else {
        return;
    };
    for (name, mode) in [("files", 0o700), ("main.db", 0o600)] {
        let path = bench.file("product").join(name);
        allow(&path, 0);
        somebody.line(&bench, "backup product --json").code(3).fault("backup-not-possible", name);
        let listed = somebody.line(&bench, "systems --json").done().json().to_string();
        assert!(listed.contains("critical"), "{name}: {listed}");
        allow(&path, mode);
    }
    somebody.line(&bench, "backup product").done();
    let closed = bench.file("closed");
    fs::create_dir(&closed).unwrap();
    allow(&closed, 0o555);
    somebody.give(&bench);
    let ran = somebody.line(&bench, &format!("restore product/main --to {} --json", closed.join("main.db").display()));
    assert!(matches!(ran.code, Some(1 | 3)) && ran.out.contains("closed"), "{ran:?}");
    assert!(fs::read_dir(&closed).unwrap().next().is_none());
    allow(&closed, 0o755);
}
