//! Why an item stands as it does, since when, and what helps.

use quarterdeck_model::{
    Instant, Role, figures,
    readiness::{Cure, CureJob, Item, ItemState, Statement},
};
use serde_json::json;

use super::{
    ground::{Gone, Ground},
    item::Signed,
    seen::Word,
};

/// What is told of an item.
pub(super) struct Told {
    pub sentence: String,
    pub since: Option<Instant>,
    pub cure: Option<Cure>,
}

/// An item and what is known of it.
pub(super) struct Subject<'a, 'g> {
    pub ground: &'a Ground<'g>,
    pub place: usize,
    pub state: ItemState,
    pub waiver: Option<usize>,
    pub blockers: &'a [(&'a str, Option<&'a Item>)],
    pub signed: &'a Signed,
}

/// A moment in a sentence: `13:42`, `22 Nov 13:42`.
pub(crate) fn when(at: Instant, now: Instant) -> String {
    figures::when(at, now)
}

/// Tells of an item.
pub(super) fn of(subject: &Subject<'_, '_>) -> Told {
    match subject.state {
        ItemState::NotApplicable | ItemState::Waived => waived(subject),
        ItemState::Blocked => blocked(subject),
        ItemState::Refused => refused(subject),
        ItemState::Fails => measured(subject, Word::Fails),
        ItemState::Unknown => measured(subject, Word::Unknown),
        ItemState::Stale if subject.ground.seen[subject.place].is_stale() => measured(subject, Word::Stale),
        ItemState::Stale => unsigned(subject),
        ItemState::Waiting => waiting(subject),
        ItemState::Holds => holds(subject),
    }
}

fn waived(subject: &Subject<'_, '_>) -> Told {
    let Some(said) = subject.waiver.map(|at| &subject.ground.told.statements[at]) else {
        return Told { sentence: String::new(), since: None, cure: None };
    };
    let what = if subject.state == ItemState::NotApplicable { "does not apply" } else { "waived" };
    let until = super::told::ends(said, subject.ground.said.now).map(|until| subject.when(until)).unwrap_or_default();
    Told { sentence: format!("{what} until {until} by {}: {}", speaker(said), said.text.trim()), since: Some(said.at), cure: None }
}

fn blocked(subject: &Subject<'_, '_>) -> Told {
    let named: Vec<&str> = subject.blockers.iter().map(|(id, item)| item.map_or(*id, |item| item.title.as_str())).collect();
    let cure = subject.blockers.iter().find_map(|(_, item)| (*item)?.cure.clone());
    Told { sentence: format!("waits for {}", few(&named)), since: None, cure: cure.or_else(|| Some(subject.look())) }
}

fn refused(subject: &Subject<'_, '_>) -> Told {
    let refusals: Vec<&Statement> = subject.signed.refused.iter().map(|&at| &subject.ground.told.statements[at]).collect();
    let told: Vec<String> = refusals.iter().map(|said| format!("{} says no: {}", speaker(said), said.text.trim())).collect();
    Told { sentence: told.join("; "), since: refusals.iter().map(|said| said.at).min(), cure: Some(subject.look()) }
}

/// Of the evidence that stands so.
fn measured(subject: &Subject<'_, '_>, word: Word) -> Told {
    let seen = &subject.ground.seen[subject.place];
    let places: Vec<usize> = seen.places(word).collect();
    let Some(&first) = places.first() else {
        return Told { sentence: "nothing is asked".to_owned(), since: None, cure: None };
    };
    let told = subject.evidence(first);
    let sentence = if places.len() > 1 { format!("{told}; {} more", places.len() - 1) } else { told };
    let since = match word {
        Word::Stale => None,
        _ => places.iter().filter_map(|&place| seen.since(place)).min(),
    };
    let own = seen.evidence[first].key.as_str();
    let own = subject.ground.said.measured.get(own).and_then(|measured| measured.cure.clone());
    // Where looking again finds the same old thing, what makes a new one helps.
    let own = own.filter(|cure| word != Word::Stale || cure.job.is_some());
    Told { sentence, since, cure: Some(own.unwrap_or_else(|| subject.measure_again())) }
}

/// Signed once, and not of what is there now.
fn unsigned(subject: &Subject<'_, '_>) -> Told {
    let told: Vec<String> = subject.signed.gone.iter().map(|&(at, why)| subject.gone(at, "signed", why)).collect();
    let since = subject.signed.gone.iter().filter_map(|(_, why)| subject.ground.gone_since(*why)).min();
    Told { sentence: told.join("; "), since, cure: Some(subject.sign()) }
}

