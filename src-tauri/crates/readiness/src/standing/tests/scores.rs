//! The score never says more than holds.

use proptest::prelude::*;
use quarterdeck_model::readiness::{EvidenceVerdict, ReadinessCategory, StatementKind, VerdictWord};

use super::scene::Scene;

fn scene(weights: &[u32]) -> Scene {
    let mut text = "title: A\nphases:\n  p:\n    title: P\n    items:\n".to_owned();
    for (i, weight) in weights.iter().enumerate() {
        text += &format!("      i{i}: {{title: I, category: data, weight: {weight}, evidence: {{point: x}}}}\n");
    }
    text += "      none: {title: N, weight: 50, evidence: {point: x}}\ngates: {g: {title: G, needs: {items: [none], score: 50}}}\n";
    let mut scene = Scene::new(&text);
    scene.measure("none/1", EvidenceVerdict::Holds, "1");
    scene
}

#[test]
fn points_lost_are_rounded_up_and_the_score_down() {
    let mut scene = scene(&[1, 1, 1]);
    scene.measure("i0/1", EvidenceVerdict::Holds, "1");
    let score = scene.stand().score;
    assert_eq!((score.total, score.categories[0].score, score.categories[0].category), (Some(33), 33, ReadinessCategory::Data));
    assert_eq!(score.categories[0].lost.iter().map(|lost| lost.points).collect::<Vec<_>>(), [34, 34]);
    assert_eq!(scene.stand().gates[0].reasons[0].sentence, "score 33 of 100, at least 50 expected");
    scene.waive(StatementKind::Exempt, "i1", 60);
    // The gate does not need it by name, but its score rests on it.
    let gate = scene.stand().gates.remove(0);
    assert_eq!((scene.stand().score.total, gate.word, gate.waivers[0].item.as_str()), (Some(66), VerdictWord::Waived, "i1"));
    scene.waive(StatementKind::NotApplicable, "i2", 60);
    assert_eq!(scene.stand().score.total, Some(100));
    scene.waive(StatementKind::NotApplicable, "i0", 60);
    scene.waive(StatementKind::NotApplicable, "i1", 60);
    assert_eq!((scene.stand().score.total, scene.stand().score.categories.len()), (None, 0));
    assert_eq!(scene.stand().gates[0].reasons[0].sentence, "nothing counts for the score, at least 50 expected");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_hundred_says_that_nothing_is_lost(items in proptest::collection::vec((0_u32..=100, any::<bool>()), 1..30)) {
        let weights: Vec<u32> = items.iter().map(|(weight, _)| *weight).collect();
        let mut scene = scene(&weights);
        for (i, (_, holds)) in items.iter().enumerate() {
            scene.measure(&format!("i{i}/1"), if *holds { EvidenceVerdict::Holds } else { EvidenceVerdict::Fails }, "1");
        }
        let score = scene.stand().score;
        let loses = items.iter().any(|(weight, holds)| *weight > 0 && !holds);
        prop_assert_eq!(score.total.is_none(), weights.iter().all(|weight| *weight == 0));
        if let Some(total) = score.total {
            prop_assert_eq!(total == 100, !loses);
            let lost: u32 = score.categories[0].lost.iter().map(|lost| lost.points).sum();
            prop_assert!(total + lost >= 100);
        }
    }
}
