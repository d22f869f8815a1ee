//! Where a drill restores to, and migrations are rehearsed: a new folder in Quarterdeck's own scratch, with a random name, apart from everything that matters.

use std::path::{Path, PathBuf};

use quarterdeck_model::{Fault, Outcome, plan::hex, system::System};
use quarterdeck_store::files;

use crate::{Engine, Home, lookup};

/// How the folders of drills begin.
const PREFIX: &str = "drill-";

/// Random bits in a folder's name, as bytes.
const RANDOM: usize = 16;

/// A place that a drill has to stay away from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// What it is, for people.
    what: String,
    /// Where it is, symbolic links resolved as far as it exists.
    path: PathBuf,
}

/// A folder that does not exist yet, apart from everything that is registered.
///
/// Faults: `drill-too-near`, and that scratch cannot be made.
pub(crate) fn choose(engine: &Engine) -> Outcome<PathBuf> {
    let scratch = engine.home().scratch();
    files::make_folder(&scratch)?;
    let scratch = scratch.canonicalize().map_err(|error| files::fault("find", &scratch, &error))?;
    let folder = scratch.join(random_name()?);
    keep_apart(&folder, &kept(engine.home(), &lookup::systems(engine)?))?;
    Ok(folder)
}

/// A folder that goes away with all that is in it, however the drill ends.
pub(crate) struct Scratch {
    folder: PathBuf,
    gone: bool,
}

impl Scratch {
    /// Makes the folder, which must not exist.
    pub(crate) fn make(folder: &Path) -> Outcome<Self> {
        files::make_new_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), gone: false })
    }

    /// Removes it, and says so where that is not possible.
    pub(crate) fn remove(mut self) -> Outcome<()> {
        self.gone = true;
        files::remove_folder(&self.folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.gone {
            // The intent stays where the folder does: recovery removes it.
            let _ = files::remove_folder(&self.folder);
        }
    }
}

/// Removes what a drill that was killed left. Only a folder that a drill can have made is removed, whatever the store says.
pub(crate) fn clear_away(home: &Home, folder: &Path) -> Outcome<()> {
    let scratch = home.scratch();
    let scratch = scratch.canonicalize().unwrap_or(scratch);
    if folder.parent() == Some(scratch.as_path()) && is_name(folder) {
        return files::remove_folder(folder);
    }
    Err(Fault::refused("not-a-drill", format!("{} is not the scratch folder of a drill, and was left as it is.", folder.display()))
        .hint("Look at it; the store may have been changed by somebody."))
}

/// Refuses a folder that is, contains, lies in or lies beside a place that is kept. `folder` and the kept places are absolute, links resolved.
fn keep_apart(folder: &Path, kept: &[Kept]) -> Outcome<()> {
    let near = |kept: &&Kept| {
        let path = &kept.path;
        folder == path || path.starts_with(folder) || folder.starts_with(path) || folder.parent() == path.parent()
    };
    let Some(kept) = kept.iter().find(near) else { return Ok(()) };
    Err(Fault::refused(
        "drill-too-near",
        format!("The scratch folder {} is too near to {}, {}.", folder.display(), kept.what, kept.path.display()),
    )
    .hint("Set QUARTERDECK_HOME to a folder that holds nothing else.")
    .fact("path", kept.path.display().to_string()))
}

/// Live targets, repositories and definitions of every system, and what is ours beside scratch.
fn kept(home: &Home, systems: &[System]) -> Vec<Kept> {
    let mut kept: Vec<Kept> = Vec::new();
    let mut keep = |what: String, path: &Path| {
        // Once as it was registered, and once as it is now where a link has changed since.
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        kept.extend([path.to_owned(), resolved].map(|path| Kept { what: what.clone(), path }));
    };
    for system in systems {
        for component in &system.components {
            keep(format!("{} of {}", component.name, system.name), &component.path.0);
        }
        keep(format!("the repository of {}", system.name), &system.repository.0);
        if let Some(folder) = &system.folder {
            keep(format!("the definition of {}", system.name), &folder.0);
        }
    }
    keep("the store".to_owned(), &home.store());
    keep("the safety images".to_owned(), &home.safety());
    kept.dedup();
    kept
}

fn random_name() -> Outcome<String> {
    let mut bytes = [0; RANDOM];
    getrandom::fill(&mut bytes).map_err(|error| {
        Fault::failed("no-randomness", format!("The operating system gave no random numbers: {error}.")).hint("Check /dev/urandom.")
    })?;
    Ok(format!("{PREFIX}{}", hex(&bytes)))
}

