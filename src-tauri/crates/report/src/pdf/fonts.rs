//! The fonts of a PDF, carried along: a server has none. Their licences lie beside them.

use std::sync::LazyLock;

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

/// First is asked first: Inter for everything, JetBrains Mono for code and digests, DejaVu Sans for what neither has.
const FILES: [&[u8]; 3] =
    [include_bytes!("../fonts/inter.ttf"), include_bytes!("../fonts/jetbrains-mono.ttf"), include_bytes!("../fonts/dejavu-sans.ttf")];

/// Fonts that were read, and the library's list of them.
pub(super) struct Fonts {
    pub fonts: Vec<Font>,
    pub book: LazyHash<FontBook>,
}

/// Read once.
pub(super) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Fonts { fonts, book }
});

impl Fonts {
    /// Whether a letter can be set at all.
    pub fn have(&self, c: char) -> bool {
        self.fonts.iter().any(|font| font.info().coverage.contains(c.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fonts_are_read_and_known_by_the_names_of_the_template() {
        let families: Vec<&str> = FONTS.fonts.iter().map(|font| font.info().family.as_str()).collect();
        assert_eq!(families, ["Inter", "JetBrains Mono", "DejaVu Sans"]);
        for c in "Aéñőßçğ Ωλ Жй «»“”„…–— €£ ≤≥±×÷µ° ✓✗●◆ שלום مرحبا ქართ Հայ".chars()
        {
            assert!(FONTS.have(c), "{c}");
        }
        assert!(!FONTS.have('中'));
    }
}
