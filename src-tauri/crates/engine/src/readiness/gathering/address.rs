//! Addresses of the window: what stands behind `#/`.

/// Text as part of an address (RFC 3986 §2.1): whatever is no letter, figure, `-`, `.`, `_` or `~` is written as `%XX`.
pub(in crate::readiness) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
