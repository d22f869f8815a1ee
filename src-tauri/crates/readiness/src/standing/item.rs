//! Items: the first state that is true, and why.

use quarterdeck_model::{
    Instant,
    readiness::{Item, ItemState, Statement, StatementKind},
};

use super::{
    ground::{Gone, Ground},
    seen::Word,
    sentence,
    told::ends,
};
use crate::{
    checklist::{Due, ItemDefinition},
    span,
};

/// Who signed.
#[derive(Default)]
pub(super) struct Signed {
    /// Signatures that count, oldest first.
    pub standing: Vec<usize>,
    /// Those that no longer do, and why.
    pub gone: Vec<(usize, Gone)>,
    /// Refusals.
    pub refused: Vec<usize>,
}

/// All items as they stand, in the order of the file.
pub(super) fn all(ground: &Ground<'_>) -> Vec<Item> {
    let phases: Vec<&str> =
        ground.said.checklist.phases.iter().flat_map(|phase| std::iter::repeat_n(phase.id.as_str(), phase.items.len())).collect();
    let mut items: Vec<Option<Item>> = vec![None; ground.items.len()];
    for place in order(ground) {
        items[place] = Some(one(ground, place, phases[place], &items));
    }
    items.into_iter().flatten().collect()
}

/// True where an item does not stand in the way of others.
pub(crate) fn is_held(state: ItemState) -> bool {
    matches!(state, ItemState::Holds | ItemState::Waived | ItemState::NotApplicable)
}

/// Until when an item that is held stays so if nothing is measured and nothing said: later than this, nobody knows.
pub(crate) fn held_until(ground: &Ground<'_>, place: usize) -> Option<Instant> {
    // The first of its waivers that ends: what was said under it ends with it.
    let waivers = &ground.told.items[place].waivers;
    if !waivers.is_empty() {
        return waivers.iter().filter_map(|&at| ends(&ground.told.statements[at], ground.said.now)).min();
    }
    let manual = ground.items[place].manual.as_ref();
    let signature = manual.and_then(|manual| Some((manual.lasts?, manual.signatures.max(1)))).and_then(|(lasts, needed)| {
        let standing = signed(ground, place).standing;
        let mut ends: Vec<Instant> =
            standing.iter().filter_map(|&at| ground.told.statements[at].at.checked_add_signed(span(lasts))).collect();
        ends.sort_unstable_by(|one, other| other.cmp(one));
        ends.get(usize::try_from(needed).unwrap_or(usize::MAX) - 1).copied()
    });
    [ground.seen[place].expires, signature].into_iter().flatten().min()
}

