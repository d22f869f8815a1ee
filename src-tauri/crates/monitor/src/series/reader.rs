//! Series as a query sees them: everything in one look belongs together, while somebody else goes on writing.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_store::series::{
    self as rows, File, Identity,
    notes::{self, NoticeRow},
};

use super::{
    catalogue::{Catalogue, Known},
    closing::class_of,
    codec::frame::Unreadable,
    gather::{Bodies, LeftOut, Room},
    head,
    policy::{Class, FIVE_MINUTES, HOURS, RAW, SPARSE},
    writer::FILE,
};
use crate::{
    gathered::Nature,
    labels::Labels,
    promql::complete::Names,
    sample::Moment,
    source::{LOOK_BACK, Matcher, Selected, Source, Wanted},
};

/// What queries left behind is freed when nobody asked for so long.
const REST: Duration = Duration::from_secs(5 * 60);

/// The series of a home, to read.
pub struct Series {
    path: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

/// What one look leaves for the next one.
#[derive(Default)]
struct Kept {
    /// The file all of it is from.
    from: Option<Identity>,
    /// An open file that nobody looks into.
    idle: Option<File>,
    /// Series that were read; and how often some of them were changed or taken away before.
    catalogue: Arc<Catalogue>,
    named: i64,
    head: head::Kept,
}

impl Series {
    /// To read. A home that never measured has none: every answer is empty.
    pub fn read(folder: &Path) -> Self {
        Self { path: folder.join(FILE), kept: Arc::default() }
    }

    /// What is there now; nothing that is written later is seen in it.
    pub fn snapshot(&self) -> Outcome<Snapshot> {
        let mut kept = lock(&self.kept);
        let Some(mut file) = kept.file(&self.path)? else { return Ok(Snapshot::default()) };
        file.hold()?;
        let catalogue = kept.catalogue(&file)?;
        let from = |class: Class| rows::fact(file.rows(), &format!("from-{}", class.number)).map(|from| from.unwrap_or(Moment::MIN));
        let (raw_from, five_from) = (from(RAW)?, from(FIVE_MINUTES)?);
        let (file, kept, damaged) = (Some(Mutex::new(file)), Arc::clone(&self.kept), Mutex::default());
        Ok(Snapshot { file, kept, catalogue, raw_from, five_from, damaged })
    }

    /// Frees what queries left behind, where nobody asked for some minutes; to be called now and then.
    pub fn rest(&self) {
        if let Some(since) = Instant::now().checked_sub(REST) {
            lock(&self.kept).head.forget(since);
        }
    }
}

impl Kept {
    /// The file that lies at the path now; what is known of another one is forgotten.
    fn file(&mut self, path: &Path) -> Outcome<Option<File>> {
        let file = match self.idle.take().filter(File::is_current) {
            Some(file) => file,
            None => match File::read(path)? {
                Some(file) => file,
                None => return Ok(None),
            },
        };
        if self.from != Some(file.identity()) {
            *self = Self { from: Some(file.identity()), ..Self::default() };
        }
        Ok(Some(file))
    }

    /// Names that were read before, and those that are new since.
    fn catalogue(&mut self, now: &File) -> Outcome<Arc<Catalogue>> {
        let named = rows::fact(now.rows(), "named")?.unwrap_or(0);
        if named != self.named {
            (self.catalogue, self.named) = (Arc::default(), named);
        }
        let new = rows::series_after(now.rows(), self.catalogue.newest())?;
        if !new.is_empty() {
            Arc::make_mut(&mut self.catalogue).learn(new);
        }
        Ok(Arc::clone(&self.catalogue))
    }
}

/// One look at all series.
#[derive(Default)]
pub struct Snapshot {
    file: Option<Mutex<File>>,
    kept: Arc<Mutex<Kept>>,
    catalogue: Arc<Catalogue>,
    /// Since when single samples are there, and since when stretches of five minutes.
    raw_from: Moment,
    five_from: Moment,
    /// Chunks that cannot be read, told once each.
    damaged: Mutex<BTreeSet<String>>,
}

impl Snapshot {
    /// Names of labels.
    pub fn names(&self) -> Vec<String> {
        self.catalogue.names().map(str::to_owned).collect()
    }

    /// The values of a label among the series for which all matchers hold, sorted.
    pub fn values(&self, label: &str, among: &[Matcher]) -> Vec<String> {
        if among.is_empty() {
            return self.catalogue.values(label).map(str::to_owned).collect();
        }
        let found: BTreeSet<String> = self.catalogue.matching(among).iter().map(|known| known.labels.get(label).to_owned()).collect();
        found.into_iter().filter(|value| !value.is_empty()).collect()
    }

    /// The series for which all matchers hold, in the order of their labels.
    pub fn series(&self, matchers: &[Matcher]) -> Vec<Labels> {
        self.catalogue.matching(matchers).iter().map(|known| known.labels.clone()).collect()
    }

    /// How each series behaves.
    pub fn natures(&self) -> HashMap<Labels, Nature> {
        self.catalogue.all().map(|known| (known.labels.clone(), known.nature)).collect()
    }

    /// What was left out so far because it is damaged: one sentence each.
    pub fn damaged(&self) -> Vec<String> {
        lock(&self.damaged).iter().cloned().collect()
    }

