//! How far logs were read: kept beside the series, so that after a restart nothing is counted twice and nothing is left out.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::Outcome;
use quarterdeck_monitor::{
    collectors::log::{Place, Position},
    series::Writer,
};
use quarterdeck_store::series::notes;

/// How often they are written at most.
const SAVE: Duration = Duration::from_secs(60);

/// The places of all logs, by the key of their plan.
#[derive(Default)]
pub(super) struct Places {
    known: BTreeMap<String, Arc<Place>>,
    saved: BTreeMap<String, Position>,
    last: Option<Timer>,
}

impl Places {
    /// The place of a log; at first as it was kept.
    pub(super) fn of(&mut self, key: &str, writer: Option<&mut Writer>) -> Outcome<Arc<Place>> {
        if let Some(place) = self.known.get(key) {
            return Ok(Arc::clone(place));
        }
        let kept = match writer {
            Some(writer) => writer.file().look(|connection| notes::position(connection, key))?,
            None => None,
        };
        let kept = kept.map(|((device, inode), offset)| Position { device, inode, offset });
        let place = Arc::new(Place::new(kept));
        self.known.insert(key.to_owned(), Arc::clone(&place));
        Ok(place)
    }

    /// Writes those that moved, where the last time is a minute ago.
    pub(super) fn save(&mut self, writer: &mut Writer, now: bool) -> Outcome<()> {
        if !now && self.last.is_some_and(|last| last.elapsed() < SAVE) {
            return Ok(());
        }
        self.last = Some(Timer::now());
        let moved: Vec<(String, Position)> = self
            .known
            .iter()
            .filter_map(|(key, place)| Some((key.clone(), place.get()?)))
            .filter(|(key, position)| self.saved.get(key) != Some(position))
            .collect();
        if !moved.is_empty() {
            writer
                .file()
                .write(|tx| moved.iter().try_for_each(|(key, at)| notes::set_position(tx, key, (at.device, at.inode), at.offset)))?;
            self.saved.extend(moved);
        }
        Ok(())
    }
}
