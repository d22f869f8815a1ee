//! One story after the other, on a clock that is made up.

use std::path::Path;

use quarterdeck_model::alert::NoticeReason::{self, Changed, First, Repeat, Resolved};

use super::*;
use crate::notify::config;

pub(crate) const SECOND: Moment = 1_000;
pub(crate) const MINUTE: Moment = 60 * SECOND;
pub(crate) const HOUR: Moment = 60 * MINUTE;

const RECEIVERS: &str = "
receivers:
- name: a
  webhook_configs: [{url: 'http://localhost/'}]
- name: b
  webhook_configs: [{url: 'http://localhost/', send_resolved: false}]
- name: both
  webhook_configs: [{url: 'http://localhost/'}]
  email_configs: [{to: x@example.com, from: deck@example.com, smarthost: 'localhost:25'}]
";

pub(crate) fn dispatcher(routes: &str) -> Dispatcher {
    let (config, findings) = config::read(Path::new("notify.yml"), &format!("{routes}{RECEIVERS}"));
    Dispatcher::new(Arc::new(config.unwrap_or_else(|| panic!("{findings:?}"))), Vec::new())
}

pub(crate) fn alert(name: &str, starts: Moment) -> Alert {
    let labels = Labels::new([("alertname", name.split('/').next().unwrap_or_default()), ("instance", name)]);
    let (annotations, expression) = (Labels::default(), "up == 0".to_owned());
    Alert { id: name.to_owned(), labels, annotations, starts, ends: None, value: 1.0, expression }
}

pub(crate) fn over(alert: &Alert, ends: Moment) -> Alert {
    Alert { ends: Some(ends), ..alert.clone() }
}

/// Silenced and acknowledged ids.
#[derive(Default, Clone)]
pub(crate) struct Agreed {
    pub(crate) silenced: Vec<&'static str>,
    pub(crate) taken: Vec<&'static str>,
    pub(crate) ran_out: Option<Moment>,
}

impl Held for Agreed {
    fn holds(&self, alert: &Alert, _at: Moment) -> Option<Hold> {
        let among = |ids: &[&str]| ids.contains(&alert.id.as_str());
        among(&self.silenced).then_some(Hold::Silence).or(among(&self.taken).then_some(Hold::Acknowledgement))
    }

    fn ran_out(&self, _alert: &Alert, _at: Moment) -> Option<Moment> {
        self.ran_out
    }
}

type Line = (Moment, NoticeReason, String, Vec<String>, Vec<String>);

/// Lets the clock run by the second; everything arrives at once.
struct Story {
    dispatcher: Dispatcher,
    now: Moment,
    agreed: Agreed,
    lines: Vec<Line>,
}

impl Story {
    fn new(routes: &str) -> Self {
        Self { dispatcher: dispatcher(routes), now: 0, agreed: Agreed::default(), lines: Vec::new() }
    }

    fn take(&mut self, alerts: &[Alert]) {
        self.dispatcher.take(self.now, alerts);
    }

    fn until(&mut self, until: Moment) -> Vec<Line> {
        while self.now <= until {
            for message in self.dispatcher.flush(self.now, &self.agreed) {
                self.dispatcher.told(&message, self.now).unwrap();
                self.lines.push(line(&message));
            }
            self.now += SECOND;
        }
        self.now = until;
        std::mem::take(&mut self.lines)
    }
}

fn line(message: &Message) -> Line {
    let ids = |alerts: &[Alert]| alerts.iter().map(|alert| alert.id.clone()).collect();
    let whom = format!("{}[{}]", message.receiver, message.channel);
    (message.at, message.reason, whom, ids(&message.firing), ids(&message.resolved))
}

fn says(at: Moment, reason: NoticeReason, whom: &str, firing: &[&str], resolved: &[&str]) -> Line {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    (at, reason, whom.to_owned(), ids(firing), ids(resolved))
}

const BY_NAME: &str = "route: {receiver: a, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h}\n";