fn is_name(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == RANDOM * 2 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quarterdeck_model::system::{Environment, Name};

    fn kept_at(path: &str) -> Vec<Kept> {
        vec![Kept { what: "main of shop".into(), path: path.into() }]
    }

    #[test]
    fn what_is_near_is_refused_and_what_is_apart_is_not() {
        let folder = "/var/q/scratch/drill-1";
        for (path, near) in [
            ("/var/q/scratch/drill-1", true),
            ("/var/q/scratch/drill-1/shop.db", true),
            ("/var/q/scratch/drill-1/deep/er/shop.db", true),
            ("/var/q/scratch", true),
            ("/var/q", true),
            ("/", true),
            ("/var/q/scratch/shop.db", true),
            ("/var/q/scratch/drill-10", true),
            ("/var/q/quarterdeck.db", false),
            ("/var/q/repository/shop", false),
            ("/var/shop.db", false),
            ("/srv/shop/shop.db", false),
            ("/var/q/scratch-too/shop.db", false),
        ] {
            let fault = keep_apart(Path::new(folder), &kept_at(path)).err();
            assert_eq!(fault.is_some(), near, "{path}: {fault:?}");
            assert!(fault.is_none_or(|fault| fault.is("drill-too-near") && fault.message.contains("main of shop")), "{path}");
        }
    }

    #[test]
    fn everything_that_is_registered_is_kept_under_both_of_its_names() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::fs::write(root.join("real/shop.db"), "").unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        let home = Home::find(Some(&root.join("home"))).unwrap();
        let name = Name::from_file_stem("shop");
        let system = System {
            name: name.clone(),
            environment: Environment::Production,
            owner: None,
            folder: Some(root.join("definition").into()),
            components: serde_json::from_value(serde_json::json!([{ "id": "1", "name": name, "path": root.join("link/shop.db") }]))
                .unwrap(),
            objectives: Vec::new(),
            repository: root.join("backup").into(),
            password: None,
            added_at: chrono::DateTime::UNIX_EPOCH,
        };
        let kept = kept(&home, &[system]);
        let near = |path: &str| keep_apart(&root.join(path), &kept).is_err();
        for path in
            ["link/drill-1", "real/drill-1", "link", "real", "definition/drill-1", "backup/data/drill-1", "home/drill-1", "home/safety"]
        {
            assert!(near(path), "{path}");
        }
        assert!(!near("home/scratch/drill-1"));
    }

    proptest! {
        #[test]
        fn no_folder_that_passes_shares_a_path_with_anything_registered(
            folder in prop::collection::vec("[ab]", 1..5),
            registered in prop::collection::vec(prop::collection::vec("[ab]", 0..5), 0..4),
        ) {
            let path = |parts: &[String]| Path::new("/").join(parts.iter().collect::<PathBuf>());
            let folder = path(&folder);
            let kept: Vec<Kept> = registered.iter().map(|parts| Kept { what: String::new(), path: path(parts) }).collect();
            if keep_apart(&folder, &kept).is_ok() {
                for kept in &kept {
                    // Nothing that could be made in the folder is, or lies in, what is kept; and the other way round.
                    let inside = folder.join("a").join("b");
                    prop_assert!(!inside.starts_with(&kept.path) && !kept.path.starts_with(&folder));
                    prop_assert!(folder.parent() != kept.path.parent());
                }
            }
        }
    }

    #[test]
    fn names_are_long_random_and_the_only_ones_that_recovery_removes() {
        let (one, other) = (random_name().unwrap(), random_name().unwrap());
        assert_ne!(one, other);
        assert!(is_name(Path::new(&one)) && one.len() == PREFIX.len() + 32);
        let outside = tempfile::tempdir().unwrap();
        let home = Home::find(Some(&outside.path().join("home"))).unwrap();
        files::make_folder(&home.scratch()).unwrap();
        let scratch = home.scratch().canonicalize().unwrap();
        for refused in [
            outside.path().to_owned(),
            outside.path().join(&one),
            scratch.clone(),
            scratch.join("drill-1"),
            scratch.join(&one).join("x"),
            scratch.join("..").join(&one),
        ] {
            let made = std::fs::create_dir(&refused);
            assert!(clear_away(&home, &refused).unwrap_err().is("not-a-drill"), "{}", refused.display());
            assert!(made.is_err() || refused.exists());
        }
        let ours = scratch.join(&one);
        files::make_new_folder(&ours).unwrap();
        std::fs::write(ours.join("main.db"), "rows").unwrap();
        clear_away(&home, &ours).unwrap();
        assert!(!ours.exists());
    }

    #[test]
    fn a_folder_is_made_new_and_gone_however_it_ends() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("drill");
        let scratch = Scratch::make(&folder).unwrap();
        assert!(Scratch::make(&folder).err().unwrap().is("file-exists"));
        assert!(folder.exists());
        std::fs::write(folder.join("main.db"), "rows").unwrap();
        drop(scratch);
        assert!(!folder.exists());
        Scratch::make(&folder).unwrap().remove().unwrap();
        assert!(!folder.exists());
    }
}
