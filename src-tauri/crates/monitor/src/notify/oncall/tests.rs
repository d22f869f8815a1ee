use std::path::Path;

use chrono::DateTime;

use super::{
    ladder::{Climb, next},
    rota::{Shift, on_call, shifts},
    *,
};

const MINUTE: Moment = 60_000;

const FILE: &str = "
contacts:
- {name: ada, role: DBA, email: ada@example.com, phone: +49 30 1234567, receiver: ada-pager}
- {name: bert, email: bert@example.com}
- {name: carla, receiver: carla-pager}
rotas:
- name: dba
  zone: Europe/Berlin
  handover: monday 09:00
  every: 1w
  since: 2026-01-01
  people: [ada, bert, carla]
  overrides:
  - {from: 2026-12-24 09:00, until: 2026-12-27 09:00, person: carla}
  - {from: 2026-12-25 00:00, until: 2026-12-26 00:00, person: ada}
- {name: days, zone: UTC, handover: '08:00', every: 2d, since: 2026-01-01, people: [bert, carla]}
ladders:
- name: production
  matchers: [severity=critical, 'environment=~\"prod.*\"']
  levels:
  - {after: 0s, tell: [{receiver: service-desk}]}
  - {after: 15m, tell: [{rota: dba}, {contact: bert}]}
  - {after: 30m, tell: [{rota: days}]}
  - {after: 1h, tell: [{contact: carla}]}
  - after: 2h
    tell: [{receiver: management}, {rota: dba}]
    every: 30m
- name: rest
  levels: [{after: 1d, tell: [{receiver: service-desk}]}]
";

const RECEIVERS: &[&str] = &["ada-pager", "carla-pager", "service-desk", "management"];

