//! Values, windows and budgets of promises.

use chrono::{DateTime, TimeDelta};
use quarterdeck_model::monitor::PanelUnit;

use super::*;

fn promise(alert: Option<f64>) -> PromiseDefinition {
    PromiseDefinition {
        name: "Front page".to_owned(),
        query: "front_seconds".to_owned(),
        unit: PanelUnit::Seconds,
        target: Bound { side: Side::Below, value: 0.025 },
        alert: alert.map(|value| Bound { side: Side::Above, value }),
        window: Millis(30 * 86_400_000),
        goal: 0.99,
    }
}

fn now_at() -> Instant {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn account(steps: u64, measured: u64, good: u64, bad_lately: u64) -> Account {
    Account::of(&Past { steps, measured, good, bad_lately, ..Past::default() }, 0.99, now_at())
}

#[test]
fn of_several_series_the_worst_one_counts() {
    let bound = |side| Bound { side, value: 1.0 };
    let values = [3.0, f64::NAN, 9.0, 5.0];
    assert_eq!((worst(bound(Side::Below), &values), worst(bound(Side::AtMost), &values)), (Some(9.0), Some(9.0)));
    assert_eq!((worst(bound(Side::Above), &values), worst(bound(Side::AtLeast), &values)), (Some(3.0), Some(3.0)));
    assert_eq!((worst(bound(Side::Below), &[]), worst(bound(Side::Below), &[f64::NAN])), (None, None));
}

#[test]
fn the_present_value_is_compared_with_target_and_alert() {
    let tone = |alert: Option<f64>, value: Option<f64>| judge(&promise(alert), value).tone;
    assert_eq!((tone(None, None), tone(None, Some(0.011)), tone(None, Some(0.025))), (Tone::Unknown, Tone::Ok, Tone::Attention));
    assert_eq!((tone(Some(0.1), Some(0.031)), tone(Some(0.1), Some(0.2))), (Tone::Attention, Tone::Critical));
    assert_eq!(judge(&promise(None), Some(0.031)).sentence, "It is 31 ms; less than 25 ms was promised");
    assert_eq!(tone(None, Some(f64::INFINITY)), Tone::Attention);
}

#[test]
fn the_budget_is_the_share_of_minutes_that_may_be_worse() {
    let full = account(10_000, 10_000, 10_000, 0);
    assert_eq!((full.kept, full.budget, full.lasts_until), (Some(1.0), Some(1.0), None));
    let half = account(10_000, 10_000, 9_950, 10);
    assert!((half.budget.unwrap() - 0.5).abs() < 1e-9);
    // Fifty minutes are left, ten go each day.
    assert_eq!((half.lasts_until.unwrap() - now_at()).num_hours(), 5 * 24);
    let spent = account(10_000, 10_000, 9_800, 10);
    assert!((spent.budget.unwrap() + 1.0).abs() < 1e-9 && spent.lasts_until.is_none());
    let nothing = account(10_000, 0, 0, 0);
    assert_eq!((nothing.kept, nothing.budget, nothing.seen), (None, None, 0.0));
    assert_eq!(account(10_000, 5_000, 5_000, 0).seen, 0.5);
}

#[test]
fn a_window_says_what_is_left_and_what_it_does_not_know() {
    let judged = |account: &Account| judge_window(&promise(None), Some(0.011), account, now_at());
    let half = judged(&account(10_000, 10_000, 9_950, 10));
    assert_eq!(half.tone, Tone::Ok);
    assert!(
        half.sentence.contains(". 50 % of the error budget is left, which lasts until ")
            && half.sentence.ends_with("; kept in 99.5 % of the time, 99 % is the goal"),
        "{half:?}"
    );
    let spent = judged(&account(10_000, 10_000, 9_800, 0));
    assert_eq!(spent.tone, Tone::Attention);
    assert!(spent.sentence.contains("The error budget is spent: kept in 98 % of the time"), "{spent:?}");
    let unseen = judged(&account(10_000, 6_100, 6_100, 0));
    assert_eq!(unseen.tone, Tone::Unknown);
    assert!(unseen.sentence.contains("Measured on 61 % of the window"), "{unseen:?}");
    assert!(judged(&account(10_000, 10, 10, 0)).sentence.contains("Measured on less than 1 % of the window"));
    assert_eq!(judged(&account(10_000, 0, 0, 0)).tone, Tone::Unknown);
    let worse = judge_window(&promise(Some(0.1)), Some(0.2), &account(10_000, 10, 10, 0), now_at());
    assert_eq!(worse.tone, Tone::Critical, "what is bad now stays bad");
}

#[test]
fn a_share_is_never_rounded_up_to_a_promise() {
    assert_eq!((precise(0.999_999_9).as_str(), precise(1.0).as_str()), ("99.999 %", "100 %"));
    assert_eq!((precise(0.98).as_str(), precise(0.5).as_str()), ("98 %", "50 %"));
}
