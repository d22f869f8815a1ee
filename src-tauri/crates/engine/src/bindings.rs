//! The TypeScript side of [`crate::ops::LIST`], and its documentation: generated, compared in a test, never written by hand.

use std::{any::TypeId, collections::BTreeMap, collections::HashSet, fmt::Write as _};

use quarterdeck_model::Event;
use ts_rs::{Config, TS, TypeVisitor};

use crate::{operation::JobTicket, ops};

/// How an operation's types are declared in TypeScript.
pub struct Types {
    request: fn(&mut Declarations) -> String,
    response: fn(&mut Declarations) -> String,
}

impl Types {
    /// Of a request and what it returns.
    pub const fn of<Request: TS + 'static, Response: TS + 'static>() -> Self {
        Self { request: |all| all.add::<Request>(), response: |all| all.add::<Response>() }
    }
}

/// Declarations by name, each once.
struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    text: BTreeMap<String, String>,
}

impl Declarations {
    fn add<T: TS + 'static + ?Sized>(&mut self) -> String {
        let name = T::name(&self.config);
        self.visit::<T>();
        name
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only derived types have a path of their own; the others are TypeScript's.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            self.text.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// `ui/src/api/bindings.ts`.
pub fn typescript() -> String {
    let mut all = Declarations { config: Config::default(), seen: HashSet::new(), text: BTreeMap::new() };
    let mut operations = String::new();
    for entry in ops::LIST {
        let (request, response) = ((entry.types.request)(&mut all), (entry.types.response)(&mut all));
        let kind = serde_json::to_string(&entry.kind).unwrap_or_default();
        let raw = if entry.has_raw_form() { "; raw: true" } else { "" };
        let _ = writeln!(
            operations,
            "  /** {} */\n  {}: {{ kind: {kind}; request: {request}; response: {response}{raw} }};",
            entry.summary, entry.name
        );
    }
    all.add::<Event>();
    all.add::<JobTicket>();
    all.add::<quarterdeck_model::Fault>();
    let types = all.text.into_values().collect::<Vec<_>>().join("\n");
    format!(
        "// Generated from src-tauri/crates/engine/src/ops; `make bindings` writes it anew.\n/* eslint-disable */\n\n{types}\n/** Every operation of the engine. The response of a job is what it reports once it has succeeded; the call itself answers with a JobTicket. Those with `raw` can answer with bytes. */\nexport interface Operations {{\n{operations}}}\n"
    )
}

/// `docs/operations.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Operations\n\nGenerated from the one list (`src-tauri/crates/engine/src/ops`); `make bindings` writes it anew. Each can be called with `quarterdeck call NAME JSON` (`-` reads the JSON from standard input,\nwhere a passphrase belongs); the fields are those of the TypeScript types of the same name in `ui/src/api/bindings.ts`.\n\n| operation | kind | role | what it does |\n| --- | --- | --- | --- |\n",
    );
    for entry in ops::LIST {
        let kind = serde_json::to_value(entry.kind).unwrap_or_default();
        let _ = writeln!(out, "| `{}` | {} | {} | {} |", entry.name, kind.as_str().unwrap_or_default(), entry.role, entry.summary);
    }
    out
}
