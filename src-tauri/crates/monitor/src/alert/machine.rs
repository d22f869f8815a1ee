//! What an alert does from one evaluation of its rule to the next: inactive, pending, firing, resolved.
//!
//! Stretches (`for`, `keep_firing_for`, how long a resolved one is listed) are measured on a [`Watch`], which goes on from evaluation to
//! evaluation but never far at once: while a laptop sleeps, nobody knows whether a condition held. With evaluations at their interval it is
//! the clock, and each step is the one Prometheus takes (rules/alerting.go, 3.x).

use serde::{Deserialize, Serialize};

use super::flapping::Flapping;
use crate::sample::Moment;

/// How long a resolved alert is listed.
pub const RETENTION: i64 = 15 * 60 * 1_000;

/// How an alert stands, as the expression says; what people do about it lies over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The condition does not hold, and did not lately.
    Inactive,
    /// The condition holds, not long enough yet.
    Pending,
    /// The condition has held long enough.
    Firing,
    /// It fired lately, and the condition does not hold any more.
    Resolved,
}

/// Time that counts: it goes on between evaluations, but not through a sleep, and never back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Watch {
    /// Milliseconds that counted since it was first looked at.
    pub passed: i64,
    /// The clock when it was looked at last.
    pub last: Option<Moment>,
}

impl Watch {
    /// Goes on to a moment of the clock, by `most` milliseconds at most; a step back is none.
    pub fn go(&mut self, at: Moment, most: i64) {
        if let Some(last) = self.last {
            self.passed += at.saturating_sub(last).clamp(0, most.max(0));
        }
        self.last = Some(at);
    }
}

/// What a rule demands, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// `for`.
    pub hold: i64,
    /// `keep_firing_for`.
    pub keep: i64,
}

/// One evaluation, by both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// By the clock: what people are told.
    pub at: Moment,
    /// By the watch: what stretches are measured with.
    pub passed: i64,
}

/// One alert of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// How it stands.
    pub state: State,
    /// Since when its condition holds, or held; by the clock.
    pub active: Moment,
    /// Since when it fires, or since when it fired last.
    pub fired: Option<Moment>,
    /// When it resolved last; none while it fires, and where it never did.
    pub ended: Option<Moment>,
    /// Whether it goes to and fro.
    pub flapping: Flapping,
    /// By the watch: when its condition began to hold.
    began: i64,
    /// By the watch: when the condition of a firing one went away.
    gone: Option<i64>,
    /// By the watch: when it resolved.
    resolved: Option<i64>,
}

impl Default for Course {
    fn default() -> Self {
        let flapping = Flapping::default();
        Self { state: State::Inactive, active: 0, fired: None, ended: None, flapping, began: 0, gone: None, resolved: None }
    }
}

impl Course {
    /// One evaluation: whether the condition holds for this alert. What state it left and which it came to, where these differ.
    pub fn step(&mut self, holds: bool, terms: Terms, now: Now) -> Option<(State, State)> {
        let before = self.state;
        // A clock that went back must not leave a beginning in the future.
        self.active = self.active.min(now.at);
        if holds {
            self.held(terms, now)
        } else {
            self.missed(terms, now)
        }
        if (before == State::Firing) != (self.state == State::Firing) {
            self.flapping.changed(now.passed);
        }
        self.flapping.look(now.passed);
        (before != self.state).then_some((before, self.state))
    }

    /// How long its condition has held, in milliseconds that counted; zero where it does not.
    pub fn held_for(&self, now: Now) -> i64 {
        if matches!(self.state, State::Pending | State::Firing) { now.passed - self.began } else { 0 }
    }

    /// True where it can be forgotten: nothing of it is listed, and it did not go to and fro lately.
    pub fn is_over(&self) -> bool {
        self.state == State::Inactive && self.flapping.is_calm()
    }

    /// True where the condition of a firing one is gone, and `keep_firing_for` holds it.
    pub fn is_kept(&self) -> bool {
        self.state == State::Firing && self.gone.is_some()
    }

    fn held(&mut self, terms: Terms, now: Now) {
        self.gone = None;
        if matches!(self.state, State::Inactive | State::Resolved) {
            (self.state, self.active, self.began) = (State::Pending, now.at, now.passed);
            self.resolved = None;
        }
        self.ripen(terms, now);
    }

    fn missed(&mut self, terms: Terms, now: Now) {
        match self.state {
            State::Inactive => {}
            State::Pending => self.state = State::Inactive,
            State::Firing => {
                let gone = *self.gone.get_or_insert(now.passed);
                if now.passed - gone < terms.keep {
                    self.ripen(terms, now);
                } else {
                    (self.state, self.gone) = (State::Resolved, None);
                    (self.ended, self.resolved) = (Some(now.at), Some(now.passed));
                }
            }
            State::Resolved => {
                if self.resolved.is_none_or(|resolved| now.passed - resolved > RETENTION) {
                    self.state = State::Inactive;
                }
            }
        }
    }

    /// Held long enough, it fires; where the rule was changed meanwhile and demands more, it does not yet.
    fn ripen(&mut self, terms: Terms, now: Now) {
        let ripe = now.passed - self.began >= terms.hold;
        match self.state {
            State::Pending if ripe => (self.state, self.fired, self.ended) = (State::Firing, Some(now.at), None),
            State::Firing if !ripe => (self.state, self.fired, self.gone) = (State::Pending, None, None),
            _ => {}
        }
    }
}
