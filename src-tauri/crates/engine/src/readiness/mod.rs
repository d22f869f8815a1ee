//! Readiness: checklists that are filled by measurements, statements that people sign, gates that follow from both (docs/readiness.md).

mod attaching;
mod bypass;
mod copies;
mod files;
mod gate;
mod gathering;
mod guard;
mod looks;
mod opened;
mod passphrase;
mod people;
mod points;
mod poll;
mod remembered;
mod reports;
mod seen;
mod signer;
mod signing;
mod smoke;
mod trend;
mod validation;
mod view;
mod why;

pub(crate) use self::{
    copies::{checklists, close_checklist, open_checklist},
    files::findings_of,
    gate::{gate, gates, may_pass, notice, require},
    gathering::{Again, announce_gather, gather, measure_asking},
    guard::{guarded, registered_findings},
    people::{add_person, forget_person, people, set_passphrase, set_person},
    points::check_point,
    poll::{answer_poll, decide_poll, hold_poll, poll, resume_poll},
    remembered::withdraw_gate,
    reports::{report, report_bytes, save_report},
    seen::see,
    signing::{note_item, revoke_statement, sign_item, waive_item},
    smoke::{announce_run_smoke, run_smoke, smoke, smoke_case, smoke_findings},
    validation::{Concluding, Drawn, drawn, start_validation, stop_validation, validation, validation_findings, validations},
    view::{item, readiness},
};
