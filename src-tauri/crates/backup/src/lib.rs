//! Snapshots in a restic repository: taking, verifying, restoring.
