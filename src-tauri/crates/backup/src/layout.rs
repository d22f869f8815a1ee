//! Where things lie inside a snapshot. The layout is the one that page deltas will need, from the first snapshot on:
//!
//! ```text
//! /backup/RESTORE.md                        how to get the databases back with restic alone
//! /backup/SYSTEM/base/COMPONENT.db.base     one whole image for each component
//! /backup/SYSTEM/manifest.json              what the images are, with their SHA-256
//! ```
//!
//! The images have a folder of their own because a folder's entry lists every chunk of the files in it (about 1 MB a gigabyte);
//! an unchanged folder is stored once.

use quarterdeck_model::system::Name;

/// The folder over everything.
pub const ROOT: &str = "/backup";

/// Instructions for people who have nothing but restic.
pub const RESTORE_TEXT: &str = "/backup/RESTORE.md";

/// The image of a component.
pub fn image(system: &Name, component: &Name) -> String {
    format!("{ROOT}/{system}/base/{component}.db.base")
}

/// The manifest of a system's snapshot.
pub fn manifest(system: &Name) -> String {
    format!("{ROOT}/{system}/manifest.json")
}

/// The tag by which a system's snapshots are found, in restic too: `restic snapshots --tag system:shop`.
pub fn tag(system: &Name) -> String {
    format!("system:{system}")
}

/// The content of [`RESTORE_TEXT`]: which file is which (component, name of the original file), and how to get it back.
///
/// It depends on nothing that changes from snapshot to snapshot, so that it is stored once.
pub fn restore_text(system: &Name, components: &[(Name, String)]) -> String {
    let table = components.iter().map(|(component, file)| format!("| `{}` | `{file}` |\n", &image(system, component))).collect::<String>();
    let (first, file) = components.first().map_or(("", "restored.db"), |(component, file)| (component.as_str(), file.as_str()));
    format!(
        "# How to get the databases of `{system}` back with restic alone\n\n\
        Everything you need is [restic](https://restic.net) 0.14 or newer, the folder of this repository and its password, or the\n\
        passphrase of the recovery kit. Each file below is a whole SQLite database; only its name differs.\n\n\
        | in the snapshot | was |\n| --- | --- |\n{table}\n\
        1. See which snapshots there are:\n\n       restic -r FOLDER snapshots --tag {tag}\n\n\
        2. Write one of them to an empty folder (the newest: `latest`):\n\n       \
        restic -r FOLDER restore SNAPSHOT --target /tmp/restored\n\n\
        3. Compare the image with the manifest; the figures after `\"sha256\":` must be the same:\n\n       \
        sha256sum /tmp/restored{image}\n       cat /tmp/restored{manifest}\n\n\
        4. Let SQLite check it; it must say `ok`:\n\n       \
        sqlite3 'file:/tmp/restored{image}?immutable=1' 'PRAGMA integrity_check'\n\n\
        5. Stop every program that uses the old database. Move the old file and its `-wal`, `-shm` and `-journal` aside, all of them\n   \
        together: an old `-wal` beside a new file damages it. Then put the image in its place:\n\n       \
        mv /tmp/restored{image} {file}\n",
        tag = tag(system),
        image = format_args!("{ROOT}/{system}/base/{first}.db.base"),
        manifest = manifest(system),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_name_every_image_and_the_file_that_it_was() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let text = restore_text(&name("shop"), &[(name("main"), "shop.db".into()), (name("audit"), "audit.sqlite".into())]);
        for part in [
            "/backup/shop/base/main.db.base` | `shop.db`",
            "/backup/shop/base/audit.db.base` | `audit.sqlite`",
            "sha256sum",
            "--tag system:shop",
            "-wal",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }
}
