//! This machine, from what the kernel tells, in the names of node_exporter (<https://github.com/prometheus/node_exporter>), so that rules and
//! dashboards written for it hold. What a kernel does not tell is left out; where there is no `/proc` there is a fault.

mod cpu;
mod disks;
mod load;
mod memory;
mod network;
mod pressure;

use std::{fs, io, path::Path};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;

use self::disks::Disks;
use super::{Blocking, Visit};
use crate::gathered::Gathered;

/// Measures the machine.
#[derive(Default)]
pub struct Host {
    disks: Disks,
}

impl Host {
    /// Its name, for the label `instance`.
    pub fn name() -> String {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }
}

impl Blocking for Host {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let Some(stat) = told("/proc/stat")? else {
            return Err(Fault::refused("no-proc", "This system does not tell its figures: there is no /proc/stat.")
                .hint("Measure machines of this kind with an exporter of their own."));
        };
        cpu::read(&stat, into);
        type Parser = fn(&str, &mut Gathered);
        let parsers: [(&str, Parser); 4] = [
            ("/proc/meminfo", memory::read),
            ("/proc/loadavg", load::read),
            ("/proc/diskstats", disks::transfers),
            ("/proc/net/dev", network::read),
        ];
        for (path, read) in parsers {
            if let Some(text) = told(path)? {
                read(&text, into);
            }
        }
        for resource in pressure::RESOURCES {
            if let Some(text) = told(&format!("/proc/pressure/{resource}"))? {
                pressure::read(resource, &text, into);
            }
        }
        if let Some(mounts) = told("/proc/self/mountinfo")? {
            self.disks.room(&disks::mounts(&mounts), into);
        }
        #[allow(clippy::cast_precision_loss)] // milliseconds of this age fit
        into.gauge("node_time_seconds", &[], visit.at.timestamp_millis() as f64 / 1_000.0);
        uname(into);
        Ok(())
    }
}

fn uname(into: &mut Gathered) {
    let uname = rustix::system::uname();
    let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
    let (release, machine, nodename) = (text(uname.release()), text(uname.machine()), text(uname.nodename()));
    let labels = [("sysname", &*text(uname.sysname())), ("release", &release), ("machine", &machine), ("nodename", &nodename)];
    into.gauge("node_uname_info", &labels, 1.0);
}

/// None where this kernel has no such file, or keeps it from us (pressure is switched off).
fn told(path: &str) -> Outcome<Option<String>> {
    match fs::read(path) {
        // Names of devices and interfaces are any bytes.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) => {
            Ok(None)
        }
        Err(error) => Err(files::fault("read", Path::new(path), &error)),
    }
}

#[cfg(test)]
mod tests;
