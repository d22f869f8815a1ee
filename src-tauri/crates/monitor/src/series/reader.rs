//! Series as a query sees them: everything in one look belongs together, while somebody else goes on writing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_store::series::{
    self as rows, File, Identity, chunks,
    notes::{self, NoticeRow},
};

use super::{
    catalogue::{Catalogue, Known},
    closing::class_of,
    codec::{
        chunk,
        frame::Unreadable,
        rollup::{self, Stretch},
    },
    policy::{Class, FIVE_MINUTES, HOURS, RAW},
    tick,
    writer::FILE,
};
use crate::{
    labels::Labels,
    promql::complete::Names,
    sample::{Moment, Sample},
    source::{Facet, LOOK_BACK, Matcher, Selected, Source, Wanted},
};

/// The series of a home, to read.
pub struct Series {
    path: PathBuf,
    /// Names that were read, and from which file.
    known: Mutex<Option<(Identity, Arc<Catalogue>)>>,
}

impl Series {
    /// To read. A home that never measured has none: every answer is empty.
    pub fn read(folder: &Path) -> Self {
        Self { path: folder.join(FILE), known: Mutex::new(None) }
    }

    /// What is there now; nothing that is written later is seen in it.
    pub fn snapshot(&self) -> Outcome<Snapshot> {
        let Some(mut file) = File::read(&self.path)? else { return Ok(Snapshot::default()) };
        file.hold()?;
        let catalogue = self.catalogue(&file)?;
        let from = |class: Class| rows::fact(file.rows(), &format!("from-{}", class.number)).map(|from| from.unwrap_or(Moment::MIN));
        let (raw_from, five_from) = (from(RAW)?, from(FIVE_MINUTES)?);
        Ok(Snapshot { file: Some(Mutex::new(file)), catalogue, raw_from, five_from, ..Snapshot::default() })
    }

    /// Names that were read before, and those that are new since.
    fn catalogue(&self, now: &File) -> Outcome<Arc<Catalogue>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut catalogue = match known.take() {
            Some((file, catalogue)) if file == now.identity() => catalogue,
            _ => Arc::default(),
        };
        let new = rows::series_after(now.rows(), catalogue.newest())?;
        if !new.is_empty() {
            Arc::make_mut(&mut catalogue).learn(new);
        }
        *known = Some((now.identity(), Arc::clone(&catalogue)));
        Ok(catalogue)
    }
}

/// One look at all series.
#[derive(Default)]
pub struct Snapshot {
    file: Option<Mutex<File>>,
    catalogue: Arc<Catalogue>,
    /// Samples that are in no chunk yet; read when somebody asks.
    head: OnceLock<BTreeMap<i64, Vec<Sample>>>,
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

    /// What was left out so far because it is damaged: one sentence each.
    pub fn damaged(&self) -> Vec<String> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// What the one that writes had to say, the newest first.
    pub fn notices(&self) -> Outcome<Vec<NoticeRow>> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        notes::notices(file.lock().unwrap_or_else(PoisonError::into_inner).rows())
    }

    fn head(&self, file: &File) -> Outcome<&BTreeMap<i64, Vec<Sample>>> {
        if let Some(head) = self.head.get() {
            return Ok(head);
        }
        let mut head = BTreeMap::<i64, Vec<Sample>>::new();
        for row in rows::ticks_after(file.rows(), 0)? {
            if tick::decode(row.at, &row.body, |id, sample| head.entry(id).or_default().push(sample)).is_none() {
                self.tell(format!("What was measured at {} is damaged and left out.", row.at));
            }
        }
        Ok(self.head.get_or_init(|| head))
    }

    fn tell(&self, sentence: String) {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).insert(sentence);
    }
}

