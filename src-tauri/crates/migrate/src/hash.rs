//! The two digests of a migration: over its bytes, and over what SQLite sees of it.

use quarterdeck_model::{Digest, plan::hex};
use sha2::{Digest as _, Sha256};

use crate::{
    collection::Script,
    lexer::{self, TokenKind},
};

/// Name of the format of [`statements`]; another one would be another digest of the same file.
const FORMAT: &[u8] = b"qd1";
const BETWEEN_TOKENS: u8 = 0x1f;
const BETWEEN_STATEMENTS: u8 = 0x1e;
const BUFFER: usize = 16 * 1024;

/// Digest over pieces of files, each with its length in front, so that moving text from one file to the next shows. A piece comes in two parts:
/// a byte order mark, where there is one, and the text.
pub fn bytes<'a>(pieces: impl IntoIterator<Item = [&'a [u8]; 2]>) -> Digest {
    let mut hasher = Sha256::new();
    for [mark, text] in pieces {
        hasher.update(((mark.len() + text.len()) as u64).to_le_bytes());
        hasher.update(mark);
        hasher.update(text);
    }
    Digest(hex(&hasher.finalize()))
}

/// Digest over the tokens of all statements: white space, comments, line ends and the case of words without quotes do not count, and
/// everything else does, to the byte.
pub fn statements(scripts: &[Script]) -> Digest {
    let mut hash = Buffered::default();
    hash.take(FORMAT);
    for script in scripts {
        let text = script.file.text.as_str();
        for statement in &script.statements {
            hash.take(&[BETWEEN_STATEMENTS]);
            for token in lexer::significant(text, statement.span.clone()) {
                let slice = text.get(token.span).unwrap_or_default().as_bytes();
                if token.kind == TokenKind::Word {
                    hash.take_lower(slice)
                } else {
                    hash.take(slice)
                }
                hash.take(&[BETWEEN_TOKENS]);
            }
        }
    }
    hash.finish()
}

/// SHA-256 is fed in large pieces: a call for each token would cost more than the hashing.
#[derive(Default)]
struct Buffered {
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl Buffered {
    fn take(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        self.pour(BUFFER);
    }

    fn take_lower(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes.iter().map(u8::to_ascii_lowercase));
        self.pour(BUFFER);
    }

    fn pour(&mut self, above: usize) {
        if self.buffer.len() > above {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn finish(mut self) -> Digest {
        self.pour(0);
        Digest(hex(&self.hasher.finalize()))
    }
}
