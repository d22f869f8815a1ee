//! What one visit of a collector brings.

use crate::labels::{Labels, NAME};

/// How values of a series behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Goes up and down.
    Gauge,
    /// Only goes up, or begins anew at zero.
    Counter,
    /// Nobody said.
    Unknown,
}

/// How densely a series is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Density {
    /// Measured at every tick.
    Dense,
    /// Measured seldom, at least so many milliseconds apart: kept raw for years, and looked back for 2.5 times that long.
    Sparse(i64),
}

/// One value.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Whose.
    pub labels: Labels,
    /// What.
    pub value: f64,
    /// How it behaves.
    pub nature: Nature,
    /// How it is kept.
    pub density: Density,
}

/// What one visit brings; the labels of the target are added to each.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// In the order in which they came.
    pub readings: Vec<Reading>,
    /// What a person should know though the visit succeeded, e.g. `table events was not counted: over 2 s`.
    pub remarks: Vec<String>,
}

impl Gathered {
    /// Adds a gauge.
    pub fn gauge(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.add(name, labels, value, Nature::Gauge, Density::Dense);
    }

    /// Adds a counter; its name ends in `_total`.
    pub fn counter(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.add(name, labels, value, Nature::Counter, Density::Dense);
    }

    /// Adds a gauge that is measured every `apart` milliseconds at most.
    pub fn sparse(&mut self, name: &str, labels: &[(&str, &str)], value: f64, apart: i64) {
        self.add(name, labels, value, Nature::Gauge, Density::Sparse(apart));
    }

    fn add(&mut self, name: &str, labels: &[(&str, &str)], value: f64, nature: Nature, density: Density) {
        let labels = Labels::new(std::iter::once((NAME, name)).chain(labels.iter().copied()));
        self.readings.push(Reading { labels, value, nature, density });
    }
}