impl Source for Snapshot {
    fn visit(&self, wanted: &Wanted<'_>, ctx: &JobCtx, each: &mut dyn FnMut(Selected<'_>) -> Outcome<()>) -> Outcome<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let found = self.catalogue.matching(wanted.matchers);
        let (mut bodies, head) = {
            // Whoever is handed a series may ask for another one.
            let file = file.lock().unwrap_or_else(PoisonError::into_inner);
            (self.bodies(&file, &found, wanted, ctx)?, self.head(&file)?)
        };
        let (mut samples, mut stretches) = (Vec::new(), Vec::new());
        for known in found {
            ctx.checkpoint()?;
            samples.clear();
            let (coarse, coarse_until) =
                self.decode(&known, &bodies.remove(&known.id).unwrap_or_default(), wanted.facet, &mut samples, &mut stretches);
            let behind = samples.last().map_or(Moment::MIN, |last: &Sample| last.at);
            samples.extend(head.get(&known.id).into_iter().flatten().filter(|sample| sample.at > behind));
            let look_back = known.look_back().max(coarse * 5 / 2);
            let after = wanted.after.saturating_sub(look_back - LOOK_BACK);
            let from = samples.partition_point(|sample| sample.at <= after);
            let until = samples.partition_point(|sample| sample.at <= wanted.until);
            if from < until {
                each(Selected { labels: &known.labels, samples: &samples[from..until], look_back, coarse, coarse_until })?;
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

/// Bodies of one series, in the order of time: class, beginning of the window, bytes.
type Bodies = Vec<(Class, Moment, Vec<u8>)>;

impl Snapshot {
    /// What has to be decoded, by series.
    fn bodies(&self, file: &File, found: &[Arc<Known>], wanted: &Wanted<'_>, ctx: &JobCtx) -> Outcome<HashMap<i64, Bodies>> {
        let mut bodies = HashMap::<i64, Bodies>::with_capacity(found.len());
        let ids = |class: Class| -> BTreeSet<i64> {
            let finest = |known: &Known| if class.width == 0 { class_of(known.density) == class } else { class_of(known.density) == RAW };
            found.iter().filter(|known| finest(known)).map(|known| known.id).collect()
        };
        let mut stretch = |class: Class, from: Moment, until: Moment| -> Outcome<()> {
            let ids = ids(class);
            if from >= until || ids.is_empty() {
                return Ok(());
            }
            ctx.checkpoint()?;
            self.gather(file, class, (class.start(from), until), &ids, &mut bodies)
        };
        let end = wanted.until.saturating_add(1);
        let raw = wanted.after.max(self.raw_from);
        // Where an instant looks back farther, samples from before are wanted, too.
        let earlier = |farther: i64| wanted.after.saturating_sub(farther - LOOK_BACK);
        let of_all = found.iter().map(|known| known.look_back()).max().unwrap_or(LOOK_BACK);
        stretch(HOURS, earlier(HOURS.width * 5 / 2), end.min(self.five_from))?;
        stretch(FIVE_MINUTES, earlier(FIVE_MINUTES.width * 5 / 2).max(self.five_from), end.min(self.raw_from))?;
        stretch(RAW, raw, end)?;
        stretch(super::policy::SPARSE, earlier(of_all), end)?;
        Ok(bodies)
    }

    /// One pass over the windows where many series are wanted, single rows where few are.
    fn gather(
        &self,
        file: &File,
        class: Class,
        span: (Moment, Moment),
        ids: &BTreeSet<i64>,
        into: &mut HashMap<i64, Bodies>,
    ) -> Outcome<()> {
        let mut add = |start: Moment, id: i64, body: &[u8]| {
            into.entry(id).or_default().push((class, start, body.to_vec()));
            Ok(())
        };
        if ids.len() * 8 >= self.catalogue.len() {
            return chunks::scan(
                file.rows(),
                class.number,
                span.0,
                span.1,
                |start, id, body| {
                    if ids.contains(&id) { add(start, id, body) } else { Ok(()) }
                },
            );
        }
        for start in chunks::starts(file.rows(), class.number, span.0, span.1)? {
            for id in ids {
                chunks::one(file.rows(), class.number, start, *id, |body| add(start, *id, body))?;
            }
        }
        Ok(())
    }

    /// Adds the samples of bodies; how coarse the coarsest of them is, and until when they are coarse.
    fn decode(
        &self,
        known: &Known,
        bodies: &Bodies,
        facet: Facet,
        samples: &mut Vec<Sample>,
        stretches: &mut Vec<Stretch>,
    ) -> (i64, Moment) {
        let (mut coarse, mut coarse_until) = (0, Moment::MIN);
        for (class, start, body) in bodies {
            let read = if class.width == 0 {
                chunk::decode(*start, body, samples)
            } else {
                stretches.clear();
                let read = rollup::decode(*start, body, stretches);
                // Where classes meet, the finer one goes on behind the last stretch of the coarser one.
                samples.extend(stretches.iter().map(|stretch| Sample { at: stretch.at, value: stretch.facet(facet) }));
                coarse = coarse.max(class.width);
                coarse_until = stretches.last().map_or(coarse_until, |last| coarse_until.max(last.at));
                read
            };
            if let Err(why) = read {
                let why = if let Unreadable::Newer(_) = why { "was written by a newer Quarterdeck" } else { "is damaged" };
                self.tell(format!("What was measured of {} from {start} on {why} and left out.", known.labels));
            }
        }
        if samples.windows(2).any(|pair| pair[0].at >= pair[1].at) {
            samples.sort_by_key(|sample| sample.at);
            samples.dedup_by_key(|sample| sample.at);
        }
        (coarse, coarse_until)
    }
}
