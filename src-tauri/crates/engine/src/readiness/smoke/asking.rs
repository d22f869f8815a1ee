//! Asking one case: once, and as often as its budget says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{
    CancelToken, Class, Fault, JobCtx, Millis, Outcome,
    job::{Listener, Progress},
    readiness::{Latency, SmokeOutcome},
};
use quarterdeck_monitor::collectors::http::asking::{Asking as Request, Reply as Answer};
use quarterdeck_readiness::{
    checklist::Source,
    expect::Found,
    smoke::{Asks, Case, HttpRequest, judge, latency, micros, without_query},
};
use quarterdeck_sqlite::question::Reply;

use super::copies::{Copies, database};
use crate::readiness::gathering::{self, Brought, Field, json};

/// Between two looks at the time and at who wants to stop.
const LOOK: Duration = Duration::from_millis(20);

/// How much longer than its case a single asking may take.
const LONGER: Duration = Duration::from_secs(1);

/// Where cases are asked: one system, and copies of its databases.
pub(super) struct Ground {
    pub field: Field,
    pub copies: Copies,
}

/// What came of a case.
pub(super) struct Answered {
    pub outcome: SmokeOutcome,
    pub sentence: String,
    pub detail: Option<String>,
    pub latency: Option<Latency>,
    pub asked: u64,
}

impl Answered {
    /// It could not be asked, and why.
    pub fn error(why: impl Into<String>) -> Self {
        Self { outcome: SmokeOutcome::Error, sentence: why.into(), detail: None, latency: None, asked: 0 }
    }

    fn passed(&self) -> bool {
        self.outcome == SmokeOutcome::Passed
    }
}

impl From<Brought> for Answered {
    fn from(brought: Brought) -> Self {
        Self { detail: brought.detail, ..Self::from((judge::outcome(brought.verdict), brought.sentence)) }
    }
}

impl From<judge::Went> for Answered {
    fn from((outcome, sentence): judge::Went) -> Self {
        Self { outcome, sentence, detail: None, latency: None, asked: 1 }
    }
}

/// One who asks; a load has several.
pub(super) struct Visitor<'g> {
    ground: &'g Ground,
    request: Option<Request>,
}

impl<'g> Visitor<'g> {
    pub fn new(ground: &'g Ground) -> Self {
        Self { ground, request: None }
    }

    /// Asks once. `Err` where the context is cancelled.
    pub fn once(&mut self, case: &Case, limit: Duration, ctx: &JobCtx) -> Outcome<Answered> {
        let asked = match &case.asks {
            Asks::Source(source) => self.source(case, source, limit, ctx),
            Asks::Copy { component, sql, .. } => self.copy(case, component.as_deref(), sql, limit, ctx),
            Asks::Http(request) => self.http(case, request, limit, ctx),
            Asks::Load { .. } => Err(Fault::bug("A load was asked by a load.")),
        };
        match asked {
            Err(fault) if fault.class == Class::Cancelled => Err(fault),
            Err(fault) => Ok(Answered::error(fault.message.trim_end_matches('.'))),
            asked => asked,
        }
    }

    fn source(&self, case: &Case, source: &Source, limit: Duration, ctx: &JobCtx) -> Outcome<Answered> {
        let field = &self.ground.field;
        if let (Source::Sql { component, sql, .. }, Some(words)) = (source, &case.expect.fails) {
            let database = match database(&field.system, component.as_deref()) {
                Ok(database) => database,
                Err(why) => return Ok(Answered::error(why)),
            };
            let reply = field.ask(database, sql, limit, ctx)?;
            return Ok(refusal(words, &reply));
        }
        let expect = (!case.expect.found.conditions.is_empty()).then_some(&case.expect.found);
        gathering::bring_source(field, source, expect, Some(limit), ctx).map(Answered::from)
    }

