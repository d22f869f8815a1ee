//! How measuring is set on this machine.

use quarterdeck_model::{Bytes, Fault, Outcome, monitor::Monitoring};
use quarterdeck_store::monitoring;

use crate::{operation::Scope, ops::SetMonitoring};

/// Days for which every sample may be kept.
const DAYS: std::ops::RangeInclusive<u32> = 1..=90;

/// Less room than this holds no day of anything.
const LEAST: Bytes = Bytes(64 << 20);

/// Sets what is named and leaves the rest as it is. Whoever measures takes it over within seconds.
pub(crate) fn set(scope: &Scope, wanted: &SetMonitoring) -> Outcome<Monitoring> {
    let store = scope.engine.store();
    let mut settings = store.read(monitoring::settings)?;
    if let Some(days) = wanted.raw_days {
        if !DAYS.contains(&days) {
            let message = format!("Every sample can be kept for {} to {} days, not for {days}.", DAYS.start(), DAYS.end());
            return Err(Fault::usage("bad-days", message).hint("Name a number of days; older samples stay as means of five minutes."));
        }
        settings.raw_days = days;
    }
    if let Some(most) = wanted.most_bytes {
        if most < LEAST {
            return Err(Fault::usage("too-little-room", format!("Series need at least {LEAST}, not {most}.")).hint("Give them more room."));
        }
        settings.most_bytes = most;
    }
    if let Some(folder) = &wanted.textfile {
        settings.textfile = match folder.0.as_os_str().is_empty() {
            true => None,
            false => Some(textfile(&folder.0)?.into()),
        };
    }
    store.write(|tx| monitoring::set(tx, &settings))?;
    Ok(settings)
}

/// The folder of node_exporter's textfile collector: it is there already, and this user may write to it.
fn textfile(folder: &std::path::Path) -> Outcome<std::path::PathBuf> {
    let shown = folder.display();
    if !folder.is_absolute() || folder.to_str().is_none() {
        return Err(Fault::usage("bad-folder", format!("{shown} is not the whole path of a folder."))
            .hint("Write the whole path, such as: /var/lib/prometheus/node-exporter"));
    }
    if !folder.is_dir() {
        return Err(Fault::refused("folder-missing", format!("There is no folder {shown}."))
            .hint("Make it, and name it to node_exporter: --collector.textfile.directory"));
    }
    if rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err() {
        return Err(Fault::refused("permission-denied", format!("This user may not write to {shown}."))
            .hint("Give this user permission to write to the folder."));
    }
    Ok(folder.to_owned())
}
