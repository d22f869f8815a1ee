//! Which series: names and values.

use std::{cmp::Ordering, fmt, sync::Arc};

/// The label that holds a metric's name.
pub const NAME: &str = "__name__";

/// Labels of a series, sorted by name; none is empty. Cheap to copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels(Arc<[(Arc<str>, Arc<str>)]>);

impl Labels {
    /// From pairs in any order. Empty values are left out; of equal names the last one counts.
    pub fn new<N: Into<Arc<str>>, V: Into<Arc<str>>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut sorted: Vec<(Arc<str>, Arc<str>)> = Vec::new();
        for (name, value) in pairs {
            let (name, value) = (name.into(), value.into());
            sorted.retain(|(known, _)| *known != name);
            if !value.is_empty() {
                sorted.push((name, value));
            }
        }
        sorted.sort_unstable();
        Self(sorted.into())
    }

    /// The value of a label; empty where there is none, as PromQL sees it.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| &**known == name).map_or("", |(_, value)| value)
    }

    /// The metric's name; empty where it was dropped.
    pub fn name(&self) -> &str {
        self.get(NAME)
    }

    /// All of them, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// With one label set; an empty value takes it away.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let set = std::iter::once((Arc::from(name), Arc::from(value)));
        Self::new(self.0.iter().cloned().chain(set))
    }

    /// With some labels set; an empty value takes one away.
    #[must_use]
    pub fn over(&self, set: impl IntoIterator<Item = (Arc<str>, Arc<str>)>) -> Self {
        Self::new(self.0.iter().cloned().chain(set))
    }

    /// Those for which `keep` answers true.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    /// Equal for equal labels and for no others: names and values, each behind its length (LEB128).
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for text in self.0.iter().flat_map(|(name, value)| [name, value]) {
            let mut length = text.len();
            while length >= 0x80 {
                out.push((length & 0x7f) as u8 | 0x80);
                length >>= 7;
            }
            out.push(length as u8);
            out.extend_from_slice(text.as_bytes());
        }
        out
    }
}

/// By names and values, from the first on. Texts that are shared are not looked into: most labels of series beside each other are.
impl Ord for Labels {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        let text = |one: &Arc<str>, other: &Arc<str>| if Arc::ptr_eq(one, other) { Ordering::Equal } else { one.cmp(other) };
        let pairs = self.0.iter().zip(other.0.iter());
        let mut order = pairs.map(|(one, other)| text(&one.0, &other.0).then_with(|| text(&one.1, &other.1)));
        order.find(|order| order.is_ne()).unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `name{a="b"}`, as the exposition format writes it.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let rest: Vec<String> = self.iter().filter(|(name, _)| *name != NAME).map(|(name, value)| format!("{name}={value:?}")).collect();
        if rest.is_empty() && !self.name().is_empty() { Ok(()) } else { write!(f, "{{{}}}", rest.join(", ")) }
    }
}
