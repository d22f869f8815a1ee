//! Reads `oncall.yml`, strictly.

use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use quarterdeck_document::{
    fields::{Fields, nearest},
    findings::{Findings, Place},
    yaml::{self, Manner, Node},
};
use quarterdeck_model::system::DefinitionFinding;

use super::{Contact, Ladder, Oncall, Rota, Tell, ladder::Level, rota::StandIn};
use crate::notify::{
    config::value::{self, Written},
    matcher::{self, Matchers},
    silence::window::moment_of,
};

const MANNER: Manner =
    Manner { what: "an on-call file", empty: "Write contacts, rotas or ladders, or remove the file.", deepest: 16, aliases: false };

/// Reads a file. `receivers` are those of the `notify.yml` beside it; where none is there, receivers are not looked up.
/// None where something is wrong; then there is at least one finding, in the order of the file.
pub fn read(path: &Path, text: &str, receivers: Option<&[&str]>) -> (Option<Oncall>, Vec<DefinitionFinding>) {
    let mut reading = Reading { findings: Findings::new(path), receivers };
    let oncall = yaml::read(text, MANNER, &mut reading.findings).and_then(|root| reading.whole(&root));
    let clean = reading.findings.count() == 0;
    (oncall.filter(|_| clean), reading.findings.in_order())
}

struct Reading<'r> {
    findings: Findings,
    receivers: Option<&'r [&'r str]>,
}

