//! A story that Alertmanager 0.25 was told, and what it told two webhooks, the second without what is over: `fixtures/story.txt`, each line
//! with its second. Ours hears the same and has to say the same, at the same times, with the same alerts in the same order.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{
        config,
        dispatch::{Dispatcher, Held, Hold},
    },
    sample::Moment,
};

const STORY: &str = include_str!("fixtures/story.txt");

/// Instances that are silenced.
#[derive(Default)]
struct Silenced(BTreeSet<String>);

impl Held for Silenced {
    fn holds(&self, alert: &Alert, _at: Moment) -> Option<Hold> {
        self.0.contains(&alert.id).then_some(Hold::Silence)
    }
}

/// When, which channel, which group, what fires, what is over.
type Said = (Moment, [String; 4]);

struct Teller {
    dispatcher: Dispatcher,
    silenced: Silenced,
    known: BTreeMap<String, Alert>,
    said: Vec<Said>,
}

impl Teller {
    fn until(&mut self, until: Moment) {
        while let Some(due) = self.dispatcher.due().filter(|due| *due <= until) {
            for message in self.dispatcher.flush(due, &self.silenced) {
                let ids = |alerts: &[Alert]| alerts.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>().join(",");
                let whom = format!("{}[{}]", message.receiver, message.channel);
                self.said.push((due, [whom, message.group_key.clone(), ids(&message.firing), ids(&message.resolved)]));
                self.dispatcher.told(&message, due).unwrap();
            }
        }
    }

    fn hear(&mut self, at: Moment, what: &str, id: &str) {
        match what {
            "fires" => {
                let labels = Labels::new([("alertname", &id[..1]), ("instance", id)]);
                let (annotations, expression) = (Labels::default(), String::new());
                let alert = Alert { id: id.to_owned(), labels, annotations, starts: at, ends: None, value: 1.0, expression };
                self.known.insert(id.to_owned(), alert);
            }
            "resolves" => self.known.get_mut(id).unwrap().ends = Some(at),
            "silenced" => drop(self.silenced.0.insert(id.to_owned())),
            "free" => drop(self.silenced.0.remove(id)),
            other => panic!("{other}"),
        }
        self.dispatcher.take(at, &self.known.values().cloned().collect::<Vec<_>>());
    }
}

#[test]
fn a_story_is_told_as_alertmanager_told_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (config, findings) = config::read(&folder.join("story.yml"), &std::fs::read_to_string(folder.join("story.yml")).unwrap());
    let dispatcher = Dispatcher::new(Arc::new(config.unwrap_or_else(|| panic!("{findings:?}"))), Vec::new());
    let mut teller = Teller { dispatcher, silenced: Silenced::default(), known: BTreeMap::new(), said: Vec::new() };
    let mut recorded: Vec<Said> = Vec::new();
    for line in STORY.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let at = (parts[0].parse::<f64>().unwrap() * 1000.0) as Moment;
        teller.until(at - 1);
        match parts.as_slice() {
            [_, "told", rest @ ..] => recorded.push((at, std::array::from_fn(|i| rest[i].to_owned()))),
            [_, what, id] => teller.hear(at, what, id),
            _ => panic!("{line}"),
        }
    }
    teller.until(60_000);
    teller.said.sort();
    recorded.sort();
    assert_eq!(teller.said, recorded);
}