fn oncall() -> Oncall {
    let (oncall, findings) = read(Path::new("oncall.yml"), FILE, Some(RECEIVERS));
    oncall.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn at(text: &str) -> Moment {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn line(shift: &Shift<'_>) -> String {
    let [from, until] = [shift.from, shift.until].map(|at| DateTime::from_timestamp_millis(at).unwrap().format("%m-%d %H:%M").to_string());
    format!("{from} {until} {}{}", shift.person, if shift.stands_in { " stands in" } else { "" })
}

#[test]
fn people_take_turns_and_the_clock_may_change() {
    let oncall = oncall();
    let dba = oncall.rota("dba").unwrap();
    assert_eq!(dba.sentence(), "weekly, Mondays 09:00 Europe/Berlin");
    let spring: Vec<String> = shifts(dba, at("2026-03-25T00:00:00Z"), 3).iter().map(line).collect();
    // Behind the 29th of March 09:00 in Berlin is 07:00 UTC.
    assert_eq!(spring, ["03-23 08:00 03-30 07:00 carla", "03-30 07:00 04-06 07:00 ada", "04-06 07:00 04-13 07:00 bert"]);
    let autumn: Vec<String> = shifts(dba, at("2026-10-26T07:59:59Z"), 2).iter().map(line).collect();
    assert_eq!(autumn, ["10-19 07:00 10-26 08:00 carla", "10-26 08:00 11-02 08:00 ada"]);
    assert_eq!(on_call(dba, at("2026-01-05T08:00:00Z")).person, "ada", "the first begins with the first handover");
    assert_eq!(on_call(dba, at("2026-01-05T07:59:59Z")).person, "carla", "turns are counted backwards, too");
    let days: Vec<String> = shifts(oncall.rota("days").unwrap(), at("2026-01-01T08:00:00Z"), 2).iter().map(line).collect();
    assert_eq!(days, ["01-01 08:00 01-03 08:00 bert", "01-03 08:00 01-05 08:00 carla"]);
}

#[test]
fn somebody_stands_in() {
    let oncall = oncall();
    let found: Vec<String> = shifts(oncall.rota("dba").unwrap(), at("2026-12-22T00:00:00Z"), 6).iter().map(line).collect();
    assert_eq!(
        found,
        [
            "12-21 08:00 12-24 08:00 carla",
            "12-24 08:00 12-24 23:00 carla stands in",
            "12-24 23:00 12-25 23:00 ada stands in",
            "12-25 23:00 12-27 08:00 carla stands in",
            "12-27 08:00 12-28 08:00 carla",
            "12-28 08:00 01-04 08:00 ada",
        ]
    );
}

#[test]
fn one_person_is_on_call_for_ever_and_that_is_answered() {
    let text = "contacts: [{name: ada, email: a@b.example}]\n\
        rotas: [{name: x, zone: UTC, handover: '08:00', every: 1d, since: 2026-01-01, people: [ada]}]\n";
    let (oncall, findings) = read(Path::new("oncall.yml"), text, None);
    let oncall = oncall.unwrap_or_else(|| panic!("{findings:?}"));
    let shift = on_call(&oncall.rotas[0], at("2026-06-01T00:00:00Z"));
    assert!(shift.person == "ada" && shift.until > at("2027-06-01T00:00:00Z"));
}

#[test]
fn a_ladder_is_climbed_while_nobody_has_it() {
    let oncall = oncall();
    let ladder = oncall.ladder(&Labels::new([("severity", "critical"), ("environment", "production")])).unwrap();
    assert_eq!(ladder.name, "production");
    let climb = |told: &[(usize, Moment)]| {
        let step = next(ladder, Climb { since: 0, held: 0, stands_still: false, told });
        step.map(|step| (step.level, step.at / MINUTE, step.again))
    };
    assert_eq!(climb(&[]), Some((0, 0, false)));
    assert_eq!(climb(&[(0, 0)]), Some((1, 15, false)));
    assert_eq!(climb(&[(0, 0), (1, 16 * MINUTE)]), Some((2, 30, false)));
    let all = [(0, 0), (1, 15 * MINUTE), (2, 30 * MINUTE), (3, 60 * MINUTE), (4, 121 * MINUTE)];
    assert_eq!(climb(&all), Some((4, 151, true)));
    assert_eq!(next(ladder, Climb { since: 0, held: 0, stands_still: true, told: &[] }), None);
    let held = next(ladder, Climb { since: 0, held: 90 * MINUTE, stands_still: false, told: &[(0, 0)] });
    assert_eq!(held.map(|step| step.at / MINUTE), Some(105), "while somebody has it, the clock stands still");
    let rest = oncall.ladder(&Labels::default()).unwrap();
    assert_eq!(next(rest, Climb { since: 0, held: 0, stands_still: false, told: &[(0, 5)] }), None);
    assert_eq!(ladder.levels[4].sentence(), "after 2 h: receiver management, on call: dba, again every 30 min");
}

#[test]
fn whom_a_level_reaches_depends_on_the_moment() {
    let oncall = oncall();
    let ladder = &oncall.ladders[0];
    let names = |level: usize, moment: &str| {
        let reached = oncall.reached(&ladder.levels[level].tell, at(moment));
        let name = |reached: &Reached<'_>| match reached {
            Reached::Receiver(name) => (*name).to_owned(),
            Reached::Contact(contact, rota) => format!("{} {}", contact.name, rota.unwrap_or("-")),
        };
        reached.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(1, "2026-01-06T00:00:00Z"), ["ada dba", "bert -"]);
    assert_eq!(names(1, "2026-01-13T00:00:00Z"), ["bert dba", "bert -"]);
    assert_eq!(names(4, "2026-12-25T12:00:00Z"), ["management", "ada dba"]);
    assert_eq!(oncall.contacts[0].ways(), ["receiver ada-pager", "e-mail ada@example.com", "phone +49 30 1234567"]);
}

#[test]
fn what_is_wrong_is_found_with_its_place() {
    let cases: &[(&str, &str, &str)] = &[
        ("role: DBA", "rôle: DBA", "3:15 contacts[0].rôle is not a known key."),
        ("email: bert@example.com", "email: bert", "4:23 contacts[1].email is no address: bert."),
        ("{name: bert, email: bert@example.com}", "{name: bert}", "4:3 contacts[1] cannot be reached."),
        ("receiver: carla-pager", "receiver: carla", "5:27 No receiver is named carla."),
        ("{name: carla, ", "{name: bert, ", "5:3 The contact bert is there twice."),
        ("Europe/Berlin", "Europe/Bonn", "8:9 rotas[0].zone names no time zone: Europe/Bonn."),
        ("monday 09:00", "mo nday", "9:13 rotas[0].handover is no weekday and time: mo nday."),
        ("monday 09:00", "09:00", "9:13 rotas[0].handover does not fit rotas[0].every."),
        ("every: 1w", "every: 7h", "10:10 rotas[0].every is no number of weeks or days: 7h."),
        ("every: 1w", "every: 0w", "10:10 rotas[0].every is no number of weeks or days: 0w."),
        ("since: 2026-01-01\n", "since: soon\n", "11:10 rotas[0].since is no day: soon."),
        ("people: [ada, bert, carla]", "people: [ada, berta]", "12:17 No contact is named berta."),
        ("people: [ada, bert, carla]", "people: []", "12:11 rotas[0].people has nobody."),
        ("until: 2026-12-27 09:00", "until: 2026-12-23 09:00", "14:5 rotas[0].overrides[0] ends before it begins."),
        ("severity=critical", "severity", "19:14 ladders[0].matchers: behind severity one of =, !=, =~ and !~ is wanted."),
        ("after: 15m", "after: 0s", "22:5 ladders[0].levels[1].after is not later than the level before it."),
        ("{rota: days}", "{rota: nights}", "23:32 No rota is named nights."),
        (
            "{rota: days}",
            "{rota: days, contact: ada}",
            "23:25 ladders[0].levels[2].tell[0] must name one: a receiver, a contact or a rota.",
        ),
        ("tell: [{contact: carla}]", "tell: []", "24:23 ladders[0].levels[3].tell has nobody."),
        ("tell: [{contact: carla}]}", "tell: [{contact: carla}], every: 5m}", "24:50 ladders[0].levels[3].every is not on the last level."),
        ("every: 30m", "every: 30s", "27:12 ladders[0].levels[4].every is shorter than a minute."),
        ("name: carla, receiver: carla-pager", "name: carla, phone: 110", "24:34 carla can be called only, not told."),
    ];
    let mut differ = Vec::new();
    for (from, to, expected) in cases {
        assert!(FILE.contains(from), "{from}");
        let (oncall, findings) = read(Path::new("oncall.yml"), &FILE.replacen(from, to, 1), Some(RECEIVERS));
        let shown: Vec<String> = findings.into_iter().map(|one| format!("{}:{} {}", one.line, one.column, one.message)).collect();
        if oncall.is_some() || !shown.iter().any(|one| one == expected) {
            differ.push((to, shown));
        }
    }
    assert_eq!(differ, []);
}

#[test]
fn the_example_of_the_documentation_can_be_read() {
    let documented = include_str!("mod.rs").lines().skip_while(|line| *line != "//! ```yaml").skip(1).take_while(|line| *line != "//! ```");
    let text: String =
        documented.map(|line| format!("{}\n", line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default())).collect();
    let (oncall, findings) = read(Path::new("oncall.yml"), &text, Some(&["ada-pager", "team-chat", "everybody"]));
    assert_eq!(findings, []);
    assert_eq!(oncall.map(|oncall| (oncall.contacts.len(), oncall.rotas.len(), oncall.ladders.len())), Some((2, 1, 1)));
}
