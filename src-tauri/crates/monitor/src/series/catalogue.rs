//! Which series there are, in memory: found by their labels.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use quarterdeck_store::series::SeriesRow;

use super::codec::varint;
use crate::{
    gathered::{Density, Nature},
    labels::Labels,
    source::{LOOK_BACK, Matcher, Test},
};

/// One series.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its number.
    pub id: i64,
    /// Its labels.
    pub labels: Labels,
    /// How it behaves.
    pub nature: Nature,
    /// How it is kept.
    pub density: Density,
    /// The plan that brings it.
    pub plan: Arc<str>,
    /// Milliseconds between two visits of that plan where they are rare, else 0.
    pub every: i64,
}

/// All series.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    by_id: BTreeMap<i64, Arc<Known>>,
    by_labels: HashMap<Labels, i64>,
    /// Name of a label, its values, and the series that have them.
    by_value: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Vec<i64>>>,
}

impl Catalogue {
    /// Adds what rows tell. A row that cannot be read is left out.
    pub fn learn(&mut self, rows: impl IntoIterator<Item = SeriesRow>) {
        rows.into_iter().filter_map(|row| known(&row)).for_each(|known| self.add(known));
    }

    /// Adds one; its number is the highest. Texts that are there already are shared.
    pub fn add(&mut self, mut known: Known) {
        let mut shared = Vec::new();
        for (name, value) in known.labels.iter() {
            let name = kept(&self.by_value, name);
            let values = self.by_value.entry(Arc::clone(&name)).or_default();
            let value = kept(values, value);
            values.entry(Arc::clone(&value)).or_default().push(known.id);
            shared.push((name, value));
        }
        known.labels = Labels::new(shared);
        self.by_labels.insert(known.labels.clone(), known.id);
        self.by_id.insert(known.id, Arc::new(known));
    }

    /// Takes one out.
    pub fn remove(&mut self, id: i64) {
        let Some(known) = self.by_id.remove(&id) else { return };
        self.by_labels.remove(&known.labels);
        for (name, value) in known.labels.iter() {
            let Some(values) = self.by_value.get_mut(name) else { continue };
            if let Some(ids) = values.get_mut(value) {
                ids.retain(|other| *other != id);
            }
            values.retain(|_, ids| !ids.is_empty());
        }
        self.by_value.retain(|_, values| !values.is_empty());
    }

    /// Sets how often a plan visits; which series that changes.
    pub fn pace(&mut self, plan: &str, every: i64) -> Vec<i64> {
        let concerned = |known: &Known| *known.plan == *plan && known.density == Density::Dense && known.every != every;
        let changed = self.by_id.values_mut().filter(|known| concerned(known)).map(|known| {
            Arc::make_mut(known).every = every;
            known.id
        });
        changed.collect()
    }

    /// The highest number; 0 where there is none.
    pub fn newest(&self) -> i64 {
        self.by_id.last_key_value().map_or(0, |(id, _)| *id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The number of a series.
    pub fn id(&self, labels: &Labels) -> Option<i64> {
        self.by_labels.get(labels).copied()
    }

    /// A series by its number.
    pub fn get(&self, id: i64) -> Option<&Arc<Known>> {
        self.by_id.get(&id)
    }

    /// All, in the order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Known>> {
        self.by_id.values()
    }

    /// Those that all matchers hold for, in the order of their labels.
    pub fn matching(&self, matchers: &[Matcher]) -> Vec<Arc<Known>> {
        let holds = |known: &&Arc<Known>| matchers.iter().all(|matcher| matcher.holds(&known.labels));
        let mut found: Vec<Arc<Known>> = match self.narrowest(matchers) {
            Some(ids) => ids.iter().filter_map(|id| self.by_id.get(id)).filter(holds).cloned().collect(),
            None => self.by_id.values().filter(holds).cloned().collect(),
        };
        found.sort_unstable_by(|one, other| one.labels.cmp(&other.labels));
        found
    }

    /// The values of a label.
    pub fn values(&self, label: &str) -> impl Iterator<Item = &str> {
        self.by_value.get(label).into_iter().flat_map(BTreeMap::keys).map(|value| &**value)
    }

    /// Names of labels.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_value.keys().map(|name| &**name)
    }

    /// The shortest list of series that some equality allows; none where nothing asks for equality with more than nothing.
    fn narrowest(&self, matchers: &[Matcher]) -> Option<&[i64]> {
        let equal = matchers.iter().filter_map(|matcher| match &matcher.test {
            Test::Is(value) if !value.is_empty() => {
                Some(self.by_value.get(matcher.label.as_str()).and_then(|values| values.get(value.as_str())).map_or(&[][..], Vec::as_slice))
            }
            _ => None,
        });
        equal.min_by_key(|ids| ids.len())
    }
}

