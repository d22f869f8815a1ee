//! What the command line is linked with.

use std::process::Command;

#[test]
fn it_runs_on_a_server_without_a_desktop() {
    let output = Command::new("readelf").args(["--dynamic", "--wide", env!("CARGO_BIN_EXE_quarterdeck")]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let needed: Vec<&str> = text.lines().filter(|line| line.contains("(NEEDED)")).collect();
    assert!(needed.iter().any(|line| line.contains("libc.so")), "no dynamic section was read:\n{text}");
    for library in ["webkit", "gtk", "gdk", "javascriptcore", "soup", "libglib", "libX11", "wayland"] {
        assert!(
            !needed.iter().any(|line| line.to_lowercase().contains(&library.to_lowercase())),
            "{library} is needed:\n{}",
            needed.join("\n")
        );
    }
}