    fn copy(&self, case: &Case, component: Option<&str>, text: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Answered> {
        let field = &self.ground.field;
        let database = match database(&field.system, component) {
            Ok(database) => database,
            Err(why) => return Ok(Answered::error(why)),
        };
        let reply = self.ground.copies.ask(database, text, limit, ctx)?;
        if let Some(words) = &case.expect.fails {
            return Ok(refusal(words, &reply));
        }
        let unit = if let Asks::Copy { unit, .. } = &case.asks { *unit } else { quarterdeck_readiness::expect::Unit::Plain };
        Ok(match reply {
            Reply::Rows(rows) => gathering::judged_reply(&rows, database.name.as_str(), unit, &case.expect.found, field.now()).into(),
            Reply::Refused(why) => (SmokeOutcome::Failed, format!("a copy of {} refused it: {why}", database.name)).into(),
            Reply::None(why) => Answered::error(format!("a copy of {} did not answer: {why}", database.name)),
        })
    }

    fn http(&mut self, case: &Case, asked: &HttpRequest, limit: Duration, ctx: &JobCtx) -> Outcome<Answered> {
        let request = match self.request.take() {
            Some(request) => request,
            None => Request::new(&asked.method, &asked.url, &asked.headers, asked.body.as_deref())?,
        };
        let network = self.ground.field.scope.engine.network()?;
        let stopped = async {
            while !ctx.cancel_token().is_cancelled() {
                tokio::time::sleep(LOOK).await;
            }
        };
        let answer = network.block_on(async {
            tokio::select! {
                answer = request.ask(limit) => Some(answer),
                () = stopped => None,
            }
        });
        self.request = Some(request);
        let Some(answer) = answer else {
            ctx.checkpoint()?;
            return Ok(Answered::error(format!("{} was not asked to the end", asked.place())));
        };
        Ok(match answer {
            Err(why) => Answered::error(format!("{}: {why}", asked.place())),
            Ok(answer) => judged(case, asked, &answer, self.ground.field.now()),
        })
    }
}

fn refusal(words: &str, reply: &Reply) -> Answered {
    match reply {
        Reply::Refused(why) => judge::refusal(words, Some(why)).into(),
        Reply::Rows(_) => judge::refusal(words, None).into(),
        Reply::None(why) => Answered::error(why.clone()),
    }
}

/// An answer of a server beside what is expected of it.
fn judged(case: &Case, asked: &HttpRequest, answer: &Answer, now: quarterdeck_model::Instant) -> Answered {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    if let Some(wrong) = judge::status(case.expect.status, answer.status) {
        let place = answer.location.as_deref().map(without_query);
        let place = place.map_or_else(String::new, |place| format!(" (it sends its visitors to {place})"));
        return Brought::fails(format!("{wrong}{place}")).with(Some(text)).into();
    }
    if case.expect.found.conditions.is_empty() {
        return Brought::holds(format!("it answered {}", answer.status)).with(Some(text)).into();
    }
    let found = match &asked.at {
        None => Found::Text(text.clone()),
        Some(_) if answer.is_cut => return Brought::unknown("its answer is larger than 1 MiB").with(Some(text)).into(),
        Some(at) => match serde_json::from_slice(&answer.body) {
            Ok(value) => json::found(&value, at),
            Err(error) => return Brought::fails(format!("its answer is no JSON: {error}")).with(Some(text)).into(),
        },
    };
    Brought::judged(&case.expect.found, &found, now).with(Some(text)).into()
}

/// Asks a case within its limit, as often as its budget says. The first answer of several is judged, too, but its time does not count:
/// it found the connection and the caches cold.
pub(super) fn ask(ground: &Ground, case: &Case, ctx: &JobCtx) -> Outcome<Answered> {
    let limit = Duration::from_millis(case.limit.0);
    let limited = Limited::begin(ctx, limit);
    // Whatever has a limit of its own is stopped by this one first.
    let answered = asked(ground, case, limit + LONGER, &limited.ctx);
    let is_late = limited.is_late();
    match answered {
        Err(fault) if fault.class == Class::Cancelled && is_late && ctx.checkpoint().is_ok() => {
            Ok(Answered::error(format!("it had not ended after {}, and was stopped", case.limit)))
        }
        answered => answered,
    }
}

fn asked(ground: &Ground, case: &Case, limit: Duration, ctx: &JobCtx) -> Outcome<Answered> {
    let mut visitor = Visitor::new(ground);
    let of = case.budget.map_or(1, |budget| budget.of);
    if of > 1 {
        let warm = visitor.once(case, limit, ctx)?;
        if !warm.passed() {
            return Ok(warm);
        }
    }
    let (mut times, begun) = (Vec::new(), Moment::now());
    let mut last = Answered::error("it was not asked");
    for _ in 0..of {
        ctx.checkpoint()?;
        let one = Moment::now();
        last = visitor.once(case, limit, ctx)?;
        times.push(micros(one.elapsed()));
        if !last.passed() {
            break;
        }
    }
    let all = Millis::from(begun.elapsed());
    let asked = times.len() as u64;
    let latency = latency(times);
    let (outcome, sentence) = judge::timed(case.budget.as_ref(), (last.outcome, last.sentence), latency.as_ref(), all);
    Ok(Answered { outcome, sentence, detail: last.detail, latency, asked })
}

/// A context that ends with its time, or with the one that it is made of.
pub(super) struct Limited {
    pub ctx: JobCtx,
    late: Arc<AtomicBool>,
    _done: Sender<()>,
}

impl Limited {
    pub fn begin(outer: &JobCtx, limit: Duration) -> Self {
        let (cancel, late, (done, ended)) = (CancelToken::default(), Arc::new(AtomicBool::new(false)), channel::<()>());
        let (token, flag, outer, begun) = (cancel.clone(), Arc::clone(&late), outer.cancel_token().clone(), Moment::now());
        let watch = move || {
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if begun.elapsed() >= limit {
                    flag.store(true, Ordering::Relaxed);
                    token.cancel();
                } else if outer.is_cancelled() {
                    token.cancel();
                }
            }
        };
        if std::thread::Builder::new().name("smoke-limit".to_owned()).spawn(watch).is_err() {
            // Nothing is asked that nobody could stop.
            cancel.cancel();
        }
        Self { ctx: JobCtx::new(Arc::new(Quiet), cancel), late, _done: done }
    }

    pub fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }
}

struct Quiet;

impl Listener for Quiet {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
