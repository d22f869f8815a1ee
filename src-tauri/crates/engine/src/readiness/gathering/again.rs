//! Evidence of open copies is measured again before it is too old, so that checklists fill themselves. Whoever holds the post that runs the schedules does
//! it: one process at a time, a few pieces at once, and never in the way of a beat.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{CancelToken, Class, Face, Fault, Instant, JobCtx, Millis, Outcome, system::System};
use quarterdeck_readiness::{checklist::Checklist, expect::SKEW, measurement::Measurement};
use quarterdeck_store::readiness::{
    copies::{self as rows, CopyRow},
    measurements,
};

use super::{
    Field,
    crew::{self, Wanted},
};
use crate::{Engine, operation::Scope, readiness::copies};

/// How often is looked for what is due.
const LOOK: Duration = Duration::from_secs(10);

/// So many are measured at once: others use this machine, too.
const AT_ONCE: usize = 2;

/// What cannot become newer by measuring (a smoke test that is not run) is not measured more often than this.
const LEAST: Duration = Duration::from_secs(30);

/// What is measured again, and when that was tried last.
#[derive(Default)]
pub(crate) struct Again {
    looked: Option<Moment>,
    /// By copy and key.
    tried: HashMap<(String, String), Moment>,
    at_work: Option<AtWork>,
    /// Faults that were told; each is told once.
    told: BTreeSet<String>,
}

struct AtWork {
    cancel: CancelToken,
    thread: JoinHandle<Outcome<()>>,
}

/// What is due of one copy.
struct Due {
    system: System,
    copy: CopyRow,
    checklist: Checklist,
    evidence: Vec<Wanted>,
}

impl Again {
    /// Looks what is due, and begins to measure it unless that is still going on; sentences for a log.
    pub fn beat(&mut self, engine: &Arc<Engine>) -> Outcome<Vec<String>> {
        let mut said = Vec::new();
        if let Some(at_work) = self.at_work.take_if(|at_work| at_work.thread.is_finished()) {
            said.extend(self.tell(at_work.end()));
        }
        if self.at_work.is_some() || self.looked.is_some_and(|then| then.elapsed() < LOOK) {
            return Ok(said);
        }
        self.looked = Some(Moment::now());
        let due = self.due(engine, &mut said)?;
        if !due.is_empty() {
            self.at_work = Some(begin(engine, due)?);
        }
        Ok(said)
    }

    /// Stops what is being measured, and comes back once that is over.
    pub fn stop(&mut self) {
        if let Some(at_work) = self.at_work.take() {
            at_work.cancel.cancel();
            // Whatever it says: nothing more is measured here.
            let _ = at_work.end();
        }
    }

    /// True while something is being measured.
    #[cfg(test)]
    pub fn is_at_work(&self) -> bool {
        self.at_work.as_ref().is_some_and(|at_work| !at_work.thread.is_finished())
    }

    fn due(&mut self, engine: &Engine, said: &mut Vec<String>) -> Outcome<Vec<Due>> {
        let open = engine.store().read(rows::open)?;
        self.tried.retain(|(copy, _), _| open.iter().any(|row| row.id == *copy));
        let mut due = Vec::new();
        for row in open {
            // A copy whose system is gone keeps the others from nothing.
            let (system, copy, checklist, evidence) = match copies::wanted(engine, &row.id, &[]) {
                Ok(wanted) => wanted,
                Err(fault) => {
                    said.extend(self.tell(Err(fault)));
                    continue;
                }
            };
            let newest: BTreeMap<String, Measurement> = engine.store().read(|connection| measurements::newest(connection, &copy.id))?;
            let now = engine.clock().now();
            let evidence: Vec<Wanted> = evidence
                .into_iter()
                .filter(|(key, evidence)| is_due(newest.get(key).map(|known| known.measured), evidence.lasts, now))
                .filter(|(key, evidence)| self.may_try(&copy.id, key, evidence.lasts))
                .collect();
            if !evidence.is_empty() {
                due.push(Due { system, copy, checklist, evidence });
            }
        }
        Ok(due)
    }

    /// True where it was not tried lately; from now on it was.
    fn may_try(&mut self, copy: &str, key: &str, lasts: Millis) -> bool {
        let key = (copy.to_owned(), key.to_owned());
        let pause = LEAST.max(Duration::from_millis(lasts.0 / 4));
        let may = self.tried.get(&key).is_none_or(|then| then.elapsed() >= pause);
        if may {
            self.tried.insert(key, Moment::now());
        }
        may
    }

    fn tell(&mut self, result: Outcome<()>) -> Option<String> {
        let fault = result.err().filter(|fault| fault.class != Class::Cancelled && !fault.is("copy-closed"))?;
        let sentence = format!("Evidence could not be measured again: {fault}");
        self.told.insert(sentence.clone()).then_some(sentence)
    }
}

impl AtWork {
    fn end(self) -> Outcome<()> {
        self.thread.join().unwrap_or_else(|_| Err(Fault::bug("Measuring evidence ended in a panic of the engine.")))
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        if let Some(at_work) = &self.at_work {
            at_work.cancel.cancel();
        }
    }
}

/// True once half of its time is over, where it never was measured, and where its clock was wrong.
pub(super) fn is_due(measured: Option<Instant>, lasts: Millis, now: Instant) -> bool {
    let Some(measured) = measured else { return true };
    let age = now.signed_duration_since(measured).num_milliseconds();
    match u64::try_from(age) {
        Ok(age) => age >= lasts.0 / 2,
        Err(_) => age.unsigned_abs() > SKEW.0,
    }
}

