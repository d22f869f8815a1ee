//! A process, by the names of Prometheus's client libraries. What the kernel tells under `/proc` (proc(5)) is read; the process is not touched.

mod find;
mod read;

use std::path::PathBuf;

use quarterdeck_model::Outcome;

use super::{Blocking, Visit};
use crate::gathered::Gathered;

/// Which process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one whose number stands in this file.
    PidFile(PathBuf),
    /// The one that runs this program: a path, or the name of its file.
    Executable(String),
    /// The one that listens on this TCP port.
    Port(u16),
}

/// Looks at one process at a time; where it is replaced by another, the start time tells.
pub struct Process {
    which: Which,
    last: find::Found,
}

impl Process {
    /// Of a process that need not run.
    pub fn new(which: Which) -> Self {
        Self { which, last: find::Found::default() }
    }
}

impl Blocking for Process {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        self.last = find::find(&self.which, &self.last, &visit.ctx)?;
        into.remarks.extend(self.last.remark.clone());
        // It may end while it is looked at: then it is gone.
        let stat = self.last.pid.and_then(|pid| Some((pid, read::stat(pid)?)));
        into.gauge("process_up", &[], if stat.is_some() { 1.0 } else { 0.0 });
        let Some((pid, stat)) = stat else { return Ok(()) };
        into.counter("process_cpu_seconds_total", &[], stat.cpu);
        into.gauge("process_virtual_memory_bytes", &[], stat.virtual_memory);
        into.gauge("process_threads", &[], stat.threads);
        if let Some(resident) = read::resident(pid) {
            into.gauge("process_resident_memory_bytes", &[], resident);
        }
        if let Some(start) = read::start(&stat) {
            into.gauge("process_start_time_seconds", &[], start);
        }
        match read::open_files(pid) {
            Some(open) => into.gauge("process_open_fds", &[], open),
            None => into.remarks.push(format!("This user may not list the open files of process {pid}.")),
        }
        if let Some(most) = read::most_files(pid) {
            into.gauge("process_max_fds", &[], most);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use quarterdeck_testkit::Scratch;

    use super::*;
    use crate::collectors::trial::{found, visit};

    fn collected(which: Which) -> (Vec<String>, Vec<String>) {
        let mut gathered = Gathered::default();
        Process::new(which).collect(&visit(), &mut gathered).unwrap();
        (found(&gathered), gathered.remarks)
    }

    fn value(readings: &[String], name: &str) -> f64 {
        let reading = readings.iter().find_map(|reading| reading.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {readings:?}"));
        reading.trim().parse().unwrap()
    }

    #[test]
    fn a_process_is_measured_by_the_number_in_a_file() {
        let scratch = Scratch::new();
        std::fs::write(scratch.file("pid"), format!("{}\n", std::process::id())).unwrap();
        let (readings, remarks) = collected(Which::PidFile(scratch.file("pid")));
        assert_eq!((value(&readings, "process_up"), remarks), (1.0, Vec::new()));
        for name in
            ["process_resident_memory_bytes", "process_virtual_memory_bytes", "process_threads", "process_open_fds", "process_max_fds"]
        {
            assert!(value(&readings, name) >= 1.0, "{name}: {readings:?}");
        }
        assert!(value(&readings, "process_cpu_seconds_total") >= 0.0);
        assert!(value(&readings, "process_start_time_seconds") > 1.7e9);
    }

    #[test]
    fn who_listens_on_a_port_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (readings, _) = collected(Which::Port(listener.local_addr().unwrap().port()));
        assert_eq!(value(&readings, "process_up"), 1.0);
    }

    #[test]
    fn a_program_is_found_by_its_path_and_by_its_name() {
        let own = std::env::current_exe().unwrap();
        for name in [own.display().to_string(), own.file_name().unwrap().to_string_lossy().into_owned()] {
            let (readings, _) = collected(Which::Executable(name));
            assert_eq!(value(&readings, "process_up"), 1.0);
        }
    }

    #[test]
    fn another_one_that_takes_its_place_is_found() {
        // A copy is busy while another test, begun at this moment, still holds what this one has open.
        let sleeps = |name: &std::path::Path| {
            loop {
                match std::process::Command::new(name).arg("60").spawn() {
                    Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                    spawned => return spawned.unwrap(),
                }
            }
        };
        let scratch = Scratch::new();
        let program = scratch.file("quarterdeck-sleeps");
        std::fs::copy("/bin/sleep", &program).unwrap();
        let mut process = Process::new(Which::Executable("quarterdeck-sleeps".to_owned()));
        let mut starts = Vec::new();
        for _ in 0..2 {
            let mut child = sleeps(&program);
            for _ in 0..2 {
                let mut gathered = Gathered::default();
                process.collect(&visit(), &mut gathered).unwrap();
                assert_eq!(gathered.remarks, Vec::<String>::new());
                starts.push(process.last.pid.unwrap() == child.id());
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert_eq!(starts, [true; 4]);
        let mut gathered = Gathered::default();
        process.collect(&visit(), &mut gathered).unwrap();
        assert_eq!(found(&gathered), ["process_up 0"]);
    }

    #[test]
    fn one_that_does_not_run_is_down_and_says_why() {
        let scratch = Scratch::new();
        // Larger than any number that Linux gives (proc(5), pid_max).
        std::fs::write(scratch.file("pid"), "4194305").unwrap();
        for (which, why) in [
            (Which::PidFile(scratch.file("pid")), "Process 4194305 of"),
            (Which::PidFile(scratch.file("none")), "is not there"),
            (Which::Executable("no-such-program".to_owned()), "Nobody runs no-such-program"),
            (Which::Port(0), "Nobody listens on port 0"),
        ] {
            let (readings, remarks) = collected(which);
            assert_eq!(readings, ["process_up 0"]);
            assert!(remarks[0].contains(why), "{remarks:?}");
        }
    }

    #[test]
    fn a_file_without_a_number_is_a_fault() {
        let scratch = Scratch::new();
        std::fs::write(scratch.file("pid"), "service").unwrap();
        let fault = Process::new(Which::PidFile(scratch.file("pid"))).collect(&visit(), &mut Gathered::default()).unwrap_err();
        assert!(fault.is("bad-pid-file"), "{fault}");
    }
}
