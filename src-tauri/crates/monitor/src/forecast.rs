//! Where a measured size is going: a line through its points that a few odd days do not bend, and how sure it is.

/// What the method is, for people.
pub const METHOD: &str = "Median of all slopes between two points (Theil 1950, Sen 1968). The interval holds the true slope in 95 of 100 cases: by Kendall's \
                          variance of ranks where points lie around a line, and as wide as the daily changes make it where each day adds to the one before. \
                          A fall of more than 20 % begins anew.";

/// Fewer points say nothing.
pub const LEAST_POINTS: usize = 24;

/// A drop by more than this share of what was there begins the series anew: a clean-up, an archive.
const DROP: f64 = 0.2;

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.96;

/// Points that lie around a line take back in one step what they added by chance in the one before: then changes of neighbours go against each
/// other, by half of their size in the middle. Above this, part of each change stays, as with a database to which every day adds its own.
const TAKEN_BACK: f64 = -0.4;

/// A value at a time; the unit of time is the caller's (days), and slopes are per that unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub at: f64,
    /// How much.
    pub value: f64,
}

/// A line and its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Change in one unit of time.
    pub slope: f64,
    /// The lower end of its 95 % interval.
    pub least: f64,
    /// The upper end.
    pub most: f64,
    /// Where it stands now: the median of the last unit of time.
    pub level: f64,
    /// Since when it was looked at; later than the first point where the series fell and began anew.
    pub since: f64,
}

/// When something is full.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Full {
    /// The interval of the slope holds zero: no growth that can be told from none.
    NotTold,
    /// It shrinks.
    Never,
    /// In so many units of time: by the slope, at the earliest, at the latest.
    In(f64, f64, f64),
}

/// The line through points, whose times ascend; none where they are too few to say. Values that are no numbers are left out.
pub fn trend(points: &[Point]) -> Option<Trend> {
    let all: Vec<Point> = points.iter().copied().filter(|point| point.value.is_finite()).collect();
    let points = behind_the_last_fall(&all);
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < LEAST_POINTS {
        return None;
    }
    let slopes = slopes(points);
    let (below, above) = ranks(points.len(), slopes.len());
    let newest: Vec<f64> = points.iter().filter(|point| point.at > last.at - 1.0).map(|point| point.value).collect();
    let (least, most) = (*slopes.get(below)?, *slopes.get(above)?);
    let (lower, upper) = kept_changes(points).unwrap_or((least, most));
    Some(Trend {
        slope: median(&slopes)?,
        least: least.min(lower),
        most: most.max(upper),
        level: median(&sorted(newest))?,
        since: first.at,
    })
}

impl Trend {
    /// What is to be expected so much later than now.
    pub fn after(&self, time: f64) -> f64 {
        self.level + self.slope * time
    }

    /// When `room` more is used up.
    pub fn full(&self, room: f64) -> Full {
        match (self.least, self.most) {
            (least, most) if least <= 0.0 && most >= 0.0 => Full::NotTold,
            (_, most) if most < 0.0 => Full::Never,
            (least, most) => Full::In(room.max(0.0) / self.slope, room.max(0.0) / most, room.max(0.0) / least),
        }
    }
}

/// The middle of ascending values: of two, between them.
pub fn median(ascending: &[f64]) -> Option<f64> {
    let middle = ascending.len() / 2;
    let upper = ascending.get(middle)?;
    Some(if ascending.len() % 2 == 1 { *upper } else { (ascending[middle - 1] + upper) / 2.0 })
}

/// Ascending.
pub fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// A single odd day is no fall: what counts is the middle of three on each side.
fn behind_the_last_fall(points: &[Point]) -> &[Point] {
    let middle = |part: &[Point]| median(&sorted(part.iter().map(|point| point.value).collect())).unwrap_or_default();
    let fell = |at: &usize| {
        let (one, other) = (points[at - 1], points[*at]);
        let (before, after) = (&points[at.saturating_sub(3)..*at], &points[*at..points.len().min(at + 3)]);
        let falls = |before: f64, after: f64| after < before * (1.0 - DROP);
        other.at - one.at <= 1.0 && falls(one.value, other.value) && falls(middle(before), middle(after))
    };
    let begin = (1..points.len()).rev().find(fell).unwrap_or(0);
    &points[begin..]
}

fn slopes(points: &[Point]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    for (n, one) in points.iter().enumerate() {
        let later = points[n + 1..].iter().filter(|other| other.at > one.at);
        slopes.extend(later.map(|other| (other.value - one.value) / (other.at - one.at)));
    }
    sorted(slopes)
}

