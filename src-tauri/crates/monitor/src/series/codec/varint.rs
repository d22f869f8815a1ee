//! Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit says that more follow (LEB128).

/// Adds a number.
#[allow(clippy::cast_possible_truncation)] // seven bits on purpose
pub fn push(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Adds a number that may be negative, small ones of both signs in few bytes.
pub fn push_signed(out: &mut Vec<u8>, value: i64) {
    push(out, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
}

/// Takes a number from the beginning; none where it does not end or is too large.
pub fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(first & 0x7f);
        if shift == 63 && part > 1 {
            return None;
        }
        value |= part << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Takes a number of [`push_signed`].
pub fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    take(bytes).map(|value| (value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(one in any::<u64>(), other in any::<i64>()) {
            let mut bytes = Vec::new();
            push(&mut bytes, one);
            push_signed(&mut bytes, other);
            let mut rest = bytes.as_slice();
            prop_assert_eq!((take(&mut rest), take_signed(&mut rest)), (Some(one), Some(other)));
            prop_assert!(rest.is_empty());
        }
    }

    #[test]
    fn what_does_not_end_is_no_number() {
        assert_eq!(take(&mut [0x80; 3].as_slice()), None);
        assert_eq!(take(&mut [0xff; 11].as_slice()), None);
    }
}
