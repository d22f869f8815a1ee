//! Where things lie inside a snapshot:
//!
//! ```text
//! /backup/RESTORE.md                        how to get the databases back with restic and python3 alone
//! /backup/rebuild.py                        puts a database together from its base and its deltas
//! /backup/SYSTEM/base/COMPONENT.db.base     one whole image for each component, of this snapshot or of an earlier one
//! /backup/SYSTEM/delta/COMPONENT/TIER/FIRST-LAST.delta    what has changed since
//! /backup/SYSTEM/dir/COMPONENT/…            what is in a directory, as it is
//! /backup/SYSTEM/manifest.json              what comes out, with its SHA-256; behind the others, so that it is read last
//! ```
//!
//! A folder's entry lists every chunk of the files in it (about 1 MB a gigabyte), and a folder that stays as it was is stored once. That
//! is why the images have a folder of their own, and the deltas one for each tier: with a new snapshot only the lowest tier changes.

use quarterdeck_model::{
    snapshot::{DeltaPart, Manifest, ManifestComponent},
    system::Name,
};

/// The folder over everything.
pub const ROOT: &str = "/backup";

/// Instructions for people who have nothing but restic and Python.
pub const RESTORE_TEXT: &str = "/backup/RESTORE.md";

/// The program that they need; the same in every snapshot.
pub const REBUILD: &str = "/backup/rebuild.py";

/// The content of [`REBUILD`].
pub const REBUILD_TEXT: &str = include_str!("rebuild.py");

/// The base of a component.
pub fn image(system: &Name, component: &Name) -> String {
    format!("{ROOT}/{system}/base/{component}.db.base")
}

/// A delta of a component.
pub fn delta(system: &Name, component: &Name, part: &DeltaPart) -> String {
    format!("{ROOT}/{system}/delta/{component}/{}/{:08}-{:08}.delta", part.tier, part.first, part.last)
}

/// The deltas of a component, in the order in which they are applied.
pub fn deltas(system: &Name, component: &ManifestComponent) -> Vec<String> {
    component.deltas.iter().map(|part| delta(system, &component.name, part)).collect()
}

/// The folder with what a directory holds.
pub fn directory(system: &Name, component: &Name) -> String {
    format!("{ROOT}/{system}/dir/{component}")
}

/// The manifest of a system's snapshot.
pub fn manifest(system: &Name) -> String {
    format!("{ROOT}/{system}/manifest.json")
}

/// What a snapshot of merged parts says about them, where others have a manifest.
pub fn merged(system: &Name) -> String {
    format!("{ROOT}/{system}/merge.json")
}

/// Every file that the images of a snapshot are made of, with its size in bytes.
pub fn files(manifest: &Manifest) -> Vec<(String, u64)> {
    let of = |component: &ManifestComponent| {
        let base = (image(&manifest.system, &component.name), component.base_part().size.0);
        let deltas = component.deltas.iter().map(|part| (delta(&manifest.system, &component.name, part), part.size.0));
        [base].into_iter().chain(deltas).collect::<Vec<_>>()
    };
    manifest.components.iter().flat_map(of).collect()
}

/// The tag by which a system's snapshots are found, in restic too: `restic snapshots --tag system:shop`.
pub fn tag(system: &Name) -> String {
    format!("system:{system}")
}

/// The tag of the snapshots that hold merged parts for the next snapshot of a system. They are none that anybody restores.
pub fn merge_tag(system: &Name) -> String {
    format!("merge:{system}")
}

/// The content of [`RESTORE_TEXT`]: what is there (component, name of the original file), and how to get it back.
///
/// It depends on nothing that changes from snapshot to snapshot, so that it is stored once.
pub fn restore_text(system: &Name, components: &[(Name, String)]) -> String {
    let table = components.iter().map(|(component, file)| format!("| `{component}` | `{file}` |\n")).collect::<String>();
    let (first, file) = components.first().map_or(("COMPONENT", "restored.db"), |(component, file)| (component.as_str(), file.as_str()));
    format!(
        "# How to get the databases of `{system}` back with restic and python3 alone\n\n\
        Everything you need is [restic](https://restic.net) 0.14 or newer, Python 3.6 or newer (its standard library only), the folder of\n\
        this repository and its password, or the passphrase of the recovery kit.\n\n\
        **A file `….db.base` is not the database of the snapshot.** It opens in SQLite without complaint, but it may be an *older* state.\n\
        What has changed since lies in `delta/`; `rebuild.py` puts both together and compares the result with the SHA-256 in the manifest.\n\
        Never use a base as it is.\n\n\
        | component | was |\n| --- | --- |\n{table}\n\
        1. See which snapshots there are:\n\n       restic -r FOLDER snapshots --tag {tag}\n\n\
        2. Write one of them to an empty folder (the newest: `latest --tag {tag}`):\n\n       \
        restic -r FOLDER restore SNAPSHOT --target /tmp/restored\n\n\
        3. Put a component together:\n\n       \
        python3 /tmp/restored{REBUILD} /tmp/restored{ROOT}/{system} {first} /tmp/{first}.db\n\n   \
        It must end with \"is byte for byte the database of\" and a date. After anything else, use another snapshot.\n\n\
        4. Let SQLite check it; it must say `ok`:\n\n       \
        sqlite3 'file:/tmp/{first}.db?immutable=1' 'PRAGMA integrity_check'\n\n\
        5. Stop every program that uses the old database. Move the old file and its `-wal`, `-shm` and `-journal` aside, all of them\n   \
        together: an old `-wal` beside a new file damages it. Then put the database in its place:\n\n       \
        mv /tmp/{first}.db {file}\n\n\
        Folders in `dir/` are as they were; copy them back. The format of a delta is described at the top of `rebuild.py`.\n",
        tag = tag(system),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_name_every_component_and_the_file_that_it_was() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let text = restore_text(&name("shop"), &[(name("main"), "shop.db".into()), (name("audit"), "audit.sqlite".into())]);
        for part in [
            "| `main` | `shop.db` |",
            "| `audit` | `audit.sqlite` |",
            "python3 /tmp/restored/backup/rebuild.py /tmp/restored/backup/shop main /tmp/main.db",
            "--tag system:shop",
            "is not the database of the snapshot",
            "-wal",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
