//! The recovery kit: one page to print or file away, with a password of its own, for the day on which this machine is gone.

use std::path::Path;

use quarterdeck_model::{Instant, Outcome, system::Name};

use crate::{layout, secret};

/// Crockford's base 32: no `i`, `l`, `o`, `u` that could be misread (<https://www.crockford.com/base32.html>).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS: usize = 7;
const GROUP: usize = 4;

/// A passphrase that can be typed from paper: seven groups of four letters and figures, 140 bits.
pub fn passphrase() -> Outcome<String> {
    let bytes = secret::random::<{ GROUPS * GROUP }>()?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// What the page says.
#[derive(Debug)]
pub struct Kit<'a> {
    /// The system.
    pub system: &'a Name,
    /// The host that backs it up.
    pub host: &'a str,
    /// The folder of the repository.
    pub folder: &'a Path,
    /// The passphrase of the key that was added for this kit.
    pub passphrase: &'a str,
    /// The new key's identifier, to find it among the keys.
    pub key: &'a str,
    /// When the kit was made.
    pub made_at: Instant,
}

impl Kit<'_> {
    /// The page, in Markdown. Whoever has it and the repository can read everything: write it with 0600.
    pub fn page(&self) -> String {
        let Self { system, host, passphrase, .. } = self;
        let folder = self.folder.display();
        let quoted = quoted(&folder.to_string());
        format!(
            "# Recovery kit for `{system}`\n\n\
            Print this page, or keep it where this machine is not. **Whoever has it and the repository can read all databases in it.**\n\n\
            | | |\n| --- | --- |\n\
            | System | `{system}` |\n\
            | Host | `{host}` |\n\
            | Repository | `{folder}` |\n\
            | Passphrase | `{passphrase}` |\n\
            | Key | `{key}` |\n\
            | Made | {made} |\n\n\
            The dashes belong to the passphrase. It has no i, l, o or u: a round one is a zero, a straight one is a one.\n\n\
            ## To get the databases back\n\n\
            On any machine with [restic](https://restic.net) 0.14 or newer and the repository (the folder above, or a copy of it):\n\n\
            1. Type the passphrase when restic asks for it. See which snapshots there are:\n\n       \
            restic -r {quoted} snapshots --tag {tag}\n\n\
            2. Write the newest to an empty folder; another one by its ID instead of `latest`:\n\n       \
            restic -r {quoted} restore latest --tag {tag} --target /tmp/restored\n\n\
            3. Read `/tmp/restored{text}`. With python3 and the program beside it the databases are rebuilt; it says how to check them and put\n   \
            them in place.\n\n\
            ## To see whether this page still works\n\n       \
            restic -r {quoted} check\n\n\
            ## When this page may have been seen by others\n\n\
            Make a new kit, then take the old key out:\n\n       \
            restic -r {quoted} key remove {short}\n",
            key = self.key,
            short = self.key.get(..8).unwrap_or(self.key),
            made = self.made_at.format("%-d %b %Y %H:%M UTC"),
            tag = layout::tag(system),
            text = layout::RESTORE_TEXT,
        )
    }
}

/// As a shell takes it for one word.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_can_be_typed_and_is_never_the_same() {
        let one = passphrase().unwrap();
        assert_eq!(one.len(), 34);
        assert!(one.split('-').all(|group| group.len() == 4 && group.bytes().all(|letter| LETTERS.contains(&letter))), "{one}");
        assert_ne!(one, passphrase().unwrap());
    }

    #[test]
    fn the_page_holds_what_is_needed_and_its_commands_survive_odd_folders() {
        let system = "shop".parse().unwrap();
        let kit = Kit {
            system: &system,
            host: "db1",
            folder: Path::new("/mnt/it's backup"),
            passphrase: "aaaa-bbbb",
            key: "0123456789abcdef",
            made_at: "2026-11-22T13:40:00Z".parse().unwrap(),
        };
        let page = kit.page();
        for part in [
            "restic -r '/mnt/it'\\''s backup' snapshots --tag system:shop",
            "`aaaa-bbbb`",
            "22 Nov 2026 13:40 UTC",
            "key remove 01234567",
            "| Host | `db1` |",
        ] {
            assert!(page.contains(part), "{part} is missing in\n{page}");
        }
    }
}
