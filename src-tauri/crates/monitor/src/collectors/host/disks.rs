//! Disks: what goes through them (`/proc/diskstats`, <https://docs.kernel.org/admin-guide/iostats.html>), and how much room file systems have.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc::{Receiver, TryRecvError, channel},
    time::Duration,
};

use rustix::fs::{StatVfs, StatVfsMountFlags, statvfs};

use crate::gathered::Gathered;

/// The kernel counts in sectors of this size, whatever the disk's are.
const SECTOR: f64 = 512.0;

/// A file system on another machine may take so long to answer.
const PATIENCE: Duration = Duration::from_millis(800);

/// File systems that hold no files of anybody.
const UNREAL: [&str; 30] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "ramfs",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tracefs",
    "fuse.lxcfs",
    "fuse.gvfsd-fuse",
    "fuse.portal",
    "overlay",
];

/// File systems that somebody else has to answer for.
const REMOTE: [&str; 10] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "9p", "afs", "glusterfs", "beegfs"];

/// A file system that is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    device: String,
    point: String,
    kind: String,
}

/// Bytes, transfers and busy seconds of each whole disk.
pub(super) fn transfers(diskstats: &str, into: &mut Gathered) {
    for line in diskstats.lines() {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, _, device, counters @ ..] = &fields[..] else { continue };
        let values: Vec<f64> = counters.iter().map_while(|field| field.parse().ok()).collect();
        if values.len() < 10 || !is_whole(device) {
            continue;
        }
        let labels = [("device", *device)];
        into.counter("node_disk_reads_completed_total", &labels, values[0]);
        into.counter("node_disk_read_bytes_total", &labels, values[2] * SECTOR);
        into.counter("node_disk_writes_completed_total", &labels, values[4]);
        into.counter("node_disk_written_bytes_total", &labels, values[6] * SECTOR);
        into.counter("node_disk_io_time_seconds_total", &labels, values[9] / 1_000.0);
    }
}

/// Partitions, and devices that are made of files or memory, are left out, as node_exporter does.
fn is_whole(device: &str) -> bool {
    let end = device.trim_end_matches(|c: char| c.is_ascii_digit());
    if end.len() == device.len() {
        return true;
    }
    let letters =
        |prefix: &str| end.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase()));
    let made = ["loop", "ram", "zram", "fd", "sr"].contains(&end);
    let partition = ["hd", "sd", "vd", "xvd"].iter().any(|prefix| letters(prefix));
    let part_of_flash = (end.starts_with("nvme") || end.starts_with("mmcblk")) && end.ends_with('p');
    !made && !partition && !part_of_flash
}

/// The real file systems of `/proc/self/mountinfo` (proc_pid_mountinfo(5)); of several mounts of one the shortest path counts.
pub(super) fn mounts(mountinfo: &str) -> Vec<Mount> {
    let mut found: BTreeMap<&str, Mount> = BTreeMap::new();
    for line in mountinfo.lines() {
        let Some((mount, source)) = line.split_once(" - ") else { continue };
        let (mount, source): (Vec<&str>, Vec<&str>) = (mount.split(' ').collect(), source.split(' ').collect());
        let ([_, _, number, _, point, ..], [kind, device, ..]) = (&mount[..], &source[..]) else { continue };
        // In a container the root itself is an overlay.
        let unreal = UNREAL.contains(kind) && !(*kind == "overlay" && *point == "/");
        let inner = ["/dev", "/proc", "/sys"].iter().any(|top| *point == *top || point.starts_with(&format!("{top}/")));
        if unreal || inner {
            continue;
        }
        let mount = Mount { device: unescape(device), point: unescape(point), kind: (*kind).to_owned() };
        match found.get_mut(number) {
            Some(known) if known.point.len() <= mount.point.len() => {}
            Some(known) => *known = mount,
            None => drop(found.insert(number, mount)),
        }
    }
    found.into_values().collect()
}

/// Blanks and backslashes stand as octal numbers.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, code) = rest.split_at(at);
        out.push_str(before);
        match code.get(1..4).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &code[4..];
            }
            None => {
                out.push('\\');
                rest = &code[1..];
            }
        }
    }
    out + rest
}

/// File systems, among them those that have not answered yet.
#[derive(Default)]
pub(super) struct Disks {
    asked: BTreeMap<String, Receiver<rustix::io::Result<StatVfs>>>,
}

