//! How many messages a channel is handed: pure, it knows no clock.

use std::{collections::VecDeque, time::Duration};

use crate::sample::Moment;

/// So many.
pub const MOST: usize = 30;

/// In so long.
const WITHIN: Duration = Duration::from_secs(60);

/// The messages of one channel: 30 in any minute.
#[derive(Debug, Clone, Default)]
pub struct Rate {
    sent: VecDeque<Moment>,
}

impl Rate {
    /// Takes a place for a message; or says when there is one.
    pub fn take(&mut self, now: Moment) -> Result<(), Moment> {
        let span = i64::try_from(WITHIN.as_millis()).unwrap_or(i64::MAX);
        // What lies ahead is from before a clock was set back.
        self.sent.retain(|at| *at <= now && now - at < span);
        if self.sent.len() < MOST {
            self.sent.push_back(now);
            return Ok(());
        }
        Err(self.sent.front().map_or(now, |first| first + span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thirty_in_a_minute() {
        let mut rate = Rate::default();
        assert!((0..30).all(|second| rate.take(second * 1000).is_ok()));
        assert_eq!(rate.take(30_000), Err(60_000));
        assert_eq!(rate.take(59_999), Err(60_000));
        assert_eq!(rate.take(60_000), Ok(()));
        assert_eq!(rate.take(60_000), Err(61_000));
        assert_eq!(rate.take(-5), Ok(()), "a clock that was set back does not close the channel");
    }

    proptest! {
        #[test]
        fn no_minute_has_more(mut moments in proptest::collection::vec(0_i64..600_000, 0..400)) {
            moments.sort_unstable();
            let mut rate = Rate::default();
            let sent: Vec<Moment> = moments.into_iter().filter(|at| rate.take(*at).is_ok()).collect();
            for window in sent.windows(MOST + 1) {
                prop_assert!(window[MOST] - window[0] >= 60_000);
            }
        }
    }
}
