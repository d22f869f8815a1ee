//! Folders that hold the same migrations for several databases: `…_sqlite.up.sql` beside `…_postgres.up.sql`.

use std::collections::BTreeSet;

use quarterdeck_model::migration::UnusedFile;

use super::decode::Text;

const OURS: &[&str] = &["sqlite", "sqlite3"];
const OTHERS: &[&str] =
    &["mysql", "mariadb", "postgres", "postgresql", "cockroach", "cockroachdb", "mssql", "sqlserver", "oracle", "clickhouse"];

/// The files for SQLite, and those for every database that have no counterpart for SQLite. A folder where no name says SQLite is taken as it is.
pub(super) fn ours(texts: Vec<Text>) -> (Vec<Text>, Vec<UnusedFile>) {
    let special: BTreeSet<_> =
        texts.iter().filter_map(|text| Said::of(&text.file.name)).filter(Said::is_ours).map(|said| said.place()).collect();
    if special.is_empty() {
        return (texts, Vec::new());
    }
    let mut unused = Vec::new();
    let kept = texts.into_iter().filter(|text| {
        let reason = match Said::of(&text.file.name) {
            Some(said) if said.is_ours() => return true,
            Some(said) if said.dialect.is_some() => format!("is for {}", said.dialect.unwrap_or_default()),
            Some(said) if special.contains(&said.place()) => "is replaced by the file for SQLite".to_owned(),
            _ => return true,
        };
        unused.push(UnusedFile { file: text.file.name.clone(), reason });
        false
    });
    let kept = kept.collect();
    (kept, unused)
}

/// What a name says of its database.
struct Said {
    number: String,
    down: bool,
    dialect: Option<String>,
}

impl Said {
    fn of(name: &str) -> Option<Self> {
        let mut words: Vec<&str> = name.split(['.', '_', '/']).filter(|word| *word != "sql" && *word != "autocommit").collect();
        let way = words.pop_if(|word| matches!(*word, "up" | "down"));
        let dialect = words.last().filter(|word| OURS.contains(word) || OTHERS.contains(word)).map(|word| (*word).to_owned());
        let number = words.first()?.to_string();
        Some(Self { number, down: way == Some("down"), dialect })
    }

    fn is_ours(&self) -> bool {
        self.dialect.as_deref().is_some_and(|dialect| OURS.contains(&dialect))
    }

    fn place(&self) -> (String, bool) {
        (self.number.clone(), self.down)
    }
}
