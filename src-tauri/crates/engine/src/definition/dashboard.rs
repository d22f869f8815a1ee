//! `dashboards/*.yml` beside the definition: each file one dashboard, each query read before anybody looks at it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use quarterdeck_model::{
    Millis, Outcome,
    inspection::Tone,
    monitor::{Float, Panel, PanelKind, PanelQuery, PanelUnit, Threshold},
    system::DefinitionFinding,
};

use super::{
    content, duration,
    fields::{Fields, nearest, text, truth},
    findings::{Findings, Place},
    promise, query, unreadable,
    yaml::{self, Node, Value},
};

/// The folder beside `quarterdeck.yaml`.
pub const FOLDER: &str = "dashboards";

pub(super) const KEYS: [&str; 4] = ["title", "order", "span", "panels"];
pub(super) const PANEL_KEYS: [&str; 11] =
    ["title", "kind", "unit", "query", "legend", "queries", "thresholds", "least", "most", "wide", "about"];
pub(super) const QUERY_KEYS: [&str; 2] = ["query", "legend"];
pub(super) const THRESHOLD_KEYS: [&str; 4] = ["value", "tone", "name", "above"];

const KINDS: [(&str, PanelKind); 6] = [
    ("lines", PanelKind::Lines),
    ("area", PanelKind::Area),
    ("stack", PanelKind::Stack),
    ("figure", PanelKind::Figure),
    ("bars", PanelKind::Bars),
    ("table", PanelKind::Table),
];

const TONES: [(&str, Tone); 2] = [("attention", Tone::Attention), ("critical", Tone::Critical)];

/// What a dashboard shows at first, where its file does not say.
const SPAN: Millis = Millis(6 * 3_600_000);

/// One file of the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardFile {
    /// The file's stem.
    pub name: String,
    /// The title; the name where the file has none that can be read.
    pub title: String,
    /// Smaller ones come first; then by title.
    pub order: f64,
    /// How much time it shows at first.
    pub span: Millis,
    /// Those without findings, in the order of the file.
    pub panels: Vec<Panel>,
    /// What is wrong, in the order of the file.
    pub findings: Vec<DefinitionFinding>,
}

/// All dashboards of a definition's folder in their order; none where there is no such folder.
pub fn dashboards(folder: &Path) -> Outcome<Vec<DashboardFile>> {
    let mut read = Vec::new();
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in files(&folder.join(FOLDER))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut findings = Findings::new(&path);
        if let Some(first) = names.get(&name) {
            let first = first.file_name().unwrap_or_default().to_string_lossy();
            findings.add(Place::START, format!("The dashboard {name} is there twice, first in {first}."), "Rename one of the two files.");
        }
        names.entry(name.clone()).or_insert_with(|| path.clone());
        read.push(file(&path, name, findings)?);
    }
    titles_once(&mut read, &names);
    read.sort_by(|one, other| one.order.total_cmp(&other.order).then_with(|| one.title.cmp(&other.title)));
    Ok(read)
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn titles_once(read: &mut [DashboardFile], paths: &BTreeMap<String, PathBuf>) {
    let mut titles: BTreeMap<String, String> = BTreeMap::new();
    for dashboard in read {
        let first = titles.entry(dashboard.title.clone()).or_insert_with(|| dashboard.name.clone()).clone();
        let Some(path) = paths.get(&dashboard.name).filter(|_| first != dashboard.name) else { continue };
        let mut findings = Findings::new(path);
        let message = format!("title is that of another dashboard, {first}: {:?}.", dashboard.title);
        findings.add(Place::START, message, "Give each dashboard a title of its own.");
        dashboard.findings.extend(findings.in_order());
    }
}

fn file(path: &Path, name: String, mut findings: Findings) -> Outcome<DashboardFile> {
    let shown = path.file_name().unwrap_or_default().to_string_lossy();
    let mut dashboard = DashboardFile { title: name.clone(), name, order: f64::MAX, span: SPAN, panels: Vec::new(), findings: Vec::new() };
    if let Some(content) = content(path, &shown, &mut findings)? {
        let root = yaml::read(&content, yaml::DEFINITION, &mut findings);
        if let Some(fields) = root.as_ref().and_then(|root| Fields::read(root, "", &KEYS, &mut findings)) {
            whole(&mut dashboard, &fields, &mut findings);
        }
    }
    dashboard.findings = findings.in_order();
    Ok(dashboard)
}

fn whole(dashboard: &mut DashboardFile, fields: &Fields<'_>, findings: &mut Findings) {
    let title = fields.required("title", "title: Appeals", findings).and_then(|node| text(node, "title", findings));
    if let Some(title) = title {
        dashboard.title = title.trim().to_owned();
    }
    if let Some(order) = fields.optional("order").and_then(|node| number(node, "order", findings)) {
        dashboard.order = order;
    }
    if let Some(node) = fields.optional("span") {
        let span = text(node, "span", findings).and_then(|text| findings.take(node.at, duration::parse(text, "span")));
        dashboard.span = span.filter(|span| span.0 > 0).unwrap_or(SPAN);
    }
    let Some(node) = fields.required("panels", "panels: [{title: Appeals, query: sum(appeals_open)}]", findings) else { return };
    let Value::Sequence(items) = &node.value else {
        let message = format!("panels must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {title: Appeals, query: sum(appeals_open)}");
        return;
    };
    for (i, item) in items.iter().enumerate() {
        let before = findings.count();
        let panel = panel(item, &format!("panels[{}]", i + 1), findings);
        dashboard.panels.extend(panel.filter(|_| findings.count() == before));
    }
}

