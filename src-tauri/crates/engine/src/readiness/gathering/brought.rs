//! What measuring one piece of evidence brought, before it becomes a measurement.

use quarterdeck_model::{
    Instant,
    readiness::{Cure, EvidenceVerdict},
};
use quarterdeck_readiness::expect::{Condition, Expectation, Found, Judgement};

/// What is kept of what was printed, read or answered, in bytes.
const DETAIL: usize = 64 << 10;

/// What one source brought.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::readiness) struct Brought {
    /// What it says.
    pub verdict: EvidenceVerdict,
    /// One sentence.
    pub sentence: String,
    /// What was measured, in words.
    pub value: Option<String>,
    /// When, where that was before now.
    pub measured: Option<Instant>,
    /// Where in the window it is seen.
    pub address: Option<String>,
    /// What helps.
    pub cure: Option<Cure>,
    /// What was printed, read or answered.
    pub detail: Option<String>,
}

impl Brought {
    /// It could not be measured, and why.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::said(EvidenceVerdict::Unknown, sentence(why.into()))
    }

    /// What is needed of every check of its kind was found, and nothing more is expected.
    pub fn holds(what: impl Into<String>) -> Self {
        Self::said(EvidenceVerdict::Holds, sentence(what.into()))
    }

    /// Something else was found than what every check of its kind needs.
    pub fn fails(why: impl Into<String>) -> Self {
        Self::said(EvidenceVerdict::Fails, sentence(why.into()))
    }

    /// Something that was found, beside what is expected of it.
    pub fn judged(expect: &Expectation, found: &Found, now: Instant) -> Self {
        Self::from(expect.judge(found, now)).valued(found.value())
    }

    /// The same where several things were found and each condition looks at one of them: `of` says which.
    pub fn judged_by_part(expect: &Expectation, parts: &[&Found], of: impl Fn(&Condition) -> usize, now: Instant) -> Self {
        let judged: Vec<Judgement> = (0..parts.len())
            .filter_map(|part| {
                let conditions: Vec<Condition> = expect.conditions.iter().filter(|condition| of(condition) == part).cloned().collect();
                (!conditions.is_empty()).then(|| Expectation { conditions }.judge(parts[part], now))
            })
            .collect();
        let Some(worst) = judged.iter().map(|judgement| judgement.verdict).max_by_key(|verdict| rank(*verdict)) else {
            return Self::judged(expect, parts.first().copied().unwrap_or(&Found::Missing), now);
        };
        let sentences: Vec<String> =
            judged.into_iter().filter(|judgement| judgement.verdict == worst).map(|judgement| judgement.sentence).collect();
        Self::said(worst, sentences.join("; "))
    }

    /// What was measured, in words.
    pub fn valued(mut self, value: Option<String>) -> Self {
        self.value = value;
        self
    }

    /// Where in the window it is seen: what stands behind `#/` in its address.
    pub fn seen_at(mut self, address: impl Into<Option<String>>) -> Self {
        self.address = address.into();
        self
    }

    /// What was printed, read or answered; its beginning is kept.
    pub fn with(mut self, detail: impl Into<Option<String>>) -> Self {
        self.detail = detail.into().map(bounded);
        self
    }

    fn said(verdict: EvidenceVerdict, sentence: String) -> Self {
        Self { verdict, sentence, value: None, measured: None, address: None, cure: None, detail: None }
    }
}

impl From<Judgement> for Brought {
    fn from(judgement: Judgement) -> Self {
        Self::said(judgement.verdict, judgement.sentence)
    }
}

/// What fails outweighs what is not known, and that what holds.
fn rank(verdict: EvidenceVerdict) -> u8 {
    match verdict {
        EvidenceVerdict::Holds => 0,
        EvidenceVerdict::Unknown => 1,
        EvidenceVerdict::Fails => 2,
    }
}

/// Sentences beside others do not end with a full stop.
fn sentence(mut text: String) -> String {
    if text.ends_with('.') && !text.ends_with("..") {
        text.pop();
    }
    text
}

fn bounded(mut text: String) -> String {
    const CUT: &str = "\n…";
    if text.len() > DETAIL {
        let end = (0..=DETAIL - CUT.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str(CUT);
    }
    text
}
