//! The rules that ship, and their runbooks.

/// A file that ships.
pub(crate) struct Shipped {
    /// Its name in the folder `catalogue`, without the ending.
    pub name: &'static str,
    /// What is in it.
    pub text: &'static str,
}

macro_rules! shipped {
    ($folder:literal, $ending:literal, $($name:literal)*) => {
        &[$(Shipped { name: $name, text: include_str!(concat!("catalogue/", $folder, $name, $ending)) }),*]
    };
}

/// Rule files, in the order in which they are listed.
pub(crate) const RULES: &[Shipped] = shipped!("", ".yml", "quarterdeck" "machine" "database" "backups" "migrations" "services");

/// Runbooks, by name.
const RUNBOOKS: &[Shipped] = shipped!("runbooks/", ".md",
    "address-down" "address-slow" "agent-down" "backup-never" "backup-not-proved" "backup-overdue" "backup-restore-slower"
    "backups-vanished" "certificate" "collector-fails" "collector-slow" "database-does-not-answer" "database-grows-fast"
    "database-locks" "database-log-grows" "database-mostly-free" "database-schema-changed" "database-slow"
    "database-table-shrank" "definition-unusable" "disk-does-not-answer" "disk-full" "disk-inodes" "disk-read-only"
    "file-missing" "jobs-fail" "log-errors" "log-floods" "log-silent" "machine-restarted" "machine-waits" "memory-low"
    "metrics-near-limit" "metrics-unreachable" "migration-drift" "migration-failed" "migration-pending" "network-errors"
    "notifications-fail" "process-down" "process-files" "process-grows" "process-restarts" "processor-busy" "promise-broken"
    "repository-gone" "repository-room" "rules-cannot-fire" "rules-slow" "schedules-late" "series-limits" "system-critical"
    "unit-failed"
);

/// The page of that name.
pub(super) fn runbook(name: &str) -> Option<&'static str> {
    RUNBOOKS.iter().find(|page| page.name == name).map(|page| page.text)
}

/// Names of the alerts that ship.
pub(crate) fn shipped_names() -> Vec<&'static str> {
    let named = |line: &'static str| line.trim().strip_prefix("- alert:").map(str::trim);
    RULES.iter().flat_map(|file| file.text.lines().filter_map(named)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn every_file_of_the_folder_ships() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/alerting/catalogue");
        let files = |folder: &Path, ending: &str| -> BTreeSet<String> {
            let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let named = paths.filter(|path| path.extension().is_some_and(|found| found == ending));
            named.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
        };
        let names = |shipped: &[Shipped]| shipped.iter().map(|file| file.name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(names(RULES), files(&folder, "yml"));
        assert_eq!(names(RUNBOOKS), files(&folder.join("runbooks"), "md"));
    }
}
