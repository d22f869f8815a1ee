//! `promises`: what users were promised, and the query that measures it.

use std::fmt;

use quarterdeck_model::{Millis, monitor::PanelUnit};

use super::{
    duration,
    fields::{Fields, nearest, text},
    findings::{Findings, Wrong},
    query,
    yaml::{Node, Value},
};

pub(super) const KEYS: [&str; 7] = ["name", "query", "unit", "target", "alert", "window", "goal"];

/// How much of the time a promise is to be kept, unless it says otherwise.
const GOAL: f64 = 0.99;

/// Over how long it counts, unless it says otherwise.
const WINDOW: Millis = Millis(30 * 86_400_000);

/// Shorter, and a minute is too coarse; longer, and nobody looks back that far.
const WINDOWS: (Millis, Millis) = (Millis(3_600_000), Millis(400 * 86_400_000));

/// One promise of a definition.
#[derive(Debug, Clone, PartialEq)]
pub struct PromiseDefinition {
    /// What was promised, unique in the system.
    pub name: String,
    /// The query that measures it; it can be read.
    pub query: String,
    /// The unit of its values.
    pub unit: PanelUnit,
    /// What its value has to be.
    pub target: Bound,
    /// Beyond this somebody is told.
    pub alert: Option<Bound>,
    /// Over how long it counts.
    pub window: Millis,
    /// Share of the time in which it is to be kept: above 0, below 1.
    pub goal: f64,
}

/// A number and the side of it that is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Which side.
    pub side: Side,
    /// The number.
    pub value: f64,
}

/// Which side of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below it.
    Below,
    /// Below it, or it.
    AtMost,
    /// Above it.
    Above,
    /// Above it, or it.
    AtLeast,
}

impl Bound {
    /// True where a value lies on the side that is meant; a value that is no number lies nowhere.
    pub fn holds(self, value: f64) -> bool {
        match self.side {
            Side::Below => value < self.value,
            Side::AtMost => value <= self.value,
            Side::Above => value > self.value,
            Side::AtLeast => value >= self.value,
        }
    }
}

/// As it is written.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Below => "<",
            Side::AtMost => "<=",
            Side::Above => ">",
            Side::AtLeast => ">=",
        };
        write!(f, "{side} {}", self.value)
    }
}

/// Reads all promises. Those with findings are left out.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Vec<PromiseDefinition> {
    let Value::Sequence(items) = &node.value else {
        let message = format!("promises must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {name: Front page, query: probe_duration_seconds, unit: s, target: \"< 0.5\"}");
        return Vec::new();
    };
    let mut promises: Vec<PromiseDefinition> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("promises[{}]", i + 1);
        let Some(promise) = promise(item, &path, findings) else { continue };
        if promises.iter().any(|other| other.name == promise.name) {
            findings.add(item.at, format!("{path}.name is there twice: {:?}.", promise.name), "Give each promise a name of its own.");
        }
        promises.push(promise);
    }
    promises
}

fn promise(node: &Node, path: &str, findings: &mut Findings) -> Option<PromiseDefinition> {
    let fields = Fields::read(node, path, &KEYS, findings)?;
    let name = fields.required("name", "name: Front page", findings);
    let name = name.and_then(|node| text(node, &fields.path_of("name"), findings)).map(|text| text.trim().to_owned());
    let example = "query: probe_duration_seconds{job=\"front\"}";
    let query = fields.required("query", example, findings).and_then(|node| query::read(node, &fields.path_of("query"), findings));
    let unit = match fields.optional("unit") {
        None => Some(PanelUnit::Number),
        Some(node) => unit(node, &fields.path_of("unit"), findings),
    };
    let target = fields.required("target", "target: \"< 0.5\"", findings).and_then(|node| bound(node, &fields.path_of("target"), findings));
    let alert = match fields.optional("alert") {
        None => Some(None),
        Some(node) => bound(node, &fields.path_of("alert"), findings).map(Some),
    };
    let window = match fields.optional("window") {
        None => Some(WINDOW),
        Some(node) => window(node, &fields.path_of("window"), findings),
    };
    let goal = match fields.optional("goal") {
        None => Some(GOAL),
        Some(node) => goal(node, &fields.path_of("goal"), findings),
    };
    Some(PromiseDefinition { name: name?, query: query?.text, unit: unit?, target: target?, alert: alert?, window: window?, goal: goal? })
}

/// A word of [`PanelUnit::WORDS`].
pub(super) fn unit(node: &Node, path: &str, findings: &mut Findings) -> Option<PanelUnit> {
    let word = text(node, path, findings)?;
    let unit = PanelUnit::from_word(word);
    if unit.is_none() {
        let known: Vec<&str> = PanelUnit::WORDS.iter().map(|(word, _)| *word).collect();
        let hint =
            nearest(word, &known).map_or_else(|| format!("Write one of: {}.", known.join(", ")), |near| format!("Write {near} instead."));
        findings.add(node.at, format!("{path} is no unit that is known: {word:?}."), hint);
    }
    unit
}

fn bound(node: &Node, path: &str, findings: &mut Findings) -> Option<Bound> {
    let written = match &node.value {
        Value::Number(digits) => digits,
        _ => text(node, path, findings)?,
    };
    findings.take(node.at, parse_bound(written, path))
}

fn parse_bound(text: &str, path: &str) -> Result<Bound, Wrong> {
    const SIDES: [(&str, Side); 4] = [("<=", Side::AtMost), (">=", Side::AtLeast), ("<", Side::Below), (">", Side::Above)];
    let wrong = || Wrong::new(format!("{path} is not a bound: {text:?}."), "Write <, <=, > or >= and a number, such as: \"< 0.5\"");
    let (side, rest) = SIDES.iter().find_map(|(sign, side)| Some((*side, text.trim().strip_prefix(sign)?))).ok_or_else(wrong)?;
    let value: f64 = rest.trim().parse().map_err(|_| wrong())?;
    if value.is_finite() { Ok(Bound { side, value }) } else { Err(wrong()) }
}

fn window(node: &Node, path: &str, findings: &mut Findings) -> Option<Millis> {
    let written = text(node, path, findings)?;
    let window = findings.take(node.at, duration::parse(written, path))?;
    let (least, most) = WINDOWS;
    if window < least || window > most {
        findings.add(node.at, format!("{path} must be between {least} and 400 d."), "Write how long it counts, such as: 30 d");
        return None;
    }
    Some(window)
}

fn goal(node: &Node, path: &str, findings: &mut Findings) -> Option<f64> {
    let written = text(node, path, findings)?;
    let percent = written.trim().strip_suffix('%').and_then(|digits| digits.trim().parse::<f64>().ok());
    let share = percent.map(|percent| percent / 100.0).filter(|share| *share > 0.0 && *share < 1.0);
    if share.is_none() {
        findings.add(
            node.at,
            format!("{path} is no share of the time: {written:?}."),
            "Write percent above 0 and below 100, such as: 99.9 %",
        );
    }
    share
}
