//! What users were promised, and how it was kept: the SLA table.
//!
//! A promise is looked at once a minute over its window: kept is the share of the minutes with a value in which the value was what the target
//! asks for. The budget is the share of minutes that may be worse. Days that are over are kept in the store by whoever collects, so that
//! thirty days are not read anew each time.

mod days;

use quarterdeck_model::{
    Instant, JobCtx, Millis, Outcome,
    inspection::Tone,
    monitor::{Float, PromiseLine, PromiseTable, TimeSpan},
    system::{Name, System},
};
use quarterdeck_monitor::source::Source;

pub(crate) use self::days::keep_days;
use self::days::{DAY, Past};
use crate::{
    Engine, definition,
    definition::{Bound, PromiseDefinition, Side},
    health::{
        checks::Judged,
        figures::instant,
        words::{figures, value, when},
    },
    jobs::between,
    lookup,
    operation::Scope,
};

/// A window that was measured for less than this share says nothing.
const SEEN: f64 = 0.9;

/// The promises of a system, as its definition is now. A definition that cannot be read promises nothing here; its page says why.
pub(crate) fn of(system: &System) -> Vec<PromiseDefinition> {
    let folder = system.folder.as_ref();
    folder.and_then(|folder| definition::load(&folder.0).ok()).map(|definition| definition.promises).unwrap_or_default()
}

/// The SLA table of a system.
pub(crate) fn table(scope: &Scope, name: &Name, window: Option<Millis>) -> Outcome<PromiseTable> {
    let engine = &scope.engine;
    let system = lookup::system(engine, name)?;
    let promises = match &system.folder {
        Some(folder) => definition::load(&folder.0)?.promises,
        None => Vec::new(),
    };
    let now = engine.clock().now();
    let source = engine.series().snapshot()?;
    let mut lines = Vec::with_capacity(promises.len());
    for promise in &promises {
        lines.push(line(engine, &system, promise, window.unwrap_or(promise.window), &source, now, &scope.ctx)?);
    }
    Ok(PromiseTable { system: system.name, lines, as_of: now })
}

/// The same of a stretch of time, which may be long over: as if it were read at its end.
pub(crate) fn over(scope: &Scope, system: &System, span: &TimeSpan) -> Outcome<Vec<PromiseLine>> {
    let source = scope.engine.series().snapshot()?;
    let window = between(span.from, span.until);
    let promises = match &system.folder {
        Some(folder) => definition::load(&folder.0)?.promises,
        None => Vec::new(),
    };
    promises.iter().map(|promise| line(&scope.engine, system, promise, window, &source, span.until, &scope.ctx)).collect()
}

/// How a promise is at this moment, without its window.
pub(crate) fn now(source: &dyn Source, promise: &PromiseDefinition, system: &str, at: Instant, ctx: &JobCtx) -> Outcome<Judged> {
    Ok(judge(promise, worst(promise.target, &current(source, promise, system, at, ctx)?)))
}

fn line(
    engine: &Engine,
    system: &System,
    promise: &PromiseDefinition,
    window: Millis,
    source: &dyn Source,
    at: Instant,
    ctx: &JobCtx,
) -> Outcome<PromiseLine> {
    let present = worst(promise.target, &current(source, promise, system.name.as_str(), at, ctx)?);
    let past = Past::read(engine, system, promise, window, source, at, ctx)?;
    let account = Account::of(&past, promise.goal, at);
    let judged = judge_window(promise, present, &account, at);
    Ok(PromiseLine {
        name: promise.name.clone(),
        query: promise.query.clone(),
        target: promise.target.to_string(),
        alert: promise.alert.map(|alert| alert.to_string()),
        unit: promise.unit,
        window,
        tone: judged.tone,
        sentence: judged.sentence,
        now: present.map(Float),
        measured: past.mean().map(Float),
        kept: account.kept.map(Float),
        goal: Float(promise.goal),
        seen: Float(account.seen),
        budget: account.budget.map(Float),
        lasts_until: account.lasts_until,
        spark: past.spark.iter().map(|value| value.map(Float)).collect(),
    })
}

fn current(source: &dyn Source, promise: &PromiseDefinition, system: &str, at: Instant, ctx: &JobCtx) -> Outcome<Vec<f64>> {
    Ok(instant(source, &promise.query, at, system, ctx)?.into_iter().map(|(_, value)| value).collect())
}

