//! What people say of items: each statement under one write transaction in which the copy is judged once more, so that nobody signs what
//! they were not shown, and nobody twice.

use std::fs;

use chrono::TimeDelta;
use quarterdeck_model::{
    Digest, Fault, Outcome, Role,
    readiness::{Attachment, Item, Statement, StatementKind},
};
use quarterdeck_store::{
    Transaction, failpoint,
    readiness::{attachments, people::PersonRow, statements::Saying},
};

use super::{
    attaching::leave_to_read,
    copies::no_such_item,
    opened::{Opened, say},
    signer::Signer,
};
use crate::{
    operation::Scope,
    ops::{NoteItem, RevokeStatement, SignItem, WaiveItem},
};

/// The longest text of a statement, in characters.
const LONGEST: usize = 4000;

/// No waiver lasts longer.
const LONGEST_WAIVER: TimeDelta = TimeDelta::days(90);

/// Signs an item, or refuses it. Faults `shown-changed`, `role-missing`, `already-signed`, `not-signed`, `text-needed`, and those of
/// [`Signer::prove`].
pub(crate) fn sign_item(scope: &Scope, asked: &SignItem) -> Outcome<Statement> {
    let text = words(&asked.text, asked.refuse)?;
    said(scope, &asked.copy, Some((&asked.person, &asked.passphrase)), |tx, opened, signer| {
        let standing = opened.stand();
        let item = standing.items.iter().find(|item| item.id == asked.item).ok_or_else(|| no_such_item(&asked.item))?;
        let role = role_of(opened, item, asked)?;
        let person = signer_of(signer)?.in_role(tx, &role, opened.checklist.role(&role))?;
        ensure_shown(&item.shown, &asked.shown, &item.sentence)?;
        let kind = if asked.refuse { StatementKind::Refuse } else { StatementKind::Sign };
        let said_so = |said: &&Statement| said.kind == kind && !said.stale && said.signer.as_ref() == Some(&person.id);
        if let Some(before) = item.statements.iter().find(said_so) {
            return Err(already(before));
        }
        let shown = Some(item.shown.clone());
        Ok(Saying { item: Some(item.id.clone()), role: Some(role), text, shown, ..signed(person, plain(scope, opened, kind)) })
    })
}

/// In which role an item is signed: the one that its file asks for.
fn role_of(opened: &Opened, item: &Item, asked: &SignItem) -> Outcome<String> {
    let manual = opened.checklist.item(&item.id).and_then(|item| item.manual.as_ref());
    if !asked.refuse {
        let manual = manual.ok_or_else(|| {
            Fault::refused("not-signed", format!("{} is measured: nobody signs it.", item.title))
                .hint("Measure it, say no to it, or waive it.")
        })?;
        if let Some(role) = manual.role.as_ref().filter(|role| **role != asked.role) {
            let title = opened.checklist.role(role);
            return Err(Fault::refused("role-missing", format!("{} is signed as {title}: it takes the role {role}.", item.title))
                .hint(format!("Sign it in the role {role}.")));
        }
    }
    if opened.checklist.roles.iter().any(|role| role.id == asked.role) {
        return Ok(asked.role.clone());
    }
    Err(Fault::refused("role-missing", format!("{} has no role {:?}.", opened.row.title, asked.role)).hint("Name a role of the checklist."))
}

/// Takes a statement back: one's own, or as an approver anybody's. Faults `no-such-statement`, `not-revocable`, `already-revoked`.
pub(crate) fn revoke_statement(scope: &Scope, asked: &RevokeStatement) -> Outcome<Statement> {
    let text = words(&asked.text, true)?;
    said(scope, &asked.copy, Some((&asked.person, &asked.passphrase)), |tx, opened, signer| {
        let person = signer_of(signer)?.person(tx)?;
        let statement = opened.statements.iter().find(|said| said.number == asked.number).ok_or_else(|| {
            Fault::refused("no-such-statement", format!("Nothing was said under number {}.", asked.number)).hint("Name one that is listed.")
        })?;
        if let Some(by) = statement.revoked_by {
            return Err(Fault::refused("already-revoked", format!("Statement {} was revoked by statement {by}.", statement.number)));
        }
        if !is_revocable(statement.kind) {
            return Err(Fault::refused("not-revocable", format!("Statement {} is not of a kind that is revoked.", statement.number))
                .hint("A hold ends by going on; a revocation by signing again."));
        }
        if statement.signer.as_ref() != Some(&person.id) {
            scope.caller.require(Role::Approver, "revoke what somebody else said")?;
        }
        let (item, station) = (statement.item.clone(), statement.station.clone());
        let revokes = Some(statement.number);
        Ok(Saying { item, station, text, revokes, ..signed(person, plain(scope, opened, StatementKind::Revoke)) })
    })
}

/// Holds end by going on; what happened to the copy and its gates happened.
fn is_revocable(kind: StatementKind) -> bool {
    !matches!(
        kind,
        StatementKind::Revoke
            | StatementKind::Hold
            | StatementKind::Resume
            | StatementKind::Bypass
            | StatementKind::Withdraw
            | StatementKind::Open
            | StatementKind::Close
    )
}

