//! A set of page numbers: one bit a page, so that a database of a terabyte still fits.

/// Page numbers, counted from 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageSet {
    words: Vec<u64>,
    count: u64,
}

impl PageSet {
    /// Puts a page in, or takes it out.
    pub fn set(&mut self, page: u32, wanted: bool) {
        let (word, bit) = place(page);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        if self.contains(page) != wanted {
            self.words[word] ^= bit;
            self.count = if wanted { self.count + 1 } else { self.count - 1 };
        }
    }

    /// True for pages that are in it.
    pub fn contains(&self, page: u32) -> bool {
        let (word, bit) = place(page);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Takes out all pages behind `last`.
    pub fn truncate(&mut self, last: u32) {
        let beyond: Vec<u32> = self.iter().filter(|page| *page > last).collect();
        beyond.into_iter().for_each(|page| self.set(page, false));
    }

    /// How many pages are in it.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// The pages, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..)
            .zip(&self.words)
            .flat_map(|(index, &bits)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| index * 64 + bit))
    }
}

fn place(page: u32) -> (usize, u64) {
    (page as usize / 64, 1 << (page % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_in_once_and_come_out_in_order() {
        let mut set = PageSet::default();
        for page in [700, 1, 64, 63, 700, 5] {
            set.set(page, true);
        }
        set.set(5, false);
        set.set(9999, false);
        assert_eq!((set.iter().collect::<Vec<_>>(), set.len()), (vec![1, 63, 64, 700], 4));
        assert!(set.contains(64) && !set.contains(5) && !set.contains(1_000_000));
        set.truncate(64);
        assert_eq!((set.iter().collect::<Vec<_>>(), set.len()), (vec![1, 63, 64], 3));
    }
}
