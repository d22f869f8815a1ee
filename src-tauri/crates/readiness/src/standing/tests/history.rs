//! Random histories of random checklists: the gate says Go or Waived just where the judge does.

use std::{cell::Cell, collections::HashMap};

use chrono::TimeDelta;
use proptest::{prelude::*, test_runner::TestRunner};
use quarterdeck_model::{
    Digest, Instant,
    readiness::{EvidenceVerdict, StatementKind, VerdictWord},
};

use super::{
    judge::{Judge, Opinion, Plan, PlannedItem, Raw},
    scene::Scene,
};

/// What is wrong with a statement, if anything.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    None,
    OtherShown,
    WrongRole,
    Nobody,
}

#[derive(Debug, Clone)]
enum Event {
    Measure {
        item: usize,
        place: usize,
        verdict: EvidenceVerdict,
        value: u8,
    },
    /// There and back.
    Flip {
        item: usize,
        place: usize,
        verdict: EvidenceVerdict,
    },
    Pass(i64),
    Sign {
        item: usize,
        person: u8,
        flaw: Flaw,
    },
    Refuse {
        item: usize,
        person: u8,
    },
    /// So many statements back.
    Revoke(usize),
    Waive {
        item: usize,
        applies_not: bool,
        minutes: i64,
    },
    Answer {
        station: usize,
        go: bool,
        flaw: Flaw,
    },
    Hold(bool),
    Decide {
        go: bool,
        flaw: Flaw,
    },
    /// Measured, signed, answered and decided, as on a good day.
    GoodDay,
}