#[test]
fn a_group_waits_grows_and_resolves() {
    let mut story = Story::new(BY_NAME);
    let (one, two) = (alert("Disk/1", 0), alert("Disk/2", 10 * SECOND));
    story.take(std::slice::from_ref(&one));
    assert_eq!(story.until(29 * SECOND), []);
    story.take(std::slice::from_ref(&two));
    assert_eq!(story.until(MINUTE), [says(30 * SECOND, First, "a[0]", &["Disk/1", "Disk/2"], &[])]);
    story.take(&[alert("Disk/3", MINUTE), over(&one, MINUTE)]);
    let looked = 5 * MINUTE + 30 * SECOND;
    assert_eq!(story.until(10 * MINUTE), [says(looked, Changed, "a[0]", &["Disk/2", "Disk/3"], &["Disk/1"])]);
    story.take(&[over(&two, 10 * MINUTE)]);
    assert_eq!(story.until(15 * MINUTE), [says(10 * MINUTE + 30 * SECOND, Changed, "a[0]", &["Disk/3"], &["Disk/2"])]);
    story.take(&[over(&alert("Disk/3", MINUTE), 15 * MINUTE)]);
    assert_eq!(story.until(HOUR), [says(15 * MINUTE + 30 * SECOND, Resolved, "a[0]", &[], &["Disk/3"])]);
    assert!(story.dispatcher.groups.is_empty() && story.dispatcher.alerts.is_empty(), "an empty group ends");
}

#[test]
fn what_goes_on_is_told_again() {
    let mut story = Story::new(BY_NAME);
    story.take(&[alert("Disk/1", 0)]);
    let again = |hours: Moment| says(30 * SECOND + hours * HOUR, Repeat, "a[0]", &["Disk/1"], &[]);
    assert_eq!(story.until(3 * HOUR)[1..], [again(1), again(2)]);
    assert_eq!(story.dispatcher.due(), Some(3 * HOUR + 30 * SECOND));
}

#[test]
fn an_alert_that_is_old_does_not_wait() {
    let mut story = Story::new(BY_NAME);
    story.now = HOUR;
    story.take(&[alert("Disk/1", 0)]);
    assert_eq!(story.until(HOUR), [says(HOUR, First, "a[0]", &["Disk/1"], &[])]);
}

#[test]
fn what_fires_and_resolves_before_it_is_told_stays_untold() {
    let mut story = Story::new(BY_NAME);
    let one = alert("Disk/1", 0);
    story.take(std::slice::from_ref(&one));
    story.take(&[over(&one, SECOND)]);
    assert_eq!(story.until(HOUR), []);
    story.take(&[over(&alert("Disk/2", 0), SECOND)]);
    assert!(story.dispatcher.due().is_none_or(|due| due > HOUR), "what is over and unknown opens no group");
}

#[test]
fn channels_of_a_receiver_are_told_by_themselves() {
    let mut story = Story::new("route: {receiver: both, group_by: [alertname]}\n");
    let one = alert("Disk/1", 0);
    story.take(std::slice::from_ref(&one));
    let first = story.until(MINUTE);
    assert_eq!(first.iter().map(|line| line.2.as_str()).collect::<Vec<_>>(), ["both[0]", "both[1]"]);
    story.take(&[over(&one, MINUTE)]);
    let resolved = story.until(HOUR);
    assert_eq!(resolved, [says(5 * MINUTE + 30 * SECOND, Resolved, "both[0]", &[], &["Disk/1"])], "the other does not tell what is over");
    story.take(&[alert("Disk/1", HOUR)]);
    assert_eq!(story.until(HOUR + MINUTE).iter().map(|line| line.1).collect::<Vec<_>>(), [First, First], "it is new to both");
}

#[test]
fn a_silenced_alert_is_told_when_the_silence_is_over() {
    let mut story = Story::new(BY_NAME);
    story.agreed.silenced = vec!["Disk/1"];
    story.take(&[alert("Disk/1", 0), alert("Disk/2", 0)]);
    assert_eq!(story.until(MINUTE), [says(30 * SECOND, First, "a[0]", &["Disk/2"], &[])]);
    story.agreed.silenced.clear();
    assert_eq!(story.until(10 * MINUTE), [says(5 * MINUTE + 30 * SECOND, Changed, "a[0]", &["Disk/1", "Disk/2"], &[])]);
}