/// Of several values the one that is farthest from what was promised.
fn worst(target: Bound, values: &[f64]) -> Option<f64> {
    let numbers = values.iter().copied().filter(|value| !value.is_nan());
    match target.side {
        Side::Below | Side::AtMost => numbers.reduce(f64::max),
        Side::Above | Side::AtLeast => numbers.reduce(f64::min),
    }
}

/// What the present value says.
fn judge(promise: &PromiseDefinition, present: Option<f64>) -> Judged {
    let promised = format!("{} was promised", bound(promise.target, promise));
    let Some(present) = present else { return Judged::new(Tone::Unknown, format!("It has no value now; {promised}")) };
    let sentence = format!("It is {}; {promised}", value(present, promise.unit));
    if promise.alert.is_some_and(|alert| alert.holds(present)) {
        return Judged::new(Tone::Critical, sentence);
    }
    if promise.target.holds(present) { Judged::ok(sentence) } else { Judged::new(Tone::Attention, sentence) }
}

/// What the window says, on top of the present value.
fn judge_window(promise: &PromiseDefinition, present: Option<f64>, account: &Account, at: Instant) -> Judged {
    let Judged { tone, sentence } = judge(promise, present);
    let percent = |share: f64| format!("{} %", figures(share * 100.0));
    let Some(kept) = account.kept else { return Judged::new(tone.min(Tone::Unknown), format!("{sentence}. Nothing was measured")) };
    let kept_words = format!("kept in {} of the time, {} is the goal", precise(kept), percent(promise.goal));
    if account.seen < SEEN {
        let seen = if account.seen < 0.005 { "less than 1 %".to_owned() } else { percent((account.seen * 100.0).round() / 100.0) };
        return Judged::new(tone.min(Tone::Unknown), format!("{sentence}. Measured on {seen} of the window; in it {kept_words}"));
    }
    let budget = account.budget.unwrap_or(1.0);
    if budget <= 0.0 {
        return Judged::new(tone.min(Tone::Attention), format!("{sentence}. The error budget is spent: {kept_words}"));
    }
    let left = percent((budget * 100.0).round() / 100.0);
    let pace = account.lasts_until.map(|until| format!(", which lasts until {} at the pace of the last day", when(until, at)));
    Judged::new(tone, format!("{sentence}. {left} of the error budget is left{}; {kept_words}", pace.unwrap_or_default()))
}

/// A share close to one needs more figures: `99.95 %`.
fn precise(share: f64) -> String {
    let percent = share * 100.0;
    // Never rounded up to a promise that was not kept.
    let cut = (percent * 1_000.0).floor() / 1_000.0;
    format!("{} %", if cut > 90.0 { format!("{cut:.3}").trim_end_matches('0').trim_end_matches('.').to_owned() } else { figures(cut) })
}

fn bound(bound: Bound, promise: &PromiseDefinition) -> String {
    let side = match bound.side {
        Side::Below => "less than",
        Side::AtMost => "at most",
        Side::Above => "more than",
        Side::AtLeast => "at least",
    };
    format!("{side} {}", value(bound.value, promise.unit))
}

/// What is left of the budget of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Account {
    /// Share of the measured minutes within the target.
    kept: Option<f64>,
    /// Share of the window that was measured.
    seen: f64,
    /// Share of the budget that is left.
    budget: Option<f64>,
    /// When it is spent, at the pace of the last day.
    lasts_until: Option<Instant>,
}

impl Account {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // minutes of a year
    fn of(past: &Past, goal: f64, now: Instant) -> Self {
        let seen = if past.steps == 0 { 0.0 } else { past.measured as f64 / past.steps as f64 };
        if past.measured == 0 {
            return Self { kept: None, seen, budget: None, lasts_until: None };
        }
        let kept = past.good as f64 / past.measured as f64;
        let budget = 1.0 - (1.0 - kept) / (1.0 - goal);
        let left = budget * (1.0 - goal) * past.measured as f64;
        let a_day = past.bad_lately as f64;
        let lasts = (left > 0.0 && a_day > 0.0).then(|| left / a_day * DAY as f64);
        // Beyond ten years it lasts.
        let lasts = lasts.filter(|lasts| *lasts < 3_650.0 * DAY as f64);
        let lasts_until = lasts.map(|lasts| now + chrono::TimeDelta::milliseconds(lasts as i64));
        Self { kept: Some(kept), seen, budget: Some(budget), lasts_until }
    }
}

#[cfg(test)]
mod tests;
