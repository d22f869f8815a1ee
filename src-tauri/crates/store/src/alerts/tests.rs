use std::fs;

use quarterdeck_model::{
    Count, Instant,
    alert::{AlertEvent, AlertEventKind, AlertName, AlertNotice, AlertSeverity, NoticeReason, NoticeState},
    monitor::Float,
};

use super::*;

fn moment(seconds: i64) -> Instant {
    Instant::from_timestamp_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
}

fn event(at: i64, name: &str, sentence: &str) -> AlertEvent {
    AlertEvent {
        at: moment(at),
        alert: AlertName { id: format!("id-{name}"), name: name.to_owned() },
        system: Some("shop".parse().unwrap()),
        severity: AlertSeverity::Critical,
        kind: AlertEventKind::Firing,
        sentence: sentence.to_owned(),
        by: None,
        value: Some(Float(f64::NAN)),
    }
}

fn notice(at: i64, receiver: &str) -> AlertNotice {
    AlertNotice {
        id: 0,
        at: moment(at),
        router: "home".to_owned(),
        receiver: receiver.to_owned(),
        channel: "webhook".to_owned(),
        to: "example.com".to_owned(),
        reason: NoticeReason::First,
        state: NoticeState::Queued,
        attempts: Count(0),
        answer: String::new(),
        ended: None,
        again: None,
        title: "One".to_owned(),
        alerts: vec![AlertName { id: "a1".to_owned(), name: "One".to_owned() }],
        count: Count(1),
    }
}

fn open(folder: &tempfile::TempDir) -> File {
    let (file, said) = File::open(&folder.path().join("alerts/alerts.db"), moment(0)).unwrap();
    assert_eq!(said, None);
    file
}

#[test]
fn a_message_waits_until_it_was_sent_and_other_processes_see_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (open(&folder), open(&folder));
    let version = other.foreign_version().unwrap();
    let (mut one, mut two) = (notice(0, "dba"), notice(5, "web"));
    file.write(|tx| notices::add(tx, &mut one, None, Some("{1}"))).unwrap();
    file.write(|tx| notices::add(tx, &mut two, Some(&"shop".parse().unwrap()), Some("{2}"))).unwrap();
    assert_ne!(other.foreign_version().unwrap(), version);
    let due = |at| other.read(|c| notices::due(c, moment(at), 10)).unwrap();
    assert_eq!(due(4).iter().map(|waiting| waiting.message.as_str()).collect::<Vec<_>>(), ["{1}"]);
    assert_eq!(due(5).len(), 2);
    let again = AlertNotice { state: NoticeState::Again, again: Some(moment(30)), attempts: Count(1), ..one.clone() };
    file.write(|tx| notices::stand(tx, &again)).unwrap();
    assert_eq!(due(5)[0].notice, two);
    assert_eq!(due(30)[1].notice, again);
    assert_eq!(other.read(notices::next).unwrap(), Some(moment(5).timestamp_millis()));
    let sent = AlertNotice { state: NoticeState::Sent, answer: "200".to_owned(), ..two.clone() };
    file.write(|tx| notices::stand(tx, &sent)).unwrap();
    assert_eq!(due(30).len(), 1);
    let list = |wanted: notices::Wanted<'_>| other.read(|c| notices::list(c, &notices::Wanted { most: 10, ..wanted })).unwrap();
    assert_eq!(list(notices::Wanted::default()), [sent.clone(), again.clone()]);
    assert_eq!(list(notices::Wanted { failed: true, ..Default::default() }), std::slice::from_ref(&again));
    assert_eq!(list(notices::Wanted { system: Some("shop"), ..Default::default() }), std::slice::from_ref(&sent));
    assert_eq!(list(notices::Wanted { alert: Some("a1"), before: Some(sent.id), ..Default::default() }), std::slice::from_ref(&again));
    assert_eq!(list(notices::Wanted { alert: Some("a2"), ..Default::default() }), []);
    assert_eq!(other.read(|c| notices::get(c, again.id)).unwrap(), Some(again));
    file.write(|tx| notices::keep(tx, moment(500 * 86_400))).unwrap();
    assert_eq!(list(notices::Wanted::default()).len(), 1, "what waits stays");
}

