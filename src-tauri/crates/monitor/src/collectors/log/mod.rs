//! A log file: how many lines come, and how many of them match a rule.

mod follow;
mod neighbours;
mod split;
pub mod view;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use quarterdeck_model::{Bytes, Fault, Outcome};
use regex::bytes::{Regex, RegexBuilder};

use super::{Blocking, Visit};
use crate::gathered::Gathered;
use follow::{Follower, Read};

/// Bytes that one visit reads; what is left comes with the next.
const VISIT: u64 = 8 << 20;

/// Bytes of a line that are looked at and shown.
pub const LINE: usize = 64 << 10;

/// Names of what is looked for in lines, each with its expression.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<(String, Regex)>);

impl Rules {
    /// From names and expressions. Fault `bad-expression`.
    pub fn new<'r>(rules: impl IntoIterator<Item = (&'r str, &'r str)>) -> Outcome<Self> {
        let compiled = rules.into_iter().map(|(name, text)| Ok((name.to_owned(), expression(text)?)));
        Ok(Self(compiled.collect::<Outcome<_>>()?))
    }

    /// Their names, in the order in which they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The names of those that match a line.
    pub fn of(&self, line: &[u8]) -> Vec<String> {
        self.0.iter().filter(|(_, wanted)| wanted.is_match(line)).map(|(name, _)| name.clone()).collect()
    }
}

/// How far a log was read: kept over restarts, so that nothing is counted twice and nothing is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The device that holds the file.
    pub device: u64,
    /// The file.
    pub inode: u64,
    /// What comes next in it.
    pub offset: u64,
}

/// Where a collector leaves its position for whoever keeps it.
#[derive(Debug, Default)]
pub struct Place(Mutex<Option<Position>>);

impl Place {
    /// As it was kept; none for a log that is new to us, which is followed from its end.
    pub fn new(kept: Option<Position>) -> Self {
        Self(Mutex::new(kept))
    }

    /// How far it was read.
    pub fn get(&self) -> Option<Position> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, position: Option<Position>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }
}

/// Counts lines since it was made, across rotation.
pub struct Log {
    follower: Follower,
    rules: Rules,
    place: Arc<Place>,
    lines: u64,
    bytes: u64,
    matched: Vec<u64>,
}

impl Log {
    /// Of a file that need not be there yet.
    pub fn new(path: PathBuf, rules: Rules, place: Arc<Place>) -> Self {
        let matched = vec![0; rules.0.len()];
        Self { follower: Follower::new(path, place.get()), rules, place, lines: 0, bytes: 0, matched }
    }
}

impl Blocking for Log {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let (rules, matched, lines) = (&self.rules, &mut self.matched, &mut self.lines);
        let mut read = Read::default();
        let done = self.follower.read(VISIT, &visit.ctx, &mut read, &mut |line| {
            *lines += 1;
            for ((_, wanted), count) in rules.0.iter().zip(matched.iter_mut()) {
                *count += u64::from(wanted.is_match(line));
            }
        });
        self.place.set(self.follower.position());
        self.bytes += read.bytes;
        done?;
        into.counter("log_lines_total", &[], self.lines as f64);
        into.counter("log_bytes_total", &[], self.bytes as f64);
        for ((name, _), count) in self.rules.0.iter().zip(&self.matched) {
            into.counter("log_matched_lines_total", &[("rule", name)], *count as f64);
        }
        into.remarks.extend(read.remarks);
        if read.left > 0 {
            into.remarks.push(format!("{} more are read at the next visit.", Bytes(read.left)));
        }
        Ok(())
    }
}

fn expression(text: &str) -> Outcome<Regex> {
    RegexBuilder::new(text).size_limit(1 << 20).build().map_err(|error| {
        Fault::usage("bad-expression", format!("The expression {text} for lines cannot be read: {error}."))
            .hint("Write it as the crate regex reads it; brackets and dots of a plain text need a backslash.")
    })
}
