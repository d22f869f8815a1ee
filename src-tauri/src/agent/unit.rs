//! The unit for `systemd --user` that starts the agent with the session of its user.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use quarterdeck_engine::Home;
use quarterdeck_model::{Fault, Outcome};

/// As it ships; `ExecStart` is made to fit.
const UNIT: &str = include_str!("../../../packaging/quarterdeck-agent.service");
const NAME: &str = "quarterdeck-agent.service";
const EXEC: &str = "ExecStart=%h/.local/bin/quarterdeck agent --drain 60";

/// What was written, and what is left to do.
pub struct Installed {
    /// The file.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
    /// Commands to type.
    pub next: Vec<String>,
}

/// Writes the unit for this program and this home. One that is there and says something else is left as it is.
pub fn install(home: &Home, drain: u64) -> Outcome<Installed> {
    let program = std::env::current_exe().map_err(|error| {
        Fault::failed("no-program", format!("The system does not say where this program lies: {error}."))
            .hint("Use packaging/quarterdeck-agent.service.")
    })?;
    let text = text(&program, home.folder(), drain)?;
    let folder = folder()?;
    let file = folder.join(NAME);
    std::fs::DirBuilder::new().recursive(true).mode(0o755).create(&folder).map_err(|error| fault("make the folder", &folder, &error))?;
    match OpenOptions::new().write(true).create_new(true).mode(0o644).open(&file) {
        Ok(mut new) => new.write_all(text.as_bytes()).and_then(|()| new.sync_all()).map_err(|error| fault("write", &file, &error))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let known = std::fs::read(&file).map_err(|error| fault("read", &file, &error))?;
            if known != text.as_bytes() {
                return Err(Fault::refused(
                    "unit-differs",
                    format!("{} is there already and says something else; it was left as it was.", file.display()),
                )
                .hint("Compare the two, then remove it and install again."));
            }
        }
        Err(error) => return Err(fault("write", &file, &error)),
    }
    let next = vec![
        "systemctl --user daemon-reload".to_owned(),
        format!("systemctl --user enable --now {NAME}"),
        "loginctl enable-linger    # so that it also runs while nobody is logged in".to_owned(),
        format!("journalctl --user -u {NAME}"),
    ];
    Ok(Installed { file, text, next })
}

fn text(program: &Path, home: &Path, drain: u64) -> Outcome<String> {
    let exec = format!("ExecStart={} agent --drain {drain}", quoted(program, true)?);
    let home = format!("Environment={}", quoted(Path::new(&format!("QUARTERDECK_HOME={}", utf8(home)?)), false)?);
    // Draining, cancelling, and some room.
    let stop = format!("TimeoutStopSec={}", drain.saturating_add(60));
    Ok(UNIT.replace(EXEC, &format!("{home}\n{exec}")).replace("TimeoutStopSec=120", &stop))
}

/// A word as systemd.syntax(7) and systemd.service(5) read it back; a dollar has a meaning in commands only.
fn quoted(path: &Path, command: bool) -> Outcome<String> {
    let text = utf8(path)?.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    let text = if command { text.replace('$', "$$") } else { text };
    Ok(format!("\"{text}\""))
}

fn utf8(path: &Path) -> Outcome<&str> {
    path.to_str().filter(|text| !text.contains(char::is_control)).ok_or_else(|| {
        Fault::refused("odd-path", format!("{} cannot be written into a unit of systemd.", path.display()))
            .hint("Use a path of plain characters.")
    })
}

fn folder() -> Outcome<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
    let config =
        config.ok_or_else(|| Fault::refused("no-home", "Neither XDG_CONFIG_HOME nor HOME is set.").hint("Set HOME to your folder."))?;
    Ok(config.join("systemd/user"))
}

fn fault(tried: &str, path: &Path, error: &io::Error) -> Fault {
    Fault::failed("file-error", format!("Cannot {tried} {}: {error}.", path.display())).hint("Check the disk and the permissions.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_that_ships_is_made_to_fit() {
        assert_eq!(UNIT.matches(EXEC).count(), 1);
        assert_eq!(UNIT.matches("TimeoutStopSec=120").count(), 1);
        let made = text(Path::new("/opt/100% \"ours\"/$quarterdeck"), Path::new("/srv/quarter deck"), 30).unwrap();
        assert!(made.contains("\nExecStart=\"/opt/100%% \\\"ours\\\"/$$quarterdeck\" agent --drain 30\n"), "{made}");
        assert!(
            made.contains("\nEnvironment=\"QUARTERDECK_HOME=/srv/quarter deck\"\n") && made.contains("\nTimeoutStopSec=90\n"),
            "{made}"
        );
    }
}
