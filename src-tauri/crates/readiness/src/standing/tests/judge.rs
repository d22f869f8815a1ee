//! A second opinion, from the raw events in their order alone: slow, plain, and sharing no code with what it judges.

use chrono::TimeDelta;
use quarterdeck_model::{Instant, readiness::EvidenceVerdict};

/// What a checklist asks, as the history made it up.
#[derive(Debug, Clone)]
pub struct Plan {
    pub items: Vec<PlannedItem>,
    /// Empty for all.
    pub needs: Vec<usize>,
    pub score: Option<u32>,
    /// What each station is shown; none where there is no poll.
    pub stations: Vec<Vec<usize>>,
}

#[derive(Debug, Clone)]
pub struct PlannedItem {
    /// How long each lasts in minutes, and whether its value binds.
    pub evidence: Vec<(i64, bool)>,
    /// How many sign, and how long that lasts in minutes.
    pub manual: Option<(usize, Option<i64>)>,
    pub after: Vec<usize>,
    pub critical: bool,
    pub weight: u32,
    pub scored: bool,
}

/// What happened, in its order. Of statements, whether they make sense: what names something else than what was shown is `void`.
#[derive(Debug, Clone)]
pub enum Raw {
    /// `anew` where it says the same as before, which however was told by a clock that was ahead.
    Measured {
        item: usize,
        place: usize,
        verdict: EvidenceVerdict,
        value: u8,
        anew: bool,
        at: Instant,
    },
    Word {
        item: usize,
        person: u8,
        yes: bool,
        void: bool,
        at: Instant,
    },
    Waiver {
        item: usize,
        applies_not: bool,
        at: Instant,
        until: Instant,
    },
    /// `clock` is what it said then; `at` is what was written.
    Answer {
        station: usize,
        go: bool,
        void: bool,
        at: Instant,
        clock: Instant,
    },
    Decision {
        go: bool,
        void: bool,
        at: Instant,
        clock: Instant,
    },
    Hold(bool),
    /// Of the event at a place.
    Revoked(usize),
    /// Counts for nothing, whatever it says.
    Nonsense,
}

/// Everything that happened, and the moment.
pub struct Judge<'a> {
    pub plan: &'a Plan,
    pub events: &'a [Raw],
    pub now: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    Go,
    Waived,
    NoGo,
}