/// Places, those that others wait for first. Items that wait for each other come last; none that they wait for is there by then.
fn order(ground: &Ground<'_>) -> Vec<usize> {
    let count = ground.items.len();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits: Vec<usize> = vec![0; count];
    for (place, item) in ground.items.iter().enumerate() {
        // What is waived waits for nothing.
        if ground.told.waiver(place).is_some() {
            continue;
        }
        for &before in item.after.iter().filter_map(|id| ground.places.get(id.as_str())) {
            followers[before].push(place);
            waits[place] += 1;
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|&place| waits[place] == 0).collect();
    let mut next = 0;
    while let Some(&place) = order.get(next) {
        for &follower in &followers[place] {
            waits[follower] -= 1;
            if waits[follower] == 0 {
                order.push(follower);
            }
        }
        next += 1;
    }
    order.extend((0..count).filter(|&place| waits[place] > 0));
    order
}

fn one(ground: &Ground<'_>, place: usize, phase: &str, items: &[Option<Item>]) -> Item {
    let definition = ground.items[place];
    let seen = &ground.seen[place];
    let waiver = ground.told.waiver(place);
    let blockers = blockers(ground, definition, items);
    let signed = signed(ground, place);
    let state = state(ground, place, !blockers.is_empty(), &signed);
    let due = due(definition, ground.said.opened);
    let told = sentence::of(&sentence::Subject { ground, place, state, waiver, blockers: &blockers, signed: &signed });
    Item {
        id: definition.id.clone(),
        title: definition.title.clone(),
        phase: phase.to_owned(),
        category: definition.category,
        owner: definition.owner.clone(),
        due,
        overdue: due.is_some_and(|due| due < ground.said.now) && !is_held(state),
        weight: definition.weight,
        critical: definition.critical,
        after: definition.after.clone(),
        manual: definition.manual.as_ref().map(|manual| manual.statement.clone()),
        signatures: definition.manual.as_ref().map_or(0, |manual| manual.signatures),
        role: definition.manual.as_ref().and_then(|manual| manual.role.clone()),
        state,
        since: told.since,
        sentence: told.sentence,
        evidence: seen.evidence.clone(),
        statements: statements(ground, place),
        waived_until: waiver.and_then(|at| ends(&ground.told.statements[at], ground.said.now)),
        cure: told.cure,
        shown: seen.shown.clone(),
    }
}

/// The first that is true.
fn state(ground: &Ground<'_>, place: usize, blocked: bool, signed: &Signed) -> ItemState {
    let seen = &ground.seen[place];
    let any = |word| seen.places(word).next().is_some();
    let manual = ground.items[place].manual.as_ref();
    let needed = manual.map_or(0, |manual| manual.signatures.max(1));
    match ground.told.waiver(place).map(|at| ground.told.statements[at].kind) {
        Some(StatementKind::NotApplicable) => ItemState::NotApplicable,
        Some(_) => ItemState::Waived,
        None if blocked => ItemState::Blocked,
        None if !signed.refused.is_empty() => ItemState::Refused,
        None if any(Word::Fails) => ItemState::Fails,
        None if any(Word::Unknown) => ItemState::Unknown,
        None if any(Word::Stale) => ItemState::Stale,
        // Nothing is asked: then nothing is known either.
        None if manual.is_none() && seen.evidence.is_empty() => ItemState::Unknown,
        None if signed.standing.len() >= usize::try_from(needed).unwrap_or(usize::MAX) => ItemState::Holds,
        None if !signed.gone.is_empty() => ItemState::Stale,
        None => ItemState::Waiting,
    }
}

/// Items that do not hold, and should before this one; those that wait for each other are not there yet.
fn blockers<'a>(ground: &Ground<'_>, item: &'a ItemDefinition, items: &'a [Option<Item>]) -> Vec<(&'a str, Option<&'a Item>)> {
    let before = item.after.iter().map(|id| (id.as_str(), ground.places.get(id.as_str()).and_then(|&place| items[place].as_ref())));
    before.filter(|(_, item)| !item.is_some_and(|item| is_held(item.state))).collect()
}

fn signed(ground: &Ground<'_>, place: usize) -> Signed {
    let mut signed = Signed::default();
    for &at in &ground.told.items[place].words {
        if ground.told.statements[at].kind == StatementKind::Refuse {
            signed.refused.push(at);
            continue;
        }
        match ground.signature_gone(at, place) {
            Some(why) => signed.gone.push((at, why)),
            None => signed.standing.push(at),
        }
    }
    signed
}

/// What is said of it and stands, oldest first.
fn statements(ground: &Ground<'_>, place: usize) -> Vec<Statement> {
    let told = &ground.told.items[place];
    let mut all: Vec<usize> = told.words.iter().chain(&told.waivers).chain(&told.notes).copied().collect();
    all.sort_unstable();
    all.into_iter().map(|at| ground.statement(at)).collect()
}

fn due(item: &ItemDefinition, opened: Instant) -> Option<Instant> {
    match item.due.as_ref()? {
        // To the end of the day.
        Due::Day(day) => Some(day.succ_opt()?.and_hms_opt(0, 0, 0)?.and_utc()),
        Due::AfterOpening(time) => opened.checked_add_signed(span(*time)),
    }
}
