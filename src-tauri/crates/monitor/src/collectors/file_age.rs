//! A file: whether it is there, how old and how large it is. For exports, reports, and whatever else appears by itself.

use std::{io, path::PathBuf, time::SystemTime};

use quarterdeck_model::Outcome;
use quarterdeck_store::files;

use super::{Blocking, Visit};
use crate::gathered::Gathered;

/// Looks at a file without opening it.
pub struct FileAge {
    path: PathBuf,
}

impl FileAge {
    /// Of a file that need not be there.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Blocking for FileAge {
    fn collect(&mut self, _: &Visit, into: &mut Gathered) -> Outcome<()> {
        let metadata = match std::fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                into.gauge("file_exists", &[], 0.0);
                into.remarks.push(format!("{} is not there.", self.path.display()));
                return Ok(());
            }
            Err(error) => return Err(files::fault("look at", &self.path, &error)),
        };
        let changed = metadata.modified().map_err(|error| files::fault("look at", &self.path, &error))?;
        into.gauge("file_exists", &[], 1.0);
        into.gauge("file_size_bytes", &[], metadata.len() as f64);
        into.gauge("file_modification_timestamp_seconds", &[], seconds(changed));
        Ok(())
    }
}

/// Seconds since 1970; a file may be older than that.
fn seconds(moment: SystemTime) -> f64 {
    match moment.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quarterdeck_testkit::Scratch;

    use super::*;
    use crate::collectors::trial::{found, visit};

    #[test]
    fn age_and_size_are_those_of_the_file() {
        let scratch = Scratch::new();
        let path = scratch.odd_file();
        std::fs::write(&path, "12345").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500)).unwrap();
        let mut gathered = Gathered::default();
        FileAge::new(path).collect(&visit(), &mut gathered).unwrap();
        assert_eq!(found(&gathered), ["file_exists 1", "file_size_bytes 5", "file_modification_timestamp_seconds 1700000000.5"]);
    }

    #[test]
    fn one_that_is_not_there_is_said_to_be_missing() {
        let mut gathered = Gathered::default();
        FileAge::new(Scratch::new().file("export.csv")).collect(&visit(), &mut gathered).unwrap();
        assert_eq!(found(&gathered), ["file_exists 0"]);
        assert!(gathered.remarks[0].ends_with("export.csv is not there."), "{:?}", gathered.remarks);
    }

    #[test]
    fn one_that_may_not_be_looked_at_is_a_fault() {
        let scratch = Scratch::new();
        std::fs::write(scratch.file("a"), "").unwrap();
        let fault = FileAge::new(scratch.file("a").join("b")).collect(&visit(), &mut Gathered::default()).unwrap_err();
        assert!(fault.message.contains("/a/b"), "{fault}");
    }
}
