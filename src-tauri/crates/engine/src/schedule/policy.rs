//! The environment as the last word: `BACKUP_ENABLED`, `BACKUP_INTERVAL_HOURS`, `BACKUP_DIR`, `BACKUP_COMPRESS`.
//!
//! They speak where neither a definition nor the store does, and they are read strictly: a value that means nothing is a fault, not a default.

use std::path::PathBuf;

use quarterdeck_backup::repository::Compression;
use quarterdeck_model::{
    Fault, Outcome,
    schedule::{Runs, Schedule},
    system::Name,
};

/// Rhythms that divide a day.
const INTERVALS: [u32; 8] = [1, 2, 3, 4, 6, 8, 12, 24];

/// Without `BACKUP_INTERVAL_HOURS`: daily.
const DAILY: u32 = 24;

/// The strongest level of zstd.
const STRONGEST: i32 = 22;

/// What the environment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    enabled: bool,
    hours: u32,
    /// A folder for the repositories of systems that name none.
    pub folder: Option<PathBuf>,
    /// How new repositories compress.
    pub compression: Compression,
}

impl Policy {
    /// What the environment of this process says; `bad-environment` where a value means nothing.
    pub(crate) fn of_process() -> Outcome<Self> {
        Self::read(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// The schedule, where backups are enabled.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        let cron = match self.hours {
            DAILY => "0 2 * * *".to_owned(),
            1 => "0 * * * *".to_owned(),
            hours => format!("0 */{hours} * * *"),
        };
        let name = Name::from_file_stem("environment");
        self.enabled.then(|| Schedule { name, runs: Runs::Backup, cron, zone: "UTC".to_owned(), enabled: true })
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Outcome<Self> {
        let value = |name| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Ok(Self {
            enabled: value("BACKUP_ENABLED").map_or(Ok(false), |text| truth("BACKUP_ENABLED", &text))?,
            hours: value("BACKUP_INTERVAL_HOURS").map_or(Ok(DAILY), |text| hours(&text))?,
            folder: value("BACKUP_DIR").map(|text| folder(&text)).transpose()?,
            compression: value("BACKUP_COMPRESS").map_or(Ok(Compression::Usual), |text| compression(&text))?,
        })
    }
}

fn truth(name: &str, text: &str) -> Outcome<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(bad(name, text, "Write true or false.")),
    }
}

fn hours(text: &str) -> Outcome<u32> {
    let hours = text.parse().ok().filter(|hours| INTERVALS.contains(hours));
    hours.ok_or_else(|| {
        bad("BACKUP_INTERVAL_HOURS", text, "Write 1, 2, 3, 4, 6, 8, 12 or 24; set any other rhythm with: quarterdeck schedule SYSTEM set")
    })
}

fn folder(text: &str) -> Outcome<PathBuf> {
    let folder = PathBuf::from(text);
    if folder.is_absolute() { Ok(folder) } else { Err(bad("BACKUP_DIR", text, "Write the folder's path in full, beginning with a slash.")) }
}

fn compression(text: &str) -> Outcome<Compression> {
    match (text.to_ascii_lowercase().as_str(), text.parse::<i32>()) {
        ("true" | "on" | "yes", _) => Ok(Compression::Usual),
        ("false" | "off" | "no" | "0", _) => Ok(Compression::Off),
        (_, Ok(level)) if (1..=STRONGEST).contains(&level) => Ok(Compression::Level(level)),
        _ => Err(bad("BACKUP_COMPRESS", text, "Write true, false, or a level of zstd from 1 to 22.")),
    }
}

fn bad(name: &str, text: &str, hint: &str) -> Fault {
    Fault::refused("bad-environment", format!("{name} is {text:?}, which means nothing here.")).hint(hint).fact("variable", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Outcome<Policy> {
        Policy::read(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_speaks_where_it_is_asked_to() {
        assert_eq!(read(&[]).unwrap().schedule(), None);
        assert_eq!(read(&[("BACKUP_ENABLED", "false"), ("BACKUP_INTERVAL_HOURS", "6")]).unwrap().schedule(), None);
        for (hours, cron) in [("24", "0 2 * * *"), ("6", "0 */6 * * *"), ("1", "0 * * * *"), ("", "0 2 * * *")] {
            let schedule = read(&[("BACKUP_ENABLED", "true"), ("BACKUP_INTERVAL_HOURS", hours)]).unwrap().schedule().unwrap();
            assert_eq!((schedule.cron.as_str(), schedule.zone.as_str(), schedule.runs), (cron, "UTC", Runs::Backup));
            schedule.rhythm().unwrap();
        }
        assert_eq!(read(&[("BACKUP_DIR", "/srv/backup")]).unwrap().folder, Some(PathBuf::from("/srv/backup")));
        for (text, compression) in
            [("true", Compression::Usual), ("off", Compression::Off), ("19", Compression::Level(19)), ("1", Compression::Level(1))]
        {
            assert_eq!(read(&[("BACKUP_COMPRESS", text)]).unwrap().compression, compression, "{text}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_and_named() {
        for (name, value) in [
            ("BACKUP_ENABLED", "maybe"),
            ("BACKUP_INTERVAL_HOURS", "5"),
            ("BACKUP_INTERVAL_HOURS", "0"),
            ("BACKUP_INTERVAL_HOURS", "1.5"),
            ("BACKUP_DIR", "data/backups"),
            ("BACKUP_COMPRESS", "gzip"),
            ("BACKUP_COMPRESS", "23"),
        ] {
            let fault = read(&[(name, value)]).unwrap_err();
            assert!(fault.is("bad-environment") && fault.message.contains(name) && !fault.hint.is_empty(), "{fault}");
        }
    }
}
