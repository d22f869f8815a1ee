//! A chart in a file of the user's choice.

use quarterdeck_model::{Outcome, Role, WirePath};
use quarterdeck_store::files;
use serde::{Deserialize, Serialize};

use crate::{
    operation::{Command, Scope},
    ops::DrawChart,
};

/// Draws a chart into a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SaveChart {
    /// What is drawn, and as what.
    pub chart: DrawChart,
    /// Where.
    pub file: WirePath,
    /// True where a file that is there may be replaced; absent for no.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub replace: bool,
}

impl Command for SaveChart {
    const NAME: &str = "save_chart";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Draws a query or a panel as SVG or PNG into a file.";
    type Response = ();

    fn touches(&self) -> String {
        self.file.encode()
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        let bytes = crate::dashboards::picture(scope, &self.chart)?;
        if self.replace { files::write_shared(&self.file.0, &bytes) } else { files::create_shared(&self.file.0, &bytes) }
    }
}
