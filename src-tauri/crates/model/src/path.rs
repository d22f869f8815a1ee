//! Paths on the wire: plain text where the path is UTF-8; otherwise `bytes:` and the path with every byte outside printable
//! ASCII, and every `%`, written as `%XX`. A path that itself begins with `bytes:` takes the second form too.

use std::{
    ffi::{OsStr, OsString},
    fmt,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MARK: &str = "bytes:";

/// A path that survives JSON whatever its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct WirePath(pub PathBuf);

impl WirePath {
    /// The wire form as text.
    pub fn encode(&self) -> String {
        let bytes = self.0.as_os_str().as_bytes();
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.starts_with(MARK) => text.to_owned(),
            _ => {
                let mut out = MARK.to_owned();
                for &byte in bytes {
                    if (b' '..=b'~').contains(&byte) && byte != b'%' {
                        out.push(char::from(byte));
                    } else {
                        out.push_str(&format!("%{byte:02X}"));
                    }
                }
                out
            }
        }
    }

    /// Reads the wire form; `None` where the text after `bytes:` is not well formed.
    pub fn decode(text: &str) -> Option<Self> {
        let Some(rest) = text.strip_prefix(MARK) else { return Some(Self(PathBuf::from(text))) };
        let mut bytes = Vec::with_capacity(rest.len());
        let mut left = rest.as_bytes();
        while let Some((&byte, tail)) = left.split_first() {
            left = tail;
            if byte == b'%' {
                let (code, tail) = left.split_at_checked(2)?;
                left = tail;
                bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        Some(Self(PathBuf::from(OsString::from_vec(bytes))))
    }

    /// The last part, for people; bytes that are not UTF-8 show as �.
    pub fn file_name(&self) -> String {
        self.0.file_name().unwrap_or_else(|| OsStr::new("")).to_string_lossy().into_owned()
    }
}

impl AsRef<Path> for WirePath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl From<PathBuf> for WirePath {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

impl From<&Path> for WirePath {
    fn from(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl fmt::Display for WirePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

impl Serialize for WirePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for WirePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::decode(&text).ok_or_else(|| de::Error::custom("a path after bytes: needs two hexadecimal digits behind each %"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_path_survives_the_wire(bytes: Vec<u8>) {
            let path = WirePath(PathBuf::from(OsString::from_vec(bytes)));
            prop_assert_eq!(WirePath::decode(&path.encode()), Some(path));
        }
    }

    #[test]
    fn only_what_needs_it_is_escaped() {
        assert_eq!(WirePath::from(Path::new("/srv/größe 100%.db")).encode(), "/srv/größe 100%.db");
        let latin = WirePath(PathBuf::from(OsString::from_vec(b"/srv/caf\xe9 1%.db".to_vec())));
        assert_eq!(latin.encode(), "bytes:/srv/caf%E9 1%25.db");
        assert_eq!(WirePath::decode("bytes:%4"), None);
    }
}
