use chrono::DateTime;
use quarterdeck_model::alert::Maintenance;

use super::{window::Window, *};
use crate::notify::matcher;

const HOUR: Moment = 3_600_000;

fn silence(text: &str) -> Silence {
    Silence {
        id: "1".to_owned(),
        matchers: Matchers::new(matcher::read(text).unwrap()),
        from: HOUR,
        until: 2 * HOUR,
        by: "ada".to_owned(),
        reason: "disk is replaced".to_owned(),
    }
}

fn code(checked: Outcome<()>) -> String {
    checked.map_or_else(|fault| fault.code.into_owned(), |()| "fine".to_owned())
}

#[test]
fn a_silence_holds_what_it_matches_until_its_end() {
    let silence = silence("alertname=Disk");
    let labels = Labels::new([("alertname", "Disk"), ("host", "a")]);
    assert_eq!([HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR].map(|at| silence.holds(&labels, at)), [false, true, true, false]);
    assert!(!silence.holds(&Labels::new([("alertname", "Load")]), HOUR));
}

#[test]
fn what_would_hold_everything_or_never_end_is_refused() {
    assert_eq!(code(silence("alertname=Disk").check(0)), "fine");
    assert_eq!(code(silence("").check(0)), "silence-without-matchers");
    for wide in ["a=~\".*\"", "a=", "a=\"\",c=~\"x*\""] {
        assert_eq!(code(silence(wide).check(0)), "silence-holds-all", "{wide}");
    }
    assert_eq!(code(silence("c!=d").check(0)), "fine");
    assert_eq!(code(silence("a=b").check(2 * HOUR)), "silence-without-end");
    assert_eq!(code(Silence { until: HOUR, ..silence("a=b") }.check(0)), "silence-without-end");
    assert_eq!(code(Silence { by: " ".to_owned(), ..silence("a=b") }.check(0)), "silence-without-author");
    assert_eq!(code(Silence { reason: String::new(), ..silence("a=b") }.check(0)), "silence-without-reason");
}

#[test]
fn what_was_silenced_stays_known_when_a_silence_changes() {
    let old = silence("a=b");
    let longer = Silence { until: 5 * HOUR, id: "new".to_owned(), ..old.clone() };
    assert_eq!(old.changed(&longer, HOUR + 1), (None, Silence { id: "1".to_owned(), ..longer.clone() }));
    let other = Silence { matchers: silence("a=c").matchers, ..longer.clone() };
    let (ended, new) = old.changed(&other, HOUR + 1);
    assert_eq!((ended.unwrap().until, new.from, new.id.as_str()), (HOUR + 1, HOUR + 1, "new"));
    assert_eq!(old.changed(&other, 0), (None, Silence { id: "1".to_owned(), ..other.clone() }), "what has not begun can change");
    assert_eq!(old.changed(&other, 3 * HOUR).1.from, 3 * HOUR, "what is over comes back as another");
    assert_eq!((old.ended(0).from, old.ended(0).until), (0, 0));
    assert_eq!(old.ended(9 * HOUR), old);
}

#[test]
fn matchers_are_sent_and_shown() {
    let sent =
        |label: &str, sign: &str, value: &str| LabelMatcher { label: label.to_owned(), sign: sign.to_owned(), value: value.to_owned() };
    let all = [sent("a", "=", "b"), sent("c", "!~", "d.*")];
    assert_eq!(shown(&matchers(&all).unwrap()), all);
    for wrong in [sent("a", "==", "b"), sent("", "=", "b"), sent("a", "=~", "(")] {
        assert_eq!(matchers(&[wrong]).unwrap_err().code, "bad-matcher");
    }
}

fn window(weekdays: &[&str], days_of_month: &[&str], from: &str, until: &str, zone: &str) -> Outcome<Window> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Window::read(&Maintenance {
        name: "patches".to_owned(),
        matchers: vec![LabelMatcher { label: "host".to_owned(), sign: "=~".to_owned(), value: "db.*".to_owned() }],
        weekdays: texts(weekdays),
        days_of_month: texts(days_of_month),
        from: from.to_owned(),
        until: until.to_owned(),
        zone: zone.to_owned(),
        reason: "patch day".to_owned(),
        by: "ada".to_owned(),
    })
}