impl Reading<'_> {
    fn whole(&mut self, root: &Node) -> Option<Oncall> {
        let fields = Fields::read(root, "", &["contacts", "rotas", "ladders"], &mut self.findings)?;
        let mut oncall = Oncall::default();
        for (i, node) in self.items(&fields, "contacts", "contacts") {
            if let Some(contact) = self.contact(node, &format!("contacts[{i}]")) {
                self.unique(node.at, "contact", &contact.name, oncall.contacts.iter().map(|other| other.name.as_str()));
                oncall.contacts.push(contact);
            }
        }
        for (i, node) in self.items(&fields, "rotas", "rotas") {
            if let Some(rota) = self.rota(node, &format!("rotas[{i}]"), &oncall.contacts) {
                self.unique(node.at, "rota", &rota.name, oncall.rotas.iter().map(|other| other.name.as_str()));
                oncall.rotas.push(rota);
            }
        }
        for (i, node) in self.items(&fields, "ladders", "ladders") {
            if let Some(ladder) = self.ladder(node, &format!("ladders[{i}]"), &oncall) {
                self.unique(node.at, "ladder", &ladder.name, oncall.ladders.iter().map(|other| other.name.as_str()));
                oncall.ladders.push(ladder);
            }
        }
        Some(oncall)
    }

    fn contact(&mut self, node: &Node, path: &str) -> Option<Contact> {
        let fields = Fields::read(node, path, &["name", "role", "email", "phone", "receiver"], &mut self.findings)?;
        let name = self.required(&fields, path, "name", "name: ada");
        let email = self.optional(&fields, path, "email");
        if let Some(email) = email.as_ref().filter(|email| email.text.split('@').filter(|part| !part.trim().is_empty()).count() != 2) {
            self.findings.add(email.at, format!("{path}.email is no address: {}.", email.text), "Write it as in ada@example.com.");
        }
        let receiver = self.optional(&fields, path, "receiver");
        if let Some(receiver) = &receiver {
            self.known_receiver(receiver);
        }
        let [role, phone] = ["role", "phone"].map(|key| self.optional(&fields, path, key).map(|written| written.text));
        let [email, receiver] = [email, receiver].map(|written| written.map(|written| written.text));
        if email.is_none() && phone.is_none() && receiver.is_none() {
            self.findings.add(node.at, format!("{path} cannot be reached."), "Add email, phone or receiver.");
        }
        Some(Contact { name: name?.text, role: role.unwrap_or_default(), email, phone, receiver })
    }

    fn rota(&mut self, node: &Node, path: &str, contacts: &[Contact]) -> Option<Rota> {
        const KNOWN: &[&str] = &["name", "zone", "handover", "every", "since", "people", "overrides"];
        let fields = Fields::read(node, path, KNOWN, &mut self.findings)?;
        let name = self.required(&fields, path, "name", "name: dba");
        let zone = self.required(&fields, path, "zone", "zone: Europe/Berlin");
        let zone =
            self.parsed(zone, path, "zone names no time zone", "Write an IANA name such as Europe/Berlin.", |text| text.parse().ok());
        let every = self.required(&fields, path, "every", "every: 1w");
        let every = self.parsed(every, path, "every is no number of weeks or days", "Write it as in 1w, 2w or 3d.", shift_length);
        let handover = self.required(&fields, path, "handover", "handover: monday 09:00");
        let at = handover.as_ref().map_or(node.at, |handover| handover.at);
        let hint = "Write a weekday and a time, as in monday 09:00, or the time alone.";
        let handover = self.parsed(handover, path, "handover is no weekday and time", hint, handover_of);
        if let (Some((weeks, _)), Some((weekday, _))) = (every, handover)
            && weeks != weekday.is_some()
        {
            let hint = if weeks { "Add the weekday, as in monday 09:00." } else { "Remove the weekday: shifts are counted in days." };
            self.findings.add(at, format!("{path}.handover does not fit {path}.every."), hint);
        }
        let since = self.required(&fields, path, "since", "since: 2026-01-05");
        let since = self.parsed(since, path, "since is no day", "Write it as in 2026-01-05.", |text| text.parse::<NaiveDate>().ok());
        let people = self.people(&fields, path, contacts);
        let overrides = self.overrides(&fields, path, zone, contacts);
        let ((_, days), (weekday, time)) = (every?, handover?);
        let since = Rota::first_handover(since?, weekday);
        (!people.is_empty()).then_some(())?;
        Some(Rota { name: name?.text, zone: zone?, time, weekday, days, since, people, overrides })
    }

    fn people(&mut self, fields: &Fields<'_>, path: &str, contacts: &[Contact]) -> Vec<String> {
        let node = fields.required("people", "people: [ada, bert]", &mut self.findings);
        let people = value::words(node, &format!("{path}.people"), &mut self.findings);
        if let Some(node) = node.filter(|_| people.is_empty()) {
            self.findings.add(node.at, format!("{path}.people has nobody."), "Name at least one contact.");
        }
        people.iter().for_each(|person| self.known_contact(person, contacts));
        people.into_iter().map(|person| person.text).collect()
    }

    fn overrides(&mut self, fields: &Fields<'_>, path: &str, zone: Option<chrono_tz::Tz>, contacts: &[Contact]) -> Vec<StandIn> {
        let mut overrides = Vec::new();
        for (i, node) in self.items(fields, &format!("{path}.overrides"), "overrides") {
            let path = format!("{path}.overrides[{i}]");
            let Some(fields) = Fields::read(node, &path, &["from", "until", "person"], &mut self.findings) else { continue };
            let person = self.required(&fields, &path, "person", "person: bert");
            if let Some(person) = &person {
                self.known_contact(person, contacts);
            }
            let mut moment = |key: &str, example: &str| {
                let written = self.required(&fields, &path, key, example);
                let shown =
                    self.parsed(written, &path, &format!("{key} is no day and time"), "Write it as in 2026-12-24 09:00.", day_and_time);
                moment_of(zone?, shown?)
            };
            let (from, until) = (moment("from", "from: 2026-12-24 09:00"), moment("until", "until: 2026-12-27 09:00"));
            if let (Some(from), Some(until), Some(person)) = (from, until, person) {
                if from >= until {
                    self.findings.add(node.at, format!("{path} ends before it begins."), "Write the earlier moment behind from.");
                }
                overrides.push(StandIn { from, until, person: person.text });
            }
        }
        overrides
    }

    fn ladder(&mut self, node: &Node, path: &str, oncall: &Oncall) -> Option<Ladder> {
        let fields = Fields::read(node, path, &["name", "matchers", "levels"], &mut self.findings)?;
        let name = self.required(&fields, path, "name", "name: production");
        let mut matchers = Vec::new();
        let list = value::words(value::given(&fields, "matchers"), &format!("{path}.matchers"), &mut self.findings);
        for Written { text, at } in list {
            match matcher::read(&text) {
                Ok(read) => matchers.extend(read),
                Err(error) => {
                    self.findings.add(at, format!("{path}.matchers: {}.", error.message), "Write it as in severity=\"critical\".")
                }
            }
        }
        fields.required("levels", "levels: [{after: 0s, tell: [{rota: dba}]}]", &mut self.findings)?;
        let items = self.items(&fields, &format!("{path}.levels"), "levels");
        let (last, mut levels) = (items.len(), Vec::<Level>::new());
        for (i, node) in items {
            let Some(level) = self.level(node, &format!("{path}.levels[{i}]"), i + 1 == last, oncall) else { continue };
            if levels.last().is_some_and(|before| before.after >= level.after) {
                let message = format!("{path}.levels[{i}].after is not later than the level before it.");
                self.findings.add(node.at, message, "Write a longer time, or put both into one level.");
            }
            levels.push(level);
        }
        if last == 0 {
            self.findings.add(node.at, format!("{path} has no levels."), "Add at least one.");
        }
        Some(Ladder { name: name?.text, matchers: Matchers::new(matchers), levels })
    }

    fn level(&mut self, node: &Node, path: &str, last: bool, oncall: &Oncall) -> Option<Level> {
        let fields = Fields::read(node, path, &["after", "tell", "every"], &mut self.findings)?;
        let after = fields.required("after", "after: 15m", &mut self.findings);
        let after = after.and_then(|node| value::duration(node, &format!("{path}.after"), &mut self.findings));
        let every = value::given(&fields, "every").and_then(|node| {
            let every = value::duration(node, &format!("{path}.every"), &mut self.findings)?;
            match (last, every.as_secs()) {
                (false, _) => self.findings.add(node.at, format!("{path}.every is not on the last level."), "Move it there."),
                (true, 0..60) => self.findings.add(node.at, format!("{path}.every is shorter than a minute."), "Write at least 1m."),
                _ => {}
            }
            Some(every)
        });
        let tell_node = fields.required("tell", "tell: [{rota: dba}]", &mut self.findings);
        let mut tell = Vec::new();
        for (i, node) in value::items(tell_node, &format!("{path}.tell"), &mut self.findings).iter().enumerate() {
            tell.extend(self.tell(node, &format!("{path}.tell[{i}]"), oncall));
        }
        if let Some(node) = tell_node.filter(|node| matches!(&node.value, yaml::Value::Sequence(items) if items.is_empty())) {
            self.findings.add(node.at, format!("{path}.tell has nobody."), "Name a receiver, a contact or a rota.");
        }
        Some(Level { after: after?, tell, every })
    }

    fn tell(&mut self, node: &Node, path: &str, oncall: &Oncall) -> Option<Tell> {
        let fields = Fields::read(node, path, &["receiver", "contact", "rota"], &mut self.findings)?;
        let [entry] = fields.entries() else {
            self.findings.add(node.at, format!("{path} must name one: a receiver, a contact or a rota."), "Write it as in {rota: dba}.");
            return None;
        };
        let named = self.required(&fields, path, &entry.key, "rota: dba")?;
        match entry.key.as_str() {
            "receiver" => self.known_receiver(&named),
            "contact" => {
                self.known_contact(&named, &oncall.contacts);
                self.reachable(&named, &named.text, oncall);
            }
            "rota" => {
                let known: Vec<&str> = oncall.rotas.iter().map(|rota| rota.name.as_str()).collect();
                self.known(&named, "rota", &known);
                let people = oncall.rota(&named.text).map(|rota| rota.people.clone()).unwrap_or_default();
                people.iter().for_each(|person| self.reachable(&named, person, oncall));
            }
            _ => return None,
        }
        match entry.key.as_str() {
            "receiver" => Some(Tell::Receiver(named.text)),
            "contact" => Some(Tell::Contact(named.text)),
            _ => Some(Tell::Rota(named.text)),
        }
    }

    /// A ladder can only tell those whom a message reaches.
    fn reachable(&mut self, named: &Written, person: &str, oncall: &Oncall) {
        if oncall.contact(person).is_some_and(|contact| contact.email.is_none() && contact.receiver.is_none()) {
            let message = format!("{person} can be called only, not told.");
            self.findings.add(named.at, message, format!("Add email or receiver to the contact {person}."));
        }
    }

    fn known_contact(&mut self, named: &Written, contacts: &[Contact]) {
        let known: Vec<&str> = contacts.iter().map(|contact| contact.name.as_str()).collect();
        self.known(named, "contact", &known);
    }

    fn known_receiver(&mut self, named: &Written) {
        if let Some(known) = self.receivers {
            self.known(named, "receiver", known);
        }
    }

    fn known(&mut self, named: &Written, noun: &str, known: &[&str]) {
        if !known.contains(&named.text.as_str()) {
            let hint = match nearest(&named.text, known) {
                Some(near) => format!("Write {near} instead, or add a {noun} {}.", named.text),
                None => format!("Add a {noun} {}, or name another one.", named.text),
            };
            self.findings.add(named.at, format!("No {noun} is named {}.", named.text), hint);
        }
    }

    fn unique<'n>(&mut self, at: Place, noun: &str, name: &str, mut others: impl Iterator<Item = &'n str>) {
        if others.any(|other| other == name) {
            self.findings.add(at, format!("The {noun} {name} is there twice."), "Give one of them another name.");
        }
    }

    fn items<'n>(&mut self, fields: &Fields<'n>, path: &str, key: &str) -> Vec<(usize, &'n Node)> {
        value::items(value::given(fields, key), path, &mut self.findings).iter().enumerate().collect()
    }

    fn required(&mut self, fields: &Fields<'_>, path: &str, key: &str, example: &str) -> Option<Written> {
        let node = fields.required(key, example, &mut self.findings)?;
        let written = value::word(node, &format!("{path}.{key}"), &mut self.findings)?;
        if written.text.trim().is_empty() {
            self.findings.add(written.at, format!("{path}.{key} is empty."), format!("Write a value, as in {example}."));
            return None;
        }
        Some(written)
    }

    fn optional(&mut self, fields: &Fields<'_>, path: &str, key: &str) -> Option<Written> {
        let written = value::word(value::given(fields, key)?, &format!("{path}.{key}"), &mut self.findings)?;
        (!written.text.trim().is_empty()).then_some(written)
    }

    fn parsed<T>(&mut self, written: Option<Written>, path: &str, wrong: &str, hint: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let written = written?;
        let value = read(written.text.trim());
        if value.is_none() {
            self.findings.add(written.at, format!("{path}.{wrong}: {}.", written.text), hint);
        }
        value
    }
}

/// `1w` or `3d`: whether it counts weeks, and how many days it is.
fn shift_length(text: &str) -> Option<(bool, u32)> {
    let days = value::parse_duration(text)?.as_secs() / 86_400;
    let days = u32::try_from(days).ok().filter(|days| (1..=366).contains(days))?;
    match text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok()? {
        count if text.ends_with('w') => Some((true, count * 7)),
        count if text.ends_with('d') && count == days => Some((false, days)),
        _ => None,
    }
}

/// `monday 09:00` or `09:00`.
fn handover_of(text: &str) -> Option<(Option<Weekday>, NaiveTime)> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    match text.split_once(char::is_whitespace) {
        Some((day, rest)) => Some((Some(day.parse().ok()?), time(rest.trim())?)),
        None => Some((None, time(text)?)),
    }
}

/// `2026-12-24 09:00`.
fn day_and_time(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok()
}
