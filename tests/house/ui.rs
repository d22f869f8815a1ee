//! Which layer of the page may import which.

use std::path::{Component, Path};

use crate::{nothing_found, tree};

/// Each layer below ui/src, and the layers that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("lib", &["lib", "api"]),
    ("kit", &["kit", "lib", "api"]),
    ("api", &["api", "lib"]),
    ("features", &["features", "kit", "lib", "api"]),
    ("shell", &["shell", "features", "kit", "lib", "api"]),
];

#[test]
fn layers_only_import_what_is_below_them() {
    nothing_found(imports().into_iter().filter_map(|(path, line, to, text)| {
        let (from, layers) = MAY_IMPORT.iter().find(|(layer, _)| path.starts_with(&format!("ui/src/{layer}/")))?;
        let layer = to.strip_prefix("ui/src/")?.split('/').next()?;
        // The lower two may name the engine's types, not speak to it.
        let types_only = layer == "api" && ["lib", "kit"].contains(from);
        if layers.contains(&layer) && (!types_only || text.contains("import type") || text.contains("export type")) {
            return None;
        }
        let instead = if types_only {
            "import types only; the feature calls the engine and passes the result down"
        } else {
            "move the shared part down to lib or kit"
        };
        Some(format!("{path}:{line}: {from} imports {to}: {instead}"))
    }));
}

#[test]
fn features_do_not_know_each_other() {
    let feature = |path: &str| path.strip_prefix("ui/src/features/").and_then(|rest| rest.split('/').next().map(str::to_owned));
    nothing_found(imports().into_iter().filter_map(|(path, line, to, _)| {
        let (own, other) = (feature(&path)?, feature(&to)?);
        (own != other).then(|| {
            format!(
                "{path}:{line}: the feature {own} imports the feature {other}: move what both need to lib, kit or api, or meet in shell"
            )
        })
    }));
}

#[test]
fn only_the_transport_speaks_to_tauri() {
    nothing_found(
        imports()
            .into_iter()
            .filter(|(path, _, to, _)| to.starts_with("@tauri-apps/") && !path.starts_with("ui/src/api/"))
            .map(|(path, line, to, _)| format!("{path}:{line}: imports {to}: put it behind ui/src/api, which has a stand-in for tests")),
    );
}

/// Every import: file, line, what it names (below ui/src where it is relative), the line's text.
fn imports() -> Vec<(String, usize, String, String)> {
    let mut found = Vec::new();
    for file in tree::below("ui/src/", &[".ts", ".svelte"]) {
        for (at, line) in file.text.lines().enumerate() {
            let Some(module) = imported(line) else { continue };
            let to = if module.starts_with('.') { resolve(&file.path, module) } else { module.to_owned() };
            found.push((file.path.clone(), at + 1, to, statement(&file.text, at)));
        }
    }
    found
}

/// What a line imports: `from "…"`, `import "…"` or `import("…")`.
fn imported(line: &str) -> Option<&str> {
    let rest = ["from ", "import ", "import("].iter().find_map(|word| {
        let rest = line.rsplit_once(word)?.1;
        rest.starts_with(['"', '\'']).then_some(rest)
    })?;
    rest[1..].split(['"', '\'']).next()
}

/// The import statement that ends on a line (it may begin further up).
fn statement(text: &str, last: usize) -> String {
    let lines: Vec<&str> = text.lines().take(last + 1).collect();
    let first =
        lines.iter().rposition(|line| line.trim_start().starts_with("import") || line.trim_start().starts_with("export")).unwrap_or(last);
    lines[first..].join(" ")
}

fn resolve(from: &str, relative: &str) -> String {
    let mut parts: Vec<String> = from.split('/').map(str::to_owned).collect();
    parts.pop();
    for component in Path::new(relative).components() {
        match component {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}