fn moment(text: &str) -> Moment {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn text(at: Option<Moment>) -> String {
    at.map_or_else(String::new, |at| DateTime::from_timestamp_millis(at).unwrap().format("%FT%RZ").to_string())
}

#[test]
fn a_window_comes_back() {
    let window = window(&["sunday"], &[], "02:00", "04:00", "Europe/Berlin").unwrap();
    // 2026-11-22 is a Sunday.
    let [before, within, behind] = ["2026-11-22T00:59:00Z", "2026-11-22T01:00:00Z", "2026-11-22T03:00:00Z"].map(moment);
    assert_eq!([before, within, behind].map(|at| text(window.active_until(at))), ["", "2026-11-22T03:00Z", ""]);
    assert_eq!([before, within, behind].map(|at| text(window.next(at))), ["2026-11-22T01:00Z", "2026-11-29T01:00Z", "2026-11-29T01:00Z"]);
    assert!(window.holds(&Labels::new([("host", "db1")]), within) && !window.holds(&Labels::new([("host", "web")]), within));
    assert_eq!(window.sentence(), "Sundays 02:00 to 04:00, Europe/Berlin");
}

#[test]
fn a_window_goes_past_midnight_and_joins_the_next() {
    let night = window(&["monday:friday"], &[], "22:00", "02:00", "UTC").unwrap();
    assert_eq!(text(night.active_until(moment("2026-11-28T01:59:00Z"))), "2026-11-28T02:00Z", "Friday's window ends on Saturday");
    assert_eq!(text(night.active_until(moment("2026-11-29T23:00:00Z"))), "", "Sunday has none");
    let always = window(&[], &[], "00:00", "24:00", "UTC").unwrap();
    assert!(always.active_until(moment("2026-11-28T01:59:00Z")).unwrap() > moment("2026-12-05T00:00:00Z"));
    assert_eq!(always.next(moment("2026-11-28T01:59:00Z")), None, "it never begins: it is always there");
}

#[test]
fn a_window_keeps_its_clock_over_both_changes() {
    let spring = window(&["sunday"], &[], "02:30", "04:00", "Europe/Berlin").unwrap();
    assert_eq!(
        text(spring.next(moment("2026-03-28T12:00:00Z"))),
        "2026-03-29T01:00Z",
        "02:30 is passed over: it begins right behind the gap"
    );
    assert_eq!(text(spring.active_until(moment("2026-03-29T01:00:00Z"))), "2026-03-29T02:00Z");
    assert_eq!(text(spring.next(moment("2026-10-24T12:00:00Z"))), "2026-10-25T00:30Z", "of two moments the first");
    assert_eq!(text(spring.active_until(moment("2026-10-25T01:45:00Z"))), "2026-10-25T03:00Z");
}

#[test]
fn days_of_the_month_are_counted_from_its_end() {
    let last = window(&[], &["-1"], "20:00", "21:00", "UTC").unwrap();
    assert_eq!(text(last.next(moment("2028-02-01T00:00:00Z"))), "2028-02-29T20:00Z");
    assert_eq!(last.sentence(), "the last day of a month 20:00 to 21:00, UTC");
    let second_tuesday = window(&["tuesday"], &["8:14"], "20:00", "21:00", "UTC").unwrap();
    assert_eq!(text(second_tuesday.next(moment("2026-11-23T00:00:00Z"))), "2026-12-08T20:00Z");
    let never = window(&[], &["31:31"], "20:00", "21:00", "UTC").unwrap();
    assert_eq!(text(never.next(moment("2026-11-01T00:00:00Z"))), "2026-12-31T20:00Z");
}

#[test]
fn what_is_no_window_is_refused() {
    let wrong = [
        window(&["someday"], &[], "02:00", "04:00", "UTC"),
        window(&[], &["0"], "02:00", "04:00", "UTC"),
        window(&[], &[], "2:00", "04:00", "UTC"),
        window(&[], &[], "02:00", "02:00", "UTC"),
        window(&[], &[], "24:00", "02:00", "UTC"),
        window(&[], &[], "02:00", "04:00", "Mars/Base"),
    ];
    for window in wrong {
        assert_eq!(window.unwrap_err().code, "bad-window");
    }
}
