//! Dashboards: files of a definition's folder, read anew whenever somebody looks; and charts as files.

use quarterdeck_model::{
    Count, Fault, Outcome,
    monitor::{Dashboard, DashboardBrief, Panel, PanelKind, PanelQuery, PanelUnit, TimeSpan},
    system::{Name, System},
};
use quarterdeck_store::files::{create_shared, write_shared};

use crate::{
    chart::{self, Picture, Zone},
    definition::{self, DashboardFile},
    happenings, lookup,
    operation::Scope,
    ops::{ChartFormat, ChartPicture, DashboardList, DrawChart, QueryRange, SaveChart},
    query,
};

/// The dashboards of one system, or of all by the systems' names.
pub(crate) fn list(scope: &Scope, system: Option<&Name>) -> Outcome<DashboardList> {
    let mut dashboards = Vec::new();
    match system {
        Some(name) => {
            let system = lookup::system(&scope.engine, name)?;
            dashboards.extend(briefs(&system, files(&system)?));
        }
        None => {
            for system in lookup::systems(&scope.engine)? {
                // Where the folder of one system cannot be read, its own page says so; the others still have theirs.
                dashboards.extend(briefs(&system, files(&system).unwrap_or_default()));
            }
        }
    }
    Ok(DashboardList { dashboards, as_of: scope.engine.clock().now() })
}

/// One dashboard. Refuses with `dashboard-missing`.
pub(crate) fn get(scope: &Scope, system: &Name, name: &str) -> Outcome<Dashboard> {
    let system = lookup::system(&scope.engine, system)?;
    let mut files = files(&system)?;
    let Some(at) = files.iter().position(|file| file.name == name) else { return Err(missing(&system, name, &files)) };
    let DashboardFile { name, title, span, panels, findings, .. } = files.swap_remove(at);
    Ok(Dashboard { system: system.name, name, title, span, panels, findings, as_of: scope.engine.clock().now() })
}

/// A query or a panel as a picture.
pub(crate) fn draw(scope: &Scope, asked: &DrawChart) -> Outcome<ChartPicture> {
    let bytes = picture(scope, asked)?;
    let content = match asked.format {
        ChartFormat::Svg => String::from_utf8(bytes).map_err(|error| Fault::bug(format!("A chart is no text: {error}.")))?,
        ChartFormat::Png => chart::base64(&bytes),
    };
    Ok(ChartPicture { format: asked.format, content, as_of: scope.engine.clock().now() })
}

/// The file's own bytes.
pub(crate) fn picture(scope: &Scope, asked: &DrawChart) -> Outcome<Vec<u8>> {
    let size = chart::size(asked.width, asked.height)?;
    let panel = panel(scope, asked)?;
    let span = TimeSpan { from: asked.from, until: asked.until };
    let mut answers = Vec::new();
    for PanelQuery { query, legend } in &panel.queries {
        let (query, legend, system) = (query.clone(), legend.clone(), asked.system.clone());
        let points = Some(size.0.saturating_mul(2));
        answers.push(query::range(scope, &QueryRange { query, legend, from: asked.from, until: asked.until, step: None, points, system })?);
    }
    // A chart without its ticks is still a chart.
    let happened = happenings::list(scope, asked.from, asked.until, asked.system.as_ref()).map(|list| list.happenings).unwrap_or_default();
    let (answers, happenings, dark, zone) = (&answers[..], &happened[..], asked.dark, Zone::Here);
    chart::draw(&Picture { panel: &panel, answers, happenings, span, size, dark, zone }, asked.format)
}

/// The same in a file, whole or not at all. Refuses with `file-exists` what nobody said may be replaced, and with `not-a-picture` to replace
/// anything but a picture.
pub(crate) fn save(scope: &Scope, asked: &SaveChart) -> Outcome<()> {
    let path = &asked.file.0;
    if asked.replace && path.exists() && !path.extension().is_some_and(|ending| ending == "svg" || ending == "png") {
        return Err(Fault::refused("not-a-picture", format!("{} does not look like a picture; it is not replaced.", path.display()))
            .hint("Name a file that ends in .svg or .png."));
    }
    let bytes = picture(scope, &asked.chart)?;
    let write = if asked.replace { write_shared } else { create_shared };
    write(path, &bytes)
}

fn panel(scope: &Scope, asked: &DrawChart) -> Outcome<Panel> {
    match (&asked.query, &asked.dashboard) {
        (Some(query), None) => Ok(Panel {
            title: query.split_whitespace().collect::<Vec<_>>().join(" "),
            kind: PanelKind::Lines,
            unit: PanelUnit::Number,
            queries: vec![PanelQuery { query: query.clone(), legend: None }],
            thresholds: Vec::new(),
            least: None,
            most: None,
            wide: false,
            about: None,
        }),
        (None, Some(name)) => {
            let Some(system) = &asked.system else {
                return Err(Fault::usage("system-needed", format!("Dashboard {name} belongs to a system that is not named."))
                    .hint("Name the system, too."));
            };
            let mut dashboard = get(scope, system, name)?;
            let (which, count) = (asked.panel.unwrap_or(0) as usize, dashboard.panels.len());
            if which >= count {
                return Err(Fault::refused(
                    "panel-missing",
                    format!("Dashboard {name} has {count} panels; number {which} is none of them."),
                )
                .hint("Count panels from 0."));
            }
            Ok(dashboard.panels.swap_remove(which))
        }
        _ => Err(Fault::usage("bad-chart", "A chart is of a query or of a panel.").hint("Name one of the two.")),
    }
}

/// Systems without a folder have none.
/// The dashboards of a system, as its folder has them now.
pub(crate) fn files(system: &System) -> Outcome<Vec<DashboardFile>> {
    system.folder.as_ref().map_or_else(|| Ok(Vec::new()), |folder| definition::dashboards(&folder.0))
}

fn briefs(system: &System, files: Vec<DashboardFile>) -> impl Iterator<Item = DashboardBrief> {
    files.into_iter().map(|file| DashboardBrief {
        system: system.name.clone(),
        panels: Count(file.panels.len() as u64),
        findings: Count(file.findings.len() as u64),
        name: file.name,
        title: file.title,
    })
}

fn missing(system: &System, name: &str, files: &[DashboardFile]) -> Fault {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let hint = match (&system.folder, names.is_empty()) {
        (None, _) => format!("{} was added as a file; dashboards need a folder with quarterdeck.yaml.", system.name),
        (Some(folder), true) => format!("Write {}/dashboards/{name}.yml (docs/definition.md).", folder.0.display()),
        (Some(_), false) => format!("Name one of: {}.", names.join(", ")),
    };
    Fault::refused("dashboard-missing", format!("{} has no dashboard {name}.", system.name)).hint(hint)
}
