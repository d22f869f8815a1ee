//! Dashboards: what is read, and each way to be wrong.

use quarterdeck_model::{
    inspection::Tone,
    monitor::{Float, PanelKind, PanelUnit},
};

use super::*;

const APPEALS: &str = "\
title: Appeals
order: 2
span: 24 h
panels:
  - title: Submission
    unit: s
    queries:
      - {query: 'histogram_quantile(0.95, sum by (le, route) (rate(appeal_seconds_bucket[5m])))', legend: 'p95 {{route}}'}
      - query: |
          sum(
            rate(appeals_total[5m]))
    thresholds: [{value: 0.01, tone: critical, name: promised}]
    least: 0
    wide: true
  - {title: Open, kind: figure, query: sum(appeals_open), about: Work that waits.}
";

fn dashboard(text: &str) -> DashboardFile {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dashboards")).unwrap();
    fs::write(folder.path().join("dashboards/appeals.yml"), text).unwrap();
    dashboards(folder.path()).unwrap().remove(0)
}

fn findings(text: &str) -> Vec<(u32, u32, String)> {
    dashboard(text).findings.into_iter().map(|finding| (finding.line, finding.column, finding.message)).collect()
}

#[test]
fn a_dashboard_is_read_with_its_panels() {
    let read = dashboard(APPEALS);
    assert_eq!(read.findings, []);
    assert_eq!((read.name.as_str(), read.title.as_str(), read.span), ("appeals", "Appeals", Millis(86_400_000)));
    let [lines, figure] = &read.panels[..] else { panic!("two panels") };
    assert_eq!((lines.kind, lines.unit, lines.wide, lines.least), (PanelKind::Lines, PanelUnit::Seconds, true, Some(Float(0.0))));
    assert_eq!(lines.queries[0].legend.as_deref(), Some("p95 {{route}}"));
    assert!(lines.queries[1].query.starts_with("sum(\n"));
    assert_eq!((lines.thresholds[0].tone, lines.thresholds[0].above), (Tone::Critical, true));
    assert_eq!((figure.kind, figure.about.as_deref()), (PanelKind::Figure, Some("Work that waits.")));
}

#[test]
fn a_query_that_cannot_be_read_is_shown_at_its_own_place() {
    let found = findings("title: A\npanels:\n  - {title: B, query: 'sum(rate(x[5m])))'}\n");
    assert_eq!((found[0].0, found[0].1), (3, 40), "{found:?}");
    assert!(found[0].2.contains("panels[1].query cannot be read: unexpected `)`"), "{found:?}");
    let block = findings("title: A\npanels:\n  - title: B\n    query: |\n      sum(\n        nothing(x))\n");
    assert_eq!((block[0].0, block[0].1), (6, 9), "{block:?}");
}

#[test]
fn unknown_words_and_labels_are_named() {
    let text = "title: A\npanels:\n  - {title: B, kind: line, unit: sec, query: sum by (le) (x), legend: '{{route}}', colour: red}\n";
    let messages: Vec<String> = findings(text).into_iter().map(|(.., message)| message).collect();
    for part in ["kind is no kind of panel that is known", "unit is no unit", "does not keep: \"route\"", "colour is not a known key"] {
        assert!(messages.iter().any(|message| message.contains(part)), "{part} in {messages:?}");
    }
    let read = dashboard(&format!("{text}  - {{title: C, query: up}}\n"));
    assert_eq!(read.panels.len(), 1, "the panel without findings stays");
}

#[test]
fn what_is_missing_or_stands_twice_is_said() {
    assert!(findings("panels: []\n")[0].2.contains("title is missing"));
    assert!(findings("title: A\npanels: [{title: B}]\n")[0].2.contains("panels[1].query is missing"));
    assert!(findings("title: A\npanels: [{title: B, query: x, queries: []}]\n")[0].2.contains("stands beside queries"));
    assert!(findings("title: A\npanels: [{title: B, query: x, least: 2, most: 1}]\n")[0].2.contains("most is not above least"));
    assert!(findings("title: [\n")[0].2.contains("This is not YAML"));
}

#[test]
fn two_of_one_name_or_title_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dashboards")).unwrap();
    for name in ["a.yaml", "a.yml", "b.yml"] {
        fs::write(folder.path().join("dashboards").join(name), "title: Same\npanels: [{title: B, query: x}]\n").unwrap();
    }
    let messages: Vec<String> =
        dashboards(folder.path()).unwrap().into_iter().flat_map(|read| read.findings).map(|finding| finding.message).collect();
    assert!(messages.iter().any(|message| message == "The dashboard a is there twice, first in a.yaml."), "{messages:?}");
    assert!(messages.iter().any(|message| message.contains("title is that of another dashboard, a")), "{messages:?}");
}

#[test]
fn a_wrong_dashboard_is_found_by_check_and_keeps_nobody_from_a_backup() {
    let folder = folder();
    fs::write(folder.path().join(FILE_NAME), GOOD).unwrap();
    fs::create_dir(folder.path().join("dashboards")).unwrap();
    fs::write(folder.path().join("dashboards/x.yml"), "title: X\npanels: [{title: B, query: 'sum('}]\n").unwrap();
    let report = check(folder.path()).unwrap();
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert!(report.findings[0].file.to_string().ends_with("dashboards/x.yml"));
    assert!(load(folder.path()).is_ok());
}

#[test]
fn without_the_folder_there_are_none() {
    assert_eq!(dashboards(tempfile::tempdir().unwrap().path()).unwrap(), []);
}

#[test]
fn the_schema_of_dashboards_and_their_page_know_the_same_keys() {
    use super::dashboard::{KEYS, PANEL_KEYS, QUERY_KEYS, THRESHOLD_KEYS};
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../../../../../docs/dashboard.schema.json")).unwrap();
    let page = include_str!("../../../../../../docs/dashboards.md");
    for (path, known) in [
        ("/properties", &KEYS[..]),
        ("/properties/panels/items/properties", &PANEL_KEYS),
        ("/properties/panels/items/properties/queries/items/properties", &QUERY_KEYS),
        ("/properties/panels/items/properties/thresholds/items/properties", &THRESHOLD_KEYS),
    ] {
        let mut keys: Vec<&str> = schema.pointer(path).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = known.to_vec();
        keys.sort_unstable();
        known.sort_unstable();
        assert_eq!(keys, known, "{path}");
        for key in known {
            assert!([format!("`{key}"), format!(".{key}`"), format!("[].{key}")].iter().any(|written| page.contains(written)), "{key}");
        }
    }
    // The example of the page is one that can be used.
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(dashboard(example).findings, []);
}
