//! The poll of a copy: stations answer in their order, one director decides.

use quarterdeck_model::{
    Fault, Outcome,
    readiness::{Poll, StatementKind, Station, StationState, VerdictWord},
};
use quarterdeck_readiness::{
    poll::{self as pure, Candidate},
    standing::{Polled, Standing},
};
use quarterdeck_store::readiness::{
    people::{self, PersonRow},
    statements::Saying,
};

use super::{
    opened::Opened,
    signing::{already, ensure_shown, plain, said, signed, signer_of, words},
};
use crate::{
    operation::Scope,
    ops::{AnswerPoll, DecidePoll, GetPoll, HoldPoll, ResumePoll},
};

/// Shows the poll of a copy. Fault `no-poll`.
pub(crate) fn poll(scope: &Scope, asked: &GetPoll) -> Outcome<Poll> {
    shown(scope, &asked.copy)
}

/// Says Go or No-go at a station. A Go waits for its turn; a No-go never does. Faults `no-such-station`, `poll-held`, `not-asked`,
/// `shown-changed`, `role-missing`, `not-apart`, `already-signed`, `text-needed`.
pub(crate) fn answer_poll(scope: &Scope, asked: &AnswerPoll) -> Outcome<Poll> {
    let text = words(&asked.text, !asked.go)?;
    said(scope, &asked.copy, Some((&asked.person, &asked.passphrase)), |tx, opened, signer| {
        let standing = opened.stand();
        polled(opened, &standing)?;
        let station = standing.stations.iter().find(|station| station.id == asked.station).ok_or_else(|| {
            Fault::refused("no-such-station", format!("The poll has no station {:?}.", asked.station)).hint("Name a station of the poll.")
        })?;
        let person = signer_of(signer)?.in_role(tx, &station.role, &station.title)?;
        ensure_shown(&station.shown, &asked.shown, &station.sentence)?;
        let kind = if asked.go { StatementKind::Go } else { StatementKind::Refuse };
        if asked.go {
            ensure_apart(opened, &standing, Some(&station.id), &person)?;
            ensure_asked(&standing, station)?;
        }
        let state = if asked.go { StationState::Go } else { StationState::NoGo };
        if let Some(before) = station.statement.as_ref().filter(|_| station.state == state) {
            return Err(already(before));
        }
        let (role, shown) = (Some(station.role.clone()), Some(station.shown.clone()));
        Ok(Saying { station: Some(station.id.clone()), role, text, shown, ..signed(person, plain(scope, opened, kind)) })
    })?;
    shown(scope, &asked.copy)
}

/// Refuses with `not-apart` where one person would speak for two who must be different people.
fn ensure_apart(opened: &Opened, standing: &Standing, station: Option<&str>, person: &PersonRow) -> Outcome<()> {
    match pure::not_apart(&opened.checklist, opened.row.environment, standing, station, (&person.id, &person.name)) {
        None => Ok(()),
        Some(why) => Err(Fault::refused("not-apart", format!("{why}."))
            .hint("Let another person who has the role say it, or revoke the other statement first.")),
    }
}

fn ensure_asked(standing: &Standing, station: &Station) -> Outcome<()> {
    if let Some(held) = standing.polled.as_ref().and_then(|polled| polled.held.as_ref()) {
        return Err(Fault::refused("poll-held", format!("The poll waits. {held}.")).hint("Let it go on first."));
    }
    if station.state == StationState::Waiting {
        let before = pure::turn(&standing.stations).map_or("another station", |turn| &turn.title);
        return Err(Fault::refused("not-asked", format!("{} is not asked yet: {before} is.", station.title)).hint("Wait for its turn."));
    }
    Ok(())
}

