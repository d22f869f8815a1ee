//! Which of several deltas has the last word on each page.

use crate::{delta::Header, repository::Stored};
use quarterdeck_model::Outcome;

/// Pages that lie one after another, in the image and in the file, are read together up to this many bytes.
const TOGETHER: usize = 256 << 10;

/// A page, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Winner {
    page: u32,
    file: u32,
    slot: u32,
}

/// The pages that a run of deltas changes, each as the newest of them has it, in order.
pub(crate) struct Overlay {
    page_size: usize,
    /// Where in each file its pages begin.
    begins: Vec<u64>,
    winners: Vec<Winner>,
    at: usize,
}

impl Overlay {
    /// Of deltas in the order in which they are applied. Pages above the end of the last image are left out.
    pub(crate) fn new(headers: &[Header]) -> Self {
        let end = headers.last().map_or(0, |header| header.after);
        let mut seen = vec![0_u64; usize::try_from(end / 64 + 1).unwrap_or(0)];
        let mut winners = Vec::new();
        for (file, header) in headers.iter().enumerate().rev() {
            for (slot, &page) in header.numbers.iter().enumerate().filter(|(_, page)| u64::from(**page) <= end) {
                let (word, bit) = (page as usize / 64, 1 << (page % 64));
                if seen[word] & bit == 0 {
                    seen[word] |= bit;
                    // As many files and pages as a file can number.
                    winners.push(Winner { page, file: file as u32, slot: slot as u32 });
                }
            }
        }
        winners.sort_unstable_by_key(|winner| winner.page);
        let page_size = headers.first().map_or(0, |header| header.page_size as usize);
        Self { page_size, begins: headers.iter().map(|header| header.page_at(0)).collect(), winners, at: 0 }
    }

    /// The pages, from 1, ascending.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        self.winners.iter().map(|winner| winner.page).collect()
    }

    /// The page that is read next.
    pub(crate) fn next(&self) -> Option<u64> {
        self.winners.get(self.at).map(|winner| u64::from(winner.page))
    }

    /// Reads the next page, with those that follow on it where they lie behind it, to the end of `into`; how many pages these were.
    pub(crate) fn read(&mut self, stored: &mut dyn Stored, into: &mut Vec<u8>) -> Outcome<u64> {
        let rest = &self.winners[self.at..];
        let Some(&first) = rest.first() else { return Ok(0) };
        let follows = |(by, winner): &(u32, &Winner)| **winner == Winner { page: first.page + by, file: first.file, slot: first.slot + by };
        let count = (0_u32..).zip(rest.iter().take((TOGETHER / self.page_size).max(1))).take_while(follows).count();
        let begin = into.len();
        into.resize(begin + count * self.page_size, 0);
        let at = self.begins[first.file as usize] + u64::from(first.slot) * self.page_size as u64;
        stored.read_at(first.file as usize, at, &mut into[begin..])?;
        self.at += count;
        Ok(count as u64)
    }
}
