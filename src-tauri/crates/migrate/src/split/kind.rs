//! What a statement does, by its first words.

use std::ops::Range;

use crate::{
    collection::StatementKind,
    lexer::{self, TokenKind},
};

/// The words at the start of a statement, up to the first token that is none.
pub fn words(text: &str, span: Range<usize>) -> impl Iterator<Item = &str> {
    lexer::significant(text, span).take_while(|token| token.kind == TokenKind::Word).map(|token| text.get(token.span).unwrap_or_default())
}

/// What the statement in this part of a text does.
pub fn kind(text: &str, span: Range<usize>) -> StatementKind {
    let mut words = words(text, span.clone());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    let mut goes_on_with = |wanted: &str| words.any(|word| word.eq_ignore_ascii_case(wanted));
    match first.as_str() {
        "BEGIN" => StatementKind::Begin,
        "COMMIT" | "END" => StatementKind::Commit,
        "ROLLBACK" if goes_on_with("TO") => StatementKind::Savepoint,
        "ROLLBACK" => StatementKind::Rollback,
        "SAVEPOINT" | "RELEASE" => StatementKind::Savepoint,
        "PRAGMA" => StatementKind::Pragma,
        "VACUUM" if goes_on_with("INTO") => StatementKind::VacuumInto,
        "VACUUM" => StatementKind::Vacuum,
        "ATTACH" => StatementKind::Attach,
        "DETACH" => StatementKind::Detach,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" => StatementKind::Data,
        "WITH" => with(text, span),
        "CREATE" | "ALTER" | "DROP" => StatementKind::Schema,
        _ => StatementKind::Other,
    }
}

/// A statement that begins with WITH is what its first verb outside all brackets says.
fn with(text: &str, span: Range<usize>) -> StatementKind {
    let mut depth = 0_u32;
    for token in lexer::significant(text, span) {
        let slice = text.get(token.span).unwrap_or_default();
        match token.kind {
            TokenKind::Punctuation if slice == "(" => depth += 1,
            TokenKind::Punctuation if slice == ")" => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => {
                let one_of = |verbs: &[&str]| verbs.iter().any(|verb| slice.eq_ignore_ascii_case(verb));
                if one_of(&["INSERT", "REPLACE", "UPDATE", "DELETE"]) {
                    return StatementKind::Data;
                }
                if one_of(&["SELECT", "VALUES"]) {
                    return StatementKind::Other;
                }
            }
            _ => {}
        }
    }
    StatementKind::Other
}
