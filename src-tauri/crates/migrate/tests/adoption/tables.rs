//! Tables as the tools make them, with two of three migrations applied.

use quarterdeck_model::migration::{Layout, MigrationState, Tool};

/// What the two migrations have made.
pub const SCHEMA: &str = "CREATE TABLE customers(id INTEGER PRIMARY KEY); CREATE TABLE orders(id INTEGER PRIMARY KEY);";

/// Names and texts of the three files; their checksums stand below, computed by other programs.
pub const FILES: [(&str, &str); 3] = [
    ("customers", "CREATE TABLE customers(\r\n  id INTEGER PRIMARY KEY\r\n);\r\n"),
    ("orders", "CREATE TABLE orders(\r\n  id INTEGER PRIMARY KEY\r\n);\r\n"),
    ("third", "CREATE TABLE third(x);"),
];

pub const FLYWAY: &str = r#"CREATE TABLE "flyway_schema_history" ("installed_rank" INT NOT NULL PRIMARY KEY, "version" VARCHAR(50), "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL, "checksum" INT, "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), "execution_time" INT NOT NULL, "success" BOOLEAN NOT NULL);
    CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");"#;

/// A history, and what it says of the three files.
pub struct Table {
    pub tool: Tool,
    pub layout: Layout,
    /// Versions of the files.
    pub versions: [&'static str; 3],
    pub sql: String,
    /// How many checksums agree.
    pub checked: Option<u64>,
    /// True where the tool's own migrations are programs: its entries stand before the files, which are all new.
    pub programs: bool,
}

impl Table {
    pub fn states(&self) -> Vec<MigrationState> {
        use MigrationState::{Applied, Pending};
        match self.programs {
            true => [vec![Applied; if self.tool == Tool::Alembic { 1 } else { 2 }], vec![Pending; 3]].concat(),
            false => vec![Applied, Applied, Pending],
        }
    }
}

fn table(tool: Tool, layout: Layout, versions: [&'static str; 3], sql: &str) -> Table {
    Table { tool, layout, versions, sql: sql.to_owned(), checked: None, programs: false }
}

const STAMPS: [&str; 3] = ["20260101120001", "20260101120002", "20260101120003"];
const NUMBERS: [&str; 3] = ["00001", "00002", "00003"];
const SHA256: [&str; 2] = ["@256@0", "@256@1"];

pub fn all() -> Vec<Table> {
    let mut all = vec![
        table(Tool::Goose, Layout::Goose, NUMBERS, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
            tstamp TIMESTAMP DEFAULT (datetime('now')));
            INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (2, 1), (3, 1), (3, 0);"),
        table(Tool::Dbmate, Layout::Dbmate, STAMPS, "CREATE TABLE schema_migrations (version varchar(128) primary key);
            INSERT INTO schema_migrations VALUES ('20260101120001'), ('20260101120002');"),
        table(Tool::GolangMigrate, Layout::GolangMigrate, NUMBERS, "CREATE TABLE schema_migrations (version uint64,dirty bool);
            CREATE UNIQUE INDEX version_unique ON schema_migrations (version); INSERT INTO schema_migrations VALUES (2, 0);"),
        table(Tool::Rails, Layout::Plain, STAMPS, r#"CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
            CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar);
            INSERT INTO schema_migrations VALUES ('20260101120001'), ('20260101120002');"#),
        table(Tool::Diesel, Layout::Diesel, ["2026-01-01-120001", "2026-01-01-120002", "2026-01-01-120003"],
            "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
            INSERT INTO __diesel_schema_migrations(version) VALUES ('20260101120001'), ('20260101120002');"),
        table(Tool::Atlas, Layout::Plain, STAMPS, "CREATE TABLE atlas_schema_revisions (version text PRIMARY KEY, description text, type integer DEFAULT 2,
            applied integer DEFAULT 0, total integer DEFAULT 0, executed_at datetime, execution_time integer, error text, error_stmt text, hash text,
            partial_hashes json, operator_version text);
            INSERT INTO atlas_schema_revisions VALUES ('.atlas_cloud_identifier', '', 1, 0, 0, '', 0, '', '', '', NULL, ''),
            ('20260101120001', 'customers', 2, 1, 1, '2026-01-01 12:00:00.123456789+00:00', 5000000, '', '', 'h', NULL, ''),
            ('20260101120002', 'orders', 2, 1, 1, '2026-01-01 12:00:00', 5000000, NULL, '', 'h', NULL, '');"),
    ];
    all.extend(with_checksums());
    all.extend(with_programs());
    all
}

fn with_checksums() -> Vec<Table> {
    let flyway = format!(
        "{FLYWAY} INSERT INTO flyway_schema_history VALUES
        (1, '1', 'customers', 'SQL', 'V1__customers.sql', 820419062, '', '2026-01-01 10:00:00.000', 12, 1),
        (2, '2', 'orders', 'SQL', 'V2__orders.sql', @crc@, '', '2026-01-01 10:00:01.000', 12, 1);"
    );
    let tables = [
        table(Tool::Flyway, Layout::Flyway, ["1", "2", "3"], &flyway),
        table(Tool::Sqlx, Layout::Sqlx, STAMPS, "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
            INSERT INTO _sqlx_migrations VALUES (20260101120001, 'customers', '2026-01-01 12:00:00', 1, x'@384@0', 6955802),
            (20260101120002, 'orders', '2026-01-01 12:00:00', 1, x'@384@1', -1);"),
        table(Tool::Refinery, Layout::Refinery, ["1", "2", "3"], "CREATE TABLE refinery_schema_history(version int4 PRIMARY KEY, name VARCHAR(255),
            applied_on VARCHAR(255), checksum VARCHAR(255));
            INSERT INTO refinery_schema_history VALUES (1, 'customers', '2026-01-01T00:05:47.26495229Z', '@sip@0'),
            (2, 'orders', '2026-01-01T00:05:47.264958018Z', '@sip@1');"),
        table(Tool::Prisma, Layout::Plain, STAMPS, &format!("CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, finished_at DATETIME,
            migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME, started_at DATETIME NOT NULL DEFAULT current_timestamp,
            applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0);
            INSERT INTO _prisma_migrations(id, checksum, finished_at, migration_name, rolled_back_at, started_at) VALUES
            ('a', '{}', 1767268800000, '20260101120001_customers', NULL, 1767268800000), ('b', 'x', NULL, '20260101120002_orders', 1767268800001, 1767268800001),
            ('c', '{}', 1767268800003, '20260101120002_orders', NULL, 1767268800002);", SHA256[0], SHA256[1])),
        table(Tool::Drizzle, Layout::Plain, ["0000", "0001", "0002"], &format!("CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);
            INSERT INTO __drizzle_migrations(hash, created_at) VALUES ('{}', 1767225600000), ('{}', 1767225601000);", SHA256[0], SHA256[1])),
    ];
    tables.into_iter().map(|table| Table { checked: Some(2), sql: filled(&table.sql), ..table }).collect()
}

/// Checksums of the two files: `sha384sum`, `sha256sum`, Python's `zlib.crc32`, and SipHash as its reference describes it, by a program that gives what a real refinery stores.
fn filled(sql: &str) -> String {
    let sums = [
        ("@384@0", "358c82005a173fcb1629fd26e38574e4b6cbe19d0320322840e15e6599f7a883e9f5d72b4e89008ccc594678fd964c21"),
        ("@384@1", "3281ebb079f227d5cab78eb33a2d721ab329b13031a31b3a4ad7007fd90cd06f3c09f421d40b80cedfb98437034276a5"),
        ("@256@0", "45b4d17db2c0be7be5b929f6d87beea3d632a406f89da0e6cc3de81d6ca7e847"),
        ("@256@1", "01a94f311d8c23ce133eb5f0349f9fefc451a66ecdc8e009e32089158696bd73"),
        ("@crc@", "1794467929"),
        ("@sip@0", "6729354333850002214"),
        ("@sip@1", "18318851347904628031"),
    ];
    sums.iter().fold(sql.to_owned(), |sql, (mark, sum)| sql.replace(mark, sum))
}

fn with_programs() -> Vec<Table> {
    let files = ["001", "002", "003"];
    let tables = [
        table(Tool::Alembic, Layout::Plain, files, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
            INSERT INTO alembic_version VALUES ('r2');"),
        table(Tool::Django, Layout::Plain, files, r#"CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL,
            "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
            INSERT INTO django_migrations(app, name, applied) VALUES ('shop', '0001_customers', '2026-01-01 00:05:36.154500'), ('shop', '0002_orders', '2026-01-01 00:05:36.193991');"#),
        table(Tool::Knex, Layout::Plain, files, "CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer,
            `migration_time` datetime); CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
            INSERT INTO knex_migrations(name, batch, migration_time) VALUES ('20260101120001_customers.js', 1, 1767268800000), ('20260101120002_orders.js', 1, 1767268800001);"),
        table(Tool::Liquibase, Layout::Plain, files, "CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, FILENAME VARCHAR(255) NOT NULL,
            DATEEXECUTED TEXT NOT NULL, ORDEREXECUTED INT NOT NULL, EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255),
            COMMENTS VARCHAR(255), TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), LABELS VARCHAR(255), DEPLOYMENT_ID VARCHAR(10));
            INSERT INTO DATABASECHANGELOG(ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE, MD5SUM) VALUES
            ('create-customers', 'ada', 'changelog.xml', '2026-01-01 12:00:00', 1, 'EXECUTED', '9:00'), ('create-orders', 'ada', 'changelog.xml', '2026-01-01 12:00:01', 2, 'EXECUTED', '9:01');"),
    ];
    tables.into_iter().map(|table| Table { programs: true, ..table }).collect()
}
