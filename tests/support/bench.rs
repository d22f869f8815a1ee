//! The real `quarterdeck` with a home of its own, and databases to try it on.

use std::{
    ffi::OsStr,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use quarterdeck_testkit::{Peer, Scratch, shop};
use serde_json::Value;

use super::Owned;

/// A folder with a store in `home` and room for databases beside it. Goes away when dropped.
pub struct Bench {
    scratch: Scratch,
}

/// What a run of the command line left behind.
#[derive(Debug)]
pub struct Ran {
    /// What was asked.
    pub asked: String,
    /// The exit code; absent where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Bench {
    /// An empty one; the store is made by the first command.
    pub fn new() -> Self {
        Self { scratch: Scratch::new() }
    }

    /// `$QUARTERDECK_HOME`.
    pub fn home(&self) -> PathBuf {
        self.scratch.file("home")
    }

    /// A path beside the home, which is not created.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.scratch.file(name)
    }

    /// A path with everything in it that paths should not have.
    pub fn odd_file(&self) -> PathBuf {
        self.scratch.odd_file()
    }

    /// A shop of `orders` orders in WAL mode, added as the system `shop`.
    pub fn with_shop(orders: u32) -> (Self, PathBuf) {
        Self::with_shop_in(orders, "wal")
    }

    /// [`Self::with_shop`] in the given journal mode.
    pub fn with_shop_in(orders: u32, journal_mode: &str) -> (Self, PathBuf) {
        let bench = Self::new();
        let path = bench.file("shop.db");
        shop(&path, orders, journal_mode);
        bench.run([OsStr::new("add"), path.as_os_str()]).done();
        (bench, path)
    }

    /// A folder with a definition of that name, and a shop of 500 orders for each of its components.
    pub fn with_definition(&self, name: &str, components: &[&str]) -> PathBuf {
        let folder = self.file(name);
        std::fs::create_dir(&folder).unwrap();
        let mut definition = format!("name: {name}\nenvironment: development\ncomponents:\n");
        for component in components {
            shop(&folder.join(format!("{component}.db")), 500, "wal");
            definition.push_str(&format!("  {component}:\n    kind: sqlite\n    path: {component}.db\n"));
        }
        std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
        folder
    }

    /// A folder with the definition of a system in production: a database that `0001` made by hand, `0002` that nobody has applied, and
    /// a file that is no migration. Answers with the folder; the database in it is `shop.db`.
    pub fn with_migrations(&self) -> PathBuf {
        let folder = self.file("shop");
        std::fs::create_dir_all(folder.join("migrations")).unwrap();
        let first =
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);\nCREATE INDEX idx_orders_total ON orders(total);\n";
        let second = "ALTER TABLE orders ADD COLUMN grade TEXT NOT NULL DEFAULT 'small';\nUPDATE orders SET grade = 'large';\n";
        let back = "ALTER TABLE orders DROP COLUMN grade;\n";
        let sections = |up: &str, down: &str| format!("-- +goose Up\n{up}-- +goose Down\n{down}");
        std::fs::write(folder.join("migrations/0001_orders.sql"), sections(first, "DROP TABLE orders;\n")).unwrap();
        std::fs::write(folder.join("migrations/0002_grades.sql"), sections(second, back)).unwrap();
        std::fs::write(folder.join("migrations/notes.sql"), "-- what to do next\n").unwrap();
        let definition =
            "name: shop\nenvironment: production\ncomponents:\n  shop:\n    kind: sqlite\n    path: shop.db\nmigrations: migrations\n";
        std::fs::write(folder.join("quarterdeck.yaml"), definition).unwrap();
        ask(&folder.join("shop.db"), &format!("PRAGMA journal_mode = wal; {first} INSERT INTO orders (total) VALUES (3), (5), (8);"));
        folder
    }

    /// Spoils a few bytes in the middle of the largest pack of a system's repository, as a disk does.
    pub fn rot(&self, system: &str) {
        let detail = self.run(["call", "get_system", &format!(r#"{{"system":"{system}"}}"#)]).done().json();
        let data = PathBuf::from(detail["repository"]["path"].as_str().unwrap()).join("data");
        let folders = std::fs::read_dir(data).unwrap().map(|folder| folder.unwrap().path());
        let packs = folders.filter(|path| path.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let pack = packs.map(|pack| pack.unwrap().path()).max_by_key(|pack| pack.metadata().unwrap().len()).unwrap();
        let mut bytes = std::fs::read(&pack).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8].iter_mut().for_each(|byte| *byte ^= 0x5a);
        let _ = std::process::Command::new("chmod").args(["u+w", &pack.to_string_lossy()]).status();
        std::fs::write(&pack, bytes).unwrap();
    }

    /// A command that is not started yet. Nothing of this user's own settings reaches it.
    pub fn command<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarterdeck"));
        command.args(arguments).env("QUARTERDECK_HOME", self.home()).env_remove("QUARTERDECK_FAILPOINT").stdin(Stdio::null());
        command.env_remove("BACKUP_MAX_BACKUPS").env_remove("BACKUP_RETENTION_DAYS");
        command.env("NO_COLOR", "1").env("COLUMNS", "200");
        command
    }

    /// Runs a command to its end.
    pub fn run<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Ran {
        Ran::of(self.command(arguments))
    }

    /// Runs the words of a line, parted by spaces.
    pub fn line(&self, line: &str) -> Ran {
        self.run(line.split(' '))
    }

    /// Runs the words of a line while the named point does what it is told, e.g. `enter.before-commit=kill`.
    pub fn line_with_failpoint(&self, line: &str, failpoint: &str) -> Ran {
        let mut command = self.command(line.split(' '));
        command.env("QUARTERDECK_FAILPOINT", failpoint);
        Ran::of(command)
    }

    /// Starts the words of a line and goes on.
    pub fn start(&self, line: &str) -> Owned {
        Owned(self.command(line.split(' ')).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// The password file and the folder of a lone file's repository, for restic.
    pub fn restic(&self, system: &str) -> Command {
        let detail = self.run(["call", "get_system", &format!(r#"{{"system":"{system}"}}"#)]).done().json();
        let path = |field: &str| detail["repository"][field].as_str().unwrap().to_owned();
        let mut restic = Command::new("restic");
        restic.args(["-r", &path("path"), "--password-file", &path("password_file"), "--no-cache"]);
        restic
    }
}

impl Ran {
    /// Runs a command to its end.
    pub fn of(mut command: Command) -> Self {
        let asked = format!("{command:?}");
        let output = command.output().unwrap_or_else(|error| panic!("{asked}: {error}"));
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { asked, code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// It ended with this exit code.
    #[track_caller]
    pub fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, Some(wanted), "{}\nstdout: {}\nstderr: {}", self.asked, self.out, self.err);
        self
    }

    /// It did what it was asked (exit code 0).
    #[track_caller]
    pub fn done(self) -> Self {
        self.code(0)
    }

    /// A signal ended it.
    #[track_caller]
    pub fn killed(self) -> Self {
        assert_eq!(self.code, None, "{} was not killed\nstdout: {}\nstderr: {}", self.asked, self.out, self.err);
        self
    }

    /// Its standard output is one JSON document, nothing else.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{}: {error}\n{}\n{}", self.asked, self.out, self.err))
    }

    /// Its fault has this stable code, a sentence that names `thing`, and a hint.
    #[track_caller]
    pub fn fault(self, code: &str, thing: &str) -> Self {
        let fault = &self.json()["fault"];
        assert_eq!(fault["code"], code, "{}: {fault}", self.asked);
        assert!(fault["message"].as_str().unwrap().contains(thing), "{fault} does not name {thing}");
        assert_ne!(fault["hint"], "", "{fault} does not say what to do");
        self
    }
}

/// What the `sqlite3` shell answers to one question about a file.
pub fn ask(path: &Path, sql: &str) -> String {
    let mut shell = Peer::open(path);
    let answer = shell.run(&format!("{sql};"));
    shell.quit();
    answer
}

/// Everything that a child has left to say.
pub fn rest(mut from: impl Read) -> String {
    let mut text = String::new();
    let _ = from.read_to_string(&mut text);
    text
}
