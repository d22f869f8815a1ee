//! Numbers with units. On the wire a quantity is a JSON number up to 2^53 - 1 and a decimal string beyond, because that is the
//! largest integer that every JSON reader keeps exactly (RFC 8259 §6).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest integer that a JSON number carries exactly everywhere.
pub const SAFE_INTEGER: u64 = (1 << 53) - 1;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
        #[cfg_attr(feature = "bindings", ts(type = "number | string"))]
        pub struct $name(pub u64);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.0 <= SAFE_INTEGER { serializer.serialize_u64(self.0) } else { serializer.collect_str(&self.0) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(QuantityVisitor).map(Self)
            }
        }
    };
}

quantity! {
    /// A size, in bytes.
    Bytes
}
quantity! {
    /// A number of things.
    Count
}
quantity! {
    /// A duration, in milliseconds.
    Millis
}

struct QuantityVisitor;

impl de::Visitor<'_> for QuantityVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number that is not negative, or its decimal string")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
        u64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl Count {
    /// The number with its noun, as in `1 table` or `25 tables`; for nouns whose plural adds an s.
    pub fn of(self, noun: &str) -> String {
        if self.0 == 1 { format!("1 {noun}") } else { format!("{self} {noun}s") }
    }
}

impl From<std::time::Duration> for Millis {
    fn from(duration: std::time::Duration) -> Self {
        Self(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Bytes {
    /// Decimal units with three significant figures, as in `2.41 GB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
        if self.0 < 1000 {
            return write!(f, "{} B", self.0);
        }
        #[allow(clippy::cast_precision_loss)] // three figures are shown
        let mut value = self.0 as f64;
        let mut unit = "B";
        for next in UNITS {
            if value < 999.5 {
                break;
            }
            value /= 1000.0;
            unit = next;
        }
        let decimals = if value < 9.995 {
            2
        } else if value < 99.95 {
            1
        } else {
            0
        };
        write!(f, "{value:.decimals$} {unit}")
    }
}

impl fmt::Display for Count {
    /// Thousands parted by commas, as in `11,204`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Millis {
    /// Up to 99 s in seconds, then the two largest units, as in `1 d 16 h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0;
        if ms < 1000 {
            return write!(f, "{ms} ms");
        }
        if ms < 10_000 {
            return write!(f, "{}.{} s", ms / 1000, ms % 1000 / 100);
        }
        let s = ms / 1000;
        let (d, h, min) = (s / 86_400, s / 3600 % 24, s / 60 % 60);
        match () {
            () if s <= 99 => write!(f, "{s} s"),
            () if d > 0 && h > 0 => write!(f, "{d} d {h} h"),
            () if d > 0 => write!(f, "{d} d"),
            () if h > 0 && min > 0 => write!(f, "{h} h {min} min"),
            () if h > 0 => write!(f, "{h} h"),
            () => write!(f, "{min} min"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_count_survives_the_wire(value: u64) {
            let text = serde_json::to_string(&Count(value)).unwrap();
            prop_assert_eq!(text.starts_with('"'), value > SAFE_INTEGER);
            prop_assert_eq!(serde_json::from_str::<Count>(&text).unwrap(), Count(value));
        }
    }

    #[test]
    fn sizes_counts_and_durations_read_as_people_write_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (9_994, "9.99 kB"),
            (9_996, "10.0 kB"),
            (999_600, "1.00 MB"),
            (2_410_000_000, "2.41 GB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
        for (count, text) in [(0, "0"), (999, "999"), (11_204, "11,204"), (1_234_567, "1,234,567")] {
            assert_eq!(Count(count).to_string(), text);
        }
        for (ms, text) in [
            (85, "85 ms"),
            (1_900, "1.9 s"),
            (53_400, "53 s"),
            (99_999, "99 s"),
            (720_000, "12 min"),
            (144_000_000, "1 d 16 h"),
            (3_600_000, "1 h"),
        ] {
            assert_eq!(Millis(ms).to_string(), text);
        }
    }
}
