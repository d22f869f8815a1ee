//! What was not measured of a time over which evidence is asked, and how that is said.

use quarterdeck_model::{Instant, Millis, monitor::TimeSpan, readiness::EvidenceVerdict};

use super::Brought;

/// Where more than one of so many moments was not measured, nothing is known of the whole.
const MISSING_OF: i64 = 10;

/// What was not measured of a time.
pub(super) struct Missing {
    /// So long, in milliseconds.
    pub time: i64,
    /// Of so much.
    pub of: i64,
    /// Of it, from its first minute until its last.
    pub span: (i64, i64),
    /// In which parts of it.
    pub gaps: Vec<TimeSpan>,
    /// Which series, as a query selects them; none where there was more that was not measured.
    pub what: Option<String>,
}

impl Missing {
    /// True where too little is left to say something of the whole.
    pub fn is_too_much(&self) -> bool {
        self.time.saturating_mul(MISSING_OF) > self.of
    }

    /// Where it is too much, it is said, and what holds in the rest is not known of the whole.
    pub fn said_beside(&self, mut brought: Brought) -> Brought {
        if !self.is_too_much() {
            return brought;
        }
        let what = self.what.as_ref().map(|what| format!("{what} ")).unwrap_or_default();
        let [time, of] = [self.time, self.of].map(|long| Millis(long.unsigned_abs()));
        if brought.verdict == EvidenceVerdict::Holds {
            brought.verdict = EvidenceVerdict::Unknown;
            brought.sentence = format!("{what}not measured for {time} of {of}{}; in the rest {}", self.when(), brought.sentence);
        } else {
            brought.sentence = format!("{}; {what}not measured for {time}{}", brought.sentence, self.when());
        }
        brought
    }

    /// Since when, or from when until when; of several gaps the longest.
    fn when(&self) -> String {
        let Some(gap) = self.gaps.iter().max_by_key(|gap| gap.until - gap.from) else { return String::new() };
        let before = if self.gaps.len() > 1 { ", longest" } else { "," };
        let begins = gap.from.timestamp_millis() > self.span.0;
        let ends = gap.until.timestamp_millis() < self.span.1;
        match (begins, ends) {
            (true, true) => format!("{before} from {} until {}", clock(gap.from), clock(gap.until)),
            (true, false) => format!("{before} since {}", clock(gap.from)),
            (false, true) => format!("{before} until {}", clock(gap.until)),
            (false, false) => String::new(),
        }
    }
}

/// A moment, to the minute.
pub(super) fn clock(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    /// An hour of which some minutes are missing, each gap from one until another.
    fn said(gaps: &[(i64, i64)], brought: Brought) -> Brought {
        let at = |minute: i64| Instant::from_timestamp_millis(minute * MINUTE).unwrap();
        let time = gaps.iter().map(|(from, until)| (until - from) * MINUTE).sum();
        let gaps = gaps.iter().map(|(from, until)| TimeSpan { from: at(*from), until: at(*until) }).collect();
        Missing { time, of: 60 * MINUTE, span: (0, 60 * MINUTE), gaps, what: Some("load".to_owned()) }.said_beside(brought)
    }

    #[test]
    fn what_is_missing_is_said_with_its_time() {
        let (from, until) = ("1970-01-01 00:10 UTC", "1970-01-01 00:20 UTC");
        for (gaps, when) in [
            (vec![(10, 20)], format!("load not measured for 10 min of 1 h, from {from} until {until}; in the rest 7")),
            (vec![(20, 60)], format!("load not measured for 40 min of 1 h, since {until}; in the rest 7")),
            (vec![(0, 10), (50, 51)], format!("load not measured for 11 min of 1 h, longest until {from}; in the rest 7")),
            (vec![(0, 60)], "load not measured for 1 h of 1 h; in the rest 7".to_owned()),
        ] {
            let said = said(&gaps, Brought::holds("7"));
            assert_eq!((said.verdict, said.sentence), (EvidenceVerdict::Unknown, when));
        }
    }

    #[test]
    fn a_tenth_may_be_missing_and_what_fails_fails_all_the_same() {
        let whole = said(&[(10, 16)], Brought::holds("7"));
        assert_eq!((whole.verdict, whole.sentence.as_str()), (EvidenceVerdict::Holds, "7"));
        let failed = said(&[(10, 17)], Brought::fails("9"));
        let words = "9; load not measured for 7 min, from 1970-01-01 00:10 UTC until 1970-01-01 00:17 UTC";
        assert_eq!((failed.verdict, failed.sentence.as_str()), (EvidenceVerdict::Fails, words));
    }
}
