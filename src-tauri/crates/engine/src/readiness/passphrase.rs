//! What people type to sign: kept as Argon2id only, with the second recommended choice of RFC 9106 (64 MiB, 3 passes, 4 lanes).

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, SaltString},
};
use quarterdeck_model::{Fault, Outcome, readiness::Passphrase};

/// KiB of memory for one hash.
const MEMORY: u32 = 64 * 1024;

/// A shorter one is guessed; in characters.
const SHORTEST: usize = 10;

/// A longer one is no passphrase; in bytes.
const LONGEST: usize = 1024;

/// Letters and figures that nobody mistakes for another: 32 of them, five bits each.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The hash of a passphrase, as a PHC string.
pub(super) fn hash(passphrase: &Passphrase) -> Outcome<String> {
    let mut salt = [0; 16];
    fill(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| broken(&error))?;
    let hash = argon2()?.hash_password(passphrase.0.as_bytes(), &salt).map_err(|error| broken(&error))?;
    Ok(hash.to_string())
}

/// True where a hash is that of a passphrase. Takes as long as making one.
pub(super) fn is_of(passphrase: &Passphrase, hash: &str) -> Outcome<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| broken(&error))?;
    match argon2()?.verify_password(passphrase.0.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::Password) => Ok(false),
        Err(error) => Err(broken(&error)),
    }
}

/// Refuses a new passphrase with `weak-passphrase`.
pub(super) fn ensure_strong(passphrase: &Passphrase, name: &str) -> Outcome<()> {
    let text = &passphrase.0;
    let weak = |why: &str| {
        Err(Fault::usage("weak-passphrase", format!("The passphrase {why}.")).hint("Choose some words that nobody would guess."))
    };
    let mut distinct: Vec<char> = text.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    match text {
        _ if text.chars().count() < SHORTEST => weak("has fewer than ten characters"),
        _ if text.len() > LONGEST => weak("is longer than 1024 bytes"),
        _ if distinct.len() < 4 => weak("has fewer than four different characters"),
        _ if text.trim().eq_ignore_ascii_case(name) => weak("is the person's name"),
        _ => Ok(()),
    }
}

/// A word that sets a passphrase once: 80 bits from the operating system.
pub(super) fn one_time_word() -> Outcome<Passphrase> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(Passphrase(groups.join("-")))
}

/// A one-time word as it is compared: however it was typed.
pub(super) fn plain_word(word: &Passphrase) -> Passphrase {
    Passphrase(word.0.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect())
}

fn argon2() -> Outcome<Argon2<'static>> {
    let params = Params::new(MEMORY, 3, 4, None).map_err(|error| Fault::bug(format!("Argon2 refused its parameters: {error}.")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn fill(bytes: &mut [u8]) -> Outcome<()> {
    getrandom::fill(bytes).map_err(|error| {
        Fault::failed("no-randomness", format!("The operating system gave no random numbers: {error}.")).hint("Check /dev/urandom.")
    })
}

fn broken(error: &Error) -> Fault {
    Fault::bug(format!("A passphrase could not be hashed: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Passphrase {
        Passphrase(text.to_owned())
    }

    #[test]
    fn a_hash_is_of_one_passphrase_and_names_its_cost() {
        let hash = hash(&of("a quiet harbour")).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{hash}");
        assert!(is_of(&of("a quiet harbour"), &hash).unwrap());
        assert!(!is_of(&of("a quiet harbor"), &hash).unwrap());
        assert!(is_of(&of("x"), "not a hash").is_err());
    }

    #[test]
    fn weak_ones_are_refused() {
        for weak in ["short", "aaaaaaaaaaaa", "ada lovelace", &"x1y2".repeat(300)] {
            assert!(ensure_strong(&of(weak), "Ada Lovelace").unwrap_err().is("weak-passphrase"), "{weak}");
        }
        assert!(ensure_strong(&of("a quiet harbour"), "Ada Lovelace").is_ok());
    }

    #[test]
    fn one_time_words_differ_and_are_read_however_they_are_typed() {
        let word = one_time_word().unwrap();
        assert_eq!(word.0.len(), 19);
        assert_ne!(word, one_time_word().unwrap());
        assert_eq!(plain_word(&of(&word.0.to_uppercase().replace('-', " "))), plain_word(&word));
    }
}
