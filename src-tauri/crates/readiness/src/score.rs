//! The score: the share of weight that holds, and what costs points.

use std::collections::BTreeMap;

use quarterdeck_model::readiness::{CategoryScore, Item, ItemState, LostPoints, ReadinessCategory, Score};

use crate::standing::is_held;

/// The score over all items that have a category. What does not apply counts for nothing; what is waived counts as held.
///
/// Rounded down, so that 100 says that nothing is lost; points lost are rounded up.
pub(crate) fn of(items: &[Item]) -> Score {
    let mut categories: BTreeMap<ReadinessCategory, Tally<'_>> = BTreeMap::new();
    let mut all = Tally::default();
    for item in items.iter().filter(|item| item.state != ItemState::NotApplicable && item.weight > 0) {
        if let Some(category) = item.category {
            categories.entry(category).or_default().count(item);
            all.count(item);
        }
    }
    let categories =
        categories.into_iter().filter_map(|(category, tally)| Some(CategoryScore { category, score: tally.score()?, lost: tally.lost() }));
    Score { total: all.score(), categories: categories.collect(), before: None }
}

#[derive(Default)]
struct Tally<'a> {
    held: u64,
    of: u64,
    lost: Vec<&'a Item>,
}

impl<'a> Tally<'a> {
    fn count(&mut self, item: &'a Item) {
        self.of += u64::from(item.weight);
        if is_held(item.state) {
            self.held += u64::from(item.weight);
        } else {
            self.lost.push(item);
        }
    }

    /// 0 to 100; none where nothing counts.
    fn score(&self) -> Option<u32> {
        (self.held * 100).checked_div(self.of).and_then(|score| u32::try_from(score).ok())
    }

    fn lost(&self) -> Vec<LostPoints> {
        let mut lost: Vec<LostPoints> = self
            .lost
            .iter()
            .map(|item| LostPoints {
                item: item.id.clone(),
                points: u32::try_from((u64::from(item.weight) * 100).div_ceil(self.of)).unwrap_or(100),
                sentence: item.sentence.clone(),
                cure: item.cure.clone(),
            })
            .collect();
        lost.sort_by_key(|lost| std::cmp::Reverse(lost.points));
        lost
    }
}
