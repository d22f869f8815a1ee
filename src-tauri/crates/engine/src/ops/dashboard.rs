//! Dashboards, and charts as files.

use quarterdeck_model::{
    Instant, Outcome,
    monitor::{Dashboard, DashboardBrief},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, RawQuery, Scope};

/// Lists dashboards.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListDashboards {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

/// Dashboards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DashboardList {
    /// In their order.
    pub dashboards: Vec<DashboardBrief>,
    /// When it was read.
    pub as_of: Instant,
}

impl Query for ListDashboards {
    const NAME: &str = "list_dashboards";
    const SUMMARY: &str = "Lists the dashboards of a system: files below its definition.";
    type Response = DashboardList;

    fn answer(self, scope: &Scope) -> Outcome<DashboardList> {
        crate::dashboards::list(scope, self.system.as_ref())
    }
}

/// Reads a dashboard.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetDashboard {
    /// Of which system.
    pub system: Name,
    /// Its name.
    pub name: String,
}

impl Query for GetDashboard {
    const NAME: &str = "get_dashboard";
    const SUMMARY: &str = "Reads a dashboard with its panels, and what is wrong in its file.";
    type Response = Dashboard;

    fn answer(self, scope: &Scope) -> Outcome<Dashboard> {
        crate::dashboards::get(scope, &self.system, &self.name)
    }
}

/// Draws a chart.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DrawChart {
    /// PromQL; absent where a panel is named.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub query: Option<String>,
    /// A dashboard of the system, with `panel`.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub dashboard: Option<String>,
    /// Its panel, counted from 0.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub panel: Option<u32>,
    /// The system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
    /// As what.
    pub format: ChartFormat,
    /// Pixels; absent for 960.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub width: Option<u32>,
    /// Pixels; absent for 360.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub height: Option<u32>,
    /// True for light lines on dark.
    #[serde(default)]
    pub dark: bool,
}

/// As what a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ChartFormat {
    /// SVG 1.1.
    Svg,
    /// PNG.
    Png,
}

/// A chart as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ChartPicture {
    /// As what it was drawn.
    pub format: ChartFormat,
    /// The file's text, of an SVG; its bytes in base64 (RFC 4648 §4), of a PNG.
    pub content: String,
    /// When it was drawn.
    pub as_of: Instant,
}

impl Query for DrawChart {
    const NAME: &str = "draw_chart";
    const SUMMARY: &str = "Draws a query or a panel as SVG or PNG; raw, the bytes of the file.";
    type Response = ChartPicture;

    fn answer(self, scope: &Scope) -> Outcome<ChartPicture> {
        crate::dashboards::draw(scope, &self)
    }
}

/// The file's own bytes.
impl RawQuery for DrawChart {
    fn frame(self, scope: &Scope) -> Outcome<Vec<u8>> {
        crate::dashboards::picture(scope, &self)
    }
}