#[test]
fn what_resolves_in_silence_is_new_when_it_fires_again() {
    let mut story = Story::new(BY_NAME);
    let one = alert("Disk/1", 0);
    story.take(std::slice::from_ref(&one));
    assert_eq!(story.until(MINUTE).len(), 1);
    story.agreed.silenced = vec!["Disk/1"];
    story.take(&[over(&one, MINUTE)]);
    assert_eq!(story.until(10 * MINUTE), []);
    story.agreed.silenced.clear();
    story.take(&[alert("Disk/1", 10 * MINUTE)]);
    assert_eq!(story.until(12 * MINUTE), [says(10 * MINUTE + 30 * SECOND, First, "a[0]", &["Disk/1"], &[])]);
}

#[test]
fn an_acknowledged_alert_is_quiet_and_its_end_is_told() {
    let mut story = Story::new(BY_NAME);
    let (one, two) = (alert("Disk/1", 0), alert("Disk/2", 0));
    story.take(&[one.clone(), two.clone()]);
    assert_eq!(story.until(MINUTE).len(), 1);
    story.agreed.taken = vec!["Disk/1", "Disk/2"];
    assert_eq!(story.until(5 * HOUR), [], "nothing is told again");
    story.take(&[over(&one, 5 * HOUR)]);
    let looked = |at: Moment| at + 30 * SECOND;
    assert_eq!(story.until(5 * HOUR + 5 * MINUTE), [says(looked(5 * HOUR), Changed, "a[0]", &[], &["Disk/1"])]);
    story.take(&[over(&two, 6 * HOUR)]);
    let ended = story.until(7 * HOUR);
    assert_eq!(ended.iter().map(|line| (line.1, line.4.clone())).collect::<Vec<_>>(), [(Resolved, vec!["Disk/2".to_owned()])]);
}

#[test]
fn an_end_is_not_told_to_those_who_were_never_told() {
    let mut story = Story::new(BY_NAME);
    let one = alert("Disk/1", 0);
    story.agreed.taken = vec!["Disk/1"];
    story.take(&[one.clone(), alert("Disk/2", 0)]);
    assert_eq!(story.until(MINUTE), [says(30 * SECOND, First, "a[0]", &["Disk/2"], &[])]);
    story.take(&[over(&one, MINUTE)]);
    assert_eq!(story.until(HOUR), []);
}

#[test]
fn an_acknowledgement_that_runs_out_is_told() {
    let mut story = Story::new(BY_NAME);
    story.take(&[alert("Disk/1", 0)]);
    assert_eq!(story.until(MINUTE).len(), 1);
    story.agreed.taken = vec!["Disk/1"];
    assert_eq!(story.until(20 * MINUTE), []);
    story.agreed = Agreed { ran_out: Some(20 * MINUTE), ..Agreed::default() };
    assert_eq!(story.until(HOUR), [says(20 * MINUTE + 30 * SECOND, Repeat, "a[0]", &["Disk/1"], &[])], "once, not at each look");
}

#[test]
fn an_inhibited_alert_is_told_when_what_explains_it_is_over() {
    let rules = "inhibit_rules: [{source_matchers: [alertname=Host], target_matchers: [alertname!=Host], equal: [rack]}]\n";
    let mut story = Story::new(&format!("{BY_NAME}{rules}"));
    let host = alert("Host/1", 0);
    story.take(&[alert("Disk/1", 0), host.clone()]);
    assert_eq!(story.until(MINUTE), [says(30 * SECOND, First, "a[0]", &["Host/1"], &[])]);
    assert_eq!(story.dispatcher.inhibited(&Labels::new([("alertname", "Disk")])).map(|(_, id)| id), Some("Host/1"));
    assert!(story.dispatcher.inhibited(&Labels::new([("alertname", "Disk"), ("rack", "7")])).is_none());
    story.take(&[over(&host, MINUTE)]);
    let lines = story.until(10 * MINUTE);
    assert!(lines.contains(&says(5 * MINUTE + 30 * SECOND, First, "a[0]", &["Disk/1"], &[])), "{lines:?}");
}

#[test]
fn a_route_is_quiet_while_its_interval_holds() {
    let routes = "
time_intervals: [{name: early, time_intervals: [{times: [{start_time: '00:00', end_time: '01:00'}]}]}]
route: {receiver: a, routes: [{mute_time_intervals: [early], matchers: [alertname=Disk]}, {receiver: b, active_time_intervals: [early]}]}
";
    let mut story = Story::new(routes);
    story.take(&[alert("Disk/1", 0), alert("Load/1", 0)]);
    assert_eq!(story.until(59 * MINUTE), [says(30 * SECOND, First, "b[0]", &["Load/1"], &[])]);
    assert_eq!(story.until(2 * HOUR), [says(HOUR + 30 * SECOND, First, "a[0]", &["Disk/1"], &[])]);
}

