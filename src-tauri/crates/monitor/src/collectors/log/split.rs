//! Bytes into lines. What is longer than a line may be is cut, and what follows up to its end is passed over.

use super::LINE;

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'b> {
    /// Where it begins.
    pub start: u64,
    /// What it says, without its end; at most [`LINE`] bytes.
    pub bytes: &'b [u8],
    /// True where it went on.
    pub cut: bool,
}

/// Holds the line that has no end yet.
#[derive(Debug, Default)]
pub struct Splitter {
    start: u64,
    half: Vec<u8>,
    /// Bytes of the line so far, those that were passed over with them.
    length: u64,
}

impl Splitter {
    /// For bytes that begin at a place where a line begins.
    pub fn at(start: u64) -> Self {
        Self { start, ..Self::default() }
    }

    /// Where the line that has no end yet begins.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Hands over each line that has its end.
    pub fn feed(&mut self, mut bytes: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.half.is_empty() && line.len() <= LINE {
                each(Line { start: self.start, bytes: trimmed(line), cut: false });
                self.start += line.len() as u64 + 1;
            } else {
                self.keep(line);
                self.end(1, each);
            }
        }
        self.keep(bytes);
    }

    /// Hands over a last line without an end, where there is one.
    pub fn finish(&mut self, each: &mut dyn FnMut(Line<'_>)) {
        if self.length > 0 {
            self.end(0, each);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.half.extend_from_slice(&bytes[..bytes.len().min(LINE - self.half.len())]);
        self.length += bytes.len() as u64;
    }

    fn end(&mut self, mark: u64, each: &mut dyn FnMut(Line<'_>)) {
        let cut = self.length > LINE as u64;
        each(Line { start: self.start, bytes: if cut { &self.half } else { trimmed(&self.half) }, cut });
        self.start += self.length + mark;
        self.length = 0;
        self.half.clear();
    }
}

/// Without the first half of an end as Windows writes it.
fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(pieces: &[&[u8]]) -> Vec<(u64, Vec<u8>, bool)> {
        let (mut splitter, mut lines) = (Splitter::default(), Vec::new());
        let mut each = |line: Line<'_>| lines.push((line.start, line.bytes.to_vec(), line.cut));
        for piece in pieces {
            splitter.feed(piece, &mut each);
        }
        splitter.finish(&mut each);
        lines
    }

    #[test]
    fn long_lines_are_cut_and_counted_once() {
        let long = vec![b'x'; LINE + 10];
        let lines = split(&[b"a\r\n", &long, &long, b"\n\nb"]);
        let starts: Vec<_> = lines.iter().map(|(start, bytes, cut)| (*start, bytes.len(), *cut)).collect();
        let end = 3 + 2 * long.len() as u64 + 1;
        assert_eq!(starts, [(0, 1, false), (3, LINE, true), (end, 0, false), (end + 1, 1, false)]);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200), cuts in proptest::collection::vec(0_usize..30, 0..20)) {
            let (mut rest, mut pieces) = (bytes.as_slice(), Vec::new());
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = behind;
            }
            pieces.push(rest);
            prop_assert_eq!(split(&pieces), split(&[&bytes]));
        }
    }
}
