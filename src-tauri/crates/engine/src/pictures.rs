//! Charts written into files.

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;

use crate::{
    operation::Scope,
    ops::{ChartFormat, SaveChart},
};

/// Draws a chart and writes it into a new file; nothing is replaced.
pub(crate) fn save(scope: &Scope, asked: &SaveChart) -> Outcome<()> {
    let picture = crate::dashboards::draw(scope, &asked.chart)?;
    let bytes = match picture.format {
        ChartFormat::Svg => picture.content.into_bytes(),
        ChartFormat::Png => decoded(&picture.content).ok_or_else(|| Fault::bug("A drawn chart is not in base64."))?,
    };
    files::create_shared(&asked.file.0, &bytes)
}

/// Bytes from base64 (RFC 4648 §4).
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_read_as_it_is_written() {
        assert_eq!(super::decoded("").as_deref(), Some(&b""[..]));
        assert_eq!(super::decoded("Zm9vYg==").as_deref(), Some(&b"foob"[..]));
        assert_eq!(super::decoded("Zm9vYmFy").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(super::decoded("no base64"), None);
    }
}
