//! What SQLite has found of images, by their bytes.

use quarterdeck_model::{Digest, Outcome, snapshot::ImageProof};
use rusqlite::{Connection, params};

use crate::database::{at, fault, json, optional, parsed, to_json};

/// Records a check; one of the same bytes that was made before gives way.
pub fn remember(connection: &Connection, proof: &ImageProof) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO image_proofs (sha256, checked_at, sqlite, rows) VALUES (?, ?, ?, ?)";
    connection.execute(sql, params![proof.sha256.0, at(proof.checked_at), proof.sqlite, to_json(&proof.rows)?]).map_err(fault)?;
    Ok(())
}

/// The check of these bytes; none where this store has never seen one.
pub fn find(connection: &Connection, sha256: &Digest) -> Outcome<Option<ImageProof>> {
    optional(connection.query_row("SELECT * FROM image_proofs WHERE sha256 = ?", [&sha256.0], |row| {
        Ok(ImageProof {
            sha256: Digest(row.get("sha256")?),
            checked_at: parsed(row, "checked_at")?,
            sqlite: row.get("sqlite")?,
            rows: json(row, "rows")?,
        })
    }))
}
