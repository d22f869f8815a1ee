//! Where an alert's annotations lead: its runbook, and what is shown as a link.

use std::collections::BTreeMap;

use quarterdeck_model::alert::RunbookLink;

use super::markdown;

/// The runbook that annotations name: `runbook: NAME`, or `runbook_url: runbooks/NAME.md`.
pub(super) fn runbook(annotations: &BTreeMap<String, String>) -> Option<String> {
    let named = annotations.get("runbook").map(|name| name.trim()).filter(|name| !name.is_empty());
    if let Some(name) = named {
        let name = name.strip_prefix("runbooks/").unwrap_or(name);
        let name = name.strip_suffix(".md").unwrap_or(name);
        return super::runbook::is_name(name).then(|| name.to_owned());
    }
    annotations.get("runbook_url").and_then(|url| markdown::named(url.trim())).map(str::to_owned)
}

/// Annotations that are addresses, each with its name.
pub(super) fn all(annotations: &BTreeMap<String, String>) -> Vec<RunbookLink> {
    let address = |text: &str| ["https://", "http://"].iter().any(|scheme| text.trim().to_ascii_lowercase().starts_with(scheme));
    let found = annotations.iter().filter(|(_, text)| address(text) && !text.trim().contains(char::is_whitespace));
    found.filter_map(|(name, text)| markdown::link(name, text.trim())).collect()
}
