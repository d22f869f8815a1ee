//! Pictures for reports, exports and messages, drawn from the same figures as the page's own charts.

mod draw;
mod figure;
mod ticks;

use std::{io::Write, path::Path};

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;

use crate::ops::DrillList;

/// The measured recovery time of each drill that passed whole, beside the promised one, as SVG. What was not measured is a gap, never
/// a line; drills that failed have a mark of their own.
pub fn drills(list: &DrillList) -> Outcome<String> {
    let mut svg = String::new();
    match draw::figure(&figure::Figure::of(list), &mut svg) {
        Ok(()) => Ok(svg),
        Err(why) => Err(Fault::bug(format!("The chart of {} could not be drawn: {why}.", list.system))),
    }
}

/// Writes a picture to a file that must not exist yet.
pub fn save(path: &Path, picture: &str) -> Outcome<()> {
    let mut file = files::create_new(path)?;
    let written = file.write_all(picture.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        files::remove(path)?;
        return Err(files::fault("write", path, &error));
    }
    files::sync_folder_of(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drills.svg");
        save(&path, "<svg/>").unwrap();
        assert!(save(&path, "<svg>other</svg>").unwrap_err().is("file-exists"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "<svg/>");
    }
}
