//! The targets of a watch as they are drawn: what was measured minute by minute, beside what was wanted.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Count, Millis, Outcome,
    inspection::Tone,
    monitor::{Float, Gap, PanelUnit, RangeAnswer, SeriesLine, Threshold, TimeSpan},
    readiness::Validation,
};
use quarterdeck_monitor::{labels::Labels, sample::Sample};
use quarterdeck_readiness::{
    expect::{Condition, Literal},
    validation::{Measure, Over, Row},
};

use super::{Path, find, measuring::Window, read};
use crate::{operation::Scope, query::minutes::MINUTE};

/// More places than this have no room beside each other: of each stretch its smallest and its largest value are drawn.
const PLACES: usize = 720;

/// What is one figure for the whole window is drawn over a part of it, which goes along.
const PARTS: [(i64, &str); 2] = [(3_600_000, "hour"), (300_000, "five minutes")];

/// A target as it is drawn.
pub(crate) struct Drawn {
    /// Its name.
    pub name: String,
    /// Of what is drawn.
    pub unit: PanelUnit,
    /// What was wanted, as lines.
    pub wanted: Vec<Threshold>,
    /// What was measured.
    pub answer: RangeAnswer,
    /// Where the line is not what is judged: what it is.
    pub remark: Option<String>,
}

/// Those targets of a watch that are measured by a query; `watch` is what is said of it.
pub(crate) fn drawn(scope: &Scope, watch: &Validation) -> Outcome<Vec<Drawn>> {
    let record = find(&scope.engine, &watch.id)?;
    let Some(plan) = read(Path::new(""), &record.file).0 else { return Ok(Vec::new()) };
    let span = TimeSpan { from: watch.from, until: watch.stopped.unwrap_or(watch.until).min(watch.as_of) };
    let window = Window::over(&scope.engine, &watch.system, span.from, span.until, &scope.ctx)?;
    let mut drawn = Vec::new();
    for row in &plan.rows {
        let Measure::Query(query, over) = &row.measure else { continue };
        let Some(said) = watch.rows.iter().find(|said| said.name == row.name) else { continue };
        let (query, step, remark) = match over {
            Over::Window => {
                let Some((part, word, step)) = part(&span) else { continue };
                let query = query.replace("$window", &format!("{}s", part / 1_000));
                let remark = format!("The line is the same over the {word} before each moment; the target is of the whole window.");
                (query, step, Some(remark))
            }
            _ => (query.clone(), MINUTE, None),
        };
        let mut lines = match window.lines(&query, step) {
            // Its row says what is wrong with it.
            Err(fault) if fault.is("bad-query") || fault.is("query-failed") => continue,
            lines => lines?,
        };
        if *over == Over::Growth {
            lines = since_the_oldest(&lines);
        }
        for (_, samples) in &mut lines {
            samples.retain(|sample| !said.gaps.iter().any(|gap| is_inside(sample, gap)));
        }
        let gaps = said.gaps.iter().map(|gap| Gap { span: gap.clone(), reason: String::new() }).collect();
        let answer = answer(&lines, span.clone(), step, gaps);
        drawn.push(Drawn { name: row.name.clone(), unit: row.unit, wanted: wanted(row), answer, remark });
    }
    Ok(drawn)
}

/// Over which part, by its word, what stands for the whole window is drawn, and how often; none for a watch that is hardly longer.
fn part(span: &TimeSpan) -> Option<(i64, &'static str, i64)> {
    let long = (span.until - span.from).num_milliseconds();
    let (part, word) = PARTS.into_iter().find(|(part, _)| long >= part * 6)?;
    let step = (long / (PLACES as i64 / 2)).div_euclid(MINUTE) * MINUTE;
    Some((part, word, step.clamp(MINUTE, part)))
}

/// A query that looks back would go on through a gap in which nobody measured.
fn is_inside(sample: &Sample, gap: &TimeSpan) -> bool {
    sample.at > gap.from.timestamp_millis() && sample.at <= gap.until.timestamp_millis()
}

/// Values of a query, series by series.
pub(super) type Lines = Vec<(Labels, Vec<Sample>)>;

/// What growth is judged by: the sum over series, as a share of the oldest.
fn since_the_oldest(lines: &Lines) -> Lines {
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    for sample in lines.iter().flat_map(|(_, samples)| samples) {
        *sums.entry(sample.at).or_default() += sample.value;
    }
    let Some(oldest) = sums.values().next().copied().filter(|oldest| *oldest != 0.0) else { return Vec::new() };
    vec![(Labels::default(), sums.into_iter().map(|(at, sum)| Sample { at, value: sum / oldest - 1.0 }).collect())]
}

fn wanted(row: &Row) -> Vec<Threshold> {
    let line = |value: f64, name: &str| Threshold { value: Float(value), tone: Tone::Attention, name: name.to_owned(), above: true };
    let lines = row.expect.conditions.iter().filter_map(|condition| match condition {
        Condition::AtLeast(value, _, _) => Some(line(*value, "wanted at least")),
        Condition::AtMost(value, _, _) => Some(line(*value, "wanted at most")),
        Condition::Is(Literal::Number(value, _)) => Some(line(*value, "wanted")),
        _ => None,
    });
    lines.collect()
}

