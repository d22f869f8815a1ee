//! A dead man's switch: an address elsewhere is visited as long as we live, and whoever is there raises the alarm when that stops
//! (Healthchecks, Dead Man's Snitch, a cron monitor).

use std::{path::Path, time::Duration};

use reqwest::Method;

use super::{
    Delivery,
    http::{Http, Question},
    secret::{Revealed, Secret},
};
use crate::sample::Moment;

/// How long a visit may take.
const LIMIT: Duration = Duration::from_secs(10);

/// After a visit that failed the next one comes earlier.
const AGAIN: Duration = Duration::from_secs(30);

/// An address that is visited as long as we live.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    http: Http,
    address: Secret,
    every: Duration,
    posts: bool,
}

impl Heartbeat {
    /// An address, `env:NAME` or `file:PATH` (relative to the folder); how often; POST in place of GET.
    pub fn new(address: &str, folder: &Path, every: Duration, posts: bool) -> Self {
        Self { http: Http::default(), address: Secret::new(address, folder), every, posts }
    }

    /// Where, without what may be secret.
    pub fn summary(&self) -> String {
        super::host_of(&self.address)
    }

    /// When it is due: at once where it never was, at its time after a visit that was answered, and earlier after one that was not. After a
    /// clock was set back it is due at once.
    pub fn due(&self, now: Moment, last: Option<Visited>) -> Moment {
        let Some(last) = last.filter(|last| last.at <= now) else { return now };
        let wait = if last.answered { self.every } else { self.every.min(AGAIN) };
        last.at.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    }

    /// Visits it once.
    pub async fn visit(&self, now: Moment) -> Delivery {
        let mut revealed = Revealed::default();
        let address = match revealed.reveal(&self.address).await {
            Ok(address) => address,
            Err(fault) => return Delivery::from_fault(&fault),
        };
        revealed.note(&address);
        let method = if self.posts { Method::POST } else { Method::GET };
        let question = Question { method, address, body: Vec::new(), authorization: None };
        match self.http.ask(question, LIMIT, &mut revealed).await {
            Ok(answer) => answer.delivery(now),
            Err(delivery) => delivery,
        }
    }
}

/// The last visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visited {
    /// When.
    pub at: Moment,
    /// True where it was answered well.
    pub answered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_at_its_time_and_earlier_where_it_failed() {
        let heartbeat = Heartbeat::new("https://hc.example.org/ping/secret-uuid", Path::new(""), Duration::from_secs(300), false);
        let at = |at: Moment, answered: bool| Some(Visited { at, answered });
        assert_eq!(heartbeat.due(5, None), 5);
        assert_eq!(heartbeat.due(1_000, at(0, true)), 300_000);
        assert_eq!(heartbeat.due(1_000, at(0, false)), 30_000);
        assert_eq!(heartbeat.due(1_000, at(9_000, true)), 1_000);
        assert_eq!(heartbeat.summary(), "hc.example.org");
        assert!(!format!("{heartbeat:?}").contains("secret-uuid"));
    }
}
