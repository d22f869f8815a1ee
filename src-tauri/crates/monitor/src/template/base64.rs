//! Base64 with padding (RFC 4648 §4), also with the alphabet for addresses (§5).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as text in the plain alphabet.
pub fn plain(bytes: &[u8]) -> String {
    encoded(bytes).replace('-', "+").replace('_', "/")
}

/// Bytes as text in the alphabet for addresses.
pub fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().enumerate().fold(0_u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for at in 0..4 {
            let figure = (bits >> (18 - 6 * at)) as usize & 63;
            out.push(if at <= group.len() { char::from(ALPHABET[figure]) } else { '=' });
        }
    }
    out
}

/// Text as bytes; nothing where it is no such text.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let figures = text.trim_end_matches('=');
    if text.len() - figures.len() > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in figures.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for (at, byte) in group.iter().enumerate() {
            let figure = ALPHABET.iter().position(|known| known == byte)?;
            bits |= (figure as u32) << (18 - 6 * at);
        }
        let bytes = bits.to_be_bytes();
        out.extend_from_slice(bytes.get(1..group.len())?);
    }
    Some(out)
}