/// Waives an item until a moment that is at most ninety days ahead. Faults `bad-time`, `no-such-item`, `text-needed`.
pub(crate) fn waive_item(scope: &Scope, asked: &WaiveItem) -> Outcome<Statement> {
    let text = words(&asked.text, true)?;
    said(scope, &asked.copy, Some((&asked.person, &asked.passphrase)), |tx, opened, signer| {
        let person = signer_of(signer)?.person(tx)?;
        let item = opened.checklist.item(&asked.item).ok_or_else(|| no_such_item(&asked.item))?;
        let kind = if asked.applies { StatementKind::Exempt } else { StatementKind::NotApplicable };
        let saying = plain(scope, opened, kind);
        if asked.until <= saying.at || asked.until > saying.at + LONGEST_WAIVER {
            return Err(Fault::usage("bad-time", format!("A waiver cannot end at {}.", asked.until))
                .hint("Name a moment within the next ninety days."));
        }
        Ok(Saying { item: Some(item.id.clone()), text, until: Some(asked.until), ..signed(person, saying) })
    })
}

/// Remarks something, perhaps with a link or a file. Faults `bad-link`, `too-large`, `not-a-file`, `text-needed`.
pub(crate) fn note_item(scope: &Scope, asked: &NoteItem) -> Outcome<Statement> {
    let text = words(&asked.text, asked.link.is_none() && asked.file.is_none())?;
    let attachment = attachment(scope, asked)?;
    said(scope, &asked.copy, None, |_, opened, _| {
        let item = opened.checklist.item(&asked.item).ok_or_else(|| no_such_item(&asked.item))?;
        Ok(Saying { item: Some(item.id.clone()), text, attachment, ..plain(scope, opened, StatementKind::Note) })
    })
}

fn attachment(scope: &Scope, asked: &NoteItem) -> Outcome<Option<Attachment>> {
    match (&asked.link, &asked.file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Fault::usage("bad-link", "A remark has a link or a file, not both.").hint("Write two remarks.")),
        (Some(link), None) => {
            let link = link.trim();
            let web = ["https://", "http://"].iter().any(|scheme| link.to_ascii_lowercase().starts_with(scheme));
            if !web || link.len() > 2000 || link.chars().any(|c| c.is_control() || c.is_whitespace()) {
                return Err(
                    Fault::usage("bad-link", "That is no address that can be linked.").hint("Write one such as https://example.org/1.")
                );
            }
            Ok(Some(Attachment { name: link.to_owned(), link: Some(link.to_owned()), size: None, digest: None }))
        }
        (None, Some(file)) => {
            // What a link leads to is what is kept.
            let source = fs::canonicalize(&file.0).unwrap_or_else(|_| file.0.clone());
            let _leave = leave_to_read(&scope.engine, &source)?;
            let (digest, size) = attachments::keep(&scope.engine.home().attachments(), &source)?;
            let name = file.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Some(Attachment { name, link: None, size: Some(size), digest: Some(digest) }))
        }
    }
}

/// Says something of an open copy: whoever signs is proved first, outside of the transaction, and what is said is formed inside it.
pub(super) fn said(
    scope: &Scope,
    copy: &str,
    signs: Option<(&str, &quarterdeck_model::readiness::Passphrase)>,
    form: impl FnOnce(&Transaction<'_>, &Opened, Option<&Signer>) -> Outcome<Saying>,
) -> Outcome<Statement> {
    let engine = &scope.engine;
    // A copy that is not there costs no try.
    engine.store().read(|c| Opened::find_open(c, copy, engine.clock().now()).map(drop))?;
    let signer = signs.map(|(person, passphrase)| Signer::prove(engine, person, passphrase)).transpose()?;
    failpoint::reach("sign.proved")?;
    engine.store().write(|tx| {
        let opened = Opened::find_open(tx, copy, engine.clock().now())?;
        let saying = form(tx, &opened, signer.as_ref())?;
        say(tx, scope, &opened.row, saying)
    })
}

pub(super) fn signer_of(signer: Option<&Signer>) -> Outcome<&Signer> {
    signer.ok_or_else(|| Fault::bug("Nobody signs."))
}

/// Something that is said now.
pub(super) fn plain(scope: &Scope, opened: &Opened, kind: StatementKind) -> Saying {
    Saying::new(kind, &scope.caller.who, opened.said_at())
}

/// The same by a person: by name for people, and by who it is for whatever tells them apart.
pub(super) fn signed(person: PersonRow, saying: Saying) -> Saying {
    Saying { person: Some(person.name), signer: Some(person.id), ..saying }
}

/// What was asked was shown something else.
pub(super) fn ensure_shown(is: &Digest, was: &Digest, sentence: &str) -> Outcome<()> {
    if is == was {
        return Ok(());
    }
    Err(Fault::refused("shown-changed", format!("What is shown changed meanwhile: {sentence}."))
        .hint("Look at it once more, then say it again.")
        .fact("shown", is.0.clone()))
}

/// The fault for one who said the same already.
pub(super) fn already(before: &Statement) -> Fault {
    let who = before.person.as_deref().unwrap_or(&before.who);
    Fault::refused("already-signed", format!("{who} said so already, with statement {}.", before.number))
        .hint("Let another person sign, or revoke that statement first.")
}

/// The text of a statement, without blanks around it. Faults `text-needed`, `text-too-long`.
pub(super) fn words(text: &str, needed: bool) -> Outcome<String> {
    let text = text.trim();
    if needed && text.is_empty() {
        return Err(Fault::usage("text-needed", "This needs a reason in words.").hint("Say why."));
    }
    if text.chars().count() > LONGEST {
        return Err(Fault::usage("text-too-long", "A statement has at most 4000 characters.").hint("Write less, or attach a file."));
    }
    Ok(text.to_owned())
}