impl Judge<'_> {
    pub fn gate(&self) -> Opinion {
        self.opinion(self.before_director() && (self.plan.stations.is_empty() || self.decided()))
    }

    /// Items, score and stations: what has to stand before anybody decides.
    pub fn before_director(&self) -> bool {
        let needed = self.needed();
        let items = needed.iter().all(|&item| self.holds(item));
        items && self.score() && (0..self.plan.stations.len()).all(|station| self.says_go(station)) && !self.is_held()
    }

    fn opinion(&self, go: bool) -> Opinion {
        let exempt = |item: usize| self.waiver(item, false).is_some() && self.waiver(item, true).is_none();
        let set_aside = |item: usize| exempt(item) || (self.plan.items[item].critical && self.waiver(item, true).is_some());
        let lifts =
            |item: usize| self.plan.score.is_some() && self.plan.items[item].scored && self.plan.items[item].weight > 0 && exempt(item);
        let waived = self.needed().iter().any(|&item| set_aside(item)) || (0..self.plan.items.len()).any(lifts);
        match (go, waived) {
            (false, _) => Opinion::NoGo,
            (true, true) => Opinion::Waived,
            (true, false) => Opinion::Go,
        }
    }

    fn needed(&self) -> Vec<usize> {
        let all = 0..self.plan.items.len();
        all.filter(|item| self.plan.needs.is_empty() || self.plan.needs.contains(item) || self.plan.items[*item].critical).collect()
    }

    fn score(&self) -> bool {
        let counted = |item: &usize| self.plan.items[*item].scored && self.waiver(*item, true).is_none();
        let counted: Vec<usize> = (0..self.plan.items.len()).filter(counted).collect();
        let weight = |items: &[usize]| items.iter().map(|&item| self.plan.items[item].weight).sum::<u32>();
        let held: Vec<usize> = counted.iter().copied().filter(|&item| self.holds(item)).collect();
        let (held, all) = (weight(&held), weight(&counted));
        self.plan.score.is_none_or(|least| if all == 0 { least == 0 } else { held * 100 >= least * all })
    }

    fn holds(&self, item: usize) -> bool {
        if self.is_waived(item) {
            return true;
        }
        let plan = &self.plan.items[item];
        let signed = plan.manual.is_none_or(|(needed, lasts)| {
            let standing = (0..4).filter(|&person| self.signed(item, person, lasts)).count();
            standing >= needed
        });
        plan.after.iter().all(|&before| self.holds(before))
            && !(0..4).any(|person| self.word(item, person).is_some_and(|(_, yes, ..)| !yes))
            && (0..plan.evidence.len())
                .all(|place| self.measured(item, place, self.events.len()).is_some_and(|(verdict, ..)| verdict == EvidenceVerdict::Holds))
            && (0..plan.evidence.len()).all(|place| self.is_fresh(item, place))
            && signed
    }

    /// The newest word of a person, unless it was taken back: its place, what it says, whether it is void, and when.
    fn word(&self, item: usize, person: u8) -> Option<(usize, bool, bool, Instant)> {
        let newest = self.events.iter().enumerate().rev().find_map(|(place, event)| match event {
            Raw::Word { item: of, person: by, yes, void, at } if (*of, *by) == (item, person) => Some((place, *yes, *void, *at)),
            _ => None,
        });
        newest.filter(|(place, ..)| !self.is_revoked(*place))
    }

    fn signed(&self, item: usize, person: u8, lasts: Option<i64>) -> bool {
        self.word(item, person).is_some_and(|(place, yes, void, at)| {
            let young = lasts.is_none_or(|lasts| self.now - at <= TimeDelta::minutes(lasts));
            yes && !void && young && self.is_past(at) && self.rests(place, &[item])
        })
    }

    fn says_go(&self, station: usize) -> bool {
        let newest = self.events.iter().enumerate().rev().find_map(|(place, event)| match event {
            Raw::Answer { station: of, go, void, at, .. } if *of == station => Some((place, *go, *void, *at)),
            _ => None,
        });
        newest.is_some_and(|(place, go, void, at)| {
            go && !void && !self.is_revoked(place) && self.is_past(at) && self.rests_on_waivers(place, &self.plan.stations[station])
        })
    }

    fn decided(&self) -> bool {
        let newest = self.events.iter().enumerate().rev().find_map(|(place, event)| match event {
            Raw::Decision { go, void, at, .. } => Some((place, *go, *void, *at)),
            _ => None,
        });
        let over: Vec<usize> = self.needed().into_iter().chain(self.plan.stations.iter().flatten().copied()).collect();
        newest.is_some_and(|(place, go, void, at)| {
            go && !void && !self.is_revoked(place) && self.is_past(at) && self.rests_on_waivers(place, &over)
        })
    }

    fn is_held(&self) -> bool {
        let newest = self.events.iter().rev().find_map(|event| if let Raw::Hold(held) = event { Some(*held) } else { None });
        newest.unwrap_or_default()
    }

    /// As `rests`; and what was waived then still is, and nothing else by what was said before.
    fn rests_on_waivers(&self, place: usize, items: &[usize]) -> bool {
        let Some(then) = self.moment_of(place) else { return false };
        let before = Judge { plan: self.plan, events: &self.events[..place], now: then };
        items.iter().all(|&item| before.is_waived(item) == self.was_waived(item, place)) && self.rests(place, items)
    }

    /// Nothing under it changed since, not even there and back, and all of it is fresh.
    fn rests(&self, place: usize, items: &[usize]) -> bool {
        let under = items.iter().copied().filter(|&item| !self.was_waived(item, place));
        under.flat_map(|item| (0..self.plan.items[item].evidence.len()).map(move |evidence| (item, evidence))).all(|(item, evidence)| {
            let binds = self.plan.items[item].evidence[evidence].1;
            let said = |(verdict, value, _): (EvidenceVerdict, u8, Instant)| (verdict, if binds { value } else { 0 });
            let then = self.measured(item, evidence, place).map(said);
            let mut since = self.events[place..].iter().filter_map(|event| match event {
                Raw::Measured { item: of, place, verdict, value, anew, at } if (*of, *place) == (item, evidence) => {
                    Some((*anew, said((*verdict, *value, *at))))
                }
                _ => None,
            });
            let fresh = self.measured(item, evidence, self.events.len()).is_none() || self.is_fresh(item, evidence);
            since.all(|(anew, now)| !anew && Some(now) == then) && fresh
        })
    }

    fn measured(&self, item: usize, place: usize, before: usize) -> Option<(EvidenceVerdict, u8, Instant)> {
        self.events[..before].iter().rev().find_map(|event| match event {
            Raw::Measured { item: of, place: at_place, verdict, value, at, .. } if (*of, *at_place) == (item, place) => {
                Some((*verdict, *value, *at))
            }
            _ => None,
        })
    }

    fn is_fresh(&self, item: usize, place: usize) -> bool {
        let lasts = TimeDelta::minutes(self.plan.items[item].evidence[place].0);
        self.measured(item, place, self.events.len()).is_some_and(|(.., at)| self.now - at <= lasts && self.is_past(at))
    }

    fn is_past(&self, at: Instant) -> bool {
        at - self.now <= TimeDelta::minutes(1)
    }

    fn is_waived(&self, item: usize) -> bool {
        self.waiver(item, true).or_else(|| self.waiver(item, false)).is_some()
    }

    /// Waived now, by something that was said before the event at a place.
    fn was_waived(&self, item: usize, place: usize) -> bool {
        let first = |applies_not| self.waiver(item, applies_not).is_some_and(|first| first < place);
        first(true) || first(false)
    }

    /// The first waiver of a kind that counts now.
    fn waiver(&self, item: usize, kind: bool) -> Option<usize> {
        self.events.iter().enumerate().position(|(place, event)| match event {
            Raw::Waiver { item: of, applies_not, at, until } => {
                (*of, *applies_not) == (item, kind) && *until > self.now && self.is_past(*at) && !self.is_revoked(place)
            }
            _ => false,
        })
    }

    fn is_revoked(&self, place: usize) -> bool {
        self.events.iter().any(|event| matches!(event, Raw::Revoked(of) if *of == place))
    }

    fn moment_of(&self, place: usize) -> Option<Instant> {
        match &self.events[place] {
            Raw::Answer { clock, .. } | Raw::Decision { clock, .. } => Some(*clock),
            _ => None,
        }
    }
}
