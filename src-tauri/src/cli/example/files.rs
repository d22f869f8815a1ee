//! The definition, carried in the binary.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use quarterdeck_model::{Fault, Outcome};

macro_rules! shipped {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../examples/reputation/", $path)))),*]
    };
}

/// Every migration, in order. The last one is left for whoever tries the product.
pub(super) const MIGRATIONS: &[(&str, &str)] = shipped![
    "migrations/0001_appeals_and_analytics.sql",
    "migrations/0002_enhancements.sql",
    "migrations/0003_advanced_features.sql",
    "migrations/0004_appeal_priorities.sql",
];

/// So many of them are applied when the example is loaded.
pub(super) const APPLIED: usize = 3;

const OTHERS: &[(&str, &str)] = shipped![
    "quarterdeck.yaml",
    "README.md",
    "validation.yml",
    "checklists/acceptance.yml",
    "checklists/audit.yml",
    "checklists/completion.yml",
    "checklists/development.yml",
    "checklists/go-no-go.yml",
    "checklists/handover.yml",
    "checklists/release.yml",
    "checklists/security.yml",
    "checklists/upkeep.yml",
    "dashboards/overview.yml",
    "dashboards/appeals.yml",
    "dashboards/negotiation.yml",
    "dashboards/models.yml",
    "dashboards/infrastructure.yml",
    "notify.yml",
    "oncall.yml",
    "rules/appeals.yml",
    "rules/database.yml",
    "rules/machine.yml",
    "rules/models.yml",
    "rules/negotiation.yml",
    "rules/recorded.yml",
    "rules/service.yml",
    "rules/tests/appeals-days.yml",
    "rules/tests/appeals.yml",
    "rules/tests/database.yml",
    "rules/tests/machine.yml",
    "rules/tests/models.yml",
    "rules/tests/negotiation.yml",
    "rules/tests/service.yml",
    "runbooks/appeals-fail.md",
    "runbooks/appeals-many.md",
    "runbooks/backups.md",
    "runbooks/connections.md",
    "runbooks/database.md",
    "runbooks/decisions-unusual.md",
    "runbooks/disk.md",
    "runbooks/errors.md",
    "runbooks/escalation.md",
    "runbooks/growth.md",
    "runbooks/handover.md",
    "runbooks/incident.md",
    "runbooks/migrations.md",
    "runbooks/models-slow.md",
    "runbooks/models-wrong.md",
    "runbooks/notifications.md",
    "runbooks/recovery.md",
    "runbooks/resources.md",
    "runbooks/reviews-stopped.md",
    "runbooks/rollback.md",
    "runbooks/security-incident.md",
    "runbooks/service-down.md",
    "runbooks/slow.md",
    "runbooks/talks.md",
    "runbooks/threads-slow.md",
    "runbooks/write-ahead-log.md",
    "smoke/connectivity.yml",
    "smoke/core.yml",
    "smoke/errors.yml",
    "smoke/integration.yml",
    "smoke/performance.yml",
    "templates/reputation.tmpl",
];

/// Where they lie.
const FOLDERS: [&str; 9] = ["data", "migrations", "checklists", "dashboards", "rules", "rules/tests", "runbooks", "smoke", "templates"];

/// Writes the files that are missing, finishes those that an interruption cut off, and names those that differ: they stay as they are.
pub(super) fn copy(folder: &Path) -> Outcome<Vec<&'static str>> {
    for part in FOLDERS {
        let path = folder.join(part);
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|error| fault(&path, &error))?;
    }
    let mut kept = Vec::new();
    for (name, content) in OTHERS.iter().chain(MIGRATIONS) {
        let path = folder.join(name);
        if !complete(&path, content.as_bytes()).map_err(|error| fault(&path, &error))? {
            kept.push(*name);
        }
    }
    Ok(kept)
}

/// What an error of the disk means for the example's folder.
pub(super) fn fault(path: &Path, error: &io::Error) -> Fault {
    Fault::failed("example-folder", format!("{} cannot be written or read: {error}.", path.display()))
        .hint("Check the folder that QUARTERDECK_HOME names, its permissions and its disk.")
}

/// Only ever adds to the end of a file. False where it holds something else.
fn complete(path: &Path, content: &[u8]) -> io::Result<bool> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut found = Vec::new();
    file.read_to_end(&mut found)?;
    let Some(missing) = content.strip_prefix(found.as_slice()) else { return Ok(false) };
    if !missing.is_empty() {
        file.write_all(missing)?;
        file.sync_all()?;
    }
    Ok(true)
}
