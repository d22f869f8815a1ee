//! The truth table of an item and its gate, whole: each combination beside a few lines that say what has to come out.

use std::collections::BTreeMap;

use quarterdeck_model::readiness::{EvidenceVerdict, ItemState, StatementKind, VerdictWord};

use super::scene::Scene;
use crate::checklist::Checklist;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Measured {
    Holds,
    Fails,
    Unknown,
    Never,
}

/// What a person did who has to sign.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Signature {
    /// Nobody has to.
    NotAsked,
    No,
    Good,
    /// Evidence said something else in between.
    Changed,
    /// Of something else.
    OtherShown,
    /// Of nothing.
    NothingShown,
    Revoked,
    WrongRole,
    Nobody,
    Ahead,
    TooOld,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    measured: Measured,
    old: bool,
    signature: Signature,
    refused: bool,
    waived: bool,
    not_applicable: bool,
    blocked: bool,
    critical: bool,
    needed: bool,
}

/// What has to come out, in the order of the design.
fn expected(case: Case) -> (ItemState, VerdictWord) {
    use Signature::*;
    let is_old = case.old && case.measured != Measured::Never;
    let state = if case.not_applicable {
        ItemState::NotApplicable
    } else if case.waived {
        ItemState::Waived
    } else if case.blocked {
        ItemState::Blocked
    } else if case.refused {
        ItemState::Refused
    } else if case.measured == Measured::Fails && !is_old {
        ItemState::Fails
    } else if matches!(case.measured, Measured::Unknown | Measured::Never) && !is_old {
        ItemState::Unknown
    } else if is_old {
        ItemState::Stale
    } else {
        match case.signature {
            NotAsked | Good => ItemState::Holds,
            No | Revoked | WrongRole | Nobody => ItemState::Waiting,
            Changed | OtherShown | NothingShown | Ahead | TooOld => ItemState::Stale,
        }
    };
    let counts = case.needed || case.critical;
    let word = match state {
        // What is critical is not said away without a name on it.
        ItemState::NotApplicable if case.critical => VerdictWord::Waived,
        ItemState::Holds | ItemState::NotApplicable => VerdictWord::Go,
        ItemState::Waived if counts => VerdictWord::Waived,
        _ if counts && state != ItemState::Waived => VerdictWord::NoGo,
        _ => VerdictWord::Go,
    };
    (state, word)
}

/// Each file is read once.
type Files = BTreeMap<(bool, bool, bool), Checklist>;

fn scene(case: Case, files: &mut Files) -> Scene {
    let asked = case.signature != Signature::NotAsked;
    let file = files.entry((asked, case.critical, case.needed)).or_insert_with(|| {
        let manual = if asked { ", manual: {statement: Yes, role: dba, lasts: 7 d}" } else { "" };
        let needs = if case.needed { "a, c" } else { "c" };
        Scene::new(&format!(
            "title: A\nroles: {{dba: DBA}}\nphases:\n  p:\n    title: P\n    items:\n      a: {{title: A, after: [b], critical: {}, evidence: {{point: x, lasts: 1 h}}{manual}}}\n      b: {{title: B, evidence: {{point: y, lasts: 90 d}}}}\n      c: {{title: C, evidence: {{point: z, lasts: 90 d}}}}\ngates: {{g: {{title: G, needs: {{items: [{needs}]}}}}}}\n",
            case.critical
        ))
        .checklist
    });
    let mut scene = Scene::of(file.clone());
    scene.measure("b/1", if case.blocked { EvidenceVerdict::Fails } else { EvidenceVerdict::Holds }, "1");
    scene.measure("c/1", EvidenceVerdict::Holds, "1");
    let verdict = match case.measured {
        Measured::Holds => Some(EvidenceVerdict::Holds),
        Measured::Fails => Some(EvidenceVerdict::Fails),
        Measured::Unknown => Some(EvidenceVerdict::Unknown),
        Measured::Never => None,
    };
    let measure = |scene: &mut Scene| verdict.into_iter().for_each(|verdict| scene.measure("a/1", verdict, "1"));
    measure(&mut scene);
    sign(&mut scene, case.signature);
    if case.signature == Signature::Changed
        && let Some(verdict) = verdict
    {
        let other = if verdict == EvidenceVerdict::Holds { EvidenceVerdict::Fails } else { EvidenceVerdict::Holds };
        scene.measure("a/1", other, "1");
    }
    measure(&mut scene);
    if case.refused {
        scene.sign(StatementKind::Refuse, "a", "Rita");
    }
    if case.waived {
        scene.waive(StatementKind::Exempt, "a", 10_000);
    }
    if case.not_applicable {
        scene.waive(StatementKind::NotApplicable, "a", 10_000);
    }
    if case.old {
        scene.pass(61);
    }
    scene
}

fn sign(scene: &mut Scene, signature: Signature) {
    if matches!(signature, Signature::NotAsked | Signature::No) {
        return;
    }
    let number = scene.sign(StatementKind::Sign, "a", "Ann");
    let said = scene.statements.last_mut().unwrap();
    match signature {
        Signature::OtherShown => said.shown = Some(quarterdeck_model::Digest::of(b"other")),
        Signature::NothingShown => said.shown = None,
        Signature::WrongRole => said.role = Some("qa".to_owned()),
        Signature::Nobody => said.person = None,
        Signature::Ahead => said.at += chrono::TimeDelta::days(2),
        Signature::TooOld => said.at -= chrono::TimeDelta::days(8),
        Signature::Revoked => {
            scene.revoke(number);
        }
        _ => {}
    }
    if signature == Signature::TooOld {
        // Measured before that, too.
        scene.measured.values_mut().for_each(|measured| measured.since -= chrono::TimeDelta::days(9));
    }
}

#[test]
fn every_combination_comes_out_as_designed() {
    use Signature::*;
    let signatures = [NotAsked, No, Good, Changed, OtherShown, NothingShown, Revoked, WrongRole, Nobody, Ahead, TooOld];
    let mut count = 0;
    let mut files = Files::new();
    for measured in [Measured::Holds, Measured::Fails, Measured::Unknown, Measured::Never] {
        for signature in signatures {
            for flags in 0..128_u32 {
                let flag = |bit: u32| flags & (1 << bit) != 0;
                let case = Case {
                    measured,
                    signature,
                    old: flag(0),
                    refused: flag(1),
                    waived: flag(2),
                    not_applicable: flag(3),
                    blocked: flag(4),
                    critical: flag(5),
                    needed: flag(6),
                };
                let standing = scene(case, &mut files).stand();
                assert_eq!((standing.items[0].state, standing.gates[0].word), expected(case), "{case:?}: {}", standing.items[0].sentence);
                assert_eq!(standing.gates[0].reasons.is_empty(), standing.gates[0].word != VerdictWord::NoGo);
                assert!(standing.gates[0].reasons.iter().all(|reason| reason.cure.is_some()), "{case:?}");
                count += 1;
            }
        }
    }
    assert_eq!(count, 4 * 11 * 128);
}