impl Disks {
    /// Room of each; one that does not answer has `node_filesystem_device_error`, and is asked again once it did.
    pub(super) fn room(&mut self, mounts: &[Mount], into: &mut Gathered) {
        let points: BTreeSet<&str> = mounts.iter().map(|mount| &*mount.point).collect();
        self.asked.retain(|point, _| points.contains(&**point));
        for mount in mounts {
            let labels = [("device", &*mount.device), ("mountpoint", &*mount.point), ("fstype", &*mount.kind)];
            let remote = REMOTE.contains(&&*mount.kind) || mount.kind.starts_with("fuse.");
            let answer = if remote { self.ask(&mount.point) } else { Some(statvfs(&*mount.point)) };
            let error = f64::from(u8::from(!matches!(answer, Some(Ok(_)))));
            match answer {
                // One without blocks has no room to speak of.
                Some(Ok(room)) if room.f_blocks == 0 => continue,
                Some(Ok(room)) => write_room(&labels, &room, into),
                Some(Err(error)) => into.remarks.push(format!("{} does not tell its room: {error}", mount.point)),
                None => into.remarks.push(format!("{} does not answer", mount.point)),
            }
            into.gauge("node_filesystem_device_error", &labels, error);
        }
    }

    /// Asks on a thread of its own, which hangs as long as the other machine is silent.
    fn ask(&mut self, point: &str) -> Option<rustix::io::Result<StatVfs>> {
        if let Some(earlier) = self.asked.remove(point)
            && matches!(earlier.try_recv(), Err(TryRecvError::Empty))
        {
            self.asked.insert(point.to_owned(), earlier);
            return None;
        }
        let (tell, answer) = channel();
        let path = point.to_owned();
        let thread = std::thread::Builder::new().name("file-system".to_owned()).stack_size(128 << 10);
        // Nobody listens any more where the answer came too late.
        thread.spawn(move || drop(tell.send(statvfs(&*path)))).ok()?;
        match answer.recv_timeout(PATIENCE) {
            Ok(room) => Some(room),
            Err(_) => {
                self.asked.insert(point.to_owned(), answer);
                None
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // a series has floats
fn write_room(labels: &[(&str, &str)], room: &StatVfs, into: &mut Gathered) {
    let block = room.f_frsize as f64;
    into.gauge("node_filesystem_size_bytes", labels, room.f_blocks as f64 * block);
    into.gauge("node_filesystem_free_bytes", labels, room.f_bfree as f64 * block);
    into.gauge("node_filesystem_avail_bytes", labels, room.f_bavail as f64 * block);
    into.gauge("node_filesystem_files", labels, room.f_files as f64);
    into.gauge("node_filesystem_files_free", labels, room.f_ffree as f64);
    into.gauge("node_filesystem_readonly", labels, f64::from(u8::from(room.f_flag.contains(StatVfsMountFlags::RDONLY))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_disks_are_told_from_their_parts() {
        let whole = ["sda", "vda", "xvdf", "nvme0n1", "dm-0", "md127", "mmcblk0", "hda"];
        let parts = ["sda1", "vda15", "xvdf2", "nvme0n1p3", "loop7", "ram0", "zram0", "mmcblk0p1", "sr0", "fd0"];
        assert!(whole.iter().all(|device| is_whole(device)));
        assert!(!parts.iter().any(|device| is_whole(device)));
    }

    #[test]
    fn real_file_systems_are_found_once_with_their_plain_names() {
        let text = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
            27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n\
            40 27 254:1 /var/lib /srv/bound rw - ext4 /dev/vda1 rw\n\
            41 27 0:50 / /srv/with\\040blank\\134 rw - nfs4 server:/export\\040one rw\n\
            42 27 0:51 / /run rw,nosuid shared:5 master:1 - tmpfs tmpfs rw\n\
            43 27 0:52 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n\
            44 27 0:53 / /dev/shm rw - tmpfs tmpfs rw\nhalf a line";
        let mount = |device: &str, point: &str, kind: &str| Mount { device: device.into(), point: point.into(), kind: kind.into() };
        assert_eq!(
            mounts(text),
            [mount("server:/export one", "/srv/with blank\\", "nfs4"), mount("tmpfs", "/run", "tmpfs"), mount("/dev/vda1", "/", "ext4"),]
        );
        assert_eq!(mounts("1 0 0:40 / / rw - overlay overlay rw").len(), 1);
    }

    #[test]
    fn a_file_system_that_does_not_answer_is_named_and_not_asked_again() {
        let mut disks = Disks::default();
        let (tell, answer) = channel();
        disks.asked.insert("/".to_owned(), answer);
        let mounts = [Mount { device: "server:/x".into(), point: "/".into(), kind: "nfs4".into() }];
        let mut into = Gathered::default();
        disks.room(&mounts, &mut into);
        assert_eq!(into.remarks, ["/ does not answer"]);
        assert_eq!((into.readings.len(), into.readings[0].value), (1, 1.0));
        tell.send(statvfs("/")).unwrap();
        let mut into = Gathered::default();
        disks.room(&mounts, &mut into);
        assert!(into.remarks.is_empty() && into.readings.len() == 7, "{into:?}");
    }
}
