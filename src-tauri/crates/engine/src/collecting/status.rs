//! How collectors are, for people; kept beside the series, so that every process of a home can say it.

use std::{collections::BTreeMap, path::Path, time::Duration};

use quarterdeck_model::{Count, Instant, Millis, Outcome, inspection::Tone, monitor::CollectorStatus, system::Name};
use quarterdeck_monitor::{
    collectors::round::{Slot, State},
    series::{Writer, writer},
};
use quarterdeck_store::series::{self as rows, File, notes};

/// How often a state is written though nothing about it changed but its times; in milliseconds.
const SAVE: i64 = 30_000;

/// States that were written.
#[derive(Default)]
pub(super) struct States(BTreeMap<String, Kept>);

struct Kept {
    /// What matters of it.
    shape: String,
    at: i64,
}

impl States {
    /// Writes those that changed, and now and then the others; forgets those that are no more.
    pub(super) fn save<'s>(&mut self, writer: &mut Writer, now: Instant, slots: impl Iterator<Item = &'s Slot>) -> Outcome<()> {
        let at = now.timestamp_millis();
        let mut new = Vec::new();
        let mut gone = std::mem::take(&mut self.0);
        for slot in slots {
            let shape = shape(&slot.state);
            let kept = gone.remove(&slot.key).filter(|kept| kept.shape == shape && (at - kept.at).abs() < SAVE);
            let kept = match kept {
                Some(kept) => kept,
                None => {
                    let body = serde_json::to_string(&of(slot))
                        .map_err(|error| quarterdeck_model::Fault::bug(format!("A state could not be written: {error}.")))?;
                    new.push((slot.key.clone(), body));
                    Kept { shape, at }
                }
            };
            self.0.insert(slot.key.clone(), kept);
        }
        if new.is_empty() && gone.is_empty() {
            return Ok(());
        }
        writer.file().write(|tx| {
            gone.keys().try_for_each(|key| notes::drop_state(tx, key))?;
            new.iter().try_for_each(|(key, body)| notes::set_state(tx, key, body))
        })
    }

    /// Forgets what is kept of plans that are not there any more, as another process left it.
    pub(super) fn take_over(&mut self, writer: &mut Writer) -> Outcome<()> {
        let known = writer.file().look(notes::states)?;
        self.0 = known.into_iter().map(|(key, _)| (key, Kept { shape: String::new(), at: i64::MIN / 2 })).collect();
        Ok(())
    }
}

/// How all collectors are, as whoever measures has kept it; the newest tick, in milliseconds, beside it. Nothing where nobody ever did.
pub fn stored(folder: &Path) -> Outcome<(Vec<CollectorStatus>, Option<i64>)> {
    let Some(mut file) = File::read(&folder.join(writer::FILE))? else { return Ok((Vec::new(), None)) };
    file.look(|connection| {
        // A state that a later version wrote says nothing here.
        let states = notes::states(connection)?.into_iter().filter_map(|(_, body)| serde_json::from_str(&body).ok()).collect();
        let newest = rows::newest_moment(connection)?;
        Ok((states, newest))
    })
}

/// How one is, for people.
pub(super) fn of(slot: &Slot) -> CollectorStatus {
    let State { last, since, took, series, in_a_row, fault, remarks, .. } = &slot.state;
    let name = |label: &str| slot.label(label).and_then(|value| value.parse::<Name>().ok());
    let (tone, sentence) = told(slot);
    CollectorStatus {
        key: slot.key.clone(),
        kind: slot.kind.to_owned(),
        about: slot.about.clone(),
        system: name("system"),
        component: name("component"),
        tone,
        sentence,
        every: slot.every.into(),
        limit: slot.limit.into(),
        last: *last,
        since: *since,
        took: *took,
        series: Count(*series as u64),
        failures: Count(*in_a_row),
        fault: fault.clone(),
        remarks: remarks.clone(),
    }
}

fn told(slot: &Slot) -> (Tone, String) {
    let clock = |at: Instant| at.format("%H:%M:%S UTC").to_string();
    match &slot.state {
        State { hanging: true, since: Some(since), .. } => (Tone::Attention, format!("hanging since {}", clock(*since))),
        State { fault: Some(fault), since: Some(since), .. } => {
            (Tone::Attention, format!("failing since {}: {}", clock(*since), fault.message))
        }
        State { last: Some(last), took, series, .. } => {
            let took = took.unwrap_or(Millis::from(Duration::ZERO));
            (Tone::Ok, format!("measured {} in {took}, {} series", clock(*last), Count(*series as u64)))
        }
        _ => (Tone::Unknown, "not measured yet".to_owned()),
    }
}

/// What about a state is worth a write: all but what moves at each visit.
fn shape(state: &State) -> String {
    let State { since, fault, remarks, hanging, last, .. } = state;
    format!("{since:?} {:?} {remarks:?} {hanging} {}", fault.as_ref().map(|fault| &fault.message), last.is_some())
}