/// The lines on places that they share.
fn answer(lines: &Lines, span: TimeSpan, minute: i64, gaps: Vec<Gap>) -> RangeAnswer {
    let (from, until) = (span.from.timestamp_millis(), span.until.timestamp_millis());
    let minutes = usize::try_from((until - from) / minute).unwrap_or_default();
    // Two places for each stretch: one for what came first.
    let wide = if minutes <= PLACES { 1 } else { minutes.div_ceil(PLACES / 2) };
    let places: Vec<i64> = if wide == 1 {
        (1..=minutes).map(|at| from + at as i64 * minute).collect()
    } else {
        let half = wide as i64 * minute / 2;
        (0..minutes.div_ceil(wide)).flat_map(|at| [1, 2].map(|part| (from + (2 * at as i64 + part) * half).min(until))).collect()
    };
    let series = lines.iter().map(|(labels, samples)| {
        let mut parts: Vec<Vec<Sample>> = vec![Vec::new(); minutes.div_ceil(wide)];
        for sample in samples {
            let minute = usize::try_from((sample.at - from) / minute - 1).unwrap_or_default();
            if let Some(part) = parts.get_mut(minute / wide) {
                part.push(*sample);
            }
        }
        let values = parts.iter().flat_map(|part| if wide == 1 { vec![part.last().map(|sample| Float(sample.value))] } else { ends(part) });
        SeriesLine { labels: BTreeMap::new(), legend: legend(labels), values: values.collect() }
    });
    let series: Vec<SeriesLine> = series.collect();
    let step = Millis(minute.unsigned_abs() * wide as u64);
    let (found, thinned, as_of) = (Count(series.len() as u64), wide > 1, span.until);
    RangeAnswer { span, step, moments: places, series, found, thinned, gaps, notes: Vec::new(), as_of }
}

/// The smallest and the largest of a stretch, in the order in which they came.
fn ends(part: &[Sample]) -> Vec<Option<Float>> {
    let least = part.iter().min_by(|a, b| a.value.total_cmp(&b.value));
    let most = part.iter().max_by(|a, b| a.value.total_cmp(&b.value));
    let (Some(least), Some(most)) = (least, most) else { return vec![None, None] };
    let (first, second) = if least.at <= most.at { (least, most) } else { (most, least) };
    vec![Some(Float(first.value)), Some(Float(second.value))]
}

fn legend(labels: &Labels) -> String {
    let words: Vec<String> = labels.iter().filter(|(name, _)| *name != "system").map(|(_, value)| value.to_owned()).collect();
    if words.is_empty() { "measured".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_model::Instant;

    fn samples(count: i64, value: &dyn Fn(i64) -> f64) -> Vec<Sample> {
        (1..=count).map(|minute| Sample { at: minute * 60_000, value: value(minute) }).collect()
    }

    fn span(minutes: i64) -> TimeSpan {
        let at = |minute: i64| Instant::from_timestamp_millis(minute * 60_000).unwrap();
        TimeSpan { from: at(0), until: at(minutes) }
    }

    #[test]
    fn a_short_watch_has_every_minute_and_what_was_not_measured_is_none() {
        let mut measured = samples(60, &|minute| minute as f64);
        measured.retain(|sample| !(10..20).contains(&(sample.at / 60_000)));
        let answer = answer(&vec![(Labels::default(), measured)], span(60), MINUTE, Vec::new());
        assert_eq!((answer.moments.len(), answer.thinned), (60, false));
        let values = &answer.series[0].values;
        assert_eq!((values[8], values[9], values[18], values[19]), (Some(Float(9.0)), None, None, Some(Float(20.0))));
    }

    #[test]
    fn the_worst_minute_of_a_long_watch_is_drawn() {
        let measured = samples(2_880, &|minute| if minute == 1_777 { 99.0 } else { 1.0 });
        let answer = answer(&vec![(Labels::default(), measured)], span(2_880), MINUTE, Vec::new());
        assert!(answer.thinned && answer.moments.len() <= PLACES + 2 && answer.moments.is_sorted(), "{}", answer.moments.len());
        let at = answer.series[0].values.iter().position(|value| *value == Some(Float(99.0))).unwrap();
        assert!((answer.moments[at] - 1_777 * 60_000).abs() <= answer.step.0 as i64);
        assert_eq!(answer.series[0].values.len(), answer.moments.len());
    }

    #[test]
    fn growth_is_drawn_as_it_is_judged() {
        let lines = vec![(Labels::default(), samples(3, &|minute| 10.0 * minute as f64)), (Labels::default(), samples(3, &|_| 10.0))];
        let grown = since_the_oldest(&lines);
        assert_eq!(grown[0].1.iter().map(|sample| sample.value).collect::<Vec<_>>(), [0.0, 0.5, 1.0]);
        assert!(since_the_oldest(&vec![(Labels::default(), samples(3, &|_| 0.0))]).is_empty());
    }
}
