//! Agreed quiet: silences, which end, and maintenance, which comes back.

pub mod window;

use quarterdeck_model::{
    Fault, Outcome,
    alert::{LabelMatcher, SilenceState},
};

use super::matcher::{Comparison, Matcher, Matchers, Unreadable};
use crate::{labels::Labels, sample::Moment};

/// "Tell nobody", until a moment; there is none without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Stable.
    pub id: String,
    /// All must hold.
    pub matchers: Matchers,
    /// From when.
    pub from: Moment,
    /// Until when; at this moment it holds no longer.
    pub until: Moment,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Silence {
    /// Refuses a silence that would hold everything, that nobody answers for, or that is over.
    ///
    /// Codes: `silence-without-matchers`, `silence-holds-all`, `silence-without-end`, `silence-without-author`, `silence-without-reason`.
    pub fn check(&self, now: Moment) -> Outcome<()> {
        check_matchers(&self.matchers)?;
        if self.until <= self.from.max(now) {
            let fault = Fault::usage("silence-without-end", "The silence would be over before it begins.");
            return Err(fault.hint("Give it an end that lies in the future."));
        }
        for (text, code, what) in [(&self.by, "silence-without-author", "author"), (&self.reason, "silence-without-reason", "reason")] {
            if text.trim().is_empty() {
                let fault = Fault::usage(code, format!("The silence has no {what}."));
                return Err(fault.hint(format!("Say who wants it, and why: the {what} is missing.")));
            }
        }
        Ok(())
    }

    /// True where it holds an alert with such labels at a moment.
    pub fn holds(&self, labels: &Labels, at: Moment) -> bool {
        self.state(at) == SilenceState::Active && self.matchers.hold(labels)
    }

    /// How it stands at a moment.
    pub fn state(&self, at: Moment) -> SilenceState {
        match () {
            () if at >= self.until => SilenceState::Over,
            () if at < self.from => SilenceState::Coming,
            () => SilenceState::Active,
        }
    }

    /// As somebody wants it from now on. What it held so far is kept as it was: where the matchers or the beginning of a silence that
    /// holds change, the old one ends now, and the answer is both, the old one first.
    pub fn changed(&self, wanted: &Self, now: Moment) -> (Option<Self>, Self) {
        let same = self.matchers == wanted.matchers && self.from == wanted.from;
        match self.state(now) {
            SilenceState::Coming => (None, Self { id: self.id.clone(), ..wanted.clone() }),
            SilenceState::Active if same => (None, Self { id: self.id.clone(), ..wanted.clone() }),
            SilenceState::Active => (Some(self.ended(now)), Self { from: wanted.from.max(now), ..wanted.clone() }),
            SilenceState::Over => (None, Self { from: wanted.from.max(now), ..wanted.clone() }),
        }
    }

    /// As it is when it ends now. One that is over stays as it is.
    #[must_use]
    pub fn ended(&self, now: Moment) -> Self {
        let until = self.until.min(now);
        Self { from: self.from.min(until), until, ..self.clone() }
    }
}

/// Matchers as people send them; refuses with `bad-matcher`, `silence-without-matchers` or `silence-holds-all`.
pub fn matchers(sent: &[LabelMatcher]) -> Outcome<Matchers> {
    let read = |sent: &LabelMatcher| {
        let comparisons = [Comparison::Is, Comparison::IsNot, Comparison::Like, Comparison::NotLike];
        let Some(comparison) = comparisons.into_iter().find(|comparison| comparison.sign() == sent.sign) else {
            return Err(bad_matcher(format!("{} is compared by {:?}, which is no sign", sent.label, sent.sign)));
        };
        if sent.label.is_empty() {
            return Err(bad_matcher("a matcher names no label"));
        }
        Matcher::new(&*sent.label, comparison, &*sent.value).map_err(|Unreadable { message, .. }| bad_matcher(message))
    };
    let matchers = Matchers::new(sent.iter().map(read).collect::<Outcome<_>>()?);
    check_matchers(&matchers)?;
    Ok(matchers)
}

/// Matchers as people read them.
pub fn shown(matchers: &Matchers) -> Vec<LabelMatcher> {
    let shown = |Matcher { label, comparison, value, .. }: &Matcher| LabelMatcher {
        label: label.clone(),
        sign: comparison.sign().to_owned(),
        value: value.clone(),
    };
    matchers.iter().map(shown).collect()
}

fn bad_matcher(message: impl Into<String>) -> Fault {
    let message = message.into();
    let fault = Fault::usage("bad-matcher", format!("This is no matcher: {message}."));
    fault.hint("Write it as in severity=\"page\", with one of =, !=, =~ and !~.")
}

/// As in Alertmanager, at least one must not hold where its label is not there: else the silence would hold everything.
fn check_matchers(matchers: &Matchers) -> Outcome<()> {
    if matchers.is_empty() {
        let fault = Fault::usage("silence-without-matchers", "No matcher says what is to be quiet.");
        return Err(fault.hint("Add a matcher, such as alertname=\"DiskFull\"."));
    }
    let wide = |matcher: &Matcher| matches!(matcher.comparison, Comparison::Is | Comparison::Like) && matcher.takes("");
    if matchers.iter().all(wide) {
        let fault = Fault::usage("silence-holds-all", format!("{matchers} would hold every alert that lacks these labels."));
        return Err(fault.hint("Add a matcher that names a value, such as alertname=\"DiskFull\"."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
