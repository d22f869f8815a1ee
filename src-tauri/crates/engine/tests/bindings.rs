//! What is generated from the list of operations is the same as what lies in the tree. `QUARTERDECK_WRITE_BINDINGS=1` writes it anew.
#![cfg(feature = "bindings")]
#![allow(clippy::unwrap_used)]

use std::{fs, path::PathBuf};

fn compare(file: &str, wanted: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join(file);
    if std::env::var_os("QUARTERDECK_WRITE_BINDINGS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{file} is not what the list of operations says: run make bindings");
}

#[test]
fn the_typescript_bindings_are_those_of_the_list() {
    compare("ui/src/api/bindings.ts", &quarterdeck_engine::bindings::typescript());
}

#[test]
fn the_documentation_of_operations_is_that_of_the_list() {
    compare("docs/operations.md", &quarterdeck_engine::bindings::markdown());
}
