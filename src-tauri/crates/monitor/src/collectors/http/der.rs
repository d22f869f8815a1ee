//! The three facts of a certificate that are shown: when it ends, whose it is, who signed it. Everything else about it is judged by
//! webpki. DER is read as ITU-T X.690 §8 and §11 have it, a certificate as RFC 5280 §4.1.

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'d> {
    /// The last second at which it is valid, in seconds since 1970.
    pub until: i64,
    /// Whose it is, as it is written.
    pub subject: &'d [u8],
    /// Who signed it, as it is written.
    pub issuer: &'d [u8],
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`, which holds the version.
const VERSION: u8 = 0xa0;

/// Reads a certificate; nothing where the bytes are none.
pub fn read(der: &[u8]) -> Option<Certificate<'_>> {
    let mut signed = Der(Der(der).take(SEQUENCE)?);
    let mut body = Der(signed.take(SEQUENCE)?);
    if body.next() == Some(VERSION) {
        body.take(VERSION)?;
    }
    body.take(INTEGER)?; // its number
    body.take(SEQUENCE)?; // the algorithm of its signature
    let issuer = body.take(SEQUENCE)?;
    let mut validity = Der(body.take(SEQUENCE)?);
    validity.time()?;
    let until = validity.time()?;
    let subject = body.take(SEQUENCE)?;
    Some(Certificate { until, subject, issuer })
}

/// What is left to read.
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    fn next(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next element, which must have this tag.
    fn take(&mut self, tag: u8) -> Option<&'d [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Lengths of more than four bytes are of no certificate.
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from 2050 on (RFC 5280 §4.1.2.5).
    fn time(&mut self) -> Option<i64> {
        let (text, century) = match self.next()? {
            UTC_TIME => (self.take(UTC_TIME)?, None),
            _ => (self.take(GENERALIZED_TIME)?, Some(())),
        };
        let digits = text.strip_suffix(b"Z")?;
        let mut parts = digits.chunks_exact(2).map(two_digits);
        let mut part = || parts.next()?;
        let year = match century {
            None => part().map(|year| if year < 50 { 2000 + year } else { 1900 + year })?,
            Some(()) => part()? * 100 + part()?,
        };
        let (month, day, hour, minute, second) = (part()?, part()?, part()?, part()?, part()?);
        let whole = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
        whole.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}

fn two_digits(pair: &[u8]) -> Option<i64> {
    pair.iter().all(u8::is_ascii_digit).then(|| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0'))
}

/// Days since 1970-01-01 in the Gregorian calendar. Years are counted from March, so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    #[test]
    fn the_end_is_read_in_both_forms() {
        for (year, month, day, until) in
            [(2026, 11, 23, 1_795_392_000), (2049, 12, 31, 2_524_521_600), (2050, 1, 1, 2_524_608_000), (2100, 3, 1, 4_107_542_400)]
        {
            let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
            params.not_before = date_time_ymd(2000, 2, 29);
            params.not_after = date_time_ymd(year, month, day);
            let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            let read = read(der.der()).unwrap();
            assert_eq!(read.until, until, "{year}-{month}-{day}");
            assert_eq!(read.subject, read.issuer);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..400, at in 0_usize..400, byte: u8) {
            let _ = read(&bytes);
            let der = CertificateParams::new(["a.example".to_owned()]).unwrap().self_signed(&KeyPair::generate().unwrap()).unwrap();
            let mut der = der.der().to_vec();
            let at = at % der.len();
            der[at] = byte;
            let _ = read(&der);
            let _ = read(&der[..cut.min(der.len())]);
        }
    }
}
