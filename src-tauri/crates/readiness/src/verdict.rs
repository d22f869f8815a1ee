//! The verdict of a gate: Go iff nothing stands against it.

use std::{cmp::Reverse, collections::HashSet};

use quarterdeck_model::{
    Instant,
    readiness::{Cure, Item, ItemState, Reason, Score, Station, StationState, Verdict, VerdictWord, Waiver},
};

use crate::{
    checklist::{Checklist, GateDefinition},
    standing::{Ground, Polled, held_until, is_held, page, speaker},
};

/// What a verdict is formed from.
pub(crate) struct Sight<'a, 'g> {
    pub ground: &'a Ground<'g>,
    /// In the order of the file.
    pub items: &'a [Item],
    pub stations: &'a [Station],
    pub score: &'a Score,
    pub polled: Option<&'a Polled>,
}

/// Places of the items that a gate needs: those of its phases and categories, those that it names, all where it names none, and what is
/// critical. Without a gate: all.
pub(crate) fn needed(checklist: &Checklist, gate: Option<&GateDefinition>) -> Vec<usize> {
    let all = gate.is_none_or(|gate| gate.phases.is_empty() && gate.categories.is_empty() && gate.items.is_empty());
    let named: HashSet<&str> = gate.iter().flat_map(|gate| &gate.items).map(String::as_str).collect();
    let phase_of = checklist.phases.iter().flat_map(|phase| phase.items.iter().map(move |item| (phase, item)));
    let needs = phase_of.enumerate().filter(|(_, (phase, item))| {
        let by_gate = gate.is_some_and(|gate| {
            gate.phases.contains(&phase.id)
                || item.category.is_some_and(|category| gate.categories.contains(&category))
                || named.contains(item.id.as_str())
        });
        all || item.critical || by_gate
    });
    needs.map(|(place, _)| place).collect()
}

/// The verdict of a gate.
pub(crate) fn of_gate(sight: &Sight<'_, '_>, gate: &GateDefinition) -> Verdict {
    let mut reasons = reasons(sight, Some(gate));
    if gate.poll {
        reasons.extend(of_stations(sight));
        reasons.extend(of_director(sight));
    }
    form(sight, Some(gate), reasons, gate.poll)
}

/// The verdict over all items, where there is no gate.
pub(crate) fn of_all(sight: &Sight<'_, '_>) -> Verdict {
    form(sight, None, reasons(sight, None), false)
}

/// The verdict of the poll's gate with its stations, before the director.
pub(crate) fn before_decision(sight: &Sight<'_, '_>, gate: Option<&GateDefinition>) -> Verdict {
    let mut reasons = reasons(sight, gate);
    reasons.extend(of_stations(sight));
    form(sight, gate, reasons, true)
}

/// How bad it is: smaller is worse. The kind of reason, then critical items, then heavy ones.
type Rank = (u8, bool, Reverse<u32>);

/// What stands against it, and how bad that is.
type Ranked = (Rank, Reason);

fn form(sight: &Sight<'_, '_>, gate: Option<&GateDefinition>, mut reasons: Vec<Ranked>, polled: bool) -> Verdict {
    // Stable: alike ones stay in the order of the file.
    reasons.sort_by_key(|(rank, _)| *rank);
    let needed = needed(sight.ground.said.checklist, gate);
    let scored = gate.is_some_and(|gate| gate.score.is_some());
    // What is waived counts as held for the score: whoever reads Go is told, wherever it stands.
    let lifts = |place: usize| scored && sight.items[place].category.is_some() && sight.items[place].weight > 0;
    let named = (0..sight.items.len()).filter(|&place| needed.contains(&place) || lifts(place));
    let waivers: Vec<Waiver> = named.filter_map(|place| waiver(sight, place)).collect();
    let word = match (reasons.is_empty(), waivers.is_empty()) {
        (false, _) => VerdictWord::NoGo,
        (true, false) => VerdictWord::Waived,
        (true, true) => VerdictWord::Go,
    };
    let resting = needed.iter().filter(|&&place| !is_set_aside(sight.items[place].state));
    let oldest = resting.flat_map(|&place| &sight.items[place].evidence).filter_map(|evidence| evidence.measured).min();
    let expires = (word != VerdictWord::NoGo).then(|| expires(sight, gate, &needed, polled)).flatten();
    let reasons = reasons.into_iter().map(|(_, reason)| reason).collect();
    Verdict { word, reasons, waivers, oldest, expires, as_of: sight.ground.said.now }
}

fn reasons(sight: &Sight<'_, '_>, gate: Option<&GateDefinition>) -> Vec<Ranked> {
    let needed = needed(sight.ground.said.checklist, gate);
    let against = needed.into_iter().map(|place| &sight.items[place]).filter(|item| !is_held(item.state));
    let mut reasons: Vec<Ranked> = against.map(of_item).collect();
    let unknown = gate.iter().flat_map(|gate| &gate.items).filter(|id| !sight.ground.places.contains_key(id.as_str()));
    reasons.extend(unknown.map(|id| (rank(0), Reason { item: Some(id.clone()), ..about(format!("{id} is no item of the checklist")) })));
    if let Some(least) = gate.and_then(|gate| gate.score)
        && sight.score.total.unwrap_or(0) < least
    {
        let score = sight.score.total.map_or_else(|| "nothing counts for the score".to_owned(), |score| format!("score {score} of 100"));
        let cure = page("See points lost", format!("readiness/{}", sight.ground.said.copy));
        reasons.push((rank(6), Reason { cure: Some(cure), ..about(format!("{score}, at least {least} expected")) }));
    }
    reasons
}

