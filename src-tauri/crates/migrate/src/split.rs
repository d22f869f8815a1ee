//! Where statements begin and end.

mod kind;
mod trigger;

use std::ops::Range;

use quarterdeck_model::migration::Problem;

pub use self::kind::{kind, words};
use self::trigger::TriggerBody;
use crate::{
    collection::Statement,
    lexer::{self, Token, TokenKind},
    source::SourceFile,
};

/// The statements of a part of a file.
#[derive(Debug, Clone, Default)]
pub struct Split {
    /// In order, without empty ones.
    pub statements: Vec<Statement>,
    /// A quote that is not closed, a command of the `sqlite3` shell.
    pub problems: Vec<Problem>,
}

/// Splits a part of a file at its semicolons, except those inside a trigger's body. One pass; only spans are kept.
pub fn split(file: &SourceFile, range: Range<usize>) -> Split {
    let text = file.text.as_str();
    let mut split = Split::default();
    let mut open = Open::default();
    let mut tokens = lexer::tokens(text, range.clone());
    while let Some(token) = tokens.next() {
        match token.kind {
            TokenKind::Space | TokenKind::Comment => {}
            TokenKind::Punctuation if open.is_empty() && is_shell_command(text, &token, &range) => {
                tokens.skip_line();
                split.problems.push(shell_command(file, token.span.start..tokens.offset()));
            }
            TokenKind::Semicolon if open.trigger.ends_here() => open.finish(text, &mut split.statements),
            _ => {
                if token.kind == TokenKind::Bad && is_unterminated(text, &token.span) {
                    split.problems.push(unterminated(file, token.span.start));
                }
                open.take(text, &token);
            }
        }
    }
    open.finish(text, &mut split.statements);
    split
}

/// The statement that is being read.
#[derive(Default)]
struct Open {
    span: Range<usize>,
    trigger: TriggerBody,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.span.is_empty()
    }

    fn take(&mut self, text: &str, token: &Token) {
        if self.is_empty() {
            self.span = token.span.clone();
        }
        self.span.end = token.span.end;
        self.trigger.take(token.kind, text.get(token.span.clone()).unwrap_or_default());
    }

    fn finish(&mut self, text: &str, statements: &mut Vec<Statement>) {
        let Self { span, .. } = std::mem::take(self);
        if !span.is_empty() {
            statements.push(Statement { kind: kind(text, span.clone()), span });
        }
    }
}

/// A dot at the start of a line, where a statement would begin: `.read`, `.mode`.
fn is_shell_command(text: &str, token: &Token, range: &Range<usize>) -> bool {
    let at = token.span.start;
    let starts_line = at == range.start || text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\n');
    starts_line && text.get(token.span.clone()) == Some(".")
}

/// What no longer ends, as opposed to a character that SQLite does not know: that, SQLite says better itself.
fn is_unterminated(text: &str, span: &Range<usize>) -> bool {
    let token = text.get(span.clone()).unwrap_or_default();
    match token.as_bytes() {
        [b'x' | b'X', b'\'', rest @ ..] => !rest.contains(&b'\''),
        [first, ..] => b"'\"`[".contains(first),
        [] => false,
    }
}

fn shell_command(file: &SourceFile, line: Range<usize>) -> Problem {
    Problem {
        code: "shell-command".to_owned(),
        at: Some(file.position(line.start)),
        message: format!("`{}` is a command of the sqlite3 shell, not SQL.", file.slice(&line).trim()),
        hint: "Write it as SQL, or take it out.".to_owned(),
    }
}

fn unterminated(file: &SourceFile, at: usize) -> Problem {
    Problem {
        code: "unterminated".to_owned(),
        at: Some(file.position(at)),
        message: "A quote is opened here and never closed.".to_owned(),
        hint: "Close it; a quote inside a text is written twice.".to_owned(),
    }
}
