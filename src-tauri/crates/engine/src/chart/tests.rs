//! Pictures that are looked at by their parts.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use quarterdeck_model::{
    Count, Instant, Millis,
    inspection::Tone,
    monitor::{
        Float, Gap, Happening, HappeningKind, Panel, PanelKind, PanelQuery, PanelUnit, RangeAnswer, SeriesLine, Threshold, TimeSpan,
    },
};

use super::*;

fn at(minute: i64) -> Instant {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

/// Two lines over six hours; the second has a gap of half an hour.
fn answer() -> RangeAnswer {
    let moments: Vec<i64> = (0..360).map(|minute| at(minute).timestamp_millis()).collect();
    let line = |legend: &str, value: &dyn Fn(i64) -> Option<f64>| SeriesLine {
        labels: BTreeMap::new(),
        legend: legend.to_owned(),
        values: (0..360).map(|minute| value(minute).map(Float)).collect(),
    };
    let wave = |minute: i64| 0.012 + 0.006 * (minute as f64 / 40.0).sin();
    RangeAnswer {
        span: TimeSpan { from: at(0), until: at(360) },
        step: Millis(60_000),
        moments,
        series: vec![
            line("p50", &|minute| Some(wave(minute))),
            line("p95", &|minute| (!(120..150).contains(&minute)).then(|| wave(minute) * 1.6 + if minute > 280 { 0.012 } else { 0.0 })),
        ],
        found: Count(2),
        thinned: false,
        gaps: vec![Gap { span: TimeSpan { from: at(120), until: at(150) }, reason: "the agent did not run".to_owned() }],
        notes: Vec::new(),
        as_of: at(360),
    }
}

fn panel(kind: PanelKind) -> Panel {
    Panel {
        title: "Review of appeals".to_owned(),
        kind,
        unit: PanelUnit::Seconds,
        queries: vec![PanelQuery { query: "x".to_owned(), legend: None }],
        thresholds: vec![Threshold { value: Float(0.025), tone: Tone::Critical, name: "promised".to_owned(), above: true }],
        least: None,
        most: None,
        wide: false,
        about: None,
    }
}

fn happenings() -> Vec<Happening> {
    let kinds = [HappeningKind::Backup, HappeningKind::Migration, HappeningKind::Restore, HappeningKind::Backup];
    let happened = kinds.into_iter().enumerate().map(|(which, kind)| Happening {
        at: at(40 + 80 * which as i64),
        until: None,
        kind,
        what: "x".to_owned(),
        job: None,
        system: None,
    });
    happened.collect()
}

fn drawn(kind: PanelKind, dark: bool, format: ChartFormat) -> Vec<u8> {
    let (answers, happenings, panel) = ([answer()], happenings(), panel(kind));
    let span = TimeSpan { from: at(0), until: at(360) };
    draw(&Picture { panel: &panel, answers: &answers, happenings: &happenings, span, size: (960, 360), dark, zone: Zone::Here }, format)
        .unwrap()
}

fn svg(kind: PanelKind, dark: bool) -> String {
    String::from_utf8(drawn(kind, dark, ChartFormat::Svg)).unwrap()
}

#[test]
fn a_gap_is_a_gap_and_a_threshold_has_its_name() {
    let svg = svg(PanelKind::Lines, false);
    assert!(svg.starts_with("<svg width=\"960\" height=\"360\" viewBox=\"0 0 3840 1440\""), "{}", &svg[..120]);
    let pieces = |hue: &str| svg.matches(&format!("fill=\"none\" opacity=\"1\" stroke=\"{hue}\" stroke-width=\"6\"")).count();
    assert_eq!((pieces("#1F5FA8"), pieces("#C05621")), (1, 2), "the second line has two pieces");
    for words in ["Review of appeals", "promised (25 ms)", "20 ms", "p95  ", "backup", "migration", "restore"] {
        assert!(svg.contains(words), "{words}");
    }
    assert!(svg.contains("#EFEFEC"), "what nobody measured has a ground of its own");
}

#[test]
fn dark_is_another_ink() {
    assert!(svg(PanelKind::Area, true).contains("#181B1E") && !svg(PanelKind::Area, true).contains("#FFFFFF"));
}

#[test]
fn a_png_has_the_size_that_was_asked_for() {
    for kind in [PanelKind::Lines, PanelKind::Stack, PanelKind::Bars, PanelKind::Table, PanelKind::Figure] {
        let bytes = drawn(kind, false, ChartFormat::Png);
        assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
        assert_eq!(bytes[16..24], [0, 0, 3, 192, 0, 0, 1, 104], "960 × 360");
    }
}

#[test]
fn nothing_measured_is_said() {
    let (panel, span) = (panel(PanelKind::Lines), TimeSpan { from: at(0), until: at(360) });
    let picture = Picture { panel: &panel, answers: &[], happenings: &[], span, size: (960, 360), dark: false, zone: Zone::Here };
    let svg = String::from_utf8(draw(&picture, ChartFormat::Svg).unwrap()).unwrap();
    assert!(svg.contains("Nothing was measured in this time."));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    assert_eq!(size(None, None).unwrap(), (960, 360));
    assert!(size(Some(10), None).unwrap_err().is("bad-chart") && size(None, Some(100_000)).unwrap_err().is("bad-chart"));
}

#[test]
fn extremes_are_drawn_somehow() {
    let values = [1e308, -1e308, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, 0.0, -0.0, 1.0];
    for unit in PanelUnit::WORDS.map(|(_, unit)| unit) {
        for kind in [PanelKind::Lines, PanelKind::Stack, PanelKind::Bars, PanelKind::Table, PanelKind::Figure] {
            for (minutes, one, size) in [(0, false, (240, 160)), (60 * 24 * 40_000, true, (960, 360)), (1, false, (4_000, 160))] {
                let mut answer = answer();
                let many = if one { 1 } else { 12 };
                answer.moments.truncate(60);
                let line = |which: usize| SeriesLine {
                    labels: BTreeMap::new(),
                    legend: "a name that is much too long for its place ".repeat(which % 4),
                    values: (0..360).map(|at| Some(Float(values[(at + which) % values.len()]))).collect(),
                };
                answer.series = (0..many).map(line).collect();
                let mut panel = panel(kind);
                panel.unit = unit;
                panel.thresholds.push(Threshold { value: Float(f64::NAN), tone: Tone::Ok, name: "none".to_owned(), above: false });
                let span = TimeSpan { from: at(0), until: at(minutes) };
                let happenings = happenings();
                let picture =
                    Picture { panel: &panel, answers: &[answer], happenings: &happenings, span, size, dark: one, zone: Zone::Here };
                assert!(draw(&picture, ChartFormat::Svg).unwrap().len() > 500);
            }
        }
    }
}