fn of_item(item: &Item) -> Ranked {
    let worst = match item.state {
        ItemState::Refused => 0,
        ItemState::Fails => 1,
        ItemState::Unknown => 2,
        ItemState::Stale => 3,
        ItemState::Blocked => 4,
        _ => 5,
    };
    let reason = Reason {
        item: Some(item.id.clone()),
        station: None,
        state: Some(item.state),
        sentence: format!("{}: {}", item.title, item.sentence),
        cure: item.cure.clone(),
    };
    ((worst, !item.critical, Reverse(item.weight)), reason)
}

fn of_stations(sight: &Sight<'_, '_>) -> Vec<Ranked> {
    let open = sight.stations.iter().filter(|station| station.state != StationState::Go);
    let mut reasons: Vec<Ranked> = open
        .map(|station| {
            let worst = if station.state == StationState::NoGo { 0 } else { 7 };
            let sentence = format!("{}: {}", station.title, station.sentence);
            (rank(worst), Reason { station: Some(station.id.clone()), cure: Some(open_poll(sight)), ..about(sentence) })
        })
        .collect();
    if let Some(held) = sight.ground.held()
        && !sight.stations.iter().any(|station| station.state == StationState::Held)
    {
        reasons.push((rank(7), Reason { cure: Some(open_poll(sight)), ..about(format!("The poll waits: {held}")) }));
    }
    reasons
}

/// Why there is no standing Go of the director.
fn of_director(sight: &Sight<'_, '_>) -> Option<Ranked> {
    let poll = sight.ground.said.checklist.poll.as_ref();
    let title = poll.map_or("director", |poll| sight.ground.said.checklist.role(&poll.director));
    let polled = sight.polled;
    let decided = polled.and_then(|polled| polled.decided);
    let newest = polled.and_then(|polled| polled.decision.as_ref());
    let sentence = match (decided, newest, polled.and_then(|polled| polled.gone.as_ref())) {
        (Some(VerdictWord::Go | VerdictWord::Waived), ..) => return None,
        (Some(VerdictWord::NoGo), Some(said), _) => format!("{} decided No-go: {}", speaker(said), said.text.trim()),
        (_, Some(said), Some(gone)) => format!("{} decided Go; stale: {gone}", speaker(said)),
        _ => format!("{title}: nothing is decided yet"),
    };
    Some((rank(if decided.is_some() { 0 } else { 8 }), Reason { cure: Some(open_poll(sight)), ..about(sentence) }))
}

fn open_poll(sight: &Sight<'_, '_>) -> Cure {
    page("Open poll", format!("poll/{}", sight.ground.said.copy))
}

fn rank(worst: u8) -> Rank {
    (worst, true, Reverse(0))
}

fn about(sentence: String) -> Reason {
    Reason { item: None, station: None, state: None, sentence, cure: None }
}

fn is_set_aside(state: ItemState) -> bool {
    matches!(state, ItemState::Waived | ItemState::NotApplicable)
}

/// What was set aside and has to be named: what is waived, and what is critical and is said not to apply.
fn waiver(sight: &Sight<'_, '_>, place: usize) -> Option<Waiver> {
    let item = &sight.items[place];
    let named = item.state == ItemState::Waived || (item.critical && item.state == ItemState::NotApplicable);
    let said = &sight.ground.told.statements[sight.ground.told.waiver(place).filter(|_| named)?];
    Some(Waiver {
        item: item.id.clone(),
        title: item.title.clone(),
        by: speaker(said).to_owned(),
        reason: said.text.trim().to_owned(),
        until: item.waived_until?,
    })
}

/// The moment up to which nothing of it, and of what it waits for, grows too old and no waiver ends. With a poll also of what stations and
/// the director were shown; with a score also of everything that counts.
fn expires(sight: &Sight<'_, '_>, gate: Option<&GateDefinition>, needed: &[usize], polled: bool) -> Option<Instant> {
    let mut places: HashSet<usize> = needed.iter().copied().collect();
    if polled {
        places.extend(&sight.ground.decided_over);
    }
    if gate.is_some_and(|gate| gate.score.is_some()) {
        places.extend((0..sight.items.len()).filter(|&place| is_held(sight.items[place].state)));
    }
    // Of what does not hold anyway, nothing ends.
    places.retain(|&place| is_held(sight.items[place].state));
    wait_for(sight, &mut places);
    // What was said before a waiver still rests on the evidence; what is too old already was no ground of it.
    let now = sight.ground.said.now;
    let rested = sight.ground.decided_over.iter().filter(|_| polled).filter_map(|&place| sight.ground.seen[place].expires);
    let rested = rested.filter(|expires| *expires >= now);
    places.into_iter().filter_map(|place| held_until(sight.ground, place)).chain(rested).min()
}

/// Adds what they wait for, and what that waits for. What is waived waits for nothing.
fn wait_for(sight: &Sight<'_, '_>, places: &mut HashSet<usize>) {
    let mut open: Vec<usize> = places.iter().copied().collect();
    while let Some(place) = open.pop() {
        if is_set_aside(sight.items[place].state) {
            continue;
        }
        for &before in sight.items[place].after.iter().filter_map(|id| sight.ground.places.get(id.as_str())) {
            if places.insert(before) {
                open.push(before);
            }
        }
    }
}
