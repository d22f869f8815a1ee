//! Names that look the same: nobody is a second pair of eyes by writing the first one's name another way.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::{GeneralSecurityProfile, confusable_detection::skeleton};

/// True where people would take one name for the other: they differ in case, blanks, signs between letters, or in letters of other scripts
/// that look alike (Unicode Technical Standard 39, skeletons of confusable text).
pub(super) fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    // I is taken for l, and i for I: as written, and in small letters.
    small(&seen(&one)) == small(&seen(&other)) || seen(&small(&one)) == seen(&small(&other))
}

/// True for a name that has a letter or figure, and nothing that nobody sees: marks that turn the direction of writing, joiners, fillers.
pub(super) fn is_visible(name: &str) -> bool {
    let is_seen = |c: char| is_letter(c) || c == ' ' || c.is_ascii_punctuation() || is_sign(c);
    !letters(name).is_empty() && name.chars().all(is_seen) && !name.starts_with(is_combining_mark)
}

/// Of those that are in use: no fillers, no letters that exist for old encodings only (UTS 39, general security profile).
fn is_letter(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && c.identifier_allowed()
}

/// Signs that are part of names: apostrophes, dashes, middle dots.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2018}' | '\u{2019}' | '\u{b7}' | '\u{30fb}')
}

/// What tells names apart.
fn letters(name: &str) -> String {
    name.nfkc().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect()
}

fn seen(text: &str) -> String {
    skeleton(text).collect()
}

fn small(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_would_take_for_the_same_name_is_the_same_name() {
        let ada = "Ada Illich";
        for other in [
            "ada illich",
            "ADA ILLICH",
            "Ada  Illich",
            "AdaIllich",
            "Ada\u{a0}Illich",
            "Ada-Illich",
            "Ada Illich.",
            "Ada lllich",
            "Аdа Illich",
        ] {
            assert!(alike(ada, other), "{other}");
        }
        assert!(alike("Zo\u{eb}", "Zoe\u{308}"), "composed or not");
        assert!(alike("Ａｄａ", "Ada"), "wide letters");
        assert!(alike("Сара", "Capa"), "all of it in another script");
        for other in ["Ada Ilich", "Bob", "Ada", "Adá Illich"] {
            assert!(!alike(ada, other), "{other}");
        }
    }

    #[test]
    fn a_name_is_seen_whole() {
        for name in ["Ada", "Jean-Luc O'Neill", "Jean‑Luc", "Sara Bíró", "Zoe\u{308}", "李小龍", "X Æ A-12", "D’Arcy"] {
            assert!(is_visible(name), "{name}");
        }
        for name in ["", "...", "Ada\u{200b}", "Ada\u{202e}", "\u{3164}", "Ada\u{200d}", "Ａｄａ", "Ada\u{2028}", "Ada\u{feff}"] {
            assert!(!is_visible(name), "{name:?}");
        }
    }
}
