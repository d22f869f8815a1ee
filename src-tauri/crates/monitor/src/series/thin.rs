//! Fewer values for a picture, and no peak lost: of each bucket its least and its most stay, in the order in which they came.

use crate::sample::is_absent;

/// Which values stay: places in the columns, ascending, the same for the times and for one series.
///
/// Columns of several series share their times; `pairs` therefore hands over values for two common places of each bucket instead.
pub fn pairs(values: &[f64], bucket: usize) -> Vec<f64> {
    if bucket <= 2 {
        return values.to_vec();
    }
    values.chunks(bucket).flat_map(|part| extremes(part).into_iter().take(part.len().min(2))).collect()
}

/// The times that go with [`pairs`]: the first of each bucket and the one in its middle.
pub fn moments(times: &[i64], bucket: usize) -> Vec<i64> {
    if bucket <= 2 {
        return times.to_vec();
    }
    times.chunks(bucket).flat_map(|part| [part[0], part[part.len() / 2]].into_iter().take(part.len().min(2))).collect()
}

/// How many values a bucket has, so that at most `most` are left of `count`; 1 where all may stay.
pub fn bucket(count: usize, most: usize) -> usize {
    if count <= most { 1 } else { (2 * count).div_ceil(most.max(2)).max(3) }
}

/// Least and most in the order in which they came. A bucket in which nothing was measured stays empty; NaN is shown where nothing else is.
fn extremes(part: &[f64]) -> [f64; 2] {
    let known = || part.iter().copied().enumerate().filter(|(_, value)| !is_absent(*value));
    let numbers = || known().filter(|(_, value)| !value.is_nan());
    let least = numbers().min_by(|one, other| one.1.total_cmp(&other.1));
    let most = numbers().max_by(|one, other| one.1.total_cmp(&other.1));
    match (least, most) {
        (Some(least), Some(most)) if least.0 <= most.0 => [least.1, most.1],
        (Some(least), Some(most)) => [most.1, least.1],
        _ => [known().next().map_or(crate::sample::ABSENT, |(_, value)| value); 2],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::ABSENT;

    proptest! {
        #[test]
        fn extremes_stay_and_nothing_is_made_up(values in proptest::collection::vec(prop_oneof![4 => -1e9_f64..1e9, 1 => Just(ABSENT)], 1..500), most in 2_usize..100) {
            let width = bucket(values.len(), most);
            let thin = pairs(&values, width);
            let times: Vec<i64> = (0..).take(values.len()).collect();
            let at = moments(&times, width);
            prop_assert_eq!(thin.len(), at.len());
            prop_assert!(at.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(thin.len() <= most.max(4) + 2);
            let ends = |all: &[f64]| {
                let known: Vec<f64> = all.iter().copied().filter(|value| !is_absent(*value)).collect();
                (known.iter().copied().reduce(f64::min), known.iter().copied().reduce(f64::max))
            };
            prop_assert_eq!(ends(&thin), ends(&values));
        }
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let mut values = vec![1.0; 40];
        values[10..30].fill(ABSENT);
        let thin = pairs(&values, 10);
        assert!(is_absent(thin[2]) && is_absent(thin[5]) && !is_absent(thin[1]) && !is_absent(thin[6]));
    }

    #[test]
    fn few_values_stay_as_they_are() {
        assert_eq!(bucket(100, 100), 1);
        assert_eq!(pairs(&[1.0, 2.0, 3.0], 1), [1.0, 2.0, 3.0]);
    }
}
