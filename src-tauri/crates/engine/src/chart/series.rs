//! What is drawn of answers, before anything is drawn. Pure.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant,
    monitor::{Happening, Panel, PanelKind, RangeAnswer, TimeSpan},
};

use super::scale::Zone;

/// What a chart is made of.
#[derive(Debug, Clone)]
pub struct Picture<'a> {
    /// Title, kind, unit, thresholds, ends of the axis.
    pub panel: &'a Panel,
    /// One for each query of the panel.
    pub answers: &'a [RangeAnswer],
    /// Ticks above the lines.
    pub happenings: &'a [Happening],
    /// From where to where.
    pub span: TimeSpan,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Light lines on dark.
    pub dark: bool,
    /// By whose clock.
    pub zone: Zone,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub name: String,
    /// Where it is drawn, in pieces: between two pieces there is a gap. Milliseconds since 1970, and heights.
    pub pieces: Vec<Vec<(i64, f64)>>,
    /// Where it stands on others: their heights, piece by piece.
    pub below: Vec<Vec<f64>>,
    /// The newest value.
    pub newest: Option<f64>,
}

/// Lines of all answers; of a stack the ones below come first.
pub(super) fn lines(picture: &Picture<'_>) -> Vec<Line> {
    let mut heights: BTreeMap<i64, f64> = BTreeMap::new();
    let stacked = picture.panel.kind == PanelKind::Stack;
    let mut lines = Vec::new();
    for answer in picture.answers {
        for series in &answer.series {
            let mut line = Line { name: series.legend.clone(), pieces: Vec::new(), below: Vec::new(), newest: None };
            let mut open = false;
            for (at, value) in answer.moments.iter().zip(&series.values) {
                let Some(value) = value.map(|value| value.0).filter(|value| value.is_finite()) else {
                    open = false;
                    continue;
                };
                if !open {
                    line.pieces.push(Vec::new());
                    line.below.push(Vec::new());
                    open = true;
                }
                let below = if stacked { heights.get(at).copied().unwrap_or_default() } else { 0.0 };
                if stacked {
                    heights.insert(*at, below + value);
                }
                if let (Some(piece), Some(under)) = (line.pieces.last_mut(), line.below.last_mut()) {
                    piece.push((*at, below + value));
                    under.push(below);
                }
                line.newest = Some(value);
            }
            lines.push(line);
        }
    }
    lines
}

/// The smallest and the largest height, thresholds included; none where nothing is drawn.
pub(super) fn bounds(picture: &Picture<'_>, lines: &[Line]) -> Option<(f64, f64)> {
    let drawn = lines.iter().flat_map(|line| line.pieces.iter().flatten()).map(|(_, height)| *height);
    let filled = matches!(picture.panel.kind, PanelKind::Area | PanelKind::Stack);
    let mut bounds: Option<(f64, f64)> = None;
    for height in drawn {
        let (least, most) = bounds.unwrap_or(if filled { (0.0, 0.0) } else { (height, height) });
        bounds = Some((height.min(least), height.max(most)));
    }
    let (least, most) = bounds?;
    let thresholds = picture.panel.thresholds.iter().map(|threshold| threshold.value.0).filter(|value| value.is_finite());
    Some(thresholds.fold((least, most), |(least, most), value| (least.min(value), most.max(value))))
}

/// Stretches in which nobody measured anything, within the picture.
pub(super) fn gaps(picture: &Picture<'_>) -> Vec<(Instant, Instant)> {
    let mut gaps = Vec::new();
    for gap in picture.answers.iter().flat_map(|answer| &answer.gaps) {
        let stretch = (gap.span.from.max(picture.span.from), gap.span.until.min(picture.span.until));
        if stretch.0 < stretch.1 && !gaps.contains(&stretch) {
            gaps.push(stretch);
        }
    }
    gaps
}
