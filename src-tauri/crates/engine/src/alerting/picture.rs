//! A picture of what an alert is about, for letters.

use std::sync::Arc;

use chrono::TimeDelta;
use quarterdeck_model::{
    Face, JobCtx, Outcome,
    inspection::Tone,
    monitor::{Float, Panel, PanelKind, PanelQuery, PanelUnit, Threshold, TimeSpan},
};
use quarterdeck_monitor::{
    alert::Alert,
    notify::Message,
    promql::{self, limit},
};

use crate::{
    Engine,
    chart::{self, Picture, Zone},
    happenings,
    operation::Scope,
    ops::{ChartFormat, QueryRange},
    query,
};

/// So far back it is drawn.
const SPAN: TimeDelta = TimeDelta::hours(6);

const SIZE: (u32, u32) = (720, 260);

/// A chart of what the message's first alert compares, as PNG; none where the channel shows none, or nothing can be drawn.
pub(super) async fn of(engine: &Arc<Engine>, message: &Message, kind: &str) -> Option<Vec<u8>> {
    let alert =
        message.firing.first().or(message.resolved.first()).filter(|alert| kind == "email" && !alert.expression.is_empty())?.clone();
    let engine = Arc::clone(engine);
    // A letter without its picture is still a letter.
    tokio::task::spawn_blocking(move || draw(&engine, &alert)).await.ok()?.ok()
}

fn draw(engine: &Arc<Engine>, alert: &Alert) -> Outcome<Vec<u8>> {
    let scope = Scope { engine: Arc::clone(engine), caller: engine.caller(Face::Agent)?, ctx: JobCtx::detached() };
    let compared = limit::compared(&promql::parse(&alert.expression)?);
    let asked = compared.as_ref().map_or(alert.expression.as_str(), |found| found.measured.as_str());
    let until = engine.clock().now();
    let (span, system) = (TimeSpan { from: until - SPAN, until }, alert.labels.get("system").parse().ok());
    let threshold = |found: &limit::Compared| Threshold {
        value: Float(found.limit),
        tone: Tone::Critical,
        name: "limit".to_owned(),
        above: !found.sign.starts_with('<'),
    };
    let panel = Panel {
        title: alert.labels.get("alertname").to_owned(),
        kind: PanelKind::Lines,
        unit: PanelUnit::Number,
        queries: vec![PanelQuery { query: asked.to_owned(), legend: None }],
        thresholds: compared.iter().map(threshold).collect(),
        least: None,
        most: None,
        wide: false,
        about: None,
    };
    let wanted = QueryRange { query: asked.to_owned(), legend: None, from: span.from, until, step: None, points: Some(SIZE.0 * 2), system };
    let answers = [query::range(&scope, &wanted)?];
    let happened = happenings::list(&scope, span.from, until, wanted.system.as_ref()).map(|list| list.happenings).unwrap_or_default();
    let (answers, happenings, zone) = (&answers[..], &happened[..], Zone::Here);
    chart::draw(&Picture { panel: &panel, answers, happenings, span, size: SIZE, dark: false, zone }, ChartFormat::Png)
}
