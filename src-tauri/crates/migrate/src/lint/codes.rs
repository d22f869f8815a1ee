//! The codes of lint. A code keeps its meaning for ever; one that is no longer given is not given again.

use quarterdeck_model::migration::Severity::{self, Error, Note, Warning};

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Stable, e.g. `QD-L12`.
    pub code: &'static str,
    /// How grave it is at most; a mark may be milder where less is at stake, and says so.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// How to write it.
    pub instead: &'static str,
}

/// The code of this name.
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().copied().find(|known| known.code.eq_ignore_ascii_case(code))
}

macro_rules! codes {
    ($($name:ident = $code:literal $severity:ident $title:literal, $why:literal, $instead:literal;)*) => {
        $(pub(super) const $name: &Code = &Code { code: $code, severity: $severity, title: $title, why: $why, instead: $instead };)*
        /// All of them, in order.
        pub const CODES: &[&Code] = &[$($name),*];
    };
}

codes! {
WAIVER_WITHOUT_REASON = "QD-L01" Warning "a waiver without a reason",
    "Whoever reads the file later cannot tell whether the risk was seen. It waives nothing.",
    "Write why, behind the code: `-- quarterdeck:allow QD-L10 the table was never used`.";
IDLE_WAIVER = "QD-L02" Note "a waiver that waives nothing",
    "It hides the next finding of its code.",
    "Take the line out.";
UNKNOWN_WAIVER = "QD-L03" Warning "a waiver of a code that does not exist",
    "What it was meant for is not waived.",
    "Take the code from the mark itself, for example QD-L10.";
GAP = "QD-L04" Note "a gap in the numbers",
    "A file may be missing, or still be on somebody's branch; added later it would be out of order.",
    "Number without gaps, or see that nothing is missing.";
WIDTHS = "QD-L05" Warning "versions of different width where they sort as text",
    "As text, 10 comes before 9: the tool runs the files in another order than people read them in.",
    "Give every version the same number of figures.";
DROP_TABLE = "QD-L10" Error "drops a table",
    "Its rows are gone, and no way down brings them back. An application that still reads it fails from the commit on.",
    "Deploy without it first. Rename it, keep it for a release, and drop it when nothing has missed it; or waive this with the reason.";
DROP_COLUMN = "QD-L11" Error "drops a column",
    "Its values are gone, and no way down brings them back. An application that still names it fails from the commit on.",
    "Deploy without it first, and drop it a release later; or waive this with the reason.";
LONG_LOCK = "QD-L12" Warning "holds the write lock for long",
    "SQLite has one writer. Until the commit every other one waits, and gives up when its own patience ends.",
    "Work in slices by primary key in several migrations, or apply at a quiet hour; a rehearsal says how long it takes.";
EVERY_ROW = "QD-L13" Warning "changes every row",
    "A forgotten WHERE looks exactly like this.",
    "Write the WHERE; where every row is meant, `WHERE true` says so.";
RENAME = "QD-L14" Warning "renames what an application uses",
    "The application that runs now knows the old name and fails from the commit on; so does the new one after going back.",
    "Add the new name, write both, move the readers, then drop the old one. A view can keep the old name of a table.";
DROPPED_OBJECT = "QD-L15" Warning "drops an index, view or trigger for good",
    "Queries may become slow, or fail, or stop doing what a trigger did, without any error here.",
    "Create it again in the same file, or waive this with the reason.";
REBUILD = "QD-L16" Error "builds a table anew and loses something",
    "DROP TABLE deletes the rows first, so references with ON DELETE act; and it takes indexes and triggers along without a word.",
    "Follow the twelve steps of sqlite.org/lang_altertable.html: foreign keys off before BEGIN, every index and trigger again, views dropped first and made again, names in INSERT.";
OLD_RENAMED_FIRST = "QD-L17" Error "renames the old table away, and references follow it",
    "References in other tables go with the name. Once the renamed table is dropped they point nowhere, and every later write through them fails.",
    "Create the new table under a new name, copy, drop the old one, and rename the new one.";
NOT_NULL_WITHOUT_DEFAULT = "QD-L18" Error "adds a NOT NULL column without a default",
    "SQLite refuses it as soon as the table has a row, which a test database often has not.",
    "Add a DEFAULT that is not NULL, or add the column without NOT NULL.";
IMPOSSIBLE_COLUMN = "QD-L19" Error "adds a column that SQLite cannot add",
    "ADD COLUMN takes no PRIMARY KEY, no UNIQUE, no stored expression, and with rows in the table no computed default.",
    "Add the column plainly, fill it with UPDATE, and create a unique index; or build the table anew.";
FOREIGN_KEYS_INSIDE = "QD-L20" Error "PRAGMA foreign_keys inside a transaction",
    "It does nothing there. What follows runs with foreign keys as they were, and DROP TABLE then deletes what refers to the table.",
    "Write it before BEGIN, or as the first statement of a file without BEGIN.";
OWN_TRANSACTION = "QD-L21" Warning "begins or commits by itself",
    "A file that commits by itself is not one step: when it fails in the middle, a part of it stays.",
    "Leave BEGIN and COMMIT out: every migration runs in one transaction together with its row in the ledger.";
NO_TRANSACTION = "QD-L22" Warning "cannot run in a transaction",
    "When it fails in the middle, what has run stays; only the safety snapshot goes back behind it.",
    "Give the statement a migration of its own.";
WRITABLE_SCHEMA = "QD-L23" Error "writes to the schema table by hand",
    "One wrong letter and the database cannot be opened any more.",
    "Build the table anew.";
OTHER_DATABASE = "QD-L24" Error "reaches for another database",
    "The safety snapshot and the way back cover one database; the other one would be changed without either. It is not run.",
    "Give each database its own migrations.";
UNKNOWN_FUNCTION = "QD-L25" Error "calls a function that SQLite does not have",
    "Functions of the application exist in its own connections only. Here the statement fails; in a view or trigger it fails for everybody else later.",
    "Do this part in the application, or with functions of SQLite.";
LASTING_PRAGMA = "QD-L26" Warning "sets what stays in the file",
    "The value stays in the database for every program, and some of them count on it.",
    "Let the application set it when it opens the database, or waive this with the reason.";
IF_EXISTS = "QD-L27" Note "IF EXISTS or IF NOT EXISTS",
    "It passes over a database that is not what the files say: drift goes unseen.",
    "Leave it out; a migration runs once.";
DOUBLE_QUOTED_STRING = "QD-L28" Error "a text in double quotes",
    "Double quotes are for names. Where no column has that name, SQLite may take it as a text, or refuse it, by its settings.",
    "Write texts in single quotes.";
NEWER_SQLITE = "QD-L29" Warning "needs a newer SQLite than declared",
    "The oldest SQLite that opens this database cannot read its schema, or cannot run this statement.",
    "Write it without, or raise `sqlite_at_least`.";
NO_WAY_DOWN = "QD-L30" Warning "has no way down",
    "The other migrations have one. Back from here leads only through the safety snapshot, which loses later writes.",
    "Write the way down, or waive this with the reason why there is none.";
DOWN_NOT_BACK = "QD-L31" Warning "its way down does not lead back",
    "A rehearsal went up and down, and the schema was another one.",
    "Correct the way down, and rehearse again.";
DOWN_LOSES_ROWS = "QD-L32" Warning "its way down loses rows",
    "The way up moved or filled what the way down drops: those values do not come back.",
    "Move them back before the DROP, or go back by the safety snapshot.";
REPEATABLE_FAILS = "QD-L33" Note "runs once, though it is repeatable",
    "The second time it fails, because what it creates is there already.",
    "Write DROP … IF EXISTS before each CREATE.";
}
