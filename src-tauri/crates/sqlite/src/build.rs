//! Whether this program was built with the SQLite that it needs.

use quarterdeck_model::{Fault, Outcome};

/// Compile-time options that the engine cannot work without: reading pages (`sqlite_dbpage`), and views that use mathematical functions.
const NEEDED: [&str; 2] = ["ENABLE_DBPAGE_VTAB", "ENABLE_MATH_FUNCTIONS"];

/// `Err` where the bundled SQLite lacks an option: cargo reads the flags from `.cargo/config.toml` of the folder it is started in, and
/// loses them in silence elsewhere.
pub fn check() -> Outcome<()> {
    let options = rusqlite::Connection::open_in_memory().and_then(|connection| {
        let mut statement = connection.prepare("PRAGMA compile_options")?;
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
    });
    let options = options.map_err(|error| Fault::bug(format!("SQLite does not name its compile-time options: {error}.")))?;
    match NEEDED.iter().find(|needed| !options.iter().any(|option| option == *needed)) {
        None => Ok(()),
        Some(missing) => Err(Fault::bug(format!("This program was built with an SQLite that lacks {missing}."))
            .hint("Build it from the folder that holds .cargo/config.toml.")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_build_has_what_it_needs() {
        super::check().unwrap();
    }
}
