//! Text with the past of series: one line for each sample, millions of them.

use std::collections::HashMap;

use quarterdeck_model::Outcome;

use super::{
    limits::Limits,
    line::{self, Line, Measured},
    parse::{Kinds, Lines, labels_of, text_of, wrong},
};
use crate::{
    gathered::{Density, Reading},
    labels::{Labels, NAME},
    sample::Sample,
};

/// Reads text piece by piece; its times are seconds (OpenMetrics). A line of a series that was there before is not read as labels again.
#[derive(Debug)]
pub struct History {
    limits: Limits,
    lines: Lines,
    ended: bool,
    kinds: Kinds,
    /// What stands before the value of a line, and which series that is.
    by_text: HashMap<Box<str>, usize>,
    by_labels: HashMap<Labels, usize>,
    series: Vec<Reading>,
    found: Vec<(usize, Sample)>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            limits: Limits::import(),
            lines: Lines::default(),
            ended: false,
            kinds: Kinds::default(),
            by_text: HashMap::new(),
            by_labels: HashMap::new(),
            series: Vec::new(),
            found: Vec::new(),
        }
    }
}

impl History {
    /// Reads on. Faults: `exposition-wrong` with line and column, `exposition-too-large` where a line is.
    pub fn feed(&mut self, bytes: &[u8]) -> Outcome<()> {
        let (mut lines, most) = (std::mem::take(&mut self.lines), self.limits.line);
        let fed = lines.feed(bytes, most, |number, line| self.line(number, text_of(number, line)?));
        self.lines = lines;
        fed
    }

    /// To be called behind the last piece: a last line without its end fails.
    pub fn finish(&self) -> Outcome<()> {
        if self.ended { Ok(()) } else { self.lines.finish() }
    }

    /// All series so far; their values mean nothing.
    pub fn series(&self) -> &[Reading] {
        &self.series
    }

    /// Hands over the samples since the last call, each with the place of its series in [`History::series`].
    pub fn take(&mut self) -> Vec<(usize, Sample)> {
        std::mem::take(&mut self.found)
    }

    fn line(&mut self, number: usize, text: &str) -> Outcome<()> {
        if self.ended {
            return Ok(());
        }
        if let Some((series, sample)) = self.known(text) {
            self.found.push((series, sample));
            return Ok(());
        }
        match line::read(text, &self.limits).map_err(|why| wrong(number, why.column, &why.reason))? {
            Line::Nothing => Ok(()),
            Line::End => {
                self.ended = true;
                Ok(())
            }
            Line::Kind(name, kind) => {
                self.kinds.learn(name, kind);
                Ok(())
            }
            Line::Sample(measured) => self.add(number, text, &measured),
        }
    }

    /// The plain form of a line, behind labels that were there before: value and time.
    fn known(&self, text: &str) -> Option<(usize, Sample)> {
        let (labels, rest) = text.split_at(labels_end(text)?);
        let series = *self.by_text.get(labels)?;
        let (value, time) = rest.trim_start().split_once(' ')?;
        let sample = Sample { at: line::moment(time, true)?, value: line::number(value)? };
        Some((series, sample))
    }

    fn add(&mut self, number: usize, text: &str, measured: &Measured<'_>) -> Outcome<()> {
        let Some(at) = measured.time.and_then(|time| line::moment(time, true)) else {
            return Err(wrong(number, text.len() + 1, "a sample has no time"));
        };
        let (labels, value) = (labels_of(measured), measured.value);
        let series = *self.by_labels.entry(labels).or_insert_with_key(|labels| {
            let nature = self.kinds.of(labels.get(NAME));
            self.series.push(Reading { labels: labels.clone(), value, nature, density: Density::Dense });
            self.series.len() - 1
        });
        if let Some(end) = labels_end(text) {
            self.by_text.insert(text[..end].into(), series);
        }
        self.found.push((series, Sample { at, value }));
        Ok(())
    }
}

/// Where the labels of a line end: behind the bracket, or before the first blank.
fn labels_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at + 1),
            b' ' if !quoted && !text[..at].contains('{') => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Outcome<Vec<(String, i64, f64)>> {
        let mut history = History::default();
        history.feed(text.as_bytes())?;
        history.finish()?;
        let found = history.take();
        Ok(found.into_iter().map(|(series, sample)| (history.series()[series].labels.to_string(), sample.at, sample.value)).collect())
    }

    #[test]
    fn the_same_series_is_known_again_in_any_form() {
        let text = "# TYPE a counter\na{b=\"} 1\",c=\"2\"} 1 1\na{b=\"} 1\",c=\"2\"} 2 2.5\na{c=\"2\",b=\"} 1\"} 3 3 # {t=\"x\"} 1\nd 4 4\nd 5 5\nd   NaN 6\n# EOF\n";
        let found = read(text).unwrap();
        let name = "a{b=\"} 1\", c=\"2\"}";
        let plain: Vec<(&str, i64)> = found.iter().map(|(labels, at, _)| (labels.as_str(), *at)).collect();
        assert_eq!(plain, [(name, 1_000), (name, 2_500), (name, 3_000), ("d", 4_000), ("d", 5_000), ("d", 6_000)]);
        assert!(found[5].2.is_nan());
    }

    #[test]
    fn a_line_without_its_time_or_its_end_is_named() {
        for text in ["a 1 1\na 1\n", "a 1 1\na 2 2", "a 1 1\na 2 x\n"] {
            let fault = read(text).unwrap_err();
            assert!(fault.is("exposition-wrong") && fault.facts["line"] == 2, "{text}: {fault}");
        }
    }
}
