//! Text in, piece by piece as it arrives; half a line waits for its end.

use std::collections::{HashMap, HashSet};

use quarterdeck_model::{Fault, Outcome};

use super::{
    limits::Limits,
    line::{self, Line, Measured},
};
use crate::{
    gathered::{Density, Nature, Reading},
    labels::{Labels, NAME},
    sample::Moment,
};

/// What a scrape brought.
#[derive(Debug, Clone, Default)]
pub struct Scraped {
    /// In the order in which they came.
    pub readings: Vec<Reading>,
    /// The time that stood behind each reading, where there was one. Of no interest where a target is asked what is now.
    pub times: Vec<Option<Moment>>,
    /// Samples of series that were there already; the first counts.
    pub duplicates: usize,
}

/// Reads text. A line that is wrong fails the whole, as it does with Prometheus: half a scrape would look like series that ended.
#[derive(Debug, Default)]
pub struct Parser {
    limits: Limits,
    /// Times are seconds: the text said that it is OpenMetrics.
    seconds: bool,
    bytes: usize,
    lines: Lines,
    ended: bool,
    kinds: Kinds,
    seen: HashSet<Labels>,
    found: Scraped,
}

impl Parser {
    /// For one scrape.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Says that times are seconds: the answer's type is OpenMetrics.
    #[must_use]
    pub fn open_metrics(mut self) -> Self {
        self.seconds = true;
        self
    }

    /// Reads on. Faults: `exposition-wrong` with line and column, `exposition-too-large` with the limit.
    pub fn feed(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > self.limits.bytes {
            return Err(too_large(&format!("more than {} bytes, unpacked", self.limits.bytes)));
        }
        let (mut lines, most) = (std::mem::take(&mut self.lines), self.limits.line);
        let fed = lines.feed(bytes, most, |number, line| self.line(number, line));
        self.lines = lines;
        fed
    }

    /// What was found. A last line without its end was cut off, and fails: the rest may be missing, too.
    pub fn finish(self) -> Outcome<Scraped> {
        if !self.ended {
            self.lines.finish()?;
        }
        Ok(self.found)
    }

    fn line(&mut self, number: usize, line: &[u8]) -> Outcome<()> {
        if self.ended {
            return Ok(());
        }
        match line::read(text_of(number, line)?, &self.limits).map_err(|why| wrong(number, why.column, &why.reason))? {
            Line::Nothing => {}
            Line::End => self.ended = true,
            Line::Kind(name, kind) => self.kinds.learn(name, kind),
            Line::Sample(measured) => self.add(measured)?,
        }
        Ok(())
    }

    fn add(&mut self, measured: Measured<'_>) -> Outcome<()> {
        let time = measured.time.and_then(|time| line::moment(time, self.seconds));
        let (labels, value) = (labels_of(&measured), measured.value);
        if !self.seen.insert(labels.clone()) {
            self.found.duplicates += 1;
            return Ok(());
        }
        if self.found.readings.len() >= self.limits.samples {
            return Err(too_large(&format!("more than {} samples", self.limits.samples)));
        }
        let nature = self.kinds.of(labels.get(NAME));
        self.found.readings.push(Reading { labels, value, nature, density: Density::Dense });
        self.found.times.push(time);
        Ok(())
    }
}

/// Whole lines out of pieces.
#[derive(Debug, Default)]
pub(super) struct Lines {
    half: Vec<u8>,
    /// How many there were.
    number: usize,
}

impl Lines {
    /// Hands over each line that ends in a piece, with its number from 1.
    pub fn feed(&mut self, mut bytes: &[u8], most: usize, mut each: impl FnMut(usize, &[u8]) -> Outcome<()>) -> Outcome<()> {
        let fits = |length: usize| {
            if length > most { Err(too_large(&format!("a line of more than {most} bytes"))) } else { Ok(()) }
        };
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            self.number += 1;
            fits(self.half.len() + line.len())?;
            if self.half.is_empty() {
                each(self.number, line)?;
            } else {
                let mut whole = std::mem::take(&mut self.half);
                whole.extend(line);
                each(self.number, &whole)?;
            }
        }
        self.half.extend(bytes);
        fits(self.half.len())
    }

    /// Fails where a line was begun and did not end.
    pub fn finish(&self) -> Outcome<()> {
        if self.half.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        Err(wrong(self.number + 1, self.half.len() + 1, "the text ends in the middle of a line"))
    }
}

/// What the text says about its metrics.
#[derive(Debug, Default)]
pub(super) struct Kinds(HashMap<String, Nature>);

impl Kinds {
    /// `# TYPE name kind`. Parts of histograms and summaries only grow; their quantiles are told apart by having the family's own name.
    pub fn learn(&mut self, name: &str, kind: &str) {
        let nature = match kind {
            "counter" | "histogram" => Nature::Counter,
            "gauge" | "summary" | "gaugehistogram" | "stateset" | "info" => Nature::Gauge,
            _ => Nature::Unknown,
        };
        self.0.insert(name.to_owned(), nature);
    }

    /// The kind that was declared for a name, or for what it is a part of.
    pub fn of(&self, name: &str) -> Nature {
        if let Some(nature) = self.0.get(name) {
            return *nature;
        }
        for part in ["_total", "_bucket", "_count", "_sum"] {
            if let Some(nature) = name.strip_suffix(part).and_then(|family| self.0.get(family)) {
                return *nature;
            }
        }
        Nature::Unknown
    }
}

pub(super) fn text_of(number: usize, line: &[u8]) -> Outcome<&str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line).map_err(|error| wrong(number, error.valid_up_to() + 1, "the text is not UTF-8"))
}

pub(super) fn labels_of(measured: &Measured<'_>) -> Labels {
    Labels::new(measured.labels.iter().map(|(name, value)| (*name, &**value)))
}

