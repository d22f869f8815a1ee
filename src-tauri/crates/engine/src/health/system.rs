//! The checks of one system: its figures are gathered here, and judged in `checks`.

use quarterdeck_model::{
    Bytes, Instant, JobCtx, Millis, Outcome,
    inspection::{Finding, Tone},
    monitor::{CollectorStatus, HealthCheck},
    system::{ComponentKind, System},
};
use quarterdeck_monitor::source::Source;
use quarterdeck_store::{files, snapshots};

use super::{
    checks::{self, Judged},
    figures::{Figures, Newest},
    machine,
};
use crate::{
    Engine,
    definition::{Definition, PromiseDefinition},
    ops::DatabaseStatus,
    promises, readiness, repository, schedule, status, truth,
};

/// A system that is looked at.
pub(super) struct Subject<'s> {
    pub(super) engine: &'s Engine,
    pub(super) system: &'s System,
    /// Absent for a lone file, and where it cannot be read.
    pub(super) definition: Option<&'s Definition>,
    pub(super) figures: &'s Figures,
    pub(super) source: &'s dyn Source,
    /// How the collectors are, its own among them.
    pub(super) collectors: &'s [CollectorStatus],
    pub(super) now: Instant,
    pub(super) ctx: &'s JobCtx,
}

impl Subject<'_> {
    /// What the store and the repository say; with `looking`, also what a glance at each database does.
    pub(super) fn kept(&self, looking: bool) -> Outcome<Vec<HealthCheck>> {
        let mut found = Vec::new();
        let schedules = schedule::list(self.engine, &self.system.name)?;
        let look = if looking { status::databases_of } else { status::kept_of };
        for status in look(self.engine, self.system)? {
            self.component(&status, looking, &schedules.findings, &mut found);
        }
        found.push(self.repository()?);
        if !schedules.schedules.is_empty() {
            let sentence = if schedules.schedules.len() == 1 { "The one there is runs in time" } else { "All of them run in time" };
            let judged = of_findings(&schedules.findings).unwrap_or_else(|| Judged::ok(sentence));
            found.push(self.check("schedules", "Schedules", judged, self.now, "schedules"));
        }
        if let Some((tone, sentence)) = readiness::guarded(self.engine, self.system)? {
            found.push(self.check("gates", "Gates", Judged::new(tone, sentence), self.now, "readiness"));
        }
        if let Some(judged) = machine::alerts(self.engine, Some(&self.system.name))? {
            found.push(HealthCheck { next: Some("alerts".to_owned()), ..self.check("alerts", "Alerts", judged, self.now, "alerts") });
        }
        Ok(found)
    }

    /// What the newest measurements say.
    pub(super) fn measured(&self) -> Vec<HealthCheck> {
        let mut found = Vec::new();
        for component in self.system.databases() {
            self.reached(component.name.as_str(), &mut found);
            self.log(component.name.as_str(), &mut found);
        }
        self.migrations(&mut found);
        self.addresses(&mut found);
        self.processes(&mut found);
        self.files(&mut found);
        found
    }

    /// What was promised, at this moment.
    pub(super) fn promised(&self, promises: &[PromiseDefinition]) -> Outcome<Vec<HealthCheck>> {
        let mut found = Vec::new();
        for promise in promises {
            let judged = promises::now(self.source, promise, self.system.name.as_str(), self.now, self.ctx)
                .or_else(|fault| if fault.is("query-failed") { Ok(Judged::new(Tone::Unknown, fault.message)) } else { Err(fault) })?;
            found.push(self.check(&format!("promise/{}", promise.name), &promise.name, judged, self.now, "promises"));
        }
        Ok(found)
    }

    fn component(&self, status: &DatabaseStatus, looked: bool, schedules: &[Finding], found: &mut Vec<HealthCheck>) {
        let name = status.component.as_str();
        let mut add = |key: &str, what: &str, judged: Judged, page: &str| {
            found.push(self.check(&format!("{key}/{name}"), &format!("{what} {name}"), judged, self.now, page));
        };
        let newest = status.last_snapshot.as_ref();
        let worst = status.findings.iter().find(|finding| finding.tone == Tone::Critical).map(|finding| finding.what.as_str());
        if status.kind == ComponentKind::Sqlite {
            if looked {
                add("database", "Database", checks::answers(status.verdict, worst), "system");
            }
            add("integrity", "Integrity of", checks::integrity(newest, status.last_proof.as_ref(), self.now), "snapshots");
        }
        let cut = newest.map(|newest| newest.cut_at);
        add("backup", "Backup of", checks::backup(cut, status.loss.as_ref(), &self.system.objectives, self.now), "snapshots");
        add("proof", "Proof of", checks::proof(status.last_proof.as_ref(), self.now), "drills");
        // What is said by a check of its own is not said twice.
        let said = truth::broken_promises(status.loss.as_ref(), status.last_proof.as_ref(), &self.system.objectives);
        let rest: Vec<Finding> =
            status.findings.iter().filter(|finding| !said.contains(finding) && !schedules.contains(finding)).cloned().collect();
        if let Some(judged) = of_findings(&rest) {
            add("findings", "Findings about", judged, "system");
        }
    }

    fn repository(&self) -> Outcome<HealthCheck> {
        let folder = &self.system.repository.0;
        let exists = repository::exists(folder);
        let ever = self.engine.store().read(|connection| snapshots::any_of(connection, &self.system.name))?;
        let room = files::room(folder).ok().map(|(free, all)| (Bytes(free), Bytes(all)));
        Ok(self.check("repository", "Repository", checks::repository(exists, ever, room), self.now, "repository"))
    }

    fn reached(&self, component: &str, found: &mut Vec<HealthCheck>) {
        let Some(up) = self.figures.component("sqlite_up", self.system.name.as_str(), component) else { return };
        let key = format!("{}/sqlite/{component}", self.system.name);
        let status = self.collectors.iter().find(|status| status.key == key);
        let fault = status.and_then(|status| status.fault.as_ref()).map(|fault| fault.message.as_str());
        let check = self.newest("database", &format!("Database {component}"), component, up, checks::reached(up.value > 0.0, fault));
        found.push(HealthCheck { next: self.page("system"), ..check });
    }

    fn log(&self, component: &str, found: &mut Vec<HealthCheck>) {
        let system = self.system.name.as_str();
        let page = self.figures.component("sqlite_page_size_bytes", system, component).map(|newest| newest.value);
        if let Some(log) = self.figures.component("sqlite_wal_bytes", system, component) {
            found.push(self.newest("log", &format!("Log of {component}"), component, log, checks::log_size(log.value, page)));
        }
        let lag = self.figures.component("sqlite_checkpoint_lag_frames", system, component);
        if let Some((lag, judged)) = lag.and_then(|lag| Some((lag, checks::checkpoint(&lag.tail)?))) {
            found.push(self.newest("checkpoints", &format!("Checkpoints of {component}"), component, lag, judged));
        }
    }

    fn migrations(&self, found: &mut Vec<HealthCheck>) {
        for pending in self.figures.of("migration_pending", self.system.name.as_str()) {
            let beside = |name: &str| self.figures.beside(name, pending).map_or(0.0, |newest| newest.value);
            let judged = checks::migrations(pending.value, beside("migration_drift"), beside("migration_failed"));
            let component = pending.labels.get("component");
            let check = self.newest("migrations", &format!("Migrations of {component}"), component, pending, judged);
            found.push(HealthCheck { next: self.page("migrations"), ..check });
        }
    }

    fn addresses(&self, found: &mut Vec<HealthCheck>) {
        let system = self.system.name.as_str();
        for success in self.figures.of("probe_success", system) {
            let which = which(success);
            let beside = |name: &str| self.figures.beside(name, success).map(|newest| newest.value);
            let judged = checks::probe(success.value > 0.0, beside("probe_http_status_code"), beside("probe_duration_seconds"));
            found.push(self.newest("probe", &format!("Address {which}"), which, success, judged));
        }
        for ends in self.figures.of("probe_ssl_earliest_cert_expiry", system) {
            if let Some(judged) = checks::certificate(ends.value, self.now) {
                found.push(self.newest("certificate", &format!("Certificate of {}", which(ends)), which(ends), ends, judged));
            }
        }
    }

    fn processes(&self, found: &mut Vec<HealthCheck>) {
        let system = self.system.name.as_str();
        for up in self.figures.of("process_up", system) {
            found.push(self.newest("process", &format!("Process {}", which(up)), which(up), up, checks::process(up.value > 0.0)));
        }
        let states: Vec<&Newest> = self.figures.of("node_systemd_unit_state", system).collect();
        let mut units: Vec<&str> = states.iter().map(|state| state.labels.get("name")).collect();
        units.sort_unstable();
        units.dedup();
        for unit in units {
            let of_it = || states.iter().filter(|state| state.labels.get("name") == unit);
            let state = of_it().find(|state| state.value > 0.0).map(|state| state.labels.get("state"));
            if let Some(newest) = of_it().max_by_key(|state| state.at) {
                found.push(self.newest("unit", &format!("Unit {unit}"), unit, newest, checks::unit(state)));
            }
        }
    }

    fn files(&self, found: &mut Vec<HealthCheck>) {
        for exists in self.figures.of("file_exists", self.system.name.as_str()) {
            let which = which(exists);
            let changed = self.figures.beside("file_modification_timestamp_seconds", exists).map(|newest| newest.value);
            let at_most = self.at_most(which);
            let judged = checks::file(exists.value > 0.0, changed, at_most, self.now);
            found.push(self.newest("file", &format!("File {which}"), which, exists, judged));
        }
    }

    /// How old a file may become that the definition names so.
    fn at_most(&self, name: &str) -> Option<Millis> {
        let collect = &self.definition?.collect;
        collect.files.iter().find(|file| file.name.as_str() == name)?.at_most
    }

    /// A check of a measurement: as old as that.
    fn newest(&self, key: &str, what: &str, which: &str, newest: &Newest, judged: Judged) -> HealthCheck {
        let as_of = chrono::DateTime::from_timestamp_millis(newest.at).unwrap_or(self.now);
        self.check(&format!("{key}/{which}"), what, judged, as_of, "health")
    }

    pub(super) fn check(&self, key: &str, what: &str, judged: Judged, as_of: Instant, page: &str) -> HealthCheck {
        HealthCheck {
            key: format!("{}/{key}", self.system.name),
            system: Some(self.system.name.clone()),
            what: what.to_owned(),
            tone: judged.tone,
            sentence: judged.sentence,
            since: None,
            as_of,
            next: self.page(page),
            took: Millis(0),
        }
    }

    fn page(&self, page: &str) -> Option<String> {
        Some(format!("{page}/{}", self.system.name))
    }
}

/// What tells series of one kind apart within a system: the name of a process or file, an address.
pub(super) fn which(newest: &Newest) -> &str {
    newest.labels.get("instance")
}

/// The worst finding speaks, and the others are counted.
fn of_findings(findings: &[Finding]) -> Option<Judged> {
    let worst = findings.iter().min_by_key(|finding| finding.tone)?;
    let others = findings.len() - 1;
    let more = if others == 0 { String::new() } else { format!("; and {others} more") };
    Some(Judged::new(worst.tone, format!("{}{more}", worst.what.trim_end_matches('.'))))
}
