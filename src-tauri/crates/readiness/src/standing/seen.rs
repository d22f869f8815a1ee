//! What was measured for an item, and whether it counts now.

use quarterdeck_model::{
    Digest, Instant, Millis,
    readiness::{Evidence, EvidenceVerdict},
};

use super::Said;
use crate::{
    checklist::{EvidenceDefinition, ItemDefinition},
    measurement::{Measurement, ahead},
    span,
};

/// The evidence of an item.
pub(crate) struct Seen {
    pub evidence: Vec<Evidence>,
    /// The newest change of what any of it says.
    pub changed: Option<Instant>,
    /// Which of it changed then: its place.
    pub changed_at: usize,
    /// When the first of it will be too old, or was; none where nothing was measured.
    pub expires: Option<Instant>,
    /// The oldest waiver that counts now: whoever spoke later was told that this item is waived.
    pub waived: Option<usize>,
    /// Over everything that a signer sees of the item.
    ///
    /// Not over age: old evidence is no other evidence. What was signed then counts again when the same is measured once more.
    pub shown: Digest,
    /// Since when each says what it says.
    since: Vec<Option<Instant>>,
}

/// How a piece of evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Holds,
    Fails,
    Unknown,
    Stale,
}

impl Seen {
    /// Looks at the evidence of an item; `waived` is the oldest waiver that counts.
    pub fn of(said: &Said<'_>, item: &ItemDefinition, waived: Option<usize>) -> Self {
        let mut seen = Self {
            evidence: Vec::with_capacity(item.evidence.len()),
            changed: None,
            changed_at: 0,
            expires: None,
            waived,
            shown: Digest(String::new()),
            since: Vec::with_capacity(item.evidence.len()),
        };
        for (place, definition) in item.evidence.iter().enumerate() {
            let key = item.key(place);
            let measured = said.measured.get(&key);
            let since = measured.map(|measured| measured.since);
            if since > seen.changed {
                (seen.changed, seen.changed_at) = (since, place);
            }
            let expires = measured.map(|measured| expiry(measured.measured, definition.lasts));
            seen.expires = seen.expires.into_iter().chain(expires).min();
            seen.since.push(since);
            seen.evidence.push(evidence(key, definition, measured, said.now));
        }
        let signed = item.manual.as_ref().map(|manual| &manual.statement);
        let said: Vec<_> =
            item.evidence.iter().zip(&seen.evidence).map(|(definition, found)| (&definition.digest, &found.digest)).collect();
        seen.shown = Digest::over(&(&item.id, &item.title, signed, said));
        seen
    }

    /// How the evidence at a place stands.
    pub fn word(&self, place: usize) -> Word {
        let evidence = &self.evidence[place];
        match evidence.verdict {
            _ if evidence.stale => Word::Stale,
            EvidenceVerdict::Holds => Word::Holds,
            EvidenceVerdict::Fails => Word::Fails,
            EvidenceVerdict::Unknown => Word::Unknown,
        }
    }

    /// Places of the evidence that stands so.
    pub fn places(&self, word: Word) -> impl Iterator<Item = usize> + Clone {
        (0..self.evidence.len()).filter(move |place| self.word(*place) == word)
    }

    /// True where any of it is too old, or not of this definition.
    pub fn is_stale(&self) -> bool {
        self.evidence.iter().any(|evidence| evidence.stale)
    }

    /// Since when the evidence at a place says what it says.
    pub fn since(&self, place: usize) -> Option<Instant> {
        self.since[place]
    }
}

fn evidence(key: String, definition: &EvidenceDefinition, measured: Option<&Measurement>, now: Instant) -> Evidence {
    let old = measured.and_then(|measured| why_stale(measured, definition, now));
    let sentence = match (measured, &old) {
        (None, _) => "never measured".to_owned(),
        (Some(measured), None) => measured.sentence.clone(),
        (Some(measured), Some(old)) => format!("{}; {old}", measured.sentence),
    };
    Evidence {
        key,
        title: definition.title(),
        source: definition.source.words(),
        expected: definition.expected(),
        verdict: measured.map_or(EvidenceVerdict::Unknown, |measured| measured.verdict),
        stale: old.is_some(),
        value: measured.and_then(|measured| measured.value.clone()),
        sentence,
        measured: measured.map(|measured| measured.measured),
        took: measured.map(|measured| measured.took),
        lasts: definition.lasts,
        address: measured.and_then(|measured| measured.address.clone()),
        // Whoever shows a single item adds it: lists do without.
        detail: None,
        digest: measured.map(|measured| measured.digest(definition.binds_value)),
    }
}

/// Why what was measured does not count; none where it does.
fn why_stale(measured: &Measurement, definition: &EvidenceDefinition, now: Instant) -> Option<String> {
    if measured.definition != definition.digest {
        return Some("measured by another version of the checklist".to_owned());
    }
    if ahead(measured.measured, now) {
        return Some("measured in the future: a clock is wrong".to_owned());
    }
    if now > expiry(measured.measured, definition.lasts) {
        let age = u64::try_from(now.signed_duration_since(measured.measured).num_milliseconds()).unwrap_or_default();
        return Some(format!("measured {} ago, {} allowed", Millis(age), definition.lasts));
    }
    None
}

/// The last moment at which it counts.
fn expiry(measured: Instant, lasts: Millis) -> Instant {
    measured.checked_add_signed(span(lasts)).unwrap_or(Instant::MAX_UTC)
}
