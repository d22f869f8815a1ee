//! Where a page ends, as text that faces hand back.

use std::fmt;

use quarterdeck_model::{Fault, Outcome};

use super::neighbours::Identity;

/// A byte of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// True where the file was the log itself, and not one it was rotated to.
    pub live: bool,
    /// The file.
    pub identity: Identity,
    /// The byte, unpacked.
    pub offset: u64,
}

impl Token {
    /// Fault `bad-token`.
    pub fn parse(text: &str) -> Outcome<Self> {
        let read = || {
            let mut parts = text.split('.');
            let live = match parts.next()? {
                "l" => true,
                "r" => false,
                _ => return None,
            };
            let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
            let token = Self { live, identity: Identity { device: number()?, inode: number()? }, offset: number()? };
            parts.next().is_none().then_some(token)
        };
        read().ok_or_else(|| {
            Fault::usage("bad-token", format!("{text:?} is no place in a log.")).hint("Take `before` or `after` of a page, as it is.")
        })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity { device, inode } = self.identity;
        write!(f, "{}.{device:x}.{inode:x}.{:x}", if self.live { 'l' } else { 'r' }, self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = Token { live: true, identity: Identity { device: 64, inode: u64::MAX }, offset: 4_096 };
        assert_eq!(Token::parse(&token.to_string()).unwrap(), token);
        for text in ["", "l.1.2", "x.1.2.3", "l.1.2.3.4", "l.1.2.g"] {
            assert!(Token::parse(text).unwrap_err().is("bad-token"), "{text}");
        }
    }
}