fn waiting(subject: &Subject<'_, '_>) -> Told {
    let needed = subject.ground.items[subject.place].manual.as_ref().map_or(1, |manual| manual.signatures.max(1));
    let signed = subject.signed.standing.len();
    let sentence = match (signed, needed) {
        (0, 1) => "nobody has signed".to_owned(),
        (0, needed) => format!("nobody of {needed} has signed"),
        (signed, needed) => format!("{signed} of {needed} signed: {}", subject.signers()),
    };
    Told { sentence, since: None, cure: Some(subject.sign()) }
}

fn holds(subject: &Subject<'_, '_>) -> Told {
    let seen = &subject.ground.seen[subject.place];
    let evidence = match seen.evidence.len() {
        0 => None,
        1 => Some(subject.evidence(0)),
        count => Some(format!("all {count} hold")),
    };
    let signed = (!subject.signed.standing.is_empty()).then(|| format!("signed by {}", subject.signers()));
    let sentence = [evidence, signed].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let signed = subject.signed.standing.iter().map(|&at| subject.ground.told.statements[at].at).max();
    Told { sentence, since: seen.changed.max(signed), cure: None }
}

impl Subject<'_, '_> {
    fn when(&self, at: Instant) -> String {
        when(at, self.ground.said.now)
    }

    fn signers(&self) -> String {
        let told = self.signed.standing.iter().map(|&at| &self.ground.told.statements[at]);
        told.map(|said| format!("{} {}", speaker(said), self.when(said.at))).collect::<Vec<_>>().join(", ")
    }

    /// `6.8 %, below 1 % expected`; with its title where there are several.
    fn evidence(&self, place: usize) -> String {
        let all = &self.ground.seen[self.place].evidence;
        let one = &all[place];
        if all.len() == 1 { one.sentence.clone() } else { format!("{}: {}", one.title, one.sentence) }
    }

    fn gone(&self, at: usize, did: &str, why: Gone) -> String {
        let said = &self.ground.told.statements[at];
        format!("{} {did} {}; {}", speaker(said), self.when(said.at), self.ground.why_gone(why))
    }

    fn measure_again(&self) -> Cure {
        let (copy, item) = (&self.ground.said.copy, &self.ground.items[self.place].id);
        let job = CureJob {
            operation: "gather_evidence".to_owned(),
            request: json!({"copy": copy, "items": [item]}),
            role: Role::Operator,
            command: format!("quarterdeck checklist gather {copy} {item}"),
        };
        Cure { job: Some(job), ..page("Measure again", self.address()) }
    }

    /// A signature needs a passphrase: the page asks for it.
    fn sign(&self) -> Cure {
        page("Sign item", self.address())
    }

    fn look(&self) -> Cure {
        page("See item", self.address())
    }

    fn address(&self) -> String {
        format!("checklist/{}/{}", self.ground.said.copy, self.ground.items[self.place].id)
    }
}

impl Ground<'_> {
    /// Why a statement no longer counts, as a sentence says it: `error rate changed 13:42`.
    pub(super) fn why_gone(&self, why: Gone) -> String {
        match why {
            Gone::Ahead => "that is still to come: a clock is wrong".to_owned(),
            Gone::Changed(None) => "what was shown is not what is there now".to_owned(),
            Gone::Changed(Some((item, evidence))) => {
                let at = self.gone_since(why).map(|at| format!(" {}", when(at, self.said.now))).unwrap_or_default();
                format!("{} changed{at}", self.seen[item].evidence[evidence].title)
            }
            Gone::Expired(item, evidence) => format!("{} is too old", self.seen[item].evidence[evidence].title),
            Gone::Old => "that is too long ago".to_owned(),
        }
    }

    /// Since when, where that is known.
    pub(super) fn gone_since(&self, why: Gone) -> Option<Instant> {
        match why {
            Gone::Changed(Some((item, _))) => self.seen[item].changed,
            Gone::Expired(item, evidence) => {
                let evidence = &self.seen[item].evidence[evidence];
                evidence.measured?.checked_add_signed(crate::span(evidence.lasts))
            }
            Gone::Ahead | Gone::Changed(None) | Gone::Old => None,
        }
    }
}

/// The button that leads to a page.
pub(crate) fn page(label: &str, address: String) -> Cure {
    Cure { label: label.to_owned(), address: Some(address), job: None }
}

/// Who said it, for people.
pub(crate) fn speaker(said: &Statement) -> &str {
    said.person.as_deref().unwrap_or(&said.who)
}

/// Up to three, and how many more.
fn few(named: &[&str]) -> String {
    let shown = named.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    if named.len() > 3 { format!("{shown} and {} more", named.len() - 3) } else { shown }
}
