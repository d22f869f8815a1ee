//! Points about what has to happen by itself, and how long the room lasts.

use quarterdeck_model::{JobCtx, Outcome, inspection::Tone};
use quarterdeck_readiness::expect::Found;

use super::{Built, Helps, Seen, Usual, amiss};
use crate::{
    capacity,
    readiness::gathering::{Field, address::encoded},
    schedule,
};

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "schedules-on-time",
        title: "Schedules that are overdue or failed",
        expects: Usual::None,
        look: on_time,
        page: "schedules/SYSTEM",
        helps: Helps::There("See schedules"),
    },
    Built {
        name: "agent-alive",
        title: "Somebody runs the schedules",
        expects: Usual::True,
        look: agent,
        page: "schedules/SYSTEM",
        helps: Helps::There("Start agent…"),
    },
    Built {
        name: "capacity-left",
        title: "Things that grow beyond their room or plan",
        expects: Usual::None,
        look: room,
        page: "capacity/SYSTEM",
        helps: Helps::There("See capacity"),
    },
];

fn on_time(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let list = schedule::list(&field.scope.engine, &field.system.name)?;
    if list.schedules.is_empty() {
        return Ok(Seen::unknown("nothing is scheduled"));
    }
    let late: Vec<String> =
        list.schedules.iter().filter(|view| view.overdue.is_some()).map(|view| view.schedule.name.to_string()).collect();
    let row = late.first().map(|name| format!("?schedule={name}"));
    Ok(amiss(late, list.schedules.len(), "schedules", ("are on time", "are overdue")).at(row))
}

fn agent(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let list = schedule::list(&field.scope.engine, &field.system.name)?;
    let words = list
        .scheduler
        .as_ref()
        .map_or_else(|| "nobody runs them".to_owned(), |holder| format!("process {} of {} does", holder.pid, holder.who));
    Ok(Seen::figure(Found::Flag(list.scheduler.is_some()), words))
}

fn room(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let table = capacity::table(&field.scope, &field.system.name)?;
    let wrong: Vec<_> = table.lines.iter().filter(|line| line.tone < Tone::Working).collect();
    let row = wrong.first().map(|line| format!("?what={}", encoded(&line.what)));
    let wrong = wrong.into_iter().map(|line| format!("{}: {}", line.what, line.sentence.trim_end_matches('.'))).collect();
    Ok(amiss(wrong, table.lines.len(), "things that grow", ("have room", "have too little room, or it is not known")).at(row))
}
