//! `schedules`: what is done at set times.

use quarterdeck_model::{
    schedule::{Rhythm, Runs, Schedule},
    system::Name,
};

use super::{
    fields::{Fields, nearest, text, truth},
    findings::Findings,
    yaml::{Entry, Node},
};

pub(super) const KEYS: [&str; 4] = ["runs", "cron", "zone", "enabled"];

/// Reads all schedules. Those with findings are left out.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Vec<Schedule> {
    let Some(fields) = Fields::open(node, "schedules", findings) else { return Vec::new() };
    fields.entries().iter().filter_map(|entry| schedule(entry, &fields.path_of(&entry.key), findings)).collect()
}

fn schedule(entry: &Entry, path: &str, findings: &mut Findings) -> Option<Schedule> {
    let name = Name::try_from(entry.key.clone());
    if let Err(fault) = &name {
        findings.add(entry.at, format!("{path} is not a name for a schedule."), fault.hint.clone());
    }
    let fields = Fields::read(&entry.node, path, &KEYS, findings)?;
    let runs = fields.required("runs", "runs: backup", findings).and_then(|node| read_runs(node, &fields.path_of("runs"), findings));
    let cron = fields.required("cron", "cron: '0 2 * * *'", findings);
    let cron = cron.and_then(|node| Some((node, text(node, &fields.path_of("cron"), findings)?)));
    let zone = fields.required("zone", "zone: Europe/Berlin", findings);
    let zone = zone.and_then(|node| Some((node, text(node, &fields.path_of("zone"), findings)?)));
    let enabled = match fields.optional("enabled") {
        None => Some(true),
        Some(node) => truth(node, &fields.path_of("enabled"), findings),
    };
    let ((cron_node, cron), (zone_node, zone)) = (cron?, zone?);
    if let Err(fault) = Rhythm::parse(cron, zone) {
        // The message names the character inside the expression.
        let (at, key) = if fault.is("unknown-zone") { (zone_node.at, "zone") } else { (cron_node.at, "cron") };
        findings.add(at, format!("{}: {}", fields.path_of(key), fault.message), fault.hint);
        return None;
    }
    Some(Schedule { name: name.ok()?, runs: runs?, cron: cron.to_owned(), zone: zone.to_owned(), enabled: enabled? })
}

fn read_runs(node: &Node, path: &str, findings: &mut Findings) -> Option<Runs> {
    let word = text(node, path, findings)?;
    let runs = Runs::from_word(word);
    if runs.is_none() {
        let hint = format!("Write {} instead.", nearest(word, &Runs::WORDS).unwrap_or("backup, drill, maintain or smoke"));
        findings.add(node.at, format!("{path} is nothing that a schedule can run: {word:?}."), hint);
    }
    runs
}
