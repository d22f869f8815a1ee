//! Points about what has to happen by itself, and how long the room lasts.

use quarterdeck_model::{JobCtx, Outcome, inspection::Tone};
use quarterdeck_readiness::expect::Found;

use super::{Built, Seen, Usual, amiss};
use crate::{capacity, readiness::gathering::Field, schedule};

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "schedules-on-time",
        title: "Schedules that are overdue or failed",
        expects: Usual::None,
        look: on_time,
        page: ("schedules/SYSTEM", "See schedules"),
    },
    Built {
        name: "agent-alive",
        title: "Somebody runs the schedules",
        expects: Usual::True,
        look: agent,
        page: ("schedules/SYSTEM", "See schedules"),
    },
    Built {
        name: "capacity-left",
        title: "Things that grow beyond their room or plan",
        expects: Usual::None,
        look: room,
        page: ("capacity/SYSTEM", "See capacity"),
    },
];

fn on_time(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let list = schedule::list(&field.scope.engine, &field.system.name)?;
    if list.schedules.is_empty() {
        return Ok(Seen::Unknown("nothing is scheduled".to_owned()));
    }
    let late = list.schedules.iter().filter(|view| view.overdue.is_some()).map(|view| view.schedule.name.to_string()).collect();
    Ok(amiss(late, list.schedules.len(), "schedules", ("are on time", "are overdue")))
}

fn agent(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let list = schedule::list(&field.scope.engine, &field.system.name)?;
    let words = list
        .scheduler
        .as_ref()
        .map_or_else(|| "nobody runs them".to_owned(), |holder| format!("process {} of {} does", holder.pid, holder.who));
    Ok(Seen::Figure(Found::Flag(list.scheduler.is_some()), words))
}

fn room(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let table = capacity::table(&field.scope, &field.system.name)?;
    let wrong =
        table.lines.iter().filter(|line| line.tone < Tone::Working).map(|line| format!("{}: {}", line.what, line.sentence)).collect();
    Ok(amiss(wrong, table.lines.len(), "things that grow", ("have room", "have too little room, or it is not known")))
}
