//! How much room columns get. A column that fits its content takes what it likes before the others, so its content is looked at first.

use crate::{Column, Width};

/// Letters of a line across a sheet, about.
const LINE: usize = 100;
/// What columns that fit may take of it where others share the rest.
const FITTED: usize = 60;

/// Parts of the room that each column shares in; 0 for a column that fits. Where those would leave no room, the widest of them share instead.
///
/// `longest` is the number of letters in each column's longest line.
pub(super) fn shares(columns: &[Column], longest: &[usize]) -> Vec<u16> {
    let mut shares: Vec<u16> = columns.iter().map(share).collect();
    let sharing = shares.iter().filter(|share| **share > 0).count();
    let usual = shares.iter().sum::<u16>().checked_div(u16::try_from(sharing).unwrap_or(1)).unwrap_or(1).max(1);
    let bound = if sharing > 0 { FITTED } else { LINE };
    loop {
        let fitted =
            || shares.iter().zip(longest).enumerate().filter(|(_, (share, _))| **share == 0).map(|(at, (_, letters))| (*letters, at));
        let taken: usize = fitted().map(|(letters, _)| letters + 2).sum();
        match fitted().max() {
            Some((_, widest)) if taken > bound => shares[widest] = usual,
            _ => return shares,
        }
    }
}

fn share(column: &Column) -> u16 {
    match column.width {
        Width::Fit => 0,
        Width::Share(parts) => parts.clamp(1, 1000),
    }
}

/// Letters of the longest line.
pub(super) fn longest_line(text: &str) -> usize {
    text.lines().map(|line| line.chars().take(LINE + 1).count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_fits_as_long_as_it_leaves_room() {
        let columns = [Column::short("a"), Column::words("b", 4), Column::number("c"), Column::words("d", 2)];
        assert_eq!(shares(&columns, &[12, 900, 6, 900]), [0, 4, 0, 2]);
        assert_eq!(shares(&columns, &[58, 900, 6, 900]), [3, 4, 0, 2]);
        assert_eq!(shares(&columns, &[101, 900, 101, 900]), [3, 4, 3, 2]);
        assert_eq!(shares(&columns[..1], &[98]), [0]);
        assert_eq!(shares(&columns[..1], &[99]), [1]);
        assert_eq!(shares(&[], &[]), [0u16; 0]);
        assert_eq!(longest_line("ab\nabc\n"), 3);
    }
}
