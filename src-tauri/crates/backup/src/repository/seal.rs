//! How the format seals a piece: AES-256 in counter mode under Poly1305-AES, in front of it sixteen random bytes
//! (<https://restic.readthedocs.io/en/stable/100_references.html#keys-encryption-and-mac>). The library seals and opens for itself only;
//! looking after single pieces, and saving the sound ones out of a damaged file, needs it here.

use std::num::NonZeroU32;

use aes256ctr_poly1305aes::{Aes256CtrPoly1305Aes, Key, Nonce, aead::Aead};
use quarterdeck_model::{Fault, Outcome};
use rustic_core::repofile::MasterKey;

use crate::secret;

const NONCE: usize = 16;

/// In files that are no packs, this first byte says that the rest is compressed.
const COMPRESSED: u8 = 2;

/// No file that is no pack comes near.
const MOST_BYTES: usize = 1 << 30;

/// Opens and seals with the key of one repository.
pub(super) struct Seal(Aes256CtrPoly1305Aes);

impl Seal {
    pub(super) fn new(key: &MasterKey) -> Self {
        Self::of_parts(&key.encrypt, &key.mac.k, &key.mac.r)
    }

    /// From the key of the cipher and the two of the signature.
    pub(super) fn of_parts(encrypt: &[u8], k: &[u8], r: &[u8]) -> Self {
        Self(Aes256CtrPoly1305Aes::new(Key::from_slice(&[encrypt, k, r].concat())))
    }

    /// The content of something sealed; `None` where it does not carry the key's signature.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE)?;
        self.0.decrypt(Nonce::from_slice(nonce), rest).ok()
    }

    /// The content of a piece of a pack, unpacked where its length before packing is known.
    pub(super) fn open_piece(&self, sealed: &[u8], unpacked: Option<NonZeroU32>) -> Option<Vec<u8>> {
        let content = self.open(sealed)?;
        let Some(length) = unpacked else { return Some(content) };
        let content = zstd::bulk::decompress(&content, usize::try_from(length.get()).ok()?).ok()?;
        (u32::try_from(content.len()) == Ok(length.get())).then_some(content)
    }

    /// The content of a file that is no pack: an index, a snapshot's entry, a lock.
    pub(super) fn open_file(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let content = self.open(sealed)?;
        match content.first() {
            Some(b'{' | b'[') => Some(content),
            Some(&COMPRESSED) => zstd::decode_all(&content[1..]).ok().filter(|content| content.len() < MOST_BYTES),
            _ => None,
        }
    }

    /// Seals.
    pub(super) fn close(&self, content: &[u8]) -> Outcome<Vec<u8>> {
        let nonce = secret::random::<NONCE>()?;
        let sealed = self.0.encrypt(Nonce::from_slice(&nonce), content).map_err(|_| Fault::bug("A piece could not be sealed."))?;
        Ok([&nonce[..], &sealed].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_no_byte_of_it_can_be_another() {
        let seal = Seal::new(&MasterKey::new());
        let sealed = seal.close(b"twelve words").unwrap();
        assert_eq!(sealed.len(), 12 + 32);
        assert_eq!(seal.open(&sealed).unwrap(), b"twelve words");
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(seal.open(&other).is_none(), "byte {at}");
        }
        assert!(seal.open(&sealed[..15]).is_none() && Seal::new(&MasterKey::new()).open(&sealed).is_none());
    }

    #[test]
    fn a_piece_is_as_long_as_the_index_says_or_it_is_not_whole() {
        let seal = Seal::new(&MasterKey::new());
        let sealed = seal.close(&zstd::bulk::compress(b"aaaaaaaaaaaaaaaa", 3).unwrap()).unwrap();
        assert_eq!(seal.open_piece(&sealed, NonZeroU32::new(16)).unwrap(), b"aaaaaaaaaaaaaaaa");
        assert!(seal.open_piece(&sealed, NonZeroU32::new(15)).is_none() && seal.open_piece(&sealed, NonZeroU32::new(17)).is_none());
    }
}