/// Lets the poll wait where it is. Faults `poll-held`, `text-needed`.
pub(crate) fn hold_poll(scope: &Scope, asked: &HoldPoll) -> Outcome<Poll> {
    let text = words(&asked.text, true)?;
    said(scope, &asked.copy, None, |_, opened, _| {
        let standing = opened.stand();
        if let Some(held) = &polled(opened, &standing)?.held {
            return Err(Fault::refused("poll-held", format!("The poll waits already. {held}.")).hint("Let it go on first."));
        }
        let station = pure::turn(&standing.stations).map(|station| station.id.clone());
        Ok(Saying { station, text, ..plain(scope, opened, StatementKind::Hold) })
    })?;
    shown(scope, &asked.copy)
}

/// Lets the poll go on where it waits. Fault `not-held`.
pub(crate) fn resume_poll(scope: &Scope, asked: &ResumePoll) -> Outcome<Poll> {
    said(scope, &asked.copy, None, |_, opened, _| {
        let standing = opened.stand();
        if polled(opened, &standing)?.held.is_none() {
            return Err(Fault::refused("not-held", "The poll does not wait.").hint("Answer at the station whose turn it is."));
        }
        let held = opened.statements.iter().rev().find(|said| said.kind == StatementKind::Hold);
        let station = held.and_then(|held| held.station.clone());
        Ok(Saying { station, ..plain(scope, opened, StatementKind::Resume) })
    })?;
    shown(scope, &asked.copy)
}

/// Decides. A Go is refused with `poll-open` while anything stands against it. Faults `shown-changed`, `role-missing`,
/// `not-apart`, `text-needed`.
pub(crate) fn decide_poll(scope: &Scope, asked: &DecidePoll) -> Outcome<Poll> {
    let text = words(&asked.text, !asked.go)?;
    said(scope, &asked.copy, Some((&asked.person, &asked.passphrase)), |tx, opened, signer| {
        let standing = opened.stand();
        let polled = polled(opened, &standing)?;
        let director = opened.checklist.poll.as_ref().map(|poll| poll.director.as_str()).unwrap_or_default();
        let person = signer_of(signer)?.in_role(tx, director, opened.checklist.role(director))?;
        if asked.go {
            ensure_apart(opened, &standing, None, &person)?;
        }
        let refusal = pure::refusal(&standing);
        ensure_shown(&polled.shown, &asked.shown, refusal.as_deref().unwrap_or("nothing stands against it now").trim_end_matches('.'))?;
        if let Some(why) = refusal.filter(|_| asked.go) {
            return Err(Fault::refused("poll-open", format!("Go cannot be decided: {why}")).hint("Cure what stands against it."));
        }
        let verdict = if asked.go { polled.verdict.word } else { VerdictWord::NoGo };
        if let Some(before) = polled.decision.as_ref().filter(|_| polled.decided == Some(verdict)) {
            return Err(already(before));
        }
        let (role, shown) = (Some(director.to_owned()), Some(polled.shown.clone()));
        let saying = plain(scope, opened, StatementKind::Decide);
        Ok(Saying { role, text, shown, verdict: Some(verdict), score: standing.score.total, ..signed(person, saying) })
    })?;
    shown(scope, &asked.copy)
}

fn polled<'s>(opened: &Opened, standing: &'s Standing) -> Outcome<&'s Polled> {
    standing.polled.as_ref().ok_or_else(|| no_poll(opened))
}

fn no_poll(opened: &Opened) -> Fault {
    Fault::refused("no-poll", format!("The checklist {} has no poll.", opened.row.checklist))
        .hint("Look at its gates, or add a poll to it.")
}

fn shown(scope: &Scope, copy: &str) -> Outcome<Poll> {
    let now = scope.engine.clock().now();
    let (opened, people) = scope.engine.store().read(|c| {
        let opened = Opened::find(c, copy, now)?;
        // Nobody is asked at a closed copy, whoever can sign today.
        let people = if opened.row.closed.is_none() { people::list(c)? } else { Vec::new() };
        Ok((opened, people))
    })?;
    let people: Vec<Candidate<'_>> = people.iter().map(|PersonRow { id, name, roles, .. }| Candidate { id, name, roles }).collect();
    pure::poll(&opened.said(), &opened.stand(), &opened.row.release, &people).ok_or_else(|| no_poll(&opened))
}
