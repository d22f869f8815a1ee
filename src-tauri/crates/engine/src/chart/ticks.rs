//! Round figures along an axis of durations. Pure.

/// Steps that people count time in, in milliseconds.
const STEPS: [f64; 28] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 20e3, 30e3, 60e3, 120e3, 300e3, 600e3, 1_200e3, 1_800e3,
    3_600e3, 7_200e3, 10_800e3, 21_600e3, 43_200e3, 86_400e3, 604_800e3,
];

/// Ticks that fit beside each other.
const MOST: usize = 6;

/// From zero to `high` in even steps, zero included.
pub(super) fn even(high: f64) -> Vec<f64> {
    let step = STEPS.into_iter().find(|step| high / step <= MOST as f64).unwrap_or(high / MOST as f64);
    (0..=MOST).map(|tick| tick as f64 * step).take_while(|tick| *tick <= high).collect()
}

/// Round figures between two bounds, thinned out.
pub(super) fn uneven(low: f64, high: f64) -> Vec<f64> {
    let inside: Vec<f64> = STEPS.into_iter().filter(|step| (low..=high).contains(step)).collect();
    let every = inside.len().div_ceil(MOST).max(1);
    inside.into_iter().step_by(every).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_counted_as_people_count_them() {
        assert_eq!(even(4_140e3), [0.0, 1_200e3, 2_400e3, 3_600e3]);
        assert_eq!(even(2_300.0), [0.0, 500.0, 1e3, 1_500.0, 2e3]);
        assert_eq!(uneven(450.0, 120e3), [500.0, 2e3, 10e3, 30e3, 120e3]);
    }

    proptest! {
        #[test]
        fn there_are_never_too_many(low in 1.0..1e9_f64, ratio in 1.0..1e6_f64) {
            prop_assert!(even(low).len() <= MOST + 1);
            prop_assert!(uneven(low, low * ratio).len() <= MOST);
        }
    }
}
