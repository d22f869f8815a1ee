//! When a message that was not taken is tried again: pure, it knows no clock.

use std::time::Duration;

use crate::sample::Moment;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(5);

/// No wait is longer, unless the server asked for it.
const LONGEST: Duration = Duration::from_secs(300);

/// After this a message has failed.
const LIMIT: Duration = Duration::from_secs(900);

/// Tries of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// When it was tried first.
    pub first: Moment,
    /// How often it was tried.
    pub count: u32,
}

impl Tries {
    /// Before the first try.
    pub fn new(now: Moment) -> Self {
        Self { first: now, count: 0 }
    }

    /// One more was made at `now` and not taken; `after` is what the server asked to wait. When to try again; nothing where it has
    /// failed. Waits are 5, 10, 20 … 300 s. A message is tried for 15 minutes, and once more at the end of a longer wait that the server
    /// itself asked for.
    pub fn again(&mut self, now: Moment, after: Option<Duration>) -> Option<Moment> {
        self.count = self.count.saturating_add(1);
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.count.saturating_sub(1)));
        let own = doubled.min(LONGEST);
        let next = plus(now, own.max(after.unwrap_or_default()));
        let end = plus(self.first, LIMIT);
        // A clock that was set back does not make a message last for ever.
        let spent = now >= end || self.count > 50;
        let asked = after.is_some_and(|after| after > own);
        if spent || (next > end && !asked) { None } else { Some(next) }
    }
}

fn plus(at: Moment, wait: Duration) -> Moment {
    at.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Moment = 1000;

    /// When a message is tried that nobody takes, in seconds after its first try.
    fn tried(after: impl Fn(u32) -> Option<Duration>) -> Vec<Moment> {
        let (mut tries, mut now, mut all) = (Tries::new(0), 0, vec![0]);
        while let Some(next) = tries.again(now, after(tries.count)) {
            now = next;
            all.push(now / SECOND);
        }
        all
    }

    #[test]
    fn waits_double_up_to_five_minutes_and_end_after_fifteen() {
        assert_eq!(tried(|_| None), [0, 5, 15, 35, 75, 155, 315, 615]);
    }

    #[test]
    fn what_the_server_asks_for_counts_where_it_is_longer() {
        let once = |seconds: u64| move |count: u32| (count == 0).then_some(Duration::from_secs(seconds));
        assert_eq!(tried(once(60))[..3], [0, 60, 70]);
        assert_eq!(tried(once(1))[..3], [0, 5, 15]);
        assert_eq!(tried(once(3600)), [0, 3600]);
    }

    proptest! {
        #[test]
        fn it_always_ends(afters in proptest::collection::vec(proptest::option::of(0_u64..10_000), 1..80), steps in proptest::collection::vec(-100_000_i64..100_000, 80)) {
            let mut tries = Tries::new(0);
            let mut now = 0;
            let mut ended = false;
            for (at, step) in steps.iter().enumerate() {
                match tries.again(now, afters[at % afters.len()].map(Duration::from_secs)) {
                    Some(next) => {
                        prop_assert!(next >= now + 5 * SECOND);
                        now = next + step;
                    }
                    None => {
                        ended = true;
                        break;
                    }
                }
            }
            prop_assert!(ended);
        }
    }
}