/// The 95 % interval of the mean change, where changes stay; none where they are taken back, and where all are equal.
#[allow(clippy::cast_precision_loss)] // a few hundred points
fn kept_changes(points: &[Point]) -> Option<(f64, f64)> {
    let changes: Vec<f64> = points.windows(2).map(|pair| (pair[1].value - pair[0].value) / (pair[1].at - pair[0].at)).collect();
    let count = changes.len() as f64;
    let mean = changes.iter().sum::<f64>() / count;
    let beside: Vec<f64> = changes.iter().map(|change| change - mean).collect();
    let squares: f64 = beside.iter().map(|change| change * change).sum();
    let neighbours: f64 = beside.windows(2).map(|pair| pair[0] * pair[1]).sum();
    if squares <= f64::EPSILON * mean * mean || neighbours / squares < TAKEN_BACK {
        return None;
    }
    // The 97.5 % quantile of Student's distribution, near enough for more than twenty changes.
    let student = Z + 2.4 / (count - 1.0);
    let half = student * (squares / (count - 1.0) / count).sqrt();
    Some((mean - half, mean + half))
}

/// Which of the ascending slopes are the ends of the interval (Sen 1968, ties ignored).
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few thousand slopes
fn ranks(points: usize, slopes: usize) -> (usize, usize) {
    let (n, all) = (points as f64, slopes as f64);
    let spread = Z * (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let below = ((all - spread) / 2.0).floor().max(0.0) as usize;
    let above = ((all + spread) / 2.0).ceil().min(all - 1.0).max(0.0) as usize;
    (below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(days: u32, value: impl Fn(f64) -> f64) -> Vec<Point> {
        (0..days).map(|day| Point { at: day.into(), value: value(day.into()) }).collect()
    }

    /// Evenly spread in 0…1, the same each time (splitmix64).
    fn noise(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn a_line_is_found_and_a_few_odd_days_do_not_bend_it() {
        let mut points = line(30, |day| 100.0 + 5.0 * day);
        points[10].value = 9_000.0;
        points[20].value = 900.0;
        let trend = trend(&points).unwrap();
        assert_eq!((trend.slope, trend.level), (5.0, 245.0));
        assert_eq!(trend.after(365.0), 245.0 + 1825.0);
        assert!(matches!(trend.full(50.0), Full::In(days, early, late) if days == 10.0 && early <= 10.0 && late >= 10.0));
    }

    /// In how many of 1,000 cases the interval holds a slope of 3; `next` makes a value of the day, the one before and chance.
    fn held(days: u32, next: impl Fn(f64, f64, &mut u64) -> f64) -> usize {
        let holds = |seed: u64| {
            let (mut state, mut value) = (seed, 1_000.0);
            let points: Vec<Point> = (0..days)
                .map(|day| {
                    value = next(day.into(), value, &mut state);
                    Point { at: day.into(), value }
                })
                .collect();
            let trend = trend(&points).unwrap();
            trend.least <= 3.0 && 3.0 <= trend.most
        };
        (1..=1_000).filter(|seed| holds(seed * 7_919)).count()
    }

    /// Roughly normal, with a deviation of 1.
    fn normal(state: &mut u64) -> f64 {
        (0..12).map(|_| noise(state)).sum::<f64>() - 6.0
    }

    #[test]
    fn the_interval_holds_the_slope_where_points_lie_around_a_line() {
        let even = held(30, |day, _, s| 1_000.0 + 3.0 * day + 40.0 * noise(s));
        let bell = held(30, |day, _, s| 1_000.0 + 3.0 * day + 15.0 * normal(s));
        assert!(even >= 930 && bell >= 930, "{even} and {bell} of 1,000");
    }

    #[test]
    fn the_interval_holds_the_slope_where_each_day_adds_its_own() {
        let added = held(30, |_, before, s| before + 3.0 + 2.0 * normal(s));
        let week = held(30, |day, before, s| before + if day % 7.0 < 5.0 { 4.2 } else { 0.0 } + 0.5 * normal(s));
        assert!(added >= 930 && week >= 930, "{added} and {week} of 1,000");
    }

    #[test]
    fn no_growth_is_not_told_from_none() {
        let mut state = 5;
        let flat = line(30, |_| 1_000.0).into_iter().map(|p| Point { value: p.value + noise(&mut state), ..p }).collect::<Vec<_>>();
        assert_eq!(trend(&flat).unwrap().full(10.0), Full::NotTold);
        assert_eq!(trend(&line(30, |day| 1_000.0 - day)).unwrap().full(10.0), Full::Never);
    }

    #[test]
    fn a_fall_begins_anew() {
        let points = line(60, |day| if day < 30.0 { 1_000.0 + day } else { 500.0 + 2.0 * day });
        let trend = trend(&points).unwrap();
        assert_eq!((trend.slope, trend.since), (2.0, 30.0));
    }

    #[test]
    fn too_few_points_say_nothing() {
        assert_eq!(trend(&line(23, |day| day)), None);
        assert_eq!(trend(&[]), None);
        let mut points = line(24, |day| 10.0 + day);
        points[3].value = f64::NAN;
        assert_eq!(trend(&points), None);
    }
}
