//! What a query answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Bytes, Count, Instant, Millis};

/// A float on the wire: a number, or `"NaN"`, `"+Inf"`, `"-Inf"`, as Prometheus's HTTP API writes them.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(type = "number | string"))]
pub struct Float(pub f64);

impl Serialize for Float {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => to.serialize_f64(value),
            value if value.is_nan() => to.serialize_str("NaN"),
            value => to.serialize_str(if value > 0.0 { "+Inf" } else { "-Inf" }),
        }
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(f64),
            Word(String),
        }
        match Form::deserialize(from)? {
            Form::Number(value) => Ok(Self(value)),
            Form::Word(word) => match word.as_str() {
                "NaN" => Ok(Self(f64::NAN)),
                "+Inf" => Ok(Self(f64::INFINITY)),
                "-Inf" => Ok(Self(f64::NEG_INFINITY)),
                _ => Err(serde::de::Error::custom(format!("`{word}` is no number, NaN, +Inf or -Inf"))),
            },
        }
    }
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TimeSpan {
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
}

/// One series of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SeriesLine {
    /// Whose.
    pub labels: BTreeMap<String, String>,
    /// How a legend names it.
    pub legend: String,
    /// A value for each moment; none where it has none.
    pub values: Vec<Option<Float>>,
}

/// What a range query answers. Its raw form is a frame: `QDF1`, the length of a JSON head (u32, little endian), the head (this, without `moments` and
/// `values`), zeros up to a multiple of 8, then f64, little endian: the moments, then the values of each series; [`ABSENT_BITS`] where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RangeAnswer {
    /// What was asked for.
    pub span: TimeSpan,
    /// Between two moments, before thinning.
    pub step: Millis,
    /// Milliseconds since 1970, one for each value; after thinning they are not evenly spread.
    #[cfg_attr(feature = "bindings", ts(type = "number[]"))]
    pub moments: Vec<i64>,
    /// The series, in the order of their labels, or of the query where it sorts.
    pub series: Vec<SeriesLine>,
    /// How many there were; only the first 200 are handed over.
    pub found: Count,
    /// True where values stand for several steps each; the least and the most of them are kept.
    pub thinned: bool,
    /// Stretches in which nobody measured anything.
    pub gaps: Vec<Gap>,
    /// Warnings and remarks.
    pub notes: Vec<QueryNote>,
    /// When it was read.
    pub as_of: Instant,
}

/// In a frame: no value here. A NaN that no sample has.
pub const ABSENT_BITS: u64 = 0x7ff4_dead_0000_0001;

/// A stretch in which nothing was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Gap {
    /// From the last measurement before it to the first one after it.
    pub span: TimeSpan,
    /// Why, e.g. `the agent did not run`.
    pub reason: String,
}

/// A warning or a remark about a query, with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct QueryNote {
    /// True for a warning.
    pub grave: bool,
    /// What.
    pub message: String,
    /// Line of the query, counted from 1.
    pub line: u32,
    /// Column, counted from 1, in characters.
    pub column: u32,
}

/// What an instant query answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct InstantAnswer {
    /// Of what kind it is.
    pub kind: AnswerKind,
    /// Series; a scalar is one line without labels.
    pub lines: Vec<InstantLine>,
    /// The text, of a text.
    pub text: Option<String>,
    /// Warnings and remarks.
    pub notes: Vec<QueryNote>,
    /// The moment that was asked for.
    pub at: Instant,
    /// When it was read.
    pub as_of: Instant,
}

/// Of what kind an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum AnswerKind {
    /// One number.
    Scalar,
    /// A text.
    Text,
    /// Series with one value each.
    Vector,
    /// Series with samples each.
    Matrix,
}

/// One series of an instant answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct InstantLine {
    /// Whose.
    pub labels: BTreeMap<String, String>,
    /// Its value; none in a matrix.
    pub value: Option<Float>,
    /// Its samples, in a matrix: milliseconds since 1970, and the value.
    #[cfg_attr(feature = "bindings", ts(type = "[number, number | string][]"))]
    pub samples: Vec<(i64, Float)>,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Completions {
    /// Where the word under the cursor begins, in characters.
    pub from: u32,
    /// Where it ends.
    pub until: u32,
    /// Best first.
    pub words: Vec<Completion>,
}

/// One word that may stand there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Completion {
    /// It.
    pub word: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it means, in a few words; empty where nobody said.
    pub about: String,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum CompletionKind {
    /// A function.
    Function,
    /// An aggregation.
    Aggregation,
    /// A keyword.
    Keyword,
    /// A metric's name.
    Metric,
    /// A label's name.
    Label,
    /// A label's value.
    Value,
}

/// Series that match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SeriesList {
    /// The first thousand, in the order of their labels.
    pub series: Vec<BTreeMap<String, String>>,
    /// How many there are.
    pub found: Count,
    /// When it was read.
    pub as_of: Instant,
}

/// What the store of series holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SeriesFacts {
    /// Room on disk.
    pub bytes: Bytes,
    /// How many series.
    pub series: Count,
    /// The oldest sample.
    pub oldest: Option<Instant>,
    /// The newest sample.
    pub newest: Option<Instant>,
    /// What is kept for how long, as a sentence.
    pub policy: String,
}