#[test]
fn after_a_restart_nothing_is_told_twice() {
    let mut story = Story::new(BY_NAME);
    let one = alert("Disk/1", 0);
    story.take(std::slice::from_ref(&one));
    story.until(MINUTE);
    let mut after = Dispatcher::new(Arc::clone(story.dispatcher.config()), story.dispatcher.log());
    after.take(2 * MINUTE, &[one.clone(), alert("Disk/2", 90 * SECOND)]);
    assert_eq!(after.due(), Some(5 * MINUTE + 30 * SECOND), "the interval goes on");
    (story.dispatcher, story.now) = (after, 2 * MINUTE);
    assert_eq!(story.until(6 * MINUTE), [says(5 * MINUTE + 30 * SECOND, Changed, "a[0]", &["Disk/1", "Disk/2"], &[])]);
    let mut late = Dispatcher::new(Arc::clone(story.dispatcher.config()), story.dispatcher.log());
    late.take(20 * MINUTE, &[over(&one, 18 * MINUTE), over(&alert("Disk/2", 90 * SECOND), 19 * MINUTE)]);
    (story.dispatcher, story.now) = (late, 20 * MINUTE);
    let lines = story.until(22 * MINUTE);
    assert_eq!(lines.iter().map(|line| (line.1, line.4.len())).collect::<Vec<_>>(), [(Resolved, 2)], "ends are told late, not never");
}

#[test]
fn what_is_on_its_way_is_not_told_again_and_what_failed_is() {
    let mut dispatcher = dispatcher(BY_NAME);
    let one = alert("Disk/1", 0);
    dispatcher.take(0, std::slice::from_ref(&one));
    let sent = dispatcher.flush(30 * SECOND, &NothingHeld);
    assert_eq!(sent.len(), 1);
    assert!(dispatcher.flush(5 * MINUTE + 30 * SECOND, &NothingHeld).is_empty());
    dispatcher.failed(&sent[0], 6 * MINUTE);
    let again = dispatcher.flush(11 * MINUTE, &NothingHeld);
    assert_eq!(line(&again[0]), says(11 * MINUTE, First, "a[0]", &["Disk/1"], &[]));
    dispatcher.take(12 * MINUTE, &[over(&one, 12 * MINUTE)]);
    assert!(dispatcher.flush(16 * MINUTE, &NothingHeld).is_empty());
    let told = dispatcher.told(&again[0], 17 * MINUTE).unwrap();
    assert_eq!((told.channel.as_str(), told.firing, told.at), ("webhook[0]", vec!["Disk/1".to_owned()], 11 * MINUTE));
    assert_eq!(dispatcher.told(&again[0], 17 * MINUTE), None, "it landed once");
    let end = dispatcher.flush(21 * MINUTE, &NothingHeld);
    assert_eq!(line(&end[0]), says(21 * MINUTE, Resolved, "a[0]", &[], &["Disk/1"]), "its end waited for the message before it");
    let mut after = Dispatcher::new(Arc::clone(dispatcher.config()), dispatcher.log());
    after.resume(&end[0]);
    after.take(22 * MINUTE, &[over(&one, 12 * MINUTE)]);
    assert!(after.flush(40 * MINUTE, &NothingHeld).is_empty(), "it is on its way since before the restart");
    assert!(after.told(&end[0], 41 * MINUTE).is_some());
}

#[test]
fn what_another_configuration_decides_about_leaves_without_a_word() {
    let mut story = Story::new(BY_NAME);
    let (one, two) = (alert("Disk/1", 0), alert("Load/1", 0));
    story.take(&[one, two.clone()]);
    assert_eq!(story.until(MINUTE).len(), 2);
    story.dispatcher.leave(MINUTE, |alert| alert.id == "Disk/1");
    let lines = story.until(3 * HOUR);
    assert!(!lines.is_empty() && lines.iter().all(|line| line.3 == ["Load/1"]), "{lines:?}");
    story.take(&[alert("Disk/1", 3 * HOUR)]);
    assert!(story.until(3 * HOUR + MINUTE).contains(&says(3 * HOUR + 30 * SECOND, First, "a[0]", &["Disk/1"], &[])), "it is new again");
    assert_eq!(story.dispatcher.quietly_told().len(), 1);
}

