//! Which process it is now.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_store::files;

use super::{Which, read};

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Its number; none where it does not run.
    pub pid: Option<u32>,
    /// What a person should know.
    pub remark: Option<String>,
}

impl Found {
    fn nobody(why: String) -> Self {
        Self { pid: None, remark: Some(why) }
    }
}

/// Finds it; whoever was found `last` is looked at first, because asking all others costs. Faults: `bad-pid-file`, and what keeps a file from
/// being read.
pub fn find(which: &Which, last: &Found, ctx: &JobCtx) -> Outcome<Found> {
    match which {
        Which::PidFile(file) => by_file(file),
        // Nobody can have run longer than who ran longest.
        Which::Executable(name) if last.pid.is_some_and(|pid| runs(pid, name)) => Ok(last.clone()),
        Which::Executable(name) => by_program(name, ctx),
        Which::Port(port) => by_port(*port, last.pid, ctx),
    }
}

fn by_file(file: &Path) -> Outcome<Found> {
    let mut text = String::new();
    match File::open(file).and_then(|opened| opened.take(64).read_to_string(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::nobody(format!("{} is not there.", file.display()))),
        Err(error) => return Err(files::fault("read", file, &error)),
    }
    let pid = text.split_whitespace().next().and_then(|word| word.parse().ok()).ok_or_else(|| {
        Fault::failed("bad-pid-file", format!("{} does not begin with the number of a process.", file.display()))
            .hint("Name the file into which the service writes its process number.")
    })?;
    if read::stat(pid).is_some() {
        Ok(Found { pid: Some(pid), remark: None })
    } else {
        Ok(Found::nobody(format!("Process {pid} of {} does not run.", file.display())))
    }
}

/// Of several, the one that has run longest is the parent of the others, as a rule.
fn by_program(name: &str, ctx: &JobCtx) -> Outcome<Found> {
    let mut running = Vec::new();
    for pid in processes()? {
        ctx.checkpoint()?;
        if runs(pid, name)
            && let Some(stat) = read::stat(pid)
        {
            running.push((stat.start_ticks, pid));
        }
    }
    running.sort_unstable();
    Ok(match running.as_slice() {
        [] => Found::nobody(format!("Nobody runs {name}.")),
        [(_, pid)] => Found { pid: Some(*pid), remark: None },
        [(_, pid), ..] => Found {
            pid: Some(*pid),
            remark: Some(format!("{} processes run {name}; the one that has run longest is measured.", running.len())),
        },
    })
}

/// By its file; where that of another user cannot be seen, by the first word of its command line.
fn runs(pid: u32, name: &str) -> bool {
    let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_else(|_| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let first = command.split(|byte| *byte == 0).next().unwrap_or_default();
        PathBuf::from(String::from_utf8_lossy(first).into_owned())
    });
    if name.contains('/') { program == Path::new(name) } else { program.file_name().is_some_and(|file| file.to_string_lossy() == name) }
}

fn by_port(port: u16, last: Option<u32>, ctx: &JobCtx) -> Outcome<Found> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let sockets: BTreeSet<PathBuf> =
        tables.iter().flat_map(|table| listening(table, port)).map(|inode| PathBuf::from(format!("socket:[{inode}]"))).collect();
    if sockets.is_empty() {
        return Ok(Found::nobody(format!("Nobody listens on port {port}.")));
    }
    for pid in last.into_iter().chain(processes()?) {
        ctx.checkpoint()?;
        let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        if open.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| sockets.contains(&target))) {
            return Ok(Found { pid: Some(pid), remark: None });
        }
    }
    Ok(Found::nobody(format!("Who listens on port {port} belongs to another user, and cannot be seen.")))
}

/// Inodes of the sockets that listen on a port, out of `/proc/net/tcp`: the second word is the local address, the fourth the state (0A
/// listens), the tenth the inode.
fn listening(table: &str, port: u16) -> Vec<u64> {
    let wanted = format!(":{port:04X}");
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .filter(|words| words.len() > 9 && words[1].ends_with(&wanted) && words[3] == "0A")
        .filter_map(|words| words[9].parse().ok())
        .collect()
}

fn processes() -> Outcome<Vec<u32>> {
    let entries = fs::read_dir("/proc").map_err(|error| files::fault("list", Path::new("/proc"), &error))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_that_listen_count() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
                     0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1661 1 0\n\
                     1: 0100007F:07E8 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 1700 1 0\n\
                     2: 0100007F:17E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1800 1 0\n\
                     half a li";
        assert_eq!(listening(table, 2024), [1661]);
    }
}
