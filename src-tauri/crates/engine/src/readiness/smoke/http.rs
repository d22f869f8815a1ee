//! Asking over HTTP. What is sent and read is bounded; redirects are not followed.

use std::time::Duration;

use quarterdeck_model::{Instant, Outcome};
use quarterdeck_monitor::collectors::http::question::{Asker, Question, Replied};
use quarterdeck_readiness::{
    expect::{Expectation, Found},
    smoke::Ask,
};
use tokio::runtime::Handle;

use crate::readiness::gathering::Brought;

/// One client for a run.
pub(super) struct Client {
    network: Handle,
    asker: Asker,
}

impl Client {
    pub(super) fn new(network: Handle) -> Outcome<Self> {
        Ok(Self { network, asker: Asker::new()? })
    }

    /// Asks, and judges the answer.
    pub(super) fn ask(&self, ask: &Ask, expect: Option<&Expectation>, limit: Duration, now: Instant) -> Brought {
        let Ask::Http { method, url, headers, body, status } = ask else { return Brought::unknown("this is no request") };
        let question = Question { method, url, headers, body: body.as_deref(), limit };
        match self.network.block_on(self.asker.ask(&question)) {
            Err(why) => Brought::fails(why),
            Ok(replied) => judged(&replied, *status, expect, now).with(Some(transcript(&replied))),
        }
    }
}

fn judged(replied: &Replied, status: Option<u16>, expect: Option<&Expectation>, now: Instant) -> Brought {
    let right = status.map_or((200..300).contains(&replied.status), |status| status == replied.status);
    if !right {
        let wanted = status.map_or_else(|| "200 to 299".to_owned(), |status| status.to_string());
        return Brought::fails(format!("status {}, {wanted} expected", replied.status)).valued(Some(replied.status.to_string()));
    }
    match expect {
        None => Brought::holds(format!("status {}", replied.status)).valued(Some(replied.status.to_string())),
        Some(expect) => Brought::judged(expect, &Found::Text(replied.text()), now),
    }
}

fn transcript(replied: &Replied) -> String {
    let cut = if replied.is_cut { "\n… (the rest was not read)" } else { "" };
    format!("status {}\n{}{cut}", replied.status, replied.text())
}