#[test]
fn the_log_of_a_channel_that_does_not_tell_ends_is_kept() {
    let mut dispatcher = dispatcher("route: {receiver: b}\n");
    let one = alert("Disk/1", 0);
    dispatcher.take(0, std::slice::from_ref(&one));
    let sent = dispatcher.flush(30 * SECOND, &NothingHeld);
    dispatcher.told(&sent[0], 30 * SECOND).unwrap();
    assert!(dispatcher.quietly_told().is_empty());
    dispatcher.take(MINUTE, &[over(&one, MINUTE)]);
    assert!(dispatcher.flush(6 * MINUTE, &NothingHeld).is_empty());
    let quiet = dispatcher.quietly_told();
    assert_eq!((quiet.len(), quiet[0].firing.len()), (1, 0));
    assert!(dispatcher.quietly_told().is_empty());
}

#[test]
fn a_group_has_the_name_it_has_in_alertmanager() {
    let routes = "route: {receiver: a, group_by: [instance, alertname], routes: [{matchers: ['alertname=~\"D.*\"']}]}\n";
    let mut dispatcher = dispatcher(routes);
    dispatcher.take(0, &[alert("Disk/1", 0)]);
    let sent = dispatcher.flush(HOUR, &NothingHeld);
    assert_eq!(sent[0].group_key, r#"{}/{alertname=~"D.*"}:{alertname="Disk", instance="Disk/1"}"#);
}

#[test]
fn ten_thousand_alerts_are_one_message_or_ten_thousand() {
    for (group_by, messages) in [("[]", 1), ("[alertname]", 100), ("['...']", 10_000)] {
        let mut dispatcher = dispatcher(&format!("route: {{receiver: a, group_by: {group_by}}}\n"));
        let alerts: Vec<Alert> = (0..10_000).map(|i| alert(&format!("N{}/{i}", i % 100), 0)).collect();
        dispatcher.take(0, &alerts);
        let sent = dispatcher.flush(30 * SECOND, &NothingHeld);
        assert_eq!((sent.len(), sent.iter().map(|message| message.firing.len()).sum::<usize>()), (messages, 10_000));
        sent.iter().for_each(|message| drop(dispatcher.told(message, MINUTE)));
        dispatcher.take(2 * MINUTE, &alerts);
        assert!(dispatcher.flush(10 * MINUTE, &NothingHeld).is_empty());
        dispatcher.take(11 * MINUTE, &alerts.iter().map(|alert| over(alert, 11 * MINUTE)).collect::<Vec<_>>());
        let ends = dispatcher.flush(20 * MINUTE, &NothingHeld);
        assert_eq!(ends.iter().map(|message| message.resolved.len()).sum::<usize>(), 10_000);
        ends.iter().for_each(|message| drop(dispatcher.told(message, 20 * MINUTE)));
        assert!(dispatcher.groups.is_empty() && dispatcher.alerts.is_empty());
    }
}

#[test]
fn alerts_are_told_in_alertmanager_s_order() {
    let mut dispatcher = dispatcher("route: {receiver: a}\n");
    let labels = [
        ("many", vec![("a", "1"), ("b", "1"), ("c", "1")]),
        ("b2", vec![("b", "2")]),
        ("a2", vec![("a", "2")]),
        ("a1", vec![("a", "1")]),
        ("host2", vec![("instance", "2"), ("z", "1")]),
        ("host1", vec![("instance", "1"), ("z", "1")]),
        ("job", vec![("job", "x"), ("z", "1"), ("y", "1"), ("x", "1")]),
    ];
    let alerts = labels.map(|(id, labels)| Alert { id: id.to_owned(), labels: Labels::new(labels), ..alert("x", 0) });
    dispatcher.take(0, &alerts);
    let sent = dispatcher.flush(MINUTE, &NothingHeld);
    let told: Vec<&str> = sent[0].firing.iter().map(|alert| alert.id.as_str()).collect();
    assert_eq!(told, ["job", "host1", "host2", "b2", "a1", "a2", "many"]);
}