    /// What the one that writes had to say, the newest first.
    pub fn notices(&self) -> Outcome<Vec<NoticeRow>> {
        Ok(self.look(|file| notes::notices(file.rows()))?.unwrap_or_default())
    }

    /// Looks into the file; none where there is none.
    pub(super) fn look<T>(&self, look: impl FnOnce(&File) -> Outcome<T>) -> Outcome<Option<T>> {
        self.file.as_ref().map(|file| look(&lock(file))).transpose()
    }

    fn head(&self, file: &File) -> Outcome<head::Seen> {
        let mut kept = lock(&self.kept);
        // Where the file was set aside meanwhile, what is kept is of the new one.
        let seen = if kept.from == Some(file.identity()) { kept.head.see(file.rows()) } else { head::Kept::default().see(file.rows()) }?;
        seen.damaged().iter().for_each(|at| self.tell(format!("What was measured at {at} is damaged and left out.")));
        Ok(seen)
    }

    fn tell(&self, sentence: String) {
        lock(&self.damaged).insert(sentence);
    }

    fn tell_left_out(&self, known: &Known, left: LeftOut) {
        let why = if let Unreadable::Newer(_) = left.why { "was written by a newer Quarterdeck" } else { "is damaged" };
        self.tell(format!("What was measured of {} from {} on {why} and left out.", known.labels, left.start));
    }

    /// What has to be decoded.
    fn bodies(&self, file: &File, found: &[Arc<Known>], wanted: &Wanted<'_>, ctx: &JobCtx) -> Outcome<Bodies> {
        let mut bodies = Bodies::default();
        let ids = |sparse: bool| -> Vec<i64> {
            let mut ids: Vec<i64> =
                found.iter().filter(|known| (class_of(known.density) == SPARSE) == sparse).map(|known| known.id).collect();
            ids.sort_unstable();
            ids
        };
        let (dense, sparse) = (ids(false), ids(true));
        let mut add = |class: Class, from: Moment, until: Moment, ids: &[i64]| {
            if from >= until || ids.is_empty() { Ok(()) } else { bodies.add(file.rows(), class, (from, until), ids, ctx) }
        };
        let end = wanted.until.saturating_add(1);
        // Where an instant looks back farther, samples from before are wanted, too.
        let earlier = |farther: i64| wanted.after.saturating_sub(farther - LOOK_BACK);
        let farthest = |sparse: bool| {
            let of_class = found.iter().filter(|known| (class_of(known.density) == SPARSE) == sparse);
            earlier(of_class.map(|known| known.look_back()).max().unwrap_or(LOOK_BACK))
        };
        add(HOURS, earlier(HOURS.width * 5 / 2), end.min(self.five_from), &dense)?;
        add(FIVE_MINUTES, earlier(FIVE_MINUTES.width * 5 / 2).max(self.five_from), end.min(self.raw_from), &dense)?;
        add(RAW, farthest(false).max(self.raw_from), end, &dense)?;
        add(SPARSE, farthest(true), end, &sparse)?;
        Ok(bodies)
    }
}

impl Source for Snapshot {
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let found = self.catalogue.matching(wanted.matchers);
        let (bodies, head) = {
            // Whoever is handed a series may ask for another one.
            let file = lock(file);
            (self.bodies(&file, &found, wanted, ctx)?, self.head(&file)?)
        };
        let mut room = Room::default();
        for known in found {
            ctx.checkpoint()?;
            bodies.decode(known.id, (wanted.until, wanted.facet), &mut room, |left| self.tell_left_out(&known, left));
            let look_back = known.look_back().max(room.coarse * 5 / 2);
            let after = wanted.after.saturating_sub(look_back - LOOK_BACK);
            let behind = room.samples.last().map_or(Moment::MIN, |last| last.at).max(after);
            let head = head.of(known.id);
            room.samples.extend_from_slice(&head[head.partition_point(|sample| sample.at <= behind)..]);
            let from = room.samples.partition_point(|sample| sample.at <= after);
            let until = room.samples.partition_point(|sample| sample.at <= wanted.until);
            if from < until {
                let Room { coarse, coarse_until, .. } = room;
                each(Selected { labels: &known.labels, samples: &room.samples[from..until], look_back, coarse, coarse_until })?;
            }
        }
        Ok(())
    }

    fn coarsest(&self, after: Moment) -> i64 {
        match after {
            _ if after < self.five_from => HOURS.width,
            _ if after < self.raw_from => FIVE_MINUTES.width,
            _ => 0,
        }
    }
}

impl Names for Snapshot {
    fn labels(&self, among: &[Matcher]) -> Vec<String> {
        if among.is_empty() {
            return self.names();
        }
        let mut found = BTreeSet::new();
        for known in self.catalogue.matching(among) {
            found.extend(known.labels.iter().map(|(name, _)| name.to_owned()));
        }
        found.into_iter().collect()
    }

    fn values(&self, label: &str, among: &[Matcher]) -> Vec<String> {
        Self::values(self, label, among)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(file) = self.file.take() else { return };
        let mut file = file.into_inner().unwrap_or_else(PoisonError::into_inner);
        // One that cannot end its look is closed instead, which ends it, too.
        if file.let_go().is_ok() {
            let mut kept = lock(&self.kept);
            if kept.from == Some(file.identity()) {
                kept.idle = Some(file);
            }
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