pub(super) fn wrong(line: usize, column: usize, reason: &str) -> Fault {
    Fault::failed("exposition-wrong", format!("The metrics cannot be read at line {line}, column {column}: {reason}."))
        .hint("Look at the address with a browser; it has to answer in Prometheus's text format.")
        .fact("line", line)
        .fact("column", column)
}

pub(super) fn too_large(what: &str) -> Fault {
    Fault::failed("exposition-too-large", format!("The metrics are too many to keep: {what}."))
        .hint("Let the address serve fewer series, or split it over several.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Outcome<Scraped> {
        let mut parser = Parser::new(Limits::default());
        parser.feed(text.as_bytes())?;
        parser.finish()
    }

    fn shown(scraped: &Scraped) -> Vec<String> {
        scraped.readings.iter().map(|reading| format!("{} {}", reading.labels, reading.value)).collect()
    }

    #[test]
    fn the_forms_that_people_serve_are_read() {
        let text = "# HELP a_total How many.\n# TYPE a_total counter\na_total{path=\"/a\\\\b\\\"c\\n\",} 3 1700000000000\n\n  b  +Inf\nc NaN\r\n\
                    {\"d.e\",f=\"g\"} -1e3 # {trace=\"x\"} 4\n# EOF\nnot read";
        let scraped = read(text).unwrap();
        assert_eq!(shown(&scraped), ["a_total{path=\"/a\\\\b\\\"c\\n\"} 3", "b inf", "c NaN", "d.e{f=\"g\"} -1000"]);
        assert_eq!((scraped.times[0], scraped.times[1]), (Some(1_700_000_000_000), None));
        assert_eq!((scraped.readings[0].nature, scraped.readings[1].nature), (Nature::Counter, Nature::Unknown));
    }

    #[test]
    fn parts_of_a_histogram_are_counters_and_quantiles_are_not() {
        let scraped = read("# TYPE h histogram\nh_bucket{le=\"1\"} 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\n").unwrap();
        assert_eq!((scraped.readings[0].nature, scraped.readings[1].nature), (Nature::Counter, Nature::Gauge));
    }

    #[test]
    fn of_duplicates_the_first_counts_and_they_are_counted() {
        let scraped = read("a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 2\na 3\n").unwrap();
        assert_eq!((shown(&scraped), scraped.duplicates), (vec!["a{b=\"1\", c=\"2\"} 1".to_owned(), "a 3".to_owned()], 1));
    }

    #[test]
    fn a_line_that_is_wrong_is_named_with_its_place() {
        for (text, line, column) in [
            ("a 1\nb x\n", 2, 3),
            ("a{b=1} 1\n", 1, 5),
            ("a{b=\"1\" c=\"2\"} 1\n", 1, 9),
            ("a{b=\"1\n", 1, 7),
            ("a{b=\"1\",b=\"2\"} 1\n", 1, 9),
            ("9a 1\n", 1, 1),
            ("a\n", 1, 2),
            ("a 1 2 3\n", 1, 7),
            ("<html>\n", 1, 1),
            ("{b=\"1\"} 1\n", 1, 8),
            ("a 1\nb 2", 2, 4),
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.is("exposition-wrong"), "{text:?}: {fault}");
            assert_eq!((fault.facts["line"].as_u64(), fault.facts["column"].as_u64()), (Some(line), Some(column)), "{text:?}: {fault}");
        }
    }

    #[test]
    fn limits_end_it() {
        let limits = Limits { bytes: 200, samples: 2, labels: 2, name: 5, value: 5, line: 50 };
        for (text, code) in [
            ("a 1\nb 1\nc 1\n", "exposition-too-large"),
            ("a{b=\"1\",c=\"2\"} 1\n", "exposition-wrong"),
            ("abcdef 1\n", "exposition-wrong"),
            ("a{b=\"123456\"} 1\n", "exposition-wrong"),
            (&format!("# {}", "x".repeat(60)), "exposition-too-large"),
            (&"# x\n".repeat(60), "exposition-too-large"),
        ] {
            let mut parser = Parser::new(limits);
            assert!(parser.feed(text.as_bytes()).unwrap_err().is(code), "{text}");
        }
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(cuts in proptest::collection::vec(1_usize..9, 1..40)) {
            let text = "# TYPE a counter\na{b=\"ü, {}\"} 1.5\nc 2\nd{e=\"f\"} NaN\n";
            let whole = read(text).unwrap();
            let mut parser = Parser::new(Limits::default());
            let mut rest = text.as_bytes();
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                parser.feed(piece).unwrap();
                rest = behind;
            }
            parser.feed(rest).unwrap();
            prop_assert_eq!(shown(&parser.finish().unwrap()), shown(&whole));
        }

        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[a{}=\",\\\\# 1\n]{0,60}") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let mut parser = Parser::new(Limits::default());
                let _ = parser.feed(bytes).and_then(|()| parser.finish());
            }
        }

        #[test]
        fn what_is_written_is_read(value in any::<f64>(), label in any::<String>()) {
            prop_assume!(label.len() < 2_000 && !label.is_empty());
            let reading = Reading { labels: Labels::new([(NAME, "a"), ("b", &label)]), value, nature: Nature::Gauge, density: Density::Dense };
            let text = super::super::write::text(std::slice::from_ref(&reading), |_| Some("About a\nand more.".to_owned()));
            let back = read(&text).unwrap();
            prop_assert_eq!(&back.readings[0].labels, &reading.labels);
            prop_assert!(back.readings[0].value == value || value.is_nan() && back.readings[0].value.is_nan());
            prop_assert_eq!(back.readings[0].nature, Nature::Gauge);
        }
    }
}