fn begin(engine: &Arc<Engine>, due: Vec<Due>) -> Outcome<AtWork> {
    let ctx = JobCtx::detached();
    let cancel = ctx.cancel_token().clone();
    let scope = Scope { engine: Arc::clone(engine), caller: engine.caller(Face::Agent)?, ctx };
    let thread = std::thread::Builder::new()
        .name("evidence-again".to_owned())
        .spawn(move || due.into_iter().try_for_each(|due| measure(&scope, due)));
    let thread = thread.map_err(|error| {
        Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs.").may_retry()
    })?;
    Ok(AtWork { cancel, thread })
}

fn measure(scope: &Scope, due: Due) -> Outcome<()> {
    let Due { system, copy, checklist, evidence } = due;
    let field = Arc::new(Field::new(scope, system));
    let kept = crew::measure_some(&field, evidence, AT_ONCE, &scope.ctx, &mut |measured| {
        copies::keep_measurements(&scope.engine, &copy, &checklist, measured)
    });
    // Somebody closed it meanwhile: the others are measured all the same.
    kept.or_else(|fault| if fault.is("copy-closed") { Ok(()) } else { Err(fault) })
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use quarterdeck_model::Clock;
    use serde_json::{Value, json};

    use super::*;
    use crate::readiness::gathering::tests::Place;

    const CHECKLIST: &str = "title: Release\nphases:\n  p:\n    title: P\n    items:\n      orders:\n        title: Orders are there\n        evidence:\n          - sql: SELECT count(*) FROM orders\n            expect: {min: 1}\n            lasts: 1 h\n          - command: [./count]\n            expect: {contains: run}\n            lasts: 10 h\n";

    fn open_copy(place: &Place) -> String {
        place.file("checklists/release.yml", CHECKLIST);
        place.script("count", "echo run | tee -a runs");
        let copy = place.call("open_checklist", json!({"system": "shop", "checklist": "release", "release": "1.0"}));
        copy["id"].as_str().unwrap().to_owned()
    }

    /// Beats until nothing is being measured any more.
    fn settle(again: &mut Again, place: &Place) {
        again.looked = None;
        assert_eq!(again.beat(&place.scope.engine).unwrap(), Vec::<String>::new());
        if let Some(at_work) = again.at_work.take() {
            at_work.end().unwrap();
        }
    }

    fn measured(place: &Place, copy: &str) -> Vec<Value> {
        let found = place.call("get_item", json!({"copy": copy, "item": "orders"}));
        found["item"]["evidence"].as_array().unwrap().iter().map(|evidence| evidence["measured"].clone()).collect()
    }

    #[test]
    fn open_copies_fill_themselves_and_half_of_its_time_is_enough_to_measure_again() {
        let place = Place::new();
        let copy = open_copy(&place);
        let mut again = Again::default();
        settle(&mut again, &place);
        let first = place.clock.now();
        let at = |moment: Instant| serde_json::to_value(moment).unwrap();
        assert_eq!(measured(&place, &copy), [at(first), at(first)]);
        again.tried.clear();
        place.clock.advance(Duration::from_secs(29 * 60));
        settle(&mut again, &place);
        assert_eq!(measured(&place, &copy), [at(first), at(first)], "nothing is due");
        place.clock.advance(Duration::from_secs(60));
        settle(&mut again, &place);
        assert_eq!(measured(&place, &copy), [at(place.clock.now()), at(first)], "the command holds for longer");
        place.call("close_checklist", json!({"copy": copy}));
        again.tried.clear();
        place.clock.advance(Duration::from_secs(86_400));
        settle(&mut again, &place);
        assert_eq!(fs::read_to_string(place.folder.join("runs")).unwrap().lines().count(), 1, "nothing runs for a closed copy");
    }

    #[test]
    fn what_was_tried_lately_is_not_tried_at_each_look() {
        let place = Place::new();
        open_copy(&place);
        let mut again = Again::default();
        settle(&mut again, &place);
        // As where nothing new comes of measuring: by its age it is due at once.
        place.clock.advance(Duration::from_secs(86_400));
        settle(&mut again, &place);
        assert_eq!(fs::read_to_string(place.folder.join("runs")).unwrap().lines().count(), 1);
    }

    #[test]
    fn whoever_leaves_the_post_ends_what_runs_for_it() {
        let place = Place::new();
        open_copy(&place);
        fs::write(place.folder.join("count"), "#!/bin/sh\necho $$ > number.part; mv number.part number; exec sleep 600\n").unwrap();
        let mut again = Again::default();
        again.beat(&place.scope.engine).unwrap();
        let number = loop {
            assert!(again.is_at_work());
            if let Ok(number) = fs::read_to_string(place.folder.join("number")) {
                break number;
            }
            std::thread::yield_now();
        };
        again.stop();
        let stat = fs::read_to_string(format!("/proc/{}/stat", number.trim())).unwrap_or_default();
        assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
    }

    #[test]
    fn half_a_life_and_a_wrong_clock_are_due() {
        let now = quarterdeck_testkit::FixedClock::default().now();
        let ago = |seconds: i64| Some(now - chrono::TimeDelta::seconds(seconds));
        let hour = Millis(3_600_000);
        assert!(is_due(None, hour, now) && is_due(ago(1800), hour, now) && is_due(ago(-120), hour, now));
        assert!(!is_due(ago(1799), hour, now) && !is_due(ago(-30), hour, now));
    }
}