#[test]
fn events_are_found_by_alert_system_time_and_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder);
    let all = [event(0, "ErrorRate", "fires: 6.8 %"), event(10, "DiskFull", "fires: 99 %"), event(20, "ErrorRate", "is over")];
    file.write(|tx| all.iter().try_for_each(|event| events::add(tx, event).map(|_| ()))).unwrap();
    let list = |wanted: events::Wanted<'_>| {
        let found = file.read(|c| events::list(c, &events::Wanted { most: 10, ..wanted })).unwrap();
        found.into_iter().map(|(n, event)| (n, event.sentence)).collect::<Vec<_>>()
    };
    let numbers = |wanted| list(wanted).into_iter().map(|(n, _)| n).collect::<Vec<_>>();
    assert_eq!(list(events::Wanted::default())[0], (3, "is over".to_owned()));
    assert_eq!(numbers(events::Wanted { alert: Some("id-ErrorRate"), ..Default::default() }), [3, 1]);
    assert!(numbers(events::Wanted { system: Some("other"), ..Default::default() }).is_empty());
    assert_eq!(numbers(events::Wanted { from: Some(moment(10)), until: Some(moment(10)), ..Default::default() }), [2]);
    assert_eq!(numbers(events::Wanted { text: Some("FIRES"), before: Some(2), ..Default::default() }), [1]);
    assert_eq!(file.write(|tx| events::keep(tx, moment(400 * 86_400 + 15))).unwrap(), 2);
}

#[test]
fn states_are_the_newest_and_who_was_told_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder);
    let group = |body: &str| states::GroupRow { key: "home/a.yml/g".to_owned(), place: 1, body: body.to_owned(), saved: "{}".to_owned() };
    let alert = |saved: &str, told| states::AlertRow { id: "a1".to_owned(), group: group("").key, saved: saved.to_owned(), told };
    file.write(|tx| states::put_group(tx, &group("one")).and_then(|()| states::put(tx, &alert("one", None)))).unwrap();
    file.write(|tx| states::set_told(tx, "a1", 7)).unwrap();
    file.jot(|tx| states::put_group(tx, &group("two")).and_then(|()| states::put(tx, &alert("two", None)))).unwrap();
    assert_eq!(file.read(states::groups).unwrap(), [group("two")]);
    assert_eq!(file.read(states::all).unwrap(), [alert("two", Some(7))]);
    assert_eq!(file.read(|c| states::of_group(c, "other")).unwrap(), []);
    file.write(|tx| states::set_fact(tx, "pid", "1").and_then(|()| states::set_fact(tx, "pid", "2"))).unwrap();
    assert_eq!(file.read(|c| states::fact(c, "pid")).unwrap().as_deref(), Some("2"));
    file.write(|tx| states::drop_group(tx, &group("").key)).unwrap();
    assert!(file.read(states::all).unwrap().is_empty() && file.read(states::groups).unwrap().is_empty());
}

#[test]
fn what_was_told_is_known_by_router_and_level() {
    let folder = tempfile::tempdir().unwrap();
    let file = open(&folder);
    file.write(|tx| told::put(tx, "home", "{}:a", moment(0), "1").and_then(|()| told::put(tx, "home", "{}:a", moment(9), "2"))).unwrap();
    assert_eq!(file.read(|c| told::of(c, "home")).unwrap(), ["2"]);
    assert!(file.read(|c| told::of(c, "shop")).unwrap().is_empty());
    let rung = rungs::RungRow { level: 1, since: 5, at: moment(9).timestamp_millis(), notice: Some(3) };
    file.write(|tx| rungs::add(tx, "a1", &rung)).unwrap();
    assert_eq!(file.read(|c| rungs::of(c, "a1")).unwrap(), [rung]);
    assert_eq!(file.read(rungs::all).unwrap(), [("a1".to_owned(), rung)]);
    file.write(|tx| told::keep(tx, moment(10)).and_then(|()| rungs::keep(tx, moment(10)))).unwrap();
    assert!(file.read(|c| told::of(c, "home")).unwrap().is_empty() && file.read(rungs::all).unwrap().is_empty());
}

#[test]
fn a_damaged_file_is_set_aside_and_one_from_the_future_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts/alerts.db");
    std::mem::drop(open(&folder));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&path, vec![7; 9_000]).unwrap();
    let (file, said) = File::open(&path, moment(0)).unwrap();
    let said = said.unwrap();
    assert!(said.contains("alerts-damaged-2026") && said.contains("a new one was begun"), "{said}");
    assert!(file.read(states::all).unwrap().is_empty());
    file.write(|tx| tx.pragma_update(None, "user_version", FORMAT + 1).map_err(fault)).unwrap();
    assert!(File::open(&path, moment(0)).err().unwrap().is("alerts-newer"));
}
