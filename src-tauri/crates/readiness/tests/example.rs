//! The checklists that ship are read without a finding, and what the seeds of a release ask for is in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{readiness::GateAction, system::Environment};
use quarterdeck_readiness::{checklist::Checklist, validation::Plan};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/reputation")
}

fn checklist(path: &Path) -> Checklist {
    let mut findings = Findings::new(path);
    let read = Checklist::read(&fs::read_to_string(path).unwrap(), &mut findings);
    let found = findings.in_order();
    assert!(found.is_empty(), "{found:#?}");
    read.unwrap()
}

fn all() -> Vec<(String, Checklist)> {
    let mut files: Vec<PathBuf> = fs::read_dir(example().join("checklists")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), checklist(path))).collect()
}

#[test]
fn every_checklist_is_read_and_gates_of_a_system_have_names_of_their_own() {
    let all = all();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["acceptance", "audit", "completion", "development", "go-no-go", "handover", "release", "security", "upkeep"]);
    let mut gates: Vec<&str> = all.iter().flat_map(|(_, list)| list.gates.iter().map(|gate| gate.name.as_str())).collect();
    let count = gates.len();
    gates.sort_unstable();
    gates.dedup();
    assert_eq!(gates.len(), count);
}

#[test]
fn a_development_instance_is_never_locked() {
    for (name, list) in all() {
        let protects: Vec<GateAction> = list.gates.iter().flat_map(|gate| gate.protects.clone()).collect();
        if !protects.is_empty() {
            assert_eq!(name, "release");
            assert_eq!(list.environments, [Environment::Staging, Environment::Production]);
            assert!(protects.contains(&GateAction::Migrate) && protects.contains(&GateAction::Restore));
        }
    }
}

#[test]
fn weights_of_the_audit_are_points_of_a_grade() {
    let (_, audit) = all().into_iter().find(|(name, _)| name == "audit").unwrap();
    for phase in audit.phases {
        assert_eq!(phase.items.iter().map(|item| item.weight).sum::<u32>(), 100, "{}", phase.id);
    }
}

#[test]
fn the_watch_is_read_too() {
    let path = example().join("validation.yml");
    let mut findings = Findings::new(&path);
    // What its queries ask is read where PromQL is known: the engine's test of everything that ships.
    let plan = Plan::read(&fs::read_to_string(&path).unwrap(), &mut findings, &|_| Ok(()));
    let found = findings.in_order();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(plan.unwrap().rows.len(), 14);
}