fn plans() -> impl Strategy<Value = Plan> {
    let evidence = proptest::collection::vec((1_i64..180, any::<bool>()), 0..3);
    let manual = proptest::option::of((1_usize..3, proptest::option::of(1_i64..240)));
    let item = (evidence, manual, proptest::collection::vec(any::<prop::sample::Index>(), 0..2), any::<bool>(), 0_u32..4, any::<bool>());
    let items = proptest::collection::vec(item, 1..5);
    let pick = || proptest::collection::vec(any::<prop::sample::Index>(), 0..3);
    let stations = proptest::collection::vec(proptest::collection::vec(any::<prop::sample::Index>(), 1..3), 0..3);
    (items, pick(), proptest::option::of(0_u32..101), stations).prop_map(|(items, needs, score, stations)| {
        let count = items.len();
        let chosen = |picked: &[prop::sample::Index], below: usize| {
            let mut chosen: Vec<usize> = picked.iter().map(|index| index.index(below)).collect();
            chosen.sort_unstable();
            chosen.dedup();
            chosen
        };
        let items = items.into_iter().enumerate().map(|(at, (evidence, manual, after, critical, weight, scored))| PlannedItem {
            manual: if evidence.is_empty() && manual.is_none() { Some((1, None)) } else { manual },
            evidence,
            after: if at == 0 { Vec::new() } else { chosen(&after, at) },
            critical,
            weight,
            scored,
        });
        let stations = stations.iter().map(|shows| chosen(shows, count)).collect();
        Plan { items: items.collect(), needs: chosen(&needs, count), score, stations }
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let verdict = || prop_oneof![7 => Just(EvidenceVerdict::Holds), 1 => Just(EvidenceVerdict::Fails), 1 => Just(EvidenceVerdict::Unknown)];
    let flaw = || prop_oneof![12 => Just(Flaw::None), 1 => Just(Flaw::OtherShown), 1 => Just(Flaw::WrongRole), 1 => Just(Flaw::Nobody)];
    let event = prop_oneof![
        6 => (0_usize..5, 0_usize..2, verdict(), prop_oneof![4 => Just(0), 1 => Just(1_u8)])
            .prop_map(|(item, place, verdict, value)| Event::Measure { item, place, verdict, value }),
        3 => prop_oneof![4 => 0_i64..30, 2 => 30_i64..200, 1 => -5_i64..0].prop_map(Event::Pass),
        3 => (0_usize..5, 0_u8..3, flaw()).prop_map(|(item, person, flaw)| Event::Sign { item, person, flaw }),
        1 => (0_usize..5, 0_u8..4).prop_map(|(item, person)| Event::Refuse { item, person }),
        2 => (0_usize..5, 0_usize..2, prop_oneof![Just(EvidenceVerdict::Fails), Just(EvidenceVerdict::Unknown)]).prop_map(|(item, place, verdict)| Event::Flip { item, place, verdict }),
        2 => prop_oneof![4 => 0_usize..5, 1 => 0_usize..60].prop_map(Event::Revoke),
        2 => (0_usize..5, any::<bool>(), 1_i64..300).prop_map(|(item, applies_not, minutes)| Event::Waive { item, applies_not, minutes }),
        3 => (0_usize..3, prop::bool::weighted(0.85), flaw()).prop_map(|(station, go, flaw)| Event::Answer { station, go, flaw }),
        1 => prop::bool::weighted(0.3).prop_map(Event::Hold),
        2 => (prop::bool::weighted(0.9), flaw()).prop_map(|(go, flaw)| Event::Decide { go, flaw }),
        3 => Just(Event::GoodDay),
    ];
    proptest::collection::vec(event, 1..25)
}

/// The file that asks for a plan.
fn file(plan: &Plan) -> String {
    let ids = |items: &[usize]| items.iter().map(|item| format!("i{item}")).collect::<Vec<_>>().join(", ");
    let mut text = "title: A\nroles: {r: R, boss: Boss}\nphases:\n  p:\n    title: P\n    items:\n".to_owned();
    for (at, item) in plan.items.iter().enumerate() {
        text += &format!("      i{at}:\n        title: I{at}\n        critical: {}\n        weight: {}\n", item.critical, item.weight);
        text += &format!("        after: [{}]\n", ids(&item.after));
        text += if item.scored { "        category: data\n" } else { "" };
        if let Some((signatures, lasts)) = item.manual {
            let lasts = lasts.map(|lasts| format!(", lasts: {lasts} min")).unwrap_or_default();
            text += &format!("        manual: {{statement: Yes, role: r, signatures: {signatures}{lasts}}}\n");
        }
        if !item.evidence.is_empty() {
            let evidence = item.evidence.iter().map(|(lasts, binds)| format!("{{point: x, lasts: {lasts} min, value: {binds}}}"));
            text += &format!("        evidence: [{}]\n", evidence.collect::<Vec<_>>().join(", "));
        }
    }
    let polled = !plan.stations.is_empty();
    let score = plan.score.map(|score| format!(", score: {score}")).unwrap_or_default();
    text += &format!("gates: {{g: {{title: G, needs: {{items: [{}], poll: {polled}{score}}}}}}}\n", ids(&plan.needs));
    if polled {
        text += "poll:\n  director: boss\n  gate: g\n  stations:\n";
        for (at, shows) in plan.stations.iter().enumerate() {
            text += &format!("    s{at}: {{title: S{at}, role: r, shows: [{}]}}\n", ids(shows));
        }
    }
    text
}

/// A copy, and everything that happened to it.
struct Life {
    plan: Plan,
    scene: Scene,
    raw: Vec<Raw>,
    /// Place in `raw` of each statement.
    spoken: Vec<usize>,
    /// What each piece of evidence says, and since when, as whoever follows it by hand would write it down.
    says: HashMap<(usize, usize), (EvidenceVerdict, u8, Instant)>,
}

impl Life {
    fn of(plan: Plan) -> Self {
        Self { scene: Scene::new(&file(&plan)), plan, raw: Vec::new(), spoken: Vec::new(), says: HashMap::new() }
    }

    fn judge(&self) -> Judge<'_> {
        Judge { plan: &self.plan, events: &self.raw, now: self.scene.now }
    }

    fn happen(&mut self, event: &Event) {
        let items = self.plan.items.len();
        match *event {
            Event::Pass(minutes) => self.scene.pass(minutes),
            Event::Measure { item, place, verdict, value } => self.measure(item % items, place, verdict, value),
            Event::Flip { item, place, verdict } => {
                // With the same value: only what it says changes.
                self.measure(item % items, place, verdict, 0);
                self.measure(item % items, place, EvidenceVerdict::Holds, 0);
            }
            Event::Sign { item, person, flaw } => self.word(item % items, person, true, flaw),
            Event::Refuse { item, person } => self.word(item % items, person, false, Flaw::None),
            Event::Revoke(back) => self.revoke((self.spoken.len() + 1).saturating_sub(back)),
            Event::Waive { item, applies_not, minutes } => {
                let kind = if applies_not { StatementKind::NotApplicable } else { StatementKind::Exempt };
                self.scene.waive(kind, &format!("i{}", item % items), minutes);
                let said = self.scene.statements.last().unwrap();
                let (at, until) = (said.at, said.until.unwrap());
                self.spoke(Raw::Waiver { item: item % items, applies_not, at, until });
            }
            Event::Answer { station, go, flaw } => self.answer(station, go, flaw),
            Event::Hold(held) => {
                self.scene.say(if held { StatementKind::Hold } else { StatementKind::Resume }, |_| {});
                // Where there is no poll nothing waits.
                self.spoke(if self.plan.stations.is_empty() { Raw::Nonsense } else { Raw::Hold(held) });
            }
            Event::Decide { go, flaw } => self.decide(go, flaw),
            Event::GoodDay => self.good_day(),
        }
    }

    fn good_day(&mut self) {
        for item in 0..self.plan.items.len() {
            (0..self.plan.items[item].evidence.len()).for_each(|place| self.measure(item, place, EvidenceVerdict::Holds, 0));
        }
        for item in 0..self.plan.items.len() {
            (0..2).for_each(|person| self.word(item, person, true, Flaw::None));
        }
        (0..self.plan.stations.len()).for_each(|station| self.answer(station, true, Flaw::None));
        self.decide(true, Flaw::None);
    }

    fn spoke(&mut self, raw: Raw) {
        self.spoken.push(self.raw.len());
        self.raw.push(raw);
    }

    fn measure(&mut self, item: usize, place: usize, verdict: EvidenceVerdict, value: u8) {
        if place < self.plan.items[item].evidence.len() {
            self.scene.measure(&format!("i{item}/{}", place + 1), verdict, &value.to_string());
            let anew = self.begins(item, place, verdict, value);
            self.raw.push(Raw::Measured { item, place, verdict, value, anew, at: self.scene.now });
        }
    }

    /// True where evidence that says the same as before begins anew all the same: what it said began at a moment that is still to come.
    fn begins(&mut self, item: usize, place: usize, verdict: EvidenceVerdict, value: u8) -> bool {
        let (now, binds) = (self.scene.now, self.plan.items[item].evidence[place].1);
        let value = if binds { value } else { 0 };
        let before = self.says.get(&(item, place)).filter(|before| (before.0, before.1) == (verdict, value)).map(|before| before.2);
        let to_come = before.is_some_and(|since| since - now > TimeDelta::minutes(1));
        if before.is_none() || to_come {
            // After everything that was said so far, whatever the clock does.
            let said = self.scene.statements.iter().map(|said| said.at + TimeDelta::milliseconds(1));
            self.says.insert((item, place), (verdict, value, said.chain([now]).max().unwrap()));
        }
        to_come
    }

    fn flawed(&mut self, flaw: Flaw) {
        let said = self.scene.statements.last_mut().unwrap();
        match flaw {
            Flaw::None => {}
            Flaw::OtherShown => said.shown = Some(Digest::of(b"other")),
            Flaw::WrongRole => said.role = Some("q".to_owned()),
            Flaw::Nobody => said.person = None,
        }
    }

    fn word(&mut self, item: usize, person: u8, yes: bool, flaw: Flaw) {
        self.scene.sign(if yes { StatementKind::Sign } else { StatementKind::Refuse }, &format!("i{item}"), &format!("P{person}"));
        self.flawed(flaw);
        let ignored = yes && (matches!(flaw, Flaw::WrongRole | Flaw::Nobody) || self.plan.items[item].manual.is_none());
        let at = self.scene.statements.last().unwrap().at;
        self.spoke(if ignored { Raw::Nonsense } else { Raw::Word { item, person, yes, void: flaw == Flaw::OtherShown, at } });
    }

    fn revoke(&mut self, number: usize) {
        self.scene.revoke(u32::try_from(number).unwrap());
        let revoked = number.checked_sub(1).and_then(|at| self.spoken.get(at).copied());
        let revoked = revoked.filter(|&at| !matches!(self.raw[at], Raw::Hold(_) | Raw::Revoked(_)));
        self.spoke(revoked.map_or(Raw::Nonsense, Raw::Revoked));
    }

    fn answer(&mut self, station: usize, go: bool, flaw: Flaw) {
        let Some(station) = station.checked_rem(self.plan.stations.len()) else { return };
        self.scene.answer(if go { StatementKind::Go } else { StatementKind::Refuse }, &format!("s{station}"), "P1");
        self.flawed(flaw);
        let ignored = go && matches!(flaw, Flaw::WrongRole | Flaw::Nobody);
        let at = self.scene.statements.last().unwrap().at;
        self.spoke(if ignored {
            Raw::Nonsense
        } else {
            Raw::Answer { station, go, void: flaw == Flaw::OtherShown, at, clock: self.scene.now }
        });
    }

    fn decide(&mut self, go: bool, flaw: Flaw) {
        if self.plan.stations.is_empty() {
            return;
        }
        // Go, while something stands against it, names what stands against it: it never counts.
        let ready = self.judge().before_director();
        self.scene.decide(if go { VerdictWord::Go } else { VerdictWord::NoGo });
        self.flawed(flaw);
        let ignored = go && matches!(flaw, Flaw::WrongRole | Flaw::Nobody);
        let at = self.scene.statements.last().unwrap().at;
        self.spoke(if ignored {
            Raw::Nonsense
        } else {
            Raw::Decision { go, void: flaw == Flaw::OtherShown || !ready, at, clock: self.scene.now }
        });
    }
}

fn opinion(word: VerdictWord) -> Opinion {
    match word {
        VerdictWord::Go => Opinion::Go,
        VerdictWord::Waived => Opinion::Waived,
        VerdictWord::NoGo => Opinion::NoGo,
    }
}

#[test]
fn no_history_leaves_a_go_standing_on_what_changed() {
    let (steps, went) = (Cell::new(0_u32), Cell::new(0_u32));
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) });
    let checked = runner.run(&(plans(), events()), |(plan, events)| {
        let mut life = Life::of(plan);
        let mut set_back = false;
        for event in &events {
            life.happen(event);
            set_back |= matches!(event, Event::Pass(..0));
            let verdict = life.scene.stand().gates.remove(0);
            let expected = life.judge().gate();
            steps.set(steps.get() + 1);
            let found = opinion(verdict.word);
            prop_assert_eq!(found, expected, "{:?} after {:?}", verdict, life.raw);
            prop_assert_eq!(verdict.reasons.is_empty(), found != Opinion::NoGo);
            if found == Opinion::NoGo {
                continue;
            }
            went.set(went.get() + 1);
            // Nothing of it ends before it says so. A clock that was set back has things to come that nobody foresees.
            if let Some(expires) = verdict.expires.filter(|_| !set_back) {
                prop_assert!(expires >= life.scene.now, "{expires}");
                let before = (expires - chrono::TimeDelta::milliseconds(1)).max(life.scene.now);
                prop_assert_ne!(life.scene.stand_at(before).gates[0].word, VerdictWord::NoGo, "{:?} before {}", life.raw, expires);
            }
        }
        Ok(())
    });
    checked.unwrap();
    assert!(went.get() * 8 > steps.get(), "{} of {} steps end in Go: too few to say anything", went.get(), steps.get());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the statements are, an answer comes out; and it says Go by nobody's mistake.
    #[test]
    fn any_statements_at_all_are_answered(plan in plans(), fields in proptest::collection::vec((0_u8..14, 0_u32..12, 0_u32..12, 0_u8..7, -200_000_i64..200_000), 0..40)) {
        use StatementKind::*;
        let mut life = Life::of(plan);
        for (kind, number, revokes, target, minutes) in fields {
            let kind = [Sign, Refuse, Go, Exempt, NotApplicable, Note, Revoke, Hold, Resume, Decide, Open, Close, Bypass, Withdraw][usize::from(kind)];
            life.scene.say(kind, |said| {
                (said.number, said.revokes) = (number, Some(revokes));
                said.item = (target < 5).then(|| format!("i{target}"));
                said.station = (target % 3 == 0).then(|| format!("s{target}"));
                said.at += chrono::TimeDelta::minutes(minutes);
                said.until = (target % 2 == 0).then_some(chrono::DateTime::<chrono::Utc>::MAX_UTC);
                said.verdict = (target > 2).then_some(VerdictWord::Go);
                (said.person, said.role) = (Some("P".to_owned()), Some("r".to_owned()));
            });
        }
        let standing = life.scene.stand();
        prop_assert_eq!(standing.statements.len(), life.scene.statements.len());
        // Nothing was measured, and nobody was shown anything.
        if standing.gates[0].word != VerdictWord::NoGo {
            let asked = standing.items.iter().filter(|item| life.plan.needs.is_empty() || item.critical);
            prop_assert!(asked.clone().all(|item| item.waived_until.is_some()) && life.plan.stations.is_empty());
        }
        for at in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
            life.scene.stand_at(at);
        }
    }
}