fn panel(node: &Node, path: &str, findings: &mut Findings) -> Option<Panel> {
    let fields = Fields::read(node, path, &PANEL_KEYS, findings)?;
    let title = fields.required("title", "title: Appeals", findings).and_then(|node| text(node, &fields.path_of("title"), findings));
    let kind = fields
        .optional("kind")
        .map_or(Some(PanelKind::Lines), |node| word(node, &fields.path_of("kind"), "kind of panel", &KINDS, findings));
    let unit = fields.optional("unit").map_or(Some(PanelUnit::Number), |node| promise::unit(node, &fields.path_of("unit"), findings));
    let queries = queries(node, &fields, findings);
    let thresholds = fields.optional("thresholds").map(|node| thresholds(node, &fields.path_of("thresholds"), findings));
    let mut bound = |key: &str| fields.optional(key).and_then(|node| number(node, &fields.path_of(key), findings));
    let (least, most) = (bound("least"), bound("most"));
    if let (Some(least), Some(most), Some(node)) = (least, most, fields.optional("most"))
        && least >= most
    {
        findings.add(node.at, format!("{} is not above least: {most}.", fields.path_of("most")), "Let most be the larger one.");
    }
    let wide = fields.optional("wide").is_some_and(|node| truth(node, &fields.path_of("wide"), findings).unwrap_or_default());
    let about = fields.optional("about").and_then(|node| text(node, &fields.path_of("about"), findings));
    Some(Panel {
        title: title?.trim().to_owned(),
        kind: kind?,
        unit: unit?,
        queries,
        thresholds: thresholds.unwrap_or_default(),
        least: least.map(Float),
        most: most.map(Float),
        wide,
        about: about.map(|about| about.trim().to_owned()),
    })
}

/// `queries:` or, for a single one, `query:` and `legend:`.
fn queries(node: &Node, fields: &Fields<'_>, findings: &mut Findings) -> Vec<PanelQuery> {
    match (fields.optional("queries"), fields.optional("query")) {
        (Some(several), None) => {
            let path = fields.path_of("queries");
            let Value::Sequence(items) = &several.value else {
                let message = format!("{path} must be a list, not {}.", several.value.kind());
                findings.add(several.at, message, "Write each as: - {query: sum(appeals_open), legend: open}");
                return Vec::new();
            };
            if items.is_empty() {
                findings.add(several.at, format!("{path} is empty."), "Write at least one query.");
            }
            let mut read = Vec::new();
            for (i, item) in items.iter().enumerate() {
                let Some(fields) = Fields::read(item, &format!("{path}[{}]", i + 1), &QUERY_KEYS, findings) else { continue };
                read.extend(one_query(&fields, findings));
            }
            read
        }
        (None, Some(_)) => one_query(fields, findings).into_iter().collect(),
        (Some(_), Some(one)) => {
            findings.add(one.at, format!("{} stands beside queries.", fields.path_of("query")), "Keep one of the two.");
            Vec::new()
        }
        (None, None) => {
            findings.add(node.at, format!("{} is missing.", fields.path_of("query")), "Add a line such as: query: sum(appeals_open)");
            Vec::new()
        }
    }
}

fn one_query(fields: &Fields<'_>, findings: &mut Findings) -> Option<PanelQuery> {
    let node = fields.required("query", "query: sum(appeals_open)", findings)?;
    let read = query::read(node, &fields.path_of("query"), findings)?;
    let legend =
        fields.optional("legend").and_then(|node| query::legend(node, &fields.path_of("legend"), &read, findings)).map(str::to_owned);
    Some(PanelQuery { query: read.text, legend })
}

fn thresholds(node: &Node, path: &str, findings: &mut Findings) -> Vec<Threshold> {
    let Value::Sequence(items) = &node.value else {
        let message = format!("{path} must be a list, not {}.", node.value.kind());
        findings.add(node.at, message, "Write each as: - {value: 0.05, tone: attention, name: 5 % promised}");
        return Vec::new();
    };
    items.iter().enumerate().filter_map(|(i, item)| threshold(item, &format!("{path}[{}]", i + 1), findings)).collect()
}

fn threshold(node: &Node, path: &str, findings: &mut Findings) -> Option<Threshold> {
    let fields = Fields::read(node, path, &THRESHOLD_KEYS, findings)?;
    let value = fields.required("value", "value: 0.05", findings).and_then(|node| number(node, &fields.path_of("value"), findings));
    let tone = fields.optional("tone").map_or(Some(Tone::Attention), |node| word(node, &fields.path_of("tone"), "tone", &TONES, findings));
    let name = fields.required("name", "name: promised", findings).and_then(|node| text(node, &fields.path_of("name"), findings));
    let above = fields.optional("above").map_or(Some(true), |node| truth(node, &fields.path_of("above"), findings));
    Some(Threshold { value: Float(value?), tone: tone?, name: name?.trim().to_owned(), above: above? })
}

/// A value that has to be a finite number. `None` after a finding.
fn number(node: &Node, path: &str, findings: &mut Findings) -> Option<f64> {
    let read = match &node.value {
        Value::Number(digits) => digits.parse::<f64>().ok().filter(|number| number.is_finite()),
        _ => None,
    };
    if read.is_none() {
        findings.add(node.at, format!("{path} must be a number, not {}.", node.value.kind()), "Write a number such as 0.05.");
    }
    read
}

fn word<T: Copy>(node: &Node, path: &str, what: &str, known: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    let written = text(node, path, findings)?;
    let found = known.iter().find(|(word, _)| *word == written).map(|(_, meant)| *meant);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let hint = nearest(written, &words)
            .map_or_else(|| format!("Write one of: {}.", words.join(", ")), |near| format!("Write {near} instead."));
        findings.add(node.at, format!("{path} is no {what} that is known: {written:?}."), hint);
    }
    found
}