impl Known {
    /// As it stands in a row.
    pub fn row(&self) -> SeriesRow {
        let (apart, sparse) = match self.density {
            Density::Dense => (self.every, false),
            Density::Sparse(apart) => (apart, true),
        };
        let nature = match self.nature {
            Nature::Gauge => 0,
            Nature::Counter => 1,
            Nature::Unknown => 2,
        };
        SeriesRow { id: self.id, labels: self.labels.canonical(), nature, apart, sparse, plan: self.plan.to_string() }
    }

    /// How far an instant looks back in it: further where it is measured seldom.
    pub fn look_back(&self) -> i64 {
        match self.density {
            Density::Dense => LOOK_BACK.max(self.every.saturating_mul(5) / 2),
            Density::Sparse(apart) => LOOK_BACK.max(apart.saturating_mul(5) / 2),
        }
    }
}

/// A text as it is kept already, else a new one.
fn kept<T>(texts: &BTreeMap<Arc<str>, T>, text: &str) -> Arc<str> {
    texts.get_key_value(text).map_or_else(|| text.into(), |(kept, _)| Arc::clone(kept))
}

fn known(row: &SeriesRow) -> Option<Known> {
    let nature = match row.nature {
        0 => Nature::Gauge,
        1 => Nature::Counter,
        _ => Nature::Unknown,
    };
    let (density, every) = if row.sparse { (Density::Sparse(row.apart), 0) } else { (Density::Dense, row.apart) };
    Some(Known { id: row.id, labels: labels(&row.labels)?, nature, density, plan: row.plan.as_str().into(), every })
}

/// Reads [`Labels::canonical`].
fn labels(mut bytes: &[u8]) -> Option<Labels> {
    let mut text = || -> Option<Option<String>> {
        if bytes.is_empty() {
            return Some(None);
        }
        let length = usize::try_from(varint::take(&mut bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        Some(Some(std::str::from_utf8(text).ok()?.to_owned()))
    };
    let mut pairs = Vec::new();
    while let Some(name) = text()? {
        pairs.push((name, text()??));
    }
    Some(Labels::new(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(id: i64, pairs: &[(&str, &str)]) -> Known {
        let labels = Labels::new(pairs.iter().copied());
        Known { id, labels, nature: Nature::Counter, density: Density::Sparse(60_000), plan: "shop/scrape/api".into(), every: 0 }
    }

    #[test]
    fn series_come_back_from_their_rows() {
        let mut catalogue = Catalogue::default();
        let long = "x".repeat(300);
        catalogue.learn([series(3, &[("__name__", "up"), ("job", &long)]).row()]);
        let back = catalogue.get(3).unwrap();
        assert_eq!((back.labels.get("job"), back.nature, back.density), (long.as_str(), Nature::Counter, Density::Sparse(60_000)));
        catalogue.learn([SeriesRow { labels: vec![200], ..back.row() }]);
        assert_eq!(catalogue.len(), 1);
    }

    #[test]
    fn what_is_taken_out_is_found_by_nothing() {
        let mut catalogue = Catalogue::default();
        catalogue.add(series(1, &[("__name__", "up"), ("job", "b")]));
        catalogue.add(series(2, &[("__name__", "up"), ("pod", "a")]));
        catalogue.remove(2);
        assert_eq!((catalogue.len(), catalogue.names().collect::<Vec<_>>()), (1, vec!["__name__", "job"]));
        assert_eq!(catalogue.matching(&[]).len(), 1);
    }

    #[test]
    fn a_slow_plan_is_looked_back_further_in() {
        let mut catalogue = Catalogue::default();
        catalogue.add(Known { density: Density::Dense, ..series(1, &[("__name__", "up")]) });
        assert_eq!(catalogue.pace("shop/scrape/api", 600_000), [1]);
        assert!(catalogue.pace("shop/scrape/api", 600_000).is_empty());
        let mut back = Catalogue::default();
        back.learn([catalogue.get(1).unwrap().row()]);
        assert_eq!(back.get(1).unwrap().look_back(), 1_500_000);
    }

    #[test]
    fn matchers_find_what_they_hold_for() {
        let mut catalogue = Catalogue::default();
        catalogue.add(series(1, &[("__name__", "up"), ("job", "b")]));
        catalogue.add(series(2, &[("__name__", "up"), ("job", "a")]));
        catalogue.add(series(3, &[("__name__", "up")]));
        let ask = |label: &str, test: Test| -> Vec<i64> {
            let name = Matcher { label: "__name__".to_owned(), test: Test::Is("up".to_owned()) };
            catalogue.matching(&[name, Matcher { label: label.to_owned(), test }]).iter().map(|known| known.id).collect()
        };
        assert_eq!(ask("job", Test::Like(regex::Regex::new("^(?:a|b)$").unwrap())), [2, 1]);
        assert_eq!(ask("job", Test::Is(String::new())), [3]);
        assert_eq!(ask("job", Test::IsNot("a".to_owned())), [3, 1]);
        assert_eq!(ask("none", Test::Is("x".to_owned())), [0_i64; 0]);
    }
}
