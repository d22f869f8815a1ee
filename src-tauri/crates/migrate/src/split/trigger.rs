//! Where CREATE TRIGGER ends.

use crate::lexer::TokenKind;

/// Follows one statement and knows whether a semicolon ends it.
///
/// The grammar of SQLite closes each command of a body with a semicolon, and the body with END. So an END that follows a semicolon closes the
/// body, and no other END does: not that of a CASE, not a column of that name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum TriggerBody {
    /// Nothing but EXPLAIN so far.
    #[default]
    Start,
    /// CREATE, and TEMP behind it.
    Create,
    /// CREATE TRIGGER, before the body.
    Head {
        /// The token before was a dot: what follows is a column.
        dotted: bool,
    },
    /// Inside the body.
    Body {
        /// A command of the body was just ended, or the body just begun.
        between: bool,
    },
    /// The body is closed, or this is no trigger.
    Done,
}

impl TriggerBody {
    pub(super) fn ends_here(self) -> bool {
        !matches!(self, Self::Body { .. })
    }

    /// Takes the next token that is no blank; a semicolon only comes here inside a body.
    pub(super) fn take(&mut self, kind: TokenKind, text: &str) {
        let is = |word: &str| kind == TokenKind::Word && text.eq_ignore_ascii_case(word);
        *self = match *self {
            Self::Start if is("EXPLAIN") || is("QUERY") || is("PLAN") => Self::Start,
            Self::Start if is("CREATE") => Self::Create,
            Self::Create if is("TEMP") || is("TEMPORARY") => Self::Create,
            Self::Create if is("TRIGGER") => Self::Head { dotted: false },
            Self::Head { dotted: false } if is("BEGIN") => Self::Body { between: true },
            Self::Head { .. } => Self::Head { dotted: text == "." },
            Self::Body { between: true } if is("END") => Self::Done,
            Self::Body { .. } => Self::Body { between: kind == TokenKind::Semicolon },
            Self::Start | Self::Create | Self::Done => Self::Done,
        };
    }
}
