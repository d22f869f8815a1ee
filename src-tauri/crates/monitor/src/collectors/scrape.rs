//! What a service measures of itself, in Prometheus's text format.

use std::time::Duration;

use quarterdeck_model::{Fault, Outcome};
use reqwest::{
    Response,
    header::{ACCEPT, CONTENT_TYPE},
};

use super::{
    Online, Visit, Visiting,
    http::{
        Target,
        client::{Connections, Visitor, within},
        words,
    },
};
use crate::{
    exposition::{Limits, Parser, Scraped},
    gathered::Gathered,
};

/// Plain text before OpenMetrics: both say the same, and the first is what everybody serves best.
const FORMATS: &str = "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1";

/// Fetches an address and reads what it serves: all of it, or nothing.
pub struct Scrape {
    visitor: Visitor,
    limits: Limits,
}

impl Scrape {
    /// Fault: `bad-address`.
    pub fn new(target: Target, limits: Limits) -> Outcome<Self> {
        Ok(Self { visitor: Visitor::new(target, Connections::Kept)?, limits })
    }
}

impl Online for Scrape {
    fn collect<'v>(&'v mut self, visit: &'v Visit, into: &'v mut Gathered) -> Visiting<'v> {
        Box::pin(async move {
            let limit = within(visit.limit);
            let request = self.visitor.request(limit).await?;
            let (_, _) = (self.visitor.note.take(), self.visitor.watch.take());
            let request = request.header(ACCEPT, FORMATS).header("X-Prometheus-Scrape-Timeout-Seconds", limit.as_secs_f64().to_string());
            let scraped = match tokio::time::timeout(limit, self.fetch(request, limit)).await {
                Ok(scraped) => scraped?,
                Err(_) => return Err(self.unanswered(&words::silent(limit))),
            };
            if scraped.duplicates > 0 {
                into.remarks
                    .push(format!("{} samples of series that had come before in the same answer were left out.", scraped.duplicates));
            }
            into.readings.extend(scraped.readings);
            Ok(())
        })
    }
}

impl Scrape {
    async fn fetch(&self, request: reqwest::RequestBuilder, limit: Duration) -> Outcome<Scraped> {
        let explained = |error: reqwest::Error| self.unanswered(&words::reason(&error, &self.visitor.note.peek(), limit));
        let again = request.try_clone();
        let mut answer = match (request.send().await, again) {
            // A connection that was kept, and that the other side closed at this very moment.
            (Err(error), Some(again)) if !error.is_timeout() && self.visitor.watch.connections() == 0 => {
                again.send().await.map_err(explained)?
            }
            (sent, _) => sent.map_err(explained)?,
        };
        self.accept(&answer)?;
        let mut parser = Parser::new(self.limits);
        if is_open_metrics(&answer) {
            parser = parser.open_metrics();
        }
        // Unpacked a piece at a time, and counted as it comes: gigabytes end at the limit, whatever they were packed into.
        while let Some(piece) = answer.chunk().await.map_err(explained)? {
            parser.feed(&piece).map_err(|fault| self.named(fault))?;
        }
        parser.finish().map_err(|fault| self.named(fault))
    }

    fn accept(&self, answer: &Response) -> Outcome<()> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(Fault::failed("scrape-refused", format!("{} answered {}; its metrics were wanted.", self.visitor.address(), status.as_u16()))
            .hint("Look at the address with a browser; many services serve their metrics under /metrics, some only to those who sign in.")
            .fact("status", status.as_u16())
            .may_retry())
    }

    /// Says of a fault in the text whose text it is.
    fn named(&self, mut fault: Fault) -> Fault {
        fault.message = format!("{}: {}", self.visitor.address(), fault.message);
        fault
    }

    fn unanswered(&self, why: &str) -> Fault {
        Fault::failed("scrape-unanswered", format!("{} could not be asked: {why}.", self.visitor.address()))
            .hint("Look whether the service runs and serves that address.")
            .may_retry()
    }
}

fn is_open_metrics(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/openmetrics-text"))
}
