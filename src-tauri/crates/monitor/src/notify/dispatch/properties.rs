//! What must hold whatever happens: alerts fire and resolve, people silence and acknowledge, the process starts anew.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quarterdeck_model::alert::NoticeReason;

use super::{
    tests::{MINUTE, SECOND, alert, dispatcher, over},
    *,
};

/// Two receivers get `B`; one of them does not tell what is over.
const ROUTES: &str = "
route:
  receiver: a
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 40m
  routes:
  - {matchers: [alertname=B], receiver: b, continue: true}
  - {matchers: [alertname=~\"B|C\"], receiver: a, group_by: ['...'], group_wait: 10s, group_interval: 2m}
";
const NAMES: [&str; 7] = ["A/1", "A/2", "A/3", "B/1", "B/2", "C/1", "C/2"];
/// The longest wait of all routes.
const WAIT: Moment = 5 * MINUTE;
const REPEAT: Moment = 40 * MINUTE;

#[derive(Debug, Clone)]
enum Happening {
    Fires(usize),
    Resolves(usize),
    Silenced(usize),
    Taken(usize),
    Free(usize),
    Restart,
    /// From now on messages arrive at once, late, or never.
    Channels(Way),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Open,
    Slow,
    Shut,
}

fn happening() -> impl Strategy<Value = Happening> {
    let which = 0..NAMES.len();
    prop_oneof![
        5 => which.clone().prop_map(Happening::Fires),
        4 => which.clone().prop_map(Happening::Resolves),
        1 => which.clone().prop_map(Happening::Silenced),
        1 => which.clone().prop_map(Happening::Taken),
        2 => which.prop_map(Happening::Free),
        1 => Just(Happening::Restart),
        1 => prop_oneof![Just(Way::Slow), Just(Way::Shut)].prop_map(Happening::Channels),
        2 => Just(Happening::Channels(Way::Open)),
    ]
}

/// What is true of each alert, and when it became so.
#[derive(Debug, Clone, Copy, Default)]
struct Truth {
    fires: Option<Moment>,
    over: Moment,
    hold: Option<Hold>,
    free: Moment,
}

#[derive(Clone)]
struct Agreed(BTreeMap<String, Hold>);

impl Held for Agreed {
    fn holds(&self, alert: &Alert, _at: Moment) -> Option<Hold> {
        self.0.get(&alert.id).copied()
    }
}

struct World {
    dispatcher: Dispatcher,
    now: Moment,
    truth: [Truth; NAMES.len()],
    /// Newest message of each group to each channel.
    newest: BTreeMap<(String, String), Message>,
    way: Way,
    /// Since when messages arrive.
    opened: Moment,
    /// On their way.
    late: Vec<Message>,
    /// When a channel last heard that an alert fires.
    heard: BTreeMap<(String, String), Moment>,
}

impl World {
    fn new() -> Self {
        Self {
            dispatcher: dispatcher(ROUTES),
            now: 0,
            truth: [Truth::default(); NAMES.len()],
            way: Way::Open,
            opened: 0,
            late: Vec::new(),
            newest: BTreeMap::new(),
            heard: BTreeMap::new(),
        }
    }

    fn agreed(&self) -> Agreed {
        Agreed(NAMES.iter().zip(&self.truth).filter_map(|(name, truth)| Some(((*name).to_owned(), truth.hold?))).collect())
    }

    fn let_pass(&mut self, until: Moment) {
        while let Some(due) = self.dispatcher.due().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            for message in self.dispatcher.flush(self.now, &self.agreed()) {
                self.is_true(&message);
                match self.way {
                    Way::Open => self.hear(&message),
                    Way::Slow => self.late.push(message),
                    Way::Shut => self.dispatcher.failed(&message, self.now),
                }
            }
            self.nobody_waits_too_long();
        }
        self.now = until;
        self.nobody_waits_too_long();
    }

    fn happens(&mut self, what: &Happening) {
        let now = self.now;
        match what {
            Happening::Fires(which) => {
                let starts = *self.truth[*which].fires.get_or_insert(now);
                self.dispatcher.take(now, &[alert(NAMES[*which], starts)]);
            }
            Happening::Resolves(which) => {
                let truth = &mut self.truth[*which];
                let Some(starts) = truth.fires.take() else { return };
                truth.over = now;
                // An acknowledgement ends with the alert.
                truth.hold = truth.hold.filter(|hold| *hold == Hold::Silence);
                self.dispatcher.take(now, &[over(&alert(NAMES[*which], starts), now)]);
            }
            Happening::Silenced(which) => self.truth[*which].hold = Some(Hold::Silence),
            Happening::Taken(which) if self.truth[*which].fires.is_some() => self.truth[*which].hold = Some(Hold::Acknowledgement),
            Happening::Taken(_) => {}
            Happening::Free(which) => (self.truth[*which].hold, self.truth[*which].free) = (None, now),
            Happening::Restart => {
                self.dispatcher = Dispatcher::new(Arc::clone(self.dispatcher.config()), self.dispatcher.log());
                let known: Vec<Alert> = NAMES
                    .iter()
                    .zip(&self.truth)
                    .map(|(name, truth)| match truth.fires {
                        Some(starts) => alert(name, starts),
                        None => over(&alert(name, 0), truth.over),
                    })
                    .collect();
                self.late.iter().for_each(|message| self.dispatcher.resume(message));
                self.dispatcher.take(now, &known);
            }
            Happening::Channels(Way::Open) => self.open(),
            Happening::Channels(way) if self.way == Way::Open => self.way = *way,
            Happening::Channels(_) => {}
        }
    }

    /// What was on its way arrives.
    fn open(&mut self) {
        if self.way != Way::Open {
            (self.way, self.opened) = (Way::Open, self.now);
            std::mem::take(&mut self.late).iter().for_each(|message| self.hear(message));
            self.truth.iter_mut().for_each(|truth| truth.free = self.now);
        }
    }

    fn is_true(&self, message: &Message) {
        let truths = |alerts: &[Alert]| alerts.iter().map(|alert| self.truth_of(&alert.id)).collect::<Vec<_>>();
        assert!(truths(&message.firing).iter().all(|truth| truth.fires.is_some() && truth.hold.is_none()), "{message:?}");
        assert!(truths(&message.resolved).iter().all(|truth| truth.fires.is_none() && truth.hold.is_none()), "{message:?}");
        assert!(!message.firing.is_empty() || !message.resolved.is_empty(), "a message tells something");
    }

    fn hear(&mut self, message: &Message) {
        let whom = format!("{}[{}]", message.receiver, message.channel);
        self.heard.extend(message.firing.iter().map(|told| ((whom.clone(), told.id.clone()), self.now)));
        for told in &message.resolved {
            self.heard.remove(&(whom.clone(), told.id.clone()));
        }
        let key = (message.group_key.clone(), whom);
        if let Some(before) = self.newest.get(&key) {
            self.follows(before, message, &key);
        }
        self.newest.insert(key, message.clone());
        self.dispatcher.told(message, self.now).unwrap();
    }

    /// One message may only follow another after the interval, and only if it says something else or the same once more in time.
    fn follows(&self, before: &Message, message: &Message, key: &(String, String)) {
        let ids = |alerts: &[Alert]| alerts.iter().map(|alert| alert.id.clone()).collect::<BTreeSet<String>>();
        let came_and_went = |id: &String| self.truth_of(id).over >= before.at;
        let ended = before.firing.iter().all(|alert| came_and_went(&alert.id));
        let interval = if key.0.contains("=~") { 2 * MINUTE } else { 5 * MINUTE };
        let passed = message.at - before.at;
        assert!(passed >= interval || ended, "{passed} ms between {before:?} and {message:?}");
        let (was, is) = (ids(&before.firing), ids(&message.firing));
        let news = is.difference(&was).next().is_some()
            || is.iter().any(came_and_went)
            || ids(&message.resolved).difference(&ids(&before.resolved)).next().is_some()
            || message.resolved.iter().any(|alert| came_and_went(&alert.id));
        assert!(news || passed >= REPEAT, "said twice: {before:?} and {message:?}");
        assert!(message.reason != NoticeReason::Repeat || passed >= REPEAT, "said again too soon: {before:?} and {message:?}");
    }

    fn nobody_waits_too_long(&mut self) {
        if self.way != Way::Open {
            return;
        }
        for (name, truth) in NAMES.iter().zip(&self.truth) {
            let whom: &[&str] = if name.starts_with('B') { &["b[0]", "a[0]"] } else { &["a[0]"] };
            for whom in whom {
                let key = ((*whom).to_owned(), (*name).to_owned());
                match truth.fires {
                    Some(starts) if truth.hold.is_none() => {
                        let since = starts.max(truth.free);
                        let waits = self.now - since > WAIT + SECOND;
                        assert!(
                            !waits || self.heard.contains_key(&key),
                            "{name} fires since {since}, {whom} does not know at {}",
                            self.now
                        );
                    }
                    // What is over for long, or was never told as over, has to be told again; unless nobody could be told so far.
                    None => {
                        let heard = self.heard.get(&key).copied().unwrap_or_default();
                        let until = heard.max(truth.over).max(self.opened) + WAIT + SECOND;
                        self.heard.remove(&key).filter(|_| self.now <= until).map(|heard| self.heard.insert(key, heard));
                    }
                    _ => {}
                }
            }
        }
    }

    fn truth_of(&self, id: &str) -> Truth {
        NAMES.iter().position(|name| *name == id).map(|which| self.truth[which]).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_stays_untold_and_nothing_is_told_twice(story in proptest::collection::vec((1..500_i64, happening()), 1..60)) {
        let mut world = World::new();
        for (seconds, what) in &story {
            world.let_pass(world.now + seconds * SECOND);
            world.happens(what);
        }
        world.let_pass(world.now + 3 * REPEAT);
    }

    #[test]
    fn everything_ends(story in proptest::collection::vec((1..500_i64, happening()), 1..40)) {
        let mut world = World::new();
        for (seconds, what) in &story {
            world.let_pass(world.now + seconds * SECOND);
            world.happens(what);
        }
        world.happens(&Happening::Channels(Way::Open));
        for which in 0..NAMES.len() {
            world.happens(&Happening::Free(which));
            world.happens(&Happening::Resolves(which));
        }
        world.let_pass(world.now + 2 * WAIT);
        prop_assert!(world.dispatcher.groups.is_empty() && world.dispatcher.alerts.is_empty() && world.dispatcher.numbers.is_empty());
        prop_assert!(world.dispatcher.log().iter().all(|told| told.firing.is_empty()));
        prop_assert_eq!(world.dispatcher.due().filter(|due| *due <= world.now), None);
    }
}
