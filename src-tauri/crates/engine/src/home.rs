//! Where the engine keeps its own things: one folder, closed to other users.

use std::path::{Path, PathBuf};

use quarterdeck_model::{Fault, Outcome, system::Name};

/// `$QUARTERDECK_HOME`, or the platform's data directory.
///
/// ```text
/// quarterdeck.db            the store
/// leases/ processes/        locks that die with their processes
/// repository/SYSTEM         snapshots, a restic repository
/// secrets/SYSTEM.password   its password, 0600
/// scratch/                  copies that are being proved; emptied at each start
/// safety/                   safety images on their way into the repository
/// series/series.db          what was measured
/// alerts/alerts.db          how rules and alerts are, what happened to them, and who was told
/// rules/ notify.yml oncall.yml runbooks/   rules and routes over all systems, where somebody wrote some
/// pages/COMPONENT.pages     what the pages of each database were when it was backed up last; made again where it is missing
/// ```
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// The given folder, or `$QUARTERDECK_HOME`, or `$XDG_DATA_HOME/quarterdeck`, or `~/.local/share/quarterdeck` (on macOS
    /// `~/Library/Application Support/quarterdeck`). Always absolute.
    pub fn find(given: Option<&Path>) -> Outcome<Self> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let data = || {
            let home = variable("HOME");
            if cfg!(target_os = "macos") {
                return home.map(|home| home.join("Library/Application Support"));
            }
            variable("XDG_DATA_HOME").filter(|path| path.is_absolute()).or_else(|| home.map(|home| home.join(".local/share")))
        };
        let folder =
            given.map(Path::to_owned).or_else(|| variable("QUARTERDECK_HOME")).or_else(|| data().map(|data| data.join("quarterdeck")));
        let Some(folder) = folder else {
            return Err(Fault::refused(
                "no-home",
                "There is no folder for Quarterdeck's own things: neither QUARTERDECK_HOME nor HOME is set.",
            )
            .hint("Set QUARTERDECK_HOME to a folder."));
        };
        let folder = std::path::absolute(&folder).map_err(|error| quarterdeck_store::files::fault("find", &folder, &error))?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store.
    pub fn store(&self) -> PathBuf {
        self.folder.join("quarterdeck.db")
    }

    /// Locks on targets.
    pub fn leases(&self) -> PathBuf {
        self.folder.join("leases")
    }

    /// Locks that say which processes live.
    pub fn processes(&self) -> PathBuf {
        self.folder.join("processes")
    }

    /// The default repository of a system.
    pub fn repository(&self, system: &Name) -> PathBuf {
        self.folder.join("repository").join(system.as_str())
    }

    /// The password of a system's repository.
    pub fn password(&self, system: &Name) -> PathBuf {
        self.folder.join("secrets").join(format!("{system}.password"))
    }

    /// Copies that are being proved.
    pub fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    /// Safety images on their way into the repository.
    pub fn safety(&self) -> PathBuf {
        self.folder.join("safety")
    }

    /// What was measured.
    pub fn series(&self) -> PathBuf {
        self.folder.join("series")
    }

    /// How rules and alerts are, what happened to them, and who was told.
    pub fn alerts(&self) -> PathBuf {
        self.folder.join("alerts").join("alerts.db")
    }

    /// Files beside statements of checklists, each under its SHA-256.
    pub fn attachments(&self) -> PathBuf {
        self.folder.join("attachments")
    }

    /// What the pages of a component were when it was backed up last.
    pub fn pages(&self, component: &str) -> PathBuf {
        self.folder.join("pages").join(format!("{component}.pages"))
    }
}
